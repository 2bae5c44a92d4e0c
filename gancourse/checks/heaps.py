"""Points in heaps, and a label for each that has to be asked for: a world for few labels.

Heaps are crescents, two and two, that reach into each other: whoever puts centers into them cuts crescents in two.
Near neighbors belong to one heap. Places, sizes and the order are drawn from `inputs`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.asked import intact
from gancourse.checks.challenge import Reached
from gancourse.checks.core import Miss, a, expect
from gancourse.checks.inputs import generator, rand, randn
from gancourse.checks.values import numbers

RIGHT = 0.97  # the share of points that has to be named rightly
MOST_LABELS = 115  # bronze, and what graders add to it
TOO_MANY_LABELS = "You ask for more than {most} labels; there are {n} points, and bronze takes 100."


class Heaps:
    """Points (n, 2) in heaps, two for each pair of crescents, shuffled, and the label of each."""

    def __init__(self, pairs: int) -> None:
        parts, labels = [], []
        names = torch.randperm(2 * pairs, generator=generator()).tolist()
        for place in range(pairs):
            angle = 2 * math.pi * (place + 0.1 * float(rand())) / pairs
            center = (0.7 + 0.55 * pairs) * torch.tensor([math.cos(angle), math.sin(angle)])
            turn = 2 * math.pi * float(rand())
            for half in range(2):
                n = 60 + int(90 * rand())
                parts.append(center + rotated_points(crescent(n, half), turn))
                labels += [names[2 * place + half]] * n
        order = torch.randperm(len(labels), generator=generator())
        scale = 0.5 + 2 * float(rand())
        self.points = (scale * torch.cat(parts) + randn(2))[order]
        self.labels = torch.tensor(labels)[order]
        self.heaps = 2 * pairs


def crescent(n: int, half: int) -> Tensor:
    """n points along half a circle, evenly but for a little: the one half opens down, the other up, into it."""
    t = math.pi * (torch.arange(n) + rand(n)) / n
    x, y = t.cos(), t.sin()
    return torch.stack([x - 0.5, y - 0.25] if half == 0 else [0.5 - x, 0.25 - y], 1) + 0.03 * randn(n, 2)


def rotated_points(points: Tensor, angle: float) -> Tensor:
    c, s = math.cos(angle), math.sin(angle)
    return points @ torch.tensor([[c, s], [-s, c]])


def labels_to(answer: Callable, world: Heaps) -> Reached:
    """How many labels an answer asks for until it names the points of a world rightly."""
    asked: list[int] = []
    over = [False]

    def ask(which: Any) -> int:
        expect(not over[0], "`ask` is called once more after your function has returned.")
        try:
            i = int(which)
        except (TypeError, ValueError, RuntimeError):
            raise Miss(f"`ask` takes the number of one point; you give it {a(which)}.") from None
        n = len(world.points)
        expect(0 <= i < n, f"`ask` is given {i}; points have the numbers 0 to {n - 1}.")
        expect(len(asked) < MOST_LABELS, TOO_MANY_LABELS.format(most=MOST_LABELS, n=n))
        asked.append(i)
        return int(world.labels[i])

    points = world.points.clone()
    got = numbers(answer(points, ask), (len(points),), "What you return", "It should hold a label for each point.")
    over[0] = True
    expect(intact(points), "Your function changes the points it is given. Work on a copy.")
    right = float((got.round() == world.labels).double().mean())
    said = f"{100 * right:.0f} % of {len(points)} points in {world.heaps} heaps are named rightly"
    where = f"after {len(asked)} labels {said}"
    expect(right >= RIGHT, f"{where.capitalize()}; {100 * RIGHT:.0f} % are to be reached.")
    return Reached(len(asked), f"There {where}.")
