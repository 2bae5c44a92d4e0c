"""Lesson 02 in a page: its playground plays the lesson's own match."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from panels import wait_for

CELLS = ("playground",)


def play(lab: Any, page: Any, screenshots: Path) -> None:
    """Press Play, see it train, press Pause."""
    lab.show(page, "playground")
    panel = page.locator(".gancourse-panel, .gancourse-live, .gancourse-playground").first
    panel.wait_for()
    panel.get_by_role("button", name="Play").click()
    lab.set_source(page, "world", "print(len(playground.game.history))")

    def steps() -> int:
        lab.run_cell(page, "world")
        (output,) = lab.outputs(page, "world")
        return int("".join(output["text"]))

    wait_for(lambda: steps() > 5, 60, "Play does not train")
    lab.show(page, "playground")
    page.screenshot(path=screenshots / "playground_02.png")
    panel.get_by_role("button", name="Pause").click()
