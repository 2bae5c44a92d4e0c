"""From a picture back to z: the network that predicts a generator's noise.

Zhu, Krähenbühl, Shechtman and Efros, "Generative Visual Manipulation on the Natural Image Manifold", 2016,
arXiv:1609.03552, section 3.2: a feedforward network P(x) gives a starting point, or the projection itself. As
there it is built like DCGAN's discriminator, and ends in a vector. Deviation: it is trained on samples of G, too, whose
z is known (`gancourse.games.encoder`).
"""

from __future__ import annotations

from torch import Tensor, nn

from gancourse.models.dcgan import init_weights, levels


class FaceEncoder(nn.Module):
    """Pictures in [−1, 1] to noise z.

    Args:
        size: height and width of the pictures: 8, 16, 32, 64, …
        latent_dim: length of z.
        width: channels after the first layer; each following layer halves the size and doubles them.
        channels: of the pictures.

    Raises:
        ValueError: if `size` is not a power of two of at least 8.
    """

    def __init__(self, size: int = 64, latent_dim: int = 64, width: int = 16, channels: int = 3) -> None:
        super().__init__()
        self.size, self.latent_dim, self.width, self.channels = size, latent_dim, width, channels
        layers: list[nn.Module] = [nn.Conv2d(channels, width, 4, 2, 1), nn.LeakyReLU(0.2, True)]
        for _ in range(levels(size) - 1):
            layers += [
                nn.Conv2d(width, 2 * width, 4, 2, 1, bias=False),
                nn.BatchNorm2d(2 * width),
                nn.LeakyReLU(0.2, True),
            ]
            width *= 2
        self.features = nn.Sequential(*layers)
        self.head = nn.Conv2d(width, latent_dim, 4, 1, 0)
        self.apply(init_weights)

    def forward(self, pictures: Tensor) -> Tensor:
        """Pictures (n, channels, size, size) to z (n, latent_dim)."""
        return self.head(self.features(pictures)).flatten(1)
