"""The open challenge: translate points without pairs."""

from __future__ import annotations

from collections.abc import Callable

from gancourse.checks.challenge import Reached
from gancourse.checks.inputs import chosen_int, fresh_inputs
from gancourse.checks.lesson_09.suite import check
from gancourse.checks.planes import MEDALS_FOR_POINTS, TwoPlanes, off_by

PLANES = 3  # worlds a run


@check.challenge("translated_points", "puts points where they belong, without a pair", MEDALS_FOR_POINTS)
def _(translated_points: Callable) -> Reached:
    found = []
    for place in range(PLANES):
        with fresh_inputs(chosen_int(910 + place, between=(10_000, 2**40))):
            found.append(off_by(translated_points, TwoPlanes()))
    return max(found)
