"""Where the time of a run of tests goes: a pytest plugin.

Every few minutes a line says how long a run has been going and where it is; at its end come the files that took
longest, and what each lesson adds.

A lesson's tests take so many seconds of one process; what they add to a run is that, divided by the number of
processes. nbval's run of the solutions comes first and leaves its times in build/times.json; the next run adds its
own. A lesson may add `MOST` seconds to `make test` on two idle cores. On a slower or a busy machine it may add as
much more as a piece of Python takes longer there than it should, asked again and again while the tests run: a
machine's speed changes within half an hour. `make test` warns of a lesson that adds more.
"""

from __future__ import annotations

import json
import os
import time
from collections import defaultdict
from contextlib import suppress
from math import inf
from pathlib import Path
from statistics import mean
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
NAMES = {path.parent.name for path in ROOT.glob("lessons/[0-9]*/lesson.py")}
TIMES = ROOT / "build" / "times.json"
MOST = 60.0  # seconds that a lesson may add
USUAL = 0.055  # seconds that `a_piece_of_python` takes on an idle machine like the one of the figures in the docs
EVERY = 120.0  # seconds between two lines that say where a run is
LOOK = 20.0  # seconds between two looks at how fast the machine is, in each process
SPENT: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))  # by lesson and file
FILES: dict[str, float] = defaultdict(float)
LOOKS: list[float] = []  # seconds that `a_piece_of_python` took, asked between tests
LOOKED = [-inf]  # when it was asked last


def lesson_of(item: pytest.Item) -> str:
    """The lesson a test belongs to, by its folder or its parameters; "" if it is nobody's."""
    params = getattr(item, "callspec", None)
    for value in [item.path, *(params.params.values() if params else ())]:
        own = value, getattr(value, "name", None), getattr(value, "lesson", None)  # a lesson's name, itself, its answer
        for part in value.parts if isinstance(value, Path) else own:
            if isinstance(part, str) and part in NAMES:
                return part
    return ""


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note how long each file's tests take."""
    FILES[report.nodeid.partition("::")[0]] += report.duration


def pytest_sessionstart(session: pytest.Session) -> None:
    session.config.pluginmanager.register(Clock(session.config), "clock")


class Clock:
    """Says every few minutes where a run is, for whoever waits for it, or finds it cut off."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.started = self.said = time.monotonic()

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        now = time.monotonic()
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        if now - self.said < EVERY or reporter is None or hasattr(self.config, "workerinput"):
            return
        self.said = now
        reporter.write_line(f"\n{(now - self.started) / 60:.0f} min: {nodeid.partition('[')[0]}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Any:
    """Note how long a test of a lesson took, with what was set up for it."""
    started = time.perf_counter()
    result = yield
    ended = time.perf_counter()
    if name := lesson_of(item):
        SPENT[name][item.location[0]] += ended - started
    if ended - LOOKED[0] > LOOK and "GANCOURSE_WHOLE" in os.environ:
        LOOKED[0] = ended
        LOOKS.append(a_piece_of_python())
    return result


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Add up what the processes have sent."""
    output = getattr(node, "workeroutput", {})
    add(SPENT, output.get("spent", {}))
    LOOKS.extend(output.get("looks", []))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Send a process's times to the one that prints them; there, add them to those of the run before."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["spent"] = {name: dict(files) for name, files in SPENT.items()}
        output["looks"] = LOOKS
        return
    if not SPENT:
        return
    processes = session.config.getoption("numprocesses", None) or 1
    told: dict[str, dict[str, float]] = {}
    with suppress(OSError, ValueError, AttributeError):  # none yet, cut off, or of an older make
        told = {name: dict(files.items()) for name, files in json.loads(TIMES.read_text()).items()}
    add(told, SPENT, 1 / processes)
    TIMES.parent.mkdir(exist_ok=True)
    TIMES.write_text(json.dumps(told))
    title = f"what each lesson adds, in seconds of {processes} at once"
    slower = inf
    if "GANCOURSE_WHOLE" in os.environ and LOOKS:  # only of a whole run it can be said
        times = slowness(LOOKS, processes)
        title += f" (here and now Python takes {times:.1f} times its usual time)"
        slower = max(1.0, times)
    session.config.stash[LINES] = [title, *summary(told, slower)]


LINES = pytest.StashKey[list[str]]()


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print which files took longest, where it is minutes, and what the lessons have added so far."""
    longest = sorted(FILES.items(), key=lambda item: -item[1])[:20]
    if longest and sum(FILES.values()) > EVERY:
        terminalreporter.section("the files that took longest, in seconds of one process")
        for name, seconds in longest:
            terminalreporter.write_line(f"{name:44} {seconds:7.1f}")
    title, *lines = terminalreporter.config.stash.get(LINES, [""])
    if title:
        terminalreporter.section(title)
    for line in lines:
        terminalreporter.write_line(line)


def add(to: dict[str, dict[str, float]], more: dict[str, dict[str, float]], part: float = 1.0) -> None:
    """Add seconds, by lesson and file, to those that are there."""
    for name, files in more.items():
        mine = to.setdefault(name, {})
        for file, seconds in files.items():
            mine[file] = mine.get(file, 0.0) + seconds * part


def summary(told: dict[str, dict[str, float]], slower: float) -> list[str]:
    """A line for each lesson, with a warning where one adds more than it may, and where most of its time goes.

    Args:
        told: the seconds that each lesson adds, by its name and by file.
        slower: how many times as long as usual things take here.
    """
    lines, most = [], MOST * slower
    for name, files in sorted(told.items()):
        seconds = sum(files.values())
        warning = f"  WARNING: over the {most:.0f} s that a lesson may add here" if seconds > most else ""
        longest = sorted(files.items(), key=lambda item: -item[1])[:5]
        where = ", ".join(f"{Path(file).stem} {spent:.0f}" for file, spent in longest if spent >= 1)
        lines.append(f"{name:20} {seconds:7.1f}  {where}{warning}")
    return lines


def slowness(looks: list[float], processes: int = 1) -> float:
    """How many times as long as usual a piece of Python took, on average over a run.

    Args:
        looks: seconds that it took each time it was asked.
        processes: how many of them ran at once; where they are more than the cores, each waits for its turn.
    """
    turns = max(1.0, processes / (os.cpu_count() or 1))
    return mean(looks) / USUAL / turns


def a_piece_of_python() -> float:
    """Seconds for some work that is always the same."""
    started = time.perf_counter()
    table: dict[int, list[int]] = {}
    for i in range(200_000):
        table.setdefault(i * 7919 % 1009, []).append(i)
    return time.perf_counter() - started
