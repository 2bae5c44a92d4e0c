"""Faces drawn by the course itself: from named factors, at any size, with exact ground truth.

`sample_images` gives pictures; `sample_factors` and `render` give the same in two steps, so that a
factor can be changed in between (`vary`). TABLE says what there is to change.

>>> sample_images(2, size=32).shape
torch.Size([2, 3, 32, 32])
"""

from .canvas import PARTS
from .factors import HAIR_STYLES, HAT_STYLES, TABLE, Factor, Factors, sample_factors, vary
from .loading import ATTRIBUTES, SIZES, SPLITS, load, status
from .render import PALETTE, STYLES, masks, render, sample_images

__all__ = [
    "ATTRIBUTES",
    "HAIR_STYLES",
    "HAT_STYLES",
    "PALETTE",
    "PARTS",
    "SIZES",
    "SPLITS",
    "STYLES",
    "TABLE",
    "Factor",
    "Factors",
    "load",
    "masks",
    "render",
    "sample_factors",
    "sample_images",
    "status",
    "vary",
]  # fmt: skip
