"""The open challenge: one factor changed, the others held, and few looks."""

from __future__ import annotations

from collections.abc import Callable

from gancourse.checks.challenge import Reached
from gancourse.checks.few_looks import MEDALS_FOR_ONE_CHANGE, changed_by, hidden_face, mean_reads
from gancourse.checks.inputs import chosen_int, fresh_inputs
from gancourse.checks.lesson_16.suite import check

FACES_A_RUN = 4


@check.challenge("change_one", "changes one factor, and holds the others", MEDALS_FOR_ONE_CHANGE)
def _(change_one: Callable) -> Reached:
    found = []
    for place in range(FACES_A_RUN):
        with fresh_inputs(chosen_int(1620 + place, between=(10_000, 2**40))):
            found.append(changed_by(change_one, hidden_face()))
    return mean_reads(found)
