"""CelebA as people have it: every picture and every label is taken, or what is not is said, and why only if known."""

from __future__ import annotations

import io
import os
import random
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from PIL import Image

from gancourse import data
from gancourse.data import celeba, celeba_pictures, celeba_tables
from gancourse.errors import CourseError

NAMES = [f"{i:06d}.jpg" for i in range(1, 7)]
SMILING = [False, True, False, True, False, True]
REAL = Path(os.environ.get("GANCOURSE_TEST_CELEBA", Path(__file__).resolve().parents[3] / "shared" / "data" / "celeba"))


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    folder = tmp_path / "celeba"
    folder.mkdir()
    monkeypatch.setenv("GANCOURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("GANCOURSE_CELEBA", str(folder))
    return folder


def jpeg(shade: int, size: int = 218) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (178, size), (shade,) * 3).save(buffer, "jpeg")
    return buffer.getvalue()


def shown(name: str) -> bytes:
    """The picture of this number has its number's shade."""
    return jpeg(40 * (int(name[:6]) - 1))


def put(folder: Path, *names: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(shown(name))


def packed(path: Path | io.BytesIO, *members: tuple[str, bytes], method: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name)
            info.filename = name  # with its backslashes, as a program on Windows writes it
            info.compress_type = method
            archive.writestr(info, content)


def pictures(*names: str, inside: str = "img_align_celeba/") -> list[tuple[str, bytes]]:
    return [(f"{inside}{name}", shown(name)) for name in names]


def official(names: list[str] | None = None) -> str:
    rows = [f"{name} {1 if int(name[:6]) % 2 == 0 else -1} -1" for name in names or NAMES]
    return "\n".join([str(len(rows)), "Smiling Eyeglasses ", *rows, ""])


def loaded(attributes: list[str] | None = None) -> tuple[data.Images, list[str]]:  # type: ignore[name-defined]
    """The whole set, and all that was said of it; a second load, from the cache, says the same."""
    said = []
    for _ in range(2):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            images = data.load("celeba", size=16, split="all", attributes=attributes)
        said.append([str(w.message) for w in caught])
    assert said[0] == said[1]
    return images, said[0]


def whole(*says: str) -> None:
    """All six pictures are there, in order, with their labels; what is said is exactly this."""
    images, said = loaded(["Smiling", "Eyeglasses"])
    assert images.attributes["Smiling"].tolist() == SMILING
    assert images.attributes["Eyeglasses"].tolist() == [False] * 6
    shades = images.pixels.float().mean((1, 2, 3))
    assert torch.allclose(shades, torch.arange(6) * 40.0, atol=3)
    assert len(said) == len(says), said
    for sentence, words in zip(said, says, strict=True):
        assert words in sentence


# Layouts.


def zip_in_zip(here: Path) -> None:
    inner = io.BytesIO()
    packed(inner, *pictures(*NAMES))
    packed(
        here / "celeba.zip",
        ("celeba/img_align_celeba.zip", inner.getvalue()),
        ("celeba/list_attr_celeba.txt", official().encode()),
    )


def zip_in_a_packed_zip_with_its_table_beside(here: Path) -> None:
    inner = io.BytesIO()
    packed(inner, *pictures(*NAMES), method=zipfile.ZIP_DEFLATED)
    packed(here / "CelebA.zip", ("Img/img_align_celeba.zip", inner.getvalue()), method=zipfile.ZIP_DEFLATED)
    (here / "list_attr_celeba.txt").write_text(official())


def zip_made_on_windows(here: Path) -> None:
    table = ("celeba\\Anno\\list_attr_celeba.txt", official().encode())
    packed(here / "celeba.zip", *pictures(*NAMES, inside="celeba\\img_align_celeba\\"), table)


def parts_of_google_drive(here: Path) -> None:
    packed(here / "img_align_celeba-001.zip", *pictures(*NAMES[:3]))
    packed(here / "img_align_celeba-002.zip", *pictures(*NAMES[3:]))
    (here / "list_attr_celeba.txt").write_text(official())


def parts_named_by_their_day(here: Path) -> None:
    packed(here / "CelebA-20240101T000000Z-001.zip", *pictures(*NAMES[:3], inside="CelebA/Img/img_align_celeba/"))
    packed(here / "CelebA-20240101T000000Z-002.zip", *pictures(*NAMES[3:], inside="CelebA/Img/img_align_celeba/"))
    packed(here / "Anno-20240101T000000Z-001.zip", ("Anno/list_attr_celeba.txt", official().encode()))


def parts_unpacked(here: Path) -> None:
    put(here / "img_align_celeba-001" / "img_align_celeba", *NAMES[:3])
    put(here / "img_align_celeba-002" / "img_align_celeba", *NAMES[3:])
    (here / "list_attr_celeba.txt").write_text(official())


def one_part_unpacked(here: Path) -> None:
    parts_of_google_drive(here)
    put(here / "img_align_celeba", *NAMES[:3])


def a_second_download(here: Path) -> None:
    packed(here / "img_align_celeba (1).zip", *pictures(*NAMES))
    (here / "list_attr_celeba (1).txt").write_text(official())


def split_folders(here: Path) -> None:
    put(here / "train", *NAMES[:4])
    put(here / "val", NAMES[4])
    put(here / "test", NAMES[5])
    (here / "list_attr_celeba.txt").write_text(official())


def class_folders(here: Path) -> None:
    for i, name in enumerate(NAMES):
        put(here / "img_align_celeba" / str(i % 3), name)
    (here / "list_attr_celeba.txt").write_text(official())


def split_and_class_folders_beside_loose_pictures(here: Path) -> None:
    put(here, NAMES[0], NAMES[1])
    put(here / "train" / "0", *NAMES[2:4])
    put(here / "train" / "1", *NAMES[4:])
    (here / "list_attr_celeba.txt").write_text(official())


def upper_case(here: Path) -> None:
    folder = here / "IMG_ALIGN_CELEBA"
    put(folder, *NAMES)
    for name in NAMES:
        (folder / name).rename(folder / name.upper())
    (here / "LIST_ATTR_CELEBA.TXT").write_text(official())


def an_ending_twice(here: Path) -> None:
    put(here, *NAMES)
    (here / "list_attr_celeba.txt.txt").write_text(official())


def a_link_that_leads_back(here: Path) -> None:
    put(here / "img_align_celeba", *NAMES)
    (here / "img_align_celeba" / "again").symlink_to(here)
    (here / "list_attr_celeba.txt").write_text(official())


LAYOUTS = [
    zip_in_zip,
    zip_in_a_packed_zip_with_its_table_beside,
    zip_made_on_windows,
    parts_of_google_drive,
    parts_named_by_their_day,
    parts_unpacked,
    one_part_unpacked,
    a_second_download,
    split_folders,
    class_folders,
    split_and_class_folders_beside_loose_pictures,
    upper_case,
    an_ending_twice,
    a_link_that_leads_back,
]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_all_of_it_is_used_and_nothing_is_said(here: Path, layout: Callable[[Path], None]) -> None:
    layout(here)
    whole()


def test_a_part_that_is_named_brings_the_others(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts_of_google_drive(here)
    monkeypatch.setenv("GANCOURSE_CELEBA", str(here / "img_align_celeba-002.zip"))
    whole()


def test_a_large_zip_in_a_zip_is_unpacked_to_a_file_that_vanishes(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(celeba_pictures, "HELD_IN_MEMORY", 100)
    zip_in_a_packed_zip_with_its_table_beside(here)
    whole()
    assert len([p for p in (here.parent / "cache" / "decoded").iterdir() if p.suffix != ".lock"]) == 1


def test_split_folders_are_the_splits_unless_a_table_says_otherwise(here: Path) -> None:
    split_folders(here)
    assert [len(data.load("celeba", size=16, split=s)) for s in celeba.SPLITS] == [4, 1, 1, 6]
    (here / "list_eval_partition.txt").write_text("".join(f"{name} {i % 3}\n" for i, name in enumerate(NAMES)))
    assert [len(data.load("celeba", size=16, split=s)) for s in celeba.SPLITS] == [2, 2, 2, 6]


# What is left out is said.


def test_other_pictures_of_the_same_name_are_named(here: Path) -> None:
    put(here / "img_align_celeba", *NAMES)
    (here / "a_folder_of_thumbnails").mkdir()
    (here / "a_folder_of_thumbnails" / NAMES[2]).write_bytes(jpeg(99, 20))
    (here / "list_attr_celeba.txt").write_text(official())
    whole("1 picture in")


def test_pictures_without_a_row_are_named_without_a_guess(here: Path) -> None:
    put(here / "img_align_celeba", *NAMES)
    put(here / "samples", "000099.jpg")
    (here / "list_attr_celeba.txt").write_text(official())
    whole("1 of 7 pictures")
    _, said = loaded()
    assert "samples/000099.jpg first" in said[0] and "cut short" not in said[0]


def test_without_a_table_only_pictures_that_are_called_like_celebas_count(here: Path) -> None:
    put(here / "img_align_celeba", *NAMES)
    (here / "samples").mkdir()
    (here / "samples" / "epoch_1.png").write_bytes(jpeg(9))
    images, said = loaded()
    assert len(images) == 6
    assert len(said) == 1 and "epoch_1.png" in said[0] and "left out" in said[0]


def test_a_broken_zip_beside_unpacked_pictures_is_named_and_alone_is_refused(here: Path) -> None:
    parts_of_google_drive(here)
    path = here / "img_align_celeba-002.zip"
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(CourseError, match=r"-002\.zip is not a complete zip"):
        loaded()
    put(here / "img_align_celeba", *NAMES)
    whole("img_align_celeba-002.zip is not a complete zip")


def test_a_zip_of_something_else_is_named(here: Path) -> None:
    class_folders(here)
    packed(here / "homework.zip", ("essay.txt", b"hello"))
    whole("homework.zip holds neither pictures nor tables of CelebA")


def test_a_folder_that_may_not_be_read_is_named(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class_folders(here)  # as root everything may be read, so this is played
    real = os.scandir

    def scandir(path: object) -> object:
        if str(path).endswith("img_align_celeba/1"):
            raise PermissionError(13, "Permission denied")
        return real(path)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "scandir", scandir)
    images, said = loaded()
    assert len(images) == 4
    assert "img_align_celeba/1 may not be read and is left out" in said[0]
    assert "2 of 6 rows" in said[1]


def test_archives_that_cannot_be_read_are_named_with_what_to_do(here: Path) -> None:
    (here / "img_align_celeba_png.7z.001").write_bytes(b"7z")
    with pytest.raises(CourseError, match=r"img_align_celeba_png\.7z\.001 is there.*unpack it"):
        loaded()
    packed(here / "celeba.zip", *pictures(*NAMES))
    content = bytearray((here / "celeba.zip").read_bytes())
    for i in range(len(content) - 4):
        if content[i : i + 4] == b"PK\x01\x02":
            content[i + 10] = 9  # the method in the list of contents: Deflate64
    (here / "celeba.zip").write_bytes(content)
    with pytest.raises(CourseError, match=r"does not read.*Unpack it"):
        loaded()
    (here / "celeba.zip").write_bytes(b"Rar!\x1a\x07")
    with pytest.raises(CourseError, match=r"celeba\.zip is no zip, whatever its name says"):
        loaded()


# Tables.


def table_by(
    header: bool = True, mark: str = ",", yes: str = "1", no: str = "-1", index: str | None = None, quote: str = ""
) -> str:
    lines = []
    if header:
        cells = ["image_id", "Smiling", "Eyeglasses"]
        lines.append(mark.join(f"{quote}{c}{quote}" for c in ([index] if index is not None else []) + cells))
    for i, name in enumerate(NAMES):
        cells = [f"{quote}{name}{quote}", yes if i % 2 else no, no]
        lines.append(mark.join(([str(i)] if index is not None else []) + cells))
    return "\n".join([*lines, ""])


TABLES = {
    "pandas": table_by(),
    "index": table_by(index=""),
    "index twice": table_by(index="Unnamed: 0"),
    "index quoted": table_by(index="", quote='"'),
    "names as the index": table_by().replace("image_id", ""),
    "quoted": table_by(quote='"'),
    "quoted in single marks": table_by(quote="'"),
    "semicolons": table_by(mark=";"),
    "semicolons, decimal commas": table_by(mark=";", yes="1,0", no="-1,0"),
    "a spreadsheet's": "sep=;\r\n" + table_by(mark=";").replace("\n", "\r\n"),
    "comma and blank": table_by(mark=", "),
    "tabs": table_by(mark="\t"),
    "blanks and index": table_by(mark=" ", index="row"),
    "true": table_by(yes="True", no="False"),
    "TRUE": table_by(yes="TRUE", no="FALSE", mark=";"),
    "floats": table_by(yes="1.0", no="-1.0", index=""),
    "zeros": table_by(no="0"),
    "R": table_by(mark=" ", quote='"').replace('"0000', '"9" "0000'),
    "without endings": table_by().replace(".jpg", ""),
    "zeros lost": "\n".join(line.lstrip("0") for line in table_by().replace(".jpg", "").splitlines()),
    "other endings": table_by().replace(".jpg", ".JPEG"),
    "with folders": table_by().replace("0000", "img_align_celeba/0000"),
    "with Windows's folders": table_by().replace("0000", "img\\0000"),
    "old Mac": table_by().replace("\n", "\r"),
}


def write_table(here: Path, text: str | bytes, name: str = "list_attr_celeba.csv") -> None:
    if not (here / "img_align_celeba").exists():
        put(here / "img_align_celeba", *NAMES)
    (here / name).write_bytes(text if isinstance(text, bytes) else text.encode())


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_of_any_make_is_read(here: Path, kind: str) -> None:
    text = TABLES[kind].replace("row image_id", "index image_id")
    write_table(here, text)
    whole()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_table_in_windows_encodings_is_read(here: Path, encoding: str) -> None:
    write_table(here, TABLES["semicolons"].encode(encoding))
    whole()


@pytest.mark.parametrize("index", [False, True])
def test_a_table_without_a_header_has_the_official_columns(here: Path, index: bool) -> None:
    smiling = celeba_tables.OFFICIAL_LABELS.index("Smiling")
    rows = []
    for i, name in enumerate(NAMES):
        values = ["-1"] * 40
        values[smiling] = "1" if i % 2 else "-1"
        rows.append(",".join([*([str(i)] if index else []), name, *values]))
    write_table(here, "\n".join(rows))
    whole()


def test_the_official_columns_are_the_files() -> None:
    assert len(set(celeba_tables.OFFICIAL_LABELS)) == 40
    if (REAL / "list_attr_celeba.txt").is_file():
        with open(REAL / "list_attr_celeba.txt", encoding="utf-8") as file:
            assert file.readlines()[1].split() == celeba_tables.OFFICIAL_LABELS


REFUSED = {
    "no header": (table_by(header=False), "does not name its 2 columns"),
    "missing value": (
        table_by().replace("000003.jpg,-1,", "000003.jpg,,"),
        "line 4, of 000003.jpg, has nothing for Smiling",
    ),
    "NaN": (table_by().replace("000003.jpg,-1,", "000003.jpg,nan,"), "has 'nan' for Smiling"),
    "probabilities": (table_by(yes="0.75"), "has '0.75' for Smiling"),
    "too large": (table_by(yes="7"), "has '7' for Smiling"),
    "a short row in the middle": (
        table_by().replace("000003.jpg,-1,-1", "000003.jpg,-1"),
        "the row of 000003.jpg has 1 values, not 2 (line 4)",
    ),
    "cut short": (table_by()[:-4], "the row of 000006.jpg has 1 values, not 2; it is the last one"),
    "two rows that differ": (table_by() + "000001.jpg,1,1\n", "two rows of 000001.jpg that differ"),
    "a mark that is not closed": (table_by().replace("000003", '"000003'), "not closed"),
    "two columns of one name": (table_by().replace("Eyeglasses", "Smiling"), "two columns of one name"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_labels_are_never_guessed(here: Path, kind: str) -> None:
    text, says = REFUSED[kind]
    write_table(here, text)
    with pytest.raises(CourseError) as caught:
        loaded()
    assert says in str(caught.value)
    assert ("cut short" in str(caught.value)) == (kind == "cut short")


def test_the_table_that_can_be_read_is_used_and_the_other_is_named(here: Path) -> None:
    write_table(here, b"<!DOCTYPE html><html>Quota exceeded</html>", "list_attr_celeba.txt")
    write_table(here, official(), "list_attr_celeba (1).txt")
    whole("list_attr_celeba.txt is a web page")
    _, said = loaded()
    assert "list_attr_celeba (1).txt is used instead" in said[0]
    write_table(here, official().replace("1 -1", "1 1"), "list_attr_celeba.txt")
    _, said = loaded()
    assert len(said) == 1 and "list_attr_celeba (1).txt is not used, but" in said[0]
    write_table(here, official(), "list_attr_celeba.txt")
    whole()  # two copies of one file are no news


@pytest.mark.parametrize("words", [("train", "valid", "test"), ("0", "1", "2"), ("0.0", "1.0", "2.0")])
def test_a_partition_in_words_or_numbers(here: Path, words: tuple[str, ...]) -> None:
    write_table(here, official(), "list_attr_celeba.txt")
    rows = "".join(f"{i};{name};{words[i % 3]}\n" for i, name in enumerate(NAMES))
    write_table(here, ";image_id;partition\n" + rows, "list_eval_partition (2).CSV")
    assert [len(data.load("celeba", size=16, split=s)) for s in celeba.SPLITS] == [2, 2, 2, 6]


def test_pictures_of_no_split_are_named(here: Path) -> None:
    write_table(here, official(), "list_attr_celeba.txt")
    write_table(here, "".join(f"{name} 0\n" for name in NAMES[:4]), "list_eval_partition.txt")
    _, said = loaded()
    assert len(said) == 1 and "2 pictures of 6 belong to no split that is known, 000005.jpg first" in said[0]


def test_the_list_says_how_many_there_are_and_where(here: Path) -> None:
    one_part_unpacked(here)
    status = celeba.status()
    assert status.where == str(here)
    assert status.contents == "3 pictures and labels and 2 zips beside them"
    split_folders(here)
    assert "in 4 folders" in celeba.status().contents


@pytest.mark.slow
@pytest.mark.skipif(not REAL.is_dir(), reason="no real CelebA images here")
def test_real_pictures_in_parts_of_google_drive_are_those_of_the_folder(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = sorted(p.name for p in (REAL / "img_align_celeba").iterdir())
    random.Random(0).shuffle(names)
    for i in range(2):
        with zipfile.ZipFile(here / f"img_align_celeba-00{i + 1}.zip", "w") as archive:
            for name in names[i::2]:
                archive.write(REAL / "img_align_celeba" / name, f"img_align_celeba/{name}")
    (here / "list_attr_celeba.txt").write_bytes((REAL / "list_attr_celeba.txt").read_bytes())
    images, said = loaded()
    assert not said
    monkeypatch.setenv("GANCOURSE_CELEBA", str(REAL))
    plain, _ = loaded()
    assert torch.equal(images.pixels, plain.pixels)
    assert all(torch.equal(images.attributes[name], plain.attributes[name]) for name in plain.attributes)
