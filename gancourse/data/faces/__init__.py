"""Faces drawn by the course itself: from named factors, at any size, with exact ground truth.

`sample_images` gives pictures; `sample_factors` and `render` give the same in two steps, so that a
factor can be changed in between (`vary`). TABLE says what there is to change, `strips` shows it, and
`describe` puts a face into words.

>>> sample_images(2, size=32).shape
torch.Size([2, 3, 32, 32])
"""

from .canvas import PARTS
from .captions import Caption, caption, caption_words, captions_of, describe, vocabulary
from .claims import contradicts, matches
from .factors import HAIR_STYLES, HAT_STYLES, TABLE, Factor, Factors, sample_factors, vary
from .loading import ATTRIBUTES, COMBINATIONS, SIZES, SPLITS, combination, factors_of, load, status
from .people import older, revealed, strip, strips
from .render import PALETTE, STYLES, masks, render, sample_images
from .visible import visible

__all__ = [
    "ATTRIBUTES",
    "COMBINATIONS",
    "HAIR_STYLES",
    "HAT_STYLES",
    "PALETTE",
    "PARTS",
    "SIZES",
    "SPLITS",
    "STYLES",
    "TABLE",
    "Caption",
    "Factor",
    "Factors",
    "caption",
    "caption_words",
    "captions_of",
    "combination",
    "contradicts",
    "describe",
    "factors_of",
    "load",
    "masks",
    "matches",
    "older",
    "render",
    "revealed",
    "sample_factors",
    "sample_images",
    "status",
    "strip",
    "strips",
    "vary",
    "visible",
    "vocabulary",
]  # fmt: skip
