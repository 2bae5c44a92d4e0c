"""Adversarial objectives, each a pair of functions: what D minimizes and what G minimizes.

    objective = OBJECTIVES["non_saturating"]
    loss_D = objective.d_loss(D(real), D(fake.detach()))
    loss_G = objective.g_loss(D(fake))

D's outputs are plain numbers ("logits") of any shape, one for each picture or one for each patch;
losses are means over all of them, tensors of shape (). Lesson 01 derives the first two, lesson 06 has the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from gancourse.errors import CourseError


@dataclass(frozen=True)
class Objective:
    """What the two players minimize.

    Attributes:
        name: as in `OBJECTIVES`.
        d_loss: from D's outputs on real and on fake samples to D's loss.
        g_loss: from D's outputs on fake samples to G's loss; if `paired`, from those on fake and on real ones.
        paper: where it comes from.
        paired: whether G's loss looks at real samples, too.
        balance: BEGAN's, which changes as D learns; None for all others.
    """

    name: str
    d_loss: Callable[[Tensor, Tensor], Tensor]
    g_loss: Callable[..., Tensor]
    paper: str
    paired: bool = False
    balance: Balance | None = None

    def for_g(self, on_fake: Tensor, on_real: Callable[[], Tensor]) -> Tensor:
        """G's loss; D is asked about real samples only where G's loss looks at them."""
        return self.g_loss(on_fake, on_real()) if self.paired else self.g_loss(on_fake)


class Balance:
    """BEGAN's weight k of made samples in D's loss, turned in each of D's steps. D's outputs are errors, 0 or more.

    Args:
        gamma: what made samples should cost, as a share of what real ones cost, from 0 to 1.
        rate: λ, of k's step.

    Attributes:
        k: from 0 to 1, at first 0: a tensor of shape ().
        measure: M, by which the authors watch a game, of the last step: a tensor of shape ().

    Raises:
        CourseError: if a number is out of range.
    """

    def __init__(self, gamma: float = 0.5, rate: float = 0.001) -> None:
        if not 0 <= gamma <= 1 or not rate > 0:
            raise CourseError(f"gamma should be from 0 to 1 and rate above 0; they are {gamma!r} and {rate!r}.")
        self.gamma, self.rate = gamma, rate
        self.k, self.measure = torch.zeros(()), torch.zeros(())

    def d_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """L(x) − k L(G(z)), with k as it was; then the next k."""
        on_real, on_fake = real.mean(), fake.mean()
        loss = on_real - self.k.to(on_real) * on_fake
        off = self.gamma * on_real.detach() - on_fake.detach()
        self.measure = on_real.detach() + off.abs()
        self.k = (self.k.to(off) + self.rate * off).clamp(0, 1)
        return loss


def cross_entropy(real: Tensor, fake: Tensor) -> Tensor:
    """−mean log D(x) − mean log(1 − D(G(z))), from logits."""
    return F.softplus(-real).mean() + F.softplus(fake).mean()


def hinge(real: Tensor, fake: Tensor) -> Tensor:
    """mean max(0, 1 − D(x)) + mean max(0, 1 + D(G(z)))."""
    return F.relu(1 - real).mean() + F.relu(1 + fake).mean()


def least_squares(real: Tensor, fake: Tensor) -> Tensor:
    """½ mean (D(x) − 1)² + ½ mean D(G(z))²."""
    return 0.5 * (real - 1).square().mean() + 0.5 * fake.square().mean()


def wasserstein(real: Tensor, fake: Tensor) -> Tensor:
    """mean D(G(z)) − mean D(x): minus the critic's estimate of the distance, if the critic is 1-Lipschitz."""
    return fake.mean() - real.mean()


def relativistic(better: Tensor, worse: Tensor) -> Tensor:
    """mean −log σ(D(x) − D(G(z))) over pairs: how surely the first of each is called the more real.

    D minimizes it for (real, fake), G for (fake, real).

    Raises:
        ValueError: if there are not as many of one as of the other.
    """
    if better.shape != worse.shape:
        raise ValueError(
            f"Relativistic losses compare pairs, so both batches need one shape; they have {tuple(better.shape)} "
            f"and {tuple(worse.shape)}."
        )
    return F.softplus(worse - better).mean()


def energy_based(margin: float = 1.0) -> Objective:
    """EBGAN: D's output is an energy, low where data are; made samples are pushed up to the margin.

    D minimizes mean D(x) + mean max(0, m − D(G(z))), G minimizes mean D(G(z)).

    Raises:
        CourseError: if the margin is not above 0.
    """
    if not margin > 0:
        raise CourseError(f"The margin should be above 0; it is {margin!r}.")
    return Objective(
        "ebgan",
        lambda real, fake: real.mean() + F.relu(margin - fake).mean(),
        lambda fake: fake.mean(),
        "Zhao et al. 2017, eq. 1 and 2",
    )


def balanced(gamma: float = 0.5, rate: float = 0.001) -> Objective:
    """BEGAN, with a balance of its own: one for each game."""
    balance = Balance(gamma, rate)
    return Objective(
        "began", balance.d_loss, lambda fake: fake.mean(), "Berthelot et al. 2017, section 3.4", balance=balance
    )


OBJECTIVES = {
    objective.name: objective
    for objective in (
        Objective(
            "non_saturating", cross_entropy, lambda fake: F.softplus(-fake).mean(), "Goodfellow et al. 2014, section 3"
        ),
        Objective("minimax", cross_entropy, lambda fake: -F.softplus(fake).mean(), "Goodfellow et al. 2014, eq. 1"),
        Objective(
            "least_squares", least_squares, lambda fake: 0.5 * (fake - 1).square().mean(), "Mao et al. 2017, eq. 9"
        ),
        Objective("hinge", hinge, lambda fake: -fake.mean(), "Lim and Ye 2017, eq. 18 and 19"),
        Objective("wasserstein", wasserstein, lambda fake: -fake.mean(), "Arjovsky et al. 2017, eq. 2"),
        Objective(
            "relativistic",
            relativistic,
            relativistic,
            "Jolicoeur-Martineau 2018; Huang et al. 2024, eq. 2",
            paired=True,
        ),
        energy_based(),
    )
}
"""By name; `balanced` makes BEGAN, which remembers something and so is none of these."""
