"""A written answer is what the student wrote, wherever it stands in its section, pictures and all."""

from __future__ import annotations

import base64
import copy
import json
from pathlib import Path
from typing import Any

import pytest
from first_lesson import LESSON, released
from nbconvert import HTMLExporter
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from gancourse.grading.reading import LONGEST_TEXT, read_notebook
from gancourse.grading.restore import marked, restore

RELEASE = released()
WRITTEN = next(id for id in LESSON.exercises if id not in LESSON.tested)
BLANK = marked(RELEASE)[WRITTEN].source
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(300_000)).decode()


def mended(tmp_path: Path, notebook: NotebookNode) -> tuple[NotebookNode, dict[str, str]]:
    """What comes of a notebook that was saved and read."""
    path = tmp_path / "some.ipynb"
    path.write_text(json.dumps(notebook))
    restored, notes = restore(read_notebook(path), RELEASE)
    return marked(restored)[WRITTEN], notes


def fresh() -> tuple[NotebookNode, int]:
    notebook = copy.deepcopy(RELEASE)
    return notebook, notebook.cells.index(marked(notebook)[WRITTEN])


def test_text_behind_the_question_is_the_answer(tmp_path: Path) -> None:
    notebook, here = fresh()
    notebook.cells[here - 1].source += "\n\nThe first run is healthy."
    cell, notes = mended(tmp_path, notebook)
    assert "The first run is healthy." in cell.source
    assert "other cells" in notes[WRITTEN]


def test_a_deleted_cell_and_text_in_its_place(tmp_path: Path) -> None:
    notebook, here = fresh()
    notebook.cells[here] = new_markdown_cell("The first run is healthy.", id="mine")
    assert "The first run is healthy." in mended(tmp_path, notebook)[0].source


def test_words_in_a_code_cell_are_words(tmp_path: Path) -> None:
    notebook, here = fresh()
    notebook.cells.insert(here + 1, new_code_cell("The first run is healthy.", id="mine"))
    notebook.cells.insert(here + 2, new_code_cell("x = 1", id="code"))
    cell, _ = mended(tmp_path, notebook)
    assert "The first run is healthy." in cell.source
    assert "x = 1" not in cell.source


def test_both_parts_are_read_in_their_order(tmp_path: Path) -> None:
    notebook, here = fresh()
    notebook.cells[here].source = "First."
    notebook.cells.insert(here + 1, new_markdown_cell("Second.", id="mine"))
    assert mended(tmp_path, notebook)[0].source == "First.\n\nSecond."


@pytest.mark.parametrize("where", [0, 3, -1])
def test_notes_in_other_sections_are_no_answer(tmp_path: Path, where: int) -> None:
    notebook, _ = fresh()
    notebook.cells.insert(where if where >= 0 else len(notebook.cells), new_markdown_cell("My note.", id="mine"))
    assert mended(tmp_path, notebook)[0].source == BLANK


def pasted(kind: str = "image/png", data: str = PNG) -> str:
    return f"![a plot](data:{kind};base64,{data})\n\nThe first run is healthy."


def test_a_pasted_picture_does_not_cut_the_words(tmp_path: Path) -> None:
    assert len(PNG) > LONGEST_TEXT
    notebook, here = fresh()
    notebook.cells[here].source = pasted()
    cell, _ = mended(tmp_path, notebook)
    assert "The first run is healthy." in cell.source
    assert len(cell.source) < 1000
    assert cell.attachments["picture-1"]["image/png"] == PNG


def test_an_attachment_is_shown(tmp_path: Path) -> None:
    notebook, here = fresh()
    notebook.cells[here].source = "![plot.png](attachment:plot.png)"
    notebook.cells[here].attachments = {"plot.png": {"image/png": PNG}}
    cell, _ = mended(tmp_path, notebook)
    shown = copy.deepcopy(RELEASE)
    shown.cells = [cell]
    html, _ = HTMLExporter().from_notebook_node(shown)
    assert f"data:image/png;base64,{PNG[:100]}" in html


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("image/svg+xml", base64.b64encode(b"<svg onload='pwned()'/>").decode()),
        ("image/png", base64.b64encode(b"<svg onload='pwned()'/>").decode()),
        ("image/png", "not base64 at all"),
        ("text/html", base64.b64encode(b"<script>pwned()</script>").decode()),
    ],
)
def test_what_is_no_picture_is_not_shown(tmp_path: Path, kind: str, data: Any) -> None:
    notebook, here = fresh()
    notebook.cells[here].source = pasted(kind, data)
    notebook.cells[here].attachments = {"plot": {kind: data}, "odd": 7, "odder": {"image/png": 7}}
    cell, _ = mended(tmp_path, notebook)
    assert "healthy" in cell.source
    assert not cell.get("attachments")
    assert "](data" not in cell.source


def test_what_is_cut_is_said(tmp_path: Path) -> None:
    notebook, here = fresh()
    notebook.cells[here].source = "word " * LONGEST_TEXT
    assert "cut off" in mended(tmp_path, notebook)[0].source[-200:]
