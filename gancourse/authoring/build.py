"""Build the notebooks that students and instructors open from the lessons' sources.

The flow is one-way: `lessons/NN_topic/lesson.py` becomes nbgrader's source notebook, from which nbgrader
generates the assignment (answers and hidden tests removed) and the solution (both kept).
Building twice gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode

from gancourse.authoring.course import run_converter
from gancourse.authoring.lint import refuse
from gancourse.authoring.lists import lessons_table, with_table
from gancourse.authoring.questions import asking_code, asks_as, question_in
from gancourse.authoring.source import (
    DIVIDER,
    HINTS,
    Cell,
    Lesson,
    find,
    is_lesson,
    lesson_paths,
    picture_in,
    read,
    title_in,
)
from gancourse.contents import contents_file
from gancourse.paths import repository

KERNEL = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
SIGN = {
    "head": "How far you are, and the lessons before and after",
    "foot": "How far you are, and the way on",
}


def build_all(out: Path | None = None, only: str | None = None, generated: Path | None = None) -> list[Path]:
    """Build every lesson (or only the one of this name) and the start page below `out` (default: the repository).

    A notebook somebody has worked in is never overwritten: it is moved aside first. With `generated`, the
    lessons are taken from there, where `generate` has just put them, and not generated again.
    Returns the files kept that way.
    """
    root = repository()
    out = out or root
    kept: list[Path] = []
    with tempfile.TemporaryDirectory() as scratch:
        course = generated or Path(scratch)
        lessons = [read(path) for path in lesson_paths()]
        for lesson in [find(only)] if only else lessons:
            if generated is None:
                generate(lesson, course)
            write_contents(lesson, out)
            for step in ("notebooks", "solutions"):
                kept += publish(course / step / lesson.name, out / step / lesson.name)
        start = read(root / "lessons" / "start" / "lesson.py")
        for cell in start.cells:
            if "lessons" in cell.keys:
                cell.text = f"{cell.text}\n\n{lessons_table(lessons, '')}"
        write_notebook(source_notebook(start, {}), course / "notebooks" / "start.ipynb")
        readme = root / "README.md"
        if readme.exists():
            text = with_table(readme.read_text(encoding="utf-8"), lessons)
            (out / "README.md").write_text(text, encoding="utf-8")
        copy_assets(start, course / "notebooks")
        kept += publish(course / "notebooks", out / "notebooks", recursive=False)
    return kept


def generate(lesson: Lesson, course: Path) -> None:
    """Write nbgrader's source, assignment and solution of one lesson below `course`.

    Raises:
        CourseError: if the lesson is not fit to be built, or nbgrader cannot generate one of them.
    """
    refuse(lesson)
    from nbgrader.converters import GenerateAssignment, GenerateSolution

    folder = course / "source" / lesson.name
    folder.mkdir(parents=True, exist_ok=True)
    write_notebook(source_notebook(lesson, lesson.points), folder / f"{lesson.name}.ipynb")
    copy_assets(lesson, folder)
    for converter, step in ((GenerateAssignment, "notebooks"), (GenerateSolution, "solutions")):
        run_converter(converter, lesson.name, course)
        made = course / step / lesson.name / f"{lesson.name}.ipynb"
        write_notebook(nbformat.read(made, as_version=4), made)


def source_notebook(lesson: Lesson, points: dict[str, int]) -> NotebookNode:
    """The notebook nbgrader starts from: keys expanded to metadata, every cell with a stable id."""
    notebook = nbformat.v4.new_notebook(metadata=KERNEL)
    for cell in lesson.cells:
        asks = bool(asks_as(cell))
        if cell.kind == "code" or asks:
            text = asking_code(lesson.name, cell) if asks else "\n".join(filter(None, [fold_line(cell), cell.text]))
            node = nbformat.v4.new_code_cell(text, id=cell.id)
        else:
            node = nbformat.v4.new_markdown_cell(expand(cell, points), id=cell.id)
        if asks or "folded" in cell.keys:
            node.metadata["jupyter"] = {"source_hidden": True}
        grading = grading_metadata(cell)
        if grading:
            node.metadata["nbgrader"] = grading
        notebook.cells.append(node)
    if is_lesson(lesson):
        notebook.cells[1:1] = signposts(lesson, "head")
        notebook.cells += signposts(lesson, "foot")
    return notebook


def signposts(lesson: Lesson, place: str) -> list[NotebookNode]:
    """The cells at a lesson's head or foot that tell how far one is; the foot has the way on, and its picture."""
    text = f"# {SIGN[place]}\nfrom gancourse import signpost\n\nsignpost({lesson.name!r})".replace("'", '"')
    sign = nbformat.v4.new_code_cell(text, id=f"signpost-{place}", metadata={"jupyter": {"source_hidden": True}})
    if place == "head":
        return [sign]
    following = next((path for path in lesson_paths() if path.parent.name > lesson.name), None)
    ways, picture = ["[All lessons](../start.ipynb)"], ""
    if following is not None:
        name = following.parent.name
        ways.insert(0, f"**Next:** [{title_in(following)}](../{name}/{name}.ipynb)")
        words, where = picture_in(following)
        picture = f"\n\n[![{words}](../{name}/{where})](../{name}/{name}.ipynb)" if where else ""
    return [sign, nbformat.v4.new_markdown_cell(" · ".join(ways) + picture, id="way-on")]


def fold_line(cell: Cell) -> str:
    """The line under which a cell is folded, as a comment; "" if it is open."""
    return f"# {cell.keys['folded']}" if "folded" in cell.keys else ""


def showing(lesson: Lesson) -> set[str]:
    """The texts of code cells that only show or ask: nothing that is graded needs what they define."""
    shown = {cell.id for cell in lesson.cells if cell.keys.get("demo") or asks_as(cell)}
    shown |= {"signpost-head", "signpost-foot"}
    cells = [cell for cell in source_notebook(lesson, lesson.points).cells if cell.cell_type == "code"]
    unfolded = {cell.text.strip() for cell in lesson.cells if cell.id in shown and cell.kind == "code"}
    needed = {cell.source.strip() for cell in cells if cell.id not in shown}
    return ({cell.source.strip() for cell in cells} | unfolded) - needed


def write_contents(lesson: Lesson, root: Path) -> None:
    """Write what the package knows of a lesson (contents.py) below `root`."""
    titles = lesson.titles
    minutes = {cell.keys["exercise"]: cell.keys["minutes"] for cell in lesson.cells if "exercise" in cell.keys}
    contents = {
        "name": lesson.name,
        "title": lesson.title,
        "exercises": {
            id: {
                "title": titles[id],
                "points": points,
                "minutes": minutes.get(id, 0),
                "written": id not in lesson.tested,
            }
            for id, points in lesson.points.items()
        },
        "questions": {cell.keys[asks_as(cell)]: question_in(cell) for cell in lesson.cells if asks_as(cell)},
    }
    path = root / contents_file(lesson.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(contents, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


def grading_metadata(cell: Cell) -> dict[str, Any]:
    """nbgrader's metadata (schema 3) for a cell the student writes or one that earns points."""
    solution = "solution" in cell.keys or "answer" in cell.keys
    grade = "test" in cell.keys or "answer" in cell.keys
    if not (solution or grade):
        return {}
    metadata: dict[str, Any] = {
        "grade": grade,
        "grade_id": cell.id,
        "locked": not solution,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    if grade:
        metadata["points"] = int(cell.keys.get("points", 0))
    return metadata


FAIR_PLAY = (
    "*Fair play:* the answer goes by what it is given and may ask, and by nothing else. It looks behind no function "
    "and at no caller, carries nothing over from one run to the next, leaves its arguments as they are (or earns "
    "silver at the most), and gives plain, finite numbers. How it finds them is up to you."
)
"""Stands below the text of every open challenge."""


def expand(cell: Cell, points: dict[str, int]) -> str:
    """The text of a markdown cell with its keys spelled out for the reader."""
    if "exercise" in cell.keys:
        heading, _, body = cell.text.partition("\n")
        stars, worth = int(cell.keys["stars"]), points.get(cell.keys["exercise"], 0)
        badge = f"{'★' * stars}{'☆' * (3 - stars)} · about {cell.keys['minutes']} minutes · {plural(worth, 'point')}"
        if "challenge" in cell.keys:
            badge += f": bronze {worth // 3}, silver {2 * worth // 3}, gold {worth}"
            body = f"{body.rstrip()}\n\n{FAIR_PLAY}"
        return f"{heading}\n\n*{badge}*\n{body}"
    if "hints" in cell.keys:
        return "\n\n".join(fold(t, b) for t, b in zip(HINTS, DIVIDER.split(cell.text), strict=True))
    if "reveal" in cell.keys:
        shown, hidden = DIVIDER.split(cell.text, maxsplit=1)
        return f"{shown.strip()}\n\n{fold(cell.keys['reveal'], hidden)}"
    return cell.text


def fold(title: str, body: str) -> str:
    """Text that opens on a click. The blank lines let markdown and math inside be rendered."""
    return f"<details>\n<summary>{title}</summary>\n\n{body.strip()}\n\n</details>"


def plural(n: float, noun: str) -> str:
    return f"{n:g} {noun}" if n == 1 else f"{n:g} {noun}s"


def copy_assets(lesson: Lesson, folder: Path) -> None:
    """Copy the pictures that belong to a lesson to where its notebook looks for them."""
    assets = lesson.folder / "assets"
    if assets.is_dir():
        shutil.copytree(assets, folder / "images", dirs_exist_ok=True)


def digest(notebook: NotebookNode) -> str:
    """A fingerprint of what a reader can change: the cells' kinds and texts, and any outputs."""
    seen = [(c.cell_type, c.source, len(c.get("outputs", []))) for c in notebook.cells]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:16]


def write_notebook(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook, marked as built and not yet worked in."""
    notebook.metadata = nbformat.from_dict({**KERNEL, "gancourse": {"built": digest(notebook)}})
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path, version=nbformat.NO_CONVERT)


def publish(made: Path, target: Path, recursive: bool = True) -> list[Path]:
    """Copy built files to where readers find them; move aside notebooks somebody worked in."""
    kept: list[Path] = []
    target.mkdir(parents=True, exist_ok=True)
    for source in sorted(made.rglob("*") if recursive else made.glob("*")):
        destination = target / source.relative_to(made)
        if source.is_dir():
            if not recursive and source.name == "images":
                kept += publish(source, destination)
            continue
        if destination.exists() and lines_of(destination) == lines_of(source):
            continue
        if destination.suffix == ".ipynb" and destination.exists() and worked_in(destination):
            kept.append(move_aside(destination))
        destination.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, destination)
    return kept


def lines_of(path: Path) -> bytes:
    """A file's bytes; of a text, whatever ends its lines: a checkout may have Windows's."""
    content = path.read_bytes()
    return content.replace(b"\r\n", b"\n") if path.suffix in (".ipynb", ".md", ".svg", ".py", ".json") else content


def move_aside(path: Path) -> Path:
    """Give somebody's notebook a name of its own, one that no file has yet."""
    stamp, count = datetime.now().strftime("%Y-%m-%d-%H%M%S"), 1
    aside = path.with_name(f"{path.stem}.mine-{stamp}.ipynb")
    while aside.exists():
        count += 1
        aside = path.with_name(f"{path.stem}.mine-{stamp}-{count}.ipynb")
    return path.rename(aside)


def worked_in(path: Path) -> bool:
    """Whether a notebook differs from how it was built. What cannot be read counts as work."""
    try:
        notebook = nbformat.read(path, as_version=4)
        return notebook.metadata.get("gancourse", {}).get("built") != digest(notebook)
    except Exception:
        return True


def differences(out: Path, only: str | None = None) -> list[str]:
    """What a fresh build in `out` (of one lesson, if named) has that the repository does not, and the reverse."""
    root, found = repository(), []
    readme = Path("README.md")
    if (out / readme).exists() and lines_of(out / readme) != lines_of(root / readme):
        found.append("README.md has another table of lessons")
    for path in sorted(out.glob(contents_file("*").as_posix())):
        name = path.relative_to(out)
        if not (root / name).exists() or lines_of(root / name) != lines_of(path):
            found.append(f"{name} differs from its lesson's source")
    for step in ("notebooks", "solutions"):
        fresh = {p.relative_to(out) for p in (out / step).rglob("*") if p.is_file()}
        for name in sorted(fresh):
            if not (root / name).exists():
                found.append(f"{name} is missing")
            elif lines_of(root / name) != lines_of(out / name):
                found.append(f"{name} differs from its source")
        for path in () if only else sorted((root / step).rglob("*.ipynb")):
            name = path.relative_to(root)
            if name not in fresh and ".mine-" not in name.name and ".ipynb_checkpoints" not in name.parts:
                found.append(f"{name} has no source")
    return found
