"""Figures: one look for the whole course, alt text for every picture."""

from __future__ import annotations

import base64
import html
import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib
import torch
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from torch import Tensor, nn

from gancourse.data.toys import Gaussian1D

# Seaborn's "colorblind", which is there without seaborn: to import that takes a notebook over a second.
HEX = ("#0173b2", "#de8f05", "#029e73", "#d55e00", "#cc78bc", "#ca9161", "#fbafe4", "#949494", "#ece133", "#56b4e9")
PALETTE = [to_rgb(color) for color in HEX]
REAL, FAKE, JUDGE = PALETTE[0], PALETTE[1], PALETTE[2]
STYLE = {
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titleweight": "bold",
    "figure.constrained_layout.use": True,
    "font.size": 10.5,
    "grid.alpha": 0.3,
    "legend.frameon": False,
}


def figure(width: float = 9.0, height: float = 3.6) -> Figure:
    """An empty figure in the course's style, in inches. It belongs to no window, so any thread may draw it."""
    with matplotlib.rc_context(STYLE):
        fig = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(fig)
    return fig


def axes(fig: Figure, rows: int = 1, columns: int = 1, **options: Any) -> list[Axes]:
    """A grid of axes in the course's style, as a flat list."""
    with matplotlib.rc_context(STYLE):
        return list(fig.subplots(rows, columns, squeeze=False, **options).flat)


def png(fig: Figure, dpi: int = 100) -> bytes:
    """The figure as PNG."""
    buffer = io.BytesIO()
    with matplotlib.rc_context(STYLE):
        fig.savefig(buffer, format="png", dpi=dpi)
    return buffer.getvalue()


def picture(fig: Figure, alt: str, dpi: int = 100) -> dict[str, str]:
    """What a notebook stores for a figure: an HTML image with alt text, and the text alone.

    Jupyter gives a plain PNG output no alt text, so the figure goes in as HTML.
    """
    data = base64.b64encode(png(fig, 2 * dpi)).decode()
    width = round(fig.get_figwidth() * dpi)
    source, fit = f"data:image/png;base64,{data}", "max-width:100%;height:auto"
    tag = f'<img src="{source}" alt="{html.escape(alt)}" width="{width}" style="{fit}">'
    return {"text/html": tag, "text/plain": alt}


def show(fig: Figure, *, alt: str) -> None:
    """Show a figure in the notebook, with a sentence for those who cannot see it.

    Args:
        alt: what the picture shows, in words.

    Raises:
        ValueError: if `alt` is empty.
    """
    if not alt.strip():
        raise ValueError("A picture needs alt text: say in a sentence what it shows.")
    from IPython.core.getipython import get_ipython
    from IPython.display import display

    if get_ipython() is not None:
        display(picture(fig, alt), raw=True)


def keepsake(fig: Figure, *, alt: str, name: str = "my_picture") -> None:
    """Show a figure and keep it as a PNG beside the notebook: a lesson's last page, for its reader to take along.

    Where nothing can be written it is shown all the same.

    Args:
        alt: what the picture shows, in words.
        name: of the file, without its ending.
    """
    show(fig, alt=alt)
    path = Path(f"{name}.png")
    try:
        path.write_bytes(png(fig, dpi=150))
        print(f"Kept beside this notebook as {path.name}.")
    except OSError as error:
        print(f"It could not be kept as {path.name}: {error.strerror}. A right click on the picture saves it, too.")


def generated_density(samples: Tensor, x: Tensor) -> Tensor:
    """A smooth estimate of the density behind samples on the line, at the points x (n,).

    A kernel density estimate with Silverman's rule of thumb for the bandwidth.
    """
    points = samples.detach().flatten()
    spread = float(points.std()) if len(points) > 1 else 0.0
    width = max(0.9 * spread * len(points) ** -0.2, 0.02)
    kernels = torch.exp(-0.5 * ((x[:, None] - points[None, :]) / width) ** 2)
    return kernels.mean(1) / (width * (2 * torch.pi) ** 0.5)


FAINT_BELOW = 0.04  # the density, a tenth of the bell's peak, from which on a point counts as one that D has seen


def draw_game(
    fig: Figure,
    G: nn.Module,
    D: nn.Module,
    target: Gaussian1D,
    losses: Sequence[tuple[float, float]] = (),
    title: str = "",
) -> str:
    """Draw the 1D game as in figure 1 of Goodfellow et al. (2014), and the losses beside it.

    On the left the density of the data, that of G's samples and D(x), faint where there is next to no density;
    below them how G sends evenly spaced noise z to x. On the right the losses so far.

    Args:
        G: from noise in [−1, 1], shape (n, 1), to samples (n, 1).
        D: from points (n, 1) to logits (n, 1).
        losses: (D's, G's) after each iteration.

    Returns:
        the alt text.
    """
    fig.clear()
    with matplotlib.rc_context(STYLE):
        game, curves = fig.subplots(1, 2, width_ratios=(3, 2))
        low, high = -2.0, target.mean + 5 * target.std
        x = torch.linspace(low, high, 300)
        z = torch.linspace(-1, 1, 1000).unsqueeze(1)
        with torch.no_grad():
            samples, judged = G(z).flatten(), torch.sigmoid(D(x.unsqueeze(1))).flatten()
            fooled = float(torch.sigmoid(D(samples.unsqueeze(1))).mean())
        p, q = target.density(x), generated_density(samples, x)
        game.fill_between(x, p, color=REAL, alpha=0.25, lw=0)
        game.plot(x, p, color=REAL, lw=2, label="data p(x)")
        game.fill_between(x, q.clamp(max=1.12), color=FAKE, alpha=0.25, lw=0)
        game.plot(x, q.clamp(max=1.12), color=FAKE, lw=2, ls="-.", label="generator q(x)")
        # Where there is next to nothing, D has seen nothing: what it says there is faint.
        game.plot(x, judged, color=JUDGE, lw=1, ls="--", alpha=0.35)
        game.plot(x, judged.where(p + q > FAINT_BELOW, math.nan), color=JUDGE, lw=2, ls="--", label="D(x)")
        noise_at = low + (z.flatten() + 1) / 2 * (high - low)
        for i in range(0, 1000, 37):
            game.plot([noise_at[i], samples[i].clamp(low, high)], [-0.45, -0.06], color=FAKE, lw=0.7, alpha=0.8)
        game.axhline(0, color="0.3", lw=0.8)
        game.text(low, -0.5, "noise z, from −1 to 1", va="top", color="0.35", fontsize=9)
        game.set(xlim=(low, high), ylim=(-0.6, 1.2), yticks=(0, 0.25, 0.5, 0.75, 1), xlabel="x")
        game.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, fontsize=9, columnspacing=1.2, handlelength=2.2)
        draw_losses(curves, losses)
        if title:
            fig.suptitle(title, fontsize=11)
    mean, std = float(samples.mean()), float(samples.std())
    return (
        f"{title + '. ' if title else ''}The data are a bell curve around {target.mean:g}. The generator's samples "
        f"have mean {mean:z.2f} and standard deviation {std:.2f}. On them D is {fooled:.2f} on average."
    )


def draw_losses(ax: Axes, losses: Sequence[tuple[float, float]]) -> None:
    """Both players' losses over the iterations; long runs as means over a few iterations each."""
    every = max(1, len(losses) // 300)
    history = torch.tensor(losses[: len(losses) // every * every]).reshape(-1, every, 2).mean(1)
    steps = [(i + 1) * every for i in range(len(history))]
    ax.plot(steps, history[:, 0], color=JUDGE, lw=1.4, label="D's loss")
    ax.plot(steps, history[:, 1], color=FAKE, lw=1.4, ls="-.", label="G's loss")
    ax.axhline(math.log(4), color="0.4", lw=0.8, ls=":")
    ax.text(1, math.log(4), " log 4", transform=ax.get_yaxis_transform(), va="center", color="0.35", fontsize=9)
    lowest = min(-0.2, float(history.min()) - 0.2) if losses else -0.2
    ax.set(xlabel="iteration", xlim=(0, max(10, len(losses))), ylim=(lowest, 4))
    ax.legend(loc="upper right", fontsize=9)
