"""Data sets, all loaded the same way.

    from gancourse import data

    faces = data.load("celeba", size=64, split="train", attributes=["Smiling", "Eyeglasses"], n=10_000)
    for pixels, labels in faces.batches(128, device=device()):
        ...

Every set comes as one `Images`: a uint8 tensor, named attributes, a license note. Pictures are
decoded once, into a cache that later loads map (see `gancourse.data.cache`). The toys, whose
densities are exact, are not pictures and live in `gancourse.data.toys`.
"""

from __future__ import annotations

import difflib
import importlib
import importlib.util
from collections.abc import Collection, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from gancourse.errors import CourseError

if TYPE_CHECKING:
    from gancourse.data.images import Images

# A source is a module with SPLITS, SIZES (smallest, default, largest), ATTRIBUTES (or None, where
# only the files know), `load(size, split, attributes, n)` and `status()`.
SOURCES = {
    "faces": "gancourse.data.faces",
    "celeba": "gancourse.data.celeba",
    "fashion": "gancourse.data.fashion",
}


class Status(NamedTuple):
    """Where a data set stands on this machine, for `gancourse data list`."""

    available: bool
    where: str
    contents: str
    bytes: int
    how: str


def load(
    name: str,
    *,
    size: int | None = None,
    split: str = "train",
    attributes: Sequence[str] | None = None,
    n: int | None = None,
) -> Images:
    """Load a data set.

    Args:
        name: "faces", "celeba" or "fashion".
        size: height and width of the pictures; None is the set's own default.
        split: "train", "all", or another that the set has.
        attributes: the names of those wanted; None is the set's default choice, [] is none.
        n: only the first n pictures of the split.
    """
    module = source(name)
    smallest, default, largest = module.SIZES
    size = default if size is None else size
    if not is_whole(size) or not smallest <= size <= largest:
        raise CourseError(f"size={size!r} is not possible for {name}: give a whole number, {smallest} to {largest}.")
    if n is not None and (not is_whole(n) or n < 1):
        raise CourseError(f"n={n!r} is not possible: give a whole number above 0, or None for the whole split.")
    known(split, module.SPLITS, f"split of {name}", "splits")
    if isinstance(attributes, str):
        raise CourseError(f'attributes="{attributes}" is a single string; give a list: attributes=["{attributes}"].')
    return module.load(size=size, split=split, attributes=attributes, n=n)


def source(name: str) -> ModuleType:
    """The module that loads a data set."""
    known(name, SOURCES, "data set", "data sets")
    home = SOURCES[name]
    try:
        there = importlib.util.find_spec(home) is not None
    except ModuleNotFoundError:
        there = False
    module = importlib.import_module(home) if there else None
    if module is None or not hasattr(module, "load"):
        raise CourseError(f"The data set {name!r} is not part of this version of gancourse: {home} has no loader.")
    return module


def known(asked: str, there: Collection[str], thing: str, things: str) -> None:
    """Raise a CourseError with a suggestion if what is asked for is not there."""
    if asked in there:
        return
    by_lower = {name.lower(): name for name in there}
    close = difflib.get_close_matches(str(asked).lower(), by_lower, n=1, cutoff=0.6)
    hint = f" Did you mean {by_lower[close[0]]!r}?" if close else ""
    listed = ", ".join(there) if there else "none"
    raise CourseError(f"There is no {thing} {asked!r}.{hint} The {things} there are: {listed}.")


def is_whole(number: object) -> bool:
    """Whether it is an int and not a bool."""
    return isinstance(number, int) and not isinstance(number, bool)


def size_of(paths: Sequence[Path]) -> int:
    """Bytes in files and folders."""
    files = (f for p in paths for f in (p.rglob("*") if p.is_dir() else [p]))
    return sum(f.stat().st_size for f in files if f.is_file())
