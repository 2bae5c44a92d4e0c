"""Networks that grow: Karras, Aila, Laine and Lehtinen, "Progressive Growing of GANs for Improved Quality, Stability,
and Variation", ICLR 2018, arXiv:1710.10196.

Level 0 draws 4 × 4 pixels, and each further one doubles that. All blocks exist from the start; `level` says how many
are in use, and α how far the newest has been faded in (section 2). Layers have equalized learning rates (section
4.1), G normalizes each pixel's feature vector (section 4.2), D's last block sees the spread of its batch (section 3).

Deviations: widths are small so that a CPU will do, and D's groups are of neighbors in the batch.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

WIDTHS = (64, 48, 24, 16, 12)  # channels of the maps of 4, 8, 16, 32, 64 pixels
SLOPE = 0.2  # of leaky ReLU


class EqualizedConv2d(nn.Module):
    """A convolution whose weights start from N(0, 1) and are scaled by gain / √fan_in whenever they are used.

    Section 4.1. The picture keeps its size, unless `padding` says otherwise.
    """

    def __init__(
        self, inputs: int, outputs: int, kernel_size: int = 3, gain: float = math.sqrt(2), padding: int | None = None
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.scale = gain / math.sqrt(inputs * kernel_size**2)
        self.padding = kernel_size // 2 if padding is None else padding

    def forward(self, x: Tensor) -> Tensor:
        """(n, inputs, H, W) to (n, outputs, H, W)."""
        return F.conv2d(x, self.weight * self.scale, self.bias, padding=self.padding)


class EqualizedLinear(nn.Module):
    """A dense layer likewise; `rate` multiplies its learning rate (StyleGAN's mapping has 0.01)."""

    def __init__(self, inputs: int, outputs: int, gain: float = math.sqrt(2), rate: float = 1.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / rate)
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.scale, self.rate = gain / math.sqrt(inputs) * rate, rate

    def forward(self, x: Tensor) -> Tensor:
        """(n, inputs) to (n, outputs)."""
        return F.linear(x, self.weight * self.scale, self.bias * self.rate)


def pixel_norm(x: Tensor, eps: float = 1e-8) -> Tensor:
    """Each pixel's feature vector (dimension 1) divided by the root of its mean square. Section 4.2."""
    return x * torch.rsqrt(x.square().mean(1, keepdim=True) + eps)


def group_std(maps: Tensor, group: int = 4, eps: float = 1e-8) -> Tensor:
    """Features and behind them one more map: the spread within each group of neighbors, averaged to one number.

    Section 3. Batches of fewer than `group` are one group; of others `group` must be a divisor.

    Raises:
        ValueError: if the batch cannot be divided.
    """
    n, _, height, width = maps.shape
    size = min(group, n)
    if n % size:
        raise ValueError(f"A batch of {n} cannot be divided into groups of {group}.")
    grouped = maps.reshape(n // size, size, -1)
    spread = (grouped.var(1, correction=0) + eps).sqrt().mean(1)
    return torch.cat([maps, spread.repeat_interleave(size)[:, None, None, None].expand(n, 1, height, width)], 1)


def halve(x: Tensor) -> Tensor:
    """Means of 2 × 2 pixels: (n, C, H, W) to (n, C, H/2, W/2)."""
    return F.avg_pool2d(x, 2)


def double_size(x: Tensor) -> Tensor:
    """Each pixel four times: (n, C, H, W) to (n, C, 2H, 2W)."""
    return F.interpolate(x, scale_factor=2, mode="nearest")


def faded(picture: Tensor, alpha: float) -> Tensor:
    """A picture whose finest details are there by a share of α: real ones are shown to D like this (appendix A)."""
    return picture if alpha >= 1 else torch.lerp(double_size(halve(picture)), picture, alpha)


def widths_for(size: int, widths: Sequence[int]) -> tuple[int, ...]:
    """The widths of the levels up to this size.

    Raises:
        ValueError: if `size` is no power of two from 4 on, or too few widths are given.
    """
    levels = size.bit_length() - 2
    if size < 4 or size & (size - 1) or levels > len(widths):
        raise ValueError(f"size={size} should be a power of two from 4 to {2 ** (len(widths) + 1)}.")
    return tuple(widths[:levels])


class Upward(nn.Module):
    """A block of G: twice the size (unless it is the first), two convolutions; `normalize` as for GrowingGenerator."""

    def __init__(self, inputs: int, outputs: int, first: bool, normalize: bool) -> None:
        super().__init__()
        self.first, self.normalize = first, normalize
        self.conv_1: nn.Module = (
            EqualizedLinear(inputs, outputs * 16, math.sqrt(2) / 4) if first else EqualizedConv2d(inputs, outputs)
        )
        self.conv_2 = EqualizedConv2d(outputs, outputs)

    def forward(self, x: Tensor) -> Tensor:
        """Noise (n, inputs), or maps (n, inputs, H, W), to maps."""
        x = self.conv_1(x).reshape(len(x), -1, 4, 4) if self.first else self.conv_1(double_size(x))
        return self.normal(F.leaky_relu(self.conv_2(self.normal(F.leaky_relu(x, SLOPE))), SLOPE))

    def normal(self, x: Tensor) -> Tensor:
        return pixel_norm(x) if self.normalize else x


class GrowingGenerator(nn.Module):
    """From noise to pictures of 4 · 2^level pixels.

    Args:
        size: height and width at the last level: 4, 8, 16, …
        latent_dim: length of z, which is normalized first.
        widths: channels of each level's maps.
        channels: of the pictures.
        normalize: whether pixels are normalized.

    Attributes:
        level: the newest block in use; at first the last one.

    Raises:
        ValueError: if `size` is no power of two from 4 on, or too few widths are given.
    """

    def __init__(
        self,
        size: int = 32,
        latent_dim: int = 64,
        widths: Sequence[int] = WIDTHS,
        channels: int = 3,
        normalize: bool = True,
    ) -> None:
        super().__init__()
        self.size, self.latent_dim, self.widths = size, latent_dim, widths_for(size, widths)
        self.channels, self.normalize, self.level = channels, normalize, len(self.widths) - 1
        inputs = (latent_dim, *self.widths[:-1])
        self.blocks = nn.ModuleList(
            Upward(i, o, k == 0, normalize) for k, (i, o) in enumerate(zip(inputs, self.widths, strict=True))
        )
        self.to_rgb = nn.ModuleList(EqualizedConv2d(width, channels, 1, gain=1.0) for width in self.widths)

    def forward(self, z: Tensor, alpha: float = 1.0) -> Tensor:
        """z (n, latent_dim) to pictures (n, channels, 4 · 2^level, 4 · 2^level); their range is what was learned."""
        x = before = self.blocks[0](pixel_norm(z))
        for block in self.blocks[1 : self.level + 1]:
            before, x = x, block(x)
        picture = self.to_rgb[self.level](x)
        if self.level == 0 or alpha >= 1:
            return picture
        return torch.lerp(double_size(self.to_rgb[self.level - 1](before)), picture, alpha)

    def added(self, level: int) -> Iterator[nn.Parameter]:
        """The parameters that a level brings."""
        yield from (*self.blocks[level].parameters(), *self.to_rgb[level].parameters())


class Downward(nn.Module):
    """A block of D: two convolutions, half the size."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv_1, self.conv_2 = EqualizedConv2d(inputs, inputs), EqualizedConv2d(inputs, outputs)

    def forward(self, x: Tensor) -> Tensor:
        """(n, inputs, H, W) to (n, outputs, H/2, W/2)."""
        return halve(F.leaky_relu(self.conv_2(F.leaky_relu(self.conv_1(x), SLOPE)), SLOPE))


class Ending(nn.Module):
    """D's block at 4 × 4 pixels: the spread of the batch, a convolution, two dense layers; the last one is linear."""

    def __init__(self, width: int, group: int) -> None:
        super().__init__()
        self.group = group
        self.conv = EqualizedConv2d(width + (group > 1), width)
        self.dense, self.last = EqualizedLinear(width * 16, width), EqualizedLinear(width, 1, gain=1.0)

    def forward(self, x: Tensor) -> Tensor:
        """(n, width, 4, 4) to (n, 1)."""
        x = group_std(x, self.group) if self.group > 1 else x
        return self.last(F.leaky_relu(self.dense(F.leaky_relu(self.conv(x), SLOPE).flatten(1)), SLOPE))


class GrowingDiscriminator(nn.Module):
    """From pictures of any level's size to one number each; the mirror of G.

    Args:
        size, widths, channels: as G's.
        group: of the spread within groups; 1 is without.

    Raises:
        ValueError: as G's.
    """

    def __init__(self, size: int = 32, widths: Sequence[int] = WIDTHS, channels: int = 3, group: int = 4) -> None:
        super().__init__()
        self.size, self.widths, self.channels, self.group = size, widths_for(size, widths), channels, group
        pairs = zip(self.widths[1:], self.widths[:-1], strict=True)
        self.blocks = nn.ModuleList([Ending(self.widths[0], group), *(Downward(i, o) for i, o in pairs)])
        self.from_rgb = nn.ModuleList(EqualizedConv2d(channels, width, 1) for width in self.widths)

    def forward(self, picture: Tensor, alpha: float = 1.0) -> Tensor:
        """Pictures (n, channels, 4 · 2^level, 4 · 2^level) to (n, 1)."""
        level = picture.shape[-1].bit_length() - 3
        x = F.leaky_relu(self.from_rgb[level](picture), SLOPE)
        if level and alpha < 1:
            old = F.leaky_relu(self.from_rgb[level - 1](halve(picture)), SLOPE)
            x = torch.lerp(old, self.blocks[level](x), alpha)
            level -= 1
        for block in reversed(self.blocks[: level + 1]):
            x = block(x)
        return x

    def added(self, level: int) -> Iterator[nn.Parameter]:
        """The parameters that a level brings."""
        yield from (*self.blocks[level].parameters(), *self.from_rgb[level].parameters())
