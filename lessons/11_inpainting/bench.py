"""Lesson 11's claims, measured. TODO: which, and on what.

    python lessons/11_inpainting/bench.py [--seeds 10]

Exits with 1 if a claim does not hold.
"""

from __future__ import annotations

import argparse
import sys

import torch

from gancourse import seed_everything
from gancourse.authoring.source import find


def main() -> int:
    """Measure the lesson's own code over several seeds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10)
    seeds = range(parser.parse_args().seeds)
    mean_probability = find("11_inpainting").worked()["mean_probability"]
    found = []
    for seed in seeds:
        seed_everything(seed)
        found.append(float(mean_probability(torch.randn(1000, 1))))
    print(f"mean probability of random logits: {min(found):.3f} to {max(found):.3f}")
    return int(not all(abs(value - 0.5) < 0.05 for value in found))


if __name__ == "__main__":
    sys.exit(main())
