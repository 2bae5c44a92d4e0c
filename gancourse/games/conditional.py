"""The conditional game: Mirza and Osindero, "Conditional Generative Adversarial Nets", 2014,
arXiv:1411.1784, eq. 2: both players are told the label y, and play the usual game given y.

    min over G, max over D of  E log D(x | y) + E log(1 − D(G(z | y) | y))

G minimizes −log D instead (Goodfellow et al. 2014, section 3). How y enters the networks is their
matter, see `gancourse.models.conditional`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.data.faces import HAIR_STYLES
from gancourse.games.base import Batch, Game, Turn
from gancourse.games.gan import mean_said, objective_named

if TYPE_CHECKING:
    from gancourse.objectives import Objective


class Conditional(Game):
    """G(z, y) and D(x, y), on batches with a "label" y, (n, c).

    Reports "d_real" and "d_fake", as `gancourse.games.gan` does.
    """

    def __init__(
        self, G: nn.Module, D: nn.Module, objective: Objective | str = "non_saturating", latent_dim: int | None = None
    ) -> None:
        self.G, self.D, self.objective = G, D, objective_named(objective)
        self.latent_dim = self.length_of_noise(latent_dim)

    def play(self, batch: Batch) -> Iterator[Turn]:
        """D's turn on real and on fake pictures with the same labels, then G's."""
        real, y = batch.pixels, batch["label"]
        fake = self.G(self.noise(batch), y)
        on_real, on_fake = self.D(real, y), self.D(fake.detach(), y)
        self.report(d_real=mean_said(self.objective, on_real), d_fake=mean_said(self.objective, on_fake))
        yield "D", self.objective.d_loss(on_real, on_fake)
        yield "G", self.objective.for_g(self.D(fake, y), lambda: self.D(real, y))


class ConditionalReading(Conditional):
    """The same game with a third player R, who reads labels, and a G that wants the asked one to be read.

    Odena, Olah and Shlens, "Conditional Image Synthesis with Auxiliary Classifier GANs", ICML 2017,
    arXiv:1610.09585, section 3, add a classifier's loss to both players'. Deviations: D still judges given y, by
    projection; and the classifier is a network of its own, as in Li, Xu, Zhu and Zhang, "Triple Generative Adversarial
    Nets", NIPS 2017, arXiv:1703.02291, which learns from real pictures alone. It never learns G's idea of a label, and
    what it needs to tell two labels apart does not compete with what D needs.

    Pictures are shown to R under noise, real and made ones alike: what a few pixels' faint patterns could make it read
    drowns in that. (With a third of this noise G obeyed worse: R saw the glasses that were asked for in nearly all of
    G's pictures, another reader in four of five.)

    Reports "read_real" and "read_fake", R's losses, besides "d_real" and "d_fake".

    Args:
        R: from pictures to what it reads in them, (n, c).
        reading_loss: from what R reads, (n, c), and y, (n, c), to a loss of shape ().
        weight: of the reading in G's loss.
        noise_std: of the noise on what R is shown, or from the steps played to that; pictures are in [−1, 1].
    """

    def __init__(
        self,
        G: nn.Module,
        D: nn.Module,
        R: nn.Module,
        reading_loss: Callable[[Tensor, Tensor], Tensor],
        objective: Objective | str = "non_saturating",
        latent_dim: int | None = None,
        weight: float = 1.0,
        noise_std: float | Callable[[int], float] = 0.1,
    ) -> None:
        super().__init__(G, D, objective, latent_dim)
        self.R, self.reading_loss, self.weight, self.noise_std = R, reading_loss, weight, noise_std

    def play(self, batch: Batch) -> Iterator[Turn]:
        """R's turn on real pictures, D's on real and on fake ones with the same labels, then G's."""
        real, y = batch.pixels, batch["label"]
        read_real = self.reading_loss(self.R(self.noisy(real)), y)
        yield "R", read_real
        fake = self.G(self.noise(batch), y)
        on_real, on_fake = self.D(real, y), self.D(fake.detach(), y)
        self.report(d_real=mean_said(self.objective, on_real), d_fake=mean_said(self.objective, on_fake))
        yield "D", self.objective.d_loss(on_real, on_fake)
        read_fake = self.reading_loss(self.R(self.noisy(fake)), y)
        self.report(read_real=read_real, read_fake=read_fake)
        yield "G", self.objective.for_g(self.D(fake, y), lambda: self.D(real, y)) + self.weight * read_fake

    def noisy(self, pictures: Tensor) -> Tensor:
        """The pictures as R is shown them."""
        std = self.noise_std(self.played) if callable(self.noise_std) else self.noise_std
        return pictures + std * self.normal(*pictures.shape)


LABELS = ("glasses", "hat", *HAIR_STYLES, "bald")


def face_labels(attributes: Mapping[str, Tensor]) -> Tensor:
    """y of drawn faces, from their attributes "glasses", "hat", "hair_style" and "bald": (n, 10) of 0 and 1, as LABELS.

    A label says what can be seen: a bald head has no style of hair, so "bald" is one more beside the styles.
    """
    styles = attributes["hair_style"].long().where(attributes["bald"] < 0.5, len(HAIR_STYLES))
    flags = torch.stack([(attributes[name] > 0.5).float() for name in LABELS[:2]], 1)
    return torch.cat([flags, F.one_hot(styles, len(HAIR_STYLES) + 1).float()], 1)


def face_reading_loss(read: Tensor, y: Tensor) -> Tensor:
    """Cross-entropy of what is read in drawn faces, (n, 10) logits, and `face_labels`: of each flag, and of hair.

    Under a hat hair is not to be seen, and does not count.
    """
    flags = F.binary_cross_entropy_with_logits(read[:, :2], y[:, :2], reduction="none").sum(1)
    hair = F.cross_entropy(read[:, 2:], y[:, 2:].argmax(1), reduction="none")
    return (flags + hair * (1 - y[:, 1])).mean()
