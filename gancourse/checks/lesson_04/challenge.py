"""The open challenge: a score that no planted defect fools."""

from __future__ import annotations

from collections.abc import Callable

from gancourse.checks.challenge import Medals, Reached
from gancourse.checks.inputs import chosen_int, fresh_inputs
from gancourse.checks.lesson_04.suite import check
from gancourse.checks.spoilers import PLANTED_WEAKLY, World, found_defects, said_of

WORLDS = 3
MEDALS_FOR_DEFECTS = Medals(70, 86, 95, unit="% of comparisons", higher_is_better=True, margin=0.03, runs=1, seconds=60)


@check.challenge("suspicion", "calls every planted defect worse than real points", MEDALS_FOR_DEFECTS)
def _(suspicion: Callable) -> Reached:
    found = []
    for place in range(WORLDS):
        with fresh_inputs(chosen_int(4100 + place, between=(10_000, 2**40))):
            found.append(found_defects(suspicion, World(), PLANTED_WEAKLY))
    return Reached(*said_of(found))
