"""Eight held-out faces in five rows: the picture at the head of lesson 11."""

from __future__ import annotations

import torch
from torchvision.utils import make_grid, save_image

from gancourse import data
from gancourse.authoring.films import asset
from gancourse.authoring.source import find
from gancourse.data.holes import stroke_masks
from gancourse.data.images import to_unit
from gancourse.models import store
from gancourse.models.inpainting import filled_picture, with_hole
from gancourse.training.filling import band_masks, shape_masks
from gancourse.training.inpainting import from_around

SHOWN = slice(8, 16)


@torch.no_grad()
def main() -> None:
    """From the top: with a hole, filled from around, L1's, both judges', true."""
    nets = store.load("inpainting_64")
    true = to_unit(data.load("faces", size=64, split="test", attributes=[], n=16).pixels[SHOWN])
    strokes = stroke_masks(4, 64, 0.3, 9, torch.Generator().manual_seed(2))
    masks = torch.cat([strokes, band_masks("glasses", 2), shape_masks("half", 1), band_masks("smile", 1)])
    given = with_hole(true, masks)
    rows = [
        given[:, :3],
        *(filled_picture(true, masks, fill(given)) for fill in (from_around, nets["L1"], nets["both"])),
        true,
    ]
    large = torch.cat(rows).repeat_interleave(2, 2).repeat_interleave(2, 3)
    sheet = make_grid(large, 8, padding=4, pad_value=1.0)
    save_image((sheet.clamp(-1, 1) + 1) / 2, asset(find("11_inpainting"), "faces.png"))


if __name__ == "__main__":
    main()
