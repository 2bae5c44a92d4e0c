"""`gancourse grade`: grade everybody's submission of one lesson.

Collect the submissions, judge each in a sandbox, let nbgrader record what was found, report. What one
student handed in affects nobody else's grade. Judging is done by a crew of processes, here or on a
cluster; this process alone writes, and can be interrupted at any moment and started again.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import unescape
from pathlib import Path
from typing import Any

import nbformat
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from gancourse.authoring.build import generate, plural
from gancourse.authoring.source import Lesson, find
from gancourse.errors import CourseError
from gancourse.grading.autograde import enter, place
from gancourse.grading.collect import Submission, collect
from gancourse.grading.crew import Crew, cluster_crew, local_crew
from gancourse.grading.ledger import Ledger
from gancourse.grading.page import write_page
from gancourse.grading.record import Score, read_scores, record_zero
from gancourse.grading.report import Row, print_table, write_csv, write_json
from gancourse.grading.restore import marked, release_notebook, restore
from gancourse.grading.sandbox.walls import FULL, Limits, bubblewrap
from gancourse.grading.trial import Outcome, Task, other_files, seed_for
from gancourse.grading.verdicts import Verdict, judge_answer

FAILED = "Your submission could not be graded. This may not be your fault: please tell your instructor."


@dataclass
class Case:
    """One submission on its way: the task, its fingerprint, and what is known about it so far."""

    submission: Submission
    task: Task
    notebook: Any
    notes: dict[str, str]
    fingerprint: str
    outcome: Outcome | None = None
    entered: bool = False
    verdicts: dict[str, Verdict] = field(default_factory=dict)


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
    out.mkdir(parents=True, exist_ok=True)
    generate(found, out)
    ledger, release = Ledger(out, found), release_notebook(found)
    gradable = [s for s in submissions if not s.problem]
    cases = {s.student: case_of(found, s, release, ledger, limits or Limits(), full) for s in gradable}
    work(found, cases, crew, ledger, release, out)
    rows = record(found, submissions, cases, out)
    give_feedback(found, rows, cases, out)
    write_csv(rows, found, out / "summary.csv")
    if json_path:
        write_json(rows, json_path)
    console = Console()
    print_table(rows, found, console)
    console.print(f"Gradebook, feedback and summary are in {out}", markup=False, highlight=False, soft_wrap=True)
    return int(any(row.remark for row in rows))


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


def case_of(lesson: Lesson, submission: Submission, release: Any, ledger: Ledger, limits: Limits, full: bool) -> Case:
    """A submission read and mended, and what the ledger has on it."""
    notebook, notes = restore(submission.content, release)
    if submission.notebook.name != f"{lesson.name}.ipynb":
        named = submission.notebook.relative_to(submission.folder).as_posix()
        notes[lesson.exercises[0]] = f"Your notebook is called {named}; it should be called {lesson.name}.ipynb."
    files = other_files(submission.folder)
    task = Task(lesson.name, submission.student, nbformat.writes(notebook), files, 0, limits, full)
    fingerprint = ledger.fingerprint(task, submission.handed_in())
    task = replace(task, seed=seed_for(ledger.secret, submission.student, fingerprint))
    outcome, entered = ledger.read(submission.student, fingerprint)
    return Case(submission, task, notebook, notes, fingerprint, outcome, entered)


def work(lesson: Lesson, cases: dict[str, Case], crew: Crew, ledger: Ledger, release: Any, out: Path) -> None:
    """Judge what is not judged yet, and enter what is not entered yet.

    Raises:
        CourseError: if not even the first one's sandbox starts: the fault is this machine's then.
    """
    known = [case for case in cases.values() if case.outcome is not None]
    left = [case.task for case in cases.values() if case.outcome is None]
    if known:
        print(f"{plural(len(known), 'submission')} judged before and unchanged.", file=sys.stderr)
    for case in known:
        if not case.entered:
            take_down(lesson, case, ledger, out)
    if left:
        for outcome in progress(crew(left), len(left)):
            if outcome.no_sandbox and all(case.outcome is None for case in cases.values()):
                raise CourseError(f"Nobody can be graded here. {outcome.no_sandbox}")
            case = cases[outcome.student]
            case.outcome = outcome
            if not outcome.log:
                ledger.write(outcome, case.fingerprint, entered=False)
                take_down(lesson, case, ledger, out)
    for case in cases.values():
        case.verdicts = verdicts(case, lesson, release)


def take_down(lesson: Lesson, case: Case, ledger: Ledger, out: Path) -> None:
    """Enter one outcome with nbgrader, and mark that it is."""
    assert case.outcome is not None
    case.outcome.log = enter(lesson, case.submission, case.task, case.outcome, out)
    if not case.outcome.log:
        ledger.write(case.outcome, case.fingerprint, entered=True)


def verdicts(case: Case, lesson: Lesson, release: Any) -> dict[str, Verdict]:
    """What every exercise came to; nothing if the submission could not be judged."""
    if case.outcome is None or case.outcome.log:
        return {}
    originals, mine = marked(release), marked(case.notebook)
    found: dict[str, Verdict] = {}
    for exercise, points in lesson.points.items():
        finding = case.outcome.findings.get(exercise)
        if finding is None:
            found[exercise] = judge_answer(mine.get(exercise), originals[exercise], points)
        else:
            found[exercise] = Verdict(finding.passed, points, finding.report, finding.credit)
    return found


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


def record(lesson: Lesson, submissions: list[Submission], cases: dict[str, Case], out: Path) -> list[Row]:
    """Enter in the gradebook what has no score yet, and make every student's row from it."""
    ungraded = [s for s in submissions if s.problem or not cases[s.student].verdicts]
    record_zero(out, lesson.name, [s.student for s in ungraded])
    scores = read_scores(out, lesson.name, [s.student for s in submissions])
    outcomes = [case.outcome for case in cases.values() if case.outcome is not None]
    log = [f"{o.student}\n{o.log}\n" for o in outcomes if o.log]
    log += [f"{o.student}\njudged without the full sandbox\n" for o in outcomes if o.level not in ("", FULL)]
    (out / "grading.log").write_text("\n".join(log), encoding="utf-8")
    rows: list[Row] = []
    for submission in submissions:
        mine = {id: scores[submission.student][id] for id in lesson.exercises}
        if submission in ungraded:
            rows.append(without_notebook(lesson, submission, mine, out))
        else:
            rows.append(with_notebook(cases[submission.student], mine))
    return rows


def without_notebook(lesson: Lesson, submission: Submission, scores: dict[str, Score], out: Path) -> Row:
    """The row of a student whose notebook is missing, damaged, or brought grading down."""
    status, remark = submission.status or "failed", submission.problem or FAILED
    row = Row(submission.student, status, scores, dict.fromkeys(scores, remark), remark)
    for step in ("submitted", "autograded", "feedback"):  # of an earlier run
        shutil.rmtree(place(out, step, submission.student, lesson.name), ignore_errors=True)
    return row


def give_feedback(lesson: Lesson, rows: list[Row], cases: dict[str, Case], out: Path) -> None:
    """Write everybody's page, where nbgrader's own feedback would be."""
    for row in rows:
        mine = marked(cases[row.student].notebook) if row.student in cases else {}
        code = {id: unescape(cell.source) for id, cell in mine.items()}  # the page escapes everything by itself
        write_page(row, lesson, place(out, "feedback", row.student, lesson.name) / f"{lesson.name}.html", code)


def with_notebook(case: Case, scores: dict[str, Score]) -> Row:
    """The row of a student whose notebook was graded."""
    messages: dict[str, str] = {}
    for id, score in scores.items():
        verdict = case.verdicts[id].message
        messages[id] = f"Graded by hand. {score.comment}".strip() if score.by_hand else verdict
        if id in case.notes:
            messages[id] += f"\n{case.notes[id]}"
    waiting = any(score.score is None for score in scores.values())
    return Row(case.submission.student, "awaiting manual grading" if waiting else "graded", scores, messages)
