"""A game of one player: the face reader learns to read the factors of drawn faces from their pixels.

It has no opponent, and is played by the same engine. The loss is a squared error for quantities,
where they can be seen, and a cross-entropy for flags and for the hair's style.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

from gancourse.data.faces import Factors
from gancourse.data.faces.visible import visible
from gancourse.games.base import Batch, Game, Turn
from gancourse.models.face_reader import FLAGS, QUANTITIES, FaceReader, scaled

# What is hard to see counts more: age is told by a few thin lines, and with equal weights it is learned last and
# least (R² 0.76 after three epochs of 32,000 faces, 0.84 with these; nothing else loses more than 0.015). Many faces
# seen a few times teach more than few seen often: 32,000 seen eight times bring age to 0.850, 80,000 seen four times
# to 0.862.
QUANTITY_WEIGHTS = torch.tensor([{"age": 4.0, "eye_open": 1.5}.get(name, 1.0) for name in QUANTITIES])


class Reading(Game):
    """A reader, on batches with "quantities", "seen", "flags" and "hair_style" (`targets`), and "small" pictures.

    "small" are the same faces at another size, uint8 (n, 3, h, w): the two sizes take turns.
    """

    def __init__(self, reader: FaceReader) -> None:
        self.reader, self.weights = reader, QUANTITY_WEIGHTS

    def play(self, batch: Batch) -> Iterator[Turn]:
        """The reader's turn."""
        self.weights = self.weights.to(batch.pixels.device)  # once
        quantities, flags, styles = self.reader(batch.pixels if self.played % 2 else batch["small"])
        squared = (quantities - batch["quantities"]).square() * batch["seen"] * self.weights
        yield (
            "reader",
            4 * squared.sum() / batch["seen"].sum()
            + F.binary_cross_entropy_with_logits(flags, batch["flags"])
            + 0.3 * F.cross_entropy(styles, batch["hair_style"]),
        )


def targets(factors: Factors) -> dict[str, Tensor]:
    """What there is to read: quantities in [−1, 1] and where they can be seen (n, 10), flags (n, 4), styles (n,)."""
    return {
        "quantities": torch.stack([scaled(name, factors[name]) for name in QUANTITIES], 1),
        "seen": torch.stack([visible(factors, name) for name in QUANTITIES], 1).float(),
        "flags": torch.stack([factors[name] for name in FLAGS], 1),
        "hair_style": factors["hair_style"].long(),
    }
