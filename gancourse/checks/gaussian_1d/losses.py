"""Both players' losses and the slopes of the generator's (section 3 of the paper).

Every expected number is one a student could work out by hand from chosen discriminator outputs such
as D = ¾, never at D = ½, where most wrong losses agree with the right one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.core import NOTHING, Miss, a, close, expect, expect_close, log, numbers, pretty
from gancourse.checks.gaussian_1d.suite import check


def logits(*outputs: float) -> Tensor:
    """The logits at which the discriminator's outputs are these: D = σ(logit)."""
    return torch.tensor([math.log(d / (1 - d)) for d in outputs])


def fresh(*outputs: float) -> Tensor:
    """The same, as a batch of shape (B, 1) that a network would have produced."""
    return logits(*outputs).unsqueeze(1).requires_grad_()


def scalar(loss: Any) -> Tensor:
    """The value of a loss: one number for the whole batch."""
    expect(loss is not None, NOTHING)
    return numbers(loss, (), "The loss", advice="Average over the batch.")


def order(low: Tensor, high: Tensor, low_case: str, high_case: str, otherwise: str) -> None:
    """Miss unless the first loss is the smaller."""
    expect(
        not close(low, high),
        f"The loss is {low:.4g} for {low_case} and {high:.4g} for {high_case}: it should differ. "
        "Is it computed from the logits?",
    )
    expect(
        bool(low < high),
        f"The loss is {low:.4g} for {low_case} and {high:.4g} for {high_case}; the first should be smaller. "
        f"{otherwise}",
    )


# --- discriminator_loss ---------------------------------------------------------------------

REAL, FAKE = (3 / 4, 2 / 3), (1 / 4, 1 / 10)
AT = "D(real) = ¾, ⅔ and D(fake) = ¼, ⅒"


def mean_log(outputs: tuple[float, ...]) -> float:
    return sum(log(d) for d in outputs) / len(outputs)


def opposite(outputs: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(1 - d for d in outputs)


def sigma(*values: float) -> tuple[float, ...]:
    return tuple(1 / (1 + math.exp(-v)) for v in values)


def logit(outputs: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(math.log(d / (1 - d)) for d in outputs)


@check.that("discriminator_loss", "is one number, low for a discriminator that is right")
def _(loss: Callable) -> None:
    order(
        scalar(loss(fresh(0.9, 0.8), fresh(0.1, 0.2))),
        scalar(loss(fresh(0.1, 0.2), fresh(0.9, 0.8))),
        "a discriminator that is right",
        "one that is wrong",
        "Check which batch is labeled real, and the sign.",
    )


@check.that("discriminator_loss", "has the value of the paper's formula")
def _(loss: Callable) -> None:
    got = scalar(loss(fresh(*REAL), fresh(*FAKE)))
    real, fake = -mean_log(REAL), -mean_log(opposite(FAKE))
    expect_close(
        got,
        real + fake,
        AT,
        usual={
            "That is half of it. Here the two batches' means are added, not averaged.": (real + fake) / 2,
            "That is the sum over the batch. Take the mean, so that the batch size does not matter.": 2 * (real + fake),
            "That is the real batch's part alone.": real,
            "That is the fake batch's part alone.": fake,
            "The labels are swapped: real should be called real.": -mean_log(opposite(REAL)) - mean_log(FAKE),
            "The sign is wrong: D maximizes V(D, G), so its loss is −V.": -(real + fake),
            "One of the two signs is wrong: both logarithms are negative, so both parts of the loss are positive.": (
                real - fake
            ),
            "One of the two signs is wrong: both parts of the loss should be positive.": fake - real,
            "The fake batch is labeled real too: its part is log(1 − D), not log D.": real - mean_log(FAKE),
            "The real batch is labeled fake too: its part is log D, not log(1 − D).": fake - mean_log(opposite(REAL)),
            SIGMOID_TWICE: -mean_log(sigma(*REAL)) - mean_log(opposite(sigma(*FAKE))),
            "The logarithm should be the natural one.": (real + fake) / log(2),
            "That is the squared error of D's outputs, another GAN's loss. The paper's has logarithms.": (
                sum((1 - d) ** 2 for d in REAL) / 2 + sum(d**2 for d in FAKE) / 2
            ),
        },
    )


@check.that("discriminator_loss", "averages each batch by itself when they differ in size")
def _(loss: Callable) -> None:
    got = scalar(loss(fresh(3 / 4), fresh(1 / 4, 1 / 4, 1 / 10)))
    real, fake = -log(3 / 4), -(2 * log(3 / 4) + log(9 / 10))
    expect_close(
        got,
        real + fake / 3,
        "one real sample and three fake ones",
        usual={
            "The two batches are averaged as one. Take the mean of each, then add.": (real + fake) / 4,
            "The two batches are averaged as one, then doubled. Take the mean of each, then add.": (real + fake) / 2,
            "Both sums are divided by the real batch's size.": real + fake,
            "Both sums are divided by the fake batch's size.": (real + fake) / 3,
        },
    )


@check.that("discriminator_loss", "stays right, and finite, for a discriminator that is sure")
def _(loss: Callable) -> None:
    sure = torch.full((2, 1), 200.0)
    surely("logits −200 (real) and 200 (fake), the worst mistake", loss(-sure, sure), 400.0)
    surely("logits 200 (real) and −200 (fake), no mistake", loss(sure, -sure), 0.0)


def surely(where: str, loss: Any, want: float) -> None:
    """Whether a loss is right at logits of ±200, where D is 0 or 1 up to rounding."""
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


@check.that("discriminator_loss", "passes gradients to both batches")
def _(loss: Callable) -> None:
    real, fake = fresh(*REAL), fresh(*FAKE)
    backward(loss(real, fake), real, fake)
    for grad, want, name in (
        (real.grad, [-(1 - d) / 2 for d in REAL], "real"),
        (fake.grad, [d / 2 for d in FAKE], "fake"),
    ):
        expect(grad is not None, f"No gradient reaches the {name} logits. Is there a detach() or item() too many?")
        expect_close(numbers(grad).flatten(), want, AT, what=f"the gradient for the {name} logits is")


def backward(loss: Any, *inputs: Tensor) -> None:
    """Backpropagate a loss, or say why that cannot be done."""
    scalar(loss)
    expect(isinstance(loss, Tensor), f"The loss should be a tensor that can be differentiated; it is {a(loss)}.")
    expect(
        loss.requires_grad,
        "The loss is cut off from the logits, so nothing could learn from it. "
        "Do not use item(), detach(), numpy() or no_grad() in it.",
    )
    loss.backward()


# --- the generator's two losses -------------------------------------------------------------

FOOLED = (1 / 10, 3 / 4)
GENERATED = "D(fake) = ⅒, ¾"


SIGMOID_TWICE = (
    "The sigmoid was applied twice. A function that takes logits (…WithLogits, logsigmoid, softplus) applies it itself."
)


def usual_slips(want: float, size: int) -> dict[str, float]:
    return {
        "That is the sum over the batch. Take the mean.": size * want,
        "That is half of it.": want / 2,
        "The logarithm should be the natural one.": want / log(2),
    }


@check.that("minimax_generator_loss", "is one number, low when the discriminator is fooled")
def _(loss: Callable) -> None:
    lower_when_fooled(loss)


@check.that("minimax_generator_loss", "has the value of the paper's formula")
def _(loss: Callable) -> None:
    got = scalar(loss(fresh(*FOOLED)))
    want = mean_log(opposite(FOOLED))
    expect_close(
        got,
        want,
        GENERATED,
        usual={
            "The sign is wrong: G minimizes log(1 − D) as it stands.": -want,
            "That is the non-saturating loss −log D, the next exercise.": -mean_log(FOOLED),
            "That is log D: large when D is fooled.": mean_log(FOOLED),
            **usual_slips(want, 2),
            SIGMOID_TWICE: mean_log(opposite(sigma(*FOOLED))),
            "That is the mean of 1 − D. Its logarithm is missing.": sum(opposite(FOOLED)) / 2,
            "That is the logarithm of the mean. Take the logarithm of each sample first, then the mean.": log(
                sum(opposite(FOOLED)) / 2
            ),
        },
    )


@check.that("minimax_generator_loss", "stays right, and finite, for a discriminator that is fooled completely")
def _(loss: Callable) -> None:
    surely("logits of 200 (D is fooled completely)", loss(torch.full((2, 1), 200.0)), -200.0)
    surely("logits of −200 (D is sure)", loss(torch.full((2, 1), -200.0)), 0.0)


@check.that("minimax_generator_loss", "passes a gradient of −D to each logit")
def _(loss: Callable) -> None:
    generator_gradient(loss, [-d for d in FOOLED])


@check.that("non_saturating_generator_loss", "is one number, low when the discriminator is fooled")
def _(loss: Callable) -> None:
    lower_when_fooled(loss)


@check.that("non_saturating_generator_loss", "has the value of the paper's formula")
def _(loss: Callable) -> None:
    got = scalar(loss(fresh(*FOOLED)))
    want = -mean_log(FOOLED)
    expect_close(
        got,
        want,
        GENERATED,
        usual={
            "The sign is wrong: G minimizes −log D.": -want,
            "That is the minimax loss log(1 − D), the exercise before.": mean_log(opposite(FOOLED)),
            "That is −log(1 − D): the fakes are labeled fake. G wants them called real.": -mean_log(opposite(FOOLED)),
            **usual_slips(want, 2),
            SIGMOID_TWICE: -mean_log(sigma(*FOOLED)),
            "That is the mean of 1 − D. The loss has a logarithm.": sum(opposite(FOOLED)) / 2,
            "That is the mean of −D. The loss has a logarithm.": -sum(FOOLED) / 2,
            "That is minus the mean logit, without the sigmoid and the logarithm.": -sum(logit(FOOLED)) / 2,
            "That is the logarithm of the mean. Take the logarithm of each sample first, then the mean.": -log(
                sum(FOOLED) / 2
            ),
        },
    )


@check.that("non_saturating_generator_loss", "stays right, and finite, for a discriminator that is sure")
def _(loss: Callable) -> None:
    surely("logits of −200 (D is sure)", loss(torch.full((2, 1), -200.0)), 200.0)
    surely("logits of 200 (D is fooled completely)", loss(torch.full((2, 1), 200.0)), 0.0)


@check.that("non_saturating_generator_loss", "passes a gradient of D − 1 to each logit")
def _(loss: Callable) -> None:
    generator_gradient(loss, [d - 1 for d in FOOLED])


def lower_when_fooled(loss: Callable) -> None:
    order(
        scalar(loss(fresh(0.9, 0.8))),
        scalar(loss(fresh(0.1, 0.2))),
        "a discriminator that is fooled (D = 0.9, 0.8)",
        "one that is not (D = 0.1, 0.2)",
        "As it is, G would learn to be caught.",
    )


def generator_gradient(loss: Callable, per_sample: list[float]) -> None:
    batch = fresh(*FOOLED)
    backward(loss(batch), batch)
    expect(batch.grad is not None, "No gradient reaches the logits. Is there a detach() or item() too many?")
    got = numbers(batch.grad).flatten() * 2
    expect_close(got, per_sample, GENERATED, what="the gradient times the batch size is")


# --- generator_gradients --------------------------------------------------------------------

CONFIDENT = (1 / 100, 1 / 4, 9 / 10)
THREE = "D(fake) = 0.01, ¼, 0.9"


def both_gradients(gradients: Callable, batch: Tensor) -> tuple[Tensor, Tensor]:
    got = gradients(batch)
    expect(got is not None, NOTHING)
    expect(
        isinstance(got, tuple | list) and len(got) == 2,
        f"Return two tensors, minimax first and non-saturating second; you return {a(got)}"
        + (f" of {len(got)}." if isinstance(got, tuple | list) else "."),
    )
    advice = "One derivative per logit is asked, not their mean or sum."
    names = ("The minimax gradient", "The non-saturating gradient")
    for part, name in zip(got, names, strict=True):
        expect(
            part is not None,
            f"{name} is None. The .grad of a tensor is filled by backward() only if it requires a gradient "
            "and was not computed from another.",
        )
    minimax, non_saturating = (numbers(g, batch.shape, name, advice) for g, name in zip(got, names, strict=True))
    return minimax, non_saturating


@check.that("generator_gradients", "gives one derivative per logit, for either loss")
def _(gradients: Callable) -> None:
    both_gradients(gradients, logits(*CONFIDENT).unsqueeze(1))
    both_gradients(gradients, logits(0.3))


@check.that("generator_gradients", "has the minimax derivative right")
def _(gradients: Callable) -> None:
    got, _ = both_gradients(gradients, logits(*CONFIDENT))
    d = torch.tensor(CONFIDENT, dtype=torch.float64)
    expect_close(got, -d, THREE, usual=wrong_derivatives(d, -d, d - 1), what="the minimax gradient is")


@check.that("generator_gradients", "has the non-saturating derivative right")
def _(gradients: Callable) -> None:
    _, got = both_gradients(gradients, logits(*CONFIDENT))
    d = torch.tensor(CONFIDENT, dtype=torch.float64)
    expect_close(got, d - 1, THREE, usual=wrong_derivatives(d, d - 1, -d), what="the non-saturating gradient is")


def wrong_derivatives(d: Tensor, right: Tensor, other: Tensor) -> dict[str, Tensor]:
    return {
        "The sign is wrong: both losses fall as the logit rises.": -right,
        "That is the other loss's derivative: minimax comes first.": other,
        "That is the sum of both derivatives: a second backward() adds to the gradients of the first.": right + other,
        "That is the derivative with respect to D. The question is the logit, D = σ(logit): "
        "the chain rule adds a factor D(1 − D).": right / (d * (1 - d)),
        "That is divided by the batch size. Here each logit's own loss is asked, not the mean.": right / 3,
        "That is σ′(logit) = D(1 − D), one factor of the answer.": d * (1 - d),
        "That is σ′(logit) = D(1 − D) with a minus sign, one factor of the answer.": -d * (1 - d),
        "That is the minimax loss itself, not its derivative.": (1 - d).log(),
        "That is the non-saturating loss itself, not its derivative.": -d.log(),
        "Are the logits taken for D's outputs? D = σ(logit).": torch.where(
            right == -d, -torch.logit(d), torch.logit(d) - 1
        ),
    }


@check.that("generator_gradients", "shows who still learns from a discriminator that is sure")
def _(gradients: Callable) -> None:
    minimax, non_saturating = both_gradients(gradients, torch.tensor([-200.0, 200.0]))
    expect_close(minimax, [0.0, -1.0], "logits of −200 and 200", what="the minimax gradient is")
    expect_close(non_saturating, [-1.0, 0.0], "logits of −200 and 200", what="the non-saturating gradient is")


@check.that("generator_gradients", "gives the same when it is asked again")
def _(gradients: Callable) -> None:
    batch = logits(*CONFIDENT)
    first = [g.clone() for g in both_gradients(gradients, batch)]
    for before, again in zip(first, both_gradients(gradients, batch), strict=True):
        expect(
            close(before, again),
            f"Called twice with the same logits it gives first {pretty(before)}, then {pretty(again)}. "
            "Gradients of the first call are still in `.grad`; backward() adds to what is there.",
        )
