"""The open challenge: the cheapest stack of convolutions whose logits see patches of a given width."""

from __future__ import annotations

from collections.abc import Callable

from gancourse.checks.challenge import Reached
from gancourse.checks.inputs import chosen_int
from gancourse.checks.lesson_08.suite import check
from gancourse.checks.patch_work import MEDALS_FOR_WORK, Wanted, worst_of


def drawn_wish(size: int, field: int, apart: int) -> Wanted:
    """These three in a notebook, others near them for graders."""
    return Wanted(
        chosen_int(size, (size - 6, size + 6)),
        chosen_int(field, (field - 4, field + 4)),
        chosen_int(apart, (apart, apart + 2)),
    )


def wishes() -> list[Wanted]:
    return [drawn_wish(64, 34, 4), drawn_wish(128, 70, 5), drawn_wish(192, 101, 9), drawn_wish(256, 130, 7)]


@check.challenge("cheapest_judge", "sees what is to be seen with little work", MEDALS_FOR_WORK)
def _(cheapest_judge: Callable) -> Reached:
    return worst_of(cheapest_judge, wishes())
