"""SRGAN's game: Ledig et al., "Photo-Realistic Single Image Super-Resolution Using a Generative Adversarial Network",
CVPR 2017, arXiv:1609.04802, eqs. 3 to 6.

    l = l_content + 10⁻³ · Σ −log D(G(x))

where the content is compared pixel by pixel (eq. 4, "MSE") or on the maps of a feature network (eq. 5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.games.base import Batch, Game, Turn
from gancourse.models.super_resolution import low_resolution


class SuperResolution(Game):
    """G enlarges four times; batches are large pictures, and the small ones are made of them.

    Args:
        G: from small pictures to large ones.
        D: from large pictures to logits. Without one G learns from the content alone.
        features: from large pictures to the maps they are compared on; no gradient reaches its weights.
        pixels, content, adversarial: the weights of the three terms.

    Reports "pixels", the mean squared error, and in D's turn "d_real" and "d_fake", its mean probabilities.
    """

    def __init__(
        self,
        G: nn.Module,
        D: nn.Module | None = None,
        features: Callable[[Tensor], Tensor] | None = None,
        pixels: float = 1.0,
        content: float = 0.0,
        adversarial: float = 0.0,
    ) -> None:
        self.G = G
        self.features = features.__call__ if isinstance(features, nn.Module) else features  # no player of the game
        self.pixels, self.content, self.adversarial = pixels, content, adversarial
        if D is not None:
            self.D = D

    def play(self, batch: Batch) -> Iterator[Turn]:
        """D's turn on true and on made pictures, then G's, on the same enlargement."""
        true = batch.pixels
        made = self.G(low_resolution(true))
        if "D" in self.nets:
            real, fake = self.D(true), self.D(made.detach())
            self.report(d_real=torch.sigmoid(real).mean(), d_fake=torch.sigmoid(fake).mean())
            yield "D", (F.softplus(-real).mean() + F.softplus(fake).mean()) / 2
        off = F.mse_loss(made, true)
        self.report(pixels=off)
        loss = self.pixels * off
        if self.features is not None and self.content:
            with torch.no_grad():
                there = self.features(true)
            loss = loss + self.content * F.mse_loss(self.features(made), there)
        if "D" in self.nets:
            loss = loss + self.adversarial * F.softplus(-self.D(made)).mean()
        yield "G", loss
