"""Helpers for tests of panels in a page: a notebook of a few cells, the kernel's word, axe-core's verdict."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

AXE = files("axe_playwright_python") / "axe.min.js"


def write_notebook(folder: Path, name: str, **cells: str) -> str:
    """A notebook of code cells, by id; its path for `lab.open`."""
    made = []
    for id, code in cells.items():
        made.append(new_code_cell(code))
        made[-1]["id"] = id
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(new_notebook(cells=made, metadata={"kernelspec": kernel}), folder / name)
    return name


def ask(page: Any, code: str) -> Any:
    """What an expression is worth in the notebook's kernel; anything JSON can say."""
    said = page.evaluate(
        """async (code) => {
            const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
            const future = kernel.requestExecute({ code, store_history: false });
            let said = "";
            future.onIOPub = (message) => {
                if (message.header.msg_type === "stream") said += message.content.text;
                if (message.header.msg_type === "error") said += JSON.stringify("error: " + message.content.evalue);
            };
            await future.done;
            return said;
        }""",
        f"import json as _json; print(_json.dumps({code}))",
    )
    return json.loads(said)


def do(page: Any, command: str, **arguments: Any) -> None:
    """Run one of JupyterLab's commands."""
    page.evaluate("([name, args]) => window.jupyterapp.commands.execute(name, args)", [command, arguments])


def wait_for(what: Callable[[], Any], seconds: float, message: str) -> Any:
    """Ask until the answer is truthy."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := what():
            return answer
        time.sleep(0.15)
    raise AssertionError(f"{message} (waited {seconds:g} s)")


def source(page: Any, id: str) -> str:
    """What stands in a cell."""
    return page.evaluate(
        """(id) => window.jupyterapp.shell.currentWidget.content.widgets
            .find(w => w.model.id === id).model.sharedModel.getSource()""",
        id,
    )


def until(what: Callable[[], Any], seconds: float = 60) -> Any:
    """`wait_for` where the call says what is waited for."""
    return wait_for(what, seconds, "it did not happen")


def settled(what: Callable[[], Any], seconds: float = 30, still: float = 1.5) -> Any:
    """What it is once it has not changed for so long: after Pause, what had begun may still arrive."""
    end = time.monotonic() + seconds
    before = what()
    while time.monotonic() < end:
        time.sleep(still)
        now = what()
        if now == before:
            return now
        before = now
    raise AssertionError(f"it still changes after {seconds:g} s")


def violations(page: Any, *selectors: str) -> list[str]:
    """What axe-core finds wrong with parts of the page, serious and critical only."""
    page.evaluate(AXE.read_text(encoding="utf-8") + ";0")
    return page.evaluate(
        """async (selectors) => {
            const parts = { include: selectors.map(selector => [selector]) };
            const found = await axe.run(parts, { resultTypes: ["violations"] });
            // JupyterLab's own frames around wide content can be scrolled by mouse alone.
            return found.violations.filter(v => v.id !== "scrollable-region-focusable")
                .filter(v => ["serious", "critical"].includes(v.impact))
                .map(v => `${v.id}: ${v.nodes[0].html.slice(0, 200)}`);
        }""",
        list(selectors),
    )
