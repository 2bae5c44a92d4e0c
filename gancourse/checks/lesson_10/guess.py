"""The best guess, step by step: pictures that fit, their mean, and what it costs to look like one of them.

Blau and Michaeli (2018), arXiv:1711.06077: the error of an answer with perfect looks is at most twice the least.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch

from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, chosen, drawn, fresh, probabilities, randn
from gancourse.checks.lesson_10.suite import check
from gancourse.checks.values import number, numbers

FRIENDLY_FITS = ((1.0, 0.0, 0.5, -1.0), (-1.0, 2.0, 0.5, 0.0), (0.5, 1.0, -1.5, 3.0))


class Fits:
    """Three pictures of four pixels that fit, their probabilities, and somebody's guess."""

    def __init__(self) -> None:
        self.fits, self.p = torch.tensor(FRIENDLY_FITS), torch.tensor([0.5, 0.25, 0.25])
        self.guess = torch.tensor([0.5, 1.0, -0.5, 1.5])
        if fresh():
            self.fits, self.guess = (100 * randn(3, 4)).round() / 100, (100 * randn(4)).round() / 100
            self.p = torch.tensor(probabilities(3))
        (self.share,) = chosen(0.4, between=(0.2, 0.8))
        self.rows, self.weights = self.fits.double(), self.p.double()
        self.mean = (self.weights[:, None] * self.rows).sum(0)
        self.off = self.rows - self.mean
        self.errors = self.off.square().mean(1)  # of each picture beside the mean
        self.least = float((self.weights * self.errors).sum())

    def said(self) -> str:
        return f"three pictures of four pixels with the probabilities {', '.join(f'{x:.3g}' for x in self.p.tolist())}"

    def case(self, step: int) -> Case:
        """The question of one step, with its answers."""
        return [self.error, self.gradient, self.best, self.least_error, self.draw, self.between][step - 1]()

    def error(self) -> Case:
        off = self.rows - self.guess.double()
        want = float(self.weights @ off.square().mean(1))
        usual = {
            "Squares are added up over the pixels. It is their mean.": 4 * want,
            "All pictures count alike. Each counts by its probability.": float(off.square().mean()),
            "Differences are averaged first, and then squared.": float((self.weights @ off).square().mean()),
            "The root is taken.": want**0.5,
            "Absolute values are taken in place of squares.": float(self.weights @ off.abs().mean(1)),
            "Only the likeliest picture counts.": float(off[self.weights.argmax()].square().mean()),
            "The mean over three pictures is taken of what is weighed already.": want / 3,
        }
        return Case(f"{self.said()}, and this guess", want, usual)

    def gradient(self) -> Case:
        guess = self.guess.double()
        want = 2 * (guess - self.mean) / 4
        usual = {
            "The sign is the other way around: that is the way down.": -want,
            "The 2 of the square is missing.": want / 2,
            "The error is a mean over the pixels: divide by d.": 4 * want,
            "The 2 of the square is missing, and the mean over the pixels.": 2 * want,
            "All pictures count alike.": (guess - self.rows.mean(0)) / 2,
            "That is the gradient for the sum over the pictures.": 2 * (3 * guess - self.rows.sum(0)) / 4,
        }
        return Case(f"{self.said()}, and this guess", want, usual)

    def best(self) -> Case:
        order = self.rows.sort(0).values[1]
        usual = {
            "All pictures count alike. Each counts by its probability.": self.rows.mean(0),
            "That is the likeliest picture. It is not the best answer.": self.rows[self.weights.argmax()],
            "That is the median of each pixel, the best answer for absolute errors.": order,
            "It is divided by the number of pictures, too. Probabilities add up to 1.": self.mean / 3,
            "Rows are added up.": self.rows.sum(0),
        }
        return Case(self.said(), self.mean, usual)

    def least_error(self) -> Case:
        usual = {
            "Squares are added up over the pixels. It is their mean.": 4 * self.least,
            "All pictures count alike, around the best answer.": float(self.errors.mean()),
            "All pictures count alike.": float((self.rows - self.rows.mean(0)).square().mean()),
            "The root is taken.": self.least**0.5,
            "That is divided by one picture less.": 1.5 * self.least,
            "That is an honest draw's: step 5.": 2 * self.least,
            "The best answer's own square is not taken off.": float(self.weights @ self.rows.square().mean(1)),
            "It is not 0: the best answer is right on average only.": 0.0,
        }
        return Case(self.said(), self.least, usual)

    def draw(self) -> Case:
        apart = (self.rows[:, None] - self.rows[None]).square().mean(2)
        usual = {
            "That is the best answer's error. A draw is off by itself, too.": self.least,
            "Squares are added up over the pixels.": 8 * self.least,
            "It is twice, not four times: spreads add up, and not their roots.": 4 * self.least,
            "The root of two: errors are squared already.": 2**0.5 * self.least,
            "Truth and draw are never the same picture there. They are, by chance.": (
                2 * self.least / (1 - float(self.weights.square().sum()))
            ),
            "All pairs count alike.": float(apart.mean()),
            "Only draws count by their probabilities; the truth does, too.": float(self.weights @ apart.mean(1)),
            "Only the likeliest picture is returned.": float(self.weights @ apart[self.weights.argmax()]),
        }  # fmt: skip
        return Case(self.said(), 2 * self.least, usual)

    def between(self) -> Case:
        t = self.share
        usual = {
            "That goes straight from the one error to the other. Only the draw's part counts, by its square.": (
                (1 + t) * self.least
            ),
            "The part of the truth is not changed by the share: it counts once.": ((1 - t) ** 2 + t**2) * self.least,
            "That is the draw's part alone.": t**2 * self.least,
            "The share counts twice: 0 is the best answer, 1 the draw.": (1 + 4 * t**2) * self.least,
            "0 is the best answer and 1 the draw, not the other way around.": (1 + (1 - t) ** 2) * self.least,
            "(1 + t)² has a mixed term. Truth and draw are independent: it is 0.": (1 + t) ** 2 * self.least,
            "The share is not used: that is step 5.": 2 * self.least,
            "The share is not used: that is step 4.": self.least,
        }  # fmt: skip
        return Case(f"{self.said()}, and {t:g} of the way", (1 + t**2) * self.least, usual)


def guess_case(step: int) -> Case:
    """A question, with what is asked about in its inputs."""
    made = Fits()
    case = made.case(step)
    return Case(case.where, case.want, case.usual, (made,))


def compare_guess(answer: Callable, step: int) -> None:
    """Ask for one step of the derivation."""
    case = drawn(partial(guess_case, step))
    made = case.inputs[0]
    given = {1: {"guess": made.guess}, 2: {"guess": made.guess}, 6: {"share": made.share}}.get(step, {})
    got = answer(step, made.fits, made.p, **given)
    if step in (2, 3):
        case.compare(numbers(got, (4,), advice="One number for each pixel."))
    else:
        case.compare(number(got))


@check.that("best_guess", "step 1: the expected error of a guess")
def _(answer: Callable) -> None:
    compare_guess(answer, 1)


@check.that("best_guess", "step 2: its gradient")
def _(answer: Callable) -> None:
    compare_guess(answer, 2)


@check.that("best_guess", "step 3: the best answer", point=True)
def _(answer: Callable) -> None:
    compare_guess(answer, 3)


@check.that("best_guess", "step 4: the least error there is")
def _(answer: Callable) -> None:
    compare_guess(answer, 4)


@check.that("best_guess", "step 5: what an honest draw costs", point=True)
def _(answer: Callable) -> None:
    compare_guess(answer, 5)


@check.that("best_guess", "step 6: what lies in between costs")
def _(answer: Callable) -> None:
    compare_guess(answer, 6)


@check.that("best_guess", "steps agree: no gradient at the best answer, and step 6 from step 4 to step 5", alone=False)
def _(answer: Callable) -> None:
    made = Fits()
    best = answer(3, made.fits, made.p)
    slope = numbers(answer(2, made.fits, made.p, guess=best), (4,), advice="One number for each pixel.")
    expect(bool((slope.abs() < 1e-4).all()), "At the answer of step 3 the gradient of step 2 should be 0.")
    ends = [number(answer(6, made.fits, made.p, share=share)) for share in (0.0, 1.0)]
    least, draw = (number(answer(step, made.fits, made.p)) for step in (4, 5))
    given = number(answer(4, made.fits, made.p, guess=made.guess))
    expect(bool((given - least).abs() < 1e-6), "Step 4 is the best answer's error, whatever else was guessed.")
    told = "Step 6 should be step 4 at the share 0, and step 5 at 1."
    expect(bool((ends[0] - least).abs() < 1e-4) and bool((ends[1] - draw).abs() < 1e-4), told)
