"""Pictures that stand in a lesson's text: made by `pictures.py` in its folder, from the lesson's own code.

    python lessons/01_gaussian_1d/pictures.py

They are committed under `assets/`, since a reader should see them before anything has run.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import torch
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor
from torchvision.utils import make_grid

from gancourse.authoring.source import Lesson
from gancourse.data.sheet import GAP
from gancourse.plots import png


def frame_of(fig: Figure, dpi: int = 90) -> Image.Image:
    """A figure as a frame of a film."""
    return Image.open(io.BytesIO(png(fig, dpi=dpi))).convert("RGB")


def cut_sheet(path: Path, size: int) -> Tensor:
    """The pictures of a run's sheet of samples, row by row, uint8 (n, 3, size, size), as large as they were made."""
    with Image.open(path) as opened:
        larger = max(1, round(64 / size))  # small ones were enlarged to be looked at
        small = opened.convert("RGB").resize(
            (opened.width // larger, opened.height // larger), Image.Resampling.NEAREST
        )
    pixels = torch.from_numpy(np.array(small)).permute(2, 0, 1)
    cells = pixels[:, GAP:, GAP:].unfold(1, size, size + GAP).unfold(2, size, size + GAP)  # (3, rows, columns, h, w)
    return cells.permute(1, 2, 0, 3, 4).flatten(0, 1)


def captioned(pictures: Tensor, columns: int, told: str) -> Image.Image:
    """A frame: pictures, uint8 (n, 3, H, W), side by side, and a line below."""
    sheet = make_grid(pictures, columns, padding=GAP, pad_value=255)
    frame = Image.new("RGB", (sheet.shape[2], sheet.shape[1] + 18), "white")
    frame.paste(Image.fromarray(sheet.permute(1, 2, 0).numpy()), (0, 0))
    font = ImageFont.truetype(findfont("DejaVu Sans"), 12)
    ImageDraw.Draw(frame).text((4, sheet.shape[1]), told, fill="black", font=font)
    return frame


def asset(lesson: Lesson, name: str) -> Path:
    """Where a picture of this lesson lies, in a folder that is there."""
    path = lesson.folder / "assets" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def save_film(frames: list[Image.Image], path: Path, palette: Image.Image, pause: int = 120, rest: int = 3000) -> None:
    """Save frames as a GIF that runs twice and then rests on the last.

    Two loops only: a picture that never stops moving is hard to read beside.

    Args:
        frames: RGB pictures of one size.
        path: of the GIF.
        palette: a picture in palette mode, whose colors all frames share.
        pause: milliseconds between two frames.
        rest: milliseconds on the last.
    """
    small = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    pauses = [pause] * (len(small) - 1) + [rest]
    small[0].save(path, save_all=True, append_images=small[1:], duration=pauses, loop=1, optimize=True)
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")


def first_and_last(frames: list[Image.Image], colors: int = 96) -> Image.Image:
    """A palette of the colors in the first frame and in the last."""
    return palette_of([frames[0], frames[-1]], colors)


def palette_of(frames: list[Image.Image], colors: int = 128, kmeans: int = 0) -> Image.Image:
    """A palette of the colors in all these frames, of one size."""
    stack = Image.new("RGB", (frames[0].width, len(frames) * frames[0].height))
    for place, frame in enumerate(frames):
        stack.paste(frame, (0, place * frame.height))
    return stack.quantize(colors, kmeans=kmeans)
