"""CelebA as users have it: layouts that load, and damage that is named."""

from __future__ import annotations

import io
import multiprocessing
import os
import shutil
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from gancourse import data, paths, waiting
from gancourse.data import cache, celeba, celeba_files, decode
from gancourse.data.decode import decoded_blocks
from gancourse.errors import CourseError

REAL = Path(os.environ.get("GANCOURSE_TEST_CELEBA", Path(__file__).resolve().parents[3] / "shared" / "data" / "celeba"))
NAMES = [f"{i:06d}.jpg" for i in range(1, 6)]
SMILING = [False, True, False, True, False]
PAGE = "<!DOCTYPE html><html><head><title>Google Drive - Quota exceeded</title></head></html>"


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    folder = tmp_path / "celeba"
    folder.mkdir()
    monkeypatch.setenv("GANCOURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("GANCOURSE_CELEBA", str(folder))
    return folder


def jpeg(shade: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (178, 218), (shade, shade, shade)).save(buffer, "jpeg")
    return buffer.getvalue()


def pictures(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for i, name in enumerate(NAMES):
        (folder / name).write_bytes(jpeg(40 * i))


def labels(end: str = "\n") -> str:
    rows = [f"{name}  {1 if i % 2 else -1} -1" for i, name in enumerate(NAMES)]
    return end.join([str(len(NAMES)), "Smiling Eyeglasses ", *rows, ""])


def kaggles() -> str:
    rows = [f"{name},{1 if i % 2 else -1},-1" for i, name in enumerate(NAMES)]
    return "\n".join(["image_id,Smiling,Eyeglasses", *rows, ""])


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def zipped(path: Path, *more: tuple[str, str], inside: str = "img_align_celeba") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for i, name in enumerate(NAMES):
            archive.writestr(f"{inside}/{name}", jpeg(40 * i))
        for name, text in more:
            archive.writestr(name, text)


def loads(n: int = 5) -> None:
    """All pictures are there, in order, with their labels."""
    loaded = data.load("celeba", size=16, split="all", attributes=["Smiling"])
    assert loaded.attributes["Smiling"].tolist() == SMILING[:n]
    shades = loaded.pixels.float().mean((1, 2, 3))
    assert torch.allclose(shades, torch.tensor([0.0, 40, 80, 120, 160])[:n], atol=3)


def refused(*says: str) -> None:
    """Loading raises a CourseError that says all this, and leaves nothing in the cache."""
    with pytest.raises(CourseError) as caught:
        data.load("celeba", size=16, split="all")
    for words in says:
        assert words in str(caught.value)
    assert left() == []


def left() -> list[str]:
    """What is in the cache but for lock files, which are empty and stay."""
    folder = cache.root() / "decoded"
    return sorted(p.name for p in folder.iterdir() if p.suffix != ".lock") if folder.exists() else []


# Layouts.


def official(here: Path) -> None:
    pictures(here / "img_align_celeba")
    write(here / "list_attr_celeba.txt", labels())


def official_windows(here: Path) -> None:
    pictures(here / "img_align_celeba")
    write(here / "list_attr_celeba.txt", labels("\r\n"))
    write(here / "list_eval_partition.txt", "\r\n".join(f"{name} 0" for name in NAMES))


def google_drives_folders(here: Path) -> None:
    pictures(here / "Img" / "img_align_celeba")
    write(here / "Anno" / "list_attr_celeba.txt", labels())
    write(here / "Eval" / "list_eval_partition.txt", "\n".join(f"{name} 0" for name in NAMES))


def google_drives_zip(here: Path) -> None:
    zipped(here / "Img" / "img_align_celeba.zip")
    write(here / "Anno" / "list_attr_celeba.txt", labels())


def torchvisions_root(here: Path) -> None:
    official(here / "celeba")


def plain_folder(here: Path) -> None:
    pictures(here)
    write(here / "list_attr_celeba.txt", labels())


def plain_folder_with_kaggles_csv(here: Path) -> None:
    pictures(here / "faces")
    write(here / "list_attr_celeba.csv", kaggles())


def kaggles_copy(here: Path) -> None:
    pictures(here / "img_align_celeba" / "img_align_celeba")
    write(here / "list_attr_celeba.csv", kaggles())
    write(here / "list_eval_partition.csv", "image_id,partition\n" + "".join(f"{name},0\n" for name in NAMES))


def kaggles_copy_in_a_folder(here: Path) -> None:
    kaggles_copy(here / "archive")


def kaggles_zip(here: Path) -> None:
    files = ("list_attr_celeba.csv", kaggles()), ("__MACOSX/img_align_celeba/._000001.jpg", "")
    zipped(here / "archive.zip", *files, inside="img_align_celeba/img_align_celeba")


def zip_beside_its_table(here: Path) -> None:
    zipped(here / "img_align_celeba.zip")
    write(here / "list_attr_celeba.txt", labels())


def zip_with_everything(here: Path) -> None:
    tables = (
        ("celeba/Anno/list_attr_celeba.txt", labels("\r\n")),
        ("celeba/Eval/list_eval_partition.txt", "\n".join(f"{name} 0" for name in NAMES)),
    )
    zipped(here / "celeba.zip", *tables, inside="celeba/Img/img_align_celeba")


def beside_other_peoples_files(here: Path) -> None:
    official(here)
    pictures(here / "a_folder_of_thumbnails")
    (here / "preview.png").write_bytes(b"")
    (here / "img_align_celeba" / "._000001.jpg").write_bytes(b"left by macOS")
    (here / "img_align_celeba" / "Thumbs.db").write_bytes(b"left by Windows")


LAYOUTS = [
    official,
    official_windows,
    google_drives_folders,
    google_drives_zip,
    torchvisions_root,
    plain_folder,
    plain_folder_with_kaggles_csv,
    kaggles_copy,
    kaggles_copy_in_a_folder,
    kaggles_zip,
    zip_beside_its_table,
    zip_with_everything,
    beside_other_peoples_files,
]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_loads(here: Path, layout: Callable[[Path], None]) -> None:
    layout(here)
    loads()


@pytest.mark.parametrize("given", ["Img", "Img/img_align_celeba", "Img/img_align_celeba.zip"])
def test_the_pictures_folder_or_zip_itself_may_be_given(
    here: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    google_drives_zip(here) if given.endswith(".zip") else google_drives_folders(here)
    monkeypatch.setenv("GANCOURSE_CELEBA", str(here / given))
    loads()


def test_pictures_that_are_png_belong_to_rows_that_say_jpg(here: Path) -> None:
    official(here)
    for i, name in enumerate(NAMES):
        (here / "img_align_celeba" / name).unlink()
        Image.new("RGB", (178, 218), (40 * i,) * 3).save(here / "img_align_celeba" / name.replace("jpg", "png"))
    loads()


def test_pictures_without_a_table_load_without_labels(here: Path) -> None:
    pictures(here / "img_align_celeba")
    loaded = data.load("celeba", size=16)  # by their file numbers, all are of the training split
    assert len(loaded) == 5 and loaded.attributes == {}
    with pytest.raises(CourseError, match=r"no labels with .*put list_attr_celeba\.txt beside"):
        data.load("celeba", size=16, attributes=["Smiling"])
    write(here / "list_attr_celeba.txt", labels())
    loads()


def test_a_picture_nested_twice_counts_once(here: Path) -> None:
    zipped(here / "celeba.zip", ("list_attr_celeba.txt", labels()))
    with zipfile.ZipFile(here / "celeba.zip", "a") as archive:
        archive.writestr(f"img_align_celeba/img_align_celeba/{NAMES[0]}", jpeg(0))
    loads()


def test_a_subset_of_the_pictures_loads_and_is_mentioned(here: Path) -> None:
    official(here)
    for name in NAMES[3:]:
        (here / "img_align_celeba" / name).unlink()
    with pytest.warns(UserWarning, match=r"2 of 5 rows of .* have no picture in .*, 000004 first"):
        loads(3)


def test_a_table_cut_short_between_rows_is_mentioned(here: Path) -> None:
    official(here)
    write(here / "list_attr_celeba.txt", "\n".join(labels().splitlines()[:-2]))
    with pytest.warns(UserWarning, match=r"2 of 5 pictures in .* have no row in .*cut short"):
        loads(3)


def test_splits_come_from_the_table_or_from_the_official_file_numbers(here: Path) -> None:
    official(here)
    assert len(data.load("celeba", size=16, split="train", n=2)) == 2
    with pytest.raises(CourseError, match=r"the split 'valid' \(there: train\)"):
        data.load("celeba", size=16, split="valid")
    write(here / "list_eval_partition.txt", "\n".join(f"{name} {i % 3}" for i, name in enumerate(NAMES)))
    by_split = [data.load("celeba", size=16, split=s).pixels.float().mean((1, 2, 3)) for s in celeba.SPLITS[:3]]
    assert [[round(float(v) / 40) for v in shades] for shades in by_split] == [[0, 3], [1, 4], [2]]
    numbers = ["000001", "162770", "162771", "182637", "182638", "202599", "202600", "me"]
    assert celeba_files.partition_of(numbers, None).tolist() == [0, 0, 1, 1, 2, 2, -1, -1]


def test_labels_that_judge_a_body_come_only_when_asked_for(here: Path) -> None:
    official(here)
    write(here / "list_attr_celeba.txt", labels().replace("Eyeglasses", "Attractive"))
    assert list(data.load("celeba", size=16).attributes) == ["Smiling"]
    assert list(data.load("celeba", size=16, attributes=["Attractive"]).attributes) == ["Attractive"]


def test_a_copy_in_the_checkouts_data_is_found_from_a_lessons_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A notebook works in its own folder, and `gancourse data` in the one that it was called in."""
    course = tmp_path / "course"
    official(course / "data" / "celeba")
    (course / "notebooks" / "07").mkdir(parents=True)
    monkeypatch.setattr(paths, "checkout", lambda: course)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("GANCOURSE_CELEBA")
    monkeypatch.chdir(course / "notebooks" / "07")
    loads()
    assert celeba_files.copy_places()[:2] == [Path("data/celeba"), course / "data" / "celeba"]
    monkeypatch.chdir(course)
    loads()
    assert sum(place.absolute() == course / "data" / "celeba" for place in celeba_files.copy_places()) == 1
    monkeypatch.setattr(paths, "checkout", lambda: None)
    loads()


def test_without_a_copy_it_says_what_to_do(here: Path) -> None:
    here.rmdir()
    with pytest.raises(CourseError, match=r"gancourse data get celeba.*GANCOURSE_CELEBA"):
        data.load("celeba")


# Damage.


def page_for_the_table(here: Path) -> None:
    write(here / "list_attr_celeba.txt", PAGE)


def page_for_the_partition(here: Path) -> None:
    write(here / "list_eval_partition.txt", f"<?xml version='1.0'?>\n{PAGE}")


def page_for_a_picture(here: Path) -> None:
    write(here / "img_align_celeba" / NAMES[2], PAGE)


def page_for_the_zip(here: Path) -> None:
    shutil.rmtree(here / "img_align_celeba")
    write(here / "img_align_celeba.zip", PAGE)


def truncated_picture(here: Path) -> None:
    (here / "img_align_celeba" / NAMES[2]).write_bytes(jpeg(99)[:-100])


def truncated_header(here: Path) -> None:
    (here / "img_align_celeba" / NAMES[2]).write_bytes(jpeg(99)[:100])


def empty_picture(here: Path) -> None:
    (here / "img_align_celeba" / NAMES[2]).write_bytes(b"")


def truncated_zip(here: Path) -> None:
    shutil.rmtree(here / "img_align_celeba")
    zipped(here / "img_align_celeba.zip")
    (here / "img_align_celeba.zip").write_bytes((here / "img_align_celeba.zip").read_bytes()[:-500])


def broken_picture_in_a_zip(here: Path) -> None:
    truncated_zip(here)
    zipped(here / "img_align_celeba.zip")
    content = (here / "img_align_celeba.zip").read_bytes()
    with zipfile.ZipFile(here / "img_align_celeba.zip") as archive:
        middle = archive.getinfo(f"img_align_celeba/{NAMES[2]}").header_offset + 300
    (here / "img_align_celeba.zip").write_bytes(content[:middle] + b"12345678" + content[middle + 8 :])


def zip_of_something_else(here: Path) -> None:
    shutil.rmtree(here / "img_align_celeba")
    with zipfile.ZipFile(here / "celeba.zip", "w") as archive:
        archive.writestr("notes.txt", "no pictures")


def table_cut_short_in_a_row(here: Path) -> None:
    write(here / "list_attr_celeba.txt", labels()[:-4])


def table_of_words(here: Path) -> None:
    write(here / "list_attr_celeba.txt", labels().replace("-1", "no"))


def table_without_rows(here: Path) -> None:
    write(here / "list_attr_celeba.txt", "0\nSmiling Eyeglasses\n")


def table_of_something_else(here: Path) -> None:
    write(here / "list_attr_celeba.txt", labels().replace("00000", "x"))


NAMED = [
    (page_for_the_table, ["list_attr_celeba.txt is a web page, not data", "gancourse data get celeba"]),
    (page_for_the_partition, ["list_eval_partition.txt is a web page, not data"]),
    (page_for_a_picture, ["1 of 5 pictures", f"{NAMES[2]}: a web page under a picture's name"]),
    (page_for_the_zip, ["img_align_celeba.zip is a web page, not data", "too many downloads today"]),
    (truncated_picture, ["1 of 5 pictures", NAMES[2], "truncated", "Nothing was cached"]),
    (truncated_header, ["1 of 5 pictures", NAMES[2]]),
    (empty_picture, [f"{NAMES[2]}: empty"]),
    (truncated_zip, ["img_align_celeba.zip is not a complete zip", "interrupted download"]),
    (broken_picture_in_a_zip, ["1 of 5 pictures", NAMES[2], "CRC"]),
    (zip_of_something_else, ["There are no pictures in", "celeba.zip"]),
    (table_cut_short_in_a_row, ["the row of 000005.jpg has 1 values, not 2", "cut short"]),
    (table_of_words, ["list_attr_celeba.txt: numbers were expected"]),
    (table_without_rows, ["list_attr_celeba.txt has no rows"]),
    (table_of_something_else, ["No row of", "the rows begin with 'x1', the pictures with '000001'"]),
]


@pytest.mark.parametrize(("damage", "says"), NAMED)
def test_damage_is_named_and_nothing_is_left_behind(
    here: Path, damage: Callable[[Path], None], says: list[str]
) -> None:
    official(here)
    damage(here)
    refused(*says)


def test_all_broken_pictures_are_named_and_mending_them_is_enough(here: Path) -> None:
    official(here)
    for name in NAMES[1:3]:
        (here / "img_align_celeba" / name).write_bytes(b"\xff\xd8")
    refused("2 of 5 pictures", f"{NAMES[1]}, {NAMES[2]}")
    pictures(here / "img_align_celeba")
    loads()


def test_files_that_may_not_be_read_are_named(here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # As root, as in a container, everything may be read, so this is played.
    official(here)
    real = Path.read_bytes

    def read_bytes(path: Path) -> bytes:
        if path.name == forbidden:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    forbidden = "list_attr_celeba.txt"
    refused(f"{here / forbidden} cannot be read (Permission denied)")
    forbidden = NAMES[1]
    refused(f"{NAMES[1]}: Permission denied")


# Interruptions, the disk, and the cache.


def interrupt(after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C, when this many blocks of two pictures have been decoded."""
    real, blocks = decode.np.stack, []

    def stack(pictures: Any) -> Any:
        if len(blocks) == after:
            raise KeyboardInterrupt
        blocks.append(real(pictures))
        return blocks[-1]

    monkeypatch.setattr(decode, "BLOCK", 2)
    monkeypatch.setattr(decode.np, "stack", stack)


@pytest.mark.parametrize("after", [0, 1, 2])
def test_an_interrupted_build_leaves_nothing(here: Path, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    official(here)
    with monkeypatch.context() as patch:
        interrupt(after, patch)
        with pytest.raises(KeyboardInterrupt):
            data.load("celeba", size=16, split="all")
    assert left() == []
    loads()
    assert len(left()) == 1


def test_a_full_disk_is_named_and_left_clean(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    official(here)
    free = shutil.disk_usage(here)._replace(free=5 * 3 * 16 * 16)  # for the pictures, but not for the labels too
    monkeypatch.setattr(cache.shutil, "disk_usage", lambda path: free)
    refused("is full, and nothing half-done was left there", "GANCOURSE_CACHE")


def test_what_changes_is_decoded_again_and_nothing_else_is(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    official(here)
    loads()
    monkeypatch.setattr(celeba, "decoded_blocks", None)
    loads()  # mapped
    monkeypatch.undo()
    monkeypatch.setenv("GANCOURSE_CACHE", str(here.parent / "cache"))
    monkeypatch.setenv("GANCOURSE_CELEBA", str(here))
    (here / "img_align_celeba" / "000006.jpg").write_bytes(jpeg(200))
    write(here / "list_attr_celeba.txt", labels() + "000006.jpg 1 1\n")
    assert data.load("celeba", size=16, split="all").attributes["Smiling"].tolist() == [*SMILING, True]


def load_slowly(queue: Any) -> None:
    real = decode.pixels

    def pixels(content: bytes, size: int) -> Any:
        time.sleep(0.1)
        return real(content, size)

    decode.pixels = pixels
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)  # its progress bar
    queue.put(data.load("celeba", size=16, split="all").attributes["Smiling"].tolist())


def test_two_processes_at_once_make_one_entry(here: Path) -> None:
    official(here)
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    both = [context.Process(target=load_slowly, args=(queue,)) for _ in range(2)]
    for process in both:
        process.start()
    assert [queue.get(timeout=60) for _ in both] == [SMILING, SMILING]
    for process in both:
        process.join(60)
        assert process.exitcode == 0
    assert len(left()) == 1


def test_all_cores_decode_at_once() -> None:
    cores = os.cpu_count() or 1
    together = threading.Barrier(cores, timeout=30)

    def read(name: str) -> bytes:
        together.wait()  # breaks, if not as many are read at the same time
        return jpeg(40 * int(name))

    (block,) = decoded_blocks([str(i % 5) for i in range(2 * cores)], read, 16, "")
    assert block.shape == (2 * cores, 3, 16, 16)


@pytest.mark.slow
def test_progress_is_shown(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def read(name: str) -> bytes:
        time.sleep(0.4)
        return jpeg(0)

    shown: list[str] = []
    monkeypatch.setattr(waiting, "SILENT", 0.2)
    monkeypatch.setattr(waiting, "TICK", 0.1)
    monkeypatch.setattr(waiting, "place_for_lines", lambda: lambda words, share: shown.append(words))
    list(decoded_blocks(NAMES[:4], read, 16, "Decoding CelebA", cores=1))
    assert shown[0].startswith("Decoding CelebA") and "left" in "".join(shown)
    assert capsys.readouterr().err == ""


@pytest.mark.slow  # for torchvision's import
def test_pictures_are_what_torchvisions_transforms_make_of_them(here: Path) -> None:
    from torchvision import transforms

    noise = torch.randint(0, 256, (218, 178, 3), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise.numpy()).save(buffer, "png")
    for size in (16, 64, 178):
        expected = transforms.Compose([transforms.CenterCrop(178), transforms.Resize(size), transforms.PILToTensor()])
        with Image.open(buffer) as picture:
            assert torch.equal(torch.from_numpy(decode.pixels(buffer.getvalue(), size).copy()), expected(picture))


# The real ones, where they are.


@pytest.mark.slow
@pytest.mark.skipif(not REAL.is_dir(), reason="no real CelebA images here")
def test_the_real_images_load_with_their_attributes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANCOURSE_CELEBA", str(REAL))
    loaded = data.load("celeba", size=64, split="train")
    assert loaded.pixels.shape == (3000, 3, 64, 64)
    assert len(loaded.attributes) == 40 - len(celeba.JUDGMENTAL)
    everything = data.load("celeba", size=64, attributes=["Smiling", *celeba.JUDGMENTAL])
    header, *rows = (REAL / "list_attr_celeba.txt").read_text().splitlines()[1:]
    values = torch.tensor([[int(v) for v in row.split()[1:]] for row in rows])
    for name, column in {**loaded.attributes, **everything.attributes}.items():
        assert torch.equal(column, values[:, header.split().index(name)] > 0), name
    start = time.perf_counter()
    again = data.load("celeba", size=64)
    assert time.perf_counter() - start < 1
    assert torch.equal(again.pixels[-1], loaded.pixels[-1])
    with Image.open(REAL / "img_align_celeba" / "003000.jpg") as last:
        expected = torch.from_numpy(decode.np.array(decode.crop_and_scale(last.convert("RGB"), 64)))
    assert torch.equal(loaded.pixels[-1], expected.permute(2, 0, 1))
