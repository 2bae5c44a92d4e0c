"""Lesson 05 in a page: the slider between two codes and the one over painted pixels both move their pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from panels import wait_for

CELLS = ("code-panel", "painting-panel")


def play(lab: Any, page: Any, screenshots: Path) -> None:
    """Go all the way to the second face; then paint all pixels."""
    for number, (cell, label, before, after) in enumerate(
        (
            ("code-panel", "share", "0.50 of the way", "1.00 of the way"),
            ("painting-panel", "pixels", "which 128 pixels", "which 256 pixels"),
        )
    ):
        lab.show(page, cell)
        panel = page.locator(".gancourse-sliders").nth(number)
        picture = panel.locator("img")
        wait_for(lambda p=picture, said=before: said in said_by(p), 60, f"{cell} shows no picture")
        panel.get_by_label(label).focus()
        page.keyboard.press("End")
        wait_for(lambda p=picture, said=after: said in said_by(p), 60, f"{label} does not move the picture")
        page.screenshot(path=screenshots / f"lesson_05_{cell}.png")


def said_by(picture: Any) -> str:
    """The picture's alt text, which says where the sliders stand."""
    return picture.get_attribute("alt") or ""
