"""A generator that nobody shows: some layers can be given another face's style, and a reader says what changed.

Each of fifty factors is ruled by one of eighteen layers. The reader errs, anew every time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.challenge import Reached
from gancourse.checks.core import Miss, a, expect
from gancourse.checks.inputs import generator
from gancourse.checks.values import numbers

LAYERS, FOLLOWED_FACTORS, READING_ERROR = 18, 50, 0.3
MOST_SWAPS = 44  # bronze, and what graders add to it
MOST_WRONG = 8  # of all generators' factors together


def rulers_drawn() -> Tensor:
    """The ruling layer of each factor, (50,)."""
    return torch.randint(0, LAYERS, (FOLLOWED_FACTORS,), generator=generator())


def found_by(answer: Callable, rulers: Tensor) -> tuple[int, int]:
    """How many swaps an answer takes for one generator, and how many rulers it gets wrong."""
    swaps, over, random = [0], [False], generator()

    def swap(layers: Any) -> list[float]:
        expect(not over[0], "`swap` is called once more after your function has returned.")
        told = f"`swap` takes a list of {LAYERS} booleans, True where a layer is swapped; you give it {a(layers)}."
        values = layers.tolist() if isinstance(layers, Tensor) else layers
        expect(isinstance(values, list | tuple) and len(values) == LAYERS, told)
        if not all(isinstance(x, bool | int) and x in (0, 1) for x in values):
            raise Miss(f"{told} A layer is swapped or not: shares are not possible.")
        expect(swaps[0] < MOST_SWAPS, f"You swap more than {MOST_SWAPS} times; bronze takes 40.")
        swaps[0] += 1
        read = torch.tensor([float(x) for x in values], dtype=torch.float64)[rulers]
        return (read + READING_ERROR * torch.randn(FOLLOWED_FACTORS, generator=random, dtype=torch.float64)).tolist()

    got = numbers(answer(swap), (FOLLOWED_FACTORS,), "What you return", "One layer for each of the 50 factors.")
    over[0] = True
    return swaps[0], int((got != rulers).sum())


def mean_swaps(found: Sequence[tuple[int, int]]) -> Reached:
    """The mean number of swaps, or a miss where too many rulers are wrong."""
    wrong = sum(one for _, one in found)
    swaps = sum(one for one, _ in found) / len(found)
    told = f"{wrong} of {len(found) * FOLLOWED_FACTORS} rulers are wrong after {swaps:g} swaps on average"
    expect(wrong <= MOST_WRONG, f"{told}; {MOST_WRONG} may be.")
    return Reached(swaps, f"There {told}.")
