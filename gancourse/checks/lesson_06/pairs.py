"""Relativistic pairs with R1 and R2 (Huang et al., 2024, eq. 2; Mescheder et al., 2018, eq. 9), on critics with known
gradients: w · x has the gradient w everywhere, ½ ‖x‖² has the gradient x."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch

from gancourse.checks.core import expect
from gancourse.checks.doubles import HalfSquare, Projection
from gancourse.checks.inputs import Case, chosen, drawn, said
from gancourse.checks.lesson_06.suite import check
from gancourse.checks.steps import column
from gancourse.checks.values import described, differentiable, expect_close, mean, numbers, scalar, slope_at_large, two

TWO_LOSSES_BACK = "Return a pair of losses, D's first and G's second; you return {}."
Logits = Sequence[float]


def pair_of(answer: Callable, D: Any, real: Any, fake: Any, gamma: float) -> Any:
    got = answer(D, real, fake, gamma)
    return two(got, TWO_LOSSES_BACK.format(described(got)))


def softplus(x: float) -> float:
    return max(0.0, x) + math.log1p(math.exp(-abs(x)))


def three_pairs() -> tuple[Logits, Logits, float]:
    """Three real and three made numbers, and D's one weight."""
    return (
        chosen(1.0, -0.8, 2.0, between=(-1.0, 2.5)),
        chosen(0.2, 1.4, -1.1, between=(-2.0, 1.5)),
        chosen(0.8, between=(0.5, 1.4))[0],
    )


def paired(which: int) -> Case:
    """D's or G's loss without penalties, at D(x) = w x."""
    real, fake, w = three_pairs()
    on_real, on_fake = [w * x for x in real], [w * x for x in fake]
    a, b = (on_real, on_fake) if which == 0 else (on_fake, on_real)
    want = mean([softplus(y - x) for x, y in zip(a, b, strict=True)])
    usual = {
        "The two are swapped: D wants the real one of a pair on top, G the made one.": (
            mean([softplus(x - y) for x, y in zip(a, b, strict=True)])
        ),
        "The batches are averaged before they are compared. Compare pair by pair, then take the mean.": (
            softplus(mean(b) - mean(a))
        ),
        "Each is compared with the other batch's mean. Here sample i is paired with sample i.": (
            mean([softplus(mean(b) - x) for x in a])
        ),
        "Every sample is compared with every other one. Here sample i is paired with sample i.": (
            mean([softplus(y - x) for x in a for y in b])
        ),
        "Samples are judged one by one, as in lesson 01. Here the difference of a pair is a logit.": (
            mean([softplus(-x) for x in a]) + mean([softplus(y) for y in b])
        ),
        "The softplus is missing: that is the Wasserstein loss.": mean(b) - mean(a),
        "That is the sum over pairs. Take the mean.": 3 * want,
        "The logarithm should be the natural one.": want / math.log(2),
        "The sign is wrong.": -want,
    }
    where = f"D(x) = {w:g} x, real = {said(tuple(real))} and made = {said(tuple(fake))}, without penalties,"
    return Case(where, want, usual, (real, fake, w))


for place, name in ((0, "D's"), (1, "G's")):

    @check.that("r3gan_losses", f"{name} loss compares pair by pair", point=True)
    def _(r3gan_losses: Callable, place: int = place, name: str = name) -> None:
        case = drawn(lambda: paired(place))
        real, fake, w = case.inputs
        got = pair_of(r3gan_losses, Projection(w), column(real), column(fake), 0.0)[place]
        case.compare(scalar(got), what=f"{name} loss is")


def penalties() -> Case:
    """What R1 and R2 add for ½ ‖x‖²: the squares of the samples' lengths."""
    x, y = chosen(1.5, 0.5, 0.9, between=(0.3, 2.0)), chosen(0.7, 1.1, 2.2, between=(0.4, 2.5))
    (gamma,) = chosen(3.0, between=(2.2, 5.0))
    # Each sample is a point (a, 2 a): its squared length is 5 a².
    real, fake = [5 * a * a for a in x], [5 * a * a for a in y]
    want = gamma / 2 * (mean(real) + mean(fake))
    usual = {
        "The penalty on made samples, R2, is missing.": gamma / 2 * mean(real),
        "The penalty on real samples, R1, is missing.": gamma / 2 * mean(fake),
        "γ is not halved.": 2 * want,
        "The lengths are not squared.": gamma / 2 * (mean([v**0.5 for v in real]) + mean([v**0.5 for v in fake])),
        "Lengths less 1 are squared, as in the last penalty. This one asks for slope 0.": (
            gamma / 2 * (mean([(v**0.5 - 1) ** 2 for v in real]) + mean([(v**0.5 - 1) ** 2 for v in fake]))
        ),
        "Squares are added over the batch. Take the mean over samples.": 3 * want,
        "Squares are averaged over the numbers of a sample, too. Add those up.": want / 2,
        "γ is missing.": want / gamma,
        "The slope is that of D's mean. Take the gradient of the sum of D's outputs.": want / 9,
        "There is no penalty.": 0.0,
    }
    where = f"D(x) = ½ ‖x‖² at real points (a, 2a) with a = {said(x)}, made ones with a = {said(y)}, and γ = {gamma:g},"
    return Case(where, want, usual, (x, y, gamma))


@check.that("r3gan_losses", "adds γ/2 times the squared slopes, at the real and at the made samples", point=True)
def _(r3gan_losses: Callable) -> None:
    case = drawn(penalties)
    x, y, gamma = case.inputs
    real, fake = (torch.cat([column(a), 2 * column(a)], 1) for a in (x, y))
    pair = mean([softplus(2.5 * (b * b - a * a)) for a, b in zip(x, y, strict=True)])
    got = scalar(pair_of(r3gan_losses, HalfSquare(), real, fake, gamma)[0]) - pair
    case.compare(got, what="both penalties together are")


@check.that("r3gan_losses", "gives G no penalty")
def _(r3gan_losses: Callable) -> None:
    x, y, gamma = drawn(penalties).inputs
    got = scalar(pair_of(r3gan_losses, HalfSquare(), column(x), column(y), gamma)[1])
    want = mean([softplus((a * a - b * b) / 2) for a, b in zip(x, y, strict=True)])
    expect_close(got, want, f"D(x) = ½ x², real = {said(x)}, made = {said(y)} and γ = {gamma:g}", what="G's loss is")


@check.that("r3gan_losses", "lets D learn from its loss and from both penalties", point=True)
def _(r3gan_losses: Callable) -> None:
    w, (gamma,) = chosen(0.8, -0.5, between=(-1.2, 1.2)), chosen(3.0, between=(2.0, 5.0))
    D, x, y = Projection(*w), chosen(1.0, 0.4, between=(0.2, 1.5)), chosen(-0.6, 0.9, between=(-1.0, 1.0))
    real, fake = torch.tensor([x]), torch.tensor([y])
    loss = pair_of(r3gan_losses, D, real, fake, gamma)[0]
    scalar(loss)
    differentiable(
        loss, "D's loss is cut off from D's weights. Do not use item(), detach() or no_grad() on D's outputs."
    )
    loss.backward()
    expect(D.weight.grad is not None, "No gradient of D's loss reaches D's weights.")
    gap = [b - a for a, b in zip(x, y, strict=True)]
    sure = 1 / (1 + math.exp(-sum(c * g for c, g in zip(w, gap, strict=True))))
    alone = [sure * g for g in gap]
    want = [a + 2 * gamma * c for a, c in zip(alone, w, strict=True)]
    usual = {
        "The penalties do not reach D's weights: the slopes have to stay in the graph, create_graph=True.": alone,
        "Only one of the two penalties reaches D's weights.": [a + gamma * c for a, c in zip(alone, w, strict=True)],
        "Only the penalties reach D's weights.": [2 * gamma * c for c in w],
    }
    where = f"D(x) = w · x with w = {said(w)}, one pair and γ = {gamma:g}"
    expect_close(numbers(D.weight.grad, (2,)), want, where, usual, what="the gradient of D's loss for w is")


@check.that("r3gan_losses", "lets G learn through D: the gradient of its loss reaches the made samples", point=True)
def _(r3gan_losses: Callable) -> None:
    real, fake, w = three_pairs()
    made = column(fake).requires_grad_()
    loss = pair_of(r3gan_losses, Projection(w), column(real), made, 1.0)[1]
    scalar(loss)
    differentiable(loss, "G's loss is cut off from the made samples: G could not learn.")
    loss.backward()
    expect(made.grad is not None, "No gradient of G's loss reaches the made samples: is there a detach() too many?")
    want = [-w / 3 / (1 + math.exp(w * (y - x))) for x, y in zip(real, fake, strict=True)]
    where = f"D(x) = {w:g} x, real = {said(tuple(real))} and made = {said(tuple(fake))}"
    expect_close(numbers(made.grad).flatten(), want, where, what="the gradient of G's loss for the made samples is")


@check.that("r3gan_losses", "lets nothing of D's loss reach the made samples", alone=False)
def _(r3gan_losses: Callable) -> None:
    real, fake, _ = three_pairs()
    for D in (Projection(0.7), HalfSquare()):
        made = column(fake).requires_grad_()
        loss = pair_of(r3gan_losses, D, column(real), made, 1.0)[0]
        scalar(loss)
        if isinstance(loss, torch.Tensor) and loss.requires_grad:
            loss.backward()
        reached = made.grad is not None and bool(made.grad.any())
        expect(not reached, "A gradient of D's loss reaches `fake`, and so the generator behind it. Detach it there.")


@check.that("r3gan_losses", "stays right where D is sure")
def _(r3gan_losses: Callable) -> None:
    real, fake = torch.tensor([[200.0], [1.0]]), torch.tensor([[-200.0], [1.0]])
    d_loss, g_loss = (scalar(part) for part in pair_of(r3gan_losses, Projection(1.0), real, fake, 0.0))
    where = "a pair of logits 200 and −200, and one of two equal ones"
    expect_close(d_loss, math.log(2) / 2, where, what="D's loss is")
    expect_close(g_loss, (400 + math.log(2)) / 2, where, what="G's loss is")


@check.that("r3gan_losses", "has the right gradients where D is sure")
def _(r3gan_losses: Callable) -> None:
    sizes = chosen(200.0, 150.0, between=(120.0, 200.0))
    for sign in (1, -1):
        x, y = [sign * size for size in sizes], [-sign * size for size in sizes]
        where = f"D(x) = w x with w = 1, real = {said(tuple(x))} and made = {said(tuple(y))}, without penalties,"
        D = Projection(1.0)
        loss = pair_of(r3gan_losses, D, column(x), column(y), 0.0)[0]
        scalar(loss)
        differentiable(loss, "D's loss is cut off from D's weights.")
        loss.backward()
        gap = 0.0 if sign > 0 else 2 * mean(sizes)  # of a difference of hundreds σ is 0 or 1
        slope_at_large(D.weight, torch.tensor([gap]), where, "w in D's loss")
        made = column(y).requires_grad_()
        loss = pair_of(r3gan_losses, Projection(1.0), column(x), made, 0.0)[1]
        scalar(loss)
        differentiable(loss, "G's loss is cut off from the made samples: G could not learn.")
        loss.backward()
        want = torch.full((2, 1), -1 / 2 if sign > 0 else 0.0)
        slope_at_large(made, want, where, "the made samples in G's loss")


@check.that("r3gan_losses", "takes pictures as they are")
def _(r3gan_losses: Callable) -> None:
    a, b = chosen(0.5, 0.3, between=(0.2, 0.7))
    real, fake = torch.full((2, 1, 2, 2), a), torch.full((2, 1, 2, 2), b)
    got = scalar(pair_of(r3gan_losses, HalfSquare(), real, fake, 2.0)[0])
    want = softplus(2 * (b * b - a * a)) + 4 * a * a + 4 * b * b
    expect_close(got, want, f"two pairs of 2 × 2 pictures, all {a:g} and all {b:g}, and γ = 2", what="D's loss is")
