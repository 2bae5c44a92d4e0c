"""Lesson 15's claims, measured: the paper's ablation on drawn faces, truncation, standing statistics, accumulation.

    python lessons/15_biggan/bench.py [--only ablation truncation shipped standing accumulation]
                                      [--seeds 0 1 2] [--steps 400]

Networks are the package's, small ones, trained here on drawn faces of 16 pixels; a class is a style of hair, with or
without glasses. What one part has trained the next one uses. Exits with 1 if a target is missed:

- ablation: one change after the other, in the order of the paper's table 1, each row on top of the one before it and
  all for the same number of steps: the distance by the face reader and how often it reads the class that was asked
  for; reported, with how many of the seeds each row helped in;
- truncation, with and without orthogonal regularization: distance, precision, recall, and the share of the pictures
  that are saturated more than 99 of 100 real ones, by threshold; for every seed and both, recall is lower at 0.5 than
  without truncation;
- shipped: the same of the generator that comes with the course, at 32 pixels;
- standing: the distance of truncated pictures with the statistics that training left behind, with those of z ~ N(0, I)
  and with those of the truncated z; reported;
- accumulation: how far the gradient of 64 pictures in parts is from that of 64 at once; for every seed below 0.01 %
  where all is held fixed, and more than 1 % in G where each part is normalized by itself.
"""

from __future__ import annotations

import functools
import itertools
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse import data
from gancourse.authoring.measuring import ranged, run_parts
from gancourse.data.faces import HAIR_STYLES
from gancourse.data.images import Images, to_unit
from gancourse.games.biggan import FACE_CLASSES, Big, face_classes
from gancourse.metrics import frechet_from_features, precision_recall
from gancourse.metrics.embedding import features
from gancourse.models import store
from gancourse.models.biggan import BigDiscriminator, BigGenerator, standing_statistics, truncated_normal
from gancourse.models.face_reader import load_face_reader
from gancourse.objectives import OBJECTIVES
from gancourse.training.engine import Engine
from gancourse.training.machine import Machine
from gancourse.training.speed.form import Form

SIZE, COUNT, LATENT = 16, 1000, 60
STEPS = 400
NO_THRESHOLD = float("inf")
THRESHOLDS = (NO_THRESHOLD, 2.0, 1.0, 0.5, 0.1)


@dataclass(frozen=True)
class Row:
    """One line of the ablation."""

    batch: int = 16
    width: int = 8
    shared: bool = False
    skip_z: bool = False
    orthogonal: float = 0.0


def rows() -> dict[str, Row]:
    """The paper's order, each on top of the one before; factors as there, but for the batch (4 in place of 8)."""
    larger = replace(base := Row(), batch=64)
    wider = replace(larger, width=12)
    shared = replace(wider, shared=True)
    skip_z = replace(shared, skip_z=True)
    return {
        "base": base,
        "batch × 4": larger,
        "channels × 1.5": wider,
        "shared embedding": shared,
        "skip-z": skip_z,
        "orthogonal": replace(skip_z, orthogonal=1e-4),
    }


@functools.cache
def faces(split: str, size: int = SIZE) -> Images:
    """Drawn faces of 16 or 32 pixels with their classes."""
    n = 20_000 if split == "train" else COUNT
    drawn = data.load("faces", size=32, split=split, attributes=["glasses", "hair_style"], n=n)
    pixels = F.avg_pool2d(drawn.pixels.float(), 32 // size).round().to(torch.uint8)
    return Images(pixels, {"label": face_classes(drawn.attributes)}, "faces", split)


@functools.cache
def trained(row: Row, seed: int, steps: int) -> Engine:
    """The game of a row after so many steps."""
    torch.manual_seed(seed)
    n = len(FACE_CLASSES)
    G = BigGenerator(SIZE, n, LATENT, row.width, shared=row.shared, skip_z=row.skip_z, attention=8)
    D = BigDiscriminator(SIZE, n, row.width, attention=8)
    engine = Engine(
        Big(G, D, row.orthogonal), faces("train"), batch_size=row.batch, lr={"G": 1e-3, "D": 2e-3}, betas=(0.0, 0.999),
        ema={"G": 0.99}, seed=seed, machine=Machine("cpu", Form(channels_last=True)),
    )  # fmt: skip
    for _ in itertools.islice(engine, steps):
        pass
    engine.check()
    return engine


def noise(n: int, threshold: float, random: torch.Generator) -> Tensor:
    if threshold == NO_THRESHOLD:
        return torch.randn(n, LATENT, generator=random)
    return truncated_normal(n, LATENT, threshold, random)


def stand(G: BigGenerator, threshold: float, seed: int) -> None:
    """Standing statistics of 10 batches of 200, with classes as frequent as in the data."""
    random, y = torch.Generator().manual_seed(1000 + seed), faces("train").attributes["label"]
    draws = [(noise(200, threshold, random), y[200 * k : 200 * k + 200]) for k in range(10)]
    standing_statistics(G, draws)


@torch.no_grad()
def made(G: BigGenerator, threshold: float, seed: int) -> Tensor:
    """1,000 pictures of the test faces' classes."""
    z, y = noise(COUNT, threshold, torch.Generator().manual_seed(seed)), faces("test").attributes["label"]
    return torch.cat([G(*some) for some in zip(z.split(200), y.split(200), strict=True)])


def averaged(row: Row, seed: int, steps: int) -> BigGenerator:
    """The average of a row's G: the same object each time, with whatever statistics were last given to it."""
    G = trained(row, seed, steps).averaged("G")
    assert isinstance(G, BigGenerator)
    return G


@functools.cache
def real(size: int) -> Tensor:
    return features(faces("test", size))


def as_asked(pictures: Tensor) -> float:
    """The share of pictures whose class the face reader reads as that of the test face of the same number."""
    return float((face_classes(load_face_reader().read(pictures)) == faces("test").attributes["label"]).float().mean())


def tell_yardsticks(size: int) -> None:
    """How often the class is read in faces of the data, and in pictures of a generator that does not listen."""
    held = faces("test", size)
    labeled = as_asked(held.pixels)  # below 1: hats hide hair, and one head in ten is bald
    deaf = as_asked(held.pixels[torch.randperm(len(held.pixels), generator=torch.Generator().manual_seed(0))])
    print(f"{size} pixels: class as labeled in faces of the data {labeled:.3f}, in any face {deaf:.3f}", flush=True)


def distance_of(pictures: Tensor) -> float:
    return float(frechet_from_features(features(pictures), real(pictures.shape[-1])))


def ablation(seeds: list[int], steps: int) -> bool:
    """Table 1's rows."""
    tell_yardsticks(SIZE)
    print(f"other real faces: distance {distance_of(to_unit(faces('valid').pixels)):.2f}")
    table, found = rows(), {name: ([], []) for name in rows()}
    for seed, (name, row) in itertools.product(seeds, table.items()):
        began = time.process_time()
        G = averaged(row, seed, steps)
        took = time.process_time() - began
        stand(G, NO_THRESHOLD, seed)
        pictures = made(G, NO_THRESHOLD, seed)
        for kept, value in zip(found[name], (distance_of(pictures), as_asked(pictures)), strict=True):
            kept.append(value)
        print(f"  {seed}, {name}: {found[name][0][-1]:.1f}, {found[name][1][-1]:.3f}; {took:.0f} s", flush=True)
    before: list[float] | None = None
    for name, row in table.items():
        distances, asked = found[name]
        parameters = sum(p.numel() for p in averaged(row, seeds[0], steps).parameters())
        nearer = (
            "" if before is None else f"; nearer than the row above in {count_less(distances, before)} of {len(seeds)}"
        )
        told = f"distance {ranged(distances, 1)}, class as asked {ranged(asked, 3)}{nearer}"
        print(f"{name:17} G of {parameters:6,}: {told}", flush=True)
        before = distances
    return True


def count_less(some: list[float], others: list[float]) -> int:
    return sum(a < b for a, b in zip(some, others, strict=True))


def saturated(pictures: Tensor) -> Tensor:
    """Of each picture, the share of its values that are within 1 % of black or of full."""
    return (pictures.abs() > 0.98).flatten(1).float().mean(1)


def by_threshold(name: str, found: dict[int, BigGenerator]) -> bool:
    """Print what truncation does to a generator for each seed; whether recall is lower at 0.5 for all."""
    size, told = found[min(found)].size, ("distance", "precision", "recall", "saturated", "class as asked")
    usual = saturated(to_unit(faces("test", size).pixels)).quantile(0.99)
    tell_yardsticks(size)
    rows: dict[float, list[tuple[float, ...]]] = {}
    for (seed, G), threshold in itertools.product(found.items(), THRESHOLDS):
        stand(G, threshold, seed)
        pictures = made(G, threshold, seed)
        precision, recall = precision_recall(real(size), features(pictures))
        glare = float((saturated(pictures) > usual).float().mean())
        rows.setdefault(threshold, []).append((distance_of(pictures), precision, recall, glare, as_asked(pictures)))
    for threshold, values in rows.items():
        at = "no threshold" if threshold == NO_THRESHOLD else f"at {threshold:g}"
        parts = [f"{what} {ranged(list(some))}" for what, some in zip(told, zip(*values, strict=True), strict=True)]
        print(f"{name:10} {at:12}: " + ", ".join(parts), flush=True)
    return all(cut[2] < whole[2] for cut, whole in zip(rows[0.5], rows[NO_THRESHOLD], strict=True))


def truncation(seeds: list[int], steps: int) -> bool:
    """The last two rows of the ablation: without and with the penalty."""
    table = rows()
    kinds = {"without": table["skip-z"], "orthogonal": table["orthogonal"]}
    return all([by_threshold(name, {k: averaged(row, k, steps) for k in seeds}) for name, row in kinds.items()])


def shipped(seeds: list[int], steps: int) -> bool:
    """The generator that comes with the course, with other noise for each seed."""
    G = store.load("biggan_faces_32")["G"]
    assert isinstance(G, BigGenerator)
    held = faces("test", G.size)
    asked = held.attributes["label"]
    random = torch.Generator().manual_seed(0)
    with torch.no_grad():
        drawn = torch.cat([G(noise(len(y), NO_THRESHOLD, random), y) for y in asked.split(100)])
    by_chance = asked[torch.randperm(len(asked), generator=random)]
    for kind, seen in (
        ("made", face_classes(load_face_reader().read(drawn))),
        ("in the data", face_classes(load_face_reader().read(held.pixels))),
        ("not listening", by_chance),
        ("always straight, no glasses", torch.zeros_like(asked)),
    ):
        right = [float((seen[asked // 2 == k] // 2 == k).float().mean()) for k in range(len(HAIR_STYLES))]
        told = ", ".join(f"{name} {share:.2f}" for name, share in zip(HAIR_STYLES, right, strict=True))
        glasses, hair = (seen % 2 == asked % 2).float().mean(), (seen // 2 == asked // 2).float().mean()
        print(f"{kind}: glasses {glasses:.3f}, hair {hair:.3f}, of it {told}", flush=True)
    return by_threshold("shipped", dict.fromkeys(seeds, G))


def standing(seeds: list[int], steps: int) -> bool:
    """Three kinds of statistics for the same weights and the same z, in evaluation mode."""
    row = rows()["orthogonal"]
    kinds = ("as training left them", "of z ~ N(0, I)", "of these z")
    for threshold in (NO_THRESHOLD, 1.0, 0.5):
        found: dict[str, list[float]] = {kind: [] for kind in kinds}
        moved: dict[str, list[float]] = {kind: [] for kind in kinds}
        for seed in seeds:
            engine, G = trained(row, seed, steps), averaged(row, seed, steps)
            first = None
            for kind in kinds:
                if kind == kinds[0]:  # the average copies the statistics of the network that was trained
                    for ours, theirs in zip(norms(G), norms(engine.game.nets["G"]), strict=True):
                        ours.load_state_dict(theirs.state_dict())
                else:
                    stand(G, NO_THRESHOLD if kind == kinds[1] else threshold, seed)
                pictures = made(G, threshold, seed)
                first = pictures if first is None else first
                found[kind].append(distance_of(pictures))
                moved[kind].append(float((pictures - first).square().mean().sqrt()))
        at = "no threshold" if threshold == NO_THRESHOLD else f"at {threshold:g}"
        for kind in kinds:
            print(
                f"{at:12} {kind:21}: distance {ranged(found[kind])}, pixels moved by {ranged(moved[kind], 3)}",
                flush=True,
            )
    return True


def norms(net: nn.Module) -> list[nn.BatchNorm2d]:
    return [layer for layer in net.modules() if isinstance(layer, nn.BatchNorm2d)]


def accumulation(seeds: list[int], steps: int) -> bool:
    """Gradients of 64 pictures at once and in parts, of networks after 100 steps."""
    hinge, passed = OBJECTIVES["hinge"], True
    cases = ("D, held", "D, its norms moving", "G, held", "G, as in training")
    found: dict[tuple[str, int], list[float]] = {}
    for seed in seeds:
        engine = trained(rows()["orthogonal"], seed, min(steps, 100))
        G, D = engine.game.nets["G"], engine.game.nets["D"]
        torch.manual_seed(seed)
        z, some = torch.randn(64, LATENT), faces("test")
        x, y = to_unit(some.pixels[:64]), some.attributes["label"][:64]

        def loss_of(part: slice, case: str, G: nn.Module = G, D: nn.Module = D, x: Tensor = x, y: Tensor = y,
                    z: Tensor = z) -> Tensor:  # fmt: skip
            if case.startswith("G"):
                return hinge.g_loss(D(G(z[part], y[part]), y[part]))
            both = D(torch.cat([x[part], G(z[part], y[part]).detach()]), y[part].repeat(2))
            return hinge.d_loss(*both.chunk(2))

        for case in cases:
            G.train(case == cases[3]), D.train(case == cases[1])
            kept = {name: value.clone() for name, value in D.state_dict().items()}
            weights = list((G if case.startswith("G") else D).parameters())
            slopes = {}
            for parts in (1, 2, 4, 16):
                D.load_state_dict(kept)
                each, total = 64 // parts, [torch.zeros_like(p) for p in weights]
                for k in range(parts):
                    loss = loss_of(slice(each * k, each * k + each), case) / parts
                    slope = torch.autograd.grad(loss, weights, allow_unused=True)
                    total = [a if b is None else a + b for a, b in zip(total, slope, strict=True)]
                slopes[parts] = torch.cat([part.flatten() for part in total])
                off = float((slopes[parts] - slopes[1]).norm() / slopes[1].norm())
                found.setdefault((case, parts), []).append(off)
            D.load_state_dict(kept)
        passed &= all(found[case, 4][-1] < 1e-4 for case in (cases[0], cases[2])) and found[cases[3], 4][-1] > 0.01
    for case in cases:
        told = [f"{p} × {64 // p} {100 * sum(found[case, p]) / len(seeds):.2g} %" for p in (2, 4, 16)]
        print(
            f"{case:20} off by " + ", ".join(told) + f" (most {100 * max(found[case, 4]):.2g} % at 4 × 16)", flush=True
        )
    return passed


PARTS: dict[str, Callable[[list[int], int], bool]] = {
    "ablation": ablation, "truncation": truncation, "shipped": shipped, "standing": standing,
    "accumulation": accumulation,
}  # fmt: skip

if __name__ == "__main__":
    sys.exit(run_parts(PARTS, __doc__, steps=STEPS))
