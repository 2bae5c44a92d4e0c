"""Nobody stops or hurts another: locks, gradebooks that heal, limits on checks, tables and terminals."""

from __future__ import annotations

import contextlib
import csv
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import torch
from anyone import as_nobody

from gancourse.authoring.source import find
from gancourse.checks import StudentError
from gancourse.checks.core import find_miss
from gancourse.errors import CourseError
from gancourse.grading.bounds import TOO_MUCH, TOO_SLOW, OutOfTime, bounded_memory, bounded_time, in_words
from gancourse.grading.judge import Reference
from gancourse.grading.ledger import LOCK, only_grader
from gancourse.grading.result import Result
from gancourse.grading.sandbox import walls, worker
from gancourse.grading.summary import Row, write_csv
from gancourse.terminal import uncolored

LESSON = find("01_gaussian_1d")

# --- one at a time -----------------------------------------------------------------------------

HOLD = "import sys, time, pathlib\nfrom gancourse.grading.ledger import only_grader\n"
HOLD += "with only_grader(pathlib.Path(sys.argv[1])):\n    print('held', flush=True)\n    time.sleep(60)\n"


@pytest.mark.slow
def test_two_graders_on_one_folder_are_told_apart_and_a_dead_one_holds_nothing(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True) as first:
        try:
            assert first.stdout is not None
            assert first.stdout.readline() == "held\n"
            with pytest.raises(CourseError, match=rf"process {first.pid} on .*, since \d{{4}}"), only_grader(tmp_path):
                pass
        finally:
            first.kill()
            first.wait()
    with only_grader(tmp_path):
        assert str(os.getpid()) in (tmp_path / LOCK).read_text()
    with only_grader(tmp_path / "another"), only_grader(tmp_path):
        pass


# --- nothing is left for the next --------------------------------------------------------------


def closed_below(folder: Path) -> None:
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a" / "b" / "file").write_text("left")
    (folder / "a").chmod(0)


@pytest.mark.parametrize(
    ("leave", "clean"),
    [
        (lambda folder: (folder / "file").write_text("left"), True),
        (closed_below, True),
        (lambda folder: folder.chmod(0), False),
        (lambda folder: folder.chmod(0o700), False),
        (lambda folder: (folder / "kept").chmod(0), False),
        (lambda folder: (folder / "kept").rmdir(), False),
    ],
    ids=["a file", "a closed folder", "the folder closed", "the folder's mode", "one inside closed", "one inside gone"],
)
def test_clean_is_proven_for_an_ordinary_user(
    tmp_path: Path, leave: Callable[[Path], None], clean: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GANCOURSE_SANDBOX", "full")
    monkeypatch.setattr(worker, "SCRATCH", (str(tmp_path / "scratch"),))

    def work() -> None:
        folder = tmp_path / "scratch"
        (folder / "kept").mkdir(parents=True)
        folder.chmod(0o755)
        kept = worker.listing()
        leave(folder)
        assert worker.swept(kept) == clean

    assert in_a_folder_of_anybody(tmp_path, work) == 0


def in_a_folder_of_anybody(folder: Path, work: Callable[[], None]) -> int:
    """Do something in a folder as a user who may not do everything; 0 if it was done."""
    was = {path: path.stat().st_mode for path in [folder, *folder.parents] if path.stat().st_uid == os.getuid()}
    for path in was:
        path.chmod(0o777 if path == folder else was[path] | 0o055)
    ended = as_nobody(work)
    for path, mode in was.items():
        path.chmod(mode)
    return ended


# --- what checks take --------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="no such limit of the system's")
def test_what_broadcasts_to_gigabytes_is_a_sentence() -> None:
    def claim() -> None:
        (torch.zeros(1, 40_000) - torch.zeros(40_000, 1)).sum()

    with bounded_memory(2**30):
        miss = find_miss(claim)
    assert in_words(miss) == TOO_MUCH
    assert torch.zeros(2**28).shape == (2**28,)  # and the limit is gone


@pytest.mark.parametrize("in_thread", [False, True])
def test_a_loop_of_the_graders_own_ends_in_time(in_thread: bool) -> None:
    said: list[str | None] = []

    def claim() -> None:
        total = 0
        for number in range(10**12):
            total += number

    def work() -> None:
        with bounded_time(0.3):
            said.append(find_miss(claim))

    start = time.monotonic()
    if in_thread:  # as in a worker of a cluster, which gets no signals
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(30)
    else:
        work()
    assert said == [TOO_SLOW]
    assert time.monotonic() - start < 10


def test_time_that_is_not_used_up_hurts_nobody() -> None:
    for _ in range(50):
        with bounded_time(20):
            pass
    for _ in range(50):  # ends at about the moment that its time does: raised in the block, or never
        with contextlib.suppress(OutOfTime), bounded_time(0.01):
            time.sleep(0.0098)
        for _ in range(1000):
            pass
    time.sleep(0.1)
    with pytest.raises(OutOfTime), bounded_time(0.05):
        while True:
            time.sleep(0.01)


def test_the_time_counts_from_the_first_line_of_the_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may take its time to start the thread that watches."""
    start = threading.Thread.start

    def late(thread: threading.Thread) -> None:
        start(thread)
        time.sleep(0.3)

    monkeypatch.setattr(threading.Thread, "start", late)
    with bounded_time(0.2):
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="no such limit of the system's")
def test_a_supplied_answer_that_is_asked_for_too_much_says_so() -> None:
    supplied = Reference("packed_distance", lambda m: torch.zeros(m, 600).sum())
    with bounded_memory(2**30), pytest.raises(StudentError, match=re.escape(TOO_MUCH)):
        supplied(6_000_000)


# --- tables and terminals ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ['=HYPERLINK("x")', "+1", "-1", "@SUM(A1)", " =1", "\t=1", "＝1"])
def test_no_name_is_a_formula(tmp_path: Path, name: str) -> None:
    results = {id: Result(id, (), 1, 1) for id in LESSON.exercises}
    rows = [Row(name, "graded", results, "=1+1"), Row("Ada", "graded", results)]
    write_csv(rows, LESSON, tmp_path / "summary.csv")
    with (tmp_path / "summary.csv").open(newline="", encoding="utf-8") as file:
        (odd, usual) = csv.DictReader(file)
    assert odd["student"] == f"'{name}"
    assert odd["message"] == "'=1+1"
    assert usual["student"] == "Ada"
    assert not any(field.strip().startswith(("=", "+", "@")) for field in odd.values())


@pytest.mark.parametrize(
    "text",
    ["\x1b[31mred\x1b[0m", "\x1b]8;;http://x\x07red\x1b]8;;\x07", "\x1b]0;title\x1b\\red", "r\x08\x7fed", "\x9b31mred",
     "\x1bcred", "r\u202eed", "\rred"],
)  # fmt: skip
def test_nothing_that_is_said_moves_a_terminal(text: str) -> None:
    assert uncolored(text) == "red"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_started_processes_hold_is_counted_once_and_never_missed() -> None:
    """A quick look that counts shared pages several times; where that is too much, one that counts them once."""
    shares = "import os, time\nhoard = bytearray(b'x') * 2**26\nfor _ in range(3):\n    os.fork()\ntime.sleep(60)\n"
    with subprocess.Popen(["sh", "-c", f'{sys.executable} -c "{shares}" & wait'], start_new_session=True) as shell:
        try:
            for _ in range(600):
                if len(walls.descendants(shell.pid)) == 8:
                    break
                time.sleep(0.05)
            started = walls.descendants(shell.pid)
            assert sorted(started) == sorted(child.pid for child in psutil.Process(shell.pid).children(recursive=True))
            assert (
                sum(map(walls.resident, started)) > 8 * 2**26 > 2 * 2**26 > sum(map(walls.own_memory, started)) > 2**26
            )
            assert walls.holds_more(started, 2**26) and not walls.holds_more(started, 2 * 2**26)
            assert not walls.holds_more(started, 16 * 2**26)
        finally:
            os.killpg(shell.pid, signal.SIGKILL)
    assert walls.resident(shell.pid) == 0, "It has gone"
