"""The open challenge: pixels that look like noise, in as few bits as possible."""

from __future__ import annotations

from collections.abc import Callable

from gancourse.checks.challenge import Reached
from gancourse.checks.hidden_rules import MEDALS_FOR_BITS, HiddenRule, bits_by
from gancourse.checks.inputs import chosen_int, fresh_inputs
from gancourse.checks.lesson_05.suite import check

KINDS_OF_PICTURES = 3  # a run


@check.challenge("fewest_bits", "says what comes next in pictures it has not seen", MEDALS_FOR_BITS)
def _(fewest_bits: Callable) -> Reached:
    found = []
    for place in range(KINDS_OF_PICTURES):
        with fresh_inputs(chosen_int(510 + place, between=(10_000, 2**40))):
            found.append(bits_by(fewest_bits, HiddenRule()))
    return Reached(sum(found) / len(found), "In bits: " + ", ".join(f"{bits:.2f}" for bits in found) + ".")
