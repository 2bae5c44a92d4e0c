"""Many small games of unlike settings at once: rates, momenta, steps and penalties differ from game to game.

Lucic, Kurach, Michalski, Gelly and Bousquet, "Are GANs Created Equal? A Large-Scale Study", NeurIPS 2018,
arXiv:1711.10337, compare objectives by drawing the same number of random settings for each (section 5). On points
that costs no more than a minute: the weights of all games are stacked, as in `ensemble`, and each game has a learning
rate, a momentum and a strength of its own.

    games = Sweep(ring(8), METHODS["WGAN-GP"], draw_settings(METHODS["WGAN-GP"], 20, seed=0))
    for _ in range(1000):
        games.play()
    samples = games.samples(500)          # (20, 500, 2)

All games take the same number of D's steps, whatever their k: that is the budget.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from gancourse.games.penalties import slopes
from gancourse.models.dense import dense
from gancourse.objectives import OBJECTIVES, Objective
from gancourse.training.ensemble import Many, summed


@dataclass(frozen=True)
class GameSetting:
    """What one game is played with.

    Attributes:
        rate_G, rate_D: Adam's learning rates.
        beta_1: its momentum; β₂ is 0.99.
        k: D's steps for each of G's.
        strength: the limit of a clip, the weight of a penalty, or the margin of an energy.
    """

    rate_G: float = 1e-3
    rate_D: float = 1e-3
    beta_1: float = 0.0
    k: int = 1
    strength: float = 1.0


@dataclass(frozen=True)
class Method:
    """An objective, and what holds D's slopes.

    Attributes:
        name: as in `METHODS`.
        objective: what both minimize.
        hold: "" for nothing, "clip", "penalty" (between samples, to length 1), "one-sided penalty" (to length 1 at
            most: Petzka et al., 2018), "R1", "R1 and R2", "spectral", or "margin".
        strengths: the least and the most that `draw_settings` draws for it.
        rebuilds: whether D's output is an energy, the error of a small autoencoder, in units of the strength.
    """

    name: str
    objective: Objective
    hold: str = ""
    strengths: tuple[float, float] = (1.0, 1.0)
    rebuilds: bool = False


METHODS = {
    method.name: method
    for method in (
        Method("non-saturating", OBJECTIVES["non_saturating"]),
        Method("least squares", OBJECTIVES["least_squares"]),
        Method("hinge", OBJECTIVES["hinge"]),
        Method("hinge, spectral", OBJECTIVES["hinge"], "spectral"),
        Method("WGAN, clipped", OBJECTIVES["wasserstein"], "clip", (1e-3, 1.0)),
        Method("WGAN-GP", OBJECTIVES["wasserstein"], "penalty", (0.1, 100.0)),
        Method("WGAN-LP", OBJECTIVES["wasserstein"], "one-sided penalty", (0.1, 100.0)),
        Method("EBGAN", OBJECTIVES["ebgan"], "margin", (0.1, 10.0), rebuilds=True),
        Method("with R1", OBJECTIVES["non_saturating"], "R1", (0.01, 10.0)),
        Method("R3GAN", OBJECTIVES["relativistic"], "R1 and R2", (0.01, 10.0)),
    )
}


def draw_settings(method: Method, number: int, seed: int = 0) -> list[GameSetting]:
    """Random settings, the same for all methods but for the strength: rates and strengths evenly in their logarithm."""
    draw = torch.Generator().manual_seed(seed)
    low, high = (math.log(value) for value in method.strengths)
    settings = []
    for u in torch.rand(number, 5, generator=draw).tolist():
        rate_G, rate_D = (10 ** (-4 + 2 * share) for share in u[:2])
        strength = math.exp(low + (high - low) * u[4])
        settings.append(GameSetting(rate_G, rate_D, (0.0, 0.5, 0.9)[int(3 * u[2])], (1, 5)[int(2 * u[3])], strength))
    return settings


def narrow(inputs: int, width: int) -> nn.Sequential:
    """An autoencoder whose code is one number."""
    return nn.Sequential(*dense(inputs, width, 1, hidden=1), *dense(1, width, inputs, hidden=1))


class Adams:
    """Adam for stacked networks, each with its own learning rate and momentum (Kingma and Ba, 2015, algorithm 1)."""

    def __init__(
        self, weights: list[Tensor], rates: Sequence[float], beta_1: Sequence[float], beta_2: float = 0.99
    ) -> None:
        self.weights, self.beta_2 = weights, beta_2
        self.rates, self.beta_1 = torch.tensor(rates), torch.tensor(beta_1)
        self.moments = [(torch.zeros_like(w), torch.zeros_like(w)) for w in weights]
        self.steps = torch.zeros(len(rates))

    @torch.no_grad()
    def step(self, slopes: Sequence[Tensor], moving: Tensor | None = None) -> None:
        """One step of all networks, or of those that are `moving`, a mask (S,)."""
        self.steps += 1 if moving is None else moving
        one, two = 1 - self.beta_1**self.steps, 1 - self.beta_2**self.steps
        for w, slope, (m, v) in zip(self.weights, slopes, self.moments, strict=True):
            shape = (-1, *[1] * (w.ndim - 1))
            b = self.beta_1.reshape(shape)
            mean, square = torch.lerp(slope, m, b), torch.lerp(slope.square(), v, self.beta_2)
            step = (self.rates / one).reshape(shape) * mean / ((square / two.reshape(shape)).sqrt() + 1e-8)
            if moving is not None:
                on = moving.reshape(shape)
                mean, square, step = torch.where(on, mean, m), torch.where(on, square, v), torch.where(on, step, 0.0)
            m.copy_(mean)
            v.copy_(square)
            w.sub_(step)


class Sweep:
    """Games of one method, each with its own networks and setting.

    Args:
        target: has `sample(n)`, real points (n, d).
        method: one of `METHODS`.
        settings: one for each game.
        penalty: in the place of the method's own: of (D, real, fake), a mean over samples; each game's strength
            is its factor.
        seed: of the networks and of all draws that follow.
    """

    def __init__(
        self,
        target: Any,
        method: Method,
        settings: Sequence[GameSetting],
        *,
        width: int = 64,
        latent_dim: int = 2,
        batch: int = 64,
        seed: int = 0,
        hidden: int = 2,
        penalty: Callable[..., Tensor] | None = None,
    ) -> None:
        torch.manual_seed(seed)
        self.target, self.method, self.settings = target, method, settings
        self.batch, self.latent_dim = batch, latent_dim
        dimension = target.sample(1).shape[1]
        games = range(len(settings))
        self.G = Many([dense(latent_dim, width, dimension) for _ in games])
        self.D = Many(
            [narrow(dimension, width) if method.rebuilds else dense(dimension, width, 1, hidden) for _ in games]
        )
        betas = [one.beta_1 for one in settings]
        self.opt_G = Adams(self.G.parameters(), [one.rate_G for one in settings], betas)
        self.opt_D = Adams(self.D.parameters(), [one.rate_D for one in settings], betas)
        self.strength = torch.tensor([one.strength for one in settings])
        self.k = torch.tensor([one.k for one in settings])
        self.iteration = 0
        self.d_loss = summed(method.objective.d_loss, 2)
        self.g_loss = summed(method.objective.g_loss, 2 if method.objective.paired else 1)
        self.own_penalty = penalty
        self.vectors = {n: torch.randn(len(settings), w.shape[1], 1) for n, w in self.D.weights.items() if w.ndim == 3}

    def __len__(self) -> int:
        return len(self.settings)

    def real(self, n: int | None = None) -> Tensor:
        """Real points for each game, (S, n, d), all different."""
        n = n or self.batch
        return self.target.sample(len(self) * n).unflatten(0, (len(self), n))

    def noise(self, n: int | None = None) -> Tensor:
        return torch.randn(len(self), n or self.batch, self.latent_dim)

    @torch.no_grad()
    def samples(self, n: int) -> Tensor:
        """Made points of each game, (S, n, d)."""
        return self.G(self.noise(n))

    def judge(self, x: Tensor) -> Tensor:
        """All critics on points (S, n, d): (S, n, 1)."""
        return self.said(x, self.critic_weights())

    def said(self, x: Tensor, weights: dict[str, Tensor]) -> Tensor:
        """D's outputs with these weights, (S, n, 1). A margin of m for an energy is one of 1 for its m-th part."""
        if not self.method.rebuilds:
            return self.D(x, weights)
        return (self.D(x, weights) - x).norm(dim=2, keepdim=True) / self.strength[:, None, None]

    def critic_weights(self) -> dict[str, Tensor]:
        """D's weights as it uses them: divided by their largest singular values, if the method says so."""
        if self.method.hold != "spectral":
            return self.D.weights
        return {n: w / self.stretch(n, w) if w.ndim == 3 else w for n, w in self.D.weights.items()}

    def stretch(self, name: str, w: Tensor) -> Tensor:
        """Estimates of the largest singular values, (S, 1, 1), by one step of the power iteration
        (Miyato et al., 2018, algorithm 1)."""
        with torch.no_grad():
            v = torch.nn.functional.normalize(w.mT @ self.vectors[name], dim=1)
            u = self.vectors[name] = torch.nn.functional.normalize(w @ v, dim=1)
        return u.mT @ w @ v

    def play(self) -> None:
        """One step of every D; one of every G whose turn it is."""
        self.d_step()
        self.iteration += 1
        moving = self.iteration % self.k == 0
        if bool(moving.any()):
            self.g_step(None if bool(moving.all()) else moving)

    def d_step(self, real: Tensor | None = None, fake: Tensor | None = None) -> None:
        """One step of every D, on batches of its own or on these (S, n, d)."""
        real = self.real() if real is None else real
        fake = self.samples(self.batch) if fake is None else fake
        weights = self.critic_weights()
        both = (
            (self.said(x, weights) for x in (real, fake)) if self.method.rebuilds else self.D.both(real, fake, weights)
        )
        loss = self.d_loss(*both) + self.penalty(real, fake, weights)
        self.opt_D.step(torch.autograd.grad(loss, self.D.parameters()))
        if self.method.hold == "clip":
            self.clip()

    def g_step(self, moving: Tensor | None = None) -> None:
        """One step of every G, or of those that are `moving`."""
        weights = {n: w.detach() for n, w in self.critic_weights().items()}
        logits = [self.said(self.G(self.noise()), weights)]
        if self.method.objective.paired:
            logits.append(self.said(self.real(), weights))
        self.opt_G.step(torch.autograd.grad(self.g_loss(*logits), self.G.parameters()), moving)

    @torch.no_grad()
    def clip(self) -> None:
        for w in self.D.parameters():
            limit = self.strength.reshape(-1, *[1] * (w.ndim - 1))
            w.copy_(torch.clamp(w, -limit, limit))

    def penalty(self, real: Tensor, fake: Tensor, weights: dict[str, Tensor]) -> Tensor:
        """The sum over all games of the method's penalty, each times its strength."""
        hold = self.method.hold
        if self.own_penalty is not None:
            # One network after the other, the critics are one function of all points: its mean is the games' mean.
            stacked = [x.flatten(0, 1) for x in (real, fake)]
            return len(self) * self.own_penalty(lambda x: self.flat(x, weights), *stacked)
        if hold.endswith("penalty"):
            x = torch.lerp(real, fake, torch.rand(*real.shape[:2], 1))
            excess = self.steepness(x, weights) - 1
            return self.strength @ (excess.clamp(min=0) if hold.startswith("one") else excess).square().mean(1)
        if hold.startswith("R1"):
            batches = [real, fake] if hold == "R1 and R2" else [real]
            mean = self.steepness(torch.cat(batches, 1), weights).square().mean(1)
            return self.strength @ mean * len(batches) / 2
        return torch.zeros(())

    def flat(self, x: Tensor, weights: dict[str, Tensor]) -> Tensor:
        """All critics on points (S · n, d), each on its own n: (S · n, 1)."""
        return self.said(x.unflatten(0, (len(self), -1)), weights).flatten(0, 1)

    def steepness(self, x: Tensor, weights: dict[str, Tensor]) -> Tensor:
        """‖∇D‖ at each point: (S, n), in a graph."""
        return slopes(lambda x: self.flat(x, weights), x.flatten(0, 1)).unflatten(0, x.shape[:2])
