"""How many modes a generator covers, how good its samples are, and how fairly it visits the modes.

For mixtures whose centers are known. The first two numbers are those of Srivastava et al., "VEEGAN:
Reducing Mode Collapse in GANs using Implicit Variational Learning" (2017), section 4.1; the third is
the reverse KL of Lin et al., "PacGAN: The power of two samples in generative adversarial networks"
(2018), section 4.1. Both papers count on 2,500 samples.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from gancourse.metrics.given import finite

SIGMAS = 3.0
"""Up to how many standard deviations from the nearest mode a sample is of high quality."""


@dataclass(frozen=True)
class Modes:
    """What counting has found.

    Attributes:
        covered: modes that are the nearest of at least one high-quality sample.
        high_quality: share of samples within three standard deviations of their nearest mode, 0 to 1.
        reverse_kl: KL(q ‖ w) in nats, of the shares q of high-quality samples among the modes and the
            target's weights w: 0 if every mode is visited as often as it should be, log(1/w) if only one
            mode is. NaN if no sample is of high quality.
    """

    covered: int
    high_quality: float
    reverse_kl: float


def count_modes(samples: Tensor, modes: Tensor, stds: Tensor | float, weights: Tensor | None = None) -> Modes:
    """Count on samples (n, d) the modes (K, d), with one standard deviation for all or one for each.

    Args:
        weights: how often each mode should be visited, (K,), 0 or more; they are divided by their sum, so counts will
            do. Equally often if None.

    Raises:
        ValueError: if there is no sample, the shapes do not fit, there is NaN or infinity, or no weights can be shares.
    """
    samples, modes = finite(samples, "samples"), finite(modes, "modes")
    if samples.ndim != 2 or modes.ndim != 2 or samples.shape[1] != modes.shape[1] or not len(samples):
        raise ValueError(
            f"Samples (n, d) and modes (K, d) are wanted; they are {(*samples.shape,)}, {(*modes.shape,)}."
        )
    dtype = torch.promote_types(torch.promote_types(samples.dtype, modes.dtype), torch.float32)
    samples, modes = samples.to(dtype), modes.to(dtype)
    # Distances by differences: cdist's product form loses digits where modes are narrow and far out.
    distance, nearest = torch.cdist(samples, modes, compute_mode="donot_use_mm_for_euclid_dist").min(dim=1)
    spread = torch.as_tensor(stds, dtype=samples.dtype).expand(len(modes))[nearest]
    hits = torch.bincount(nearest[distance <= SIGMAS * spread], minlength=len(modes)).double()
    good = float(hits.sum())
    wanted = torch.full_like(hits, 1 / len(modes)) if weights is None else shares_of(weights, len(modes)).to(hits)
    q = hits / good if good else torch.full_like(hits, torch.nan)
    return Modes(int((hits > 0).sum()), good / len(samples), float(torch.special.xlogy(q, q / wanted).sum()))


def shares_of(weights: Tensor, modes: int) -> Tensor:
    """Weights (modes,) divided by their sum.

    Raises:
        ValueError: if there is not one for each mode, one is below 0, or all are 0.
    """
    weights = finite(weights, "weights").double()
    if weights.shape != (modes,) or not bool((weights >= 0).all()) or not float(weights.sum()) > 0:
        raise ValueError(
            f"weights should be one number for each of the {modes} modes, 0 or more and not all 0; they have the shape "
            f"{tuple(weights.shape)} and are {weights.flatten()[:8].tolist()}."
        )
    return weights / weights.sum()
