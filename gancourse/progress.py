"""How far a student is: one small file beside the notebooks, which lessons and the start page share.

Each line of it is one thing that happened: a check's points, or an answer to a question. Lines are only added, each
by a single write, so that two notebooks may write at once; the last one on a thing counts. A line that cannot be
read is passed over; a file of which nothing can be read is set aside. Where nothing can be written, nothing is
kept, and nobody is told more than that. Deleting the file loses the marks and nothing else: no grade comes from it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gancourse.contents import all_contents

FILE = "progress.jsonl"
MOST_KEPT = 2 * 2**20  # bytes; nobody does so much
HEARD: list[Callable[[], None]] = []
"""Called when something was kept."""
AMISS: list[str] = []
"""What was amiss with the file in this kernel's life, if anything was."""
_HERE = Path.cwd()  # where the notebook lies: a student's os.chdir comes later


@dataclass(frozen=True)
class Mark:
    """What is known of one exercise or question.

    Attributes:
        points: that the checks one can see gave, of `most`.
        chosen: the text of the choice that was made.
    """

    points: float = 0
    most: float = 0
    chosen: str = ""

    @property
    def full(self) -> bool:
        """Whether an exercise's checks all hold."""
        return 0 < self.most <= self.points


@dataclass
class Progress:
    """All marks, by (lesson, exercise or question), in the order in which they came last.

    `word` says what was amiss with the file, if anything was.
    """

    marks: dict[tuple[str, str], Mark] = field(default_factory=dict)
    word: str = ""

    def mark(self, lesson: str, id: str) -> Mark | None:
        return self.marks.get((lesson, id))

    @property
    def last_lesson(self) -> str:
        """The lesson of the last mark; "" if there is none."""
        return next(reversed(self.marks), ("", ""))[0]


def in_kernel() -> bool:
    """Whether this is a notebook's kernel: no script, test or sandbox, which keep no progress."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


def progress_file() -> Path | None:
    """The file; None where none is wanted: outside of notebooks, and where GANCOURSE_PROGRESS is "off".

    It lies beside the start page or, without one, beside the folders of several lessons; for a notebook that lies
    alone, beside it. GANCOURSE_PROGRESS may name another folder.
    """
    wanted = os.environ.get("GANCOURSE_PROGRESS", "")
    if wanted == "off" or not (wanted or in_kernel()):
        return None
    return (Path(wanted) if wanted else course_folder(_HERE)) / FILE


def course_folder(here: Path) -> Path:
    """The folder whose lessons belong together, as seen from where a notebook lies."""
    names = {contents.name for contents in all_contents()}
    above = here.parent
    try:
        together = (above / "start.ipynb").exists() or sum((above / name).is_dir() for name in names) > 1
    except OSError:
        return here
    return above if here.name in names and together else here


def read_progress() -> Progress:
    """What the file tells; nothing where there is none."""
    path = progress_file()
    try:
        if path is None or not path.exists():
            return Progress(word="".join(AMISS))
        raw = path.read_bytes() if path.stat().st_size <= MOST_KEPT else b"?"
    except OSError:
        return Progress()
    found = Progress()
    lines = [line for line in raw.split(b"\n") if line.strip()]
    for line in lines:
        if (told := mark_in(line)) is not None:
            found.marks.pop(told[0], None)
            found.marks[told[0]] = told[1]
    if lines and not found.marks:
        AMISS[:] = [set_aside(path)]
    found.word = "".join(AMISS)
    return found


def mark_in(line: bytes) -> tuple[tuple[str, str], Mark] | None:
    """What one line says; None if it cannot be read."""
    try:
        told = json.loads(line)
        lesson, id, chosen = str(told["lesson"]), str(told["id"]), str(told.get("chosen", ""))
        points, most = float(told.get("points", 0)), float(told.get("most", 0))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return ((lesson, id), Mark(points, most, chosen)) if 0 <= points <= most <= 1000 or chosen else None


def set_aside(path: Path) -> str:
    """Move a damaged file out of the way; what to say about it."""
    aside = path.with_name(f"{path.stem}.damaged{path.suffix}")
    try:
        path.replace(aside)
    except OSError:
        return f"{path.name} cannot be read, so no marks are shown. Delete it; only marks are lost."
    return f"{path.name} could not be read. It is kept as {aside.name}, and marks begin anew."


def record(lesson: str, id: str, **mark: Any) -> None:
    """Keep a mark: points=… and most=… of an exercise, or chosen=… of a question. Never raises."""
    path = progress_file()
    if path is None:
        return
    before = read_progress().mark(lesson, id)
    if before == Mark(**mark):
        return
    line = json.dumps({"lesson": lesson, "id": id, **mark}, ensure_ascii=False)
    try:
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
        try:
            os.write(file, f"\n{line}\n".encode())  # a line that was cut off before does not take this one along
        finally:
            os.close(file)
    except (OSError, ValueError):
        return
    for tell in HEARD:
        tell()
