"""Fetch a large file from the first of several sources that really has it.

What goes wrong with data sets' downloads is the rule: the connection breaks (the rest is asked
for by range), a quota is used up (a web page comes in place of the file), a mirror holds another
version (the checksum tells), the disk is full. Each is noticed and named, and the next source is
tried. The file appears under its name only when complete and verified; until then it is NAME.part,
which the next attempt goes on with.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import http.client
import os
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from gancourse.data.cache import NO_ROOM
from gancourse.data.decode import is_web_page
from gancourse.errors import CourseError

CHUNK = 1 << 20
TIMEOUT = 30.0  # seconds without a byte
ATTEMPTS = 4  # per source, as long as each brings something


class File(NamedTuple):
    """A file to fetch: its name, its MD5 sum and the addresses that may have it."""

    name: str
    md5: str
    urls: Sequence[str]


class Unusable(Exception):
    """A source does not have the file; the message says what it answered."""


class NoSource(CourseError):
    """No source has the file, or none can be reached; the message lists what each answered."""


def fetch(file: File, folder: Path) -> Path:
    """Fetch a file into a folder, unless it is there already. NoSource lists what each source answered."""
    target, part = folder / file.name, folder / f"{file.name}.part"
    answers = []
    try:
        if target.is_file() and md5_of(target) == file.md5:
            return target
        folder.mkdir(parents=True, exist_ok=True)
        for url in file.urls:
            try:
                fetch_from(url, file, part)
            except Unusable as answer:
                answers.append(f"  {url}\n    {answer}")
            else:
                os.replace(part, target)
                return target
    except OSError as error:
        elsewhere = "have it put elsewhere (GANCOURSE_CACHE=FOLDER, or for CelebA --to FOLDER)."
        if error.errno in NO_ROOM:
            part.unlink(missing_ok=True)
            raise CourseError(
                f"The disk with {folder} has no room for {file.name} ({error.strerror}). Nothing half-done was "
                f"left there. Free some room, or {elsewhere}"
            ) from error
        raise CourseError(
            f"{file.name} cannot be put into {folder} ({error.strerror or error}). "
            f"Make that a folder that you may write to, or {elsewhere}"
        ) from error
    raise NoSource(f"No source gave {file.name}:\n" + "\n".join(answers))


def fetch_from(url: str, file: File, part: Path) -> None:
    """Bring a part to completion from one source and verify it; Unusable says why that failed."""
    inherited = part.exists()
    for attempt in range(1, ATTEMPTS + 1):
        before = part.stat().st_size if part.exists() else 0
        try:
            receive(url, file.name, part, before)
            break
        except urllib.error.HTTPError as error:
            if error.code == 416 and before:  # nothing beyond what is there: complete, or of another file
                break
            raise Unusable(f"answered {error.code} {error.reason}") from error
        except ConnectionError as error:
            now = part.stat().st_size if part.exists() else 0
            if now == before or attempt == ATTEMPTS:
                kept = f" ({now / 1e6:,.1f} MB are kept for the next attempt)" if now else ""
                raise Unusable(f"the connection failed: {error}{kept}") from error
    found = md5_of(part)
    if found != file.md5:
        part.unlink()
        if inherited:  # the wrong bytes may be an earlier source's
            return fetch_from(url, file, part)
        raise Unusable(f"sent another file: its MD5 sum is {found}, not {file.md5}; it was deleted")


def receive(url: str, name: str, part: Path, done: int) -> None:
    """Ask for what is missing and append it."""
    from tqdm.auto import tqdm

    headers = {"User-Agent": "gancourse", **({"Range": f"bytes={done}-"} if done else {})}
    with connection():
        answer = urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=TIMEOUT)
    with answer:
        resumed = answer.status == 206 and starts_at(answer.headers.get("Content-Range")) == done
        if not resumed:
            done = 0
        with connection():
            first = answer.read(1024)
        if is_web_page(first):
            raise Unusable("answered with a web page in place of the file (often: too many downloads today)")
        length = answer.headers.get("Content-Length")
        missing = int(length) if length and length.isdigit() else None
        if missing is not None and shutil.disk_usage(part.parent).free < missing:
            raise OSError(errno.ENOSPC, f"{missing / 1e9:.1f} GB are needed")
        total = None if missing is None else done + missing
        with (
            open(part, "ab" if resumed else "wb") as out,
            tqdm(total=total, initial=done, desc=name, unit="B", unit_scale=True, delay=1) as bar,
        ):
            got = copy_all(answer, first, out, bar)
        if missing is not None and got < missing:
            raise ConnectionError(f"it broke off after {got:,} of {missing:,} bytes")


def copy_all(answer: http.client.HTTPResponse, first: bytes, out: Any, bar: Any) -> int:
    """Write what comes until it ends; the number of bytes."""
    got, data = 0, first
    while data:
        out.write(data)
        got += len(data)
        bar.update(len(data))
        with connection():
            data = answer.read1(CHUNK)  # read() would hold back what came before a connection broke
    return got


@contextlib.contextmanager
def connection() -> Iterator[None]:
    """Whatever goes wrong with a connection as ConnectionError, apart from the disk's troubles."""
    try:
        yield
    except urllib.error.HTTPError:  # an answer
        raise
    except (OSError, http.client.HTTPException) as error:
        raise ConnectionError(str(getattr(error, "reason", "") or error) or type(error).__name__) from error


def starts_at(content_range: str | None) -> int | None:
    """The first byte of a `bytes 100-199/200`."""
    digits = (content_range or "").removeprefix("bytes ").split("-")[0]
    return int(digits) if digits.isdigit() else None


def md5_of(path: Path) -> str:
    """A file's MD5 sum: good against accidents, and what the data set's authors publish."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
