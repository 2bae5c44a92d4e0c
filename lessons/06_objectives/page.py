"""Lesson 06 in a page: the clip's slider redraws both critics, and the panel plays the student's own match."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from panels import wait_for

CELLS = ("clip-panel", "playground")


def play(lab: Any, page: Any, screenshots: Path) -> None:
    """Move the clip from end to end; then play a clipped critic and turn its strength."""
    lab.show(page, "clip-panel")
    panel = page.locator(".gancourse-sliders").first
    picture = panel.locator("img")

    def told() -> str:
        return picture.get_attribute("alt") or ""

    before = wait_for(told, 60, "the panel shows no picture")
    slider = panel.get_by_label("clip")
    for key, clip in (("Home", "0.001"), ("End", "1")):
        slider.focus()
        page.keyboard.press(key)
        before = wait_for(lambda last=before: told() != last and told(), 60, "the clip does not change the picture")
        assert f"clip of {clip}:" in before, before
    page.screenshot(path=screenshots / "06_clip_slider.png")

    lab.show(page, "playground")
    panel = page.locator(".gancourse-panel, .gancourse-live, .gancourse-playground").last
    panel.wait_for()
    panel.get_by_role("button", name="Play").click()
    lab.set_source(page, "setup", "print(len(playground.game.history), playground.game.strength)")

    def steps() -> int:
        lab.run_cell(page, "setup")
        (output,) = lab.outputs(page, "setup")
        return int("".join(output["text"]).split()[0])

    wait_for(lambda: steps() > 5, 60, "Play does not train")
    lab.show(page, "playground")
    page.screenshot(path=screenshots / "06_playground.png")
    panel.get_by_role("button", name="Pause").click()
