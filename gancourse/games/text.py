"""Games of sentences and pictures: who draws, who judges, who reads.

Joint embedding: sentences and pictures get vectors, and those that belong together are to be near (Reed et al., ICML
2016, arXiv:1605.05396, section 3.2; here with a softmax over the batch instead of their margin). GAN-CLS and GAN-INT:
sections 4.2 and 4.3, algorithm 1 and eq. 5. The style encoder: section 4.4, eq. 6. The stages with conditioning
augmentation: Zhang et al., StackGAN, ICCV 2017, arXiv:1612.03242, eqs. 2 to 6.

A batch has pictures, "text" (n, k, d), the vectors of k captions of each, "said" (n, k, claims), what each caption
says, and "false" (n, claims), what is not so in the picture; both of 0 and 1.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.games.base import Batch, Game, Turn
from gancourse.models.text import StageTwo, TextDiscriminator, TextGenerator

SHARP = 0.1
"""The temperature of the softmax over a batch: vectors of length √d have cosines times 1 / SHARP."""


def mismatched_captions(said: Tensor, false: Tensor, random: torch.Generator | None = None) -> Tensor:
    """For each picture the number of a caption that says something false of it, (n,); −1 where there is none.

    Args:
        said: (n, claims) of 0 and 1, what each caption says.
        false: (n, claims) of 0 and 1, what is false of each picture.
        random: draws which.
    """
    wrong = false.float() @ said.float().T > 0
    keys = torch.rand(wrong.shape, generator=random, device=said.device).masked_fill(~wrong, -1)
    return torch.where(wrong.any(1), keys.argmax(1), -1)


def matching_loss(one: Tensor, text: Tensor, said: Tensor, false: Tensor) -> Tensor:
    """How well vectors (n, d) of pictures find their own text's (n, d) in the batch, and the other way around.

    Only captions that say something false of a picture count against its own: others may be as true.
    """
    with torch.autocast(one.device.type, enabled=False):  # SHARP would multiply what bf16 rounds off
        alike = F.normalize(one.float(), dim=1) @ F.normalize(text.float(), dim=1).T / SHARP
    keep = (false.float() @ said.float().T > 0) | torch.eye(len(one), dtype=torch.bool, device=one.device)
    alike = alike.masked_fill(~keep, -1e4)
    own = torch.arange(len(one), device=one.device)
    return (F.cross_entropy(alike, own) + F.cross_entropy(alike.T, own)) / 2


class Matching(Game):
    """T and P learn that a caption's vector and its picture's are near: batches with "numbers" and "there", too."""

    def __init__(self, T: nn.Module, P: nn.Module) -> None:
        self.T, self.P = T, P

    def play(self, batch: Batch) -> Iterator[Turn]:
        """Both learn from one loss."""
        rows, k = torch.arange(len(batch)), self.played % batch["numbers"].shape[1]
        there = batch["there"][rows, k]
        longest = int(there.sum(1).max())
        text = self.T(batch["numbers"][rows, k][:, :longest].long(), there[:, :longest])
        yield "T P", matching_loss(self.P(batch.pixels), text, batch["said"][rows, k], batch["false"])


def spread_loss(mu: Tensor, log_var: Tensor) -> Tensor:
    """KL(N(μ, σ²) ‖ N(0, I)), summed over dimensions, the mean over the batch."""
    return 0.5 * (mu.square() + log_var.exp() - 1 - log_var).sum(1).mean()


class MatchingAware(Game):
    """GAN-CLS with what comes after it: three kinds of pair for D.

    Args:
        G: a TextGenerator, or a StageTwo where `first` is given.
        D: a TextDiscriminator of G's size.
        first: stage I, which rests: a copy of it as it is now, in evaluation mode.
        wrong: whether D sees real pictures with captions that do not fit.
        between: the weight of interpolated captions in G's loss (GAN-INT).
        spread: the weight of conditioning augmentation's KL.
        reading: the weight of the text that D reads, in both losses, if it reads.
        near: of a stage II, the weight of the absolute error by which it misses real pictures, given these shrunk.
            (StackGAN has no such term; its runs are a hundred times as long.)

    Reports "d_real", "d_wrong" and "d_fake", the mean probabilities that D gives; "d_wrong" is 0 where a batch has no
    such pair.
    """

    def __init__(
        self,
        G: TextGenerator | StageTwo,
        D: TextDiscriminator,
        first: TextGenerator | None = None,
        wrong: bool = True,
        between: float = 0.0,
        spread: float = 0.0,
        reading: float = 0.0,
        near: float = 0.0,
        latent_dim: int | None = None,
    ) -> None:
        self.G, self.D = G, D
        # Not networks of the game: nothing of them learns, and nothing of them is kept.
        self.frozen = [] if first is None else [copy.deepcopy(first).eval().requires_grad_(False)]
        self.wrong, self.between, self.spread, self.reading, self.near = wrong, between, spread, reading, near
        said = first.latent_dim if latent_dim is None and first is not None else latent_dim
        self.latent_dim = self.length_of_noise(said if isinstance(said, int) else None)

    def drawn(self, z: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
        """Pictures, and the KL of G's augmentation."""
        c, mu, log_var = self.G.told(t)
        if self.frozen:
            with torch.no_grad():
                z = self.frozen[0].to(self.device)(z, t)  # the small pictures are a stage II's noise
        return self.G.drawn(z, c).float(), spread_loss(mu, log_var)

    def play(self, batch: Batch) -> Iterator[Turn]:
        """D's turn on three kinds of pair, then G's."""
        real, rows = batch.pixels, torch.arange(len(batch), device=self.device)
        k = torch.randint(batch["text"].shape[1], (len(batch),), generator=self.random, device=self.device)
        t, said, false = batch["text"][rows, k], batch["said"][rows, k], batch["false"]
        other = mismatched_captions(said, false, self.random)
        fake, spread = self.drawn(self.noise(batch), t)
        maps = self.D.net.features(real)
        right, made = self.D.judged(maps, t), self.D.judged(self.D.net.features(fake.detach()), t)
        loss = F.binary_cross_entropy_with_logits(right, torch.full_like(right, 0.9))
        d_wrong = right.new_zeros(())
        if self.wrong:
            there = other >= 0
            off = self.D.judged(maps[there], t[other[there]])
            pairs = max(1, len(off))  # none, where no caption of the batch says anything false of another picture
            loss = loss + (F.softplus(off).sum() / pairs + F.softplus(made).mean()) / 2
            d_wrong = torch.sigmoid(off).sum() / pairs
        else:
            loss = loss + F.softplus(made).mean()
        self.report(d_real=torch.sigmoid(right).mean(), d_wrong=d_wrong, d_fake=torch.sigmoid(made).mean())
        yield "D", loss + self.read(maps, t, said, false)
        maps = self.D.net.features(fake)
        loss = F.softplus(-self.D.judged(maps, t)).mean() + self.spread * spread + self.read(maps, t, said, false)
        if self.near:
            again = self.G.drawn(F.avg_pool2d(real, 2), self.G.told(t)[0]).float()
            loss = loss + self.near * (again - real).abs().mean()
        if self.between:
            mixed = (t + t[torch.randperm(len(t), generator=self.random, device=self.device)]) / 2
            among, _ = self.drawn(self.noise(batch), mixed)
            loss = loss + self.between * F.softplus(-self.D.judged(self.D.net.features(among), mixed)).mean()
        yield "G", loss

    def read(self, maps: Tensor, t: Tensor, said: Tensor, false: Tensor) -> Tensor:
        """How well the text that D reads in pictures finds their own captions; 0 where it does not read."""
        if self.D.reading is None or not self.reading:
            return t.new_zeros(())
        return self.reading * matching_loss(self.D.reading(maps).flatten(1), t, said, false)


class StyleReading(Game):
    """S learns from G's pictures which noise they were drawn from; a copy of G rests. Batches: as for MatchingAware.

    The noise is z, and behind it the noise of G's conditioning augmentation: both are what the text does not say.
    """

    def __init__(self, S: nn.Module, G: TextGenerator) -> None:
        self.S = S
        self.frozen = [copy.deepcopy(G).eval().requires_grad_(False)]  # no network of the game
        self.first, self.latent_dim = G.latent_dim, G.latent_dim + G.condition

    def play(self, batch: Batch) -> Iterator[Turn]:
        """S's turn: ‖z − S(G(z, t))‖², the mean over the batch."""
        z, rows = self.noise(batch), torch.arange(len(batch), device=self.device)
        k = torch.randint(batch["text"].shape[1], (len(batch),), generator=self.random, device=self.device)
        with torch.no_grad():
            G = self.frozen[0].to(self.device)
            made = G(z[:, : self.first], batch["text"][rows, k], z[:, self.first :])
        yield "S", (z - self.S(made)).square().sum(1).mean()
