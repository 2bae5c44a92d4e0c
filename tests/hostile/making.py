"""How submissions are made, and what they deserve.

A submission is data: its name, its kind, what lies in its folder, and the points that each exercise
deserves. Most notebooks hold the imports and the student's own cells only, so that they run in a second.
What a submission reads or breaks where it should not, it announces by printing `GOTCHA`.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from first_lesson import LESSON, released, solved_first
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from gancourse.checks import fresh_inputs, hidden, public
from gancourse.grading.restore import marked
from gancourse.paths import repository

RELEASE = released()
POINTS = LESSON.points
TESTED = LESSON.tested
REPOSITORY = repository()

Points = dict[str, float]
NOTHING: Points = dict.fromkeys(TESTED, 0)
EVERYTHING: Points = {id: POINTS[id] for id in TESTED}

GOTCHA = "GOT" + "CHA"
SHOUT = 'print("GOT" + "CHA"'
"""The beginning of a `print` in a submission. The word itself is not in it: reports quote lines of code."""

KINDS = ("tampering", "exhausting", "leaking", "forging", "odd")
"""In the order of grading: the honest ones come into sandboxes that others have used."""

SAFE = """
import os, signal, socket, subprocess, sys, time
first = [open(f"/proc/{pid}/cmdline", "rb").read() for pid in (1, 2) if os.path.exists(f"/proc/{pid}")]
assert any(b"gancourse.grading.sandbox.worker" in line for line in first), "no sandbox"
"""
"""Before anything that would do harm outside of the sandbox."""


@dataclass(frozen=True)
class World:
    """What an attacker may know about the machine: paths, a port on which something listens, a word of their own."""

    submitted: Path
    out: Path
    port: int
    mark: str
    victim: str = "victim"

    @property
    def prey(self) -> Path:
        """A folder of another student's, with a secret in it."""
        return self.submitted / self.victim / LESSON.name


@dataclass(frozen=True)
class Submission:
    """One submission.

    Attributes:
        fill: lays the submission into the student's folder of the lesson.
        deserves: points by exercise, or a function that finds them out.
        anywhere: whether it can be graded without the full sandbox.
        hole: why the grader fails it as yet.
    """

    name: str
    kind: str
    fill: Callable[[Path, World], None]
    deserves: Points | Callable[[], Points] = field(default_factory=lambda: dict(NOTHING))
    anywhere: bool = False
    hole: str = ""

    @property
    def student(self) -> str:
        """The folder's name. Students are graded in the order of their names."""
        return f"{KINDS.index(self.kind)} {self.kind} {self.name}"

    @property
    def points(self) -> Points:
        return self.deserves() if callable(self.deserves) else self.deserves


# --- notebooks ---------------------------------------------------------------------------------


def slim(notebook: NotebookNode) -> NotebookNode:
    """Only the imports, the student's cells and the tests."""
    notebook.cells = [cell for cell in notebook.cells if cell.id == "setup" or "nbgrader" in cell.metadata]
    return notebook


def blank() -> NotebookNode:
    """The lesson as it is handed out."""
    return slim(copy.deepcopy(RELEASE))


def solved() -> NotebookNode:
    """The lesson with its own answers."""
    return slim(solved_first())


def answer(id: str) -> str:
    """The lesson's own answer to an exercise."""
    return marked(solved())[id].source


def body(id: str, lines: str) -> str:
    """A function of the right name and arguments that does something else."""
    signature = re.search(r"^def .*?:$", marked(RELEASE)[id].source, re.MULTILINE | re.DOTALL)
    assert signature
    return f"{signature[0]}\n{lines}\n"


def everywhere(lines: str) -> dict[str, str]:
    """All answers with this body."""
    return {id: body(id, lines) for id in TESTED}


def changed(
    notebook: NotebookNode, answers: dict[str, str] | None = None, first: str = "", last: str = "", text: str = ""
) -> NotebookNode:
    """A notebook with other answers, a cell behind the imports, one at the end, and markdown above everything."""
    for id, source in (answers or {}).items():
        marked(notebook)[id].source = source
    if first:
        notebook.cells.insert(1, new_code_cell(first))
    if last:
        notebook.cells.append(new_code_cell(last))
    if text:
        notebook.cells.insert(0, new_markdown_cell(text))
    return notebook


def write(notebook: NotebookNode, folder: Path, name: str = f"{LESSON.name}.ipynb") -> Path:
    """Write a notebook as it is, valid or not."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(json.dumps(notebook), encoding="utf-8")  # nbformat would mend it
    return path


Text = str | Callable[[World], str]


def told(text: Text, world: World) -> str:
    return text(world) if callable(text) else text


def handed_in(
    make: Callable[[], NotebookNode] = solved,
    answers: dict[str, Text] | None = None,
    first: Text = "",
    last: Text = "",
    text: Text = "",
    files: dict[str, str | bytes] | None = None,
) -> Callable[[Path, World], None]:
    """What fills a folder with one notebook and other files."""

    def fill(folder: Path, world: World) -> None:
        told_answers = {id: told(source, world) for id, source in (answers or {}).items()}
        notebook = changed(make(), told_answers, told(first, world), told(last, world), told(text, world))
        write(notebook, folder)
        for name, content in (files or {}).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)

    return fill


# --- what is deserved --------------------------------------------------------------------------


def without(*exercises: str) -> Points:
    """Everything but these."""
    return {id: 0 if id in exercises else POINTS[id] for id in TESTED}


def only(*exercises: str) -> Points:
    """These and nothing else."""
    return {id: POINTS[id] if id in exercises else 0 for id in TESTED}


def by_the_checks(answers: dict[str, str], seed: int = 5) -> Points:
    """What the checks themselves say to answers in this process; all other answers are right."""
    found = dict(EVERYTHING)
    for id, source in answers.items():
        names = LESSON.worked()
        exec(compile(source, id, "exec"), names)
        with fresh_inputs(seed):
            verdict = public(LESSON.name).verdict(id, names[id]) + hidden(LESSON.name).verdict(id, names[id])
        found[id] = round(POINTS[id] * verdict.credit, 2)
    return found
