"""Checks of lesson 16: Zhu et al. (2016), arXiv:1609.03552; Shen et al. (2020), arXiv:1907.10786."""

from gancourse.checks.lesson_16 import challenge, direction, edits, encoder, near
from gancourse.checks.lesson_16.suite import check

WITHHELD = ("editing.py", "models/encoder.py", "games/encoder.py")
"""Files of the package that hold answers to this lesson's exercises."""

__all__ = ["WITHHELD", "challenge", "check", "direction", "edits", "encoder", "near"]
