"""The game that grows: Karras, Aila, Laine and Lehtinen, "Progressive Growing of GANs for Improved Quality, Stability,
and Variation", ICLR 2018, arXiv:1710.10196, section 2 and appendix A.

Every level but the first is faded in for a phase and then trained for another one. The objective is Wasserstein's
with a gradient penalty (Gulrajani et al. 2017) and, so that D's outputs do not drift away from zero, 0.001 times the
mean square of those on real pictures (appendix A.1). Deviation: batches are of one size at every level.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from gancourse.errors import CourseError
from gancourse.games.base import Batch, Game, Turn
from gancourse.games.penalties import GradientPenalty
from gancourse.models.progressive import GrowingDiscriminator, GrowingGenerator, faded, halve
from gancourse.objectives import OBJECTIVES


def stage_at(played: int, phase: int, levels: int) -> tuple[int, float]:
    """The level in use after so many steps, and α of the step that comes: (level, α), 0 < α ≤ 1.

    Args:
        played: steps so far.
        phase: steps of each phase: level 0, then for each further level one to fade in and one to train.
        levels: how many there are; the last one is trained on for ever.
    """
    passed = played // phase
    level = min((passed + 1) // 2, levels - 1)
    fading = level > 0 and passed == 2 * level - 1
    return level, (played % phase + 1) / phase if fading else 1.0


class Growing(Game):
    """Two networks that grow together.

    Args:
        G, D: of `gancourse.models.progressive`, both of the same levels.
        phase: steps of each phase, as `stage_at` has it; 0 trains at full size from the start.
        weight: of the gradient penalty.
        drift: of the drift term.

    Reports "alpha", "size" of the pictures, and D's mean outputs "d_real" and "d_fake".

    Raises:
        CourseError: if G and D have unlike levels, or `phase` is below 0.
    """

    def __init__(
        self,
        G: GrowingGenerator,
        D: GrowingDiscriminator,
        phase: int = 2000,
        weight: float = 10.0,
        drift: float = 1e-3,
    ) -> None:
        if G.size != D.size or phase < 0:
            raise CourseError(f"G's size {G.size} and D's {D.size} should be one, and phase={phase} at least 0.")
        self.G, self.D, self.phase, self.drift = G, D, phase, drift
        self.penalty, self.objective = GradientPenalty(weight), OBJECTIVES["wasserstein"]
        self.latent_dim = self.length_of_noise()

    @property
    def stage(self) -> tuple[int, float]:
        """The level, and α, of the step that comes."""
        levels = len(self.G.widths)
        return stage_at(self.played, self.phase, levels) if self.phase else (levels - 1, 1.0)

    def play(self, batch: Batch) -> Iterator[Turn]:
        """One step of D, one of G, on pictures of the level's size, as far as it has been faded in."""
        self.G.level, alpha = self.stage
        real = batch.pixels
        while real.shape[-1] > 4 * 2**self.G.level:
            real = halve(real)
        real = faded(real, alpha)
        D = partial(self.D, alpha=alpha)
        fake = self.G(self.noise(batch), alpha)
        on_real, on_fake = D(real), D(fake.detach())
        self.report(
            alpha=on_real.new_tensor(alpha),
            size=on_real.new_tensor(float(real.shape[-1])),
            d_real=on_real.mean(),
            d_fake=on_fake.mean(),
        )
        loss = self.objective.d_loss(on_real, on_fake) + self.drift * on_real.square().mean()
        yield "D", loss + self.penalty(D, real, fake.detach())
        yield "G", self.objective.g_loss(D(fake))
