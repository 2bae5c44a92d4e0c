"""Pix2pix's game: Isola, Zhu, Zhou and Efros, "Image-to-Image Translation with Conditional Adversarial
Networks", CVPR 2017, arXiv:1611.07004, eq. 1 to 4.

    G* = arg min over G, max over D of  E log D(x, y) + E log(1 − D(x, G(x))) + λ E ‖y − G(x)‖₁

G minimizes −log D instead, and D's loss is halved, as in section 3.3. With `matching` the features of D are matched,
too: Wang et al., "High-Resolution Image Synthesis …" (pix2pixHD), CVPR 2018, arXiv:1711.11585, eq. 4 and 5.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.games.base import Batch, Game, Turn


class Pix2pix(Game):
    """G(x) and D(x, y), on batches whose pixels are y and whose "input" is x.

    Args:
        G: from x to pictures in the range of y.
        D: from x and y to logits, or to a list of logits, one for each scale. Without one G learns from L1 alone.
        weight: λ, of L1.
        matching: weight of the features' distance; D then has `features(x, y)`, a list of maps, or one for each scale.
        adversarial: weight of −log D.

    Reports "d_real" and "d_fake", D's mean probabilities in its turn, and "l1".
    """

    def __init__(
        self, G: nn.Module, D: nn.Module | None, weight: float = 100.0, matching: float = 0.0, adversarial: float = 1.0
    ) -> None:
        self.G, self.weight, self.matching, self.adversarial = G, weight, matching, adversarial
        if D is not None:
            self.D = D

    def play(self, batch: Batch) -> Iterator[Turn]:
        """D's turn on true and on made pairs, then G's, on the same translation."""
        x, y = prepared_input(batch["input"]), batch.pixels
        fake = self.G(x)
        l1 = F.l1_loss(fake, y)
        self.report(l1=l1)
        if "D" not in self.nets:
            yield "G", self.weight * l1
            return
        on_real, on_fake = maps_of_scales(self.D(x, y)), maps_of_scales(self.D(x, fake.detach()))
        self.report(d_real=probability(on_real), d_fake=probability(on_fake))
        pairs = zip(on_real, on_fake, strict=True)
        yield "D", sum_of([(F.softplus(-real).mean() + F.softplus(made).mean()) / 2 for real, made in pairs])
        loss = self.weight * l1
        if self.matching:
            features: Any = self.D.features
            loss = loss + self.matching * feature_distance(features(x, y), features(x, fake))
        yield (
            "G",
            loss + self.adversarial * sum_of([F.softplus(-made).mean() for made in maps_of_scales(self.D(x, fake))]),
        )


def prepared_input(x: Tensor) -> Tensor:
    """What G is given: bytes (n, c, H, W) in [−1, 1], label maps (n, H, W) as one channel of 0 and 1 for each part."""
    if x.ndim == 3:
        from gancourse.data.faces import PARTS

        return F.one_hot(x.long(), len(PARTS)).movedim(-1, 1).float()
    return x.float() / 127.5 - 1 if x.dtype == torch.uint8 else x


def feature_distance(real: list, fake: list) -> Tensor:
    """Mean absolute difference of each map, added up over layers and scales. Only `fake` receives a gradient."""
    if isinstance(real[0], Tensor):
        return sum_of([F.l1_loss(made, true.detach()) for true, made in zip(real, fake, strict=True)])
    return sum_of([feature_distance(true, made) for true, made in zip(real, fake, strict=True)])


def maps_of_scales(outputs: Tensor | list[Tensor]) -> list[Tensor]:
    return [outputs] if isinstance(outputs, Tensor) else outputs


def sum_of(terms: list[Tensor]) -> Tensor:
    return torch.stack(terms).sum()


def probability(maps: list[Tensor]) -> Tensor:
    """D's mean probability over all patches and scales."""
    return torch.stack([torch.sigmoid(one).mean() for one in maps]).mean()
