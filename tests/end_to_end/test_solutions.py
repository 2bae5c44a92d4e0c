"""Every solution, as instructors get it: full marks, no error, nothing on stderr; and blank, all fail."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbformat.notebooknode import NotebookNode

from gancourse.authoring.source import Lesson, lesson_paths, read
from gancourse.grading.restore import marked, release_notebook
from gancourse.paths import repository

pytestmark = pytest.mark.slow
LESSONS = [read(path) for path in lesson_paths()]
by_name = pytest.mark.parametrize("lesson", LESSONS, ids=[lesson.name for lesson in LESSONS])

CELL_SECONDS = 120


def run(path: Path, folder: Path) -> NotebookNode:
    """A notebook after all its cells ran in a fresh kernel of this very interpreter, without the user's settings."""
    notebook = nbformat.read(path, as_version=4)
    kernel = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
    place = {"metadata": {"path": str(folder)}}
    env = {name: value for name, value in os.environ.items() if name not in ("MPLBACKEND", "PYTHONWARNINGS")}
    env |= {"GANCOURSE_FAST": "1", "IPYTHONDIR": str(folder), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    NotebookClient(notebook, km=kernel, timeout=CELL_SECONDS, allow_errors=True, resources=place).execute(env=env)
    return notebook


@by_name
def test_a_solution_runs_clean_and_passes_every_check(lesson: Lesson, tmp_path: Path) -> None:
    notebook = run(repository() / "solutions" / lesson.name / f"{lesson.name}.ipynb", tmp_path)
    outputs = [(cell.id, output) for cell in notebook.cells for output in cell.get("outputs", [])]
    assert [id for id, output in outputs if output.output_type == "error"] == []
    assert [(id, output.text) for id, output in outputs if output.get("name") == "stderr"] == []
    assert {id for id, output in outputs if id.startswith("test-")} == {
        f"test-{cell.keys['test']}" for cell in lesson.cells if "test" in cell.keys
    }
    pictures = [output.data["text/html"] for _, output in outputs if "<img" in str(output.get("data", {}))]
    assert pictures and all(" alt=" in picture for picture in pictures)


@by_name
def test_a_blank_notebook_fails_every_graded_cell(lesson: Lesson, tmp_path: Path) -> None:
    notebook = run(repository() / "notebooks" / lesson.name / f"{lesson.name}.ipynb", tmp_path)
    originals = marked(release_notebook(lesson))
    graded = {id: cell for id, cell in marked(notebook).items() if cell.metadata.nbgrader["grade"]}
    assert {id.removeprefix("test-") for id in graded} == set(lesson.exercises)
    for id, cell in graded.items():
        if cell.metadata.nbgrader["solution"]:
            assert cell.source == originals[id].source, id
        else:
            assert any(output.output_type == "error" for output in cell.outputs), id
