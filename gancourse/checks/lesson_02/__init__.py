"""Checks of lesson 02: Metz et al. (2017), arXiv:1611.02163, and Lin et al. (2018), arXiv:1712.04086."""

from gancourse.checks.lesson_02 import counting, mixtures, packing, parts, together, twenty_five, unrolled
from gancourse.checks.lesson_02.suite import check

WITHHELD = ("data/mixing.py", "metrics/modes.py", "training/ensemble.py", "widgets/plane_game.py")
"""Files of the package that hold answers to this lesson's exercises."""

__all__ = ["WITHHELD", "check", "counting", "mixtures", "packing", "parts", "together", "twenty_five", "unrolled"]
