"""Checks of lesson 14: Karras, Laine and Aila (2019), arXiv:1812.04948; Karras et al. (2020), arXiv:1912.04958."""

from gancourse.checks.lesson_14 import challenge, demodulated, in_w, step, styles
from gancourse.checks.lesson_14.suite import check

WITHHELD = ("models/stylegan.py", "models/progressive.py", "games/stylegan.py", "games/penalties.py")
"""Files of the package that hold answers to this lesson's exercises."""

__all__ = ["WITHHELD", "challenge", "check", "demodulated", "in_w", "step", "styles"]
