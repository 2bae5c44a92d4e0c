"""What lesson 10 claims, measured: nearness and looks of enlarged faces, and who is recognized in them.

    make bench LESSON=10
    python lessons/10_super_resolution/bench.py --only resolved --seeds 0 1 2

The networks are the package's, trained here on drawn faces from 16 × 16 to 64 × 64 pixels. Exits with 1 if a target is
missed:

- resolved: bicubic, squared pixels, content and the judge, the same number of steps each: PSNR, SSIM, Fréchet's
  distance by the face reader and by lesson 03's discriminator, how steep edges are, how far what was made is off when
  it is shrunk again; for every seed squares are best by PSNR, and the judge is nearest by both distances;
- weights: the same with the judge ten and a hundred times as heavy, and with content alone; reported;
- shipped: the networks that come with the course, on other held-out faces for each seed, and mixtures of their weights;
- who: how often the right one of eight look-alikes is nearest to an answer of the course's networks, by pixels and by
  the reader's features, with and without noise on the small picture, and how often the measured pixels find it,
  compared at their own size; and what the
  reader reads in answers that is not so; for every seed measured pixels find more than the GAN's answers.
"""

from __future__ import annotations

import copy
import functools
import sys
from collections.abc import Callable

import torch
from torch import Tensor, nn

from gancourse import data
from gancourse.authoring.measuring import ranged, run_parts
from gancourse.data.images import to_unit
from gancourse.metrics.embedding import features
from gancourse.metrics.lineup import found_first, look_alikes
from gancourse.models import store
from gancourse.models.face_reader import load_face_reader
from gancourse.models.super_resolution import bicubic, low_resolution
from gancourse.training.resolving import (
    CONTENT_WEIGHT,
    JUDGE_WEIGHT,
    RESOLVERS,
    enlarged_by,
    large_faces,
    nearness,
    resolver_engine,
    trained_resolver,
)

STEPS = 400  # by squares, and then as many again with what is added
COUNT = 500
LINEUPS = 200


@functools.cache
def held_out(seed: int = 0) -> Tensor:
    """Faces that no network has seen, others for each seed."""
    drawn = data.load("faces", size=64, split="test", attributes=[], n=3 * COUNT)
    return to_unit(drawn.pixels[seed % 3 * COUNT :][:COUNT])


@functools.cache
def by_squares(seed: int, steps: int) -> nn.Module:
    return trained_resolver("squares", resolver_engine(steps, seed), steps)


@functools.cache
def gone_on(seed: int, steps: int, judged: float, content: float) -> nn.Module:
    """The network of squares after as many steps more, by what is weighed."""
    engine = resolver_engine(steps, seed, by_squares(seed, steps), judged, content)
    return trained_resolver("going on", engine, steps)


def told(name: str, rows: list[dict[str, float]]) -> None:
    """One line for a way to enlarge, over the seeds."""
    parts = [f"{what} {ranged([row[what] for row in rows], 3 if what in FINE else 2)}" for what in rows[0]]
    print(f"{name:16}: " + ", ".join(parts), flush=True)


FINE = ("SSIM", "steepness", "off the small picture")


def measured(G: Callable[[Tensor], Tensor], seed: int) -> dict[str, float]:
    true = held_out(seed)
    return nearness(enlarged_by(G, low_resolution(true)), true)


def resolved(seeds: list[int], steps: int) -> bool:
    """The four ways, and who wins what."""
    others = [
        nearness(to_unit(large_faces(3 * COUNT, "valid").pixels[k % 3 * COUNT :][:COUNT]), held_out(k)) for k in seeds
    ]
    for what in ("distance", "second distance"):
        print(f"{what} of other real faces: {ranged([row[what] for row in others])}")
    ways: dict[str, Callable[[int], Callable[[Tensor], Tensor]]] = {
        "bicubic": lambda seed: bicubic,
        "squares": lambda seed: gone_on(seed, steps, 0.0, 0.0),
        "content": lambda seed: gone_on(seed, steps, 0.0, CONTENT_WEIGHT),
        "judge": lambda seed: gone_on(seed, steps, JUDGE_WEIGHT, CONTENT_WEIGHT),
    }
    found = {name: [measured(way(seed), seed) for seed in seeds] for name, way in ways.items()}
    for name, rows in found.items():
        told(name, rows)
    passed = True
    for k in range(len(seeds)):
        best = max(found, key=lambda name: found[name][k]["PSNR"])
        nearest = [min(("bicubic", "squares", "judge"), key=lambda name: found[name][k][what])
                   for what in ("distance", "second distance")]  # fmt: skip
        print(f"  seed {seeds[k]}: best by PSNR {best}; nearest of bicubic, squares and judge {', '.join(nearest)}")
        near = {name: found[name][k]["PSNR"] for name in ("bicubic", "squares", "judge")}
        passed &= max(near, key=lambda name: near[name]) == "squares" and nearest == ["judge", "judge"]
    return passed


def weights(seeds: list[int], steps: int) -> bool:
    """The judge's weight."""
    for judged in (0.0, JUDGE_WEIGHT, 10 * JUDGE_WEIGHT, 100 * JUDGE_WEIGHT):
        told(f"weight {judged:g}", [measured(gone_on(seed, steps, judged, CONTENT_WEIGHT), seed) for seed in seeds])
    return True


def mixed(t: float) -> nn.Module:
    """(1 − t) of the L2 network's weights and t of the GAN's."""
    nets = store.load(RESOLVERS)
    net, end = copy.deepcopy(nets["L2"]), nets["GAN"].state_dict()
    state = {k: torch.lerp(v, end[k], t) if v.is_floating_point() else v for k, v in net.state_dict().items()}
    net.load_state_dict(state)
    return net


def shipped(seeds: list[int], steps: int) -> bool:
    """The networks that come with the course, and what lies between them."""
    told("bicubic", [measured(bicubic, seed) for seed in seeds])
    found = {t: [measured(mixed(t), seed) for seed in seeds] for t in (0.0, 0.25, 0.5, 0.75, 1.0)}
    for t, rows in found.items():
        told(f"mixed, t = {t:g}", rows)
    ends = zip(found[0.0], found[1.0], strict=True)
    return all(l2["PSNR"] > gan["PSNR"] and l2["distance"] > gan["distance"] for l2, gan in ends)


def who(seeds: list[int], steps: int) -> bool:
    """Line-ups of eight, and what the reader reads, by the answers of the course's networks."""
    ways: dict[str, Callable[[Tensor], Tensor]] = {"bicubic": bicubic, **store.load(RESOLVERS)}
    rows: dict[tuple[str, float], list[float]] = {}
    for seed in seeds:
        lineups = look_alikes(LINEUPS, start=700_000 + 10_000 * seed)
        faces = to_unit(lineups.flatten(0, 1))
        small = low_resolution(faces)
        seen, large = (part.unflatten(0, lineups.shape[:2]) for part in (features(faces), faces.flatten(1)))
        measured_ones = small.flatten(1).unflatten(0, lineups.shape[:2])
        first = small.unflatten(0, lineups.shape[:2])[:, 0]
        grain = torch.randn(first.shape, generator=torch.Generator().manual_seed(seed))
        for noise in (0.0, 0.05, 0.1):
            given = first + noise * grain
            rows.setdefault(("measured", noise), []).append(found_first(given.flatten(1), measured_ones))
            for name, G in ways.items():
                made = enlarged_by(G, given)
                rows.setdefault((name, noise), []).append(found_first(made.flatten(1), large))
                rows.setdefault((f"{name}, reader", noise), []).append(found_first(features(made), seen))
    for (name, noise), found in rows.items():
        print(f"noise {noise:4g}, {name:8}: the right one of eight {ranged(found)}", flush=True)
    for name, G in ways.items():
        misread(name, G, seeds)
    pairs = [(rows["measured", noise], rows["GAN", noise]) for noise in (0.0, 0.05)]
    return all(more > less for some, others in pairs for more, less in zip(some, others, strict=True))


def misread(name: str, G: Callable[[Tensor], Tensor], seeds: list[int]) -> None:
    """What the reader reads in answers, against what it reads in the true faces."""
    reader, rows = load_face_reader(), {}
    for seed in seeds:
        true = held_out(seed)
        made = enlarged_by(G, low_resolution(true))
        there, here = reader.read(true), reader.read(made)
        for flag in ("glasses", "hat"):
            wrong = ((here[flag] > 0.5) != (there[flag] > 0.5)).float().mean()
            rows.setdefault(f"{flag} wrong", []).append(float(wrong))
        wrong = (here["hair_style"] != there["hair_style"]).float().mean()
        rows.setdefault("hair style wrong", []).append(float(wrong))
        for factor in ("smile", "age"):
            off = (here[factor] - there[factor]).abs().mean()
            strangers = (there[factor] - there[factor].roll(1)).abs().mean()
            rows.setdefault(f"{factor} off, of what strangers differ", []).append(float(off / strangers))
    print(f"{name:8}: " + ", ".join(f"{what} {ranged(some, 3)}" for what, some in rows.items()), flush=True)


PARTS: dict[str, Callable[[list[int], int], bool]] = {
    "resolved": resolved, "weights": weights, "shipped": shipped, "who": who,
}  # fmt: skip

if __name__ == "__main__":
    sys.exit(run_parts(PARTS, __doc__, steps=STEPS))
