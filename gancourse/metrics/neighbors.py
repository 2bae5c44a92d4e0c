"""Scores that count neighbors: precision and recall, density and coverage, and two tests for copies.

Around each point of a set lies a ball that reaches to the k-th nearest other point of the set; their
union stands for where the set's source has mass.

- Kynkäänniemi et al. (2019), arXiv:1904.06991, equations 1 and 2: precision and recall.
- Naeem et al. (2020), arXiv:2002.09797, section 3: density and coverage, which use balls around real
  points only, so that one fake outlier cannot claim half of the space.
- Meehan, Chaudhuri & Dasgupta (2020), arXiv:2004.05675: is a fake nearer to the training set than new
  real pictures are? `memorization` is their comparison, with 1 for copying.
- Alaa et al. (2022), arXiv:2102.08921: authenticity, which asks it of each fake by itself.

All are computed on features (n, d), blockwise, so memory grows with n and not with n². Distances come from
matrix products, which are fast and not exact; so they are made in float64, and where it matters that a
copy is at distance 0 (`nearest`), that one distance is computed again from the difference. "Inside"
includes the edge, as in Kynkäänniemi's equation 1 and in `torch_fidelity`; `prdc` leaves it out. That is
the same unless points tie.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from scipy.stats import mannwhitneyu
from torch import Tensor

from gancourse.metrics.given import tensor_of

ROWS_AT_ONCE = 1024
EDGE = 1 + 1e-7  # radii times this: room for rounding


def precision_recall(real: Tensor, fake: Tensor, k: int = 3) -> tuple[float, float]:
    """The share of fakes inside real balls (quality), and of reals inside fake balls (variety).

    Args:
        real, fake: features (m, d) and (n, d).
        k: which neighbor's distance is a ball's radius, less than m and n.

    Raises:
        ValueError: on other shapes or k.
    """
    real, fake = _check(real, fake)
    return _share_inside(fake, real, k), _share_inside(real, fake, k)


def density_coverage(real: Tensor, fake: Tensor, k: int = 5) -> tuple[float, float]:
    """In how many real balls a fake lies, over k (may exceed 1); the share of real balls that hold a fake.

    Args and errors as for `precision_recall`.
    """
    real, fake = _check(real, fake)
    hits, covered = 0, 0
    for radius, distances in zip(_radii(real, k).split(ROWS_AT_ONCE), _blocks(real, fake), strict=True):
        inside = distances <= radius[:, None]
        hits += int(inside.sum())
        covered += int(inside.any(1).sum())
    return hits / (k * len(fake)), covered / len(real)


def memorization(train: Tensor, test: Tensor, fake: Tensor) -> float:
    """The probability that a fake lies nearer to the training set than a new real picture does.

    ½ is as it should be, 1 means copies, and near 0 the fakes resemble no data at all. It is the
    Mann-Whitney statistic over its number of pairs; ties count one half.

    Args:
        train, test, fake: features (a, d), (b, d), (n, d). `test` was not used in training.
    """
    train, test = _check(train, test)
    train, fake = _check(train, fake)
    far, near = (nearest(z, train)[0].cpu().numpy() for z in (test, fake))
    return float(mannwhitneyu(far, near).statistic) / (len(test) * len(fake))


def authenticity(train: Tensor, fake: Tensor) -> float:
    """The share of fakes that are no near-copies: farther from their nearest training picture than that
    picture is from its own nearest neighbor in the training set.

    Not every value below 1 means copying: new real pictures get the figure to compare with.

    Args:
        train, fake: features (a, d) and (n, d), a ≥ 2.
    """
    train, fake = _check(train, fake)
    distance, which = nearest(fake, train)
    return float((distance > _radii(train, 1)[which]).double().mean())


def nearest(points: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    """Distance to, and index of, the nearest of the others (m, d) for each of the points (n, d): two (n,)."""
    which = torch.cat([block.argmin(1) for block in _blocks(points, others)])
    return (_double(points) - _double(others)[which]).norm(dim=1), which


def _share_inside(points: Tensor, centers: Tensor, k: int) -> float:
    """The share of points inside at least one of the balls around the centers."""
    radii = _radii(centers, k)
    return sum(int((block <= radii).any(1).sum()) for block in _blocks(points, centers)) / len(points)


def _radii(points: Tensor, k: int) -> Tensor:
    """The distance from each point to its k-th nearest other, (n,)."""
    if not 1 <= k < len(points):
        raise ValueError(f"k={k} should be at least 1 and below the set's size, {len(points)}.")
    found = []
    for i, distances in enumerate(_blocks(points, points)):
        distances.diagonal(i * ROWS_AT_ONCE).fill_(torch.inf)  # a point is no neighbor of its own
        found.append(distances.kthvalue(k, dim=1).values * EDGE)
    return torch.cat(found)


def _blocks(a: Tensor, b: Tensor) -> Iterator[Tensor]:
    """Euclidean distances (up to ROWS_AT_ONCE, n) from some of a to all of b."""
    a, b = _double(a), _double(b)
    center = b.mean(0)  # small numbers lose less
    for some in a.split(ROWS_AT_ONCE):
        yield torch.cdist(some - center, b - center, compute_mode="use_mm_for_euclid_dist")


def _double(x: Tensor) -> Tensor:
    """In float64, where it is, or on the CPU if it is on Apple's MPS, which has none."""
    return x.detach().to("cpu" if x.device.type == "mps" else x.device, torch.float64)


def _check(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    a, b = tensor_of(a), tensor_of(b)
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1] or not len(a) or not len(b):
        raise ValueError(f"Features should be (m, d) and (n, d); they are {tuple(a.shape)} and {tuple(b.shape)}.")
    if not bool(a.isfinite().all() and b.isfinite().all()):
        raise ValueError("Features hold NaN or infinity.")
    return a, b
