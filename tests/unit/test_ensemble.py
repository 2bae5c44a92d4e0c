"""An ensemble plays each of its games as it would be played alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.func import functional_call

from gancourse.data.toys import ring
from gancourse.training.ensemble import Ensemble, Many


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


def test_networks_must_be_alike() -> None:
    with pytest.raises(ValueError, match="same names and shapes"):
        Many([chain(2, 1), chain(3, 1)])
    with pytest.raises(ValueError, match="needs networks"):
        Many([])
