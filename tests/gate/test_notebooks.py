"""The right answers in notebooks: their own check, `validate` and `grade` say the same, that all holds.

A notebook holds one right answer to each exercise of a lesson, from the beginning to the end. `make test` grades
one such notebook of each lesson; `make gate` validates them, too, and as many as the exercise with most has answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from test_gate import ALL, ANSWERS

from gancourse.authoring.answers import Answer, Answers
from gancourse.authoring.gate import PREAMBLE, friendly_verdicts
from gancourse.grading.judge import Judge
from gancourse.grading.restore import marked, solved_notebook
from gancourse.grading.sandbox.walls import Walls
from gancourse.grading.trial import withheld_from

pytestmark = pytest.mark.slow
NOTEBOOKS = 100 if ALL else 1


@pytest.fixture(scope="module")
def started() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def right_answers(answers: Answers) -> dict[str, list[Answer]]:
    return {
        name: [answer for answer in one.answers if answer.kind == "right"]
        for name, one in answers.exercises.items()
        if name in answers.lesson.tested
    }


def notebooks() -> list[tuple[Answers, int]]:
    """Which notebooks are judged: a lesson, and the number of the answer to each exercise."""
    most = {answers.name: max(map(len, right_answers(answers).values())) for answers in ANSWERS}
    # From the end: the first ones are the plain ones.
    return [(a, most[a.name] - 1 - i) for a in ANSWERS for i in range(min(NOTEBOOKS, most[a.name]))]


@pytest.mark.parametrize(
    ("answers", "number"), notebooks(), ids=lambda x: f"{x.name[:2]}" if isinstance(x, Answers) else x
)
def test_notebook_validate_and_grade_agree(answers: Answers, number: int, started: ExitStack) -> None:
    lesson = answers.lesson
    chosen = {name: some[number % len(some)] for name, some in right_answers(answers).items()}
    walls = started.enter_context(Walls(withheld=withheld_from(lesson)))
    for everything in (False, True) if ALL else (True,):  # as students ask, and as graders do
        notebook = solved_notebook(lesson)
        notebook.cells = [c for c in notebook.cells if c.id == "setup" or "nbgrader" in c.metadata]
        for name, answer in chosen.items():
            marked(notebook)[name].source = f"{PREAMBLE}\n{answer.code}"
        results = Judge(lesson, walls, everything).judge(notebook, {}, seed=number)
        for name, answer in chosen.items():
            assert results[name].score == results[name].max_score, f"{name}: {answer.name}\n{results[name]}"
    walls.stop()
    for name, answer in chosen.items():
        (verdict,) = friendly_verdicts(answers.name, name, answer.code, range(1), name=answer.name)
        assert verdict.passed, str(verdict)
