"""Holes in pictures: free-form masks, painted by a brush that wanders, each of a given share of the picture.

Masks are (n, 1, size, size), 1 in the hole and 0 where the picture is known. After the free-form masks of Yu et al.,
"Free-Form Image Inpainting with Gated Convolution", ICCV 2019, arXiv:1806.03589, appendix. Deviations: a stroke goes on
pixel by pixel with a direction that drifts, instead of straight pieces between drawn corners, and strokes are added
until the hole is as large as asked.
"""

from __future__ import annotations

import torch
from torch import Tensor

LONGEST_STROKE = 1.2  # of the side: no stroke is longer, in pixels


def stroke_masks(
    n: int, size: int, share: float, brush: float | None = None, generator: torch.Generator | None = None
) -> Tensor:
    """Masks (n, 1, size, size) whose holes cover about this share of the picture.

    Args:
        n: how many.
        size: of the picture in pixels.
        share: of the picture that is a hole, above 0 and below 1; a mask ends with the dab that reaches it.
        brush: its diameter in pixels; by default a tenth of the size, 3 at least.
        generator: what is drawn from; None is torch's global state.

    Raises:
        ValueError: for a share that no hole has.
    """
    if not 0 < share < 1:
        raise ValueError(f"share={share} should be above 0 and below 1.")
    return torch.stack([stroke_mask(size, share, brush or max(3.0, size / 10), generator) for _ in range(n)])


def stroke_mask(size: int, share: float, brush: float, generator: torch.Generator | None) -> Tensor:
    """One of them, (1, size, size)."""
    radius = int(brush // 2)
    places = torch.arange(-radius, radius + 1)
    dab = places[:, None] ** 2 + places**2 <= (brush / 2) ** 2
    wide = torch.zeros(size + 2 * radius, size + 2 * radius, dtype=torch.bool)
    inside = wide[radius : size + radius, radius : size + radius]
    steps = int(LONGEST_STROKE * size)
    while True:
        start = torch.rand(3, generator=generator)
        drift = torch.randn(steps, generator=generator) * 0.35
        angles = 2 * torch.pi * start[2] + drift.cumsum(0)
        ways = torch.stack([angles.sin(), angles.cos()], 1).cumsum(0)
        ends = int(steps * (0.3 + 0.7 * float(torch.rand((), generator=generator))))
        for row, column in (start[:2] * size + ways)[:ends].floor().int().tolist():
            if 0 <= row < size and 0 <= column < size:
                wide[row : row + 2 * radius + 1, column : column + 2 * radius + 1] |= dab
                if int(inside.sum()) >= share * size * size:
                    return inside[None].float()
