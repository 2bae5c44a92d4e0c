"""Pictures of what a run has learned so far, for its folder."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from PIL.Image import Image


def still_noise(n: int, latent_dim: int, seed: int) -> Tensor:
    """Noise that is the same in every picture of a run, so that one sees what changes: (n, latent_dim)."""
    return torch.randn(n, latent_dim, generator=torch.Generator().manual_seed(seed))


def picture_sheet(samples: Tensor, columns: int | None = None) -> Image:
    """A sheet of pictures in [−1, 1], (n, C, H, W); small ones are enlarged."""
    from PIL import Image

    from gancourse.data.images import Images, to_bytes
    from gancourse.data.sheet import contact_sheet

    sheet = contact_sheet(Images(to_bytes(samples).cpu()), columns or round(len(samples) ** 0.5))
    larger = max(1, round(64 / samples.shape[-1]))
    return sheet.resize((sheet.width * larger, sheet.height * larger), Image.Resampling.NEAREST)


def scatter(samples: Tensor, modes: Tensor, reach: float) -> Image:
    """Points in the plane (n, 2) over the centers of the data's modes (K, 2)."""
    from PIL import Image

    from gancourse.plots import FAKE, REAL, axes, figure, png

    fig = figure(4.5, 4.5)
    (ax,) = axes(fig)
    ax.scatter(*modes.T, s=120, marker="+", color=REAL, label="modes of the data")
    ax.scatter(*samples.cpu().T, s=6, color=FAKE, alpha=0.5, label="samples")
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    ax.legend(loc="upper right", fontsize=8)
    return Image.open(io.BytesIO(png(fig)))
