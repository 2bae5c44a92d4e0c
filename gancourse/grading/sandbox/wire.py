"""What crosses between the grader and a sandbox: messages that cannot execute anything.

A message is a header in JSON and the raw bytes of its arrays. Decoding makes None, booleans,
numbers, strings, lists, tuples, dicts, ranges, tensors and NumPy arrays, all of bounded size and depth;
there is no way to name a class or a function. A value of a subclass arrives as what it is underneath: a
named tuple as a tuple, a word of an enum as a string. What else must be said about (a module, a function
that lives on the other side) is a `Tagged`: a word and plain fields, on which each side acts by a
short list of its own. Both sides use this file; neither believes the other.
"""

from __future__ import annotations

import contextlib
import json
import math
import socket
import struct
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import torch
from torch import Tensor

LARGEST_MESSAGE = 64 * 2**20  # bytes of a message
LONGEST_HEADER = 8 * 2**20  # bytes of the JSON: parsed, it takes many times as many
LONGEST = 200_000  # characters of a string
DEEPEST = 40
SLOWEST = 60  # seconds that a message may take to be read
MOST = 100_000  # items in all containers of a message together
FARTHEST = 2**53  # where a range may begin and end
DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        *(torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64),
        *(torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64, torch.complex128),
    )
}
ARRAYS = {"bool", "uint8", "int8", "int16", "int32", "int64", "uint16", "uint32", "uint64"}
ARRAYS |= {"float16", "float32", "float64", "complex64", "complex128"}
TOO_LONG, ENDED = "CellTimeoutError", "DeadKernelError"  # what a cell's output calls these ends, as nbclient's do


class WireError(Exception):
    """A message that is malformed or too large, or a value that cannot be sent."""


class Gone(Exception):
    """The other side has ended or does not answer in time."""


@dataclass(frozen=True)
class Tagged:
    """Something that is no plain value: what it is, and plain fields that say which."""

    tag: str
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Raw:
    """A tensor or an array that is to be sent as it is."""

    data: Any


UNDERNEATH: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (int, int.__int__),
    (float, float.__float__),
    (str, str.__str__),
    (tuple, lambda value: tuple(tuple.__iter__(value))),
    (list, lambda value: list(list.__iter__(value))),
    (OrderedDict, lambda value: dict(OrderedDict.items(value))),
    (dict, lambda value: dict(dict.items(value))),
)
"""How to read what a value of a subclass is underneath, whatever the subclass says about itself."""
EXACT = (Fraction, Decimal)
ALREADY_PLAIN = {bool, int, float, str, tuple, list, dict}


def underneath(value: Any) -> Any:
    """A named tuple as a tuple, an enum's word as a string, NumPy's string as Python's, a fraction as a float."""
    if isinstance(value, np.generic) and not isinstance(value, np.str_):
        return value  # float64 is a float, but has a type that checks may ask for
    kind = type(value)
    if kind in ALREADY_PLAIN:
        return value
    if kind in EXACT:
        with contextlib.suppress(ArithmeticError, ValueError):  # as a float they are what a check compares
            return float(value)
    return next((read(value) for base, read in UNDERNEATH if issubclass(kind, base)), value)


def pack(value: Any, tag: Callable[[Any], Any] | None = None) -> bytes:
    """A value as a message; `tag` turns what is neither number, string nor container into a `Tagged` or a `Raw`."""
    packer = Packer(tag)
    header = json.dumps([packer.plain(value, 0), [len(b) for b in packer.buffers]], separators=(",", ":")).encode()
    body = struct.pack(">I", len(header)) + header + b"".join(packer.buffers)
    if len(body) > LARGEST_MESSAGE or len(header) > LONGEST_HEADER:
        raise WireError(f"it is larger than {LARGEST_MESSAGE // 2**20} MB, or holds too many things")
    return body


class Packer:
    """Turns values into JSON and collects the arrays' bytes."""

    def __init__(self, tag: Callable[[Any], Any] | None) -> None:
        self.tag, self.buffers, self.items = tag, [], 0

    def plain(self, value: Any, depth: int) -> Any:
        value = underneath(value)
        kind = type(value)  # and not isinstance: a class may pretend to be another
        self.items += 1
        if depth > DEEPEST or self.items > MOST:
            raise WireError("it is nested too deeply or holds too many things")
        if value is None or kind is bool:
            return value
        if kind is int:
            return value if abs(value) < 2**63 else self.unsendable(value)
        if kind is float:
            return value if math.isfinite(value) else {"f": repr(value)}
        if kind is str:
            return value[:LONGEST]
        if kind in (list, tuple):
            return {"l" if kind is list else "u": [self.plain(v, depth + 1) for v in value]}
        if kind is dict and all(type(k) in (str, int) for k in map(key, value)):
            return {"d": [[key(k), self.plain(v, depth + 1)] for k, v in value.items()]}
        if kind is complex:
            return {"c": [self.plain(value.real, depth + 1), self.plain(value.imag, depth + 1)]}
        if kind is range:
            return {"r": [self.bounded(number) for number in (value.start, value.stop, value.step)]}
        if kind is Tagged:
            return {"x": [value.tag, [[k, self.plain(v, depth + 1)] for k, v in value.fields.items()]]}
        if isinstance(value, np.generic):
            return {"s": self.array(value)["n"]}
        if self.tag is not None and kind is not Raw:
            return self.plain(self.tag(value), depth + 1)
        value = value.data if kind is Raw else value
        if isinstance(value, Tensor):
            return self.tensor(value)
        if isinstance(value, np.ndarray):
            return self.array(value)
        return self.unsendable(value)

    def bounded(self, number: int) -> int:
        return number if abs(number) < FARTHEST else self.unsendable(range(0))

    def tensor(self, value: Tensor) -> Any:
        name = str(value.dtype).removeprefix("torch.")
        if name not in DTYPES or value.layout != torch.strided:
            raise WireError(f"it is a tensor of {name}, {value.layout}")
        # A copy: what was expanded has strides of 0, which cannot be looked at as bytes.
        data = Tensor.detach(value).to("cpu").clone(memory_format=torch.contiguous_format)
        return {"t": [name, list(data.shape), self.keep(data.reshape(-1).view(torch.uint8).numpy().tobytes())]}

    def array(self, value: Any) -> Any:
        data = np.array(value, copy=True, subok=False, order="C")
        if data.dtype.name not in ARRAYS:
            raise WireError(f"it is an array of {data.dtype.name}")
        return {"n": [data.dtype.name, list(data.shape), self.keep(data.tobytes())]}

    def keep(self, data: bytes) -> int:
        self.buffers.append(data)
        if sum(map(len, self.buffers)) > LARGEST_MESSAGE:
            raise WireError(f"it is larger than {LARGEST_MESSAGE // 2**20} MB")
        return len(self.buffers) - 1

    def unsendable(self, value: Any) -> Any:
        raise WireError(f"a {type(value).__name__} cannot be sent")


def key(value: Any) -> Any:
    """A dict's key: NumPy's integers, such as labels that were counted, as Python's."""
    return int(value) if isinstance(value, np.integer) else underneath(value)


def unpack(body: bytes, untag: Callable[[Tagged], Any] | None = None) -> Any:
    """The value of a message. Whatever the bytes, nothing but plain values and calls of `untag` come of it.

    Raises:
        WireError: if it is none.
    """
    try:
        (length,) = struct.unpack_from(">I", body)
        if length > LONGEST_HEADER:
            raise WireError("it holds too many things")
        value, lengths = json.loads(body[4 : 4 + length])
        buffers, place = [], 4 + length
        for size in lengths:
            if type(size) is not int or size < 0 or place + size > len(body):
                raise WireError("its arrays are cut short")
            buffers.append(body[place : place + size])
            place += size
    except (ValueError, TypeError, struct.error, RecursionError) as error:
        raise WireError(f"it is malformed ({type(error).__name__})") from None
    return Unpacker(buffers, untag).value(value, 0)


class Unpacker:
    """Turns JSON and buffers into values."""

    def __init__(self, buffers: list[bytes], untag: Callable[[Tagged], Any] | None) -> None:
        self.buffers, self.untag, self.items = buffers, untag, 0

    def value(self, node: Any, depth: int) -> Any:
        self.items += 1
        if depth > 2 * DEEPEST or self.items > 2 * MOST:
            raise WireError("it is nested too deeply or holds too many things")
        if node is None or type(node) in (bool, int, float):
            return node
        if type(node) is str:
            # Half of a pair of surrogates is no text, and could be written nowhere.
            return node[:LONGEST].encode("utf-8", errors="replace").decode()
        if type(node) is not dict or len(node) != 1:
            raise WireError("it is malformed")
        ((kind, content),) = node.items()
        try:
            return self.composite(kind, content, depth)
        except (TypeError, ValueError, KeyError, IndexError, RuntimeError) as error:
            raise WireError(f"it is malformed ({type(error).__name__})") from None

    def composite(self, kind: str, content: Any, depth: int) -> Any:
        match kind:
            case "f":
                return {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[content]
            case "l":
                return [self.value(v, depth + 1) for v in content]
            case "u":
                return tuple(self.value(v, depth + 1) for v in content)
            case "d":
                return {k if type(k) is int else str(k): self.value(v, depth + 1) for k, v in content}
            case "c":
                real, imaginary = (self.value(v, depth + 1) for v in content)
                return complex(real, imaginary)
            case "r":
                if any(type(number) is not int or abs(number) >= FARTHEST for number in content):
                    raise WireError("a range is malformed")
                return range(*content)
            case "t":
                name, shape, data = self.buffer(content, DTYPES)
                if not data:
                    return torch.empty(shape, dtype=DTYPES[name])
                return torch.frombuffer(data, dtype=DTYPES[name]).reshape(shape).clone()
            case "n":
                name, shape, data = self.buffer(content, ARRAYS)
                return np.frombuffer(data, dtype=name).reshape(shape).copy()
            case "s":
                name, shape, data = self.buffer(content, ARRAYS)
                return np.frombuffer(data, dtype=name).reshape(shape)[()]
            case "x":
                word, fields = content
                tagged = Tagged(str(word), {str(k): self.value(v, depth + 1) for k, v in fields})
                if self.untag is None:
                    raise WireError(f"a {tagged.tag} is not expected here")
                return self.untag(tagged)
        raise WireError("it is malformed")

    def buffer(self, content: Any, allowed: Any) -> tuple[str, list[int], bytearray]:
        name, shape, index = content
        if name not in allowed or len(shape) > 16 or any(type(s) is not int or s < 0 for s in shape):
            raise WireError("an array is malformed")
        data = self.buffers[index]
        size = np.dtype(name).itemsize if name in ARRAYS else DTYPES[name].itemsize
        if math.prod(shape) * size != len(data):
            raise WireError("an array has another size than it says")
        return name, shape, bytearray(data)


class Line:
    """A connection that carries whole messages."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection

    def send(self, body: bytes) -> None:
        """Send a message.

        Raises:
            Gone: if nobody is there, or nobody reads it in time.
        """
        try:
            self.connection.settimeout(SLOWEST)
            self.connection.sendall(struct.pack(">I", len(body)) + body)
        except OSError:
            raise Gone from None

    def receive(self, deadline: float | None = None) -> bytes:
        """Receive a message, until `deadline` on the monotonic clock.

        Raises:
            Gone: if the other side has ended, or the time is over (its argument is then "late").
            WireError: if the message is too large.
        """
        (length,) = struct.unpack(">I", self.exactly(4, deadline))
        if length > LARGEST_MESSAGE:
            raise WireError(f"it is larger than {LARGEST_MESSAGE // 2**20} MB")
        return self.exactly(length, deadline)

    def exactly(self, count: int, deadline: float | None) -> bytes:
        data = bytearray()
        while len(data) < count:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                raise Gone("late")
            try:
                self.connection.settimeout(left)
                piece = self.connection.recv(min(count - len(data), 2**20))
            except TimeoutError:
                raise Gone("late") from None
            except OSError:
                raise Gone from None
            if not piece:
                raise Gone
            data += piece
        return bytes(data)

    def close(self) -> None:
        self.connection.close()
