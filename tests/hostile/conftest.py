"""The hostile suite's table at the end of a run."""

from __future__ import annotations

from collections import Counter

import pytest
from _pytest.terminal import TerminalReporter


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Print, by kind, how many submissions got what they deserve; it crosses from pytest-xdist's workers, too."""
    total: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            for key, value in getattr(report, "user_properties", ()):
                if key == "hostile" and getattr(report, "when", "") == "call":
                    total[value] += 1
                    right[value] += report.outcome == "passed"
    if not total:
        return
    terminalreporter.section("hostile submissions: as deserved")
    for kind in sorted(total):
        terminalreporter.write_line(f"{kind:12} {right[kind]:3} of {total[kind]}")
    terminalreporter.write_line(f"{'all':12} {sum(right.values()):3} of {sum(total.values())}")
