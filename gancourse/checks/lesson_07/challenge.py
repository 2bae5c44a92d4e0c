"""The open challenge: name every point with as few labels as can be."""

from __future__ import annotations

from collections.abc import Callable

from gancourse.checks.challenge import Medals, Reached
from gancourse.checks.heaps import Heaps, labels_to
from gancourse.checks.inputs import chosen_int, fresh_inputs
from gancourse.checks.lesson_07.suite import check

MEDALS_FOR_LABELS = Medals(bronze=100, silver=30, gold=10, unit="labels", runs=1)
LABEL_WORLDS = 3


@check.challenge("fewest_labels", "names 97 of 100 points rightly", MEDALS_FOR_LABELS)
def _(fewest_labels: Callable) -> Reached:
    found = []
    for place in range(LABEL_WORLDS):
        with fresh_inputs(chosen_int(710 + place, between=(10_000, 2**40))):
            found.append(labels_to(fewest_labels, Heaps(chosen_int(3, between=(3, 4)))))
    return max(found)
