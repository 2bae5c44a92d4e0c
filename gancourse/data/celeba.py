"""CelebA: photographs of celebrities' faces with forty labels each (Liu et al., "Deep Learning Face
Attributes in the Wild", ICCV 2015). 202,599 pictures, aligned, 178 × 218; for non-commercial
research only, so none of them comes with the course: `gancourse data get celeba` fetches them.

What the labels are: what "a professional labeling company" saw in a picture, yes or no; its rules
were not published. They are noisy. Wu et al. ("Consistency and Accuracy of CelebA Attribute Values",
CVPR Workshops 2023) had two people label afresh, who agreed in 95 % of the pictures on only 12 of
the 40 attributes, and at about the level of chance on High_Cheekbones, Pointy_Nose and Oval_Face;
of the pictures with Mouth_Slightly_Open they estimate one in five to be labeled wrongly. Labels say
nothing about who somebody is: "Male" and "Young" are impressions of a photograph, not a person's
gender or age. The people are celebrities found on the web, and public sets of faces are mostly of
light-skinned people (Kärkkäinen and Joo, "FairFace", WACV 2021): what a generator learns here is no
average of mankind. Labels that judge a body (`JUDGMENTAL`) are left out unless asked for by name.

How files are found is in `gancourse.data.celeba_files`, downloading in `gancourse.data.celeba_download`.
"""

from __future__ import annotations

import os
import warnings
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch

from gancourse.data import Status, cache, celeba_files, size_of
from gancourse.data.celeba_files import Copy, Table
from gancourse.data.decode import decoded_blocks
from gancourse.data.images import Images
from gancourse.errors import CourseError

SPLITS = ("train", "valid", "test", "all")
SIZES = (8, 64, 178)
ATTRIBUTES = None  # the files' header says which there are
JUDGMENTAL = ("Attractive", "Big_Lips", "Big_Nose", "Chubby", "Double_Chin")
DESCRIPTION = (
    "CelebA: photographs of celebrities' faces, aligned; the middle 178 × 178 pixels, scaled. "
    "Labels are annotators' impressions of a picture, not facts about a person."
)
LICENSE = (
    "CelebA (MMLAB, The Chinese University of Hong Kong) is for non-commercial research only; its pictures "
    "must not be redistributed. Terms: https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html"
)


def load(size: int, split: str, attributes: Sequence[str] | None, n: int | None) -> Images:
    """The data set as `gancourse.data.load` gives it; decoded the first time, mapped from the cache later."""
    copy = celeba_files.find_copy()
    pixels, columns = cache.cached(f"celeba-{size}", [copy.fingerprint(), size], lambda: blueprint(copy, size))
    part = columns.pop("partition")
    images = Images(pixels, columns, "celeba", split, DESCRIPTION, LICENSE)
    if attributes and not columns:
        raise CourseError(
            f"There are no labels with {copy.pictures}: put {celeba_files.ATTRIBUTE_FILES[0]} beside it "
            "(`gancourse data get celeba` fetches it), or load without attributes."
        )
    if attributes is not None:
        images = images.select(attributes)
    else:
        images = images.select([name for name in columns if name not in JUDGMENTAL])
    which = torch.arange(len(part)) if split == "all" else (part == SPLITS.index(split)).nonzero().flatten()
    if not len(which):
        there = ", ".join(s for i, s in enumerate(SPLITS[:3]) if (part == i).any()) or "none that is known"
        raise CourseError(
            f"No picture in {copy.pictures} is of the split {split!r} (there: {there}); all: split='all'."
        )
    which = which[:n]
    first, last = int(which[0]), int(which[-1])
    # The official splits are runs of file numbers, so a slice of the map will do and nothing is copied.
    return images.subset(slice(first, last + 1) if last - first + 1 == len(which) else which)


def blueprint(copy: Copy, size: int) -> cache.Blueprint:
    """How the cache's entry is built from a copy."""
    names, read, tables = contents(copy)
    stems = [celeba_files.stem(name) for name in names]
    attributes, partition = tables
    columns: dict[str, np.ndarray] = {}
    if attributes is not None:
        names, stems = matched(names, stems, attributes, copy)
        rows = attributes.values[[attributes.rows[s] for s in stems]]
        columns = {name: rows[:, i] > 0 for i, name in enumerate(attributes.columns)}
    columns["partition"] = celeba_files.partition_of(stems, partition)
    blocks = decoded_blocks(names, read, size, f"Decoding CelebA at {size} × {size}")
    return cache.Blueprint((len(names), 3, size, size), columns, blocks)


def contents(copy: Copy) -> tuple[list[str], Callable[[str], bytes], tuple[Table | None, Table | None]]:
    """The pictures' names in order, how to read one, and the two tables, from files or from within the zip."""
    paths: dict[tuple[str, ...], Path | None] = {
        celeba_files.ATTRIBUTE_FILES: copy.attributes,
        celeba_files.PARTITION_FILES: copy.partition,
    }
    inside: dict[tuple[str, ...], str | None] = dict.fromkeys(paths)
    archive: zipfile.ZipFile | None = None
    if copy.pictures.is_dir():
        names = [e.name for e in os.scandir(copy.pictures) if celeba_files.is_picture(e.name)]

        def read(name: str) -> bytes:
            return (copy.pictures / name).read_bytes()
    else:
        archive = celeba_files.open_zip(copy.pictures)
        listed = [m for m in archive.namelist() if "__MACOSX" not in m]
        names = [m for m in listed if celeba_files.is_picture(m.rsplit("/", 1)[-1])]
        for kinds in inside:
            inside[kinds] = next((m for m in listed if m.rsplit("/", 1)[-1] in kinds), None)
        read = archive.read
    if not names:
        raise CourseError(f"There are no pictures in {copy.pictures}.")

    def table(kinds: tuple[str, ...], header: bool) -> Table | None:
        path, member = paths[kinds], inside[kinds]
        source = str(path) if path is not None else f"{member} in {copy.pictures}"
        try:
            if path is not None:
                return celeba_files.read_table(path.read_bytes(), source, header)
            if archive is not None and member is not None:
                return celeba_files.read_table(archive.read(member), source, header)
        except (OSError, zipfile.BadZipFile, zlib.error) as error:
            raise CourseError(f"{source} cannot be read ({getattr(error, 'strerror', None) or error}).") from error
        return None

    tables = table(celeba_files.ATTRIBUTE_FILES, True), table(celeba_files.PARTITION_FILES, False)
    # By the name without folders, once each: a copy nested twice may hold them twice.
    once = {celeba_files.stem(name): name for name in sorted(names, reverse=True)}
    return [once[s] for s in sorted(once)], read, tables


def matched(names: list[str], stems: list[str], table: Table, copy: Copy) -> tuple[list[str], list[str]]:
    """The pictures that have a row. What has no partner is named, for it may be a mistake or a subset."""
    kept = [(name, s) for name, s in zip(names, stems, strict=True) if s in table.rows]
    if not kept:
        raise CourseError(
            f"No row of {table.source} belongs to a picture in {copy.pictures}: the rows begin with "
            f"{next(iter(table.rows))!r}, the pictures with {stems[0]!r}. They are of different data sets."
        )
    without_row, without_picture = len(names) - len(kept), len(table.rows) - len({s for _, s in kept})
    if without_row:
        some = next(s for s in stems if s not in table.rows)
        warnings.warn(
            f"{without_row:,} of {len(names):,} pictures in {copy.pictures} have no row in {table.source} "
            f"and are left out, {some} first. Is that file cut short?",
            stacklevel=2,
        )
    if without_picture:
        there = {s for _, s in kept}
        some = next(s for s in table.rows if s not in there)
        warnings.warn(
            f"{without_picture:,} of {len(table.rows):,} rows of {table.source} have no picture in {copy.pictures}, "
            f"{some} first. The {len(kept):,} that have one are used; if this is not meant to be a subset, "
            "unpack the pictures again.",
            stacklevel=2,
        )
    return [name for name, _ in kept], [s for _, s in kept]


def status() -> Status:
    """Where the data set stands on this machine."""
    how = "gancourse data get celeba"
    try:
        copy = celeba_files.find_copy()
    except CourseError:
        return Status(False, "", "202,599 photographs, 40 labels", 0, how)
    about = "pictures" + (" and labels" if copy.attributes else "")
    if copy.pictures.is_file():
        return Status(True, str(copy.pictures), f"{about}, zipped", size_of([copy.pictures]), "")
    with os.scandir(copy.pictures) as entries:
        sizes = [e.stat().st_size for e in entries if celeba_files.is_picture(e.name)]
    return Status(True, str(copy.pictures), f"{len(sizes):,} {about}", sum(sizes), "")
