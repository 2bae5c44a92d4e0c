"""Checks of lesson 10: Ledig et al. (2017), arXiv:1609.04802; Shi et al. (2016), arXiv:1609.05158."""

from gancourse.checks.lesson_10 import challenge, content, guess, layers, near, pixels, step
from gancourse.checks.lesson_10.suite import check

WITHHELD = ("games/super_resolution.py", "models/super_resolution.py", "models/cyclegan.py", "metrics/fidelity.py")
"""Files of the package that hold answers to this lesson's exercises."""

__all__ = ["WITHHELD", "challenge", "check", "content", "guess", "layers", "near", "pixels", "step"]
