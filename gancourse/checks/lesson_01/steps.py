"""One step of either network: on the right samples, downhill, and without touching the other.

The networks are straight lines and the losses weighted means, so that every gradient is a formula of
one line, written out in `GameOfLines`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.core import Miss, expect
from gancourse.checks.doubles import Counted
from gancourse.checks.inputs import Case, chosen, drawn
from gancourse.checks.lesson_01.suite import check
from gancourse.checks.steps import (
    ONE_STEP,
    Spy,
    called_once,
    cleaned,
    column,
    has_logits,
    line,
    moved,
    no_gradient,
    number_back,
    one_logit_each,
    reported,
    through_line,
    trainable,
    unmoved,
)
from gancourse.checks.values import mean


class GameOfLines:
    """G(z) = 2z + 1 and D(x) = 3x − 4, or other lines, with plain gradient descent, and what should come of it."""

    def __init__(self) -> None:
        self.start_G = (*chosen(2.0, between=(1.2, 3.0)), *chosen(1.0, between=(0.5, 2.0)))
        self.start_D = (*chosen(3.0, between=(1.5, 4.0)), *chosen(-4.0, between=(-5.0, -1.0)))
        self.x = chosen(4.0, 6.0, 8.0, between=(3.0, 9.0))
        self.noise = chosen(0.5, -0.5, 0.0, between=(-1.0, 1.0))
        (self.w_real,), (self.w_fake,) = chosen(-2.0, between=(-3.0, -1.0)), chosen(5.0, between=(4.0, 6.0))
        (self.rate,), (self.old,) = chosen(0.1, between=(0.05, 0.2)), chosen(100.0, between=(50.0, 150.0))

        self.G, self.D = line(self.start_G), line(self.start_D)
        self.opt_G = Counted(self.G.parameters(), lr=self.rate)
        self.opt_D = Counted(self.D.parameters(), lr=self.rate)
        self.real, self.z = column(self.x), column(self.noise)

    def with_leftovers(self) -> GameOfLines:
        """The same with a gradient in every parameter, left from the step before."""
        for p in (*self.G.parameters(), *self.D.parameters()):
            p.grad = torch.full_like(p, self.old)
        return self

    def step_D(self, step: Callable) -> tuple[Any, Spy]:
        """Take the student's step; what it returned, and the loss with what it was given."""
        loss = Spy(real_logits=self.w_real, fake_logits=self.w_fake)
        return step(self.G, self.D, self.opt_D, loss, self.real, self.z), loss

    def step_G(self, step: Callable) -> tuple[Any, Spy]:
        loss = Spy(fake_logits=self.w_fake)
        return step(self.G, self.D, self.opt_G, loss, self.z), loss

    # What the networks make of the numbers: the samples, and logits of four kinds.

    @property
    def made(self) -> list[float]:
        return through_line(self.start_G, self.noise)

    @property
    def on_real(self) -> list[float]:
        return through_line(self.start_D, self.x)

    @property
    def on_fake(self) -> list[float]:
        return through_line(self.start_D, self.made)

    @property
    def on_noise(self) -> list[float]:
        return through_line(self.start_D, self.noise)

    @property
    def on_G_of_real(self) -> list[float]:
        return through_line(self.start_D, through_line(self.start_G, self.x))

    # What a step comes to. The options are for steps that are wrong.

    def after_D(self, times: float = 1, real: float = 1, fake: float = 1, old: float = 0) -> list[float]:
        """D's weight and bias after so many steps along this much of each batch's gradient and of an old one."""
        real, fake = real * self.w_real, fake * self.w_fake
        slopes = (real * mean(self.x) + fake * mean(self.made), real + fake)
        return [p - times * self.rate * (slope + old * self.old) for p, slope in zip(self.start_D, slopes, strict=True)]

    def after_G(self, times: float = 1, new: float = 1, old: float = 0) -> list[float]:
        """G's weight and bias after so many steps along this much of the new gradient and of an old one."""
        through_D = new * self.w_fake * self.start_D[0]
        slopes = (through_D * mean(self.noise), through_D)
        return [p - times * self.rate * (slope + old * self.old) for p, slope in zip(self.start_G, slopes, strict=True)]

    def loss_D(self, D: Sequence[float]) -> float:
        """D's loss, if D has this weight and bias."""
        return self.w_real * mean(through_line(D, self.x)) + self.w_fake * mean(through_line(D, self.made))

    def loss_G(self, G: Sequence[float]) -> float:
        return self.w_fake * mean(through_line(self.start_D, through_line(G, self.noise)))

    @property
    def move_D(self) -> Case:
        usual = {
            "That is uphill: minimize the loss.": self.after_D(times=-1),
            "Only the real batch teaches D: the fakes are cut off behind D. Cut between G and D: D(G(z).detach()).": (
                self.after_D(fake=0)
            ),
            "Only the fake batch teaches D: its output for the real data is cut off.": self.after_D(real=0),
            "That is two steps: call opt_D.step() once.": self.after_D(times=2),
        }
        return Case(ONE_STEP, self.after_D(), usual)

    @property
    def move_G(self) -> Case:
        usual = {
            "That is uphill: minimize the loss.": self.after_G(times=-1),
            "That is two steps: call opt_G.step() once.": self.after_G(times=2),
        }
        return Case(ONE_STEP, self.after_G(), usual)

    @property
    def clean_D(self) -> Case:
        return cleaned("opt_D", self.after_D(), self.after_D(old=1), self.after_D(real=0, fake=0, old=1))

    @property
    def clean_G(self) -> Case:
        return cleaned("opt_G", self.after_G(), self.after_G(old=1), self.after_G(new=0, old=1))

    @property
    def number_D(self) -> Case:
        return reported(self.loss_D(self.start_D), self.loss_D(self.after_D()))

    @property
    def number_G(self) -> Case:
        return reported(self.loss_G(self.start_G), self.loss_G(self.after_G()))

    @property
    def clear(self) -> bool:
        """Whether every mistake shows, such as not to move at all, or to give the loss something else."""
        unmoved = [Case("", self.start_D, {"": self.after_D()}), Case("", self.start_G, {"": self.after_G()})]
        logits = [self.on_fake, self.on_noise, self.on_G_of_real, self.x, self.made]
        seen = Case("", self.on_real, {str(i): values for i, values in enumerate(logits)})
        cases = [self.move_D, self.move_G, self.clean_D, self.clean_G, self.number_D, self.number_G]
        return all(case.clear for case in (*unmoved, seen, *cases))


@check.that("discriminator_step", "compares D on real data with D on G's samples")
def _(step: Callable) -> None:
    game = drawn(GameOfLines)
    real, fake = called_once(game.step_D(step)[1])
    if has_logits(real, game.on_fake) and has_logits(fake, game.on_real):
        raise Miss("The two batches are swapped: loss(real_logits, fake_logits).")
    instead = {
        "D's logits for the fake data": game.on_fake,
        "the data without D": game.x,
        "D(G(real))": game.on_G_of_real,
    }
    one_logit_each(real, game.on_real, "The first argument of the loss should be D(real)", instead)
    instead = {
        "D(z): the noise must go through G first": game.on_noise,
        "D's logits for the real data": game.on_real,
        "G's samples without D": game.made,
    }
    one_logit_each(fake, game.on_fake, "The second argument of the loss should be D(G(z))", instead)


@check.that("discriminator_step", "moves D one step down its gradient", point=True)
def _(step: Callable) -> None:
    game = drawn(GameOfLines)
    game.step_D(step)
    moved(game.D, game.start_D, game.move_D, game.opt_D, "D")


@check.that("discriminator_step", "starts from clean gradients")
def _(step: Callable) -> None:
    game = drawn(GameOfLines).with_leftovers()
    game.step_D(step)
    moved(game.D, game.start_D, game.clean_D, game.opt_D, "D")


@check.that("discriminator_step", "leaves G alone: its weights and its gradients", alone=False, point=True)
def _(step: Callable) -> None:
    game = drawn(GameOfLines)
    game.step_D(step)
    expect(unmoved(game.G, game.start_G), "G's weights have changed; only D should move.")
    expect(
        no_gradient(game.G),
        "G has received a gradient, which would leak into its next step and costs time now. "
        "Cut the fakes off from G: G(z).detach(), or make them under torch.no_grad().",
    )
    expect(trainable(game.G), "G's parameters no longer take gradients after the step: it could not learn any more.")


@check.that("discriminator_step", "returns the loss as a plain number")
def _(step: Callable) -> None:
    game = drawn(GameOfLines)
    no_tensor(game.step_D(step)[0], game.number_D)


@check.that("generator_step", "shows D the samples of G and nothing else")
def _(step: Callable) -> None:
    game = drawn(GameOfLines)
    (fake,) = called_once(game.step_G(step)[1])
    instead = {"D(z): the noise must go through G first": game.on_noise, "G's samples without D": game.made}
    one_logit_each(fake, game.on_fake, "The loss should be given D(G(z))", instead)


@check.that("generator_step", "moves G one step down its gradient, through D", point=True)
def _(step: Callable) -> None:
    game = drawn(GameOfLines)
    game.step_G(step)
    if unmoved(game.G, game.start_G) and unmoved(game.D, game.start_D):
        raise Miss(
            "G has not moved. Is a detach() or no_grad() between G and the loss, is backward() or opt_G.step() "
            "missing, or is a zero_grad() between those two?"
        )
    moved(game.G, game.start_G, game.move_G, game.opt_G, "G")


@check.that("generator_step", "starts from clean gradients")
def _(step: Callable) -> None:
    game = drawn(GameOfLines).with_leftovers()
    game.step_G(step)
    moved(game.G, game.start_G, game.clean_G, game.opt_G, "G")


@check.that("generator_step", "leaves D alone, and able to learn afterwards", alone=False, point=True)
def _(step: Callable) -> None:
    game = drawn(GameOfLines)
    game.step_G(step)
    expect(unmoved(game.D, game.start_D), "D's weights have changed; only G should move.")
    expect(
        trainable(game.D),
        "D's parameters no longer take gradients: if you freeze D for this step, unfreeze it at the end.",
    )


@check.that("generator_step", "returns the loss as a plain number")
def _(step: Callable) -> None:
    game = drawn(GameOfLines)
    no_tensor(game.step_G(step)[0], game.number_G)


def no_tensor(value: Any, case: Case) -> None:
    """Miss unless `value` is the loss as a plain number; one of NumPy's is as good."""
    number_back(value, case)
    expect(not isinstance(value, Tensor), "You return a tensor. A plain number is asked: `value.item()`.")
