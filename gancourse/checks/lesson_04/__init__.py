"""Checks of lesson 04. Scores of generated pictures; the papers are named in the modules."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from gancourse.checks.lesson_04 import bias, challenge, classes, frechet, kernel, neighbors, probe
from gancourse.checks.lesson_04.suite import check

RIDGES = ("sklearn.kernel_ridge", "sklearn.linear_model._ridge", "sklearn.linear_model._coordinate_descent")
LIBRARIES = ("prdc", "pytorch_fid", "torch_fidelity", "torchmetrics", *RIDGES)


def installed(name: str) -> str | None:
    """Where a library, or a module of one, lies, without importing it; None if it does not."""
    package, _, module = name.partition(".")
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent.joinpath(*module.split("."))
    return str(path if path.is_dir() else path.with_suffix(".py"))


WITHHELD = (
    *("metrics/frechet.py", "metrics/neighbors.py", "metrics/probe.py", "metrics/scores.py"),
    *filter(None, map(installed, LIBRARIES)),
)
"""What holds answers to this lesson's exercises: files of the package, and libraries by their full paths."""

__all__ = ["LIBRARIES", "WITHHELD", "bias", "challenge", "check", "classes", "frechet", "kernel", "neighbors", "probe"]
