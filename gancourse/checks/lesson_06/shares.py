"""What the open challenge is measured by: the share of the distance that a critic finds, held to its steepest slope.

For any function f whose slopes between the points asked about are at most L, (mean f(x) − mean f(x̂)) / L is at most the
Wasserstein distance of these points. So nobody needs to know how f was made, and no answer gets more than 100.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from gancourse.checks.core import expect
from gancourse.checks.inputs import fresh, generator, rand, randn
from gancourse.checks.values import numbers

GIVEN, ASKED = 300, 300
TOLD_MIDDLE = [[0.0, 0.0]], [0.5]
TOLD_CORNERS = [[-2.5, -2.0], [1.0, 2.5], [2.0, -1.0]], [0.3, 0.4, 0.2]


class Cloud:
    """A mixture of round bells in the plane, drawn from the checks' own generator."""

    def __init__(self, centers: Tensor, stds: Tensor) -> None:
        self.centers, self.stds = centers, stds

    def sample(self, n: int) -> Tensor:
        which = torch.randint(len(self.centers), (n,), generator=generator())
        return self.centers[which] + self.stds[which, None] * randn(n, 2)


def any_cloud() -> Cloud:
    bells = 2 + int(4 * float(rand()))
    return Cloud(6 * rand(bells, 2) - 3, 0.2 + 0.3 * rand(bells))


def ring_of(bells: int) -> Cloud:
    angle = torch.arange(bells) * (2 * math.pi / bells)
    return Cloud(2 * torch.stack([angle.cos(), angle.sin()], 1), torch.full((bells,), 0.15))


def apart_clouds() -> tuple[Cloud, Cloud]:
    """Two clouds that are not near each other: of a short distance chance makes up too much."""
    while True:
        pair = any_cloud(), any_cloud()
        if cheapest_pairing(torch.cdist(*(cloud.sample(100).double() for cloud in pair))) > 1.5:
            return pair


def cheapest_pairing(costs: Tensor) -> float:
    """The exact distance of as many points each, from the table of their distances."""
    rows, columns = linear_sum_assignment(costs.numpy())
    return float(costs[torch.as_tensor(rows), torch.as_tensor(columns)].mean())


def worlds() -> list[tuple[Cloud, Cloud]]:
    """Three pairs of clouds; a notebook's are always the same."""
    if fresh():
        return [apart_clouds() for _ in range(3)]
    middle, corners = (Cloud(torch.tensor(at), torch.tensor(std)) for at, std in (TOLD_MIDDLE, TOLD_CORNERS))
    return [(ring_of(8), middle), (ring_of(3), ring_of(5)), (corners, ring_of(4))]


def share_found(critic: Callable, real: Tensor, made: Tensor) -> float:
    """The share of the distance, in percent, that a critic finds on these points."""
    points = torch.cat([real, made])
    order = torch.randperm(len(points), generator=generator())
    said = critic(points[order])
    shape = (len(points),) if getattr(said, "ndim", 1) == 1 else (len(points), 1)
    heights = torch.empty(len(points), dtype=torch.float64)
    advice = "It returns one number for each point."
    heights[order] = numbers(said, shape, "What your critic says", advice).flatten()
    apart = torch.cdist(points.double(), points.double(), compute_mode="donot_use_mm_for_euclid_dist")
    steep = ((heights[:, None] - heights).abs() / apart.clamp(min=1e-9))[apart > 1e-9].max()
    expect(bool(steep > 1e-30), "Your critic says the same everywhere: it finds nothing.")
    gap = heights[: len(real)].mean() - heights[len(real) :].mean()
    return float(100 * gap / steep / cheapest_pairing(apart[: len(real), len(real) :]))


def measured(honest_critic: Callable) -> list[float]:
    """What an answer's critics find in each world."""
    shares = []
    for real, made in worlds():
        critic = honest_critic(real.sample(GIVEN), made.sample(GIVEN))
        expect(callable(critic), "Return a critic: a function that takes points (n, 2) and gives a number for each.")
        shares.append(share_found(critic, real.sample(ASKED), made.sample(ASKED)))
    return shares
