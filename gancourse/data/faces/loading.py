"""The faces as a data set: a fixed number per split, drawn once into the cache.

Besides "train", "valid" and "test" there are splits for asking whether a model that has never seen two
things together can put them together. COMBINATIONS names some pairs that are common enough apart:

- "train_seen": 20,000 faces none of which shows such a pair,
- "test_seen": 2,000 more of the same kind, for comparison,
- "test_unseen": 2,000 faces each of which shows one, 500 of each pair.

All are pictures nobody else's split has: face number k of the seed is always the same face, and each
number is in one split only ("all" is train, valid, and test together).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from gancourse.data import Status, cache, known
from gancourse.data.decode import BLOCK
from gancourse.data.images import Images
from gancourse.errors import CourseError
from gancourse.waiting import working

from .factors import HAIR_STYLES, TABLE, Factors, sample_factors
from .render import render

COUNTS = {"train": 20_000, "valid": 2_000, "test": 2_000}
HELD_OUT = {"train_seen": 20_000, "test_seen": 2_000, "test_unseen": 2_000}
SPLITS = (*COUNTS, "all", *HELD_OUT)
SIZES = (8, 64, 256)
FACTORS = tuple(factor.name for factor in TABLE)
ATTRIBUTES = (*FACTORS, "face", "combination")
SEED = 0
DRAWING_VERSION = 5  # to be raised when the drawing or COMBINATIONS change: it makes old cache entries stale
POOL = 100_000  # the first face of the splits with and without combinations
SECONDS_A_FACE = 0.45e-3  # of one thread, at 32 px, as `waiting` measures a machine
PIECE = 8_000  # faces of the pool that are looked at together
DESCRIPTION = "Faces drawn by the course itself. Every attribute is exact: it is the factor the face was drawn from."
LICENSE = "MIT, as the course: nobody's picture, and nobody's likeness."


def _long_hair(f: Factors) -> Tensor:
    hanging = (f["hair_style"] <= HAIR_STYLES.index("curly")) | (f["hair_style"] == HAIR_STYLES.index("braided"))
    return hanging & (f["hair_length"] > 0.6) & (f["bald"] == 0)


# What the splits "…_seen" leave out: for each name, which faces (bool (n,)) show it.
COMBINATIONS: dict[str, Callable[[Factors], Tensor]] = {
    "glasses and hat": lambda f: (f["glasses"] > 0) & (f["hat"] > 0),
    "old and smiling": lambda f: (f["age"] > 0.6) & (f["smile"] > 0.3),
    "long hair and beard": lambda f: _long_hair(f) & (f["beard"] > 0),
    "bald and glasses": lambda f: (f["bald"] > 0) & (f["hat"] == 0) & (f["glasses"] > 0),
}


def load(size: int, split: str, attributes: Sequence[str] | None, n: int | None) -> Images:
    """The data set as `gancourse.data.load` gives it.

    Attributes are the factors, and two more: "face", the number from which `factors_of` gets all its
    factors back, and "combination", an index into COMBINATIONS or −1. Default are the factors that
    can be read at 32 px, and "combination" where every face has one.
    """
    default = [factor.name for factor in TABLE if factor.readable] + ["combination"] * (split == "test_unseen")
    names = default if attributes is None else list(attributes)
    for name in names:
        known(name, ATTRIBUTES, "attribute of faces", "attributes")
    whole = sum(COUNTS.values()) if split == "all" else (COUNTS | HELD_OUT)[split]
    count = min(whole, n) if n is not None else whole
    key = [SEED, DRAWING_VERSION, size, split if split in HELD_OUT else span(split)[0]]
    drawn = whole if cache.is_kept(f"faces-{size}", [*key, whole]) else count  # a part of what is there is there
    numbers = face_numbers(split)[:drawn]
    pixels, columns = cache.cached(f"faces-{size}", [*key, drawn], lambda: blueprint(size, numbers))
    chosen = {name: columns[name][:count] for name in names}
    return Images(pixels[:count], chosen, "faces", split, DESCRIPTION, LICENSE)


def span(split: str) -> tuple[int, int]:
    """The first face of a split without combinations, and how many it has."""
    if split == "all":
        return 0, sum(COUNTS.values())
    before = list(COUNTS)[: list(COUNTS).index(split)]
    return sum(COUNTS[name] for name in before), COUNTS[split]


def face_numbers(split: str) -> Tensor:
    """Which faces a split has, int64, from low to high."""
    if split not in HELD_OUT:
        start, count = span(split)
        return torch.arange(start, start + count)
    *showing, without = _sorted_pool()
    if split == "test_unseen":
        return torch.cat(showing).sort().values
    return without[: HELD_OUT["train_seen"]] if split == "train_seen" else without[HELD_OUT["train_seen"] :]


@functools.cache
def _sorted_pool() -> list[Tensor]:
    """The pool's first faces that show each combination, as many as wanted, and last those that show none."""
    quota = HELD_OUT["test_unseen"] // len(COMBINATIONS)
    wanted = [quota] * len(COMBINATIONS) + [HELD_OUT["train_seen"] + HELD_OUT["test_seen"]]
    found = [torch.empty(0, dtype=torch.int64) for _ in wanted]
    start = POOL
    while any(len(those) < enough for those, enough in zip(found, wanted, strict=True)):
        shown = combination(sample_factors(PIECE, SEED, start))
        for k in range(len(found)):
            here = (shown == (k if k < len(COMBINATIONS) else -1)).nonzero().flatten() + start
            found[k] = torch.cat([found[k], here])[: wanted[k]]
        start += PIECE
    return found


def combination(factors: Factors) -> Tensor:
    """Which combination each face shows, int64 (n,): an index into COMBINATIONS, the first of two; −1 for none."""
    index = torch.full((factors.n,), -1)
    for k, shows in reversed(list(enumerate(COMBINATIONS.values()))):
        index[shows(factors)] = k
    return index


def factors_of(images: Images) -> Factors:
    """All the factors of loaded faces, in order; they need to have been loaded with the attribute "face"."""
    if "face" not in images.attributes:
        raise CourseError('These faces were loaded without their numbers: data.load("faces", attributes=["face", …]).')
    return numbered_factors(images.attributes["face"].cpu())


def numbered_factors(faces: Tensor) -> Factors:
    """The factors of faces of these numbers, in their order, repeated or not."""
    values = {name: torch.empty(len(faces)) for name in FACTORS}
    for piece in faces.div(PIECE, rounding_mode="floor").unique().tolist():
        here = faces.div(PIECE, rounding_mode="floor") == piece
        for name, drawn in sample_factors(PIECE, SEED, piece * PIECE).rows(faces[here] - piece * PIECE).items():
            values[name][here] = drawn
    return Factors(values)


def blueprint(size: int, faces: Tensor) -> cache.Blueprint:
    """What the cache needs to draw the faces of these numbers."""
    factors = numbered_factors(faces)
    columns = {name: factors[name].numpy() for name in FACTORS}
    columns |= {"face": faces.numpy(), "combination": combination(factors).numpy()}
    return cache.Blueprint((len(faces), 3, size, size), columns, blocks(size, factors))


def blocks(size: int, factors: Factors) -> Iterator[np.ndarray]:
    """The faces in order, a few hundred at a time, with a line that says how far it is."""
    where = "cuda" if torch.cuda.is_available() else "cpu"
    usual = factors.n * SECONDS_A_FACE * (size / 32) ** 2 if where == "cpu" else None
    with working(f"drawing {factors.n:,} faces at {size} × {size}, once", usual) as done:
        for first in range(0, factors.n, BLOCK):
            some = factors.rows(slice(first, first + BLOCK))
            with torch.no_grad():
                drawn = render(some.to(where), size).cpu()
            yield drawn.numpy()
            done((first + some.n) / factors.n)


def status() -> Status:
    """Where the data set stands on this machine: it is always there."""
    total = sum(COUNTS.values())
    return Status(True, "drawn when first loaded", f"{total:,} faces, {len(FACTORS)} factors", 0, "")
