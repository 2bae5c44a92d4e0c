"""Lesson 03 in a page: its explorer answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from panels import wait_for

CELLS = ("explorer",)


def play(lab: Any, page: Any, screenshots: Path) -> None:
    """Move a slider, see another face."""
    lab.show(page, "explorer")
    slider = page.get_by_role("slider", name="smile").first
    slider.wait_for()
    canvas = page.locator(".jp-OutputArea-output canvas").first

    def look() -> str:
        return canvas.evaluate("c => c.toDataURL()")

    wait_for(lambda: canvas.evaluate("c => c.width > 1"), 60, "the explorer shows no picture")
    before = look()
    slider.focus()
    page.keyboard.press("End")
    wait_for(lambda: look() != before, 60, "the slider does not change the picture")
    page.screenshot(path=screenshots / "lesson_03_explorer.png")
