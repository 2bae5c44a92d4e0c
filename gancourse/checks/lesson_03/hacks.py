"""Soft labels, and the memory of past fakes.

Where an answer draws random numbers, it is judged by shares over hundreds of draws, with tolerances of
six standard deviations.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from gancourse.checks.asked import intact
from gancourse.checks.core import Miss, a, expect
from gancourse.checks.inputs import Case, batch, chosen, chosen_int, drawn, randn, said
from gancourse.checks.lesson_03.suite import check
from gancourse.checks.values import differentiable, expect_close, log, mean, numbers, scalar

# --- smoothed_loss --------------------------------------------------------------------------


def label_entropy(label: float, outputs: tuple[float, ...]) -> float:
    """The mean cross-entropy of a label and these probabilities."""
    return -mean([label * log(d) + (1 - label) * log(1 - d) for d in outputs])


both_losses = partial(scalar, advice="Average over each batch, and add.")


def soft() -> Case:
    """Two outputs on real pictures, three on fakes, and a soft label."""
    on_real = chosen(3 / 4, 0.6, between=(0.55, 0.95))
    on_fake = chosen(1 / 4, 0.1, 0.4, between=(0.05, 0.45))
    (label,) = chosen(0.8, between=(0.7, 0.95))
    real, fake = label_entropy(label, on_real), label_entropy(0, on_fake)
    want = real + fake
    usual = {
        "That is the loss with hard labels: real_label is not used.": label_entropy(1, on_real) + fake,
        "The fakes' label is softened, too. One-sided: theirs stays 0.": real + label_entropy(1 - label, on_fake),
        "The fakes get the soft label of the real pictures. Theirs is 0.": real + label_entropy(label, on_fake),
        "The labels are swapped: real pictures get real_label, fakes 0.": (
            label_entropy(0, on_real) + label_entropy(label, on_fake)
        ),
        "The real pictures' part has log D, times the label. What is missing is (1 − label) · log(1 − D).": (
            -label * mean([log(d) for d in on_real]) + fake
        ),
        "That is half of it. The two batches' means are added, not averaged.": want / 2,
        "The two batches are averaged as one. Take the mean of each, then add.": (2 * real + 3 * fake) / 5,
        "That is the sum over the batch. Take the mean.": 2 * real + 3 * fake,
        "That is the real batch's part alone.": real,
        "The sign is wrong.": -want,
        "The label's two shares are swapped: log D weighs real_label.": label_entropy(1 - label, on_real) + fake,
    }
    where = f"D(real) = {said(on_real)}, D(fake) = {said(on_fake)} and real_label = {label:g}"
    return Case(where, want, usual, (on_real, on_fake, label))


@check.that("smoothed_loss", "is the cross-entropy with a soft label for real pictures, and 0 for fakes")
def _(loss: Callable) -> None:
    case = drawn(soft)
    on_real, on_fake, label = case.inputs
    case.compare(both_losses(loss(batch(*on_real), batch(*on_fake), label)))


@check.that("smoothed_loss", "has 0.9 as its label where none is given")
def _(loss: Callable) -> None:
    on_real, on_fake, _ = drawn(soft).inputs
    want = label_entropy(0.9, on_real) + label_entropy(0, on_fake)
    expect_close(both_losses(loss(batch(*on_real), batch(*on_fake))), want, "a call without real_label")


@check.that("smoothed_loss", "is lesson 01's loss for a label of 1")
def _(loss: Callable) -> None:
    on_real, on_fake, _ = drawn(soft).inputs
    want = label_entropy(1, on_real) + label_entropy(0, on_fake)
    expect_close(both_losses(loss(batch(*on_real), batch(*on_fake), 1.0)), want, "real_label = 1")


@check.that("smoothed_loss", "pulls D(x) back once it is above the label")
def _(loss: Callable) -> None:
    (label,) = chosen(0.9, between=(0.75, 0.92))
    above, below = batch(0.98), batch(0.6)
    for logits in (above, below):
        value = loss(logits, batch(0.2), label)
        both_losses(value)
        differentiable(value, "The loss is cut off from the logits.")
        value.backward()
        expect(logits.grad is not None, "No gradient reaches the real logits.")
        want = torch.sigmoid(logits.detach()) - label
        where = f"D(real) = {torch.sigmoid(logits).item():.2g} and real_label = {label:g}"
        expect_close(numbers(logits.grad), want, where, what="the gradient for the real logit is")


@check.that("smoothed_loss", "stays right, and finite, for logits of ±200")
def _(loss: Callable) -> None:
    size = chosen_int(200, between=(120, 200))
    sure = torch.full((2, 1), float(size))
    for real, fake, want, where in (
        (sure, -sure, 0.2 * size, f"logits {size} (real) and −{size} (fake)"),
        (-sure, sure, 1.8 * size, f"logits −{size} (real) and {size} (fake)"),
    ):
        try:
            got = both_losses(loss(real, fake, 0.8))
        except Miss as miss:
            raise Miss(f"For {where}: {miss}\n{FROM_LOGITS}") from None
        cut = 0 < float(got) < want - 1
        usual = {f"A bound somewhere (clamp, + 1e-8) cuts it off. {FROM_LOGITS}": got} if cut else None
        expect_close(got, want, f"{where} with real_label = 0.8", usual, rtol=1e-3, atol=1e-3)


@check.that("smoothed_loss", "has the right gradient for logits of ±200")
def _(loss: Callable) -> None:
    size, (label,) = chosen_int(200, between=(120, 200)), chosen(0.8, between=(0.7, 0.95))
    for sign in (1, -1):
        real, fake = (torch.full((2, 1), float(s * size)).requires_grad_() for s in (sign, -sign))
        value = loss(real, fake, label)
        both_losses(value)
        differentiable(value, "The loss is cut off from the logits.")
        value.backward()
        for given, target, name in ((real, label, "real"), (fake, 0.0, "fake")):
            where = f"logits of {float(given[0]):g} ({name})"
            expect(given.grad is not None, f"No gradient reaches the {name} logits.")
            try:
                got = numbers(given.grad, what="The gradient")
            except Miss as miss:
                raise Miss(f"For {where}: {miss}\n{FROM_LOGITS}") from None
            want = (torch.sigmoid(given.detach()) - target) / 2
            expect_close(got, want, where, what="the gradient is", atol=1e-3)


FROM_LOGITS = "Compute the cross-entropy from the logits in one step: PyTorch has functions for that."


# --- ReplayBuffer ---------------------------------------------------------------------------


def numbered(first: int, n: int) -> Tensor:
    """Pictures (n, 1, 2, 2), each of one gray, its number."""
    return torch.arange(first, first + n, dtype=torch.float32)[:, None, None, None].expand(n, 1, 2, 2).clone()


def passed(buffer: Callable, pictures: Tensor) -> list[int]:
    """The numbers of the pictures that come out for these."""
    given = pictures.clone()
    got = buffer(given)
    found = numbers(got, tuple(pictures.shape), "What the buffer returns", advice="As many pictures as went in.")
    expect(intact(given), "The buffer changes the batch that it is given. Build a new one.")
    whole = (found == found[:, :1, :1, :1]).all() and (found == found.round()).all()
    expect(bool(whole), "A picture comes out that never went in: are pictures mixed?")
    return [int(v) for v in found[:, 0, 0, 0].tolist()]


def new_buffer(kind: Callable, capacity: int) -> Callable:
    buffer = kind(capacity)
    expect(callable(buffer), f"ReplayBuffer({capacity}) gives {a(buffer)} that cannot be called; give it a __call__.")
    return buffer


@check.that("ReplayBuffer", "passes everything on until it is full", alone=False)
def _(kind: Callable) -> None:
    buffer = new_buffer(kind, 10)
    for first, n in ((0, 4), (4, 1), (5, 5)):
        got = passed(buffer, numbered(first, n))
        expect(
            got == list(range(first, first + n)),
            f"With room for 10 and {first} stored, pictures {first} to {first + n - 1} go in and {shown(got)} "
            "come out; while there is room every picture is stored and passed on as it is.",
        )
    got = passed(new_buffer(kind, 5), numbered(0, 60))
    expect(
        got[:5] == list(range(5)) and got != list(range(60)),
        f"With room for 5, a batch of 60 goes in and {shown(got)} come out. The first five fill it; from the sixth on "
        "it is full, in the middle of the batch, and about every second time a stored picture comes out.",
    )


def shown(found: list[int]) -> str:
    return f"{', '.join(map(str, found[:8]))}{', …' if len(found) > 8 else ''}"


@check.that("ReplayBuffer", "is a memory of its own for each buffer, for pictures of any size", alone=False)
def _(kind: Callable) -> None:
    one, other = new_buffer(kind, 5), new_buffer(kind, 5)
    passed(one, numbered(0, 5))
    got = passed(other, numbered(100, 30))  # of five alone, one shared list in thirty shows nothing
    strange = any(value < 100 for value in got)
    expect(not strange, "What went into one buffer comes out of another: do they share one list?")
    expect(got[:5] == list(range(100, 105)), "While there is room, every picture is stored and passed on as it is.")
    large = new_buffer(kind, 3)
    for _ in range(3):
        numbers(large(randn(2, 3, 8, 8)), (2, 3, 8, 8), "What the buffer returns")


@check.that("ReplayBuffer", "once full, passes on a stored picture about every second time, in its place")
def _(kind: Callable) -> None:
    capacity, n, kept = chosen_int(60, between=(50, 80)), 0, 0
    buffer = new_buffer(kind, capacity)
    passed(buffer, numbered(0, capacity))
    while -14 < for_a_fair_coin(kept, n) < 8 and n < 10_000:
        got = passed(buffer, numbered(1000 + n, 250))
        later = [value for i, value in enumerate(got) if value > 1000 + n + i]
        expect(not later, "A picture comes out before it has gone in: the batch is shuffled. Go through it in order.")
        kept += sum(value == 1000 + n + i for i, value in enumerate(got))
        n += 250
    expect(kept > 0.01 * n, "Once the buffer is full, no new picture is passed on any more; every second should be.")
    expect(kept < 0.99 * n, "Once the buffer is full, no stored picture ever comes out.")
    expect(
        for_a_fair_coin(kept, n) > 0,
        f"Once the buffer is full, a share of {kept / n:.2f} of the new pictures is passed on; about half should be.",
    )


def for_a_fair_coin(heads: int, n: int) -> float:
    """How much so many heads of n speak for a coin of ½, against the nearer one of 0.45 and 0.55: log of the odds.

    Tossing until it is below −14 or above 8 (Wald's sequential test) takes 2,500 tosses on average where 8,000 in one
    go tell as much: a fair coin is refused less than once in a million times, one of 0.45 taken for it once in 3,000.
    """
    often = max(heads, n - heads)
    return -(often * math.log(1.1) + (n - often) * math.log(0.9))


@check.that("ReplayBuffer", "gives the place of a picture that comes out to the new one", alone=False)
def _(kind: Callable) -> None:
    capacity, n = 20, 600
    buffer = new_buffer(kind, capacity)
    passed(buffer, numbered(0, capacity))
    got = [value for i in range(0, n, 50) for value in passed(buffer, numbered(1000 + i, 50))]
    fresh = [value for i, value in enumerate(got) if value == 1000 + i]
    stored = [value for i, value in enumerate(got) if value != 1000 + i]
    expect(
        len(set(stored)) == len(stored),
        "The same stored picture comes out more than once: the new one should take its place.",
    )
    expect(
        not set(fresh) & set(stored),
        "A picture that was passed on comes out again later: once full, the buffer keeps only those that were not.",
    )
    waiting = set(range(capacity)) | set(range(1000, 1000 + n))
    missing = len(waiting - set(stored) - set(fresh))
    expect(
        missing == capacity,
        f"After {n} more pictures {missing} are in the buffer, which has room for {capacity}."
        + (" Pictures get lost." if missing < capacity else " It has grown, or pictures were dropped."),
    )


@check.that("ReplayBuffer", "draws evenly from all that it holds")
def _(kind: Callable) -> None:
    capacity, rounds = 3, 150
    first, kept = [], 0
    for _ in range(rounds):
        buffer = new_buffer(kind, capacity)
        passed(buffer, numbered(0, capacity))
        got = passed(buffer, numbered(1000, 8))
        kept += got[0] == 1000
        first += [value for value in got if value < capacity][:1]
    expect(len(first) > rounds / 2, "Stored pictures come out too rarely.")
    full = (
        f"{capacity} pictures fill a memory of {capacity}: from the next one on a coin decides. Yours is always kept."
    )
    expect(kept < rounds, full)
    counts = torch.bincount(torch.tensor(first), minlength=capacity).double()
    expected = len(first) / capacity
    off = float((counts - expected).abs().max())
    expect(
        off < 6 * expected**0.5,
        f"The first picture to come out of three is not drawn evenly: picture 0 to 2 came out "
        f"{counts.int().tolist()} times in {len(first)}.",
    )


@check.that("ReplayBuffer", "keeps no trace of G: what comes out is detached", alone=False)
def _(kind: Callable) -> None:
    buffer = new_buffer(kind, 4)
    scale = torch.ones((), requires_grad=True)
    for first in (0, 4, 8):
        got = buffer(numbered(first, 4) * scale)
        numbers(got, (4, 1, 2, 2), "What the buffer returns")
        expect(
            not (isinstance(got, Tensor) and got.requires_grad),
            "What comes out still hangs on G's computation, and the stored pictures with it: memory would fill up. "
            "detach() what goes in.",
        )


@check.that("ReplayBuffer", "keeps copies, and hands out a new tensor", alone=False)
def _(kind: Callable) -> None:
    for n, what in ((4, "given"), (4, "returned"), (1, "returned")):
        buffer, gone = new_buffer(kind, 4), -7.0
        for first in range(0, 4, n):
            given = numbered(first, n)
            got = buffer(given)
            numbers(got, (n, 1, 2, 2), "What the buffer returns")
            expect(isinstance(got, Tensor), f"The buffer returns {a(got)}; a tensor is asked.")
            (given if what == "given" else got).detach().fill_(gone)
        given = numbered(10, 60)
        got = buffer(given)
        early = bool((numbers(got, (60, 1, 2, 2), "What the buffer returns") == gone).any())
        (given if what == "given" else got).detach().fill_(gone)
        later = numbers(buffer(numbered(100, 60)), (60, 1, 2, 2), "What the buffer returns")
        expect(
            not early and not bool((later == gone).any()),
            "The batch that went in was changed afterwards, and what is stored with it. Store a copy of each picture: "
            "picture.clone()."
            if what == "given"
            else "What came out was changed afterwards, and what is stored with it. Return a new tensor: torch.stack, "
            "or a clone.",
        )


@check.that("ReplayBuffer", "leaves the batch a part of G's computation", alone=False)
def _(kind: Callable) -> None:
    buffer = new_buffer(kind, 4)
    fakes = numbered(0, 4) * torch.ones((), requires_grad=True)
    numbers(buffer(fakes), (4, 1, 2, 2), "What the buffer returns")
    advice = "The buffer cuts off the batch itself, and G's own step would learn nothing. Use detach(), not detach_()."
    expect(intact(fakes) and fakes.requires_grad, advice)


@check.that("ReplayBuffer", "takes whatever a batch is made of: (n, …)", alone=False)
def _(kind: Callable) -> None:
    for shape in ((3, 5), (2, 3, 4)):
        buffer = new_buffer(kind, 2)
        for _ in range(3):
            numbers(buffer(randn(*shape)), shape, "What the buffer returns")
