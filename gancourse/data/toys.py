"""Toy distributions: those whose density is known, so that a generator can be judged exactly."""

from __future__ import annotations

import math
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
