"""Checks of lesson 03, DCGAN: Radford et al. (2015), arXiv:1511.06434."""

from gancourse.checks.lesson_03 import both, curves, hacks, latent, networks, shell, sizes, weights
from gancourse.checks.lesson_03.suite import check

WITHHELD = (
    "games/dcgan.py",
    "models/dcgan.py",
    "training/speed/convolutions.py",
    "training/diagnose.py",
    "training/ema.py",
    "training/labels.py",
    "training/replay.py",
    "latent/interpolate.py",
)
"""Files of the package that hold answers to this lesson's exercises."""

__all__ = ["WITHHELD", "both", "check", "curves", "hacks", "latent", "networks", "shell", "sizes", "weights"]
