"""What all tests share: which of them run in one process, and the mutation gate's table at the end of a run."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest
from _pytest.terminal import TerminalReporter


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one file stay in one process, since they share what they set up; but each lesson may have its own.

    All that needs a browser shares one JupyterLab.
    """
    for item in items:
        lesson = getattr(item, "callspec", None) and item.callspec.params.get("lesson")  # type: ignore[attr-defined]
        name = (
            "browser" if "browser" in item.path.parts else f"{item.path.stem} {getattr(lesson, 'name', lesson) or ''}"
        )
        item.add_marker(pytest.mark.xdist_group(name.strip()))


def mutants(reporter: TerminalReporter) -> list[tuple[str, ...]]:
    """The last word of each gate test: (lesson, exercise, right or wrong, name, outcome).

    It travels as a property of the test's report, which also crosses from pytest-xdist's workers.
    """
    found: dict[str, tuple[str, ...]] = {}
    for reports in reporter.stats.values():
        for report in reports:
            for key, value in getattr(report, "user_properties", ()):
                if key == "mutant" and getattr(report, "when", "") == "call":
                    found[report.nodeid] = tuple(value)
    return list(found.values())


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Print, per lesson, how many wrong answers were rejected and right ones accepted."""
    tables: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    fresh_only = []
    for lesson, exercise, kind, name, outcome in mutants(terminalreporter):
        tables[lesson][exercise].update({kind: 1, f"{kind} done": outcome != "no"})
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


def line(name: str, row: Counter[str], width: int) -> str:
    wrong, right = (f"{row[f'{kind} done']} of {row[kind]}" for kind in ("wrong", "right"))
    return f"{name:{width}}  {wrong:>15}  {right:>15}"
