"""The Geometry Score: does the fake data have as many holes as the real data?

Khrulkov & Oseledets (2018), arXiv:1802.02664. A data set is taken for a sample of a manifold, and the
manifold's shape is summed up by how many one-dimensional holes it has, seen at each scale. A few points
of the data are *landmarks*; all points, these among them, are *witnesses*. Landmarks are joined, by edges
and triangles, as soon as a witness sees them among its nearest, give or take α: the witness complex W(α) of
de Silva & Carlsson (2004). While α grows holes appear and are filled; the share of the time for which there are
exactly i of them is the *relative living time* of i (algorithm 1). Averaged over many draws of landmarks
it is a distribution over i, and the score is the squared distance of two of them (equation 9).

The paper computes the complex with GUDHI. Here is what it does, for one-dimensional holes, in full: an
edge or triangle enters at the least α² = max d²(w, its corners) − min d²(w, the other landmarks) over the
witnesses w, not before its faces (the weak witness complex), and holes are counted by the standard
reduction of the boundary matrix over Z/2 (Edelsbrunner, Letscher & Zomorodian, 2002).

Deviations: fewer landmarks and draws, for speed (theirs: 64 and 1,000 or more); squared distances where
the authors' code has plain ones; and another largest scale (theirs: n/5,000/128 of the largest distance).
So scores are to be compared with each other, and not with the paper's.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor

from gancourse.metrics.given import finite

Interval = tuple[float, float]


def geometry_score(x: Tensor, y: Tensor, landmarks: int = 24, draws: int = 50, seed: int = 0) -> float:
    """The squared distance between the mean relative living times of two sets of points: 0 for the same shape.

    It compares shapes and nothing else: moving, turning or scaling a set does not change it.

    Args:
        x, y: (m, d) and (n, d); more than `landmarks` points each, and best equally many.
        landmarks, draws, seed: as for `relative_living_times`.
    """
    one, other = (relative_living_times(points, landmarks, draws, seed=seed) for points in (x, y))
    return float((one - other).square().sum())


def relative_living_times(
    points: Tensor, landmarks: int = 24, draws: int = 50, gamma: float = 1 / 32, holes: int = 100, seed: int = 0
) -> Tensor:
    """For each number of one-dimensional holes, the share of scales at which the points show so many.

    Args:
        points: (n, d).
        landmarks: how many points are drawn as corners of the complex.
        draws: how many times landmarks are drawn; the mean is returned.
        gamma: the largest scale, α² ≤ gamma · (the largest distance between landmarks)².
        holes: the length of the answer; more holes than that are not counted.

    Returns:
        (holes,), float64, of sum 1.

    Raises:
        ValueError: if there are not more points than landmarks, or they hold NaN or infinity.
    """
    points = finite(points, "points")
    if points.ndim != 2 or not 4 < landmarks < len(points):
        raise ValueError(f"Give points (n, d) with n above landmarks={landmarks} > 4; they are {tuple(points.shape)}.")
    points = points.to("cpu", torch.float64)
    generator = torch.Generator().manual_seed(seed)
    total = torch.zeros(holes, dtype=torch.float64)
    for _ in range(draws):
        which = torch.randperm(len(points), generator=generator)[:landmarks]
        squared = torch.cdist(points, points[which]).square()
        largest = gamma * float(squared[which].max())
        total += living_times(persistent_holes(squared, largest), largest, holes)
    return total / draws


def living_times(intervals: list[Interval], largest: float, holes: int) -> Tensor:
    """The share of [0, largest] for which exactly i of the intervals are alive, (holes,)."""
    found = torch.zeros(holes, dtype=torch.float64)
    ends = sorted({0.0, largest, *(end for interval in intervals for end in interval)})
    for start, stop in pairwise(ends):
        alive = sum(born <= start and stop <= died for born, died in intervals)
        if alive < holes:
            found[alive] += (stop - start) / largest if largest > 0 else 0.0
    if largest <= 0:
        found[0] = 1.0
    return found


def persistent_holes(squared: Tensor, largest: float) -> list[Interval]:
    """When one-dimensional holes of the witness complex are born and filled, up to the scale `largest`.

    Args:
        squared: squared distances from the witnesses to the landmarks, (witnesses, landmarks).
        largest: the last α²; a hole still open there dies there.

    Returns:
        (birth, death) of each hole that lasts, in α².
    """
    n = squared.shape[1]
    edges = torch.combinations(torch.arange(n), 2)
    born = entries(squared, edges)
    order = born.argsort(stable=True)
    order = order[born[order] <= largest]
    edges, born = edges[order], born[order]
    place = torch.full((n, n), -1)  # where in that order an edge is
    place[edges[:, 0], edges[:, 1]] = torch.arange(len(edges))

    corners = torch.combinations(torch.arange(n), 3)
    sides = torch.stack([place[corners[:, a], corners[:, b]] for a, b in ((0, 1), (0, 2), (1, 2))], 1)
    there = (sides >= 0).all(1)
    corners, sides = corners[there], sides[there]
    filled = torch.maximum(entries(squared, corners), born[sides].amax(1)) if len(corners) else born[:0]
    order = filled.argsort(stable=True)
    order = order[filled[order] <= largest]

    opens = [i for i, closes in enumerate(closing(n, edges.tolist())) if closes]
    waiting, columns, holes = set(opens), {}, []
    for side, death in zip(sides[order].tolist(), filled[order].tolist(), strict=True):
        if not waiting:
            break
        column = sum(1 << i for i in side)  # the triangle's boundary, one bit per edge
        while column and (last := column.bit_length() - 1) in columns:
            column ^= columns[last]  # addition over Z/2
        if column:
            columns[last] = column
            waiting.discard(last)
            holes.append((float(born[last]), death))
    holes += [(float(born[i]), largest) for i in waiting]
    return [(birth, death) for birth, death in holes if death > birth]


def entries(squared: Tensor, simplices: Tensor) -> Tensor:
    """The least α² at which a witness sees each simplex (s, corners), faces aside: (s,)."""
    found = []
    corners = simplices.shape[1]
    near, who = squared.topk(corners + 1, dim=1, largest=False)  # one of these is the nearest that is no corner
    for some in simplices.split(4096):
        farthest = squared[:, some].amax(2)
        free = torch.full_like(farthest, torch.inf)
        for k in range(corners, -1, -1):
            other = (who[:, k, None, None] != some).all(2)
            free = torch.where(other, near[:, k, None], free)
        found.append((farthest - free).amin(0).clamp(min=0))
    return torch.cat(found) if found else squared.new_zeros(0)


def closing(n: int, edges: list[list[int]]) -> list[bool]:
    """Whether each edge, added after those before it, closes a loop (instead of joining two pieces)."""
    root = list(range(n))

    def find(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    found = []
    for a, b in edges:
        a, b = find(a), find(b)
        found.append(a == b)
        root[a] = b
    return found
