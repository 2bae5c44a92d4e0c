"""Checks of lesson 07: networks that are told what to draw, few labels, and codes that nobody has named."""

from gancourse.checks.lesson_07 import challenge, codes, few, projection, step, telling
from gancourse.checks.lesson_07.suite import check

WITHHELD = (
    "games/conditional.py",
    "models/conditional.py",
    "data/conditions.py",
)
"""Files of the package that hold answers to this lesson's exercises."""

__all__ = ["WITHHELD", "challenge", "check", "codes", "few", "projection", "step", "telling"]
