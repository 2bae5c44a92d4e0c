"""One step of either network: on the right samples, downhill, and without touching the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from gancourse.checks.core import Miss, a, close, double, expect, expect_close, numbers
from gancourse.checks.gaussian_1d.suite import check


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
