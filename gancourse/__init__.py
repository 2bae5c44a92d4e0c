"""The helper package of the course: what every lesson needs, and nothing that gives answers away.

    from gancourse import device, quick, seed_everything, show

Importing it is cheap: torch and matplotlib are loaded when something that needs them is used.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "device": "gancourse.running",
    "quick": "gancourse.running",
    "seed_everything": "gancourse.running",
    "show": "gancourse.plots",
}
__all__ = ["__version__", "device", "quick", "seed_everything", "show"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'gancourse' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
