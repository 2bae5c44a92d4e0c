"""JupyterLab on a free port and a page of Chromium, for tests and for what is measured in them."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 120_000  # milliseconds: two busy cores start a kernel slowly
SEEN = {"width": 1300, "height": 1000}
COURSE = str(ROOT / "jupyter")
"""The course's settings for the server; `jupyter/student` before it hides instructors' tools, as `make lab` does."""
FLAGS = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
)


@contextlib.contextmanager
def jupyterlab(folder: Path, scratch: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """The address of a JupyterLab that shows `folder`; what it says goes into a log in `scratch`.

    Raises:
        RuntimeError: if it ends, or does not answer for two minutes; with the end of its log.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = scratch / "lab.log"
    env = {**environment, "JUPYTERLAB_WORKSPACES_DIR": str(scratch / "workspaces")}
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    arguments = ["--no-browser", "--ip=127.0.0.1", f"--port={port}", "--IdentityProvider.token=", "--allow-root"]
    arguments += ["--expose-app-in-browser", f"--ServerApp.root_dir={folder}"]
    command = [sys.executable, "-m", "jupyterlab", *arguments]
    with log.open("w") as out:
        server = subprocess.Popen(command, env=env, cwd=folder, stdout=out, stderr=out, start_new_session=True)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_it_answers(url, server, log)
        yield url
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)


def wait_until_it_answers(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{url}/api", timeout=2).read()
            return
        if server.poll() is not None:
            raise RuntimeError(f"JupyterLab ended:\n{log.read_text()[-2000:]}")
        time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not answer:\n{log.read_text()[-2000:]}")


def chromium() -> dict[str, Any] | None:
    """What to launch it with; None where there is none."""
    finder = [sys.executable, str(ROOT / "tools" / "needs.py"), "--browser"]
    found = subprocess.run(finder, capture_output=True, text=True, check=False)
    if found.returncode:
        return None
    # Chromium's own sandbox does not work for root.
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return {"executable_path": found.stdout.strip(), "args": [*FLAGS, *root]}


class Lab:
    """A running JupyterLab and helpers to drive its pages."""

    def __init__(self, url: str) -> None:
        self.url = url

    def open(self, context, path: str, *, kernel: bool = True):
        """Open a notebook, in a page of a fresh workspace or the one that is open, and wait for its kernel if asked.

        To load JupyterLab takes many times as long as to open one more notebook in it.
        """
        if context.pages:
            page = context.pages[-1]
            page.evaluate(
                """async (path) => {
                    const widget = await window.jupyterapp.commands.execute('docmanager:open', { path });
                    await widget.context.ready;
                }""",
                path,
            )
        else:
            page = context.new_page()
            page.set_default_timeout(PATIENCE)
            page.goto(f"{self.url}/lab/workspaces/t{time.monotonic_ns()}/tree/{path}?reset")
        page.wait_for_selector(".jp-Notebook .jp-Cell")
        if kernel:
            page.wait_for_function(
                "() => window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
            )
        return page

    @staticmethod
    def close(page) -> None:
        """Close all notebooks, unsaved, and end their kernels, each of which holds a gigabyte."""
        page.evaluate(
            """async () => {
                for (const widget of [...window.jupyterapp.shell.widgets('main')].filter(w => w.sessionContext)) {
                    await widget.sessionContext.ready;
                    await widget.sessionContext.shutdown();
                    widget.dispose();
                }
            }"""
        )

    @staticmethod
    def show(page, id: str) -> None:
        """Scroll to a cell; JupyterLab does not draw those far from the view."""
        page.evaluate(
            """async (id) => {
                const content = window.jupyterapp.shell.currentWidget.content;
                content.activeCellIndex = content.widgets.findIndex(w => w.model.id === id);
                await content.scrollToItem(content.activeCellIndex, 'center');
                await content.activeCell.ready;
            }""",
            id,
        )
        page.wait_for_timeout(100)

    @staticmethod
    def show_all(page, ids: list[str]) -> None:
        """Scroll to each of these cells in turn, so that all are drawn."""
        page.evaluate(
            """async (ids) => {
                const content = window.jupyterapp.shell.currentWidget.content;
                for (const id of ids) {
                    content.activeCellIndex = content.widgets.findIndex(w => w.model.id === id);
                    await content.scrollToItem(content.activeCellIndex, 'center');
                    await content.activeCell.ready;
                }
            }""",
            ids,
        )
        page.wait_for_timeout(100)

    @staticmethod
    def run_all(page) -> None:
        """Start running every cell; do not wait."""
        page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")

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

    @classmethod
    def said(cls, page, id: str) -> str:
        """A cell's outputs as text: what was printed, the traceback of an error, what a picture or a widget is called.

        An open challenge's check shows a line of time left before it prints.
        """

        def told(one: dict) -> str:
            if "traceback" in one:
                return "\n".join(one["traceback"])
            text = one["text"] if "text" in one else one["data"].get("text/plain", "")
            return text if isinstance(text, str) else "".join(text)

        return "\n".join(told(one) for one in cls.outputs(page, id))

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
