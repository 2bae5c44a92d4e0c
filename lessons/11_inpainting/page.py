"""Lesson 11 in a page: a part of a face is erased with the mouse, three fillings come beside it, and another one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from panels import ask, wait_for

CELLS = ("canvas",)


def play(lab: Any, page: Any, screenshots: Path) -> None:
    """Erase with the mouse, then with the keyboard, and ask for another filling."""
    lab.show(page, "canvas")
    drawing = page.locator(".gancourse-drawing").first
    stage = drawing.locator(".gancourse-stage canvas")
    stage.wait_for()
    wait_for(lambda: ask(page, "len(eraser.answer)") == 64 * 192 * 3, 60, "the canvas shows no fillings")
    before, answer = ask(page, "int(eraser.mask.sum())"), ask(page, "eraser.rest() and sum(eraser.answer)")
    box = stage.bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.7 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.72 * box["height"], steps=10)
    page.mouse.up()
    wait_for(lambda: ask(page, "int(eraser.mask.sum())") > before + 50, 60, "the stroke does not arrive")
    wait_for(lambda: ask(page, "eraser.rest() and sum(eraser.answer)") != answer, 60, "the fillings do not change")
    # Known pixels are the face's own in all three.
    known = "torch.frombuffer(bytearray(eraser.answer), dtype=torch.uint8).reshape(64, 192, 3)[:, :64][~eraser.mask]"
    gap = ask(page, f"float(({known}.float() - torch.from_numpy(eraser.picture)[~eraser.mask].float()).abs().max())")
    assert gap <= 1, gap
    page.screenshot(path=screenshots / "lesson_11_erased.png")
    mask, answer = ask(page, "eraser.mask.tolist()"), ask(page, "eraser.rest() and sum(eraser.answer)")

    def another() -> bool:
        drawing.get_by_role("button", name="Another filling", exact=True).click()
        return ask(page, "eraser.rest() and sum(eraser.answer)") != answer

    wait_for(another, 60, "no other filling comes")
    assert ask(page, "eraser.mask.tolist()") == mask, "another filling has changed what is erased"
    stage.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.screenshot(path=screenshots / "lesson_11_another.png")
    drawing.get_by_role("button", name="Undo", exact=True).click()
    wait_for(lambda: ask(page, "int(eraser.mask.sum())") <= sum(map(sum, mask)), 60, "undo takes nothing back")
