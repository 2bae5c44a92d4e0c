"""JupyterLab and Chromium, as a student has them: a server on a copy of the course, a page in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_page import COURSE, ROOT, SEEN, Lab, chromium, jupyterlab

playwright_api = pytest.importorskip("playwright.sync_api")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All that is in this folder needs a browser and takes its time."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)


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
