"""Checks of lesson 04. Scores of generated pictures; the papers are named in the modules."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from gancourse.checks.lesson_04 import classes, frechet, kernel, neighbors, probe
from gancourse.checks.lesson_04.suite import check

LIBRARIES = ("prdc", "pytorch_fid", "sklearn", "torch_fidelity", "torchmetrics")


def installed(name: str) -> str | None:
    """Where a library lies, without importing it; None if it does not."""
    spec = importlib.util.find_spec(name)
    return str(Path(spec.origin).parent) if spec and spec.origin else None


WITHHELD = (
    *("metrics/frechet.py", "metrics/neighbors.py", "metrics/probe.py", "metrics/scores.py"),
    *filter(None, map(installed, LIBRARIES)),
)
"""What holds answers to this lesson's exercises: files of the package, and libraries by their full paths."""

__all__ = ["LIBRARIES", "WITHHELD", "check", "classes", "frechet", "kernel", "neighbors", "probe"]
