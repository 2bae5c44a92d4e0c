"""Why a straight line leaves the shell that normal draws lie on, step by step, each on its own.

Step 1 to 3 are compared with sums and products written out, step 4 with step 3 at the mean lengths and products,
step 5 with a difference in units of a width. What two common slips lead to is never one number.
"""

from __future__ import annotations

from collections.abc import Callable

from gancourse.checks.inputs import Case, chosen, chosen_int, drawn
from gancourse.checks.lesson_03.suite import check
from gancourse.checks.values import number, one_of_one

SHELL_STEPS = ("mean_square", "width_of_square", "square_on_the_line", "mean_on_the_line", "depth")


def compare_step(answer: Callable, step: int, case: Case) -> None:
    """Compare what one step gives with its case."""
    name = SHELL_STEPS[step - 1]
    got = number(one_of_one(answer(step, *case.inputs)), f"What {name} returns", "One number is asked.")
    case.compare(got, what=f"{name} gives")


def first() -> Case:
    d = chosen_int(64, between=(20, 200))
    usual = {
        "That is the mean length, about. Asked is the mean of its square: add up d means.": d**0.5,
        "That is the mean of one square. There are d of them.": 1.0,
        "That is the mean of the fourth powers: the mean of a square is the variance, 1.": 3.0 * d,
        "The mean of z is 0, that of its square is not.": 0.0,
    }
    return Case(f"d = {d}", float(d), usual, (d,))


def second() -> Case:
    d = chosen_int(64, between=(20, 200))
    variance = sum(3 - 1**2 for _ in range(d))
    usual = {
        "That is the variance. The standard deviation is its root.": float(variance),
        "The mean of the square is not taken away: the variance is E z⁴ − (E z²)².": (3 * d) ** 0.5,
        "That is the root of d: the variance of one square is 3 − 1 = 2, not 1.": d**0.5,
        "Variances add up, not standard deviations: d of them have the root of d times one's.": d * 2**0.5,
        "That is in units of the mean. Asked is the standard deviation itself.": (2 / d) ** 0.5,
    }
    return Case(f"d = {d}", variance**0.5, usual, (d,))


def third() -> Case:
    aa, bb = chosen(4.0, 9.0, between=(2.0, 12.0))
    ab, (t,) = chosen(1.5, between=(0.5, 1.9))[0], chosen(0.25, between=(0.1, 0.4))
    want = aa - 2 * t * (aa - ab) + t * t * (aa - 2 * ab + bb)  # |a + t (b − a)|²
    usual = {
        "The product counts twice: 2 t (1 − t) a · b.": want - t * (1 - t) * ab,
        "The product is missing: only for a · b = 0 the two squares are all there is.": want - 2 * t * (1 - t) * ab,
        "The two shares are swapped: a weighs 1 − t.": t**2 * aa + (1 - t) ** 2 * bb + 2 * t * (1 - t) * ab,
        "The shares are not squared: a length (1 − t)|a| has the square (1 − t)²|a|².": (
            (1 - t) * aa + t * bb + 2 * t * (1 - t) * ab
        ),
        "The product's sign is that of a difference; x is a sum.": want - 4 * t * (1 - t) * ab,
        "That is the length. Its square is asked.": want**0.5,
    }
    return Case(f"|a|² = {aa:g}, |b|² = {bb:g}, a · b = {ab:g} and t = {t:g}", want, usual, (aa, bb, ab, t))


def fourth() -> Case:
    d, (t,) = chosen_int(64, between=(20, 200)), chosen(0.25, between=(0.1, 0.4))
    want = d - 2 * t * d + 2 * t * t * d
    usual = {
        "The shares are not squared; so every point of the line would be on the shell.": float(d),
        "That is as if b were a: of independent draws the product's mean is 0, and its term falls away.": want
        + t * (1 - t) * d,
        "Only a's term is there.": (1 - t) ** 2 * d,
        "Only b's term is there.": t**2 * d,
        "That is the root of it. Asked is the mean of the square.": want**0.5,
        "That is the share of d. Both squares have the mean d.": want / d,
    }
    return Case(f"d = {d} and t = {t:g}", want, usual, (d, t))


def fifth() -> Case:
    d, (t,) = chosen_int(64, between=(20, 200)), chosen(0.25, between=(0.1, 0.4))
    below = d - (d - 2 * t * d + 2 * t * t * d)
    want = below / (2 * d) ** 0.5
    usual = {
        "The sign is wrong: it lies below, and the depth is not negative.": -want,
        "That is the difference itself. Divide it by the standard deviation of step 2.": below,
        "It is divided by the variance: divide by its root.": below / (2 * d),
        "It is divided by the mean: divide by the standard deviation.": below / d,
        "It is divided by the root of d: the standard deviation is the root of 2 d.": below / d**0.5,
        "That is half of it: 1 − (1 − t)² − t² = 2 t (1 − t).": want / 2,
        "That is the depth of the middle, for every t.": (d / 2) ** 0.5 / 2,
    }
    return Case(f"d = {d} and t = {t:g}", want, usual, (d, t))


@check.that("off_the_shell", "step 1: the mean of |z|²", alone=False)
def _(answer: Callable) -> None:
    compare_step(answer, 1, drawn(first))


@check.that("off_the_shell", "step 2: the standard deviation of |z|²")
def _(answer: Callable) -> None:
    compare_step(answer, 2, drawn(second))


@check.that("off_the_shell", "step 3: the squared length of a point on the line")
def _(answer: Callable) -> None:
    compare_step(answer, 3, drawn(third))


@check.that("off_the_shell", "step 4: its mean, for independent draws")
def _(answer: Callable) -> None:
    compare_step(answer, 4, drawn(fourth))


@check.that("off_the_shell", "step 5: how deep the line runs below the shell")
def _(answer: Callable) -> None:
    compare_step(answer, 5, drawn(fifth))
