"""The game from the first iteration to the last, for lesson 01, the README and the start page."""

from __future__ import annotations

import shutil

from gancourse.authoring.films import asset, first_and_last, frame_of, save_film
from gancourse.authoring.source import find
from gancourse.plots import draw_game, figure

FRAMES, ITERATIONS = 48, 3000


def main() -> None:
    """Play, and keep a frame now and then: early iterations change most, so frames are close together there."""
    lesson = find("01_gaussian_1d")
    names = lesson.worked("target", "networks", "one-loss", "match", "train")
    match = names["Match"]()
    moments = {1 + round((ITERATIONS - 1) * (i / (FRAMES - 1)) ** 2.5) for i in range(FRAMES)}
    fig, frames = figure(8.5, 3.5), []
    for count, _ in enumerate(names["train"](match, ITERATIONS), 1):
        if count in moments:
            draw_game(fig, match.G, match.D, names["target"], match.losses, f"iteration {count:,}")
            frames.append(frame_of(fig))
    save_film(frames, asset(lesson, "game.gif"), first_and_last(frames))
    still = asset(lesson, "game.png")
    frames[-1].save(still, optimize=True)
    shutil.copyfile(still, lesson.folder.parent / "start" / "assets" / still.name)


if __name__ == "__main__":
    main()
