"""Put back what a student must not change: the tests, and the marks that tell cells apart.

A cell is known by nbgrader's id in its metadata, else by its own id, which other editors keep.
"""

from __future__ import annotations

import copy

from nbformat.notebooknode import NotebookNode

from gancourse.authoring.build import source_notebook
from gancourse.authoring.course import course_config
from gancourse.authoring.source import Lesson
from gancourse.paths import repository


def release_notebook(lesson: Lesson) -> NotebookNode:
    """The notebook students get, from the lesson's source: neither answers nor hidden tests."""
    from nbconvert.exporters.exporter import ResourcesDict
    from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions, ComputeChecksums, LockCells

    config = course_config(repository())
    notebook = source_notebook(lesson, lesson.points)
    for step in (LockCells, ClearSolutions, ClearHiddenTests, ComputeChecksums):
        notebook, _ = step(config=config).preprocess(notebook, ResourcesDict())
    return notebook


def exercise_of(grade_id: str) -> str:
    """The exercise a marked cell belongs to: its test has the exercise's id behind "test-"."""
    return grade_id.removeprefix("test-")


def marked(notebook: NotebookNode) -> dict[str, NotebookNode]:
    """The cells nbgrader knows, by their ids."""
    return {cell.metadata.nbgrader["grade_id"]: cell for cell in notebook.cells if "nbgrader" in cell.metadata}


def identify(cell: NotebookNode, originals: dict[str, NotebookNode]) -> str | None:
    """Which of the original marked cells this one is, if any."""
    mark = cell.metadata.get("nbgrader")
    id = mark.get("grade_id") if isinstance(mark, dict) else None
    for candidate in (id, cell.get("id")):
        if isinstance(candidate, str) and candidate in originals:
            return candidate
    return None


def restore(submission: NotebookNode, release: NotebookNode) -> tuple[NotebookNode, dict[str, str]]:
    """The submission with original tests and metadata, and by exercise a sentence on what was put right.

    The student's code and answers stay as they are. Outputs are dropped: they will be made anew.
    """
    originals = marked(release)
    ids = [identify(cell, originals) for cell in submission.cells]
    last = {id: position for position, id in enumerate(ids) if id}
    cells: list[NotebookNode] = []
    notes: dict[str, str] = {}
    for position, (cell, id) in enumerate(zip(submission.cells, ids, strict=True)):
        if id is None or last[id] != position:
            new = copy.deepcopy(cell)
            new.metadata.pop("nbgrader", None)
        else:
            new = copy.deepcopy(originals[id])
            if new.metadata.nbgrader["solution"]:
                new.source = cell.source
            elif new.source.strip() != cell.source.strip():
                notes[exercise_of(id)] = f"The test of {exercise_of(id)} was changed; the original one is used."
        if new.cell_type == "code":
            new.update(outputs=[], execution_count=None)
        cells.append(new)
    for id, original in originals.items():
        if id in last:
            continue
        exercise = exercise_of(id)
        if not original.metadata.nbgrader["grade"]:
            notes[exercise] = f"Your cell for {exercise} is missing."
            continue
        what = f"The answer {id}" if id == exercise else f"The test of {exercise}"
        notes.setdefault(exercise, f"{what} is missing; the original one is used.")
        cells.insert(after(exercise, cells), copy.deepcopy(original))
    restored = copy.deepcopy(release)
    restored.cells = unique_ids(cells)
    return restored, notes


def after(exercise: str, cells: list[NotebookNode]) -> int:
    """Where a missing test belongs: behind the student's cell, else at the end of everything."""
    for position, cell in enumerate(cells):
        if cell.metadata.get("nbgrader", {}).get("grade_id") == exercise:
            return position + 1
    return len(cells)


def unique_ids(cells: list[NotebookNode]) -> list[NotebookNode]:
    """The same cells without cell ids that came twice; a copied cell brings its id along."""
    seen: set[str] = set()
    for number, cell in enumerate(cells):
        if cell.get("id") in seen or "id" not in cell:
            cell["id"] = f"submitted-{number}"
        seen.add(cell["id"])
    return cells
