"""Pictures of lesson 05: faces and what three networks make of them, and the tree of densities."""

from __future__ import annotations

import torch
from matplotlib.axes import Axes
from torchvision.utils import make_grid, save_image

from gancourse import data
from gancourse.authoring.films import asset
from gancourse.authoring.source import find
from gancourse.data.images import to_unit
from gancourse.models import store
from gancourse.plots import FAKE, JUDGE, REAL, axes, figure, png

COLUMNS, FIRST = 8, 0


@torch.no_grad()
def faces() -> None:
    """New faces, rebuilt by squares and by absolute values, and made up by the VAE."""
    nets = store.load("autoencoders_32")
    new = to_unit(data.load("faces", size=32, split="test", attributes=[], n=FIRST + COLUMNS).pixels)[FIRST:]
    z = torch.randn(COLUMNS, nets["decoder_vae"].inputs, generator=torch.Generator().manual_seed(1))
    rows = [new, *(nets[f"decoder_{kind}"](nets[f"encoder_{kind}"](new)) for kind in ("l2", "l1"))]
    sheet = torch.cat([*rows, nets["decoder_vae"](z)])
    large = sheet.repeat_interleave(2, 2).repeat_interleave(2, 3)
    grid = make_grid(large, COLUMNS, padding=4, pad_value=1.0)
    save_image((grid.clamp(-1, 1) + 1) / 2, asset(find("05_autoencoders"), "faces.png"))


LEAVES = (
    (0.0, "tractable", "a formula that can\nbe computed", "lesson 05: pixel by pixel", REAL),
    (3.4, "approximate", "a formula with an integral\nthat can be bounded", "lesson 05: VAE", JUDGE),
    (6.8, "implicit", "a machine that draws,\nand no formula", "lessons 01 to 03, 06 to 16: GANs", FAKE),
)
EXPLICIT = 1.7  # where explicit densities stand, between their two kinds


def boxed(ax: Axes, x: float, y: float, text: str, color: str | tuple[float, ...] = "0.3", bold: bool = False) -> None:
    ax.text(
        x, y, text, ha="center", va="center", fontsize=11, fontweight="bold" if bold else "normal",
        bbox={"boxstyle": "round,pad=0.4", "fc": "white", "ec": color, "lw": 1.6},
    )  # fmt: skip


def taxonomy() -> None:
    """Who can be asked for p(x), as a tree; below each leaf the lessons that build it."""
    fig = figure(9, 3.6)
    (ax,) = axes(fig)
    for x, y, to, below in ((3.4, 3, EXPLICIT, 2), (3.4, 3, 6.8, 1), (EXPLICIT, 2, 0.0, 1), (EXPLICIT, 2, 3.4, 1)):
        ax.plot([x, to], [y, below], color="0.6", lw=1.5, zorder=0)
    boxed(ax, 3.4, 3, "a density p(x) over pictures", bold=True)
    boxed(ax, EXPLICIT, 2, "explicit: there is a formula")
    for x, name, told, where, color in LEAVES:
        boxed(ax, x, 1, name, color, bold=True)
        ax.text(x, 0.55, told, ha="center", va="top", fontsize=10)
        ax.text(x, -0.25, where, ha="center", va="top", fontsize=10, color=color, fontweight="bold")
    ax.set(xlim=(-1.7, 8.6), ylim=(-0.7, 3.4))
    ax.axis("off")
    asset(find("05_autoencoders"), "taxonomy.png").write_bytes(png(fig, dpi=110))


if __name__ == "__main__":
    faces()
    taxonomy()
