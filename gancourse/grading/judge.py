"""Judge a notebook: its code runs in a sandbox, its answers are checked out here.

Nothing of the student's decides anything. Cells are run in order in the sandbox. Where an exercise's
check stands, what its name means there is called on inputs drawn afresh, by the checks of the lesson, in
this process: the public and the hidden ones in grading, the public ones where students ask for themselves.
So an exercise is judged as it stood when its check ran; what is redefined further down changes nothing.
An exercise is worth its points times the share of claims that hold.

What does not get everything there is tried as its own cell left it, and at the notebook's end if its name
means something else by then, or missed a name that came later. The best try counts.

An exercise stands for itself: where an answer calls the student's answers to other exercises and does
not get everything, it is tried once more with right ones in their place, and the better try counts.
Cells that only show something (demo=true), ask a question or tell how far one is are left out where they are as
they were handed out.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output

from gancourse.authoring.build import showing
from gancourse.authoring.source import Lesson
from gancourse.checks import Finding, StudentError, Suite, Verdict, core, hidden, public
from gancourse.checks.inputs import fresh_inputs
from gancourse.grading.bounds import TOO_MUCH, OutOfTime, bounded_memory, bounded_time, in_words
from gancourse.grading.restore import exercise_of, marked, release_notebook
from gancourse.grading.result import Result, result_of
from gancourse.grading.sandbox.host import Host
from gancourse.grading.sandbox.walls import Walls
from gancourse.grading.sandbox.wire import ENDED, TOO_LONG
from gancourse.terminal import uncolored

MOST_REPLAYS = 12
"""How often a notebook is run anew after code in it has ended the sandbox's process."""

SETUP = "setup"
NOW, OWN, SUPPLIED = "now", "own", "supplied"
"""How an answer is tried where its check stands: what its name means there; as its own cell left it; the better of
both once more, with right answers to other exercises in the place of the student's."""

AFTERWARDS = 5
"""Seconds that checks may take beyond a notebook's, to end by themselves."""

CANNOT_TAKE = "Your code calls {name} with something that it cannot take"
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
    def setup(self) -> str:
        """The first cell's code as it was handed out: what the lesson imports."""
        return next((cell.text for cell in self.lesson.cells if cell.id == SETUP), "")

    @functools.cached_property
    def shown(self) -> set[str]:
        """The texts of cells that only show, ask or tell how far one is."""
        return showing(self.lesson)

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
        except (MemoryError, RuntimeError) as error:
            if in_words(f"{type(error).__name__}: {error}") == TOO_MUCH:
                raise StudentError(TOO_MUCH) from None
            raise StudentError(f"{CANNOT_TAKE.format(name=self.__name__)} ({type(error).__name__}).") from None
        except StudentError:
            raise
        except Exception as error:
            raise StudentError(f"{CANNOT_TAKE.format(name=self.__name__)} ({type(error).__name__}).") from None


class Judging:
    """One notebook before the judge."""

    def __init__(self, judge: Judge, notebook: NotebookNode, files: dict[str, bytes], seed: int) -> None:
        self.judge, self.seed, self.tested = judge, seed, judge.lesson.tested
        self.cells = marked(notebook)
        checked = {cell.id: exercise_of(id) for id, cell in self.cells.items() if exercise_of(id) != id}
        runs = [c for c in notebook.cells if c.cell_type == "code" and c.source.strip() not in judge.shown]
        self.code = [c for c in runs if c.id not in checked]
        # What is done one after the other: the number of a cell, or the exercise whose check stands there.
        numbers = {id(cell): number for number, cell in enumerate(self.code)}
        self.steps = [checked[c.id] if c.id in checked else numbers[id(c)] for c in runs]
        self.tries = {exercise: [NOW, OWN, SUPPLIED] for exercise in self.tested}  # those that are left
        self.best: dict[str, Verdict] = {}
        self.last: dict[str, bool] = {}  # whether the best one's object was what the name meant, not the own cell's
        self.notes: dict[str, list[str]] = {}
        self.stopped: dict[int, str] = {}  # by cell's number: what stopped cells that are no answers
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
        """Run the notebook in a fresh process, checks where they stand, and once more the cells that came too early."""
        while True:
            self.close()
            self.host = host = Host(self.judge.walls, self.end)
            left = sum(map(len, self.tries.values()))
            for index in self.run_steps(host):
                if not host.over:
                    self.run_cell(host, index)
            if not host.over or self.replays >= MOST_REPLAYS:
                return host
            # A check that ended the process has used up a try, and there are only so many.
            self.replays += left == sum(map(len, self.tries.values()))

    def run_steps(self, host: Host) -> list[int]:
        """Run all cells and checks; the cells that stopped at an undefined name. Ends early where the process does."""
        failed = []
        try:
            host.asked("files", host.limits.call, files=self.files)
        except StudentError:
            return []
        for step in self.steps:
            if isinstance(step, str):
                self.try_here(host, step)
            elif step not in self.spoiled:
                self.judge.tell(f"Running cell {step + 1} of {len(self.code)}")
                error = self.run_cell(host, step)
                if error and error[0] == "NameError":
                    failed.append(step)
            if host.over:
                break
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
        if error is None:
            self.stopped.pop(index, None)
            if exercise and not host.over:
                self.keep(host, exercise)
        elif not exercise:
            self.stopped[index] = f"Cell {index + 1} of your notebook stopped: {error[1]}"
            if cell.id == SETUP and not host.over:  # the lesson's imports, where a line of the student's own came first
                host.run(self.judge.setup, f"<cell {index + 1}, as it was handed out>")
        return error

    def exercise_in(self, cell: NotebookNode) -> str | None:
        """The exercise whose answer this cell is."""
        return next((id for id, c in self.cells.items() if c is cell and id in self.tested), None)

    def keep(self, host: Host, exercise: str) -> None:
        with contextlib.suppress(StudentError):
            host.asked("keep", host.limits.call, name=exercise, only_new=False)

    # --- trying ------------------------------------------------------------------------------

    def try_here(self, host: Host, exercise: str) -> None:
        """Judge an exercise where its check stands. A try that ends the process is not made again."""
        self.judge.tell(f"Checking {exercise}")
        while self.tries[exercise] and not host.over and not self.is_right(exercise):
            how = self.tries[exercise].pop(0)
            if how is SUPPLIED:
                self.try_supplied(host, exercise)
            else:
                self.try_one(host, exercise, last=how is NOW)

    def is_right(self, exercise: str) -> bool:
        return exercise in self.best and self.best[exercise].credit >= 1

    def try_one(self, host: Host, exercise: str, last: bool, again: bool = False) -> None:
        """Judge what a name means, now or as its own cell left it, unless that has been judged."""
        try:
            if not again and not host.is_new(exercise, last):
                return
        except StudentError:
            pass  # the same is going to be said by what follows
        self.count(exercise, self.verdict(host, exercise, last=last), last)

    def try_supplied(self, host: Host, exercise: str) -> None:
        """Judge the better one once more with right answers to earlier exercises in the place of the student's."""
        others = self.earlier(exercise)
        if exercise not in self.best or not others or is_blank(self.best[exercise]):
            return
        note = f"Judged with right answers to {', '.join(others)}. That yours are wrong costs nothing."
        last = self.last.get(exercise, True)
        self.count(exercise, self.verdict(host, exercise, others, last), last, note)

    def count(self, exercise: str, verdict: Verdict | None, last: bool, *notes: str) -> None:
        """Keep a verdict if it is the best so far."""
        if verdict is not None and (exercise not in self.best or verdict.credit > self.best[exercise].credit):
            self.best[exercise], self.last[exercise], self.notes[exercise] = verdict, last, list(notes)

    def try_at_the_end(self, exercise: str) -> None:
        """Judge once more what was not there where its check stands, has been written anew since, or came too early."""
        early = exercise not in self.best or any("NameError" in (f.miss or "") for f in self.best[exercise].findings)
        host = self.host if self.host is not None and not self.host.over else self.run()
        if not host.over:
            self.try_one(host, exercise, last=True, again=early)
        if early and not self.is_right(exercise):
            host = host if not host.over else self.run()
            if not host.over:
                self.try_supplied(host, exercise)

    # --- judging -----------------------------------------------------------------------------

    def examine(self, exercise: str) -> Result:
        """Judge one exercise; an answer in words is left to a person, unless there is none."""
        points = float(self.judge.lesson.points[exercise])
        if exercise not in self.tested:
            cell, original = self.cells.get(exercise), self.judge.originals[exercise]
            if cell is None or cell.source.strip() == original.source.strip():
                return Result(exercise, (), points, 0, NO_ANSWER, written=True)
            return Result(exercise, (), points, None, WAITS, written=True)
        if not self.is_right(exercise):
            self.judge.tell(f"Checking {exercise}")
            self.try_at_the_end(exercise)
        verdict, notes = self.best.get(exercise), self.notes.get(exercise, [])
        if verdict is None:
            return Result(exercise, (), points, why=uncolored(self.why_missing(exercise)))
        if not verdict.credit and any(finding.holds for finding in verdict.findings):
            notes = [EMPTY]
        if self.stopped and any("NameError" in (finding.miss or "") for finding in verdict.findings):
            notes = [*notes, uncolored(self.stopped[min(self.stopped)])]
        return result_of(verdict, points, *notes)

    def verdict(
        self, host: Host, exercise: str, supplied: dict[str, Any] | None = None, last: bool = True
    ) -> Verdict | None:
        """The checks' verdict; None if there is nothing under the exercise's name.

        Args:
            supplied: right answers to other exercises, which take the place of the student's meanwhile.
            last: judge what the name means now; else what it meant when its own cell had run.
        """
        with forgetting(host):
            try:
                if supplied:
                    host.asked("supply", host.limits.call, things=supplied)
                thing = host.look(exercise, last)
            except KeyError:
                return None
            except StudentError as stopped:
                return Verdict(exercise, (Finding("can be called", str(stopped)),))
            return self.of_all_claims(exercise, thing)

    def of_all_claims(self, exercise: str, thing: Any) -> Verdict:
        """What the checks say of a student's answer."""
        found: list[Finding] = []
        with fresh_inputs(self.seed_of(exercise)), self.bounded():
            for by, suite in self.judge.suites.items():
                verdict = suite.verdict(exercise, thing)
                found += [replace(finding, by=by, miss=in_words(finding.miss)) for finding in verdict.findings]
                if found[-1].miss == core.BLANK:
                    break
        return Verdict(exercise, tuple(found))

    @contextlib.contextmanager
    def bounded(self) -> Iterator[None]:
        """Within the block the checks themselves have this notebook's limits of time and memory."""
        left = max(1.0, self.end - time.monotonic()) + AFTERWARDS
        with contextlib.suppress(OutOfTime), bounded_memory(self.judge.walls.limits.memory), bounded_time(left):
            yield

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


@contextlib.contextmanager
def forgetting(host: Host) -> Iterator[None]:
    """Whatever takes another's place for the checks of one exercise is back in it afterwards, however they end."""
    try:
        yield
    finally:
        with contextlib.suppress(StudentError):  # it may have ended meanwhile
            host.forget()


def is_blank(verdict: Verdict) -> bool:
    return all(finding.miss == core.BLANK for finding in verdict.findings)


def names_in(source: str) -> set[str]:
    """All names that some code reads, whether it runs or not."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
