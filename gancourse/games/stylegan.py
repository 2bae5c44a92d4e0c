"""The game of style-based networks: Karras, Laine and Aila (CVPR 2019, arXiv:1812.04948, appendix C).

Non-saturating losses with R1 in every so many-th step of D (Karras et al. 2020, arXiv:1912.04958, section 3.1). A
share of the pictures is made of two w, with a random crossover (section 3.1 of the first paper). With `augment` D sees
nothing but changed pictures, real and made ones alike: Zhao, Liu, Lin, Zhu and Han, "Differentiable Augmentation for
Data-Efficient GAN Training", NeurIPS 2020, arXiv:2006.10738.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from gancourse.games.base import Batch, Game, Turn
from gancourse.games.penalties import R1
from gancourse.models.stylegan import StyleGenerator
from gancourse.objectives import OBJECTIVES


class StyleBased(Game):
    """A style-based G against a D of pictures.

    Args:
        G: the generator.
        D: from pictures to one number each.
        penalty: on D.
        mixing: which share of the pictures has two w.
        augment: what is done to all pictures before D sees them, differentiable; None is nothing.

    Reports D's mean outputs "d_real" and "d_fake".
    """

    def __init__(
        self,
        G: StyleGenerator,
        D: nn.Module,
        penalty: R1 | None = None,
        mixing: float = 0.5,
        augment: Callable[[Tensor], Tensor] | None = None,
    ) -> None:
        self.G, self.D, self.mixing = G, D, mixing
        self.penalty, self.augment = penalty or R1(0.1, every=8), augment or nn.Identity()
        self.objective, self.latent_dim = OBJECTIVES["non_saturating"], self.length_of_noise()

    def styles(self, n: int) -> Tensor:
        """One w for each layer, (n, layers, latent_dim), of one z or, for a share of the pictures, of two."""
        first, second = self.noise(n), self.noise(n)
        w, other = self.G.mapping(torch.cat([first, second])).chunk(2)
        with torch.no_grad():
            self.G.mean_w.lerp_(w.float().mean(0), 0.005)
        drawn = torch.rand(n, 2, generator=self.random, device=w.device)
        crossover = 1 + (drawn[:, 0] * (self.G.layers - 1)).long()
        crossover = torch.where(drawn[:, 1] < self.mixing, crossover, self.G.layers)
        late = torch.arange(self.G.layers, device=w.device) >= crossover[:, None]
        return torch.where(late[:, :, None], other[:, None], w[:, None])

    def play(self, batch: Batch) -> Iterator[Turn]:
        """One step of D, then one of G."""
        made = self.G.synthesis(self.styles(len(batch))).float()  # no call of G, whose form would see to it
        on_real, on_made = self.D(self.augment(batch.pixels)), self.D(self.augment(made.detach()))
        self.report(d_real=on_real.mean(), d_fake=on_made.mean())
        loss = self.objective.d_loss(on_real, on_made)
        if self.learned.get("D", self.played) % self.penalty.every == 0:
            loss = loss + self.penalty.every * self.penalty(
                lambda x: self.D(self.augment(x)), batch.pixels, made.detach()
            )
        yield "D", loss
        yield "G", self.objective.g_loss(self.D(self.augment(made)))
