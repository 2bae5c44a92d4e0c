"""Lesson 14 in a page: a slider of one layer moves the face between, and ψ pulls faces together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from panels import wait_for

CELLS = ("style-panel", "psi-panel")


def play(lab: Any, page: Any, screenshots: Path) -> None:
    """Give the face between the right one's coarsest style; pull all faces to the mean."""
    lab.show(page, "style-panel")
    panel = page.locator(".gancourse-sliders").first
    picture = panel.locator("img")
    wait_for(lambda: "shares 0.00" in told_by(picture), 60, "the panel of styles shows no picture")
    slider = panel.get_by_label("layer 0")
    slider.focus()
    page.keyboard.press("End")
    wait_for(lambda: "shares 1.00" in told_by(picture), 60, "layer 0 does not move the picture")
    page.screenshot(path=screenshots / "lesson_14_styles.png")
    lab.show(page, "psi-panel")
    panel = page.locator(".gancourse-sliders").nth(1)
    picture = panel.locator("img")
    panel.get_by_label("ψ").focus()
    page.keyboard.press("Home")
    wait_for(lambda: "ψ = 0.00" in told_by(picture), 60, "ψ does not move the picture")
    page.screenshot(path=screenshots / "lesson_14_truncation.png")


def told_by(picture: Any) -> str:
    """The picture's alt text, which says where the sliders stand."""
    return picture.get_attribute("alt") or ""
