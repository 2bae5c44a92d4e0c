"""An ensemble plays each of its games as it would be played alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.func import functional_call

from gancourse.data.toys import Gaussian1D, ring
from gancourse.errors import CourseError
from gancourse.games import Gan
from gancourse.objectives import OBJECTIVES, Objective
from gancourse.training import Engine, Machine
from gancourse.training.ensemble import Ensemble, Many
from gancourse.training.labels import soft_labels


def chain(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, 9), nn.LeakyReLU(0.2), nn.Linear(9, 9), nn.Tanh(), nn.Linear(9, outputs))


class Spread(nn.Module):
    """A layer that looks at the whole batch: appends its mean spread to each row."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x, x.std(dim=0).mean().expand(len(x), 1)], dim=1)


class Pairs(nn.Module):
    """A network that is no chain of layers, and gives one logit for two rows."""

    def __init__(self) -> None:
        super().__init__()
        self.net = chain(4, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x.reshape(len(x) // 2, -1))


class Asks(nn.Module):
    """A layer that asks for a number, which `torch.vmap` refuses."""

    def forward(self, x: Tensor) -> Tensor:
        return x / (2.0 if x.detach().abs().max().item() > 1.0 else 1.5)


def asking() -> nn.Sequential:
    return nn.Sequential(nn.Linear(2, 5), Asks(), nn.Linear(5, 1))


def batch_aware() -> nn.Sequential:
    return nn.Sequential(nn.Linear(2, 5), nn.Tanh(), Spread(), nn.Linear(6, 1, bias=False))


JUDGES = {"plain": lambda: chain(2, 1), "batch": batch_aware, "pairs": Pairs, "asks": asking}


def d_loss(real: Tensor, fake: Tensor) -> Tensor:
    return F.softplus(-real).mean() + F.softplus(fake).mean()


def g_loss(fake: Tensor) -> Tensor:
    return F.softplus(-fake).mean()


def relative_d_loss(real: Tensor, fake: Tensor) -> Tensor:
    """Compares samples with the mean of the others: no mean over samples."""
    return F.softplus(fake.mean() - real).mean() + F.softplus(fake - real.mean()).mean()


D_LOSSES = {"usual": d_loss, "relative": relative_d_loss}


class Small:
    """One game on a ring, in double precision so that only a wrong equation can make a difference."""

    def __init__(
        self, seed: int, judge: Callable[[], nn.Module], unroll: int = 0, k: int = 2, loss: str = "usual"
    ) -> None:
        torch.manual_seed(seed)
        self.G, self.D = chain(3, 2).double(), judge().double()
        self.opt_G = torch.optim.Adam(self.G.parameters(), lr=0.01, betas=(0.5, 0.9))
        self.opt_D = torch.optim.Adam(self.D.parameters(), lr=0.02, betas=(0.0, 0.99), eps=1e-6)
        self.d_loss, self.g_loss = D_LOSSES[loss], g_loss
        self.k, self.g_steps, self.batch, self.unroll, self.look_ahead = k, 1, 8, unroll, 0.3

    def sample(self, n: int) -> Tensor:
        return ring().sample(n).double()

    def noise(self, n: int) -> Tensor:
        return torch.randn(n, 3, dtype=torch.float64)

    def d_step(self, real: Tensor, z: Tensor) -> None:
        loss = self.d_loss(self.D(real), self.D(self.G(z).detach()))
        self.opt_D.zero_grad()
        loss.backward()
        self.opt_D.step()

    def g_step(self, z: Tensor, real: Tensor) -> None:
        fake, ahead = self.G(z), dict(self.D.named_parameters())
        for _ in range(self.unroll):
            loss = self.d_loss(functional_call(self.D, ahead, (real,)), functional_call(self.D, ahead, (fake,)))
            slopes = torch.autograd.grad(loss, list(ahead.values()), create_graph=True)
            ahead = {name: p - self.look_ahead * s for (name, p), s in zip(ahead.items(), slopes, strict=True)}
        loss = g_loss(functional_call(self.D, ahead, (fake,)))
        self.opt_G.zero_grad()
        loss.backward()
        self.opt_G.step()


@pytest.mark.slow
@pytest.mark.parametrize("judge", JUDGES.values(), ids=JUDGES)
@pytest.mark.parametrize("unroll", [0, 2])
@pytest.mark.parametrize("loss", D_LOSSES)
def test_an_ensemble_plays_as_its_games_would_alone(judge, unroll, loss) -> None:
    alone = [Small(seed, judge, unroll, loss=loss) for seed in range(3)]
    together = [Small(seed, judge, unroll, loss=loss) for seed in range(3)]
    ensemble = Ensemble(together)
    for _ in range(5):
        real, z, again = ensemble.batch(alone[0].sample), ensemble.batch(alone[0].noise), ensemble.batch(alone[0].noise)
        ensemble.d_step(real, z)
        ensemble.g_step(again, real)
        for i, game in enumerate(alone):
            game.d_step(real[i], z[i])
            game.g_step(again[i], real[i])
    before = [p.detach().clone() for p in together[0].G.parameters()]
    ensemble.hand_back()
    for one, other in zip(alone, together, strict=True):
        for net in ("G", "D"):
            for p, q in zip(getattr(one, net).parameters(), getattr(other, net).parameters(), strict=True):
                torch.testing.assert_close(q, p, rtol=1e-7, atol=1e-10)
    assert any(not torch.equal(p, q) for p, q in zip(before, together[0].G.parameters(), strict=True))


def test_play_takes_the_steps_a_game_asks_for(monkeypatch) -> None:
    ensemble = Ensemble([Small(seed, JUDGES["plain"], k=3) for seed in range(2)])
    ensemble.first.g_steps = 2
    moves: list[tuple[str, tuple[int, ...]]] = []
    monkeypatch.setattr(ensemble, "d_step", lambda real, z: moves.append(("D", tuple(real.shape))))
    monkeypatch.setattr(ensemble, "g_step", lambda z, real=None: moves.append(("G", tuple(z.shape))))
    ensemble.play()
    assert moves == [("D", (2, 8, 2))] * 3 + [("G", (2, 8, 3))] * 2


def test_batches_differ_from_game_to_game() -> None:
    ensemble = Ensemble([Small(seed, JUDGES["plain"]) for seed in range(2)])
    one, other = ensemble.batch(ensemble.first.noise)
    assert not torch.equal(one, other)


@pytest.mark.parametrize(
    ("differs", "says"),
    [
        ({"k": 3}, "in k: there it is 3, in the first one 2"),
        ({"unroll": 1}, "in unroll"),
        ({"loss": "relative"}, "in d_loss: it is another one there"),
        ({"batch": 9}, "in batch"),
        ({"lr": 0.5}, "in lr of opt_D: there it is 0.5, in the first one 0.02"),
        ({"betas": (0.5, 0.5)}, "in betas of opt_D"),
    ],
)
def test_matches_of_unlike_settings_are_refused_by_name(differs, says) -> None:
    later = {name: value for name, value in differs.items() if name in ("batch", "lr", "betas")}
    other = Small(1, JUDGES["plain"], **{name: value for name, value in differs.items() if name not in later})
    if "batch" in later:
        other.batch = later.pop("batch")
    other.opt_D.param_groups[0].update(later)
    with pytest.raises(CourseError, match=f"number 3 differs from the first {says}"):
        Ensemble([Small(0, JUDGES["plain"]), Small(0, JUDGES["plain"]), other])


def engine_of_points(seed: int, source: Any, objective: Objective, device: str = "cpu") -> Engine:
    torch.manual_seed(seed)
    game = Gan(chain(3, 2), chain(2, 1), objective, latent_dim=3)
    return Engine(game, source, batch_size=8, seed=seed, machine=Machine(device))


def test_engines_of_unlike_sources_and_objectives_are_refused() -> None:
    plain = OBJECTIVES["non_saturating"]
    made: list[tuple[Any, Objective]] = [(ring(), soft_labels(plain, 0.9)), (ring(), soft_labels(plain, 0.9))]
    Ensemble([engine_of_points(seed, *one) for seed, one in enumerate(made)])
    for other, says in (
        ((ring(16), soft_labels(plain, 0.9)), "source of samples"),
        ((Gaussian1D(), soft_labels(plain, 0.9)), "source of samples"),
        ((ring(), soft_labels(plain, 0.8)), "d_loss"),
        ((ring(), plain), "d_loss"),
    ):
        with pytest.raises(CourseError, match=f"number 2 differs from the first in {says}"):
            Ensemble([engine_of_points(0, *made[0]), engine_of_points(1, *other)])


def test_labels_may_be_swapped_at_random() -> None:
    """Each match swaps its own."""
    objective = soft_labels(OBJECTIVES["non_saturating"], wrong=0.3)
    engines = [engine_of_points(0, ring(), objective) for _ in range(2)]
    ensemble = Ensemble(engines)
    same = ensemble.batch(ring().sample)[:1].expand(2, -1, -1)
    ensemble.d_step(same, torch.zeros(2, 8, 3))
    one, other = ensemble.D.weights["0.weight"]
    assert not torch.equal(one, other)


def test_samples_go_where_the_networks_are() -> None:
    """A source draws on the CPU; the networks are pretended to be elsewhere."""
    ensemble = Ensemble([Small(seed, JUDGES["plain"]) for seed in range(2)])
    ensemble.G.weights = {name: weight.to("meta") for name, weight in ensemble.G.weights.items()}
    assert ensemble.batch(ring().sample).device.type == "meta"


def test_networks_must_be_alike() -> None:
    with pytest.raises(ValueError, match="same names and shapes"):
        Many([chain(2, 1), chain(3, 1)])
    with pytest.raises(ValueError, match="needs networks"):
        Many([])
