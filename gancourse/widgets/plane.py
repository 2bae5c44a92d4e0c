"""What there is to see of a GAN in the plane, as plain arrays, and as one static figure.

The picture is that of GAN Lab (Kahng et al., "GAN Lab: Understanding Complex Deep Generative Models
using Interactive Visual Experimentation", 2019): D as a heat map, real and fake samples, the way the
generator's loss pulls each fake sample, and the plane of noise as G bends it.

Looking changes nothing: the same noise is used for every picture of a run, so that samples move
instead of flicker, and torch's random state is given back as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib
import numpy as np
import torch
import torch.nn.functional as F
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from torch import Tensor

from gancourse.plots import FAKE, JUDGE, REAL, STYLE

# D's heat map: orange where it says fake, white at one half, blue where it says real.
CALLS = LinearSegmentedColormap.from_list("calls", ["#f7dcb4", "#ffffff", "#b8dcf5"])


@dataclass(frozen=True)
class PlaneScene:
    """One picture of a game in the plane.

    Attributes:
        heat: D's probability of "real" on a square lattice, (n, n), row 0 at the top. For a critic
            that gives no probability, 0 and 1 are its scores on fake and on real samples.
        real, fake: samples, (m, 2).
        arrows: which way, and how strongly, the generator's loss pulls the first fake samples, (a, 2),
            in units of the plane.
        mesh: where G sends a lattice of noise, (r, r, 2); empty unless the noise has two dimensions.
        losses: (D's, G's), thinned to at most 200 rows, (t, 2).
        steps: how many losses there are.
        extent: the picture goes from −extent to extent in both directions.
        words: the picture in words.
    """

    heat: Tensor
    real: Tensor
    fake: Tensor
    arrows: Tensor
    mesh: Tensor
    losses: Tensor
    steps: int
    extent: float
    words: str


class Lens:
    """What stays the same from one picture of a game to the next: noise, real samples, the frame.

    Args:
        game: see `gancourse.widgets.Playground`.
        points: how many real and fake samples are drawn.
        arrows: how many of the fake ones get an arrow.
        side: the heat map's lattice has side × side points.
        extent: half the picture's width; from the real samples if None.
    """

    def __init__(
        self, game: Any, points: int = 256, arrows: int = 96, side: int = 48, extent: float | None = None
    ) -> None:
        with undisturbed():
            self.real = game.sample(points).detach()
            self.z = game.noise(points)
            lattice = game.noise(2000)
        self.arrows, self.side = arrows, side
        self.extent = extent or 1.3 * float(self.real.abs().max().clamp(min=0.5))
        line = torch.linspace(-self.extent, self.extent, side)
        y, x = torch.meshgrid(line.flip(0), line, indexing="ij")
        self.lattice = torch.stack([x, y], dim=-1).reshape(-1, 2)
        self.mesh = torch.empty(0)
        if lattice.shape[1:] == (2,):
            # Lines at even quantiles, so that every cell of the mesh holds the same share of the noise.
            lines = torch.quantile(lattice, torch.linspace(0.02, 0.98, 15), dim=0)
            u, v = torch.meshgrid(lines[:, 0], lines[:, 1], indexing="ij")
            self.mesh = torch.stack([u, v], dim=-1)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Draw random numbers on the CPU without anybody noticing: its state is given back, a GPU's is not touched."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)  # torch.manual_seed would seed a GPU's generator, too, and for good
        yield


def judged_points(game: Any, x: Tensor) -> Tensor:
    """D's logits (or a critic's scores) on points (n, 2), as (n,)."""
    return (getattr(game, "judge", None) or game.D)(x).reshape(len(x))


def pull(game: Any, fake: Tensor, extent: float) -> Tensor:
    """The direction of descent of the generator's loss at each fake sample (n, 2), drawn to scale.

    Each arrow is minus the gradient of that sample's own loss. Its length grows with the gradient's,
    up to a fifth of the picture: short arrows are weak pulls.
    """
    g_loss = getattr(game, "g_loss", None) or (lambda logits: F.softplus(-logits).mean())
    x = fake.detach().clone().requires_grad_()
    with torch.enable_grad():
        loss = len(x) * g_loss(judged_points(game, x))
        (gradient,) = torch.autograd.grad(loss, x)
    strength = gradient.norm(dim=1, keepdim=True)
    return -0.4 * extent * gradient / (strength + 2 / extent)


def look(game: Any, lens: Lens | None = None, title: str = "") -> PlaneScene:
    """Everything the picture shows of a game as it stands; the game is left as it was."""
    lens = lens or Lens(game)
    with undisturbed(), torch.no_grad():
        fake = game.G(lens.z).detach()
        heat, on_real, on_fake = (judged_points(game, x) for x in (lens.lattice, lens.real, fake))
        mesh = game.G(lens.mesh.reshape(-1, 2)).reshape(lens.mesh.shape) if len(lens.mesh) else lens.mesh
        arrows = pull(game, fake[: lens.arrows], lens.extent)
        if getattr(game, "critic", False):
            low, high = on_fake.mean(), on_real.mean()
            heat = (heat - low) / (high - low).abs().clamp(min=1e-6)
            verdict = f"The critic gives real points {high:z.2f} and fake ones {low:z.2f} on average"
        else:
            heat, on_real, on_fake = heat.sigmoid(), on_real.sigmoid(), on_fake.sigmoid()
            verdict = f"D gives real points {on_real.mean():.2f} and fake ones {on_fake.mean():.2f} on average"
        between = torch.cdist(fake, lens.real)
        strays, missed = (between.min(dim=d).values.quantile(0.9) for d in (1, 0))
    history = torch.tensor(list(game.history), dtype=torch.float32).reshape(-1, 2)
    every = max(1, len(history) // 200)
    thinned = history[: len(history) // every * every].reshape(-1, every, 2).mean(1)
    words = (
        f"{title + '. ' if title else ''}After {len(history):,} steps. {verdict}. Nine in ten fake points are "
        f"within {strays:.2f} of a real one, nine in ten real points within {missed:.2f} of a fake one; "
        f"the picture is {2 * lens.extent:.1f} wide."
    )
    return PlaneScene(
        heat.nan_to_num(0.5).clamp(0, 1).reshape(lens.side, lens.side),
        lens.real, fake, arrows, mesh, thinned, len(history), lens.extent, words,
    )  # fmt: skip


def draw_playground(fig: Figure, game: Any, lens: Lens | None = None, title: str = "") -> str:
    """Draw the game on a figure: the plane on the left, the losses on the right.

    Args:
        game: see `gancourse.widgets.Playground`.
        lens: reuse one to see the same samples move from picture to picture.

    Returns:
        the alt text.
    """
    scene = look(game, lens, title)
    real, fake, arrows, mesh, losses = (
        t.numpy() for t in (scene.real, scene.fake, scene.arrows, scene.mesh, scene.losses)
    )
    fig.clear()
    with matplotlib.rc_context(STYLE):
        plane, curves = fig.subplots(1, 2, width_ratios=(1, 1))
        e = scene.extent
        edge = e + e / (len(scene.heat) - 1)  # the lattice's outer points are centers of pixels
        plane.imshow(
            scene.heat.numpy(), cmap=CALLS, vmin=0, vmax=1, extent=(-edge, edge, -edge, edge), interpolation="bilinear"
        )
        for lines in (mesh, mesh.swapaxes(0, 1)) if len(mesh) else ():
            for line in lines:
                plane.plot(line[:, 0], line[:, 1], color="#8a5200", lw=0.6, alpha=0.6)
        plane.quiver(
            *fake[: len(arrows)].T,
            *arrows.T,
            angles="xy",
            scale_units="xy",
            scale=1,
            width=0.0035,
            color="0.2",
            zorder=4,
        )
        plane.scatter(*real.T, s=14, color=REAL, label="real", zorder=3, edgecolors="white", linewidths=0.3)
        plane.scatter(*fake.T, s=16, color=FAKE, marker="D", label="fake", zorder=3, edgecolors="0.2", linewidths=0.4)
        plane.set(xlim=(-e, e), ylim=(-e, e), aspect="equal")
        plane.grid(False)
        plane.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, fontsize=9)
        steps = scene.steps / max(1, len(losses)) * np.arange(1, len(losses) + 1)
        curves.plot(steps, losses[:, 0], color=JUDGE, lw=1.4, label="D's loss")
        curves.plot(steps, losses[:, 1], color=FAKE, lw=1.4, ls="-.", label="G's loss")
        curves.set(xlabel="step", xlim=(0, max(10, scene.steps)))
        if not len(losses):
            curves.set_ylim(0, 2)
        curves.legend(loc="upper right", fontsize=9)
        if title:
            fig.suptitle(title, fontsize=11)
    return scene.words
