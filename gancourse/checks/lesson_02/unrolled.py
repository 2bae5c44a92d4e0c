"""The generator's step against the discriminator's answer (Metz et al., 2017, section 2.3).

G(z) = a z + c and D(x) = w x + b are straight lines, and the losses are quadratic in the logits. So
D's steps are a short recursion, written out in `Ahead` without autograd, and the slope of what comes
of it is found by moving G's two numbers a little: a reference that shares nothing with an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from gancourse.checks.core import Miss, expect
from gancourse.checks.doubles import Counted, Quadratic
from gancourse.checks.inputs import Case, chosen, drawn
from gancourse.checks.lesson_02.suite import check
from gancourse.checks.steps import column, line, number_back, through_line, trainable, unmoved, weights
from gancourse.checks.values import double, mean

WeightAndBias = Sequence[float]


NOT_OF_ONE_STEP = ("D takes one step too few", "Only D's last step", "D sees the real batch in its first")


class Ahead:
    """A game of lines, and what should come of a step of G that looks ahead."""

    def __init__(self, steps: int = 2) -> None:
        self.steps = steps
        self.start_G = (*chosen(1.5, between=(1.0, 2.0)), *chosen(0.5, between=(0.3, 1.0)))
        self.start_D = (*chosen(0.8, between=(0.5, 1.2)), *chosen(-0.4, between=(-0.8, -0.2)))
        self.x, self.noise = chosen(1.0, 2.5, 3.0, between=(0.5, 4.0)), chosen(-0.5, 1.0, 0.5, between=(-1.0, 1.5))
        (self.w_real,), (self.w_fake,) = chosen(-1.0, between=(-1.5, -0.5)), chosen(1.2, between=(0.6, 1.6))
        (self.w_G,), (self.curve,) = chosen(-2.0, between=(-3.0, -1.0)), chosen(0.5, between=(0.3, 0.8))
        (self.rate,), (self.rate_G,) = chosen(0.25, between=(0.1, 0.3)), chosen(0.1, between=(0.05, 0.2))
        self.G, self.D = line(self.start_G), line(self.start_D)
        self.opt_G = Counted(self.G.parameters(), lr=self.rate_G)
        self.d_loss = Quadratic(self.w_real, self.w_fake, curve=self.curve)
        self.g_loss = Quadratic(self.w_G, curve=self.curve)
        self.real, self.z = column(self.x), column(self.noise)

    def take(self, step: Callable) -> Any:
        """The student's step; what it returned."""
        return step(self.G, self.D, self.opt_G, self.d_loss, self.g_loss, self.real, self.z, self.steps, self.rate)

    # --- what comes of it, in plain numbers -----------------------------------------------------

    def answer(
        self,
        made: WeightAndBias,
        steps: int,
        rate: float,
        real: float = 1.0,
        fake: float = 1.0,
        first: WeightAndBias | None = None,
        later: float = 1.0,
    ) -> tuple[float, float]:
        """D's weight and bias after so many steps against these samples; in all but the last against `first`, if given.

        After the first step real samples count `later` times as much.
        """
        w, b = self.start_D
        for i in range(steps):
            slope_w = slope_b = 0.0
            seen = made if first is None or i == steps - 1 else first
            counted = real * (later if i else 1.0)
            for batch, weight, count in ((self.x, self.w_real, counted), (seen, self.w_fake, fake)):
                pulls = [count * (weight + self.curve * (w * value + b)) for value in batch]
                slope_w += mean([pull * value for pull, value in zip(pulls, batch, strict=True)])
                slope_b += mean(pulls)
            w, b = w - rate * slope_w, b - rate * slope_b
        return w, b

    def value(
        self,
        G: WeightAndBias,
        seen: WeightAndBias | None = None,
        shown: WeightAndBias | None = None,
        early: WeightAndBias | None = None,
        **look: Any,
    ) -> float:
        """G's loss for this G, at D's answer to it.

        Other generators may stand in its place: `seen` in all of D's steps, `early` in all but the last, `shown` in
        G's own loss.
        """
        made = through_line(G, self.noise)
        if early is not None:
            look["first"] = through_line(early, self.noise)
        w, b = self.answer(made if seen is None else through_line(seen, self.noise), **{**self.look, **look})
        judged = [w * value + b for value in (made if shown is None else through_line(shown, self.noise))]
        return self.w_G * mean(judged) + self.curve / 2 * mean([j * j for j in judged])

    @property
    def look(self) -> dict[str, Any]:
        return {"steps": self.steps, "rate": self.rate}

    def slope(self, h: float = 1e-5, **options: Any) -> list[float]:
        """How the value changes with each of G's two numbers."""
        found = []
        for i in range(2):
            up, down = list(self.start_G), list(self.start_G)
            up[i], down[i] = up[i] + h, down[i] - h
            found.append((self.value(up, **options) - self.value(down, **options)) / (2 * h))
        return found

    def after(self, times: float = 1.0, old: float = 0.0, **options: Any) -> list[float]:
        """G's weight and bias after the step."""
        slopes = zip(self.start_G, self.slope(**options), strict=True)
        return [p - times * self.rate_G * (s + old) for p, s in slopes]

    @property
    def move(self) -> Case:
        usual = {
            "That is the usual step, against D as it is. First let D take its steps.": self.after(steps=0),
            "D's answer is held constant. G should feel how its samples change that answer: differentiate through "
            "D's steps (create_graph=True), with the samples not detached.": self.after(seen=self.start_G),
            "Only how D's answer changes is felt: the samples are detached in G's own loss. Both parts count.": (
                self.after(shown=self.start_G)
            ),
            "Only D's last step is differentiated: its weights are detached between the steps.": (
                self.after(early=self.start_G)
            ),
            "D sees the real batch in its first step only: compute D(real) anew, with the new weights, in each step.": (
                self.after(later=0.0)
            ),
            "D looks ahead uphill: it minimizes its loss.": self.after(rate=-self.rate),
            "D takes one step too many.": self.after(steps=self.steps + 1),
            "D takes one step too few.": self.after(steps=self.steps - 1),
            "D learns from the fake batch only. Use d_loss on both.": self.after(real=0.0),
            "D learns from the real batch only. Use d_loss on both.": self.after(fake=0.0),
            "G goes uphill: minimize its loss.": self.after(times=-1),
            "That is two steps of G: call opt_G.step() once.": self.after(times=2),
        }
        usual = self.fitting(usual)
        return Case(f"{self.steps} step(s) of D ahead and one of G", self.after(), usual)

    def fitting(self, usual: dict[str, Any]) -> dict[str, Any]:
        """Of one step ahead, one too few is the usual step, and the first step is the last."""
        return {s: wrong for s, wrong in usual.items() if self.steps > 1 or not s.startswith(NOT_OF_ONE_STEP)}

    @property
    def number(self) -> Case:
        usual = {
            "That is the loss against D as it is. Return the one against its answer.": self.value(
                self.start_G, steps=0
            ),
            "That is the loss after the step. Return the one before it.": self.value(self.after()),
            "D sees the real batch in its first step only: compute D(real) anew, with the new weights, in each step.": (
                self.value(self.start_G, later=0.0)
            ),
            "The sign is wrong: return the loss that `g_loss` gave.": -self.value(self.start_G),
        }
        return Case("this step's loss", self.value(self.start_G), self.fitting(usual))

    @property
    def clear(self) -> bool:
        still = Case("", list(self.start_G), {"": self.after()})
        return still.clear and self.move.clear and self.number.clear


def moved_ahead(game: Ahead) -> None:
    """Miss unless G has gone where the case says."""
    if unmoved(game.G, game.start_G):
        changed = not unmoved(game.D, game.start_D)
        raise Miss(
            "G has not moved"
            + (", and D has." if changed else ".")
            + " A step needs backward() and then opt_G.step(), with no zero_grad(), detach() or no_grad() on the way."
        )
    expect(game.opt_G.steps > 0, "opt_G.step() is not called. Use the optimizer that is passed in, none of your own.")
    game.move.compare(double(weights(game.G)), what="G's weight and bias become", rtol=1e-3, atol=1e-4)
    expect(game.opt_G.steps == 1, f"opt_G.step() is called {game.opt_G.steps} times; one call is one step.")


@check.that("unrolled_generator_step", "moves G against D's answer, one step ahead", point=True)
def _(step: Callable) -> None:
    game = drawn(lambda: Ahead(steps=1))
    game.take(step)
    moved_ahead(game)


@check.that("unrolled_generator_step", "looks as many steps ahead as it is told", point=True)
def _(step: Callable) -> None:
    for steps in (2, 4):
        game = drawn(lambda steps=steps: Ahead(steps))
        game.take(step)
        moved_ahead(game)


@check.that("unrolled_generator_step", "is the usual step of G for 0 steps ahead", alone=False)
def _(step: Callable) -> None:
    game = drawn(Ahead)
    game.steps = 0
    want = game.after()
    game.take(step)
    expect(not unmoved(game.G, game.start_G), "With steps = 0, G has not moved.")
    Case("no step ahead", want).compare(
        double(weights(game.G)), what="G's weight and bias become", rtol=1e-3, atol=1e-4
    )


@check.that("unrolled_generator_step", "leaves D as it was, and able to learn", alone=False)
def _(step: Callable) -> None:
    game = drawn(Ahead)
    game.take(step)
    expect(
        unmoved(game.D, game.start_D),
        "D's weights have changed. D only imagines its steps: compute new weights beside the old ones, or put the "
        "old ones back.",
    )
    expect(
        len(list(game.D.parameters())) == 2 and trainable(game.D),
        "D's parameters no longer take gradients after the step: it could not learn any more.",
    )


@check.that("unrolled_generator_step", "starts from clean gradients")
def _(step: Callable) -> None:
    game = drawn(Ahead)
    old = 30.0
    for p in (*game.G.parameters(), *game.D.parameters()):
        p.grad = torch.full_like(p, old)
    piled_up = game.after(old=old)
    game.take(step)
    say = "Gradients of the step before are still in it. Clear them with opt_G.zero_grad() before backward()."
    case = Case("one step of G", game.after(), {say: piled_up})
    case.compare(double(weights(game.G)), what="G's weight and bias become", rtol=1e-3, atol=1e-4)


@check.that("unrolled_generator_step", "returns G's loss against D's answer, as a plain number")
def _(step: Callable) -> None:
    game = drawn(Ahead)
    number_back(game.take(step), game.number)
