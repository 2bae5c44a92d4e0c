"""JupyterLab and Chromium, as a student has them: a server on a copy of the course, a page in it."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_page import COURSE, PATIENCE, ROOT, SEEN, chromium, jupyterlab

playwright_api = pytest.importorskip("playwright.sync_api")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All that is in this folder needs a browser and takes its time."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)


class Lab:
    """A running JupyterLab and helpers to drive its pages."""

    def __init__(self, url: str) -> None:
        self.url = url

    def open(self, context, path: str):
        """Open a notebook in a fresh workspace and wait for its kernel."""
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{self.url}/lab/workspaces/t{time.monotonic_ns()}/tree/{path}?reset")
        page.wait_for_selector(".jp-Notebook .jp-Cell")
        page.wait_for_function(
            "() => window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
        )
        return page

    @staticmethod
    def close(page) -> None:
        """Close a page and end its kernel, which holds a gigabyte."""
        page.evaluate("() => window.jupyterapp?.shell?.currentWidget?.sessionContext?.shutdown()")
        page.close()

    @staticmethod
    def run_all(page) -> None:
        """Start running every cell; do not wait."""
        page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")

    @staticmethod
    def show(page, id: str) -> None:
        """Scroll to a cell; JupyterLab does not draw those far from the view."""
        page.evaluate(
            """async (id) => {
                const content = window.jupyterapp.shell.currentWidget.content;
                content.activeCellIndex = content.widgets.findIndex(w => w.model.id === id);
                await content.scrollToItem(content.activeCellIndex, 'center');
            }""",
            id,
        )
        page.wait_for_timeout(500)

    @staticmethod
    def run_cell(page, id: str) -> None:
        """Run one cell, by its id, and wait until it is done."""
        page.evaluate(
            """async (id) => {
                const content = window.jupyterapp.shell.currentWidget.content;
                content.activeCellIndex = content.widgets.findIndex(w => w.model.id === id);
                await content.scrollToItem(content.activeCellIndex, 'center');
                await window.jupyterapp.commands.execute('notebook:run-cell');
            }""",
            id,
        )

    @staticmethod
    def start_cell(page, id: str) -> None:
        """Start one cell, by its id; do not wait."""
        page.evaluate(
            """(id) => {
                const content = window.jupyterapp.shell.currentWidget.content;
                content.activeCellIndex = content.widgets.findIndex(w => w.model.id === id);
                window.jupyterapp.commands.execute('notebook:run-cell');
            }""",
            id,
        )

    @staticmethod
    def set_source(page, id: str, source: str) -> None:
        """Write a cell's text."""
        page.evaluate(
            """([id, source]) => {
                const cells = window.jupyterapp.shell.currentWidget.content.widgets;
                cells.find(w => w.model.id === id).model.sharedModel.setSource(source);
            }""",
            [id, source],
        )

    @staticmethod
    def outputs(page, id: str) -> list[dict]:
        """A cell's outputs, as in the notebook file."""
        return page.evaluate(
            """(id) => window.jupyterapp.shell.currentWidget.content.widgets
                .find(w => w.model.id === id).model.outputs.toJSON()""",
            id,
        )

    @staticmethod
    def progress(page) -> dict:
        """How many code cells have run, of how many, and which show an error."""
        return page.evaluate(
            """() => {
                const cells = window.jupyterapp.shell.currentWidget.content.widgets
                    .filter(w => w.model.type === 'code').map(w => w.model);
                return {
                    all: cells.length,
                    done: cells.filter(m => m.executionCount && m.executionState !== 'running').length,
                    errors: cells.filter(m => m.outputs.toJSON().some(o => o.output_type === 'error')).map(m => m.id),
                    idle: window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle',
                };
            }"""
        )


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what students and instructors open: nothing in the checkout is changed."""
    folder = tmp_path_factory.mktemp("course")
    for name in ("notebooks", "solutions"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="package")
def lab(course: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab on a free port of this machine, as students have it."""
    env = {k: v for k, v in os.environ.items() if k != "GANCOURSE_FAST"}
    # As `make lab` has it: the server's settings, and nbgrader's tools for instructors hidden.
    env["JUPYTER_CONFIG_PATH"] = os.pathsep.join([str(ROOT / "jupyter" / "student"), COURSE])
    with jupyterlab(course, tmp_path_factory.mktemp("lab"), env) as url:
        yield Lab(url)


@pytest.fixture(scope="package")
def context() -> Iterator:
    """A browser window; messages of its console that are errors end up in `context.complaints`."""
    found = chromium()
    if found is None:
        pytest.skip("no Chromium here; `make test` tries to get one, or set GANCOURSE_CHROMIUM")
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(**found)
        window = browser.new_context(viewport=SEEN)
        yield window
        browser.close()


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Where pictures of the pages go, to be looked at: build/screenshots."""
    folder = ROOT / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
