"""One step of the clipped critic (Arjovsky et al., 2017, algorithm 1, lines 3 to 7).

D(x) = w x + b is a straight line and the optimizer plain gradient descent, so every outcome is a formula.
"""

from __future__ import annotations

from collections.abc import Callable

import torch

from gancourse.checks.core import expect
from gancourse.checks.doubles import Counted
from gancourse.checks.inputs import Case, chosen, drawn
from gancourse.checks.lesson_06.suite import check
from gancourse.checks.steps import column, line, moved, no_gradient, number_back, weights
from gancourse.checks.values import expect_close, mean

WIDE = 50.0  # a clip that cuts nothing


class OnLines:
    """A critic that is a line, and two batches."""

    def __init__(self) -> None:
        self.start = (*chosen(0.8, between=(0.4, 1.2)), *chosen(-0.3, between=(-0.5, -0.2)))
        self.x, self.made = chosen(1.0, 2.5, between=(0.5, 3.0)), chosen(-0.5, 0.2, 0.6, between=(-1.0, 0.9))
        (self.rate,) = chosen(0.1, between=(0.05, 0.2))
        self.D = line(self.start)
        self.opt = Counted(self.D.parameters(), lr=self.rate)
        self.real, self.fake = column(self.x), column(self.made)
        self.gap = mean(self.x) - mean(self.made)

    def take(self, step: Callable, clip: float = WIDE) -> object:
        return step(self.D, self.opt, self.real, self.fake, clip)

    @property
    def estimate(self) -> float:
        return self.start[0] * self.gap

    def after(self, times: float = 1.0, bias: float = 0.0) -> list[float]:
        """Weight and bias after a step uphill, so many times."""
        return [self.start[0] + times * self.rate * self.gap, self.start[1] + self.rate * bias]

    @property
    def move(self) -> Case:
        w, b = self.start
        usual = {
            "It goes the wrong way: the estimate falls. The loss is minus the estimate.": self.after(-1),
            "Only the real batch counts there.": [w + self.rate * mean(self.x), b + self.rate],
            "Only the made batch counts there.": [w - self.rate * mean(self.made), b - self.rate],
            "The two means are added there. The made batch counts with the other sign.": (
                [w + self.rate * (mean(self.x) + mean(self.made)), b + 2 * self.rate]
            ),
            "Sums are taken instead of means.": (
                [w + self.rate * (sum(self.x) - sum(self.made)), b + self.rate * (len(self.x) - len(self.made))]
            ),
            "It takes two steps.": self.after(2),
        }
        return Case("one step of plain gradient descent and a clip that cuts nothing", self.after(), usual)


def clear_game() -> OnLines:
    """A game in which the usual mistakes end at unlike places."""

    class Told:
        def __init__(self) -> None:
            self.game = OnLines()
            self.clear = self.game.move.clear

    return drawn(Told).game


@check.that("critic_step", "moves D up the estimate, by one step of the optimizer it is given", point=True)
def _(critic_step: Callable) -> None:
    game = clear_game()
    game.take(critic_step)
    moved(game.D, game.start, game.move, game.opt, "D")


def clipped_to(value: float, clip: float) -> float:
    return max(-clip, min(clip, value))


def binding() -> Case:
    """A clip that cuts the weight after the step, and the bias."""
    game = OnLines()
    clip = round(game.start[0] + 0.4 * game.rate * game.gap, 3)
    small = round(abs(game.start[1]) * 0.6, 3)
    w, b = game.after()
    want = [clipped_to(w, clip), b, clipped_to(w, small), clipped_to(b, small)]
    usual = {
        "It clips before the step, and the step leads out again. Clip after it.": (
            [w, b, small + game.rate * game.gap, -small]
        ),
        "The bias is not clipped. Clip every parameter.": [want[0], b, want[2], b],
        "The weight is not clipped. Clip every parameter.": [w, b, w, -small],
        "Nothing is clipped.": [w, b, w, b],
        "The clip cuts at 0 below, too. It leaves what lies from −clip to clip.": [want[0], 0.0, want[2], 0.0],
        "Parameters are set to ±clip. Only what lies beyond it is cut.": [clip, -clip, small, -small],
        "It clips the gradients, not the parameters.": (
            [
                game.start[0] + game.rate * clipped_to(game.gap, clip),
                b,
                game.start[0] + game.rate * clipped_to(game.gap, small),
                b,
            ]
        ),
    }
    step = f"a step of {game.rate * game.gap:.3g} and clips of {clip:g}, {small:g}"
    where = f"w = {game.start[0]:g}, b = {game.start[1]:g}, {step}"
    return Case(where, want, usual, (game, clip, small))


@check.that("critic_step", "clips weight and bias after the step", point=True)
def _(critic_step: Callable) -> None:
    case = drawn(binding)
    game, clip, small = case.inputs
    found = []
    for limit in (clip, small):
        again = OnLines.__new__(OnLines)
        again.__dict__.update(game.__dict__)
        again.D = line(game.start)
        again.opt = Counted(again.D.parameters(), lr=game.rate)
        again.take(critic_step, limit)
        found += weights(again.D)
    case.compare(torch.tensor(found, dtype=torch.float64), what="weight and bias, for each clip, become")


@check.that("critic_step", "goes on from the clipped weights, with the same optimizer")
def _(critic_step: Callable) -> None:
    game = clear_game()
    clip = round(game.start[0] + 0.5 * game.rate * game.gap, 3)
    game.take(critic_step, clip)
    game.take(critic_step, WIDE)
    want = clip + game.rate * game.gap
    where = f"a step with a clip of {clip:g} and one without"
    left = {"The clipped weights are new tensors, which the optimizer does not know. Change them in place.": clip}
    got = torch.tensor(weights(game.D)[0], dtype=torch.float64)
    expect_close(got, want, where, left, what="the weight becomes")


@check.that("critic_step", "clears the gradients of the step before")
def _(critic_step: Callable) -> None:
    game = clear_game()
    for p in game.D.parameters():
        p.grad = torch.full_like(p, 2.0)
    game.take(critic_step)
    piled = [game.after()[0] - 2 * game.rate, game.start[1] - 2 * game.rate]
    usual = {
        "Gradients of the step before are still in it. Clear them with opt_D.zero_grad() before backward().": piled
    }
    got = torch.tensor(weights(game.D), dtype=torch.float64)
    expect_close(got, game.after(), "gradients that were left in D", usual, what="weight and bias become")


@check.that("critic_step", "returns the estimate from before the step, as a number")
def _(critic_step: Callable) -> None:
    game = clear_game()
    after = game.after()[0] * game.gap
    usual = {
        "That is the loss. The estimate is mean D(real) − mean D(fake): its sign is the other.": -game.estimate,
        "That is the estimate after the step. Return the one before it.": after,
        "That is minus the estimate after the step.": -after,
    }
    number_back(game.take(critic_step), Case("this step's estimate", game.estimate, usual))


@check.that("critic_step", "lets no gradient reach the made batch", alone=False)
def _(critic_step: Callable) -> None:
    game = clear_game()
    game.fake.requires_grad_()
    before = weights(game.D)
    game.take(critic_step)
    expect(weights(game.D) != before, "D has not moved.")
    reached = game.fake.grad is not None and bool(game.fake.grad.any())
    expect(not reached, "A gradient reaches `fake`, and so the generator behind it. Use fake.detach().")
    expect(not no_gradient(game.D) or weights(game.D) != before, "D has not moved.")
