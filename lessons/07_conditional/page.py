"""Lesson 07 in a page: its explorer answers to a condition."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from panels import wait_for

CELLS = ("explorer",)


def play(lab: Any, page: Any, screenshots: Path) -> None:
    """Ask for another condition, see another face."""
    lab.show(page, "explorer")
    choice = page.get_by_role("combobox", name="hair").first
    choice.wait_for()
    canvas = page.locator(".jp-OutputArea-output canvas").first

    def look() -> str:
        return canvas.evaluate("c => c.toDataURL()")

    wait_for(lambda: canvas.evaluate("c => c.width > 1"), 60, "the explorer shows no picture")
    before = look()
    choice.select_option("covered")
    wait_for(lambda: look() != before, 60, "the condition does not change the picture")
    page.screenshot(path=screenshots / "lesson_07_explorer.png")
