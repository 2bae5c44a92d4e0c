"""DCGAN's game: Radford, Metz and Chintala, "Unsupervised Representation Learning with Deep
Convolutional Generative Adversarial Networks", 2015, arXiv:1511.06434, as the authors' code plays it.

One hack on top, one-sided label smoothing: D is told 0.9 of real pictures (Salimans et al.,
"Improved Techniques for Training GANs", NeurIPS 2016, arXiv:1606.03498, section 3.4).
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import nn

from gancourse.games.base import Batch, Game, Turn


class DCGAN(Game):
    """Two convolutional networks, and the label that D is to give to real pictures.

    Reports "d_real" and "d_fake", D's mean probabilities in its turn.
    """

    def __init__(self, G: nn.Module, D: nn.Module, real_label: float = 0.9) -> None:
        self.G, self.D, self.real_label = G, D, real_label
        self.latent_dim = self.length_of_noise()

    def play(self, batch: Batch) -> Iterator[Turn]:
        """The fakes are made once for both players; G learns from them through the D that has just moved."""
        fake = self.G(self.noise(batch))
        on_real, on_fake = self.D(batch.pixels), self.D(fake.detach())  # apart: each has its own batch statistics
        self.report(d_real=torch.sigmoid(on_real).mean(), d_fake=torch.sigmoid(on_fake).mean())
        labels = torch.full_like(on_real, self.real_label)
        yield "D", F.binary_cross_entropy_with_logits(on_real, labels) + F.softplus(on_fake).mean()
        yield "G", F.softplus(-self.D(fake)).mean()
