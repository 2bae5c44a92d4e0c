"""Lint for lessons: what ruff cannot see.

Each finding is one line, `file:line: what is wrong and what to do`.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator

from nbformat.notebooknode import NotebookNode

from gancourse.authoring.questions import faults
from gancourse.authoring.source import DIVIDER, KEYS, ROLES, Cell, Lesson
from gancourse.errors import CourseError

LONGEST_CELL = 25
LONGEST_OPEN_DEMO = 8
LONGEST_FOLD_LINE = 85
IMAGE = re.compile(r"!\[([^\]]*)\][(\[]")
TAG = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
ALT = re.compile(r"""(?<![\w-])alt\s*=\s*(["'])\s*[^"'\s]""")
SOLUTION = re.compile(r"[ \t]*### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)
HIDDEN = re.compile(r"[ \t]*### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS\n?", re.DOTALL)
TEXTS = ("reveal", "builds", "folded", "open")
"""Keys whose values are words for a reader."""
IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,50}")


def lint(lesson: Lesson) -> list[str]:
    """Everything wrong with a lesson's source."""
    return lint_page(lesson) + [f"{lesson.path}: {message}" for message in whole_lesson(lesson)]


def lint_page(lesson: Lesson) -> list[str]:
    """What is wrong with single cells: all there is to say of a page without exercises."""
    rules = [keys, alt_texts, length, test_cell, solution_cell, folded_parts, faults, unwritten, folded_or_open]
    return [f"{lesson.path}:{c.line}: {message}" for c in lesson.cells for rule in rules for message in rule(c)]


def refuse(lesson: Lesson) -> None:
    """Stop a build that could only end in an error or in ids that clash.

    Raises:
        CourseError: with what is wrong and where.
    """
    rules = (keys, solution_cell, folded_parts, faults)
    found = [f"{lesson.path}:{c.line}: {message}" for c in lesson.cells for rule in rules for message in rule(c)]
    found += [f"{lesson.path}: {message}" for message in duplicates(lesson)]
    if found:
        raise CourseError("\n".join(["This lesson cannot be built:", *found]))


def leaks_of(lesson: Lesson, release: NotebookNode) -> list[str]:
    """What of the answers and hidden tests is left in the notebook students get."""
    return [f"{lesson.path}: {message}" for message in leaks(lesson, release)]


def keys(cell: Cell) -> Iterator[str]:
    """Only known keys, each on the kind of cell it belongs to, with what it needs beside it."""
    for key, value in cell.keys.items():
        if key in ("title", "incorrectly_encoded_metadata"):  # what jupytext makes of the rest of the line
            yield f'cannot read {value!r} on the `# %%` line; keys are written key="value" or key=1, without commas'
        elif key not in KEYS:
            yield f"unknown key {key!r}; the keys are {', '.join(KEYS)}"
        elif KEYS[key] not in ("any", cell.kind):
            yield f"key {key!r} belongs on a {KEYS[key]} cell; this one is {cell.kind}"
        elif key in ("points", "stars", "minutes", "hours"):
            if not (type(value) is int and value > 0):
                yield f"{key}={value!r} should be a whole number above 0"
            elif key == "stars" and value > 3:
                yield f"stars={value} should be 1, 2 or 3"
        elif key in ("demo", "lessons", "last", "challenge"):
            if value is not True:
                yield f"{key}={value!r} should be {key}=true"
        elif key in TEXTS:
            if not (isinstance(value, str) and value.strip()):
                yield f"{key}={value!r} should be a few words in quotes"
        elif not (isinstance(value, str) and IDENTIFIER.fullmatch(value)):
            yield f"{key}={value!r} should be a quoted name of letters, digits, - and _"
    roles = [key for key in ROLES if key in cell.keys]
    if len(roles) > 1:
        yield f"keys {' and '.join(map(repr, roles))} are on one cell; give each its own"
    needs = {
        "builds": ("stars", "hours"),
        "exercise": ("stars", "minutes"),
        "challenge": ("exercise",),
        "test": ("points",),
        "answer": ("points",),
    }
    for key, wanted in needs.items():
        if key in cell.keys:
            for other in wanted:
                if other not in cell.keys:
                    yield f"{key}={cell.keys[key]!r} needs {other}=… on the same line"


def alt_texts(cell: Cell) -> Iterator[str]:
    """Every picture says in words what it shows."""
    if cell.kind == "markdown" and any(not alt.strip() for alt in IMAGE.findall(cell.text)):
        yield "a picture has no alt text; write ![what it shows](file)"
    if any(not ALT.search(tag) for tag in TAG.findall(cell.text)):
        yield 'an <img> has no alt text; write alt="what it shows"'
    tree = parse(cell)
    for node in ast.walk(tree) if tree else ():
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        if name in ("plt.show", "fig.show"):
            yield f"{name}() gives a picture without alt text; use show(fig, alt=…)"
        if name in ("show", "keepsake"):
            alt = next((k.value for k in node.keywords if k.arg == "alt"), None)
            if alt is None or (isinstance(alt, ast.Constant) and not str(alt.value).strip()):
                yield f"{name}(…) needs alt=… that says what the picture shows"


def length(cell: Cell) -> Iterator[str]:
    """Short cells. Markers and what they hide do not count: no reader sees them."""
    if cell.kind == "code":
        text = HIDDEN.sub("", cell.text)
        lines = [line for line in text.splitlines() if "### BEGIN" not in line and "### END" not in line]
        if len(lines) > LONGEST_CELL:
            yield f"cell of {len(lines)} lines; split it so that none has more than {LONGEST_CELL}"


def folded_or_open(cell: Cell) -> Iterator[str]:
    """A cell that only shows something is folded if it is long; its line fits where it is folded."""
    line = cell.keys.get("folded", "")
    if isinstance(line, str) and len(line) > LONGEST_FOLD_LINE:
        yield f"folded=… has {len(line)} characters; in a folded cell {LONGEST_FOLD_LINE} can be read"
    if line and cell.text.startswith("%%"):
        yield "a cell that begins with %% cannot be folded: its line would stand before that"
    lines = [text for text in cell.text.splitlines() if text.strip()]
    if "demo" in cell.keys and len(lines) > LONGEST_OPEN_DEMO and not cell.keys.keys() & {"folded", "open"}:
        yield (
            f'demo cell of {len(lines)} lines; if it only draws or scaffolds, fold it: folded="what it draws"; '
            'if its code is worth reading, say so: open="why"'
        )


def visible_lines(lesson: Lesson) -> tuple[int, int]:
    """Lines of code outside exercises: those that stand open in the notebook, and all. Empty ones do not count."""
    outside = [cell for cell in lesson.cells if cell.kind == "code" and not cell.keys.keys() & {"solution", "test"}]
    counts = {cell.id: sum(bool(line.strip()) for line in cell.text.splitlines()) for cell in outside}
    return sum(counts[cell.id] for cell in outside if "folded" not in cell.keys), sum(counts.values())


def test_cell(cell: Cell) -> Iterator[str]:
    """A test cell's last line must not have a value: nbgrader would take it for the score."""
    if "test" not in cell.keys:
        return
    tree = parse(cell)
    if tree is None:
        return
    seen = parse(cell, HIDDEN.sub("", cell.text))
    if not (seen and seen.body):
        yield f"test cell of {cell.keys['test']!r} is empty, or all of it is hidden"
        return
    if cell.keys["test"] not in {node.id for node in ast.walk(seen) if isinstance(node, ast.Name)}:
        yield f"test cell of {cell.keys['test']!r} does not use {cell.keys['test']}; is it another exercise's?"
    for part in (tree, seen):
        last = part.body[-1] if part.body else None
        if isinstance(last, ast.Expr) and not is_check(last.value):
            yield (
                f"test cell ends in the expression `{ast.unparse(last)}`, whose value nbgrader would "
                "take for the score; end in check.…(…) or in a statement"
            )
            return


def is_check(node: ast.expr) -> bool:
    """A call such as check.name(thing) or hidden("lesson").name(thing): these return None."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    return ast.unparse(node.func.value).split("(")[0] in ("check", "hidden")


def solution_cell(cell: Cell) -> Iterator[str]:
    """An answer stands between its markers, or nbgrader would remove the docstring with it."""
    for begin, end, key in (("SOLUTION", "SOLUTION", "solution"), ("HIDDEN TESTS", "HIDDEN TESTS", "test")):
        begins, ends = cell.text.count(f"### BEGIN {begin}"), cell.text.count(f"### END {end}")
        if begins != ends:
            yield f"{begins} `### BEGIN {begin}` but {ends} `### END {end}`"
        elif begins and cell.text.index(f"### BEGIN {begin}") > cell.text.index(f"### END {end}"):
            yield f"`### END {end}` stands before `### BEGIN {begin}`"
        if begins and key not in cell.keys:
            yield f"`### BEGIN {begin}` stands outside a {key}=… cell"
    if "solution" in cell.keys and "### BEGIN SOLUTION" not in cell.text:
        yield f"solution={cell.keys['solution']!r} has no `### BEGIN SOLUTION`"
    tree = parse(cell)
    if "solution" in cell.keys and tree:
        names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        if cell.keys["solution"] not in names:
            yield f"solution={cell.keys['solution']!r} does not define {cell.keys['solution']}"


def folded_parts(cell: Cell) -> Iterator[str]:
    """Hints come in three; a reveal has something to reveal."""
    parts = DIVIDER.split(cell.text)
    if "hints" in cell.keys and (len(parts) != 3 or not all(p.strip() for p in parts)):
        yield f"hints={cell.keys['hints']!r} has {len(parts)} part(s); three, divided by `---`, are wanted"
    if "reveal" in cell.keys and len(parts) < 2:
        yield "reveal=… has no `---` line before what it folded_or_open away"


def unwritten(cell: Cell) -> Iterator[str]:
    """Nothing of the template (`gancourse lessons --new`) is left to be written."""
    if any("TODO" in text for text in (cell.text, str(cell.keys.get("builds", "")))):
        yield "holds a TODO; write what belongs there"


def parse(cell: Cell, text: str | None = None) -> ast.Module | None:
    """The cell's syntax tree, or None: Python may be valid in a file and not in a cell of it, as magics are."""
    try:
        return ast.parse(cell.text if text is None else text) if cell.kind == "code" else None
    except SyntaxError:
        return None


def whole_lesson(lesson: Lesson) -> Iterator[str]:
    """What only shows in the whole lesson: every exercise complete, every id once."""
    yield from duplicates(lesson)
    ids: dict[str, set[str]] = {key: set() for key in KEYS}
    for cell in lesson.cells:
        for key, value in cell.keys.items():
            ids.get(key, set()).add(str(value))
    for id in sorted(ids["solution"] - ids["test"]):
        yield f'exercise {id!r} has no test; add a cell `# %% test="{id}" points=…`'
    for id in sorted(ids["test"] - ids["solution"]):
        yield f'test {id!r} has no solution cell; add a cell `# %% solution="{id}"`'
    graded = ids["solution"] | ids["answer"]
    for key in ("exercise", "hints"):
        for id in sorted(
            ids["solution" if key == "hints" else "test"] | (ids["answer"] if key == "exercise" else set())
        ):
            if id not in ids[key]:
                yield f'exercise {id!r} has no {key} cell; add `# %% [markdown] {key}="{id}"`'
        for id in sorted(ids[key] - graded):
            yield f"{key}={id!r} belongs to no exercise"
    for id in lesson.challenges:
        if lesson.points.get(id, 3) % 3:
            yield f"challenge {id!r} has points={lesson.points[id]}; bronze is a third of them, so give it 3, 6 or 9"
    if not lesson.cells or not lesson.cells[0].text.startswith("# "):
        yield "the first cell should be markdown and start with `# Title`"
    texts = [cell for cell in lesson.cells if cell.kind == "markdown"]
    if texts and "last" not in texts[-1].keys:
        yield "its last text should be its last page: `# %% [markdown] last=true`, with what one has built"
    if lesson.cells and "builds" not in lesson.cells[0].keys:
        yield 'the first cell should say what one builds, for the tables: `# %% [markdown] builds="…" hours=… stars=…`'


def duplicates(lesson: Lesson) -> Iterator[str]:
    """Ids that more than one cell has."""
    for id, count in Counter(cell.id for cell in lesson.cells).items():
        if count > 1:
            yield f"duplicate id {id!r}: {count} cells have it"


def leaks(lesson: Lesson, release: NotebookNode) -> Iterator[str]:
    """Nothing of an answer or a hidden test reaches the notebook that students get."""
    released = "\n".join(cell.source for cell in release.cells)
    lines = {line.strip() for line in released.splitlines()}
    for marker in ("### BEGIN", "### END"):
        if marker in released:
            yield f"the released notebook contains `{marker}`"
    open_text = [HIDDEN.sub("", SOLUTION.sub("", cell.text)) for cell in lesson.cells if cell.kind == "code"]
    # A line of code that also stands in the open, such as `with torch.no_grad():`, gives nothing away.
    outside = {line.strip() for text in open_text for line in text.splitlines()}
    for cell in lesson.cells:
        secret = [cell.text] if "answer" in cell.keys else SOLUTION.findall(cell.text) + HIDDEN.findall(cell.text)
        for line in {line.strip() for block in secret for line in block.splitlines()}:
            if len(line) > 20 and line in lines and line not in outside:
                yield f"answer text of {cell.id!r} is in the released notebook: {line!r}"
