"""JupyterLab and Chromium, as a student has them: a server on a copy of the course, a page in it."""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from jupyter_page import COURSE, ROOT, SEEN, Lab, chromium, jupyterlab

playwright_api = pytest.importorskip("playwright.sync_api")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All that is in this folder needs a browser and takes its time."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)


# What serves and shows pages. A session's fixtures live to its end, and an idle browser and its kernels take a tenth of
# a processor from whatever tests come after them. So they are closed behind the last page's test of a process.
OPEN = ExitStack()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Close the browser and JupyterLab where what comes next needs neither (a process never comes back to pages)."""
    if nextitem is None or Path(__file__).parent not in nextitem.path.parents:
        OPEN.close()


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what students and instructors open: nothing in the checkout is changed."""
    folder = tmp_path_factory.mktemp("course")
    for name in ("notebooks", "solutions"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def lab(course: Path, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """JupyterLab on a free port of this machine, as students have it."""
    env = {k: v for k, v in os.environ.items() if k != "GANCOURSE_FAST"}
    # As `make lab` has it: the server's settings, and nbgrader's tools for instructors hidden.
    env["JUPYTER_CONFIG_PATH"] = os.pathsep.join([str(ROOT / "jupyter" / "student"), COURSE])
    return Lab(OPEN.enter_context(jupyterlab(course, tmp_path_factory.mktemp("lab"), env)))


@pytest.fixture(scope="session")
def context() -> Any:
    """A browser window; messages of its console that are errors end up in `context.complaints`."""
    found = chromium()
    if found is None:
        pytest.skip("no Chromium here; `make test` tries to get one, or set GANCOURSE_CHROMIUM")
    browser = OPEN.enter_context(playwright_api.sync_playwright()).chromium.launch(**found)
    OPEN.callback(browser.close)
    return browser.new_context(viewport=SEEN)


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Where pictures of the pages go, to be looked at: build/screenshots."""
    folder = ROOT / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
