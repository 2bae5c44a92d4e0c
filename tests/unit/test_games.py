"""Games: each plays as its paper says, under the engine, in an ensemble, and in a live panel."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse import data
from gancourse.data.faces import sample_factors
from gancourse.data.images import Images
from gancourse.data.toys import ring
from gancourse.errors import CourseError
from gancourse.games import DCGAN, Batch, Conditional, Game, Gan, Reading
from gancourse.games.conditional import LABELS, ConditionalReading, face_labels, face_reading_loss
from gancourse.games.penalties import R1
from gancourse.games.reader import QUANTITY_WEIGHTS, targets
from gancourse.models import store
from gancourse.models.conditional import ConditionalGenerator, LabelReader, ProjectionDiscriminator
from gancourse.models.dcgan import Discriminator, Generator
from gancourse.models.dense import dense
from gancourse.models.face_reader import FaceReader, load_face_reader
from gancourse.training import Engine, Machine
from gancourse.training.ensemble import Ensemble
from gancourse.training.recipes import RECIPES, Recipe


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


# --- A game by itself ----------------------------------------------------------------------------


def test_a_game_is_played_by_hand_as_well() -> None:
    """A generator of turns: nothing of the engine is needed."""
    torch.manual_seed(0)
    game = Gan(dense(2, 8, 2), dense(2, 8, 1), latent_dim=2)
    turns = list(game.play(Batch(torch.randn(4, 2))))
    assert [who for who, _ in turns] == ["D", "G"]
    assert all(loss.shape == () and loss.requires_grad for _, loss in turns)
    assert set(game.nets) == {"G", "D"}
    assert set(game.reported) == {"d_real", "d_fake"}


def test_processes_draw_the_joined_noise_and_take_their_part() -> None:
    def noise(which: int, processes: int, n: int) -> Tensor:
        game = Gan(dense(2, 8, 2), dense(2, 8, 1), latent_dim=2)
        game.random, game.share = torch.Generator().manual_seed(4), (which, processes)
        return game.noise(n)

    assert torch.equal(noise(0, 1, 6), torch.cat([noise(which, 3, 2) for which in range(3)]))


def test_k_rounds_take_k_batches_and_g_one_turn() -> None:
    game = Gan(dense(2, 8, 2), dense(2, 8, 1), latent_dim=2, k=3)
    more = [Batch(torch.full((4, 2), float(i))) for i in range(1, 3)]
    game.next_batch = iter(more).__next__
    seen: list[float] = []
    game.D.register_forward_pre_hook(lambda _, inputs: seen.append(float(inputs[0].detach()[0, 0])))
    turns = [who for who, _ in game.play(Batch(torch.zeros(4, 2)))]
    assert turns == ["D", "D", "D", "G"]
    assert seen[0:6:2] == [0.0, 1.0, 2.0], "each turn of D has a real batch of its own"


def test_dcgans_game_is_its_formula() -> None:
    torch.manual_seed(0)
    G, D = Generator(8, 5, 4), Discriminator(8, 4)
    game, real = DCGAN(G, D, real_label=0.8), torch.rand(6, 3, 8, 8) * 2 - 1
    game.random = torch.Generator().manual_seed(1)
    turns = game.play(Batch(real))
    _, loss = next(turns)
    fake = G(torch.randn(6, 5, generator=torch.Generator().manual_seed(1)))
    said = torch.sigmoid(D(real)), torch.sigmoid(D(fake))
    by_hand = -(0.8 * said[0].log() + 0.2 * (1 - said[0]).log()).mean() - (1 - said[1]).log().mean()
    torch.testing.assert_close(loss, by_hand, rtol=1e-4, atol=1e-5)
    with torch.no_grad():
        D.head.weight.mul_(-3)  # as if D had taken a step
    _, loss = next(turns)
    torch.testing.assert_close(loss, -torch.sigmoid(D(fake)).log().mean(), rtol=1e-4, atol=1e-5)


# --- The conditional game ------------------------------------------------------------------------


class Corners:
    """Points around one of four corners, and which."""

    modes = torch.tensor([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])

    def sample(self, n: int) -> tuple[Tensor, dict[str, Tensor]]:
        which = torch.randint(4, (n,))
        return self.modes[which] + 0.1 * torch.randn(n, 2), {"label": F.one_hot(which, 4).float()}


class Told(nn.Module):
    """A dense network that is told a label beside its input."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.net = dense(inputs + 4, 32, outputs)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return self.net(torch.cat([x, y], 1))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_conditional_game_learns_what_the_label_means(seed: int) -> None:
    torch.manual_seed(seed)
    game = Conditional(Told(2, 2), Told(2, 1), latent_dim=2)
    engine = Engine(
        game, Corners(), batch_size=64, lr=3e-3, betas=(0.0, 0.99), ema={"G": 0.98}, seed=seed, machine=Machine("cpu")
    )

    def right() -> float:
        """How often G draws a point of the corner that it was asked for; by chance a quarter."""
        which = torch.arange(400) % 4
        points = engine.ask("G", torch.randn(400, 2), F.one_hot(which, 4).float())
        return (torch.cdist(points, Corners.modes).argmin(1) == which).float().mean().item()

    assert right() < 0.7
    for _ in range(500):
        engine.step()
    assert right() > 0.9


def test_face_labels_say_what_the_factors_do() -> None:
    factors = sample_factors(50)
    y = face_labels({name: factors[name] for name in ("glasses", "hat", "hair_style", "bald")})
    assert y.shape == (50, len(LABELS))
    assert torch.equal(y[:, 0], factors["glasses"])
    bald = factors["bald"] > 0.5
    assert 1 <= bald.sum() <= 20
    assert torch.equal(y[~bald, 2:].argmax(1), factors["hair_style"][~bald].long())
    assert torch.equal(y[:, -1], bald.float())  # a style that nobody can see is no label
    assert torch.equal(y[:, 2:].sum(1), torch.ones(50))


def test_the_face_reader_reads_the_labels_of_faces_that_it_has_not_seen() -> None:
    """What a generator is measured by must be there to see in the pictures that it learned from."""
    names = ["glasses", "hat", "hair_style", "bald"]
    faces = data.load("faces", size=64, split="test", attributes=names, n=300)
    asked, read = face_labels(faces.attributes), face_labels(load_face_reader().read(faces.pixels))
    no_hat = asked[:, 1] == 0
    assert (read == asked)[no_hat].all(1).float().mean() > 0.98


def test_hair_under_a_hat_does_not_count() -> None:
    y = torch.zeros(2, len(LABELS))
    y[0, 1] = y[0, 2] = y[1, 2] = 1  # straight hair, with a hat and without
    read, wrong = torch.zeros(2, len(LABELS)), torch.zeros(2, len(LABELS))
    wrong[0, 5] = 9.0
    assert torch.equal(face_reading_loss(wrong, y), face_reading_loss(read, y))
    wrong[1, 5] = 9.0
    assert face_reading_loss(wrong, y) > face_reading_loss(read, y) + 1


def test_the_projection_is_the_papers() -> None:
    """Eq. 3: the logits for two labels differ by (y − y')ᵀ V φ(x)."""
    torch.manual_seed(0)
    D, x = ProjectionDiscriminator(16, 3, 4).eval(), torch.randn(5, 3, 16, 16)
    y = torch.eye(3)[[0, 1, 2, 0, 1]]
    phi = D.net.features(x).sum((2, 3))
    none = D(x, torch.zeros(5, 3))
    torch.testing.assert_close(D(x, y) - none, (phi @ D.V.weight)[torch.arange(5), y.argmax(1)][:, None])
    pictures = ConditionalGenerator(16, 3, 5, 4)(torch.randn(5, 5), y)
    assert pictures.shape == (5, 3, 16, 16)


def test_told_networks_begin_where_untold_ones_are_and_can_learn_labels() -> None:
    torch.manual_seed(0)
    plain_G, plain_D = Generator(16, 5, 4).eval(), Discriminator(16, 4).eval()
    before = {k: v.clone() for k, v in plain_G.state_dict().items()}
    G, D = ConditionalGenerator.of(plain_G, 3).eval(), ProjectionDiscriminator.of(plain_D, 3).eval()
    z, y = torch.randn(4, 5), torch.eye(3)[[0, 1, 2, 0]]
    torch.testing.assert_close(G(z, y), plain_G(z))
    torch.testing.assert_close(D(plain_G(z), y), plain_D(plain_G(z)))
    D(G(z, y), y).sum().backward()
    assert D.V.weight.grad is not None
    assert D.V.weight.grad.abs().sum() > 0
    nn.init.ones_(D.V.weight)
    D(G(z, y), y).sum().backward()
    rows = next(G.parameters()).grad
    assert rows is not None
    assert rows[5:].abs().sum() > 0, "the rows of y get no gradient"
    assert all(torch.equal(v, before[k]) for k, v in plain_G.state_dict().items())
    assert all(p.grad is None for p in plain_G.parameters())


@pytest.mark.parametrize("labels", [1, 10])
def test_at_the_start_a_label_weighs_no_more_in_the_logit_than_the_picture(labels: int) -> None:
    """Where it weighs ten times as much, D is long busy with labels alone, and G's pictures suffer."""
    torch.manual_seed(0)
    D, x, y = ProjectionDiscriminator(32, labels, 16), torch.randn(64, 3, 32, 32), torch.eye(labels)[[0] * 64]
    by_picture = D(x, torch.zeros(64, labels))
    by_label = D(x, y) - by_picture
    assert by_label.abs().mean() < 6 * by_picture.abs().mean()


def test_what_is_read_counts_for_g_and_is_learned_from_real_pictures_alone() -> None:
    """Eqs. 2 and 3 of Odena et al., with the classifier apart from D, and without the fakes in its loss."""
    torch.manual_seed(0)
    G, D = ConditionalGenerator(16, len(LABELS), 5, 4).eval(), ProjectionDiscriminator(16, len(LABELS), 4).eval()
    R = LabelReader(len(LABELS), 4).eval()
    x, y, z = torch.randn(6, 3, 16, 16), torch.zeros(6, len(LABELS)), torch.randn(6, 5)
    y[:, 0], y[torch.arange(6), 2 + torch.arange(6)] = torch.tensor([0.0, 1, 0, 1, 1, 0]), 1
    y[2:4, 1] = 1
    game = ConditionalReading(G, D, R, face_reading_loss, weight=0.5, noise_std=0.0)
    game.noise = lambda batch: z  # type: ignore[method-assign]
    turns = dict(game.play(Batch(x, {"label": y})))
    fake = G(z, y)
    log = torch.nn.functional.logsigmoid

    def misread(pictures: Tensor) -> Tensor:
        said = R(pictures)
        flags = -(y[:, :2] * log(said[:, :2]) + (1 - y[:, :2]) * log(-said[:, :2])).sum(1)
        return (flags - said[:, 2:].log_softmax(1)[torch.arange(6), torch.arange(6)] * (1 - y[:, 1])).mean()

    judged = D(x, y)[:, 0], D(fake, y)[:, 0]
    torch.testing.assert_close(turns["R"], misread(x))
    torch.testing.assert_close(turns["D"], -log(judged[0]).mean() - log(-judged[1]).mean())
    torch.testing.assert_close(turns["G"], -log(judged[1]).mean() + 0.5 * misread(fake))
    for who in "RD":
        (gradient,) = torch.autograd.grad(turns[who], next(G.net.parameters()), allow_unused=True)
        assert gradient is None, f"{who}'s turn reaches into G"
    torch.testing.assert_close(game.reported["read_real"], misread(x).detach())


def test_a_reader_is_shown_real_and_made_pictures_under_the_same_noise() -> None:
    torch.manual_seed(0)
    y = torch.eye(len(LABELS))[[2, 3, 4, 5]]
    G, D = ConditionalGenerator(16, len(LABELS), 5, 4), ProjectionDiscriminator(16, len(LABELS), 4)
    R = LabelReader(len(LABELS), 4)
    shown: list[Tensor] = []
    R.register_forward_pre_hook(lambda _, inputs: shown.append(inputs[0]))
    game = ConditionalReading(G, D, R, face_reading_loss, noise_std=0.2)
    x = torch.zeros(4, 3, 16, 16)
    list(game.play(Batch(x, {"label": y})))
    assert len(shown) == 2
    assert 0.17 < float(shown[0].std()) < 0.23
    assert shown[0].requires_grad is False
    assert shown[1].requires_grad


def test_the_noise_before_a_readers_eyes_may_fall_with_the_steps_played() -> None:
    torch.manual_seed(0)
    G, D = ConditionalGenerator(16, len(LABELS), 5, 4), ProjectionDiscriminator(16, len(LABELS), 4)
    game = ConditionalReading(
        G, D, LabelReader(len(LABELS), 4), face_reading_loss, noise_std=lambda played: 0.3 if played < 5 else 0.1
    )
    for game.played, std in ((0, 0.3), (4, 0.3), (5, 0.1)):
        assert float(game.noisy(torch.zeros(8, 3, 16, 16)).std()) == pytest.approx(std, rel=0.1)


def test_the_recipe_goes_on_from_the_kept_generator_and_lets_it_wait_for_new_judges() -> None:
    """On the first step G is the one that comes with the course, and at rest; D does not look at labels yet."""
    told, kept = RECIPES["conditional-faces-64-again"], store.load("conditional_faces_64")["G"]
    assert isinstance(told, Recipe)
    engine = told.make(told.load("faces", 64), Machine("cpu"), 0, 40)
    D, before = engine.game.D, copy.deepcopy(engine.game.G.state_dict())
    assert all(torch.equal(before[name], value) for name, value in kept.state_dict().items())
    x, y = torch.randn(2, 3, 64, 64), torch.eye(len(LABELS))[[2, 3]]
    torch.testing.assert_close(D(x, y), D(x, y.flip(0)))
    rates = []
    for _ in range(6):
        rates.append(engine.rates["G"])
        engine.step()
    assert rates == pytest.approx([0, 2.5e-5, 5e-5, 7.5e-5, 1e-4, 1e-4])
    assert not torch.equal(D(x, y), D(x, y.flip(0)))


# --- A game of one player ------------------------------------------------------------------------


def test_the_reader_takes_its_two_sizes_in_turn_and_its_loss_is_the_weighted_one() -> None:
    torch.manual_seed(0)
    factors, reader = sample_factors(6), FaceReader(4).eval()
    told, pixels = targets(factors), torch.rand(6, 3, 64, 64) * 2 - 1
    game = Reading(reader)
    batch = Batch(pixels, {"small": torch.randint(0, 256, (6, 3, 32, 32)).byte(), **told})
    sizes: list[int] = []
    reader.register_forward_pre_hook(lambda _, inputs: sizes.append(inputs[0].shape[-1]))
    for game.played in range(2):
        ((who, loss),) = game.play(batch)
        assert who == "reader"
    assert sizes == [32, 64]
    quantities, flags, styles = reader(pixels)
    squared = ((quantities - told["quantities"]) ** 2 * QUANTITY_WEIGHTS)[told["seen"] > 0].sum() / told["seen"].sum()
    entropies = F.binary_cross_entropy_with_logits(flags, told["flags"]), F.cross_entropy(styles, told["hair_style"])
    torch.testing.assert_close(loss, 4 * squared + entropies[0] + 0.3 * entropies[1])


# --- Who else plays ------------------------------------------------------------------------------


def plain(seed: int, **settings: Any) -> Engine:
    torch.manual_seed(seed)
    game = Gan(dense(2, 8, 2), dense(2, 8, 1), latent_dim=2, **settings)
    return Engine(game, ring(), batch_size=16, lr={"G": 1e-2, "D": 2e-2}, seed=seed, machine=Machine("cpu"))


def test_an_ensemble_plays_engines_side_by_side_as_each_would_alone() -> None:
    alone, together = ([plain(seed) for seed in range(3)] for _ in range(2))
    ensemble = Ensemble(together)
    for _ in range(4):
        real, z = ensemble.batch(ring().sample), ensemble.batch(together[0].game.noise)
        ensemble.d_step(real, z)
        ensemble.g_step(z)
        for i, engine in enumerate(alone):
            engine.game.noise = lambda batch, z=z[i]: z
            engine.feed = type("Given", (), {"next": lambda self, x=real[i]: Batch(x), "place": 0})()
            engine.step()
    ensemble.hand_back()
    for one, other in zip(alone, together, strict=True):
        for p, q in zip(one.game.G.parameters(), other.game.G.parameters(), strict=True):
            torch.testing.assert_close(q, p, rtol=1e-3, atol=1e-5)
    pictures = Images(torch.zeros(9, 3, 8, 8).byte())
    other = Engine(DCGAN(Generator(8), Discriminator(8)), pictures, batch_size=4, machine=Machine("cpu"))
    for refused in (plain(0, penalty=R1()), other):
        with pytest.raises(CourseError, match="ensemble"):
            Ensemble([refused])


def test_a_live_panel_plays_pauses_and_steers_an_engine() -> None:
    from gancourse.widgets.knobs import Knob
    from gancourse.widgets.live import LiveTraining

    def draw(fig: Any, engine: Engine) -> str:
        return f"step {engine.state.step}"

    knobs = {"lr_D": Knob("D's learning rate", 1e-5, 1e-1, 1e-2, log=True), "k": Knob("k", 1, 9, 1, whole=True)}
    panel = LiveTraining(lambda lr_D, k: plain(0, k=k), None, draw, knobs)
    assert panel.buttons == ["step", "d_step", "g_step"]
    panel.run(2)
    assert panel.alt == "step 2"
    panel.values = {**panel.values, "lr_D": 0.05, "k": 3}
    panel.run(1)
    engine = panel.state
    assert engine.rates["D"] == pytest.approx(0.05)
    assert engine.learned == {"G": 3, "D": 5}
    panel._act("d_step")(engine)
    assert engine.learned == {"G": 3, "D": 6}
    panel.close()


def test_there_is_one_class_called_game() -> None:
    from gancourse.widgets.plane_game import PlaneGame

    game = PlaneGame(ring())
    assert isinstance(game, Game)
    assert [who for who, _ in itertools.islice(game.play(Batch(ring().sample(8))), 2)] == ["D", "G"]
