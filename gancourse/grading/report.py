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
from gancourse.grading.record import Score


@dataclass(frozen=True)
class Row:
    """One student's result: a status in words, and for every exercise its score and message."""

    student: str
    status: str
    scores: dict[str, Score]
    messages: dict[str, str]
    remark: str = ""

    @property
    def score(self) -> float:
        return sum(s.score for s in self.scores.values() if s.score is not None)

    @property
    def max_score(self) -> float:
        """The points of everything that has a score already."""
        return sum(s.max_score for s in self.scores.values() if s.score is not None)

    @property
    def pending(self) -> float:
        """The points of what still waits for a person."""
        return sum(s.max_score for s in self.scores.values() if s.score is None)

    @property
    def lost(self) -> list[str]:
        """The exercises that did not earn everything."""
        return [id for id, s in self.scores.items() if s.score is not None and s.score < s.max_score]


def as_json(rows: list[Row]) -> dict[str, Any]:
    """Every score and message, ready for `json`."""
    students: dict[str, Any] = {}
    for row in rows:
        entry: dict[str, Any] = {"status": row.status, "score": row.score, "max_score": row.max_score}
        if row.pending:
            entry["pending_points"] = row.pending
        if row.remark:
            entry["message"] = row.remark
        entry["exercises"] = {
            id: {"score": s.score, "max_score": s.max_score, "message": row.messages.get(id, "")}
            for id, s in row.scores.items()
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
            scores = [row.scores[id].score if id in row.scores else 0 for id in lesson.exercises]
            writer.writerow(
                [row.student, row.status, row.score, row.max_score, row.pending]
                + ["" if score is None else score for score in scores]
                + [row.remark]
            )


def lost_points(row: Row, most: int = 4) -> str:
    """Where points were lost, in a few words."""
    if len(row.lost) <= most:
        return f"lost points: {', '.join(row.lost)}" if row.lost else ""
    return (
        f"lost points in {'all' if len(row.lost) == len(row.scores) else len(row.lost)} of {len(row.scores)} exercises"
    )


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
