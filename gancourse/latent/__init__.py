"""The latent space: ways through it, directions in it, films of it. For any generator.

A generator is anything that takes z (n, latent_dim), and perhaps keywords, and gives pictures in
[−1, 1], (n, C, H, W). Everything is loaded when it is used; `interpolate` on its own, because
lesson 03 has it written.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = {
    "Principal": "directions",
    "along": "interpolate",
    "between": "interpolate",
    "draw": "drawing",
    "film": "films",
    "film_bundle": "films",
    "lerp": "interpolate",
    "principal_directions": "directions",
    "slerp": "interpolate",
    "tiles": "drawing",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'gancourse.latent' has no attribute {name!r}")
    return getattr(importlib.import_module(f"gancourse.latent.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
