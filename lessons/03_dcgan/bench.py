"""Lesson 03's claims, measured: faces in five minutes, a falling distance, no jumps, no copies.

    python lessons/03_dcgan/bench.py [--only diagnose faces hacks checkpoint] [--seeds 0 1 2] [--minutes 5]

Runs the lesson's own code (its worked solutions, its `Run` and `train`) at 32 × 32 pixels for so many
minutes of processor time on one thread, which two cores spend in less. The distance is Fréchet's on
the features of the course's face reader, between 1,000 samples and the 2,000 test faces: **no FID of
Inception's**, comparable only within this page. The same distance between test and validation faces,
and that of a data set blurred to 8 × 8 pixels, say what its numbers mean. Grids of samples that were
not picked go to build/benchmarks/. Exits with 1 if a target is missed:

- diagnose: at least 85 % of the held-out runs told right, and no good run called broken;
- faces, for every seed: the distance falls (rank correlation with time at most −0.8) to below a sixth
  of its start and below that of the blurred faces; of 100 steps between two samples none is more than
  three times the mean one; samples are as far from their nearest training face as test faces are,
  at least four fifths of it;
- hacks, for every seed: a sigmoid at G's end and mixed batches end at least half as far again from the data as
  the recipe with that seed, a momentum of 0.9 at least a quarter; the other switches are reported, with no target;
- checkpoint: the same as for faces, but for the fall, for the network that comes with the course.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from scipy.stats import spearmanr
from torch import Tensor
from torchvision.utils import save_image

from gancourse import data
from gancourse.authoring.source import find
from gancourse.data.images import to_unit
from gancourse.metrics import frechet_from_features
from gancourse.models.face_reader import FaceReader, load_face_reader
from gancourse.paths import repository
from gancourse.training.diagnose import VERDICTS, diagnose
from gancourse.training.runs import load_runs

CELLS = ("settings", "last-layer", "mixed-step", "players", "run", "train")
SAMPLES = 1000
Draw = Callable[[Tensor], Tensor]


# --- what is measured ---------------------------------------------------------------------------


@torch.no_grad()
def features(reader: FaceReader, pictures: Tensor) -> Tensor:
    """The reader's features of pictures, a few hundred at a time."""
    return torch.cat([reader.features(some) for some in pictures.split(250)])


class Measure:
    """Distances to the test faces of one size."""

    def __init__(self, size: int) -> None:
        self.reader, self.size = load_face_reader(), size
        self.test = data.load("faces", size=size, split="test", attributes=[]).pixels
        self.train = data.load("faces", size=size, split="train", attributes=[]).pixels
        self.reference = features(self.reader, self.test)
        self.z = torch.randn(SAMPLES, 64, generator=torch.Generator().manual_seed(1))

    def distance(self, pictures: Tensor) -> float:
        """Fréchet's distance of pictures to the test faces."""
        return frechet_from_features(features(self.reader, pictures), self.reference)

    def of(self, draw: Draw) -> float:
        return self.distance(sampled(draw, self.z))

    def yardsticks(self) -> tuple[float, float]:
        """The distance of other real faces, and of blurred ones."""
        valid = data.load("faces", size=self.size, split="valid", attributes=[]).pixels
        small = F.interpolate(to_unit(valid), size=(8, 8), mode="area")
        blurred = F.interpolate(small, size=(self.size, self.size), mode="bilinear", align_corners=False)
        return self.distance(valid), self.distance(blurred)

    def copying(self, draw: Draw, n: int = 200) -> float:
        """How far samples are from their nearest training faces, in units of how far test faces are."""
        return nearest(sampled(draw, self.z[:n]), self.train) / nearest(to_unit(self.test[:n]), self.train)


def nearest(pictures: Tensor, faces: Tensor) -> float:
    """The median root mean squared distance to the nearest of these faces, at 16 × 16 pixels."""

    def small(x: Tensor) -> Tensor:
        return F.adaptive_avg_pool2d(x, 16).flatten(1)

    rows = torch.cat([small(to_unit(some)) for some in faces.split(2000)])
    return float(torch.cdist(small(pictures), rows).min(1).values.median()) / rows.shape[1] ** 0.5


@torch.no_grad()
def sampled(draw: Draw, z: Tensor) -> Tensor:
    return torch.cat([draw(some) for some in z.split(100)])


def largest_step(draw: Draw, pairs: int = 8, steps: int = 100) -> float:
    """Between samples: the largest step of a hundred, in units of the mean one; the worst of some pairs."""
    ends = torch.randn(pairs, 2, 64, generator=torch.Generator().manual_seed(2))
    worst = 0.0
    for a, b in ends:
        t = torch.linspace(0, 1, steps + 1)[:, None]
        angle = torch.acos(F.cosine_similarity(a, b, dim=0))
        way = (torch.sin((1 - t) * angle) * a + torch.sin(t * angle) * b) / torch.sin(angle)
        film = sampled(draw, way)
        moved = (film[1:] - film[:-1]).flatten(1).norm(dim=1)
        worst = max(worst, float(moved.max() / moved.mean()))
    return worst


def sheet(name: str, pictures: Tensor, columns: int = 8) -> None:
    folder = repository() / "build" / "benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    path: Path = folder / f"dcgan_{name}.png"
    save_image(F.interpolate(pictures, scale_factor=2), path, nrow=columns, normalize=True, value_range=(-1, 1))
    print(f"  {path.relative_to(repository())}")


# --- the parts ----------------------------------------------------------------------------------


def diagnoses() -> bool:
    """How often the diagnosis is right, on runs that its thresholds were not chosen on."""
    passed = True
    for held_out in (False, True):
        runs = [run for run in load_runs() if run.held_out is held_out]
        table = Counter((run.kind, diagnose(run.history).verdict) for run in runs)
        right = sum(count for (kind, said), count in table.items() if kind == said)
        print(f"diagnosis, {'held out' if held_out else 'chosen on'}: {right} of {len(runs)} right")
        print(f"  {'what it is':18s} " + " ".join(f"{word[:13]:>13s}" for word in VERDICTS))
        for kind in VERDICTS:
            print(f"  {kind:18s} " + " ".join(f"{table[kind, said] or '·':>13}" for said in VERDICTS))
        slandered = sum(n for (kind, said), n in table.items() if kind == "healthy" and said not in VERDICTS[:2])
        passed &= not held_out or (right >= 0.85 * len(runs) and not slandered)
    return passed


def averaged(run: Any) -> Draw:
    return lambda z: run.sample(z)


def played(
    lesson: dict[str, Any], measure: Measure, minutes: float, points: int = 7, **changes: Any
) -> tuple[Any, list[tuple[float, float]]]:
    """A run of the lesson for so much processor time: the run, and (seconds, distance) on the way."""
    faces = data.load("faces", size=measure.size, attributes=[])
    run = lesson["Run"](lesson["Settings"](size=measure.size, **changes))
    # The number of steps has to be known beforehand: the learning rate follows it.
    trial = lesson["Run"](lesson["Settings"](size=measure.size, **changes))
    started = time.process_time()
    for _ in lesson["train"](trial, faces, 24):
        if len(trial.history["d_loss"]) == 4:  # the first ones set up
            started = time.process_time()
    steps = round(60 * minutes * 20 / (time.process_time() - started))
    moments = {round(steps * (k / points) ** 1.5) for k in range(1, points + 1)}
    rows = [(0.0, measure.of(averaged(run)))]
    spent, started = 0.0, time.process_time()
    for step, _ in enumerate(lesson["train"](run, faces, steps), 1):
        if step in moments:
            spent += time.process_time() - started
            rows.append((spent, measure.of(averaged(run))))
            print(f"  {step:5d} steps {spent:4.0f} s  distance {rows[-1][1]:7.2f}", flush=True)
            started = time.process_time()
    return run, rows


def faces_in_minutes(seeds: list[int], minutes: float) -> bool:
    """The lesson's run, for every seed."""
    lesson, measure, passed = find("03_dcgan").worked(*CELLS), Measure(32), True
    same, blurred = measure.yardsticks()
    print(f"32 px; other real faces are at a distance of {same:.2f}, blurred ones at {blurred:.2f}")
    for seed in seeds:
        print(f"seed {seed}")
        run, rows = played(lesson, measure, minutes, seed=seed)
        falls = float(spearmanr([row[0] for row in rows], [row[1] for row in rows]).statistic)
        passed &= judged(f"32px_seed_{seed}", averaged(run), measure, blurred, rows[0][1])
        passed &= falls <= -0.8
        raw = measure.of(lambda z, run=run: run.sample(z, averaged=False))
        print(f"  rank correlation of distance and time {falls:.2f}; G itself, not averaged: {raw:.2f}")
    return passed


def judged(name: str, draw: Draw, measure: Measure, blurred: float, start: float) -> bool:
    """The figures that both the lesson's runs and the checkpoint have to meet."""
    end, jump, apart = measure.of(draw), largest_step(draw), measure.copying(draw)
    print(f"  distance {end:.2f} (start {start:.2f}), largest step {jump:.2f} times the mean, nearest {apart:.2f}")
    sheet(name, sampled(draw, measure.z[:64]))
    return end < start / 6 and end < blurred and jump <= 3 and apart >= 0.8


def hacks(seeds: list[int]) -> bool:
    """What each switch does in the lesson's short runs at 16 × 16; those that must fail have to."""
    lesson, measure = find("03_dcgan").worked("load", *CELLS, "short-run"), Measure(16)
    switches: dict[str, dict[str, Any]] = {
        "recipe": {},
        "sigmoid at the end": {"last": "sigmoid"},
        "nothing at the end": {"last": "none"},
        "momentum 0.9": {"beta_1": 0.9},
        "mixed batches": {"mixed": True},
        "hard labels": {"real_label": 1.0},
        "noisy labels": {"noisy": True},
        "replay of 1000": {"replay": 1000},
        "threshold 0.8": {"threshold": 0.8},
    }
    found: dict[str, list[float]] = {}
    for name, changes in switches.items():
        runs = [lesson["short_run"](seed=seed, **changes) for seed in seeds]
        found[name] = [measure.of(averaged(run)) for run in runs]
        raw = [measure.of(lambda z, run=run: run.sample(z, averaged=False)) for run in runs]
        said = ", ".join(diagnose(run.history).verdict for run in runs)
        print(f"{name:20s} distance {row(found[name])}   G itself {row(raw)}   {said}", flush=True)
        sheet(f"hack_{name.replace(' ', '_')}", runs[0].sample())
    fail = {"sigmoid at the end": 1.5, "momentum 0.9": 1.25, "mixed batches": 1.5}
    ratios = {name: [a / b for a, b in zip(found[name], found["recipe"], strict=True)] for name in fail}
    for name, times in ratios.items():
        print(f"{name:20s} {row(times)} times as far from the data as the recipe with the same seed")
    return all(min(ratios[name]) >= least for name, least in fail.items())


def row(values: list[float]) -> str:
    return " ".join(f"{value:6.1f}" for value in values)


def checkpoint() -> bool:
    """The network that comes with the course."""
    from gancourse.models import store
    from gancourse.models.dcgan import Generator

    G, measure = store.load("dcgan_faces_64")["G"], Measure(64)
    print(f"checkpoint: {store.about('dcgan_faces_64')}")
    same, blurred = measure.yardsticks()
    print(f"64 px; other real faces are at a distance of {same:.2f}, blurred ones at {blurred:.2f}")
    start = measure.of(Generator(64, G.latent_dim, G.width).eval())
    return judged("checkpoint", G, measure, blurred, start)


def main() -> int:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = ("diagnose", "faces", "hacks", "checkpoint")
    parser.add_argument("--only", nargs="+", choices=parts, default=parts)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--minutes", type=float, default=5.0, help="of processor time for each seed")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    todo = {
        "diagnose": diagnoses,
        "faces": lambda: faces_in_minutes(chosen.seeds, chosen.minutes),
        "hacks": lambda: hacks(chosen.seeds),
        "checkpoint": checkpoint,
    }
    missed = [name for name in chosen.only if not todo[name]()]
    print(f"missed: {', '.join(missed)}" if missed else "all targets met")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
