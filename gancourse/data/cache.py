"""Decoded pictures on disk, built once and mapped into memory ever after.

An entry is a folder with `images.npy` (mapped, not read), `columns.npz` (attributes and the like)
and `entry.json`. It is built under another name and renamed when complete, so that whatever
interrupts it, no half-written entry is ever seen. A lock makes a second process wait for the
first and then use its entry; without locks (some network drives) both build and one rename wins.

The cache is in ~/.cache/gancourse, or where the environment variable GANCOURSE_CACHE says.
Everything in it may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from gancourse.errors import CourseError
from gancourse.paths import home

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

ENTRY_VERSION = 1  # to be raised when the meaning of an entry changes
NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
NO_FOLDER = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST}
ENTRY_FILES = ("images.npy", "columns.npz")


class Blueprint(NamedTuple):
    """How an entry is built: its pictures' shape (N, C, H, W), its columns, and blocks of pictures in order."""

    shape: tuple[int, int, int, int]
    columns: dict[str, np.ndarray]
    blocks: Iterable[np.ndarray]


def root() -> Path:
    """The folder of the cache; it need not exist."""
    return Path(os.environ.get("GANCOURSE_CACHE") or home() / ".cache" / "gancourse").expanduser()


def cached(name: str, key: object, build: Callable[[], Blueprint]) -> tuple[Tensor, dict[str, Tensor]]:
    """The pictures and columns of an entry, which is built first if need be.

    Args:
        name: what the entry's folder is called, with a fingerprint of the key behind it.
        key: all that the content depends on, as JSON takes it: source, size, options.
        build: called only if there is no such entry. It should name troubles with its own files itself,
            by a CourseError; an OSError is taken for the cache's.
    """
    entry, text = place_of(name, key)
    if not complete(entry):
        try:
            entry.parent.mkdir(parents=True, exist_ok=True)
            with locked(entry):
                if not complete(entry):
                    build_entry(entry, text, build())
        except OSError as error:
            if error.errno in NO_ROOM:
                raise CourseError(
                    f"The disk with {entry.parent} is full, and nothing half-done was left there. "
                    "Free some room, or set GANCOURSE_CACHE to a folder on another disk."
                ) from error
            if error.errno in NO_FOLDER:
                raise CourseError(
                    f"{entry.parent} cannot be written to ({error.strerror}). Set GANCOURSE_CACHE to a folder of yours."
                ) from error
            raise
    return mapped_entry(entry)


def place_of(name: str, key: object) -> tuple[Path, str]:
    """An entry's folder, and its key as text."""
    text = json.dumps([ENTRY_VERSION, key], sort_keys=True, default=str)
    return root() / "decoded" / f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:16]}", text


def is_kept(name: str, key: object) -> bool:
    """Whether there is such an entry."""
    return complete(place_of(name, key)[0])


def mapped_entry(entry: Path) -> tuple[Tensor, dict[str, Tensor]]:
    """Map a complete entry. Writing to the tensor changes this process's copy, never the file."""
    pixels = torch.from_numpy(np.load(entry / "images.npy", mmap_mode="c"))
    with np.load(entry / "columns.npz") as columns:
        return pixels, {name: torch.from_numpy(columns[name]) for name in columns.files}


def complete(entry: Path) -> bool:
    """Whether an entry is there with all its bytes.

    The rename already makes sure; sizes are compared too, for what a power cut or a copy of the
    cache may have cut short.
    """
    try:
        sizes = json.loads((entry / "entry.json").read_text(encoding="utf-8"))["sizes"]
        return all((entry / name).stat().st_size == sizes[name] for name in ENTRY_FILES)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def build_entry(entry: Path, key: str, blueprint: Blueprint) -> None:
    """Write an entry under a temporary name, then rename it."""
    needed = int(np.prod(blueprint.shape)) + sum(c.nbytes for c in blueprint.columns.values())
    if shutil.disk_usage(entry.parent).free < needed:
        raise OSError(errno.ENOSPC, f"{needed / 1e9:.1f} GB are needed")
    unfinished = Path(tempfile.mkdtemp(prefix=f"{entry.name}.unfinished-", dir=entry.parent))
    try:
        # Written as a stream and not through a map: on a full disk a write fails, but a map kills the process.
        with open(unfinished / "images.npy", "wb") as file:
            header = {"descr": "|u1", "fortran_order": False, "shape": blueprint.shape}
            np.lib.format.write_array_header_1_0(file, header)
            done = 0
            for block in blueprint.blocks:
                if block.shape[1:] != blueprint.shape[1:] or block.dtype != np.uint8:
                    raise ValueError(f"a block of {block.dtype} {block.shape} in an entry of {blueprint.shape}")
                file.write(np.ascontiguousarray(block).data)
                done += len(block)
            if done != blueprint.shape[0]:
                raise ValueError(f"{done} pictures were built, not {blueprint.shape[0]}")
        with open(unfinished / "columns.npz", "wb") as file:
            columns: dict[str, Any] = dict(blueprint.columns)
            np.savez(file, **columns)
        sizes = {name: (unfinished / name).stat().st_size for name in ENTRY_FILES}
        about = json.dumps({"key": json.loads(key), "sizes": sizes}, indent=1)
        (unfinished / "entry.json").write_text(about, encoding="utf-8")
        unfinished.chmod(0o755)  # mkdtemp's 0o700 would keep a class from sharing a cache
        if entry.exists():
            if complete(entry):  # only without locks: somebody else was faster
                return
            shutil.rmtree(entry)
        try:
            os.rename(unfinished, entry)
        except OSError:  # "directory not empty" or "file exists": the same, at the last moment
            if not complete(entry):
                raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


@contextlib.contextmanager
def locked(entry: Path) -> Iterator[None]:
    """Be the only process that builds this entry, and clear away what a killed one left."""
    if fcntl is None:
        yield
        return
    with open(entry.with_name(f"{entry.name}.lock"), "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError:  # a network drive without locks
            yield
            return
        for left in entry.parent.glob(f"{entry.name}.unfinished-*"):
            shutil.rmtree(left, ignore_errors=True)
        yield
