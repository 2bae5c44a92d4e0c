"""The open challenge: the fewest steps to a distance from a target that nobody has told."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from gancourse.checks.challenge import Medals, Reached
from gancourse.checks.core import expect
from gancourse.checks.inputs import chosen
from gancourse.checks.lesson_01.suite import check
from gancourse.checks.opponents import Humps, even_noise, steps_to
from gancourse.metrics import wasserstein_1d

NEAR_ENOUGH = 0.25  # the distance to reach
MOST_STEPS = 220  # steps: bronze, and what graders add to it
MEDALS_FOR_STEPS = Medals(bronze=200, silver=60, gold=16, unit="steps")


def target() -> Humps:
    """N(5, 1) or, where inputs are fresh, another bell curve."""
    (mean,), (std,) = chosen(5.0, between=(-6.0, 6.0)), chosen(1.0, between=(0.8, 1.4))
    return Humps((1.0, mean, std))


@check.challenge("fewest_steps", f"comes within {NEAR_ENOUGH:g} of the target", MEDALS_FOR_STEPS)
def _(fewest_steps: Callable) -> Reached:
    heap = target()
    steps, samples = steps_to(fewest_steps, heap, MOST_STEPS, even_noise)
    distance = wasserstein_1d(samples, heap.sample(len(samples)))
    where = f"the samples end {distance:.2f} from the target"
    expect(
        distance <= NEAR_ENOUGH,
        f"After {steps} steps {where}; {NEAR_ENOUGH:g} is to be reached. {advice(samples, heap)}",
    )
    return Reached(steps, f"Then {where}.")


def advice(samples: Tensor, heap: Humps) -> str:
    """What is wrong with the samples, in a sentence."""
    real = heap.sample(len(samples)).double()
    off, wide = float(samples.mean() - real.mean()), float(samples.std() / real.std())
    astray, side = abs(off) > NEAR_ENOUGH / 2, "right" if off > 0 else "left"
    where = f"lies {abs(off):.2f} too far {side}" if astray else "is right"
    if not 0.85 < wide < 1.15:
        return f"Their mean {where}, their spread is {wide:.2f} times the target's."
    if astray:
        return f"Their mean {where}."
    return "Mean and spread are right, the shape is not."
