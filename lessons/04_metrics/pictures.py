"""A strip of each generator's pictures and what every score says of it, for lesson 04."""

from __future__ import annotations

import matplotlib

from gancourse.authoring.films import asset
from gancourse.authoring.source import find
from gancourse.plots import STYLE, figure, png

CELLS = ("eyes", "data", "defects", "strips", "moments", "neighbors", "geometry", "geometry-scores", "scores")


def main() -> None:
    """Run the lesson's own cells and draw its table."""
    lesson = find("04_metrics")
    names = lesson.worked(*CELLS, "verdict", "table")
    fig = figure(11, 4.4)
    with matplotlib.rc_context(STYLE):
        left, right = fig.subfigures(1, 2, squeeze=False, width_ratios=(2, 3))[0]
        names["draw_strips"](left.subplots(len(names["generators"]), 1), names["generators"], columns=6)
        names["draw_table"](right.subplots(), names["table"], names["verdict"])
    asset(lesson, "table.png").write_bytes(png(fig, dpi=110))


if __name__ == "__main__":
    main()
