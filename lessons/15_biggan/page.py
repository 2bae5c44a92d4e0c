"""Lesson 15 in a page: the slider between two classes and the threshold both move the faces."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from panels import wait_for

CELLS = ("class-panel",)


def play(lab: Any, page: Any, screenshots: Path) -> None:
    """Go all the way to the second class, then pull all z to the middle."""
    lab.show(page, "class-panel")
    panel = page.locator(".gancourse-sliders").first
    picture = panel.locator("img")
    wait_for(lambda: "0.00 of the way" in said_by(picture), 60, "the panel of classes shows no picture")
    panel.get_by_label("share").focus()
    page.keyboard.press("End")
    wait_for(lambda: "1.00 of the way" in said_by(picture), 60, "the share does not move the picture")
    page.screenshot(path=screenshots / "lesson_15_classes.png")
    panel.get_by_label("threshold").focus()
    page.keyboard.press("Home")
    wait_for(lambda: "within ±0.10" in said_by(picture), 60, "the threshold does not move the picture")
    page.screenshot(path=screenshots / "lesson_15_threshold.png")


def said_by(picture: Any) -> str:
    """The picture's alt text, which says where the sliders stand."""
    return picture.get_attribute("alt") or ""
