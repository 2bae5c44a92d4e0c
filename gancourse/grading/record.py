"""Read and write nbgrader's gradebook, which stays the record of every score."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from gancourse.authoring.course import tools_on_path
from gancourse.grading.config import grading_config
from gancourse.grading.restore import exercise_of
from gancourse.grading.result import Result

CENT = 0.005
"""Scores are rounded to hundredths."""


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


def differing(out: Path, lesson: str, class_: dict[str, dict[str, Result]]) -> list[str]:
    """The students whose scores in the gradebook are not what the judge found, or who are not in it."""
    from nbgrader.api import MissingEntry

    found: list[str] = []
    with gradebook(out) as book:
        for student, results in class_.items():
            try:
                grades: Any = book.find_submission_notebook(lesson, lesson, student).grades
            except MissingEntry:
                found.append(student)
                continue
            scores = {exercise_of(grade.name): grade.auto_score for grade in grades}
            tested = {id: result.score for id, result in results.items() if not result.written}
            if any(abs((scores.get(id) or 0) - (score or 0)) > CENT for id, score in tested.items()):
                found.append(student)
    return found


def as_recorded(out: Path, lesson: str, class_: dict[str, dict[str, Result]]) -> dict[str, dict[str, Result]]:
    """Everybody's results, by student and exercise, with the gradebook's scores; those given by hand come first."""
    recorded: dict[str, dict[str, Result]] = {}
    with gradebook(out) as book:
        for student, results in class_.items():
            notebook = book.find_submission_notebook(lesson, lesson, student)
            comments = {comment.name: comment.comment or "" for comment in notebook.comments}
            grades = {exercise_of(grade.name): grade for grade in notebook.grades}
            recorded[student] = {
                id: with_grade(result, grades[id], comments.get(grades[id].name, "")) for id, result in results.items()
            }
    return recorded


def with_grade(result: Result, grade: Any, comment: str) -> Result:
    """A result with nbgrader's grade of it, and what the person who gave it wrote."""
    by_hand = grade.manual_score is not None
    score = grade.manual_score if by_hand else grade.auto_score
    if score is not None:
        score += grade.extra_credit or 0
    return replace(result, score=score, max_score=grade.max_score, by_hand=by_hand, comment=comment if by_hand else "")
