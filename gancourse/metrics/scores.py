"""Scores of class probabilities and of kernels: the Inception Score and the KID.

- Salimans et al. (2016), arXiv:1606.03498, section 4: IS = exp E_x KL(p(y|x) ‖ p(y)). It wants every
  picture to be of a sure class, and all classes to occur. It never looks at a real picture.
- Bińkowski et al. (2018), arXiv:1801.01401, section 4: the KID, a squared maximum mean discrepancy with
  the kernel (a·b/d + 1)³. Unlike the FID its estimate is unbiased, so 500 pictures give the right answer
  on average, and that of two equal sources is as often below 0 as above.

All results are in nats and held to `torch_fidelity` by tests.
"""

from __future__ import annotations

import torch
from torch import Tensor

from gancourse.metrics.given import finite, wide

ROUNDED = 0.01  # by how much a row of probabilities may miss 1: bfloat16 has seven digits after the point, in twos


def entropy(p: Tensor) -> Tensor:
    """−Σ p log p over the last dimension, in nats; 0 · log 0 counts as 0. From (…, K) to (…)."""
    return torch.special.entr(wide(p)).sum(-1)


def kl_divergence(p: Tensor, q: Tensor) -> Tensor:
    """KL(p ‖ q) = Σ p log(p/q) over the last dimension, in nats; infinite where p > 0 and q = 0.

    Args:
        p, q: probabilities (…, K), broadcast against each other.
    """
    p, q = wide(p), wide(q)
    return (-torch.special.entr(p) - torch.xlogy(p, q)).sum(-1)


def inception_score(probabilities: Tensor) -> float:
    """exp of the mean KL from each picture's classes to those of all, from 1 (worst) to K.

    Args:
        probabilities: p(y|x) of n pictures, (n, K); `embed` gives them.

    Raises:
        ValueError: if rows are no probabilities. Rows that were rounded to half precision are, and are scaled to 1.
    """
    p = finite(probabilities, "probabilities").to("cpu", torch.float64)
    if p.ndim != 2 or not p.numel() or bool((p < 0).any()) or bool(((p.sum(1) - 1).abs() > ROUNDED).any()):
        raise ValueError(f"probabilities should be (n, K) with rows that sum to 1; they are {tuple(p.shape)}.")
    p = p / p.sum(1, keepdim=True)
    return float((entropy(p.mean(0)) - entropy(p).mean()).exp())


def kid(x: Tensor, y: Tensor) -> float:
    """The unbiased squared maximum mean discrepancy of two sets of features, with the KID's kernel.

    All pairs are used. May be negative; that of a source with itself is 0 on average. Papers often
    give it times 1,000.

    Args:
        x, y: features (m, d) and (n, d), at least two pictures each.

    Raises:
        ValueError: on other shapes, on NaN and infinity.
    """
    x, y = _checked(x, y)
    m, n = len(x), len(y)
    within_x = (_kernel(x, x).sum() - _diagonal(x).sum()) / (m * (m - 1))
    within_y = (_kernel(y, y).sum() - _diagonal(y).sum()) / (n * (n - 1))
    return float(within_x + within_y - 2 * _kernel(x, y).mean())


def kid_subsets(x: Tensor, y: Tensor, subsets: int = 100, size: int = 1000, seed: int = 0) -> tuple[float, float]:
    """The KID as papers report it: mean and standard deviation over random subsets of both sets.

    The deviation is that of one subset, not of the mean.

    Args:
        x, y: features (m, d) and (n, d).
        size: pictures per subset; no more than m and n.

    Raises:
        ValueError: if a set is smaller than `size`.
    """
    x, y = _checked(x, y)
    if not 2 <= size <= min(len(x), len(y)) or subsets < 1:
        raise ValueError(f"size={size} should be from 2 to the smaller set's, {min(len(x), len(y))}.")
    generator = torch.Generator().manual_seed(seed)

    def some(features: Tensor) -> Tensor:
        return features[torch.randperm(len(features), generator=generator)[:size]]

    found = torch.tensor([kid(some(x), some(y)) for _ in range(subsets)], dtype=torch.float64)
    return float(found.mean()), float(found.std(correction=0))


def _kernel(a: Tensor, b: Tensor) -> Tensor:
    return (a @ b.T / a.shape[1] + 1) ** 3


def _diagonal(a: Tensor) -> Tensor:
    """k(aᵢ, aᵢ): the pairs that an unbiased estimate leaves out."""
    return (a.square().sum(1) / a.shape[1] + 1) ** 3


def _checked(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    x, y = finite(x, "x"), finite(y, "y")
    if x.ndim != 2 or y.ndim != 2 or x.shape[1] != y.shape[1] or min(len(x), len(y)) < 2:
        raise ValueError(
            f"Features should be (m, d) and (n, d), m, n ≥ 2; they are {tuple(x.shape)}, {tuple(y.shape)}."
        )
    return x.to("cpu", torch.float64), y.to("cpu", torch.float64)
