"""Put back what a student must not change: the tests, and the marks that tell cells apart.

A cell is known by nbgrader's id in its metadata, else by its own id, which other editors keep.
"""

from __future__ import annotations

import ast
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
HEADING = re.compile(r"^ {0,3}#{1,6} ", re.MULTILINE)


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
    pictures: list[dict[str, str]] = []
    written = written_answers(submission.cells, ids, release)
    for position, (cell, id) in enumerate(zip(submission.cells, ids, strict=True)):
        if id is None:
            new = (new_code_cell if cell.cell_type == "code" else new_markdown_cell)(cell.source)
            new["id"] = cell.get("id", "")  # nbformat would end everything for one that is none of its own
        else:
            new = copy.deepcopy(originals[id])
            if id in written:
                new.source, pictures = joined([submission.cells[place] for place in written[id]])
                if written[id] != [position]:
                    notes[id] = f"Parts of your answer {id} stand in other cells of its section; they are read, too."
            elif new.metadata.nbgrader["solution"]:
                new.source = cell.source
            elif new.source.strip() != cell.source.strip():
                notes[exercise_of(id)] = f"The test of {exercise_of(id)} was changed; the original one is used."
        if new.cell_type == "code":
            new.update(outputs=[], execution_count=None)
        elif new.source.strip() not in handed_out:
            new.source = harmless(new.source)
        if id in written and pictures:
            show_pictures(new, pictures)
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
        new = copy.deepcopy(original)
        if id in written:
            new.source, pictures = joined([submission.cells[place] for place in written[id]])
            new.source = harmless(new.source)
            show_pictures(new, pictures)
            notes[exercise] = f"The cell of your answer {id} is missing; what stands in its section is read instead."
        cells.insert(after(exercise, cells), new)
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


def written_answers(cells: list[NotebookNode], ids: list[str | None], release: NotebookNode) -> dict[str, list[int]]:
    """For each written answer where its parts stand: its own cell, and what the student wrote elsewhere in its section.

    A section reaches from a heading as it was handed out to the next one, or to another exercise's cell. Nothing
    is told of answers of which there is nothing but the blank.
    """
    originals, before = marked(release), answers_before(release)
    handed_out = {cell.source.strip() for cell in release.cells}
    known = {cell.id: cell for cell in release.cells}
    found: dict[str, list[int]] = {}
    for id, question in before.items():
        if originals[id].cell_type != "markdown":
            continue
        here = ids.index(id) if id in ids else None
        if here is None:
            here = next((p for p, cell in enumerate(cells) if cell.source.strip() == question), None)
        if here is None:
            continue

        def ends(place: int, id: str = id) -> bool:
            """Whether a section ends at this cell, for it is another exercise's or begins one."""
            cell = cells[place]
            original = known.get(cell.get("id", ""))
            text = cell.source if cell.source.strip() in handed_out else original.source if original else ""
            other = ids[place] is not None and ids[place] != id
            return other or (cell.cell_type == "markdown" and HEADING.search(text) is not None)

        first, last = here, here + 1
        while first > 0 and not (ends(first) and ids[first] != id):
            first -= 1
        while last < len(cells) and not ends(last):
            last += 1
        parts = [p for p in range(first, last) if p == here or (ids[p] is None and is_prose(cells[p], known))]
        own = [p for p in parts if cells[p].source.strip() not in handed_out or cells[p].get("attachments")]
        if own:
            found[id] = own
    return found


def is_prose(cell: NotebookNode, known: dict[str, NotebookNode]) -> bool:
    """Whether a cell may be (a part of) an answer in words: text, or what is no code in a code cell."""
    if cell.cell_type != "code":
        return True
    original = known.get(cell.get("id", ""))
    if original is not None and original.cell_type == "code":
        return False
    try:
        body = ast.parse(cell.source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return not cell.source.lstrip().startswith(("%", "!"))
    return all(isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) for node in body)


def joined(parts: list[NotebookNode]) -> tuple[str, list[dict[str, str]]]:
    """The text of some cells as one, and their pictures."""
    pictures = [bundle for part in parts for bundle in part.get("attachments", {}).values()]
    return "\n\n".join(part.source.strip() for part in parts), pictures


def show_pictures(cell: NotebookNode, pictures: list[dict[str, str]]) -> None:
    """Let those who grade see an answer's pictures, below its words."""
    for number, bundle in enumerate(pictures, 1):
        name = f"picture-{number}"
        cell.setdefault("attachments", {})[name] = bundle
        cell.source += f"\n\n![{name}](attachment:{name})"


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
