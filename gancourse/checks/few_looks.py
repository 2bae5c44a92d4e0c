"""Faces that nobody shows: five factors that depend smoothly on z, and a reader that is paid by the look.

What is asked of an answer is a z at which one factor is 1 more and all others are as they were, after few looks. The
factors are nearly straight in z, and not quite.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.challenge import Medals, Reached
from gancourse.checks.core import Miss, a, expect
from gancourse.checks.inputs import generator
from gancourse.checks.values import numbers

MEDALS_FOR_ONE_CHANGE = Medals(bronze=2500, silver=60, gold=20, unit="looks")
LATENT_NUMBERS, FACTORS_READ = 12, 5
MOST_READ = 2800  # bronze, and what graders add to it
MOST_MISSED, MOST_AWAY = 0.05, 6.0
BENT_BY = 0.8  # how far a factor is from straight
APART = 0.4  # the smallest singular value of the slopes: no factor hangs on the others


@dataclass(frozen=True)
class HiddenFace:
    """What the factors are at each z, and where the face is."""

    slopes: Tensor
    waves: Tensor
    phases: Tensor
    z0: Tensor

    def read(self, z: Tensor) -> Tensor:
        """z (n, 12) to factors (n, 5)."""
        return z @ self.slopes.T + BENT_BY * torch.sin(z @ self.waves.T + self.phases)


def hidden_face() -> HiddenFace:
    """A face of its own: slopes of length 1 that are neither at right angles nor alike, and gentle waves on them."""
    random = generator()

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=random, dtype=torch.float64)

    def rows(x: Tensor) -> Tensor:
        return x / x.norm(dim=1, keepdim=True)

    slopes = torch.zeros(FACTORS_READ, LATENT_NUMBERS, dtype=torch.float64)
    while float(torch.linalg.svdvals(slopes)[-1]) < APART:
        mixed = torch.eye(FACTORS_READ, dtype=torch.float64) + 0.3 * normal(FACTORS_READ, FACTORS_READ)
        slopes = rows(mixed @ torch.linalg.qr(normal(LATENT_NUMBERS, FACTORS_READ)).Q.T)
    return HiddenFace(
        slopes, rows(normal(FACTORS_READ, LATENT_NUMBERS)), 6.3 * normal(FACTORS_READ), normal(LATENT_NUMBERS)
    )


def changed_by(answer: Callable, face: HiddenFace) -> tuple[int, float, float]:
    """What an answer does with one face: looks, how far the factor furthest off is off, and how far z has gone."""
    looks, over = [0], [False]
    told = f"`look` takes z of shape (n, {LATENT_NUMBERS})"

    def look(z: Any) -> list[list[float]]:
        expect(not over[0], "`look` is called once more after your function has returned.")
        expect(isinstance(z, Tensor) and z.ndim == 2, f"{told}, a tensor; you give it {a(z)}.")
        given = numbers(z, what="What you have looked at")
        expect(given.shape[1] == LATENT_NUMBERS, f"{told}; you give it one of shape {tuple(given.shape)}.")
        looks[0] += len(given)
        expect(looks[0] <= MOST_READ, f"You have more than {MOST_READ} faces looked at; bronze takes 2500.")
        return face.read(given).tolist()

    said = answer(look, face.z0.clone())
    over[0] = True
    z = numbers(said, (LATENT_NUMBERS,), "What you return", "One z of 12 numbers.")
    wish = torch.zeros(FACTORS_READ, dtype=torch.float64)
    wish[0] = 1
    moved = (face.read(z[None]) - face.read(face.z0[None]))[0]
    return looks[0], float((moved - wish).abs().max()), float((z - face.z0).norm())


def mean_reads(found: Sequence[tuple[int, float, float]]) -> Reached:
    """The mean number of looks, or a miss where factors are off, or z has gone too far."""
    looks, off, away = (sum(part) / len(found) for part in zip(*found, strict=True))
    told = f"the factor that is furthest off is off by {off:.2f}, and z is {away:.1f} away from z0"
    if off > MOST_MISSED:
        raise Miss(f"On average {told}, after {looks:g} looks. It may be off by {MOST_MISSED:g}.")
    expect(away <= MOST_AWAY, f"On average {told}. It may be {MOST_AWAY:g} away: further out there are no faces.")
    return Reached(looks, f"On average {told}.")
