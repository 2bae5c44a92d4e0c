"""A student's answer while claims ask it: what it may not change is put back, and what it may not use is refused.

A claim works out what should come from the inputs it gave. An answer that changed them until its own result
fits would be judged on another question. So after every call the tensors that were passed in are compared with
what they were: a change is noted, for the report, and undone. Some exercises ask for what a library has in one
call (a transposed convolution): there the call is refused while the answer runs, in a notebook and in the
sandbox alike (see `without`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.without import refusing

_ASKED: ContextVar[Asked | None] = ContextVar("the answer that is asked", default=None)


class Asked:
    """What claims get in the place of an answer: it passes calls on.

    Attributes:
        without: what the answer may not call, as `without.REFUSED` names it; "" for nothing.
        changes: the tensors that a call has changed, each with which argument it was.
        told: whether a claim has looked at what was changed.
    """

    def __init__(self, answer: Callable[..., Any], without: str = "") -> None:
        self.answer, self.without = answer, without
        self.changes: list[tuple[Tensor, str]] = []
        self.told = False

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        given = [
            *((f"number {i}", x) for i, x in enumerate(args, 1)),
            *((f"`{name}`", x) for name, x in kwargs.items()),
        ]
        before = [(which, x, x.detach().clone()) for which, x in given if isinstance(x, Tensor)]
        with refusing(self.without):
            result = self.answer(*args, **kwargs)
        for which, x, kept in before:
            if not same(x, kept):
                result = with_own_memory(result, x)
                self.changes.append((x, which))
                put_back(x, kept)
        return result


@contextlib.contextmanager
def asking(answer: Callable[..., Any], without: str = "") -> Iterator[Asked]:
    """Within the block an answer is asked."""
    asked = Asked(answer, without)
    token = _ASKED.set(asked)
    try:
        yield asked
    finally:
        _ASKED.reset(token)


def refused() -> str:
    """What the answer that is asked now may not call; "" for nothing."""
    asked = _ASKED.get()
    return asked.without if asked is not None else ""


def intact(tensor: Any) -> bool:
    """Whether no call has changed this tensor so far. (The tensor itself does not tell: it was put back.)"""
    asked = _ASKED.get()
    if asked is None or all(tensor is not x for x, _ in asked.changes):
        return True
    asked.told = True
    return False


def same(tensor: Tensor, kept: Tensor) -> bool:
    """Whether it holds the same numbers, NaN included."""
    if tensor.shape != kept.shape or tensor.dtype != kept.dtype:
        return False
    now = tensor.detach()
    if torch.equal(now, kept):
        return True
    return bool(((now == kept) | ((now != now) & (kept != kept))).all())


def with_own_memory(result: Any, tensor: Tensor) -> Any:
    """What came back, with its own memory where it shares that of a tensor about to be put back."""
    if isinstance(result, list | tuple) and type(result) in (list, tuple):
        return type(result)(with_own_memory(part, tensor) for part in result)
    shares = type(result) is Tensor and result.untyped_storage().data_ptr() == tensor.untyped_storage().data_ptr()
    return result.clone() if shares else result


def put_back(tensor: Tensor, kept: Tensor) -> None:
    """Put back what was there, past autograd: whoever differentiates the call gets what it computed."""
    if tensor.shape == kept.shape:
        tensor.data.copy_(kept)
    else:
        tensor.data = kept
