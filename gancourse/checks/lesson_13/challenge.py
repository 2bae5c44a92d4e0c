"""The open challenge: know a picture by as few looks as can be, coarse squares first."""

from __future__ import annotations

from collections.abc import Callable

from gancourse.checks.challenge import Reached
from gancourse.checks.hidden_picture import MEDALS_FOR_LOOKS, drawn_picture, looks_for
from gancourse.checks.inputs import chosen_int, fresh_inputs
from gancourse.checks.lesson_13.suite import check

HIDDEN_PICTURES = 4


@check.challenge("fewest_looks", "knows four pictures to within 0.17", MEDALS_FOR_LOOKS)
def _(fewest_looks: Callable) -> Reached:
    found = []
    for place in range(HIDDEN_PICTURES):
        with fresh_inputs(chosen_int(1310 + place, between=(10_000, 2**40))):
            found.append(looks_for(fewest_looks, drawn_picture()))
    each = ", ".join(f"{reached.number:g}" for reached in found)
    return Reached(sum(reached.number for reached in found) / len(found), f"That is the mean of {each}.")
