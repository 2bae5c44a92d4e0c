"""CycleGAN's game: Zhu, Park, Isola and Efros, "Unpaired Image-to-Image Translation using Cycle-Consistent
Adversarial Networks", ICCV 2017, arXiv:1703.10593, eq. 1 to 3 and sections 4 and 5.2.

    L(G_AB, G_BA, D_A, D_B) = L_GAN(G_AB, D_B) + L_GAN(G_BA, D_A) + λ L_cyc(G_AB, G_BA)

with least squares for L_GAN (Mao et al. 2017) and, where colors are to be kept, the identity loss. D's loss is
halved, and each D is shown a mix of fresh and past translations.

Deviations: the networks, and the batches, which are larger than one picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.games.base import Batch, Game, Turn
from gancourse.games.pix2pix import prepared_input

if TYPE_CHECKING:
    from gancourse.training.replay import ReplayBuffer


class CycleGAN(Game):
    """G_AB, G_BA, D_A and D_B, on batches whose pixels are of A and whose "other" is of B: no pairs.

    Args:
        G_AB, G_BA: from pictures of one domain to pictures of the other.
        D_A, D_B: from pictures to opinions, near 1 for real ones.
        weight: λ, of the cycle.
        identity: weight of the identity loss, beside λ; the paper takes 0.5 where it takes any, so 0.5 · λ.
        remember: past translations into A and into B that D_A and D_B are shown; None shows the fresh ones.

    Reports "cycle" and "same", the two distances without their weights.
    """

    def __init__(
        self,
        G_AB: nn.Module,
        G_BA: nn.Module,
        D_A: nn.Module,
        D_B: nn.Module,
        weight: float = 10.0,
        identity: float = 5.0,
        remember: tuple[ReplayBuffer, ReplayBuffer] | None = None,
    ) -> None:
        self.G_AB, self.G_BA, self.D_A, self.D_B = G_AB, G_BA, D_A, D_B
        self.weight, self.identity, self.remember = weight, identity, remember

    def play(self, batch: Batch) -> Iterator[Turn]:
        """Both generators' turn, together; then D_A's and D_B's, on the same translations."""
        a, b = batch.pixels, prepared_input(batch["other"])
        into_b, into_a = self.G_AB(a), self.G_BA(b)
        fooled = toward(self.D_B(into_b), 1.0) + toward(self.D_A(into_a), 1.0)
        cycle = F.l1_loss(self.G_BA(into_b), a) + F.l1_loss(self.G_AB(into_a), b)
        same = F.l1_loss(self.G_AB(b), b) + F.l1_loss(self.G_BA(a), a) if self.identity else torch.zeros_like(cycle)
        self.report(cycle=cycle, same=same)
        yield "G_AB G_BA", fooled + self.weight * cycle + self.identity * same
        old_a, old_b = into_a.detach(), into_b.detach()
        if self.remember is not None:
            old_a, old_b = (buffer.mix(made) for buffer, made in zip(self.remember, (old_a, old_b), strict=True))
        yield "D_A", (toward(self.D_A(a), 1.0) + toward(self.D_A(old_a), 0.0)) / 2
        yield "D_B", (toward(self.D_B(b), 1.0) + toward(self.D_B(old_b), 0.0)) / 2

    def memory(self) -> dict[str, Tensor]:
        """The past translations."""
        held = zip(("into_a", "into_b"), self.remember or (), strict=False)
        return {name: buffer.held for name, buffer in held if buffer.held is not None}

    def recall(self, memory: Mapping[str, Tensor]) -> None:
        """Take up past translations."""
        for name, buffer in zip(("into_a", "into_b"), self.remember or (), strict=False):
            buffer.restore(memory.get(name))


def toward(opinions: Tensor, wanted: float) -> Tensor:
    """The mean squared distance of opinions, one for each patch, to what is wanted."""
    return (opinions - wanted).square().mean()
