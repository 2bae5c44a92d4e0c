"""`gancourse lessons --new 05_topic`: begin a lesson from lessons/template, which holds one exercise as an example."""

from __future__ import annotations

import re
from pathlib import Path

from gancourse.authoring.source import lesson_names
from gancourse.errors import CourseError
from gancourse.paths import PACKAGE, repository

NEW_NAME = re.compile(r"\d\d_[a-z][a-z0-9_]*")
STANDS_FOR = "00_template"


def begin_lesson(name: str) -> list[Path]:
    """Copy the template to lessons/NAME and gancourse/checks/lesson_NN, under the new name.

    Returns:
        the files written.

    Raises:
        CourseError: if the name is no NN_topic, or the number is taken.
    """
    if not NEW_NAME.fullmatch(name):
        raise CourseError(f"A lesson's name is its number and its topic, such as 05_autoencoders; it is {name!r}.")
    number = name[:2]
    if taken := [other for other in lesson_names() if other.startswith(number)]:
        raise CourseError(f"There is a lesson {number} already: {taken[0]}. Take another number.")
    written = []
    for source in sorted((repository() / "lessons" / "template").glob("*.py")):
        if source.name == "checks.py":
            target = PACKAGE / "checks" / f"lesson_{number}" / "__init__.py"
        else:
            target = repository() / "lessons" / name / source.name
        if target.exists():
            raise CourseError(f"{target} is there already. Move it aside, or take another name.")
        text = source.read_text(encoding="utf-8").replace(STANDS_FOR, name)
        text = text.replace("lesson 00", f"lesson {number}").replace("Lesson 00", f"Lesson {number}")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.replace("# # 00 ·", f"# # {number} ·"), encoding="utf-8")
        written.append(target)
    return written
