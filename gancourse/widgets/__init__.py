"""What moves: training one can watch in a cell, and training one can play, pause, step and steer.

Widgets are loaded on first use: a lesson's head, and the start page, need neither torch nor matplotlib.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gancourse.widgets.canvas import Canvas
    from gancourse.widgets.explorer import LatentExplorer
    from gancourse.widgets.live import Choice, Knob, LiveTraining
    from gancourse.widgets.plane import draw_playground
    from gancourse.widgets.playground import Playground
    from gancourse.widgets.watching import watch

_HOMES = {
    "Canvas": "canvas",
    "Choice": "live",
    "Knob": "live",
    "LatentExplorer": "explorer",
    "LiveTraining": "live",
    "Playground": "playground",
    "draw_playground": "plane",
    "watch": "watching",
}
__all__ = ["Canvas", "Choice", "Knob", "LatentExplorer", "LiveTraining", "Playground", "draw_playground", "watch"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'gancourse.widgets' has no attribute {name!r}")
    return getattr(importlib.import_module(f"gancourse.widgets.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(_HOMES)
