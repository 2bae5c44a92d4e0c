"""One submission from file to results: what a process, here or on another machine, is given to do.

A task holds everything, so that it can be sent: the mended notebook, the other files, the limits.
An outcome holds everything that came of it, so that it can be sent back and kept.
"""

from __future__ import annotations

import hashlib
import io
import secrets
import sys
import traceback
from dataclasses import asdict, dataclass, field
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode

from gancourse import checks
from gancourse.authoring.source import Lesson, find
from gancourse.grading.folders import look_through
from gancourse.grading.judge import Judge
from gancourse.grading.result import Result
from gancourse.grading.sandbox.walls import Limits, NoSandbox, Walls, is_visible

LARGEST_FILE = 8 * 2**20
LARGEST_TOTAL = 32 * 2**20
"""Bytes up to which other files of a submission are taken along, each and together."""
MOST_TAKEN = 2_000
"""Files of a submission that are taken along."""
LEFT_OUT = (
    f"{{count:,}} of the files beside your notebook were left out: up to {MOST_TAKEN:,} are taken along, "
    f"of {LARGEST_FILE // 2**20} MB each and {LARGEST_TOTAL // 2**20} MB together."
)


@dataclass(frozen=True)
class Task:
    """All that is needed to judge one submission.

    Attributes:
        notebook: the mended notebook, as JSON.
        files: what else was handed in, by relative path.
        seed: the checks' inputs are drawn from it.
        full: nothing but the full sandbox will do.
    """

    lesson: str
    student: str
    notebook: str
    files: dict[str, bytes]
    seed: int
    limits: Limits
    full: bool


@dataclass
class Outcome:
    """What judging one submission came to.

    Attributes:
        results: by exercise.
        outputs: of code cells, by cell id.
        level: of the sandbox.
        log: for the instructor, if it failed; there are no results then.
        no_sandbox: why there was none to judge it in, if that is what failed.
    """

    student: str
    results: dict[str, Result] = field(default_factory=dict)
    outputs: dict[str, list[Any]] = field(default_factory=dict)
    level: str = ""
    log: str = ""
    no_sandbox: str = ""

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "results": {id: result.as_json() for id, result in self.results.items()}}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Outcome:
        all_: dict[str, Any] = {**data, "results": {id: Result.from_json(r) for id, r in data["results"].items()}}
        return cls(**all_)


JUDGES: dict[tuple[str, Limits, bool], Judge] = {}
"""This process's judges: their sandboxes stay warm."""


def judge_of(name: str, limits: Limits, full: bool) -> Judge:
    """The judge for the lesson of this name, with a sandbox that was started before if there is one."""
    key = name, limits, full
    if key not in JUDGES:
        if not JUDGES:
            Finalize(None, dismiss, exitpriority=1)  # atexit is not asked in processes of a pool
        lesson = find(name)
        JUDGES[key] = Judge(lesson, Walls(limits, full, withheld_from(lesson)))
    return JUDGES[key]


def withheld_from(lesson: Lesson) -> tuple[Path, ...]:
    """What cannot be imported while a lesson is graded: what checks are made of, and what they say holds answers.

    A lesson's checks name files of the package, or others by their full paths: WITHHELD = ("objectives.py",). What
    the package gives from them by other names goes with them. Another copy of the package that is installed would
    hold it all once more: it is withheld as a whole.
    """
    home = Path(checks.__file__).resolve().parent
    withheld = getattr(checks.chapter(lesson.name), "WITHHELD", ())
    judging = (*sorted(home.glob("lesson_*")), home / "networks.py", home / "steps.py")
    return (*judging, *(home.parent / name for name in withheld), *other_copies(home.parent))


def other_copies(package: Path) -> tuple[Path, ...]:
    """Where else on Python's path there is a package of this name."""
    found = {Path(entry, package.name).resolve() for entry in sys.path}
    return tuple(sorted(path for path in found if path != package and path.is_dir() and is_visible(path)))


def dismiss() -> None:
    """End all sandboxes of this process."""
    for judge in JUDGES.values():
        judge.walls.stop()
    JUDGES.clear()


def judge_task(task: Task) -> Outcome:
    """Judge one submission. Never raises: what went wrong is in the outcome's log."""
    import torch

    torch.set_num_threads(1)
    try:
        judge = judge_of(task.lesson, task.limits, task.full)
        notebook: Any = nbformat.read(io.StringIO(task.notebook), as_version=4)
        return judged(judge, notebook, task.files, task.seed, task.student)
    except Exception as error:
        dismiss()
        said = str(error) if isinstance(error, NoSandbox) else ""
        return Outcome(task.student, log=traceback.format_exc(), no_sandbox=said)


def judged(judge: Judge, notebook: NotebookNode, files: dict[str, bytes], seed: int, student: str) -> Outcome:
    """Judge a mended notebook."""
    results = judge.judge(notebook, files, seed)
    outputs = {c.id: [dict(o) for o in c.outputs] for c in notebook.cells if c.cell_type == "code" and c.outputs}
    return Outcome(student, results, outputs, judge.walls.level)


def judged_here(lesson: str, notebook: NotebookNode, folder: Path, student: str) -> Outcome:
    """Judge a notebook that nbgrader has read, for `nbgrader autograde`."""
    return judged(judge_of(lesson, Limits(), False), notebook, other_files(folder), secrets.randbits(60), student)


def other_files(folder: Path) -> dict[str, bytes]:
    """What a submission holds beside notebooks: no links, devices, hidden or huge files."""
    return files_beside(folder)[0]


def files_beside(folder: Path, taken: Path | None = None) -> tuple[dict[str, bytes], list[str]]:
    """The same, without the file that is graded; and sentences on what was left out, if anything was."""
    found: dict[str, bytes] = {}
    total, left_out = 0, 0
    for file in sorted(look_through(folder).files, key=lambda file: file.path.suffix != ".py"):  # modules first
        if file.path == taken or file.path.suffix == ".ipynb" or file.path.name == "timestamp.txt":
            continue
        if file.size > LARGEST_FILE or total + file.size > LARGEST_TOTAL or len(found) >= MOST_TAKEN:
            left_out += 1
            continue
        try:
            file.inside.encode()  # a name from another system may be no text
            with file.path.open("rb") as opened:
                found[file.inside] = opened.read(LARGEST_FILE)
            total += len(found[file.inside])
        except (OSError, ValueError):
            left_out += 1
    return found, [LEFT_OUT.format(count=left_out)] if left_out else []


def seed_for(secret: bytes, student: str, fingerprint: str) -> int:
    """A submission's seed: nobody can foresee it, and a second run on the same notebook draws the same inputs."""
    digest = hashlib.sha256(b"/".join([secret, student.encode(), fingerprint.encode()])).digest()
    return int.from_bytes(digest[:7], "big")
