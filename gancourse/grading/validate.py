"""`gancourse validate`: tell a student what the checks say, from a run of the whole notebook.

The notebook itself is left alone: a copy runs from top to bottom in a fresh kernel, with the tests
as they were handed out. The verdicts are the notebook's own public ones.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from nbformat.notebooknode import NotebookNode
from rich.console import Console

from gancourse.authoring.build import copy_assets, plural
from gancourse.authoring.source import Lesson, find, lesson_paths, read
from gancourse.errors import CourseError
from gancourse.grading.collect import MEND, Damaged, read_notebook
from gancourse.grading.config import CELL_TIMEOUT
from gancourse.grading.execute import execute
from gancourse.grading.restore import identify, marked, release_notebook, restore
from gancourse.grading.verdicts import Verdict, tidy, verdicts
from gancourse.paths import repository


def validate_notebook(path: Path, timeout: int = CELL_TIMEOUT) -> int:
    """Run a copy of a notebook and print its verdicts; 0 if every exercise with a test passes, else 1.

    Raises:
        CourseError: if there is no notebook, it is damaged, or it belongs to no lesson.
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
    for note in notes.values():
        print(f"Note: {note}")
    with tempfile.TemporaryDirectory(prefix="gancourse-") as folder:
        beside(path, lesson, Path(folder))
        with progress() as show:
            execute(restored, Path(folder), timeout, show)
    tidy(restored)
    found = verdicts(restored, release)
    for exercise in lesson.exercises:
        print(spoken(exercise, found[exercise]))
    by_hand = written(release)
    tested = [verdict for exercise, verdict in found.items() if exercise not in by_hand]
    print(f"\n{total(tested)}{answers([found[exercise] for exercise in by_hand])}")
    return int(not all(verdict.passed for verdict in tested))


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


def beside(path: Path, lesson: Lesson, folder: Path) -> None:
    """Put next to the copy what the notebook finds next to itself: pictures and Python files."""
    copy_assets(lesson, folder)
    for module in path.resolve().parent.glob("*.py"):
        if module.is_file():
            shutil.copyfile(module, folder / module.name)


@contextmanager
def progress() -> Iterator[Callable[[int, int], None] | None]:
    """On a terminal, a line that says which cell is running."""
    console = Console(stderr=True)
    if not sys.stderr.isatty():
        yield None
        return
    with console.status("Starting Python") as status:
        yield lambda cell, cells: status.update(f"Running cell {cell} of {cells}")


def spoken(exercise: str, verdict: Verdict) -> str:
    """A verdict as it is printed; those on answers do not name their exercise themselves."""
    return verdict.message if exercise in verdict.message else f"· {exercise}\n      {verdict.message}"


def total(tested: list[Verdict]) -> str:
    """How many exercises pass, and what they are worth."""
    passed = [verdict for verdict in tested if verdict.passed]
    points, most = (sum(verdict.points for verdict in some) for some in (passed, tested))
    return f"{len(passed)} of {plural(len(tested), 'exercise')} pass, {points:g} of {plural(most, 'point')}"


def answers(found: list[Verdict]) -> str:
    """What is to be said about the written answers, behind the total."""
    if not found:
        return "."
    empty = sum(verdict.passed is False for verdict in found)
    said = f"; {plural(len(found), 'written answer')} {'is' if len(found) == 1 else 'are'} graded by hand"
    return said + (f" ({empty} not written yet)." if empty else ".")


def written(release: NotebookNode) -> list[str]:
    """The exercises a person grades."""
    return [id for id, c in marked(release).items() if c.metadata.nbgrader["grade"] and c.metadata.nbgrader["solution"]]
