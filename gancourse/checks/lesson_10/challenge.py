"""The open challenge: a face from few noisy looks."""

from __future__ import annotations

from collections.abc import Callable

from gancourse.checks.challenge import Reached
from gancourse.checks.inputs import chosen_int, fresh_inputs
from gancourse.checks.lesson_10.suite import check
from gancourse.checks.unseen_faces import MEDALS_FOR_A_FACE, faces_found, seen_again


@check.challenge("look_again", "finds ten faces in few looks", MEDALS_FOR_A_FACE)
def _(look_again: Callable) -> Reached:
    with fresh_inputs(chosen_int(1010, between=(10_000, 2**40))):
        return seen_again(faces_found(look_again))
