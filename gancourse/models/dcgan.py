"""DCGAN: Radford, Metz and Chintala, "Unsupervised Representation Learning with Deep Convolutional
Generative Adversarial Networks", 2015, arXiv:1511.06434, section 3 and figure 1.

Strided convolutions instead of pooling, batch normalization everywhere but at G's output and D's
input, ReLU in G with tanh at its end, leaky ReLU in D, no hidden dense layers. As in the authors'
code, weights start from N(0, 0.02²). Deviations: the size is free (a power of two from 8 up), widths
are smaller by default so that a CPU will do, and D returns logits.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.data.images import to_unit


class Generator(nn.Module):
    """From noise z to pictures in [−1, 1].

    The first layer turns z into a 4 × 4 map; each following one doubles the size and halves the
    channels, down to `width` before the last.

    Args:
        size: height and width of the pictures: 8, 16, 32, 64, …
        latent_dim: length of z.
        width: channels of the last hidden map; the paper has 128 at 64 pixels.
        channels: of the pictures.

    Raises:
        ValueError: if `size` is not a power of two of at least 8.
    """

    def __init__(self, size: int = 64, latent_dim: int = 100, width: int = 64, channels: int = 3) -> None:
        super().__init__()
        self.size, self.latent_dim, self.width, self.channels = size, latent_dim, width, channels
        doublings = levels(size)
        wide = width * 2 ** (doublings - 1)
        layers: list[nn.Module] = [nn.ConvTranspose2d(latent_dim, wide, 4, 1, 0, bias=False)]
        for _ in range(doublings - 1):
            layers += [nn.BatchNorm2d(wide), nn.ReLU(True), nn.ConvTranspose2d(wide, wide // 2, 4, 2, 1, bias=False)]
            wide //= 2
        layers += [nn.BatchNorm2d(wide), nn.ReLU(True), nn.ConvTranspose2d(wide, channels, 4, 2, 1), nn.Tanh()]
        self.net = nn.Sequential(*layers)
        self.apply(init_weights)

    def forward(self, z: Tensor) -> Tensor:
        """z of shape (n, latent_dim) to pictures (n, channels, size, size)."""
        return self.net(z.reshape(len(z), self.latent_dim, 1, 1))


class Discriminator(nn.Module):
    """From pictures in [−1, 1] to one logit each.

    Args:
        size: height and width of the pictures: 8, 16, 32, 64, …
        width: channels after the first layer; each following layer halves the size and doubles them.
        channels: of the pictures.

    Raises:
        ValueError: if `size` is not a power of two of at least 8.
    """

    def __init__(self, size: int = 64, width: int = 64, channels: int = 3) -> None:
        super().__init__()
        self.size, self.width, self.channels = size, width, channels
        layers: list[nn.Module] = [nn.Conv2d(channels, width, 4, 2, 1), nn.LeakyReLU(0.2, True)]
        for _ in range(levels(size) - 1):
            layers += [
                nn.Conv2d(width, 2 * width, 4, 2, 1, bias=False),
                nn.BatchNorm2d(2 * width),
                nn.LeakyReLU(0.2, True),
            ]
            width *= 2
        self.features = nn.Sequential(*layers)
        self.head = nn.Conv2d(width, 1, 4, 1, 0)
        self.apply(init_weights)

    def forward(self, pictures: Tensor) -> Tensor:
        """Pictures of shape (n, channels, size, size) to logits (n, 1)."""
        return self.head(self.features(pictures)).flatten(1)


@torch.no_grad()
def pooled_layers(D: Discriminator, pictures: Tensor) -> Tensor:
    """All hidden layers of a discriminator as features of uint8 pictures, as in section 5.1 of the paper.

    Each layer is shrunk by maximum pooling, here to 2 × 2 where the paper has 4 × 4, and all are put side by side.
    D looks as it stands: call its eval() before. A hundred pictures go at a time, to D's device.

    Returns:
        (n, dimensions), on the CPU.
    """
    found = []
    for some in pictures.split(100):
        hidden, kept = to_unit(some.to(D.head.weight.device)), []
        for layer in D.features:
            hidden = layer(hidden)
            if isinstance(layer, nn.LeakyReLU):
                kept.append(F.adaptive_max_pool2d(hidden, 2).flatten(1))
        found.append(torch.cat(kept, 1).cpu())
    return torch.cat(found)


def levels(size: int) -> int:
    """How often a 4 × 4 map doubles to reach this size."""
    doublings = size.bit_length() - 3
    if doublings < 1 or size != 4 * 2**doublings:
        raise ValueError(f"size should be a power of two, 8 or more; it is {size}.")
    return doublings


def init_weights(module: nn.Module) -> None:
    """Section 4 of the paper: weights from N(0, 0.02²), scales of batch normalization from N(1, 0.02²), no shifts."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)


def sample_z(n: int, latent_dim: int = 100, generator: torch.Generator | None = None) -> Tensor:
    """Noise for G: n draws from N(0, I), shape (n, latent_dim). (The paper draws evenly from [−1, 1].)"""
    return torch.randn(n, latent_dim, generator=generator)
