"""Toy distributions: those whose density is known, so that a generator can be judged exactly.

`Gaussian1D` is the first lesson's. All others are a `Mixture` of isotropic Gaussians, made by
`three_gaussians`, `unequal`, `ring`, `grid` and `spirals`; `TOYS` has them by name. The ring and
the grid are the usual tests for mode collapse (Metz et al., "Unrolled Generative Adversarial
Networks", 2017; Lin et al., "PacGAN", 2018). How a mixture is drawn from is in `mixing`, loaded when it is used.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Gaussian1D:
    """The normal distribution on the line, N(mean, std²).

    Attributes:
        mean: its center.
        std: its standard deviation, above 0.
    """

    mean: float = 5.0
    std: float = 1.0

    def __post_init__(self) -> None:
        if not self.std > 0:
            raise ValueError(f"The standard deviation should be above 0; it is {self.std}.")

    def sample(self, n: int) -> Tensor:
        """n draws, shape (n, 1)."""
        return self.mean + self.std * torch.randn(n, 1)

    def log_density(self, x: Tensor) -> Tensor:
        """log p(x) in nats, elementwise."""
        return -0.5 * ((x - self.mean) / self.std) ** 2 - math.log(self.std * math.sqrt(2 * math.pi))

    def density(self, x: Tensor) -> Tensor:
        """p(x), elementwise."""
        return self.log_density(x).exp()

    def quantile(self, u: Tensor) -> Tensor:
        """The x below which a share u of the draws lies, for u in (0, 1), elementwise."""
        return self.mean + self.std * torch.special.ndtri(u)


class Mixture:
    """A weighted sum of isotropic normal distributions in d dimensions: Σₖ wₖ N(mₖ, sₖ² I).

    Args:
        means: the centers, (K, d).
        stds: one standard deviation for all components or one for each, above 0.
        weights: how often each component is drawn, in any unit; equally often if None.

    Attributes:
        modes: the centers, (K, d). Where components overlap, as on a spiral, they are not the density's own maxima.
        stds: (K,).
        weights: (K,), with sum 1.
    """

    def __init__(
        self,
        means: Tensor | Sequence[Sequence[float]],
        stds: Tensor | Sequence[float] | float,
        weights: Tensor | Sequence[float] | None = None,
    ) -> None:
        modes = torch.as_tensor(means, dtype=torch.float32)
        if modes.ndim != 2 or not modes.numel():
            raise ValueError(f"The means should have shape (K, d); theirs is {tuple(modes.shape)}.")
        k = len(modes)
        spreads = torch.as_tensor(stds, dtype=torch.float32).expand(k)
        shares = torch.ones(k) if weights is None else torch.as_tensor(weights, dtype=torch.float32)
        if not (spreads > 0).all():
            raise ValueError(f"Every standard deviation should be above 0; they are {spreads.tolist()}.")
        if shares.shape != (k,) or not (shares > 0).all():
            raise ValueError(f"There should be {k} weights above 0; they are {shares.tolist()}.")
        self.modes, self.stds, self.weights = modes, spreads, shares / shares.sum()

    @property
    def dimension(self) -> int:
        """d."""
        return self.modes.shape[1]

    def __repr__(self) -> str:
        return f"<Mixture of {len(self.modes)} in {self.dimension}D>"

    def sample(self, n: int) -> Tensor:
        """n draws, shape (n, d)."""
        return self.sample_with_modes(n)[0]

    def sample_with_modes(self, n: int) -> tuple[Tensor, Tensor]:
        """n draws and which component each came from."""
        from gancourse.data.mixing import draw_mixture

        return draw_mixture(self.modes, self.stds, self.weights, n)

    def log_density(self, x: Tensor) -> Tensor:
        """log p(x) in nats for points of shape (…, d): shape (…)."""
        return torch.logsumexp(self._log_terms(x), dim=-1)

    def density(self, x: Tensor) -> Tensor:
        """p(x) for points of shape (…, d): shape (…)."""
        return self.log_density(x).exp()

    def responsibilities(self, x: Tensor) -> Tensor:
        """The probability that each component, given that x was drawn, drew it: shape (…, K)."""
        return self._log_terms(x).softmax(dim=-1)

    def _log_terms(self, x: Tensor) -> Tensor:
        """log wₖ N(x; mₖ, sₖ² I), shape (…, K)."""
        from gancourse.data.mixing import log_terms

        return log_terms(x, self.modes, self.stds, self.weights)


def three_gaussians(spacing: float = 4.0, std: float = 0.5) -> Mixture:
    """On the line: three equal bells, `spacing` apart, around 0."""
    return Mixture([[-spacing], [0.0], [spacing]], std)


def unequal(weights: Sequence[float] = (0.9, 0.09, 0.01), spacing: float = 4.0, std: float = 0.5) -> Mixture:
    """On the line: bells of unequal weight, the rare ones easily lost."""
    middle = (len(weights) - 1) / 2
    return Mixture([[spacing * (i - middle)] for i in range(len(weights))], std, weights)


def ring(modes: int = 8, radius: float = 2.0, std: float = 0.02, weights: Sequence[float] | None = None) -> Mixture:
    """In the plane: Gaussians evenly on a circle."""
    angle = torch.arange(modes) * (2 * math.pi / modes)
    return Mixture(radius * torch.stack([angle.cos(), angle.sin()], dim=1), std, weights)


def grid(side: int = 5, spacing: float = 2.0, std: float = 0.05, weights: Sequence[float] | None = None) -> Mixture:
    """In the plane: side × side Gaussians on a square grid around 0."""
    places = spacing * (torch.arange(side) - (side - 1) / 2)
    return Mixture(torch.cartesian_prod(places, places), std, weights)


def spirals(arms: int = 2, turns: float = 1.25, radius: float = 2.0, std: float = 0.06, steps: int = 100) -> Mixture:
    """In the plane: spirals r ∝ angle, each a chain of Gaussians so close that they make one band.

    The density is exactly the mixture's. Centers are evenly spread along the arm's length, so the
    band has the same density everywhere but at its ends.
    """
    end = 2 * math.pi * turns
    fine = torch.linspace(0.15 * end, end, 400 * steps, dtype=torch.float64)
    length = torch.cumulative_trapezoid((fine**2 + 1).sqrt(), fine)  # of r = θ: ∫ √(θ² + 1) dθ
    wanted = torch.linspace(0, float(length[-1]), steps, dtype=torch.float64)
    angle = fine[1:][torch.searchsorted(length, wanted).clamp(max=len(length) - 1)]
    means = []
    for arm in range(arms):
        turned = angle + 2 * math.pi * arm / arms
        means.append((radius * angle / end)[:, None] * torch.stack([turned.cos(), turned.sin()], dim=1))
    return Mixture(torch.cat(means), std)


TOYS: dict[str, Callable[[], Gaussian1D | Mixture]] = {
    "gaussian": Gaussian1D,
    "three_gaussians": three_gaussians,
    "unequal": unequal,
    "ring": ring,
    "grid": grid,
    "spirals": spirals,
}
