"""The live panel in JupyterLab and Chromium: it obeys mouse and keyboard, and outlives its page."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from panels import ask, do, until, violations, write_notebook

MAKE = """
import time
from gancourse.widgets import Knob, LiveTraining

class Run:
    def __init__(self, rate, k):
        self.rate, self.k, self.steps, self.d_steps, self.g_steps = rate, k, 0, 0, 0
    def step(self):
        time.sleep(0.01)
        self.steps += 1
    def d_step(self):
        self.d_steps += 1
    def g_step(self):
        self.g_steps += 1

def draw(fig, run):
    fig.clear()
    fig.subplots().bar(["steps", "D", "G"], [run.steps, run.d_steps, run.g_steps])
    return f"{run.steps} steps, {run.d_steps} of D, {run.g_steps} of G"

knobs = {"rate": Knob("learning rate", 1e-5, 0.1, 1e-3, log=True), "k": Knob("D's steps", 1, 20, 1, whole=True)}
panel = LiveTraining(Run, None, draw, knobs, size=(5, 2))
"""


@pytest.fixture(scope="module")
def page(lab, context, course: Path):
    """A notebook with a panel that has been run."""
    made = lab.open(context, write_notebook(course, "live.ipynb", make=MAKE, show="panel", last="'the end'"))
    lab.run_cell(made, "make")
    lab.run_cell(made, "show")
    made.wait_for_selector(".gancourse-live img[alt='0 steps, 0 of D, 0 of G']")
    yield made
    lab.close(made)


def button(page, name: str):
    return page.locator(".gancourse-live").get_by_role("button", name=name, exact=True)


def alt(page) -> str:
    return page.locator(".gancourse-live img").get_attribute("alt")


def test_single_steps_of_either_player(page) -> None:
    button(page, "D step").click()
    until(lambda: alt(page) == "0 steps, 1 of D, 0 of G")
    button(page, "G step").click()
    button(page, "G step").click()
    until(lambda: alt(page) == "0 steps, 1 of D, 2 of G")
    button(page, "Step").click()
    until(lambda: alt(page) == "1 steps, 1 of D, 2 of G")


def test_the_picture_is_there_once_and_follows(page, lab) -> None:
    assert page.locator("[class^=gancourse-still]").count() == 1
    assert page.locator("[class^=gancourse-still]:visible").count() == 0
    # In the notebook's file stands the picture of the last state.
    until(lambda: lab.outputs(page, "show")[1]["data"]["text/plain"] == alt(page))


def test_knobs_act_during_a_run_and_keys_stay_in_the_panel(page) -> None:
    button(page, "Play").focus()
    page.keyboard.press("Space")
    until(lambda: ask(page, "panel.state.steps") > 5)
    cells = page.locator(".jp-Cell").count()
    rate = page.locator(".gancourse-live").get_by_label("learning rate")
    for key, expected in (("End", 0.1), ("Home", 1e-5)):
        rate.focus()
        page.keyboard.press(key)
        until(lambda expected=expected: ask(page, "panel.state.rate") == expected)
    page.keyboard.press("ArrowRight")
    until(lambda: 1e-5 < ask(page, "panel.state.rate") < 2e-5)
    for key in "bxadd":
        page.keyboard.press(key)
    assert page.locator(".jp-Cell").count() == cells
    before = ask(page, "panel.state.steps")
    until(lambda: ask(page, "panel.state.steps") > before)


def test_a_reloaded_page_shows_the_run_that_goes_on(page) -> None:
    do(page, "docmanager:save")
    page.wait_for_timeout(1000)
    page.reload()
    page.wait_for_selector(".gancourse-live img")
    button(page, "Pause").wait_for()
    before = alt(page)
    until(lambda: alt(page) != before)
    button(page, "Pause").click()
    button(page, "Play").wait_for()
    until(lambda: alt(page).startswith(f"{ask(page, 'panel.state.steps')} steps"))
    steps = ask(page, "panel.state.steps")
    page.wait_for_timeout(700)
    assert ask(page, "panel.state.steps") == steps > 5


def test_stop_frees_the_run_and_play_starts_another(page) -> None:
    button(page, "Play").click()
    until(lambda: ask(page, "panel.playing"))
    button(page, "Stop").click()
    until(lambda: ask(page, "panel.state is None and panel._thread is None"))
    status = page.locator(".gancourse-live .gancourse-status")
    until(lambda: "Stopped after" in status.inner_text())
    button(page, "Play").click()
    until(lambda: ask(page, "panel.state is not None and panel.state.d_steps == 0 and panel.state.steps > 0"))
    button(page, "Pause").click()
    until(lambda: not ask(page, "panel.playing"))


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_axe_finds_nothing_serious(page, theme: str, screenshots: Path) -> None:
    do(page, "apputils:change-theme", theme=theme)
    page.wait_for_timeout(1500)
    page.screenshot(path=screenshots / f"live_{theme[11:].lower()}.png")
    assert violations(page, ".gancourse-live") == []


def test_after_a_restart_the_panel_says_so_and_its_cell_brings_it_back(page, lab) -> None:
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    page.wait_for_timeout(3000)
    page.locator(".gancourse-live").get_by_role("button").first.click()
    note = page.locator(".gancourse-live .gancourse-note")
    until(lambda: "run this cell again" in note.inner_text())
    lab.run_cell(page, "make")
    lab.run_cell(page, "show")
    page.wait_for_selector(".gancourse-live img[alt='0 steps, 0 of D, 0 of G']")
    button(page, "Step").click()
    until(lambda: alt(page) == "1 steps, 0 of D, 0 of G")
    assert note.inner_text() == ""


@pytest.mark.parametrize("state", ["with", "without"])
def test_html_of_a_saved_notebook_shows_the_picture_offline(page, lab, course: Path, state: str, tmp_path) -> None:
    until(lambda: lab.outputs(page, "show")[1]["data"]["text/plain"] == alt(page))
    do(page, "docmanager:save")
    page.wait_for_timeout(1500)
    convert = [sys.executable, "-m", "nbconvert", "--to", "html", "--output-dir", tmp_path, course / "live.ipynb"]
    if state == "without":
        convert += ["--ClearMetadataPreprocessor.enabled=True", "--ClearMetadataPreprocessor.clear_cell_metadata=False"]
    subprocess.run(convert, check=True, capture_output=True)
    offline = page.context.browser.new_context(offline=True)
    try:
        shown = offline.new_page()
        shown.goto(f"file://{tmp_path / 'live.html'}", wait_until="domcontentloaded")
        picture = shown.locator("img:visible")
        assert picture.count() == 1
        assert picture.get_attribute("alt") == alt(page)
        assert picture.evaluate("i => i.naturalWidth") > 100
        assert shown.get_by_text("LiveTraining()").count() == 0
    finally:
        offline.close()
