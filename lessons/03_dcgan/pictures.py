"""Faces growing out of noise, for lesson 03 and the README, from the run that made the course's DCGAN.

It reads the pictures in the folder of `gancourse train dcgan-faces-64`, which takes too long to repeat here.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torchvision.utils import make_grid

from gancourse.authoring.films import asset, save_film
from gancourse.authoring.source import find
from gancourse.data.sheet import GAP
from gancourse.paths import repository

SIZE, SHOWN, FRAMES = 64, 12, 22


def main() -> None:
    """Twelve faces, from the first steps to the last, for the same noise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, default=repository() / "runs" / "dcgan-faces-64")
    kept = parser.parse_args().run / "samples"
    frames = {int(path.stem): path for path in kept.glob("*.png")}
    if not frames:
        raise SystemExit(f"{kept} holds no pictures: `gancourse train dcgan-faces-64` makes them.")
    steps = [step for step in sorted(frames) if step >= 50]
    steps = steps[:: max(1, len(steps) // FRAMES)] + steps[-1:]
    drawn = [captioned(cut(frames[step]), step) for step in steps]
    lesson = find("03_dcgan")
    # The palette is the last frame's: the first ones are gray, and would take colors away from the faces.
    save_film(drawn, asset(lesson, "film.gif"), drawn[-1].quantize(128, kmeans=2), pause=160, rest=4000)
    drawn[-1].save(asset(lesson, "film.png"), optimize=True)


def cut(sheet: Path) -> torch.Tensor:
    """The pictures of a contact sheet, row by row, uint8 (n, 3, size, size)."""
    with Image.open(sheet) as opened:
        pixels = torch.from_numpy(np.array(opened.convert("RGB"))).permute(2, 0, 1)
    cells = pixels[:, GAP:, GAP:].unfold(1, SIZE, SIZE + GAP).unfold(2, SIZE, SIZE + GAP)  # (3, rows, columns, h, w)
    return cells.permute(1, 2, 0, 3, 4).flatten(0, 1)


def captioned(pictures: torch.Tensor, step: int) -> Image.Image:
    """A frame: the first pictures in two rows, and the step below."""
    sheet = make_grid(pictures[:SHOWN], SHOWN // 2, padding=2, pad_value=255)
    frame = Image.new("RGB", (sheet.shape[2], sheet.shape[1] + 18), "white")
    frame.paste(Image.fromarray(sheet.permute(1, 2, 0).numpy()), (0, 0))
    text = ImageDraw.Draw(frame)
    text.text((4, sheet.shape[1]), f"step {step:,}", fill="black", font=ImageFont.load_default(14))
    return frame


if __name__ == "__main__":
    main()
