"""Every solution, as instructors get it: full marks, no error, nothing on stderr; and blank, all fail."""

from __future__ import annotations

import re
from typing import Any

import nbformat
import pytest
import torch
from executed import worked_out

from gancourse.authoring.source import Lesson, lesson_paths, read
from gancourse.grading.restore import marked, release_notebook
from gancourse.paths import repository

pytestmark = pytest.mark.slow
LESSONS = [read(path) for path in lesson_paths()]
by_name = pytest.mark.parametrize("lesson", LESSONS, ids=[lesson.name for lesson in LESSONS])


@by_name
def test_a_solution_runs_clean_and_passes_every_check(lesson: Lesson) -> None:
    notebook = nbformat.read(worked_out(lesson), as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    built = release_notebook(lesson)
    assert [cell.id for cell in code] == [cell.id for cell in built.cells if cell.cell_type == "code"]
    outputs = [(cell.id, output) for cell in code for output in cell.outputs]
    assert [id for id, output in outputs if output.output_type == "error"] == []
    assert [(id, output.text) for id, output in outputs if output.get("name") == "stderr"] == []
    said = [(id, output.text) for id, output in outputs if id.startswith("test-") and output.output_type == "stream"]
    passed = {id for id, text in said if "✓" in text and "✗" not in text}
    assert passed == {f"test-{exercise}" for exercise in lesson.tested}
    pictures = [output.data["text/html"] for _, output in outputs if "<img" in str(output.get("data", {}))]
    assert pictures and all(" alt=" in picture for picture in pictures)
    shown = [output.text if "text" in output else output.get("data", {}).get("text/html", "") for _, output in outputs]
    words = " ".join(re.sub(r"base64,[^\"']+", "", text) for text in shown)
    assert re.findall(r"\S*\d\.\d{9,}\S*", words) == []  # 0.6000000238418579 in a legend, and so in its alt text


@by_name
def test_a_blank_notebook_fails_every_graded_cell(lesson: Lesson) -> None:
    path = repository() / "notebooks" / lesson.name / f"{lesson.name}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    names: dict[str, Any] = {"__name__": "__main__"}
    failed, threads = set(), torch.get_num_threads()
    # Cells that only show something fail as well, and would take a minute for it.
    for cell in (c for c in notebook.cells if c.id == "setup" or ("nbgrader" in c.metadata and c.cell_type == "code")):
        try:
            exec(compile(cell.source, cell.id, "exec"), names)
        except Exception:
            failed.add(cell.id)
    torch.set_num_threads(threads)
    originals = marked(release_notebook(lesson))
    graded = {id: cell for id, cell in marked(notebook).items() if cell.metadata.nbgrader["grade"]}
    assert {id.removeprefix("test-") for id in graded} == set(lesson.exercises)
    for id, cell in graded.items():
        if cell.metadata.nbgrader["solution"]:
            assert cell.source == originals[id].source, id
        else:
            assert id in failed
    assert "setup" not in failed
