"""Make the pictures that the lessons and the README open with, from the lessons' own code.

    python tools/pictures.py [01_gaussian_1d 02_mixture_2d]

They are committed, since a reader should see them before anything has run.
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

import matplotlib
import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torchvision.utils import make_grid

from gancourse.authoring.source import find
from gancourse.data.sheet import GAP
from gancourse.paths import repository
from gancourse.plots import STYLE, axes, draw_game, figure, png
from gancourse.plots2d import draw_plane

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
    film(frames, folder / "game.gif")
    frames[-1].save(folder / "game.png", optimize=True)
    start = folder.parent / "start"
    start.mkdir(exist_ok=True)
    shutil.copyfile(folder / "game.png", start / "game.png")


def collapse() -> None:
    """Lesson 02: the plain game and the one with the minibatch standard deviation, both with a slow judge."""
    lesson = find("02_mixture_2d")
    names = lesson.worked("world", "networks", "board", "match", "play")
    world, frames, iterations = names["world"], [], 5 * names["ITERATIONS"]
    moments = {round(iterations * (i / 40) ** 2) for i in range(3, 41)}  # most happens early
    titles = {"none": "a slow judge", "minibatch std": "the same, and it sees the spread"}
    matches = {remedy: names["Match"](world, seed=4, remedy=remedy, rate_D=names["SLOW"]) for remedy in titles}
    still = torch.randn(300, 2)  # the same noise in every frame, so that samples move instead of flicker
    runs = [names["play"](match, iterations) for match in matches.values()]
    for count in range(1, iterations + 1):
        for run in runs:
            next(run)
        if count in moments:
            fig = figure(6.4, 3.5)
            for ax, (remedy, match) in zip(axes(fig, 1, 2), matches.items(), strict=True):
                draw_plane(ax, world, match.G(still).detach(), title=titles[remedy], size=9)
            fig.suptitle(f"iteration {count:,}", fontsize=10)
            frames.append(Image.open(io.BytesIO(png(fig, dpi=90))).convert("RGB"))
    folder = repository() / "lessons" / "assets" / lesson.name
    folder.mkdir(parents=True, exist_ok=True)
    film(frames, folder / "collapse.gif", colors=48)


def table() -> None:
    """Lesson 04: a strip of each generator's pictures, and what every score says of it."""
    lesson = find("04_metrics")
    cells = ("eyes", "data", "defects", "strips", "moments", "neighbors", "geometry", "geometry-scores", "scores")
    names = lesson.worked(*cells, "verdict", "table")
    fig = figure(11, 4.4)
    with matplotlib.rc_context(STYLE):
        left, right = fig.subfigures(1, 2, squeeze=False, width_ratios=(2, 3))[0]
        names["draw_strips"](left.subplots(len(names["generators"]), 1), names["generators"], columns=6)
        names["draw_table"](right.subplots(), names["table"], names["verdict"])
    folder = repository() / "lessons" / "assets" / lesson.name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "table.png").write_bytes(png(fig, dpi=110))
    print(f"{lesson.name}/table.png: {(folder / 'table.png').stat().st_size / 1000:.0f} kB")


def faces_growing() -> None:
    """Lesson 03: fixed noise while the DCGAN of the course was trained, and the last frame alone.

    Reads the pictures in the folder of `gancourse train dcgan-faces-64`: half an hour is too long to repeat here.
    """
    kept = repository() / "runs" / "dcgan-faces-64" / "samples"
    frames = {int(path.stem): path for path in kept.glob("*.png")}
    if not frames:
        raise SystemExit(f"{kept} holds no pictures: `gancourse train dcgan-faces-64` makes them.")
    steps = [step for step in sorted(frames) if step >= 50]
    steps = steps[:: max(1, len(steps) // 22)] + steps[-1:]
    drawn = []
    for step in steps:
        sheet = make_grid(cut(frames[step], 64)[:12], 6, padding=2, pad_value=255)
        picture = Image.new("RGB", (sheet.shape[2], sheet.shape[1] + 18), "white")
        picture.paste(Image.fromarray(sheet.permute(1, 2, 0).numpy()), (0, 0))
        written = ImageDraw.Draw(picture)
        written.text((4, sheet.shape[1]), f"step {step:,}", fill="black", font=ImageFont.load_default(14))
        drawn.append(picture)
    folder = repository() / "lessons" / "assets" / "03_dcgan"
    folder.mkdir(parents=True, exist_ok=True)
    # The palette is the last frame's: the first ones are gray, and would take colors away from the faces.
    palette = drawn[-1].quantize(128, kmeans=2)
    small = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in drawn]
    pauses = [160] * (len(small) - 1) + [4000]
    path = folder / "film.gif"
    small[0].save(path, save_all=True, append_images=small[1:], duration=pauses, loop=1, optimize=True)
    print(f"{path.relative_to(repository())}: {path.stat().st_size / 1000:.0f} kB")
    drawn[-1].save(folder / "film.png", optimize=True)


def cut(sheet: Path, size: int) -> torch.Tensor:
    """The pictures of a contact sheet, row by row, uint8 (n, 3, size, size)."""
    with Image.open(sheet) as opened:
        pixels = torch.from_numpy(np.array(opened.convert("RGB"))).permute(2, 0, 1)
    cells = pixels[:, GAP:, GAP:].unfold(1, size, size + GAP).unfold(2, size, size + GAP)  # (3, rows, columns, h, w)
    return cells.permute(1, 2, 0, 3, 4).flatten(0, 1)


def film(frames: list[Image.Image], path: Path, colors: int = 96) -> None:
    """Save frames as a GIF that runs twice and then rests."""
    # One palette for all frames, from the first and the last: both curves' colors are in them.
    both = Image.new("RGB", (frames[0].width, 2 * frames[0].height))
    both.paste(frames[0], (0, 0))
    both.paste(frames[-1], (0, frames[0].height))
    palette = both.quantize(colors)
    small = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    pauses = [120] * (len(small) - 1) + [3000]
    # Two loops only: a picture that never stops moving is hard to read beside.
    small[0].save(path, save_all=True, append_images=small[1:], duration=pauses, loop=1, optimize=True)
    print(f"{path.relative_to(repository())}: {path.stat().st_size / 1000:.0f} kB")


PICTURES = {"01_gaussian_1d": bell_curve, "02_mixture_2d": collapse, "03_dcgan": faces_growing, "04_metrics": table}

if __name__ == "__main__":
    for name in sys.argv[1:] or PICTURES:
        PICTURES[name]()
