"""What has been judged already: an interrupted run goes on where it was.

Every outcome is kept in a file of its own under `judged/` as soon as it is there, and marked when
nbgrader has entered it. It is known by a fingerprint of everything it depends on: the submission,
the lesson and its checks. A changed submission is judged anew, an unchanged one never twice.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import secrets
import socket
import time
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path
from typing import Any

from gancourse.authoring.source import Lesson
from gancourse.errors import CourseError
from gancourse.grading.reached import files_reached
from gancourse.grading.trial import Outcome, Task
from gancourse.paths import PACKAGE

JUDGING_VERSION = 4  # to be raised when judging changes
SECRET = "seed.secret"
LOCK = "grading.lock"


@contextlib.contextmanager
def only_grader(out: Path) -> Iterator[None]:
    """Within the block nobody else grades into `out`. The system drops the lock with the process that holds it.

    Raises:
        CourseError: if somebody does, with who it is.
    """
    out.mkdir(parents=True, exist_ok=True)
    with open(out / LOCK, "a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.ENOLCK, errno.ENOTSUP):  # a network's disk that knows no locks
                yield
                return
            file.seek(0)
            holder = file.read(300).strip() or "somebody"
            raise CourseError(
                f"{out} is being graded into by {holder}. Wait until that has ended, or choose another --out."
            ) from None
        file.truncate(0)
        file.write(f"process {os.getpid()} on {socket.gethostname()}, since {time.strftime('%Y-%m-%d %H:%M:%S')}\n")
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


class Ledger:
    """The outcomes of one lesson below `out`."""

    def __init__(self, out: Path, lesson: Lesson) -> None:
        self.folder = out / "judged" / lesson.name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.checks = fingerprint_of_checks(lesson)
        secret = out / "judged" / SECRET
        if not secret.exists():
            write_whole(secret, secrets.token_hex(32))
        self.secret = secret.read_bytes()

    def fingerprint(self, task: Task, handed_in: str | None) -> str:
        """What an outcome depends on."""
        limits = [float(limit) for limit in astuple(task.limits)]  # 60 and 60.0 are one limit
        digest = hashlib.sha256(f"{JUDGING_VERSION}/{self.checks}/{handed_in}/{limits}/{task.full}".encode())
        digest.update(task.notebook.encode())
        for name, data in sorted(task.files.items()):
            digest.update(f"{name}/{len(data)}/".encode() + data)
        return digest.hexdigest()

    def read(self, student: str, fingerprint: str) -> tuple[Outcome | None, bool]:
        """The outcome of this very submission, if there is one, and whether it has been entered."""
        try:
            kept: dict[str, Any] = json.loads(self.path(student).read_text(encoding="utf-8"))
            if kept["fingerprint"] != fingerprint:
                return None, False
            return Outcome.from_json(kept["outcome"]), bool(kept["entered"])
        except (OSError, ValueError, KeyError, TypeError):
            return None, False

    def write(self, outcome: Outcome, fingerprint: str, entered: bool) -> None:
        """Keep an outcome."""
        kept = {"fingerprint": fingerprint, "entered": entered, "outcome": outcome.as_json()}
        write_whole(self.path(outcome.student), json.dumps(kept))

    def path(self, student: str) -> Path:
        return self.folder / f"{hashlib.sha256(student.encode()).hexdigest()[:24]}.json"


def fingerprint_of_checks(lesson: Lesson, package: Path = PACKAGE) -> str:
    """A digest of the lesson's source and of all code that its checks, public and hidden, import."""
    public = package / "checks" / f"lesson_{lesson.name.split('_', 1)[0]}" / "__init__.py"
    own = {lesson.path, lesson.folder / "hidden.py"}
    digest = hashlib.sha256()
    for path in sorted(
        own | files_reached([package / "checks" / "__init__.py", public, *own - {lesson.path}], package)
    ):
        data = path.read_bytes() if path.is_file() else b""
        digest.update(f"{path.name}/{len(data)}/".encode() + data)
    return digest.hexdigest()


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is either there whole or not at all, whatever happens meanwhile."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.unfinished")
    with open(unfinished, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)
