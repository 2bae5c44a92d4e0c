"""The open challenge: leave out what breaks, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

from gancourse.checks.broken_pictures import MEDALS_FOR_VARIETY, hidden_direction, kept_by, mean_looks
from gancourse.checks.challenge import Reached
from gancourse.checks.inputs import chosen_int, fresh_inputs
from gancourse.checks.lesson_15.suite import check

HIDDEN_GENERATORS = 4  # a run


@check.challenge("keep_variety", "leaves out what breaks, and keeps the variety", MEDALS_FOR_VARIETY)
def _(keep_variety: Callable) -> Reached:
    found = []
    for place in range(HIDDEN_GENERATORS):
        with fresh_inputs(chosen_int(1510 + place, between=(10_000, 2**40))):
            found.append(kept_by(keep_variety, hidden_direction()))
    return mean_looks(found)
