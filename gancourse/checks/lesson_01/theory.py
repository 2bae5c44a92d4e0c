"""The best discriminator and the value of the game (section 4 of the paper)."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from gancourse.checks.asked import intact
from gancourse.checks.core import CHANGES, Miss, expect
from gancourse.checks.inputs import Case, chosen, drawn, said
from gancourse.checks.lesson_01.suite import check
from gancourse.checks.values import NOTHING, close, double, expect_close, log, number, numbers, plain


def densities(*friendly: float) -> tuple[float, ...]:
    return chosen(*friendly, between=(0.05, 0.65))


def three_densities() -> Case:
    """Densities of real and fake at three points."""
    p, q = densities(0.3, 0.1, 0.4), densities(0.1, 0.3, 0.1)
    want = [x / (x + y) for x, y in zip(p, q, strict=True)]
    usual = {
        "That is q/(p + q): the probability of being fake.": [1 - d for d in want],
        "That is p/q. It is no probability: it can exceed 1.": [x / y for x, y in zip(p, q, strict=True)],
        "That is q/p.": [y / x for x, y in zip(p, q, strict=True)],
        "That is the rounded answer: D* is a probability, not a decision.": [float(d > 1 / 2) for d in want],
        "That is the logit log(p/q). Its sigmoid is asked.": [math.log(x / y) for x, y in zip(p, q, strict=True)],
        "That is p alone, which lacks the division by p + q.": p,
    }
    return Case(f"p = {said(p)} and q = {said(q)}", want, usual, (p, q))


@check.that("optimal_discriminator", "is the share of the real density")
def _(optimal: Callable) -> None:
    case = drawn(three_densities)
    p, q = case.inputs
    case.compare(numbers(optimal(torch.tensor(p), torch.tensor(q)), (3,)))


@check.that("optimal_discriminator", "is ½ where the densities are equal, 1 or 0 where one is absent")
def _(optimal: Callable) -> None:
    both, p, q = densities(0.2, 0.5, 0.5)
    got = numbers(optimal(torch.tensor([both, p, 0.0]), torch.tensor([both, 0.0, q])), (3,), "D*")
    expect_close(got, [0.5, 1.0, 0.0], f"p = {both:g}, {p:g}, 0 and q = {both:g}, 0, {q:g}")


@check.that("optimal_discriminator", "is ½, not NaN, where both densities are 0")
def _(optimal: Callable) -> None:
    p, q = densities(0.3, 0.1)
    got = numbers(optimal(torch.tensor([0.0, p]), torch.tensor([0.0, q])), (2,), "D* where p = q = 0")
    expect_close(
        got,
        [0.5, p / (p + q)],
        f"p = 0, {p:g} and q = 0, {q:g}",
        usual={
            "Where both are 0 neither is more likely: ½.": [0.0, p / (p + q)],
            "Where both are 0 neither is more likely: ½, not 1.": [1.0, p / (p + q)],
        },
    )


@check.that("optimal_discriminator", "works far out in the tails, where both densities are tiny")
def _(optimal: Callable) -> None:
    x, y = chosen(3.0, 4.0, between=(1.5, 6.0))
    p, q = torch.tensor([x * 1e-30, y * 1e-12]), torch.tensor([1e-30, 1e-12])
    got = numbers(optimal(p, q), (2,), "D* in the tails")
    advice = (
        "Something added to p + q, or a bound on it, outweighs the densities themselves. "
        "Divide as the formula says and treat 0/0 apart."
    )
    where = f"p = {x:g}e-30, {y:g}e-12 and q = 1e-30, 1e-12"
    expect_close(got, [x / (x + 1), y / (y + 1)], where, usual={advice: got})


@check.that("optimal_discriminator", "works in double precision, for densities that single precision takes for 0")
def _(optimal: Callable) -> None:
    x, y = chosen(3.0, 4.0, between=(1.5, 6.0))
    p, q = (torch.tensor(values, dtype=torch.float64) for values in ([x * 1e-200, 1e-37], [1e-200, y * 1e-37]))
    got = numbers(optimal(p, q), (2,), "D* in the tails")
    where = f"p = {x:g}e-200, 1e-37 and q = 1e-200, {y:g}e-37, in double precision"
    single = "The densities are turned into single precision first, where the first two are 0. Keep their dtype."
    usual = {single: [0.5, 1 / (1 + y)]}
    if got[0] in (0.0, 0.5) and not close(got, double(usual[single])):
        usual = {"Something added to p + q, or a bound on it, outweighs the densities themselves.": got}
    expect_close(got, [x / (x + 1), 1 / (1 + y)], where, usual=usual)


@check.that("optimal_discriminator", "keeps the shape, and leaves p and q as they were", alone=False)
def _(optimal: Callable) -> None:
    x, y = densities(0.3, 0.1)
    p, q = torch.full((4, 2), x), torch.full((4, 2), y)
    want = torch.full((4, 2), x / (x + y))
    expect_close(numbers(optimal(p, q), (4, 2)), want, f"a table of p = {x:g} and q = {y:g}")
    for name, tensor in (("`p`", p), ("`q`", q)):
        expect(intact(tensor), CHANGES.format(which=name))


# --- game_value -----------------------------------------------------------------------------


integral = partial(number, what="V", advice="Sum over the grid.")


def bumps(apart: float) -> tuple[Tensor, Tensor, float]:
    """Two Gaussians on a grid, so many widths from each other, and the grid's spacing."""
    (left,), (width,) = chosen(0.0, between=(-3.0, 3.0)), chosen(1.0, between=(0.7, 1.5))
    right = left + apart * width
    x = torch.linspace(left - 5 * width, right + 5 * width, 2001)  # farther out D* would round to exactly 1
    p = torch.distributions.Normal(left, width).log_prob(x).exp()
    q = torch.distributions.Normal(right, width).log_prob(x).exp()
    return p, q, float(x[1] - x[0])


@check.that("game_value", "is −log 4 when real and fake are the same and D = ½", alone=False)
def _(value: Callable) -> None:
    p, q, dx = bumps(0.0)
    got = integral(value(p, q, torch.full_like(p, 0.5), dx))
    expect_close(
        got,
        -log(4),
        "p = q and D = ½ everywhere",
        rtol=1e-3,
        usual={
            "The sign is wrong: V is what D maximizes, and it is negative here.": log(4),
            "That is −log 2: one of the two terms is missing, or they are averaged.": -log(2),
            "That is the mean over the grid times dx. The integral is the sum times dx.": -log(4) / len(p),
            "The factor dx is missing: the integral is a sum times the grid's spacing.": -log(4) / dx,
            "That is the mean over the grid. The integral is a sum times dx.": -log(4) / dx / len(p),
        },
    )


def value_in_paper(p: Tensor, q: Tensor, d: Tensor, dx: float) -> float:
    """V as the paper has it."""
    return float((torch.xlogy(p.double(), d.double()) + torch.xlogy(q.double(), 1 - d.double())).sum() * dx)


def three_points() -> Case:
    """Densities and a discriminator at three points of a grid: a mean is a third, half of two terms is half."""
    on_p, on_q = chosen(0.5, 1.5, 0.9, between=(0.4, 1.6)), chosen(1.2, 0.8, 0.6, between=(0.4, 1.6))
    on_d, (dx,) = chosen(1 / 4, 3 / 4, 0.1, between=(0.1, 0.9), avoid=1 / 2), chosen(0.2, between=(0.1, 0.6))
    p, q, d = torch.tensor(on_p), torch.tensor(on_q), torch.tensor(on_d)
    none, one, want = torch.zeros(3), torch.ones(3), value_in_paper(p, q, d, dx)
    usual = {
        "D and 1 − D are swapped, or p and q are.": value_in_paper(p, q, 1 - d, dx),
        "That is the real term alone.": value_in_paper(p, none, d, dx),
        "That is the fake term alone.": value_in_paper(none, q, d, dx),
        "The factor dx is missing.": want / dx,
        "That is the mean over the grid. The integral is a sum times dx.": want / dx / 3,
        "That is the mean over the grid times dx. The integral is the sum times dx.": want / 3,
        "That is divided by dx. Multiply by dx: each point stands for a strip of that width.": want / dx**2,
        "The logarithm should be the natural one.": want / log(2),
        "The sign is wrong.": -want,
        "That is half of it: the two terms are added, not averaged.": want / 2,
        "The fake term has log D. It should have log(1 − D).": value_in_paper(p + q, none, d, dx),
        "The fake term is subtracted. Both are added; log(1 − D) is negative by itself.": value_in_paper(p, -q, d, dx),
        "The weights are missing: each logarithm is weighed by its density.": value_in_paper(one, one, d, dx),
        "That is the best value any D could reach. Use the argument `d` as it is.": value_in_paper(
            p, q, p / (p + q), dx
        ),
        "A sigmoid was applied. `d` holds D's outputs already, not logits.": value_in_paper(p, q, torch.sigmoid(d), dx),
    }
    where = f"p = {said(on_p)}, q = {said(on_q)}, D = {said(on_d)} and dx = {dx:g}"
    return Case(where, want, usual, (p, q, d, dx))


@check.that("game_value", "weighs log D by p and log(1 − D) by q")
def _(value: Callable) -> None:
    case = drawn(three_points)
    p, q, d, dx = case.inputs
    got = integral(value(p, q, d, dx))
    expect(intact(d), "Your function changes its argument `d`, which its caller still needs.")
    case.compare(got)


@check.that("game_value", "uses the D it is given: the value falls when D is not the best one", alone=False)
def _(value: Callable) -> None:
    (apart,) = chosen(2.0, between=(1.5, 2.2))
    p, q, dx = bumps(apart)
    best = integral(value(p, q, p / (p + q), dx))
    for worse, name in ((torch.full_like(p, 0.5), "D = ½"), (q / (p + q), "a D that is wrong everywhere")):
        other = integral(value(p, q, worse, dx))
        expect(
            bool(other < best - 1e-3),
            f"With the best D the value is {best:.3f}, with {name} it is {other:.3f}; "
            "it should be lower. Do you use the argument `d`?",
        )


@check.that("game_value", "counts nothing where D is sure and the density is 0", alone=False)
def _(value: Callable) -> None:
    (x, y), (dx,) = chosen(2.0, 2.0, between=(1.0, 3.0)), chosen(0.5, between=(0.3, 0.6))
    p, q, d = torch.tensor([x, 0.0]), torch.tensor([0.0, y]), torch.tensor([1.0, 0.0])
    got = numbers(value(p, q, d, dx), (), "V for a perfect D (0 · log 0 counts as 0)")
    advice = "A clamp or an added constant is too coarse: a D that is right and sure costs nothing."
    expect_close(
        got,
        0.0,
        "two densities that never meet and a perfect D, where V is made of 0 · log 0 and log 1",
        usual={advice: got if -0.2 < got < 0 else math.inf},
    )


@check.that("game_value", "is −∞ where D is sure and wrong")
def _(value: Callable) -> None:
    (x, y), (dx,) = chosen(2.0, 1.0, between=(0.5, 3.0)), chosen(0.5, between=(0.3, 0.6))
    for p, q, d in (([x, y], [y, x], [0.0, 0.5]), ([x, y], [y, x], [0.5, 1.0])):
        got = value(torch.tensor(p), torch.tensor(q), torch.tensor(d), dx)
        where = f"For p = {said(tuple(p))}, q = {said(tuple(q))} and D = {said(tuple(d))}"
        expect(got is not None, NOTHING)
        try:
            found = float(plain(got))
        except (TypeError, ValueError, RuntimeError):
            raise Miss(f"{where} V should be one number.") from None
        expect(not math.isnan(found), f"{where} V is NaN; expected −∞.")
        advice = "A clamp, or something added to D, gives a finite price to a D that is sure and wrong."
        expect(found < LOWEST, f"{where} you return {found:.4g}; expected −∞.\n{advice}")


LOWEST = -1e30  # what nan_to_num makes of −∞ in single precision, times a density, is as good as −∞
