"""A style-based generator: Karras, Laine and Aila, "A Style-Based Generator Architecture for Generative Adversarial
Networks", CVPR 2019, arXiv:1812.04948; with its styles as in Karras, Laine, Aittala, Hellsten, Lehtinen and Aila,
"Analyzing and Improving the Image Quality of StyleGAN", CVPR 2020, arXiv:1912.04958.

A mapping network makes w of z; the picture grows from a learned constant, and w says in each layer which features
are strong: by AdaIN (section 2 of the first paper) or by scaling the weights of the convolution (section 2.2 of the
second). Layers are those of `gancourse.models.progressive`, and so is the discriminator that belongs here.

Deviations: widths and the mapping are small so that a CPU will do, pictures are doubled without a blur, and each
level's picture is added to the one of the level below (section 4.1 of the second paper) in both forms.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.models.progressive import SLOPE, EqualizedConv2d, EqualizedLinear, double_size, pixel_norm, widths_for

STYLE_WIDTHS = (64, 64, 48, 24, 12)  # channels of the maps of 4, 8, 16, 32, 64 pixels
FORMS = ("adain", "demodulated")


class Mapping(nn.Module):
    """z to w: z is normalized, dense layers follow, each with a leaky ReLU behind it.

    Args:
        latent_dim: length of z and of w.
        depth: how many layers.
        rate: of their learning, beside the other layers' (StyleGAN's is 0.01).
    """

    def __init__(self, latent_dim: int = 64, depth: int = 4, rate: float = 0.01) -> None:
        super().__init__()
        self.layers = nn.ModuleList(EqualizedLinear(latent_dim, latent_dim, rate=rate) for _ in range(depth))

    def forward(self, z: Tensor) -> Tensor:
        """(n, latent_dim) to (n, latent_dim)."""
        w = pixel_norm(z)
        for layer in self.layers:
            w = F.leaky_relu(layer(w), SLOPE)
        return w


def adain(x: Tensor, scale: Tensor, shift: Tensor, eps: float = 1e-8) -> Tensor:
    """Each map of (n, c, H, W) at mean 0 and spread 1 over its pixels, then scaled and shifted: both (n, c).

    Equation 1 of the first paper.
    """
    mean, spread = x.mean((2, 3), keepdim=True), x.var((2, 3), keepdim=True, correction=0)
    return scale[:, :, None, None] * (x - mean) * (spread + eps).rsqrt() + shift[:, :, None, None]


def modulated_conv(x: Tensor, weight: Tensor, style: Tensor, demodulate: bool = True, eps: float = 1e-8) -> Tensor:
    """A convolution whose weights (o, c, k, k) are scaled for each picture: by style (n, c), then to unit length.

    Equations 1 and 3 of the second paper. Inputs and outputs are scaled in their place, which is the same.
    """
    out = F.conv2d(x * style[:, :, None, None], weight, padding=weight.shape[-1] // 2)
    if not demodulate:
        return out
    length = style.square() @ weight.square().sum((2, 3)).T  # of each output's weights, squared: (n, o)
    return out * (length + eps).rsqrt()[:, :, None, None]


class StyledLayer(nn.Module):
    """A convolution, noise, a bias and a leaky ReLU, with w's style in one of two forms.

    Args:
        latent_dim: length of w.
        inputs, outputs: channels.
        form: "adain" or "demodulated".
        up: whether the maps are doubled first.
    """

    def __init__(self, latent_dim: int, inputs: int, outputs: int, form: str, up: bool) -> None:
        super().__init__()
        self.form, self.up = form, up
        self.conv = EqualizedConv2d(inputs, outputs)
        self.style = EqualizedLinear(latent_dim, inputs if form == "demodulated" else 2 * outputs, gain=1.0)
        self.noise_scale = nn.Parameter(torch.zeros(outputs))  # at the start there is none
        nn.init.ones_(self.style.bias[: inputs if form == "demodulated" else outputs])

    def forward(self, x: Tensor, w: Tensor, noise: Tensor | None) -> Tensor:
        """Maps (n, inputs, H, W), w (n, latent_dim) and noise (n, 1, H', W'), or None, to (n, outputs, H', W')."""
        x, style = double_size(x) if self.up else x, self.style(w)
        if self.form == "demodulated":
            x = modulated_conv(x, self.conv.weight, style)
        else:
            x = F.conv2d(x, self.conv.weight * self.conv.scale, padding=1)
        if noise is not None:
            x = x + noise * self.noise_scale[:, None, None]
        x = F.leaky_relu(x + self.conv.bias[:, None, None], SLOPE) * math.sqrt(2)
        return x if self.form == "demodulated" else adain(x, *style.chunk(2, 1))


class StyleGenerator(nn.Module):
    """From z, or from one w for each layer, to pictures.

    Args:
        size: height and width in pixels, a power of two from 4 on.
        latent_dim: length of z and of w.
        widths: channels of each level's maps.
        channels: of the pictures.
        form: how styles act, "adain" or "demodulated".
        depth: layers of the mapping.
        rate: of the mapping's learning, beside the other layers'.

    Attributes:
        layers: how many take a w: one at 4 × 4 pixels, two at each further size.
        mean_w: a running mean of w, (latent_dim,), which training keeps.

    Raises:
        ValueError: if `size` or `form` is none of those.
    """

    mean_w: Tensor

    def __init__(
        self,
        size: int = 32,
        latent_dim: int = 64,
        widths: Sequence[int] = STYLE_WIDTHS,
        channels: int = 3,
        form: str = "demodulated",
        depth: int = 4,
        rate: float = 0.01,
    ) -> None:
        super().__init__()
        if form not in FORMS:
            raise ValueError(f"form={form!r} should be one of {', '.join(FORMS)}.")
        self.size, self.latent_dim, self.widths = size, latent_dim, widths_for(size, widths)
        self.channels, self.form, self.depth, self.rate = channels, form, depth, rate
        self.mapping = Mapping(latent_dim, depth, rate)
        self.constant = nn.Parameter(torch.randn(1, self.widths[0], 4, 4))
        ends = [(self.widths[0], self.widths[0], False)]
        for before, width in zip(self.widths[:-1], self.widths[1:], strict=True):
            ends += [(before, width, True), (width, width, False)]
        self.styled = nn.ModuleList(StyledLayer(latent_dim, i, o, form, up) for i, o, up in ends)
        self.to_rgb = nn.ModuleList(EqualizedConv2d(width, channels, 1, gain=1.0) for width in self.widths)
        for name, p in self.to_rgb.named_parameters():
            if name.endswith("weight"):
                p.data.mul_(0.3)  # the levels' pictures are added up: let none of them shout at the start
        self.layers = len(ends)
        self.register_buffer("mean_w", torch.zeros(latent_dim))

    def noise_maps(self, n: int, random: torch.Generator | None = None) -> list[Tensor]:
        """Noise for each layer, (n, 1, H, W), where the network lies."""
        sizes = [4, *(4 * 2**level for level in range(1, len(self.widths)) for _ in range(2))]
        return [torch.randn(n, 1, side, side, generator=random, device=self.constant.device) for side in sizes]

    def synthesis(self, w: Tensor, noise: Sequence[Tensor] | None = None) -> Tensor:
        """w (n, latent_dim), or one for each layer, (n, layers, latent_dim), to pictures (n, channels, size, size).

        Without `noise` it is drawn anew.
        """
        styles = w if w.ndim == 3 else w[:, None].expand(-1, self.layers, -1)
        noise = self.noise_maps(len(w)) if noise is None else noise
        x, picture = self.constant.expand(len(w), -1, -1, -1), torch.zeros(())
        for k, layer in enumerate(self.styled):
            x = layer(x, styles[:, k], noise[k])
            if k % 2 == 0:  # a level's last layer
                here = self.to_rgb[k // 2](x)
                picture = here if k == 0 else double_size(picture) + here
        return picture

    def forward(self, z: Tensor, truncation: float = 1.0, noise: Sequence[Tensor] | None = None) -> Tensor:
        """z (n, latent_dim) to pictures; w is pulled to the mean by the factor `truncation` first (appendix B)."""
        w = self.mapping(z)
        return self.synthesis(w if truncation == 1 else torch.lerp(self.mean_w, w, truncation), noise)
