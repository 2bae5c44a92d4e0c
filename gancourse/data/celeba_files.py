"""CelebA's files as people have them: found, read and matched, whatever their layout.

Taken are the official folders (also `Img`, `Anno` and `Eval`), torchvision's `root/celeba`, the
official zip or one zip with everything, a plain folder of pictures with `list_attr_celeba.txt` or
Kaggle's `.csv` beside or above it, pictures nested twice, and subsets. Bounding boxes, landmarks
and identities are not needed; without a partition file the official split is told from the file
numbers; lines may end as on Windows.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from gancourse.data.cache import root as cache_root
from gancourse.data.decode import is_web_page
from gancourse.errors import CourseError

ATTRIBUTE_FILES = ("list_attr_celeba.txt", "list_attr_celeba.csv")
PARTITION_FILES = ("list_eval_partition.txt", "list_eval_partition.csv")
ARCHIVES = ("img_align_celeba.zip", "celeba.zip", "celeba-dataset.zip", "archive.zip")
PICTURE_ENDINGS = (".jpg", ".jpeg", ".png")
DEPTH = 4  # Kaggle's copy, unpacked into data/celeba/archive, is this deep
FIRST_OF_VALID, FIRST_OF_TEST, AFTER_LAST = 162_771, 182_638, 202_600  # the official partition, by file number


class Copy(NamedTuple):
    """A copy of CelebA: a folder of pictures or a zip, and the tables lying about it."""

    pictures: Path
    attributes: Path | None
    partition: Path | None

    def fingerprint(self) -> list[list[object]]:
        """What tells this copy from a changed one. Adding or deleting a picture shows in the folder's time."""
        parts = [p for p in self if p is not None]
        return [[str(p.resolve()), p.stat().st_size if p.is_file() else 0, p.stat().st_mtime_ns] for p in parts]


class Table(NamedTuple):
    """Rows of numbers, by the picture's name without its ending."""

    source: str
    columns: list[str]
    rows: dict[str, int]
    values: np.ndarray


def copy_places() -> list[Path]:
    """Where a copy is looked for, in this order."""
    asked = os.environ.get("GANCOURSE_CELEBA")
    if asked:
        return [Path(asked).expanduser()]
    return [Path("data/celeba"), cache_root() / "celeba", Path("celeba"), Path.home() / "data" / "celeba"]


def find_copy() -> Copy:
    """The first copy there is, or a CourseError that says what to do."""
    for place in copy_places():
        copy = copy_in(place)
        if copy is not None:
            return copy
    looked = ", ".join(str(p) for p in copy_places())
    raise CourseError(
        f"CelebA was not found in {looked}. Run `gancourse data get celeba`, "
        "or set GANCOURSE_CELEBA to the folder or zip of a copy that you have."
    )


def copy_in(place: Path) -> Copy | None:
    """The copy in or below a place, None if there is none."""
    visited, pictures, archive = [], None, place if place.is_file() else None
    for folder in below(place) if place.is_dir() else ():
        visited.append(folder)
        pictures = pictures or (folder if holds_pictures(folder) else None)
        archive = archive or first_of(folder, ARCHIVES)
    holder = pictures or archive
    if holder is None:
        return None
    # Where the pictures' folder or zip itself was given, the tables lie beside or above it.
    near = [*visited, *(up / inner for up in (holder.parent, holder.parent.parent) for inner in ("", "Anno", "Eval"))]
    tables = [
        next(filter(None, (first_of(f, names) for f in near)), None) for names in (ATTRIBUTE_FILES, PARTITION_FILES)
    ]
    return Copy(holder, tables[0], tables[1])


def below(place: Path) -> Iterator[Path]:
    """A folder and those in it, nearest first; one with pictures is not searched further."""
    level = [place]
    for _ in range(DEPTH):
        yield from level
        inner = [entry for folder in level if not holds_pictures(folder) for entry in folder_entries(folder)]
        found = [Path(e.path) for e in inner if e.is_dir() and not e.name.startswith((".", "__MACOSX"))]
        # The usual name first, so that somebody's folder of thumbnails does not come before it.
        level = sorted(found, key=lambda p: (p.name != "img_align_celeba", p.name))


def holds_pictures(folder: Path) -> bool:
    """Whether there are at least two pictures: one may be a preview. Folders of 200,000 are not listed to the end."""
    pictures = (e for e in folder_entries(folder) if is_picture(e.name))
    return next(pictures, None) is not None and next(pictures, None) is not None


def folder_entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    """What is in a folder; nothing, if it may not be read."""
    try:
        with os.scandir(folder) as found:
            yield from found
    except PermissionError:
        return


def is_picture(name: str) -> bool:
    """Whether a file is a picture by its name; macOS's ._ files are not."""
    return name.lower().endswith(PICTURE_ENDINGS) and not name.startswith(".")


def first_of(folder: Path, names: tuple[str, ...]) -> Path | None:
    """The first of these files in a folder."""
    return next((folder / name for name in names if (folder / name).is_file()), None)


def open_zip(path: Path) -> zipfile.ZipFile:
    """A zip, or a CourseError that says what the file is instead."""
    try:
        return zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        with open(path, "rb") as file:
            start = file.read(1024)
        if is_web_page(start):
            raise CourseError(page_in_place_of(path)) from error
        raise CourseError(
            f"{path} is not a complete zip, as after an interrupted download. "
            "Delete it and fetch it again (`gancourse data get celeba`)."
        ) from error


def page_in_place_of(path: object) -> str:
    """What to say about a web page under a data file's name."""
    return (
        f"{path} is a web page, not data: the download site answered with a page (often: too many downloads "
        "today) that was saved under this name. Delete it and fetch the file again (`gancourse data get celeba`)."
    )


def read_table(data: bytes, source: str, header: bool) -> Table:
    """Read a table of the official kind (with a count and a header or with neither) or Kaggle's kind (csv)."""
    if is_web_page(data):
        raise CourseError(page_in_place_of(source))
    lines = [line for line in data.decode("utf-8-sig", errors="replace").splitlines() if line.strip()]
    comma = "," in (lines[0] if lines else "")
    if lines and lines[0].strip().isdigit():
        del lines[0]  # the official file's number of rows; a subset often keeps the full set's
    cells = [line.replace(",", " ").split() if comma else line.split() for line in lines]
    cells = [row for row in cells if row]
    columns = [name for name in cells.pop(0) if name != "image_id"] if cells and (header or comma) else ["value"]
    for row in cells:
        if len(row) != len(columns) + 1:
            raise CourseError(
                f"{source}: the row of {row[0]} has {len(row) - 1} values, not {len(columns)}; the file may have "
                "been cut short. Fetch it again (`gancourse data get celeba`)."
            )
    if not cells:
        raise CourseError(f"{source} has no rows. Fetch it again (`gancourse data get celeba`).")
    try:
        values = np.array([row[1:] for row in cells]).astype(np.int16)
    except ValueError as error:
        raise CourseError(f"{source}: numbers were expected behind the file names ({error}).") from error
    return Table(source, columns, {stem(row[0]): i for i, row in enumerate(cells)}, values)


def stem(name: str) -> str:
    """A picture's name without folders and ending: tables say .jpg even where the pictures are .png."""
    return name.rsplit("/", 1)[-1].rsplit(".", 1)[0]


def partition_of(stems: list[str], table: Table | None) -> np.ndarray:
    """0 train, 1 valid, 2 test, −1 unknown: from the table or, without one, from the official file numbers."""
    if table is not None:
        values = table.values[:, 0]
        return np.array([values[table.rows[s]] if s in table.rows else -1 for s in stems], dtype=np.int8)
    numbers = np.array([int(s) if s.isdigit() and len(s) == 6 else 0 for s in stems])
    splits = np.searchsorted([FIRST_OF_VALID, FIRST_OF_TEST], numbers, side="right").astype(np.int8)
    return np.where((numbers > 0) & (numbers < AFTER_LAST), splits, -1).astype(np.int8)
