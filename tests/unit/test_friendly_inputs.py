"""In a notebook a check's numbers are friendly, and still no two common mistakes lead to the same one."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

from gancourse.authoring.source import lesson_paths
from gancourse.checks import chapter
from gancourse.checks.inputs import Case


def cases() -> Iterator[Callable[[], Case]]:
    """Every function of the lessons' public checks that makes a case of nothing."""
    for path in lesson_paths():
        lesson = path.parent.name
        for module in vars(chapter(lesson)).values():
            if isinstance(module, ModuleType) and module.__name__.startswith("gancourse.checks.lesson_"):
                for function in vars(module).values():
                    if (
                        inspect.isfunction(function)
                        and function.__module__ == module.__name__
                        and makes_a_case(function)
                    ):
                        yield function


def makes_a_case(function: Callable) -> bool:
    signature = inspect.signature(function)
    return signature.return_annotation == "Case" and not signature.parameters


@pytest.mark.parametrize("make", list(cases()), ids=lambda f: f"{f.__module__.rpartition('checks.')[2]}.{f.__name__}")
def test_no_two_mistakes_look_alike_on_friendly_inputs(make):
    case = make()
    assert case.clear, f"For {case.where} two of these are one number: {case.want} and {dict(case.usual)}"
