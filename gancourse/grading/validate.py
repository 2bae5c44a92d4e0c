"""`gancourse validate`: tell a student what a grader's checks will say, but for the hidden ones.

The notebook itself is left alone: a copy runs from top to bottom in a sandbox, with the tests as they
were handed out, and the same judge as in grading asks for its answers, on inputs drawn afresh.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from nbformat.notebooknode import NotebookNode
from rich.console import Console

from gancourse.authoring.build import plural
from gancourse.authoring.source import Lesson, find, lesson_paths, read
from gancourse.errors import CourseError
from gancourse.grading.collect import MEND, Damaged, read_notebook
from gancourse.grading.judge import Judge
from gancourse.grading.restore import identify, marked, release_notebook, restore
from gancourse.grading.result import Result
from gancourse.grading.sandbox.walls import Limits, Walls
from gancourse.grading.trial import other_files, withheld_from
from gancourse.paths import repository
from gancourse.shadows import shadowed

AFRESH = "Inputs were drawn afresh, as in grading; graders have a few more checks."
NOT_WITHHELD = " There is no full sandbox here, because {reason}: your code could import what graders withhold."


def validate_notebook(path: Path, limits: Limits | None = None) -> int:
    """Judge a copy of a notebook and print the results; 0 if every exercise with a test passes, else 1.

    Raises:
        CourseError: if there is no notebook, it is damaged, it belongs to no lesson, or no sandbox starts.
    """
    path = path if path.exists() else notebook_of(path)
    if path.is_dir():
        raise CourseError(f"{path} is a folder. Name the notebook in it.")
    if not path.is_file():
        raise CourseError(f"There is no notebook {path}. Is the name right, and are you in the right folder?")
    try:
        notebook = read_notebook(path)
    except Damaged as damage:
        raise CourseError(f"{damage} {MEND} or start from a fresh one.") from None
    lesson, release = lesson_of(notebook, path)
    restored, notes = restore(notebook, release)
    for note in [*notes.values(), *filter(None, [shadowed(path.resolve().parent)])]:
        print(f"Note: {note}")
    with Walls(limits, withheld=withheld_from(lesson)) as walls, status_line() as tell:
        judge = Judge(lesson, walls, everything=False, tell=tell)
        results = judge.judge(restored, other_files(path.resolve().parent), secrets.randbits(60))
    for result in results.values():
        print(f"· {result.exercise}\n      {result}" if result.written else result)
    tested = [result for result in results.values() if not result.written]
    print(f"\n{total(tested)}{answers([result for result in results.values() if result.written])}")
    print(AFRESH + (NOT_WITHHELD.format(reason=walls.reason) if walls.reason else ""))
    return int(not all(result.passed for result in tested))


def notebook_of(name: Path) -> Path:
    """The student's notebook of the lesson with this name or number; the path itself if there is none."""
    if name.suffix or len(name.parts) != 1:
        return name
    lesson = find(str(name))
    return repository() / "notebooks" / lesson.name / f"{lesson.name}.ipynb"


def lesson_of(notebook: NotebookNode, path: Path) -> tuple[Lesson, NotebookNode]:
    """The lesson whose exercises a notebook holds, whatever the file is called, and its release.

    Raises:
        CourseError: if it holds those of none.
    """
    best: tuple[int, Lesson, NotebookNode] | None = None
    for source in lesson_paths():
        lesson = read(source)
        release = release_notebook(lesson)
        originals = marked(release)
        shared = sum(identify(cell, originals) is not None for cell in notebook.cells)
        if shared and (best is None or shared > best[0]):
            best = shared, lesson, release
    if best is None:
        raise CourseError(f"{path.name} belongs to no lesson: it holds none of the course's exercises.")
    return best[1:]


@contextmanager
def status_line() -> Iterator[Callable[[str], None]]:
    """On a terminal, a line that says what is going on."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with Console(stderr=True).status("Starting Python") as status:
        yield status.update


def total(tested: list[Result]) -> str:
    """How many exercises pass, and what they are worth."""
    passed = [result for result in tested if result.passed]
    points, most = (sum(result.max_score for result in some) for some in (passed, tested))
    return f"{len(passed)} of {plural(len(tested), 'exercise')} pass, {points:g} of {plural(most, 'point')}"


def answers(found: list[Result]) -> str:
    """What is to be said about the written answers, behind the total."""
    if not found:
        return "."
    empty = sum(result.score is not None for result in found)
    said = f"; {plural(len(found), 'written answer')} {'is' if len(found) == 1 else 'are'} graded by hand"
    return said + (f" ({empty} not written yet)." if empty else ".")
