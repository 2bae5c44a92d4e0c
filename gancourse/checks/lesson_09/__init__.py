"""Checks of lesson 09, CycleGAN: Zhu, Park, Isola and Efros (2017), arXiv:1703.10593."""

from gancourse.checks.lesson_09 import block, challenge, cycle, four, past, shuffled
from gancourse.checks.lesson_09.suite import check

WITHHELD = ("games/cyclegan.py", "models/cyclegan.py", "training/replay.py")
"""Files of the package that hold answers to this lesson's exercises."""

__all__ = ["WITHHELD", "block", "challenge", "check", "cycle", "four", "past", "shuffled"]
