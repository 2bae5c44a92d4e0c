"""The latent explorer in JupyterLab and Chromium: pad, sliders, buttons, keys, reload, restart, export."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from panels import ask, do, until, violations, write_notebook

MAKE = """
import torch
from gancourse.data import faces
from gancourse.widgets import Choice, Knob, LatentExplorer

torch.set_num_threads(1)
NAMES = ("smile", "yaw", "hair_length", "age", "skin", "background_hue", "cloth_hue", "light")
BASE = faces.vary(faces.vary(faces.sample_factors(1, seed=3), "hat", [0.0]), "bald", [0.0])

def generate(z, glasses=0, hair="wavy"):
    values = {name: value.expand(len(z)).clone() for name, value in BASE.items()}
    for i, name in enumerate(NAMES):
        factor = next(f for f in faces.TABLE if f.name == name)
        values[name] = factor.low + (factor.high - factor.low) * torch.special.ndtr(z[:, i])
    values["glasses"][:] = glasses
    values["hair_style"][:] = faces.HAIR_STYLES.index(hair)
    return faces.render(faces.Factors(values), 64) / 127.5 - 1

explorer = LatentExplorer(
    generate, 8, seed=1, subject="drawn face", directions={name: torch.eye(8)[i] for i, name in enumerate(NAMES[:5])},
    condition={
        "glasses": Knob("glasses", 0, 1, 0, whole=True),
        "hair": Choice("hair", {style: style for style in faces.HAIR_STYLES[:4]}),
    },
)
"""
# What the panel should show, from z and the condition alone; and whether the page shows it.
RIGHT = (
    "((generate(explorer.z[None], glasses={glasses}, hair='{hair}')[0] + 1) * 127.5)"
    ".round().int().permute(1, 2, 0).flatten()[::31].tolist()"
)
PIXELS = """(canvas) => {
    const rgba = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    return [...rgba.filter((v, i) => i % 4 < 3).filter((v, i) => i % 31 === 0)];
}"""


@pytest.fixture(scope="module")
def page(lab, context, course: Path):
    """A notebook with an explorer that has been run."""
    made = lab.open(context, write_notebook(course, "explorer.ipynb", make=MAKE, show="explorer", last="'the end'"))
    lab.run_cell(made, "make")
    lab.run_cell(made, "show")
    made.wait_for_selector(".gancourse-explorer .gancourse-corner-3[width='64']")
    yield made
    lab.close(made)


def panel(page):
    return page.locator(".gancourse-explorer")


def button(page, name: str):
    return panel(page).get_by_role("button", name=name, exact=True)


def slider(page, name: str):
    return panel(page).get_by_role("slider", name=name, exact=True)


def shows_its_place(page, glasses: int = 0, hair: str = "straight") -> bool:
    """Whether the pixels on the page are those of the place that the controls stand for."""
    ask(page, "explorer.rest()")
    wanted = ask(page, RIGHT.format(glasses=glasses, hair=hair))
    seen = panel(page).locator(".gancourse-picture").evaluate(PIXELS)
    return max(abs(a - b) for a, b in zip(wanted, seen, strict=True)) <= 1


def test_it_shows_its_place_and_hides_the_picture_for_elsewhere(page, lab) -> None:
    until(lambda: shows_its_place(page))
    assert page.locator("[class^=gancourse-still]").count() == 1
    assert page.locator("[class^=gancourse-still]:visible").count() == 0
    alt = lab.outputs(page, "show")[1]["data"]["text/plain"]
    assert alt.startswith(
        "What the generator makes of z: 5 × 5 drawn faces between four corners; one row each along smile"
    )


def test_the_last_value_of_a_fast_drag_is_shown(page) -> None:
    box = slider(page, "age").bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, y)
    page.mouse.down()
    for i in range(80):
        page.mouse.move(box["x"] + box["width"] * (0.1 + 0.8 * abs((i % 40) / 20 - 1)), y)
    page.mouse.move(box["x"] + box["width"] * 0.83, y)
    page.mouse.up()
    shown = float(slider(page, "age").input_value())
    assert 1.5 < shown < 2.5
    until(lambda: abs(ask(page, "explorer.shown.values['age']") - shown) < 1e-6)
    until(lambda: shows_its_place(page))


def test_drag_in_the_pad(page, screenshots: Path) -> None:
    field = panel(page).locator(".gancourse-field").bounding_box()
    page.mouse.move(field["x"] + field["width"] / 2, field["y"] + field["height"] / 2)
    page.mouse.down()
    for i in range(40):
        page.mouse.move(field["x"] + field["width"] * (0.5 + i / 100), field["y"] + field["height"] * (0.5 - i / 150))
    page.mouse.move(field["x"] + field["width"] * 0.9, field["y"] + field["height"] * 0.25)
    page.mouse.up()
    until(
        lambda: ask(page, "[round(v, 1) for v in explorer.shown.at] == [0.9, 0.2] or list(explorer.shown.at)") is True
    )
    until(lambda: shows_its_place(page))
    page.mouse.move(field["x"] + 2, field["y"] + 2)
    page.wait_for_timeout(300)
    assert ask(page, "explorer.at[0] > 0.8"), "let go is let go"
    page.screenshot(path=screenshots / "explorer.png")


def test_keys_move_in_the_pad_and_stay_in_the_panel(page) -> None:
    cells = page.locator(".jp-Cell").count()
    slider(page, "between the corners, left to right").focus()
    before = ask(page, "list(explorer.at)")
    for key in ("ArrowLeft", "ArrowLeft", "Shift+ArrowDown", "b", "x", "a", "d", "d"):
        page.keyboard.press(key)
    skin = slider(page, "skin")
    skin.focus()
    for key in ("ArrowRight", "ArrowUp", "ArrowLeft"):
        page.keyboard.press(key)
    wanted = [before[0] - 0.04, before[1] + 0.1]
    until(lambda: max(abs(a - b) for a, b in zip(ask(page, "list(explorer.shown.at)"), wanted, strict=True)) < 1e-6)
    until(lambda: abs(ask(page, "explorer.shown.values['skin']") - 0.05) < 1e-6)
    assert page.locator(".jp-Cell").count() == cells
    across = slider(page, "between the corners, left to right")
    assert across.get_attribute("aria-valuetext") == f"{round(100 * wanted[0])}%"


def test_random_undo_redo_reset(page) -> None:
    before = ask(page, "explorer.z.tolist()")
    button(page, "Random").click()
    until(lambda: ask(page, "explorer.z.tolist()") != before)
    until(lambda: shows_its_place(page))
    after = ask(page, "explorer.z.tolist()")
    button(page, "Undo").click()
    until(lambda: ask(page, "explorer.z.tolist()") == before)
    until(lambda: shows_its_place(page))
    button(page, "Redo").click()
    until(lambda: ask(page, "explorer.z.tolist()") == after)
    until(lambda: button(page, "Redo").is_disabled())
    button(page, "Reset").click()
    until(lambda: slider(page, "age").input_value() == "0")
    button(page, "Undo").click()
    until(lambda: slider(page, "age").input_value() != "0")
    until(lambda: shows_its_place(page))


def test_a_condition_and_the_way_between_the_corners(page) -> None:
    panel(page).get_by_role("combobox", name="hair").select_option("curly")
    slider(page, "glasses").focus()
    page.keyboard.press("End")
    until(lambda: ask(page, "explorer.shown.condition") == {"glasses": 1, "hair": "curly"})
    until(lambda: shows_its_place(page, glasses=1, hair="curly"))
    on_the_sphere = ask(page, "explorer.z.tolist()")
    panel(page).get_by_role("radio", name="straight").check()
    until(lambda: ask(page, "explorer.shown.spherical") is False)
    assert ask(page, "explorer.z.tolist()") != on_the_sphere
    until(lambda: shows_its_place(page, glasses=1, hair="curly"))


def test_save_and_film(page, course: Path, screenshots: Path) -> None:
    button(page, "Save").click()
    until(lambda: ask(page, "len(explorer.saved)") == 1)
    assert (course / ask(page, "str(explorer.saved[0].path)")).read_bytes().startswith(b"\x89PNG")
    ask(page, "explorer.film(frames=6)")
    until(lambda: ask(page, "len(explorer.films)") == 2, 120)
    assert (course / ask(page, "str(explorer.films[0])")).read_bytes()[4:8] == b"ftyp"
    clip = panel(page).locator("video")
    clip.wait_for()
    assert clip.get_attribute("aria-label") and not clip.evaluate("v => v.autoplay")
    until(lambda: "film-1.mp4" in panel(page).locator(".gancourse-status").inner_text())
    clip.scroll_into_view_if_needed()
    page.screenshot(path=screenshots / "explorer_film.png")


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_axe_finds_nothing_serious(page, theme: str, screenshots: Path) -> None:
    do(page, "apputils:change-theme", theme=theme)
    page.wait_for_timeout(1500)
    panel(page).screenshot(path=screenshots / f"explorer_{theme[11:].lower()}.png")
    assert violations(page, ".gancourse-explorer") == []


def test_a_reloaded_page_stands_where_it_was(page) -> None:
    place = ask(page, "[explorer.at, explorer.values]")
    do(page, "docmanager:save")
    page.wait_for_timeout(1000)
    page.reload()
    page.wait_for_selector(".gancourse-explorer .gancourse-corner-3[width='64']")
    assert float(slider(page, "age").input_value()) == pytest.approx(place[1]["age"], abs=1e-6)
    until(lambda: shows_its_place(page, glasses=1, hair="curly"))
    slider(page, "smile").focus()
    page.keyboard.press("Home")
    until(lambda: ask(page, "explorer.shown.values['smile']") == -3)
    until(lambda: shows_its_place(page, glasses=1, hair="curly"))


def test_html_of_the_saved_notebook_shows_the_picture_offline(page, course: Path, tmp_path: Path) -> None:
    do(page, "docmanager:save")
    page.wait_for_timeout(1500)
    convert = [sys.executable, "-m", "nbconvert", "--to", "html", "--output-dir", tmp_path, course / "explorer.ipynb"]
    subprocess.run(convert, check=True, capture_output=True)
    offline = page.context.browser.new_context(offline=True)
    try:
        shown = offline.new_page()
        shown.goto(f"file://{tmp_path / 'explorer.html'}", wait_until="domcontentloaded")
        picture = shown.locator("img:visible")
        assert picture.count() == 1
        assert "between four corners" in picture.get_attribute("alt")
        assert picture.evaluate("i => i.naturalWidth") > 300
        assert shown.get_by_text("LatentExplorer()").count() == 0
    finally:
        offline.close()


def test_after_a_restart_it_says_so_and_its_cell_brings_it_back(page, lab) -> None:
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    page.wait_for_timeout(3000)
    button(page, "Random").click()
    until(lambda: "run this cell again" in panel(page).locator(".gancourse-note").inner_text())
    lab.run_cell(page, "make")
    lab.run_cell(page, "show")
    until(lambda: ask(page, "explorer.shown is not None"))
    page.wait_for_selector(".gancourse-explorer .gancourse-corner-3[width='64']")
    button(page, "Random").click()
    until(lambda: ask(page, "explorer.can['undo']"))
    until(lambda: shows_its_place(page))
