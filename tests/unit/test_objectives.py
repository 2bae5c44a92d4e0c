"""Objectives by their papers' formulas, and games that are played with the unusual ones."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import Tensor, nn

from gancourse.data.toys import ring
from gancourse.errors import CourseError
from gancourse.games import Batch, Conditional, Gan
from gancourse.games.penalties import R1, R1R2, R2
from gancourse.models.dense import dense
from gancourse.objectives import OBJECTIVES, Balance, balanced, energy_based, relativistic
from gancourse.training import Engine, Machine
from gancourse.training.ensemble import Ensemble
from gancourse.training.sweep import METHODS, GameSetting, Sweep

REAL, FAKE = torch.tensor([[0.2], [1.5], [-0.4]]), torch.tensor([[0.7], [-1.0], [2.2]])


class Distance(nn.Module):
    """An energy: how far points are from what a small autoencoder makes of them."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(dense(2, 8, 1), dense(1, 8, 2))

    def forward(self, x: Tensor) -> Tensor:
        return (self.net(x) - x).norm(dim=1, keepdim=True)


class HalfSquare(nn.Module):
    """½ ‖x‖², whose slope at x is x."""

    def forward(self, x: Tensor) -> Tensor:
        return 0.5 * x.square().sum(1, keepdim=True)


def test_relativistic_losses_compare_pair_by_pair_and_want_pairs() -> None:
    want = -torch.log(torch.sigmoid(REAL - FAKE)).mean()
    torch.testing.assert_close(OBJECTIVES["relativistic"].d_loss(REAL, FAKE), want)
    torch.testing.assert_close(relativistic(FAKE, REAL), -torch.log(torch.sigmoid(FAKE - REAL)).mean())
    with pytest.raises(ValueError, match=r"pairs.*\(3, 1\) and \(2, 1\)"):
        relativistic(REAL, FAKE[:2])


def test_an_energy_is_pushed_up_to_the_margin() -> None:
    objective = energy_based(1.0)
    assert objective.d_loss(REAL, FAKE).item() == pytest.approx(1.3 / 3 + (0.3 + 2.0) / 3)
    assert objective.g_loss(FAKE).item() == pytest.approx(1.9 / 3)
    with pytest.raises(CourseError, match="margin"):
        energy_based(0.0)


def test_the_balance_turns_towards_what_is_asked_and_stays_between_0_and_1() -> None:
    objective = balanced(gamma=0.5, rate=0.1)
    balance = objective.balance
    assert balance is not None
    x, y = torch.tensor([2.0, 4.0]), torch.tensor([0.5, 0.7])
    assert objective.d_loss(x, y).item() == pytest.approx(3.0)
    assert float(balance.k) == pytest.approx(0.1 * (1.5 - 0.6))
    assert float(balance.measure) == pytest.approx(3.0 + 0.9)
    assert objective.d_loss(x, y).item() == pytest.approx(3.0 - 0.09 * 0.6)
    for _ in range(50):
        objective.d_loss(x, y)
    assert float(balance.k) == 1.0
    for _ in range(50):
        objective.d_loss(y, x)
    assert float(balance.k) == 0.0
    for wrong in ({"gamma": 1.2}, {"rate": 0.0}):
        with pytest.raises(CourseError, match="gamma"):
            Balance(**wrong)


def test_r1_and_r2_look_at_their_own_batch() -> None:
    real, fake = torch.tensor([[1.0, 2.0], [0.0, 3.0]]), torch.tensor([[2.0, 2.0], [1.0, 0.0]])
    D = HalfSquare()
    assert R1(3.0)(D, real, fake).item() == pytest.approx(1.5 * (5 + 9) / 2)
    assert R2(3.0)(D, real, fake).item() == pytest.approx(1.5 * (8 + 1) / 2)
    assert R1R2(3.0)(D, real, fake).item() == pytest.approx(1.5 * (14 + 9) / 2)


def paired_game(seed: int = 0, **settings) -> Gan:
    torch.manual_seed(seed)
    return Gan(dense(2, 8, 2), dense(2, 8, 1), "relativistic", latent_dim=2, **settings)


@pytest.mark.parametrize("fresh", [False, True])
def test_in_a_paired_game_each_fake_is_compared_with_the_real_one_beside_it(fresh: bool) -> None:
    game, batches = paired_game(k=2, fresh_noise=fresh), [Batch(ring().sample(6)) for _ in range(2)]
    z = [torch.randn(6, 2) for _ in range(3)]
    given = iter(z)
    game.noise, game.next_batch = lambda _: next(given), lambda: batches[1]
    turns = list(game.play(batches[0]))
    last = game.G(z[2 if fresh else 1])
    want = relativistic(game.D(last), game.D(batches[1].pixels))
    assert [who for who, _ in turns] == ["D", "D", "G"]
    torch.testing.assert_close(turns[-1][1], want)


def test_a_conditional_game_is_played_in_pairs_as_well() -> None:
    class Judge(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = dense(3, 8, 1)

        def forward(self, x: Tensor, y: Tensor) -> Tensor:
            return self.net(torch.cat([x, y], 1))

    game = Conditional(Judge(), Judge(), "relativistic", latent_dim=2)
    game.G.net = dense(3, 8, 2)
    turns = dict(game.play(Batch(ring().sample(6), {"label": torch.rand(6, 1)})))
    assert set(turns) == {"D", "G"} and all(loss.requires_grad for loss in turns.values())


def paired_engine(seed: int) -> Engine:
    return Engine(
        paired_game(seed), ring(), batch_size=16, lr={"G": 1e-2, "D": 2e-2}, seed=seed, machine=Machine("cpu")
    )


def test_an_ensemble_plays_in_pairs_as_each_would_alone() -> None:
    alone, together = ([paired_engine(seed) for seed in range(2)] for _ in range(2))
    ensemble = Ensemble(together)
    for _ in range(3):
        real, z = ensemble.batch(ring().sample), ensemble.batch(together[0].game.noise)
        ensemble.d_step(real, z)
        ensemble.g_step(z, real)
        for i, engine in enumerate(alone):
            engine.game.noise = lambda batch, z=z[i]: z
            engine.feed = type("Given", (), {"next": lambda self, x=real[i]: Batch(x), "place": 0})()
            engine.step()
    ensemble.hand_back()
    for one, other in zip(alone, together, strict=True):
        for p, q in zip(one.game.G.parameters(), other.game.G.parameters(), strict=True):
            torch.testing.assert_close(q, p, rtol=1e-3, atol=1e-5)
    Ensemble([paired_engine(0), paired_engine(1)]).play()  # it draws the real samples that G's loss needs by itself


def energy_engine(objective: str) -> Engine:
    torch.manual_seed(0)
    return Engine(
        Gan(dense(2, 8, 2), Distance(), objective, latent_dim=2), ring(), batch_size=16, machine=Machine("cpu")
    )


def test_began_is_trained_and_its_balance_is_told_and_kept() -> None:
    engine = energy_engine("began")
    states = [state.numbers() for state in itertools.islice(engine, 12)]
    assert states[-1]["balance"] > 0 and states[-1]["measure"] > 0
    kept = engine.game.memory()
    other = energy_engine("began").game
    assert float(other.memory()["balance"]) == 0.0, "each game has a balance of its own"
    other.recall(kept)
    assert float(other.memory()["balance"]) == pytest.approx(states[-1]["balance"])
    with pytest.raises(CourseError, match="ensemble"):
        Ensemble([engine])


def test_a_sweep_penalizes_each_game_by_its_own_strength() -> None:
    """R1 and R2 of the stacked games are those of `gancourse.games.penalties`, game by game."""
    settings = [GameSetting(strength=strength) for strength in (0.5, 2.0)]
    games = Sweep(ring(), METHODS["R3GAN"], settings, width=8)
    real, fake = games.real(5), games.samples(5)
    got = games.penalty(real, fake, games.critic_weights())
    want = torch.zeros(())
    for i, one in enumerate(settings):
        D = lambda x, i=i: games.D(x.expand(2, -1, -1))[i]  # noqa: E731
        want = want + R1R2(one.strength)(D, real[i], fake[i])
    torch.testing.assert_close(got, want, rtol=1e-4, atol=1e-6)


def test_an_energy_in_a_sweep_has_the_margin_of_its_game() -> None:
    games = Sweep(ring(), METHODS["EBGAN"], [GameSetting(strength=margin) for margin in (0.5, 3.0)], width=8)
    x, y = games.real(5), games.real(5)
    got = games.d_loss(games.judge(x), games.judge(y))
    want = torch.zeros(())
    for i, margin in enumerate((0.5, 3.0)):
        energies = [(games.D(points)[i] - points[i]).norm(dim=1) for points in (x, y)]
        want = want + energy_based(margin).d_loss(*energies) / margin
    torch.testing.assert_close(got, want)
    games.play()
    assert games.samples(4).isfinite().all()
