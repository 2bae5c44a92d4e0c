"""What lessons' benchmarks share: their command line, and how they tell of several seeds.

PARTS = {"growing": growing, "broken": broken}  # each from the seeds to whether what the lesson claims holds

if __name__ == "__main__":
    sys.exit(run_parts(PARTS, __doc__))
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch


def run_parts(parts: Mapping[str, Callable[..., bool]], told: str | None, **more: Any) -> int:
    """Measure the parts that the command line asks for, all by default, on one thread; print which keep their claims.

    Args:
        parts: by name; called with the seeds, then with the value of each further option, in their order.
        told: what `--help` says: the benchmark's docstring.
        more: further options by name with their defaults: a number, a string, or a list of strings.

    Returns:
        the exit status: 1 if a claim does not hold.
    """
    parser = argparse.ArgumentParser(description=told, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=parts, default=list(parts))
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    for name, default in more.items():
        several = isinstance(default, list)
        parser.add_argument(
            f"--{name}", nargs="+" if several else None, type=str if several else type(default), default=default
        )
    asked = vars(parser.parse_args())
    torch.set_num_threads(1)
    passed = {name: parts[name](asked["seeds"], *(asked[option] for option in more)) for name in asked["only"]}
    print({name: "as claimed" if good else "MISSED" for name, good in passed.items()})
    return int(not all(passed.values()))


def ranged(values: Sequence[float], digits: int = 2) -> str:
    """Mean and range of some numbers, as text."""
    mean, least, most = sum(values) / len(values), min(values), max(values)
    return f"{mean:.{digits}f} ({least:.{digits}f} to {most:.{digits}f})"
