"""Checks of lesson 15: Brock, Donahue and Simonyan (2019), arXiv:1809.11096; Zhang et al. (2019), arXiv:1805.08318."""

from gancourse.checks.lesson_15 import blocks, challenge, drawing, orthogonal, step, told
from gancourse.checks.lesson_15.suite import check

WITHHELD = ("models/biggan.py", "games/biggan.py", "objectives.py")
"""Files of the package that hold answers to this lesson's exercises."""

__all__ = ["WITHHELD", "blocks", "challenge", "check", "drawing", "orthogonal", "step", "told"]
