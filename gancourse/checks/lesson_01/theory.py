"""The best discriminator and what the game is worth then, step by step (section 4 of the paper).

The exercise is one function with a branch for each step of the derivation. Every step is compared with a formula
of its own here, from the same densities, so that a step that is wrong takes no other with it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.asked import CHANGES, intact
from gancourse.checks.core import Miss, expect
from gancourse.checks.inputs import Case, chosen, drawn, said
from gancourse.checks.lesson_01.suite import check
from gancourse.checks.values import NOTHING, close, double, expect_close, log, number, numbers, plain

ASKED_OF = {
    1: "step 1, what each point adds to V,",
    2: "step 2, the slope,",
    3: "step 3, D*,",
    4: "step 4, V at D*,",
    5: "step 5, the divergence,",
    6: "step 6, the rest,",
}


def densities(*friendly: float) -> tuple[float, ...]:
    return chosen(*friendly, between=(0.05, 0.65))


def three_points() -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...], float]:
    """Densities of data and samples, and a discriminator, at three points of a grid, and its spacing.

    Neither sums to 1: on this grid a mean is a third of a sum, and no constant is right.
    """
    p, q = chosen(0.6, 0.2, 0.9, between=(0.15, 1.8)), chosen(1.2, 1.5, 0.3, between=(0.15, 1.8))
    return p, q, chosen(1 / 4, 3 / 4, 0.1, between=(0.1, 0.9), avoid=1 / 2), chosen(0.2, between=(0.1, 0.6))[0]


def at_each(case: Case, derivation: Callable, step: int) -> Tensor:
    """What a step answers for a case: one number for each point."""
    advice = "One number for each point is asked: nothing is summed in this step."
    given = [torch.tensor(x) for x in case.inputs[:3]]
    return numbers(derivation(step, *given), (len(case.inputs[0]),), ASKED_OF[step].capitalize(), advice)


def at_all(case: Case, derivation: Callable, step: int) -> Tensor:
    """What a step answers for a case: one number for the whole grid."""
    p, q, _, dx = case.inputs
    got = derivation(step, torch.tensor(p), torch.tensor(q), dx=dx)
    return number(got, ASKED_OF[step].capitalize(), "Sum over the grid.")


@check.that("derivation", "leaves p, q and d as they were", alone=False)
def _(derivation: Callable) -> None:
    """It asks for every step, so it tells a blank from an answer whose first steps are not written."""
    p, q, d, dx = three_points()
    written = False
    for step in ASKED_OF:
        given = [torch.tensor(x) for x in (p, q, d)]
        try:
            derivation(step, *given, dx)
        except NotImplementedError as error:
            if str(error):
                raise
            continue
        written = True
        for name, tensor in zip(("`p`", "`q`", "`d`"), given, strict=True):
            expect(intact(tensor), CHANGES.format(which=f"{name} in step {step}"))
    if not written:
        raise NotImplementedError


# --- step 1: the integrand ---------------------------------------------------------------------


def integrand() -> Case:
    """p log D + q log(1 − D) at three points."""
    p, q, d, dx = three_points()
    real, fake = [a * log(c) for a, c in zip(p, d, strict=True)], [b * log(1 - c) for b, c in zip(q, d, strict=True)]
    want = [x + y for x, y in zip(real, fake, strict=True)]

    def each(of: Callable[[float, float, float], float]) -> list[float]:
        return [of(a, b, c) for a, b, c in zip(p, q, d, strict=True)]

    usual = {
        "D and 1 − D are swapped, or p and q are.": each(lambda a, b, c: a * log(1 - c) + b * log(c)),
        "That is the real term alone.": real,
        "That is the fake term alone.": fake,
        "The logarithm should be the natural one.": [x / log(2) for x in want],
        "The sign is wrong.": [-x for x in want],
        "That is half of it: the two terms are added, not averaged.": [x / 2 for x in want],
        "The fake term has log D. It should have log(1 − D).": each(lambda a, b, c: (a + b) * log(c)),
        "The fake term is subtracted. Both are added; log(1 − D) is negative by itself.": (
            [x - y for x, y in zip(real, fake, strict=True)]
        ),
        "The weights are missing: each logarithm is weighed by its density.": each(
            lambda _a, _b, c: log(c) + log(1 - c)
        ),
        "A sigmoid was applied. `d` holds D's outputs already, not logits.": each(
            lambda a, b, c: a * log(1 / (1 + math.exp(-c))) + b * log(1 / (1 + math.exp(c)))
        ),
        "The logarithms are missing: that is p·D + q·(1 − D).": each(lambda a, b, c: a * c + b * (1 - c)),
        "That is multiplied by dx, which comes in with the sum, in step 4.": [x * dx for x in want],
        "That is the best any D could do. Use the argument `d` as it is.": each(
            lambda a, b, _c: a * log(a / (a + b)) + b * log(b / (a + b))
        ),
    }
    return Case(f"p = {said(p)}, q = {said(q)} and D = {said(d)}", want, usual, (p, q, d, dx))


@check.that("derivation", "step 1: weighs log D by p and log(1 − D) by q")
def _(derivation: Callable) -> None:
    case = drawn(integrand)
    case.compare(at_each(case, derivation, 1), what="step 1 is")


@check.that("derivation", "step 1: counts 0 · log 0 as 0, and −∞ where D is sure and wrong", alone=False)
def _(derivation: Callable) -> None:
    x, y = chosen(2.0, 1.0, between=(0.5, 3.0))
    p, q, d = torch.tensor([x, 0.0]), torch.tensor([0.0, y]), torch.tensor([1.0, 0.0])
    got = numbers(derivation(1, p, q, d), (2,), "Step 1 for a perfect D (0 · log 0 counts as 0)")
    advice = "A clamp or an added constant is too coarse: a D that is right and sure costs nothing."
    where = f"p = {x:g}, 0, q = 0, {y:g} and D = 1, 0"
    small = bool((got.abs() < 0.2).all())
    expect_close(got, [0.0, 0.0], where, {advice: got} if small else None, what="step 1 is", atol=1e-6)
    for p, q, d in (((x, y), (y, x), (0.0, 0.5)), ((x, y), (y, x), (1.0, 0.5))):
        where = f"For p = {said(p)}, q = {said(q)} and D = {said(d)}"
        found = first_of(derivation(1, torch.tensor(p), torch.tensor(q), torch.tensor(d)), where)
        expect(not math.isnan(found), f"{where} step 1 begins with NaN; expected −∞.")
        advice = "A bound somewhere (clamp, nan_to_num, + 1e-8) gives a finite price to a D that is sure and wrong."
        expect(found == -math.inf, f"{where} step 1 begins with {found:.4g}; expected −∞.\n{advice}")


def first_of(value: Any, where: str) -> float:
    """The first of the numbers that came; it may be infinite."""
    expect(value is not None, NOTHING)
    try:
        return float(plain(value).flatten()[0])
    except (TypeError, ValueError, RuntimeError, IndexError):
        raise Miss(f"{where} step 1 should be two numbers.") from None


# --- step 2: its slope -------------------------------------------------------------------------


def integrand_slope() -> Case:
    """p/D − q/(1 − D) at three points."""
    p, q, d, dx = three_points()

    def each(of: Callable[[float, float, float], float]) -> list[float]:
        return [of(a, b, c) for a, b, c in zip(p, q, d, strict=True)]

    want = each(lambda a, b, c: a / c - b / (1 - c))
    usual = {
        "The sign of the second term is wrong: 1 − D falls where D rises, and the chain rule turns its sign.": each(
            lambda a, b, c: a / c + b / (1 - c)
        ),
        "The sign is wrong: V rises with D where p is large.": [-x for x in want],
        "The densities are missing: they stay as factors.": each(lambda _a, _b, c: 1 / c - 1 / (1 - c)),
        "That is the slope of the real term alone.": each(lambda a, _b, c: a / c),
        "That is the slope of the fake term alone.": each(lambda _a, b, c: -b / (1 - c)),
        "p and q are swapped.": each(lambda a, b, c: b / c - a / (1 - c)),
        "D and 1 − D are swapped in the denominators.": each(lambda a, b, c: a / (1 - c) - b / c),
        "That is the derivative with respect to the logit. The question is D itself.": each(
            lambda a, b, c: a * (1 - c) - b * c
        ),
        "That is the second derivative.": each(lambda a, b, c: -a / c**2 - b / (1 - c) ** 2),
        "Both terms are divided by D. The second logarithm is that of 1 − D.": each(lambda a, b, c: (a - b) / c),
        "That is step 1, not its slope.": each(lambda a, b, c: a * log(c) + b * log(1 - c)),
    }
    return Case(f"p = {said(p)}, q = {said(q)} and D = {said(d)}", want, usual, (p, q, d, dx))


@check.that("derivation", "step 2: is the slope of step 1 in D")
def _(derivation: Callable) -> None:
    case = drawn(integrand_slope)
    case.compare(at_each(case, derivation, 2), what="the slope is")


# --- step 3: the best discriminator ------------------------------------------------------------


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
        "The densities are divided by their sums first. They are densities already; each point counts by itself.": (
            [x / sum(p) / (x / sum(p) + y / sum(q)) for x, y in zip(p, q, strict=True)]
        ),
        "The sign is wrong where step 2 is solved for D: p(1 − D) = qD.": (
            [x / (x - y) for x, y in zip(p, q, strict=True)]
        ),
    }
    return Case(f"p = {said(p)} and q = {said(q)}", want, usual, (p, q))


@check.that("derivation", "step 3: is the share of the real density", point=True)
def _(derivation: Callable) -> None:
    case = drawn(three_densities)
    p, q = case.inputs
    case.compare(numbers(derivation(3, torch.tensor(p), torch.tensor(q)), (3,), "D*"), what="D* is")


@check.that("derivation", "step 3: is 1 or 0 where one density is absent, and ½, not NaN, where both are")
def _(derivation: Callable) -> None:
    both, p, q = densities(0.2, 0.5, 0.4)
    got = derivation(3, torch.tensor([both, p, 0.0, 0.0]), torch.tensor([both, 0.0, q, 0.0]))
    expect_close(
        numbers(got, (4,), "D* where p = q = 0"),
        [0.5, 1.0, 0.0, 0.5],
        f"p = {both:g}, {p:g}, 0, 0 and q = {both:g}, 0, {q:g}, 0",
        usual={
            "Where both are 0 neither is more likely: ½.": [0.5, 1.0, 0.0, 0.0],
            "Where both are 0 neither is more likely: ½, not 1.": [0.5, 1.0, 0.0, 1.0],
            "Where only one of them is 0 the answer is known: 1 or 0.": [0.5, 0.5, 0.5, 0.5],
        },
        what="D* is",
    )


@check.that("derivation", "step 3: works far out in the tails, where both densities are tiny")
def _(derivation: Callable) -> None:
    x, y = chosen(3.0, 4.0, between=(1.5, 6.0))
    outweighs = (
        "Something added to p + q, or a bound on it, outweighs the densities themselves. "
        "Divide as the formula says and treat 0/0 apart."
    )
    p, q = torch.tensor([x * 1e-30, y * 1e-12, x * 1e-40]), torch.tensor([1e-30, 1e-12, 1e-40])
    got = numbers(derivation(3, p, q), (3,), "D* in the tails")
    where = f"p = {x:g}e-30, {y:g}e-12, {x:g}e-40 and q = 1e-30, 1e-12, 1e-40, in single precision,"
    want = [x / (x + 1), y / (y + 1), x / (x + 1)]
    pulled = bool((got < double(want) + 1e-3).all())  # toward ½ or 0; anything else is another mistake
    expect_close(got, want, where, usual={outweighs: got} if pulled else None, what="D* is", rtol=1e-3)
    p, q = (torch.tensor(values, dtype=torch.float64) for values in ([x * 1e-200, 1e-37], [1e-200, y * 1e-37]))
    got = numbers(derivation(3, p, q), (2,), "D* in the tails")
    where = f"p = {x:g}e-200, 1e-37 and q = 1e-200, {y:g}e-37, in double precision,"
    single = "The densities are turned into single precision first, where the first two are 0. Keep their dtype."
    usual = {single: [0.5, 1 / (1 + y)]}
    if got[0] in (0.0, 0.5) and not close(got, double(usual[single])):
        usual = {outweighs: got}
    expect_close(got, [x / (x + 1), 1 / (1 + y)], where, usual=usual, what="D* is")


@check.that("derivation", "step 3: keeps the shape of p and q", alone=False)
def _(derivation: Callable) -> None:
    x, y = densities(0.3, 0.1)
    got = numbers(derivation(3, torch.full((4, 2), x), torch.full((4, 2), y)), (4, 2), "D*")
    expect_close(got, torch.full((4, 2), x / (x + y)), f"a table of p = {x:g} and q = {y:g}", what="D* is")


# --- step 4: V at the best discriminator -------------------------------------------------------


def log_ratio_sum(p: tuple[float, ...], q: tuple[float, ...], dx: float = 1.0) -> float:
    """Σ p log(p/q) dx."""
    return sum(x * log(x / y) for x, y in zip(p, q, strict=True) if x > 0) * dx


def value_at_best() -> Case:
    """Σ [p log D* + q log(1 − D*)] dx."""
    p, q, d, dx = three_points()
    both = tuple(x + y for x, y in zip(p, q, strict=True))
    real, fake = log_ratio_sum(p, both, dx), log_ratio_sum(q, both, dx)
    want = real + fake
    ratio = sum(b * log(a / (a + b)) for a, b in zip(p, q, strict=True)) * dx
    usual = {
        "The factor dx is missing: the integral is a sum times the grid's spacing.": want / dx,
        "That is the mean over the grid. The integral is a sum times dx.": want / dx / 3,
        "That is the mean over the grid times dx. The integral is the sum times dx.": want / 3,
        "That is divided by dx. Multiply by dx: each point stands for a strip of that width.": want / dx**2,
        "The sign is wrong: V is negative here, and D makes it as large as it can.": -want,
        "That is the real term alone.": real,
        "That is the fake term alone.": fake,
        "That is half of it: the two terms are added, not averaged.": want / 2,
        "The fake term has log D*. It should have log(1 − D*) = log(q/(p + q)).": real + ratio,
        "The fake term is subtracted. Both are added; log(1 − D*) is negative by itself.": real - fake,
        "The logarithm should be the natural one.": want / log(2),
        "That is the value at D = ½, not at the best D.": -log(2) * (sum(p) + sum(q)) * dx,
        "That is −log 4, the value where p = q. These differ.": -log(4),
        "The weights are missing: each logarithm is weighed by its density.": (
            sum(log(a / (a + b)) + log(b / (a + b)) for a, b in zip(p, q, strict=True)) * dx
        ),
    }
    return Case(f"p = {said(p)}, q = {said(q)} and dx = {dx:g}", want, usual, (p, q, d, dx))


@check.that("derivation", "step 4: puts D* into V, and sums over the grid")
def _(derivation: Callable) -> None:
    case = drawn(value_at_best)
    case.compare(at_all(case, derivation, 4), what="V at D* is")


@check.that("derivation", "step 4: stays right where D* rounds to 0 or 1, and where both densities are 0")
def _(derivation: Callable) -> None:
    (x, y), (dx,) = chosen(2.0, 1.0, between=(0.5, 3.0)), chosen(0.5, between=(0.3, 0.6))
    p, q = torch.tensor([x, y * 1e-20, 0.0, x]), torch.tensor([y * 1e-20, x, 0.0, y])
    want = (x * log(x / (x + y)) + y * log(y / (x + y))) * dx
    where = f"p = {x:g}, {y:g}e-20, 0, {x:g} and q = {y:g}e-20, {x:g}, 0, {y:g}"
    got = derivation(4, p, q, dx=dx)
    expect(got is not None, NOTHING)
    try:
        found = float(plain(got))
    except (TypeError, ValueError, RuntimeError):
        raise Miss("Step 4, V at D*, should be one number.") from None
    rounds = (
        "There D* rounds to exactly 1 or 0, so 1 − D* is 0 and its logarithm −∞, times a density that is not 0. "
        "Write 1 − D* as what it is, q/(p + q)."
    )
    expect(found != -math.inf, f"For {where} V at D* is −∞; expected {want:.4g}.\n{rounds}")
    expect(not math.isnan(found), f"For {where} V at D* is NaN; expected {want:.4g}: where p = q = 0 nothing is added.")
    expect_close(number(got), want, where, what="V at D* is", rtol=1e-3)


# --- steps 5 and 6: the same, as a divergence and a constant ------------------------------------


def divergence() -> Case:
    """½ Σ p log(p/m) dx + ½ Σ q log(q/m) dx with m = (p + q)/2."""
    p, q, d, dx = three_points()
    m = tuple((x + y) / 2 for x, y in zip(p, q, strict=True))
    both = tuple(2 * x for x in m)
    real, fake = log_ratio_sum(p, m, dx) / 2, log_ratio_sum(q, m, dx) / 2
    want = real + fake
    usual = {
        "That is twice the divergence: it is half the sum of the two parts.": 2 * want,
        "That is the part of p alone.": real,
        "That is the part of q alone.": fake,
        "That is the whole part of p. The divergence is half of it and half of q's.": 2 * real,
        "That is the Kullback–Leibler divergence of p from q. Compare each with the middle, m = (p + q)/2.": (
            log_ratio_sum(p, q, dx)
        ),
        "That is the Kullback–Leibler divergence of q from p. Compare each with the middle, m = (p + q)/2.": (
            log_ratio_sum(q, p, dx)
        ),
        "p and q are compared with each other. Compare each with the middle, m = (p + q)/2.": (
            (log_ratio_sum(p, q, dx) + log_ratio_sum(q, p, dx)) / 2
        ),
        "p and q are compared with their sum. The middle is half of it.": (
            (log_ratio_sum(p, both, dx) + log_ratio_sum(q, both, dx)) / 2
        ),
        "The middle is compared with p and q. The divergence goes the other way: Σ p log(p/m).": (
            (log_ratio_sum(m, p, dx) + log_ratio_sum(m, q, dx)) / 2
        ),
        "The sign is wrong: a divergence of densities is never below 0.": -want,
        "The logarithm should be the natural one.": want / log(2),
        "The factor dx is missing.": want / dx,
        "That is the mean over the grid. The integral is a sum times dx.": want / dx / 3,
        "That is the mean over the grid times dx. The integral is the sum times dx.": want / 3,
        "That is the root of it, a distance. The divergence itself is asked.": math.sqrt(abs(want)),
    }
    return Case(f"p = {said(p)}, q = {said(q)} and dx = {dx:g}", want, usual, (p, q, d, dx))


@check.that("derivation", "step 5: compares p and q with their middle, half and half")
def _(derivation: Callable) -> None:
    case = drawn(divergence)
    case.compare(at_all(case, derivation, 5), what="the divergence is")


@check.that("derivation", "step 5: is 0 for equal densities and log 2 for such as never meet", alone=False)
def _(derivation: Callable) -> None:
    (x,), (dx,) = chosen(0.8, between=(0.2, 1.5)), chosen(0.5, between=(0.3, 0.6))
    one, other = torch.tensor([x, 1 / dx - x, 0.0, 0.0]), torch.tensor([0.0, 0.0, x, 1 / dx - x])
    same = number(derivation(5, one, one.clone(), dx=dx), "Step 5 for p = q")
    expect_close(same, 0.0, "p = q", what="the divergence is")
    never = number(derivation(5, one, other, dx=dx), "Step 5 where p or q is 0")
    expect_close(never, log(2), "densities that never meet", what="the divergence is")


def the_rest() -> Case:
    """−log 2 · (Σ p dx + Σ q dx)."""
    p, q, d, dx = three_points()
    m = tuple((x + y) / 2 for x, y in zip(p, q, strict=True))
    both = tuple(2 * x for x in m)
    jsd = (log_ratio_sum(p, m, dx) + log_ratio_sum(q, m, dx)) / 2
    value = log_ratio_sum(p, both, dx) + log_ratio_sum(q, both, dx)
    want = -log(2) * (sum(p) + sum(q)) * dx
    usual = {
        "That is −log 4: right only where p and q sum to 1 each on the grid. Here they do not: keep the two sums.": (
            -log(4)
        ),
        "That is log 4, with the wrong sign, and right only where p and q sum to 1 each.": log(4),
        "The sign is wrong: log(p/(p + q)) = log(p/m) − log 2.": -want,
        "That is p's share alone.": -log(2) * sum(p) * dx,
        "That is q's share alone.": -log(2) * sum(q) * dx,
        "That is twice the rest: one log 2 for p and one for q, not log 4 for each.": 2 * want,
        "That is half of the rest: one log 2 for p and one for q.": want / 2,
        "That is V at D* itself: 2 · JSD is still in it.": value,
        "The divergence is taken off once. It is in V twice.": value - jsd,
        "The divergence is added. It is to be taken off.": value + 2 * jsd,
        "The factor dx is missing.": want / dx,
        "That is the mean over the grid times dx. The integral is the sum times dx.": want / 3,
        "The factor log 2 is missing.": want / log(2),
    }
    return Case(f"p = {said(p)}, q = {said(q)} and dx = {dx:g}", want, usual, (p, q, d, dx))


@check.that("derivation", "step 6: is what is left of V at D* without 2 · JSD")
def _(derivation: Callable) -> None:
    case = drawn(the_rest)
    case.compare(at_all(case, derivation, 6), what="the rest is")
