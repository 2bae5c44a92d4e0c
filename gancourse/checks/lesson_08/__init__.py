"""Checks of lesson 08, pix2pix: Isola et al. (2017), arXiv:1611.07004; Wang et al. (2018), arXiv:1711.11585."""

from gancourse.checks.lesson_08 import challenge, fields, patches, scales, step, wiring
from gancourse.checks.lesson_08.suite import check

WITHHELD = ("games/pix2pix.py", "models/pix2pix.py")
"""Files of the package that hold answers to this lesson's exercises."""

__all__ = ["WITHHELD", "challenge", "check", "fields", "patches", "scales", "step", "wiring"]
