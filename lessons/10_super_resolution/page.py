"""Lesson 10 in a page: the line wipes between two answers for one face, and the magnifier moves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from panels import wait_for

CELLS = ("wipe-panel",)


def play(lab: Any, page: Any, screenshots: Path) -> None:
    """Choose two answers, pull the line to both ends, and move the magnifier."""
    lab.show(page, "wipe-panel")
    panel = page.locator(".gancourse-sliders").first
    picture = panel.locator("img")

    def told() -> str:
        return picture.get_attribute("alt") or ""

    wait_for(lambda: "a line at 0.50" in told(), 60, "the panel shows no picture")
    panel.get_by_label("left").select_option("bicubic")
    panel.get_by_label("right").select_option("GAN")
    wait_for(lambda: "bicubic left of" in told() and "GAN right of" in told(), 60, "the choices do not arrive")
    page.screenshot(path=screenshots / "lesson_10_wipe.png")
    for key, place in (("Home", "0.00"), ("End", "1.00")):
        panel.get_by_label("line").focus()
        page.keyboard.press(key)
        wait_for(lambda place=place: f"a line at {place}" in told(), 60, "the line does not move")
    source = picture.get_attribute("src")
    panel.get_by_label("magnifier, across").focus()
    page.keyboard.press("Home")
    wait_for(lambda: picture.get_attribute("src") != source, 60, "the magnifier does not move")
    page.screenshot(path=screenshots / "lesson_10_magnifier.png")
