"""Fashion-MNIST: found where it usually lies, downloaded where not, and broken files named."""

from __future__ import annotations

import gzip
import hashlib
import http.server
import os
import re
import struct
import threading
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from typer.testing import CliRunner

from gancourse import data, paths
from gancourse.cli import app
from gancourse.data import fashion
from gancourse.errors import CourseError

pytestmark = pytest.mark.filterwarnings("ignore:.*is not Fashion-MNIST's own")  # ten pictures made here are not

TRAIN, TEST = 6, 4
PAGE = b"<!DOCTYPE html><html><title>403 Forbidden</title></html>"
NAMES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
PICTURES = np.random.default_rng(0).integers(0, 256, (TRAIN + TEST, 28, 28), dtype=np.uint8)
LABELS = np.arange(TRAIN + TEST, dtype=np.uint8)


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder for the files; no other place has any."""
    monkeypatch.setenv("GANCOURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("GANCOURSE_FASHION", raising=False)
    monkeypatch.setattr(fashion, "DEBIAN", tmp_path / "debian")
    monkeypatch.setattr(fashion, "ADDRESSES", ("http://127.0.0.1:1/{name}",))  # nobody listens there
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(paths, "checkout", lambda: tmp_path / "course")
    return tmp_path


def idx(values: np.ndarray) -> bytes:
    """MNIST's format."""
    return bytes([0, 0, 8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape) + values.tobytes()


def contents() -> dict[str, bytes]:
    arrays = (PICTURES[:TRAIN], LABELS[:TRAIN], PICTURES[TRAIN:], LABELS[TRAIN:])
    return {name: idx(values) for name, values in zip(NAMES, arrays, strict=True)}


def write(folder: Path, zipped: bool = True) -> Path:
    folder.mkdir(parents=True)
    for name, content in contents().items():
        (folder / (f"{name}.gz" if zipped else name)).write_bytes(gzip.compress(content) if zipped else content)
    return folder


def loads() -> None:
    loaded = data.load("fashion", split="all")
    assert torch.equal(loaded.pixels, torch.from_numpy(PICTURES)[:, None])
    assert torch.equal(loaded.attributes["label"], torch.arange(TRAIN + TEST))


@pytest.mark.parametrize("zipped", [True, False], ids=["gzipped", "plain"])
@pytest.mark.parametrize(
    "place",
    [
        "debian",
        "data/FashionMNIST/raw",
        "course/data/FashionMNIST/raw",
        "cache/FashionMNIST/raw",
        "home/data/FashionMNIST/raw",
    ],
)
def test_the_usual_places_are_looked_into(here: Path, place: str, zipped: bool) -> None:
    write(here / place, zipped)
    loads()


@pytest.mark.parametrize("place", ["mine", "mine/FashionMNIST/raw"])
def test_a_folder_may_be_named(here: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    write(here / place)
    monkeypatch.setenv("GANCOURSE_FASHION", str(here / "mine"))
    loads()


def test_splits_classes_and_n(here: Path) -> None:
    write(here / "debian")
    train, test = data.load("fashion"), data.load("fashion", split="test", n=3)
    assert train.attributes["label"].tolist() == list(range(TRAIN))
    assert test.attributes["label"].tolist() == [6, 7, 8]
    assert fashion.class_names(test.attributes["label"]) == ["Shirt", "Sneaker", "Bag"]
    assert data.load("fashion", attributes=[]).attributes == {}
    with pytest.raises(CourseError, match="Did you mean 'label'"):
        data.load("fashion", attributes=["labels"])
    with pytest.raises(CourseError, match="The splits there are: train, test, all"):
        data.load("fashion", split="valid")


def test_sizes(here: Path) -> None:
    write(here / "debian")
    padded = data.load("fashion", size=32, split="all").pixels
    assert torch.equal(padded[:, 0, 2:30, 2:30], torch.from_numpy(PICTURES))
    assert int(padded.sum()) == int(PICTURES.sum())  # black around it
    half = data.load("fashion", size=14, split="all").pixels
    assert half.shape == (TRAIN + TEST, 1, 14, 14)
    assert torch.allclose(half.float().mean((1, 2, 3)), torch.from_numpy(PICTURES).float().mean((1, 2)), atol=3)
    assert data.load("fashion", size=64).pixels.shape == (TRAIN, 1, 64, 64)


def test_a_second_load_reads_no_file_again(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(here / "debian")
    loads()
    monkeypatch.setattr(fashion, "read_idx", None)
    loads()


def page(path: Path) -> None:
    path.write_bytes(PAGE)


def zipped_page(path: Path) -> None:
    path.write_bytes(gzip.compress(PAGE))


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def damaged(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(content)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def fewer_values(path: Path) -> None:
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())[:-1]))


@pytest.mark.parametrize("name", [NAMES[0], NAMES[3]])
@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (page, "a web page"),
        (zipped_page, "a web page"),
        (cut_short, ""),
        (damaged, ""),
        (empty, "not in MNIST's format"),
        (fewer_values, ""),
    ],
)
def test_a_broken_file_is_named(here: Path, damage: Callable[[Path], None], says: str, name: str) -> None:
    damage(write(here / "debian") / f"{name}.gz")
    with pytest.raises(
        CourseError, match=rf"{name}\.gz is broken \(.*{says}.*\)\. Delete it, then: gancourse data get"
    ):
        data.load("fashion")
    assert not list((here / "cache").rglob("images.npy"))


def test_files_that_do_not_belong_together_are_named(here: Path) -> None:
    (write(here / "debian") / f"{NAMES[0]}.gz").write_bytes(gzip.compress(idx(PICTURES[:2])))
    with pytest.raises(
        CourseError, match=r"for train, pictures of shape \(2, 28, 28\) and labels of shape \(6,\) came"
    ):
        data.load("fashion")


MNIST = {"train": [5, 0, 4, 1, 9, 2, 1, 3, 1, 4, 3], "test": [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]}


def replaced(folder: Path, part: str, labels: list[int]) -> None:
    """Other pictures and labels in the place of a part's."""
    pictures, marks = (NAMES[0], NAMES[1]) if part == "train" else (NAMES[2], NAMES[3])
    values = np.zeros((len(labels), 28, 28), np.uint8)
    (folder / f"{pictures}.gz").write_bytes(gzip.compress(idx(values)))
    (folder / f"{marks}.gz").write_bytes(gzip.compress(idx(np.array(labels, np.uint8))))


@pytest.mark.parametrize("part", ["train", "test"])
def test_mnists_digits_are_refused(here: Path, part: str) -> None:
    replaced(write(here / "debian"), part, MNIST[part])
    with pytest.raises(CourseError, match=r"holds the labels of MNIST, the digits"):
        data.load("fashion")


def test_labels_that_fashion_mnist_does_not_have_are_refused(here: Path) -> None:
    replaced(write(here / "debian"), "test", [1, 26])
    with pytest.raises(CourseError, match=r"has the label 26, and Fashion-MNIST's are 0 to 9"):
        data.load("fashion")


def test_files_that_are_not_its_own_are_used_and_named_each_time(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(here / "debian")
    for _ in range(2):
        with pytest.warns(UserWarning) as said:
            data.load("fashion")
        assert len(said) == 4
        assert f"{folder / NAMES[0]}.gz is not Fashion-MNIST's own" in str(said[0].message)
        assert "6 of 60,000" in str(said[0].message) and "4 of 10,000" in str(said[2].message)
    own = {name: hashlib.md5(content).hexdigest() for name, content in contents().items()}
    monkeypatch.setattr(fashion, "CONTENT_SUMS", own)
    for name in NAMES:
        (folder / f"{name}.gz").write_bytes(gzip.compress(contents()[name], 1))  # packed otherwise: no matter
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        data.load("fashion")


def test_names_that_a_browser_or_a_mirror_changed_are_taken(here: Path) -> None:
    folder = write(here / "debian")
    (folder / f"{NAMES[0]}.gz").rename(folder / f"{NAMES[0]} (1).gz")
    (folder / f"{NAMES[1]}.gz").rename(folder / f"{NAMES[1].upper()}.GZ")
    (folder / f"{NAMES[2]}.gz").rename(folder / "t10k-images.idx3-ubyte.gz")
    loads()


def test_a_file_that_may_not_be_read_is_not_called_broken(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(here / "debian")

    def forbidden(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", forbidden)  # as root everything may be read
    with pytest.raises(CourseError, match=r"cannot be read \(Permission denied\)\.$"):
        data.load("fashion")


@pytest.mark.parametrize("missing", NAMES)
def test_three_files_of_four_do_not_do(here: Path, monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    (write(here / "debian") / f"{missing}.gz").unlink()
    with pytest.raises(CourseError, match=r"apt install dataset-fashion-mnist"):
        data.load("fashion")
    monkeypatch.setenv("GANCOURSE_FASHION", str(here / "debian"))
    with pytest.raises(CourseError, match="does not hold the four files") as caught:
        data.load("fashion")
    there = str(caught.value).split("of these are there: ")[1]
    assert [name in there for name in NAMES] == [name != missing for name in NAMES]


@pytest.fixture
def served(here: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with the four files, served as the second address; the first has none of them."""
    folder = write(here / "served")
    files = [folder / f"{name}.gz" for name in NAMES]
    sums = {p.name: hashlib.md5(p.read_bytes(), usedforsecurity=False).hexdigest() for p in files}
    monkeypatch.setattr(fashion, "SUMS", sums)

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        root = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setattr(fashion, "ADDRESSES", (f"{root}/gone/{{name}}", f"{root}/{{name}}"))
        yield folder
        server.shutdown()


def test_it_is_downloaded_where_torchvision_would_put_it(here: Path, served: Path) -> None:
    done = CliRunner().invoke(app, ["data", "get", "fashion"])
    assert done.exit_code == 0, done.output
    assert "MIT, copyright 2017 Zalando SE." in done.output
    assert f"It is in {here / 'cache' / 'FashionMNIST' / 'raw'}." in " ".join(done.output.split())
    assert sorted(p.name for p in (here / "cache" / "FashionMNIST" / "raw").iterdir()) == sorted(fashion.SUMS)
    loads()


def test_loading_downloads_what_is_missing(here: Path, served: Path) -> None:
    loads()


def test_a_download_that_is_something_else_is_not_kept(here: Path, served: Path) -> None:
    (served / f"{NAMES[1]}.gz").write_bytes(PAGE)
    with pytest.raises(CourseError, match=rf"(?s)No source gave {NAMES[1]}\.gz:.*web page.*apt install"):
        data.load("fashion")
    assert [p.name for p in (here / "cache" / "FashionMNIST" / "raw").iterdir()] == [f"{NAMES[0]}.gz"]


@pytest.mark.slow
def test_list_and_sheet(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def listed() -> str:
        done = CliRunner().invoke(app, ["data", "list"], env={"COLUMNS": "200"})
        assert done.exit_code == 0, done.output
        return done.output

    assert re.search(r"fashion +no .*apt install dataset-fashion-mnist", listed())
    monkeypatch.setenv("GANCOURSE_FASHION", str(here / "nowhere"))
    assert re.search(r"fashion +no .*nowhere does not hold", listed())
    monkeypatch.delenv("GANCOURSE_FASHION")
    write(here / "debian")
    assert re.search(r"fashion +yes +10 gray pictures, 10 classes \(Fashion-MNIST has 70,000\)", listed())
    done = CliRunner().invoke(app, ["data", "sheet", "fashion", "--n", "4", "--out", "sheet.png"])
    assert done.exit_code == 0, done.output
    assert "sheet.png: 4 pictures of fashion/train. MIT" in done.output
    assert f"first 4 pictures go to {here / 'sheet.png'}" in done.stderr
    assert "Note: " in done.stderr and "is not Fashion-MNIST's own" in done.stderr
    lost = CliRunner().invoke(app, ["data", "sheet", "fashion", "--out", "nowhere/sheet.png"])
    assert isinstance(lost.exception, CourseError) and "there is no folder" in str(lost.exception)
    with Image.open("sheet.png") as sheet:
        # Three beside each other and one below, each pixel doubled, two white pixels between.
        assert (sheet.mode, sheet.size) == ("L", (2 * (3 * 30 + 2), 2 * (2 * 30 + 2)))
        assert np.array_equal(np.asarray(sheet)[4:60:2, 4:60:2], PICTURES[0])


@pytest.mark.slow  # for torchvision's import
def test_the_sums_are_torchvisions() -> None:
    from torchvision.datasets import FashionMNIST

    assert dict(FashionMNIST.resources) == fashion.SUMS


def test_debians_files_are_all_there(monkeypatch: pytest.MonkeyPatch) -> None:
    debian = Path(os.environ.get("GANCOURSE_TEST_FASHION", "/usr/share/datasets/fashion-mnist"))
    if not debian.is_dir():
        pytest.skip("Debian's package dataset-fashion-mnist is not installed")
    monkeypatch.setattr(fashion, "DEBIAN", debian)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # they are its own
        everything = data.load("fashion", split="all")
    assert everything.pixels.shape == (70_000, 1, 28, 28)
    assert fashion.status().contents == "70,000 gray pictures, 10 classes"
    assert torch.bincount(everything.attributes["label"]).tolist() == [7000] * 10
    assert [len(data.load("fashion", split=split)) for split in ("train", "test")] == [60_000, 10_000]
    assert len(data.load("fashion", size=32)) == 60_000
