"""Each lesson's share of the tests' time, printed at the end of a run; a pytest plugin.

nbval's run of the solutions comes first and leaves its times in build/times.json; the next run adds its own.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
NAMES = {path.parent.name for path in ROOT.glob("lessons/[0-9]*/lesson.py")}
TIMES = ROOT / "build" / "times.json"
SPENT: dict[str, float] = defaultdict(float)


def lesson_of(item: pytest.Item) -> str:
    """The lesson a test belongs to, by its folder or its parameters; "" if it is nobody's."""
    params = getattr(item, "callspec", None)
    for value in [item.path, *(params.params.values() if params else ())]:
        own = value, getattr(value, "name", None), getattr(value, "lesson", None)  # a lesson's name, itself, its answer
        for part in value.parts if isinstance(value, Path) else own:
            if isinstance(part, str) and part in NAMES:
                return part
    return ""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Any:
    """Note how long a test of a lesson took, with what was set up for it."""
    started = time.perf_counter()
    result = yield
    if name := lesson_of(item):
        SPENT[name] += time.perf_counter() - started
    return result


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Send a process's times to the one that prints them."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["spent"] = dict(SPENT)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Add up what the processes have sent."""
    for name, seconds in getattr(node, "workeroutput", {}).get("spent", {}).items():
        SPENT[name] += seconds


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the shares so far, in seconds of one process."""
    told: dict[str, float] = json.loads(TIMES.read_text()) if TIMES.exists() else {}
    for name, seconds in SPENT.items():
        told[name] = told.get(name, 0) + seconds
    if not SPENT:
        return
    TIMES.parent.mkdir(exist_ok=True)
    TIMES.write_text(json.dumps(told))
    terminalreporter.section("each lesson's share, in seconds of one process")
    for name, seconds in sorted(told.items()):
        terminalreporter.write_line(f"{name:24} {seconds:7.1f}")
