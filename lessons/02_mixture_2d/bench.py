"""Lesson 02's targets, measured: does the plain GAN collapse, and does a remedy cure it, whatever the seed?

    python lessons/02_mixture_2d/bench.py [--seeds 10] [--iterations 2000] [--grid]

Runs the lesson's own code (its worked solutions, its `Match` and its `together`), and prints modes
covered and the share of high-quality samples for each remedy, over seeds. With `--grid` the grid of 25
follows. Then it times ten games played one by one and as an ensemble, taking turns. It exits with 1 if

- the plain GAN covers all modes of the ring in more than two of ten seeds,
- no remedy covers all of them in at least nine of ten, at the same rates and number of steps,
- a run takes more than 60 s,
- what the text says of who is quick, of noise, of the number of modes, or of colleague B's count does not hold, or
- the ensemble is less than five times as fast as its games one by one.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from typing import Any

import torch

from gancourse.authoring.source import find
from gancourse.data.toys import Mixture, grid, ring
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
    missed += told(names, arguments.seeds)
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


def told(names: dict[str, Any], seeds: int) -> list[str]:
    """What sections 4 and 9 say in words, measured; what does not hold."""
    missed = []

    def middle(what: str, least: float, most: float, target: Mixture, **settings: Any) -> None:
        matches = names["together"](target, 600, seeds=seeds, **settings)
        counts = [100 * count / len(target.modes) for count in names["covered"](matches)]
        median = statistics.median(counts)
        print(f"{what:22s} median {median:5.1f} % of modes, from {min(counts):.0f} to {max(counts):.0f}", flush=True)
        if not least <= median <= most:
            missed.append(f"{what}: {median:.0f} % of modes, the text says {least:g} to {most:g}")

    world, slow = names["world"], names["SLOW"]
    middle("balanced", 87.5, 100, world)
    middle("slow D", 0, 40, world, rate_D=slow)
    middle("G: 5 steps", 0, 40, world, g_steps=5)
    middle("D: 5 steps", 75, 100, world, k=5)
    middle("one number of noise", 0, 50, world, latent_dim=1)
    middle("two numbers of noise", 87.5, 100, world, latent_dim=2)
    middle("ring of 16", 85, 100, ring(16, std=0.05))
    middle("ring of 32", 85, 100, ring(32, std=0.05))

    match, aside = names["Match"](world, seed=1, rate_D=slow), []
    for number, _ in enumerate(names["play"](match, names["ITERATIONS"]), 1):
        if number % 100 == 0:
            aside.append(match.G(match.noise(250)).detach())
    of_all, at_the_end = names["count_modes"](torch.cat(aside), world.modes, 0.05)[0], names["measure"](match)[0]
    print(f"colleague B counts {of_all} of 8; one generator has {at_the_end}")
    if not (of_all >= 5 and of_all > at_the_end):
        missed.append(f"colleague B counts {of_all}, the last generator has {at_the_end}")
    return missed


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
