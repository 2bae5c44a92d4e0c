"""Sketches, what the shipped network makes of them, and the photos: the picture at the lesson's head."""

from __future__ import annotations

import torch
from torchvision.utils import make_grid, save_image

from gancourse.authoring.films import asset
from gancourse.authoring.source import find
from gancourse.models import store
from gancourse.training.figures import unfamiliar_pairs

COLUMNS = 10


def main() -> None:
    """Draw held-out faces, and what the network makes of their sketches."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    x, y = unfamiliar_pairs(64, "sketch", COLUMNS)
    with torch.no_grad():
        made = store.load("pix2pix_sketch_64")["G"](x)
    rows = torch.cat([x.expand(-1, 3, -1, -1), made, y])
    sheet = make_grid(rows, COLUMNS, padding=1, pad_value=1.0, normalize=True, value_range=(-1, 1))
    save_image(sheet, asset(find("08_pix2pix"), "translated.png"))


if __name__ == "__main__":
    main()
