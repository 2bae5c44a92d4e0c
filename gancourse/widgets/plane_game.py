"""A plain GAN in the plane, and one with packing, for a playground that is given no game of its own.

Packing is PacGAN's remedy against mode collapse (Lin et al., "PacGAN: The power of two samples in
generative adversarial networks", 2018): D judges several samples together, so that a generator
which always makes the same is easily seen.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gancourse.data.toys import grid, ring, spirals
from gancourse.games.gan import LOGITS, Gan
from gancourse.models.dense import dense
from gancourse.objectives import OBJECTIVES, Objective
from gancourse.training.engine import Engine
from gancourse.training.feed import Draws
from gancourse.training.machine import Machine

TARGETS = {
    "three Gaussians": ring(3, radius=1.5, std=0.2),
    "ring of 8": ring(8, std=0.06),
    "grid of 25": grid(),
    "two spirals": spirals(),
}
LOSSES = {
    "non-saturating": OBJECTIVES["non_saturating"],
    "minimax": OBJECTIVES["minimax"],
    "least squares": OBJECTIVES["least_squares"],
    "hinge": OBJECTIVES["hinge"],
    "relativistic": OBJECTIVES["relativistic"],
}
REMEDIES = {"none": 1, "packing of 2": 2, "packing of 4": 4}


class PlaneGame(Gan):
    """Two perceptrons that play on a distribution in the plane, and the engine that plays them.

    Args:
        target: has `sample(n)`, which gives real points (n, 2).
        objective: what the two minimize.
        pack: how many points D judges together.
        seed: of the networks and of all draws that follow.
        latent_dim: dimensions of the noise, standard normal.
        batch: what D judges in a step of either player: so many points, or packs of them.
    """

    def __init__(
        self,
        target: Any,
        objective: Objective = OBJECTIVES["non_saturating"],
        pack: int = 1,
        seed: int = 0,
        latent_dim: int = 2,
        width: int = 64,
        batch: int = 128,
    ) -> None:
        torch.manual_seed(seed)
        super().__init__(dense(latent_dim, width, 2), dense(2 * pack, width, 1), objective, latent_dim=latent_dim)
        self.target, self.pack = target, pack
        self.critic = objective.name not in LOGITS
        self.history: list[tuple[float, float]] = []
        self._feed = Draws(target, batch * pack, Machine("cpu"))
        self._engine = Engine(self, self._feed, lr=1e-3, betas=(0.5, 0.9), machine=Machine("cpu"))
        self.random = None  # torch's global state, which is given back after each look at the game
        self._partners = torch.randn(4, pack - 1, latent_dim)

    @property
    def lr_D(self) -> float:
        """D's learning rate; setting it acts on the next step."""
        return self._engine.rates["D"]

    @lr_D.setter
    def lr_D(self, value: float) -> None:
        self._engine.rates["D"] = value

    @property
    def lr_G(self) -> float:
        """G's learning rate; setting it acts on the next step."""
        return self._engine.rates["G"]

    @lr_G.setter
    def lr_G(self, value: float) -> None:
        self._engine.rates["G"] = value

    @property
    def batch(self) -> int:
        """Points, or packs of them, in a step; setting it acts on the next one."""
        return self._feed.batch_size // self.pack

    @batch.setter
    def batch(self, value: int) -> None:
        self._feed.batch_size = value * self.pack

    def sample(self, n: int) -> Tensor:
        """Real points, (n, 2)."""
        return self.target.sample(n)

    def shown(self, x: Tensor) -> Tensor:
        """Points as D is shown them: side by side in packs, (n / pack, 2 · pack)."""
        return super().shown(x).reshape(-1, 2 * self.pack)

    def judge(self, x: Tensor) -> Tensor:
        """D's logit of single points (n, 2): beside fixed partners of G's making, on average over four packs."""
        if self.pack == 1:
            return self.D(x)
        partners = self.G(self._partners).detach().reshape(4, 1, -1).expand(4, len(x), -1)
        return self.D(torch.cat([x.expand(4, *x.shape), partners], dim=2)).mean(0)

    def g_loss(self, logits: Tensor) -> Tensor:
        """What G minimizes; where pairs are compared, each beside a real sample that D calls 0."""
        return self.objective.for_g(logits, lambda: torch.zeros_like(logits))

    def d_step(self) -> None:
        """One step of D; G stands still."""
        self._engine.turn("D")

    def g_step(self) -> None:
        """One step of G; D stands still."""
        self._engine.turn("G")
        self._note()

    def step(self) -> None:
        """k steps of D, one of G."""
        self._engine.step()
        self._note()

    def _note(self) -> None:
        losses = self._engine.state.losses
        self.history.append((float(losses.get("D", torch.nan)), float(losses["G"])))


def make(target: Any, loss: Objective, remedy: int, seed: int) -> PlaneGame:
    """What a playground plays by default."""
    return PlaneGame(target, loss, remedy, seed)
