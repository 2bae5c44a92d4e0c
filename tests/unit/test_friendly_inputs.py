"""No two common mistakes lead to the same number, whether a notebook's friendly ones are asked or fresh ones."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

from gancourse.authoring.answers import Answer
from gancourse.authoring.gate import chosen_folders, friendly_verdicts, load_answers
from gancourse.authoring.source import lesson_paths
from gancourse.checks import chapter, fresh_inputs, inputs, public
from gancourse.checks.inputs import Case, drawn, floats_of


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
    if floats_of(case.want) != floats_of(make().want):  # drawn in a notebook, too
        case = drawn(make, always=True)
    assert case.clear, f"For {case.where} two of these are one number: {case.want} and {dict(case.usual)}"


def first_right() -> Iterator[Answer]:
    """A right answer to each exercise but the open challenges, which are measured."""
    for answers in map(load_answers, chosen_folders()):
        for exercise, those in answers.exercises.items():
            if not public(answers.name).medals(exercise):
                yield next(a for a in those.answers if a.kind == "right")


@pytest.mark.parametrize("answer", list(first_right()), ids=lambda a: f"{a.lesson[:2]} {a.exercise}")
def test_what_a_check_draws_in_a_notebook_is_clear(answer, caplog):
    """Whatever `drawn` makes of friendly inputs, cases or whole games: no two mistakes lead to one number there."""
    with caplog.at_level(logging.DEBUG, inputs.__name__):
        friendly_verdicts(answer.lesson, answer.exercise, answer.code, [0])
    assert not [r.getMessage() for r in caplog.records if r.name == inputs.__name__]


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
