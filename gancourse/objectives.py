"""Adversarial objectives, each a pair of functions: what D minimizes and what G minimizes.

    objective = OBJECTIVES["non_saturating"]
    loss_D = objective.d_loss(D(real), D(fake.detach()))
    loss_G = objective.g_loss(D(fake))

D's outputs are plain numbers ("logits") of any shape, one for each picture or one for each patch;
losses are means over all of them, tensors of shape (). Lesson 01 derives the first two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor


@dataclass(frozen=True)
class Objective:
    """What the two players minimize.

    Attributes:
        name: as in `OBJECTIVES`.
        d_loss: from D's outputs on real and on fake samples to D's loss.
        g_loss: from D's outputs on fake samples to G's loss; if `paired`, from those on fake and on real ones.
        paper: where it comes from.
        paired: whether G's loss looks at real samples, too.
    """

    name: str
    d_loss: Callable[[Tensor, Tensor], Tensor]
    g_loss: Callable[..., Tensor]
    paper: str
    paired: bool = False


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
    )
}
