"""Put back what a student must not change: the tests, and the marks that tell cells apart.

A cell is known by nbgrader's id in its metadata, else by its own id, which other editors keep.
"""

from __future__ import annotations

import copy
import itertools
import re

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from gancourse.authoring.build import source_notebook
from gancourse.authoring.course import course_config
from gancourse.authoring.source import Lesson
from gancourse.grading.reading import CELL_ID
from gancourse.paths import repository

DEFINES = re.compile(r"^(?:async )?(?:def|class) (\w+)|^(\w+)\s*=[^=]", re.MULTILINE)


def release_notebook(lesson: Lesson) -> NotebookNode:
    """The notebook students get, from the lesson's source: neither answers nor hidden tests."""
    from nbconvert.exporters.exporter import ResourcesDict
    from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions, ComputeChecksums, LockCells

    config = course_config(repository())
    notebook = source_notebook(lesson, lesson.points)
    for step in (LockCells, ClearSolutions, ClearHiddenTests, ComputeChecksums):
        notebook, _ = step(config=config).preprocess(notebook, ResourcesDict())
    return notebook


def solved_notebook(lesson: Lesson) -> NotebookNode:
    """The notebook students get, with the lesson's own answers in it."""
    notebook, answers = release_notebook(lesson), marked(source_notebook(lesson, lesson.points))
    for id, cell in marked(notebook).items():
        if cell.metadata.nbgrader["solution"]:
            cell.source = re.sub(r"[ \t]*### (BEGIN|END) SOLUTION\n?", "", answers[id].source + "\n").rstrip()
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

    The student's code and answers stay as they are, except that no markdown of theirs can become
    HTML. Outputs are dropped: they will be made anew.
    """
    originals = marked(release)
    handed_out = {cell.source.strip() for cell in release.cells}
    ids = places(submission.cells, originals, answers_before(release), handed_out)
    cells: list[NotebookNode] = []
    notes: dict[str, str] = {}
    for cell, id in zip(submission.cells, ids, strict=True):
        if id is None:
            new = (new_code_cell if cell.cell_type == "code" else new_markdown_cell)(cell.source)
            new["id"] = cell.get("id", "")  # nbformat would end everything for one that is none of its own
        else:
            new = copy.deepcopy(originals[id])
            if new.metadata.nbgrader["solution"]:
                new.source = cell.source
            elif new.source.strip() != cell.source.strip():
                notes[exercise_of(id)] = f"The test of {exercise_of(id)} was changed; the original one is used."
        if new.cell_type == "code":
            new.update(outputs=[], execution_count=None)
        elif new.source.strip() not in handed_out:
            new.source = harmless(new.source)
        cells.append(new)
    for id, original in originals.items():
        if id in ids:
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


def places(
    cells: list[NotebookNode], originals: dict[str, NotebookNode], before: dict[str, str], handed_out: set[str]
) -> list[str | None]:
    """For each cell the id of the original that it stands for, each id once.

    A cell is known by its ids; where no cell has an exercise's id, by the name that it defines or,
    for a written answer, by the text above it. Of copies the last that was worked on counts.
    """
    known = [identify(cell, originals) for cell in cells]
    found: list[str | None] = [None] * len(cells)
    for id, original in originals.items():
        here = [position for position, other in enumerate(known) if other == id]
        if not here and original.metadata.nbgrader["solution"]:
            unknown = [position for position, other in enumerate(known) if other is None]
            free = [position for position in unknown if cells[position].source.strip() not in handed_out]
            if original.cell_type == "code":
                here = [position for position in free if id in defined(cells[position])]
            else:
                here = [p for p in free if p and id in before and cells[p - 1].source.strip() == before[id]]
        worked_on = [position for position in here if cells[position].source.strip() != original.source.strip()]
        if here:
            found[(worked_on or here)[-1]] = id
    return found


def answers_before(release: NotebookNode) -> dict[str, str]:
    """For each written answer the text of the cell above it."""
    pairs = zip(release.cells, release.cells[1:], strict=False)
    marks = ((above, cell.metadata.get("nbgrader", {})) for above, cell in pairs)
    return {
        mark["grade_id"]: above.source.strip() for above, mark in marks if mark.get("solution") and mark.get("grade")
    }


def defined(cell: NotebookNode) -> set[str]:
    """The names that a code cell defines, so far as one can tell without running it."""
    if cell.cell_type != "code":
        return set()
    return {name for pair in DEFINES.findall(cell.source) for name in pair if name}


def harmless(markdown: str) -> str:
    """Markdown that can make no HTML, link or picture of its own: instructors and students open it in a browser."""
    text = markdown.replace("<", "&lt;")
    return re.sub(r"\](\s*)([(:\[])", lambda m: f"]{m[1]}&#{ord(m[2])};", text)


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
        if cell.get("id") in seen or not CELL_ID.fullmatch(str(cell.get("id", ""))):
            free = (f"submitted-{n}" for n in itertools.count(number))
            cell["id"] = next(id for id in free if id not in seen)
        seen.add(cell["id"])
    return cells
