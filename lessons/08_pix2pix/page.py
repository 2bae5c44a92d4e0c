"""Lesson 08 in a page: a sketch is given, a stroke on both sides of it changes the faces beside it, and goes again.

Then a part is painted on a map with the mouse, and the photo beside it shows it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from panels import ask, wait_for

CELLS = ("canvas", "paint")


def play(lab: Any, page: Any, screenshots: Path) -> None:
    """Ask for a sketch, draw across it with the mouse, see another answer, and go back."""
    lab.show(page, "canvas")
    drawing = page.locator(".gancourse-drawing").first
    stage = drawing.locator(".gancourse-stage canvas")
    stage.wait_for()
    wait_for(lambda: ask(page, "len(canvas.answer)") == 64 * 128 * 3, 60, "the canvas shows no answer")
    first = ask(page, "int(canvas.array.sum())")

    def another() -> bool:
        drawing.get_by_role("button", name="Give me a sketch", exact=True).click()
        return ask(page, "int(canvas.array.sum())") != first

    wait_for(another, 60, "no other sketch comes")
    drawing.get_by_role("checkbox", name="Mirror").check()
    wait_for(lambda: ask(page, "canvas.mirrored"), 60, "the pen is not mirrored")
    given, before = ask(page, "canvas.array.tolist()"), ask(page, "canvas.rest() and sum(canvas.answer)")
    box = stage.bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.4 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.45 * box["height"], steps=8)
    page.mouse.up()
    wait_for(lambda: ask(page, "canvas.array.tolist()") != given, 60, "the stroke does not arrive")
    wait_for(lambda: ask(page, "canvas.rest() and sum(canvas.answer)") != before, 60, "the answer does not change")
    # The answer is that to the last stroke, and the stroke is on both sides. Dropout makes no two answers equal.
    drawn = ask(page, "[canvas.array[int(0.42 * 64), int(x * 64)].item() < 128 for x in (0.28, 0.72)]")
    assert drawn == [True, True], drawn
    gap = ask(page, "float((answer(canvas.array).add(1).mul(127.5) - torch.frombuffer(bytearray(canvas.answer), "
                    "dtype=torch.uint8).reshape(64, 128, 3).movedim(-1, 0)).abs().mean())")  # fmt: skip
    assert gap < 25, gap
    page.screenshot(path=screenshots / "lesson_08_canvas.png")
    drawing.get_by_role("button", name="Undo", exact=True).click()
    wait_for(lambda: ask(page, "canvas.array.tolist()") == given, 60, "the stroke is not taken back")
    painted(lab, page, screenshots)


def painted(lab: Any, page: Any, screenshots: Path) -> None:
    """Paint a hat over the top of a face; the answer beside it changes most where it is painted."""
    lab.show(page, "paint")
    drawing = page.locator(".gancourse-drawing").nth(1)
    drawing.locator(".gancourse-stage canvas").wait_for()
    wait_for(lambda: ask(page, "len(paint.answer)") == 64 * 64 * 3, 60, "the second canvas shows no answer")
    ask(page, "paint.rest() and globals().update(before=photo_of(paint.array))")
    drawing.get_by_role("radio", name="hat").check()
    box = drawing.locator(".gancourse-stage canvas").bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.15 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.15 * box["height"], steps=10)
    page.mouse.up()
    wait_for(lambda: ask(page, "bool((paint.array == faces.PARTS.index('hat'))[9:10, 25:40].all())"), 60, "no hat")
    wait_for(lambda: ask(page, "paint.rest() and len(paint.answer)") == 64 * 64 * 3, 60, "no answer to the hat")
    moved = "(photo_of(paint.array) - before).abs().mean(0)"
    within, below = ask(page, f"[{moved}[8:12, 22:42].mean().item(), {moved}[40:].mean().item()]")
    assert within > 2 * below, (within, below)
    page.screenshot(path=screenshots / "lesson_08_paint.png")
