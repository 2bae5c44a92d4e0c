"""For lesson 08: sketches drawn stroke by stroke, and the faces that they become; and ten, beside their photos."""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image
from scipy import ndimage
from torch import Tensor
from torchvision.utils import make_grid, save_image

from gancourse.authoring.films import asset, save_film
from gancourse.authoring.source import find
from gancourse.models import store
from gancourse.training.figures import unfamiliar_pairs

COLUMNS, DRAWN, FRAMES, BY = 10, (0, 3, 5, 6), 22, 2


def order_of(sketch: Tensor) -> Tensor:
    """When a pen reaches each pixel of an ink sketch (1, h, w), from 0 to 1: stroke by stroke, the longest first."""
    ink = (sketch[0] < 0.5).numpy()
    strokes, count = ndimage.label(ink, np.ones((3, 3)))
    when, begun = np.zeros(ink.shape), 0
    for stroke in sorted(range(1, count + 1), key=lambda one: -int((strokes == one).sum())):
        here = strokes == stroke
        reached = np.zeros_like(here)
        reached.flat[np.flatnonzero(here)[0]] = True
        while (new := ndimage.binary_dilation(reached, np.ones((3, 3))) & here & ~reached).any() or not begun:
            when[reached & (when == 0)] = begun = begun + 1
            reached |= new
            if not new.any():
                break
        when[here & (when == 0)] = begun = begun + 1
    row, column = np.asarray(ndimage.distance_transform_edt(~ink, return_distances=False, return_indices=True))
    return torch.from_numpy(when[row, column] / when.max())  # what is gray around a stroke comes with it


@torch.no_grad()
def main() -> None:
    """Draw held-out faces, and what the network makes of their sketches, whole ones and begun ones."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    x, y = unfamiliar_pairs(64, "sketch", COLUMNS)
    G, lesson = store.load("pix2pix_sketch_64")["G"], find("08_pix2pix")
    rows = torch.cat([x.expand(-1, 3, -1, -1), G(x), y])
    sheet = make_grid(rows, COLUMNS, padding=1, pad_value=1.0, normalize=True, value_range=(-1, 1))
    save_image(sheet, asset(lesson, "translated.png"))

    x = x[list(DRAWN)]
    when = torch.stack([order_of(one) for one in x])[:, None]
    frames = []
    for k in range(FRAMES + 1):
        begun = torch.where(when <= k / FRAMES, x, 1.0)
        both = torch.cat([begun.expand(-1, 3, -1, -1), G(begun)]).repeat_interleave(BY, 2).repeat_interleave(BY, 3)
        grid = make_grid((both.clamp(-1, 1) + 1) / 2, len(DRAWN), padding=4, pad_value=1.0)
        frames.append(Image.fromarray((grid.permute(1, 2, 0) * 255).round().byte().numpy()))
    save_film(frames, asset(lesson, "drawing.gif"), frames[-1].quantize(128, kmeans=2), rest=4000)


if __name__ == "__main__":
    main()
