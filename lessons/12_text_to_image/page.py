"""Lesson 12 in a page: a sentence is typed, and faces of it come; unknown words are named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from panels import wait_for

CELLS = ("between", "your-sentence", "your-style")


def play(lab: Any, page: Any, screenshots: Path) -> None:
    """Type a sentence with a word that nobody knows, choose the first stage, and move the slider between two."""
    lab.show(page, "your-sentence")
    panel = page.locator(".gancourse-sliders").nth(1)
    picture = panel.locator("img")

    def told() -> str:
        return picture.get_attribute("alt") or ""

    wait_for(lambda: "Eight faces of" in told(), 60, "the panel shows no picture")
    panel.get_by_label("sentence").fill("A person with a zzyzx hat.")
    wait_for(lambda: "zzyzx hat" in told() and "unknown words: zzyzx" in told(), 60, "the sentence does not arrive")
    panel.get_by_label("stage").select_option("I")
    wait_for(lambda: "by stage I;" in told(), 60, "the stage does not arrive")
    page.screenshot(path=screenshots / "lesson_12_sentence.png")
    lab.show(page, "between")
    between = page.locator(".gancourse-sliders").first
    image = between.locator("img")
    between.get_by_label("how far").focus()
    page.keyboard.press("End")
    wait_for(lambda: "one at 1.00" in (image.get_attribute("alt") or ""), 60, "the slider does not arrive")
    page.screenshot(path=screenshots / "lesson_12_between.png")
