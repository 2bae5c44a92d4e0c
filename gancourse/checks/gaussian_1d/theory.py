"""The best discriminator and the value of the game (section 4 of the paper)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.core import NOTHING, close, double, expect, expect_close, log, numbers
from gancourse.checks.gaussian_1d.suite import check


@check.that("optimal_discriminator", "is the share of the real density")
def _(optimal: Callable) -> None:
    p, q = torch.tensor([0.3, 0.1, 0.4]), torch.tensor([0.1, 0.3, 0.1])
    want = torch.tensor([3 / 4, 1 / 4, 4 / 5], dtype=torch.float64)
    expect_close(
        numbers(optimal(p, q), (3,)),
        want,
        "p = 0.3, 0.1, 0.4 and q = 0.1, 0.3, 0.1",
        usual={
            "That is q/(p + q): the probability of being fake.": 1 - want,
            "That is p/q. It is no probability: it can exceed 1.": [3.0, 1 / 3, 4.0],
            "That is q/p.": [1 / 3, 3.0, 1 / 4],
            "That is the rounded answer: D* is a probability, not a decision.": [1.0, 0.0, 1.0],
            "That is the logit log(p/q). Its sigmoid is asked.": [math.log(3), -math.log(3), math.log(4)],
            "That is p alone, which lacks the division by p + q.": [0.3, 0.1, 0.4],
        },
    )


@check.that("optimal_discriminator", "is ½ where the densities are equal, 1 or 0 where one is absent")
def _(optimal: Callable) -> None:
    got = numbers(optimal(torch.tensor([0.2, 0.5, 0.0]), torch.tensor([0.2, 0.0, 0.5])), (3,), "D*")
    expect_close(got, [0.5, 1.0, 0.0], "p = 0.2, 0.5, 0 and q = 0.2, 0, 0.5")


@check.that("optimal_discriminator", "is ½, not NaN, where both densities are 0")
def _(optimal: Callable) -> None:
    got = numbers(optimal(torch.tensor([0.0, 0.3]), torch.tensor([0.0, 0.1])), (2,), "D* where p = q = 0")
    expect_close(
        got,
        [0.5, 0.75],
        "p = 0, 0.3 and q = 0, 0.1",
        usual={
            "Where both are 0 neither is more likely: ½.": [0.0, 0.75],
            "Where both are 0 neither is more likely: ½, not 1.": [1.0, 0.75],
        },
    )


@check.that("optimal_discriminator", "works far out in the tails, where both densities are tiny")
def _(optimal: Callable) -> None:
    p, q = torch.tensor([3e-30, 3e-12]), torch.tensor([1e-30, 1e-12])
    got = numbers(optimal(p, q), (2,), "D* in the tails")
    advice = (
        "Something added to p + q, or a bound on it, outweighs the densities themselves. "
        "Divide as the formula says and treat 0/0 apart."
    )
    expect_close(got, [0.75, 0.75], "p = 3e-30, 3e-12 and q = 1e-30, 1e-12", usual={advice: got})


@check.that("optimal_discriminator", "keeps the shape, and leaves p and q as they were")
def _(optimal: Callable) -> None:
    p, q = torch.full((4, 2), 0.3), torch.full((4, 2), 0.1)
    expect_close(numbers(optimal(p, q), (4, 2)), torch.full((4, 2), 0.75), "a table of p = 0.3 and q = 0.1")
    unchanged(p=(p, 0.3), q=(q, 0.1))


def unchanged(**inputs: tuple[Tensor, float]) -> None:
    """Miss if an argument was changed in place: the caller still needs it."""
    for name, (tensor, value) in inputs.items():
        expect(
            close(double(tensor), torch.full_like(double(tensor), value)),
            f"Your function changes its argument `{name}`, which its caller still needs. "
            "Do not use +=, *=, /= or functions that end in _ on it.",
        )


# --- game_value -----------------------------------------------------------------------------


def bumps(apart: float) -> tuple[Tensor, Tensor, float]:
    """Two unit Gaussians on a grid, `apart` from each other, and the grid's spacing."""
    x = torch.linspace(-5.0, 5.0 + apart, 2001)  # farther out D* would round to exactly 1
    p = torch.distributions.Normal(0.0, 1.0).log_prob(x).exp()
    q = torch.distributions.Normal(apart, 1.0).log_prob(x).exp()
    return p, q, float(x[1] - x[0])


def integral(value: Any) -> Tensor:
    expect(value is not None, NOTHING)
    return numbers(value, (), "V", advice="Sum over the grid.")


@check.that("game_value", "is −log 4 when real and fake are the same and D = ½")
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
            "The factor dx is missing: the integral is a sum times the grid's spacing.": -log(4) / dx,
            "That is the mean over the grid. The integral is a sum times dx.": -log(4) / dx / len(p),
        },
    )


def paper(p: Tensor, q: Tensor, d: Tensor, dx: float) -> float:
    """V as the paper has it."""
    return float((torch.xlogy(p.double(), d.double()) + torch.xlogy(q.double(), 1 - d.double())).sum() * dx)


@check.that("game_value", "weighs log D by p and log(1 − D) by q")
def _(value: Callable) -> None:
    p, q, d, dx = torch.tensor([0.5, 1.5]), torch.tensor([1.2, 0.8]), torch.tensor([1 / 4, 3 / 4]), 0.2
    none, one, kept = torch.zeros(2), torch.ones(2), d.clone()
    got = integral(value(p, q, d, dx))
    expect(torch.equal(d, kept), "Your function changes its argument `d`, which its caller still needs.")
    want = paper(p, q, d, dx)
    expect_close(
        got,
        want,
        "p = 0.5, 1.5, q = 1.2, 0.8, D = ¼, ¾ and dx = 0.2",
        usual={
            "D and 1 − D are swapped, or p and q are.": paper(p, q, 1 - d, dx),
            "That is the real term alone.": paper(p, none, d, dx),
            "That is the fake term alone.": paper(none, q, d, dx),
            "The factor dx is missing.": want / dx,
            "That is the mean over the grid. The integral is a sum times dx.": want / dx / 2,
            "That is divided by dx. Multiply by dx: each point stands for a strip of that width.": want / dx**2,
            "The logarithm should be the natural one.": want / log(2),
            "The sign is wrong.": -want,
            "That is half of it: the two terms are added, not averaged.": want / 2,
            "The fake term has log D. It should have log(1 − D).": paper(p + q, none, d, dx),
            "The fake term is subtracted. Both are added; log(1 − D) is negative by itself.": paper(p, -q, d, dx),
            "The weights are missing: each logarithm is weighed by its density.": paper(one, one, d, dx),
            "That is the best value any D could reach. Use the argument `d` as it is.": paper(p, q, p / (p + q), dx),
            "A sigmoid was applied. `d` holds D's outputs already, not logits.": paper(p, q, torch.sigmoid(d), dx),
        },
    )


@check.that("game_value", "uses the D it is given: the value falls when D is not the best one")
def _(value: Callable) -> None:
    p, q, dx = bumps(2.0)
    best = integral(value(p, q, p / (p + q), dx))
    for worse, name in ((torch.full_like(p, 0.5), "D = ½"), (q / (p + q), "a D that is wrong everywhere")):
        other = integral(value(p, q, worse, dx))
        expect(
            bool(other < best - 1e-3),
            f"With the best D the value is {best:.3f}, with {name} it is {other:.3f}; "
            "it should be lower. Do you use the argument `d`?",
        )


@check.that("game_value", "counts nothing where D is sure and the density is 0")
def _(value: Callable) -> None:
    p, q = torch.tensor([2.0, 0.0]), torch.tensor([0.0, 2.0])
    got = numbers(value(p, q, torch.tensor([1.0, 0.0]), 0.5), (), "V for a perfect D (0 · log 0 counts as 0)")
    advice = "A clamp or an added constant is too coarse: a D that is right and sure costs nothing."
    expect_close(
        got,
        0.0,
        "two densities that never meet and a perfect D, where V is 0 · log 0 + 2 · log 1",
        usual={advice: got if -0.2 < got < 0 else math.inf},
    )
