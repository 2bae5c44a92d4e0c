"""The best of a budget (Lucic et al., 2018, section 5.1), exactly, by going through the choices or by their number."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import combinations, product

import torch

from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, chosen, drawn, said
from gancourse.checks.lesson_06.suite import check
from gancourse.checks.values import expect_close, mean, pair

Scores = Sequence[float]


def mean_and_spread(answer: Callable, scores: Scores, budget: int, worst: float) -> torch.Tensor:
    return pair(answer(torch.tensor(scores), budget, worst), "mean", "standard deviation")


def spread_of(values: Scores) -> float:
    middle = mean(values)
    return math.sqrt(mean([(v - middle) ** 2 for v in values]))


def both_of(values: Scores) -> list[float]:
    return [mean(values), spread_of(values)]


def few() -> Case:
    """Five runs and a budget of two: ten choices, which can be gone through."""
    scores = chosen(3.0, 2.2, 1.0, 7.0, 4.5, between=(0.5, 9.0))
    best = [min(two) for two in combinations(scores, 2)]
    want = both_of(best)
    n = len(best)
    usual = {
        "Higher is better there: the worst of each choice is kept.": both_of(
            [max(two) for two in combinations(scores, 2)]
        ),
        "A run may be picked twice there. Each is picked once at most.": both_of(
            [min(two) for two in product(scores, scores)]
        ),
        "That is the best of all runs. Somebody with this budget does not find it every time.": [min(scores), 0.0],
        "That is what all runs have on average: the best of one.": both_of(scores),
        "Those are the first `budget` runs. All choices are equally likely.": both_of(scores[:2]),
        "That is the best of the first `budget` runs.": [min(scores[:2]), 0.0],
        "Each choice is averaged, not its best kept.": both_of([mean(two) for two in combinations(scores, 2)]),
        "The second is the variance. Take its root.": [want[0], want[1] ** 2],
        "The standard deviation is that of a sample (n − 1). All choices are known here: divide by their number.": (
            [want[0], want[1] * math.sqrt(n / (n - 1))]
        ),
        "The second is the spread of all runs. Take that of the best.": [want[0], spread_of(scores)],
        "The two are swapped: the mean comes first.": want[::-1],
        "That is the best of one run more than `budget`.": both_of([min(c) for c in combinations(scores, 3)]),
    }
    return Case(f"scores {said(scores)} and a budget of 2", want, usual, (scores,))


@check.that("best_of", "is what all choices of two of five runs give", point=True)
def _(best_of: Callable) -> None:
    case = drawn(few)
    case.compare(mean_and_spread(best_of, case.inputs[0], 2, 20.0), what="mean and standard deviation are")


@check.that("best_of", "is the best run for a budget of all, and the average one for a budget of one")
def _(best_of: Callable) -> None:
    scores = chosen(3.0, 1.0, 2.2, 7.0, between=(0.5, 9.0))
    expect_close(
        mean_and_spread(best_of, scores, 4, 20.0),
        [min(scores), 0.0],
        f"scores {said(scores)} and a budget of 4",
        what="they are",
    )
    expect_close(
        mean_and_spread(best_of, scores, 1, 20.0),
        both_of(scores),
        f"scores {said(scores)} and a budget of 1",
        what="they are",
    )


def ran_away() -> Case:
    """Runs that ran away, in three ways."""
    scores, (worst,) = chosen(3.0, 1.0, 2.2, between=(0.5, 5.0)), chosen(9.0, between=(6.0, 12.0))
    all_five = (scores[0], worst, scores[1], worst, worst, scores[2])
    want = both_of([min(c) for c in combinations(all_five, 2)])
    usual = {
        "Runs that ran away are left out, and the method looks better than it is. They count as `worst`.": (
            both_of([min(c) for c in combinations(scores, 2)])
        ),
        "Runs that ran away count as 0 there, the best there is. They count as `worst`.": (
            both_of([min(c) for c in combinations((*scores, 0.0, 0.0, 0.0), 2)])
        ),
    }
    where = f"scores {scores[0]:g}, NaN, {scores[1]:g}, ∞, −∞, {scores[2]:g}, worst = {worst:g} and a budget of 2"
    return Case(where, want, usual, (scores, worst))


@check.that("best_of", "counts runs that ran away as the worst", point=True)
def _(best_of: Callable) -> None:
    case = drawn(ran_away)
    scores, worst = case.inputs
    given = (scores[0], math.nan, scores[1], math.inf, -math.inf, scores[2])
    case.compare(mean_and_spread(best_of, given, 2, worst), what="they are")


@check.that("best_of", "is right for scores that coincide")
def _(best_of: Callable) -> None:
    a, b = sorted(chosen(1.0, 4.0, between=(0.5, 6.0)))
    scores = (b, a, b, a, b)
    want = both_of([min(c) for c in combinations(scores, 3)])
    expect_close(
        mean_and_spread(best_of, scores, 3, 20.0), want, f"scores {said(scores)} and a budget of 3", what="they are"
    )


@check.that("best_of", "is exact for 300 runs, of which a third coincide")
def _(best_of: Callable) -> None:
    (step,) = chosen(0.01, between=(0.01, 0.05))
    scores = [step * (i // 1.5) for i in range(300)]
    for budget in (1, 150, 40):
        # P(best ≥ s) is a product of ratios; its steps are the probabilities.
        levels = sorted(set(scores))
        at_least = []
        for level in levels:
            left = sum(s >= level for s in scores)
            at_least.append(
                math.exp(sum(math.log((left - i) / (300 - i)) for i in range(budget))) if left >= budget else 0.0
            )
        shares = [a - b for a, b in zip(at_least, [*at_least[1:], 0.0], strict=True)]
        middle = sum(w * s for w, s in zip(shares, levels, strict=True))
        want = [middle, math.sqrt(sum(w * (s - middle) ** 2 for w, s in zip(shares, levels, strict=True)))]
        got = mean_and_spread(best_of, list(reversed(scores)), budget, 20.0)
        expect_close(got, want, f"300 runs and a budget of {budget}", what="they are", rtol=1e-3, atol=1e-4)
    expect(True, "")
