"""Each lesson in full, once: how long its cells take, and where one is silent.

    python benchmarks/lesson_times.py [--lesson 01] [--silence 5]

Runs the solutions as students run them, without GANCOURSE_FAST, and listens to all that the kernel sends. A cell
is silent as long as it computes and nothing of its output changes: no print, no picture, no line of
`gancourse.working`, no widget. Prints for each lesson the machine's time beside the one that its first cell
states ("the machine works two minutes"), and the cells that are silent for longer than a student should wait; exits
with 1 if there is one, or a cell stops. Beside the times of the clock stands the CPU's: on a machine that others
use, too, only that can be compared.
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import psutil
from nbclient import NotebookClient
from nbformat.notebooknode import NotebookNode

from gancourse.authoring.kernel import clean_kernel
from gancourse.authoring.source import Lesson, find, lesson_paths, read
from gancourse.paths import repository

SAYS_SOMETHING = ("stream", "display_data", "update_display_data", "execute_result", "error", "comm_open", "comm_msg")
LONGEST_SILENCE = 5.0  # seconds


@dataclass
class Heard:
    """What was heard of one cell.

    Attributes:
        moments: (seconds by the clock, seconds of CPU that the kernel has used) at the start, at each change of
            the output, and at the end.
        stopped: the error that ended it; "" if none did.
    """

    cell: str
    moments: list[tuple[float, float]]
    stopped: str = ""

    @property
    def seconds(self) -> float:
        return self.moments[-1][0] - self.moments[0][0]

    @property
    def cpu(self) -> float:
        return self.moments[-1][1] - self.moments[0][1]

    def longest_silence(self, of_cpu: bool = False) -> float:
        """The longest time between two moments."""
        times = [moment[of_cpu] for moment in self.moments]
        return max(later - earlier for earlier, later in pairwise(times))


class Listener(NotebookClient):
    """Runs a notebook and notes when each cell says something."""

    def __init__(self, notebook: NotebookNode, **options: Any) -> None:
        super().__init__(notebook, timeout=3600, allow_errors=True, **options)
        self.heard: dict[int, Heard] = {}

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        kind, content = msg["msg_type"], msg["content"]
        state = content.get("execution_state") if kind == "status" else None
        if state == "busy" or cell_index not in self.heard:
            self.heard.setdefault(cell_index, Heard(cell.id, []))
        if state in ("busy", "idle") or kind in SAYS_SOMETHING:
            self.heard[cell_index].moments.append((when(msg), self.cpu_used()))
        if kind == "error":
            self.heard[cell_index].stopped = f"{content.get('ename')}: {str(content.get('evalue'))[:200]}"
        return super().process_message(msg, cell, cell_index)

    def cpu_used(self) -> float:
        """Seconds of CPU that the kernel has used so far."""
        process: Any = getattr(getattr(self.km, "provisioner", None), "process", None)
        try:
            times = psutil.Process(process.pid).cpu_times()
            return times.user + times.system
        except (psutil.Error, AttributeError):
            return 0.0


def when(msg: dict[str, Any]) -> float:
    """When the kernel sent a message, in seconds; it may have waited in a queue since."""
    date = msg["header"]["date"]
    return date.timestamp() if isinstance(date, datetime) else datetime.fromisoformat(date).timestamp()


def listen(notebook: NotebookNode, folder: Path) -> list[Heard]:
    """Run all cells in full and tell what was heard of each."""
    with clean_kernel() as (kernel, env):
        listener = Listener(notebook, km=kernel, resources={"metadata": {"path": str(folder)}})
        listener.execute(env=env)
    return [heard for _, heard in sorted(listener.heard.items()) if len(heard.moments) > 1]


def report(lesson: Lesson, heard: list[Heard], silence: float, every: bool = False) -> bool:
    """Print what was heard of a lesson; whether nothing is wrong with it."""
    stated = re.search(r"the machine works ([^.,;]+)", " ".join(lesson.cells[0].text.split()))
    took, cpu = sum(cell.seconds for cell in heard), sum(cell.cpu for cell in heard)
    said = f"the text says: {stated[1]}" if stated else "its first cell does not say how long the machine works"
    print(f"{lesson.name}: {took / 60:.1f} min by the clock, {cpu / 60:.1f} min of CPU; {said}")
    well = True
    for cell in heard:
        quiet = cell.longest_silence()
        if cell.stopped:
            well = False
            print(f"  {cell.cell} stopped: {cell.stopped}")
        if quiet > silence or every:
            well &= quiet <= silence
            wrong = "silent for" if quiet > silence else "at most"
            used = cell.longest_silence(of_cpu=True)
            print(f"  {cell.cell:32} {wrong} {quiet:5.1f} s ({used:5.1f} s of CPU), in all {cell.seconds:6.1f} s")
    return well


def main() -> int:
    """Run the lessons and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lesson", default="", help="02, say; else all")
    parser.add_argument("--silence", type=float, default=LONGEST_SILENCE, help="seconds that a cell may be silent")
    parser.add_argument("--every", action="store_true", help="print every cell")
    arguments = parser.parse_args()
    lessons = [find(arguments.lesson)] if arguments.lesson else [read(path) for path in lesson_paths()]
    well = True
    for lesson in lessons:
        folder = repository() / "solutions" / lesson.name
        notebook = nbformat.read(folder / f"{lesson.name}.ipynb", as_version=4)
        well &= report(lesson, listen(notebook, folder), arguments.silence, arguments.every)
    return int(not well)


if __name__ == "__main__":
    sys.exit(main())
