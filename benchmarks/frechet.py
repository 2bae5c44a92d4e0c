"""Our Fréchet distance beside pytorch-fid's: the same number, and how much sooner?

    python benchmarks/frechet.py [--dimensions 2048] [--repeats 3] [--threads 1]

At the FID's 2,048 dimensions, on covariances of 5,120 pictures and on singular ones of 1,024, both as they
are used: means and covariances in, one number out. The two take turns in one process. Prints the median
processor time of each (other work on the machine does not count), the ratio of neighboring turns, and the
relative difference of the results. Where there are fewer pictures than dimensions,
`frechet_from_features` needs no covariance; its time is from the features on. Exits with 1 unless ours
is ten times as fast by the median and agrees to 1e-3.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from functools import partial

import torch
from pytorch_fid.fid_score import calculate_frechet_distance
from threadpoolctl import threadpool_limits
from torch import Tensor

from gancourse.metrics import frechet_distance, frechet_from_features, moments

FASTER, AGREE = 10.0, 1e-3


def pictures(n: int, d: int, seed: int) -> Tensor:
    """Correlated features whose variances fall as those of a network do, over four orders of magnitude."""
    generator = torch.Generator().manual_seed(seed)
    mix = torch.randn(d, d, generator=generator, dtype=torch.float64) / d**0.5
    scale = torch.logspace(0, -2, d, dtype=torch.float64)
    shift = 0.1 * torch.randn(d, generator=generator, dtype=torch.float64)
    return (torch.randn(n, d, generator=generator, dtype=torch.float64) * scale) @ mix + shift


def timed(function: Callable[[], float]) -> tuple[float, float]:
    """What a call returns, and the seconds of all its threads."""
    started = time.process_time()
    value = function()
    return float(value), time.process_time() - started


def main() -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dimensions", type=int, default=2048)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    threadpool_limits(arguments.threads)  # NumPy's and SciPy's
    warnings.simplefilter("ignore", DeprecationWarning)  # pytorch-fid asks SciPy in a way that is going out
    d, slowest, worst = arguments.dimensions, float("inf"), 0.0
    print(f"{d} dimensions, {arguments.threads} thread(s), {arguments.repeats} turns, processor time")
    print("covariances               pytorch-fid       ours  times as fast  (all turns)", flush=True)
    for name, n in (("full rank", 5 * d // 2), ("singular", d // 2)):
        x, y = pictures(n, d, 1), pictures(n, d, 2)
        given = (*moments(x), *moments(y))
        arrays = [t.numpy() for t in given]
        rivals: dict[str, Callable[[], float]] = {name: partial(frechet_distance, *given)}
        if n < d:
            rivals[f"{name}, from features"] = partial(frechet_from_features, x, y)
        turns: dict[str, list[tuple[float, float]]] = {what: [] for what in rivals}
        for _ in range(arguments.repeats):
            theirs, seconds = timed(partial(calculate_frechet_distance, *arrays))
            for what, rival in rivals.items():
                ours, mine = timed(rival)
                turns[what].append((seconds, mine))
                worst = max(worst, abs(ours - theirs) / abs(theirs))
        for what, times in turns.items():
            ratios = [seconds / mine for seconds, mine in times]
            slowest = min(slowest, statistics.median(ratios))
            pair = (statistics.median(column) for column in zip(*times, strict=True))
            said = "".join(f"{seconds:9.2f} s" for seconds in pair)
            spread = f"({min(ratios):.1f} … {max(ratios):.1f})"
            print(f"{what:26s}{said}{statistics.median(ratios):10.1f}  {spread}", flush=True)
    print(f"largest relative difference of the results: {worst:.1e}")
    good = slowest >= FASTER and worst <= AGREE
    print("target met" if good else "target missed")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
