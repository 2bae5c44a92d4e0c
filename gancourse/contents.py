"""What a lesson holds, for those who are in it: its exercises with their points, its questions with their answers.

`gancourse lessons` writes it from the lessons' sources, to contents.json beside each lesson's checks; so it is there
in an installed package, too. In the sandbox where notebooks are graded it is not, and nothing that is graded asks
for it.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gancourse.paths import PACKAGE

CONTENTS = "contents.json"


@dataclass(frozen=True)
class Assignment:
    """An exercise: what it is called, its points and minutes, and whether a person grades it."""

    title: str
    points: float
    minutes: float
    written: bool = False


@dataclass(frozen=True)
class Overview:
    """A lesson from outside: `name` is its folder's; exercises and questions are in order, by their ids."""

    name: str
    title: str
    exercises: dict[str, Assignment] = field(default_factory=dict)
    questions: dict[str, dict[str, Any]] = field(default_factory=dict)


def contents_file(lesson: str) -> Path:
    """Where a lesson's contents lie, below the course's root."""
    return Path("gancourse", "checks", f"lesson_{lesson.split('_', 1)[0]}", CONTENTS)


def contents_of(lesson: str) -> Overview | None:
    """A lesson's contents by its name ("01_gaussian_1d"); None where there are none."""
    return next((found for found in all_contents() if found.name == lesson), None)


@functools.cache
def all_contents() -> tuple[Overview, ...]:
    """Every lesson's contents, in order; without those that cannot be read."""
    found = []
    for path in sorted(PACKAGE.glob(f"checks/lesson_*/{CONTENTS}")):
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            exercises = {id: Assignment(**task) for id, task in told["exercises"].items()}
            found.append(Overview(told["name"], told["title"], exercises, told["questions"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
    return tuple(found)
