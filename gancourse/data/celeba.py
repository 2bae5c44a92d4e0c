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

How files are found is in `gancourse.data.celeba_files`, what is in them in `gancourse.data.celeba_pictures`, how tables
are read in `gancourse.data.celeba_tables`, downloading in `gancourse.data.celeba_download`.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Sequence

import numpy as np
import torch

from gancourse.data import Status, cache, celeba_files, celeba_pictures, size_of
from gancourse.data.celeba_files import Copy
from gancourse.data.celeba_pictures import how_many
from gancourse.data.celeba_tables import Table
from gancourse.data.decode import decoded_blocks
from gancourse.data.images import Images
from gancourse.errors import CourseError

CELEBA_ENTRY = 2  # to be raised when the columns of a cache's entry change
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
    """The data set as `gancourse.data.load` gives it; decoded the first time, mapped from the cache later.

    Warns:
        UserWarning: of everything that was found and is not used, each time.
    """
    copy = celeba_files.find_copy()
    pixels, columns = cache.cached(
        f"celeba-{size}", [CELEBA_ENTRY, copy.fingerprint(), size], lambda: blueprint(copy, size)
    )
    part = columns.pop("partition")
    for sentence in json.loads(bytes(columns.pop("said").tolist())):
        warnings.warn(sentence, stacklevel=3)
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
    inside = celeba_pictures.contents(copy)
    names, said = inside.names, [*inside.said]
    columns: dict[str, np.ndarray] = {}
    if inside.attributes is not None:
        names = matched(names, inside.attributes, inside.where, said)
        rows = inside.attributes.values[[inside.attributes.rows[celeba_files.stem(name)] for name in names]]
        columns = {name: rows[:, i] > 0 for i, name in enumerate(inside.attributes.columns)}
    stems = [celeba_files.stem(name) for name in names]
    partition = celeba_files.partition_of(stems, inside.partition)
    if inside.splits is not None and inside.partition is None:
        partition = np.array([inside.splits[name] for name in names], dtype=np.int8)
    elif (unknown := int((partition < 0).sum())) and unknown < len(names):
        some = names[int((partition < 0).argmax())]
        said.append(
            f"{how_many(unknown, 'picture')} of {len(names):,} belong to no split that is known, {some} first: "
            "only split='all' has them."
        )
    columns["partition"] = partition
    columns["said"] = np.frombuffer(json.dumps(said).encode(), np.uint8)
    blocks = decoded_blocks(names, inside.read, size, f"Decoding CelebA at {size} × {size}")
    return cache.Blueprint((len(names), 3, size, size), columns, blocks)


def matched(names: list[str], table: Table, where: str, said: list[str]) -> list[str]:
    """The pictures that have a row. What has no partner is named; why is said only where the files tell."""
    stems = [celeba_files.stem(name) for name in names]
    kept = [name for name, s in zip(names, stems, strict=True) if s in table.rows]
    if not kept:
        raise CourseError(
            f"No row of {table.source} belongs to a picture in {where}: the rows begin with "
            f"{next(iter(table.rows))!r}, the pictures with {stems[0]!r}. They are of different data sets."
        )
    without_row, without_picture = len(names) - len(kept), len(table.rows) - len(kept)
    if without_row:
        some = next(name for name, s in zip(names, stems, strict=True) if s not in table.rows)
        short = table.promised is not None and table.promised > len(table.rows)
        why = f" It was cut short: its first line speaks of {table.promised:,} rows, and {len(table.rows):,} are there."
        said.append(
            f"{without_row:,} of {len(names):,} pictures in {where} have no row in {table.source} "
            f"and are left out, {some} first.{why if short else ''}"
        )
    if without_picture:
        there = set(stems)
        some = next(s for s in table.rows if s not in there)
        said.append(
            f"{without_picture:,} of {len(table.rows):,} rows of {table.source} have no picture in {where}, "
            f"{some} first. The {len(kept):,} that have one are used."
        )
    return kept


def status() -> Status:
    """Where the data set stands on this machine."""
    how = "gancourse data get celeba"
    try:
        copy = celeba_files.find_copy()
    except CourseError:
        return Status(False, "", "202,599 photographs, 40 labels", 0, how)
    about = "pictures" + (" and labels" if copy.attributes else "")
    zips = [source for source in copy.sources if source.is_file()]
    folders = [source for source in copy.sources if source.is_dir()]
    sizes = []
    for folder in folders:
        with os.scandir(folder) as entries:
            sizes += [e.stat().st_size for e in entries if celeba_files.is_picture(e.name)]
    parts = [f"{len(sizes):,} {about}"] if folders else [f"{about}, zipped"]
    parts += [f"in {len(folders):,} folders"] if len(folders) > 1 else []
    parts += [f"and {how_many(len(zips), 'zip')} beside them"] if folders and zips else []
    parts += [f"in {len(zips)} zips"] if not folders and len(zips) > 1 else []
    where = celeba_pictures.common_folder([str(source) for source in copy.sources])
    return Status(True, where, " ".join(parts), sum(sizes) + size_of(zips), "")
