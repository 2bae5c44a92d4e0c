"""Lesson 04 in a page: its sliders move the scores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from panels import wait_for

CELLS = ("panel",)


def play(lab: Any, page: Any, screenshots: Path) -> None:
    """Plant defects by slider; the last position is what is shown in the end."""
    lab.show(page, "panel")
    panel = page.locator(".gancourse-sliders").first
    picture = panel.locator("img")

    def told() -> str:
        return picture.get_attribute("alt") or ""

    before = wait_for(told, 60, "the panel shows no picture")
    for label, key in (("blur", "End"), ("hair styles", "Home")):
        slider = panel.get_by_label(label)
        slider.focus()
        page.keyboard.press(key)
        before = wait_for(lambda last=before: told() != last and told(), 60, f"{label} does not move the scores")
    assert panel.get_by_label("hair styles").get_attribute("aria-valuetext") == "1"
    wait_for(lambda: panel.locator("[role=status]").inner_text() == "", 60, "the panel does not come to rest")
    page.screenshot(path=screenshots / "04_panel_moved.png")
    # While it draws, several moves come in.
    slider = panel.get_by_label("share of copies")
    slider.focus()
    page.keyboard.press("End")
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    lab.set_source(page, "setup", "print(panel.rest(30), panel.settings())")

    def arrived() -> bool:  # the page holds a move back until the kernel has taken the one before
        lab.run_cell(page, "setup")
        text = "".join(output.get("text", "") for output in lab.outputs(page, "setup"))
        return "True" in text and "'copied': 0.875" in text and "'styles': 1" in text

    wait_for(arrived, 60, "the last position does not arrive")
