"""The open challenge: a critic that finds most of the distance, held to its own steepest slope."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gancourse.checks.challenge import Medals, Reached
from gancourse.checks.lesson_06.shares import measured
from gancourse.checks.lesson_06.suite import check

FOUND = Medals(40, 80, 95, unit="% of the distance", higher_is_better=True, margin=0.01, runs=1, seconds=300)


def share_on_average(shares: Sequence[float]) -> Reached:
    each = ", ".join(f"{share:.0f}" for share in shares)
    return Reached(sum(shares) / len(shares), f"In the three worlds it found {each} %.")


@check.challenge("honest_critic", "finds most of the distance between clouds it has seen a part of", FOUND)
def _(honest_critic: Callable) -> Reached:
    return share_on_average(measured(honest_critic))
