"""The helper package of the course: what every lesson needs, and nothing that gives answers away.

    from gancourse import device, quick, seed_everything, show

Importing it is cheap: torch and matplotlib are loaded when something that needs them is used.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import warnings
from pathlib import Path
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "ask": "gancourse.widgets.question",
    "choose_threads": "gancourse.running",
    "device": "gancourse.running",
    "each": "gancourse.waiting",
    "keepsake": "gancourse.plots",
    "quick": "gancourse.running",
    "seed_everything": "gancourse.running",
    "show": "gancourse.plots",
    "signpost": "gancourse.widgets.signpost",
    "working": "gancourse.waiting",
}
__all__ = [
    "__version__",
    "ask",
    "choose_threads",
    "device",
    "each",
    "keepsake",
    "quick",
    "seed_everything",
    "show",
    "signpost",
    "working",
]


def _leave_missing_backend() -> None:
    """Take MPLBACKEND away if it names what is not there: Matplotlib would not be imported, and no lesson asks it."""
    name = os.environ.get("MPLBACKEND", "")
    matplotlib = importlib.util.find_spec("matplotlib") if name else None
    if matplotlib is None or matplotlib.origin is None:
        return
    if name.startswith("module://"):
        try:
            there = importlib.util.find_spec(name.removeprefix("module://")) is not None
        except (ImportError, ValueError):
            there = False
    else:
        file = Path(matplotlib.origin).parent / "backends" / f"backend_{name.lower()}.py"
        there = file.is_file() or name.lower() in ("auto", "inline", "notebook", "widget", "ipympl")
    if not there:
        del os.environ["MPLBACKEND"]
        warnings.warn(f"MPLBACKEND={name} is not there, and is left aside.", stacklevel=2)


_leave_missing_backend()


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'gancourse' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
