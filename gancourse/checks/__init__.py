"""Checks: what a lesson says to the code a student wrote. One module per lesson."""

from __future__ import annotations

import importlib
import importlib.util
import sys

from gancourse.checks.core import CheckFailed, Finding, StudentError, Suite, Verdict
from gancourse.checks.inputs import fresh_inputs
from gancourse.errors import CourseError

__all__ = ["CheckFailed", "Finding", "StudentError", "Suite", "Verdict", "fresh_inputs", "hidden", "public"]


def public(lesson: str) -> Suite:
    """The checks students see, by lesson name ("01_gaussian_1d")."""
    topic = lesson.split("_", 1)[1]
    return importlib.import_module(f"gancourse.checks.{topic}").check


def hidden(lesson: str) -> Suite:
    """The checks only graders have. They live in the repository, not in the package.

    Raises:
        CourseError: where the repository is not at hand.
    """
    from gancourse.paths import repository

    topic = lesson.split("_", 1)[1]
    path = repository() / "tests" / "hidden" / f"{topic}.py"
    name = f"gancourse_hidden_{topic}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.exists():
        raise CourseError(f"The hidden checks of {lesson} should be in {path}; there are none.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module.check
