"""Lesson 09 in a page: another run in its panel shows another translation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from panels import ask, wait_for

CELLS = ("slider",)


def play(lab: Any, page: Any, screenshots: Path) -> None:
    """Choose the run without a cycle, and see other pictures."""
    lab.show(page, "slider")
    choice = page.get_by_role("combobox", name="run").first
    choice.wait_for()
    wait_for(lambda: ask(page, "len(trip.frame) > 0"), 60, "the panel shows no picture")
    before = ask(page, "hash(bytes(trip.frame))")
    choice.select_option("no cycle")
    wait_for(lambda: ask(page, "hash(bytes(trip.frame))") != before, 60, "another run does not change the picture")
    page.screenshot(path=screenshots / "lesson_09_trip.png")
