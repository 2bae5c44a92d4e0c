"""Training without an opponent: what is given is made again, from a code, from a drawn code, or pixel by pixel.

- `Rebuilding`: an encoder and a decoder, by a squared or an absolute error (Hinton and Salakhutdinov 2006).
- `Variational`: the same with codes that are drawn, and the evidence lower bound (Kingma and Welling, ICLR 2014,
  arXiv:1312.6114, section 3, with a normal p(x|z) of a fixed spread).
- `Drawing`: a decoder alone, from named factors (Dosovitskiy et al., CVPR 2015, arXiv:1411.5928).
- `PixelByPixel`: the exact likelihood of binary pictures, each pixel given those before it (van den Oord et al., ICML
  2016, arXiv:1601.06759).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.games.base import Batch, Game, Turn


class Rebuilding(Game):
    """An encoder and a decoder; the loss is summed over a picture and averaged over the batch.

    Args:
        encoder: from pictures to codes (n, k).
        decoder: from codes to pictures.
        power: 2 for squared errors, 1 for absolute ones.
    """

    def __init__(self, encoder: nn.Module, decoder: nn.Module, power: int = 2) -> None:
        self.encoder, self.decoder, self.power = encoder, decoder, power

    def play(self, batch: Batch) -> Iterator[Turn]:
        """Both move at once."""
        off = self.decoder(self.encoder(batch.pixels)) - batch.pixels
        yield "encoder decoder", off.abs().pow(self.power).flatten(1).sum(1).mean()


class Variational(Game):
    """A VAE: the encoder gives means and log-variances of the code side by side, (n, 2k).

    Args:
        spread: s, the standard deviation of a pixel around what the decoder draws.
        weight: of the divergence from the prior; 1 is the bound.

    Reports the divergence, "kl".
    """

    def __init__(self, encoder: nn.Module, decoder: nn.Module, spread: float = 0.3, weight: float = 1.0) -> None:
        self.encoder, self.decoder, self.spread, self.weight = encoder, decoder, spread, weight

    def play(self, batch: Batch) -> Iterator[Turn]:
        """Both move at once, down minus the bound (less a constant)."""
        mean, log_var = self.encoder(batch.pixels).chunk(2, 1)
        made = self.decoder(mean + (log_var / 2).exp() * self.normal(len(batch), mean.shape[1]))
        off = (made - batch.pixels).square().flatten(1).sum(1) / (2 * self.spread**2)
        kl = (mean.square() + log_var.exp() - 1 - log_var).sum(1) / 2
        self.report(kl=kl.mean())
        yield "encoder decoder", (off + self.weight * kl).mean()


class Drawing(Game):
    """A decoder that is given the factors of each picture, as batches have them under "given": (n, f)."""

    def __init__(self, decoder: nn.Module) -> None:
        self.decoder = decoder

    def play(self, batch: Batch) -> Iterator[Turn]:
        """One turn."""
        off = self.decoder(batch["given"]) - batch.pixels
        yield "decoder", off.square().flatten(1).sum(1).mean()


class PixelByPixel(Game):
    """A network of logits, on pictures of −1 and 1 (or 0 and 1); the loss is in bits for each pixel."""

    def __init__(self, net: nn.Module) -> None:
        self.net = net

    def play(self, batch: Batch) -> Iterator[Turn]:
        """One turn."""
        x = (batch.pixels > 0).float()
        yield "net", bits_per_pixel(self.net, x)


def bits_per_pixel(net: nn.Module, x: Tensor) -> Tensor:
    """How many bits a pixel of binary pictures (n, 1, H, W) takes by a network of logits, on average."""
    return F.binary_cross_entropy_with_logits(net(x), x) / math.log(2)


@torch.no_grad()
def painted_pictures(net: nn.Module, n: int, height: int, width: int) -> Tensor:
    """n pictures (n, 1, height, width) of 0 and 1, drawn one pixel after the other, where the network lies."""
    where = next((p.device for p in net.parameters()), torch.device("cpu"))
    x = torch.zeros(n, 1, height, width, device=where)
    for row in range(height):
        for column in range(width):
            x[:, 0, row, column] = torch.bernoulli(torch.sigmoid(net(x)[:, 0, row, column]))
    return x
