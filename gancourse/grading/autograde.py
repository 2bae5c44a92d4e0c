"""Enter what the judge found into nbgrader: its gradebook, and the notebook its formgrader shows.

nbgrader stays the record, and its converter does the writing. Where it would run a submission's code
it gets the judge's results instead. It finds submissions with globs; here it is told, so that a
student may be called "Zoë [late]". Everything happens on copies below the output folder.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import traceback
import warnings
from pathlib import Path
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades

from gancourse.authoring.course import captured_log, tools_on_path
from gancourse.authoring.lint import HIDDEN
from gancourse.authoring.source import Lesson
from gancourse.checks import CheckFailed
from gancourse.grading.collect import Submission
from gancourse.grading.config import grading_config
from gancourse.grading.restore import exercise_of, marked
from gancourse.grading.result import Result
from gancourse.grading.trial import Outcome, Task, judged_here

AHEAD: dict[tuple[str, str], Outcome] = {}
"""What is known already when nbgrader asks for it, by lesson and student."""


SHOWN = {".py", ".txt", ".csv", ".png", ".jpg", ".jpeg", ".gif"}
"""Files that formgrader may serve to an instructor: none that a browser would run."""


class Judged(NbGraderPreprocessor):
    """Stands where nbgrader has Execute: puts the judge's reports into the notebook.

    In `gancourse grade` they are there already; `nbgrader autograde` lets the judge work here.
    """

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        where = resources["nbgrader"]
        outcome = AHEAD.get((where["assignment"], where["student"]))
        if outcome is None:
            outcome = judged_here(where["assignment"], nb, Path(resources["metadata"]["path"]), where["student"])
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.outputs = [nbformat.from_dict(o) for o in outcome.outputs.get(cell.get("id", ""), [])]
        for id, cell in marked(nb).items():
            if (result := outcome.results.get(exercise_of(id))) and id != exercise_of(id):
                cell.outputs = [as_output(result)]
        resources["gancourse"] = outcome
        return nb, resources


def as_output(result: Result) -> NotebookNode:
    """A result as its test's output, as the check itself would print it: text only, and red if something is wrong."""
    if result.passed:
        return new_output("stream", name="stdout", text=f"{result}\n")
    return new_output("error", ename=CheckFailed.__name__, evalue=str(result), traceback=str(result).splitlines())


class SaveScores(SaveAutoGrades):
    """nbgrader's, but the score of a test is what the judge found, not what its cell put out."""

    def _add_score(self, cell: Any, resources: Any) -> None:
        super()._add_score(cell, resources)
        mark = cell.metadata["nbgrader"]
        result = resources["gancourse"].results.get(exercise_of(mark["grade_id"]))
        if result is None or mark.get("solution"):
            return
        grade: Any = self.gradebook.find_grade(mark["grade_id"], self.notebook_id, self.assignment_id, self.student_id)
        grade.auto_score = round(float(mark["points"]) * result.credit, 2)
        self.gradebook.db.commit()


class HideHiddenTests(NbGraderPreprocessor):
    """Leave the instructor's lines out of what students see."""

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> Any:
        mark = cell.metadata.get("nbgrader", {})
        if mark.get("grade") and not mark.get("solution"):
            cell.source = re.sub(HIDDEN, "", cell.source + "\n").rstrip("\n")
        return cell, resources


class GradeOne(Autograde):
    """nbgrader's autograde for one student, whose notebook it is told and need not look for."""

    student: str

    def init_notebooks(self) -> None:
        lesson = self.coursedir.assignment_id
        folder = self._format_source(lesson, self.student)
        self.assignments, self.notebooks = {folder: [os.path.join(folder, f"{lesson}.ipynb")]}, []


def enter(lesson: Lesson, submission: Submission, task: Task, outcome: Outcome, out: Path) -> str:
    """Let nbgrader record a judged submission below `out`. What went wrong, for the instructor; "" if nothing did."""
    warnings.simplefilter("ignore")
    AHEAD[lesson.name, submission.student] = outcome
    with captured_log() as (logger, lines):
        try:
            lay_out_submission(lesson, submission, task, out)
            convert(lesson, submission.student, out, logger)
        except (Exception, SystemExit):
            return "\n".join([*lines, traceback.format_exc()])
        finally:
            AHEAD.clear()
    return ""


def place(out: Path, step: str, student: str, lesson: str) -> Path:
    """Where a submission is in one of nbgrader's steps."""
    return out / step / student / lesson


def lay_out_submission(lesson: Lesson, submission: Submission, task: Task, out: Path) -> None:
    """Put a mended copy of a submission where nbgrader looks for it."""
    for step in ("submitted", "autograded", "feedback"):
        shutil.rmtree(place(out, step, submission.student, lesson.name), ignore_errors=True)
    target = place(out, "submitted", submission.student, lesson.name)
    target.mkdir(parents=True)
    for name, data in task.files.items():
        if Path(name).suffix.lower() not in SHOWN:
            continue
        with contextlib.suppress(OSError, ValueError):  # a path that is too long here, a name that is a folder's, too
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes(data)
    if (when := submission.handed_in()) is not None:
        (target / "timestamp.txt").write_text(when, encoding="utf-8")
    (target / f"{lesson.name}.ipynb").write_text(task.notebook, encoding="utf-8")


def convert(lesson: Lesson, student: str, out: Path, logger: Any) -> None:
    """Run nbgrader's converter on one submission."""
    tools_on_path()
    config = grading_config(out)
    config.CourseDirectory.assignment_id = lesson.name
    app = GradeOne(coursedir=CourseDirectory(config=config, log=logger), config=config, log=logger)
    app.student, app.force = student, True
    app.start()
