"""The gradient penalty (Gulrajani et al., 2017, eq. 3), on critics whose gradient is known everywhere.

D(x) = w · x has the gradient w: what the penalty is, and what its own gradient is, can be written down. D(x) = ½ ‖x‖²
has the gradient x: it tells where the slopes were taken.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.core import expect
from gancourse.checks.doubles import HalfSquare, Projection
from gancourse.checks.inputs import Case, chosen, drawn, randn, said
from gancourse.checks.lesson_06.suite import check
from gancourse.checks.values import differentiable, expect_close, mean, numbers, scalar

MANY_PAIRS = 800


def euclidean(w: Sequence[float]) -> float:
    return math.sqrt(sum(x * x for x in w))


def everywhere() -> Case:
    """What a critic w · x is fined, and what the usual mistakes make of it."""
    w, (weight,) = chosen(1.2, -0.9, 2.0, between=(-2.5, 2.5)), chosen(5.0, between=(2.0, 8.0))
    size, n = euclidean(w), 4
    want = weight * (size - 1) ** 2

    def fined(steep: float) -> float:
        return weight * (steep - 1) ** 2

    usual = {
        "λ, the argument `weight`, is missing.": want / weight,
        "λ is 10 there. Use the argument `weight`.": want / weight * 10,
        "The squared length is compared with 1. Take the root first.": fined(size**2),
        "The 1 is missing: that asks for slope 0.": weight * size**2,
        "The length is not the Euclidean one: there the sizes of the numbers are added.": fined(sum(map(abs, w))),
        "The length is not the Euclidean one: there the largest number counts.": fined(max(map(abs, w))),
        "The difference from 1 is not squared.": weight * abs(size - 1),
        "One length is taken over the whole batch. Every sample has a length of its own.": fined(size * math.sqrt(n)),
        "The slope is that of D's mean, n times too small. Take the gradient of the sum of D's outputs.": fined(
            size / n
        ),
        "That is the sum over the batch. Take the mean.": n * want,
        "That is half of it.": want / 2,
        "Each number of the slope is compared with 1, not the length.": weight * mean([(abs(x) - 1) ** 2 for x in w]),
    }
    return Case(f"D(x) = w · x with w = {said(w)}, and λ = {weight:g}", want, usual, (w, weight))


def batches(n: int, d: int) -> tuple[Tensor, Tensor]:
    return randn(n, d), randn(n, d)


@check.that("gradient_penalty", "has the value of the formula where the slope is known", point=True)
def _(gradient_penalty: Callable) -> None:
    case = drawn(everywhere)
    w, weight = case.inputs
    case.compare(scalar(gradient_penalty(Projection(*w), *batches(4, 3), weight)), what="the penalty is")


@check.that("gradient_penalty", "can be learned from: its own gradient reaches D's weights", point=True)
def _(gradient_penalty: Callable) -> None:
    w, weight = drawn(everywhere).inputs
    D, size = Projection(*w), euclidean(w)
    value = gradient_penalty(D, *batches(4, 3), weight)
    scalar(value)
    differentiable(value, NO_GRAPH)
    value.backward()
    expect(D.weight.grad is not None and bool(D.weight.grad.any()), NO_GRAPH)
    want = [2 * weight * (size - 1) * x / size for x in w]
    what = "the gradient of the penalty for w is"
    expect_close(numbers(D.weight.grad, (3,)), want, f"D(x) = w · x with w = {said(w)}", what=what)


NO_GRAPH = (
    "D could not learn from it: the penalty does not depend on D's weights any more. The slope has to stay in the "
    "graph: create_graph=True, and no detach(), item() or backward() after it."
)


def two_lengths() -> Case:
    """Samples where real and made are the same: ½ ‖x‖² has slopes of known lengths there, wherever one looks."""
    (a,), (b,) = chosen(0.4, between=(0.2, 0.6)), chosen(3.0, between=(1.8, 4.0))
    want = mean([(a - 1) ** 2, (b - 1) ** 2])
    usual = {
        "One length is taken over the whole batch. Every sample has a length of its own.": (math.hypot(a, b) - 1) ** 2,
        "The lengths are averaged before they are compared with 1. Compare each, then take the mean.": (
            (mean([a, b]) - 1) ** 2
        ),
        "That is the sum over the batch. Take the mean.": 2 * want,
        "The slope is that of D's mean. Take the gradient of the sum of D's outputs.": (
            mean([(a / 2 - 1) ** 2, (b / 2 - 1) ** 2])
        ),
        "The squared length is compared with 1. Take the root first.": mean([(a * a - 1) ** 2, (b * b - 1) ** 2]),
    }
    usual["Only slopes above 1 are fined: too short a slope costs nothing there. Here it does."] = (b - 1) ** 2 / 2
    return Case(f"D(x) = ½ ‖x‖² at two points of lengths {a:g} and {b:g}", want, usual, (a, b))


@check.that("gradient_penalty", "takes one length for each sample, over all of its numbers", point=True)
def _(gradient_penalty: Callable) -> None:
    case = drawn(two_lengths)
    a, b = case.inputs
    for shape, kind in (((2, 4), "points"), ((2, 1, 2, 2), "pictures")):
        x = torch.tensor([a, b])[:, None].expand(2, 4).reshape(shape) / 2  # four equal numbers: each half the length
        got = scalar(gradient_penalty(HalfSquare(), x, x.clone(), 1.0))
        told = Case(f"{case.where}, as {kind} of shape {shape}", case.want, case.usual)
        told.compare(got, what="the penalty is")


def across_pairs() -> Case:
    """Pairs from −c u to c u: at ε the slope of ½ ‖x‖² is c |2 ε − 1| long."""
    (c,) = chosen(4.0, between=(3.2, 5.0))
    want = ((c - 1) ** 3 + 1) / (3 * c)
    usual = {
        "The slopes are taken at the samples themselves. Look between real and made ones.": (c - 1) ** 2,
        "The slopes are taken in the middle. Draw ε from 0 to 1.": 1.0,
    }
    return Case(f"D(x) = ½ ‖x‖² and {MANY_PAIRS} pairs of −x and x with ‖x‖ = {c:g}", want, usual, (c,))


@check.that("gradient_penalty", "looks between real and made samples, each pair at a place of its own", point=True)
def _(gradient_penalty: Callable) -> None:
    """Drawn by the answer: the mean over many pairs is near an integral, unless places are shared."""
    case = drawn(across_pairs)
    (c,) = case.inputs
    want = ((c - 1) ** 3 + 1) / (3 * c)
    x = torch.full((MANY_PAIRS, 1, 4, 4), c / 4)
    found = [float(scalar(gradient_penalty(HalfSquare(), -x, x, 1.0))) for _ in range(8)]
    got = torch.tensor(found, dtype=torch.float64)
    spread = float(got.max() - got.min())
    if spread < 1e-6:  # nothing is drawn
        case.compare(got[0], what="the penalty is")
    per_number = (c / math.sqrt(3) - 1) ** 2
    if abs(float(got.mean()) - per_number) < 0.07 * per_number and spread < 0.1 * per_number:
        usual = (
            "Every number of a sample has an ε of its own there. One ε for each sample, the same for all its numbers."
        )
        told = f"For {case.where} the penalty is {got.mean():.3g}; expected about {want:.3g}."
        expect(False, f"{told}\n{usual}")
    shared = spread > 0.35 * want
    told = f"For {case.where} calls give {got.min():.3g} to {got.max():.3g}; expected about {want:.3g} each time."
    expect(not shared, f"{told}\nAll pairs share one ε there. Draw one for each pair.")
    case.compare(got.mean(), what="the penalty is about", rtol=0.07)


@check.that("gradient_penalty", "draws anew each time", alone=False)
def _(gradient_penalty: Callable) -> None:
    real, fake = randn(3, 2) - 3, randn(3, 2) + 3
    first, second = (float(scalar(gradient_penalty(HalfSquare(), real, fake, 1.0))) for _ in range(2))
    expect(first != second, f"Two calls on the same batches give {first:.6g} both times. ε is to be drawn anew.")


@check.that("gradient_penalty", "lets nothing reach the samples", alone=False)
def _(gradient_penalty: Callable) -> None:
    w = chosen(1.2, -0.9, between=(-2.0, 2.0))
    real, fake = batches(4, 2)
    fake.requires_grad_()
    value: Any = gradient_penalty(HalfSquare(), real, fake, 1.0)
    scalar(value)
    learned = gradient_penalty(Projection(*w), real, fake, 1.0)
    scalar(learned)
    for one in (value, learned):
        if isinstance(one, Tensor) and one.requires_grad:
            one.backward()
    reached = fake.grad is not None and bool(fake.grad.any())
    expect(not reached, "A gradient reaches `fake`, and so the generator behind it. Detach the points in between.")


@check.that("gradient_penalty", "weighs by 10 where no λ is given", alone=False)
def _(gradient_penalty: Callable) -> None:
    w = chosen(1.6, -1.2, between=(-2.0, 2.0))
    got = scalar(gradient_penalty(Projection(*w), *batches(3, 2)))
    expect_close(got, 10 * (euclidean(w) - 1) ** 2, f"D(x) = w · x with w = {said(w)} and no λ", what="the penalty is")
