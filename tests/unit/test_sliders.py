"""Sliders beside a picture, without a browser: what they draw, the last position, errors, the still picture."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from gancourse.widgets.live import Knob
from gancourse.widgets.sliders import Sliders

KNOBS = {"width": Knob("width", 0, 10, 2), "count": Knob("count", 1, 5, 3, whole=True)}


def draw(fig, width: float, count: int) -> str:
    fig.clear()
    fig.subplots().plot(range(count), [width] * count)
    return f"{count} points at {width:g}"


def shown_by(panel: Sliders, then: Callable[[], None] = lambda: None) -> list[Any]:
    """What a cell with the panel displays, and what comes after."""
    shell = InteractiveShell.instance()
    try:
        shell.push({"panel": panel})
        with capture_output() as captured:
            shell.run_cell("panel")
            then()
    finally:
        InteractiveShell.clear_instance()
    return captured.outputs


def test_it_starts_with_a_picture_and_alt_text() -> None:
    panel = Sliders(draw, KNOBS)
    assert panel.alt == "3 points at 2" and panel.frame.startswith(b"\x89PNG") and panel.status == ""
    live, still = shown_by(panel)
    assert "application/vnd.jupyter.widget-view+json" in live.data and live.data["text/html"] == ""
    assert 'alt="3 points at 2"' in still.data["text/html"] and still.data["text/plain"] == "3 points at 2"
    panel.close()


@pytest.mark.slow
def test_the_picture_in_the_notebook_follows_when_the_sliders_rest() -> None:
    panel = Sliders(draw, KNOBS)

    def as_the_page_does() -> None:
        panel.set_state({"values": {"width": 7.0, "count": 3}})
        panel.set_state({"wanted": {"commit": 1}, "asked": 1})
        assert panel.rest(10) and panel.answered == 1

    first, later = shown_by(panel, as_the_page_does)[1:]
    assert first.data["text/plain"] == "3 points at 2" and not first.update
    assert later.data["text/plain"] == "3 points at 7" and later.update
    panel.close()


@pytest.mark.slow
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
