"""Both players' losses and the slopes of the generator's (section 3 of the paper).

Every expected number follows from chosen discriminator outputs such as D = ¾, by a formula a student
could work out by hand. They are never D = ½, where most wrong losses agree with the right one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.core import Miss, a, expect
from gancourse.checks.inputs import Case, batch, chosen, chosen_int, drawn, logits, said
from gancourse.checks.lesson_01.suite import check
from gancourse.checks.values import (
    BOTH_BRANCHES,
    NOTHING,
    close,
    described,
    differentiable,
    expect_close,
    log,
    mean,
    numbers,
    pretty,
    scalar,
    two,
)


def outputs(*friendly: float, between: tuple[float, float] = (0.04, 0.96)) -> tuple[float, ...]:
    """Outputs of a discriminator, these or fresh ones, none of them ½."""
    return chosen(*friendly, between=between, avoid=1 / 2)


def order(low: Tensor, high: Tensor, low_case: str, high_case: str, otherwise: str, what: str = "The loss") -> None:
    """Miss unless the first loss is the smaller."""
    expect(
        not close(low, high),
        f"{what} is {low:.4g} for {low_case} and {high:.4g} for {high_case}: it should differ. "
        "Is it computed from the logits?",
    )
    expect(
        bool(low < high),
        f"{what} is {low:.4g} for {low_case} and {high:.4g} for {high_case}; the first should be smaller. {otherwise}",
    )


# --- discriminator_loss ---------------------------------------------------------------------


def mean_log(outputs: tuple[float, ...]) -> float:
    return mean(tuple(log(d) for d in outputs))


def opposite(outputs: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(1 - d for d in outputs)


def sigma(*values: float) -> tuple[float, ...]:
    return tuple(1 / (1 + math.exp(-v)) for v in values)


def logit(outputs: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(math.log(d / (1 - d)) for d in outputs)


def far_apart() -> tuple[tuple[float, ...], tuple[float, ...]]:
    """High outputs, and low ones."""
    return outputs(0.9, 0.8, between=(0.75, 0.95)), outputs(0.1, 0.2, between=(0.05, 0.25))


@check.that("discriminator_loss", "is one number, low for a discriminator that is right", alone=False)
def _(loss: Callable) -> None:
    high, low = far_apart()
    order(
        scalar(loss(batch(*high), batch(*low))),
        scalar(loss(batch(*low), batch(*high))),
        "a discriminator that is right",
        "one that is wrong",
        "Check which batch is labeled real, and the sign.",
    )


def both_batches() -> Case:
    """Two outputs on real data and two on fake."""
    on_real, on_fake = outputs(3 / 4, 2 / 3), outputs(1 / 4, 1 / 10)
    real, fake = -mean_log(on_real), -mean_log(opposite(on_fake))
    usual = {
        "That is half of it. Here the two batches' means are added, not averaged.": (real + fake) / 2,
        "That is the sum over the batch. Take the mean, so that the batch size does not matter.": 2 * (real + fake),
        "That is the real batch's part alone.": real,
        "That is the fake batch's part alone.": fake,
        "The labels are swapped: real should be called real.": -mean_log(opposite(on_real)) - mean_log(on_fake),
        "The sign is wrong: D maximizes V(D, G), so its loss is −V.": -(real + fake),
        "One of the two signs is wrong: both logarithms are negative, so both parts of the loss are positive.": (
            real - fake
        ),
        "One of the two signs is wrong: both parts of the loss should be positive.": fake - real,
        "The fake batch is labeled real too: its part is log(1 − D), not log D.": real - mean_log(on_fake),
        "The real batch is labeled fake too: its part is log D, not log(1 − D).": fake - mean_log(opposite(on_real)),
        SIGMOID_TWICE: -mean_log(sigma(*on_real)) - mean_log(opposite(sigma(*on_fake))),
        "The logarithm should be the natural one.": (real + fake) / log(2),
        "That is the squared error of D's outputs, another GAN's loss. The paper's has logarithms.": (
            mean(tuple((1 - d) ** 2 for d in on_real)) + mean(tuple(d**2 for d in on_fake))
        ),
    }
    return Case(f"D(real) = {said(on_real)} and D(fake) = {said(on_fake)}", real + fake, usual, (on_real, on_fake))


@check.that("discriminator_loss", "has the value of the paper's formula", point=True)
def _(loss: Callable) -> None:
    case = drawn(both_batches)
    on_real, on_fake = case.inputs
    case.compare(scalar(loss(batch(*on_real), batch(*on_fake))))


def one_and_three() -> Case:
    """One output on real data and three on fake, where sums and means of all four come out wrong."""
    on_real, on_fake = outputs(3 / 4), outputs(1 / 4, 1 / 4, 1 / 10)
    real, fake = -mean_log(on_real), -3 * mean_log(opposite(on_fake))
    usual = {
        "The two batches are averaged as one. Take the mean of each, then add.": (real + fake) / 4,
        "The two batches are averaged as one, then doubled. Take the mean of each, then add.": (real + fake) / 2,
        "Both sums are divided by the real batch's size.": real + fake,
        "Both sums are divided by the fake batch's size.": (real + fake) / 3,
    }
    return Case("one real sample and three fake ones", real + fake / 3, usual, (on_real, on_fake))


@check.that("discriminator_loss", "averages each batch by itself when they differ in size")
def _(loss: Callable) -> None:
    case = drawn(one_and_three)
    on_real, on_fake = case.inputs
    case.compare(scalar(loss(batch(*on_real), batch(*on_fake))))


@check.that("discriminator_loss", "stays right, and finite, for a discriminator that is sure")
def _(loss: Callable) -> None:
    size, sure = sure_logits()
    surely(f"logits −{size} (real) and {size} (fake), the worst mistake", loss(-sure, sure), 2 * size)
    surely(f"logits {size} (real) and −{size} (fake), no mistake", loss(sure, -sure), 0.0)


def sure_logits() -> tuple[int, Tensor]:
    """A logit where D is 1 up to rounding, as −200 is where it is 0, and a batch of it."""
    size = chosen_int(200, between=(120, 200))
    return size, torch.full((2, 1), float(size))


def surely(where: str, loss: Any, want: float) -> None:
    """Whether a loss is right at logits of about ±200."""
    expect(loss is not None, NOTHING)
    try:
        got = scalar(loss)
    except Miss as miss:
        raise Miss(f"For {where}: {miss}\n{WITHOUT_SIGMOID}") from None
    # A value near 0 is some other mistake, such as swapped labels.
    cut = 2 < abs(got) < abs(want) - 1
    otherwise = "A bound somewhere (clamp, + 1e-8, BCELoss's own) cuts it off, and its gradient with it, just where "
    otherwise += f"a mistake is greatest. {WITHOUT_SIGMOID}"
    expect_close(got, want, where, {otherwise: got} if cut else None, rtol=1e-3, atol=1e-3)


WITHOUT_SIGMOID = (
    "σ rounds to 0 or 1 there, so compute log σ from the logit in one step: PyTorch has functions for that."
)


@check.that("discriminator_loss", "has the right gradient where D is sure")
def _(loss: Callable) -> None:
    size, sure = sure_logits()
    for sign, where, slopes in (
        (-1, f"logits −{size} (real) and {size} (fake)", (-1.0, 1.0)),
        (1, f"logits {size} (real) and −{size} (fake)", (0.0, 0.0)),
    ):
        real, fake = (sign * sure).requires_grad_(), (-sign * sure).requires_grad_()
        backward(loss(real, fake))
        for given, slope, name in ((real, slopes[0], "real"), (fake, slopes[1], "fake")):
            slope_where_sure(given, slope, where, f"the {name} logits")


def slope_where_sure(logits: Tensor, want: float, where: str, whose: str) -> None:
    """Whether the gradient of a mean over these logits is that of each divided by their number."""
    expect(logits.grad is not None, f"No gradient reaches {whose}. Is there a detach() or item() too many?")
    try:
        got = numbers(logits.grad, what="The gradient").flatten() * logits.numel()
    except Miss as miss:
        raise Miss(f"For {where}: {miss}\n{BOTH_BRANCHES}") from None
    what = f"the gradient for {whose} times the batch size is"
    expect_close(got, [want] * logits.numel(), where, what=what, atol=1e-3)


@check.that("discriminator_loss", "passes gradients to both batches", point=True)
def _(loss: Callable) -> None:
    case = drawn(both_batches)
    on_real, on_fake = case.inputs
    real, fake = batch(*on_real), batch(*on_fake)
    backward(loss(real, fake))
    for grad, want, name in (
        (real.grad, [-(1 - d) / 2 for d in on_real], "real"),
        (fake.grad, [d / 2 for d in on_fake], "fake"),
    ):
        expect(grad is not None, f"No gradient reaches the {name} logits. Is there a detach() or item() too many?")
        expect_close(numbers(grad).flatten(), want, case.where, what=f"the gradient for the {name} logits is")


def backward(loss: Any) -> None:
    """Backpropagate a loss, or say why that cannot be done."""
    scalar(loss)
    expect(isinstance(loss, Tensor), f"The loss should be a tensor that can be differentiated; it is {a(loss)}.")
    differentiable(
        loss,
        "The loss is cut off from the logits, so nothing could learn from it. "
        "Do not use item(), detach(), numpy() or no_grad() in it.",
    )
    loss.backward()


# --- the generator's two losses -------------------------------------------------------------

SIGMOID_TWICE = (
    "The sigmoid was applied twice. A function that takes logits (…WithLogits, logsigmoid, softplus) applies it itself."
)

MEAN_LOGIT = "The logits are averaged first. Take the loss of each sample, then the mean."


def usual_slips(want: float, size: int) -> dict[str, float]:
    return {
        "That is the sum over the batch. Take the mean.": size * want,
        "That is half of it.": want / 2,
        "The logarithm should be the natural one.": want / log(2),
    }


MINIMAX, NON_SATURATING = 0, 1
"""Where each loss stands in the pair."""


def only(losses: Callable, which: int) -> Callable:
    """One of the two losses that the student's function gives, as a function of the logits."""

    def loss(fakes: Tensor) -> Any:
        got = losses(fakes)
        two(got, f"Return a pair of losses, minimax first and non-saturating second; you return {described(got)}.")
        return got[which]

    return loss


@check.that("generator_losses", "gives two numbers, each low when the discriminator is fooled", alone=False)
def _(losses: Callable) -> None:
    for which, name in ((MINIMAX, "minimax"), (NON_SATURATING, "non-saturating")):
        high, low = far_apart()
        order(
            scalar(only(losses, which)(batch(*high))),
            scalar(only(losses, which)(batch(*low))),
            f"a discriminator that is fooled (D = {said(high)})",
            f"one that is not (D = {said(low)})",
            "As it is, G would learn to be caught.",
            what=f"The {name} loss",
        )


def on_fakes() -> tuple[tuple[float, ...], str]:
    """D's outputs on two fakes, and how they are told."""
    d = outputs(1 / 10, 3 / 4)
    return d, f"D(fake) = {said(d)}"


def minimax() -> Case:
    d, where = on_fakes()
    want = mean_log(opposite(d))
    usual = {
        "The sign is wrong: G minimizes log(1 − D) as it stands.": -want,
        "That is the non-saturating loss −log D, which comes second.": -mean_log(d),
        "That is log D: large when D is fooled.": mean_log(d),
        **usual_slips(want, len(d)),
        SIGMOID_TWICE: mean_log(opposite(sigma(*d))),
        "That is the mean of 1 − D. Its logarithm is missing.": mean(opposite(d)),
        "That is the logarithm of the mean. Take the logarithm of each sample first, then the mean.": log(
            mean(opposite(d))
        ),
        MEAN_LOGIT: log(1 / (1 + math.exp(mean(logit(d))))),
    }
    return Case(where, want, usual, (d,))


@check.that("generator_losses", "minimax: has the value of the paper's formula", point=True)
def _(losses: Callable) -> None:
    has_value(only(losses, MINIMAX), drawn(minimax), "the minimax loss is")


@check.that("generator_losses", "minimax: stays right, and finite, for a discriminator that is fooled completely")
def _(losses: Callable) -> None:
    size, sure = sure_logits()
    surely(f"logits of {size} (D is fooled completely)", only(losses, MINIMAX)(sure), -size)
    surely(f"logits of −{size} (D is sure)", only(losses, MINIMAX)(-sure), 0.0)


@check.that("generator_losses", "minimax: has the right gradient where D is sure")
def _(losses: Callable) -> None:
    generator_slope_where_sure(only(losses, MINIMAX), at_high=-1.0, at_low=0.0)


def generator_slope_where_sure(loss: Callable, at_high: float, at_low: float) -> None:
    size, sure = sure_logits()
    for sign, want, where in ((1, at_high, f"logits of {size}"), (-1, at_low, f"logits of −{size}")):
        fakes = (sign * sure).requires_grad_()
        backward(loss(fakes))
        slope_where_sure(fakes, want, where, "the logits")


@check.that("generator_losses", "minimax: passes a gradient of −D to each logit", point=True)
def _(losses: Callable) -> None:
    generator_gradient(only(losses, MINIMAX), lambda d: -d)


def non_saturating() -> Case:
    d, where = on_fakes()
    want = -mean_log(d)
    usual = {
        "The sign is wrong: G minimizes −log D.": -want,
        "That is the minimax loss log(1 − D), which comes first.": mean_log(opposite(d)),
        "That is −log(1 − D): the fakes are labeled fake. G wants them called real.": -mean_log(opposite(d)),
        **usual_slips(want, len(d)),
        SIGMOID_TWICE: -mean_log(sigma(*d)),
        "That is the mean of 1 − D. The loss has a logarithm.": mean(opposite(d)),
        "That is the mean of −D. The loss has a logarithm.": -mean(d),
        "That is minus the mean logit, without the sigmoid and the logarithm.": -mean(logit(d)),
        "That is the logarithm of the mean. Take the logarithm of each sample first, then the mean.": -log(mean(d)),
        MEAN_LOGIT: log(1 + math.exp(-mean(logit(d)))),
    }
    return Case(where, want, usual, (d,))


@check.that("generator_losses", "non-saturating: has the value of the paper's formula", point=True)
def _(losses: Callable) -> None:
    has_value(only(losses, NON_SATURATING), drawn(non_saturating), "the non-saturating loss is")


@check.that("generator_losses", "non-saturating: stays right, and finite, for a discriminator that is sure")
def _(losses: Callable) -> None:
    size, sure = sure_logits()
    surely(f"logits of −{size} (D is sure)", only(losses, NON_SATURATING)(-sure), size)
    surely(f"logits of {size} (D is fooled completely)", only(losses, NON_SATURATING)(sure), 0.0)


@check.that("generator_losses", "non-saturating: has the right gradient where D is sure")
def _(losses: Callable) -> None:
    generator_slope_where_sure(only(losses, NON_SATURATING), at_high=0.0, at_low=-1.0)


@check.that("generator_losses", "non-saturating: passes a gradient of D − 1 to each logit", point=True)
def _(losses: Callable) -> None:
    generator_gradient(only(losses, NON_SATURATING), lambda d: d - 1)


def has_value(loss: Callable, case: Case, what: str) -> None:
    (d,) = case.inputs
    case.compare(scalar(loss(batch(*d))), what=what)


def generator_gradient(loss: Callable, derivative: Callable[[float], float]) -> None:
    d, where = on_fakes()
    fakes = batch(*d)
    backward(loss(fakes))
    expect(fakes.grad is not None, "No gradient reaches the logits. Is there a detach() or item() too many?")
    got = numbers(fakes.grad).flatten() * len(d)
    expect_close(got, [derivative(x) for x in d], where, what="the gradient times the batch size is")


# --- generator_gradients --------------------------------------------------------------------


def both_gradients(gradients: Callable, fakes: Tensor) -> tuple[Tensor, Tensor]:
    got = gradients(fakes)
    came = f"{a(got)} of {len(got)}" if isinstance(got, tuple | list) else a(got)
    two(got, f"Return two tensors, minimax first and non-saturating second; you return {came}.")
    advice = "One derivative per logit is asked, not their mean or sum."
    names = ("The minimax gradient", "The non-saturating gradient")
    for part, name in zip(got, names, strict=True):
        expect(
            part is not None,
            f"{name} is None. The .grad of a tensor is filled by backward() only if it requires a gradient "
            "and was not computed from another.",
        )
    minimax, non_saturating = (numbers(g, fakes.shape, name, advice) for g, name in zip(got, names, strict=True))
    return minimax, non_saturating


def confident() -> tuple[float, ...]:
    """D's outputs on three fakes."""
    return outputs(1 / 100, 1 / 4, 9 / 10)


@check.that("generator_gradients", "gives one derivative per logit, for either loss", alone=False)
def _(gradients: Callable) -> None:
    both_gradients(gradients, logits(*confident()).unsqueeze(1))
    both_gradients(gradients, logits(*outputs(0.3)))


@check.that("generator_gradients", "has the minimax derivative right", point=True)
def _(gradients: Callable) -> None:
    case = drawn(lambda: derivatives(right=lambda d: -d, other=lambda d: d - 1))
    got, _ = both_gradients(gradients, logits(*case.inputs))
    case.compare(got, what="the minimax gradient is")


@check.that("generator_gradients", "has the non-saturating derivative right", point=True)
def _(gradients: Callable) -> None:
    case = drawn(lambda: derivatives(right=lambda d: d - 1, other=lambda d: -d))
    _, got = both_gradients(gradients, logits(*case.inputs))
    case.compare(got, what="the non-saturating gradient is")


def derivatives(right: Callable[[Tensor], Tensor], other: Callable[[Tensor], Tensor]) -> Case:
    """Of one of the two losses, and of the other, as functions of D."""
    outputs = confident()
    d = torch.tensor(outputs, dtype=torch.float64)
    usual = {
        "The sign is wrong: both losses fall as the logit rises.": -right(d),
        "That is the other loss's derivative: minimax comes first.": other(d),
        "That is the sum of both derivatives: a second backward() adds to the gradients of the first.": (
            right(d) + other(d)
        ),
        "That is the derivative with respect to D. The question is the logit, D = σ(logit): "
        "the chain rule adds a factor D(1 − D).": right(d) / (d * (1 - d)),
        "That is divided by the batch size. Here each logit's own loss is asked, not the mean.": right(d) / len(d),
        "That is σ′(logit) = D(1 − D), one factor of the answer.": d * (1 - d),
        "That is σ′(logit) = D(1 − D) with a minus sign, one factor of the answer.": -d * (1 - d),
        "That is the minimax loss itself, not its derivative.": (1 - d).log(),
        "That is the non-saturating loss itself, not its derivative.": -d.log(),
        "Are the logits taken for D's outputs? D = σ(logit).": right(torch.logit(d)),
    }
    return Case(f"D(fake) = {said(outputs)}", right(d), usual, outputs)


@check.that("generator_gradients", "shows who still learns from a discriminator that is sure")
def _(gradients: Callable) -> None:
    size, _ = sure_logits()
    where = f"logits of −{size} and {size}"
    minimax, non_saturating = both_gradients(gradients, torch.tensor([-float(size), float(size)]))
    expect_close(minimax, [0.0, -1.0], where, what="the minimax gradient is")
    expect_close(non_saturating, [-1.0, 0.0], where, what="the non-saturating gradient is")


@check.that("generator_gradients", "gives the same when it is asked again", alone=False)
def _(gradients: Callable) -> None:
    fakes = logits(*confident())
    first = [g.clone() for g in both_gradients(gradients, fakes)]
    for before, again in zip(first, both_gradients(gradients, fakes), strict=True):
        expect(
            close(before, again),
            f"Called twice with the same logits it gives first {pretty(before)}, then {pretty(again)}. "
            "Gradients of the first call are still in `.grad`; backward() adds to what is there.",
        )
