"""Networks that translate one picture into another, and their judges.

G, the U-Net, and D, the PatchGAN: Isola, Zhu, Zhou and Efros, "Image-to-Image Translation with Conditional
Adversarial Networks", CVPR 2017, arXiv:1611.07004, section 3.2 and appendix 6.1. Several scales of D: Wang, Liu,
Zhu, Tao, Kautz and Catanzaro, "High-Resolution Image Synthesis and Semantic Manipulation with Conditional GANs"
(pix2pixHD), CVPR 2018, arXiv:1711.11585, section 3.2. Upward layers that resize and convolve: Odena, Dumoulin and Olah,
"Deconvolution and Checkerboard Artifacts", Distill 2016.

Deviations: pictures are small, so there are fewer levels; batches are larger than one, and batch normalization has
running statistics in evaluation mode. Dropout is G's only noise and stays on in evaluation mode, as in the paper, but
in one layer instead of three: these networks are narrow.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.models.dcgan import init_weights

WIDEST = 8  # times the width: no map of a judge has more channels


def halving(inputs: int, outputs: int, normalized: bool = True) -> nn.Sequential:
    """A 4 × 4 convolution that halves height and width, and LeakyReLU(0.2) behind it."""
    norm = [nn.BatchNorm2d(outputs)] if normalized else []
    return nn.Sequential(nn.Conv2d(inputs, outputs, 4, 2, 1, bias=not normalized), *norm, nn.LeakyReLU(0.2))


def doubling(inputs: int, outputs: int, resize: bool, bias: bool) -> list[nn.Module]:
    """What doubles height and width: a transposed convolution, or repeated pixels and a convolution."""
    if resize:
        return [nn.Upsample(scale_factor=2), nn.Conv2d(inputs, outputs, 3, 1, 1, bias=bias)]
    return [nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=bias)]


class UNet(nn.Module):
    """From pictures (n, inputs, H, W) to pictures (n, outputs, H, W) in [−1, 1].

    Args:
        inputs, outputs: channels.
        width: channels of the first map; each level down has twice as many, widest · width at most.
        levels: how often the size is halved, and then doubled; H and W are multiples of 2 ** levels.
        dropout: share of the innermost upward map that is set to 0, in evaluation mode, too: G's noise.
        skips: whether each upward layer sees the downward map of its size.
        widest: how many times the width the widest map has. 8 is the paper's; less makes a smaller file.
        resize: double by repeating pixels and a 3 × 3 convolution, instead of the paper's transposed convolution of
            4 × 4. It leaves no checkered pattern.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int = 3,
        width: int = 32,
        levels: int = 4,
        dropout: float = 0.5,
        skips: bool = True,
        widest: int = 8,
        resize: bool = False,
    ) -> None:
        super().__init__()
        self.inputs, self.outputs, self.width, self.levels = inputs, outputs, width, levels
        self.dropout, self.skips, self.widest, self.resize = dropout, skips, widest, resize
        wide = [min(2**k, widest) * width for k in range(levels)]
        ends = [inputs, *wide]
        # Like the paper's code: neither the first map nor the innermost one is normalized.
        self.downs = nn.ModuleList([halving(ends[k], ends[k + 1], 0 < k < levels - 1) for k in range(levels)])
        self.ups = nn.ModuleList()
        for k in reversed(range(levels)):
            seen = wide[k] * (2 if skips and k < levels - 1 else 1)
            if k == 0:
                self.ups.append(nn.Sequential(*doubling(seen, outputs, resize, bias=True), nn.Tanh()))
            else:
                layers = doubling(seen, wide[k - 1], resize, bias=False)
                self.ups.append(nn.Sequential(*layers, nn.BatchNorm2d(wide[k - 1]), nn.ReLU()))
        self.apply(init_weights)

    def forward(self, x: Tensor) -> Tensor:
        """Down, keeping every map, and up again past them."""
        kept: list[Tensor] = []
        for down in self.downs:
            x = down(x)
            kept.append(x)
        for k, up in enumerate(self.ups):
            if k and self.skips:
                x = torch.cat([x, kept[-1 - k]], 1)
            x = up(x)
            if k == 0 and self.levels > 1:
                x = F.dropout(x, self.dropout, training=True)
        return x


class PatchDiscriminator(nn.Module):
    """From a pair, input and picture, to one logit for each patch of it: (n, 1, h, w).

    `halvings` layers of 4 × 4 with stride 2, and two with stride 1. With three halvings each logit sees 70 × 70
    pixels, with two 34 × 34, with one 16 × 16.

    Args:
        inputs: channels of x; 0 makes a judge that is not shown x.
        outputs: channels of the picture y.
        width: channels of the first map; they double from layer to layer, up to 8 · width.
        halvings: how many layers have stride 2.
    """

    def __init__(self, inputs: int, outputs: int = 3, width: int = 32, halvings: int = 1) -> None:
        super().__init__()
        self.inputs, self.outputs, self.width, self.halvings = inputs, outputs, width, halvings
        layers: list[nn.Module] = [halving(inputs + outputs, width, normalized=False)]
        seen = width
        for k in range(1, halvings):
            layers.append(halving(seen, min(2**k, WIDEST) * width))
            seen = min(2**k, WIDEST) * width
        wide = min(2**halvings, WIDEST) * width
        layers.append(
            nn.Sequential(nn.Conv2d(seen, wide, 4, 1, 1, bias=False), nn.BatchNorm2d(wide), nn.LeakyReLU(0.2))
        )
        layers.append(nn.Conv2d(wide, 1, 4, 1, 1))
        self.layers = nn.ModuleList(layers)
        self.apply(init_weights)

    def features(self, x: Tensor, y: Tensor) -> list[Tensor]:
        """Every layer's map, the logits last."""
        hidden = torch.cat([x, y], 1) if self.inputs else y
        found = []
        for layer in self.layers:
            hidden = layer(hidden)
            found.append(hidden)
        return found

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """Logits (n, 1, h, w) of pictures y, given x."""
        return self.features(x, y)[-1]


class MultiScale(nn.Module):
    """Several equal judges: the first sees the pair as it is, each further one at half the size of the one before.

    Args:
        inputs, outputs, width, halvings: of each judge.
        scales: how many judges.
    """

    def __init__(self, inputs: int, outputs: int = 3, width: int = 32, halvings: int = 1, scales: int = 2) -> None:
        super().__init__()
        self.inputs, self.outputs, self.width, self.halvings, self.scales = inputs, outputs, width, halvings, scales
        self.judges = nn.ModuleList([PatchDiscriminator(inputs, outputs, width, halvings) for _ in range(scales)])

    def features(self, x: Tensor, y: Tensor) -> list[list[Tensor]]:
        """For each scale every layer's map, the logits last."""
        found = []
        for judge in self.judges:
            assert isinstance(judge, PatchDiscriminator)
            found.append(judge.features(x, y))
            x, y = half_size(x), half_size(y)
        return found

    def forward(self, x: Tensor, y: Tensor) -> list[Tensor]:
        """The logits of each scale."""
        return [maps[-1] for maps in self.features(x, y)]


def half_size(pictures: Tensor) -> Tensor:
    """Every second pixel, each the mean of the 3 × 3 around it that lie in the picture, as pix2pixHD's code has it."""
    return F.avg_pool2d(pictures, 3, 2, 1, count_include_pad=False)
