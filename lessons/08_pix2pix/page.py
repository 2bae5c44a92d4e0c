"""Lesson 08 in a page: a stroke on its canvas changes the face beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from panels import ask, wait_for

CELLS = ("canvas",)


def play(lab: Any, page: Any, screenshots: Path) -> None:
    """Draw across the sketch with the mouse, and see another answer."""
    lab.show(page, "canvas")
    stage = page.locator(".gancourse-stage canvas").first
    stage.wait_for()
    wait_for(lambda: ask(page, "len(canvas.answer)") == 32 * 32 * 3, 60, "the canvas shows no answer")
    before, drawn = ask(page, "sum(canvas.answer)"), ask(page, "int(canvas.array.sum())")
    box = stage.bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.4 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.45 * box["height"], steps=8)
    page.mouse.up()
    wait_for(lambda: ask(page, "int(canvas.array.sum())") != drawn, 60, "the stroke does not arrive")
    wait_for(lambda: ask(page, "canvas.rest() and sum(canvas.answer)") != before, 60, "the answer does not change")
    page.screenshot(path=screenshots / "lesson_08_canvas.png")
