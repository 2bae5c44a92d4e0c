"""Checks of lesson 01, Goodfellow et al. (2014), arXiv:1406.2661."""

from gancourse.checks.gaussian_1d import algorithm, losses, steps, theory
from gancourse.checks.gaussian_1d.suite import check

WITHHELD = ("objectives.py",)
"""Files of the package that hold answers to this lesson's exercises."""

__all__ = ["WITHHELD", "algorithm", "check", "losses", "steps", "theory"]
