"""The bias of the Fréchet distance in the number of pictures, step by step, and the sweep that measures it.

Two samples of m and n points from one normal distribution, whose covariance is diag(λ) once the axes are turned. To
first order (Chong & Forsyth, 2020, section 3, argue for the 1/n; the constants are worked out here)

    E d̂² ≈ tr Σ (1/m + 1/n) + ½ Σᵢⱼ Var(Σ̂₁ − Σ̂₂)ᵢⱼ / (λᵢ + λⱼ),   Var Σ̂ᵢⱼ = (1 + δᵢⱼ) λᵢ λⱼ / (n − 1).

Each step gets what the step before it should have found, so that none depends on another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.core import expect
from gancourse.checks.inputs import MANY, Case, chosen, chosen_int, drawn, randn, said
from gancourse.checks.lesson_04.parts import part_called
from gancourse.checks.lesson_04.suite import check
from gancourse.checks.values import close, double, expect_close, leaves_alone, number, numbers, pair, two

D = torch.float64
DERIVATION = {
    "mean_excess": (torch.ones(2, dtype=D), 5, 4),
    "entry_variances": (torch.ones(2, dtype=D), 5),
    "spread_excess": (torch.ones(2, dtype=D), torch.ones(2, 2, dtype=D)),
    "drawn_on": ([10, 20, 40], [3.0, 2.0, 1.5]),
}
"""What the derivation asks for, in order, and what each can be asked."""


def told_spectrum(spectrum: Tensor) -> str:
    return f"λ = ({said(tuple(spectrum.tolist()))})"


# --- step 1: the means ----------------------------------------------------------------------------


def two_means() -> Case:
    spectrum = torch.tensor(chosen(4.0, 1.0, 0.5, between=(0.3, 6.0)), dtype=D)
    m, n = chosen_int(10, between=(6, 11)), chosen_int(4, between=(2, 5))
    total = spectrum.sum()
    usual = {
        "That is the error of one mean. Both are estimated, from m and from n pictures.": total / n,
        "That is the error of the first mean. Both are estimated, from m and from n pictures.": total / m,
        "The errors of the two means add up: 1/m + 1/n, not 1/(m + n).": total / (m + n),
        "The errors of the two means add up, although the means are subtracted.": total * (1 / n - 1 / m),
        "That has the mean of the λ. Squares are summed over the dimensions.": spectrum.mean() * (1 / m + 1 / n),
        "That has standard deviations, √λ. The variance of a mean is λ/n.": spectrum.sqrt().sum() * (1 / m + 1 / n),
        "The λ are variances already: they are not squared.": spectrum.square().sum() * (1 / m + 1 / n),
        "That is the root of it. The distance of the means is squared.": (total * (1 / m + 1 / n)).sqrt(),
        "The mean of n numbers has variance λ/n; n − 1 belongs to the estimate of a covariance.": (
            total * (1 / (m - 1) + 1 / (n - 1))
        ),
        "That is the mean of both errors. They add up.": total * (1 / m + 1 / n) / 2,
    }
    return Case(f"{told_spectrum(spectrum)}, m = {m} and n = {n}", total * (1 / m + 1 / n), usual, (spectrum, m, n))


@check.that("fid_bias", "step 1: the means are apart by tr Σ (1/m + 1/n) on average, squared", point=True)
def _(fid_bias: Callable) -> None:
    case = drawn(two_means)
    case.compare(number(part_called(fid_bias, "mean_excess", DERIVATION)(*case.inputs), "The excess"))


# --- step 2: the entries of a covariance ----------------------------------------------------------


def entry_case() -> Case:
    spectrum = torch.tensor(chosen(4.0, 1.0, between=(0.3, 6.0)), dtype=D)
    n = chosen_int(6, between=(4, 9))
    products, eye = torch.outer(spectrum, spectrum), torch.eye(2, dtype=D)
    want = products * (1 + eye) / (n - 1)
    usual = {
        "The diagonal varies twice as much as the rule for i ≠ j says: 1 + δᵢⱼ.": products / (n - 1),
        "Off the diagonal there is no 2: it is 1 + δᵢⱼ.": 2 * products / (n - 1),
        "Off the diagonal entries vary, too, although they are 0 on average.": products * 2 * eye / (n - 1),
        "The estimate has n − 1 below, and so has its variance.": products * (1 + eye) / n,
        "That is the table of standard deviations. Variances are asked.": want.sqrt(),
        "That has √(λᵢλⱼ) in the place of λᵢλⱼ.": products.sqrt() * (1 + eye) / (n - 1),
        "That has sums λᵢ + λⱼ in the place of products.": ((spectrum[:, None] + spectrum[None]) * (1 + eye) / (n - 1)),
        "The diagonal counts three times: that is the fourth moment. Subtract the square of the mean.": (
            products * (1 + 2 * eye) / (n - 1)
        ),
        "It is not divided by n − 1: that is the variance of one product.": products * (1 + eye),
    }
    return Case(f"{told_spectrum(spectrum)} and n = {n}", want, usual, (spectrum, n))


@check.that("fid_bias", "step 2: entry ij of an estimated covariance varies by (1 + δᵢⱼ) λᵢ λⱼ / (n − 1)", point=True)
def _(fid_bias: Callable) -> None:
    case = drawn(entry_case)
    got = part_called(fid_bias, "entry_variances", DERIVATION)(*case.inputs)
    case.compare(numbers(got, (2, 2), "The table of variances"))


# --- step 3: what this adds to the distance -------------------------------------------------------


def spread_case() -> Case:
    spectrum = torch.tensor(chosen(2.0, 0.5, between=(0.5, 5.0)), dtype=D)
    a, b, c = chosen(0.5, 0.4, 0.3, between=(0.1, 2.0))
    table = torch.tensor([[a, c], [c, b]], dtype=D)
    sums = spectrum[:, None] + spectrum[None]
    want = (table / sums).sum() / 2
    usual = {
        "The factor ½ in front is missing.": 2 * want,
        "Each pair i ≠ j counts twice in the sum, as ij and as ji.": (table / sums).triu().sum() / 2,
        "The sum runs over all i and j, and not over the diagonal alone.": (table / sums).trace() / 2,
        "The entries off the diagonal alone are summed there. The diagonal counts, too.": c / sums[0, 1],
        "Below stands the sum λᵢ + λⱼ, not the product.": (table / torch.outer(spectrum, spectrum)).sum() / 2,
        "Below stands the sum λᵢ + λⱼ, without a root.": (table / sums.sqrt()).sum() / 2,
        "Below stands the sum λᵢ + λⱼ, not their mean.": (table / sums).sum(),
        "The variances are squares of errors already: they are not squared again.": (table.square() / sums).sum() / 2,
        "That has roots of the variances. The squares of errors are summed.": (table.sqrt() / sums).sum() / 2,
        "That is the mean over the entries. They are summed.": (table / sums).mean() / 2,
        "Each entry is divided by its own λᵢ + λⱼ, and then all are summed.": table.sum() / sums.sum() / 2,
    }
    usual.pop("Below stands the sum λᵢ + λⱼ, not their mean.")  # it is the missing ½ once more
    where = f"{told_spectrum(spectrum)} and the variances (({a:g}, {c:g}), ({c:g}, {b:g}))"
    return Case(where, want, usual, (spectrum, table))


def excess_of(fid_bias: Callable, spectrum: Tensor, variances: Tensor) -> Tensor:
    return number(part_called(fid_bias, "spread_excess", DERIVATION)(spectrum, variances), "The excess")


@check.that("fid_bias", "step 3: together they add ½ Σ vᵢⱼ / (λᵢ + λⱼ) to the distance", point=True)
def _(fid_bias: Callable) -> None:
    case = drawn(spread_case)
    case.compare(excess_of(fid_bias, *case.inputs))


@check.that("fid_bias", "step 3: where both λ are 0 nothing is added; all else counts, however small the λ")
def _(fid_bias: Callable) -> None:
    (a,) = chosen(2.0, between=(1.0, 5.0))
    spectrum, table = torch.tensor([a, 0.0, 0.0], dtype=D), torch.zeros(3, 3, dtype=D)
    table[0, 0] = a * a
    got = excess_of(fid_bias, spectrum, table)
    expect_close(got, a / 4, f"λ = ({a:g}, 0, 0), which vary by {a * a:g} in the first entry alone")
    spectrum, table = torch.tensor([a, 0.0], dtype=D), torch.tensor([[a, 1.0], [1.0, 0.0]], dtype=D)
    got = excess_of(fid_bias, spectrum, table)
    usual = {"A 0 beside a λ above 0 has a sum above 0: that pair counts.": 1 / 4}
    expect_close(got, 1 / 4 + 1 / a, f"λ = ({a:g}, 0), which vary by {a:g}, 1, 1, 0", usual)
    tiny = a * 1e-7
    spectrum, table = torch.tensor([1.0, tiny], dtype=D), torch.diag(torch.tensor([0.0, tiny], dtype=D))
    got = excess_of(fid_bias, spectrum, table)
    advice = (
        "A floor or an added constant outweighs sums that are small: divide as the formula says, and treat 0 apart."
    )
    expect_close(
        got, 1 / 4, f"λ = (1, {tiny:.3g}), which vary by 0, 0, 0, {tiny:.3g}", {advice: got} if got < 1 / 4 else None
    )


# --- step 4: drawn on to infinitely many ----------------------------------------------------------


def line_of_fids() -> Case:
    limit, slope = chosen(3.0, 40.0, between=(1.0, 60.0))
    sizes = [20, 40, 100, 200]
    bends = torch.tensor([0.05, -0.15, 0.2, -0.1], dtype=D)  # no line goes through all of them
    inverse = torch.tensor([1 / n for n in sizes], dtype=D)
    fids = limit + slope * inverse + bends

    def fitted(x: Tensor, y: Tensor, ones: bool = True) -> Tensor:
        columns = torch.stack([torch.ones_like(x), x], 1) if ones else x[:, None]
        found = torch.linalg.lstsq(columns, y[:, None]).solution[:, 0]
        return found if ones else torch.cat([torch.zeros(1, dtype=D), found])

    want = fitted(inverse, fids)
    usual = {
        "The two are swapped: the value at 1/n = 0 comes first, then the slope.": want.flip(0),
        "The line is against n there. It is straight against 1/n.": fitted(double(sizes), fids),
        "The line is against 1/√n there. It is straight against 1/n.": fitted(inverse.sqrt(), fids),
        "That line is forced through 0. What is at 1/n = 0 is the question.": fitted(inverse, fids, ones=False),
        "That line goes through the last two points alone. All of them count.": fitted(inverse[2:], fids[2:]),
        "That line goes through the first two points alone. All of them count.": fitted(inverse[:2], fids[:2]),
        "That line goes through the first and the last point alone. All of them count.": (
            fitted(inverse[[0, 3]], fids[[0, 3]])
        ),
        "That is the value at the largest n. It is to be drawn on to 1/n = 0.": torch.stack([fids[-1], want[1]]),
        "The line is of 1/FID there, or of its logarithm.": fitted(inverse, fids.log()),
    }
    where = f"FIDs of {', '.join(f'{f:.4g}' for f in fids.tolist())} from {', '.join(map(str, sizes))} pictures"
    return Case(where, want, usual, (sizes, fids.tolist()))


@check.that("fid_bias", "step 4: the line against 1/n that is nearest to all points, and where it ends", point=True)
def _(fid_bias: Callable) -> None:
    case = drawn(line_of_fids)
    got = pair(part_called(fid_bias, "drawn_on", DERIVATION)(*case.inputs), "FID∞", "slope")
    case.compare(got, atol=1e-3, rtol=1e-3)


@check.that("fid_bias", "leaves what it is given as it was", alone=False)
def _(fid_bias: Callable) -> None:
    for name in DERIVATION:
        leaves_alone(
            part_called(fid_bias, name, DERIVATION),
            *(x.clone() if isinstance(x, Tensor) else x for x in DERIVATION[name]),
        )


# --- the sweep ------------------------------------------------------------------------------------


class CountingDistance:
    """A distance that keeps what it was given and answers 1, 2, 3, …"""

    def __init__(self) -> None:
        self.given: list[tuple[Tensor, Tensor]] = []

    def __call__(self, x: Any, y: Any) -> float:
        self.given.append((numbers(x, what="What you give to `distance` first"), numbers(y, what="And second")))
        return float(len(self.given))


def pictures_of(n: int, start: int) -> Tensor:
    """Points (n, 2) that tell their own number: start, start + 1, …"""
    return (start + torch.arange(n, dtype=D))[:, None].repeat(1, 2)


REAL_ROWS, FAKE_ROWS = 12, 15  # pictures on either side
FIRST_FAKE = 100


def sweep_of(bias_sweep: Callable, sizes: list[int], times: int) -> tuple[CountingDistance, Iterator[Any]]:
    """A ruler and the sweep that holds it to 12 real and 15 fake points."""
    ruler = CountingDistance()

    def distance(x: Any, y: Any) -> float:
        return ruler(x, y)

    made = bias_sweep(pictures_of(REAL_ROWS, 0), pictures_of(FAKE_ROWS, FIRST_FAKE), sizes, times, distance)
    expect(made is not None, "It returns None. `yield` the size and its distances, once for each size.")
    return ruler, iter(made)


def next_pair(sweep: Iterator[Any]) -> tuple[float, Tensor, Any]:
    """The size and the distances that come next, and the list of them as it came."""
    advice = "For each size, `yield` a pair: the size, and a list of its distances."
    try:
        size, found = two(next(sweep), advice)
    except StopIteration:
        size, found = two(0, "It ends before the last size. " + advice)
    return float(number(size, "The size")), numbers(found, what="The list of distances"), found


@check.that("bias_sweep", "yields each size in its turn with the distances that came, and draws only then", point=True)
def _(bias_sweep: Callable) -> None:
    sizes, times = [3, chosen_int(5, between=(4, 7)), 9], chosen_int(2, between=(2, 4))
    ruler, sweep = sweep_of(bias_sweep, sizes, times)
    lists: list[Any] = []
    for position, n in enumerate(sizes, 1):
        size, found, handed_out = next_pair(sweep)
        lists.append(handed_out)
        expect(size == n, f"The sizes are {sizes}; as number {position} comes {size:g}.")
        expect(
            len(ruler.given) == position * times,
            f"For {position} of the sizes and {times} draws each `distance` was asked {len(ruler.given)} times "
            f"before that size came, not {position * times} times.",
        )
        want = [float(x) for x in range((position - 1) * times + 1, position * times + 1)]
        expect_close(found, want, f"distances {want}, in the order they came", what="you yield")
    expect(next(sweep, None) is None, f"After {len(sizes)} sizes there is no more; yours goes on.")
    first = numbers(lists[0], what="The list of distances")
    expect(
        close(first, double([float(x) for x in range(1, times + 1)])),
        "The list that came for the first size holds other distances by now. Make a new list for each size.",
    )


@check.that("bias_sweep", "gives `distance` n real pictures, then n fake ones, none of them twice", point=True)
def _(bias_sweep: Callable) -> None:
    n = chosen_int(7, between=(6, 9))
    ruler, sweep = sweep_of(bias_sweep, [n, REAL_ROWS], 3)
    next_pair(sweep), next_pair(sweep)
    expect(len(ruler.given) == 6, f"For two sizes and 3 draws each `distance` was asked {len(ruler.given)} times.")
    for (x, y), size in zip(ruler.given, [n] * 3 + [REAL_ROWS] * 3, strict=False):
        expect(
            x.ndim == 2 and y.ndim == 2 and len(x) == len(y) == size,
            f"For n = {size} `distance` got {len(x)} and {len(y)} pictures; it should be {size} of each.",
        )
        expect(bool((x < FIRST_FAKE).all()), "`distance` takes the real pictures first; you give it fake ones.")
        expect(bool((y >= FIRST_FAKE).all()), "`distance` takes the fake pictures second; you give it real ones.")
        for which, some in (("real", x), ("fake", y)):
            different = len(some[:, 0].unique())
            expect(
                different == size,
                f"Of {size} {which} pictures only {different} are different. Draw without repetition, as by randperm.",
            )


@check.that("bias_sweep", "draws anew each time, on either side by itself, and from all pictures alike")
def _(bias_sweep: Callable) -> None:
    ruler, sweep = sweep_of(bias_sweep, [4], MANY // 20)
    next_pair(sweep)
    expect(bool(ruler.given), "`distance` is never asked.")
    x = torch.stack([x[:, 0].sort().values for x, _ in ruler.given])
    y = torch.stack([y[:, 0].sort().values - FIRST_FAKE for _, y in ruler.given])
    same = float((x == y).all(1).double().mean())
    expect(
        same < 0.2 or len(x.unique(dim=0)) < 20,
        "The same places are drawn on both sides. Draw for each side by itself.",
    )
    for which, drawn_, of in (("real", x, REAL_ROWS), ("fake", y, FAKE_ROWS)):
        expect(
            len(drawn_.unique(dim=0)) > 20,
            f"In {len(drawn_)} draws the same {which} pictures come again and again. Draw anew each time.",
        )
        often = drawn_.flatten().long().bincount(minlength=of).double() / len(drawn_)
        off = (often - 4 / of).abs().max()
        expect(
            bool(off < 0.17),
            f"In {len(drawn_)} draws some {which} pictures come far more often than others: in "
            f"{float(often.max()):.0%} and in {float(often.min()):.0%} of them. Each should be as likely as any other.",
        )


@check.that("bias_sweep", "draws anew for each size, too")
def _(bias_sweep: Callable) -> None:
    """A draw of 4 lies in the next of 6 by chance in 3 % (of 12) and 1 % (of 15) of all cases."""
    ruler, sweep = sweep_of(bias_sweep, [4, 6] * 12, 1)
    for _ in range(24):
        next_pair(sweep)
    for which, side in (("real", 0), ("fake", 1)):
        drawn_ = [set(given[side][:, 0].tolist()) for given in ruler.given]
        nested = sum(few <= many for few, many in zip(drawn_[::2], drawn_[1::2], strict=True))
        expect(
            nested < 6,
            f"A larger draw of {which} pictures holds all of the smaller one before it, in {nested} of 12 cases. Draw "
            "anew for each size: else all points of the curve share one draw's luck.",
        )


@check.that("bias_sweep", "leaves the pictures as they were", alone=False)
def _(bias_sweep: Callable) -> None:
    real, fake = randn(6, 2), randn(6, 2)
    leaves_alone(lambda *given: list(bias_sweep(*given)), real, fake, [2, 3], 2, lambda x, y: 1.0)
