"""Fashion-MNIST: 70,000 gray pictures of clothes, 28 × 28, in ten classes (Xiao, Rasul and Vollgraf,
"Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms", 2017).

The four files are taken from Debian's package `dataset-fashion-mnist`, from torchvision's folder,
or from a folder that GANCOURSE_FASHION names; else they are downloaded to where torchvision would
put them, and must have the sums that it expects.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import os
import re
import struct
import warnings
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from gancourse.data import Status, cache, size_of
from gancourse.data.decode import is_web_page
from gancourse.data.download import File, NoSource, fetch
from gancourse.data.images import Images
from gancourse.errors import CourseError
from gancourse.paths import data_folders, home
from gancourse.waiting import each

FASHION_ENTRY = 2  # to be raised when the columns of a cache's entry change
SPLITS = ("train", "test", "all")
SIZES = (14, 28, 128)
ATTRIBUTES = ("label",)
CLASSES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip
DESCRIPTION = "Fashion-MNIST: clothes from a shop's catalog, gray on black. label is the class, see fashion.CLASSES."
LICENSE = "MIT, copyright 2017 Zalando SE."
DEBIAN = Path("/usr/share/datasets/fashion-mnist")
PREFIXES = {"train": "train", "test": "t10k"}
SUMS = {
    "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
    "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
    "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
}
# The sums of what is in them: packing again, as Debian does, changes a .gz and not that.
CONTENT_SUMS = {
    "train-images-idx3-ubyte": "f4a8712d7a061bf5bd6d2ca38dc4d50a",
    "train-labels-idx1-ubyte": "9018921c3c673c538a1fc5bad174d6f9",
    "t10k-images-idx3-ubyte": "8181f5470baa50b63fa0f6fddb340f0a",
    "t10k-labels-idx1-ubyte": "15d484375f8d13e6eb1aabb0c3f46965",
}
SPLIT_COUNTS = {"train": 60_000, "test": 10_000}
# MNIST's files have the same names and shapes; its first labels tell.
DIGITS = {"train": [5, 0, 4, 1, 9, 2, 1, 3, 1, 4], "test": [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]}
# Its authors' two, the first of which is torchvision's.
ADDRESSES = (
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/{name}",
    "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/{name}",
)
HOW = "gancourse data get fashion, or apt install dataset-fashion-mnist"


def load(size: int, split: str, attributes: Sequence[str] | None, n: int | None) -> Images:
    """The data set as `gancourse.data.load` gives it. 32 pads the original; other sizes scale it.

    Warns:
        UserWarning: if the files are not Fashion-MNIST's own, each time.
    """
    folder = find_copy() or get()
    paths = [path for part in PREFIXES for path in part_files(folder, part)]
    key = [[str(p.resolve()), p.stat().st_size, p.stat().st_mtime_ns] for p in paths]
    pixels, columns = cache.cached(f"fashion-{size}", [FASHION_ENTRY, key, size], lambda: blueprint(folder, size))
    for sentence in json.loads(bytes(columns["said"].tolist())):
        warnings.warn(sentence, stacklevel=3)
    train = int(columns["train"].sum())
    part = {"train": slice(0, train), "test": slice(train, None), "all": slice(None)}[split]
    images = Images(pixels, {"label": columns["label"]}, "fashion", split, DESCRIPTION, LICENSE)
    images = images if attributes is None else images.select(attributes)
    return images.subset(part).subset(slice(n))


def blueprint(folder: Path, size: int) -> cache.Blueprint:
    """How the cache's entry is built: training pictures first, then those for testing."""
    paths = {part: part_files(folder, part) for part in PREFIXES}
    content = {part: [idx_bytes(path) for path in paths[part]] for part in PREFIXES}
    read = {part: [read_idx(*pair) for pair in zip(paths[part], content[part], strict=True)] for part in PREFIXES}
    said = []
    for part, (pictures, labels) in read.items():
        if pictures.shape != (len(labels), 28, 28) or labels.ndim != 1:
            raise CourseError(
                f"The files of Fashion-MNIST in {folder} do not belong together: for {part}, pictures of shape "
                f"{pictures.shape} and labels of shape {labels.shape} came, (N, 28, 28) and (N,) were expected. "
                f"Delete them, then: {HOW}."
            )
        if labels[:10].tolist() == DIGITS[part]:
            raise CourseError(
                f"{paths[part][1]} holds the labels of MNIST, the digits, whose files are called like Fashion-MNIST's. "
                f"Put them elsewhere, then: {HOW}."
            )
        if len(labels) and labels.max() >= len(CLASSES):
            raise CourseError(
                f"{paths[part][1]} has the label {labels.max()}, and Fashion-MNIST's are 0 to 9: it belongs to another "
                f"data set. Put it elsewhere, then: {HOW}."
            )
        names = (f"{PREFIXES[part]}-images-idx3-ubyte", f"{PREFIXES[part]}-labels-idx1-ubyte")
        for name, path, data in zip(names, paths[part], content[part], strict=True):
            if hashlib.md5(data, usedforsecurity=False).hexdigest() != CONTENT_SUMS[name]:
                said.append(
                    f"{path} is not Fashion-MNIST's own: it is another data set's, or was changed. Its {len(labels):,} "
                    f"of {SPLIT_COUNTS[part]:,} are used."
                )
    pictures = np.concatenate([read[part][0] for part in PREFIXES])
    labels = np.concatenate([read[part][1] for part in PREFIXES]).astype(np.int64)
    columns: dict[str, np.ndarray] = {"label": labels, "train": np.arange(len(labels)) < len(read["train"][1])}
    columns["said"] = np.frombuffer(json.dumps(said).encode(), np.uint8)
    return cache.Blueprint((len(labels), 1, size, size), columns, scaled_blocks(pictures, size))


def scaled_blocks(pictures: np.ndarray, size: int) -> Iterator[np.ndarray]:
    """Blocks of pictures at the size asked for."""
    for start in each(range(0, len(pictures), 4096), f"scaling Fashion-MNIST to {size} × {size}, once"):
        block = pictures[start : start + 4096]
        if size == 32:
            block = np.pad(block, ((0, 0), (2, 2), (2, 2)))
        elif size != 28:
            scale = (Image.fromarray(p).resize((size, size), Image.Resampling.BILINEAR) for p in block)
            block = np.stack([np.asarray(p) for p in scale])
        yield block[:, None]


def idx_bytes(path: Path) -> bytes:
    """A file's bytes, unpacked if it is gzipped."""
    try:
        data = path.read_bytes()
        return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    except (OSError, EOFError, zlib.error) as error:
        if isinstance(error, OSError) and error.errno:  # the disk's word, not gzip's
            raise CourseError(f"{path} cannot be read ({error.strerror}).") from error
        raise CourseError(f"{path} is broken ({error}). Delete it, then: {HOW}.") from error


def read_idx(path: Path, data: bytes) -> np.ndarray:
    """An array from the bytes of MNIST's format: a magic number with the rank, the lengths, the values."""
    try:
        rank = data[3] if data[:3] == b"\x00\x00\x08" else 0
        shape = struct.unpack(f">{rank}I", data[4 : 4 + 4 * rank])
        if not rank:
            raise ValueError("a web page" if is_web_page(data) else "not in MNIST's format")
        return np.frombuffer(data, np.uint8, offset=4 + 4 * rank).reshape(shape)
    except (ValueError, IndexError, struct.error) as error:
        raise CourseError(f"{path} is broken ({error}). Delete it, then: {HOW}.") from error


def declared(path: Path) -> int:
    """How many values or pictures a file says it has, from its first bytes; 0 if it says nothing."""
    with contextlib.suppress(OSError, EOFError, zlib.error, struct.error):
        with open(path, "rb") as file:
            start = file.read(2)
        with gzip.open(path) if start == b"\x1f\x8b" else open(path, "rb") as file:
            return struct.unpack(">4xI", file.read(8))[0]
    return 0


def part_files(folder: Path, part: str) -> list[Path]:
    """Pictures and labels of a part, gzipped or not, the right name before one like it; empty if not both are there."""
    try:
        there = sorted(p.name for p in folder.iterdir())
    except OSError:
        return []
    found = []
    for kind in ("images-idx3", "labels-idx1"):
        right = f"{PREFIXES[part]}-{kind}-ubyte"
        # As a browser, a system or another mirror may have changed it: " (1)", capitals, a point.
        like = re.compile(right.replace("-idx", "[-.]idx") + r"( ?\(\d+\))?(\.gz)?( ?\(\d+\))?(\.gz)?", re.IGNORECASE)
        names = [*(name for name in (f"{right}.gz", right) if name in there), *filter(like.fullmatch, there)]
        found += [folder / name for name in names if (folder / name).is_file()][:1]
    return found if len(found) == 2 else []


def find_copy() -> Path | None:
    """The first folder with all four files."""
    asked = os.environ.get("GANCOURSE_FASHION")
    places = [Path(asked).expanduser()] if asked else [DEBIAN, *data_folders(), cache.root(), home() / "data"]
    for place in places:
        for folder in (place, place / "FashionMNIST" / "raw"):
            if all(part_files(folder, part) for part in PREFIXES):
                return folder
    if asked:
        there = ", ".join(name for name in SUMS if any(places[0].rglob(f"{name.removesuffix('.gz')}*"))) or "none"
        raise CourseError(
            f"GANCOURSE_FASHION={asked} does not hold the four files of Fashion-MNIST, {', '.join(SUMS)} "
            f"(unpacked or not), in one folder; of these are there: {there}. Put them there, or unset the variable."
        )
    return None


def get() -> Path:
    """Download what is missing and verify it; the folder it is in."""
    folder = cache.root() / "FashionMNIST" / "raw"
    for name, md5 in SUMS.items():
        try:
            fetch(File(name, md5, [address.format(name=name) for address in ADDRESSES]), folder)
        except NoSource as error:
            raise CourseError(
                f"Fashion-MNIST is not on this machine. {error}\n\nOn Debian or Ubuntu, "
                "`apt install dataset-fashion-mnist` brings it; else put its four .gz files "
                f"(https://github.com/zalandoresearch/fashion-mnist, data/fashion) into\n  {folder}"
            ) from error
    return folder


def status() -> Status:
    """Where the data set stands on this machine."""
    folder = find_copy()
    if folder is None:
        return Status(False, "", "70,000 gray pictures, 10 classes", 0, HOW)
    there = sum(declared(part_files(folder, part)[1]) for part in PREFIXES)
    whole = sum(SPLIT_COUNTS.values())
    about = f"{there:,} gray pictures, 10 classes" + ("" if there == whole else f" (Fashion-MNIST has {whole:,})")
    return Status(True, str(folder), about, size_of([p for part in PREFIXES for p in part_files(folder, part)]), "")


def class_names(labels: torch.Tensor) -> list[str]:
    """What labels stand for."""
    return [CLASSES[i] for i in labels.tolist()]
