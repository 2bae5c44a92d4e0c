"""Checks of lesson 01, Goodfellow et al. (2014), arXiv:1406.2661."""

from gancourse.checks.lesson_01 import algorithm, challenge, losses, steps, theory
from gancourse.checks.lesson_01.suite import check

WITHHELD = ("objectives.py",)
"""Files of the package that hold answers to this lesson's exercises."""

__all__ = ["WITHHELD", "algorithm", "challenge", "check", "losses", "steps", "theory"]
