"""Lesson 01's target, measured: does its recipe find the bell curve, whatever the seed?

    python lessons/01_gaussian_1d/bench.py [--seeds 10]

Runs the lesson's own code (its worked solutions and its `Match`), prints one line per seed and the
spread, and exits with 1 if what the lesson says is missed: Wasserstein-1 distance ≤ 0.15, mean D within 0.01 of ½,
D's loss near log 4 and G's near log 2 at the end, each within 30 s, in nine of ten seeds; and of the runs that fail,
what their pictures are said to show.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any

import torch
from scipy.stats import gaussian_kde

from gancourse import seed_everything
from gancourse.authoring.source import find
from gancourse.broken import broken_run
from gancourse.data.toys import Gaussian1D
from gancourse.metrics import wasserstein_1d

CELLS = ("target", "networks", "one-loss", "match", "train", "measure")
DISTANCE, BALANCE, LOSSES, SECONDS, SHARE = 0.15, 0.01, 0.1, 30.0, 0.9


def main() -> int:
    """Run every seed and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--iterations", type=int, default=3000)
    arguments = parser.parse_args()
    lesson = find("01_gaussian_1d")
    names = lesson.worked(*CELLS)
    rows = []
    print("seed  distance  mean D  seconds  (kernel density estimate on 200 numbers: distance)")
    for seed in range(arguments.seeds):
        started = time.perf_counter()
        match = names["Match"](seed=seed)
        for _ in names["train"](match, arguments.iterations):
            pass
        seconds = time.perf_counter() - started
        distance, mean_d = names["measure"](match)
        d_loss, g_loss = (statistics.mean(losses) for losses in zip(*match.losses[-200:], strict=True))
        settled = abs(d_loss - math.log(4)) <= LOSSES and abs(g_loss - math.log(2)) <= LOSSES
        good = distance <= DISTANCE and abs(mean_d - 0.5) <= BALANCE and settled and seconds <= SECONDS
        estimate = kernel_density_distance(names["target"], seed)
        rows.append((distance, mean_d, seconds, estimate, good))
        said = "" if good else "missed"
        print(f"{seed:4d}  {distance:8.3f}  {mean_d:6.3f}  {seconds:7.1f}  {estimate:8.3f}  {said}", flush=True)
    for column, name in enumerate(("distance", "mean D", "seconds", "kernel density estimate's distance")):
        values = [row[column] for row in rows]
        print(f"{name}: median {statistics.median(values):.3f}, from {min(values):.3f} to {max(values):.3f}")
    hits = sum(row[-1] for row in rows)
    print(f"target met in {hits} of {len(rows)} seeds ({torch.get_num_threads()} thread)")
    return 0 if all([hits >= SHARE * len(rows), *failures(names)]) else 1


def failures(names: dict[str, Any]) -> Iterator[bool]:
    """Whether each run that fails shows what the lesson says; prints what it shows."""
    for run in "ABC":
        settings = broken_run("01_gaussian_1d", run)
        iterations = settings.pop("iterations")
        match, middles = names["Match"](**settings), []
        for count, _ in enumerate(match.play(iterations), 1):
            if count > iterations / 2 and count % 10 == 0:
                with torch.no_grad():
                    middles.append(float(match.G(names["sample_noise"](500)).mean()))
        with torch.no_grad():
            samples = match.G(names["sample_noise"](5000))
            on_fake, on_real = (float(torch.sigmoid(match.D(x)).mean()) for x in (samples, names["sample_real"](5000)))
        spread, swing = float(samples.std()), max(middles) - min(middles)
        holds = {
            "A": on_fake < 0.1 and on_real > 0.9 and abs(middles[-1] - 5) > 2 and swing < 0.5,
            "B": abs(on_fake - 0.5) < 0.05 and abs(middles[-1] - 5) < 0.5 and spread < 0.6,
            "C": min(middles) < 4.5 and max(middles) > 5.5,
        }[run]
        print(
            f"run {run}: samples {middles[-1]:.2f} ± {spread:.2f}, D {on_fake:.2f} on them, {on_real:.2f} on the data, "
            f"their middle from {min(middles):.2f} to {max(middles):.2f}{'' if holds else ': not as the lesson says'}"
        )
        yield holds


def kernel_density_distance(target: Gaussian1D, seed: int, n: int = 20000) -> float:
    """How far a kernel density estimate on 200 draws is from the target: what the lesson compares with."""
    seed_everything(seed)
    estimate = gaussian_kde(target.sample(200).flatten().numpy())
    even = (torch.arange(n) + 0.5) / n
    return wasserstein_1d(torch.from_numpy(estimate.resample(n, seed=seed)), target.quantile(even))


if __name__ == "__main__":
    sys.exit(main())
