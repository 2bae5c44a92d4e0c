"""The open challenge: a recipe that finds the 25 modes of a grid in few steps."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch

from gancourse.checks.challenge import Medals, Reached
from gancourse.checks.grid_game import GAMES, Grids, played
from gancourse.checks.lesson_02.suite import check

MODES = Medals(bronze=2, silver=9, gold=15, unit="modes", higher_is_better=True, margin=0.15, runs=1, seconds=300)


@check.challenge("twenty_five", "holds the modes of a grid of 25 after 600 steps", MODES)
def _(twenty_five: Callable) -> Reached:
    spacings = torch.linspace(1.75, 2.25, GAMES)
    turn = torch.arange(GAMES) * (2 * math.pi / GAMES)
    places = 0.4 * torch.stack([turn.cos(), turn.sin()], 1)
    return on_average(played(twenty_five, Grids(spacings, places)))


def on_average(held: list[int]) -> Reached:
    """The number that counts, of several games."""
    each = ", ".join(map(str, sorted(held)))
    return Reached(sum(held) / len(held), f"The games ended with {each} modes held.")
