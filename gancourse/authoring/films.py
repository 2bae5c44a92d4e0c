"""Pictures that stand in a lesson's text: made by `pictures.py` in its folder, from the lesson's own code.

    python lessons/01_gaussian_1d/pictures.py

They are committed under `assets/`, since a reader should see them before anything has run.
"""

from __future__ import annotations

import io
from pathlib import Path

from matplotlib.figure import Figure
from PIL import Image

from gancourse.authoring.source import Lesson
from gancourse.plots import png


def frame_of(fig: Figure, dpi: int = 90) -> Image.Image:
    """A figure as a frame of a film."""
    return Image.open(io.BytesIO(png(fig, dpi=dpi))).convert("RGB")


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
