"""Checks of lesson 16. TODO: the papers."""

from __future__ import annotations

import math
from collections.abc import Callable

from gancourse.checks.core import Suite
from gancourse.checks.inputs import Case, batch, chosen, drawn
from gancourse.checks.values import expect_close, mean, number

check = Suite("16_editing")
WITHHELD = ("objectives.py",)
"""Files of the package that hold answers to this lesson's exercises. TODO: yours."""

__all__ = ["WITHHELD", "check"]


def sure(*friendly: float) -> Case:
    """A discriminator that says these probabilities, and what the usual mistakes make of them."""
    d = chosen(*friendly, between=(0.05, 0.95), avoid=0.5)
    logits = tuple(math.log(p / (1 - p)) for p in d)
    usual = {
        "That is the mean of the logits. Take the sigmoid of each first.": mean(logits),
        "The logits were averaged before the sigmoid. Take the sigmoid of each, then the mean.": sigmoid(mean(logits)),
        "That is the probability of being fake, 1 − D.": 1 - mean(d),
        "Those are added up. Divide by how many there are.": sum(d),
        "That is the mean of D's logarithms.": mean(tuple(math.log(p) for p in d)),
        "That is the largest of them. Take the mean.": max(d),
        "That is the first of them. Take the mean.": d[0],
    }
    return Case(f"a discriminator that says {', '.join(f'{p:g}' for p in d)}", mean(d), usual, (batch(*d),))


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


@check.that("mean_probability", "is the mean of the probabilities")
def _(mean_probability: Callable) -> None:
    case = drawn(lambda: sure(0.8, 0.3, 0.9))
    case.compare(number(mean_probability(*case.inputs), "The result", "One number is asked for the whole batch."))


@check.that("mean_probability", "is right for another number of pictures, too")
def _(mean_probability: Callable) -> None:
    case = drawn(lambda: sure(0.2, 0.6, 0.7, 0.95))
    case.compare(number(mean_probability(*case.inputs)))


@check.that("mean_probability", "is right at logits of ±200")
def _(mean_probability: Callable) -> None:
    import torch

    got = number(mean_probability(torch.tensor([[200.0], [-200.0], [200.0]])))
    expect_close(got, 2 / 3, "logits of 200, −200 and 200")
