"""Grade one submission with nbgrader: run it, score it into the gradebook, write its feedback.

nbgrader's converters find submissions with globs; here they are told, so that a student may be
called "Zoë [late]". Everything happens on copies below the output folder.
"""

from __future__ import annotations

import os
import re
import shutil
import traceback
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Integer

from gancourse.authoring.course import captured_log, tools_on_path
from gancourse.authoring.lint import HIDDEN
from gancourse.authoring.source import Lesson
from gancourse.grading.collect import Submission, read_notebook
from gancourse.grading.config import CELL_TIMEOUT, grading_config
from gancourse.grading.execute import execute
from gancourse.grading.restore import release_notebook, restore
from gancourse.grading.verdicts import Verdict, tidy, verdicts

LARGEST_FILE = 20 * 2**20
"""Bytes up to which other files of a submission are taken along."""


@dataclass(frozen=True)
class Task:
    """All a process needs to grade one submission."""

    lesson: Lesson
    submission: Submission
    out: Path
    timeout: int = CELL_TIMEOUT
    threads: int = 1


@dataclass
class Outcome:
    """What grading one submission came to. `log` is for the instructor, if it failed."""

    student: str
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    log: str = ""


class Run(NbGraderPreprocessor):
    """Stands where nbgrader has Execute: runs the notebook and tidies what it put out."""

    timeout = Integer(CELL_TIMEOUT, help="Seconds a cell may run.").tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        seconds: Any = self.timeout
        execute(nb, Path(resources["metadata"]["path"]), seconds)
        tidy(nb)
        return nb, resources


class HideHiddenTests(NbGraderPreprocessor):
    """Leave the instructor's lines out of what students see."""

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> Any:
        mark = cell.metadata.get("nbgrader", {})
        if mark.get("grade") and not mark.get("solution"):
            cell.source = re.sub(HIDDEN, "", cell.source + "\n").rstrip("\n")
        return cell, resources


class Told:
    """Mixed into a converter: works on one student's notebook, without looking for it."""

    student: str

    def init_notebooks(self: Any) -> None:
        lesson = self.coursedir.assignment_id
        folder = self._format_source(lesson, self.student)
        self.assignments, self.notebooks = {folder: [os.path.join(folder, f"{lesson}.ipynb")]}, []


class GradeOne(Told, Autograde):
    """nbgrader's autograde for one student."""


class FeedbackForOne(Told, GenerateFeedback):
    """nbgrader's feedback for one student."""

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        # nbgrader's own looks for files to leave out with a glob and, for a student called
        # "Zoë [late]", takes along the notebook with the hidden tests.
        source, target = (form(assignment_id, student_id) for form in (self._format_source, self._format_dest))
        ignore = shutil.ignore_patterns("*.ipynb")
        shutil.copytree(source, target, ignore=ignore, copy_function=shutil.copyfile, dirs_exist_ok=True)


def grade_one(task: Task) -> Outcome:
    """Grade one submission. Never raises: what went wrong is in the outcome's log."""
    os.environ["OMP_NUM_THREADS"] = str(task.threads)  # for the kernels started from here
    outcome = Outcome(task.submission.student)
    warnings.simplefilter("ignore")
    with captured_log() as (logger, lines):
        try:
            release = release_notebook(task.lesson)
            outcome.notes = prepare(task, release)
            for converter in (GradeOne, FeedbackForOne):
                convert(converter, task, logger)
            made: Any = nbformat.read(place(task, "autograded") / f"{task.lesson.name}.ipynb", as_version=4)
            outcome.verdicts = verdicts(made, release)
        except (Exception, SystemExit):
            outcome.log = "\n".join([*lines, traceback.format_exc()])
    return outcome


def place(task: Task, step: str) -> Path:
    """Where this submission is in one of nbgrader's steps."""
    return task.out / step / task.submission.student / task.lesson.name


def prepare(task: Task, release: Any) -> dict[str, str]:
    """Copy a submission to where nbgrader looks for it, mended; says what was mended."""
    for step in ("submitted", "autograded", "feedback"):
        shutil.rmtree(place(task, step), ignore_errors=True)
    target = place(task, "submitted")
    shutil.copytree(task.submission.folder, target, ignore=left_behind, copy_function=shutil.copyfile)
    for folder in (target, *(path for path in target.rglob("*") if path.is_dir())):
        folder.chmod(0o755)  # a submission may be read-only; its copy must not be
    name = f"{task.lesson.name}.ipynb"
    notebook, notes = restore(read_notebook(task.submission.folder / name), release)
    nbformat.write(notebook, target / name)
    return notes


def left_behind(folder: str, names: list[str]) -> set[str]:
    """What of a submission is not taken along: notebooks, links, devices, hidden or huge files."""
    out: set[str] = set()
    for name in names:
        path = Path(folder) / name
        ordinary = not path.is_symlink() and (path.is_dir() or (path.is_file() and path.stat().st_size <= LARGEST_FILE))
        if not ordinary or name.startswith((".", "__pycache__")) or name.endswith(".ipynb") or name == "timestamp.txt":
            out.add(name)
    return out


def convert(converter: Any, task: Task, logger: Any) -> None:
    """Run one of nbgrader's converters on one submission."""
    tools_on_path()
    config = grading_config(task.out, task.timeout)
    config.CourseDirectory.assignment_id = task.lesson.name
    app = converter(coursedir=CourseDirectory(config=config, log=logger), config=config, log=logger)
    app.student, app.force = task.submission.student, True
    app.start()
