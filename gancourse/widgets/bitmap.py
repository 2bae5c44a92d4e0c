"""Drawing on a bitmap, as the canvas does it: the same rules in Python and in the browser.

A bitmap is uint8, (H, W). Either its numbers are labels, and a brush sets whole pixels, so that
no edge ever holds a label that nobody chose; or they are gray values, 255 for paper, and the edge
of a line is as gray as the share of the pixel that it covers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

PAPER = 255


def stroke(
    bitmap: np.ndarray, points: Sequence[tuple[float, float]], size: float, value: int, soft: bool = False
) -> np.ndarray:
    """The bitmap with one stroke of a round brush on it.

    A pixel is met if its middle is within half the brush's size of the line through the points; the
    pixels that hold the points are met in any case.

    Args:
        bitmap: uint8, (H, W); stays as it is.
        points: (x, y) in pixels, to the right and down from the top left corner.
        size: the brush's diameter in pixels.
        value: the label to set. If `soft`: 0 draws, anything else erases.
        soft: gray values instead of labels.

    Raises:
        ValueError: if there are no points.
    """
    if not len(points):
        raise ValueError("A stroke needs at least one point.")
    drawn = bitmap.copy()
    for start, end in zip([points[0], *points[:-1]], points, strict=True):
        segment(drawn, *start, *end, size / 2, value, soft)
    return drawn


def segment(
    bitmap: np.ndarray, x0: float, y0: float, x1: float, y1: float, radius: float, value: int, soft: bool
) -> None:
    """Draw from one point to the next, in place. `segment` in canvas.js is the same."""
    height, width = bitmap.shape
    reach = radius + 1
    left, right = max(0, int(min(x0, x1) - reach)), min(width, int(max(x0, x1) + reach) + 1)
    top, bottom = max(0, int(min(y0, y1) - reach)), min(height, int(max(y0, y1) + reach) + 1)
    if left >= right or top >= bottom:
        return
    y, x = np.mgrid[top:bottom, left:right] + 0.5
    long = (x1 - x0) ** 2 + (y1 - y0) ** 2
    along = np.clip(((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / long, 0, 1) if long else np.zeros_like(x)
    away = np.sqrt((x0 + along * (x1 - x0) - x) ** 2 + (y0 + along * (y1 - y0) - y) ** 2)
    part = bitmap[top:bottom, left:right]
    if soft:
        covered = np.floor(255 * np.clip(radius + 0.5 - away, 0, 1) + 0.5).astype(np.uint8)
        part[:] = np.maximum(part, covered) if value else np.minimum(part, PAPER - covered)
        return
    part[away <= radius] = value
    for px, py in ((x0, y0), (x1, y1)):
        if 0 <= px < width and 0 <= py < height:
            bitmap[int(py), int(px)] = value


def colored(labels: np.ndarray, colors: np.ndarray, under: np.ndarray | None = None) -> np.ndarray:
    """Labels (H, W) in the colors (n, 3): uint8, (H, W, 3). Where the label is 0 the picture `under` shows."""
    shown = colors[labels]
    return shown if under is None else np.where((labels == 0)[..., None], under, shown)


def nearest_labels(picture: np.ndarray, colors: np.ndarray) -> np.ndarray:
    """For every pixel (H, W, 3) the label whose color (n, 3) is the nearest in RGB: uint8, (H, W)."""
    away = picture[:, :, None].astype(np.int32) - colors[None, None].astype(np.int32)
    return np.square(away).sum(-1).argmin(-1).astype(np.uint8)


def gray(picture: np.ndarray) -> np.ndarray:
    """The luma (ITU-R BT.601) of a picture (H, W, 3): uint8, (H, W)."""
    return np.floor(picture @ np.array([0.299, 0.587, 0.114]) + 0.5).astype(np.uint8)
