"""The minibatch standard deviation of ProGAN (Karras et al., 2018, section 3), on a list of features."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.asked import intact
from gancourse.checks.core import Miss, expect
from gancourse.checks.inputs import Case, chosen, drawn, randn
from gancourse.checks.lesson_02.suite import check
from gancourse.checks.values import NOTHING, close, differentiable, double, expect_close, numbers


def widened(value: Any, n: int, features: int) -> Tensor:
    """What came back, with its shape checked."""
    expect(value is not None, NOTHING)
    advice = "Each row gets one number more."
    if isinstance(value, Tensor) and tuple(value.shape) == (n + 1, features):
        advice = "The number is appended as a row. It should be a column: one number more in each row."
    if isinstance(value, Tensor) and tuple(value.shape) == (n, 2 * features):
        advice = "There is a column for each feature. Average over the features: one number for the whole batch."
    if isinstance(value, Tensor) and value.ndim == 0:
        advice = "Return the features with the new column, not the number alone."
    return numbers(value, (n, features + 1), advice=advice)


def std(values: list[float], unbiased: bool = False) -> float:
    mean = sum(values) / len(values)
    return math.sqrt(sum((v - mean) ** 2 for v in values) / (len(values) - unbiased))


def table() -> Case:
    """Three rows of two features. The spread of each feature differs from that of the other."""
    rows = [chosen(*row, between=(-4.0, 9.0)) for row in ((1.0, 2.0), (3.0, 8.0), (2.0, 5.0))]
    columns = list(zip(*rows, strict=True))
    each = [std(list(column)) for column in columns]
    want = sum(each) / 2
    usual = {
        "It is divided by n − 1; divide by n (torch: unbiased=False, correction=0).": (
            sum(std(list(c), unbiased=True) for c in columns) / 2
        ),
        "That is the variance; its square root is missing.": sum(s**2 for s in each) / 2,
        "The variances are averaged, and then the root is taken. Take the root of each, then average.": (
            math.sqrt(sum(s**2 for s in each) / 2)
        ),
        "That is the sum over the features; take their average.": sum(each),
        "That is the spread within the rows. Take it over the batch, feature by feature (dim=0).": (
            sum(std(list(row)) for row in rows) / 3
        ),
        "That is the spread of all numbers in one heap. Take it feature by feature.": std([v for r in rows for v in r]),
        "That is the mean of the features, not their spread.": sum(v for r in rows for v in r) / 6,
        "That is the spread of the first feature alone. Average over all features.": each[0],
        "That is the largest of the features' spreads. Average them.": max(each),
    }
    where = f"the features {', '.join(str(list(row)) for row in rows)} in the new column"
    return Case(where, want, usual, (torch.tensor(rows),))


@check.that("minibatch_std", "appends the batch's spread, averaged over the features, to each row", point=True)
def _(minibatch_std: Callable) -> None:
    case = drawn(table)
    got = widened(minibatch_std(*case.inputs), 3, 2)
    column = got[:, 2]
    if not close(column, column[:1].expand(3)) and close(got[:, 0], got[:1, 0].expand(3)):
        raise Miss("The new number stands in front. Append it as the last column.")
    inside = case.inputs[0].double().std(1, correction=0)
    expect(
        not close(column, inside, rtol=1e-2, atol=1e-3),
        f"The new column holds the spread within each row, {[round(x, 3) for x in column.tolist()]}. Take it over the "
        "batch, feature by feature (dim=0), and average: one number, the same in each row.",
    )
    expect(
        close(column, column[:1].expand(3)),
        f"The new column should hold one number, the same in each row; it holds {column.tolist()}.",
    )
    case.compare(column[0])


@check.that("minibatch_std", "keeps the features, in front of the new column", alone=False)
def _(minibatch_std: Callable) -> None:
    features = 2 * randn(5, 3) + 1
    got = widened(minibatch_std(features), 5, 3)
    expect(intact(features), "Your function changes its argument, which its caller still needs.")
    expect(
        close(got[:, :3], double(features)),
        "The first columns should be the features as they were. The new column is the last one.",
    )


@check.that("minibatch_std", "tells G how to spread its samples: gradients flow through the new column", point=True)
def _(minibatch_std: Callable) -> None:
    features = (2 * randn(6, 2)).requires_grad_()
    value = minibatch_std(features)
    widened(value, 6, 2)
    differentiable(
        value,
        "The result cannot be differentiated: a detach() or no_grad() cuts it off, or a new tensor is made of numbers.",
    )
    (got,) = torch.autograd.grad(value[:, 2].sum(), features)
    x = double(features.detach())
    want = (x - x.mean(0)) / x.std(0, correction=0) / 2  # six rows, each with a derivative of (x − mean)/(n s · 2)
    message = "the derivative of the new column's sum"
    none = "No gradient flows through the new column: it is detached. D would see the collapse, and G would not learn."
    usual = {none: torch.zeros_like(want)}
    expect_close(numbers(got, (6, 2), "The gradient"), want, message, usual, what="your code gives", rtol=1e-3)


@check.that("minibatch_std", "is right for features far from 0, too")
def _(minibatch_std: Callable) -> None:
    far = 2.0**16
    rows = torch.tensor([[0.0, 3.0], [1.0, 0.0], [3.0, 7.0], [4.0, 2.0]])
    want = rows.double().std(0, correction=0).mean()
    where = f"four rows around {far:g}"
    given = rows + far
    try:
        got = widened(minibatch_std(given), 4, 2)[:, 2]
    except Miss as miss:
        raise Miss(f"For {where}: {miss}\n{SMALL_DIFFERENCE}") from None
    usual = {} if 0.4 * want < got[0] < 2.5 * want else {SMALL_DIFFERENCE: got}
    expect_close(got, want.expand(4), f"{where}, in the new column", usual=usual, rtol=1e-3)


SMALL_DIFFERENCE = (
    "For features far from 0, E[x²] − E[x]² is a small difference of two huge numbers: rounding takes all of it. "
    "Subtract the mean first, then square; torch.var does."
)


@check.that("minibatch_std", "has a finite gradient where all rows are the same", alone=False)
def _(minibatch_std: Callable) -> None:
    (value,) = chosen(1.5, between=(-3.0, 3.0))
    features = torch.full((4, 3), value, requires_grad=True)
    out = minibatch_std(features)
    got = widened(out, 4, 3)
    expect(
        bool(got[:, 3].abs().max() < 1.2e-4),
        f"For four equal rows the new column should be at most √1e-8 = 1e-4; it is {got[0, 3].item():.3g}. Add 1e-8 to "
        "each variance before its root, no more.",
    )
    (slope,) = torch.autograd.grad(out.sum(), features)
    expect(
        bool(slope.isfinite().all()),
        "For equal rows, as a collapsed G makes them, the gradient is not finite: a square root has infinite slope "
        "at 0. Add 1e-8 to the variance before you take the root.\n"
        "A torch.where around it does not help: the branch not taken has its slope, too, and 0 · ∞ is NaN.",
    )
