"""A student's answer while claims ask it: what it may not change is put back, and what it may not use is refused.

A claim works out what should come from the inputs it gave. An answer that changed them until its own result
fits would be judged on another question. So after every call what was passed in (tensors, arrays, lists, dicts)
is compared with what it was: a change is noted, for the report, and undone. The same holds for what an answer
makes: its networks, and its objects that can be called. Some exercises ask for what a library has in one
call (a transposed convolution): there the call is refused while the answer runs, in a notebook and in the
sandbox alike (see `without`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from gancourse.checks.without import refusing

CHANGES = (
    "Your function changes its argument {which}, which its caller still needs. "
    "Do not use +=, *=, /= or functions that end in _ on it."
)
CUTS = (
    "Your function cuts its argument {which} off from what it was computed from, and no gradient reaches that any "
    "more. Use detach(), which gives a new tensor, and not detach_() or requires_grad_(False)."
)
CHANGES_CONTENT = "Your function changes its argument {which}, which its caller still needs. Work on a copy of it."

MOST_YIELDED = 10_000

_ASKED: ContextVar[Asked | None] = ContextVar("the answer that is asked", default=None)


class Asked:
    """What claims get in the place of an answer: it passes calls on.

    Attributes:
        without: what the answer may not call, as `without.REFUSED` names it; "" for nothing.
        changes: what a call has changed of what it was given, each with the sentence on it.
        told: whether a claim has looked at what was changed.
    """

    def __init__(self, answer: Callable[..., Any], without: str = "") -> None:
        self.answer, self.without = answer, without
        self.changes: list[tuple[Any, str]] = []
        self.told = False

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return followed(compared(self.called, args, kwargs, self))

    def called(self, *args: Any, **kwargs: Any) -> Any:
        with refusing(self.without):
            return self.answer(*args, **kwargs)


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


def intact(thing: Any) -> bool:
    """Whether no call has changed this tensor or list so far. (It does not tell itself: it was put back.)"""
    asked = _ASKED.get()
    if asked is None or all(thing is not changed for changed, _ in asked.changes):
        return True
    asked.told = True
    return False


# --- what a call was given ------------------------------------------------------------------------


def compared(
    call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], asked: Asked | None = None
) -> Any:
    """What a call of the answer's returns; what it has changed of its arguments is noted and put back."""
    asked = asked or _ASKED.get()
    if asked is None:
        return call(*args, **kwargs)
    before = kept_of(args, kwargs)
    result = call(*args, **kwargs)
    return settled(asked, before, result)


def kept_of(args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[tuple[str, Kept]]:
    """What the arguments hold, those that can change, each with which it is."""
    given = [*((f"number {i}", x) for i, x in enumerate(args, 1)), *((f"`{name}`", x) for name, x in kwargs.items())]
    return [(which, Kept(x)) for which, x in given if can_change(x)]


def settled(asked: Asked, before: list[tuple[str, Kept]], result: Any) -> Any:
    """Note and put back what has changed; the result, with memory of its own where it shared that of what changed."""
    for which, kept in before:
        if kept.is_cut:
            asked.changes.append((kept.thing, CUTS.format(which=which)))
        if kept.is_changed:
            said = CHANGES if isinstance(kept.thing, Tensor) else CHANGES_CONTENT
            asked.changes.append((kept.thing, said.format(which=which)))
            result = with_own_memory(result, kept.thing)
        kept.put_back()
    return result


def can_change(thing: Any) -> bool:
    return type(thing) in (list, tuple, dict) or isinstance(thing, Tensor | np.ndarray)


class Kept:
    """What something holds that can be changed in place, and what is in it.

    Args:
        tensors: whether their numbers are kept, too.
    """

    def __init__(self, thing: Any, tensors: bool = True) -> None:
        self.thing, self.parts, self.inside = thing, None, []
        self.data: Any = None
        if isinstance(thing, Tensor):
            self.data, self.tracked = thing.detach().clone() if tensors else None, thing.requires_grad
        elif isinstance(thing, np.ndarray):
            self.data = thing.copy()
        else:
            self.parts = list(thing.items() if isinstance(thing, dict) else thing)
            members = thing.values() if isinstance(thing, dict) else thing
            self.inside = [Kept(member, tensors) for member in members if can_change(member)]

    @property
    def is_cut(self) -> bool:
        """Whether a tensor took gradients and does so no more."""
        return (isinstance(self.thing, Tensor) and self.tracked and not self.thing.requires_grad) or any(
            member.is_cut for member in self.inside
        )

    @property
    def is_changed(self) -> bool:
        if isinstance(self.thing, Tensor):
            return self.data is not None and not same(self.thing, self.data)
        if isinstance(self.thing, np.ndarray):
            return not same_array(self.thing, self.data)
        now = list(self.thing.items() if isinstance(self.thing, dict) else self.thing)
        return not same_parts(now, self.parts) or any(member.is_changed for member in self.inside)

    def put_back(self) -> None:
        """Put back what was there."""
        if isinstance(self.thing, Tensor):
            if self.is_changed:
                put_back(self.thing, self.data)
            if self.tracked and self.thing.is_leaf:  # of what was cut off a graph the numbers are left
                self.thing.requires_grad_()
        elif isinstance(self.thing, np.ndarray):
            with contextlib.suppress(ValueError, AttributeError):  # one that has become longer or shorter
                self.thing.shape = self.data.shape
                self.thing[...] = self.data
        elif type(self.thing) is not tuple and self.is_changed:
            self.thing.clear()
            (self.thing.extend if isinstance(self.thing, list) else self.thing.update)(self.parts or ())
        for member in self.inside:
            member.put_back()


def same(tensor: Tensor, kept: Tensor) -> bool:
    """Whether it holds the same numbers, NaN included."""
    if tensor.shape != kept.shape or tensor.dtype != kept.dtype:
        return False
    now = tensor.detach()
    if torch.equal(now, kept):
        return True
    return bool(((now == kept) | ((now != now) & (kept != kept))).all())


def same_array(array: np.ndarray, kept: np.ndarray) -> bool:
    if array.shape != kept.shape or array.dtype != kept.dtype:
        return False
    return bool(((array == kept) | ((array != array) & (kept != kept))).all())


def same_parts(now: list[Any], parts: list[Any] | None) -> bool:
    """Whether the same things are still there, in the same places; equal numbers and words are the same."""
    plain = (bool, int, float, str, type(None))

    def alike(x: Any, y: Any) -> bool:
        if type(x) is tuple and type(y) is tuple and len(x) == len(y) == 2:  # a dict's item
            return all(map(alike, x, y))
        return x is y or (type(x) is type(y) and type(x) in plain and (x == y or x != x))

    return parts is not None and len(now) == len(parts) and all(map(alike, now, parts))


def with_own_memory(result: Any, changed: Any) -> Any:
    """What came back, with its own memory where it shares that of a tensor or an array about to be put back."""
    if isinstance(result, list | tuple) and type(result) in (list, tuple):
        return type(result)(with_own_memory(part, changed) for part in result)
    if result is changed and type(result) in (list, dict):
        return result.copy()
    if type(result) is np.ndarray and isinstance(changed, np.ndarray):
        return result.copy() if np.shares_memory(result, changed) else result
    shares = type(result) is Tensor and isinstance(changed, Tensor) and memory_of(result) == memory_of(changed)
    return result.clone() if shares else result


def memory_of(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


def put_back(tensor: Tensor, kept: Tensor) -> None:
    """Put back what was there, past autograd: whoever differentiates the call gets what it computed."""
    if tensor.shape == kept.shape and tensor.dtype == kept.dtype:
        tensor.data.copy_(kept)
    else:
        tensor.data = kept


# --- what an answer makes -------------------------------------------------------------------------


class Followed:
    """An object of the student's that can be called: calls are compared, all else is the object's."""

    def __init__(self, thing: Callable[..., Any]) -> None:
        self.__dict__["_thing"] = thing

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return compared(self._thing, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or "_thing" not in self.__dict__:  # a question of Python's, even of a half-made copy
            raise AttributeError(name)
        return getattr(self._thing, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._thing, name, value)


def followed(result: Any) -> Any:
    """What an answer has made, so that its own calls are compared, too.

    What lives in a sandbox sees to that itself.
    """
    if hasattr(type(result), "compares_its_calls"):
        return result
    if isinstance(result, Iterator):
        return with_an_end(result)
    if isinstance(result, nn.Module):
        if not any(hook is before_forward for hook in result._forward_pre_hooks.values()):
            result.register_forward_pre_hook(before_forward, with_kwargs=True, prepend=True)
            result.register_forward_hook(after_forward, with_kwargs=True)
        return result
    if callable(result) and not isinstance(result, type | Followed):
        return type(type(result).__name__, (Followed,), {})(result)
    return result


def with_an_end(items: Iterator[Any]) -> Iterator[Any]:
    """What an answer yields: a claim that takes all of it would fill the memory where there is no end."""
    for number, item in enumerate(items):
        if number == MOST_YIELDED:
            from gancourse.checks.core import Miss  # which imports this module

            raise Miss(f"What you yield goes on and on: {MOST_YIELDED:,} items came, and there is no end yet.")
        yield item


_BEFORE: list[tuple[nn.Module, list[tuple[str, Kept]]]] = []
"""The calls of an answer's networks that are going on, and what each was given."""


def before_forward(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    if _ASKED.get() is not None:
        _BEFORE[:] = [entry for entry in _BEFORE if entry[0] is not module]  # of a call that failed
        _BEFORE.append((module, kept_of(args, kwargs)))


def after_forward(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> Any:
    asked = _ASKED.get()
    if asked is None or not _BEFORE or _BEFORE[-1][0] is not module:
        return None
    return settled(asked, _BEFORE.pop()[1], result)
