"""Find everybody's notebook in nbgrader's submitted layout, and say what is wrong with the others.

Only reads. What comes from a student is bytes until proven a notebook. Whatever one student's folder
raises is that student's result.
"""

from __future__ import annotations

import contextlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from nbformat.notebooknode import NotebookNode

from gancourse.authoring.source import Lesson, lesson_paths
from gancourse.errors import CourseError
from gancourse.grading.attempts import Candidate, attempts_in, told_of
from gancourse.grading.folders import Lying, look_through, readable, student_names
from gancourse.grading.reading import Damaged, read_notebook
from gancourse.grading.restore import release_notebook

__all__ = ["MEND", "UNREADABLE", "Damaged", "Submission", "collect", "read_notebook"]

MEND = "Take the last good copy (JupyterLab keeps one in .ipynb_checkpoints)"
"""What to do about a damaged notebook; the sentence goes on."""
UNREADABLE = "Your submission cannot be read ({error}). Hand in {wanted} in a folder of its own."


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
        attempt: how it was found, an archive among it.
        notes: sentences on what was taken and what else was seen.
    """

    student: str
    folder: Path
    status: str = ""
    problem: str = ""
    notebook: Path = Path()
    content: NotebookNode | None = None
    attempt: Candidate | None = None
    notes: tuple[str, ...] = ()

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
        CourseError: if the folder is not laid out as DIR/student/LESSON/LESSON.ipynb, or as an LMS gives it,
            DIR/student/LESSON.ipynb.
    """
    expected = f"Expected is {submitted.name or submitted}/STUDENT/{lesson.name}/{lesson.name}.ipynb."
    if not submitted.exists():
        raise CourseError(f"There is no folder {submitted}. {expected}")
    if not submitted.is_dir():
        raise CourseError(f"{submitted} is a file, not a folder of submissions. {expected}")
    everything = sorted(submitted.iterdir())
    students = [path for path in everything if os.path.isdir(path) and not path.name.startswith((".", "__"))]
    if not everything:
        raise CourseError(f"The folder {submitted} is empty. {expected}")
    release = release_notebook(lesson)
    names = student_names(path.name for path in students)
    found = [one_or_why(path, names[path.name], lesson, release) for path in students]
    handed_in = any(os.path.isdir(path / lesson.name) for path in students)
    # Folders with nothing in them are students who handed in nothing; folders with other things
    # in them, all of them, are some other layout.
    if (
        not handed_in
        and all(s.problem for s in found)
        and (not students or any(unhidden_names(path) for path in students))
    ):
        inside = [child for path in students for child in children(path)]
        seen = sorted(readable(str(p.relative_to(submitted))) for p in [*everything, *inside] if unhidden(p))
        raise CourseError(f"No submission of {lesson.name} is in {submitted}. {expected} Found: {some(seen)}.")
    return sorted(found, key=lambda submission: submission.student)


def one_or_why(student: Path, who: str, lesson: Lesson, release: NotebookNode) -> Submission:
    """One student's submission; what it raises, whatever it is, is what is wrong with it."""
    try:
        return submission_of(student, who, lesson, release)
    except Exception as error:
        problem = UNREADABLE.format(error=readable(str(error) or type(error).__name__), wanted=f"{lesson.name}.ipynb")
        return Submission(who, student / lesson.name, "damaged", problem)


def submission_of(student: Path, who: str, lesson: Lesson, release: NotebookNode) -> Submission:
    """One student's submission, with what is wrong with it."""
    folder, wanted = student / lesson.name, f"{lesson.name}.ipynb"
    if student.is_symlink() or os.path.islink(folder):
        problem = f"'{who}' holds a link to another folder, not a submission. Hand in {wanted} itself."
        return Submission(who, folder, "missing", problem)
    if os.path.islink(folder / wanted):
        damage = f"{wanted} is a link to another file, not a notebook."
        return Submission(who, folder, "damaged", f"{damage} {MEND} and hand it in again.")
    look = look_through(folder)
    with contextlib.suppress(OSError):  # among very many files it may not have been seen
        status = os.lstat(folder / wanted)
        if stat.S_ISREG(status.st_mode) and all(file.inside != wanted for file in look.files):
            look.files.append(Lying(folder / wanted, wanted, status.st_size, status.st_mtime))
    found = attempts_in(look, lesson, release)
    if found.taken is None and not found.others:
        # As an LMS gives it: without a folder for the lesson. Other lessons' folders are not for this one.
        others = {path.parent.name for path in lesson_paths()}
        above = look_through(student, others | {lesson.name})
        beside = attempts_in(above, lesson, release, least=max(1, len(lesson.exercises) // 2))
        if beside.taken is not None:
            look, found, folder = above, beside, student
    notes = (*told_of(found, lesson), *look.notes)
    if found.taken is not None:
        return Submission(who, folder, "", "", found.taken.path, found.taken.content, found.taken, notes)
    if found.others:
        best = next((o for o in found.others if o.inside == wanted), found.others[0])
        return Submission(who, folder, "damaged", f"{best.problem} {MEND} and hand it in again.")
    return Submission(who, folder, "missing", why_missing(student, who, folder, wanted, look.notes))


def why_missing(student: Path, who: str, folder: Path, wanted: str, notes: list[str]) -> str:
    """Why there is no notebook to grade, and what to do."""
    lesson = folder.name
    seen = f" {' '.join(notes)}" if notes else ""
    if not os.path.isdir(folder):
        found = unhidden_names(student)
        what = f"Found instead: {some(found)}." if found else "The student's folder is empty."
        if not os.access(student, os.R_OK | os.X_OK):
            what = "The student's folder cannot be opened: permission denied."
        return f"There is no folder {lesson} in '{who}'. {what} Hand in {lesson}/{wanted}."
    if not (found := unhidden_names(folder)) and not seen:
        return f"The submission folder is empty. Hand in {wanted}."
    return f"There is no notebook of {lesson}. Found: {some(found)}.{seen} Hand in {wanted}."


def children(folder: Path) -> list[Path]:
    """What is in a folder; nothing if it cannot be opened."""
    try:
        return sorted(folder.iterdir())[:1000]
    except OSError:
        return []


def unhidden_names(folder: Path) -> list[str]:
    """Names of what is in a folder and not hidden."""
    return sorted(readable(path.name) for path in children(folder) if unhidden(path))


def unhidden(path: Path) -> bool:
    return not path.name.startswith(".")


def some(names: list[str], most: int = 5) -> str:
    """A few names, quoted, for a sentence."""
    shown = ", ".join(f"'{name}'" for name in names[:most]) or "nothing"
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
