"""Lesson 01 in a page: its picture moves while it trains, and its panel obeys."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from panels import settled, wait_for

CELLS = ("first-match", "panel")


def play(lab: Any, page: Any, screenshots: Path) -> None:
    """Train in the page again, at full length; then play, pause, step and turn a knob."""
    lab.set_source(page, "target", "import os\nos.environ['GANCOURSE_FAST'] = ''")
    lab.run_cell(page, "target")
    lab.start_cell(page, "first-match")
    captions: list[str] = []

    def moving() -> bool:
        for output in lab.outputs(page, "first-match"):
            html = "".join(output.get("data", {}).get("text/html", ""))
            if html and html not in captions[-1:]:
                captions.append(html)
        return bool(captions) and "<progress" not in captions[-1] and "iteration 3,000 of 3,000" in captions[-1]

    wait_for(moving, 300, "training does not come to its end")
    drawn = {html.partition(" alt=")[0] for html in captions}
    assert len(drawn) >= 3, f"the picture was drawn {len(drawn)} times only"

    lab.show(page, "panel")
    panel = page.locator(".gancourse-live").first
    picture = page.locator(".gancourse-live img").first

    def frame() -> str:
        return picture.get_attribute("src") or ""

    wait_for(frame, 60, "the panel shows no picture")
    first = frame()
    panel.get_by_role("button", name="Play").click()
    wait_for(lambda: frame() != first, 60, "Play does not move the picture")
    panel.get_by_label("D's steps k").focus()
    page.keyboard.press("End")
    assert panel.locator(".gancourse-value").first.inner_text() == "20"
    panel.get_by_label("learning rate").focus()
    page.keyboard.press("Home")
    time.sleep(1.5)
    page.screenshot(path=screenshots / "panel.png")
    panel.get_by_role("button", name="Pause").click()
    panel.get_by_role("button", name="Play").wait_for()
    rest = settled(frame, still=4)
    time.sleep(1.5)
    assert frame() == rest, "the picture moves again after Pause"
    panel.get_by_role("button", name="Step").click()
    wait_for(lambda: frame() != rest, 60, "Step does not move the picture")
    lab.set_source(page, "setup", "print(panel.state.k, round(panel.state.rate, 9), panel.status == '')")
    lab.run_cell(page, "setup")
    assert "".join(lab.outputs(page, "setup")[0]["text"]).split() == ["20", "1e-05", "True"]
