"""How fast `gancourse grade` is, beside `nbgrader autograde` on the same notebooks.

    python benchmarks/grading.py [--copies 100] [--plain 6] [--jobs 2]

Makes copies of lesson 01's submissions (solved, wrong and blank in turn), grades them all with
`gancourse grade`, and as many of them as --plain says with `nbgrader autograde` as it comes: its own
kernel for each, the tests in the notebook. Prints submissions per minute, the ratio, and the most
memory that the grader and all its processes held together. Exits with 1 below five times.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import nbformat
import psutil

from gancourse.authoring.build import generate
from gancourse.authoring.source import Lesson, find
from gancourse.grading.restore import marked, release_notebook, solved_notebook

TARGET = 5.0
WRONG = {
    "discriminator_loss": "def discriminator_loss(real_logits, fake_logits):\n    return real_logits.mean()\n",
    "game_value": "def game_value(p, q, d, dx):\n    return (p * d.log() + q * (1 - d).log()).mean()\n",
}
PLAIN_CONFIG = """
c = get_config()
c.CourseDirectory.root = {root!r}
c.CourseDirectory.db_url = "sqlite:///{root}/gradebook.db"
c.Execute.timeout = 300
c.ClearSolutions.code_stub = {{"python": "raise NotImplementedError"}}
"""


def notebooks(lesson: Lesson) -> list[nbformat.NotebookNode]:
    """A solved, a wrong and a blank submission."""
    solved, wrong, blank = solved_notebook(lesson), solved_notebook(lesson), release_notebook(lesson)
    for id, source in WRONG.items():
        marked(wrong)[id].source = source
    return [solved, wrong, blank]


def hand_in(lesson: Lesson, folder: Path, count: int) -> None:
    """`count` submissions in nbgrader's layout."""
    made = notebooks(lesson)
    for number in range(count):
        place = folder / f"student-{number:03d}" / lesson.name
        place.mkdir(parents=True)
        nbformat.write(made[number % len(made)], place / f"{lesson.name}.ipynb")


def timed(command: list[str], folder: Path) -> tuple[float, float]:
    """Seconds that a command takes, and the most memory (in GB) that it and its children hold."""
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    most = 0.0

    def watch() -> None:
        nonlocal most
        root = psutil.Process(process.pid)
        while process.poll() is None:
            held = 0
            for one in [root, *root.children(recursive=True)]:
                try:
                    held += one.memory_full_info().pss
                except (psutil.Error, AttributeError):
                    continue
            most = max(most, held / 1e9)
            time.sleep(1)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    _, said = process.communicate()
    if process.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)} failed:\n{said[-2000:]}")
    return time.perf_counter() - started, most


def main() -> int:
    """Grade both ways and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--copies", type=int, default=100)
    parser.add_argument("--plain", type=int, default=6, help="how many with nbgrader alone")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    lesson, programs = find("01_gaussian_1d"), Path(sys.executable).parent
    with tempfile.TemporaryDirectory() as home:
        root = Path(home)
        hand_in(lesson, root / "class", arguments.copies)
        options = ["--submitted", str(root / "class"), "--out", str(root / "out"), "--jobs", str(arguments.jobs)]
        ours, memory = timed([str(programs / "gancourse"), "grade", lesson.name, *options], root)
        plain = root / "plain"
        plain.mkdir()
        generate(lesson, plain)
        hand_in(lesson, plain / "submitted", arguments.plain)
        (plain / "nbgrader_config.py").write_text(PLAIN_CONFIG.format(root=str(plain)), encoding="utf-8")
        theirs, _ = timed([str(programs / "nbgrader"), "autograde", lesson.name], plain)
    rates = arguments.copies / ours * 60, arguments.plain / theirs * 60
    print(f"gancourse grade, {arguments.jobs} jobs: {arguments.copies} in {ours:.0f} s, {rates[0]:.1f} a minute")
    print(f"nbgrader autograde:     {arguments.plain} in {theirs:.0f} s, {rates[1]:.1f} a minute")
    print(f"ratio {rates[0] / rates[1]:.1f} (at least {TARGET:g}); most memory held {memory:.2f} GB")
    return int(rates[0] < TARGET * rates[1])


if __name__ == "__main__":
    sys.exit(main())
