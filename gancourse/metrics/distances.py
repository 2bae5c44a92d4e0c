"""Distances between samples."""

from __future__ import annotations

from scipy.stats import wasserstein_distance
from torch import Tensor

from gancourse.metrics.given import finite, wide


def wasserstein_1d(x: Tensor, y: Tensor) -> float:
    """The Wasserstein-1 distance between two samples on the line (SciPy's).

    The least average distance by which the points of `x` must be moved to lie where those of `y`
    lie; in the unit of the data. Counts differing from each other are allowed.

    Args:
        x, y: samples of any shape, on any device; all their values count as points.

    Raises:
        ValueError: if one of them is empty, or holds NaN or infinity.
    """
    one, other = (wide(finite(values, name)).flatten().cpu().numpy() for values, name in ((x, "x"), (y, "y")))
    return float(wasserstein_distance(one, other))
