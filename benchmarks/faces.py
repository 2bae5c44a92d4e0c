"""How many faces the renderer draws per second on one CPU thread.

    python benchmarks/faces.py [--other PATH] [--seconds 2]

Prints images/s at 32, 64 and 128 pixels. With --other, the path of a Python file that has `sample(n)`
and `render(factors, size)`, both renderers are timed in turns in the same run, so that whatever else
the machine does hits both; the better of three rounds counts. Seconds are those of the processor: what
other programs take is not counted, though they still slow both down through the cache. Exits with 1
below 2,500 images/s at 32 or 500 at 64 pixels.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from collections.abc import Callable

import torch

from gancourse.data import faces

TARGETS = {32: 2500, 64: 500, 128: 0}
BATCH = {32: 1024, 64: 256, 128: 64}  # a whole chunk of the renderer
OTHER_BATCH = {32: 256, 64: 64, 128: 16}  # what the prototype's numbers were taken with


def rate(draw: Callable[[], object], images: int, seconds: float) -> float:
    """Images per second of a function that draws `images` of them."""
    started, drawn = time.process_time(), 0
    while time.process_time() - started < seconds:
        draw()
        drawn += images
    return drawn / (time.process_time() - started)


def main() -> int:
    """Time and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--other", help="a renderer to time beside it")
    parser.add_argument("--seconds", type=float, default=2.0, help="for each measurement")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    other = None
    if arguments.other:
        spec = importlib.util.spec_from_file_location("other", arguments.other)
        if spec is None or spec.loader is None:
            parser.error(f"{arguments.other} is no Python file")
        other = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(other)
    print("size  images/s  target" + ("  other  ratio" if other else ""))
    missed = False
    for size, target in TARGETS.items():
        n = BATCH[size]
        factors = faces.sample_factors(n)
        theirs = other.sample(OTHER_BATCH[size]) if other else None
        best, best_other = 0.0, 0.0
        for _ in range(3):
            best = max(best, rate(lambda f=factors, s=size, n=n: faces.render(f, s), n, arguments.seconds / 3))
            if other:
                their = rate(lambda f=theirs, s=size: other.render(f, s), OTHER_BATCH[size], arguments.seconds / 3)
                best_other = max(best_other, their)
        missed |= best < target
        line = f"{size:4d}  {best:8.0f}  {target or '':>6}"
        print(line + (f"  {best_other:5.0f}  {best / best_other:5.2f}" if other else ""))
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
