"""Networks for translation without pairs, and their judges.

Zhu, Park, Isola and Efros, "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks", ICCV
2017, arXiv:1703.10593, section 4 and appendix 7.2. G is the residual network of Johnson, Alahi and Fei-Fei,
"Perceptual Losses for Real-Time Style Transfer and Super-Resolution", ECCV 2016, arXiv:1603.08155.

Deviations: pictures are small, so G halves them once and has two residual blocks instead of twice and six, and the
judge's patches are 16 × 16 pixels. On the way up pixels are doubled and convolved, which leaves no checkerboard. Only
the blocks are normalized: beside them a picture's own colors and contrasts get through, which normalizing each picture
would level, and which few steps do not bring back. Weights start as torch sets them.
"""

from __future__ import annotations

from torch import Tensor, nn


def mirrored(inputs: int, outputs: int, kernel: int, stride: int = 1) -> list[nn.Module]:
    """A convolution that sees the picture mirrored at its edges, and keeps its size (or halves it)."""
    return [nn.ReflectionPad2d(kernel // 2), nn.Conv2d(inputs, outputs, kernel, stride)]


class ResidualBlock(nn.Module):
    """Two mirrored 3 × 3 convolutions beside the identity, each normalized over its own picture: (n, c, H, W) to same.

    Args:
        channels: of what comes in and of what goes out.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels
        self.layers = nn.Sequential(
            *mirrored(channels, channels, 3),
            nn.InstanceNorm2d(channels),
            nn.ReLU(),
            *mirrored(channels, channels, 3),
            nn.InstanceNorm2d(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        """What comes in, and what the layers make of it, added."""
        return x + self.layers(x)


class Translator(nn.Module):
    """From pictures (n, 3, H, W) to pictures of the same size in [−1, 1]; H and W are even.

    Args:
        width: channels of the first map; at half the size there are twice as many.
        blocks: how many residual blocks.
    """

    def __init__(self, width: int = 16, blocks: int = 2) -> None:
        super().__init__()
        self.width, self.blocks = width, blocks
        wide = 2 * width
        self.layers = nn.Sequential(
            *(*mirrored(3, width, 7), nn.ReLU()),
            *(*mirrored(width, wide, 3, stride=2), nn.ReLU()),
            *(ResidualBlock(wide) for _ in range(blocks)),
            *(nn.Upsample(scale_factor=2), *mirrored(wide, width, 3), nn.ReLU()),
            *(*mirrored(width, 3, 7), nn.Tanh()),
        )

    def forward(self, x: Tensor) -> Tensor:
        """The translation."""
        return self.layers(x)


class PatchJudge(nn.Module):
    """From pictures (n, 3, H, W) to an opinion on each patch of 16 × 16 pixels: (n, 1, H/2 − 2, W/2 − 2).

    Args:
        width: channels of the first map, doubled in the second.
    """

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.width = width
        self.layers = nn.Sequential(
            nn.Conv2d(3, width, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, 2 * width, 4, 1, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(2 * width, 1, 4, 1, 1),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Near 1 for what looks real, near 0 for what looks made: least squares has no sigmoid."""
        return self.layers(x)
