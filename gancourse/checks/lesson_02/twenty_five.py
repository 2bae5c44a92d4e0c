"""The open challenge: a recipe that finds the 25 modes of a grid in few steps."""

from __future__ import annotations

from collections.abc import Callable

import torch

from gancourse.checks.challenge import Medals, Reached
from gancourse.checks.grid_game import Grids, played
from gancourse.checks.lesson_02.suite import check

MODES = Medals(bronze=4, silver=10, gold=18, unit="modes", higher_is_better=True, margin=0.15, runs=1, seconds=60)


@check.challenge("twenty_five", "holds the modes of a grid of 25 after 1,000 steps", MODES)
def _(twenty_five: Callable) -> Reached:
    spacings = torch.tensor([1.8, 1.9, 2.0, 2.1, 2.2])
    places = torch.tensor([[0.3, -0.2], [0.0, 0.0], [-0.4, 0.5], [0.1, 0.4], [-0.3, -0.5]])
    return on_average(played(twenty_five, Grids(spacings, places)))


def on_average(held: list[int]) -> Reached:
    """The number that counts, of several games."""
    each = ", ".join(map(str, sorted(held)))
    return Reached(sum(held) / len(held), f"The games ended with {each} modes held.")
