"""Judge a notebook: its code runs in a sandbox, its answers are checked out here.

Nothing of the student's decides anything. Cells are run in order in the sandbox; then, exercise by
exercise, what they define is called on inputs drawn afresh, by the checks of the lesson, in this
process: the public and the hidden ones in grading, the public ones where students ask for themselves.
An exercise is worth its points times the share of claims that hold.

An exercise stands for itself: where an answer calls the student's answers to other exercises and does
not get everything, it is tried once more with right ones in their place, and the better try counts.
Cells that only show something (demo=true) are left out where they are as they were handed out.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output

from gancourse.authoring.source import Lesson
from gancourse.checks import Finding, StudentError, Suite, Verdict, core, hidden, public
from gancourse.checks.inputs import fresh_inputs
from gancourse.grading.restore import exercise_of, marked, release_notebook
from gancourse.grading.result import Result, result_of, uncolored
from gancourse.grading.sandbox.host import Host
from gancourse.grading.sandbox.walls import Walls
from gancourse.grading.sandbox.wire import ENDED, TOO_LONG

MOST_REPLAYS = 12
"""How often a notebook is run anew after code in it has ended the sandbox's process."""

NO_ANSWER = "There is no answer yet. Write it into the cell."
WAITS = "This answer is graded by hand."
EMPTY = "What holds here holds for an answer that does nothing, too. It counts only beside something else that holds."


@dataclass
class Judge:
    """Judges notebooks of one lesson, one after the other, in one sandbox.

    Attributes:
        everything: whether the hidden checks are asked, too.
        tell: told in a few words what is going on, for those who wait.
    """

    lesson: Lesson
    walls: Walls
    everything: bool = True
    tell: Callable[[str], None] = lambda _: None
    suites: dict[str, Suite] = field(init=False)

    def __post_init__(self) -> None:
        self.suites = {"public": public(self.lesson.name)}
        if self.everything:
            self.suites["hidden"] = hidden(self.lesson.name)

    def judge(self, notebook: NotebookNode, files: dict[str, bytes], seed: int) -> dict[str, Result]:
        """Run a restored notebook, write into it what its cells printed, and judge all exercises.

        Args:
            notebook: as `restore` made it; its code cells get outputs, of text only.
            files: what else was handed in, by path relative to the notebook.
            seed: inputs are drawn from it.
        """
        judging = Judging(self, notebook, files, seed)
        try:
            judging.run()
            return {exercise: judging.examine(exercise) for exercise in self.lesson.exercises}
        finally:
            judging.close()

    @functools.cached_property
    def originals(self) -> dict[str, NotebookNode]:
        """The marked cells as they were handed out."""
        return marked(release_notebook(self.lesson))

    @functools.cached_property
    def references(self) -> dict[str, Any]:
        """Right answers to all exercises: the lesson's own, on this side only."""
        names = self.lesson.worked()
        return {id: Reference(id, names[id]) for id in self.lesson.tested if id in names}


class Reference:
    """A right answer, to be called by a student's other answers. Its errors show nothing of its inside."""

    def __init__(self, exercise: str, answer: Any) -> None:
        self.__name__, self.answer = exercise, answer

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return self.answer(*args, **kwargs)
        except Exception as error:
            what = f"Your code calls {self.__name__} with something that it cannot take"
            raise StudentError(f"{what} ({type(error).__name__}).") from None


class Judging:
    """One notebook before the judge."""

    def __init__(self, judge: Judge, notebook: NotebookNode, files: dict[str, bytes], seed: int) -> None:
        self.judge, self.seed, self.tested = judge, seed, judge.lesson.tested
        self.cells = marked(notebook)
        tests = {cell.id for id, cell in self.cells.items() if exercise_of(id) != id}
        shown = {(cell.id, cell.text.strip()) for cell in judge.lesson.cells if cell.keys.get("demo")}
        runs = [c for c in notebook.cells if c.cell_type == "code" and (c.id, c.source.strip()) not in shown]
        self.code = [c for c in runs if c.id not in tests]
        self.files = {name: np.frombuffer(data, dtype=np.uint8) for name, data in files.items()}
        self.spoiled: set[int] = set()  # cells that ended the process; not run again
        self.replays = 0
        self.host: Host | None = None
        self.end = time.monotonic() + judge.walls.limits.notebook

    def close(self) -> None:
        if self.host is not None:
            self.host.close()

    # --- running -----------------------------------------------------------------------------

    def run(self) -> Host:
        """Run the cells in a fresh process, and once more those that miss a name which a later cell defines."""
        while True:
            self.close()
            self.host = host = Host(self.judge.walls, self.end)
            failed = self.run_cells(host)
            if not host.over:
                self.keep(host)
                for index in failed:
                    if not host.over:
                        self.run_cell(host, index)
            if not host.over:
                self.keep(host)
                return host
            if self.replays >= MOST_REPLAYS:
                return host
            self.replays += 1

    def run_cells(self, host: Host) -> list[int]:
        """Run all cells; those that stopped at an undefined name. Ends early where the process does."""
        failed = []
        try:
            host.asked("files", host.limits.call, files=self.files)
        except StudentError:
            return []
        for index in range(len(self.code)):
            if index in self.spoiled:
                continue
            self.judge.tell(f"Running cell {index + 1} of {len(self.code)}")
            error = self.run_cell(host, index)
            if host.over:
                return failed
            if error and error[0] == "NameError":
                failed.append(index)
        return failed

    def run_cell(self, host: Host, index: int) -> list[str] | None:
        """Run one cell and note what it printed; its error."""
        cell = self.code[index]
        printed, error = host.run(cell.source, f"<cell {index + 1}>")
        if host.over:
            self.spoiled.add(index)
        cell.outputs = [new_output("stream", name="stdout", text=printed)] if printed else []
        if error is not None:
            name, text = error
            cell.outputs.append(new_output("error", ename=name, evalue=text, traceback=[text]))
        exercise = self.exercise_in(cell)
        if exercise and not host.over and error is None:
            self.keep_one(host, exercise)
        return error

    def exercise_in(self, cell: NotebookNode) -> str | None:
        """The exercise whose answer this cell is."""
        return next((id for id, c in self.cells.items() if c is cell and id in self.tested), None)

    def keep(self, host: Host) -> None:
        """Remember what exercises' names mean in the end, where their own cells did not define them."""
        for exercise in self.tested:
            self.keep_one(host, exercise, only_new=True)

    def keep_one(self, host: Host, exercise: str, only_new: bool = False) -> None:
        with contextlib.suppress(StudentError):
            host.asked("keep", host.limits.call, name=exercise, only_new=only_new)

    # --- judging -----------------------------------------------------------------------------

    def examine(self, exercise: str) -> Result:
        """Judge one exercise; an answer in words is left to a person, unless there is none."""
        points = float(self.judge.lesson.points[exercise])
        if exercise not in self.tested:
            cell, original = self.cells.get(exercise), self.judge.originals[exercise]
            if cell is None or cell.source.strip() == original.source.strip():
                return Result(exercise, (), points, 0, NO_ANSWER, written=True)
            return Result(exercise, (), points, None, WAITS, written=True)
        self.judge.tell(f"Checking {exercise}")
        verdict, notes = self.verdict(exercise), []
        if verdict is None or verdict.credit < 1:
            # A cell of the student's own may define it, too: below a blank left as it was, for instance.
            later = self.verdict(exercise, last=True)
            if later is not None and (verdict is None or later.credit > verdict.credit):
                verdict = later
        if verdict is None:
            return Result(exercise, (), points, why=uncolored(self.why_missing(exercise)))
        if verdict.credit < 1 and (others := self.earlier(exercise)):
            second = self.verdict(exercise, others)
            if second is not None and second.credit > verdict.credit:
                notes = [f"Judged with right answers to {', '.join(others)}. That yours are wrong costs nothing."]
                verdict = second
        if not verdict.credit and any(finding.holds for finding in verdict.findings):
            notes = [EMPTY]
        return result_of(verdict, points, *notes)

    def verdict(self, exercise: str, supplied: dict[str, Any] | None = None, last: bool = False) -> Verdict | None:
        """The checks' verdict; None if there is nothing under the exercise's name.

        Args:
            supplied: right answers to other exercises, which take the place of the student's meanwhile.
            last: judge what the name means at the notebook's end, if that is something else.
        """
        host = self.host if self.host is not None and not self.host.over else self.run()
        try:
            if supplied:
                host.asked("supply", host.limits.call, things=supplied)
            thing = host.look(exercise, last)
        except KeyError:
            return None
        except StudentError as stopped:
            return Verdict(exercise, (Finding("can be called", str(stopped)),))
        found: list[Finding] = []
        with fresh_inputs(self.seed_of(exercise)):
            for by, suite in self.judge.suites.items():
                found += [replace(finding, by=by) for finding in suite.verdict(exercise, thing).findings]
                if found[-1].miss == core.BLANK:
                    break
        with contextlib.suppress(StudentError):  # it may end between a check and this
            host.forget()
        return Verdict(exercise, tuple(found))

    def seed_of(self, exercise: str) -> int:
        digest = hashlib.sha256(f"{self.seed}/{exercise}".encode()).digest()
        return int.from_bytes(digest[:7], "big")

    def earlier(self, exercise: str) -> dict[str, Any]:
        """Right answers to earlier exercises that this one's code names.

        To earlier ones only: else two answers that call each other would both be right.
        """
        cell = self.cells.get(exercise)
        used = names_in(cell.source) if cell is not None else set()
        before = self.tested[: self.tested.index(exercise)]
        return {id: self.judge.references[id] for id in before if id in used and id in self.judge.references}

    def why_missing(self, exercise: str) -> str:
        """Why there is nothing to judge."""
        cell = self.cells.get(exercise)
        if self.host is not None and self.host.over:
            return f"It could not be tested. {self.host.over}"
        if cell is None:
            return (
                f"There is no cell for {exercise} any more, and nothing else defines it. Copy the cell from a fresh "
                "notebook and write your code there."
            )
        error = next((output for output in cell.get("outputs", []) if output.output_type == "error"), None)
        if error is None:
            return f"Your cell for {exercise} does not define `{exercise}`. Give it its name back."
        if error.ename in (TOO_LONG, ENDED):
            return f"Your cell for {exercise} did not run to its end. {error.evalue}"
        return f"Your cell for {exercise} did not run: {error.evalue.rstrip('.')}. Mend it and run it again."


def names_in(source: str) -> set[str]:
    """All names that some code reads, whether it runs or not."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
