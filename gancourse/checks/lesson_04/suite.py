"""The suite of lesson 04, and what its claims have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.core import Suite, a, expect
from gancourse.checks.values import NOTHING, numbers

check = Suite("04_metrics")


def number(value: Any, what: str = "The result") -> Tensor:
    """One number that came from the student."""
    expect(value is not None, NOTHING)
    return numbers(value, (), what, advice="One number is asked for all of it.")


def pair(value: Any, first: str, second: str) -> Tensor:
    """Two numbers that came from the student, as a tensor (2,)."""
    expect(value is not None, NOTHING)
    two = isinstance(value, tuple | list) and len(value) == 2
    if isinstance(value, Tensor):
        two = value.shape == (2,)
    expect(two, f"Return two numbers, {first} first and {second} second; you return {described(value)}.")
    return torch.stack([numbers(part, (), f"The {name}") for part, name in zip(value, (first, second), strict=True)])


def described(value: Any) -> str:
    """What came, in words."""
    if isinstance(value, Tensor):
        return f"a tensor of shape {tuple(value.shape)}"
    return f"{a(value)} of {len(value)}" if isinstance(value, tuple | list) else a(value)


def leaves_alone(function: Callable, *arguments: Any) -> None:
    """Miss if a call changes a tensor it was given."""
    kept = [x.clone() if isinstance(x, Tensor) else x for x in arguments]
    function(*arguments)
    for position, (now, before) in enumerate(zip(arguments, kept, strict=True), 1):
        expect(
            not isinstance(now, Tensor) or torch.equal(now, before),
            f"Your function changes its argument number {position}, which its caller still needs. "
            "Do not use +=, *=, /= or functions that end in _ on it.",
        )
