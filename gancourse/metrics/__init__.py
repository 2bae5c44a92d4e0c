"""How good is a generator? Thin functions over the libraries that hold the reference versions."""

from gancourse.metrics.distances import wasserstein_1d

__all__ = ["wasserstein_1d"]
