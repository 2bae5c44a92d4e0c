"""Notebook 7, which the same server offers: the panels live there, too."""

from __future__ import annotations

from pathlib import Path

import pytest
from panels import settled, until, write_notebook

playwright_api = pytest.importorskip("playwright.sync_api")

MAKE = """
import torch
from gancourse.data import faces
from gancourse.models import store
from gancourse.widgets import Canvas, LatentExplorer, Playground

torch.set_num_threads(1)
playground = Playground(start={"target": "ring of 8"})
G = store.load("dcgan_faces_64")["G"]
explorer = LatentExplorer(G, latent_dim=64, directions={"one way": torch.randn(64)}, subject="face")
canvas = Canvas(32, label="a sketch")
"""

# A star, or a number, at the first cell.
BEGUN = "/\\[[*\\d]+\\]/.test(document.querySelector('.jp-InputPrompt')?.textContent ?? '')"

# Notebook 7 does not show its application to the page, as JupyterLab does; its server knows the kernel.
END_KERNEL = """async (path) => {
    const headers = { "X-XSRFToken": document.cookie.match(/_xsrf=([^;]*)/)?.[1] ?? "" };
    const sessions = await (await fetch("/api/sessions")).json();
    for (const { id } of sessions.filter((session) => session.path.endsWith(path)))
        await fetch(`/api/sessions/${id}`, { method: "DELETE", headers });
    return (await (await fetch("/api/sessions")).json()).filter((session) => session.path.endsWith(path)).length;
}"""


@pytest.fixture(scope="module")
def page(lab, context, course: Path):
    """All cells of a notebook, run from the menu."""
    cells = {"make": MAKE, "one": "playground", "two": "explorer", "three": "canvas"}
    path = write_notebook(course, "seven.ipynb", **cells)
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(f"{lab.url}/notebooks/{path}")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status="idle"]')

    def begun() -> bool:
        """Run all, and again where the kernel was not listening yet: it may be called idle before it is reached."""
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        try:
            page.wait_for_function(BEGUN, timeout=5000)
        except playwright_api.TimeoutError:
            return False
        return True

    until(begun, 120)
    first = page.locator(".gancourse-playground canvas[aria-label*='ring of 8']")

    def shown() -> bool:  # running all cells leaves the page at its end, where the first one may not be drawn
        page.evaluate("document.querySelectorAll('.jp-WindowedPanel-outer').forEach(e => (e.scrollTop = 0))")
        return first.count() > 0 and first.is_visible()

    until(shown, 120)
    yield page
    assert page.evaluate(END_KERNEL, path) == 0
    page.close()


def test_the_playground_plays_and_pauses(page, screenshots: Path) -> None:
    panel = page.locator(".gancourse-playground")
    panel.scroll_into_view_if_needed()
    words = panel.locator(".gancourse-words")
    panel.get_by_role("button", name="Play").click()
    until(lambda: words.inner_text()[:1] in "123456789" and not words.inner_text().startswith("1 step"))
    page.screenshot(path=screenshots / "notebook_7.png")
    panel.get_by_role("button", name="Pause").click()
    settled(words.inner_text)


def test_a_slider_moves_the_face_and_keys_stay_in_the_panel(page) -> None:
    cells = page.locator(".jp-Cell").count()
    panel = page.locator(".gancourse-explorer")
    panel.scroll_into_view_if_needed()
    picture = panel.locator(".gancourse-picture")

    def pixels() -> str:
        return picture.evaluate("c => c.toDataURL()")

    before = pixels()
    panel.get_by_role("slider", name="one way", exact=True).focus()
    for key in ("End", "b", "x", "a"):  # b and a would insert cells, x delete one
        page.keyboard.press(key)
    until(lambda: pixels() != before)
    assert page.locator(".jp-Cell").count() == cells


def test_a_stroke_reaches_the_kernel(page) -> None:
    drawing = page.locator(".gancourse-drawing")
    stage = drawing.locator(".gancourse-stage")
    stage.scroll_into_view_if_needed()
    undo = drawing.get_by_role("button", name="Undo", exact=True)
    assert undo.is_disabled()
    box = stage.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 120, steps=8)
    page.mouse.up()
    until(undo.is_enabled)  # the kernel says so: it has a drawing to go back from
