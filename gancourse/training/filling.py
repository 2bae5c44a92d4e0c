"""How well holes are filled: the error in the hole, the crowd of filled pictures, and what was hidden there.

Three shapes of hole that nobody trains on stand here: a square, halves, and bands across a face, each of which hides
what one factor is seen by. A distance between crowds is Fréchet's, for the whole picture by the face reader's features,
and for its cut around the hole by the first layers of lesson 03's discriminator: there is no whole face to read there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from gancourse.metrics import frechet_from_features
from gancourse.metrics.domains import correlation
from gancourse.metrics.embedding import features, second_look
from gancourse.models.face_reader import load_face_reader

Fill = Callable[[Tensor, Tensor], Tensor]
"""From pictures (n, 3, H, W) and masks (n, 1, H, W), 1 in the hole, to filled pictures."""


def shape_masks(shape: str, n: int, size: int = 64) -> Tensor:
    """Masks (n, 1, size, size) of a shape that nobody trains on.

    Args:
        shape: "square", half as wide as the picture, in its middle, or "half": left, right, upper and lower in turn.
    """
    masks = torch.zeros(n, 1, size, size)
    if shape == "square":
        masks[:, :, size // 4 : size - size // 4, size // 4 : size - size // 4] = 1
        return masks
    half = size // 2
    masks[0::4, :, :, :half] = 1
    masks[1::4, :, :, half:] = 1
    masks[2::4, :, :half] = 1
    masks[3::4, :, half:] = 1
    return masks


def cut_around(pictures: Tensor, masks: Tensor) -> Tensor:
    """Of each picture the square, half as wide, around the middle of its hole."""
    size = pictures.shape[-1]
    side, places = size // 2, torch.arange(size, dtype=masks.dtype)
    rows = (masks.sum((1, 3)) @ places / masks.sum((1, 2, 3))).round().int() - side // 2
    columns = (masks.sum((1, 2)) @ places / masks.sum((1, 2, 3))).round().int() - side // 2
    ends = zip(rows.clamp(0, size - side).tolist(), columns.clamp(0, size - side).tolist(), strict=True)
    return torch.stack([p[:, r : r + side, c : c + side] for p, (r, c) in zip(pictures, ends, strict=True)])


def hole_figures(filled: Tensor, true: Tensor, masks: Tensor) -> dict[str, float]:
    """All figures of filled pictures in [−1, 1] beside the true ones.

    Returns:
        "L1" and "PSNR" in the hole, for pictures in [0, 1]; "whole" and "cut": the distances of the crowds.
    """
    off, count = (filled - true) * masks / 2, masks.sum() * true.shape[1]
    squares = float(off.square().sum() / count)
    cut = frechet_from_features(second_look(cut_around(filled, masks)), second_look(cut_around(true, masks)))
    return {
        "L1": float(off.abs().sum() / count), "PSNR": -10 * math.log10(max(squares, 1e-12)),
        "whole": float(frechet_from_features(features(filled), features(true))), "cut": float(cut),
    }  # fmt: skip


BANDS = {"glasses": (0.28, 0.70), "hat": (0.0, 0.36), "smile": (0.5, 0.94)}
"""What is hidden, in shares of the height: eyes, the top, the mouth. No row outside shows glasses or a smile."""


def band_masks(factor: str, n: int, size: int = 64) -> Tensor:
    """Masks that hide a band across the whole picture."""
    top, bottom = (round(size * share) for share in BANDS[factor])
    masks = torch.zeros(n, 1, size, size)
    masks[:, :, top:bottom] = 1
    return masks


def hidden_factors(fill: Fill, pictures: Tensor, truth: Mapping[str, Tensor]) -> dict[str, dict[str, float]]:
    """What the reader reads where a factor was hidden, beside the truth and beside somebody else's.

    Args:
        truth: the faces' factors, those of `BANDS`.

    Returns:
        for each factor "agrees" and "by chance": of flags how often filling and truth (or the next face's) are the
        same, and "found", how many of those who have it still have it, and "invented", how many of the others do; of
        the smile the correlation.
    """
    reader, found = load_face_reader(), {}
    for factor in BANDS:
        masks = band_masks(factor, len(pictures), pictures.shape[-1])
        read, true = reader.read(fill(pictures, masks))[factor], truth[factor].float()
        if factor == "smile":
            found[factor] = {"agrees": correlation(read, true), "by chance": correlation(read, true.roll(1))}
            continue
        worn, has = read > 0.5, true > 0.5
        found[factor] = {
            "agrees": float((worn == has).float().mean()), "by chance": float((worn == has.roll(1)).float().mean()),
            "found": float(worn[has].float().mean()), "invented": float(worn[~has].float().mean()),
        }  # fmt: skip
    return found
