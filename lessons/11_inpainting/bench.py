"""What lesson 11 claims, measured: with and without each judge, what was hidden, and how far fillings differ.

    make bench LESSON=11
    python lessons/11_inpainting/bench.py --only judges --seeds 0 1 2

The networks are the package's, trained here on drawn faces of 32 × 32 pixels with free-form holes, and measured on
held-out faces, others for each seed. Exits with 1 if a target is missed:

- judges: no judge, that of the whole, that of patches, both, the same number of steps each: L1 and PSNR in the hole,
  Fréchet's distance of the whole pictures and of the cut around the hole, for held-out strokes and for two shapes that
  were never trained on; for every seed, with the square, L1 alone has less error than both judges together, and these
  are nearer as a crowd by the cut; the other shapes are reported;
- shipped: the networks that come with the course, 64 × 64, on other held-out faces for each seed; by the cut that of
  both judges is nearer than L1's for every seed and shape;
- hidden: what the reader finds where glasses, a hat, a smile were hidden; with glasses, agreement with the truth is at
  most 0.08 above that with somebody else's;
- noise: how much fillings by other noise differ, with noise alone and with the mode-seeking term, and what the term
  costs; with it they differ more in every seed.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable

from torch import Tensor

from gancourse import data
from gancourse.authoring.measuring import ranged, run_parts
from gancourse.data.images import Images, to_unit
from gancourse.models import store
from gancourse.models.inpainting import Filler, filled_picture, with_hole
from gancourse.training.filling import Fill, hidden_factors, hole_figures
from gancourse.training.inpainting import (
    APART_WEIGHT,
    FILLER_NOISE,
    FILLERS,
    apartness,
    filling,
    filling_engine,
    from_around,
    masks_of,
    trained_filler,
)

STEPS = 500  # by L1, and then half as many again with what is added
COUNT, FACES, SHAPES = 500, 4000, ("strokes", "square", "half")
JUDGED = 0.03  # the weight of a judge, as in the lesson
JUDGES = {"none": (0.0, 0.0), "whole": (JUDGED, 0.0), "patch": (0.0, JUDGED), "both": (JUDGED, JUDGED)}


@functools.cache
def held_faces(seed: int, size: int) -> Images:
    """Faces that no network has seen, others for each seed, with what is hidden of them."""
    several = data.load("faces", size=size, split="test", attributes=["glasses", "hat", "smile"], n=3 * COUNT)
    first = seed % 3 * COUNT
    return several.subset(slice(first, first + COUNT))


@functools.cache
def by_near(seed: int, steps: int) -> Filler:
    return trained_filler("L1", filling_engine(steps, seed, size=32, n=FACES, holes=600), steps)


@functools.cache
def with_more(seed: int, steps: int, whole: float, patch: float, apart: float = 0.0, noise: int = 0) -> Filler:
    """The network of L1 after half as many steps more, by what is weighed."""
    start, more = by_near(seed, steps), steps // 2
    engine = filling_engine(more, seed, start, whole, patch, apart, noise, size=32, n=FACES, holes=600)
    return trained_filler("going on", engine, more)


def told(name: str, rows: list[dict[str, float]]) -> None:
    """One line over the seeds."""
    digits = {"L1": 3}
    print(
        f"{name:16}: " + ", ".join(f"{what} {ranged([r[what] for r in rows], digits.get(what, 2))}" for what in rows[0])
    )
    sys.stdout.flush()


def figures_of(fill: Fill, seed: int, size: int) -> dict[str, dict[str, float]]:
    """By shape."""
    true, found = to_unit(held_faces(seed, size).pixels), {}
    for shape in SHAPES:
        masks = masks_of(shape, len(true), size)
        found[shape] = hole_figures(fill(true, masks), true, masks)
    return found


def around(pictures: Tensor, masks: Tensor) -> Tensor:
    return filled_picture(pictures, masks, from_around(with_hole(pictures, masks)))


def table_of(ways: dict[str, Callable[[int], Fill]], seeds: list[int], size: int) -> dict[str, list[dict]]:
    """What each way comes to, by shape, for all seeds; it is printed."""
    found = {name: [figures_of(way(seed), seed, size) for seed in seeds] for name, way in ways.items()}
    for shape in SHAPES:
        for name, rows in found.items():
            told(f"{shape}, {name}", [row[shape] for row in rows])
    return found


def judges(seeds: list[int], steps: int) -> bool:
    """With and without each judge."""
    ways: dict[str, Callable[[int], Fill]] = {"from around": lambda seed: around}
    for name, weights in JUDGES.items():
        ways[name] = lambda seed, weights=weights: filling(with_more(seed, steps, *weights))
    found = table_of(ways, seeds, 32)
    passed = True
    for k, seed in enumerate(seeds):
        for shape in SHAPES:
            rows = {name: found[name][k][shape] for name in JUDGES}
            best = {what: min(rows, key=lambda name: rows[name][what]) for what in ("L1", "whole", "cut")}
            print(f"  seed {seed}, {shape}: best by L1 {best['L1']}, by whole {best['whole']}, by cut {best['cut']}")
            if shape == "square":
                passed &= rows["none"]["L1"] < rows["both"]["L1"] and rows["both"]["cut"] < rows["none"]["cut"]
    return passed


def shipped(seeds: list[int], steps: int) -> bool:
    """The networks that come with the course."""
    nets = store.load(FILLERS)
    ways: dict[str, Callable[[int], Fill]] = {"from around": lambda seed: around}
    ways |= {name: (lambda seed, net=net: filling(net)) for name, net in nets.items()}
    found = table_of(ways, seeds, 64)
    pairs = [(found["L1"][k][shape], found["both"][k][shape]) for k in range(len(seeds)) for shape in SHAPES]
    apart = [apartness(nets["many"], to_unit(held_faces(seed, 64).pixels), masks_of("square", COUNT)) for seed in seeds]
    print(f"two fillings of a square by other noise: {ranged(apart)} of what two people differ there")
    return all(near["cut"] > both["cut"] for near, both in pairs)


def hidden(seeds: list[int], steps: int) -> bool:
    """Glasses, hats and smiles that were hidden."""
    nets, passed = store.load(FILLERS), True
    for name, net in nets.items():
        rows = []
        for seed in seeds:
            faces = held_faces(seed, 64)
            rows.append(hidden_factors(filling(net), to_unit(faces.pixels), faces.attributes))
        for factor in rows[0]:
            told(f"{name}, {factor}", [row[factor] for row in rows])
        passed &= all(row["glasses"]["agrees"] < row["glasses"]["by chance"] + 0.08 for row in rows)
    return passed


def noise(seeds: list[int], steps: int) -> bool:
    """Fillings by other noise."""
    rows: dict[float, list[dict[str, float]]] = {0.0: [], APART_WEIGHT: []}
    for seed in seeds:
        true = to_unit(held_faces(seed, 32).pixels)
        masks = masks_of("square", len(true), 32)
        for weight, row in rows.items():
            net = with_more(seed, steps, *JUDGES["both"], weight, FILLER_NOISE)
            found = hole_figures(filling(net)(true, masks), true, masks)
            row.append({"apart": apartness(net, true, masks), **found})
    for weight, row in rows.items():
        told(f"weight {weight:g}", row)
    return all(less["apart"] < more["apart"] for less, more in zip(rows[0.0], rows[APART_WEIGHT], strict=True))


PARTS: dict[str, Callable[[list[int], int], bool]] = {
    "judges": judges, "shipped": shipped, "hidden": hidden, "noise": noise,
}  # fmt: skip

if __name__ == "__main__":
    sys.exit(run_parts(PARTS, __doc__, steps=STEPS))
