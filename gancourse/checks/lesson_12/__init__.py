"""Checks of lesson 12: Reed et al. (2016), arXiv:1605.05396; Zhang et al. (2017), arXiv:1612.03242."""

from gancourse.checks.lesson_12 import augment, challenge, judging, pairs, stages, step, style, words
from gancourse.checks.lesson_12.suite import check

WITHHELD = ("games/text.py", "models/text.py", "training/telling.py", "data/faces/captions.py")
"""Files of the package that hold answers to this lesson's exercises."""

__all__ = ["WITHHELD", "augment", "challenge", "check", "judging", "pairs", "stages", "step", "style", "words"]
