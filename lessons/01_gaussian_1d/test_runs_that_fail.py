"""The settings of a run that fails are told where its question is answered, and in no cell before."""

from __future__ import annotations

import re

import pytest

from gancourse.authoring.questions import question_in
from gancourse.authoring.source import find
from gancourse.broken import BROKEN, broken_run
from gancourse.errors import CourseError

LESSON = find("01_gaussian_1d")
RUNS = BROKEN[LESSON.name]


@pytest.mark.parametrize("run", RUNS)
def test_the_answer_alone_tells_the_settings(run: str) -> None:
    asked = LESSON.cell(f"quiz-run_{run.lower()}")
    changed = {name: value for name, value in RUNS[run].items() if name not in ("iterations", "seed")}
    told = [f"{name}={value!r}".replace("=0.003", "=3e-3") for name, value in changed.items()]
    assert all(setting in question_in(asked)["after"] for setting in told)
    seen = asked.text.partition("\n---\n")[0] + "".join(cell.text for cell in LESSON.cells if cell.kind == "code")
    assert not any(re.search(rf"{re.escape(setting)}\b", seen) for setting in told)


def test_a_run_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(CourseError, match="no broken run 'D'; it has A, B, C"):
        broken_run(LESSON.name, "D")


def test_settings_may_be_changed_and_stay_as_they_were() -> None:
    broken_run(LESSON.name, "A").clear()
    assert broken_run(LESSON.name, "A") == RUNS["A"]
