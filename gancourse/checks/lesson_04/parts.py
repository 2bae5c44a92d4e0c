"""Exercises of several small functions in one cell: the last one hands them out, and each is checked on its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gancourse.checks.asked import Asked
from gancourse.checks.core import Miss, StudentError, expect
from gancourse.checks.values import described

NOT_YET = "`{}` is not written yet: replace its `raise NotImplementedError` by your code."

Samples = Mapping[str, tuple[Any, ...]]
"""The functions that an exercise asks for, in order, each with arguments that it can be called with."""


def part_called(answer: Callable[[], Any], name: str, samples: Samples) -> Callable[..., Any]:
    """One of the functions that an answer hands out. What a call of it changes is put back and told.

    Raises:
        Miss: if the answer hands out something else, or this one is not written yet and others are.
    """
    found = answer()
    expect(
        isinstance(found, tuple | list) and len(found) == len(samples) and all(map(callable, found)),
        f"The last function of the cell should return {', '.join(samples)}, in that order, as it did when you began; "
        f"it returns {described(found)}.",
    )
    functions = dict(zip(samples, found, strict=True))
    if still_blank(functions[name], samples[name]) and not all(still_blank(functions[n], samples[n]) for n in samples):
        raise Miss(NOT_YET.format(name))
    followed = Asked(functions[name])
    if isinstance(answer, Asked):
        followed.changes = answer.changes
    return followed


def still_blank(function: Callable[..., Any], sample: tuple[Any, ...]) -> bool:
    """Whether nothing is written in it yet."""
    try:
        function(*(x.clone() if hasattr(x, "clone") else x for x in sample))
    except NotImplementedError as error:
        return not str(error)
    except (Exception, StudentError):
        return False
    return False
