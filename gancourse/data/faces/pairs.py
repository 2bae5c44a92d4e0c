"""Pairs of pictures of one face: the photo, and the same face as a sketch, a label map, in gray, by night, as a comic.

Both are drawn from the same factors, so every pair is exact, to the pixel.
"""

from __future__ import annotations

import torch
from torch import Tensor

from gancourse.data.images import Images

from .factors import Factors, sample_factors
from .loading import DESCRIPTION, LICENSE, combination
from .render import render

PAIR_INPUTS = ("sketch", "labels", "gray", "night", "comic")


def face_pairs(factors: Factors, size: int = 32, given: str = "sketch") -> Images:
    """Faces as photos, with the attribute "input": what a translation is given of each.

    Args:
        given: what the input is, one of PAIR_INPUTS.

    Returns:
        pixels: the photos; "input": uint8 (n, c, size, size), c 1 for "sketch" and "gray", else 3, and for "labels"
        (n, size, size), each pixel's index into `PARTS`.
    """
    if given not in PAIR_INPUTS:
        raise ValueError(f"given should be one of {', '.join(PAIR_INPUTS)}; it is {given!r}.")
    photos = render(factors, size)
    return Images(photos, {"input": inputs_of(factors, photos, given)}, "faces", "pairs", DESCRIPTION, LICENSE)


def inputs_of(factors: Factors, photos: Tensor, given: str) -> Tensor:
    """The same faces as what is `given`."""
    if given == "gray":
        weights = torch.tensor([0.299, 0.587, 0.114], device=photos.device)[:, None, None]
        return (photos * weights).sum(1, keepdim=True).round().to(torch.uint8)
    drawn = render(factors, photos.shape[-1], given)
    return drawn[:, :1].contiguous() if given == "sketch" else drawn


def familiar_and_unfamiliar(n: int, seed: int = 0, start: int = 0) -> tuple[Factors, Factors]:
    """Of n faces those that show none of `COMBINATIONS`, to learn from, and those that show one, to be tested on."""
    factors = sample_factors(n, seed, start)
    shown = combination(factors)
    familiar, unfamiliar = ((shown < 0).nonzero().flatten(), (shown >= 0).nonzero().flatten())
    return factors.rows(familiar), factors.rows(unfamiliar)
