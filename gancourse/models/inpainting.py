"""A network that fills holes in pictures, and a judge with two heads on one trunk.

Demir and Unal, "Patch-Based Image Inpainting with Generative Adversarial Networks", 2018, arXiv:1803.07422: G has an
encoder, residual blocks whose convolutions are dilated, and a decoder; the global judge and the judge of patches share
their first layers. Dilated convolutions: Yu and Koltun, "Multi-Scale Context Aggregation by Dilated Convolutions", ICLR
2016, arXiv:1511.07122. A judge of the whole beside a local one: Iizuka, Simo-Serra and Ishikawa, "Globally and Locally
Consistent Image Completion", SIGGRAPH 2017.

Deviations: fewer layers and channels; nothing is normalized in G, beside whose holes the colors should go on; on the
way up pixels are repeated and convolved.
"""

from __future__ import annotations

import itertools

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.models.dcgan import init_weights


class WideBlock(nn.Module):
    """x + conv(ReLU(dilated conv(x))): maps (n, channels, h, w) to the same shape, both kernels 3 × 3."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.wide = nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation)
        self.close = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.close(F.relu(self.wide(x)))


class Filler(nn.Module):
    """From pictures with holes and their masks (n, 4, H, W) to fillings (n, 3, H, W) in [−1, 1].

    Args:
        width: channels of the first map; each halving has twice as many.
        halvings: how often the size is halved before the blocks; H and W are multiples of 2 ** halvings.
        dilations: one block for each.
        noise: length of z, whose numbers are as many further input planes; 0 for a network without.
    """

    def __init__(
        self, width: int = 10, halvings: int = 2, dilations: list[int] | tuple[int, ...] = (1, 2, 4, 8), noise: int = 0
    ) -> None:
        super().__init__()
        self.width, self.halvings, self.dilations, self.noise = width, halvings, list(dilations), noise
        wide = [width * 2**k for k in range(halvings + 1)]
        down: list[nn.Module] = [nn.Conv2d(4 + noise, width, 5, padding=2), nn.ReLU()]
        for a, b in itertools.pairwise(wide):
            down += [nn.Conv2d(a, b, 4, 2, 1), nn.ReLU()]
        up: list[nn.Module] = []
        for a, b in itertools.pairwise(wide[::-1]):
            up += [nn.Upsample(scale_factor=2), nn.Conv2d(a, b, 3, padding=1), nn.ReLU()]
        self.down = nn.Sequential(*down)
        self.blocks = nn.Sequential(*[WideBlock(wide[-1], d) for d in self.dilations])
        self.up = nn.Sequential(*up, nn.Conv2d(width, 3, 3, padding=1), nn.Tanh())

    def forward(self, given: Tensor, z: Tensor | None = None) -> Tensor:
        """Fillings for what `with_hole` gives; z (n, noise) is drawn where it is not given and asked for."""
        if self.noise:
            z = torch.randn(len(given), self.noise, device=given.device) if z is None else z
            given = torch.cat([given, z[:, :, None, None].expand(-1, -1, *given.shape[2:])], 1)
        return self.up(self.blocks(self.down(given)))


class TwoHeaded(nn.Module):
    """From pictures (n, 3, size, size) to one logit for each, (n, 1), and to one for each patch, (n, 1, h, w).

    Both heads stand on one trunk, which looks once.

    Args:
        size: a power of two, 16 or more.
        width: channels of the first map.
    """

    def __init__(self, size: int = 64, width: int = 16) -> None:
        super().__init__()
        self.size, self.width = size, width
        wide = 2 * width
        self.trunk = nn.Sequential(
            nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2),
            nn.Conv2d(width, wide, 4, 2, 1, bias=False), nn.BatchNorm2d(wide), nn.LeakyReLU(0.2),
        )  # fmt: skip
        whole: list[nn.Module] = []
        side = size // 4
        while side > 4:
            whole += [nn.Conv2d(wide, wide, 4, 2, 1, bias=False), nn.BatchNorm2d(wide), nn.LeakyReLU(0.2)]
            side //= 2
        self.whole = nn.Sequential(*whole, nn.Flatten(), nn.Linear(wide * side * side, 1))
        self.patch = nn.Conv2d(wide, 1, 3, padding=1)
        self.apply(init_weights)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """The logit of the whole, and those of the patches."""
        seen = self.trunk(pictures)
        return self.whole(seen), self.patch(seen)


def with_hole(pictures: Tensor, masks: Tensor) -> Tensor:
    """What a filler is given, (n, 4, H, W): pictures with 0 in the hole, and the mask, 1 in the hole."""
    return torch.cat([torch.where(masks > 0, 0.0, pictures), masks.expand(len(pictures), -1, -1, -1)], 1)


def filled_picture(pictures: Tensor, masks: Tensor, fillings: Tensor) -> Tensor:
    """The filling in the hole, and the picture, untouched, everywhere else."""
    return torch.where(masks > 0, fillings, pictures)
