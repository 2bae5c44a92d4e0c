"""Lesson 02's targets, measured: does the plain GAN collapse, and does a remedy cure it, whatever the seed?

    python lessons/02_mixture_2d/bench.py [--seeds 10] [--iterations 2000] [--grid]

Runs the lesson's own code (its worked solutions, its `Match` and its `together`), and prints modes
covered and the share of high-quality samples for each remedy, over seeds. With `--grid` the grid of 25
follows. Then it times ten games played one by one and as an ensemble, taking turns. It exits with 1 if

- the plain GAN covers all modes of the ring in more than two of ten seeds,
- no remedy covers all of them in at least nine of ten, at the same rates and number of steps,
- a run takes more than 60 s, or
- the ensemble is less than five times as fast as its games one by one.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from typing import Any

from gancourse.authoring.source import find
from gancourse.data.toys import Mixture, grid
from gancourse.training.ensemble import Ensemble

CELLS = ("networks", "board", "match", "play", "world", "together")
COLLAPSED, CURED, SECONDS, FASTER = 0.8, 0.9, 60.0, 5.0


def main() -> int:
    """Run everything and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--iterations", type=int, help="the lesson's own number if left out")
    parser.add_argument("--remedies", nargs="+", help="only these")
    parser.add_argument("--grid", action="store_true", help="the grid of 25, too")
    arguments = parser.parse_args()
    names = find("02_mixture_2d").worked(*CELLS)
    iterations = arguments.iterations or names["ITERATIONS"]
    remedies = arguments.remedies or names["REMEDIES"]
    missed = []

    print(f"ring of 8, {arguments.seeds} seeds, {iterations} iterations")
    full, seconds = compare(names, names["world"], remedies, arguments.seeds, iterations)
    if full.get("none", 0) > (1 - COLLAPSED) * arguments.seeds:
        missed.append("the plain GAN does not collapse often enough")
    cures = {remedy: count for remedy, count in full.items() if remedy != "none"}
    if cures and max(cures.values()) < CURED * arguments.seeds:
        missed.append("no remedy covers all modes often enough")
    if max(seconds) > SECONDS:
        missed.append(f"a run took {max(seconds):.0f} s")
    if arguments.grid:
        print(f"grid of 25, {arguments.seeds} seeds, {iterations} iterations")
        compare(names, grid(), remedies, arguments.seeds, iterations)
    ratio = speed(names, 10)
    if ratio < FASTER:
        missed.append(f"the ensemble is only {ratio:.1f} times as fast")
    print("missed: " + "; ".join(missed) if missed else "all targets met")
    return 1 if missed else 0


def compare(
    names: dict[str, Any], target: Mixture, remedies: list[str], seeds: int, iterations: int
) -> tuple[dict[str, int], list[float]]:
    """Print a row for each remedy; how many seeds cover all modes, and the seconds of a run."""
    full, seconds = {}, []
    print("remedy          all modes  modes: median (all)              % high quality: median, from to    s per run")
    for remedy in remedies:
        started = time.perf_counter()
        matches = names["together"](target, iterations, seeds=seeds, remedy=remedy, rate_D=names["SLOW"])
        seconds.append((time.perf_counter() - started) / seeds)
        modes, shares = zip(*(names["measure"](match) for match in matches), strict=True)
        full[remedy] = sum(count == len(target.modes) for count in modes)
        good = [100 * share for share in shares]
        print(
            f"{remedy:15s} {full[remedy]:3d} of {seeds:2d}  "
            f"{statistics.median(modes):4g} ({' '.join(map(str, modes))})  "
            f"{statistics.median(good):6.1f}, {min(good):.1f} to {max(good):.1f}   {seconds[-1]:6.1f}",
            flush=True,
        )
    return full, seconds


def speed(names: dict[str, Any], seeds: int, iterations: int = 40, rounds: int = 5) -> float:
    """Seconds per iteration of ten games one by one and side by side, taking turns; the median ratio."""
    alone, together = ([names["Match"](names["world"], seed) for seed in range(seeds)] for _ in range(2))
    ensemble, ratios = Ensemble(together), []
    for _ in range(rounds + 1):
        started = time.perf_counter()
        for match in alone:
            for _ in names["play"](match, iterations):
                pass
        between = time.perf_counter()
        for _ in range(iterations):
            ensemble.play()
        ratios.append((between - started) / (time.perf_counter() - between))
    ratios = ratios[1:]  # the first warms up
    median = statistics.median(ratios)
    print(f"ten games at once: {median:.1f} times as fast as one by one, from {min(ratios):.1f} to {max(ratios):.1f}")
    return median


if __name__ == "__main__":
    sys.exit(main())
