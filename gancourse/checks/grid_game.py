"""A game on grids of 25 modes, played by a recipe: lesson 02's open challenge.

A student says how the game is played; it is played here, on grids that the student never sees, by networks of this
module. So nothing of the student's meets a real point. Eight games of unlike seeds and grids are stacked and played at
once, as `training.ensemble` does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from gancourse.checks.core import Miss, a, expect
from gancourse.checks.inputs import generator
from gancourse.checks.values import numbers
from gancourse.objectives import OBJECTIVES

GRID_STEPS = 600  # of both players together
GAMES = 8
HELD = 50  # of 2,500 samples, half of a mode's fair share
GRID_LOSSES = ("non_saturating", "minimax", "hinge")

FIXED: dict[str, tuple[Any, float, float]] = {
    "width": (64, 8, 64),
    "batch": (64, 16, 128),
    "k": (1, 1, 5),
    "pack": (1, 1, 4),
    "beta_1": (0.5, 0.0, 0.99),
}
TURNED: dict[str, tuple[float, float, float]] = {
    "rate_G": (1e-3, 0.0, 0.1),
    "rate_D": (1e-3, 0.0, 0.1),
    "blur": (0.0, 0.0, 5.0),
}
"""What a recipe may set, at the start or at every moment: the value if it does not, the least, the most."""


@dataclass
class GridRecipe:
    """What the student's function said at some moment, read and bounded."""

    said: Mapping[str, Any]
    values: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = {"noise", "waves", "minibatch_std", "loss", *FIXED, *TURNED}
        expect(self.said is not None, "The result is None. Return a dictionary, such as {'rate_D': 2e-3}.")
        expect(type(self.said) is dict, f"A recipe is a dictionary of settings; you return {a(self.said)}.")
        unknown = sorted(str(name) for name in self.said if name not in known)
        expect(not unknown, f"A recipe has no {', '.join(unknown)}. It may set {', '.join(sorted(known))}.")
        for name, (usual, least, most) in {**FIXED, **TURNED}.items():
            value = float(numbers(self.said.get(name, usual), (), f"`{name}`"))
            expect(least <= value <= most * (1 + 1e-6), f"`{name}` is {value:g}; it may be from {least:g} to {most:g}.")
            whole = isinstance(usual, int)
            expect(not whole or value == int(value), f"`{name}` is {value:g}; it should be a whole number.")
            self.values[name] = int(value) if whole else value
        expect(self.values["pack"] != 3, "`pack` is 3; it may be 1, 2 or 4.")
        expect(self.loss in GRID_LOSSES, f"`loss` is {self.loss!r}; it may be {', '.join(GRID_LOSSES)}.")
        expect(self.values["batch"] % self.values["pack"] == 0, "`batch` should be a multiple of `pack`.")

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    @property
    def loss(self) -> str:
        return str(self.said.get("loss", GRID_LOSSES[0]))

    @property
    def minibatch_std(self) -> bool:
        return bool(self.said.get("minibatch_std", False))

    @property
    def waves(self) -> Tensor:
        """Frequencies at which D sees each coordinate's sine and cosine, beside the coordinate itself."""
        if self.said.get("waves") is None:
            return torch.zeros(0)
        found = numbers(self.said["waves"], what="`waves`").float()
        expect(found.ndim == 1 and len(found) <= 4, "`waves` should be a list of four frequencies at most.")
        expect(bool((found.abs() <= 20).all()), "A frequency in `waves` is above 20.")
        return found

    def noise(self, draw: torch.Generator) -> Tensor:
        """The table of noise vectors, (N, latent_dim): normal numbers in two dimensions if it says none."""
        if self.said.get("noise") is None:
            return torch.randn(10_000, 2, generator=draw)
        table = numbers(self.said["noise"], what="`noise`").float()
        fits = table.ndim == 2 and 1000 <= len(table) <= 10_000 and 1 <= table.shape[1] <= 8
        expect(fits, f"`noise` has shape {tuple(table.shape)}; it should have 1,000 to 10,000 rows of 1 to 8 numbers.")
        expect(bool(table.abs().max() <= 100), "A number of `noise` is above 100 or below −100.")
        return table


class StackedPerceptron:
    """A perceptron of two hidden layers for each game, stacked."""

    def __init__(self, sizes: tuple[int, ...], draw: torch.Generator, spread: bool = False) -> None:
        self.spread, self.weights = spread, []
        for i, (inputs, outputs) in enumerate(pairwise(sizes)):
            inputs += spread and i == 1
            for rows in (inputs, 1):
                drawn = 2 * torch.rand(GAMES, rows, outputs, generator=draw) - 1
                self.weights.append((drawn / inputs**0.5).requires_grad_())

    def __call__(self, x: Tensor) -> Tensor:
        for i in range(3):
            x = torch.baddbmm(self.weights[2 * i + 1], x, self.weights[2 * i])
            x = F.leaky_relu(x, 0.2) if i < 2 else x
            if i == 0 and self.spread:
                std = (x.var(1, correction=0) + 1e-8).sqrt().mean(1)
                x = torch.cat([x, std[:, None, None].expand(-1, x.shape[1], 1)], 2)
        return x


class Grids:
    """Square grids of 25 modes, one for each game: each of its own spacing and place."""

    std = 0.15

    def __init__(self, spacings: Tensor, places: Tensor) -> None:
        lattice = torch.cartesian_prod(torch.arange(5.0) - 2, torch.arange(5.0) - 2)
        self.modes = spacings[:, None, None] * lattice + places[:, None]

    def sample(self, n: int, draw: torch.Generator) -> Tensor:
        which = torch.randint(25, (GAMES, n), generator=draw)
        places = self.modes[torch.arange(GAMES)[:, None], which]
        return places + self.std * torch.randn(GAMES, n, 2, generator=draw)

    def held(self, samples: Tensor) -> list[int]:
        """How many modes hold their share, in each game."""
        apart = (samples[:, :, None] - self.modes[:, None]).norm(dim=3)
        distance, nearest = apart.min(2)
        return [
            int((torch.bincount(near[d <= 3 * self.std], minlength=25) >= HELD).sum())
            for d, near in zip(distance, nearest, strict=True)
        ]


def losses(loss: str, real: Tensor | None, fake: Tensor) -> Tensor:
    """D's loss where there is a real batch, else G's; summed over the games."""
    objective = OBJECTIVES[loss]
    return GAMES * (objective.g_loss(fake) if real is None else objective.d_loss(real, fake))


def played(twenty_five: Callable, world: Grids) -> list[int]:
    """Play the recipe for GRID_STEPS steps; the modes held at the end, in each game."""
    draw = torch.Generator().manual_seed(int(torch.randint(2**31, (), generator=generator())))
    start = GridRecipe(twenty_five(0.0))
    table, n, pack = start.noise(draw), start["batch"], start["pack"]
    G = StackedPerceptron((table.shape[1], start["width"], start["width"], 2), draw)
    waves = start.waves
    D = StackedPerceptron(
        (2 * (1 + 2 * len(waves)) * pack, start["width"], start["width"], 1), draw, start.minibatch_std
    )
    opts = [torch.optim.Adam(net.weights, 1e-3, betas=(start["beta_1"], 0.999), fused=True) for net in (G, D)]

    def make(count: int) -> Tensor:
        return G(table[torch.randint(len(table), (GAMES, count), generator=draw)])

    def judge(x: Tensor, blur: float) -> Tensor:
        x = x + blur * torch.randn(x.shape, generator=draw) if blur else x
        angles = (x[..., None] * waves).flatten(2)
        return D(torch.cat([x, angles.sin(), angles.cos()], 2).reshape(GAMES, n // pack, -1))

    recipe, used, turn = start, 0, 0
    while used < GRID_STEPS:
        if turn % 20 == 0 and turn:
            recipe = GridRecipe(twenty_five(used / GRID_STEPS))
        for opt, rate in zip(opts, ("rate_G", "rate_D"), strict=True):
            opt.param_groups[0]["lr"] = recipe[rate]
        for _ in range(min(start["k"], GRID_STEPS - used - 1)):
            with torch.no_grad():
                fake = make(n)
            opts[1].zero_grad()
            real = judge(world.sample(n, draw), recipe["blur"])
            losses(start.loss, real, judge(fake, recipe["blur"])).backward()
            opts[1].step()
            used += 1
        slopes = torch.autograd.grad(losses(start.loss, None, judge(make(n), recipe["blur"])), G.weights)
        for p, slope in zip(G.weights, slopes, strict=True):
            p.grad = slope
        opts[0].step()
        used, turn = used + 1, turn + 1
    with torch.no_grad():
        samples = make(2500)
    if not bool(samples.isfinite().all()):
        raise Miss("G's samples are not finite at the end: the game has run away. Lower the rates.")
    return world.held(samples)
