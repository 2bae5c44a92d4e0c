"""A face at four sizes and the details that each adds, and faces that grow, for lesson 13.

The film reads the pictures in the folder of `gancourse train progressive-faces-64`, which takes too long to repeat.
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path

import torch
from PIL import Image
from torchvision.utils import make_grid, save_image

from gancourse import data
from gancourse.authoring.films import asset, captioned, cut_sheet, palette_of, save_film
from gancourse.authoring.source import find
from gancourse.data.images import to_unit
from gancourse.games.progressive import stage_at
from gancourse.models.progressive import double_size, halve
from gancourse.paths import repository
from gancourse.training.recipes import Recipe, phase_of, recipe

SIDE = 128
FACE, SHOWN, LEVELS = 64, 12, 5  # of the film


def main() -> None:
    """Both pictures, or one of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, default=repository() / "runs" / "progressive-faces-64")
    parser.add_argument("--only", choices=["pyramid", "growing"])
    asked = parser.parse_args()
    if asked.only != "growing":
        pyramid()
    if asked.only != "pyramid":
        growing(asked.run / "samples")


def growing(kept: Path) -> None:
    """Twelve faces from 4 pixels up, for the same noise.

    They are an average's over a thousand steps, which remembers for a while what a new block was drawn as: of each
    size those moments are shown that came late enough.
    """
    frames = {int(path.stem): path for path in kept.glob("*.png")}
    if not frames:
        raise SystemExit(f"{kept} holds no pictures: `gancourse train progressive-faces-64` makes them.")
    told = recipe("progressive-faces-64")
    assert isinstance(told, Recipe)
    phase = phase_of(told.steps, LEVELS)
    drawn = [moment(frames[step], level) for step in sorted(frames) if (level := settled(step, phase)) is not None]
    path = asset(find("13_progressive"), "growing.gif")
    save_film(drawn, path, palette_of([drawn[len(drawn) // 2], drawn[-1]], kmeans=2), pause=260, rest=4000)


def settled(step: int, phase: int) -> int | None:
    """The level that was in use at this step, if its newest block had been trained for half a phase and more."""
    level, alpha = stage_at(max(0, step - 1), phase, LEVELS)
    return level if alpha == 1 and step >= (2 * level + 0.5) * phase else None


def moment(sheet: Path, level: int) -> Image.Image:
    """A frame: the first faces of a sheet, all as large as the last ones, and below how many pixels they have."""
    size = 4 * 2**level
    blocks = cut_sheet(sheet, size)[:SHOWN].repeat_interleave(FACE // size, 2).repeat_interleave(FACE // size, 3)
    return captioned(blocks, SHOWN // 2, f"{size} × {size} pixels")


def pyramid() -> None:
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
