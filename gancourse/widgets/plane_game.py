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
from gancourse.models.dense import dense
from gancourse.objectives import OBJECTIVES, Objective

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
}
REMEDIES = {"none": 1, "packing of 2": 2, "packing of 4": 4}


class PlaneGame:
    """Two perceptrons that play on a distribution in the plane.

    Args:
        target: has `sample(n)`, which gives real points (n, 2).
        objective: what the two minimize.
        pack: how many points D judges together.
        seed: of the networks and of all draws that follow.
        latent_dim: dimensions of the noise, standard normal.
        batch: points per step and player.
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
        self.target, self.objective, self.pack = target, objective, pack
        self.latent_dim, self.batch, self.k = latent_dim, batch, 1
        self.G, self.D = dense(latent_dim, width, 2), dense(2 * pack, width, 1)
        self._opt_G = torch.optim.Adam(self.G.parameters(), lr=1e-3, betas=(0.5, 0.9))
        self._opt_D = torch.optim.Adam(self.D.parameters(), lr=1e-3, betas=(0.5, 0.9))
        self.critic = objective.name in ("least_squares", "hinge", "wasserstein")
        self.history: list[tuple[float, float]] = []
        self._last = [float("nan"), float("nan")]
        self._partners = torch.randn(4, pack - 1, latent_dim)

    @property
    def lr_D(self) -> float:
        """D's learning rate; setting it acts on the next step."""
        return self._opt_D.param_groups[0]["lr"]

    @lr_D.setter
    def lr_D(self, value: float) -> None:
        self._opt_D.param_groups[0]["lr"] = value

    @property
    def lr_G(self) -> float:
        """G's learning rate; setting it acts on the next step."""
        return self._opt_G.param_groups[0]["lr"]

    @lr_G.setter
    def lr_G(self, value: float) -> None:
        self._opt_G.param_groups[0]["lr"] = value

    def noise(self, n: int) -> Tensor:
        """z, (n, latent_dim)."""
        return torch.randn(n, self.latent_dim)

    def sample(self, n: int) -> Tensor:
        """Real points, (n, 2)."""
        return self.target.sample(n)

    def judge(self, x: Tensor) -> Tensor:
        """D's logit of single points (n, 2): beside fixed partners of G's making, on average over four packs."""
        if self.pack == 1:
            return self.D(x)
        partners = self.G(self._partners).detach().reshape(4, 1, -1).expand(4, len(x), -1)
        return self.D(torch.cat([x.expand(4, *x.shape), partners], dim=2)).mean(0)

    def g_loss(self, logits: Tensor) -> Tensor:
        """What G minimizes."""
        return self.objective.g_loss(logits)

    def d_step(self) -> None:
        """One step of D; G stands still."""
        n = self.batch * self.pack
        real, fake = (self.D(x.reshape(self.batch, -1)) for x in (self.sample(n), self.G(self.noise(n)).detach()))
        loss = self.objective.d_loss(real, fake)
        self._opt_D.zero_grad()
        loss.backward()
        self._opt_D.step()
        self._note(0, loss)

    def g_step(self) -> None:
        """One step of G; D stands still."""
        fake = self.G(self.noise(self.batch * self.pack))
        loss = self.g_loss(self.D(fake.reshape(self.batch, -1)))
        self._opt_G.zero_grad()
        loss.backward()
        self._opt_G.step()
        self._note(1, loss)
        self.history.append((self._last[0], self._last[1]))

    def _note(self, player: int, loss: Tensor) -> None:
        self._last[player] = float(loss.detach())


def make(target: Any, loss: Objective, remedy: int, seed: int) -> PlaneGame:
    """What a playground plays by default."""
    return PlaneGame(target, loss, remedy, seed)
