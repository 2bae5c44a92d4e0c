"""Checks of lesson 13: a pyramid and its bands, fading, layers that keep their scale, and a step of growing players."""

from gancourse.checks.lesson_13 import bands, challenge, equal, fading, growing, without_weights
from gancourse.checks.lesson_13.suite import check

WITHHELD = ("models/progressive.py", "games/progressive.py", "games/penalties.py")
"""Files of the package that hold answers to this lesson's exercises."""

__all__ = ["WITHHELD", "bands", "challenge", "check", "equal", "fading", "growing", "without_weights"]
