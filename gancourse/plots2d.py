"""Figures of distributions in the plane: what is real, what was made, what the judge says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import matplotlib
import torch
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from torch import Tensor

from gancourse.data.toys import Mixture
from gancourse.plots import FAKE, PALETTE, REAL, STYLE

VERDICT = LinearSegmentedColormap.from_list("verdict", ["#f7dcb4", "#ffffff", "#b8dcf5"])
"""D's probability of "real": orange where it says made, white at one half, blue where it says real."""


def frame(target: Mixture) -> float:
    """Half the width of a picture that holds the target with some room around it."""
    return 1.35 * float(target.modes.abs().max()) + 3 * float(target.stds.max())


def draw_plane(
    ax: Axes,
    target: Mixture,
    samples: Tensor | None = None,
    judge: Callable[[Tensor], Tensor] | None = None,
    title: str = "",
    size: float = 5.0,
    extent: float | None = None,
) -> None:
    """Draw modes as circles of three standard deviations, samples as dots, a judge's verdict as colors.

    Args:
        samples: made points (n, 2).
        judge: from points (n, 2) to logits (n, 1).
        size: of a dot, in square points.
        extent: half the picture's width; found from the target if None.
    """
    e = frame(target) if extent is None else extent
    if judge is not None:
        line = torch.linspace(-e, e, 80)
        y, x = torch.meshgrid(line, line, indexing="ij")
        with torch.no_grad():
            heat = torch.sigmoid(judge(torch.stack([x, y], dim=-1).reshape(-1, 2))).reshape(80, 80)
        ax.imshow(heat, cmap=VERDICT, vmin=0, vmax=1, extent=(-e, e, -e, e), origin="lower", interpolation="bilinear")
    if samples is not None:
        ax.scatter(*samples.detach().T, s=size, color=FAKE, alpha=0.5, lw=0, zorder=2)
    # A circle of three standard deviations may be smaller than a dot: it is drawn no smaller than can be seen.
    for mode, std in zip(target.modes.tolist(), target.stds.tolist(), strict=True):
        ax.add_patch(matplotlib.patches.Circle(mode, max(3 * std, 0.03 * e), fill=False, ec=REAL, lw=1.6, zorder=3))
    ax.set(xlim=(-e, e), ylim=(-e, e), aspect="equal", title=title, xticks=[], yticks=[])
    ax.grid(False)


def draw_planes(fig: Figure, panels: Mapping[str, tuple[Mixture, Tensor]], columns: int = 4) -> None:
    """Several clouds of samples side by side, each with its title above.

    Args:
        panels: title → (target, samples (n, 2)).
    """
    fig.clear()
    rows = -(-len(panels) // columns)
    with matplotlib.rc_context({**STYLE, "font.size": 9.5}):
        grid = fig.subplots(rows, columns, squeeze=False).flat
        for ax, (title, (target, samples)) in zip(grid, panels.items(), strict=False):
            draw_plane(ax, target, samples, title=title)
        for ax in list(grid)[:0]:
            ax.remove()
        for ax in fig.axes[len(panels) :]:
            ax.remove()


def draw_counts(ax: Axes, groups: Mapping[str, Sequence[float]], most: int, label: str = "modes covered") -> None:
    """One dot for each seed and a bar at the median, for each setting.

    Args:
        groups: setting → one number for each seed.
        most: the best value there is; a dotted line shows it.
    """
    for i, values in enumerate(groups.values()):
        ordered = sorted(values)
        ties = {v: [j for j, other in enumerate(ordered) if other == v] for v in ordered}
        for value, same in ties.items():
            for j in range(len(same)):
                ax.plot(i + 0.09 * (j - (len(same) - 1) / 2), value, "o", color=PALETTE[0], ms=4.5, alpha=0.75)
        middle = float(torch.tensor([float(v) for v in ordered]).quantile(0.5))
        ax.plot([i - 0.42, i + 0.42], [middle, middle], color=PALETTE[3], lw=2.2)
    ax.axhline(most, color="0.4", lw=0.9, ls=":")
    ax.set(xticks=range(len(groups)), xlim=(-0.6, len(groups) - 0.4), ylim=(-0.06 * most, 1.06 * most), ylabel=label)
    ax.set_xticklabels(list(groups), fontsize=9)


def words(groups: Mapping[str, Sequence[float]], unit: str = "modes covered") -> str:
    """The same as a sentence, for alt texts."""
    told = []
    for name, values in groups.items():
        middle = float(torch.tensor([float(v) for v in values]).quantile(0.5))
        told.append(f"{' '.join(name.split())}: median {middle:g}, from {min(values):g} to {max(values):g}")
    return f"{unit.capitalize()} over {len(next(iter(groups.values())))} seeds. " + "; ".join(told) + "."
