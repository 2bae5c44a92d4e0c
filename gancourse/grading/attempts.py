"""Find the notebook in what a student handed in, under whatever name, and of several attempts the right one.

Any file counts that parses as a notebook with the lesson's exercises in it, also one in a zip archive. One in
which something was written goes before one that is as it was handed out; then the newest counts, by the number
in its name ("-1", "Copy1", "(2)"), then by its time. What was taken, and what else was seen, is said.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from nbformat.notebooknode import NotebookNode

from gancourse.authoring.source import Lesson
from gancourse.grading.folders import Look, Lying, listed, number_in, readable
from gancourse.grading.reading import LARGEST, Damaged, bytes_of, notebook_in
from gancourse.grading.restore import identify, marked

MOST_ATTEMPTS = 40
"""Files of a folder that are tried."""
MOST_MEMBERS = 2_000
LARGEST_MEMBERS = 24 * 2**20
"""Bytes of other files in an archive, each and together, that are taken along."""
OTHER_KINDS = {".json", ".txt", ".nb", ".bak", ".download", ""}
"""Suffixes of files, beside `.ipynb` anywhere in the name, that are tried."""


@dataclass(frozen=True)
class Candidate:
    """A file that may be the notebook, and what is in it.

    Attributes:
        inside: its path within the folder, readable.
        archive: the archive's path within the folder, if it is in one; `member` is its name there.
        content: its cells; None if it is no notebook, and `problem` says why.
        exercises: how many of the lesson's exercises it holds.
        written: whether something in it is not as it was handed out.
        modified: in seconds, as files have it.
    """

    path: Path
    inside: str
    archive: str = ""
    member: str = ""
    content: NotebookNode | None = None
    problem: str = ""
    exercises: int = 0
    written: bool = False
    modified: float = 0


@dataclass
class Attempts:
    """All that was found: the one to take, if there is one, and the others."""

    taken: Candidate | None = None
    others: list[Candidate] = field(default_factory=list)


def attempts_in(look: Look, lesson: Lesson, release: NotebookNode, least: int = 1) -> Attempts:
    """What of some files may be the lesson's notebook.

    Args:
        least: how many of the lesson's exercises a notebook has to hold.
    """
    found: list[Candidate] = []
    for file in sorted(look.files, key=lambda file: rank_of_name(file, lesson))[:MOST_ATTEMPTS]:
        if is_archive(file):
            found += in_archive(file, lesson, release)
        elif may_be_notebook(file):
            found.append(tried(Candidate(file.path, readable(file.inside), modified=file.modified), lesson, release))
    # A word in a text file is no attempt; a file that calls itself a notebook is one, damaged or not.
    found = [a for a in found if a.exercises >= least or (a.problem and named_like_one(a.inside))]
    good = [attempt for attempt in found if attempt.exercises >= least]
    taken = max(good, key=lambda attempt: rank_of_attempt(attempt, lesson), default=None)
    if taken is not None and not taken.written and any(a.problem and is_expected(a, lesson) for a in found):
        taken = None  # the blank one is hardly what they meant: better they hear that theirs is damaged
    return Attempts(taken, [replace(attempt, content=None) for attempt in found if attempt is not taken])


def rank_of_attempt(attempt: Candidate, lesson: Lesson) -> tuple[object, ...]:
    """What decides between attempts, the most important first."""
    whole = PurePosixPath(attempt.member or attempt.inside)
    stem = whole.name.replace(lesson.name, "", 1).split(".")[0]
    number = number_in(stem) or number_in(whole.parent.as_posix().replace(lesson.name, ""))
    return (
        *(attempt.written, number, int(attempt.modified)),
        *(is_expected(attempt, lesson), attempt.exercises, -len(whole.parts), attempt.inside),
    )


def is_expected(attempt: Candidate, lesson: Lesson) -> bool:
    """Whether it is called as it should be, where it should be."""
    return attempt.inside == f"{lesson.name}.ipynb"


def named_like_one(inside: str) -> bool:
    return ".ipynb" in PurePosixPath(inside).name.casefold()


def may_be_notebook(file: Lying) -> bool:
    """Whether a file is worth reading, by its name."""
    return named_like_one(file.inside) or PurePosixPath(file.inside).suffix.casefold() in OTHER_KINDS


def is_archive(file: Lying) -> bool:
    return PurePosixPath(file.inside).suffix.casefold() == ".zip"


def rank_of_name(file: Lying, lesson: Lesson) -> tuple[object, ...]:
    """Which files are tried first, where there are very many."""
    return (not named_like_one(file.inside), not is_archive(file), lesson.name not in file.inside, file.inside)


def tried(attempt: Candidate, lesson: Lesson, release: NotebookNode, raw: bytes | None = None) -> Candidate:
    """An attempt with what is in it."""
    try:
        content = notebook_in(bytes_of(attempt.path) if raw is None else raw, attempt.inside.rpartition("/")[2])
    except Damaged as damage:
        return replace(attempt, problem=str(damage))
    blank = {cell.source.strip() for cell in release.cells}
    written = any(cell.source.strip() not in blank for cell in content.cells if cell.source.strip())
    return replace(attempt, content=content, exercises=held_by(content, lesson, release), written=written)


def held_by(content: NotebookNode, lesson: Lesson, release: NotebookNode) -> int:
    """How many of the lesson's exercises a notebook seems to hold."""
    originals = marked(release)
    ids = {identify(cell, originals) for cell in content.cells}
    text = "\n".join(cell.source for cell in content.cells if cell.cell_type == "code")
    return sum(id in ids or f"test-{id}" in ids or f"def {id}(" in text for id in lesson.exercises)


# --- archives ----------------------------------------------------------------------------------


def in_archive(file: Lying, lesson: Lesson, release: NotebookNode) -> Iterator[Candidate]:
    """The notebooks in a zip archive."""
    whole = readable(file.inside)
    try:
        with zipfile.ZipFile(file.path) as archive:
            for member in members(archive):
                inside = readable(f"{whole}/{readable_member(member)}".encode(errors="replace").decode())
                if not named_like_one(member.filename):
                    continue
                raw = member_bytes(archive, member, LARGEST)
                when = Candidate(file.path, inside, whole, member.filename, modified=file.modified)
                if raw is None:
                    yield replace(when, problem=f"{inside} is locked, damaged or too large.")
                else:
                    yield tried(when, lesson, release, raw)
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile) as error:
        if lesson.name in whole or named_like_one(whole):
            yield Candidate(file.path, whole, problem=f"{whole} is a damaged archive ({error}).")


def beside_member(attempt: Candidate) -> dict[str, bytes]:
    """The other files in the archive in which a notebook lies, by their paths relative to it."""
    found: dict[str, bytes] = {}
    left = LARGEST_MEMBERS
    home = PurePosixPath(attempt.member.replace("\\", "/")).parent
    try:
        with zipfile.ZipFile(attempt.path) as archive:
            for member in members(archive):
                path = PurePosixPath(readable_member(member))
                if not path.is_relative_to(home) or named_like_one(path.name):
                    continue
                data = member_bytes(archive, member, left)
                if data is not None:
                    found[path.relative_to(home).as_posix()] = data
                    left -= len(data)
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile):
        pass
    return found


def members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """An archive's ordinary files whose paths stay within it."""
    found = []
    for member in archive.infolist()[:MOST_MEMBERS]:
        parts = readable_member(member).split("/")
        odd = {"", ".", ".."} & set(parts) or any(part.startswith((".", "__")) for part in parts[:-1])
        if not (member.is_dir() or odd or parts[-1].startswith(".") or ":" in parts[0]):
            found.append(member)
    return found


def readable_member(member: zipfile.ZipInfo) -> str:
    """A member's path; Windows writes backslashes."""
    return member.filename.replace("\\", "/")


def member_bytes(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes | None:
    """A member's bytes; None if they cannot be had, or are more, whatever the archive says of their number."""
    try:
        with archive.open(member) as file:
            data = file.read(most + 1)
    except (OSError, ValueError, RuntimeError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error):
        return None
    return data if len(data) <= most else None


# --- what is said ------------------------------------------------------------------------------


def told_of(attempts: Attempts, lesson: Lesson) -> list[str]:
    """Sentences on what was taken and what else was seen; none if there was nothing to choose."""
    taken, said = attempts.taken, []
    if taken is None:
        return said
    if not is_expected(taken, lesson):
        said.append(f"Your notebook is called {taken.inside}; it should be called {lesson.name}.ipynb.")
    if attempts.others:
        seen = [f"{other.inside} ({what_it_is(other)})" for other in attempts.others]
        said.append(f"Graded is {taken.inside}. Seen, too, and not graded: {listed(seen)}.")
    return said


def what_it_is(other: Candidate) -> str:
    if other.problem:
        return "cannot be read"
    return "older, by its name or time" if other.written else "nothing is written in it"
