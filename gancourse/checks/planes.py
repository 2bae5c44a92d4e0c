"""Two planes, and a map between them that an answer has to find without a pair: it is on the grader's side."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from gancourse.checks.asked import intact
from gancourse.checks.challenge import Medals, Reached
from gancourse.checks.core import expect
from gancourse.checks.inputs import generator, rand, randn
from gancourse.checks.values import numbers

MEDALS_FOR_POINTS = Medals(bronze=70, silver=35, gold=12, unit="% of the distance", runs=1)


class TwoPlanes:
    """Points a (n, 2) of one plane and b (m, 2) of another, drawn apart, and where those of a belong, `true` (n, 2).

    In the first plane there are five heaps of different sizes. The map turns, perhaps mirrors, stretches, moves, and
    bends a little.
    """

    def __init__(self, n: int = 300) -> None:
        angles = 2 * math.pi * (torch.arange(5) + 0.25 * rand(5)) / 5
        radius = 1.6 + 1.4 * rand(5)
        centers = radius[:, None] * torch.stack([angles.cos(), angles.sin()], 1)
        shares = torch.tensor([0.36, 0.26, 0.18, 0.12, 0.08])[torch.randperm(5, generator=generator())]
        turn, mirror = 2 * math.pi * float(rand()), 1.0 if float(rand()) < 0.5 else -1.0
        self.turn = torch.tensor([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
        self.stretch = torch.tensor([[1.0, 0.0], [0.0, mirror]]) @ torch.diag(0.6 + 1.2 * rand(2))
        self.shift, self.bend = 4 * randn(2), 0.04 * (0.5 + 0.5 * float(rand()))
        self.a = drawn_from(centers, shares, n)
        self.true = self.through(self.a)
        self.b = self.through(drawn_from(centers, shares, n))

    def through(self, points: Tensor) -> Tensor:
        """The true map."""
        moved = points @ self.turn @ self.stretch
        bent = torch.stack([moved[:, 0] + self.bend * moved[:, 1].square(), moved[:, 1]], 1)
        return bent @ self.turn.T + self.shift


def drawn_from(centers: Tensor, shares: Tensor, n: int) -> Tensor:
    """n points of the heaps, each heap with its share to the point."""
    heaps = torch.bucketize((torch.arange(n) + 0.5) / n, shares.cumsum(0)[:-1])
    points = centers[heaps] + 0.25 * randn(n, 2)
    return points[torch.randperm(n, generator=generator())]


def off_by(translated: Callable, world: TwoPlanes) -> Reached:
    """The distance to where points belong, in % of what it is for an answer that says the middle of b for all."""
    a, b = world.a.clone(), world.b.clone()
    n = len(a)
    got = numbers(translated(a, b), (n, 2), "What you return", "It should hold a point for each point of a.").float()
    expect(intact(a) and intact(b), "Your function changes the points that it is given. Work on copies.")
    far = (got - world.true).norm(dim=1).mean()
    middle = (world.b.mean(0) - world.true).norm(dim=1).mean()
    return Reached(100 * float(far / middle), "That is the worst world.")
