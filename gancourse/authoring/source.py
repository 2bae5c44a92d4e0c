"""Read a lesson's source: `lesson.py` in its folder, in jupytext's percent format.

A cell is marked by keys on its `# %%` line. These are all there are:

===========  ========  ==========================================================
key          cell      meaning
===========  ========  ==========================================================
name="…"     any       gives the cell a fixed id, so that tools can find it
exercise=ID  markdown  introduces an exercise; needs stars=1…3 and minutes=…
challenge=true  markdown  on an exercise that is an open challenge: a third of its
                       points for bronze, two for silver, all for gold
hints=ID     markdown  three hints divided by `---` lines, each folded away
solution=ID  code      the student writes this; the answer stands between
                       `### BEGIN SOLUTION` and `### END SOLUTION`
test=ID      code      checks it, worth points=…; left empty, as usual, it is
                       written here (`written_test`). What stands between
                       `### BEGIN HIDDEN TESTS` and `### END HIDDEN TESTS`
                       reaches graders only
answer=ID    markdown  a written answer, graded by hand, worth points=…
reveal="…"   markdown  what follows the `---` line is folded away under this title
demo=true    code      shows something; nothing that is graded needs what it defines,
                       and grading leaves it out where it is unchanged
folded="…"   code      opens folded under this line, which says what it draws; for cells
                       that only draw or scaffold. A long demo cell is folded, or says
                       why it is open: open="…"
predict=ID   markdown  a question with choices, to be answered before one sees, by a click
quiz=ID      markdown  a question on what was learned; how both are written is said in
                       questions.py. They are no part of what is graded
last=true    markdown  the last page: what one has built; the lesson's last text
builds="…"   markdown  on a lesson's first cell: what one builds in it, for the tables
                       of lessons; needs hours=… and stars=1…3
lessons=true markdown  the table of all lessons, on the start page
===========  ========  ==========================================================
"""

from __future__ import annotations

import ast
import io
import re
import symtable
import tokenize
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import jupytext

from gancourse.errors import CourseError
from gancourse.paths import repository

KEYS: dict[str, str] = {
    "name": "any",
    "exercise": "markdown",
    "challenge": "markdown",
    "hints": "markdown",
    "solution": "code",
    "test": "code",
    "answer": "markdown",
    "reveal": "markdown",
    "demo": "code",
    "folded": "code",
    "open": "code",
    "predict": "markdown",
    "quiz": "markdown",
    "last": "markdown",
    "points": "any",
    "stars": "markdown",
    "minutes": "markdown",
    "builds": "markdown",
    "hours": "markdown",
    "lessons": "markdown",
}
ROLES = ("exercise", "hints", "solution", "test", "answer")
"""Keys that say what a cell is in an exercise: a cell has one of them at most."""
DIVIDER = re.compile(r"^---$", re.MULTILINE)
MARKER = re.compile(r"#\s*%%+(\s|$)")
ODD_BREAKS = re.compile("[\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
HINTS = ("Hint 1: the idea", "Hint 2: the formula", "Hint 3: nearly the code")


@dataclass
class Cell:
    """One cell of a lesson: its kind ("code" or "markdown"), text, keys, and line in the file."""

    kind: str
    text: str
    keys: dict[str, Any]
    line: int
    position: int

    @property
    def id(self) -> str:
        """A stable id: from the exercise or the name, else from the position."""
        for key, prefix in (
            ("name", ""),
            ("solution", ""),
            ("answer", ""),
            ("test", "test-"),
            ("exercise", "exercise-"),
            ("hints", "hints-"),
            ("predict", "predict-"),
            ("quiz", "quiz-"),
        ):
            if key in self.keys:
                return f"{prefix}{self.keys[key]}"
        return f"cell-{self.position:03d}"


@dataclass
class Lesson:
    """A lesson's cells, in order."""

    name: str
    path: Path
    cells: list[Cell] = field(default_factory=list)

    @property
    def title(self) -> str:
        for cell in self.cells:
            match = re.match(r"# (.+)", cell.text)
            if cell.kind == "markdown" and match:
                return match[1]
        return self.name

    @property
    def exercises(self) -> list[str]:
        """Ids of everything that earns points, in order."""
        return [c.keys.get("test") or c.keys["answer"] for c in self.cells if c.keys.keys() & {"test", "answer"}]

    @property
    def points(self) -> dict[str, int]:
        """Points of each exercise."""
        graded = (c for c in self.cells if c.keys.keys() & {"test", "answer"})
        return {c.keys.get("test") or c.keys["answer"]: int(c.keys.get("points", 0)) for c in graded}

    @property
    def folder(self) -> Path:
        """Where all that the lesson is made of lies."""
        return self.path.parent

    @property
    def tested(self) -> list[str]:
        """Ids of the exercises that checks judge, in order."""
        return [cell.keys["test"] for cell in self.cells if "test" in cell.keys]

    @property
    def titles(self) -> dict[str, str]:
        """The heading over each exercise; its id where there is none."""
        texts = {cell.keys["exercise"]: cell.text for cell in self.cells if "exercise" in cell.keys}
        over = {id: re.search(r"^#+ +(.+)$", texts.get(id, ""), re.MULTILINE) for id in self.exercises}
        return {id: heading[1].strip() if heading else id for id, heading in over.items()}

    @property
    def challenges(self) -> list[str]:
        """Ids of the exercises that are open challenges, in order."""
        return [cell.keys["exercise"] for cell in self.cells if "challenge" in cell.keys]

    def cell(self, id: str) -> Cell:
        """The cell with this id.

        Raises:
            KeyError: if there is none.
        """
        for cell in self.cells:
            if cell.id == id:
                return cell
        raise KeyError(f"{self.path} has no cell {id!r}")

    def namespace(self, *ids: str) -> dict[str, Any]:
        """Run these cells, solutions filled in, and return the names they define."""
        names: dict[str, Any] = {"__name__": f"lesson_{self.name}"}
        for id in ids:
            code = compile(self.cell(id).text, f"{self.path.name}:{id}", "exec")
            exec(code, names)
        return names

    def needed(self, *ids: str) -> list[str]:
        """These code cells and all they depend on, in the lesson's order: the cells that define names they use."""
        code = [cell for cell in self.cells if cell.kind == "code" and "test" not in cell.keys]
        wanted, missing = {"setup", *ids}, set[str]()
        for cell in reversed(code):
            bound, read = globals_of(cell.text)
            if cell.id in wanted or bound & missing:
                wanted.add(cell.id)
                missing = missing - bound | read
        return [cell.id for cell in code if cell.id in wanted]

    def worked(self, *ids: str) -> dict[str, Any]:
        """Run the setup, every worked answer and these cells, in the lesson's order; the names they define."""
        wanted = {"setup", *ids}
        return self.namespace(
            *(c.id for c in self.cells if c.kind == "code" and ("solution" in c.keys or c.id in wanted))
        )


def globals_of(code: str) -> tuple[set[str], set[str]]:
    """The global names that a cell binds, and those that it uses without binding them itself."""
    top = symtable.symtable(code, "<cell>", "exec")
    bound = {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported() or s.is_namespace()}
    read, tables = {s.get_name() for s in top.get_symbols() if s.is_referenced()}, [*top.get_children()]
    while tables:
        table = tables.pop()
        read |= {s.get_name() for s in table.get_symbols() if s.is_global() and s.is_referenced()}
        tables += table.get_children()
    return bound, read - bound


def read(path: Path) -> Lesson:
    """Read one lesson from its percent-format file.

    Raises:
        CourseError: if it cannot be read as one.
    """
    cells = cells_of(path, source_text(path))
    return Lesson(path.parent.name, path, [replace(cell, keys=dict(cell.keys)) for cell in cells])


@lru_cache(maxsize=64)  # a grader, or a run of tests, asks for each lesson over and over
def cells_of(path: Path, text: str) -> list[Cell]:
    """The cells that a lesson's text holds.

    Raises:
        CourseError: if they cannot be told apart.
    """
    starts = cell_starts(path, text)
    notebook = jupytext.reads(text, fmt="py:percent")
    if len(notebook.cells) != len(starts):
        raise CourseError(
            f"{path}: jupytext sees {len(notebook.cells)} cells, Python {len(starts)} `# %%` comments. "
            "Is there a `# %%` inside a string, or a string left open?"
        )
    cells = []
    for position, (node, line) in enumerate(zip(notebook.cells, starts, strict=True), 1):
        if node.cell_type not in ("code", "markdown"):
            raise CourseError(f"{path}:{line}: a {node.cell_type} cell; a lesson has code and [markdown] cells only.")
        keys = {k: v for k, v in node.metadata.items() if k not in ("lines_to_next_cell", "cell_marker")}
        text = node.source.strip("\n")
        if "test" in keys and not text:
            text = written_test(path.parent.name, str(keys["test"]))
        cells.append(Cell(node.cell_type, text, keys, line, position))
    return cells


def written_test(lesson: str, exercise: str) -> str:
    """A test cell: the public check, and the hidden one, which reaches graders only."""
    return f"""\
check.{exercise}({exercise})
### BEGIN HIDDEN TESTS
from gancourse.checks import hidden

hidden("{lesson}").{exercise}({exercise})
### END HIDDEN TESTS"""


def source_text(path: Path) -> str:
    """The text of a lesson's file, however its lines end.

    Raises:
        CourseError: if there is none, it is no UTF-8, it is no Python, or a line breaks where no editor shows it.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CourseError(f"{path}: cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise CourseError(f"{path}: not UTF-8 (byte {error.start}); save it with that encoding.") from None
    odd = ODD_BREAKS.search(text)
    if odd:
        line = text.count("\n", 0, odd.start()) + 1
        raise CourseError(f"{path}:{line}: holds the invisible line break {odd[0]!r}; write it as an escape.")
    try:
        ast.parse(text)
    except SyntaxError as error:
        raise CourseError(f"{path}:{error.lineno}: no valid Python: {error.msg}.") from None
    except ValueError as error:
        raise CourseError(f"{path}: no valid Python: {error}.") from None
    return text


def cell_starts(path: Path, text: str) -> list[int]:
    """The lines on which cells start. A `# %%` inside a string starts none.

    Raises:
        CourseError: if there is no cell, or text before the first.
    """
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    comments = [t for t in tokens if t.type == tokenize.COMMENT and t.start[1] == 0]
    starts = [t.start[0] for t in comments if MARKER.match(t.string)]
    if not starts:
        raise CourseError(f"{path}: holds no cell; a cell starts with a line `# %%` or `# %% [markdown]`.")
    before = next((i for i, line in enumerate(text.split("\n"), 1) if line.strip()), 1)
    if before < starts[0]:
        raise CourseError(f"{path}:{before}: text before the first `# %%` line.")
    return starts


def lesson_paths() -> list[Path]:
    """Every lesson's source, in order: `lesson.py` in each folder `NN_topic` of lessons/."""
    return sorted((repository() / "lessons").glob("[0-9][0-9]_*/lesson.py"))


def lesson_names() -> list[str]:
    """Every lesson's name, in order: the names of their folders."""
    return [path.parent.name for path in lesson_paths()]


def is_lesson(lesson: Lesson) -> bool:
    """Whether it is a lesson, and not a page such as the start page."""
    return re.match(r"\d\d_", lesson.name) is not None


def title_in(path: Path) -> str:
    """A lesson's title, without reading all of it."""
    found = re.search(r"^# # (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else path.parent.name


def picture_in(path: Path) -> tuple[str, str]:
    """What a lesson's first picture shows, in words, and where it lies, without reading all of it; "" twice if none."""
    found = re.search(r"^# !\[(.+?)\]\((images/\S+?)\)", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return (found[1].replace("\n# ", " "), found[2]) if found else ("", "")


def find(name: str) -> Lesson:
    """Find a lesson by its name ("01_gaussian_1d"), number ("1", "01"), topic ("gaussian_1d"), or a path to it.

    Raises:
        CourseError: if no lesson has that name; lists those there are.
    """
    wanted = Path(name.strip().removesuffix("/lesson.py")).name.removesuffix(".ipynb")
    for path in lesson_paths():
        number, topic = path.parent.name.split("_", 1)
        if wanted in (path.parent.name, topic, number, str(int(number))):
            return read(path)
    known = "\n".join(f"  {known}" for known in lesson_names())
    raise CourseError(f"There is no lesson {name!r}. The lessons are:\n{known}")
