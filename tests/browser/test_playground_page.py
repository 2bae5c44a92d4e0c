"""The playground in JupyterLab and Chromium: it plays, takes either player alone, and learns what is drawn."""

from __future__ import annotations

from pathlib import Path

import pytest
from panels import ask, do, until, violations, write_notebook

MAKE = """
import torch
from gancourse.widgets import Playground
torch.set_num_threads(1)
playground = Playground(start={"target": "ring of 8", "lr_D": 2e-3})

def weights(net):
    return sum(float(p.detach().double().abs().sum()) for p in net.parameters())

def drawn():
    return playground._drawn.points
"""


@pytest.fixture(scope="module")
def page(lab, context, course: Path):
    """A notebook with a playground that has been run."""
    made = lab.open(context, write_notebook(course, "playground.ipynb", make=MAKE, show="playground"))
    lab.run_cell(made, "make")
    lab.run_cell(made, "show")
    made.wait_for_selector(".gancourse-playground canvas[aria-label*='ring of 8']")
    yield made
    lab.close(made)


def button(page, name: str):
    return page.locator(".gancourse-playground").get_by_role("button", name=name, exact=True)


def setting(page, name: str):
    return page.locator(".gancourse-playground").get_by_label(name, exact=True)


def blue(page) -> int:
    """How many pixels of the plane have the real points' color."""
    return page.locator(".gancourse-field canvas").evaluate(
        """(canvas) => {
            const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
            let count = 0;
            for (let i = 0; i < data.length; i += 4)
                count += data[i] < 40 && Math.abs(data[i + 1] - 115) < 20 && Math.abs(data[i + 2] - 178) < 20;
            return count;
        }"""
    )


def test_it_opens_with_a_picture_and_its_words(page) -> None:
    words = page.locator(".gancourse-field canvas").get_attribute("aria-label")
    assert "ring of 8" in words and "After 0 steps" in words
    until(lambda: blue(page) > 100)
    assert setting(page, "D's learning rate").evaluate("i => i.ariaValueText || i.getAttribute('aria-valuetext')")


def test_one_players_step_leaves_the_other_alone(page) -> None:
    for press, moves, rests in (("D step", "D", "G"), ("G step", "G", "D")):
        moving, resting = f"weights(playground.game.{moves})", f"weights(playground.game.{rests})"
        before = ask(page, moving), ask(page, resting)
        button(page, press).click()
        until(lambda moving=moving, before=before: ask(page, moving) != before[0])
        assert ask(page, resting) == before[1]
    button(page, "Step").click()
    until(lambda: page.locator(".gancourse-words").inner_text().startswith("1 step."))


def test_it_plays_and_learning_rates_act(page, screenshots: Path) -> None:
    button(page, "Play").click()
    until(lambda: ask(page, "playground.count") > 30)
    setting(page, "G's learning rate").focus()
    page.keyboard.press("Home")
    until(lambda: ask(page, "playground.game.lr_G") == 1e-5)
    assert ask(page, "playground.game.lr_D") == 2e-3
    setting(page, "D's steps k").focus()
    page.keyboard.press("ArrowRight")
    until(lambda: ask(page, "playground.game.k") == 2)
    page.screenshot(path=screenshots / "playground.png")
    button(page, "Pause").click()
    button(page, "Play").wait_for()
    until(lambda: not ask(page, "playground.playing"))
    page.wait_for_timeout(700)
    steps = ask(page, "playground.count")
    page.wait_for_timeout(700)
    assert ask(page, "playground.count") == steps


def test_other_data_start_a_new_game(page) -> None:
    k = ask(page, "playground.game.k")
    ask(page, "setattr(playground.game, 'old', True)")
    setting(page, "data").select_option("three Gaussians")
    until(lambda: not ask(page, "playground.game is None or hasattr(playground.game, 'old')"))
    until(lambda: "three Gaussians" in page.locator(".gancourse-field canvas").get_attribute("aria-label"))
    assert ask(page, "(playground.count, playground.game.k, len(playground.game.target.modes))") == [0, k, 3]


def test_data_drawn_with_the_mouse_are_what_the_game_learns(page, screenshots: Path) -> None:
    setting(page, "data").select_option("draw your own")
    until(lambda: ask(page, "playground.settings()['target']") == "draw your own")
    button(page, "Clear drawing").click()
    until(lambda: ask(page, "len(drawn())") == 0)
    until(lambda: "Nothing is drawn" in page.locator(".gancourse-playground .gancourse-status").inner_text())
    box = page.locator(".gancourse-field").bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(middle[0] - 0.3 * box["width"], middle[1] - 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(middle[0] + 0.3 * box["width"], middle[1] - 0.2 * box["height"], steps=12)
    page.mouse.up()
    until(lambda: ask(page, "len(drawn())") > 30)
    until(lambda: ask(page, "float(drawn()[:, 0].max())") > 1.4)  # on a busy machine a stroke comes in pieces
    x, y = ask(page, "[(float(v.min()), float(v.max())) for v in drawn().T]")
    assert abs(x[0] + 1.5) < 0.1 and abs(x[1] - 1.5) < 0.1  # ±0.3 of a picture from −2.5 to 2.5
    assert abs(y[0] - 1.0) < 0.1 and abs(y[1] - 1.0) < 0.1
    button(page, "Start again").click()
    until(lambda: blue(page) > 100)
    button(page, "Play").click()
    until(lambda: ask(page, "playground.count") > 20)
    button(page, "Pause").click()
    assert ask(page, "float(playground.game.sample(1000)[:, 1].mean())") == pytest.approx(1.0, abs=0.1)
    page.screenshot(path=screenshots / "playground_drawn.png")


def test_data_can_be_drawn_with_the_keyboard(page) -> None:
    button(page, "Clear drawing").click()
    until(lambda: ask(page, "len(drawn())") == 0)
    cells = page.locator(".jp-Cell").count()
    page.locator(".gancourse-field").focus()
    for key in ("ArrowUp", "Space", "Enter", *["Shift+ArrowRight"] * 2, "Enter", "b", "x"):
        page.keyboard.press(key)
    until(lambda: ask(page, "len(drawn())") > 10)
    until(lambda: ask(page, "float(drawn()[:, 0].max())") > 1.15)
    assert ask(page, "float(drawn()[:, 1].std())") < 1e-3
    assert ask(page, "float(drawn()[:, 0].max())") == pytest.approx(1.25, abs=0.1)
    assert "points" in page.locator(".gancourse-where").inner_text()
    page.keyboard.press("Backspace")
    until(lambda: ask(page, "len(drawn())") == 1)
    assert page.locator(".jp-Cell").count() == cells


def test_a_reloaded_page_shows_drawing_and_game(page) -> None:
    game = ask(page, "id(playground.game)")
    do(page, "docmanager:save")
    page.wait_for_timeout(1000)
    page.reload()
    page.wait_for_selector(".gancourse-playground canvas[aria-label*='draw your own']")
    until(lambda: "1 point" in page.locator(".gancourse-where").inner_text())
    before = ask(page, "playground.count")
    button(page, "Step").click()
    until(lambda: ask(page, "playground.count") == before + 1)
    assert ask(page, "id(playground.game)") == game


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_axe_finds_nothing_serious(page, theme: str, screenshots: Path) -> None:
    do(page, "apputils:change-theme", theme=theme)
    page.wait_for_timeout(1500)
    page.screenshot(path=screenshots / f"playground_{theme[11:].lower()}.png")
    assert violations(page, ".gancourse-playground") == []
