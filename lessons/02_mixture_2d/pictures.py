"""Collapse and its cure, for lesson 02: the plain game and the one with the minibatch standard deviation."""

from __future__ import annotations

import torch

from gancourse.authoring.films import asset, first_and_last, frame_of, save_film
from gancourse.authoring.source import find
from gancourse.plots import axes, figure
from gancourse.plots2d import draw_plane


def main() -> None:
    """Play both, each with a slow judge, and draw them side by side; most happens early."""
    lesson = find("02_mixture_2d")
    names = lesson.worked("world", "networks", "board", "match", "play")
    world, frames, iterations = names["world"], [], 5 * names["ITERATIONS"]
    moments = {round(iterations * (i / 40) ** 2) for i in range(3, 41)}
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
            frames.append(frame_of(fig))
    save_film(frames, asset(lesson, "collapse.gif"), first_and_last(frames, colors=48))


if __name__ == "__main__":
    main()
