"""Networks that are told a label: DCGAN's, with y beside the noise in G and a projection in D.

G: Mirza and Osindero, "Conditional Generative Adversarial Nets", 2014, arXiv:1411.1784, section 3.2:
y is joined to z. D: Miyato and Koyama, "cGANs with Projection Discriminator", ICLR 2018,
arXiv:1802.05637, eq. 3 and figure 1d: the logit is ψ(φ(x)) + yᵀ V φ(x), where φ are the features of the
last layer, summed over their 4 × 4 places. Deviation: y holds several labels side by side, each one-hot.

Both can begin where networks without labels have come to: Wang, Wu, Herranz, van de Weijer, Gonzalez-Garcia and
Raducanu, "Transferring GANs: generating images from limited data", ECCV 2018, arXiv:1805.01677.

A network that reads the labels in a picture: the classifier of Odena, Olah and Shlens, "Conditional Image Synthesis
with Auxiliary Classifier GANs", ICML 2017, arXiv:1610.09585, section 3, here apart from D.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from gancourse.data.conditions import checked_condition
from gancourse.models.dcgan import Discriminator, Generator
from gancourse.models.face_reader import Residual, halved


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

    @classmethod
    def of(cls, G: Generator, labels: int) -> ConditionalGenerator:
        """One that draws what G draws, whatever y is: what y shall change it has yet to learn. G stays as it is."""
        told = cls(G.size, labels, G.latent_dim, G.width, G.channels)
        weights = dict(G.state_dict())
        first = weights["net.0.weight"]  # a row for each entry of z
        weights["net.0.weight"] = torch.cat([first, torch.zeros(labels, *first.shape[1:]).to(first)])
        told.net.load_state_dict(weights)
        return told

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
        nn.init.normal_(self.V.weight, 0.0, 0.02)  # as all of DCGAN's: else chance, times y, drowns the picture

    @classmethod
    def of(cls, D: Discriminator, labels: int) -> ProjectionDiscriminator:
        """One that says what D says, whatever y is, until it has learned more. D stays as it is."""
        told = cls(D.size, labels, D.width, D.channels)
        told.net.load_state_dict(D.state_dict())
        nn.init.zeros_(told.V.weight)
        return told

    def forward(self, pictures: Tensor, y: Tensor) -> Tensor:
        """Pictures (n, channels, size, size) and y (n, labels) to logits (n, 1)."""
        return self.judged(self.net.features(pictures), y)

    def judged(self, features: Tensor, y: Tensor) -> Tensor:
        """The last layer's features (n, C, 4, 4) and y (n, labels) to logits (n, 1)."""
        y = checked_condition(y, len(features), self.labels)
        projection = (self.V(y.to(features)) * features.sum((2, 3))).sum(1, keepdim=True)
        return self.net.head(features).flatten(1) + projection


class LabelReader(nn.Module):
    """From pictures in [−1, 1] to how much speaks for each label, as logits.

    From 64 pixels down to 4, with two residual blocks on the way, and a mean over what is left.

    Args:
        labels: how many there are.
        width: channels after the first layer.
        channels: of the pictures.
    """

    def __init__(self, labels: int, width: int = 32, channels: int = 3) -> None:
        super().__init__()
        self.labels, self.width, self.channels = labels, width, channels
        self.net = nn.Sequential(
            halved(channels, width),
            halved(width, 2 * width),
            Residual(2 * width),
            halved(2 * width, 3 * width),
            Residual(3 * width),
            halved(3 * width, 4 * width),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(4 * width, labels),
        )

    def forward(self, pictures: Tensor) -> Tensor:
        """Pictures (n, channels, height, width), 16 × 16 or more, to logits (n, labels)."""
        return self.net(pictures)
