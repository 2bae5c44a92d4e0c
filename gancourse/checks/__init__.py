"""Checks: what a lesson says to the code a student wrote. One folder per lesson, `lesson_NN`.

=========  ===============================================================================
module     what all lessons share
=========  ===============================================================================
core       claims, verdicts, reports: how a check is written and how it answers
challenge  open challenges: measured instead of compared, for bronze, silver or gold
asked      the student's answer while it is asked: what it changes is put back
without    library calls that an exercise asks to do without
values     numbers, pairs and comparisons
inputs     friendly numbers in a notebook, fresh ones in grading
doubles    networks and losses with known gradients, built again in the sandbox
steps      one training step of a player
opponents  who is played against in an open challenge
networks   what a network does: shapes, ranges, who influences what, how it starts
=========  ===============================================================================
"""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path
from types import ModuleType

from gancourse.checks.core import CheckFailed, Finding, StudentError, Suite, Verdict
from gancourse.checks.inputs import fresh_inputs
from gancourse.contents import contents_of
from gancourse.errors import CourseError
from gancourse.paths import module_at, repository

__all__ = ["CheckFailed", "Finding", "StudentError", "Suite", "Verdict", "chapter", "fresh_inputs", "hidden", "public"]


def public(lesson: str) -> Suite:
    """The checks students see, by lesson name ("01_gaussian_1d"). Their reports end with points."""
    suite, contents = chapter(lesson).check, contents_of(lesson)
    if contents is not None:
        suite.points = {id: task.points for id, task in contents.exercises.items()}
    return suite


def chapter(lesson: str) -> ModuleType:
    """The module of a lesson's public checks, by the lesson's name."""
    return importlib.import_module(f"gancourse.checks.lesson_{lesson.split('_', 1)[0]}")


def hidden(lesson: str) -> Suite:
    """The checks only graders have. They live in the repository, not in the package.

    A process reads them once, and again where their file has changed.

    Raises:
        CourseError: where the repository is not at hand.
    """
    path = repository() / "lessons" / lesson / "hidden.py"
    if not path.exists():
        raise CourseError(f"The hidden checks of {lesson} should be in {path}; there are none.")
    return hidden_module(lesson, path, path.stat().st_mtime_ns).check


@cache
def hidden_module(lesson: str, path: Path, changed: int) -> ModuleType:
    """The module at this path, as it stood when it was last changed."""
    return module_at(path, f"gancourse_hidden_{lesson}")
