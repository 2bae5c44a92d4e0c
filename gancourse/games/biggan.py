"""BigGAN's game: Brock, Donahue and Simonyan, ICLR 2019, arXiv:1809.11096, section 3 and appendix C.

The hinge loss; D moves twice in a step, each time on a batch of its own, and G once. G's loss may have a share of the
orthogonal penalty (section 3.1, equation 3; β = 10⁻⁴ there). Made pictures get the labels of real ones, so classes are
as frequent as in the data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn

from gancourse.data.faces import HAIR_STYLES
from gancourse.games.base import Batch, Game, Turn
from gancourse.models.biggan import orthogonal_penalty
from gancourse.objectives import OBJECTIVES


class Big(Game):
    """G(z, y) against D(x, y), on batches with a "label" y, int64 (n,).

    Args:
        G: the generator.
        D: from pictures and labels to one number each.
        orthogonal: β, the weight of G's orthogonal penalty.
        d_steps: how often D moves in a step.
        latent_dim: length of z; None asks G.

    Reports D's mean outputs "d_real" and "d_fake" of its last move.
    """

    def __init__(
        self, G: nn.Module, D: nn.Module, orthogonal: float = 0.0, d_steps: int = 2, latent_dim: int | None = None
    ) -> None:
        self.G, self.D, self.orthogonal, self.d_steps = G, D, orthogonal, d_steps
        self.objective, self.latent_dim = OBJECTIVES["hinge"], self.length_of_noise(latent_dim)

    def play(self, batch: Batch) -> Iterator[Turn]:
        """D's steps, then one of G."""
        for k in range(self.d_steps):
            batch = self.next_batch() if k else batch
            y = batch["label"]
            with torch.no_grad():
                made = self.G(self.noise(batch), y)
            both = self.D(torch.cat([batch.pixels, made]), torch.cat([y, y]))  # one pass, one estimate of D's norms
            on_real, on_made = both.chunk(2)
            self.report(d_real=on_real.mean(), d_fake=on_made.mean())
            yield "D", self.objective.d_loss(on_real, on_made)
        loss = self.objective.g_loss(self.D(self.G(self.noise(batch), y), y))
        yield "G", loss + self.orthogonal * orthogonal_penalty(self.G) if self.orthogonal else loss


FACE_CLASSES = tuple(name for style in HAIR_STYLES for name in (style, f"{style}, with glasses"))


def face_classes(attributes: Mapping[str, Tensor]) -> Tensor:
    """The class of drawn faces, an index into FACE_CLASSES, from their "hair_style" and "glasses": int64 (n,)."""
    return 2 * attributes["hair_style"].long() + (attributes["glasses"] > 0.5).long()
