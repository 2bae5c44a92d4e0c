"""What is in a copy of CelebA: every picture once, where it is read from, the tables, and what was left out.

Pictures that lie in several folders or zips are joined by name. Nothing is left out in silence: `Contents.said` has
a sentence for all that was found and is not used.
"""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import weakref
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, NamedTuple

from gancourse.data import cache
from gancourse.data.celeba_files import ATTRIBUTE_FILES, PARTITION_FILES, Copy, is_picture, is_table
from gancourse.data.celeba_tables import (
    SPLIT_WORDS,
    Refused,
    Table,
    is_official,
    page_in_place_of,
    read_table,
    stem,
)
from gancourse.data.decode import is_web_page
from gancourse.errors import CourseError

DECODABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
HELD_IN_MEMORY = (
    64 << 20
)  # a zip in a zip that is not larger is held in memory, else in a file that vanishes when it is closed


class Picture(NamedTuple):
    """A picture: its name within its source, its size in bytes, and how it is read."""

    name: str
    size: Callable[[], int]
    read: Callable[[], bytes]


class Pile(NamedTuple):
    """A folder or a zip with pictures, tables or both; `path` is what messages call it."""

    path: str
    pictures: list[Picture]
    tables: list[Picture]


class Contents(NamedTuple):
    """Pictures in order, by their names in `where`, how to read one, the tables, and what is to be said.

    `splits` has 0, 1 or 2 for each name if all pictures lie in folders called train, valid and test.
    """

    names: list[str]
    read: Callable[[str], bytes]
    attributes: Table | None
    partition: Table | None
    splits: dict[str, int] | None
    where: str
    said: list[str]


def contents(copy: Copy) -> Contents:
    """Look into all sources of a copy.

    Raises:
        CourseError: if there are no pictures, or what holds the only ones cannot be read.
    """
    said = [f"{folder} may not be read and is left out." for folder in copy.unread]
    sources = list(opened(copy, said))
    attributes = table_found(copy.attributes, sources, ATTRIBUTE_FILES, True, said)
    partition = table_found(copy.partition, sources, PARTITION_FILES, False, said)
    used = sources_used(sources, attributes, said)
    if not any(source.pictures for source in used):
        raise CourseError(f"There are no pictures in {copy.pictures}.")
    chosen = once_each(used, said)
    where = common_folder([source.path for source in used])
    names = {s: name_in(source.path, where, picture.name) for s, (source, picture) in chosen.items()}
    reads = {names[s]: picture.read for s, (_, picture) in chosen.items()}
    order = [names[s] for s in sorted(chosen)]
    return Contents(order, lambda name: reads[name](), attributes, partition, splits_of(order), where, said)


def opened(copy: Copy, said: list[str]) -> Iterator[Pile]:
    """The folders and zips of a copy, and the zips within. A broken zip stops only where no folder has pictures."""
    folders = [path for path in copy.sources if path.is_dir()]
    for folder in folders:
        with os.scandir(folder) as entries:
            found = [Path(e.path) for e in entries if is_picture(e.name)]
        yield Pile(str(folder), [Picture(p.name, lambda p=p: p.stat().st_size, p.read_bytes) for p in found], [])
    for path in copy.sources:
        if path in folders:
            continue
        try:
            inside = list(within(open_zip(path), str(path)))
        except CourseError as error:
            if not folders:
                raise
            said.append(f"{error} Until then it is left out.")
            continue
        if not any(source.pictures or source.tables for source in inside) and len(copy.sources) > 1:
            said.append(f"{path} holds neither pictures nor tables of CelebA and is left out.")
        yield from inside


def within(archive: zipfile.ZipFile, path: str, depth: int = 3) -> Iterator[Pile]:
    """What a zip holds, and the zips in it."""
    members = [(m.filename.replace("\\", "/"), m) for m in archive.infolist()]  # some Windows programs write those
    members = [(name, m) for name, m in members if "__MACOSX" not in name and not name.endswith("/")]

    def those(wanted: Callable[[str], bool]) -> list[Picture]:
        return [
            Picture(name, lambda m=m: m.file_size, lambda m=m: archive.read(m))
            for name, m in members
            if wanted(name.rsplit("/", 1)[-1])
        ]

    source = Pile(path, those(is_picture), those(is_table))
    needed = {picture.name for picture in (*source.pictures, *source.tables)}
    for name, m in members:
        if name in needed:
            must_be_readable(m, path)
    yield source
    for name, m in members:
        if name.lower().endswith(".zip") and depth:
            must_be_readable(m, path)
            inner = f"{path}/{name}"
            with archive.open(m) as packed:
                file = unpacked_file(packed, m.file_size)
            deeper = open_zip(file, inner)
            weakref.finalize(deeper, file.close)
            yield from within(deeper, inner, depth - 1)


def must_be_readable(member: zipfile.ZipInfo, path: str) -> None:
    """Raise a CourseError if this member can never be read, whatever is fetched again."""
    if member.flag_bits & 1:
        raise CourseError(f"{path} is locked by a password ({member.filename}). Unpack it, and use the folder.")
    if member.compress_type not in DECODABLE:
        raise CourseError(
            f"{path} is packed by a method that Python does not read ({member.compress_type}, for {member.filename}; "
            "9 is Windows's Deflate64). Unpack it, and use the folder."
        )


def unpacked_file(packed: IO[bytes], size: int) -> IO[bytes]:
    """A zip in a zip as a file: pictures are read from all over it, and a packed file can only be read in order."""
    if size <= HELD_IN_MEMORY:
        return io.BytesIO(packed.read())
    folder = cache.root() / "decoded"
    folder.mkdir(parents=True, exist_ok=True)
    file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - it is read from as long as its pictures are
    shutil.copyfileobj(packed, file, 1 << 20)
    file.seek(0)
    return file


def open_zip(file: Path | IO[bytes], path: str | None = None) -> zipfile.ZipFile:
    """A zip, or a CourseError that says what the file is instead."""
    name = path or str(file)
    try:
        return zipfile.ZipFile(file)
    except zipfile.BadZipFile as error:
        if isinstance(file, Path):
            with open(file, "rb") as raw:
                start, size = raw.read(1024), file.stat().st_size
        else:
            file.seek(0)
            start, size = file.read(1024), 1
        if is_web_page(start):
            raise CourseError(page_in_place_of(name)) from error
        if start[:2] == b"PK":
            told = "is not a complete zip, as after an interrupted download or copy"
        else:
            told = "is empty" if not size else "is no zip, whatever its name says"
        raise CourseError(f"{name} {told}. Delete it and fetch it again (`gancourse data get celeba`).") from error
    except OSError as error:
        raise CourseError(f"{name} cannot be read ({error.strerror or error}).") from error


def table_found(
    paths: tuple[Path, ...], sources: list[Pile], kinds: tuple[str, ...], header: bool, said: list[str]
) -> Table | None:
    """The first table of a kind that can be read; those beside it are named. Raises what was wrong with the first."""
    asked = [(str(p), p.read_bytes) for p in paths]
    asked += [
        (f"{t.name} in {s.path}", t.read) for s in sources for t in s.tables if is_table(t.name.rsplit("/")[-1], kinds)
    ]
    used, bytes_used, first, refusals = None, b"", None, []
    for source, read in asked:
        try:
            data = read()
            if used is not None:
                if data != bytes_used:
                    said.append(f"{source} is not used, but {used.source}.")
                continue
            used, bytes_used = read_table(data, source, header), data
        except Refused as error:
            first = first or error
            refusals.append(f"{error}")
        except (OSError, zipfile.BadZipFile, zlib.error) as error:
            told = f"{source} cannot be read ({getattr(error, 'strerror', None) or error})."
            first = first or CourseError(told)
            refusals.append(told)
    if used is None and first is not None:
        raise first
    said += [f"{refusal} {used.source} is used instead." for refusal in refusals if used is not None]
    return used


def sources_used(sources: list[Pile], attributes: Table | None, said: list[str]) -> list[Pile]:
    """Without a table that tells which pictures belong here: those where some are called as CelebA's are."""
    official = [any(is_official(stem(p.name)) for p in source.pictures) for source in sources]
    if attributes is not None or not any(official):
        return [source for source in sources if source.pictures]
    for source, ours in zip(sources, official, strict=True):
        if source.pictures and not ours:
            said.append(
                f"{how_many(len(source.pictures), 'picture')} in {source.path} ({source.pictures[0].name}, …) "
                "are left out: none is called as CelebA's are, by six digits."
            )
    return [source for source, ours in zip(sources, official, strict=True) if ours]


def once_each(sources: list[Pile], said: list[str]) -> dict[str, tuple[Pile, Picture]]:
    """By their names without folders: the first of each, for a copy that is nested twice may hold them twice.

    Others of the same name that are not as large are other pictures, and are named.
    """
    chosen: dict[str, tuple[Pile, Picture]] = {}
    for source in sources:
        others: list[Picture] = []
        for picture in sorted(source.pictures, reverse=True, key=lambda p: p.name):
            s = stem(picture.name)
            if s not in chosen:
                chosen[s] = source, picture
            elif chosen[s][1].size() != picture.size():
                others.append(picture)
        if others:
            first = others[-1]
            kept, place = chosen[stem(first.name)][1], chosen[stem(first.name)][0].path
            said.append(
                f"{how_many(len(others), 'picture')} in {source.path} are left out, because others of the same name "
                f"are used: {kept.name} in {place}, and not {first.name} here, the first of them."
            )
    return chosen


def how_many(n: int, thing: str) -> str:
    return f"{n:,} {thing}{'' if n == 1 else 's'}"


def common_folder(paths: list[str]) -> str:
    """The folder in which all of these are; the only one itself."""
    return os.path.commonpath(paths) if len(paths) > 1 else paths[0]


def name_in(path: str, shared: str, name: str) -> str:
    inner = os.path.relpath(path, shared).replace(os.sep, "/")
    return name if inner == "." else f"{inner}/{name}"


def splits_of(names: list[str]) -> dict[str, int] | None:
    """The split of each picture, if every one lies in a folder that is called like one, and they are not all of one."""
    found = {}
    for name in names:
        told = [SPLIT_WORDS[part.lower()] for part in name.split("/")[:-1] if part.lower() in SPLIT_WORDS]
        if not told:
            return None
        found[name] = told[-1]
    return found if len(set(found.values())) > 1 else None
