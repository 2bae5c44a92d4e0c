"""From a small picture to one of four times its height and width, and the judge of large pictures.

G, a residual network that works at the small size and enlarges at its end: Ledig et al., "Photo-Realistic Single Image
Super-Resolution Using a Generative Adversarial Network" (SRGAN), CVPR 2017, arXiv:1609.04802, section 2.1 and figure 4.
Sub-pixel layers: Shi et al., CVPR 2016, arXiv:1609.05158. Their start, by which a new layer enlarges without a
pattern: Aitken et al., "Checkerboard artifact free sub-pixel convolution", 2017, arXiv:1707.02937.

Deviations: fewer blocks and channels (the paper has 16 blocks of 64 channels); kernels of 5 × 5 where the paper has
9 × 9; G adds its answer to the bicubic enlargement, so that it starts there; D has four halvings by 4 × 4 kernels and
no wide dense layer. Small pictures are means of 4 × 4 pixels, the paper's are bicubic.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.models.dcgan import init_weights, levels


def low_resolution(pictures: Tensor, r: int = 4) -> Tensor:
    """Low resolution: the mean of each r × r pixels, (n, c, H, W) to (n, c, H / r, W / r)."""
    return F.avg_pool2d(pictures, r)


def bicubic(pictures: Tensor, r: int = 4) -> Tensor:
    """Enlarged r times without a network, by cubic pieces of 4 × 4 neighbors."""
    return F.interpolate(pictures, scale_factor=r, mode="bicubic", align_corners=False)


class Block(nn.Module):
    """Two 3 × 3 convolutions beside the identity: normalized, with a PReLU between them and nothing behind the sum."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv_1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm_1 = nn.BatchNorm2d(channels)
        self.act = nn.PReLU()
        self.conv_2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm_2 = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.norm_2(self.conv_2(self.act(self.norm_1(self.conv_1(x)))))


def even_start(conv: nn.Conv2d, r: int = 2) -> None:
    """All r² channels that become one block of pixels start with the same kernel: a new layer repeats its pixels."""
    with torch.no_grad():
        conv.weight.copy_(conv.weight[:: r * r].repeat_interleave(r * r, 0))
        if conv.bias is not None:
            conv.bias.copy_(conv.bias[:: r * r].repeat_interleave(r * r, 0))


class SuperResolver(nn.Module):
    """Pictures (n, 3, h, w) to (n, 3, 4h, 4w), any h and w; the range is that of what it is given, about [−1, 1].

    Args:
        width: channels of the blocks; a half and a quarter of it behind the first and the second enlargement.
        blocks: how many there are.
    """

    def __init__(self, width: int = 32, blocks: int = 4) -> None:
        super().__init__()
        self.width, self.blocks = width, blocks
        self.head = nn.Sequential(nn.Conv2d(3, width, 5, padding=2), nn.PReLU())
        self.body = nn.Sequential(*[Block(width) for _ in range(blocks)])
        self.join = nn.Sequential(nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width))
        enlarge: list[nn.Module] = []
        for wide in (width, width // 2):
            conv = nn.Conv2d(wide, 2 * wide, 3, padding=1)
            even_start(conv)
            enlarge += [conv, nn.PixelShuffle(2), nn.PReLU()]
        self.enlarge = nn.Sequential(*enlarge)
        self.tail = nn.Conv2d(width // 4, 3, 5, padding=2)
        for p in self.tail.parameters():
            nn.init.zeros_(p)

    def forward(self, x: Tensor) -> Tensor:
        """At the small size, with a way around all blocks; then twice larger; then added to the bicubic picture."""
        hidden = self.head(x)
        hidden = hidden + self.join(self.body(hidden))
        return bicubic(x) + self.tail(self.enlarge(hidden))


class LargeJudge(nn.Module):
    """From pictures (n, 3, size, size) to one logit each, by strided convolutions as in lesson 03.

    Args:
        size: a power of two, 8 or more.
        width: channels of the first map; each further one has twice as many, four times this at most.
    """

    def __init__(self, size: int = 64, width: int = 16) -> None:
        super().__init__()
        self.size, self.width = size, width
        layers: list[nn.Module] = [nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        wide = width
        for _ in range(levels(size) - 1):
            more = min(2 * wide, 4 * width)
            layers += [nn.Conv2d(wide, more, 4, 2, 1, bias=False), nn.BatchNorm2d(more), nn.LeakyReLU(0.2)]
            wide = more
        self.features = nn.Sequential(*layers)
        self.head = nn.Conv2d(wide, 1, 4, 1, 0)
        self.apply(init_weights)

    def forward(self, pictures: Tensor) -> Tensor:
        return self.head(self.features(pictures)).flatten(1)
