"""What grading a class came to: a table on the terminal, CSV, JSON."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from gancourse.authoring.source import Lesson
from gancourse.grading.result import Result


@dataclass(frozen=True)
class Row:
    """One student's grade: a status in words, every exercise's result, and why nothing could be graded, if so."""

    student: str
    status: str
    results: dict[str, Result]
    remark: str = ""

    @property
    def score(self) -> float:
        return sum(r.score for r in self.results.values() if r.score is not None)

    @property
    def max_score(self) -> float:
        """The points of everything that has a score already."""
        return sum(r.max_score for r in self.results.values() if r.score is not None)

    @property
    def pending(self) -> float:
        """The points of what still waits for a person."""
        return sum(r.max_score for r in self.results.values() if r.score is None)

    @property
    def lost(self) -> list[str]:
        """The exercises that did not earn everything."""
        return [id for id, r in self.results.items() if r.score is not None and r.score < r.max_score]


def as_json(rows: list[Row]) -> dict[str, Any]:
    """Everybody's grade, ready for `json`."""
    students: dict[str, Any] = {}
    for row in rows:
        entry: dict[str, Any] = {"status": row.status, "score": row.score, "max_score": row.max_score}
        if row.pending:
            entry["pending_points"] = row.pending
        if row.remark:
            entry["message"] = row.remark
        exercises = {id: result.as_json() for id, result in row.results.items()}
        entry["exercises"] = {
            id: one | ({"message": row.remark} if row.remark else {}) for id, one in exercises.items()
        }
        students[row.student] = entry
    return {"students": students}


def write_json(rows: list[Row], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(as_json(rows), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def write_csv(rows: list[Row], lesson: Lesson, path: Path) -> None:
    """One line per student; an exercise that waits for a person has an empty field."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["student", "status", "score", "max_score", "pending_points", *lesson.exercises, "message"])
        for row in rows:
            scores = [row.results[id].score for id in lesson.exercises]
            writer.writerow(
                [plain_cell(row.student), row.status, row.score, row.max_score, row.pending]
                + ["" if score is None else score for score in scores]
                + [plain_cell(row.remark)]
            )


FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How a formula may begin in a spreadsheet; the last four are the same signs, as wide as a Chinese letter."""


def plain_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe before it says that it is none."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULAS) else text


def lost_points(row: Row, most: int = 4) -> str:
    """Where points were lost, in a few words."""
    if len(row.lost) <= most:
        return f"lost points: {', '.join(row.lost)}" if row.lost else ""
    lost, all_ = len(row.lost), len(row.results)
    return f"lost points in {'all' if lost == all_ else lost} of {all_} exercises"


def print_table(rows: list[Row], lesson: Lesson, console: Console) -> None:
    """The class on one screen."""
    table = Table(title=f"{lesson.name}: {len(rows)} submission{'s' if len(rows) != 1 else ''}", title_justify="left")
    for heading, justify in (("student", "left"), ("score", "right"), ("%", "right"), ("status", "left"), ("", "left")):
        table.add_column(heading, justify=justify, overflow="fold")  # type: ignore[arg-type]
    for row in rows:
        remark = row.remark or lost_points(row)
        percent = f"{100 * row.score / row.max_score:.0f}" if row.max_score else "–"
        # Text, not str: brackets in a student's name are no markup.
        cells = (row.student, f"{row.score:g} / {row.max_score:g}", percent, row.status, remark)
        table.add_row(*map(Text, cells))
    console.print(table)
