"""The faces as a data set: a fixed number per split, drawn once into the cache."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch

from gancourse.data import Status, cache, known
from gancourse.data.images import Images

from .factors import TABLE, sample_factors
from .render import render

SPLITS = ("train", "valid", "test", "all")
COUNTS = {"train": 20_000, "valid": 2_000, "test": 2_000}
SIZES = (8, 64, 256)
ATTRIBUTES = tuple(factor.name for factor in TABLE)
SEED = 0
VERSION = 1  # to be raised when the drawing changes: it makes old cache entries stale
BLOCK = 500
DESCRIPTION = "Faces drawn by the course itself. Every attribute is exact: it is the factor the face was drawn from."
LICENSE = "MIT, as the course: nobody's picture, and nobody's likeness."


def load(size: int, split: str, attributes: Sequence[str] | None, n: int | None) -> Images:
    """The data set as `gancourse.data.load` gives it; by default the attributes one can read at 32 px."""
    names = [factor.name for factor in TABLE if factor.readable] if attributes is None else list(attributes)
    for name in names:
        known(name, ATTRIBUTES, "attribute of faces", "attributes")
    start, count = span(split)
    count = min(count, n) if n is not None else count
    key = [SEED, VERSION, size, start, count]
    pixels, columns = cache.cached(f"faces-{size}", key, lambda: recipe(size, start, count))
    chosen = {name: columns[name] for name in names}
    return Images(pixels, chosen, "faces", split, DESCRIPTION, LICENSE)


def span(split: str) -> tuple[int, int]:
    """The first image of a split and their number; image i of the seed is always the same face."""
    if split == "all":
        return 0, sum(COUNTS.values())
    before = list(COUNTS)[: list(COUNTS).index(split)]
    return sum(COUNTS[name] for name in before), COUNTS[split]


def recipe(size: int, start: int, count: int) -> cache.Recipe:
    """What the cache needs to draw these faces."""
    factors = sample_factors(count, SEED, start)
    columns = {name: factors[name].numpy() for name in ATTRIBUTES}
    return cache.Recipe((count, 3, size, size), columns, blocks(size, start, count))


def blocks(size: int, start: int, count: int) -> Iterator[np.ndarray]:
    """The faces in order, a few hundred at a time, with a progress bar."""
    from tqdm.auto import tqdm

    with tqdm(total=count, desc=f"Drawing faces at {size} × {size}", unit="image", leave=False) as bar:
        for first in range(0, count, BLOCK):
            some = min(BLOCK, count - first)
            with torch.no_grad():
                drawn = render(sample_factors(some, SEED, start + first), size)
            yield drawn.numpy()
            bar.update(some)


def status() -> Status:
    """Where the data set stands on this machine: it is always there."""
    total = sum(COUNTS.values())
    return Status(True, "drawn when first loaded", f"{total:,} faces, {len(ATTRIBUTES)} factors", 0, "")
