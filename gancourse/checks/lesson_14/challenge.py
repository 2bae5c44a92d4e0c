"""The open challenge: find the ruling layer of each factor by as few swaps as can be."""

from __future__ import annotations

from collections.abc import Callable

from gancourse.checks.challenge import Medals, Reached
from gancourse.checks.inputs import chosen_int, fresh_inputs
from gancourse.checks.lesson_14.suite import check
from gancourse.checks.who_rules import found_by, mean_swaps, rulers_drawn

MEDALS_FOR_SWAPS = Medals(bronze=40, silver=18, gold=12, unit="swaps")


@check.challenge("fewest_swaps", "finds the layers that rule 400 factors", MEDALS_FOR_SWAPS)
def _(fewest_swaps: Callable) -> Reached:
    found = []
    for place in range(8):
        with fresh_inputs(chosen_int(1410 + place, between=(10_000, 2**40))):
            found.append(found_by(fewest_swaps, rulers_drawn()))
    return mean_swaps(found)
