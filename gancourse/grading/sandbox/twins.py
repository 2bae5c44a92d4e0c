"""What both sides of the gap have: tensors, each by a number, and lists that have come more than once.

A tensor crosses by value: there are two of it from then on. In a notebook there is one. An answer that stores a view
of its argument, fills it in place or cuts it off its graph is told from one that does not by what happens to the
other twin. So each side keeps the last ones that have crossed, and tells the other what has changed in them.

Torch counts what is done to a tensor in place, but not through `.data`. So of the small ones that have crossed last
the numbers are looked at, too.

A list comes by value as well. An answer that hands out one list again and again, with other things in it, is told from
one that makes a list each time by what happens to the earlier ones: so a list that comes again is the one that has
come before.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from itertools import islice
from typing import Any

import torch
from torch import Tensor

MOST_TWINS = 256
MOST_TWIN_BYTES = 64 * 2**20
"""How many are kept, and how large together; of older ones the other side hears no more."""
MOST_WATCHED_BYTES = 2**20
"""How large those are together whose numbers are looked at before each message."""
Way = tuple[int, ...]
MOST_LISTS, LEVELS_DOWN, SIDE_BY_SIDE = 256, 4, 16
"""How many are remembered; one that is older comes as a new one. How far down in a result they are looked for, and
among how many parts of each level: a result may be large, and the grader's time is not the student's."""


class Twins:
    """One side's twins."""

    def __init__(self) -> None:
        self.tensors: OrderedDict[int, Tensor] = OrderedDict()
        self.numbers: dict[int, int] = {}  # by id(); the tensor is kept above, so that no other has its id
        self.known: dict[int, object] = {}  # what they were like when both sides had the same
        self.read: OrderedDict[int, bytes] = OrderedDict()  # the numbers of the last ones
        self.bytes = self.read_bytes = 0

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
            self.read_bytes -= len(self.read.pop(number, b""))
            self.bytes = sum(kept.nbytes for kept in self.tensors.values())  # it may have been resized

    def move(self, tensor: Tensor, new: Tensor) -> None:
        """Another tensor takes the place of one that has just come."""
        if (number := self.number(tensor)) is not None:
            self.add(number, new)

    def note(self, number: int) -> None:
        """Both sides have the same now."""
        tensor = self.tensors[number]
        self.known[number] = marks_of(tensor)
        self.read_bytes -= len(self.read.pop(number, b""))
        if tensor.nbytes <= MOST_WATCHED_BYTES and (digits := digits_of(tensor)) is not None:
            self.read[number] = digits
            self.read_bytes += len(digits)
            while self.read_bytes > MOST_WATCHED_BYTES:
                self.read_bytes -= len(self.read.popitem(last=False)[1])

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


class Lists:
    """The lists and dicts that one side has handed to the other, each by the call that it came from and its place.

    Attributes:
        kept: by that name; the other side's keeps its own of them.
    """

    def __init__(self) -> None:
        self.kept: OrderedDict[Way, Any] = OrderedDict()
        self.names: dict[int, Way] = {}  # by id(); they are kept above

    def sent(self, call: int, result: Any) -> list[list[Any]]:
        """Of a call's result those that were sent before: rows of place, and the name it had."""
        rows = []
        for place, part in lists_in(result):
            if (name := self.names.get(id(part))) is None:
                self.keep((call, *place), part)
            else:
                rows.append([list(place), list(name)])
        return rows

    def come(self, call: int, result: Any, rows: Any) -> Any:
        """A call's result that has come: what `sent` says was here before is that again, with what is in it now.

        Raises:
            TypeError, ValueError: if it is told in another way than `sent` does.
        """
        return self.joined(call, result, {tuple(place): tuple(name) for place, name in rows or ()}, ())

    def joined(self, call: int, value: Any, names: dict[Way, Way], place: Way) -> Any:
        """The same of a part of it."""
        if type(value) in (list, tuple, dict) and len(place) < LEVELS_DOWN:
            inner = first_parts(value)
            parts = [self.joined(call, part, names, (*place, k)) for k, part in enumerate(inner)]
            if any(new is not part for new, part in zip(parts, inner, strict=True)):
                value = with_parts(value, parts)
        if type(value) not in (list, dict):
            return value
        before = self.kept.get(names.get(place, ()))
        if type(before) is not type(value):
            self.keep((call, *place), value)
            return value
        before.clear()
        (before.update if type(before) is dict else before.extend)(value)
        return before

    def keep(self, name: Way, part: Any) -> None:
        self.kept[name], self.names[id(part)] = part, name
        if len(self.kept) > MOST_LISTS:
            self.names.pop(id(self.kept.popitem(last=False)[1]), None)

    def clear(self) -> None:
        self.__init__()


def lists_in(value: Any, place: Way = ()) -> Iterator[tuple[Way, Any]]:
    """The lists and dicts in a value, each with its place; those within others come first."""
    if type(value) in (list, tuple, dict) and len(place) < LEVELS_DOWN:
        for k, part in enumerate(first_parts(value)):
            yield from lists_in(part, (*place, k))
    if type(value) in (list, dict):
        yield place, value


def first_parts(value: Any) -> list[Any]:
    """What a list, a tuple or a dict holds, as far as it is looked at."""
    return list(islice(value.values() if type(value) is dict else value, SIDE_BY_SIDE))


def with_parts(value: Any, parts: list[Any]) -> Any:
    """A list, a tuple or a dict whose first parts are these."""
    if type(value) is dict:
        return value | dict(zip(value, parts, strict=False))
    return type(value)([*parts, *value[len(parts) :]])


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
