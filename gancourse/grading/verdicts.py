"""Read an executed notebook: per exercise, whether it passed, and the sentence a student gets.

Pure functions of notebooks. `tidy` first shortens every error in the outputs to what happened in
the student's own line; `verdicts` then judges the test cells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nbformat.notebooknode import NotebookNode

from gancourse.grading.execute import DIED, NOT_RUN, TOO_LONG
from gancourse.grading.restore import exercise_of, marked

ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
FRAME = re.compile(r"In\s?\[(\d+)\], line (\d+)")
IN_LINE = re.compile(r"\s*\([^()]*, line (\d+)\)$")
TRACEBACK = re.compile(r"Traceback \(most recent call last\):\n(?:[ \t]+.*\n?)+")
UNDEFINED = re.compile(r"name '(\w+)' is not defined")
CHECK_FAILED = "CheckFailed"


@dataclass(frozen=True)
class Verdict:
    """What one exercise came to.

    Attributes:
        passed: None for a written answer that a person has to read.
        points: what the exercise is worth.
        message: for the student.
        credit: the share of the points that it earned, where there is credit for parts.
    """

    passed: bool | None
    points: float
    message: str
    credit: float | None = None

    @property
    def score(self) -> float | None:
        if self.passed is None:
            return None
        return round(self.points * (self.passed if self.credit is None else self.credit), 2)


def verdicts(notebook: NotebookNode, release: NotebookNode) -> dict[str, Verdict]:
    """A verdict on every exercise of `release`, from the submission as restored, executed and tidied."""
    cells = marked(notebook)
    found: dict[str, Verdict] = {}
    for id, original in marked(release).items():
        mark = original.metadata.nbgrader
        if not mark["grade"]:
            continue
        exercise, points = exercise_of(id), float(mark["points"])
        if mark["solution"]:
            found[exercise] = judge_answer(cells.get(id), original, points)
        else:
            found[exercise] = judge_test(exercise, cells, points)
    return found


def judge_answer(cell: NotebookNode | None, original: NotebookNode, points: float) -> Verdict:
    """A written answer: nothing was written, or a person has to read it."""
    if cell is None or cell.source.strip() == original.source.strip():
        return Verdict(False, points, "There is no answer yet. Write it into the cell.")
    return Verdict(None, points, "This answer is graded by hand.")


def judge_test(exercise: str, cells: dict[str, NotebookNode], points: float) -> Verdict:
    """An exercise by what its test cell put out."""
    test = cells[f"test-{exercise}"]
    printed = plain("".join(o.text for o in test.outputs if o.output_type == "stream" and o.name == "stdout")).strip()
    error = first_error(test)
    if error is None:
        return Verdict(True, points, printed or f"✓ {exercise}")
    if error.ename == CHECK_FAILED:
        message = plain(error.evalue)
    else:
        message = f"✗ {exercise}\n      {why_not_tested(exercise, error, cells.get(exercise))}"
    return Verdict(False, points, f"{printed}\n{message}" if printed else message)


def why_not_tested(exercise: str, error: NotebookNode, solution: NotebookNode | None) -> str:
    """Why a test ended in anything but a verdict."""
    if error.ename == TOO_LONG:
        return f"{plain(error.evalue)} Is there a loop in your code that never ends?"
    if error.ename == DIED:
        return "Your code ended Python. Does it call exit(), or use up all memory?"
    if error.ename == NOT_RUN:
        return f"It could not be tested. {plain(error.evalue)}"
    missing = UNDEFINED.search(plain(error.evalue)) if error.ename == "NameError" else None
    if missing is None:
        return f"It could not be tested: {described(error)}."
    name = missing[1]
    if name != exercise:
        return (
            f"It could not be tested: `{name}` is not defined. A cell above that defines it was deleted, changed, "
            "or did not run. Choose Kernel → Restart Kernel and Run All Cells to see which."
        )
    return why_undefined(exercise, solution)


def why_undefined(exercise: str, solution: NotebookNode | None) -> str:
    """Why nothing has an exercise's name, from the cell that should define it."""
    failed = first_error(solution) if solution else None
    if failed is not None:
        return f"Your cell for {exercise} did not run: {described(failed)}. Mend it and run it again."
    if solution is None:
        return (
            f"There is no cell for {exercise} any more, and nothing else defines it. Copy the cell from a fresh "
            "notebook and write your code there."
        )
    return f"Your cell for {exercise} does not define `{exercise}`. Give it its name back."


def described(error: NotebookNode) -> str:
    """A tidied error in a sentence, without a period."""
    if error.ename == TOO_LONG:
        return plain(error.evalue).rstrip(".")
    if error.ename == DIED:
        return "it ended Python"
    return plain("\n".join(error.traceback)).rstrip(".")


def first_error(cell: NotebookNode) -> NotebookNode | None:
    return next((output for output in cell.get("outputs", []) if output.output_type == "error"), None)


def plain(text: str) -> str:
    """Text without the codes that color it on a terminal."""
    return ANSI.sub("", text)


# --- tidying ---------------------------------------------------------------------------------


def tidy(notebook: NotebookNode) -> None:
    """Shorten every error to its kind, its message and the student's own line; in place.

    From test cells everything goes that is neither report nor error: nbgrader would count a
    warning as a failure and a trailing number as the score.
    """
    sources = {c.execution_count: c.source for c in notebook.cells if c.cell_type == "code" and c.execution_count}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        mark = cell.metadata.get("nbgrader", {})
        if mark.get("grade") and not mark.get("solution"):
            cell.outputs = [o for o in cell.outputs if o.output_type == "error" or o.get("name") == "stdout"]
        if any(o.output_type == "error" and o.ename == TOO_LONG for o in cell.outputs):
            # The interrupt is the grader's doing, not a second error.
            cell.outputs = [o for o in cell.outputs if o.get("ename") != "KeyboardInterrupt"]
        for output in cell.outputs:
            if output.output_type == "stream":
                output.text = TRACEBACK.sub("", output.text)
            elif output.output_type == "error":
                if output.ename == CHECK_FAILED:
                    output.traceback = plain(output.evalue).splitlines()
                elif output.ename not in (TOO_LONG, DIED, NOT_RUN):
                    output.traceback = [shortened(output, sources)]


def shortened(error: NotebookNode, sources: dict[int, str]) -> str:
    """`ValueError: what it says in line 3: `the student's line``."""
    message, number, source = plain(error.evalue), 0, ""
    frames = FRAME.findall(plain("\n".join(error.traceback)))
    if frames:
        number, source = int(frames[-1][1]), sources.get(int(frames[-1][0]), "")
    if inside := IN_LINE.search(message):  # syntax errors say where in their message
        message, number = message[: inside.start()], int(inside[1])
    what = f"{error.ename}: {message}" if message else error.ename
    lines = source.splitlines()
    return f"{what} in line {number}: `{lines[number - 1].strip()}`" if 0 < number <= len(lines) else what
