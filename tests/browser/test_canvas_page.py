"""The canvas in JupyterLab and Chromium: what a hand or a key draws is what Python gets, to the pixel."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from panels import ask, do, until, violations, write_notebook
from PIL import Image

from gancourse.widgets.bitmap import stroke

MAKE = """
import torch
from gancourse.data import faces
from gancourse.widgets import Canvas

person = faces.sample_factors(1, seed=5)
canvas = Canvas(64, dict(zip(faces.PARTS, faces.PALETTE.tolist())), label="label map of a face")
canvas.load(faces.render(person, 64, style="labels")[0])
before, calls = canvas.labels, []

def respond(labels):
    calls.append(labels)
    return faces.PALETTE[torch.from_numpy(labels).long()].permute(2, 0, 1).flip(2)

canvas.on_change(respond)
sketch = Canvas(64)
mask = Canvas(64, picture=faces.render(person, 64)[0])
"""


@pytest.fixture(scope="module")
def page(lab, context, course: Path):
    """A notebook with three canvases that has been run."""
    cells = {"make": MAKE, "labels": "canvas", "sketch": "sketch", "mask": "mask"}
    made = lab.open(context, write_notebook(course, "canvas.ipynb", **cells))
    for id in cells:
        lab.run_cell(made, id)
    lab.show(made, "labels")
    made.wait_for_selector(".gancourse-drawing .gancourse-answer:visible")
    yield made
    lab.close(made)


def drawing(page, number: int = 0):
    found = page.locator(".gancourse-drawing").nth(number)
    found.locator(".gancourse-stage").scroll_into_view_if_needed()
    return found


def button(page, name: str, number: int = 0):
    return drawing(page, number).get_by_role("button", name=name, exact=True)


def array(page, expression: str = "canvas.array") -> np.ndarray:
    return np.array(ask(page, f"{expression}.tolist()"), np.uint8)


def by_mouse(page, points: list[tuple[float, float]], number: int = 0) -> None:
    """A stroke through points in pixels of the drawing."""
    box = drawing(page, number).locator(".gancourse-stage canvas").bounding_box()
    places = [(box["x"] + x * box["width"] / 64, box["y"] + y * box["height"] / 64) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=3)
    page.mouse.up()


def near(drawn: np.ndarray, wanted: np.ndarray) -> bool:
    """Equal but for a few pixels at edges: a screen's pixel is a sixth of the drawing's."""
    return int((drawn != wanted).sum()) <= 6


def test_a_stroke_of_the_mouse_is_what_python_gets(page, screenshots: Path) -> None:
    before = array(page, "before")
    drawing(page).get_by_role("radio", name="hat").check()
    points = [(10.25, 20.25), (30.25, 8.25), (50.25, 30.25)]
    by_mouse(page, points)
    wanted = stroke(before, points, 3, ask(page, "faces.PARTS.index('hat')"))
    until(lambda: near(array(page), wanted))
    drawn = array(page)
    assert set(np.unique(drawn)) <= set(np.unique(before)) | {ask(page, "faces.PARTS.index('hat')")}
    ask(page, "canvas.rest()")
    np.testing.assert_array_equal(array(page, "calls[-1]"), drawn)
    # The model's answer, here the mirror image, stands beside it.
    answer = drawing(page).locator(".gancourse-answer")
    x, y = (int(v) for v in points[1])
    seen = answer.evaluate(
        "(c, [x, y]) => [...c.getContext('2d').getImageData(x, y, 1, 1).data.slice(0, 3)]", [63 - x, y]
    )
    assert seen == ask(page, "faces.PALETTE[faces.PARTS.index('hat')].tolist()")
    page.screenshot(path=screenshots / "canvas.png")


def test_erase_undo_redo(page) -> None:
    drawn = array(page)
    drawing(page).get_by_role("radio", name="Eraser").check()
    drawing(page).get_by_role("slider", name="brush size").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    until(lambda: ask(page, "canvas.brush") == 7)
    by_mouse(page, [(10.25, 40.25), (54.25, 40.25)])
    until(lambda: near(array(page), stroke(drawn, [(10.25, 40.25), (54.25, 40.25)], 7, 0)))
    erased = array(page)
    button(page, "Undo").click()
    until(lambda: np.array_equal(array(page), drawn))
    button(page, "Undo").click()
    until(lambda: np.array_equal(array(page), array(page, "before")))
    button(page, "Redo").click()
    button(page, "Redo").click()
    until(lambda: np.array_equal(array(page), erased))
    # A stroke right after an undo goes on top of what undo brings back.
    button(page, "Undo").click()
    by_mouse(page, [(32.25, 60.25)])
    until(lambda: near(array(page), stroke(drawn, [(32.25, 60.25)], 7, 0)))


def test_clear_and_draw_with_keys_alone(page) -> None:
    button(page, "Clear").click()
    until(lambda: array(page).max() == 0)
    cells = page.locator(".jp-Cell").count()
    stage = drawing(page).get_by_role("application")
    stage.focus()
    brush = ask(page, "canvas.brush")
    # To the top left corner, then away from it: the pen is where the mouse drew last.
    for key in ("3", "]", "b", "x", *["Shift+ArrowUp", "Shift+ArrowLeft"] * 8, "Shift+ArrowDown", "Shift+ArrowRight"):
        page.keyboard.press(key)
    until(lambda: ask(page, "[canvas.chosen, canvas.brush]") == [3, brush + 1])
    where = drawing(page).locator(".gancourse-where").inner_text()
    column, row = (int(part.split()[-1]) for part in where.partition(":")[0].split(","))
    assert (column, row) == (9, 9)
    page.keyboard.down(" ")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.up(" ")
    x, y = column - 0.5, row - 0.5
    path = [(x + i, y) for i in range(6)] + [(x + 5, y + 8)]
    wanted = stroke(np.zeros((64, 64), np.uint8), path, brush + 1, 3)
    until(lambda: np.array_equal(array(page), wanted))
    assert ask(page, "faces.PARTS[3]") in drawing(page).locator(".gancourse-where").inner_text()
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+ArrowRight")
    assert "pen down" in drawing(page).locator(".gancourse-where").inner_text()
    page.keyboard.press("Enter")
    until(lambda: array(page)[int(y) + 8, int(x) + 12] == 3)
    page.keyboard.press("Control+z")
    until(lambda: np.array_equal(array(page), wanted))
    page.keyboard.press("Control+z")
    until(lambda: array(page).max() == 0)
    page.keyboard.press("Control+y")
    until(lambda: np.array_equal(array(page), wanted))
    assert page.locator(".jp-Cell").count() == cells


def test_a_picture_file_is_loaded_without_new_labels(page, tmp_path: Path) -> None:
    rgb = np.array(ask(page, "faces.PALETTE[torch.from_numpy(before).long()].tolist()"), np.uint8)
    Image.fromarray(rgb).resize((256, 256), Image.Resampling.NEAREST).save(tmp_path / "map.png")
    drawing(page).locator("input[type=file]").set_input_files(tmp_path / "map.png")
    until(lambda: np.array_equal(array(page), array(page, "before")))
    (tmp_path / "words.png").write_text("no picture")
    drawing(page).locator("input[type=file]").set_input_files(tmp_path / "words.png")
    until(lambda: "words.png is not a picture" in drawing(page).locator(".gancourse-where").inner_text())
    np.testing.assert_array_equal(array(page), array(page, "before"))


def test_a_slow_model_gets_the_last_drawing_and_no_queue(page, lab) -> None:
    slow = "import time\ncalls.clear()\ncanvas.on_change(lambda labels: time.sleep(0.25))"
    lab.set_source(page, "make", slow)
    lab.run_cell(page, "make")
    ask(page, "canvas.rest()")
    lab.show(page, "labels")
    first, started = ask(page, "len(calls)"), time.monotonic()
    by_mouse(page, [(4 + i % 56, 4 + (i * 7) % 56) for i in range(60)])
    ask(page, "canvas.rest()")
    until(lambda: ask(page, "canvas.rest() and bool((calls[-1] == canvas.array).all())"))
    assert ask(page, "len(calls)") - first <= 2 + (time.monotonic() - started) / 0.25
    np.testing.assert_array_equal(array(page), array(page, "calls[-1]"))


def test_an_ink_sketch_has_soft_edges(page, lab, screenshots: Path) -> None:
    lab.show(page, "sketch")
    points = [(12.25, 32.25), (31.25, 9.25), (55.25, 30.25), (40.25, 56.25), (12.25, 32.25)]
    by_mouse(page, points, 1)
    wanted = stroke(np.full((64, 64), 255, np.uint8), points, 3, 0, soft=True).astype(int)
    until(lambda: np.abs(array(page, "sketch.array").astype(int) - wanted).mean() < 2)
    drawn = array(page, "sketch.array")
    assert drawn.min() == 0 and len(np.unique(drawn)) > 12
    drawing(page, 1).screenshot(path=screenshots / "canvas_sketch.png")


def test_a_mask_over_a_picture(page, lab, screenshots: Path) -> None:
    lab.show(page, "mask")
    points = [(20.25, 30.25), (44.25, 34.25)]
    by_mouse(page, points, 2)
    wanted = stroke(np.zeros((64, 64), np.uint8), points, 3, 1)
    until(lambda: near(array(page, "mask.labels"), wanted))
    shown = drawing(page, 2).locator(".gancourse-stage canvas")
    seen = np.array(shown.evaluate("c => [...c.getContext('2d').getImageData(0, 0, 64, 64).data]")).reshape(64, 64, 4)
    np.testing.assert_array_equal(seen[..., :3], array(page, "mask.rgb"))
    drawing(page, 2).screenshot(path=screenshots / "canvas_mask.png")


def test_a_reloaded_page_has_the_drawing_and_undo(page, lab) -> None:
    drawn = array(page)
    do(page, "docmanager:save")
    page.wait_for_timeout(1000)
    page.reload()
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    lab.show(page, "labels")
    page.wait_for_selector(".gancourse-drawing .gancourse-answer:visible")
    seen = drawing(page).locator(".gancourse-stage canvas")
    rgb = np.array(ask(page, "canvas.rgb.tolist()"), np.uint8)

    def shown() -> np.ndarray:
        data = seen.evaluate("c => [...c.getContext('2d').getImageData(0, 0, 64, 64).data]")
        return np.array(data).reshape(64, 64, 4)[..., :3]

    until(lambda: np.array_equal(shown(), rgb))
    np.testing.assert_array_equal(array(page), drawn)
    button(page, "Undo").press("Enter")  # what loads late moves the page, and a click would miss
    until(lambda: np.array_equal(array(page), array(page, "before")))
    by_mouse(page, [(20, 20), (40, 40)])
    until(lambda: not np.array_equal(array(page), array(page, "before")))


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_axe_finds_nothing_serious(page, lab, theme: str, screenshots: Path) -> None:
    lab.show(page, "labels")
    do(page, "apputils:change-theme", theme=theme)
    page.wait_for_timeout(1500)
    drawing(page).screenshot(path=screenshots / f"canvas_{theme[11:].lower()}.png")
    assert violations(page, ".gancourse-drawing") == []


def test_after_a_restart_it_says_so(page, lab) -> None:
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    page.wait_for_timeout(3000)
    by_mouse(page, [(20, 20), (40, 40)])
    until(lambda: "run this cell again" in drawing(page).locator(".gancourse-note").inner_text())
