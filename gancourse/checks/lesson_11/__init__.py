"""Checks of lesson 11: Demir and Unal (2018), arXiv:1803.07422; Yu and Koltun (2016), arXiv:1511.07122."""

from gancourse.checks.lesson_11 import challenge, fields, guess, holes, judges, step
from gancourse.checks.lesson_11.suite import check

WITHHELD = ("games/inpainting.py", "models/inpainting.py", "data/holes.py", "training/inpainting.py")
"""Files of the package that hold answers to this lesson's exercises."""

__all__ = ["WITHHELD", "challenge", "check", "fields", "guess", "holes", "judges", "step"]
