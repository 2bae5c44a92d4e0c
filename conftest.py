"""What all tests share: which of them run; at the end the mutation gate's table.

With the variable LESSON (a number such as 02), only tests of that lesson run: those with it among their
parameters, and those in its folder.
"""

from __future__ import annotations

import os
import sys
from collections import Counter, defaultdict
from typing import Any

import pytest
from _pytest.terminal import TerminalReporter

import gancourse.grammar  # noqa: F401  # before nbformat comes

pytest_plugins = ("executed", "spread", "times")


def pytest_configure(config: pytest.Config) -> None:
    """In `make test` the grader's walls are there, or nothing runs: its tests would be skipped."""
    if os.environ.get("GANCOURSE_WHOLE") and sys.platform == "linux" and not hasattr(config, "workerinput"):
        from gancourse.grading.sandbox.walls import bubblewrap

        if reason := bubblewrap():
            raise pytest.UsageError(f"The grader's security would not be tested: {reason}.")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what LESSON leaves out."""
    from times import lesson_of

    wanted = os.environ.get("LESSON", "")
    if wanted:
        chosen = [item for item in items if lesson_of(item).startswith(f"{int(wanted.split('_')[0]):02d}_")]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
        items[:] = chosen


def told(reporter: TerminalReporter, what: str) -> list[tuple[Any, ...]]:
    """The last word of each test under the name `what`.

    It travels as a property of the test's report, which also crosses from pytest-xdist's workers.
    """
    found: dict[str, tuple[Any, ...]] = {}
    for reports in reporter.stats.values():
        for report in reports:
            for key, value in getattr(report, "user_properties", ()):
                if key == what and getattr(report, "when", "") == "call":
                    found[report.nodeid] = tuple(value)
    return list(found.values())


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Print, per lesson, how many wrong answers were rejected and right ones accepted, and what a machine's came to."""
    tables: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    fresh_only = []
    for lesson, exercise, kind, name, outcome in told(terminalreporter, "mutant"):
        tables[lesson][exercise].update({kind: 1, f"{kind} done": int(outcome != "no")})
        if outcome == "fresh":
            fresh_only.append(f"{exercise}: {name}")
    for lesson, rows in sorted(tables.items()):
        terminalreporter.section(f"mutation gate: {lesson}")
        width = max(len("exercise"), *map(len, rows))
        terminalreporter.write_line(f"{'exercise':{width}}  wrong, rejected  right, accepted")
        total: Counter[str] = Counter()
        for exercise, row in sorted(rows.items()):
            total.update(row)
            terminalreporter.write_line(line(exercise, row, width))
        terminalreporter.write_line(line("total", total, width))
    if fresh_only:
        terminalreporter.write_line(f"Rejected on fresh inputs only: {'; '.join(sorted(fresh_only))}")
    summarize_blind(terminalreporter)
    summarize_slips(terminalreporter)


def summarize_blind(reporter: TerminalReporter) -> None:
    """Print, per lesson, how many answers written from the notebook alone the checks got wrong at first."""
    lessons: dict[str, Counter[str]] = defaultdict(Counter)
    for lesson, numbers in told(reporter, "blind"):
        lessons[lesson].update(numbers)
    if lessons:
        reporter.section("answers written blind: what the checks got wrong at first; all are right by now")
    for lesson, n in sorted(lessons.items()):
        reporter.write_line(
            f"{lesson}: {n['accepted']} of {n['wrong']} wrong accepted, {n['refused']} of {n['right']} right refused"
        )


def summarize_slips(reporter: TerminalReporter) -> None:
    """Print, per lesson, what became of the slips that a machine made: known survivors are a gap to be seen."""
    lessons: dict[str, Counter[str]] = defaultdict(Counter)
    for lesson, _, numbers in told(reporter, "slips"):
        lessons[lesson].update(numbers)
    if lessons:
        reporter.section("answers made by machine")
    for lesson, n in sorted(lessons.items()):
        gap = f"; WARNING: {n['known']} survive for want of a check (see its mutants.py)" if n["known"] else ""
        idle = f"; {n['idle']} named in its mutants.py are found by now" if n["idle"] else ""
        reporter.write_line(f"{lesson}: {n['made']} made, {n['found']} found, {n['excused']} excused{gap}{idle}")


def line(name: str, row: Counter[str], width: int) -> str:
    wrong, right = (f"{row[f'{kind} done']} of {row[kind]}" for kind in ("wrong", "right"))
    return f"{name:{width}}  {wrong:>15}  {right:>15}"
