"""Find everybody's notebook in nbgrader's submitted layout, and say what is wrong with the others.

Only reads. What comes from a student is bytes until proven a notebook.
"""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode

from gancourse.authoring.source import Lesson
from gancourse.errors import CourseError

LARGEST = 100 * 2**20
"""Bytes above which a notebook is not read. An ordinary one has a thousandth of it."""


MEND = "Take the last good copy (JupyterLab keeps one in .ipynb_checkpoints)"
"""What to do about a damaged notebook; the sentence goes on."""


class Damaged(Exception):
    """A file that is no notebook. The message is a sentence that says why."""


@dataclass(frozen=True)
class Submission:
    """One student's folder for a lesson.

    Attributes:
        student: the folder's name.
        folder: where the student's files are; it may not exist.
        status: "" if there is something to grade, else "missing" or "damaged".
        problem: what happened and what to do, if there is nothing to grade.
    """

    student: str
    folder: Path
    status: str = ""
    problem: str = ""


def collect(submitted: Path, lesson: Lesson) -> list[Submission]:
    """Every student's submission of a lesson, in the order of their names.

    Raises:
        CourseError: if the folder is not laid out as DIR/student/LESSON/LESSON.ipynb.
    """
    expected = f"Expected is {submitted.name or submitted}/STUDENT/{lesson.name}/{lesson.name}.ipynb."
    if not submitted.exists():
        raise CourseError(f"There is no folder {submitted}. {expected}")
    if not submitted.is_dir():
        raise CourseError(f"{submitted} is a file, not a folder of submissions. {expected}")
    everything = sorted(submitted.iterdir())
    students = [path for path in everything if path.is_dir() and not path.name.startswith((".", "__"))]
    if not everything:
        raise CourseError(f"The folder {submitted} is empty. {expected}")
    handed_in = [path for path in students if (path / lesson.name).is_dir()]
    # Folders with nothing in them are students who handed in nothing; folders with other things
    # in them, all of them, are some other layout.
    if not handed_in and (not students or any(listing(path) for path in students)):
        found = sorted(str(p.relative_to(submitted)) for p in [*everything, *submitted.glob("*/*")] if visible(p))
        raise CourseError(f"No submission of {lesson.name} is in {submitted}. {expected} Found: {some(found)}.")
    return [examine(path, lesson) for path in students]


def examine(student: Path, lesson: Lesson) -> Submission:
    """One student's submission, with what is wrong with it."""
    folder, wanted = student / lesson.name, f"{lesson.name}.ipynb"
    if not folder.is_dir():
        found = listing(student)
        what = f"Found instead: {some(found)}." if found else "The student's folder is empty."
        problem = f"There is no folder {lesson.name} in '{student.name}'. {what} Hand in {lesson.name}/{wanted}."
        return Submission(student.name, folder, "missing", problem)
    if not (folder / wanted).is_file():
        found = listing(folder)
        if any(name.endswith(".ipynb") for name in found):
            problem = (
                f"The notebook has another name. Found: {some(found)}. Rename it to {wanted} and hand it in again."
            )
        elif found:
            problem = f"There is no notebook. Found: {some(found)}. Hand in {wanted}."
        else:
            problem = f"The submission folder is empty. Hand in {wanted}."
        return Submission(student.name, folder, "missing", problem)
    try:
        read_notebook(folder / wanted)
    except Damaged as damage:
        return Submission(student.name, folder, "damaged", f"{damage} {MEND} and hand it in again.")
    return Submission(student.name, folder)


def read_notebook(path: Path) -> NotebookNode:
    """A notebook from a file that may hold anything.

    Raises:
        Damaged: if it is none.
    """
    name = path.name
    try:
        if path.stat().st_size > LARGEST:
            raise Damaged(f"{name} is larger than {LARGEST // 2**20} MB. Clear its outputs.")
        raw = path.read_bytes()
    except OSError as error:
        raise Damaged(f"{name} cannot be read: {error.strerror}.") from None
    if not raw.strip():
        raise Damaged(f"{name} is an empty file.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Damaged(f"{name} is damaged: it is not text in UTF-8, as a notebook is.") from None
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        cut_off = error.pos >= len(text.rstrip()) - 1 or error.msg.startswith("Unterminated")
        where = "it ends too early" if cut_off else f"line {error.lineno}: {error.msg}"
        raise Damaged(f"{name} is damaged: it is not JSON, as a notebook is ({where}).") from None
    except RecursionError:
        raise Damaged(f"{name} is damaged: it is not a notebook.") from None
    if not isinstance(data, dict) or "nbformat" not in data or not ({"cells", "worksheets"} & data.keys()):
        raise Damaged(f"{name} is JSON but not a notebook: it has no cells.")
    try:
        with warnings.catch_warnings():  # nbformat repairs missing cell ids, and says so
            warnings.simplefilter("ignore")
            notebook = nbformat.reads(text, as_version=4)
            _, notebook = nbformat.validator.normalize(notebook)
            nbformat.validate(notebook, relax_add_props=True)
    except Exception as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise Damaged(f"{name} is JSON but not a notebook Jupyter can read ({reason}).") from None
    return notebook


def listing(folder: Path) -> list[str]:
    """Names of what is in a folder and not hidden."""
    return sorted(path.name for path in folder.iterdir() if visible(path))


def visible(path: Path) -> bool:
    return not path.name.startswith(".")


def some(names: list[str], most: int = 5) -> str:
    """A few names, quoted, for a sentence."""
    shown = ", ".join(f"'{name}'" for name in names[:most]) or "nothing"
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
