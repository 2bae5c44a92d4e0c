"""The tables of lessons in the README and on the start page, read from the lessons' folders.

A lesson's first cell says what its row holds:

    # %% [markdown] builds="the whole game in one dimension" hours=2 stars=1
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gancourse.authoring.source import Lesson
from gancourse.errors import CourseError

BETWEEN = re.compile(r"(<!-- lessons -->\n).*?(<!-- end of lessons -->)", re.DOTALL)


def lessons_table(lessons: Sequence[Lesson], folder: str) -> str:
    """A table in Markdown, one row for each lesson.

    Args:
        lessons: in the order of the course.
        folder: where their notebooks lie as seen from the page, such as "notebooks/", or "" beside them.
    """
    rows = ["| Lesson | What you build | Exercises | Hours | Difficulty |", "|---|---|---|---|---|"]
    for lesson in lessons:
        first = lesson.cells[0].keys
        link = f"[{lesson.title}]({folder}{lesson.name}/{lesson.name}.ipynb)"
        stars = "★" * first["stars"] + "☆" * (3 - first["stars"])
        rows.append(f"| {link} | {first['builds']} | {len(lesson.exercises)} | {first['hours']} | {stars} |")
    return "\n".join(rows)


def with_table(readme: str, lessons: Sequence[Lesson]) -> str:
    """The README's text with the table as it should be.

    Raises:
        CourseError: if the two comments it stands between are not there.
    """
    if len(BETWEEN.findall(readme)) != 1:
        raise CourseError("README.md should hold `<!-- lessons -->` and `<!-- end of lessons -->`, once each.")
    table = lessons_table(lessons, "notebooks/")
    return BETWEEN.sub(lambda found: f"{found[1]}{table}\n{found[2]}", readme)
