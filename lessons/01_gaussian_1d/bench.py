"""Lesson 01's target, measured: does its recipe find the bell curve, whatever the seed?

    python lessons/01_gaussian_1d/bench.py [--seeds 10]

Runs the lesson's own code (its worked solutions and its `Match`), prints one line per seed and the
spread, and exits with 1 if the target is missed: Wasserstein-1 distance ≤ 0.15 and mean D within
0.05 of ½, each within 30 s, in nine of ten seeds.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time

import torch
from scipy.stats import gaussian_kde

from gancourse import seed_everything
from gancourse.authoring.source import find
from gancourse.data.toys import Gaussian1D
from gancourse.metrics import wasserstein_1d

CELLS = ("target", "networks", "match", "train", "measure")
DISTANCE, BALANCE, SECONDS, SHARE = 0.15, 0.05, 30.0, 0.9


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
        good = distance <= DISTANCE and abs(mean_d - 0.5) <= BALANCE and seconds <= SECONDS
        estimate = kernel_density_distance(names["target"], seed)
        rows.append((distance, mean_d, seconds, estimate, good))
        said = "" if good else "missed"
        print(f"{seed:4d}  {distance:8.3f}  {mean_d:6.3f}  {seconds:7.1f}  {estimate:8.3f}  {said}", flush=True)
    for column, name in enumerate(("distance", "mean D", "seconds", "kernel density estimate's distance")):
        values = [row[column] for row in rows]
        print(f"{name}: median {statistics.median(values):.3f}, from {min(values):.3f} to {max(values):.3f}")
    hits = sum(row[-1] for row in rows)
    print(f"target met in {hits} of {len(rows)} seeds ({torch.get_num_threads()} thread)")
    return 0 if hits >= SHARE * len(rows) else 1


def kernel_density_distance(target: Gaussian1D, seed: int, n: int = 20000) -> float:
    """How far a kernel density estimate on 200 draws is from the target: what the lesson compares with."""
    seed_everything(seed)
    estimate = gaussian_kde(target.sample(200).flatten().numpy())
    even = (torch.arange(n) + 0.5) / n
    return wasserstein_1d(torch.from_numpy(estimate.resample(n, seed=seed)), target.quantile(even))


if __name__ == "__main__":
    sys.exit(main())
