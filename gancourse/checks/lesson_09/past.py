"""The buffer of past translations, with its coins and places given: what it shows and holds follows exactly."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from gancourse.checks.asked import intact
from gancourse.checks.core import expect
from gancourse.checks.inputs import chosen_int, rand, randn
from gancourse.checks.lesson_09.suite import check
from gancourse.checks.values import NOTHING, close, expect_close, numbers, two

SHAPE = (1, 2, 2)  # of a picture


class Past:
    """A buffer with `full` of its `capacity` places taken, n new translations, a coin and a place for each."""

    def __init__(self, full: int, n: int, capacity: int, heads: bool | None = None, shape: tuple[int, ...] = SHAPE):
        self.capacity = capacity
        self.held, self.fakes = randn(full, *shape), randn(n, *shape)
        self.coins = rand(n) < 0.5 if heads is None else torch.full((n,), heads)
        self.places = (capacity * rand(n)).long()

    def mixed(self, slip: str = "") -> tuple[Tensor, Tensor]:
        """What is shown, and what is held afterwards, or what this slip leads to."""
        held, shown = list(self.held), []
        for fake, coin, place in zip(self.fakes, self.coins.tolist(), self.places.tolist(), strict=True):
            if len(held) < self.capacity:
                held.append(fake)
                shown.append(held[0] if slip == "old while it fills" and self.held.numel() else fake)
            elif coin is not (slip == "coins turned"):
                source = self.held if slip == "of before" and place < len(self.held) else held
                shown.append(fake if slip == "new in both" else source[place])
                if slip != "never replaced":
                    held[place] = fake
            else:
                shown.append(fake)
                if slip == "always stored":
                    held[place] = fake
        return torch.stack(shown), torch.stack(held)

    def through(self, from_buffer: Callable) -> tuple[Tensor, Tensor]:
        """What the student's function makes of it."""
        got = from_buffer(self.held, self.fakes, self.coins, self.places, self.capacity)
        expect(got is not None, NOTHING)
        shown, held = two(got, "Return two tensors: what D is shown, and what the buffer holds then.")
        many = min(len(self.held) + len(self.fakes), self.capacity)
        told = f"The buffer holds at most {self.capacity}, and had {len(self.held)}."
        return (
            numbers(shown, tuple(self.fakes.shape), "What is shown", "As many as came in."),
            numbers(held, (many, *self.fakes.shape[1:]), "What is held", told),
        )

    def compare(self, from_buffer: Callable, slips: dict[str, str], where: str) -> None:
        shown, held = self.through(from_buffer)
        want = self.mixed()
        for which, got, what in ((1, held, "what is held is"), (0, shown, "what D is shown is")):
            usual = {said: self.mixed(slip)[which] for slip, said in slips.items()}
            usual = {
                said: wrong
                for said, wrong in usual.items()
                if wrong.shape == want[which].shape and not close(wrong.double(), want[which].double())
            }
            expect_close(got, want[which], where, usual, show=False, what=what)


SLIPS_OF_BUFFERS = {
    "of before": "What was stored within the batch does not come out again: look it up in what is held by then.",
    "coins turned": "The coins are read the other way around: True shows an old one.",
    "never replaced": "The old picture stays in the buffer. The new one should take its place.",
    "always stored": "A new picture that is shown is stored, too. Only one that an old one is shown for is stored.",
    "new in both": "Where the coin is True, the old picture should be shown, and the new one stored.",
    "old while it fills": "While the buffer fills, each new picture is stored and shown itself.",
}


@check.that("from_buffer", "stores and shows everything until the buffer is full", alone=False)
def _(from_buffer: Callable) -> None:
    Past(0, 3, 5, heads=True).compare(from_buffer, SLIPS_OF_BUFFERS, "an empty buffer")
    Past(2, 3, 5, heads=True).compare(from_buffer, SLIPS_OF_BUFFERS, "a buffer with room for all")


@check.that("from_buffer", "shows an old picture where the coin is True, and the new one takes its place", point=True)
def _(from_buffer: Callable) -> None:
    world = Past(4, 2, 4)
    world.coins = torch.tensor([True, False])
    world.compare(from_buffer, SLIPS_OF_BUFFERS, "a full buffer and the coins True, False")
    world = Past(6, 5, 6)
    world.coins = torch.tensor([False, True, True, False, True])
    world.places = torch.tensor([5, 0, 3, 1, 5])
    world.compare(from_buffer, SLIPS_OF_BUFFERS, "a full buffer and five coins")


@check.that("from_buffer", "goes through the batch in order: what was stored can come out again", point=True)
def _(from_buffer: Callable) -> None:
    world = Past(3, 3, 3, heads=True)
    world.places = torch.tensor([chosen_int(1, between=(0, 2))] * 3)
    world.compare(from_buffer, SLIPS_OF_BUFFERS, "three pictures that get the same place")
    world = Past(2, 4, 3, heads=True)
    world.places = torch.tensor([0, 2, 2, 0])
    world.compare(from_buffer, SLIPS_OF_BUFFERS, "a buffer that becomes full within the batch")


@check.that("from_buffer", "leaves what it is given as it was, and is cut off from G", alone=False)
def _(from_buffer: Callable) -> None:
    world = Past(3, 3, 3, heads=True)
    world.fakes = (2 * world.fakes.requires_grad_()).clone()
    got = from_buffer(world.held, world.fakes, world.coins, world.places, world.capacity)
    shown, held = two(got, "Return two tensors: what D is shown, and what the buffer holds then.")
    expect(intact(world.held) and intact(world.fakes), "The buffer or the batch that came in is changed.")
    numbers(shown, tuple(world.fakes.shape), "What is shown")
    for what, which in (("is shown", shown), ("is held", held)):
        attached = isinstance(which, Tensor) and which.requires_grad
        expect(not attached, f"What {what} still hangs on G's computation: detach the new translations.")


@check.that("from_buffer", "takes pictures of any shape", alone=False)
def _(from_buffer: Callable) -> None:
    Past(2, 4, 2, shape=(3,)).compare(from_buffer, SLIPS_OF_BUFFERS, "pictures of shape (3,)")
