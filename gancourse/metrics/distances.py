"""Distances between samples."""

from __future__ import annotations

from scipy.stats import wasserstein_distance
from torch import Tensor


def wasserstein_1d(x: Tensor, y: Tensor) -> float:
    """The Wasserstein-1 distance between two samples on the line (SciPy's).

    The least average distance by which the points of `x` must be moved to lie where those of `y`
    lie; in the unit of the data. Counts differing from each other are allowed.

    Args:
        x, y: samples of any shape, on any device; all their values count as points.

    Raises:
        ValueError: if one of them is empty.
    """
    return float(wasserstein_distance(x.detach().flatten().cpu().numpy(), y.detach().flatten().cpu().numpy()))
