"""Wrong answers made by machine: every slip in a lesson's own solutions goes through all of its checks.

    python -m gancourse.authoring.machine --lesson 02

A slip (slips.py) that no check finds is a survivor. It shows that a check is missing, or it is no mistake: then
the lesson's mutants.py excuses it by name, with the reason. Survivors that wait for a better check are
listed there, too, so that none is new without being seen. Each answer is judged in a process of its own with
limits on time and memory, so that endless loops cost no more than that.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import hashlib
import json
import os
import select
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache, partial
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TextIO

import torch

from gancourse.authoring.answers import Answers
from gancourse.authoring.gate import chosen_folders, draws, load_answers, run_answer
from gancourse.authoring.slips import slips
from gancourse.authoring.source import Lesson, find
from gancourse.checks import Suite, fresh_inputs, hidden, public
from gancourse.checks.asked import asking
from gancourse.checks.core import find_miss
from gancourse.grading.crew import fresh_processes

SECONDS = 30.0
MEMORY = 6 * 2**30
NOTEBOOK, GRADING, STOPPED, SURVIVED = "found in the notebook", "found in grading", "stopped", "survived"
FRESH = range(1, 3)
"""Seeds of a grader's inputs."""


slips_in = cache(slips)  # a second for a whole lesson's solutions, and wanted by several tests


@dataclass(frozen=True)
class Slip:
    """A machine-made answer."""

    lesson: str
    exercise: str
    name: str
    code: str


def slips_of(answers: Answers, exercise: str, sample: int = 0) -> list[Slip]:
    """The slips in the lesson's solution of an exercise; or so many of them, always the same ones.

    None of an open challenge's: a slip there is another way, and may be as good.
    """
    if public(answers.name).medals(exercise):
        return []
    made = [
        Slip(answers.name, exercise, name, code) for name, code in slips_in(answers.exercises[exercise].own).items()
    ]
    if not sample:
        return made
    return sorted(made, key=lambda slip: hashlib.sha256(slip.code.encode()).digest())[:sample]


def outcome(slip: Slip, given: dict[str, Any]) -> str:
    """Where a slip is found, if it is."""
    try:
        for seed in FRESH if draws(slip.code) else FRESH[:1]:
            if not holds(public(slip.lesson), slip, seed, given):
                return NOTEBOOK
        for suite in (public(slip.lesson), hidden(slip.lesson)):
            for seed in FRESH:
                with fresh_inputs(seed):
                    if not holds(suite, slip, seed, given):
                        return GRADING
    except Exception:  # it cannot even be run
        return NOTEBOOK
    return SURVIVED


def holds(suite: Suite, slip: Slip, seed: int, given: dict[str, Any]) -> bool:
    """Whether every claim about a slip holds, asked as a verdict asks. The first that does not is enough to know."""
    torch.manual_seed(seed)
    thing = run_answer(slip.exercise, slip.code, slip.name, given)
    if not callable(thing):
        return False
    with asking(thing, suite.without.get(slip.exercise, "")) as asked:
        held = all(find_miss(partial(claim.test, asked)) is None for claim in suite.claims[slip.exercise])
    return held and not asked.changes


def definitions(lesson: Lesson) -> dict[str, Any]:
    """What the lesson's cells import and define, without running anything that they do: its solutions build on it."""
    names: dict[str, Any] = {"__name__": f"lesson_{lesson.name}"}
    for cell in lesson.cells:
        for node in ast.parse(cell.text).body if cell.kind == "code" and "test" not in cell.keys else ():
            if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef):
                with contextlib.suppress(
                    NameError
                ):  # a default that is made elsewhere; `as_it_is` tells if it is needed
                    exec(compile(ast.Module([node], []), f"{lesson.path.name}:{cell.id}", "exec"), names)
    return names


def judge_slips(lesson: str, pipe: Connection, seconds: float) -> None:
    """A worker: judge the slips that come down the pipe, each in a child, until there are no more.

    The lesson's own solutions come first, here: what they import, children need not; and were one not to
    pass, a slip's being found would prove nothing.
    """
    torch.set_num_threads(1)
    source = find(lesson)
    given = definitions(source)
    for name, exercise in load_answers(source.folder).exercises.items():
        what = outcome(Slip(source.name, name, "as it is", exercise.own), given)
        if what != SURVIVED:
            raise RuntimeError(f"{source.name}: the lesson's own {name} is {what}.")
    pipe.send("ready")
    with contextlib.suppress(EOFError):
        while True:
            pipe.send(in_a_child(pipe.recv(), given, seconds))


def in_a_child(slip: Slip, given: dict[str, Any], seconds: float) -> str:
    """The outcome of a slip, judged by a fork of this process within limits."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            limit_memory()
            os.write(theirs, outcome(slip, given).encode())
        os._exit(0)
    os.close(theirs)
    try:
        ready, _, _ = select.select([ours], [], [], seconds)
        return (os.read(ours, 100) if ready else b"").decode() or STOPPED
    finally:
        os.close(ours)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def limit_memory() -> None:
    import resource

    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


class Worker:
    """A process that knows one lesson and judges slips in it.

    Raises:
        RuntimeError: if it cannot begin, such as where a lesson's own solution does not pass.
    """

    def __init__(self, lesson: str, seconds: float = SECONDS) -> None:
        context = fresh_processes()
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=judge_slips, args=(lesson, theirs, seconds), daemon=True)
        self.process.start()
        theirs.close()
        try:
            self.pipe.recv()
        except EOFError:
            raise RuntimeError(f"No worker for {lesson} could begin; its message is above.") from None

    def outcome(self, slip: Slip) -> str:
        self.pipe.send(slip)
        return self.pipe.recv()

    def close(self) -> None:
        self.pipe.close()
        self.process.join(5)
        self.process.kill()


@contextlib.contextmanager
def workers(lesson: str, number: int, seconds: float = SECONDS) -> Iterator[SimpleQueue[Worker]]:
    """So many workers, in a queue to take them from and put them back."""
    made = [Worker(lesson, seconds) for _ in range(number)]
    queue: SimpleQueue[Worker] = SimpleQueue()
    for worker in made:
        queue.put(worker)
    try:
        yield queue
    finally:
        for worker in made:
            worker.close()


def outcomes(made: list[Slip], jobs: int, seconds: float = SECONDS) -> Iterator[tuple[Slip, str]]:
    """Each slip of one lesson with its outcome, in order."""
    if not made:
        return
    with workers(made[0].lesson, jobs, seconds) as queue, ThreadPoolExecutor(jobs) as pool:

        def one(slip: Slip) -> str:
            worker = queue.get()
            try:
                return worker.outcome(slip)
            finally:
                queue.put(worker)

        yield from zip(made, pool.map(one, made), strict=True)


def sorted_out(answers: Answers, exercise: str, found: dict[str, str]) -> tuple[Counter[str], list[str], list[str]]:
    """What came of an exercise's slips, by name in `found`.

    Returns:
        numbers made, found, excused and known to survive; new survivors; and names that mutants.py lists
        without need, since a check finds them.
    """
    excused, known = answers.exercises[exercise].excused, answers.exercises[exercise].survivors
    survived = {name for name, what in found.items() if what == SURVIVED}
    numbers = Counter(made=len(found), found=len(found) - len(survived))
    numbers.update(excused=len(survived & set(excused)), known=len(survived & set(known)))
    new = [name for name in found if name in survived - set(excused) - set(known)]
    return numbers, new, [name for name in (*excused, *known) if name in found and name not in survived]


def unknown(answers: Answers, exercise: str) -> list[str]:
    """Names that mutants.py lists though no slip in the solution has them."""
    one = answers.exercises[exercise]
    made = slips_in(one.own)
    return [name for name in (*one.excused, *one.survivors) if name not in made]


def judge_lesson(answers: Answers, exercises: list[str], jobs: int, sample: int, log: TextIO | None) -> bool:
    """Judge a lesson's slips and print what came of them; True if mutants.py accounts for all survivors."""
    made = [slip for exercise in exercises for slip in slips_of(answers, exercise, sample)]
    found: dict[str, dict[str, str]] = {exercise: {} for exercise in exercises}
    for slip, what in outcomes(made, jobs):
        found[slip.exercise][slip.name] = what
        if log:
            print(json.dumps({**asdict(slip), "outcome": what}, ensure_ascii=False), file=log, flush=True)
    total = Counter(what for names in found.values() for what in names.values())
    print(f"== {answers.name}: {sum(total.values())} made,", ", ".join(f"{n} {what}" for what, n in total.items()))
    well = True
    for exercise in exercises:
        numbers, new, idle = sorted_out(answers, exercise, found[exercise])
        print(f"{exercise}: {', '.join(f'{n} {what}' for what, n in numbers.items())}, {len(new)} new")
        lists = {"survives": new, "is listed, but found": idle, "is no slip": unknown(answers, exercise)}
        for text, names in lists.items():
            for name in names:
                print(f"  {text}: {name}")
        well &= not lists["survives"] and not lists["is no slip"]  # and some are found on some draws
    return well


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--lesson", help="02, say; else all")
    parser.add_argument("--exercise", help="this one alone")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--sample", type=int, default=0, help="so many slips for each exercise")
    parser.add_argument("--json", type=Path, help="write every slip and its outcome to this file, one a line")
    args = parser.parse_args()
    if args.lesson:
        os.environ["LESSON"] = args.lesson
    well = True
    with args.json.open("w", encoding="utf-8") if args.json else contextlib.nullcontext() as log:
        for folder in chosen_folders():
            answers = load_answers(folder)
            exercises = [name for name in answers.exercises if args.exercise in (None, name)]
            well &= judge_lesson(answers, exercises, args.jobs, args.sample, log)
    sys.exit(not well)


if __name__ == "__main__":
    main()
