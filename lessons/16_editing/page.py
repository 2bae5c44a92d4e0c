"""Lesson 16 in a page: sliders make a face older, and a stroke of a hair color changes the face beside the canvas."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from panels import ask, wait_for

CELLS = ("panel", "canvas")


def play(lab: Any, page: Any, screenshots: Path) -> None:
    """Pull at the age and the smile of a face, then brush blond hair on another with the mouse."""
    lab.show(page, "panel")
    panel = page.locator(".gancourse-sliders").first
    picture = panel.locator("img")

    def told() -> str:
        return picture.get_attribute("alt") or ""

    wait_for(lambda: "age +0.0" in told(), 60, "the panel shows no picture")
    panel.get_by_label("age").focus()
    page.keyboard.press("End")
    wait_for(lambda: "age +3.0" in told(), 60, "the age does not move the picture")
    panel.get_by_label("smile").focus()
    page.keyboard.press("Home")
    wait_for(lambda: "smile -3.0" in told(), 60, "the smile does not move the picture")
    page.screenshot(path=screenshots / "lesson_16_panel.png")
    brushed(lab, page, screenshots)


def brushed(lab: Any, page: Any, screenshots: Path) -> None:
    """A stroke across the hair; the answer is lighter there than it was."""
    lab.show(page, "canvas")
    drawing = page.locator(".gancourse-drawing").first
    stage = drawing.locator(".gancourse-stage canvas")
    stage.wait_for()
    wait_for(lambda: ask(page, "len(canvas.answer)") == 64 * 64 * 3, 60, "the canvas shows no answer")
    before = ask(page, "canvas.rest() and sum(canvas.answer)")
    drawing.get_by_role("radio", name="white").check()
    box = stage.bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.18 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.18 * box["height"], steps=10)
    page.mouse.up()
    wait_for(lambda: ask(page, "bool((canvas.array > 0).any())"), 60, "the stroke does not arrive")
    wait_for(lambda: ask(page, "canvas.rest() and sum(canvas.answer)") != before, 60, "the answer does not change")
    page.screenshot(path=screenshots / "lesson_16_canvas.png")
