"""Captions that do not fit by what they say, and not by who they were written for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.core import expect
from gancourse.checks.inputs import MANY, chosen_int, fresh, rand
from gancourse.checks.lesson_12.suite import check
from gancourse.checks.values import numbers

FRIENDLY_SAID = ((1, 0, 0, 1), (0, 1, 0, 0), (0, 0, 1, 0), (1, 0, 0, 0), (0, 0, 0, 0))
FRIENDLY_FALSE = ((0, 1, 1, 0), (1, 0, 0, 1), (0, 0, 0, 1), (0, 0, 0, 0), (0, 1, 0, 0))


def said_and_false() -> tuple[Tensor, Tensor]:
    """What five captions say and what is false of five pictures: no caption says what is false of its own.

    One picture has several captions that do not fit, one has exactly one, one has none; one caption says nothing.
    """
    said, false = torch.tensor(FRIENDLY_SAID).float(), torch.tensor(FRIENDLY_FALSE).float()
    while fresh():
        said = (rand(5, 4) < 0.35).float()
        false = (rand(5, 4) < 0.4).float() * (1 - said)
        said[4] = 0
        counts = (false @ said.T > 0).sum(1)
        if (counts == 0).any() and (counts == 1).any() and (counts >= 2).any():
            break
    return said, false


def fitting(said: Tensor, false: Tensor) -> Tensor:
    """Which captions say something false of which picture, bool (n, n), by going through all."""
    n = len(said)
    wrong = torch.zeros(n, n, dtype=torch.bool)
    for i in range(n):
        for j in range(n):
            wrong[i, j] = any(bool(s) and bool(f) for s, f in zip(said[j], false[i], strict=True))
    return wrong


def taken_captions(answer: Callable, said: Tensor, false: Tensor) -> Tensor:
    n = len(said)
    got: Any = answer(said, false)
    found = numbers(got, (n,), advice="One number of a caption for each picture.")
    expect(bool((found == found.round()).all()), "The numbers of captions should be whole numbers.")
    expect(bool(((found >= -1) & (found < n)).all()), f"Numbers of captions go from 0 to {n - 1}, or are −1.")
    expect(isinstance(got, Tensor) and got.dtype == torch.int64, "Return a tensor of whole numbers (torch.long).")
    return found.long()


def drawn_often(answer: Callable, said: Tensor, false: Tensor, times: int) -> Tensor:
    """How often which caption is drawn for which picture, (n, n + 1); the last column counts −1."""
    n = len(said)
    table = torch.zeros(n, n + 1)
    for _ in range(times):
        table[torch.arange(n), taken_captions(answer, said, false)] += 1
    return table


@check.that("mismatched", "draws a caption that says something false of the picture", point=True)
def _(answer: Callable) -> None:
    said, false = said_and_false()
    wrong = fitting(said, false)
    table = drawn_often(answer, said, false, 25)
    for i in range(5):
        taken = table[i, :5].nonzero().flatten().tolist()
        bad = [j for j in taken if not wrong[i, j]]
        own = " It is the picture's own." if bad and bad[0] == i else ""
        expect(not bad, f"For picture {i} you return caption {bad[:1]}, which says nothing false of it.{own}")
        one = int(wrong[i].float().argmax())
        told = f"For picture {i} you return −1. Caption {one} says something false of it."
        expect(bool(taken) or not wrong[i].any(), told)


@check.that("mismatched", "says −1 where every caption of the batch may be true", point=True)
def _(answer: Callable) -> None:
    said, false = said_and_false()
    wrong = fitting(said, false)
    got = taken_captions(answer, said, false)
    expect(bool((got >= 0).any()), "You return −1 for all pictures. For some there is a caption that does not fit.")
    for i in (~wrong.any(1)).nonzero().flatten().tolist():
        told = f"No caption says anything false of picture {i}; −1 is asked, and you return {int(got[i])}."
        expect(int(got[i]) == -1, told)
    n = chosen_int(3, between=(2, 5))
    all_true = taken_captions(answer, torch.ones(n, 4), torch.zeros(n, 4))
    expect(bool((all_true == -1).all()), "Where nothing is false of any picture, all are −1.")


@check.that("mismatched", "draws anew, each that does not fit as often", point=True)
def _(answer: Callable) -> None:
    n = 6
    said, false = torch.eye(n), 1 - torch.eye(n)
    false[0, 1:3] = 0  # for picture 0 three do not fit
    wrong = fitting(said, false)
    times = MANY // 10
    table = drawn_often(answer, said, false, times)
    for i in range(n):
        share = table[i, :n][wrong[i]] / times
        even = 1 / int(wrong[i].sum())
        expect(float(share.max()) < 0.999, f"Picture {i} always gets the same caption. Draw anew at each call.")
        off = float((share - even).abs().max())
        expect(off < 6.5 * (even * (1 - even) / times) ** 0.5,
               f"Picture {i} has {len(share)} captions that do not fit. Each should come in {even:.0%} of the draws; "
               f"one comes in {float(share.max()):.0%}, another in {float(share.min()):.0%}.")  # fmt: skip


@check.that("mismatched", "draws for each picture by itself")
def _(answer: Callable) -> None:
    n, times = 8, MANY // 40
    said, false = torch.eye(n), 1 - torch.eye(n)
    equal, shifted = 0, 0
    for _ in range(times):
        got = taken_captions(answer, said, false)
        equal += int(len(set(got.tolist())) == n)
        shift = (got - torch.arange(n)) % n
        shifted += int(len(set(shift.tolist())) == 1)
    expect(
        shifted < times / 4, "All pictures get the caption of a neighbor at the same distance. Draw for each by itself."
    )
    expect(equal < times / 4, "No caption is ever drawn twice in a batch. Each picture draws by itself.")


@check.that("mismatched", "draws by itself, too, for pictures that the same captions do not fit")
def _(answer: Callable) -> None:
    times = MANY // 40
    said, false = torch.eye(8), torch.zeros(8, 8)
    false[:4, 4:] = 1  # the first four pictures have the same four captions that do not fit
    alike = sum(float(len(set(taken_captions(answer, said, false)[:4].tolist())) == 1) for _ in range(times))
    told = "Pictures that the same captions do not fit always get the same one. Each picture draws by itself."
    expect(alike < times / 3, told)


@check.that("mismatched", "asks whether a caption fits, and not how much of it is false or whose it is")
def _(answer: Callable) -> None:
    k, times = chosen_int(5, between=(5, 8)), MANY // 10
    said, false = torch.zeros(3, k), torch.zeros(3, k)
    said[0, 0], said[1, 1:], said[2, 1], false[0, 1:] = 1, 1, 1, 1
    share = float(drawn_often(answer, said, false, times)[0, 1]) / times
    told = f"Of two captions that do not fit, one with {k - 1} false claims is drawn in {share:.0%}, one with one in"
    expect(abs(share - 0.5) < 0.16, f"{told} {1 - share:.0%} of the draws. Both should be drawn as often.")
    own = taken_captions(answer, torch.ones(1, k), torch.ones(1, k)).tolist()
    expect(own == [0], "A caption that is false of its own picture does not fit it either: go by what is said.")


@check.that("mismatched", "takes truth values, too, and a batch of one", alone=False)
def _(answer: Callable) -> None:
    said, false = said_and_false()
    got = taken_captions(answer, said.bool(), false.bool())
    expect(bool(((got >= 0) == fitting(said, false).any(1)).all()), "With truth values other pictures are −1.")
    expect(
        taken_captions(answer, torch.ones(1, 3), torch.zeros(1, 3)).tolist() == [-1],
        "Alone, a picture has no other caption.",
    )
