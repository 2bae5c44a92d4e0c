"""Changes to pictures that gradients pass through, for a D that has few pictures to learn from.

Zhao, Liu, Lin, Zhu and Han, "Differentiable Augmentation for Data-Efficient GAN Training", NeurIPS 2020,
arXiv:2006.10738, section 3.3: color, translation by up to an eighth, a hole of half the side. Real and made pictures
are changed alike, in D's turn and in G's.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def changed_colors(x: Tensor) -> Tensor:
    """Other brightness, saturation and contrast for each picture of (n, C, H, W)."""
    bright, saturated, contrast = torch.rand(3, len(x), 1, 1, 1, device=x.device)
    x = x + bright - 0.5
    gray = x.mean(1, keepdim=True)
    x = gray + 2 * saturated * (x - gray)
    middle = x.mean((1, 2, 3), keepdim=True)
    return middle + (0.5 + contrast) * (x - middle)


def translated_by_pixels(x: Tensor, share: float = 0.125) -> Tensor:
    """Each picture moved by whole pixels, up to this share of its side; zeros come in."""
    n, _, height, width = x.shape
    most = max(1, round(share * width))
    down, right = torch.randint(0, 2 * most + 1, (2, n, 1, 1), device=x.device)
    rows = down + torch.arange(height, device=x.device)[None, :, None]
    columns = right + torch.arange(width, device=x.device)[None, None, :]
    padded = F.pad(x, (most,) * 4).movedim(1, -1)
    return padded[torch.arange(n, device=x.device)[:, None, None], rows, columns].movedim(-1, 1)


def with_a_hole(x: Tensor, share: float = 0.5) -> Tensor:
    """A square of zeros in each picture, at a random place; at the edge a part of it lies outside."""
    n, _, height, width = x.shape
    side = round(share * width)
    top = torch.randint(0, height + 1 - side % 2, (n, 1, 1), device=x.device) - side // 2
    left = torch.randint(0, width + 1 - side % 2, (n, 1, 1), device=x.device) - side // 2
    row, column = torch.arange(height, device=x.device)[:, None], torch.arange(width, device=x.device)
    inside = (row >= top) & (row < top + side) & (column >= left) & (column < left + side)
    return x * (~inside)[:, None]


def diff_augment(x: Tensor) -> Tensor:
    """All three, one after the other."""
    return with_a_hole(translated_by_pixels(changed_colors(x)))
