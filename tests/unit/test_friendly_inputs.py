"""No two common mistakes lead to the same number, whether a notebook's friendly ones are asked or fresh ones."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

from gancourse.authoring.source import lesson_paths
from gancourse.checks import chapter, fresh_inputs
from gancourse.checks.inputs import Case, drawn


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


each_case = pytest.mark.parametrize(
    "make", list(cases()), ids=lambda f: f"{f.__module__.rpartition('checks.')[2]}.{f.__name__}"
)


@each_case
def test_no_two_mistakes_look_alike_on_friendly_inputs(make):
    case = make()
    assert case.clear, f"For {case.where} two of these are one number: {case.want} and {dict(case.usual)}"


@pytest.mark.slow
@each_case
def test_there_is_a_clear_case_whatever_is_drawn(make):
    """A usual mistake may have no value, as a quotient by p − q where they are equal: that is no student's fault."""
    for seed in range(40):
        with fresh_inputs(seed):
            assert drawn(make).clear


def test_a_case_that_cannot_be_made_is_drawn_anew_and_a_notebooks_own_is_not():
    """An equal pair comes up once in a while; in a notebook, where nothing is drawn, it would be an author's fault."""

    def made() -> Case:
        tries.append(len(tries))
        return Case("", 1.0, {"The sign is wrong.": 1 / (len(tries) - 2) + 5})

    tries: list[int] = [0]
    with fresh_inputs(1):
        assert drawn(made).clear and len(tries) == 3
    tries[:] = [0]
    with pytest.raises(ZeroDivisionError):
        drawn(made)
