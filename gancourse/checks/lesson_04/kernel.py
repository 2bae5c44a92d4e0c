"""The kernel distance (Bińkowski et al., 2018, section 4)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import torch
from torch import Tensor

from gancourse.checks.inputs import Case, chosen, chosen_int, drawn, rand, randn, said
from gancourse.checks.lesson_04.suite import check
from gancourse.checks.values import expect_close, leaves_alone, number


def mean_over(x: Tensor, y: Tensor, apart: bool, power: int = 3, plus: float = 1.0, share: bool = True) -> Tensor:
    """The mean kernel over pairs; `apart`: of different numbers only."""
    table = ((x @ y.T) / (x.shape[1] if share else 1) + plus) ** power
    return table[~torch.eye(*table.shape, dtype=torch.bool)].mean() if apart else table.mean()


def squared_mmd(x: Tensor, y: Tensor, within: bool = True, cross: bool = False, **kernel: float) -> Tensor:
    """The squared MMD; `within` and `cross` tell whether pairs of equal numbers are left out of each."""
    own = mean_over(x, x, within, **kernel) + mean_over(y, y, within, **kernel)  # type: ignore[arg-type]
    return own - 2 * mean_over(x, y, cross, **kernel)  # type: ignore[arg-type]


def three_and_three() -> Case:
    """Three pictures on either side, with two features each."""
    on_x, on_y = chosen(1.0, 2.0, 0.5, between=(-2.0, 3.0)), chosen(0.0, 1.5, 3.0, between=(-2.0, 3.0))
    second = chosen(1.0, -1.0, 0.5, 2.0, 0.0, 1.2, between=(-2.0, 3.0))
    x = torch.tensor([on_x, second[:3]], dtype=torch.float64).T.contiguous()
    y = torch.tensor([on_y, second[3:]], dtype=torch.float64).T.contiguous()
    want = squared_mmd(x, y)
    cross, own = mean_over(x, y, False), mean_over(x, x, True) + mean_over(y, y, True)
    sums = 6 * own  # the sums over pairs of different pictures: 3 · 2 of them on each side
    usual = {
        "That is the biased estimate: pairs of a picture with itself are to be left out, i ≠ j.": (
            squared_mmd(x, y, within=False)
        ),
        "Pairs of equal numbers are left out of the mixed term, too. There all m n pairs count.": (
            squared_mmd(x, y, cross=True)
        ),
        "The diagonals are left out of the sums but still counted: divide by m (m − 1).": sums / 9 - 2 * cross,
        "The mixed term counts twice: − 2 mean k(x, y).": own - cross,
        "The mixed term has the wrong sign.": own + 2 * cross,
        "That is the mixed term's mean alone.": cross,
        "The mean over pairs of y is missing.": mean_over(x, x, True) - 2 * cross,
        "The kernel has a square. It should have a cube.": squared_mmd(x, y, power=2),
        "That is the linear kernel. It should have a cube.": squared_mmd(x, y, power=1),
        "The kernel's + 1 is missing.": squared_mmd(x, y, plus=0.0),
        "The product of the features is not divided by d, their number.": squared_mmd(x, y, share=False),
        "The sign is wrong.": -want,
        "That is the root. The KID is the squared discrepancy, and may be negative.": want.abs().sqrt(),
        "That is a thousand times the KID, as some papers print it. Return it as it is.": 1000 * want,
        "That is a hundred times the KID, as some papers print it. Return it as it is.": 100 * want,
        "That is 0. If a negative value was cut off: return what comes out, or the estimate is biased.": want.clamp(
            min=0.0
        ),
    }
    usual = {words: value for words, value in usual.items() if "That is 0" not in words or want < 0}
    where = f"x = ({said(on_x)}) and y = ({said(on_y)}) as first features, ({said(second)}) as second ones"
    return Case(where, want, usual, (x.float(), y.float()))


@check.that("kid", "has the value of the formula", point=True)
def _(kid: Callable) -> None:
    case = drawn(three_and_three)
    case.compare(number(kid(*case.inputs), "The KID"))


@check.that("kid", "takes sets of different sizes")
def _(kid: Callable) -> None:
    x, y = randn(chosen_int(7, between=(5, 9)), 3), 1 + randn(4, 3)
    want = squared_mmd(x.double(), y.double())
    expect_close(number(kid(x, y), "The KID"), want, f"{len(x)} pictures against 4")


@check.that(
    "kid",
    "is 0 on average if both sets come from the same pictures, so it is negative at times",
    alone=False,
    point=True,
)
def _(kid: Callable) -> None:
    points = torch.tensor(
        [chosen(0.0, 1.0, 2.0, 4.0, between=(-3.0, 4.0)), chosen(1.0, 3.0, 0.0, 2.0, between=(-3.0, 4.0))]
    ).T
    found = []
    for first in combinations(range(4), 2):
        second = [i for i in range(4) if i not in first]
        found.append(number(kid(points[list(first)], points[second]), "The KID"))
    got, largest = torch.stack(found).mean(), float(torch.stack(found).abs().max())
    advice = "Each way to cut four pictures into two pairs is tried, so the mean of an unbiased estimate is exactly 0."
    expect_close(
        got,
        0.0,
        "the six ways to divide four pictures",
        usual={advice: got},
        what="the mean is",
        atol=1e-4 * (1 + largest),
    )


@check.that("kid", "counts two pictures with equal features as a pair")
def _(kid: Callable) -> None:
    a, b, c = chosen(1.0, 2.0, 0.5, between=(0.3, 3.0))
    x, y = torch.tensor([[a], [a], [c]]), torch.tensor([[b], [c], [b]])
    want = squared_mmd(x.double(), y.double())
    advice = (
        "Two pictures with equal features are two pictures. Left out are the pairs of a picture with itself, i = j."
    )
    apart = sum(2 * (p * q + 1) ** 3 for p, q in ((a, c), (b, c))) / 2 - 2 * mean_over(x.double(), y.double(), False)
    told = f"x = ({said((a, a, c))}) and y = ({said((b, c, b))})"
    expect_close(number(kid(x, y), "The KID"), want, told, usual={advice: apart})


@check.that("kid", "computes in double precision")
def _(kid: Callable) -> None:
    n, d = chosen_int(40, between=(30, 50)), 32
    x, y = (100 + rand(n, d) for _ in range(2))  # far from 0, and nearly alike
    k11, k22, k12 = ((a.double() @ b.double().T / d + 1) ** 3 for a, b in ((x, x), (y, y), (x, y)))
    off = 1 - torch.eye(n, dtype=torch.float64)
    want = ((k11 + k22) * off).sum() / (n * (n - 1)) - 2 * k12.mean()
    advice = "The terms are large and nearly cancel: in single precision little is left. Convert the features first."
    got = number(kid(x, y), "The KID")
    expect_close(got, want, f"features around 100 in {d} dimensions", usual={advice: got}, atol=1e-3)


@check.that("kid", "leaves the features as they were", alone=False)
def _(kid: Callable) -> None:
    leaves_alone(kid, randn(4, 3), randn(5, 3))
