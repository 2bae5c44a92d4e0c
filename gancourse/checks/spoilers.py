"""A world of feature points with generators of known defects, for the challenge to find them.

Points come from a few clouds, as pictures of a few kinds would; nothing is drawn or looked at, so that a world takes
milliseconds. A generator draws from the world, and spoils what it draws; `PLANTED_WEAKLY` has the defects that a
notebook knows, `KEPT_ASIDE` those that graders add. All of it is drawn from `inputs`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.inputs import generator, probabilities, rand, randn
from gancourse.checks.values import number

TRAIN_POINTS, HELD_OUT_POINTS, MADE_POINTS, REAL_SETS = 300, 200, 200, 6
"""Points in each set, and how many sets of real points a score is held to."""


class World:
    """Where real points come from: `kinds` clouds in d dimensions, of unlike shape and weight; double precision."""

    def __init__(self, d: int = 8, kinds: int = 6) -> None:
        self.d, self.kinds = d, kinds
        self.centers = 2.5 * randn(kinds, d, dtype=torch.float64)
        self.shapes = randn(kinds, d, d, dtype=torch.float64) / d**0.5 * (0.5 + rand(kinds, 1, 1, dtype=torch.float64))
        self.weights = torch.tensor(probabilities(kinds), dtype=torch.float64)
        self.train, self.held_out = self.real(TRAIN_POINTS), self.real(HELD_OUT_POINTS)

    def of_kinds(self, kinds: Tensor) -> Tensor:
        """One point of each of these kinds."""
        noise = randn(len(kinds), self.d, 1, dtype=torch.float64)
        return self.centers[kinds] + (self.shapes[kinds] @ noise)[..., 0]

    def drawn_kinds(self, n: int, weights: Tensor | None = None) -> Tensor:
        weights = self.weights if weights is None else weights
        return torch.multinomial(weights, n, replacement=True, generator=generator())

    def real(self, n: int = MADE_POINTS) -> Tensor:
        """n new points, as good as real."""
        return self.of_kinds(self.drawn_kinds(n))

    def some(self, points: Tensor, n: int = MADE_POINTS) -> Tensor:
        """n of these points, each at most once where they suffice."""
        places = torch.randperm(len(points), generator=generator())
        return points[places[torch.arange(n) % len(points)]]


def pulled(world: World) -> Tensor:
    """Every point a little nearer to the middle of its kind: no edges."""
    kinds = world.drawn_kinds(MADE_POINTS)
    return world.centers[kinds] + 0.8 * (world.of_kinds(kinds) - world.centers[kinds])


def grainy(world: World) -> Tensor:
    """Noise on every point."""
    return world.real() + 0.35 * randn(MADE_POINTS, world.d, dtype=torch.float64)


def narrowed(world: World) -> Tensor:
    """One kind is missing."""
    weights = world.weights.clone()
    weights[torch.randint(world.kinds, (), generator=generator())] = 0
    return world.of_kinds(world.drawn_kinds(MADE_POINTS, weights))


def lopsided(world: World) -> Tensor:
    """The rarest kind comes more often, by a fifth of all points."""
    weights = 0.8 * world.weights
    weights[world.weights.argmin()] += 0.2
    return world.of_kinds(world.drawn_kinds(MADE_POINTS, weights))


def repeating(world: World) -> Tensor:
    """A hundred points, each of them twice."""
    return world.some(world.real(MADE_POINTS // 2))


def all_copies(world: World) -> Tensor:
    return world.some(world.train)


def some_copies(world: World) -> Tensor:
    """One in five is a copy."""
    return torch.cat([world.some(world.train, MADE_POINTS // 5), world.real(MADE_POINTS - MADE_POINTS // 5)])


def near_copies(world: World) -> Tensor:
    """Training points, each moved by a hair."""
    return world.some(world.train) + 0.15 * randn(MADE_POINTS, world.d, dtype=torch.float64)


def one_cloud(world: World) -> Tensor:
    """A single normal cloud with the mean and the covariance of the training set."""
    root = torch.linalg.cholesky(torch.cov(world.train.T))
    return world.train.mean(0) + randn(MADE_POINTS, world.d, dtype=torch.float64) @ root.T


def strays(world: World) -> Tensor:
    """One in twenty is far from everything."""
    points = world.real()
    points[: MADE_POINTS // 20] += 4 * randn(MADE_POINTS // 20, world.d, dtype=torch.float64)
    return points


def between_kinds(world: World) -> Tensor:
    """One in eight lies between two real points, where nothing is."""
    points = world.real()
    share = MADE_POINTS // 8
    points[:share] = (points[:share] + world.real(share)) / 2
    return points


def held_out_copies(world: World) -> Tensor:
    """It has seen the held-out set, too: half of its points are copies of that."""
    return torch.cat([world.some(world.held_out, MADE_POINTS // 2), world.real(MADE_POINTS - MADE_POINTS // 2)])


def shifted(world: World) -> Tensor:
    """All points moved a little into one direction."""
    direction = randn(world.d, dtype=torch.float64)
    return world.real() + 0.6 * direction / direction.norm()


def mixed_up(world: World) -> Tensor:
    """Each coordinate is right by itself, and they do not go together."""
    points = world.real()
    columns = [points[torch.randperm(MADE_POINTS, generator=generator()), i] for i in range(world.d)]
    half = torch.stack(columns, 1)
    return torch.cat([half[: MADE_POINTS // 2], points[MADE_POINTS // 2 :]])


Spoil = Callable[[World], Tensor]
PLANTED_WEAKLY: dict[str, Spoil] = {
    "pulled to the middle": pulled,
    "noise": grainy,
    "a missing kind": narrowed,
    "a kind too often": lopsided,
    "every point twice": repeating,
    "copies": all_copies,
    "copies, one in five": some_copies,
    "copies moved by a hair": near_copies,
    "one normal cloud": one_cloud,
    "a few strays": strays,
}
KEPT_ASIDE: dict[str, Spoil] = {
    "points between kinds": between_kinds,
    "copies of the held-out set": held_out_copies,
    "everything shifted": shifted,
    "coordinates mixed up": mixed_up,
}


def found_defects(score: Callable[..., Any], world: World, spoilers: Mapping[str, Spoil]) -> dict[str, float]:
    """For each defect the share of real sets that a score calls better than it, from 0 to 1; a tie is no success.

    The sets come in random order, so that an answer cannot know from counting which one it is asked about.
    """
    sets = {f"real {i}": world.real() for i in range(REAL_SETS)}
    sets |= {name: spoil(world) for name, spoil in spoilers.items()}
    names = list(sets)
    said: dict[str, float] = {}
    for place in torch.randperm(len(names), generator=generator()).tolist():
        made = sets[names[place]]
        made = made[torch.randperm(len(made), generator=generator())]
        given = (x.float() for x in (world.train, world.held_out, made))
        said[names[place]] = float(number(score(*given), "The score"))
    real = [said[f"real {i}"] for i in range(REAL_SETS)]
    return {name: sum(said[name] > value for value in real) / REAL_SETS for name in spoilers}


def said_of(found: list[dict[str, float]]) -> tuple[float, str]:
    """Of several worlds' `found_defects`: the percentage of all, and which defects fool the score, in a sentence."""
    shares = {name: sum(one[name] for one in found) / len(found) for name in found[0]}
    fooled = sorted((share, name) for name, share in shares.items() if share < 0.9)
    told = ", ".join(f"{name} ({share:.0%})" for share, name in fooled[:4])
    return 100 * sum(shares.values()) / len(shares), f"It is fooled most by: {told}." if told else "Nothing fools it."
