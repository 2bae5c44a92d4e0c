"""The hostile suite's tables at the end of a run."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from _pytest.terminal import TerminalReporter


def told(reporter: TerminalReporter, what: str) -> list[tuple[Any, str]]:
    """What tests have told under a name, each with how the test ended."""
    return [
        (value, report.outcome)
        for reports in reporter.stats.values()
        for report in reports
        for key, value in getattr(report, "user_properties", ())
        if key == what and getattr(report, "when", "") == "call"
    ]


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Print, by kind, how many submissions got what they deserve; it crosses from pytest-xdist's workers, too."""
    total: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for kind, outcome in told(terminalreporter, "hostile"):
        total[kind] += 1
        right[kind] += outcome == "passed"
    summarize_fuzz(terminalreporter)
    if not total:
        return
    terminalreporter.section("hostile submissions: as deserved")
    for kind in sorted(total):
        terminalreporter.write_line(f"{kind:12} {right[kind]:3} of {total[kind]}")
    terminalreporter.write_line(f"{'all':12} {sum(right.values()):3} of {sum(total.values())}")


def summarize_fuzz(terminalreporter: TerminalReporter) -> None:
    """Print how many inputs the fuzzer drew."""
    seen = [value for value, _ in told(terminalreporter, "fuzz")]
    if seen:
        drawn = ", ".join(f"{count:,} {kind}" for kind, count in seen)
        terminalreporter.section("inputs that the fuzzer drew")
        terminalreporter.write_line(drawn)
