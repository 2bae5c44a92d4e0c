"""Checks of lesson 05: losses and codes, a bound where the truth is known, masks, and exact likelihoods."""

from gancourse.checks.lesson_05 import bound, challenge, codes, losses, masks, pixels, step
from gancourse.checks.lesson_05.suite import check

WITHHELD = ("models/autoencoders.py", "games/autoencoders.py", "training/autoencoding.py")
"""Files of the package that hold answers to this lesson's exercises."""

__all__ = ["WITHHELD", "bound", "challenge", "check", "codes", "losses", "masks", "pixels", "step"]
