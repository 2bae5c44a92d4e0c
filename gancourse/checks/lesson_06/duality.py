"""Both sides of the Wasserstein distance on the line (Kantorovich and Rubinstein, 1958), step by step.

Every step is worked out here from the heaps by running sums in plain Python, so that a slip in one sinks no other.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate, pairwise
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.asked import CHANGES, intact
from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, chosen, drawn, fresh, probabilities, said
from gancourse.checks.lesson_06.suite import check
from gancourse.checks.values import differentiable, double, expect_close, number, numbers

OF_STEP = {
    1: "step 1, the flow,",
    2: "step 2, the cost,",
    3: "step 3, the slopes,",
    4: "step 4, the critic,",
    5: "step 5",
}
Heap = tuple[float, ...]


def two_heaps() -> tuple[Heap, Heap, float]:
    """Two heaps on five points, earth crossing some gaps to the right and some to the left, and the spacing."""
    if not fresh():
        return (0.4, 0.1, 0.1, 0.1, 0.3), (0.1, 0.2, 0.15, 0.5, 0.05), 0.5
    while True:
        p, q = (tuple(round(x, 3) for x in probabilities(5)) for _ in range(2))
        p, q = ((*row[:4], 1 - sum(row[:4])) for row in (p, q))
        flow = flow_of(p, q)
        if min(map(abs, flow)) > 0.02 and min(flow) < 0 < max(flow):
            return p, q, chosen(0.5, between=(0.2, 0.8))[0]


def flow_of(p: Heap, q: Heap) -> list[float]:
    return list(accumulate(a - b for a, b in zip(p, q, strict=True)))[:-1]


def sign(x: float) -> float:
    return float((x > 0) - (x < 0))


def critic_of(p: Heap, q: Heap, dx: float) -> list[float]:
    return list(accumulate((-sign(f) * dx for f in flow_of(p, q)), initial=0.0))


def heaps_told(p: Heap, q: Heap, dx: float) -> str:
    rounded = [said(tuple(round(x, 3) for x in row)) for row in (p, q)]
    return f"p = {rounded[0]}, q = {rounded[1]} and dx = {dx:g}"


def step_of(duality: Callable, step: int, p: Heap, q: Heap, dx: float) -> Any:
    return duality(step, double(p).float(), double(q).float(), dx)


def at_gaps(duality: Callable, step: int, case: Case) -> Tensor:
    advice = "There is one number for each gap, and one gap less than there are points."
    return numbers(step_of(duality, step, *case.inputs), (4,), OF_STEP[step].capitalize(), advice)


def in_all(duality: Callable, step: int, case: Case) -> Tensor:
    return number(step_of(duality, step, *case.inputs), OF_STEP[step].capitalize(), "Sum it up.")


@check.that("duality", "leaves p and q as they were", alone=False)
def _(duality: Callable) -> None:
    """It asks for every step, so it tells a blank from an answer whose first steps are not written."""
    p, q, dx = two_heaps()
    written = False
    for step in OF_STEP:
        given = [double(row).float() for row in (p, q)]
        try:
            duality(step, *given, dx)
        except NotImplementedError as error:
            if str(error):
                raise
            continue
        written = True
        for name, tensor in zip(("`p`", "`q`"), given, strict=True):
            expect(intact(tensor), CHANGES.format(which=f"{name} in step {step}"))
    if not written:
        raise NotImplementedError


def flow() -> Case:
    p, q, dx = two_heaps()
    want = flow_of(p, q)
    usual = {
        "The sign is wrong: what p has too much on the left goes to the right.": [-f for f in want],
        "That is the difference at each point. All that is too much on its left crosses a gap: a running sum.": (
            [a - b for a, b in zip(p, q, strict=True)][:-1]
        ),
        "That is its size. Keep the sign: which way the earth goes.": [abs(f) for f in want],
        "That is the running sum of p alone. What q keeps there does not have to go.": list(accumulate(p))[:-1],
        "The first gap is left out, and the last running sum, which is 0, is kept. Leave out the last.": [
            *want[1:],
            0.0,
        ],
        "That is multiplied by dx. The flow is an amount of earth; dx comes in with the cost.": [f * dx for f in want],
    }
    return Case(heaps_told(p, q, dx), want, usual, (p, q, dx))


@check.that("duality", "step 1: adds up what is too much on the left of each gap")
def _(duality: Callable) -> None:
    case = drawn(flow)
    case.compare(at_gaps(duality, 1, case), what="the flow is")


def cost() -> Case:
    p, q, dx = two_heaps()
    flow = flow_of(p, q)
    want = sum(map(abs, flow)) * dx
    usual = {
        "Earth that goes right and earth that goes left cancel each other. Both are carried: take sizes.": sum(flow)
        * dx,
        "The way across a gap is dx; it is missing.": want / dx,
        "That is the mean over gaps. Take the sum.": want / 4,
        "That is the sum of |p − q|, which does not know how far anything is carried.": (
            sum(abs(a - b) for a, b in zip(p, q, strict=True))
        ),
        "That is the sum of |p − q| times dx. Carry what crosses each gap: the flow.": (
            dx * sum(abs(a - b) for a, b in zip(p, q, strict=True))
        ),
        "The flow is squared. The cost is the size of what is carried times the way.": sum(f * f for f in flow) * dx,
        "dx comes in twice.": want * dx,
        "Only the earth that goes to the right is counted.": sum(max(0.0, f) for f in flow) * dx,
    }
    return Case(heaps_told(p, q, dx), want, usual, (p, q, dx))


@check.that("duality", "step 2: carries whatever crosses a gap by dx", point=True)
def _(duality: Callable) -> None:
    case = drawn(cost)
    case.compare(in_all(duality, 2, case), what="the cost is")


@check.that("duality", "step 2: can be differentiated, and its slope in p is the critic")
def _(duality: Callable) -> None:
    p, q, dx = two_heaps()
    given = double(p).float().requires_grad_()
    value = duality(2, given, double(q).float(), dx)
    number(value, OF_STEP[2].capitalize())
    differentiable(value, "Step 2 is cut off from `p`: no gradient reaches it. Compute it with tensors all the way.")
    (slope,) = torch.autograd.grad(value, given)
    want = [-sign(f) * dx for f in flow_of(p, q)]
    what = "the slope of the cost in p changes from point to point by"
    expect_close(numbers(slope, (5,)).diff(), want, heaps_told(p, q, dx), what=what)


def slopes_case() -> Case:
    p, q, dx = two_heaps()
    flow = flow_of(p, q)
    want = [-sign(f) for f in flow]
    usual = {
        "The sign is wrong: the sum is −Σ s F dx, so each s has the sign opposite to F's.": [-s for s in want],
        "That is minus the flow. A slope may be as steep as 1, and steeper is better: its size is 1.": [
            -f for f in flow
        ],
        "That is the flow itself.": flow,
        "Those are rises, not slopes: dx is in them.": [s * dx for s in want],
        "Every slope is 1. Where earth goes to the right it should be −1.": [1.0] * 4,
        "Only one of the two signs is there.": [min(s, 0.0) for s in want],
    }
    return Case(heaps_told(p, q, dx), want, usual, (p, q, dx))


@check.that("duality", "step 3: takes each slope as steep as allowed, against the flow", point=True)
def _(duality: Callable) -> None:
    case = drawn(slopes_case)
    case.compare(at_gaps(duality, 3, case), what="the slopes are")


@check.that("duality", "step 3: is 0 where nothing crosses")
def _(duality: Callable) -> None:
    (a, b, c) = chosen(0.25, 0.25, 0.5, between=(0.05, 0.45))
    p, q = (a, b, 1 - a - b), (a, c, 1 - a - c)
    got = numbers(step_of(duality, 3, p, q, 1.0), (2,), OF_STEP[3].capitalize())
    where = f"two heaps that agree at the first point, p = {said(p)} and q = {said(q)},"
    usual = {
        "Where nothing crosses there is no sign to go by: take 0 (torch.sign does so). Here it is 1.": [
            1.0,
            -sign(b - c),
        ],
        "Where nothing crosses there is no sign to go by: take 0 (torch.sign does so).": [-1.0, -sign(b - c)],
    }
    expect_close(got, [0.0, -sign(b - c)], where, usual, what="the slopes are")


def critic_case() -> Case:
    p, q, dx = two_heaps()
    want = critic_of(p, q, dx)
    usual = {
        "It is upside down: the slopes have the wrong sign.": [-f for f in want],
        "The rises are missing dx: a slope s rises by s · dx from one point to the next.": [f / dx for f in want],
        "It does not begin with 0 but with the first rise.": [*want[1:], 0.0],
        "Its mean is taken off. Any constant is as good, but here it begins with 0.": [f - sum(want) / 5 for f in want],
        "It ends with 0. Here it begins with 0.": [f - want[-1] for f in want],
        "That is the running sum of the flow. Add up the slopes.": (
            [f * dx for f in accumulate(flow_of(p, q), initial=0.0)]
        ),
        "Those are the rises. Add them up.": [0.0, *(b - a for a, b in pairwise(want))],
    }
    return Case(heaps_told(p, q, dx), want, usual, (p, q, dx))


@check.that("duality", "step 4: adds the slopes up, from 0 at the first point", point=True)
def _(duality: Callable) -> None:
    case = drawn(critic_case)
    advice = "The critic has a height at each point: the first is 0."
    case.compare(
        numbers(step_of(duality, 4, *case.inputs), (5,), OF_STEP[4].capitalize(), advice), what="the critic is"
    )


def other_side() -> Case:
    p, q, dx = two_heaps()
    f = critic_of(p, q, dx)
    want = sum(c * (a - b) for c, a, b in zip(f, p, q, strict=True))
    usual = {
        "The sign is wrong: p comes first.": -want,
        "That is multiplied by dx. The heaps hold earth, not densities: nothing is left to multiply with.": want * dx,
        "That is the critic on p alone. Take off what it is on q.": sum(c * a for c, a in zip(f, p, strict=True)),
        "That is the critic on q alone.": sum(c * b for c, b in zip(f, q, strict=True)),
        "That is the mean over points. Take the sum.": want / 5,
        "The differences are taken by their size. The critic has their signs already.": (
            sum(c * abs(a - b) for c, a, b in zip(f, p, q, strict=True))
        ),
    }
    return Case(heaps_told(p, q, dx), want, usual, (p, q, dx))


@check.that("duality", "step 5: is what the critic makes of the difference, and so the cost again")
def _(duality: Callable) -> None:
    case = drawn(other_side)
    case.compare(in_all(duality, 5, case), what="the other side is")


@check.that("duality", "gives 0 for two heaps that are the same", alone=False)
def _(duality: Callable) -> None:
    p, _, dx = two_heaps()
    for step in (2, 5):
        got = number(step_of(duality, step, p, p, dx), OF_STEP[step].capitalize())
        expect_close(got, 0.0, "two equal heaps", what=f"{OF_STEP[step]} is")
