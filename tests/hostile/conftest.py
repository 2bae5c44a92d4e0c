"""The hostile suite's tables at the end of a run."""

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
    summarize_fuzz(terminalreporter)
    if not total:
        return
    terminalreporter.section("hostile submissions: as deserved")
    for kind in sorted(total):
        terminalreporter.write_line(f"{kind:12} {right[kind]:3} of {total[kind]}")
    terminalreporter.write_line(f"{'all':12} {sum(right.values()):3} of {sum(total.values())}")


def summarize_fuzz(terminalreporter: TerminalReporter) -> None:
    """Print how many inputs the fuzzer drew."""
    seen = {
        value[0]: value[1]
        for reports in terminalreporter.stats.values()
        for report in reports
        for key, value in getattr(report, "user_properties", ())
        if key == "fuzz" and getattr(report, "when", "") == "call"
    }
    if seen:
        drawn = ", ".join(f"{count:,} {kind}" for kind, count in seen.items())
        terminalreporter.section("inputs that the fuzzer drew")
        terminalreporter.write_line(drawn)
