"""The canvas without a browser: what a stroke sets, what Python gets, who is called and how often."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from PIL import Image

from gancourse.widgets import Canvas
from gancourse.widgets.bitmap import nearest_labels, stroke

PALETTE = {"sky": "#88ccff", "grass": (0, 128, 0), "house": "#aa3333"}
POINT = st.tuples(st.floats(-10, 30, width=32), st.floats(-10, 26, width=32))


@pytest.fixture
def canvas() -> Iterator[Canvas]:
    made = Canvas((16, 20), PALETTE)
    yield made
    made.close()


def blank(value: int = 0) -> np.ndarray:
    return np.full((16, 20), value, np.uint8)


def from_page(canvas: Canvas, **state: Any) -> None:
    """As a message of the page does it: bytes come as a memoryview."""
    canvas.set_state({k: memoryview(v.tobytes()) if isinstance(v, np.ndarray) else v for k, v in state.items()})


def press(canvas: Canvas, *names: str, **state: Any) -> None:
    for name in names:
        from_page(canvas, wanted={**canvas.wanted, name: canvas.wanted[name] + 1}, **state)


def test_a_dot_is_round_and_a_line_is_as_wide_as_the_brush() -> None:
    dot = stroke(blank(), [(10.0, 8.0)], 6, 1)
    y, x = np.mgrid[:16, :20] + 0.5
    np.testing.assert_array_equal(dot, np.hypot(x - 10, y - 8) <= 3)
    line = stroke(blank(), [(4.5, 8.5), (15.5, 8.5)], 3, 2)
    assert line[:, 10].tolist() == [0] * 7 + [2] * 3 + [0] * 6
    assert (line == stroke(blank(), [(4.5, 8.5), (9, 8.5), (15.5, 8.5)], 3, 2)).all()


@settings(deadline=None, max_examples=60)
@given(st.lists(POINT, min_size=1, max_size=5), st.floats(1, 9), st.integers(0, 2))
def test_a_stroke_invents_no_label(points: list[tuple[float, float]], size: float, value: int) -> None:
    before = blank()
    before[:, 10:] = 1
    drawn = stroke(before, points, size, value)
    changed = drawn != before
    assert set(np.unique(drawn[changed])) <= {value}
    assert before[:, :10].max() == 0, "the bitmap that is given stays as it is"


@settings(deadline=None, max_examples=60)
@given(POINT, POINT)
def test_the_thinnest_line_has_no_gap(a: tuple[float, float], b: tuple[float, float]) -> None:
    drawn = stroke(np.zeros((64, 64), np.uint8), [(a[0] + 20, a[1] + 20), (b[0] + 20, b[1] + 20)], 1, 1)
    todo = {tuple(p) for p in np.argwhere(drawn)}
    reached = [todo.pop()]
    while reached:
        y, x = reached.pop()
        near = {(y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)} & todo
        todo -= near
        reached += near
    assert not todo


def test_ink_has_soft_edges_and_the_eraser_takes_them_away() -> None:
    inked = stroke(blank(255), [(4.0, 8.0), (16.0, 8.0)], 3, 0, soft=True)
    assert inked[:, 10].tolist() == [255] * 6 + [127, 0, 0, 127] + [255] * 6
    assert (stroke(inked, [(4.0, 8.0), (16.0, 8.0)], 3, 0, soft=True) == inked).all(), "twice is not darker"
    assert (stroke(inked, [(0.0, 8.0), (20.0, 8.0)], 9, 255, soft=True) == 255).all()


def test_a_stroke_needs_points() -> None:
    with pytest.raises(ValueError, match="at least one point"):
        stroke(blank(), [], 3, 1)


def test_python_gets_what_the_page_draws(canvas: Canvas) -> None:
    drawn = stroke(blank(), [(3, 3), (12, 9)], 3, 2)
    from_page(canvas, bits=drawn)
    np.testing.assert_array_equal(canvas.labels, drawn)
    assert canvas.labels.dtype == np.uint8
    np.testing.assert_array_equal(canvas.mask, drawn > 0)
    np.testing.assert_array_equal(canvas.rgb[drawn == 2], np.broadcast_to([0xAA, 0x33, 0x33], ((drawn == 2).sum(), 3)))
    canvas.labels[:] = 1
    np.testing.assert_array_equal(canvas.labels, drawn)


@pytest.mark.parametrize("bits", [b"", b"123", bytes(range(64)) * 5])
def test_nonsense_from_the_page_changes_nothing_or_becomes_background(canvas: Canvas, bits: bytes) -> None:
    canvas.set_state({"bits": memoryview(bits)})
    assert canvas.labels.shape == (16, 20) and canvas.labels.max() <= 2


def test_python_can_draw_too(canvas: Canvas) -> None:
    canvas.draw([(3, 3), (12, 9)], "house", size=4)
    np.testing.assert_array_equal(canvas.labels, stroke(blank(), [(3, 3), (12, 9)], 4, 2))
    canvas.draw([(3, 3), (12, 9)], 0, size=30)
    assert canvas.labels.max() == 0
    with pytest.raises(ValueError, match="0 to 2"):
        canvas.draw([(1, 1)], 3)


def test_a_mirrored_pen_draws_on_both_sides(canvas: Canvas) -> None:
    canvas.mirrored = True
    canvas.draw([(3.5, 4.5), (6.5, 9.5)], "house", 3)
    drawn = canvas.labels
    np.testing.assert_array_equal(drawn, drawn[:, ::-1])
    assert (drawn[:, :10] == 2).any()
    canvas.undo()
    assert canvas.labels.max() == 0  # both sides are one stroke


def test_an_offer_is_loaded_and_can_be_taken_back() -> None:
    given = iter([np.full((16, 20), 1, np.uint8), np.full((16, 21), 1, np.uint8)])
    made = Canvas((16, 20), PALETTE, offer=("Give me grass", lambda: next(given)))
    assert made.setup["offer"] == "Give me grass"
    from_page(made, wanted={"load_offered": 1})
    assert made.labels.min() == 1
    made.undo()
    assert made.labels.max() == 0
    from_page(made, wanted={"load_offered": 2, "undo": 1})
    assert "Stopped" in made.status and "16 × 20" in made.status  # an error of the offer is told
    made.close()


def test_an_offer_of_nothing_calls_the_listeners_once_more() -> None:
    heard: list[int] = []
    made = Canvas((16, 20), PALETTE, offer=("Another", lambda: None))
    made.on_change(lambda drawn: heard.append(int(drawn.sum())))
    made.draw([(5, 5)], 1)
    assert made.rest()
    before, drawn = len(heard), made.array
    from_page(made, wanted={"load_offered": 1})
    assert made.rest()
    assert len(heard) == before + 1
    np.testing.assert_array_equal(made.array, drawn)
    made.close()


def test_undo_redo_clear(canvas: Canvas) -> None:
    one, two = stroke(blank(), [(3, 3)], 3, 1), stroke(blank(), [(9, 9)], 3, 2)
    press(canvas, "commit", bits=one)
    press(canvas, "commit", bits=two)
    assert canvas.can == {"undo": True, "redo": False}
    press(canvas, "undo")
    np.testing.assert_array_equal(canvas.labels, one)
    press(canvas, "undo", "undo")
    assert canvas.labels.max() == 0 and canvas.can == {"undo": False, "redo": True}
    press(canvas, "redo", "redo")
    np.testing.assert_array_equal(canvas.labels, two)
    press(canvas, "clear")
    assert canvas.labels.max() == 0
    press(canvas, "undo")
    np.testing.assert_array_equal(canvas.labels, two)
    assert bytes(canvas.bits) == two.tobytes(), "the page is told"


def test_an_end_of_a_stroke_that_is_told_before_the_stroke(canvas: Canvas) -> None:
    one = stroke(blank(), [(3, 3)], 3, 1)
    canvas.set_state({"wanted": {**canvas.wanted, "commit": 1}, "bits": memoryview(one.tobytes())})
    press(canvas, "undo")
    assert canvas.labels.max() == 0
    press(canvas, "redo")
    np.testing.assert_array_equal(canvas.labels, one)


def test_a_slow_listener_gets_the_last_drawing_and_is_never_flooded(canvas: Canvas) -> None:
    got: list[np.ndarray] = []
    threads: set[int] = set()

    def slow(labels: np.ndarray) -> None:
        threads.add(threading.get_ident())
        time.sleep(0.03)
        got.append(labels)

    canvas.on_change(slow)
    for i in range(100):
        from_page(canvas, bits=stroke(blank(), [(i / 5, 8)], 3, 1))
    assert canvas.rest(30)
    np.testing.assert_array_equal(got[-1], canvas.labels)
    assert len(got) < 50 and len(threads) == 1 and threading.get_ident() not in threads


@pytest.mark.parametrize(
    "answered",
    [
        torch.full((3, 8, 10), 1.0),
        torch.full((1, 1, 8, 10), 1.0),
        np.full((8, 10, 3), 255, np.uint8),
        torch.full((3, 8, 10), 255, dtype=torch.uint8),
    ],
)
def test_a_picture_that_a_listener_gives_back_is_shown(canvas: Canvas, answered: Any) -> None:
    canvas.on_change(lambda labels: answered)
    canvas.rest(30)
    assert canvas.answer_size == [8, 10] and canvas.answer == b"\xff" * 240


def test_an_error_of_a_listener_is_told_and_passes(canvas: Canvas) -> None:
    canvas.on_change(lambda labels: [][int(labels.max())] if labels.max() else None)
    from_page(canvas, bits=stroke(blank(), [(3, 3)], 3, 1))
    canvas.rest(30)
    assert "IndexError" in canvas.status
    from_page(canvas, bits=blank())
    canvas.rest(30)
    assert canvas.status == ""


def test_loading_labels_colors_and_files(canvas: Canvas, tmp_path: Path) -> None:
    labels = np.random.default_rng(0).integers(0, 3, (16, 20)).astype(np.uint8)
    canvas.load(labels)
    np.testing.assert_array_equal(canvas.labels, labels)
    picture = canvas.rgb
    canvas.clear()
    canvas.load(np.clip(picture.astype(int) + 9, 0, 255).astype(np.uint8))  # the nearest color
    np.testing.assert_array_equal(canvas.labels, labels)
    Image.fromarray(picture).resize((40, 32), Image.Resampling.NEAREST).save(tmp_path / "map.png")
    canvas.clear()
    canvas.load(tmp_path / "map.png")
    np.testing.assert_array_equal(canvas.labels, labels)
    canvas.load(torch.zeros(16, 20, dtype=torch.uint8))
    assert canvas.labels.max() == 0
    press(canvas, "take_loaded", loaded=picture)
    np.testing.assert_array_equal(canvas.labels, labels)
    press(canvas, "undo")
    assert canvas.labels.max() == 0


def test_what_cannot_be_loaded_is_said(canvas: Canvas) -> None:
    with pytest.raises(ValueError, match="16 × 20"):
        canvas.load(np.zeros((4, 4), np.uint8))
    with pytest.raises(ValueError, match="0 to 2; here from 0 to 3"):
        canvas.load(np.arange(320).reshape(16, 20) % 4)
    with pytest.raises(ValueError, match="bytes"):
        canvas.load(np.zeros((2, 2, 2, 2)))


def test_a_sketch_is_gray() -> None:
    canvas = Canvas(16)
    assert canvas.array.min() == 255 and canvas.labels.max() == 0
    canvas.draw([(2, 8), (14, 8)], size=3)
    assert canvas.array.min() == 0 and 100 < canvas.array[6, 8] < 200
    assert canvas.mask.sum() == (canvas.array < 128).sum() > 20
    assert canvas.rgb.shape == (16, 16, 3)
    canvas.draw([(2, 8), (14, 8)], "paper", size=12)
    assert canvas.array.min() == 255
    canvas.load(torch.zeros(3, 32, 32))
    assert set(np.unique(canvas.array)) == {128}
    canvas.close()


@pytest.mark.parametrize(
    "gray", [torch.rand(16, 16), np.full((16, 16), 300), np.full((16, 16), -1), np.ones((16, 16), bool)]
)
def test_gray_that_is_no_byte_is_refused(gray: Any) -> None:
    canvas = Canvas(16)
    with pytest.raises(ValueError, match="from 0, ink, to 255, paper"):
        canvas.load(gray)
    assert canvas.array.min() == 255
    canvas.load(np.full((16, 16), 200))
    assert set(np.unique(canvas.array)) == {200}
    canvas.close()


def test_a_mask_lies_over_its_picture() -> None:
    picture = torch.rand(3, 16, 20) * 2 - 1
    canvas = Canvas((16, 20), picture=picture)
    before = canvas.rgb
    assert not canvas.mask.any() and canvas.under == before.tobytes()
    canvas.draw([(10, 8)], size=6)
    assert canvas.mask.sum() == stroke(blank(), [(10, 8)], 6, 1).sum()
    np.testing.assert_array_equal(canvas.rgb[~canvas.mask], before[~canvas.mask])
    assert (canvas.rgb[canvas.mask] == canvas.colors[1]).all()
    canvas.load(np.zeros((32, 40, 3), np.uint8))
    assert canvas.rgb.max() == 0 and not canvas.mask.any()
    canvas.close()


def test_another_shape_is_cut_around_its_middle() -> None:
    wide = np.zeros((10, 40, 3), np.uint8)
    wide[:, 15:25] = 200
    canvas = Canvas(10, picture=wide)
    assert (canvas.rgb == 200).all()
    canvas.close()


def test_a_palette_has_colors() -> None:
    with pytest.raises(ValueError, match="2 to 256"):
        Canvas(8, {"only": "#000000"})
    with pytest.raises(ValueError, match="color"):
        Canvas(8, {"one": "#000000", "two": "no color"})


def test_nearest_labels_measure_in_color() -> None:
    colors = np.array([[0, 0, 0], [250, 0, 0], [0, 0, 250]], np.uint8)
    picture = np.array([[[200, 10, 10], [10, 10, 90], [90, 90, 200]]], np.uint8)
    assert nearest_labels(picture, colors).tolist() == [[1, 0, 2]]


def test_in_a_notebook_it_leaves_a_picture_that_follows(canvas: Canvas) -> None:
    shell = InteractiveShell.instance()
    try:
        shell.push({"widget": canvas})
        with capture_output() as captured:
            shell.run_cell("widget")
            canvas.draw([(10, 8)], "grass", size=30)
            canvas.rest(30)
    finally:
        InteractiveShell.clear_instance()
    panel, still, later = captured.outputs
    assert "application/vnd.jupyter.widget-view+json" in panel.data
    assert 'alt="label map, 16 × 20 pixels: sky 100%"' in still.data["text/html"]
    assert "grass 100%" in later.data["text/plain"] and later.update
    assert repr(canvas) == "Canvas()"
