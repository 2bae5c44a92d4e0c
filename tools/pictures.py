"""Make the pictures that the lessons and the README open with, from the lessons' own code.

    python tools/pictures.py

They are committed, since a reader should see them before anything has run.
"""

from __future__ import annotations

import io
import shutil

from PIL import Image

from gancourse.authoring.source import find
from gancourse.paths import repository
from gancourse.plots import draw_game, figure, png

FRAMES, ITERATIONS = 48, 3000


def bell_curve() -> None:
    """Lesson 01: the game from the first iteration to the last, twice around, then at rest on the end."""
    lesson = find("01_gaussian_1d")
    names = lesson.worked("target", "networks", "match", "train")
    match = names["Match"]()
    # Early iterations change most, so frames are close together at the start and far apart at the end.
    moments = {1 + round((ITERATIONS - 1) * (i / (FRAMES - 1)) ** 2.5) for i in range(FRAMES)}
    fig, frames = figure(8.5, 3.5), []
    for count, _ in enumerate(names["train"](match, ITERATIONS), 1):
        if count in moments:
            draw_game(fig, match.G, match.D, names["target"], match.losses, f"iteration {count:,}")
            frames.append(Image.open(io.BytesIO(png(fig, dpi=90))).convert("RGB"))
    folder = repository() / "lessons" / "assets" / lesson.name
    folder.mkdir(parents=True, exist_ok=True)
    # One palette for all frames, from the first and the last: both curves' colors are in them.
    both = Image.new("RGB", (frames[0].width, 2 * frames[0].height))
    both.paste(frames[0], (0, 0))
    both.paste(frames[-1], (0, frames[0].height))
    palette = both.quantize(96)
    small = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    pauses = [120] * (len(small) - 1) + [3000]
    # Two loops only: a picture that never stops moving is hard to read beside.
    small[0].save(folder / "game.gif", save_all=True, append_images=small[1:], duration=pauses, loop=1, optimize=True)
    frames[-1].save(folder / "game.png", optimize=True)
    start = folder.parent / "start"
    start.mkdir(exist_ok=True)
    shutil.copyfile(folder / "game.png", start / "game.png")
    for path in sorted(folder.iterdir()):
        print(f"{path.relative_to(repository())}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    bell_curve()
