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
        matching: weight of the features' distance; D then has `features(x, y)`, for each scale a list of maps (or one
            such list), the logits last.
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
        true = features_of(self.D, x, y)
        made = features_of(self.D, x, fake.detach())
        self.report(d_real=probability(logit_maps(true)), d_fake=probability(logit_maps(made)))
        pairs = zip(logit_maps(true), logit_maps(made), strict=True)
        yield "D", sum_of([(F.softplus(-real).mean() + F.softplus(fakes).mean()) / 2 for real, fakes in pairs])
        made = features_of(self.D, x, fake)
        loss = self.weight * l1
        if self.matching:
            # The true pair's maps are from before D's step, as in pix2pixHD's code: they need not be made twice.
            loss = loss + self.matching * feature_distance(true, made)
        yield "G", loss + self.adversarial * sum_of([F.softplus(-fakes).mean() for fakes in logit_maps(made)])


def features_of(D: nn.Module, x: Tensor, y: Tensor) -> list[list[Tensor]]:
    """For each scale every layer's map, the logits last; only the logits of a D that has no `features`."""
    features: Any = getattr(D, "features", None)
    found = D(x, y) if features is None else features(x, y)
    if isinstance(found, Tensor):
        return [[found]]
    if isinstance(found[0], Tensor):
        return [[one] for one in found] if features is None else [found]
    return found


def logit_maps(scales: list[list[Tensor]]) -> list[Tensor]:
    """The last map of each scale, in float32, also where `features` was computed under autocast."""
    return [maps[-1].float() for maps in scales]


def prepared_input(x: Tensor) -> Tensor:
    """What G is given: bytes (n, c, H, W) in [−1, 1], label maps (n, H, W) as one channel of 0 and 1 for each part."""
    if x.ndim == 3:
        from gancourse.data.faces import PARTS

        return F.one_hot(x.long(), len(PARTS)).movedim(-1, 1).float()
    return x.float() / 127.5 - 1 if x.dtype == torch.uint8 else x


def feature_distance(real: list[list[Tensor]], fake: list[list[Tensor]]) -> Tensor:
    """Mean absolute difference of each map but the logits, over layers and scales. Only `fake` receives a gradient."""
    pairs = zip(real, fake, strict=True)
    return sum_of([F.l1_loss(b, a.detach()) for true, made in pairs for a, b in zip(true[:-1], made[:-1], strict=True)])


def sum_of(terms: list[Tensor]) -> Tensor:
    return torch.stack(terms).sum()


def probability(maps: list[Tensor]) -> Tensor:
    """D's mean probability over all patches and scales."""
    return torch.stack([torch.sigmoid(one).mean() for one in maps]).mean()
