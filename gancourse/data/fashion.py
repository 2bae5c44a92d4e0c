"""Fashion-MNIST: 70,000 gray pictures of clothes, 28 × 28, in ten classes (Xiao, Rasul and Vollgraf,
"Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms", 2017).

The four files are taken from Debian's package `dataset-fashion-mnist`, from torchvision's folder,
or from a folder that GANCOURSE_FASHION names; else they are downloaded to where torchvision would
put them, and must have the sums that it expects.
"""

from __future__ import annotations

import gzip
import os
import struct
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
# Its authors' two, the first of which is torchvision's.
ADDRESSES = (
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/{name}",
    "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/{name}",
)
HOW = "gancourse data get fashion, or apt install dataset-fashion-mnist"


def load(size: int, split: str, attributes: Sequence[str] | None, n: int | None) -> Images:
    """The data set as `gancourse.data.load` gives it. 32 pads the original; other sizes scale it."""
    folder = find_copy() or get()
    paths = [path for part in PREFIXES for path in part_files(folder, part)]
    key = [[str(p.resolve()), p.stat().st_size, p.stat().st_mtime_ns] for p in paths]
    pixels, columns = cache.cached(f"fashion-{size}", [key, size], lambda: blueprint(folder, size))
    train = int(columns["train"].sum())
    part = {"train": slice(0, train), "test": slice(train, None), "all": slice(None)}[split]
    images = Images(pixels, {"label": columns["label"]}, "fashion", split, DESCRIPTION, LICENSE)
    images = images if attributes is None else images.select(attributes)
    return images.subset(part).subset(slice(n))


def blueprint(folder: Path, size: int) -> cache.Blueprint:
    """How the cache's entry is built: training pictures first, then those for testing."""
    read = {part: [read_idx(path) for path in part_files(folder, part)] for part in PREFIXES}
    for part, (pictures, labels) in read.items():
        if pictures.shape != (len(labels), 28, 28) or labels.ndim != 1:
            raise CourseError(
                f"The files of Fashion-MNIST in {folder} do not belong together: for {part}, pictures of shape "
                f"{pictures.shape} and labels of shape {labels.shape} came, (N, 28, 28) and (N,) were expected. "
                f"Delete them, then: {HOW}."
            )
    pictures = np.concatenate([read[part][0] for part in PREFIXES])
    labels = np.concatenate([read[part][1] for part in PREFIXES]).astype(np.int64)
    columns = {"label": labels, "train": np.arange(len(labels)) < len(read["train"][1])}
    return cache.Blueprint((len(labels), 1, size, size), columns, scaled_blocks(pictures, size))


def scaled_blocks(pictures: np.ndarray, size: int) -> Iterator[np.ndarray]:
    """Blocks of pictures at the size asked for."""
    for start in range(0, len(pictures), 4096):
        block = pictures[start : start + 4096]
        if size == 32:
            block = np.pad(block, ((0, 0), (2, 2), (2, 2)))
        elif size != 28:
            scale = (Image.fromarray(p).resize((size, size), Image.Resampling.BILINEAR) for p in block)
            block = np.stack([np.asarray(p) for p in scale])
        yield block[:, None]


def read_idx(path: Path) -> np.ndarray:
    """An array in MNIST's format, gzipped or not: a magic number with the rank, the lengths, the bytes."""
    data = path.read_bytes()
    try:
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
        rank = data[3] if data[:3] == b"\x00\x00\x08" else 0
        shape = struct.unpack(f">{rank}I", data[4 : 4 + 4 * rank])
        if not rank:
            raise ValueError("a web page" if is_web_page(data) else "not in MNIST's format")
        return np.frombuffer(data, np.uint8, offset=4 + 4 * rank).reshape(shape)
    except (OSError, EOFError, ValueError, IndexError, struct.error, zlib.error) as error:
        raise CourseError(f"{path} is broken ({error}). Delete it, then: {HOW}.") from error


def part_files(folder: Path, part: str) -> list[Path]:
    """Pictures and labels of a part, gzipped or not; empty if not both are there."""
    found = []
    for name in (f"{PREFIXES[part]}-images-idx3-ubyte", f"{PREFIXES[part]}-labels-idx1-ubyte"):
        found += [p for p in (folder / f"{name}.gz", folder / name) if p.is_file()][:1]
    return found if len(found) == 2 else []


def find_copy() -> Path | None:
    """The first folder with all four files."""
    asked = os.environ.get("GANCOURSE_FASHION")
    places = [Path(asked).expanduser()] if asked else [DEBIAN, Path("data"), cache.root(), Path.home() / "data"]
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
    about = "70,000 gray pictures, 10 classes"
    if folder is None:
        return Status(False, "", about, 0, HOW)
    return Status(True, str(folder), about, size_of([p for part in PREFIXES for p in part_files(folder, part)]), "")


def class_names(labels: torch.Tensor) -> list[str]:
    """What labels stand for."""
    return [CLASSES[i] for i in labels.tolist()]
