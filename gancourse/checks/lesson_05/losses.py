"""What a picture is rebuilt by: squared and absolute errors, and what each asks for where nobody knows."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, chosen, drawn, fresh, rand, randn
from gancourse.checks.lesson_05.suite import check
from gancourse.checks.values import differentiable, expect_close, numbers, scalar

# --- two losses ------------------------------------------------------------------------------------


def loss_case(which: str) -> Case:
    """Three pictures, what was made of them, and what the usual slips lead to."""
    made, x = randn(3, 2, 2, 3).double(), randn(3, 2, 2, 3).double()
    off = made - x
    squares, sizes = off.square().sum((1, 2, 3)), off.abs().sum((1, 2, 3))
    own, other = (squares, sizes) if which == "l2" else (sizes, squares)
    usual = {
        "That is the sum over the batch. Average over pictures.": float(own.sum()),
        "That is the mean over all numbers. Sum over a picture, and average over the batch.": float(own.mean() / 12),
        "That is the mean over all numbers, summed over pictures.": float(own.sum() / 12),
        f"That is the {'absolute' if which == 'l2' else 'squared'} error.": float(other.mean()),
        "It is halved.": float(own.mean() / 2),
        "The differences are added up before they are made positive.": (
            float(off.sum((1, 2, 3)).square().mean() if which == "l2" else off.sum((1, 2, 3)).abs().mean())
        ),
        "The mean pictures are compared, not each picture with its own.": (
            float(off.mean(0).square().sum() if which == "l2" else off.mean(0).abs().sum())
        ),
        "Each picture is compared with another one's.": (
            float((made - x.roll(1, 0)).square().sum() / 3 if which == "l2" else (made - x.roll(1, 0)).abs().sum() / 3)
        ),
    }
    if which == "l2":
        usual["The root is taken: a length. Its square is asked."] = float(squares.sqrt().mean())
    return Case("three pictures of 2 × 2 × 3 numbers", float(own.mean()), usual, (made, x))


def compare_loss(answer: Callable, which: str) -> None:
    case = drawn(lambda: loss_case(which), always=True)
    case.compare(scalar(answer(which, *case.inputs), "Sum over a picture, then average over the batch."))


@check.that("rebuilding", "l2_loss: squares, summed over a picture and averaged over the batch", point=True)
def _(answer: Callable) -> None:
    compare_loss(answer, "l2")


@check.that("rebuilding", "l1_loss: sizes, summed over a picture and averaged over the batch", point=True)
def _(answer: Callable) -> None:
    compare_loss(answer, "l1")


@check.that("rebuilding", "both hand gradients on to what was made")
def _(answer: Callable) -> None:
    made, x = randn(4, 1, 3, 2).double(), randn(4, 1, 3, 2).double()
    for which, slope in (("l2", 2 * (made - x) / 4), ("l1", (made - x).sign() / 4)):
        given = made.clone().requires_grad_()
        loss = answer(which, given, x)
        differentiable(loss, f"{which}_loss cuts off the gradient: no decoder could learn from it.")
        loss.backward()
        expect(given.grad is not None, f"No gradient of {which}_loss reaches what was made.")
        expect_close(numbers(given.grad), slope, "four pictures", show=False, what=f"the gradient of {which}_loss is")


# --- where blur comes from -------------------------------------------------------------------------


def chances() -> tuple[Tensor, Tensor]:
    """Three probabilities, none of them near ½, and three guesses."""
    p = torch.tensor(chosen(0.25, 0.6, 0.9, between=(0.05, 0.95), avoid=0.5), dtype=torch.float64)
    return p, torch.tensor(chosen(0.4, 0.3, 0.7, between=(0.1, 0.9)), dtype=torch.float64)


def squared_case() -> Case:
    p, g = chances()
    want = p * (1 - g) ** 2 + (1 - p) * g**2
    usual = {
        "That is the square of the mean's error, (p − g)². Square first, then take the expectation.": (p - g) ** 2,
        "p and 1 − p are swapped: with probability p the pixel is 1.": (1 - p) * (1 - g) ** 2 + p * g**2,
        "The case that the pixel is 0 is missing.": p * (1 - g) ** 2,
        "The case that the pixel is 1 is missing.": (1 - p) * g**2,
        "That is the absolute error: step 4.": p * (1 - g) + (1 - p) * g,
        "Both cases count alike. Each counts as often as it comes.": (1 - g) ** 2 + g**2,
        "It is halved.": want / 2,
    }
    return Case("three pixels", want, usual, (p, g))


def best_squares_case() -> Case:
    p, _ = chances()
    usual = {
        "That is the best guess by absolute values: step 5.": (p > 0.5).double(),
        "That is the probability of a 0.": 1 - p,
        "That is what is left of the error: step 3.": p * (1 - p),
        "The derivative is 2(g − p). The guess is where it is 0.": 2 * p,
    }
    return Case("three pixels", p, usual, (p,))


def left_case() -> Case:
    p, _ = chances()
    usual = {
        "The case that the pixel is 0 is missing.": p * (1 - p) ** 2,
        "That is the root of it.": (p * (1 - p)).sqrt(),
        "Twice as much: that is what is left of the absolute error at the guess p.": 2 * p * (1 - p),
        "The guess is p, and not always right: something is left.": torch.zeros_like(p),
        "That is p². Put the guess into step 1.": p**2,
        "That is 1 − p. Put the guess into step 1.": 1 - p,
    }
    return Case("three pixels", p * (1 - p), usual, (p,))


def absolute_case() -> Case:
    p, g = chances()
    want = p * (1 - g) + (1 - p) * g
    usual = {
        "That is the error of the mean, |p − g|. Take sizes first, then the expectation.": (p - g).abs(),
        "p and 1 − p are swapped: with probability p the pixel is 1.": (1 - p) * (1 - g) + p * g,
        "That is the squared error: step 1.": p * (1 - g) ** 2 + (1 - p) * g**2,
        "The case that the pixel is 0 is missing.": p * (1 - g),
        "The case that the pixel is 1 is missing.": (1 - p) * g,
        "It is halved.": want / 2,
    }
    return Case("three pixels", want, usual, (p, g))


def best_absolute_case() -> Case:
    p, _ = chances()
    want = (p > 0.5).double()
    usual = {
        "That is the mean, the best guess by squares.": p,
        "It is the other way around: the line falls where p is above ½.": 1 - want,
        "½ is never the best: the line has its lowest point at an end.": torch.full_like(p, 0.5),
    }
    return Case("three pixels", want, usual, (p,))


def some_edges() -> Tensor:
    """Where an edge may be, (2, 6): rows with sum 1, no partial sum near ½; the first not likeliest at its median."""
    if not fresh():
        return torch.tensor([[0.1, 0.2, 0.25, 0.05, 0.35, 0.05], [0.6, 0.05, 0.05, 0.1, 0.1, 0.1]], dtype=torch.float64)
    while True:
        where = 0.05 + rand(2, 6, dtype=torch.float64)
        where = where / where.sum(1, keepdim=True)
        light = where.cumsum(1)
        median = int((light[0] > 0.5).double().argmax())
        if float((light - 0.5).abs().min()) > 0.02 and int(where[0].argmax()) not in (median, median + 1):
            return where


def row_case(absolute: bool) -> Case:
    where = some_edges()
    light = where.cumsum(1)
    want = (light > 0.5).double() if absolute else light
    usual = {
        "That is where the edge may be, not what is light.": where,
        "That is how probable dark is.": 1 - light,
        "Sums run from the right. A pixel is light if the edge is at it or left of it.": where.flip(1)
        .cumsum(1)
        .flip(1),
        "The pixel of the edge itself is light already.": light - where,
        "The sums run over the rows, not along them.": where.cumsum(0),
    }
    if absolute:
        usual = {said: (value > 0.5).double() for said, value in usual.items()}
        usual["That is the best row by squares: step 6."] = light
        brightest = where.argmax(1, keepdim=True)
        usual["The edge is put where it is most probable. The median is asked."] = (
            torch.arange(6) >= brightest
        ).double()
    return Case("two rows of six pixels", want, usual, (where,))


BLUR_STEPS: dict[int, tuple[Callable[[], Case], tuple[str, ...]]] = {
    1: (squared_case, ("p", "g")),
    2: (best_squares_case, ("p",)),
    3: (left_case, ("p",)),
    4: (absolute_case, ("p", "g")),
    5: (best_absolute_case, ("p",)),
    6: (lambda: row_case(False), ("where",)),
    7: (lambda: row_case(True), ("where",)),
}


def compare_blur(answer: Callable, step: int) -> None:
    """Ask for one step of the derivation."""
    make, names = BLUR_STEPS[step]
    # A threshold leaves few different rows: of those, some slips may look alike.
    case = make() if step in (5, 7) else drawn(make)
    got = answer(step, **dict(zip(names, case.inputs, strict=True)))
    shape = tuple(case.inputs[0].shape)
    case.compare(numbers(got, shape, f"Step {step}", "One number for each pixel."))


@check.that("blur_steps", "step 1: the expected squared error of a guess")
def _(answer: Callable) -> None:
    compare_blur(answer, 1)


@check.that("blur_steps", "step 2: the best guess by squares", point=True)
def _(answer: Callable) -> None:
    compare_blur(answer, 2)


@check.that("blur_steps", "step 3: what is left at that guess")
def _(answer: Callable) -> None:
    compare_blur(answer, 3)


@check.that("blur_steps", "step 4: the expected absolute error of a guess")
def _(answer: Callable) -> None:
    compare_blur(answer, 4)


@check.that("blur_steps", "step 5: the best guess by absolute values", point=True)
def _(answer: Callable) -> None:
    compare_blur(answer, 5)


@check.that("blur_steps", "step 6: an edge at an unknown place, by squares", point=True)
def _(answer: Callable) -> None:
    compare_blur(answer, 6)


@check.that("blur_steps", "step 7: the same by absolute values", point=True)
def _(answer: Callable) -> None:
    compare_blur(answer, 7)
