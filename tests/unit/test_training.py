"""The engine: what a step does and leaves alone, live changes, checkpoints that go on exactly, and NaN."""

from __future__ import annotations

import copy
import itertools
import json
import random
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from gancourse import seed_everything
from gancourse.data.images import Images
from gancourse.data.toys import ring
from gancourse.errors import CourseError
from gancourse.games import Game, Gan
from gancourse.games.penalties import R1, R1R2, R2, GradientPenalty
from gancourse.models.dcgan import Discriminator, Generator
from gancourse.objectives import OBJECTIVES
from gancourse.training import ByThreshold, Diverged, Engine, Machine, ReplayBuffer, State
from gancourse.training.checkpoint import plain_random_states, random_states, restore_random
from gancourse.training.labels import soft_labels
from gancourse.training.speed.form import PLAIN, Form

PIXELS = torch.randint(0, 256, (50, 3, 8, 8), generator=torch.Generator().manual_seed(1), dtype=torch.uint8)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


LAST = Form(channels_last=True)
PRODUCTS = Form(channels_last=True, products=True)


# What the engine is told; everything else is the game's.
ENGINE = ("batch_size", "lr", "optimizers", "schedules", "turns", "ema", "machine", "hooks", "seed")


def apart(settings: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Settings of the game, and of the engine."""
    return (
        {name: value for name, value in settings.items() if name not in ENGINE},
        {name: value for name, value in settings.items() if name in ENGINE},
    )


def picture_run(form: Form = PLAIN, size: int = 8, **settings: Any) -> Engine:
    """A tiny DCGAN; always the same first weights."""
    torch.manual_seed(7)
    G, D = Generator(size, 6, 4), Discriminator(size, 4)
    game, engine = apart({"batch_size": 8, "machine": Machine("cpu", form), **settings})
    return Engine(Gan(G, D, **game), Images(PIXELS), **engine)


def point_run(width: int = 8, **settings: Any) -> Engine:
    """A tiny dense GAN on the ring; always the same first weights."""
    torch.manual_seed(7)
    G = nn.Sequential(nn.Linear(3, width), nn.Tanh(), nn.Linear(width, 2))
    D = nn.Sequential(nn.Linear(2, width), nn.Tanh(), nn.Linear(width, 1))
    game, engine = apart({"batch_size": 16, "latent_dim": 3, "machine": Machine("cpu"), **settings})
    return Engine(Gan(G, D, **game), ring(), **engine)


def weights(net: nn.Module) -> list[Tensor]:
    return [p.detach().clone() for p in net.parameters()]


def same(a: list[Tensor], b: list[Tensor]) -> bool:
    return all(torch.equal(x, y) for x, y in zip(a, b, strict=True))


def numbers(state: State) -> dict[str, float]:
    """What must be equal between two runs: everything but the time."""
    return {name: value for name, value in state.numbers().items() if name != "seconds"}


# --- What a step does ----------------------------------------------------------------------------


def test_the_loop_is_an_iterator_and_counts() -> None:
    run = point_run()
    states = list(itertools.islice(run, 3))
    assert [s.step for s in states] == [1, 2, 3]
    assert next(run).step == 4
    assert run.learned == {"G": 4, "D": 4}
    assert all(isinstance(states[0].numbers()[name], float) for name in ("d_loss", "g_loss", "d_norm", "seconds"))
    assert states[0].losses["D"].grad_fn is None, "a state must not keep the graph of its step"


def test_single_steps_move_one_network_and_leave_the_other_alone() -> None:
    run = picture_run()
    G, D = weights(run.game.G), weights(run.game.D)
    run.turn("D")
    assert same(weights(run.game.G), G)
    assert not same(weights(run.game.D), D)
    assert all(p.grad is None for p in run.game.G.parameters())
    D = weights(run.game.D)
    gradients = [p.grad.clone() for p in run.game.D.parameters()]
    run.turn("G")
    assert same(weights(run.game.D), D)
    assert not same(weights(run.game.G), G)
    assert all(torch.equal(p.grad, g) for p, g in zip(run.game.D.parameters(), gradients, strict=True))
    assert all(p.requires_grad for p in run.game.D.parameters())
    assert run.state.step == 0
    assert run.learned == {"G": 1, "D": 1}
    with pytest.raises(CourseError, match="'E'"):
        run.turn("E")


def plain_loop(G: nn.Module, D: nn.Module, batches: list[Tensor], noise: list[Tensor]) -> list[tuple[float, float]]:
    """DCGAN's published loop, written out: two backward passes for D, gradients of D left to pile up in G's step."""
    opt_D = torch.optim.Adam(D.parameters(), 2e-4, (0.5, 0.999))
    opt_G = torch.optim.Adam(G.parameters(), 2e-4, (0.5, 0.999))
    entropy, losses = nn.BCEWithLogitsLoss(), []
    for real, z in zip(batches, noise, strict=True):
        D.zero_grad()
        on_real = D(real)
        loss_real = entropy(on_real, torch.ones_like(on_real))
        loss_real.backward()
        fake = G(z)
        on_fake = D(fake.detach())
        loss_fake = entropy(on_fake, torch.zeros_like(on_fake))
        loss_fake.backward()
        opt_D.step()
        G.zero_grad()
        judged = D(fake)
        loss_G = entropy(judged, torch.ones_like(judged))
        loss_G.backward()
        opt_G.step()
        losses.append((float(loss_real.detach() + loss_fake.detach()), float(loss_G.detach())))
    return losses


@pytest.mark.parametrize("form", [PLAIN, LAST, PRODUCTS], ids=str)
def test_a_step_computes_what_the_published_loop_does(form: Form) -> None:
    """With batch normalization in both networks, so that a joined real and fake batch would show."""
    run = picture_run(form)
    G, D = copy.deepcopy(run.game.G), copy.deepcopy(run.game.D)
    feed, source = picture_run().feed, torch.Generator().manual_seed(0)
    batches = [feed.next().pixels for _ in range(4)]
    theirs = plain_loop(G, D, batches, [torch.randn(8, 6, generator=source) for _ in range(4)])
    ours = [(s["d_loss"], s["g_loss"]) for s in (state.numbers() for state in itertools.islice(run, 4))]
    torch.testing.assert_close(torch.tensor(ours), torch.tensor(theirs), rtol=1e-4, atol=1e-5)
    for net, other in ((run.game.G, G), (run.game.D, D)):
        for name, value in net.state_dict().items():
            torch.testing.assert_close(value.float(), other.state_dict()[name].float(), rtol=1e-2, atol=1e-3)


def test_g_runs_once_a_step_and_again_where_fresh_noise_is_asked_for() -> None:
    for fresh, k, passes in ((False, 1, 1), (True, 1, 2), (False, 3, 3), (True, 3, 4)):
        run = point_run(fresh_noise=fresh, k=k)
        calls: list[int] = []
        run.game.G.register_forward_hook(lambda *_, calls=calls: calls.append(1))
        run.step()
        assert len(calls) == passes, (fresh, k)
        assert run.learned == {"G": 1, "D": k}


def test_every_objective_trains_and_reports_its_own_kind_of_output() -> None:
    for name in OBJECTIVES:
        run = point_run(objective=name, lr={"D": 1e-2})
        seen = [numbers(run.step()) for _ in range(5)][-1]
        assert all(torch.isfinite(torch.tensor(v)) for v in seen.values()), name
        on_real = run.game.D(ring().sample(4000)).mean().item()
        if name in ("non_saturating", "minimax"):
            assert 0 < seen["d_real"] < 1
        else:
            assert abs(seen["d_real"] - on_real) < 1.0


def test_gradient_norms_are_those_of_the_gradients() -> None:
    run = picture_run()
    state = run.step().numbers()
    for net, name in ((run.game.D, "d_norm"), (run.game.G, "g_norm")):
        length = torch.cat([p.grad.flatten() for p in net.parameters()]).norm().item()
        assert state[name] == pytest.approx(length, rel=1e-5)


def test_nothing_is_read_back_to_the_host_in_a_step(monkeypatch) -> None:
    """On a GPU each of these would wait for the device."""
    run = picture_run(ema={"G": 0.9}, penalty=R1(every=2))
    run.step()

    def refuse(*_: object) -> None:
        raise AssertionError("a step waited for the device")

    for name in ("item", "tolist", "__bool__", "__float__", "numpy", "cpu"):
        monkeypatch.setattr(torch.Tensor, name, refuse)
    for _ in range(3):
        run.step()


# --- Options and live changes --------------------------------------------------------------------


def test_a_learning_rate_changed_live_acts_at_once() -> None:
    run = point_run()
    run.step()
    run.rates["D"] = 0.0
    run.steer("lr_G", 0.1)
    D, G = weights(run.game.D), weights(run.game.G)
    run.step()
    assert same(weights(run.game.D), D)
    assert max(float((a - b).abs().max()) for a, b in zip(weights(run.game.G), G, strict=True)) > 0.01
    assert dict(run.rates) == {"G": 0.1, "D": 0.0}


def test_k_and_hooks_may_change_between_steps() -> None:
    run, seen = point_run(), []
    run.step()
    run.game.k = 4
    run.hooks.append(lambda state: seen.append(state.step))
    run.step()
    assert run.learned["D"] == 5
    assert seen == [2]
    run.steer("k", 2)
    run.step()
    assert run.learned["D"] == 7
    with pytest.raises(CourseError, match="speed"):
        run.steer("speed", 1)


def test_a_widget_may_drive_it_from_a_thread() -> None:
    run = point_run()
    thread = threading.Thread(target=lambda: [run.turn("D"), run.turn("G"), run.step()])
    thread.start()
    thread.join()
    assert run.state.step == 1


def test_who_is_too_far_ahead_rests_and_is_measured() -> None:
    run = point_run(turns=ByThreshold(D=100.0, G=-100.0))
    run.step()  # nothing is known before the first step
    assert run.learned == {"G": 1, "D": 1}
    D, before = weights(run.game.D), run.state.losses["D"]
    state = run.step()
    assert same(weights(run.game.D), D)
    assert run.learned == {"G": 2, "D": 1}
    assert not torch.equal(state.losses["D"], before), "a resting player is measured, so that it can come back"
    assert state.norms["D"] == 0
    run = point_run(turns=ByThreshold(D=-100.0, G=100.0))
    run.step()
    G = weights(run.game.G)
    run.step()
    assert same(weights(run.game.G), G)
    assert run.learned == {"G": 1, "D": 2}


def test_the_threshold_looks_at_smoothed_losses_and_lets_both_learn_if_both_are_low() -> None:
    def state(d_loss: float, g_loss: float) -> State:
        return State(1, {"D": torch.tensor(d_loss), "G": torch.tensor(g_loss)})

    turns = ByThreshold(0.5, D=0.5, G=0.5)
    assert not turns.resting(State())
    assert not turns.resting(state(1.0, 1.0))
    assert not turns.resting(state(0.2, 1.0))  # 0.6
    assert set(turns.resting(state(0.2, 1.0))) == {"D"}  # 0.4
    assert turns.memory["D"] == pytest.approx(0.4)
    assert not turns.resting(state(0.2, -9.0))
    assert set(turns.resting(state(9.0, -9.0))) == {"G"}


def test_instance_noise_reaches_both_kinds_and_not_the_samples() -> None:
    run = point_run(instance_noise=50.0)
    seen: list[Tensor] = []
    run.game.D.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].detach()))
    run.step()
    assert len(seen) == 3
    assert all(x.std() > 20 for x in seen)
    assert run.ask("G", torch.randn(100, 3)).std() < 5


def test_weights_are_clipped_after_each_step_of_d() -> None:
    run = point_run(objective="wasserstein", clip=0.01, lr={"D": 0.1})
    run.step()
    assert max(float(p.detach().abs().max()) for p in run.game.D.parameters()) <= 0.01
    assert max(float(p.detach().abs().max()) for p in run.game.G.parameters()) > 0.01


class Square(nn.Module):
    """D(x) = ½ a ‖x‖², whose slope at x is a ‖x‖."""

    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Parameter(torch.tensor(2.0))

    def forward(self, x: Tensor) -> Tensor:
        return 0.5 * self.a * x.square().sum(1, keepdim=True)


def test_penalties_are_those_of_the_papers() -> None:
    D, real, fake = Square(), torch.tensor([[3.0, 4.0], [0.0, 1.0]]), torch.tensor([[3.0, 4.0], [0.0, 1.0]])
    penalty = R1(gamma=10.0)(D, real, torch.zeros(2, 2))
    assert penalty.item() == pytest.approx(5 * (100 + 4) / 2)
    penalty.backward()
    assert D.a.grad.item() == pytest.approx(5 * 2 * 2 * (25 + 1) / 2)
    # Between equal points there is only the point itself: slopes 10 and 2.
    assert GradientPenalty(weight=10.0)(D, real, fake).item() == pytest.approx(10 * (81 + 1) / 2)


def test_a_lazy_penalty_is_applied_every_so_often_and_stronger() -> None:
    calls: list[int] = []

    class Counted(R1):
        def __call__(self, D: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor) -> Tensor:
            calls.append(run.learned["D"])
            return super().__call__(D, real, fake)

    run = point_run(penalty=Counted(gamma=1.0, every=3))
    for _ in range(7):
        run.step()
    assert calls == [0, 3, 6]
    # One plain-SGD step from the same weights: lazy × every equals the eager penalty three times as strong.
    sgd = {"optimizers": {"D": lambda parameters: torch.optim.SGD(parameters, 0.1)}}
    moved = []
    for penalty in (R1(1.0, every=3), R1(3.0), None):
        run = point_run(penalty=penalty, **sgd)
        run.turn("D")
        moved.append(torch.cat([p.flatten() for p in weights(run.game.D)]))
    lazy, eager, without = moved
    torch.testing.assert_close(lazy, eager)
    assert (lazy - without).abs().max() > 1e-4


def test_a_lazy_penalty_counts_the_turns_that_d_took_alone() -> None:
    """Neither each time nor never: in the first, fourth and seventh of D's turns, whoever asks for them."""
    run = point_run(penalty=R1(every=3))
    penalized = []
    for turn in (run.turn, lambda _: run.step(), run.turn, run.turn, lambda _: run.step(), run.turn, run.turn):
        run.turn("G")
        run.state = State(run.state.step)
        penalized.append("penalty" in turn("D").reported)
    assert penalized == [True, False, False, True, False, False, True]


def test_soft_labels_change_d_alone() -> None:
    real, fake = torch.tensor([2.0, -1.0]), torch.tensor([0.5, 3.0])
    plain, soft = OBJECTIVES["non_saturating"], soft_labels(OBJECTIVES["non_saturating"], real=0.9)
    said_real, said_fake = torch.sigmoid(real), torch.sigmoid(fake)
    by_hand = -(0.9 * said_real.log() + 0.1 * (1 - said_real).log()).mean() - (1 - said_fake).log().mean()
    torch.testing.assert_close(soft.d_loss(real, fake), by_hand)
    torch.testing.assert_close(soft_labels(plain, real=1.0).d_loss(real, fake), plain.d_loss(real, fake))
    assert torch.equal(soft.g_loss(fake), plain.g_loss(fake))
    # D sure and right on everything: each wrong label costs 20.
    sure = torch.full((20_000,), 20.0)
    wrong = soft_labels(plain, real=1.0, wrong=0.1).d_loss(sure, -sure)
    assert wrong.item() == pytest.approx(4.0, abs=0.3)
    for refused in (lambda: soft_labels(OBJECTIVES["hinge"]), lambda: soft_labels(plain, real=0.4)):
        with pytest.raises(CourseError):
            refused()


def test_settings_that_make_no_sense_are_named() -> None:
    for settings, word in (
        ({"objective": "hing"}, "hing"),
        ({"latent_dim": 0}, "latent_dim"),
        ({"batch_size": 0}, "batch_size"),
        ({"k": 0}, "k=0"),
        ({"ema": {"E": 0.9}}, "'E'.*G, D"),
        ({"ema": {"G": 1.0}}, "average.*below 1; it is 1.0"),
    ):
        with pytest.raises(CourseError, match=word):
            point_run(**settings)
    with pytest.raises(CourseError, match="batch_size"):
        picture_run(batch_size=51)
    with pytest.raises(CourseError, match="precision"):
        Form("float8")
    for penalty in (R1, R2, R1R2, GradientPenalty):
        with pytest.raises(CourseError, match="every=0 should be a whole number above 0"):
            penalty(every=0)
    with pytest.raises(CourseError, match="sample"):
        Engine(Gan(nn.Linear(2, 2), nn.Linear(2, 1), latent_dim=2), [1, 2], machine=Machine("cpu"))


def test_bf16_computes_nearly_the_same_and_keeps_float32_weights() -> None:
    exact, rounded = picture_run(), picture_run(Form("bf16"))
    for _ in range(2):
        a, b = exact.step().numbers(), rounded.step().numbers()
    assert a["d_loss"] != b["d_loss"]
    assert a["d_loss"] == pytest.approx(b["d_loss"], rel=0.1)
    assert {p.dtype for p in rounded.game.G.parameters()} == {torch.float32}
    assert rounded.ask("G", torch.randn(2, 6)).dtype == torch.float32


# --- Going on ------------------------------------------------------------------------------------


def full_run(form: Form) -> Engine:
    return picture_run(
        form,
        replay=ReplayBuffer(20),
        penalty=R1(every=3),
        instance_noise=0.1,
        turns=ByThreshold(D=0.9, G=0.5),
        objective=soft_labels(OBJECTIVES["non_saturating"], wrong=0.1),
        k=2,
        ema={"G": 0.9, "D": 0.5},
        schedules={"G": lambda optimizer: torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 0.9**step)},
    )


@pytest.mark.slow
@pytest.mark.parametrize("form", [PLAIN, LAST, PRODUCTS], ids=str)
def test_a_resumed_run_equals_an_uninterrupted_one(tmp_path, form: Form) -> None:
    """Losses, weights, average, replay buffer and order of the data, over the end of a pass (50 pictures)."""
    seed_everything(5)
    whole, first = full_run(form), full_run(form)
    expected = [numbers(whole.step()) for _ in range(9)]
    random_after = torch.rand(3), random.random(), np.random.random()
    seed_everything(5)
    full_run(form)  # sets torch's seed as before
    for _ in range(4):
        first.step()
    first.save(tmp_path / "run.safetensors")
    second = full_run(form)
    second.rates["D"] = 9.0
    seed_everything(99)
    second.load(tmp_path / "run.safetensors")
    assert [numbers(second.step()) for _ in range(5)] == expected[4:]
    for name in ("G", "D"):
        assert same(weights(getattr(whole.game, name)), weights(getattr(second.game, name)))
        averages = [list(run.ema[name].model.state_dict().values()) for run in (whole, second)]
        assert same(*averages)
    assert torch.equal(whole.game.replay.held, second.game.replay.held)
    assert torch.equal(torch.rand(3), random_after[0])
    assert (random.random(), np.random.random()) == random_after[1:]
    assert dict(second.rates) == dict(whole.rates)
    assert second.rates["G"] == pytest.approx(2e-4 * 0.9**9)
    assert second.learned == whole.learned
    assert [p.name for p in tmp_path.iterdir()] == ["run.safetensors"], "nothing half-done is left"


def test_points_go_on_exactly_too(tmp_path) -> None:
    whole, first = point_run(), None
    expected = [numbers(whole.step()) for _ in range(6)]
    first = point_run()
    for _ in range(3):
        first.step()
    first.save(tmp_path / "p.safetensors")
    second = point_run()
    second.load(tmp_path / "p.safetensors")
    assert [numbers(second.step()) for _ in range(3)] == expected[3:]


def test_the_random_state_of_apples_devices_is_kept_too(monkeypatch) -> None:
    """Pretended: dropout and penalties on MPS draw from torch's global generator there."""
    kept = torch.arange(3, dtype=torch.uint8)
    restored: list[Tensor] = []
    monkeypatch.setattr(torch.mps, "get_rng_state", lambda: kept)
    monkeypatch.setattr(torch.mps, "set_rng_state", restored.append)
    run: Any = SimpleNamespace(machine=SimpleNamespace(device=torch.device("mps")), game=SimpleNamespace(random=None))
    states = random_states(run)
    assert torch.equal(states["mps"], kept)
    restore_random(run, states, plain_random_states())
    assert len(restored) == 1 and torch.equal(restored[0], kept)
    del states["mps"]
    restore_random(run, states, plain_random_states())
    assert len(restored) == 1, "an older checkpoint, or one of another device, has none"


def test_a_checkpoint_of_sgd_goes_on(tmp_path) -> None:
    sgd = {"optimizers": {"D": lambda parameters: torch.optim.SGD(parameters, 0.1, momentum=0.9)}}
    run = point_run(**sgd)
    run.step()
    run.save(tmp_path / "s.safetensors")
    expected = numbers(run.step())
    again = point_run(**sgd)
    again.load(tmp_path / "s.safetensors")
    assert numbers(again.step()) == expected
    with pytest.raises(CourseError, match=r"optimizer of D.*SGD.*Adam"):
        point_run().load(tmp_path / "s.safetensors")


def damaged(path: Path, how: str) -> None:
    """Spoil a checkpoint."""
    content = path.read_bytes()
    if how == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "noise":
        path.write_bytes(bytes(range(256)) * 40)
    else:
        tensors = load_file(path)
        size = int.from_bytes(content[:8], "little")
        about = json.loads(json.loads(content[8 : 8 + size])["__metadata__"]["gancourse"])
        header = {"gancourse": json.dumps({**about, "version": about["version"] + 1})} if how == "newer" else None
        save_file(tensors, path, metadata=header)


SPOILED = {"cut": "damaged", "empty": "damaged", "noise": "damaged", "newer": "version", "foreign": "header"}


@pytest.mark.parametrize(("how", "word"), SPOILED.items())
def test_a_spoiled_checkpoint_is_refused_in_words_and_changes_nothing(tmp_path, how: str, word: str) -> None:
    path = tmp_path / "run.safetensors"
    run = point_run()
    run.step()
    run.save(path)
    damaged(path, how)
    before = weights(run.game.G)
    with pytest.raises(CourseError, match=word):
        run.load(path)
    assert same(weights(run.game.G), before)


def test_a_checkpoint_of_other_networks_is_refused_and_says_which(tmp_path) -> None:
    path = tmp_path / "run.safetensors"
    run = point_run(width=8)
    run.save(path)
    wider = point_run(width=9)
    before = weights(wider.game.G)
    with pytest.raises(CourseError, match=r"network G.*0\.weight.*\(8, 3\).*\(9, 3\)"):
        wider.load(path)
    other = point_run()
    other.game.D = nn.Sequential(*other.game.D, nn.Linear(1, 1))
    with pytest.raises(CourseError, match=r"network D.*3\.weight"):
        other.load(path)
    with pytest.raises(CourseError, match="batch size"):
        point_run(batch_size=8).load(path)
    with pytest.raises(CourseError, match="average of G"):
        point_run(ema={"G": 0.9}).load(path)
    with pytest.raises(CourseError, match="no checkpoint"):
        run.load(tmp_path / "nowhere.safetensors")
    assert same(weights(wider.game.G), before)


def test_a_failed_save_leaves_the_old_checkpoint(tmp_path, monkeypatch) -> None:
    path = tmp_path / "run.safetensors"
    run = point_run()
    run.save(path)
    old = path.read_bytes()
    run.step()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gancourse.training.checkpoint.os.replace", full)
    with pytest.raises(CourseError, match="No space left"):
        run.save(path)
    assert path.read_bytes() == old
    assert [p.name for p in tmp_path.iterdir()] == ["run.safetensors"]


# --- Any game ------------------------------------------------------------------------------------


class Triangle(Game):
    """Three networks of which two learn together: an encoder beside G, as in bidirectional GANs."""

    latent_dim = 2

    def __init__(self) -> None:
        torch.manual_seed(3)
        self.E, self.G, self.D = nn.Linear(2, 2), nn.Linear(2, 2), nn.Linear(4, 1)
        self.order: list[tuple[str, list[bool]]] = []

    def moved(self, who: str, before: list[list[Tensor]]) -> list[list[Tensor]]:
        """Take down which networks moved in a turn."""
        after = [weights(net) for net in self.nets.values()]
        self.order.append((who, [not same(a, b) for a, b in zip(before, after, strict=True)]))
        return after

    def play(self, batch: Any) -> Any:
        before = [weights(net) for net in self.nets.values()]
        z, x = self.noise(batch), batch.pixels
        on_real = self.D(torch.cat([x, self.E(x)], 1))
        on_fake = self.D(torch.cat([self.G(z), z], 1))
        yield "D", OBJECTIVES["non_saturating"].d_loss(on_real, on_fake)
        before = self.moved("D", before)
        on_real, on_fake = self.D(torch.cat([x, self.E(x)], 1)), self.D(torch.cat([self.G(z), z], 1))
        self.report(gap=(on_real - on_fake).mean())
        yield "E G", OBJECTIVES["non_saturating"].d_loss(on_fake, on_real)
        self.moved("E G", before)


def test_any_number_of_networks_of_any_names_and_several_in_one_turn(tmp_path) -> None:
    def run() -> Engine:
        return Engine(Triangle(), ring(), batch_size=8, lr={"E": 1e-2}, ema={"E": 0.5}, machine=Machine("cpu"))

    whole = run()
    told = [whole.step().numbers() for _ in range(3)]
    assert list(told[0]) == ["step", "d_loss", "e_g_loss", "gap", "d_norm", "e_g_norm", "seconds"]
    assert whole.game.order == [("D", [False, False, True]), ("E G", [True, True, False])] * 3
    assert whole.learned == {"E": 3, "G": 3, "D": 3}
    assert dict(whole.rates) == {"E": 1e-2, "G": 2e-4, "D": 2e-4}
    again = run()
    again.step()
    again.save(tmp_path / "t.safetensors")
    third = run()
    third.load(tmp_path / "t.safetensors")
    assert list(third.state.numbers()) == list(told[0])
    assert [numbers(third.step())["e_g_loss"] for _ in range(2)] == [one["e_g_loss"] for one in told[1:]]


def test_a_game_that_gives_a_turn_to_nobody_there_is_told() -> None:
    class Mistaken(Triangle):
        def play(self, batch: Any) -> Any:
            yield "Q", self.D(torch.zeros(1, 4)).mean()

    with pytest.raises(CourseError, match=r"turn of 'Q'.*E, G, D"):
        Engine(Mistaken(), ring(), batch_size=8, machine=Machine("cpu")).step()
    with pytest.raises(NotImplementedError, match="play"):
        Engine(Game(), ring(), batch_size=8, machine=Machine("cpu")).step()


def test_a_batch_carries_whatever_the_data_know_by_name() -> None:
    captions, seen = torch.randint(0, 9, (50, 4)), []

    class Telling(Game):
        def __init__(self) -> None:
            self.D = nn.Linear(1, 1)

        def play(self, batch: Any) -> Any:
            seen.append((batch["number"], batch["caption"], batch.pixels))
            with pytest.raises(CourseError, match="no 'smile'; it has number, caption"):
                batch["smile"]
            yield "D", self.D(batch["number"].float()[:, None]).mean()

    images = Images(PIXELS, {"number": torch.arange(50), "caption": captions})
    Engine(Telling(), images, batch_size=8, machine=Machine("cpu")).step()
    numbers_, told, pixels = seen[0]
    assert torch.equal(told, captions[numbers_])
    torch.testing.assert_close(pixels, PIXELS[numbers_] / 127.5 - 1)


# --- When nothing can be learned any more ----------------------------------------------------------


@pytest.mark.parametrize("what", ["loss", "gradient"])
def test_a_run_that_turns_nan_stops_keeps_its_checkpoint_and_says_what_when(tmp_path, what: str) -> None:
    class Breaking(Gan):
        def play(self, batch: Any) -> Any:
            for who, loss in super().play(batch):
                broken = self.played == 6 and who == "G"
                # √x has the slope ∞ at 0: a loss of a finite value with gradients that are none.
                bad = (0 * loss).abs().sqrt() if what == "gradient" else loss * torch.nan
                yield who, loss + bad if broken else loss

    torch.manual_seed(7)
    run = Engine(Breaking(nn.Linear(2, 2), nn.Linear(2, 1), latent_dim=2), ring(), batch_size=8, machine=Machine("cpu"))
    path = tmp_path / "run.safetensors"
    for _ in range(5):
        run.step()
    run.save(path)
    good = path.read_bytes()
    run.step()
    run.check()
    run.step()
    with pytest.raises(
        Diverged, match=r"(?s)(loss of G is nan|G's gradient is nan long).*step 7.*learning rates"
    ) as told:
        run.save(path)
    assert what in str(told.value).split(":")[0]
    assert path.read_bytes() == good
    with pytest.raises(Diverged, match="step 7"):
        for _ in range(1000):
            run.step()
    assert run.state.step < 200, "the engine looks by itself"
    run.load(path)
    run.check()
    assert run.step().step == 6, "from a good checkpoint it goes on"
    run.save(path)
