"""Eight held-out faces in five rows: the picture at the head of lesson 10."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torchvision.utils import make_grid, save_image

from gancourse import data
from gancourse.authoring.films import asset
from gancourse.authoring.source import find
from gancourse.data.images import to_unit
from gancourse.models import store
from gancourse.models.super_resolution import bicubic, low_resolution

SHOWN = slice(8, 16)


@torch.no_grad()
def main() -> None:
    """From the top: small, bicubic, L2's, the GAN's, true."""
    nets = store.load("super_resolution_64")
    true = to_unit(data.load("faces", size=64, split="test", attributes=[], n=16).pixels[SHOWN])
    small = low_resolution(true)
    rows = [F.interpolate(small, scale_factor=4), bicubic(small), nets["L2"](small), nets["GAN"](small), true]
    large = torch.cat(rows).repeat_interleave(2, 2).repeat_interleave(2, 3)
    sheet = make_grid(large, 8, padding=4, pad_value=1.0)
    save_image((sheet.clamp(-1, 1) + 1) / 2, asset(find("10_super_resolution"), "faces.png"))


if __name__ == "__main__":
    main()
