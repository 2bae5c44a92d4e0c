"""Runs that nobody has seen: what graders ask the lesson's challenge about. Never part of the package.

    python lessons/03_dcgan/unseen.py

plays the plans of `gancourse.training.planted` on other mixtures, from other seeds, and with other rates and lengths
(each up to a quarter smaller or larger). As there, a run is kept only if its samples say that the plan worked. It
takes some ten minutes of one core.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import torch

from gancourse.data.toys import Mixture, ring
from gancourse.training.planted import PLANTS, Plant, Problem, on_plane, play_planted, verified
from gancourse.training.runs import PastRun, save_runs

FILE = Path(__file__).with_name("unseen_runs.safetensors")


def problems() -> Iterator[tuple[str, Problem]]:
    yield "ring of six", on_plane(ring(6, radius=1.2, std=0.12), 1800)
    yield "another line", on_plane(Mixture([[-1.5]], 0.8), 900)


def another(plant: Plant, chance: random.Random) -> Plant:
    """The same plan with other rates and another length."""

    def about(x: float) -> float:
        return x * chance.uniform(0.8, 1.25)

    return replace(plant, rate_d=about(plant.rate_d), rate_g=about(plant.rate_g), steps=about(plant.steps))


def main() -> None:
    """Play them all, and write those that are what they should be."""
    torch.set_num_threads(1)
    chance, runs = random.Random(20), []
    for number, (family, problem) in enumerate(problems()):
        for name, plant in PLANTS.items():
            histories, samples = play_planted(problem, another(plant, chance), seed=1000 + number)
            for k in range(problem.seeds):
                if verified(plant.kind, samples[k], problem):
                    history = {key: values[k].tolist() for key, values in histories.items()}
                    runs.append(PastRun(plant.kind, name, family, 100 * number + k, True, history))
            print(family, name, len(runs), flush=True)
        save_runs(
            runs, FILE, what="runs that graders ask lesson 03's challenge about", recipe="lessons/03_dcgan/unseen.py"
        )
    print(Counter(run.kind for run in runs))


if __name__ == "__main__":
    main()
