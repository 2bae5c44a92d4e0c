"""A face at four sizes and the details that each adds, for lesson 13."""

from __future__ import annotations

from itertools import pairwise

import torch
from torchvision.utils import make_grid, save_image

from gancourse import data
from gancourse.authoring.films import asset
from gancourse.authoring.source import find
from gancourse.data.images import to_unit
from gancourse.models.progressive import double_size, halve

SIDE = 128


def main() -> None:
    """Two faces: above their copies of 4 to 32 pixels, below the bands."""
    faces = to_unit(data.load("faces", size=32, attributes=[], n=40).pixels[[3, 8]])
    copies = [faces]
    for _ in range(3):
        copies.insert(0, halve(copies[0]))
    bands = [copies[0], *(1.5 * (fine - double_size(coarse)) for coarse, fine in pairwise(copies))]
    tiles = [enlarged_tile(row[k][i]) for i in range(len(faces)) for row in (copies, bands) for k in range(len(copies))]
    sheet = make_grid(torch.stack(tiles), len(copies), padding=4, pad_value=1.0)
    save_image((sheet.clamp(-1, 1) + 1) / 2, asset(find("13_progressive"), "pyramid.png"))


def enlarged_tile(picture: torch.Tensor) -> torch.Tensor:
    """A picture (3, s, s) as large blocks."""
    by = SIDE // picture.shape[-1]
    return picture.repeat_interleave(by, 1).repeat_interleave(by, 2)


if __name__ == "__main__":
    main()
