"""BEGAN's losses and its balance (Berthelot et al., 2017, section 3.4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.core import Miss, expect
from gancourse.checks.inputs import Case, chosen, drawn, said
from gancourse.checks.lesson_06.suite import check
from gancourse.checks.values import NOTHING, described, differentiable, expect_close, mean, numbers, scalar

FOUR = "Return four things: D's loss, G's loss, the next k and M; you return {}."


def four(answer: Callable, real: Sequence[float], fake: Sequence[float], *options: float) -> Any:
    got = answer(torch.tensor(real), torch.tensor(fake), *options)
    expect(got is not None, NOTHING)
    expect(isinstance(got, tuple | list) and len(got) == 4, FOUR.format(described(got)))
    return got


def errors() -> tuple[tuple[float, ...], tuple[float, ...], float, float, float]:
    """Errors of two real and three made samples, k, γ and λ. Made samples are too bad by far or a little too good."""
    real, fake = chosen(1.4, 0.8, between=(0.6, 1.6)), chosen(0.9, 0.5, 1.3, between=(0.4, 2.0))
    return (
        real,
        fake,
        chosen(0.4, between=(0.3, 0.6))[0],
        chosen(0.7, between=(0.4, 0.8))[0],
        chosen(0.2, between=(0.1, 0.3))[0],
    )


def errors_told(real: tuple[float, ...], fake: tuple[float, ...], k: float, gamma: float, rate: float) -> str:
    return f"errors {said(real)} (real) and {said(fake)} (made), k = {k:g}, γ = {gamma:g} and λ = {rate:g}"


def balance_case(which: str) -> Case:
    real, fake, k, gamma, rate = given = errors()
    x, y = mean(real), mean(fake)
    a = gamma * x - y
    cases: dict[str, tuple[float, dict[str, float]]] = {
        "D": (
            x - k * y,
            {
                "k is missing.": x - y,
                "The made part has the wrong sign: D should rebuild made samples badly.": x + k * y,
                "k stands before the wrong error.": k * x - y,
                "The next k is in it. Use the k you are given.": x - (k + rate * a) * y,
                "That is the real part alone.": x,
                "Sums are taken. Take means.": sum(real) - k * sum(fake),
                "The sign is wrong.": k * y - x,
            },
        ),
        "G": (
            y,
            {
                "G wants its samples rebuilt well: the sign is wrong.": -y,
                "k is no part of G's loss.": k * y,
                "That is the real batch's error.": x,
                "The sum is taken. Take the mean.": sum(fake),
                "γ is no part of G's loss.": gamma * y,
            },
        ),
        "k": (
            k + rate * a,
            {
                "It goes the wrong way: k rises where made samples are rebuilt too well.": k - rate * a,
                "λ is missing.": min(1.0, max(0.0, k + a)),
                "γ stands before the wrong error.": k + rate * (x - gamma * y),
                "γ is missing.": k + rate * (x - y),
                "That is the k you were given.": k,
                "That is the change alone. Add it to k.": rate * a,
                "Sums are taken. Take means.": k + rate * (gamma * sum(real) - sum(fake)),
            },
        ),
        "M": (
            x + abs(a),
            {
                "The size is missing: |γ L(x) − L(x̂)|.": x + a,
                "That is how far out of balance they are. Add how well real samples are rebuilt.": abs(a),
                "γ is missing.": x + abs(x - y),
                "γ stands before the wrong error.": x + abs(x - gamma * y),
                "That is the made error plus the balance. Real samples come first.": y + abs(a),
                "λ is no part of it.": x + rate * abs(a),
                "That is the real error alone.": x,
            },
        ),
    }
    want, usual = cases[which]
    return Case(errors_told(*given), want, usual, given)


for place, (which, claim) in enumerate(
    (
        ("D", "D's loss weighs made samples by k"),
        ("G", "G's loss is its samples' error"),
        ("k", "k goes toward the balance"),
        ("M", "M adds how far they are out of balance"),
    )
):

    @check.that("began", claim, point=which in "Dk")
    def _(began: Callable, place: int = place, which: str = which) -> None:
        case = drawn(lambda: balance_case(which))
        got = four(began, *case.inputs)[place]
        name = {"D": "D's loss", "G": "G's loss", "k": "The next k", "M": "M"}[which]
        case.compare(numbers(got, (), name, "Take the mean over the batch."), what=f"{name[0].lower() * 0}{name} is")


@check.that("began", "keeps k from 0 to 1")
def _(began: Callable) -> None:
    x, y = chosen(2.0, 0.2, between=(0.1, 3.0))
    low, high = min(x, y), max(x, y)
    for real, fake, want in ((high + 1, low, 1.0), (low, high + 1, 0.0)):
        got = four(began, (real,), (fake,), 0.5, 0.9, 10.0)[2]
        where = f"errors {real:g} (real) and {fake:g} (made), k = 0.5, γ = 0.9 and λ = 10"
        expect_close(numbers(got, (), "The next k"), want, where, what="the next k is")


@check.that("began", "gives losses to learn from, and k and M as plain numbers")
def _(began: Callable) -> None:
    row_real, row_fake, k, gamma, rate = errors()
    for place, name, slopes in (
        (0, "D's", ([1 / len(row_real)] * len(row_real), [-k / len(row_fake)] * len(row_fake))),
        (1, "G's", (None, [1 / len(row_fake)] * len(row_fake))),
    ):
        real, fake = torch.tensor(row_real, requires_grad=True), torch.tensor(row_fake, requires_grad=True)
        got = began(real, fake, k, gamma, rate)
        expect(isinstance(got, tuple | list) and len(got) == 4, FOUR.format(described(got)))
        scalar(got[place])
        differentiable(got[place], f"{name} loss is cut off from the errors: nothing could learn from it.")
        got[place].backward()
        for tensor, want, kind in ((real, slopes[0], "real"), (fake, slopes[1], "made")):
            if want is None:
                continue
            expect(tensor.grad is not None, f"No gradient of {name} loss reaches the {kind} errors.")
            expect_close(
                numbers(tensor.grad), want, "two batches", what=f"the gradient of {name} loss for the {kind} errors is"
            )
        for value, what in ((got[2], "k"), (got[3], "M")):
            if isinstance(value, Tensor) and value.requires_grad:
                raise Miss(f"{what} hangs on the graph of this step. Return a plain number: item() of the means.")


@check.that("began", "takes γ = 0.5 and λ = 0.001 where none are given", alone=False)
def _(began: Callable) -> None:
    real, fake, k, *_ = errors()
    got = four(began, real, fake, k)
    x, y = mean(real), mean(fake)
    want = [k + 0.001 * (0.5 * x - y), x + abs(0.5 * x - y)]
    found = torch.stack([numbers(value, ()) for value in got[2:]])
    expect_close(
        found, want, f"errors {said(real)} and {said(fake)}, k = {k:g}", what="k and M are", rtol=1e-5, atol=1e-6
    )
