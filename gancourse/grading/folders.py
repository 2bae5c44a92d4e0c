"""Look into folders that strangers made: too deep, too full, closed, with names that are no text.

Nothing here raises for what lies there. What is not looked at is said in a sentence.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import unicodedata
from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

MOST_FILES = 200_000
"""Files that are looked at: `gancourse validate` may be called in a folder that holds everything."""
DEEPEST_FOLDER = 24
LONGEST_PATH = 600
"""Bytes of a path within a submission; it has to fit below longer ones elsewhere."""
LONGEST_NAME = 120
"""Bytes of a student's name where it had to be made from one that is no text."""

MADE_BY_SYSTEMS = ("__pycache__", "__MACOSX")
INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Unicode's categories of what cannot be seen: control characters, halves of pairs, turned directions."""
JOINERS = "\u200c\u200d"
"""They cannot be seen either, but Persian words and some emojis need them."""


@dataclass(frozen=True)
class Lying:
    """An ordinary file: where it is, its path within the folder that was looked through, its bytes, its age."""

    path: Path
    inside: str
    size: int
    modified: float


@dataclass
class Look:
    """What a folder holds, nearest first, and sentences on what was not looked at."""

    files: list[Lying] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def look_through(folder: Path, skipped: Collection[str] = ()) -> Look:
    """The ordinary files below a folder, those near its top first: no links, devices or hidden ones.

    Args:
        skipped: names of folders at its top that are not entered.
    """
    look, waiting, seen = Look(), deque([("", 0)]), 0
    closed: list[str] = []
    too_deep = 0
    while waiting:
        below, depth = waiting.popleft()
        try:
            with os.scandir(os.path.join(folder, below)) as entries:
                here = []
                for entry in entries:
                    seen += 1
                    if seen > MOST_FILES:
                        look.notes.append(f"There are more than {MOST_FILES:,} files in your folder; not all are seen.")
                        waiting.clear()
                        break
                    here.append(entry)
        except (OSError, ValueError) as error:
            if not isinstance(error, FileNotFoundError):
                closed.append(f"'{readable(below) or '.'}' ({os.strerror(getattr(error, 'errno', None) or 5)})")
            continue
        for entry in sorted(here, key=lambda entry: entry.name):
            inside = f"{below}/{entry.name}" if below else entry.name
            if entry.name.startswith((".", *MADE_BY_SYSTEMS)):
                continue
            try:
                status = entry.stat(follow_symlinks=False)
            except (OSError, ValueError):
                continue
            if stat.S_ISDIR(status.st_mode):
                if depth == 0 and entry.name in skipped:
                    continue
                if depth + 1 >= DEEPEST_FOLDER or len(os.fsencode(inside)) > LONGEST_PATH:
                    too_deep += 1
                    continue
                waiting.append((inside, depth + 1))
            elif stat.S_ISREG(status.st_mode):
                look.files.append(Lying(Path(folder, inside), inside, status.st_size, status.st_mtime))
    if closed:
        look.notes.append(f"This cannot be opened: {listed(closed)}.")
    if too_deep:
        look.notes.append(f"Folders more than {DEEPEST_FOLDER} deep are not looked into.")
    return look


def readable(name: str) -> str:
    """A file name as text that shows what it is: names from other systems may be none, or turn a terminal's colors."""
    text = os.fsencode(name).decode("utf-8", errors="replace")
    return "".join("\ufffd" if unicodedata.category(c) in INVISIBLE and c not in JOINERS else c for c in text)


def student_names(names: Iterable[str]) -> dict[str, str]:
    """For each folder's name the student's: the same, but where it is no text, or looks like another's.

    Those get a few letters that are drawn from the name's bytes, so that two names are never one, here,
    in a gradebook or on a disk that tells "a" from "A" no better than "é" from "e" and an accent.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(
        names, key=lambda name: (readable(name) != name, unicodedata.normalize("NFC", name) != name, name)
    ):
        shown = readable(name)
        if shown != name or looks_of(shown) in taken:
            mark = hashlib.sha256(os.fsencode(name)).hexdigest()[:8]
            shown = f"{shown.encode()[:LONGEST_NAME].decode(errors='ignore')} ~{mark}"
        taken.add(looks_of(shown))
        found[name] = shown
    return found


def looks_of(name: str) -> str:
    """What two names share that look alike."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).strip()


def number_in(name: str) -> int:
    """The last number in a name, 1 for a copy without one; 0 if there is none."""
    numbers = re.findall(r"\d+", name)
    return int(numbers[-1][-9:]) if numbers else int("copy" in name.casefold())


def listed(names: list[str], most: int = 5) -> str:
    """A few names for a sentence."""
    return f"{', '.join(names[:most])} and {len(names) - most} more" if len(names) > most else ", ".join(names)
