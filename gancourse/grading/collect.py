"""Find everybody's notebook in nbgrader's submitted layout, and say what is wrong with the others.

Only reads. What comes from a student is bytes until proven a notebook.
"""

from __future__ import annotations

import codecs
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from gancourse.authoring.source import Lesson
from gancourse.errors import CourseError

LARGEST_NOTEBOOK = 100 * 2**20
"""Bytes above which a notebook is not read. An ordinary one has a thousandth of it."""

MOST_ITEMS = 8_000_000
MOST_CELLS = 5_000
LONGEST_SOURCE = 200_000
"""Characters of a cell that are read."""

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
        notebook: the file to grade, if there is one; it may have another name than it should.
        content: what is in it.
    """

    student: str
    folder: Path
    status: str = ""
    problem: str = ""
    notebook: Path = Path()
    content: NotebookNode | None = None

    def handed_in(self) -> str | None:
        """When, as nbgrader's timestamp.txt says; None if there is none that can be read."""
        from nbgrader.utils import parse_utc

        path = self.folder / "timestamp.txt"
        try:
            if path.is_symlink() or not path.is_file() or path.stat().st_size > 100:
                return None
            text = path.read_text(encoding="utf-8").strip()
            parse_utc(text)
        except (OSError, ValueError, OverflowError, TypeError):
            return None
        return text


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
    if not handed_in and (not students or any(unhidden_names(path) for path in students)):
        found = sorted(
            readable(str(p.relative_to(submitted))) for p in [*everything, *submitted.glob("*/*")] if unhidden(p)
        )
        raise CourseError(f"No submission of {lesson.name} is in {submitted}. {expected} Found: {some(found)}.")
    return [submission_of(path, lesson) for path in students]


def readable(name: str) -> str:
    """A file name as text: names from other systems may be none."""
    return name.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="replace")


def submission_of(student: Path, lesson: Lesson) -> Submission:
    """One student's submission, with what is wrong with it."""
    folder, wanted, who = student / lesson.name, f"{lesson.name}.ipynb", readable(student.name)
    if not folder.is_dir():
        found = unhidden_names(student)
        what = f"Found instead: {some(found)}." if found else "The student's folder is empty."
        problem = f"There is no folder {lesson.name} in '{who}'. {what} Hand in {lesson.name}/{wanted}."
        return Submission(who, folder, "missing", problem)
    if folder.is_symlink() or student.is_symlink():
        problem = f"'{who}' holds a link to another folder, not a submission. Hand in {wanted} itself."
        return Submission(who, folder, "missing", problem)
    notebook = folder / wanted
    if not notebook.exists() and not notebook.is_symlink():
        others = [path for path in sorted(folder.rglob("*.ipynb")) if ".ipynb_checkpoints" not in path.parts]
        best = max(others, key=lambda path: exercises_in(path, lesson), default=None)
        if best is None or not exercises_in(best, lesson):
            found = unhidden_names(folder)
            problem = f"There is no notebook of {lesson.name}. Found: {some(found)}. Hand in {wanted}."
            if not found:
                problem = f"The submission folder is empty. Hand in {wanted}."
            return Submission(who, folder, "missing", problem)
        notebook = best
    try:
        content = read_notebook(notebook)
    except Damaged as damage:
        return Submission(who, folder, "damaged", f"{damage} {MEND} and hand it in again.")
    return Submission(who, folder, notebook=notebook, content=content)


def exercises_in(path: Path, lesson: Lesson) -> int:
    """How many of the lesson's exercises a notebook seems to hold; 0 if it is none."""
    try:
        cells = read_notebook(path).cells
    except Damaged:
        return 0
    known = set(lesson.exercises)
    ids = {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in cells} | {cell.get("id") for cell in cells}
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    return sum(id in ids or f"def {id}(" in text for id in known)


def read_notebook(path: Path) -> NotebookNode:
    """A notebook from a file that may hold anything: its cells' text and the ids they are known by.

    All else in the file is dropped: outputs, tags, settings, whatever its version. So no file is too
    old, too new or too odd, as long as there is text in cells.

    Raises:
        Damaged: if there is none.
    """
    name = path.name
    data = parsed(decoded(path), name)
    cells = data.get("cells") if isinstance(data, dict) else None
    if isinstance(data, dict) and cells is None:  # before version 4 cells were on worksheets
        sheets = data.get("worksheets")
        cells = (
            [c for s in sheets if isinstance(s, dict) for c in s.get("cells") or ()]
            if isinstance(sheets, list)
            else None
        )
    if not isinstance(cells, list):
        raise Damaged(f"{name} is JSON but not a notebook: it has no cells.")
    if len(cells) > MOST_CELLS:
        raise Damaged(f"{name} has {len(cells):,} cells; more than {MOST_CELLS:,} are not read.")
    return new_notebook(cells=[clean for cell in cells if (clean := words_of(cell))])


def decoded(path: Path) -> str:
    """The text of a file, whichever way it was saved."""
    name = path.name
    try:
        if path.is_symlink() or not path.is_file():
            raise Damaged(f"{name} is a link to another file, not a notebook.")
        if path.stat().st_size > LARGEST_NOTEBOOK:
            raise Damaged(f"{name} is larger than {LARGEST_NOTEBOOK // 2**20} MB. Clear its outputs.")
        raw = path.read_bytes()
    except OSError as error:
        raise Damaged(f"{name} cannot be read: {error.strerror}.") from None
    if not raw.strip():
        raise Damaged(f"{name} is an empty file.")
    wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return raw.decode("utf-16" if wide else "utf-8-sig", errors="replace")


def parsed(text: str, name: str) -> Any:
    """The JSON in a text.

    Raises:
        Damaged: if it is none.
    """
    if text.count(",") + text.count("[") > MOST_ITEMS:
        raise Damaged(f"{name} holds too many things to be a notebook. Clear its outputs.")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        if text.count("\ufffd") > len(text) // 20:
            raise Damaged(f"{name} is damaged: it is not text in UTF-8, as a notebook is.") from None
        cut_off = error.pos >= len(text.rstrip()) - 1 or error.msg.startswith("Unterminated")
        where = "it ends too early" if cut_off else f"line {error.lineno}: {error.msg}"
        raise Damaged(f"{name} is damaged: it is not JSON, as a notebook is ({where}).") from None
    except (RecursionError, ValueError):
        raise Damaged(f"{name} is damaged: it is not a notebook.") from None


def words_of(cell: Any) -> NotebookNode | None:
    """A cell's text and ids and nothing else; None if there is no text."""
    if not isinstance(cell, dict):
        return None
    source = cell.get("source", cell.get("input"))
    lines = source if isinstance(source, list) else [source]
    if not all(isinstance(line, str) for line in lines):
        return None
    # Half of a pair of surrogates is no text and could not be written down.
    text = "".join(lines)[:LONGEST_SOURCE].encode("utf-8", errors="replace").decode()
    new = (new_code_cell if cell.get("cell_type") == "code" else new_markdown_cell)(text)
    metadata = cell.get("metadata")
    mark = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = mark.get("grade_id") if isinstance(mark, dict) else None
    if isinstance(grade_id, str):
        new.metadata["nbgrader"] = {"grade_id": grade_id}
    if isinstance(cell.get("id"), str):
        new.id = cell["id"]
    return new


def unhidden_names(folder: Path) -> list[str]:
    """Names of what is in a folder and not hidden."""
    return sorted(readable(path.name) for path in folder.iterdir() if unhidden(path))


def unhidden(path: Path) -> bool:
    return not path.name.startswith(".")


def some(names: list[str], most: int = 5) -> str:
    """A few names, quoted, for a sentence."""
    shown = ", ".join(f"'{name}'" for name in names[:most]) or "nothing"
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
