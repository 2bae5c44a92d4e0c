"""Sliders beside a picture, without a browser: what they draw, the last position, errors, the still picture."""

from __future__ import annotations

import threading

from gancourse.widgets.live import Knob
from gancourse.widgets.sliders import Sliders

KNOBS = {"width": Knob("width", 0, 10, 2), "count": Knob("count", 1, 5, 3, whole=True)}


def draw(fig, width: float, count: int) -> str:
    fig.clear()
    fig.subplots().plot(range(count), [width] * count)
    return f"{count} points at {width:g}"


def test_it_starts_with_a_picture_and_alt_text() -> None:
    panel = Sliders(draw, KNOBS)
    assert panel.alt == "3 points at 2" and panel.frame.startswith(b"\x89PNG") and panel.status == ""
    data, _ = panel._repr_mimebundle_()
    assert 'alt="3 points at 2"' in data["text/html"] and "application/vnd.jupyter.widget-view+json" in data
    panel.close()


def test_the_last_position_is_the_one_shown_and_few_are_drawn() -> None:
    drawn: list[float] = []
    go = threading.Event()

    def slow(fig, width: float, count: int) -> str:
        if drawn:
            go.wait(5)
        drawn.append(width)
        return draw(fig, width, count)

    panel = Sliders(slow, KNOBS)
    for k in range(1, 10):
        panel.values = {**panel.values, "width": float(k)}
    go.set()
    assert panel.rest(10)
    assert drawn[-1] == 9.0 and panel.alt == "3 points at 9"
    assert len(drawn) <= 4, "positions that were left behind should not be drawn"
    panel.close()


def test_values_are_kept_in_their_ranges() -> None:
    panel = Sliders(draw, KNOBS)
    panel.values = {"width": 99.0, "count": 2.4}
    assert panel.rest(10)
    assert panel.settings() == {"width": 10, "count": 2} and panel.alt == "2 points at 10"
    panel.close()


def test_an_error_is_told_and_the_last_picture_stays() -> None:
    def fails(fig, width: float, count: int) -> str:
        if width > 5:
            raise ValueError("too wide")
        if width > 4:
            raise NotImplementedError
        return draw(fig, width, count)

    panel = Sliders(fails, KNOBS)
    before = panel.frame
    panel.values = {"width": 6.0, "count": 3}
    assert panel.rest(10) and "too wide" in panel.status and panel.frame == before
    panel.values = {"width": 4.5, "count": 3}
    assert panel.rest(10) and "not written yet" in panel.status
    panel.values = {"width": 1.0, "count": 3}
    assert panel.rest(10) and panel.status == "" and panel.frame != before
    panel.close()
