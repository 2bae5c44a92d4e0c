"""Checks of lesson 01, Goodfellow et al. (2014), arXiv:1406.2661.

Every expected number is one a student could work out by hand from chosen discriminator outputs such
as D = ¾, never at D = ½, where most wrong losses agree with the right one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import torch
from torch import Tensor, nn

from gancourse.checks.core import NOTHING, Miss, Suite, a, close, double, expect, expect_close, log, numbers, pretty

check = Suite("01_gaussian_1d")


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


# --- optimal_discriminator ------------------------------------------------------------------


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
    p, q, d, dx = torch.tensor([0.5, 1.5]), torch.tensor([1.2, 0.8]), torch.tensor([1 / 4, 3 / 4]), 0.5
    none, one, kept = torch.zeros(2), torch.ones(2), d.clone()
    got = integral(value(p, q, d, dx))
    expect(torch.equal(d, kept), "Your function changes its argument `d`, which its caller still needs.")
    want = paper(p, q, d, dx)
    expect_close(
        got,
        want,
        "p = 0.5, 1.5, q = 1.2, 0.8, D = ¼, ¾ and dx = 0.5",
        usual={
            "D and 1 − D are swapped, or p and q are.": paper(p, q, 1 - d, dx),
            "That is the real term alone.": paper(p, none, d, dx),
            "That is the fake term alone.": paper(none, q, d, dx),
            "The factor dx is missing.": want / dx,
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


# --- the two steps --------------------------------------------------------------------------


class Spy:
    """A loss with weights so plain that its gradients can be worked out by hand. Notes its inputs."""

    def __init__(self, **weights: float):
        self.weights = weights
        self.calls: list[tuple[Tensor, ...]] = []

    def __call__(self, *batches: Tensor, **named: Tensor) -> Tensor:
        names = tuple(self.weights)
        given = (*batches, *(named[n] for n in names[len(batches) :] if n in named))
        expect(
            len(given) == len(names) and set(named) <= set(names),
            f"The loss is called as loss({', '.join(names)}); you gave it {len(batches) + len(named)} argument(s).",
        )
        noted = []
        for batch in given:
            expect(isinstance(batch, Tensor), f"The loss should be given logits; you gave it {a(batch)}.")
            noted.append(numbers(batch, what="What you give to the loss"))
        self.calls.append(tuple(noted))
        return torch.stack([w * b.mean() for w, b in zip(self.weights.values(), given, strict=True)]).sum()


class Counted(torch.optim.SGD):
    """Plain gradient descent that counts its steps."""

    steps = 0

    def step(self, closure: Any = None) -> Any:
        self.steps += 1
        return super().step(closure)


class Game:
    """G(z) = 2z + 1 and D(x) = 3x − 4, with plain gradient descent and yesterday's gradients left in."""

    START_G, START_D = (2.0, 1.0), (3.0, -4.0)

    def __init__(self, leftovers: float = 0.0) -> None:
        self.G, self.D = nn.Linear(1, 1), nn.Linear(1, 1)
        for net, start in ((self.G, self.START_G), (self.D, self.START_D)):
            for p, value in zip(net.parameters(), start, strict=True):
                nn.init.constant_(p, value)
                p.grad = torch.full_like(p, leftovers) if leftovers else None
        self.opt_G = Counted(self.G.parameters(), lr=0.1)
        self.opt_D = Counted(self.D.parameters(), lr=0.1)
        self.real = torch.tensor([[4.0], [6.0], [8.0]])
        self.z = torch.tensor([[0.5], [-0.5], [0.0]])

    def step_D(self, step: Callable) -> tuple[Any, Spy]:
        """Take the student's step; what it returned, and the loss with what it was given."""
        loss = Spy(real_logits=-2.0, fake_logits=5.0)
        return step(self.G, self.D, self.opt_D, loss, self.real, self.z), loss

    def step_G(self, step: Callable) -> tuple[Any, Spy]:
        loss = Spy(fake_logits=5.0)
        return step(self.G, self.D, self.opt_G, loss, self.z), loss

    @staticmethod
    def values(net: nn.Module) -> tuple[float, ...]:
        return tuple(p.item() for p in net.parameters())


# What D makes of the batches in a Game.
ON_REAL, ON_FAKE = [8.0, 14.0, 20.0], [2.0, -4.0, -1.0]
ON_NOISE, ON_G_OF_REAL = [-2.5, -5.5, -4.0], [23.0, 35.0, 47.0]


def called_once(loss: Spy) -> tuple[Tensor, ...]:
    expect(bool(loss.calls), "The function never calls the `loss` it is given. Use it, not a loss of your own.")
    expect(len(loss.calls) == 1, f"One step should call `loss` once; it was called {len(loss.calls)} times.")
    return loss.calls[0]


def one_logit_each(batch: Tensor, want: list[float], which: str, instead: dict[str, list[float]]) -> None:
    """Miss unless `batch` holds these logits, in any shape; names what it holds instead."""
    if holds(batch, want):
        return
    for name, values in instead.items():
        expect(not holds(batch, values), f"{which}; you give it {name}.")
    squashed = torch.sigmoid(double(want))
    expect(
        not holds(batch, squashed.tolist()), f"{which}, the logits as they are: the loss applies the sigmoid itself."
    )
    size = "" if batch.numel() == len(want) else f" of {len(want)} samples; you give it {batch.numel()} numbers"
    raise Miss(f"{which}{size}. Use the very data and noise that are passed in.")


def holds(batch: Tensor, want: list[float]) -> bool:
    return close(batch.flatten(), double(want))


def number_back(value: Any, want: float, after: float) -> None:
    """Miss unless `value` is the loss as a number, without the graph that it was computed by."""
    expect(value is not None, "The result is None. Return the loss as a number: `return value.item()`.")
    if isinstance(value, Tensor) and value.requires_grad:
        raise Miss(
            "You return the loss with its computation attached, which would keep every step's "
            "activations in memory. Return a plain number: `value.item()`."
        )
    got = numbers(value, (), "The returned loss", advice="Return one number, this step's loss.")
    usual = {
        "The sign is wrong: return the loss that `loss` gave.": -want,
        "That is the loss after the step. Return the one before it, whose gradient you followed.": after,
    }
    expect_close(got, want, "this step's loss", usual)


def moved(
    net: nn.Module, start: tuple[float, ...], want: list[float], name: str, usual: dict[str, list[float]]
) -> None:
    got = Game.values(net)
    expect(
        got != start,
        f"{name} has not moved. A step needs backward() and then opt_{name}.step(), with no zero_grad() between them.",
    )
    expect_close(
        double(got), want, "one step of plain gradient descent", usual, what=f"{name}'s weight and bias become"
    )


def steps_taken(opt: Counted, name: str) -> None:
    expect(opt.steps > 0, f"{name}.step() is not called. Use the optimizer that is passed in, none of your own.")
    expect(opt.steps == 1, f"{name}.step() is called {opt.steps} times; one call of the function is one step.")


def no_gradient(net: nn.Module) -> bool:
    return all(p.grad is None or not p.grad.any() for p in net.parameters())


def trainable(net: nn.Module) -> bool:
    return all(p.requires_grad for p in net.parameters())


@check.that("discriminator_step", "compares D on real data with D on G's samples")
def _(step: Callable) -> None:
    real, fake = called_once(Game().step_D(step)[1])
    if holds(real, ON_FAKE) and holds(fake, ON_REAL):
        raise Miss("The two batches are swapped: loss(real_logits, fake_logits).")
    instead = {
        "D's logits for the fake data": ON_FAKE,
        "the data without D": [4.0, 6.0, 8.0],
        "D(G(real))": ON_G_OF_REAL,
    }
    one_logit_each(real, ON_REAL, "The first argument of the loss should be D(real)", instead)
    instead = {
        "D(z): the noise must go through G first": ON_NOISE,
        "D's logits for the real data": ON_REAL,
        "G's samples without D": [2.0, 0.0, 1.0],
    }
    one_logit_each(fake, ON_FAKE, "The second argument of the loss should be D(G(z))", instead)


@check.that("discriminator_step", "moves D one step down its gradient")
def _(step: Callable) -> None:
    game = Game()
    game.step_D(step)
    # The weight's gradient is −2·mean(real) + 5·mean(fake) = −12 + 5, the bias's −2 + 5.
    usual = {
        "That is uphill: minimize the loss.": [2.3, -3.7],
        "Only the real batch teaches D: the fakes are cut off behind D. Cut between G and D: D(G(z).detach()).": [
            4.2,
            -3.8,
        ],
        "Only the fake batch teaches D: its output for the real data is cut off.": [2.5, -4.5],
        "That is two steps: call opt_D.step() once.": [4.4, -4.6],
    }
    moved(game.D, Game.START_D, [3.7, -4.3], "D", usual)
    steps_taken(game.opt_D, "opt_D")


@check.that("discriminator_step", "starts from clean gradients")
def _(step: Callable) -> None:
    game = Game(leftovers=100.0)
    game.step_D(step)
    usual = {
        "Gradients of the step before are still in it. Clear them with opt_D.zero_grad() before backward().": [
            -6.3,
            -14.3,
        ],
        "It descends along the gradients of the step before: opt_D.step() comes after backward().": [-7.0, -14.0],
    }
    moved(game.D, Game.START_D, [3.7, -4.3], "D", usual)


@check.that("discriminator_step", "leaves G alone: its weights and its gradients")
def _(step: Callable) -> None:
    game = Game()
    game.step_D(step)
    expect(Game.values(game.G) == Game.START_G, "G's weights have changed; only D should move.")
    expect(
        no_gradient(game.G),
        "G has received a gradient, which would leak into its next step and costs time now. "
        "Cut the fakes off from G: G(z).detach(), or make them under torch.no_grad().",
    )
    expect(trainable(game.G), "G's parameters no longer take gradients after the step: it could not learn any more.")


@check.that("discriminator_step", "returns the loss as a plain number")
def _(step: Callable) -> None:
    number_back(Game().step_D(step)[0], -2 * 14.0 + 5 * -1.0, after=-2 * 17.9 + 5 * -0.6)


@check.that("generator_step", "shows D the samples of G and nothing else")
def _(step: Callable) -> None:
    (fake,) = called_once(Game().step_G(step)[1])
    instead = {"D(z): the noise must go through G first": ON_NOISE, "G's samples without D": [2.0, 0.0, 1.0]}
    one_logit_each(fake, ON_FAKE, "The loss should be given D(G(z))", instead)


@check.that("generator_step", "moves G one step down its gradient, through D")
def _(step: Callable) -> None:
    game = Game()
    game.step_G(step)
    if Game.values(game.G) == Game.START_G and Game.values(game.D) == Game.START_D:
        raise Miss(
            "G has not moved. Is a detach() or no_grad() between G and the loss, is backward() or opt_G.step() "
            "missing, or is a zero_grad() between those two?"
        )
    # The gradient is 5·3·mean(z) = 0 for the weight and 5·3 = 15 for the bias.
    usual = {
        "That is uphill: minimize the loss.": [2.0, 2.5],
        "That is two steps: call opt_G.step() once.": [2.0, -2.0],
    }
    moved(game.G, Game.START_G, [2.0, -0.5], "G", usual)
    steps_taken(game.opt_G, "opt_G")


@check.that("generator_step", "starts from clean gradients")
def _(step: Callable) -> None:
    game = Game(leftovers=100.0)
    game.step_G(step)
    usual = {
        "Gradients of the step before are still in it. Clear them with opt_G.zero_grad() before backward().": [
            -8.0,
            -10.5,
        ],
        "It descends along the gradients of the step before: opt_G.step() comes after backward().": [-8.0, -9.0],
    }
    moved(game.G, Game.START_G, [2.0, -0.5], "G", usual)


@check.that("generator_step", "leaves D alone, and able to learn afterwards")
def _(step: Callable) -> None:
    game = Game()
    game.step_G(step)
    expect(Game.values(game.D) == Game.START_D, "D's weights have changed; only G should move.")
    expect(
        trainable(game.D),
        "D's parameters no longer take gradients: if you freeze D for this step, unfreeze it at the end.",
    )


@check.that("generator_step", "returns the loss as a plain number")
def _(step: Callable) -> None:
    number_back(Game().step_G(step)[0], -5.0, after=5 * (3 * -0.5 - 4))


# --- algorithm_1 ----------------------------------------------------------------------------


class Referee:
    """Stands in for both steps and both sources of samples, and notes who was called with what."""

    def __init__(self) -> None:
        self.moves = ""
        self.drawn = 0
        self.real_seen: list[str] = []
        self.noise_seen: list[str] = []

    def real(self, *arguments: Any) -> str:
        expect(not arguments, "sample_real takes no arguments: sample_real().")
        self.drawn += 1
        return f"real {self.drawn}"

    def noise(self, *arguments: Any) -> str:
        expect(not arguments, "sample_noise takes no arguments: sample_noise().")
        self.drawn += 1
        return f"z {self.drawn}"

    def d_step(self, *samples: Any, **named: Any) -> float:
        samples = (*samples, *(named[name] for name in sorted(named)))  # real=… comes before z=…
        expect(
            [kind(s) for s in samples] == ["real", "z"],
            "discriminator_step is called as discriminator_step(real, z), with a batch of real data "
            f"and one of noise; you gave it {given(samples)}.",
        )
        self.moves += "D"
        self.real_seen.append(samples[0])
        self.noise_seen.append(samples[1])
        return float(len(self.moves))

    def g_step(self, *samples: Any, **named: Any) -> float:
        samples = (*samples, *named.values())
        expect(
            [kind(s) for s in samples] == ["z"],
            f"generator_step is called as generator_step(z), with a batch of noise; you gave it {given(samples)}.",
        )
        self.moves += "G"
        self.noise_seen.append(samples[0])
        return -float(len(self.moves))

    def play(self, algorithm: Callable, iterations: int, k: int) -> Iterator[Any]:
        run = algorithm(self.d_step, self.g_step, self.real, self.noise, iterations, k)
        expect(run is not None, "The result is None. Use `yield` in the loop: the function is then an iterator.")
        expect(
            hasattr(run, "__next__"),
            f"The result is {a(run)}. Use `yield` in the loop, so that whoever runs it can stop after any iteration.",
        )
        return run


MANY = 50  # where a run should have ended long ago


def kind(sample: Any) -> str:
    """Which source a sample came from."""
    return sample.split()[0] if type(sample) is str and sample else a(sample)


def given(samples: tuple[Any, ...]) -> str:
    names = {"real": "real data", "z": "noise", "a function": "a function (is its () missing?)"}
    names["a method"] = names["a function"]  # what a Referee's sources are, but no student needs to know
    return " and ".join(names.get(kind(s), kind(s)) for s in samples) or "nothing"


def miscount(moves: str, iterations: int, k: int) -> str:
    """What is wrong with a sequence of moves that should have been (k·D, G) times `iterations`."""
    per_iteration = {len(run) for run in re.findall(r"(D*)G", moves)}
    if not moves:
        return "No step is taken at all."
    if "D" not in moves or "G" not in moves:
        return f"{'D' if 'G' in moves else 'G'} never moves."
    if moves == ("G" + "D" * k) * iterations:
        return "In the paper D moves first."
    if moves == ("D" + "G" * k) * iterations:
        return "It is D that takes k steps, not G."
    if moves == "DG" * k * iterations:
        return "G's step belongs after the inner loop, not in it."
    if moves == "D" * k * iterations + "G" * iterations:
        return "All of D's steps are taken before G's first: nest the inner loop in the outer one."
    if moves == "DG" * iterations:
        return "The inner loop over k is missing."
    if moves == "D" * k + "G":
        return "The loop over the iterations is missing, or ends after its first round."
    if moves.endswith("G") and per_iteration == {k}:
        return f"These are {moves.count('G')} iterations. Count them again."
    if moves.endswith("G") and len(per_iteration) == 1:
        return f"D takes {per_iteration.pop()} step(s) per iteration instead of k. Count them again."
    return "Per iteration: k steps of D, then one of G."


@check.that("algorithm_1", "takes k steps of D, then one of G, in every iteration")
def _(algorithm: Callable) -> None:
    for iterations, k in ((2, 3), (3, 1)):
        referee = Referee()
        list(islice(referee.play(algorithm, iterations, k), MANY))
        want = ("D" * k + "G") * iterations
        moves = referee.moves if len(referee.moves) <= MANY else f"{referee.moves[:MANY]}…"
        expect(
            referee.moves == want,
            f"For {iterations} iterations with k = {k} the moves are {moves or 'none'}; expected {want}.\n"
            + miscount(referee.moves, iterations, k),
        )


@check.that("algorithm_1", "draws fresh real data and fresh noise for every step")
def _(algorithm: Callable) -> None:
    referee = Referee()
    list(islice(referee.play(algorithm, 3, 2), MANY))
    expect(bool(referee.moves), "No step is taken at all.")
    expect(
        len(set(referee.real_seen)) == len(referee.real_seen),
        "A batch of real data was used more than once. Draw a new one for each step of D, inside the inner loop.",
    )
    expect(
        len(set(referee.noise_seen)) == len(referee.noise_seen),
        "A batch of noise was used more than once. The paper draws a new one for each step, G's too.",
    )


@check.that("algorithm_1", "yields (D's loss, G's loss) after each iteration")
def _(algorithm: Callable) -> None:
    referee = Referee()
    got = list(islice(referee.play(algorithm, 3, 2), MANY))
    where = " The `yield` belongs at the end of the outer loop's body, outside the inner loop."
    expect(
        len(got) == 3,
        f"Three iterations should yield three times; yours yields {len(got)} times."
        + (where if referee.moves == "DDG" * 3 else ""),
    )
    for pair, want in zip(got, [(2.0, -3.0), (5.0, -6.0), (8.0, -9.0)], strict=True):
        expect(pair is not None, "It yields None: write `yield d_loss, g_loss`.")
        expect(
            isinstance(pair, tuple | list) and len(pair) == 2,
            f"It should yield a pair, (D's loss, G's loss); it yields {a(pair)}"
            + (f" of {len(pair)}." if isinstance(pair, tuple | list) else "."),
        )
        d, g = want
        losses = torch.stack([numbers(x, (), "A loss you yield") for x in pair])
        expect_close(
            losses,
            want,
            "an iteration of two steps of D and one of G",
            usual={
                "The losses are swapped: D's comes first.": [g, d],
                "D's loss is that of its first step; the last one is asked.": [d - 1, g],
                "D's loss is the mean over its steps; the last one is asked.": [d - 0.5, g],
                "D's loss is the sum over its steps; the last one is asked.": [2 * d - 1, g],
                "The losses are one iteration old or older: yield after both have been computed.": [2.0, -3.0],
            },
            what="it yields",
        )


@check.that("algorithm_1", "waits after each iteration until it is asked for the next")
def _(algorithm: Callable) -> None:
    referee = Referee()
    run = referee.play(algorithm, 1000, 2)
    expect(
        referee.moves == "",
        "It starts to train before anybody asked for the first iteration. Use `yield` instead of collecting results.",
    )
    expect(next(run, None) is not None, "It yields nothing.")
    expect(
        referee.moves == "DDG",
        f"When it first yields, {len(referee.moves)} step(s) were taken instead of 3. "
        "Put the `yield` at the end of the outer loop's body.",
    )
