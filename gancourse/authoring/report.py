"""What `gancourse lessons` and `gancourse lint` print, and their exit status."""

from __future__ import annotations

import tempfile
from pathlib import Path

import nbformat

from gancourse.authoring import build, lint
from gancourse.authoring.source import find, lesson_paths, read
from gancourse.errors import CourseError
from gancourse.paths import repository


def build_and_report(check: bool, only: str | None = None) -> int:
    """Build the notebooks (of one lesson, if named), or with `check` only compare them; 1 if they differ."""
    if check:
        with tempfile.TemporaryDirectory() as fresh:
            build.build_all(Path(fresh), only)
            found = build.differences(Path(fresh), only)
        for line in found:
            print(line)
        print(verdict_on(found, only))
        return 1 if found else 0
    for path in build.build_all(only=only):
        print(f"Your work in that notebook is kept as {path.relative_to(repository())}")
    print(f"Built {only or f'{len(lesson_paths())} lesson(s)'} into notebooks/ and solutions/.")
    return 0


def lint_and_report(only: str | None = None, built: bool = False) -> int:
    """Lint every lesson (or one, if named) and what students get of it; 1 if anything is found.

    With `built` the notebooks are compared as well, once the sources are clean, with what was generated to lint them.
    """
    found: list[str] = []
    paths = [find(only).path] if only else lesson_paths()
    with tempfile.TemporaryDirectory() as scratch, tempfile.TemporaryDirectory() as fresh:
        for path in paths:
            found += lint_lesson(path, Path(scratch))
        found += lint_start(repository() / "lessons" / "start" / "lesson.py")
        stale: list[str] = []
        if built and not found:
            build.build_all(Path(fresh), only, Path(scratch))
            stale = build.differences(Path(fresh), only)
    for line in found + stale:
        print(line)
    print(f"{len(found)} finding(s) in {len(paths)} lesson(s)." if found else "The lessons are clean.")
    if built and not found:
        print(verdict_on(stale, only))
    return 1 if found or stale else 0


def verdict_on(stale: list[str], only: str | None) -> str:
    """What to say of notebooks that were compared with their sources."""
    good = f"{only or 'Every notebook'} is as its source says."
    return "Run `make lessons` and commit what it changes." if stale else good


def visible_and_report(only: str | None = None) -> int:
    """Print how much of the code outside exercises stands open in each lesson (or one, if named)."""
    for path in [find(only).path] if only else lesson_paths():
        lesson = read(path)
        seen, all_ = lint.visible_lines(lesson)
        print(
            f"{lesson.name:20s} {seen:4d} of {all_:4d} lines of code outside exercises open: {seen / max(all_, 1):4.0%}"
        )
    return 0


def lint_lesson(path: Path, scratch: Path) -> list[str]:
    """What is wrong with one lesson; a lesson that cannot be read or built does not hide the others' faults."""
    try:
        lesson = read(path)
        found = lint.lint(lesson)
        if found:
            return found
        build.generate(lesson, scratch)
    except CourseError as error:
        return str(error).splitlines()
    notebook = scratch / "notebooks" / lesson.name / f"{lesson.name}.ipynb"
    return lint.leaks_of(lesson, nbformat.read(notebook, as_version=4))


def lint_start(path: Path) -> list[str]:
    """What is wrong with the start page, which has no exercises."""
    try:
        return lint.lint_page(read(path))
    except CourseError as error:
        return str(error).splitlines()
