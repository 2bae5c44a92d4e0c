"""How near pictures are to what they should be: PSNR, and SSIM by Wang, Bovik, Sheikh and Simoncelli (2004), eq. 13.

Both compare each picture with its own true one. Neither sees whether pictures look like any at all.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def decibels(made: Tensor, true: Tensor, peak: float = 1.0) -> Tensor:
    """The peak signal-to-noise ratio of each picture (n, …) in [0, peak], (n,); infinite where they are equal."""
    return 10 * torch.log10(peak**2 / (made - true).square().flatten(1).mean(1))


def structural(made: Tensor, true: Tensor, peak: float = 1.0) -> Tensor:
    """SSIM of each picture (n, c, h, w) in [0, peak], (n,): the mean over channels and all places of an 11 × 11 window.

    The window is a bell curve of the spread 1.5; only places count where all of it lies within the picture.
    """
    bell = torch.exp(-(torch.arange(-5, 6, dtype=made.dtype, device=made.device) ** 2) / 4.5)
    bell = bell / bell.sum()

    def mean(pictures: Tensor) -> Tensor:
        rows = F.conv2d(pictures.flatten(0, 1)[:, None], bell[None, None, :, None])
        return F.conv2d(rows, bell[None, None, None])

    x, y = mean(made), mean(true)
    spread = mean(made.square()) + mean(true.square()) - x.square() - y.square()
    together = mean(made * true) - x * y
    c1, c2 = (0.01 * peak) ** 2, (0.03 * peak) ** 2
    like = (2 * x * y + c1) * (2 * together + c2) / ((x.square() + y.square() + c1) * (spread + c2))
    return like.reshape(len(made), -1).mean(1)


def unit_range(pictures: Tensor) -> Tensor:
    """From [−1, 1] to [0, 1], clipped, as both measures take them."""
    return (pictures.clamp(-1, 1) + 1) / 2
