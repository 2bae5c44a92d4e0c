"""Where CelebA's files lie, whatever their layout.

Taken are the official folders (also `Img`, `Anno` and `Eval`), torchvision's `root/celeba`, the official zip, one
zip with everything, a zip in a zip, the parts into which Google Drive divides a download, a plain folder of pictures
with `list_attr_celeba.txt` or Kaggle's `.csv` beside or above it, pictures nested twice or divided among folders, and
subsets. Bounding boxes, landmarks and identities are not needed; without a partition file the split is told from
folders called train, valid and test or else from the official file numbers.

Here files are found by name alone, which is fast; `gancourse.data.celeba_pictures` looks into them, and
`gancourse.data.celeba_tables` reads the tables.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from gancourse.data.cache import root as cache_root
from gancourse.data.celeba_tables import PICTURE_ENDINGS, is_official, partition_of, stem
from gancourse.errors import CourseError
from gancourse.paths import data_folders, home

__all__ = ["Copy", "copy_in", "copy_places", "find_copy", "is_picture", "partition_of", "stem"]

ATTRIBUTE_FILES = ("list_attr_celeba.txt", "list_attr_celeba.csv")
PARTITION_FILES = ("list_eval_partition.txt", "list_eval_partition.csv")
TABLE_ENDINGS = (".txt", ".csv", ".tsv")
PACKED = re.compile(r"celeba.*\.(7z|rar|tar|tgz|tar\.gz|tar\.bz2|z01|7z\.\d+|zip\.\d+)$", re.IGNORECASE)
DRIVE_PART = re.compile(r"(.+)-\d{3}\.zip", re.IGNORECASE)  # of what Google Drive divides
DEPTH = 7  # Kaggle's copy, unpacked into data/celeba/archive and sorted into train/0, is this deep
USUAL = "img_align_celeba"


class Copy(NamedTuple):
    """A copy of CelebA: folders of pictures and zips, and the tables lying about them, the best first.

    `unread` are folders that may not be looked into.
    """

    sources: tuple[Path, ...]
    attributes: tuple[Path, ...]
    partition: tuple[Path, ...]
    unread: tuple[Path, ...] = ()

    @property
    def pictures(self) -> Path:
        """Where the first pictures are, which stands for all in messages."""
        return self.sources[0]

    def fingerprint(self) -> list[list[object]]:
        """What tells this copy from a changed one. Adding or deleting a picture shows in its folder's time."""
        parts = [*self.sources, *self.attributes, *self.partition]
        found: list[list[object]] = [
            [str(p.resolve()), p.stat().st_size if p.is_file() else 0, p.stat().st_mtime_ns] for p in parts
        ]
        return [*found, [str(p) for p in self.unread]]


class Found(NamedTuple):
    """What lies in a place and below."""

    folders: list[Path]
    zips: list[Path]
    tables: list[Path]
    unread: list[Path]
    packed: list[Path]
    pictures: int  # no more than two in each folder; one may be a preview, unless its name is CelebA's


def copy_places() -> list[Path]:
    """Where a copy is looked for, in this order."""
    asked = os.environ.get("GANCOURSE_CELEBA")
    if asked:
        return [Path(asked).expanduser()]
    put = [folder / "celeba" for folder in data_folders()]
    return [*put, cache_root() / "celeba", Path("celeba"), home() / "data" / "celeba"]


def find_copy() -> Copy:
    """The first copy there is, or a CourseError that says what to do."""
    packed: list[Path] = []
    for place in copy_places():
        copy = copy_in(place)
        if copy is not None:
            return copy
        packed += look_into(place).packed
    looked = ", ".join(str(p) for p in copy_places())
    there = f" {packed[0]} is there, which is not read as it is: unpack it." if packed else ""
    raise CourseError(
        f"CelebA was not found in {looked}.{there} Run `gancourse data get celeba`, "
        "or set GANCOURSE_CELEBA to the folder or zip of a copy that you have."
    )


def copy_in(place: Path) -> Copy | None:
    """The copy in or below a place, None if there is none."""
    found = look_into(place)
    sources = [*found.folders, *found.zips]
    if not sources or (not found.zips and found.pictures < 2):
        return None
    # Where the pictures' folder or zip itself was given, the tables lie beside or above it.
    near = (up / inner for up in (place.parent, place.parent.parent) for inner in ("", "Anno", "Eval"))
    tables = found.tables or [p for folder in near for p in sorted(folder_entries(folder)) if is_table(p.name)]
    attributes, partition = (
        tuple(sorted((p for p in tables if is_table(p.name, kinds)), key=lambda p: likeness(p, kinds)))
        for kinds in (ATTRIBUTE_FILES, PARTITION_FILES)
    )
    return Copy(tuple(sources), attributes, partition, tuple(found.unread))


def parts_beside(path: Path) -> list[Path]:
    """A zip and the other parts of the same download."""
    part = DRIVE_PART.fullmatch(path.name)
    if part is None:
        return [path]
    others = (DRIVE_PART.fullmatch(p.name) for p in folder_entries(path.parent) if p.is_file())
    return sorted(path.parent / other[0] for other in others if other and other[1].lower() == part[1].lower())


def look_into(place: Path) -> Found:
    """Everything in a place and below that may belong to a copy, nearest first and the usual folder's first."""
    found = Found([], [], [], [], [], 0)
    if place.is_file():
        return found._replace(zips=parts_beside(place))
    pictures, seen = 0, set()
    level = [place] if place.is_dir() else []
    for _ in range(DEPTH):
        below: list[Path] = []
        for folder in level:
            if (real := os.path.realpath(folder)) in seen:
                continue  # a link that leads back
            seen.add(real)
            try:
                with os.scandir(folder) as entries:
                    here = 0
                    for entry in entries:
                        name = entry.name
                        if name.startswith((".", "__MACOSX")):
                            continue
                        if is_picture(name):
                            here += 2 if is_official(stem(name)) else 1
                        elif entry.is_dir():
                            below.append(Path(entry.path))
                        elif name.lower().endswith(".zip"):
                            found.zips.append(Path(entry.path))
                        elif is_table(name):
                            found.tables.append(Path(entry.path))
                        elif PACKED.search(name):
                            found.packed.append(Path(entry.path))
            except OSError:
                found.unread.append(folder)
                continue
            if here:
                found.folders.append(folder)
            pictures += here
        level = sorted(below, key=lambda p: (not p.name.lower().startswith(USUAL), p.name))
    # The usual name first: where a picture's name occurs twice, it is not somebody's thumbnail that counts.
    found.folders.sort(key=lambda p: USUAL not in str(p.relative_to(place)).lower())
    found.zips.sort(key=lambda p: (USUAL not in p.name.lower(), p.name))
    return found._replace(pictures=pictures)


def folder_entries(folder: Path) -> Iterable[Path]:
    """What is in a folder; nothing, if it may not be read or is none."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def is_picture(name: str) -> bool:
    """Whether a file is a picture by its name; macOS's ._ files are not."""
    return name.lower().endswith(PICTURE_ENDINGS) and not name.startswith(".")


def is_table(name: str, kinds: tuple[str, ...] = (*ATTRIBUTE_FILES, *PARTITION_FILES)) -> bool:
    """Whether a file is one of these tables by its name, as a browser or a system may have changed it: " (1)", .TXT."""
    lower = name.lower()
    wanted = {Path(kind).stem for kind in kinds}
    return lower in wanted or (lower.endswith(TABLE_ENDINGS) and any(kind in lower for kind in wanted))


def likeness(path: Path, kinds: tuple[str, ...]) -> tuple[int, str]:
    """How like the official name a table's is; the least comes first."""
    return (kinds.index(path.name) if path.name in kinds else len(kinds)), path.name
