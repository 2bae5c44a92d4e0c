"""A generator that nobody shows: its picture breaks where z is too far out along one hidden direction.

Somebody looks at pictures, and errs in three of twenty, anew every time. What is asked for is noise as from a bell
curve of which broken pictures are drawn again: few that are broken, and no less variety than that leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.challenge import Medals, Reached
from gancourse.checks.core import Miss, a, expect
from gancourse.checks.inputs import generator
from gancourse.checks.values import numbers

MEDALS_FOR_VARIETY = Medals(bronze=12_000, silver=2000, gold=300, unit="looks")
NOISE_NUMBERS, WANTED_NOISE, LOOK_ERROR = 12, 1000, 0.15
MOST_LOOKED_AT = 13_500  # bronze, and what graders add to it
MOST_BROKEN, MOST_OFF, DIRECTIONS_ASKED = 0.03, 0.1, 24


def hidden_direction() -> Tensor:
    """A unit vector (12,)."""
    u = torch.randn(NOISE_NUMBERS, generator=generator(), dtype=torch.float64)
    return u / u.norm()


def kept_by(answer: Callable, u: Tensor) -> tuple[int, float, float, float]:
    """What an answer does for one generator: looks, share that is broken, and how far off it is along u and across."""
    looks, over, random = [0], [False], generator()
    told = f"`look` takes z of shape (n, {NOISE_NUMBERS})"

    def look(z: Any) -> list[float]:
        expect(not over[0], "`look` is called once more after your function has returned.")
        expect(isinstance(z, Tensor) and z.ndim == 2, f"{told}, a tensor; you give it {a(z)}.")
        given = numbers(z, what="What you have looked at")
        expect(given.shape[1] == NOISE_NUMBERS, f"{told}; you give it one of shape {tuple(given.shape)}.")
        looks[0] += len(given)
        expect(
            looks[0] <= MOST_LOOKED_AT, f"You have more than {MOST_LOOKED_AT} pictures looked at; bronze takes 12000."
        )
        errs = torch.rand(len(given), generator=random) < LOOK_ERROR
        return ((given @ u).abs().gt(1) ^ errs).double().tolist()

    said = answer(look)
    over[0] = True
    z = numbers(said, (WANTED_NOISE, NOISE_NUMBERS), "What you return", "1,000 z of 12 numbers.")
    broken = float((z @ u).abs().gt(1).double().mean())
    return looks[0], broken, *off_from_fair(z, u, random)


def off_from_fair(z: Tensor, u: Tensor, random: torch.Generator) -> tuple[float, float]:
    """Wasserstein's distance to a fair draw: along u, and the mean along directions at right angles to it."""
    share = (torch.arange(WANTED_NOISE, dtype=torch.float64) + 0.5) / WANTED_NOISE
    bell = torch.distributions.Normal(torch.zeros((), dtype=torch.float64), 1.0)
    low, high = bell.cdf(torch.tensor(-1.0)), bell.cdf(torch.tensor(1.0))
    along = ((z @ u).sort().values - bell.icdf(low + (high - low) * share)).abs().mean()
    across = torch.randn(DIRECTIONS_ASKED, NOISE_NUMBERS, generator=random, dtype=torch.float64)
    across = across - (across @ u)[:, None] * u
    across = across / across.norm(dim=1, keepdim=True)
    off = ((z @ across.T).sort(0).values - bell.icdf(share)[:, None]).abs().mean()
    return float(along), float(off)


def mean_looks(found: Sequence[tuple[int, float, float, float]]) -> Reached:
    """The mean number of looks, or a miss where too many pictures are broken or variety is lost."""
    looks, broken, along, across = (sum(part) / len(found) for part in zip(*found, strict=True))
    told = f"{broken:.1%} of the pictures are broken, and the noise is off by {along:.2f} along u, {across:.2f} across"
    if broken > MOST_BROKEN:
        raise Miss(f"{told}, after {looks:g} looks on average. {MOST_BROKEN:.0%} may be broken.")
    expect(max(along, across) <= MOST_OFF, f"{told}. Variety is lost: off by {MOST_OFF:g} each it may be.")
    return Reached(looks, f"There {told}.")
