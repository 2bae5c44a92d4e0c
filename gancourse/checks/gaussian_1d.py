"""Checks of lesson 01, Goodfellow et al. (2014), arXiv:1406.2661.

Every expected number is one a student could work out by hand from chosen discriminator outputs such
as D = ¾, never at D = ½, where most wrong losses agree with the right one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import torch
from torch import Tensor, nn

from gancourse.checks.core import Miss, Suite, a, expect, expect_close, log, numbers

check = Suite("01_gaussian_1d")


def logits(*outputs: float) -> Tensor:
    """The logits at which the discriminator's outputs are these: D = σ(logit)."""
    return torch.tensor([math.log(d / (1 - d)) for d in outputs])


def fresh(*outputs: float) -> Tensor:
    """The same, as a batch of shape (B, 1) that a network would have produced."""
    return logits(*outputs).unsqueeze(1).requires_grad_()


# --- discriminator_loss ---------------------------------------------------------------------

REAL, FAKE = (3 / 4, 1 / 2), (1 / 4, 1 / 10)
AT = "D(real) = ¾, ½ and D(fake) = ¼, ⅒"


def mean_log(outputs: tuple[float, ...]) -> float:
    return sum(log(d) for d in outputs) / len(outputs)


def opposite(outputs: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(1 - d for d in outputs)


@check.that("discriminator_loss", "is one number, low for a discriminator that is right")
def _(loss: Callable) -> None:
    right = numbers(loss(fresh(0.9, 0.8), fresh(0.1, 0.2)), (), "The loss")
    wrong = numbers(loss(fresh(0.1, 0.2), fresh(0.9, 0.8)), (), "The loss")
    expect(
        right < wrong,
        f"A discriminator that is right gets the loss {right:.3f}, one that is wrong {wrong:.3f}. "
        "The first should be the smaller: check which batch is labeled real, and the sign.",
    )


@check.that("discriminator_loss", "has the value of the paper's formula")
def _(loss: Callable) -> None:
    got = numbers(loss(fresh(*REAL), fresh(*FAKE)), (), "The loss")
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
            "The fake batch is labeled real too: its part is log(1 − D), not log D.": real - mean_log(FAKE),
            "The real batch is labeled fake too: its part is log D, not log(1 − D).": fake - mean_log(opposite(REAL)),
        },
    )


@check.that("discriminator_loss", "averages each batch by itself when they differ in size")
def _(loss: Callable) -> None:
    got = numbers(loss(fresh(3 / 4), fresh(1 / 4, 1 / 4, 1 / 10)), (), "The loss")
    want = -log(3 / 4) - (2 * log(3 / 4) + log(9 / 10)) / 3
    expect_close(got, want, "one real sample and three fake ones")


@check.that("discriminator_loss", "stays finite for a very confident discriminator")
def _(loss: Callable) -> None:
    got = numbers(loss(torch.full((2, 1), -200.0), torch.full((2, 1), 200.0)), (), "The loss at logits of ±200")
    expect_close(got, 400.0, "logits −200 (real) and 200 (fake), the worst mistake", rtol=1e-3)


@check.that("discriminator_loss", "passes gradients to both batches")
def _(loss: Callable) -> None:
    real, fake = fresh(*REAL), fresh(*FAKE)
    backward(loss(real, fake), real, fake)
    for grad, want, name in (
        (real.grad, [-(1 - d) / 2 for d in REAL], "real"),
        (fake.grad, [d / 2 for d in FAKE], "fake"),
    ):
        expect(grad is not None, f"No gradient reaches the {name} logits. Is there a detach() or item() too many?")
        assert grad is not None
        expect_close(grad.flatten().double(), want, f"the gradient for the {name} logits at {AT}")


def backward(loss: Any, *inputs: Tensor) -> None:
    """Backpropagate a loss, or say why that cannot be done."""
    expect(isinstance(loss, Tensor), f"The loss should be a tensor that can be differentiated; it is {a(loss)}.")
    numbers(loss, (), "The loss")
    expect(
        loss.requires_grad,
        "The loss is cut off from the logits, so nothing could learn from it. "
        "Do not use item(), detach(), numpy() or no_grad() in it.",
    )
    loss.backward()


# --- the generator's two losses -------------------------------------------------------------

FOOLED = (1 / 10, 3 / 4)
GENERATED = "D(fake) = ⅒, ¾"


@check.that("minimax_generator_loss", "is one number, low when the discriminator is fooled")
def _(loss: Callable) -> None:
    lower_when_fooled(loss)


@check.that("minimax_generator_loss", "has the value of the paper's formula")
def _(loss: Callable) -> None:
    got = numbers(loss(fresh(*FOOLED)), (), "The loss")
    want = mean_log(opposite(FOOLED))
    expect_close(
        got,
        want,
        GENERATED,
        usual={
            "The sign is wrong: G minimizes log(1 − D) as it stands.": -want,
            "That is the non-saturating loss −log D, the next exercise.": -mean_log(FOOLED),
            "That is log D: large when D is fooled.": mean_log(FOOLED),
            "That is the sum over the batch. Take the mean.": 2 * want,
            "That is half of it.": want / 2,
        },
    )


@check.that("minimax_generator_loss", "stays finite for a discriminator that is fooled completely")
def _(loss: Callable) -> None:
    got = numbers(loss(torch.full((2, 1), 200.0)), (), "The loss at logits of 200")
    expect_close(got, -200.0, "logits of 200", rtol=1e-3)


@check.that("minimax_generator_loss", "passes a gradient of −D to each logit")
def _(loss: Callable) -> None:
    generator_gradient(loss, [-d for d in FOOLED])


@check.that("non_saturating_generator_loss", "is one number, low when the discriminator is fooled")
def _(loss: Callable) -> None:
    lower_when_fooled(loss)


@check.that("non_saturating_generator_loss", "has the value of the paper's formula")
def _(loss: Callable) -> None:
    got = numbers(loss(fresh(*FOOLED)), (), "The loss")
    want = -mean_log(FOOLED)
    expect_close(
        got,
        want,
        GENERATED,
        usual={
            "The sign is wrong: G minimizes −log D.": -want,
            "That is the minimax loss log(1 − D), the exercise before.": mean_log(opposite(FOOLED)),
            "That is −log(1 − D): the fakes are labeled fake. G wants them called real.": -mean_log(opposite(FOOLED)),
            "That is the sum over the batch. Take the mean.": 2 * want,
            "That is half of it.": want / 2,
        },
    )


@check.that("non_saturating_generator_loss", "stays finite for a discriminator that is sure")
def _(loss: Callable) -> None:
    got = numbers(loss(torch.full((2, 1), -200.0)), (), "The loss at logits of −200")
    expect_close(got, 200.0, "logits of −200", rtol=1e-3)


@check.that("non_saturating_generator_loss", "passes a gradient of D − 1 to each logit")
def _(loss: Callable) -> None:
    generator_gradient(loss, [d - 1 for d in FOOLED])


def lower_when_fooled(loss: Callable) -> None:
    fooled = numbers(loss(fresh(0.9, 0.8)), (), "The loss")
    caught = numbers(loss(fresh(0.1, 0.2)), (), "The loss")
    expect(
        fooled < caught,
        f"With the discriminator fooled (D = 0.9) the loss is {fooled:.3f}, with the fakes caught "
        f"(D = 0.1) {caught:.3f}. The first should be the smaller: G would learn to be caught.",
    )


def generator_gradient(loss: Callable, per_sample: list[float]) -> None:
    batch = fresh(*FOOLED)
    backward(loss(batch), batch)
    expect(batch.grad is not None, "No gradient reaches the logits. Is there a detach() or item() too many?")
    assert batch.grad is not None
    expect_close(batch.grad.flatten().double() * 2, per_sample, f"the gradient times the batch size at {GENERATED}")


# --- generator_gradients --------------------------------------------------------------------

CONFIDENT = (1 / 100, 1 / 4, 9 / 10)
THREE = "D(fake) = 0.01, ¼, 0.9"


def both_gradients(gradients: Callable, batch: Tensor) -> tuple[Tensor, Tensor]:
    got = gradients(batch)
    expect(got is not None, "The result is None. Does your function end in `return …`?")
    try:
        minimax, non_saturating = got
    except (TypeError, ValueError):
        raise Miss(f"Return two tensors, minimax first and non-saturating second; you return {a(got)}.") from None
    return (
        numbers(minimax, batch.shape, "The minimax gradient"),
        numbers(non_saturating, batch.shape, "The non-saturating gradient"),
    )


@check.that("generator_gradients", "gives one derivative per logit, for either loss")
def _(gradients: Callable) -> None:
    both_gradients(gradients, logits(*CONFIDENT).unsqueeze(1))
    both_gradients(gradients, logits(0.3))


@check.that("generator_gradients", "has the minimax derivative right")
def _(gradients: Callable) -> None:
    got, _ = both_gradients(gradients, logits(*CONFIDENT))
    d = torch.tensor(CONFIDENT, dtype=torch.float64)
    expect_close(got, -d, THREE, usual=wrong_derivatives(d, -d, d - 1))


@check.that("generator_gradients", "has the non-saturating derivative right")
def _(gradients: Callable) -> None:
    _, got = both_gradients(gradients, logits(*CONFIDENT))
    d = torch.tensor(CONFIDENT, dtype=torch.float64)
    expect_close(got, d - 1, THREE, usual=wrong_derivatives(d, d - 1, -d))


def wrong_derivatives(d: Tensor, right: Tensor, other: Tensor) -> dict[str, Tensor]:
    return {
        "The sign is wrong: both losses fall as the logit rises.": -right,
        "That is the other loss's derivative: minimax comes first.": other,
        "That is the derivative with respect to D. The question is the logit, D = σ(logit): "
        "the chain rule adds a factor D(1 − D).": right / (d * (1 - d)),
        "That is divided by the batch size. Here each logit's own loss is asked, not the mean.": right / 3,
        "That is σ′(logit) = D(1 − D), one factor of the answer.": d * (1 - d),
        "That is σ′(logit) = D(1 − D) with a minus sign, one factor of the answer.": -d * (1 - d),
    }


@check.that("generator_gradients", "shows who still learns from a discriminator that is sure")
def _(gradients: Callable) -> None:
    minimax, non_saturating = both_gradients(gradients, torch.full((2,), -90.0))
    expect_close(minimax, [0.0, 0.0], "logits of −90, the minimax loss")
    expect_close(non_saturating, [-1.0, -1.0], "logits of −90, the non-saturating loss")


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
    got = numbers(optimal(torch.tensor([0.2, 0.5, 0.0]), torch.tensor([0.2, 0.0, 0.5])), (3,))
    expect_close(got, [0.5, 1.0, 0.0], "p = 0.2, 0.5, 0 and q = 0.2, 0, 0.5")


@check.that("optimal_discriminator", "is ½, not NaN, where both densities are 0")
def _(optimal: Callable) -> None:
    got = numbers(optimal(torch.tensor([0.0, 0.3]), torch.tensor([0.0, 0.1])), (2,), "D* where p = q = 0")
    expect_close(got, [0.5, 0.75], "p = 0, 0.3 and q = 0, 0.1")


@check.that("optimal_discriminator", "keeps the shape and works far out in the tails")
def _(optimal: Callable) -> None:
    p, q = torch.full((4, 2), 3e-30), torch.full((4, 2), 1e-30)
    expect_close(numbers(optimal(p, q), (4, 2)), torch.full((4, 2), 0.75), "p = 3e-30 and q = 1e-30")


# --- game_value -----------------------------------------------------------------------------


def bumps(apart: float) -> tuple[Tensor, Tensor, float]:
    """Two unit Gaussians on a grid, `apart` from each other, and the grid's spacing."""
    x = torch.linspace(-10.0, 10.0 + apart, 2001)
    p = torch.distributions.Normal(0.0, 1.0).log_prob(x).exp()
    q = torch.distributions.Normal(apart, 1.0).log_prob(x).exp()
    return p, q, float(x[1] - x[0])


@check.that("game_value", "is −log 4 when real and fake are the same and D = ½")
def _(value: Callable) -> None:
    p, q, dx = bumps(0.0)
    got = numbers(value(p, q, torch.full_like(p, 0.5), dx), ())
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


@check.that("game_value", "weighs log D by p and log(1 − D) by q")
def _(value: Callable) -> None:
    p = torch.tensor([0.5, 1.5])
    q = torch.tensor([1.0, 1.0])
    d = torch.tensor([1 / 4, 3 / 4])
    got = numbers(value(p, q, d, 0.5), ())
    real, fake = 0.5 * (0.5 * log(1 / 4) + 1.5 * log(3 / 4)), 0.5 * (log(3 / 4) + log(1 / 4))
    flipped = 0.5 * (0.5 * log(3 / 4) + 1.5 * log(1 / 4)) + 0.5 * (log(1 / 4) + log(3 / 4))
    expect_close(
        got,
        real + fake,
        "p = 0.5, 1.5, q = 1, 1, D = ¼, ¾ and dx = 0.5",
        usual={
            "D and 1 − D are swapped.": flipped,
            "That is the real term alone.": real,
            "That is the fake term alone.": fake,
            "The factor dx is missing.": 2 * (real + fake),
            "The weights p and q are swapped.": 0.5 * (log(1 / 4) + log(3 / 4) + 0.5 * log(3 / 4) + 1.5 * log(1 / 4)),
            "The logarithm should be the natural one.": (real + fake) / log(2),
            "The sign is wrong.": -(real + fake),
        },
    )


@check.that("game_value", "uses the D it is given: the value falls when D is not the best one")
def _(value: Callable) -> None:
    p, q, dx = bumps(2.0)
    best = numbers(value(p, q, p / (p + q), dx), ())
    for worse, name in ((torch.full_like(p, 0.5), "D = ½"), (q / (p + q), "a D that is wrong everywhere")):
        other = numbers(value(p, q, worse, dx), ())
        expect(
            other < best - 1e-3,
            f"With the best D the value is {best:.3f}, with {name} it is {other:.3f}; "
            "it should be lower. Do you use the argument `d`?",
        )


@check.that("game_value", "counts nothing where D is sure and the density is 0")
def _(value: Callable) -> None:
    p, q = torch.tensor([2.0, 0.0]), torch.tensor([0.0, 2.0])
    got = numbers(value(p, q, torch.tensor([1.0, 0.0]), 0.5), (), "V for a perfect D (0 · log 0 counts as 0)")
    expect_close(got, 0.0, "two densities that never meet and a perfect D")


# --- the two steps --------------------------------------------------------------------------


class Spy:
    """A loss with weights so plain that its gradients can be worked out by hand. Notes its inputs."""

    def __init__(self, *weights: float):
        self.weights = weights
        self.calls: list[tuple[Tensor, ...]] = []

    def __call__(self, *batches: Tensor) -> Tensor:
        expect(
            len(batches) == len(self.weights),
            f"The loss takes {len(self.weights)} batch(es) of logits here; you gave it {len(batches)}.",
        )
        for batch in batches:
            expect(isinstance(batch, Tensor), f"The loss should be given logits; you gave it {a(batch)}.")
        self.calls.append(tuple(b.detach().clone() for b in batches))
        total = sum(w * b.mean() for w, b in zip(self.weights, batches, strict=True))
        assert isinstance(total, Tensor)
        return total


class Game:
    """G(z) = 2z + 1 and D(x) = 3x − 4, with plain gradient descent and yesterday's gradients left in."""

    def __init__(self, leftovers: float = 0.0) -> None:
        self.G, self.D = nn.Linear(1, 1), nn.Linear(1, 1)
        with torch.no_grad():
            self.G.weight.fill_(2.0), self.G.bias.fill_(1.0)
            self.D.weight.fill_(3.0), self.D.bias.fill_(-4.0)
        for p in (*self.G.parameters(), *self.D.parameters()):
            p.grad = torch.full_like(p, leftovers) if leftovers else None
        self.opt_G = torch.optim.SGD(self.G.parameters(), lr=0.1)
        self.opt_D = torch.optim.SGD(self.D.parameters(), lr=0.1)
        self.real = torch.tensor([[4.0], [6.0], [8.0]])
        self.z = torch.tensor([[0.5], [-0.5], [0.0]])

    def step_D(self, step: Callable, loss: Spy) -> Any:
        return step(self.G, self.D, self.opt_D, loss, self.real, self.z)

    def step_G(self, step: Callable, loss: Spy) -> Any:
        return step(self.G, self.D, self.opt_G, loss, self.z)

    @staticmethod
    def values(net: nn.Module) -> list[float]:
        return [p.item() for p in net.parameters()]


def called_once(loss: Spy) -> tuple[Tensor, ...]:
    expect(bool(loss.calls), "The function never calls the `loss` it is given. Use it, not a loss of your own.")
    expect(len(loss.calls) == 1, f"One step should call `loss` once; it was called {len(loss.calls)} times.")
    return loss.calls[0]


def number_back(value: Any) -> None:
    expect(value is not None, "The result is None. Return the loss as a number: `return value.item()`.")
    if isinstance(value, Tensor) and value.requires_grad:
        raise Miss(
            "You return the loss with its computation attached, which would keep every step's "
            "activations in memory. Return a plain number: `value.item()`."
        )
    numbers(value, (), "The returned loss")


def moved(net: nn.Module, before: list[float], want: list[float], name: str, usual: dict[str, list[float]]) -> None:
    got = Game.values(net)
    expect(
        got != before,
        f"{name} has not moved. Does the step call backward() and then the optimizer's step()?",
    )
    expect_close(
        torch.tensor(got, dtype=torch.float64),
        want,
        f"{name}'s weight and bias after one step of plain gradient descent",
        usual=usual,
    )


@check.that("discriminator_step", "compares D on real data with D on G's samples")
def _(step: Callable) -> None:
    game, loss = Game(), Spy(-2.0, 5.0)
    game.step_D(step, loss)
    real, fake = called_once(loss)
    on_real, on_fake = [[8.0], [14.0], [20.0]], [[2.0], [-4.0], [-1.0]]
    if close_to(real, on_fake) and close_to(fake, on_real):
        raise Miss("The two batches are swapped: loss(real_logits, fake_logits).")
    expect(close_to(real, on_real), "The first argument of the loss should be D(real).")
    expect(close_to(fake, on_fake), "The second argument of the loss should be D(G(z)).")


@check.that("discriminator_step", "moves D one step down its gradient")
def _(step: Callable) -> None:
    game, loss = Game(), Spy(-2.0, 5.0)
    game.step_D(step, loss)
    # The weight's gradient is −2·mean(real) + 5·mean(fake) = −12 + 5, the bias's −2 + 5.
    moved(game.D, [3.0, -4.0], [3.7, -4.3], "D", {"That is uphill: minimize the loss.": [2.3, -3.7]})


@check.that("discriminator_step", "starts from clean gradients")
def _(step: Callable) -> None:
    game, loss = Game(leftovers=100.0), Spy(-2.0, 5.0)
    game.step_D(step, loss)
    moved(
        game.D,
        [3.0, -4.0],
        [3.7, -4.3],
        "D",
        {"Gradients of the step before are still in it. Clear them with opt_D.zero_grad().": [-6.3, -14.3]},
    )


@check.that("discriminator_step", "leaves G alone: its weights and its gradients")
def _(step: Callable) -> None:
    game, loss = Game(), Spy(-2.0, 5.0)
    game.step_D(step, loss)
    expect(Game.values(game.G) == [2.0, 1.0], "G's weights have changed; only D should move.")
    expect(
        all(p.grad is None or not p.grad.any() for p in game.G.parameters()),
        "G has received a gradient, which would leak into its next step and costs time now. "
        "Cut the fakes off from G: G(z).detach(), or make them under torch.no_grad().",
    )
    expect(
        all(p.requires_grad for p in game.G.parameters()),
        "G's parameters no longer take gradients after the step: it could not learn any more.",
    )


@check.that("discriminator_step", "returns the loss as a plain number")
def _(step: Callable) -> None:
    game, loss = Game(), Spy(-2.0, 5.0)
    got = game.step_D(step, loss)
    number_back(got)
    expect_close(numbers(got, ()), -2 * 14.0 + 5 * -1.0, "this step's loss")


@check.that("generator_step", "shows D the samples of G and nothing else")
def _(step: Callable) -> None:
    game, loss = Game(), Spy(5.0)
    game.step_G(step, loss)
    (fake,) = called_once(loss)
    expect(close_to(fake, [[2.0], [-4.0], [-1.0]]), "The loss should be given D(G(z)).")


@check.that("generator_step", "moves G one step down its gradient, through D")
def _(step: Callable) -> None:
    game, loss = Game(), Spy(5.0)
    game.step_G(step, loss)
    if Game.values(game.G) == [2.0, 1.0] and Game.values(game.D) == [3.0, -4.0]:
        raise Miss(
            "G has not moved. Is a detach() or no_grad() between G and the loss, or is backward() "
            "or opt_G.step() missing?"
        )
    # The gradient is 5·3·mean(z) = 0 for the weight and 5·3 = 15 for the bias.
    moved(game.G, [2.0, 1.0], [2.0, -0.5], "G", {"That is uphill: minimize the loss.": [2.0, 2.5]})


@check.that("generator_step", "starts from clean gradients")
def _(step: Callable) -> None:
    game, loss = Game(leftovers=100.0), Spy(5.0)
    game.step_G(step, loss)
    moved(
        game.G,
        [2.0, 1.0],
        [2.0, -0.5],
        "G",
        {"Gradients of the step before are still in it. Clear them with opt_G.zero_grad().": [-8.0, -10.5]},
    )


@check.that("generator_step", "leaves D alone, and able to learn afterwards")
def _(step: Callable) -> None:
    game, loss = Game(), Spy(5.0)
    game.step_G(step, loss)
    expect(Game.values(game.D) == [3.0, -4.0], "D's weights have changed; only G should move.")
    expect(
        all(p.requires_grad for p in game.D.parameters()),
        "D's parameters no longer take gradients: if you freeze D for this step, unfreeze it at the end.",
    )


@check.that("generator_step", "returns the loss as a plain number")
def _(step: Callable) -> None:
    game, loss = Game(), Spy(5.0)
    got = game.step_G(step, loss)
    number_back(got)
    expect_close(numbers(got, ()), -5.0, "this step's loss")


def close_to(tensor: Tensor, want: list[list[float]]) -> bool:
    return tensor.numel() == len(want) and torch.allclose(tensor.flatten(), torch.tensor(want).flatten())


# --- algorithm_1 ----------------------------------------------------------------------------


class Referee:
    """Stands in for both steps and both sources of samples, and notes who was called with what."""

    def __init__(self) -> None:
        self.moves = ""
        self.drawn = 0
        self.real_seen: list[str] = []
        self.noise_seen: list[str] = []

    def real(self) -> str:
        self.drawn += 1
        return f"real {self.drawn}"

    def noise(self) -> str:
        self.drawn += 1
        return f"z {self.drawn}"

    def d_step(self, real: str, z: str) -> float:
        expect(isinstance(real, str) and real.startswith("real"), "discriminator_step wants (real, z), in this order.")
        expect(isinstance(z, str) and z.startswith("z"), "discriminator_step wants (real, z), in this order.")
        self.moves += "D"
        self.real_seen.append(real)
        self.noise_seen.append(z)
        return float(len(self.moves))

    def g_step(self, z: str) -> float:
        expect(isinstance(z, str) and z.startswith("z"), "generator_step wants noise: generator_step(z).")
        self.moves += "G"
        self.noise_seen.append(z)
        return -float(len(self.moves))

    def play(self, algorithm: Callable, iterations: int, k: int) -> Iterator[Any]:
        run = algorithm(self.d_step, self.g_step, self.real, self.noise, iterations, k)
        expect(run is not None, "The result is None. Use `yield` in the loop: the function is then an iterator.")
        expect(
            hasattr(run, "__next__"),
            f"The result is {a(run)}. Use `yield` in the loop, so that whoever runs it can stop after any iteration.",
        )
        return run


@check.that("algorithm_1", "takes k steps of D, then one of G, in every iteration")
def _(algorithm: Callable) -> None:
    for iterations, k in ((3, 1), (2, 3)):
        referee = Referee()
        list(islice(referee.play(algorithm, iterations, k), 50))
        want = ("D" * k + "G") * iterations
        if referee.moves != want:
            hint = ""
            if referee.moves == ("G" + "D" * k) * iterations:
                hint = " In the paper D moves first."
            elif referee.moves == ("D" + "G" * k) * iterations:
                hint = " It is D that takes k steps, not G."
            elif referee.moves == "DG" * k * iterations:
                hint = " G's step belongs after the inner loop, not in it."
            elif referee.moves == "DG" * iterations:
                hint = " The inner loop over k is missing."
            elif len(referee.moves) % len(want) == 0 or len(want) % max(len(referee.moves), 1) == 0:
                hint = " Count the iterations."
            raise Miss(
                f"For {iterations} iterations with k = {k} the moves are {referee.moves}; expected {want}.{hint}"
            )


@check.that("algorithm_1", "draws fresh real data and fresh noise for every step")
def _(algorithm: Callable) -> None:
    referee = Referee()
    list(islice(referee.play(algorithm, 3, 2), 50))
    expect(
        len(set(referee.real_seen)) == len(referee.real_seen),
        "A batch of real data was used more than once. Draw a new one for each step of D.",
    )
    expect(
        len(set(referee.noise_seen)) == len(referee.noise_seen),
        "A batch of noise was used more than once. The paper draws a new one for each step, G's too.",
    )


@check.that("algorithm_1", "yields (D's loss, G's loss) after each iteration")
def _(algorithm: Callable) -> None:
    referee = Referee()
    got = list(islice(referee.play(algorithm, 3, 2), 50))
    expect(len(got) == 3, f"Three iterations should yield three times; yours yields {len(got)} times.")
    for pair, want in zip(got, [(2.0, -3.0), (5.0, -6.0), (8.0, -9.0)], strict=True):
        expect(pair is not None, "It yields None: write `yield d_loss, g_loss`.")
        expect(
            isinstance(pair, tuple | list) and len(pair) == 2,
            f"It should yield a pair, (D's loss, G's loss); it yields {a(pair)}.",
        )
        if tuple(pair) == want[::-1]:
            raise Miss("The losses are swapped: D's comes first.")
        expect(tuple(pair) == want, f"It yields {tuple(pair)}; expected D's last loss and G's loss, {want}.")


@check.that("algorithm_1", "waits after each iteration until it is asked for the next")
def _(algorithm: Callable) -> None:
    referee = Referee()
    run = referee.play(algorithm, 1000, 2)
    expect(referee.moves == "", "It starts to train before anybody asked for the first iteration.")
    next(run)
    expect(
        referee.moves == "DDG",
        f"After one next() {len(referee.moves)} steps were taken instead of 3. Put the `yield` inside the outer loop.",
    )
