"""Read and write nbgrader's gradebook, which stays the record of every score."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gancourse.authoring.course import tools_on_path
from gancourse.grading.config import grading_config
from gancourse.grading.restore import exercise_of


@dataclass(frozen=True)
class Score:
    """One exercise's score: None as long as it waits for a person.

    Attributes:
        by_hand: whether a person gave it.
        comment: what that person wrote.
    """

    score: float | None
    max_score: float
    by_hand: bool = False
    comment: str = ""


def gradebook(out: Path):
    """nbgrader's gradebook below `out`, as a context manager."""
    from nbgrader.api import Gradebook

    tools_on_path()
    return Gradebook(grading_config(out).CourseDirectory.db_url)


def record_zero(out: Path, lesson: str, students: Iterable[str]) -> None:
    """Enter students without a gradable notebook, as nbgrader does: no points, nothing to grade by hand."""
    with gradebook(out) as book, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SQLAlchemy's, about nbgrader's own code
        for student in students:
            book.update_or_create_student(student)
            book.update_or_create_submission(lesson, student)
            grades: Any = book.find_submission_notebook(lesson, lesson, student).grades
            for grade in grades:
                grade.auto_score, grade.needs_manual_grade = 0, False
            book.db.commit()


def read_scores(out: Path, lesson: str, students: Iterable[str]) -> dict[str, dict[str, Score]]:
    """Every score in the gradebook, by student and exercise; those given by hand come first."""
    scores: dict[str, dict[str, Score]] = {}
    with gradebook(out) as book:
        for student in students:
            notebook = book.find_submission_notebook(lesson, lesson, student)
            comments = {comment.name: comment.comment or "" for comment in notebook.comments}
            mine: dict[str, Score] = {}
            scores[student] = mine
            for grade in notebook.grades:
                by_hand = grade.manual_score is not None
                score = grade.manual_score if by_hand else grade.auto_score
                if score is not None:
                    score += grade.extra_credit or 0
                mine[exercise_of(grade.name)] = Score(score, grade.max_score, by_hand, comments.get(grade.name, ""))
    return scores
