"""InfoGAN's bound: how much of a code can be read off the picture, for a category and for numbers.

Chen, Duan, Houthooft, Schulman, Sutskever and Abbeel, "InfoGAN", NeurIPS 2016, arXiv:1606.03657, eq. 4 and 5:
L = H(c) + E log Q(c | G(z, c)), at most the mutual information.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gancourse.checks import values
from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, chosen, chosen_int, drawn, rand, randn
from gancourse.checks.lesson_07.suite import check
from gancourse.checks.values import differentiable, expect_close, leaves_alone, numbers, pair

HALF_LOG_2PI = 0.5 * math.log(2 * math.pi)
WHICH_BOUND = "Return two numbers: the bound for the category, then the one for the numbers."


def bounds(answer: Callable, *given: Any) -> Tensor:
    return pair(answer(*given), "the bound for the category", "the bound for the numbers", otherwise=WHICH_BOUND)


def log_softmax(row: list[float]) -> list[float]:
    top = max(row)
    total = top + math.log(sum(math.exp(x - top) for x in row))
    return [x - total for x in row]


def normal_log(c: float, mean: float, log_std: float) -> float:
    """log N(c; mean, std²)."""
    return -0.5 * ((c - mean) / math.exp(log_std)) ** 2 - log_std - HALF_LOG_2PI


def coded() -> Case:
    """Two pictures, a category of three, two numbers each; and what the usual slips make of them."""
    l = chosen(1.0, 0.0, -1.0, 0.5, 2.0, -0.5, between=(-2.0, 2.0))  # noqa: E741
    m = chosen(0.5, -0.25, 0.1, 0.8, between=(-0.9, 0.9))
    s = chosen(-1.0, -0.5, 0.3, -0.2, between=(-1.2, 0.6))
    c = chosen(0.9, -0.6, -0.4, 0.3, between=(-0.95, 0.95))
    category = (2, 0)
    rows = [log_softmax(list(l[:3])), log_softmax(list(l[3:]))]
    said = values.mean([row[k] for row, k in zip(rows, category, strict=True)])

    def read(f: Callable[[float, float, float], float] = normal_log) -> float:
        return sum(f(*x) for x in zip(c, m, s, strict=True)) / 2  # over two pictures, added up over two numbers

    first, second = math.log(3) + said, 2 * math.log(2) + read()
    as_variance = read(lambda c, m, s: normal_log(c, m, s / 2))
    by_std = read(lambda c, m, s: -0.5 * ((c - m) / math.exp(s)) ** 2 - math.exp(s) - HALF_LOG_2PI)
    squared = read(lambda c, m, s: -0.5 * (c - m) ** 2 / math.exp(s) - s - HALF_LOG_2PI)
    usual = {
        "The two are swapped: that for the category comes first.": [second, first],
        "H(c) = log K is missing in the first.": [said, second],
        "The sign of the first is wrong: a bound is to be raised.": [-first, second],
        "The first is a loss: cross-entropy less log K, with the sign turned.": [-said, second],
        "The first has its logits picked by another category.": [
            math.log(3) + values.mean([row[(k + 1) % 3] for row, k in zip(rows, category, strict=True)]),
            second,
        ],
        "The first is the sum over the batch. Take the mean.": [math.log(3) + 2 * said, second],
        "H(c) is missing in the second: log 2 for each number, for it is even between −1 and 1.": [first, read()],
        "H(c) is there once. It is log 2 for each number.": [first, second - math.log(2)],
        "½ log 2π is missing in the second.": [first, second + 2 * HALF_LOG_2PI],
        "The second is averaged over the numbers. Add them up, and average over the batch.": [first, second / 2],
        "The second is the sum over the batch. Take the mean.": [first, 2 * math.log(2) + 2 * read()],
        "log_std is taken for the logarithm of the variance.": [first, 2 * math.log(2) + as_variance],
        "log_std is taken away as std. The density has −log std.": [first, 2 * math.log(2) + by_std],
        "The square is divided by std. Divide by std².": [first, 2 * math.log(2) + squared],
        "The second has the wrong sign.": [first, -second],
        "The ½ of the square is missing.": [
            first,
            2 * math.log(2) + read(lambda c, m, s: -(((c - m) / math.exp(s)) ** 2) - s - HALF_LOG_2PI),
        ],
        "The −log std is missing in the second.": [
            first,
            2 * math.log(2) + read(lambda c, m, s: normal_log(c, m, s) + s),
        ],
    }
    given = (
        torch.tensor(l).reshape(2, 3),
        torch.tensor(category),
        torch.tensor(m).reshape(2, 2),
        torch.tensor(s).reshape(2, 2),
        torch.tensor(c).reshape(2, 2),
    )
    return Case("two pictures, a category of three and two numbers", [first, second], usual, given)


@check.that("information_bound", "H(c) + mean log Q(c), for a category and for numbers", point=True)
def _(answer: Callable) -> None:
    case = drawn(coded)
    case.compare(bounds(answer, *case.inputs))


@check.that("information_bound", "is log K where the category is read for sure, and 0 where Q guesses")
def _(answer: Callable) -> None:
    k = chosen_int(4, between=(4, 9))
    category = torch.arange(6) % k
    sure = torch.full((6, k), -200.0)
    sure[torch.arange(6), category] = 200.0
    nothing = torch.zeros(6, 1)
    for logits, want, who in (
        (sure, math.log(k), "a Q that is always right"),
        (torch.zeros(6, k), 0.0, "a Q that guesses"),
    ):
        got = bounds(answer, logits, category, nothing, nothing, nothing)[0]
        expect_close(got, want, f"{who}, {k} categories", what="the bound for the category is")
    # Wrong for sure: log K − 400.
    got = bounds(answer, -sure, category, nothing, nothing, nothing)[0]
    advice = "Something overflows: use F.log_softmax or F.cross_entropy on the logits."
    want = math.log(k) - 400 - math.log(k - 1)
    expect_close(
        got, want, f"a Q that is always wrong, {k} categories", {advice: got}, what="the bound for the category is"
    )


@check.that("information_bound", "holds for many pictures and three numbers, and for unlike deviations")
def _(answer: Callable) -> None:
    n, k = 6, chosen_int(3, between=(3, 6))
    logits, mean, log_std, code = randn(n, k), randn(n, 3), 0.5 * randn(n, 3), 2 * rand(n, 3) - 1
    category = torch.arange(n) % k
    want = [
        math.log(k) + values.mean([log_softmax(row)[int(c)] for row, c in zip(logits.tolist(), category, strict=True)]),
        3 * math.log(2)
        + sum(normal_log(*x) for x in zip(*(t.flatten().tolist() for t in (code, mean, log_std)), strict=True)) / n,
    ]
    got = bounds(answer, logits, category, mean, log_std, code)
    expect_close(got, want, f"{n} pictures, {k} categories, three numbers", show=False)


@check.that("information_bound", "hands gradients to Q's outputs: both grow with it", point=True)
def _(answer: Callable) -> None:
    logits, mean, log_std = randn(3, 4).requires_grad_(), randn(3, 2).requires_grad_(), randn(3, 2).requires_grad_()
    category, code = torch.tensor([0, 3, 1]), 2 * rand(3, 2) - 1
    first, second = answer(logits, category, mean, log_std, code)
    for value, what in ((first, "category"), (second, "numbers")):
        differentiable(value, f"The bound for the {what} is cut off from Q: nothing can learn.")
    (first + second).backward()
    picked = torch.eye(4)[category].double()
    std = log_std.detach().double().exp()
    for given, want, name in (
        (logits, (picked - logits.detach().double().softmax(1)) / 3, "logits"),
        (mean, (code.double() - mean.detach().double()) / std**2 / 3, "mean"),
        (log_std, (((code.double() - mean.detach().double()) / std) ** 2 - 1) / 3, "log_std"),
    ):
        expect(given.grad is not None, f"No gradient reaches {name}.")
        expect_close(
            numbers(given.grad),
            want,
            "random outputs of Q",
            what=f"the slope on {name} is",
            rtol=1e-3,
            atol=1e-4,
            show=False,
        )


@check.that("information_bound", "leaves what it is given as it was", alone=False)
def _(answer: Callable) -> None:
    leaves_alone(answer, randn(2, 3), torch.tensor([0, 2]), randn(2, 2), randn(2, 2), rand(2, 2))
