"""Filling holes as a game: L1 in the hole, and two judgments by one network, of the whole and of its patches.

Demir and Unal, "Patch-Based Image Inpainting with Generative Adversarial Networks", 2018, arXiv:1803.07422:

    l = L1 + λ_whole · (−log σ(D_whole)) + λ_patch · (−log σ(D_patch))

Both judgments are of the composited picture, whose known pixels are the true ones. L1 is taken in the hole alone, over
its pixels, so that it does not depend on how large the hole is. For networks with noise there is the term of Mao et
al., "Mode Seeking Generative Adversarial Networks for Diverse Image Synthesis", CVPR 2019, arXiv:1903.05628.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.games.base import Batch, Game, Turn
from gancourse.models.inpainting import Filler, filled_picture, with_hole

LEAST_RATIO = 1e-2  # added to the ratio of differences, below which a difference of fillings counts as none


def in_the_hole(fillings: Tensor, pictures: Tensor, masks: Tensor) -> Tensor:
    """The mean absolute difference over the channels of all pixels in the holes of a batch.

    Raises:
        ValueError: if no mask of the batch has a hole.
    """
    if not bool(masks.any()):
        raise ValueError(
            "No mask has a hole: where something is to be filled, and differences are to be taken, it is 1."
        )
    return ((fillings - pictures).abs() * masks).sum() / (masks.sum() * pictures.shape[1])


class Inpainting(Game):
    """G fills holes; batches are whole pictures, and the holes are drawn from a heap of masks.

    Args:
        G: from pictures with holes and masks to fillings.
        holes: masks (N, 1, H, W), 1 in the hole; a batch's are mirrored by chance, all alike, in both directions.
        D: from pictures to the logits of the whole and of the patches. Without one G learns from L1 alone.
        whole, patch: the weights of the two judgments; D learns by those heads that weigh something.
        apart: the weight of the mode-seeking term, for a G with noise.
        near: the weight of L1.
    """

    def __init__(
        self,
        G: Filler,
        holes: Tensor,
        D: nn.Module | None = None,
        whole: float = 0.0,
        patch: float = 0.0,
        apart: float = 0.0,
        near: float = 1.0,
    ) -> None:
        self.G, self.holes = G, holes
        self.weights, self.apart, self.near = (whole, patch), apart, near
        if D is not None:
            self.D = D

    def some_holes(self, n: int) -> Tensor:
        """n masks of the heap, all of them mirrored in the same way, or not at all."""
        which = torch.randint(len(self.holes), (n,), generator=self.random, device=self.device)
        masks = self.holes[which.to(self.holes.device)].to(self.device)
        turned = torch.rand(2, generator=self.random, device=self.device) < 0.5
        return masks.flip([dim for dim, flip in zip((2, 3), turned.tolist(), strict=True) if flip])

    def play(self, batch: Batch) -> Iterator[Turn]:
        """D's turn on true and on filled pictures, then G's."""
        true, masks = batch.pixels, self.some_holes(len(batch))
        given, noise = with_hole(true, masks), self.G.noise
        z = self.normal(len(batch), noise) if noise else None
        filling = self.G(given, z)
        filled = filled_picture(true, masks, filling)
        if "D" in self.nets:
            real, fake = self.D(true), self.D(filled.detach())
            parts = [
                F.softplus(-r).mean() + F.softplus(f).mean()
                for r, f, weight in zip(real, fake, self.weights, strict=True)
                if weight
            ]
            yield "D", torch.stack(parts).sum()
        near = in_the_hole(filling, true, masks)
        self.report(near=near)
        loss = self.near * near
        if "D" in self.nets:
            for weight, judged in zip(self.weights, self.D(filled), strict=True):
                loss = loss + weight * F.softplus(-judged).mean()
        if self.apart and z is not None:
            other_z = self.normal(len(batch), noise)
            other = self.G(given, other_z)
            ratio = in_the_hole(other, filling, masks) / (other_z - z).abs().mean()
            loss = loss + self.apart / (ratio + LEAST_RATIO)
        yield "G", loss
