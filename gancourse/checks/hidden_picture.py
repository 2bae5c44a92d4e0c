"""A picture that nobody shows: a square of it tells its mean and its spread, if one asks. For few looks, coarse first.

Pictures are of large quiet areas and a few things with edges, drawn from `inputs`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.challenge import Medals, Reached
from gancourse.checks.core import Miss, a, expect
from gancourse.checks.inputs import rand
from gancourse.checks.values import numbers

MEDALS_FOR_LOOKS = Medals(bronze=300, silver=220, gold=120, unit="looks", runs=1)
SIDE = 32
NEAR = 0.17  # the root mean square error that has to be reached
MOST_LOOKS = 345  # bronze, and what graders add to it
TOO_MANY_LOOKS = "You look more than {most} times; bronze takes 300."
WHICH_SQUARE = (
    "`look` is given size={size}, row={row}, column={column}. The size is 1, 2, 4, … or 32, and rows and columns of "
    "squares count from 0 to 32 / size − 1."
)


def drawn_picture() -> Tensor:
    """A picture that squares of 2 × 2 pixels all over it suffice for."""
    while True:
        picture = sky_with_things()
        even = picture.reshape(SIDE // 2, 2, SIDE // 2, 2)
        if float((even - even.mean((1, 3), keepdim=True)).square().mean().sqrt()) < 0.95 * NEAR:
            return picture


def sky_with_things() -> Tensor:
    """A sky with a slope, some discs and bars on it: (32, 32), from −1 to 1, float64."""
    y, x = torch.meshgrid(torch.arange(SIDE) + 0.5, torch.arange(SIDE) + 0.5, indexing="ij")
    y, x = y.double() / SIDE, x.double() / SIDE
    tilt = (2 * rand(2) - 1).tolist()
    picture = 0.15 * (tilt[0] * (x - 0.5) + tilt[1] * (y - 0.5)) + 0.3 * (2 * float(rand()) - 1)
    for k in range(5):
        u = rand(4).tolist()
        value = (1 if k % 2 else -1) * (0.5 + 0.5 * u[3])
        if k < 3:
            inside = (x - 0.15 - 0.7 * u[0]) ** 2 + (y - 0.15 - 0.7 * u[1]) ** 2 < (0.07 + 0.08 * u[2]) ** 2
        else:
            inside = ((x - u[0]).abs() < 0.05 + 0.03 * u[2]) & ((y - u[1]).abs() < 0.2)
        picture = torch.where(inside, value, picture)
    return picture


def looks_for(answer: Callable, picture: Tensor) -> Reached:
    """How often an answer looks until it knows a picture."""
    looks: list[tuple[int, int, int]] = []
    over = [False]

    def look(size: Any, row: Any, column: Any) -> tuple[float, float]:
        expect(not over[0], "`look` is called once more after your function has returned.")
        try:
            s, r, c = (int(x) for x in (size, row, column))
        except (TypeError, ValueError, RuntimeError):
            raise Miss(f"`look` takes three whole numbers; you give it {a(size)}, {a(row)}, {a(column)}.") from None
        fits = s in (1, 2, 4, 8, 16, 32) and 0 <= r < SIDE // s and 0 <= c < SIDE // s
        expect(fits, WHICH_SQUARE.format(size=s, row=r, column=c))
        expect(len(looks) < MOST_LOOKS, TOO_MANY_LOOKS.format(most=MOST_LOOKS))
        looks.append((s, r, c))
        square = picture[r * s : (r + 1) * s, c * s : (c + 1) * s]
        return float(square.mean()), float(square.std(correction=0))

    got = numbers(answer(look), (SIDE, SIDE), "What you return", "It should be the picture.")
    over[0] = True
    error = float((got - picture).square().mean().sqrt())
    where = f"after {len(looks)} looks the picture is {error:.3f} off"
    expect(error <= NEAR, f"{where.capitalize()} (root mean square); {NEAR:g} is to be reached.")
    return Reached(len(looks), f"There {where}.")
