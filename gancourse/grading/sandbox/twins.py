"""Tensors that both sides of the gap have, each by a number.

A tensor crosses by value: there are two of it from then on. In a notebook there is one. An answer that stores a view
of its argument, fills it in place or cuts it off its graph is told from one that does not by what happens to the
other twin. So each side keeps the last ones that have crossed, and tells the other what has changed in them.

Torch counts what is done to a tensor in place, but not through `.data`. So of the small ones that have crossed last
the numbers are looked at, too.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

import torch
from torch import Tensor

MOST_TWINS = 256
MOST_TWIN_BYTES = 64 * 2**20
"""How many are kept, and how large together; of older ones the other side hears no more."""
MOST_WATCHED, MOST_WATCHED_BYTES = 24, 32 * 2**10
"""Of how many the numbers are looked at before each message, and how large these may be."""


class Twins:
    """One side's twins."""

    def __init__(self) -> None:
        self.tensors: OrderedDict[int, Tensor] = OrderedDict()
        self.numbers: dict[int, int] = {}  # by id(); the tensor is kept above, so that no other has its id
        self.known: dict[int, object] = {}  # what they were like when both sides had the same
        self.read: OrderedDict[int, bytes] = OrderedDict()  # the numbers of the last small ones
        self.bytes = 0

    def number(self, tensor: Tensor) -> int | None:
        """A tensor's number, if it has crossed."""
        return self.numbers.get(id(tensor))

    def add(self, number: int, tensor: Tensor) -> None:
        """Keep a tensor that is crossing; older ones make room for it."""
        self.drop(number)
        self.tensors[number], self.numbers[id(tensor)] = tensor, number
        self.bytes += tensor.nbytes
        self.note(number)
        while len(self.tensors) > 1 and (len(self.tensors) > MOST_TWINS or self.bytes > MOST_TWIN_BYTES):
            self.drop(next(iter(self.tensors)))

    def drop(self, number: int) -> None:
        if (tensor := self.tensors.pop(number, None)) is not None:
            self.numbers.pop(id(tensor), None)
            self.known.pop(number, None)
            self.read.pop(number, None)
            self.bytes = sum(kept.nbytes for kept in self.tensors.values())  # it may have been resized

    def move(self, tensor: Tensor, new: Tensor) -> None:
        """Another tensor takes the place of one that has just come."""
        if (number := self.number(tensor)) is not None:
            self.add(number, new)

    def note(self, number: int) -> None:
        """Both sides have the same now."""
        tensor = self.tensors[number]
        self.known[number] = marks_of(tensor)
        self.read.pop(number, None)
        if tensor.nbytes <= MOST_WATCHED_BYTES and (digits := digits_of(tensor)) is not None:
            self.read[number] = digits
            if len(self.read) > MOST_WATCHED:
                self.read.popitem(last=False)

    def changed(self) -> Iterator[tuple[int, Tensor]]:
        """Those that have changed since then; each is told once."""
        for number, tensor in self.tensors.items():
            past_autograd = number in self.read and digits_of(tensor) != self.read[number]
            if past_autograd or marks_of(tensor) != self.known[number]:
                self.note(number)
                yield number, tensor

    def renewed(self, tensor: Tensor, data: Tensor) -> bool:
        """Give a twin the numbers that have just come for it, past autograd; whether they fit."""
        if tensor.shape != data.shape or tensor.dtype != data.dtype:
            return False
        if not torch.equal(tensor, data):
            tensor.data.copy_(data)
        self.note(self.numbers[id(tensor)])
        return True

    def clear(self) -> None:
        self.__init__()


def digits_of(tensor: Tensor) -> bytes | None:
    """A tensor's numbers as they lie in memory; None for one that has no memory of its own to look at."""
    try:
        return tensor.detach().reshape(-1).contiguous().view(torch.uint8).numpy().tobytes()
    except (RuntimeError, TypeError, ValueError, AttributeError):  # on the meta device, sparse, quantized
        return None


def marks_of(tensor: Tensor) -> object:
    """What shows that a tensor was changed in place, without a look at its numbers."""
    grad = tensor.grad if tensor.is_leaf else None
    version = 0 if tensor.is_inference() else tensor._version  # what is made in inference mode counts nothing
    about = version, tensor.shape, tensor.dtype, tensor.requires_grad
    return about, None if grad is None else (id(grad), grad._version)
