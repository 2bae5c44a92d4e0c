"""`gancourse grade`: grade everybody's submission of one lesson.

Collect the submissions, run and score each in a process of its own, record the scores in
nbgrader's gradebook, report. What one student handed in affects nobody else's grade.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from gancourse.authoring.build import generate
from gancourse.authoring.source import Lesson, find
from gancourse.errors import CourseError
from gancourse.grading.autograde import Outcome, Task, grade_one, place
from gancourse.grading.collect import Submission, collect
from gancourse.grading.config import CELL_TIMEOUT
from gancourse.grading.record import Score, read_scores, record_zero
from gancourse.grading.report import Row, print_table, write_csv, write_json, write_page

FAILED = "Your submission could not be graded. This may not be your fault: please tell your instructor."


def grade_lesson(
    lesson: str,
    submitted: Path,
    out: Path,
    jobs: int,
    json_path: Path | None,
    timeout: int = CELL_TIMEOUT,
) -> int:
    """Grade every submission of a lesson into `out`; 0 if all could be graded, else 1.

    Nothing below `submitted` is changed. Grading again into the same `out` keeps scores given by hand.

    Raises:
        CourseError: if there is no such lesson, or nothing to grade where `submitted` points.
    """
    found = find(lesson)
    submitted, out = submitted.resolve(), out.resolve()
    submissions = collect(submitted, found)
    keep_apart(submitted, out, json_path)
    out.mkdir(parents=True, exist_ok=True)
    generate(found, out)
    tasks = [Task(found, s, out, timeout, threads(jobs)) for s in submissions if not s.problem]
    outcomes = {outcome.student: outcome for outcome in progress(run_all(tasks, jobs), len(tasks))}
    rows = record(found, submissions, outcomes, out)
    write_csv(rows, found, out / "summary.csv")
    if json_path:
        write_json(rows, json_path)
    console = Console()
    print_table(rows, found, console)
    console.print(f"Gradebook, feedback and summary are in {out}", markup=False, highlight=False, soft_wrap=True)
    return int(any(row.remark for row in rows))


def keep_apart(submitted: Path, out: Path, json_path: Path | None) -> None:
    """Refuse to write where the submissions are.

    Raises:
        CourseError: if a result would land among them.
    """
    for path in (out, out / "submitted", *([json_path.resolve()] if json_path else [])):
        if path == submitted or submitted in path.parents:
            raise CourseError(
                f"{path} is among the submissions, which stay as they are. Choose another --out or --json."
            )


def threads(jobs: int) -> int:
    """Threads for each of `jobs` kernels, so that together they do not ask for more than there is."""
    return max(1, (os.cpu_count() or 1) // jobs)


def run_all(tasks: list[Task], jobs: int) -> Iterator[Outcome]:
    """Grade all tasks, `jobs` at a time, in fresh processes: nbgrader changes the working directory."""
    context = multiprocessing.get_context("spawn")
    left = {task.submission.student: task for task in tasks}
    try:
        with ProcessPoolExecutor(min(jobs, len(tasks)) or 1, mp_context=context) as pool:
            for future in as_completed([pool.submit(grade_one, task) for task in tasks]):
                outcome = future.result()
                del left[outcome.student]
                yield outcome
    except BrokenProcessPool:
        # One submission has brought its process down, and the pool with it: each of the rest alone.
        for student, task in left.items():
            try:
                with ProcessPoolExecutor(1, mp_context=context) as pool:
                    yield pool.submit(grade_one, task).result()
            except BrokenProcessPool:
                yield Outcome(student, log="The process that graded this submission ended unexpectedly.")


def progress(outcomes: Iterator[Outcome], total: int) -> Iterator[Outcome]:
    """Pass outcomes on and show on stderr how far it is: a bar on a terminal, else a line each."""
    if not sys.stderr.isatty():
        for number, outcome in enumerate(outcomes, 1):
            print(f"{number} of {total}: {outcome.student}", file=sys.stderr)
            yield outcome
        return
    columns = (TextColumn("Grading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        for outcome in outcomes:
            bar.advance(task)
            yield outcome


def record(lesson: Lesson, submissions: list[Submission], outcomes: dict[str, Outcome], out: Path) -> list[Row]:
    """Enter in the gradebook what has no score yet, and make every student's row from it."""
    ungraded = [s for s in submissions if s.problem or not outcomes[s.student].verdicts]
    record_zero(out, lesson.name, [s.student for s in ungraded])
    scores = read_scores(out, lesson.name, [s.student for s in submissions])
    log = [f"{o.student}\n{o.log}\n" for o in outcomes.values() if o.log]
    (out / "grading.log").write_text("\n".join(log), encoding="utf-8")
    rows: list[Row] = []
    for submission in submissions:
        mine = {id: scores[submission.student][id] for id in lesson.exercises}
        if submission in ungraded:
            rows.append(without_notebook(lesson, submission, mine, out))
        else:
            rows.append(with_notebook(submission, outcomes[submission.student], mine))
    return rows


def without_notebook(lesson: Lesson, submission: Submission, scores: dict[str, Score], out: Path) -> Row:
    """The row of a student whose notebook is missing, damaged, or brought grading down."""
    status, remark = submission.status or "failed", submission.problem or FAILED
    row = Row(submission.student, status, scores, dict.fromkeys(scores, remark), remark)
    task = Task(lesson, submission, out)
    for step in ("submitted", "autograded", "feedback"):  # of an earlier run
        shutil.rmtree(place(task, step), ignore_errors=True)
    write_page(row, lesson, place(task, "feedback") / f"{lesson.name}.html")
    return row


def with_notebook(submission: Submission, outcome: Outcome, scores: dict[str, Score]) -> Row:
    """The row of a student whose notebook was graded."""
    messages: dict[str, str] = {}
    for id, score in scores.items():
        verdict = outcome.verdicts[id].message
        messages[id] = f"Graded by hand. {score.comment}".strip() if score.by_hand else verdict
        if id in outcome.notes:
            messages[id] += f"\n{outcome.notes[id]}"
    waiting = any(score.score is None for score in scores.values())
    return Row(submission.student, "awaiting manual grading" if waiting else "graded", scores, messages)
