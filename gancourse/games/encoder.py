"""A game of one player: an encoder learns to say from which z a generator made a picture.

Zhu, Krähenbühl, Shechtman and Efros, 2016, arXiv:1609.03552, section 3.2: on real pictures x the loss is that of a
projection, of G(E(x)) and x. Deviation: on G's own samples, whose z is known, the squared error of z is added; it is
what teaches most in the first steps.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

from torch import nn

from gancourse.editing import PairLoss
from gancourse.games.base import Batch, Game, Turn


class Encoding(Game):
    """An encoder E for a generator that does not learn.

    Args:
        E: pictures to z.
        G: z to pictures, frozen.
        loss: of made pictures and real ones, to (n,).
        weight: of the loss on real pictures.
    """

    def __init__(self, E: nn.Module, G: nn.Module, loss: PairLoss, weight: float = 1.0) -> None:
        self.E, self.loss, self.weight = E, loss, weight
        # Not a network of the game: nothing of it learns, and nothing of it is kept.
        self.frozen = [copy.deepcopy(G).eval().requires_grad_(False)]
        self.latent_dim = self.length_of_noise(None)

    def play(self, batch: Batch) -> Iterator[Turn]:
        """E's turn: on samples, and on real pictures."""
        G = self.frozen[0].to(self.device)
        z = self.noise(batch)
        in_z = (self.E(G(z)) - z).square().mean()
        in_pictures = self.loss(G(self.E(batch.pixels)).float(), batch.pixels).mean()  # G is in no form of its own
        self.report(in_z=in_z, in_pictures=in_pictures)
        yield "E", in_z + self.weight * in_pictures
