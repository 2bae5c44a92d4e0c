"""Draws from a mixture of round Gaussians, and its density: what `toys.Mixture` computes with.

They have a module of their own because lesson 02 has both written. While its answers are graded this module is
withheld: a `Mixture` can then still be made, looked at and drawn as circles, but not be asked for points.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def draw_mixture(modes: Tensor, stds: Tensor, weights: Tensor, n: int) -> tuple[Tensor, Tensor]:
    """n draws (n, d), and which component (n,) each came from. `modes` is (K, d), the others (K,)."""
    which = torch.multinomial(weights, n, replacement=True)
    return modes[which] + stds[which, None] * torch.randn(n, modes.shape[1]), which


def log_terms(x: Tensor, modes: Tensor, stds: Tensor, weights: Tensor) -> Tensor:
    """log wₖ N(x; mₖ, sₖ² I) in nats, (…, K), of points (…, d).

    Raises:
        ValueError: if points have another number of dimensions.
    """
    dimension = modes.shape[1]
    if not x.ndim or x.shape[-1] != dimension:
        raise ValueError(f"Points should have shape (…, {dimension}); theirs is {tuple(x.shape)}.")
    modes, stds, weights = (t.to(x) for t in (modes, stds, weights))
    # Coordinate by coordinate: no (…, K, d) tensor is made, and nothing cancels as in cdist's product form.
    terms = [((x[..., i, None] - modes[:, i]) / stds) ** 2 for i in range(dimension)]
    constant = weights.log() - dimension * (stds.log() + 0.5 * math.log(2 * math.pi))
    return constant - 0.5 * sum(terms[1:], terms[0])
