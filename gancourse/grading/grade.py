"""`gancourse grade`: grade everybody's submission of one lesson.

Collect the submissions, judge each in a sandbox, let nbgrader record what was found, report. What one
student handed in affects nobody else's grade. Judging is done by a crew of processes, here or on a
cluster; this process alone writes, and can be interrupted at any moment and started again.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from typing import Any

import nbformat
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from gancourse.authoring.build import generate, plural
from gancourse.authoring.source import Lesson, find
from gancourse.errors import CourseError
from gancourse.grading.attempts import beside_member
from gancourse.grading.autograde import enter, place
from gancourse.grading.collect import UNREADABLE, Submission, collect
from gancourse.grading.crew import Crew, cluster_crew, local_crew
from gancourse.grading.folders import readable
from gancourse.grading.ledger import Ledger, only_grader
from gancourse.grading.page import write_page
from gancourse.grading.record import as_recorded, differing, record_zero
from gancourse.grading.restore import marked, release_notebook, restore
from gancourse.grading.result import Result
from gancourse.grading.sandbox.walls import FULL, Limits, bubblewrap
from gancourse.grading.summary import Row, print_table, write_csv, write_json
from gancourse.grading.trial import Outcome, Task, files_beside, seed_for

FAILED = "Your submission could not be graded. This may not be your fault: please tell your instructor."

DIFFERS = "The gradebook does not hold the scores that were entered. Grading again enters them once more."


@dataclass
class Entry:
    """One submission on its way to the gradebook: the task, its fingerprint, and what is known about it so far."""

    submission: Submission
    task: Task
    notebook: Any
    notes: dict[str, str]
    fingerprint: str
    outcome: Outcome | None = None
    entered: bool = False

    @property
    def results(self) -> dict[str, Result]:
        """What every exercise came to, what was put right among it; nothing if the submission could not be judged."""
        if self.outcome is None or self.outcome.log:
            return {}
        put_right = {id: (self.notes[id],) if id in self.notes else () for id in self.outcome.results}
        return {id: replace(one, notes=one.notes + put_right[id]) for id, one in self.outcome.results.items()}


def grade_lesson(
    lesson: str,
    submitted: Path,
    out: Path,
    jobs: int,
    json_path: Path | None,
    limits: Limits | None = None,
    full: bool = False,
    scheduler: str | None = None,
) -> int:
    """Grade every submission of a lesson into `out`; 0 if all could be graded, else 1.

    Nothing below `submitted` is changed. Grading again into the same `out` keeps scores given by hand
    and judges only what has changed.

    Args:
        jobs: how many processes judge at the same time, without a cluster.
        limits: what student code may use.
        full: refuse to work without the full sandbox.
        scheduler: the address of a Dask cluster's scheduler.

    Raises:
        CourseError: if there is no such lesson, nothing to grade where `submitted` points, no full
            sandbox where one is required, or none that starts.
    """
    found = find(lesson)
    submitted, out = submitted.resolve(), out.resolve()
    submissions = collect(submitted, found)
    keep_apart(submitted, out, json_path)
    tell_about_sandbox(full, scheduler)
    crew = cluster_crew(scheduler) if scheduler else local_crew(jobs)
    with only_grader(out):
        rows = graded_class(found, submissions, crew, out, limits or Limits(), full)
        write_csv(rows, found, out / "summary.csv")
        if json_path:
            write_json(rows, json_path)
    console = Console()
    print_table(rows, found, console)
    console.print(f"Gradebook, feedback and summary are in {out}", markup=False, highlight=False, soft_wrap=True)
    return int(any(row.remark for row in rows))


def graded_class(
    found: Lesson, submissions: list[Submission], crew: Crew, out: Path, limits: Limits, full: bool
) -> list[Row]:
    """Judge, record and tell everybody; a row for each."""
    generate(found, out)
    ledger, release = Ledger(out, found), release_notebook(found)
    submissions, entries = entries_of(found, submissions, release, ledger, limits, full)
    judge_and_enter(found, entries, crew, ledger, out)
    agree(found, entries, ledger, out)
    rows = settle(found, submissions, entries, out)
    give_feedback(found, rows, entries, out)
    return rows


def tell_about_sandbox(full: bool, scheduler: str | None) -> None:
    """Say plainly where strangers' code is going to run.

    Raises:
        CourseError: if it is to be the full sandbox and there is none here.
    """
    if scheduler:
        return  # the workers are elsewhere; each outcome says what its sandbox was
    reason = bubblewrap()
    if reason and full:
        raise CourseError(f"The full sandbox is required, but {reason}.")
    if reason:
        print(
            f"gancourse: no full sandbox, because {reason}. Student code runs with limits on memory and time, but "
            "could read your files and reach the network.",
            file=sys.stderr,
        )


def entries_of(
    lesson: Lesson, submissions: list[Submission], release: Any, ledger: Ledger, limits: Limits, full: bool
) -> tuple[list[Submission], dict[str, Entry]]:
    """The submissions, and an entry for each that can be graded. What one raises is what is wrong with it."""
    entries: dict[str, Entry] = {}
    found: list[Submission] = []
    for submission in submissions:
        if not submission.problem:
            try:
                entries[submission.student] = entry_of(lesson, submission, release, ledger, limits, full)
            except Exception as error:
                what = readable(f"{type(error).__name__}: {error}"[:300])
                problem = UNREADABLE.format(error=what, wanted=f"{lesson.name}.ipynb")
                submission = replace(submission, status="damaged", problem=problem, content=None)
        found.append(submission)
    return found, entries


def entry_of(lesson: Lesson, submission: Submission, release: Any, ledger: Ledger, limits: Limits, full: bool) -> Entry:
    """A submission read and mended, and what the ledger has on it."""
    notebook, notes = restore(submission.content, release)
    files, left_out = files_beside(submission.folder, submission.notebook)
    if submission.attempt is not None and submission.attempt.archive:
        files = {**files, **beside_member(submission.attempt)}
    if said := [*submission.notes, *left_out]:
        first = lesson.exercises[0]
        notes[first] = " ".join([*said, *([notes[first]] if first in notes else ())])
    task = Task(lesson.name, submission.student, nbformat.writes(notebook), files, 0, limits, full)
    fingerprint = ledger.fingerprint(task, submission.handed_in())
    task = replace(task, seed=seed_for(ledger.secret, submission.student, fingerprint))
    outcome, entered = ledger.read(submission.student, fingerprint)
    return Entry(submission, task, notebook, notes, fingerprint, outcome, entered)


def judge_and_enter(lesson: Lesson, entries: dict[str, Entry], crew: Crew, ledger: Ledger, out: Path) -> None:
    """Judge what is not judged yet, and enter what is not entered yet.

    Raises:
        CourseError: if not even the first one's sandbox starts: the fault is this machine's then.
    """
    known = [entry for entry in entries.values() if entry.outcome is not None]
    left = [entry.task for entry in entries.values() if entry.outcome is None]
    if known:
        print(f"{plural(len(known), 'submission')} judged before and unchanged.", file=sys.stderr)
    for entry in known:
        if not entry.entered:
            take_down(lesson, entry, ledger, out)
    if left:
        for outcome in progress(crew(left), len(left)):
            if outcome.no_sandbox and all(entry.outcome is None for entry in entries.values()):
                raise CourseError(f"Nobody can be graded here. {outcome.no_sandbox}")
            entry = entries[outcome.student]
            entry.outcome = outcome
            if not outcome.log:
                ledger.write(outcome, entry.fingerprint, entered=False)
                take_down(lesson, entry, ledger, out)


def take_down(lesson: Lesson, entry: Entry, ledger: Ledger, out: Path) -> None:
    """Enter one outcome with nbgrader, and mark that it is."""
    assert entry.outcome is not None
    entry.outcome.log = enter(lesson, entry.submission, entry.task, entry.outcome, out)
    if not entry.outcome.log:
        ledger.write(entry.outcome, entry.fingerprint, entered=True)


def agree(lesson: Lesson, entries: dict[str, Entry], ledger: Ledger, out: Path) -> None:
    """Compare the gradebook with what the judge found; what differs is entered again, and if that fails, next time."""
    wrong = differing(out, lesson.name, {s: entry.results for s, entry in entries.items() if entry.results})
    for student in wrong:
        entry = entries[student]
        assert entry.outcome is not None
        ledger.write(entry.outcome, entry.fingerprint, entered=False)
        take_down(lesson, entry, ledger, out)
    if wrong:
        print(f"The gradebook differed for {plural(len(wrong), 'submission')}; entered again.", file=sys.stderr)
    left = {s: entries[s].results for s in wrong if entries[s].results}
    for student in differing(out, lesson.name, left):
        outcome, fingerprint = entries[student].outcome, entries[student].fingerprint
        assert outcome is not None
        ledger.write(outcome, fingerprint, entered=False)
        outcome.log = DIFFERS


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


def progress(outcomes: Iterator[Outcome], total: int) -> Iterator[Outcome]:
    """Pass outcomes on and show on stderr how far it is: a bar on a terminal, else a line each."""
    if not sys.stderr.isatty():
        for number, outcome in enumerate(outcomes, 1):
            print(f"{number} of {total}: {outcome.student}", file=sys.stderr)
            yield outcome
        return
    columns = (
        *(TextColumn("Grading"), BarColumn(), MofNCompleteColumn()),
        *(TimeElapsedColumn(), TextColumn("left:"), TimeRemainingColumn()),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        for outcome in outcomes:
            bar.advance(task)
            yield outcome


def settle(lesson: Lesson, submissions: list[Submission], entries: dict[str, Entry], out: Path) -> list[Row]:
    """Enter in the gradebook what has no score yet, and make every student's row from it."""
    judged = {s.student: {} if s.problem else entries[s.student].results for s in submissions}
    remarks = {s.student: "" if judged[s.student] else s.problem or FAILED for s in submissions}
    for student in (ungraded := [student for student, remark in remarks.items() if remark]):
        judged[student] = {id: Result(id, (), why=remarks[student]) for id in lesson.exercises}
        for step in ("submitted", "autograded", "feedback"):  # of an earlier run
            shutil.rmtree(place(out, step, student, lesson.name), ignore_errors=True)
    record_zero(out, lesson.name, ungraded)
    recorded = as_recorded(out, lesson.name, judged)
    outcomes = [entry.outcome for entry in entries.values() if entry.outcome is not None]
    log = [f"{o.student}\n{o.log}\n" for o in outcomes if o.log]
    log += [f"{o.student}\njudged without the full sandbox\n" for o in outcomes if o.level not in ("", FULL)]
    (out / "grading.log").write_text("\n".join(log), encoding="utf-8")
    rows: list[Row] = []
    for submission in submissions:
        results, remark = recorded[submission.student], remarks[submission.student]
        waiting = any(result.score is None for result in results.values())
        status = submission.status or "failed" if remark else "awaiting manual grading" if waiting else "graded"
        rows.append(Row(submission.student, status, results, remark))
    return rows


def give_feedback(lesson: Lesson, rows: list[Row], entries: dict[str, Entry], out: Path) -> None:
    """Write everybody's page, where nbgrader's own feedback would be."""
    for row in rows:
        mine = marked(entries[row.student].notebook) if row.student in entries else {}
        code = {id: unescape(cell.source) for id, cell in mine.items()}  # the page escapes everything by itself
        path = place(out, "feedback", row.student, lesson.name) / f"{lesson.name}.html"
        try:
            write_page(row, lesson, path, code)
        except OSError as error:
            print(f"gancourse: {row.student}'s page could not be written: {error}", file=sys.stderr)
