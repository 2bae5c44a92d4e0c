"""The solutions, run once for all that wants to know how they ran; a pytest plugin.

nbval runs them, and what each cell put out is kept here with how long it took, in build/executed/NAME.ipynb.
Tests ask `worked_out` for it: tests/end_to_end/test_solutions.py looks for full marks and silence on stderr,
tests/browser/test_lessons.py opens it in JupyterLab. Where nbval has not run, `worked_out` does.
"""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:  # every test process loads this module: what reads notebooks waits until it is needed
    from nbformat.notebooknode import NotebookNode

    from gancourse.authoring.source import Lesson

ROOT = Path(__file__).resolve().parent.parent
EXECUTED = ROOT / "build" / "executed"
RUNS: dict[Path, dict[str, tuple[list[Any], float]]] = defaultdict(dict)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: Any, call: pytest.CallInfo) -> Any:
    """Keep the outputs of a cell that nbval has run."""
    report = yield
    if call.when == "call" and hasattr(item, "test_outputs"):
        RUNS[item.path][item.cell.id] = list(item.test_outputs), call.duration
    return report


def pytest_sessionfinish() -> None:
    """Write down the notebooks that this process ran."""
    if not RUNS:
        return
    import nbformat

    for path, cells in RUNS.items():
        notebook = nbformat.read(path, as_version=4)
        for count, cell in enumerate((c for c in notebook.cells if c.id in cells), 1):
            outputs, seconds = cells[cell.id]
            cell.execution_count, cell.outputs = count, [nbformat.from_dict(o) for o in outputs]
            cell.metadata["seconds"] = round(seconds, 2)
        write(notebook, path.name)


def worked_out(lesson: Lesson) -> Path:
    """The executed solution of a lesson, by nbval's run if it was of this very notebook, else by one now."""
    import nbformat

    path = ROOT / "solutions" / lesson.name / f"{lesson.name}.ipynb"
    kept, notebook = EXECUTED / path.name, nbformat.read(path, as_version=4)
    if not kept.exists() or sources(nbformat.read(kept, as_version=4)) != sources(notebook):
        in_a_kernel(notebook, path.parent)
        write(notebook, path.name)
    return kept


def in_a_kernel(notebook: NotebookNode, folder: Path) -> None:
    """Run all cells in a fresh kernel, in fast mode."""
    from nbclient import NotebookClient

    from gancourse.authoring.kernel import clean_kernel

    place = {"metadata": {"path": str(folder)}}
    with clean_kernel() as (kernel, env):
        client = NotebookClient(notebook, km=kernel, timeout=600, allow_errors=True, resources=place)
        client.execute(env=env | {"GANCOURSE_FAST": "1"})


def sources(notebook: NotebookNode) -> list[str]:
    """What is compared: the cells' text."""
    return [cell.source for cell in notebook.cells]


def write(notebook: NotebookNode, name: str) -> None:
    """Keep an executed notebook, whole or not at all: two test processes may write at once."""
    import nbformat

    EXECUTED.mkdir(parents=True, exist_ok=True)
    unfinished = EXECUTED / f".{os.getpid()}-{name}"
    nbformat.write(notebook, unfinished, version=nbformat.NO_CONVERT)
    unfinished.replace(EXECUTED / name)
