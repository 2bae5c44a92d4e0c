"""How a lesson runs: on which device, from which seed, in full or as a quick check."""

from __future__ import annotations

import os
import random
import time
from typing import TypeVar

import numpy as np
import torch

T = TypeVar("T")


def seed_everything(seed: int) -> None:
    """Seed Python, NumPy and torch (every device). The same seed on the same machine gives the same run."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


def device() -> torch.device:
    """The fastest device there is: CUDA, else Apple's MPS, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def quick(full: T, fast: T) -> T:
    """`full`, or `fast` where only a check that everything runs is wanted (GANCOURSE_FAST=1).

    Graders and tests set GANCOURSE_FAST; then lessons train for a moment instead of a minute.
    """
    return fast if os.environ.get("GANCOURSE_FAST", "") not in ("", "0") else full


def choose_threads() -> int:
    """Let torch compute with one thread, or with more where that is clearly faster here; says which, in one line.

    Networks as small as the course's lose more time to threads that wait for each other than they win, above
    all on a machine that is busy. So more than one has to be half as fast again in a step of a small convolution.
    """
    most = max(1, (os.cpu_count() or 2) // 2)
    times = {number: _step_time(number) for number in {1, min(4, most)}}
    best = min(times, key=lambda number: times[number] * (1 if number == 1 else 1.5))
    torch.set_num_threads(best)
    threads = "one thread" if best == 1 else f"{best} threads"
    other = "; ".join(f"on {n}: {1000 * t:.0f} ms" for n, t in times.items() if n != best)
    print(f"Computing on {threads}: a small step takes {1000 * times[best]:.0f} ms{f' ({other})' if other else ''}.")
    return best


def _step_time(threads: int) -> float:
    """Seconds that a training step of a small convolution takes on so many threads: the best of three."""
    torch.set_num_threads(threads)
    weight, x = torch.full((32, 16, 3, 3), 0.1, requires_grad=True), torch.ones(32, 16, 16, 16)
    found = []
    for _ in range(4):
        started = time.perf_counter()
        with torch.enable_grad():
            torch.autograd.grad(torch.conv2d(x, weight).square().mean(), weight)
        found.append(time.perf_counter() - started)
    return min(found[1:])
