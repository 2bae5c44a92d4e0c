"""The open challenge: holes in gray faces, filled from what other faces look like."""

from __future__ import annotations

from collections.abc import Callable

from gancourse.checks.challenge import Reached
from gancourse.checks.hidden_parts import MEDALS_FOR_HOLES, holes_filled, seeded_start
from gancourse.checks.inputs import fresh_inputs
from gancourse.checks.lesson_11.suite import check


@check.challenge("fill_holes", "fills holes in faces it has never seen", MEDALS_FOR_HOLES)
def _(fill_holes: Callable) -> Reached:
    with fresh_inputs(seeded_start()):
        return holes_filled(fill_holes)
