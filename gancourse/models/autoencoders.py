"""Encoders, decoders and a pixel-by-pixel model: Hinton and Salakhutdinov, "Reducing the Dimensionality of Data with
Neural Networks", Science 313, 2006; Kingma and Welling, "Auto-Encoding Variational Bayes", ICLR 2014, arXiv:1312.6114;
Dosovitskiy, Springenberg and Brox, "Learning to Generate Chairs with Convolutional Neural Networks", CVPR 2015,
arXiv:1411.5928; van den Oord, Kalchbrenner and Kavukcuoglu, "Pixel Recurrent Neural Networks", ICML 2016,
arXiv:1601.06759, section 3.4.

An encoder halves a picture down to 4 × 4 and ends in numbers; a decoder is the same turned around. What the numbers
are, a code, a mean beside a log-variance, or the factors of a face, is for whoever trains them to say.

Deviations: widths are small so that a CPU will do; the PixelCNN is for pictures of one channel that are 0 or 1, its
layers have no gates, and it has one residual way around each of them.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.models.dcgan import levels


class Encoder(nn.Module):
    """From pictures (n, channels, size, size) in [−1, 1] to numbers (n, outputs).

    Args:
        size: height and width of the pictures: 8, 16, 32, 64, …
        outputs: numbers for each picture; for a VAE twice the code's length.
        width: channels of the first map; each next one has twice as many.
        channels: of the pictures.
    """

    def __init__(self, size: int = 32, outputs: int = 32, width: int = 12, channels: int = 3) -> None:
        super().__init__()
        self.size, self.outputs, self.width, self.channels = size, outputs, width, channels
        layers: list[nn.Module] = []
        inputs = channels
        for k in range(levels(size)):
            layers += [nn.Conv2d(inputs, width * 2**k, 4, 2, 1), nn.LeakyReLU(0.2)]
            inputs = width * 2**k
        self.net = nn.Sequential(*layers, nn.Flatten(), nn.Linear(16 * inputs, outputs))

    def forward(self, pictures: Tensor) -> Tensor:
        """Pictures to numbers (n, outputs), without bounds."""
        return self.net(pictures)


class Decoder(nn.Module):
    """From numbers (n, inputs) to pictures (n, channels, size, size) in [−1, 1].

    Args:
        size: height and width of the pictures: 8, 16, 32, 64, …
        inputs: numbers for each picture.
        width: channels of the last hidden map; the one before has twice as many.
        channels: of the pictures.
        hidden: numbers of a dense layer in front, where the inputs are no code that a network has made; 0 is none.
    """

    def __init__(self, size: int = 32, inputs: int = 32, width: int = 12, channels: int = 3, hidden: int = 0) -> None:
        super().__init__()
        self.size, self.inputs, self.width, self.channels, self.hidden = size, inputs, width, channels, hidden
        wide = width * 2 ** (levels(size) - 1)
        layers: list[nn.Module] = [nn.Linear(inputs, hidden), nn.LeakyReLU(0.2)] if hidden else []
        layers += [nn.Linear(hidden or inputs, 16 * wide), nn.Unflatten(1, (wide, 4, 4))]
        while wide > width:
            layers += [nn.LeakyReLU(0.2), nn.ConvTranspose2d(wide, wide // 2, 4, 2, 1)]
            wide //= 2
        self.net = nn.Sequential(*layers, nn.LeakyReLU(0.2), nn.ConvTranspose2d(wide, channels, 4, 2, 1), nn.Tanh())

    def forward(self, numbers: Tensor) -> Tensor:
        """Numbers to pictures."""
        return self.net(numbers)


class MaskedConv(nn.Conv2d):
    """A convolution that sees what was painted before: the rows above, and in its own row what is on the left.

    Args:
        inputs, outputs: channels.
        size: of the kernel, odd.
        own: whether a place may see itself ("mask B"; without it "mask A").
    """

    mask: Tensor

    def __init__(self, inputs: int, outputs: int, size: int, own: bool) -> None:
        super().__init__(inputs, outputs, size, padding=size // 2)
        before = torch.arange(size * size) < size * size // 2 + int(own)
        self.register_buffer("mask", before.float().view(size, size), persistent=False)

    def forward(self, input: Tensor) -> Tensor:
        """Maps (n, inputs, H, W) to maps (n, outputs, H, W)."""
        return F.conv2d(input, self.weight * self.mask, self.bias, padding=self.padding)


class PixelCNN(nn.Module):
    """Logits of "this pixel is 1", each from the pixels before it.

    Args:
        width: channels of hidden maps.
        layers: how many stand between the first and the last.
        reach: size of the first kernel.
    """

    def __init__(self, width: int = 24, layers: int = 3, reach: int = 7) -> None:
        super().__init__()
        self.width, self.layers, self.reach = width, layers, reach
        self.first = MaskedConv(1, width, reach, own=False)
        self.body = nn.ModuleList([MaskedConv(width, width, 3, own=True) for _ in range(layers)])
        self.last = MaskedConv(width, 1, 1, own=True)

    def forward(self, x: Tensor) -> Tensor:
        """Pictures (n, 1, H, W) of 0 and 1 to logits (n, 1, H, W)."""
        h = self.first(x)
        for layer in self.body:
            h = h + layer(F.relu(h))
        return self.last(F.relu(h))
