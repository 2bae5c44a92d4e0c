"""The linear probe: ridge regression with a free bias (Radford et al., 2015, section 5.1, has an L2-SVM)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.inputs import Case, chosen, chosen_int, drawn, randn, said
from gancourse.checks.lesson_04.suite import check
from gancourse.checks.values import described, expect_close, leaves_alone, numbers, two


def fitted(value: Any, d: int, c: int) -> tuple[Tensor, Tensor]:
    """Weights (d, c) and bias (c,) that came from the student."""
    two(value, f"Return two tensors, weights first and bias second; you return {described(value)}.")
    advice = f"Features have {d} dimensions, targets {c}."
    weights = numbers(value[0], (d, c), "The tensor of weights", advice)
    return weights, numbers(value[1], (c,), "The bias", "There is one bias for each target.")


def one_line() -> Case:
    """One feature and one target, where everything is a sum."""
    on_x, on_t = chosen(1.0, 2.0, 4.0, between=(0.5, 5.0)), chosen(3.0, 4.0, 8.0, between=(1.0, 9.0))
    (strength,) = chosen(4.0, between=(1.0, 6.0))
    x, t = torch.tensor(on_x, dtype=torch.float64), torch.tensor(on_t, dtype=torch.float64)
    mx, mt = x.mean(), t.mean()
    sxx, sxt, n = (x - mx).square().sum(), ((x - mx) * (t - mt)).sum(), len(x)

    def answer(w: Tensor) -> Tensor:
        return torch.stack([w, mt - w * mx])

    # Both unknowns penalized: the normal equations with a column of ones.
    ones = torch.stack([x, torch.ones_like(x)], 1)
    penalized = torch.linalg.solve(ones.T @ ones + strength * torch.eye(2, dtype=torch.float64), ones.T @ t)
    through_zero = (x * t).sum() / (x.square().sum() + strength)
    usual = {
        "The bias is penalized, too. Only the weights are.": penalized,
        "There is no bias: that is a line through 0.": torch.stack([through_zero, torch.zeros_like(mt)]),
        "The weights are those of a line through 0. Center features and targets first.": answer(through_zero),
        "The strength is missing: that is plain least squares.": answer(sxt / sxx),
        "The strength counts n times: the errors are summed, not averaged.": answer(sxt / (sxx + n * strength)),
        "The strength is divided by n.": answer(sxt / (sxx + strength / n)),
        "The strength counts twice. The error has no factor ½ in front.": answer(sxt / (sxx + 2 * strength)),
        "The strength counts half.": answer(sxt / (sxx + strength / 2)),
        "The strength is squared.": answer(sxt / (sxx + strength**2)),
        "The strength has the wrong sign.": answer(sxt / (sxx - strength)),
        "The bias is the mean target alone. Subtract the mean feature times the weights.": (
            torch.stack([sxt / (sxx + strength), mt])
        ),
        "The features are divided by their spread. Take them as they are.": answer(
            (sxt / x.std()) / (sxx / x.var() + strength)
        ),
    }
    where = f"features {said(on_x)}, targets {said(on_t)} and strength {strength:g} (weight, then bias)"
    inputs = (x.float()[:, None], t.float()[:, None], strength)
    return Case(where, answer(sxt / (sxx + strength)), usual, inputs)


@check.that("linear_probe", "fits a line, its slope held down by the strength, its bias free", point=True)
def _(probe: Callable) -> None:
    case = drawn(one_line)
    weights, bias = fitted(probe(*case.inputs), 1, 1)
    case.compare(torch.stack([weights[0, 0], bias[0]]))


def at_the_minimum(probe: Callable, n: int, d: int, c: int, strength: float) -> None:
    """Miss unless the gradient of what is to be minimized is 0."""
    x, t = 1 + randn(n, d), randn(n, c) - 2
    weights, bias = fitted(probe(x, t, strength), d, c)
    error = x.double() @ weights + bias - t.double()
    where = f"{n} pictures, {d} features, {c} targets and strength {strength:g}"
    expect_close(error.sum(0), torch.zeros(c), where, what="the sums of the errors are", atol=1e-4 * n)
    slope = x.double().T @ error + strength * weights
    size = float(x.double().square().sum())
    expect_close(slope, torch.zeros(d, c), where, what="half the gradient at your weights is", atol=1e-5 * size)


@check.that("linear_probe", "finds the minimum for several features and targets")
def _(probe: Callable) -> None:
    (strength,) = chosen(3.0, between=(1.0, 9.0))
    at_the_minimum(probe, chosen_int(30, between=(20, 40)), 5, 3, strength)


@check.that("linear_probe", "finds it where there are more features than pictures")
def _(probe: Callable) -> None:
    (strength,) = chosen(0.5, between=(0.2, 2.0))
    at_the_minimum(probe, 8, chosen_int(20, between=(15, 30)), 2, strength)


@check.that("linear_probe", "gives the same weights if a constant is added to the features or the targets", alone=False)
def _(probe: Callable) -> None:
    x, t = randn(12, 3), randn(12, 2)
    weights, bias = fitted(probe(x, t, 2.0), 3, 2)
    moved, other = fitted(probe(x + 5, t + 7, 2.0), 3, 2)
    where = "5 added to all features and 7 to all targets"
    advice = "The bias takes up constants only if it is not penalized."
    expect_close(moved, weights, where, usual={advice: moved}, what="the weights become", rtol=1e-3, atol=1e-4)
    expect_close(other, bias + 7 - 5 * weights.sum(0), where, what="the bias becomes", rtol=1e-3, atol=1e-4)


@check.that("linear_probe", "computes in double precision")
def _(probe: Callable) -> None:
    n, strength = chosen_int(40, between=(30, 50)), 1e-8
    one = randn(n, 1)
    x = torch.cat([one, one + 5e-4 * randn(n, 1)], 1)  # nearly the same feature twice
    t = one + 0.1 * randn(n, 1)
    weights, bias = fitted(probe(x, t, strength), 2, 1)
    left, sizes, right = torch.linalg.svd(x.double() - x.double().mean(0), full_matrices=False)
    want = right.T @ ((sizes / (sizes**2 + strength))[:, None] * (left.T @ (t.double() - t.double().mean(0))))
    where = f"{n} pictures whose two features hardly differ, and strength {strength:g}"
    advice = "Where all above holds, this is rounding: convert the features to double before anything else."
    expect_close(weights, want, where, usual={advice: weights}, what="the weights are", rtol=1e-2, atol=1e-2)
    level = t.double().mean(0) - x.double().mean(0) @ want
    expect_close(bias, level, where, usual={advice: bias}, what="the bias is", rtol=1e-2, atol=1e-2)


@check.that("linear_probe", "leaves features and targets as they were", alone=False)
def _(probe: Callable) -> None:
    leaves_alone(probe, randn(6, 3), randn(6, 2), 1.0)
