"""Faces growing out of noise, for lesson 03 and the README, from the run that made the course's DCGAN.

It reads the pictures in the folder of `gancourse train dcgan-faces-64`, which takes too long to repeat here.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from gancourse.authoring.films import asset, captioned, cut_sheet, save_film
from gancourse.authoring.source import find
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
    drawn = [captioned(cut_sheet(frames[step], SIZE)[:SHOWN], SHOWN // 2, f"step {step:,}") for step in steps]
    lesson = find("03_dcgan")
    # The palette is the last frame's: the first ones are gray, and would take colors away from the faces.
    save_film(drawn, asset(lesson, "film.gif"), drawn[-1].quantize(128, kmeans=2), pause=160, rest=4000)
    drawn[-1].save(asset(lesson, "film.png"), optimize=True)


if __name__ == "__main__":
    main()
