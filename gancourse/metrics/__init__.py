"""How good is a generator? Scores on features, each in a few lines, held to its reference version by tests.

    from gancourse.metrics import embed, frechet_from_features, precision_recall

    real, fake = embed(real_images), embed(fake_images)
    frechet_from_features(real.features, fake.features)

A score is only as good as what it is computed on. `embed` makes features of pictures by a network that
can be exchanged; every other function takes feature tensors of shape (n, d) and does not care where
they come from. Scores of one network say nothing about those of another.
"""

from __future__ import annotations

import importlib
from typing import Any

# Loaded on first use: some of these modules answer exercises, and are not there where answers are graded.
_HOMES = {
    "Embedded": "embedding",
    "authenticity": "neighbors",
    "density_coverage": "neighbors",
    "embed": "embedding",
    "entropy": "scores",
    "face_network": "embedding",
    "features": "embedding",
    "frechet_distance": "frechet",
    "frechet_from_features": "frechet",
    "geometry_score": "geometry",
    "inception_network": "embedding",
    "inception_score": "scores",
    "kid": "scores",
    "kid_subsets": "scores",
    "kl_divergence": "scores",
    "linear_probe": "probe",
    "memorization": "neighbors",
    "moments": "frechet",
    "precision_recall": "neighbors",
    "probe_score": "probe",
    "relative_living_times": "geometry",
    "wasserstein_1d": "distances",
    "wasserstein_points": "distances",
}
__all__ = sorted(_HOMES)  # pyrefly: ignore


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'gancourse.metrics' has no attribute {name!r}")
    return getattr(importlib.import_module(f"gancourse.metrics.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(_HOMES)
