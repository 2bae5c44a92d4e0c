"""Networks that are told a label: DCGAN's, with y beside the noise in G and a projection in D.

G: Mirza and Osindero, "Conditional Generative Adversarial Nets", 2014, arXiv:1411.1784, section 3.2:
y is joined to z. D: Miyato and Koyama, "cGANs with Projection Discriminator", ICLR 2018,
arXiv:1802.05637, eq. 3 and figure 1d: the logit is ψ(φ(x)) + yᵀ V φ(x), where φ are the features of the
last layer, summed over their 4 × 4 places. Deviation: y holds several labels side by side, each one-hot.

A D that reads labels, too: Odena, Olah and Shlens, "Conditional Image Synthesis with Auxiliary Classifier
GANs", ICML 2017, arXiv:1610.09585, section 3.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from gancourse.data.conditions import checked_condition
from gancourse.models.dcgan import Discriminator, Generator


class ConditionalGenerator(nn.Module):
    """From noise and labels to pictures in [−1, 1].

    Args:
        size: height and width of the pictures: 8, 16, 32, 64, …
        labels: length of y.
        latent_dim: length of z.
        width: channels of the last hidden map.
        channels: of the pictures.
    """

    def __init__(self, size: int, labels: int, latent_dim: int = 64, width: int = 32, channels: int = 3) -> None:
        super().__init__()
        self.size, self.labels, self.latent_dim, self.width, self.channels = size, labels, latent_dim, width, channels
        self.net = Generator(size, latent_dim + labels, width, channels)

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        """z (n, latent_dim) and y (n, labels) to pictures (n, channels, size, size)."""
        y = checked_condition(y, len(z), self.labels)
        return self.net(torch.cat([z, 2 * y.to(z) - 1], dim=1))  # entries of ±1 are as large as z's


class ProjectionDiscriminator(nn.Module):
    """From pictures in [−1, 1] and labels to one logit each: does this picture belong to the data *and* to its label?

    Args:
        size: height and width of the pictures: 8, 16, 32, 64, …
        labels: length of y.
        width: channels after the first layer.
        channels: of the pictures.
    """

    def __init__(self, size: int, labels: int, width: int = 32, channels: int = 3) -> None:
        super().__init__()
        self.size, self.labels, self.width, self.channels = size, labels, width, channels
        self.net = Discriminator(size, width, channels)
        self.V = nn.Linear(labels, self.net.head.in_channels, bias=False)

    def forward(self, pictures: Tensor, y: Tensor) -> Tensor:
        """Pictures (n, channels, size, size) and y (n, labels) to logits (n, 1)."""
        return self.judged(self.net.features(pictures), y)

    def judged(self, features: Tensor, y: Tensor) -> Tensor:
        """The last layer's features (n, C, 4, 4) and y (n, labels) to logits (n, 1)."""
        y = checked_condition(y, len(features), self.labels)
        projection = (self.V(y.to(features)) * features.sum((2, 3))).sum(1, keepdim=True)
        return self.net.head(features).flatten(1) + projection


class ReadingDiscriminator(ProjectionDiscriminator):
    """A ProjectionDiscriminator that also says which labels it reads in a picture, whatever it is told.

    Args:
        size, labels, width, channels: as for ProjectionDiscriminator.
    """

    def __init__(self, size: int, labels: int, width: int = 32, channels: int = 3) -> None:
        super().__init__(size, labels, width, channels)
        # Over all 4 × 4 places: a sum over them, as in the projection, does not know where something is.
        self.reading = nn.Conv2d(self.net.head.in_channels, labels, 4)

    def forward(self, pictures: Tensor, y: Tensor) -> Tensor:
        """Pictures (n, channels, size, size) and y (n, labels) to logits (n, 1 + labels).

        The first column says whether a picture belongs to the data and to its label, the others how much speaks for
        each label.
        """
        features = self.net.features(pictures)
        return torch.cat([self.judged(features, y), self.reading(features).flatten(1)], 1)
