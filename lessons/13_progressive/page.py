"""Lesson 13 in a page: its slider for α moves the picture, from 16 pixels to 32."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from panels import wait_for

CELLS = ("panel",)


def play(lab: Any, page: Any, screenshots: Path) -> None:
    """Drag α to its other end; what is told of the picture follows."""
    lab.show(page, "panel")
    panel = page.locator(".gancourse-sliders").first
    picture = panel.locator("img")

    def told() -> str:
        return picture.get_attribute("alt") or ""

    wait_for(lambda: "share of 0.00" in told(), 60, "the panel shows no picture at α = 0")
    slider = panel.get_by_label("α")
    slider.focus()
    page.keyboard.press("End")
    wait_for(lambda: "share of 1.00" in told(), 60, "α does not move the picture")
    page.screenshot(path=screenshots / "lesson_13_alpha.png")
