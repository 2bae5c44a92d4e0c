"""Pictures side by side in a figure: on one pair of axes, or in rows with names. One image, however many they are.

(Axes for each picture take a second for twenty.)
"""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from gancourse.data.images import to_bytes
from gancourse.latent.drawing import tiles
from gancourse.plots import axes, figure


def draw_pictures(ax: Axes, pictures: Tensor, columns: int | None = None, title: str = "") -> None:
    """Draw pictures on these axes, without ticks.

    Args:
        ax: where to.
        pictures: (n, 3 or 1, H, W) in [−1, 1].
        columns: how many side by side; by default as many as rows.
        title: what stands above them.
    """
    sheet = to_bytes(pictures.detach()).cpu().expand(-1, 3, -1, -1).permute(0, 2, 3, 1)
    ax.imshow(tiles(sheet, columns).numpy(), interpolation="nearest")
    ax.set(title=title, xticks=(), yticks=())
    ax.grid(False)
    ax.set_frame_on(False)


def draw_rows(rows: Mapping[str, Tensor], title: str = "", width: float = 9.0) -> Figure:
    """Rows of small pictures with their names on the left.

    Args:
        rows: pictures (n, 3 or 1, H, W) in [−1, 1], by the row's name; each row may be of another size.
        title: what stands above them all.
        width: of the figure, in inches.
    """
    fig = figure(width, 0.3 + 0.85 * width / 9 * len(rows))
    for ax, (name, pictures) in zip(axes(fig, len(rows), 1), rows.items(), strict=True):
        draw_pictures(ax, pictures, len(pictures))
        ax.set_anchor("W")
        ax.set_ylabel(name.replace(", ", ",\n"), rotation=0, ha="right", va="center", fontsize=9)
    fig.suptitle(title, fontsize=10)
    return fig
