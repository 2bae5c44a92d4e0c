"""Notebooks and folders that nobody thought of: collecting and reading take them all, and nothing else suffers.

Hypothesis draws broken, odd and hostile notebooks, archives, folders and names. Whatever comes, it is that
student's result: an honest submission beside it is found as ever, and what is restored holds the tests as
they were handed out. `make test` spends FUZZ=60 seconds on it; `make fuzz` an hour, on inputs drawn anew.
"""

from __future__ import annotations

import contextlib
import copy
import csv
import io
import json
import os
import secrets
import time
import zipfile
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from making import LESSON, RELEASE, solved
from rich.console import Console

from gancourse.grading.collect import UNREADABLE, collect
from gancourse.grading.grade import entry_of
from gancourse.grading.ledger import Ledger
from gancourse.grading.page import write_page
from gancourse.grading.reading import Damaged, notebook_in
from gancourse.grading.restore import marked, restore
from gancourse.grading.result import Result
from gancourse.grading.sandbox.walls import Limits
from gancourse.grading.summary import Row, print_table, write_csv, write_json

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Duplicate name"),  # in archives that are made here
    pytest.mark.filterwarnings("ignore::nbformat.warnings.DuplicateCellId"),
    pytest.mark.filterwarnings("ignore::nbformat.warnings.MissingIDFieldWarning"),
]
SECONDS = float(os.environ.get("FUZZ", "60"))
SOLVED = solved()
HONEST = nbformat.writes(SOLVED).encode()
WANTED = f"{LESSON.name}.ipynb"

ODD_TEXT = st.one_of(
    st.text(max_size=40),
    st.text(st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Co"]), max_size=8),
    st.sampled_from(
        ["", "\0", "\ud800", "../..", "/etc/passwd", "=1+1", "{{7*7}}", "<script>pwned</script>", "\x1b[2J"]
    ),
    st.sampled_from(["### BEGIN HIDDEN TESTS", "### END SOLUTION", "%%bash\nexit 1", "```\n</pre>", "a" * 100_000]),
)
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ODD_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ODD_TEXT, inner, max_size=4),
    max_leaves=8,
)
KEYS = st.sampled_from(["id", "cell_type", "source", "metadata", "outputs", "attachments", "execution_count", "input"])
GRADER_KEYS = st.sampled_from(["grade_id", "grade", "solution", "locked", "points", "schema_version", "checksum"])


@st.composite
def notebooks(draw: st.DrawFn) -> Any:
    """A worked notebook after some accidents: as JSON's values, whatever they are by then."""
    data = json.loads(HONEST)
    cells: list[Any] = data["cells"]
    for _ in range(draw(st.integers(0, 6))):
        here = draw(st.integers(0, len(cells) - 1)) if cells else 0
        match draw(st.integers(0, 9)):
            case 0 if cells:
                del cells[here]
            case 1 if cells:
                cells.insert(draw(st.integers(0, len(cells))), copy.deepcopy(cells[here]))
            case 2 if cells and isinstance(cells[here], dict):
                cells[here][draw(KEYS)] = draw(ODD)
            case 3 if cells and isinstance(cells[here], dict):
                cells[here].pop(draw(KEYS), None)
            case 4 if cells and isinstance(cells[here], dict):
                cells[here]["metadata"] = {"nbgrader": draw(st.dictionaries(GRADER_KEYS, ODD, max_size=4) | ODD)}
            case 5 if cells and isinstance(cells[here], dict):
                other = draw(st.sampled_from(sorted(marked(RELEASE))))
                cells[here]["metadata"] = {"nbgrader": {"grade_id": other}}
            case 6:
                cells.insert(here, draw(ODD))
            case 7:
                data[draw(st.sampled_from(["metadata", "nbformat", "nbformat_minor", "worksheets", "x"]))] = draw(ODD)
            case 8 if cells:
                cells[:] = draw(st.permutations(cells))
            case 9:
                picture = {"picture.png": {"image/png": draw(st.text(max_size=20))}}
                cells.insert(here, {"cell_type": "markdown", "source": draw(ODD_TEXT), "attachments": picture})
    return draw(st.sampled_from([data, data, data, cells, {"cells": draw(ODD)}, {"worksheets": [{"cells": cells}]}]))


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """The bytes of a file that may be a notebook."""
    if draw(st.integers(0, 5)) == 0:
        return draw(st.binary(max_size=300))
    raw = json.dumps(draw(notebooks()), ensure_ascii=draw(st.booleans()))
    data = raw.encode(draw(st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16"])), errors="surrogatepass")
    if draw(st.integers(0, 3)) == 0:  # cut off, or a byte turned
        data = data[: draw(st.integers(0, len(data)))]
    if data and draw(st.integers(0, 5)) == 0:
        place = draw(st.integers(0, len(data) - 1))
        data = data[:place] + draw(st.binary(max_size=4)) + data[place + 1 :]
    return data


NAMES = st.one_of(
    st.sampled_from([WANTED, WANTED, f"{WANTED}.json", f"{WANTED}.txt", WANTED.upper(), WANTED.replace(".", "-1.")]),
    st.sampled_from(
        [f"{LESSON.name} (2).ipynb", "helper.py", "timestamp.txt", ".hidden", "notes.md", "x.zip", "ünï.ipynb"]
    ),
    st.binary(min_size=1, max_size=60)
    .filter(lambda name: not set(b"/\0") & set(name) and name not in (b".", b".."))
    .map(os.fsdecode),
)


@st.composite
def archives(draw: st.DrawFn) -> bytes:
    """A zip with odd members, or one that is cut off."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))) as archive:
        for _ in range(draw(st.integers(0, 3))):
            name = draw(NAMES | st.sampled_from(["../../x.ipynb", f"a\\{WANTED}", f"/{WANTED}", "C:/x.ipynb"]))
            with contextlib.suppress(UnicodeError, ValueError):  # what zipfile does not write either
                archive.writestr(name, draw(files()))
    data = held.getvalue()
    return data[: draw(st.integers(0, len(data)))] if draw(st.integers(0, 3)) == 0 else data


def put(path: Path, data: bytes) -> None:
    """Write a file, but into no pipe, which would wait for a reader."""
    if path.is_fifo():
        raise FileExistsError(path)
    path.write_bytes(data)


@st.composite
def folders(draw: st.DrawFn) -> Callable[[Path], None]:
    """What lays something odd into a folder."""
    steps = draw(st.lists(st.tuples(st.integers(0, 8), NAMES, files() | archives()), max_size=5))

    def fill(folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        for kind, name, data in steps:
            path = folder / name
            with contextlib.suppress(OSError, ValueError):  # names that this disk does not take, or are taken
                if kind == 0:
                    path.mkdir()
                    put(path / WANTED, data)
                elif kind == 1:
                    path.symlink_to(draw_target(data, folder))
                elif kind == 2:
                    os.mkfifo(path)
                elif kind == 3:
                    put(path, data)
                    os.utime(path, (len(data) * 10**7, -(10**9)))
                elif kind == 4:
                    put(path, data)
                    path.chmod(0)
                elif kind == 5:
                    deep = path
                    for _ in range(30):
                        deep = deep / "d"
                    deep.mkdir(parents=True)
                    put(deep / WANTED, data)
                else:
                    put(path, data)

    return fill


def draw_target(data: bytes, folder: Path) -> str:
    """Where a link leads: to itself, out, nowhere."""
    return ("/etc/passwd", "..", str(folder), "nowhere", WANTED)[len(data) % 5]


def spent(kind: str, check: Callable[..., Any], record: Callable[[str, object], None], share: float) -> None:
    """Let a check see inputs until its share of the time is over, and note how many."""
    until, seen = time.monotonic() + SECONDS * share, 0

    def counted(drawn: Any) -> None:
        nonlocal seen
        if time.monotonic() < until or not seen:
            seen += 1
            check(drawn)

    calm = settings(max_examples=100, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    turn = 0 if SECONDS <= 60 else secrets.randbits(32)  # `make test` draws the same in each run
    while time.monotonic() < until:
        seed(turn)(calm(given(DRAWN[kind])(counted)))()
        turn += 1
    record("fuzz", [kind, seen])
    assert seen > 1


DRAWN: dict[str, st.SearchStrategy[Any]] = {
    "notebooks": files(),
    "folders": st.lists(st.tuples(NAMES, folders(), st.booleans()), min_size=1, max_size=4),
    "words": st.lists(st.tuples(ODD_TEXT, ODD_TEXT), min_size=1, max_size=3),
}


def test_whatever_a_file_holds_is_read_or_called_damaged(record_property: Any) -> None:
    def check(raw: bytes) -> None:
        try:
            notebook = notebook_in(raw, WANTED)
        except Damaged as damage:
            said = str(damage)
            assert said.startswith(WANTED) and said.endswith((".", ")", "!")) and len(said) < 400
            return
        restored, notes = restore(notebook, RELEASE)
        nbformat.validate(restored)
        json.loads(nbformat.writes(restored).encode())
        originals = marked(RELEASE)
        assert sorted(marked(restored)) == sorted(
            set(marked(restored)) | {i for i in originals if i.startswith("test-")}
        )
        for id, cell in marked(restored).items():
            assert cell.metadata == originals[id].metadata
            if not cell.metadata.nbgrader["solution"]:
                assert cell.source == originals[id].source
        assert all(isinstance(note, str) for note in notes.values())

    spent("notebooks", check, record_property, 0.4)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    for path in [tmp_path, *tmp_path.rglob("*")]:
        with contextlib.suppress(OSError):
            path.chmod(0o700 if path.is_dir() else 0o600)


def test_whatever_a_folder_holds_is_that_students_result(shelf: Path, record_property: Any) -> None:
    number = 0
    ledger = Ledger(shelf, LESSON)

    def check(students: list[tuple[str, Callable[[Path], None], bool]]) -> None:
        nonlocal number
        number += 1
        submitted = shelf / f"class-{number}"
        honest = submitted / "an honest student" / LESSON.name
        honest.mkdir(parents=True)
        (honest / WANTED).write_bytes(HONEST)
        made = {"an honest student"}
        for name, fill, flat in students:
            with contextlib.suppress(OSError, ValueError):
                folder = submitted / name
                folder.mkdir()
                if not name.startswith((".", "__")):
                    made.add(name)
                fill(folder if flat else folder / LESSON.name)
        found = collect(submitted, LESSON)
        names = [one.student for one in found]
        assert len(found) == len(made) == len(set(names)), (names, made)
        for one in found:
            assert "\x1b" not in one.student and one.student.encode()
            # That sentence is for what nobody has thought of; whatever leads to it wants one of its own.
            assert not one.problem.startswith(UNREADABLE.partition("(")[0]), one.problem
            assert bool(one.problem) == bool(one.status) != bool(one.content)
            if not one.problem:
                entry = entry_of(LESSON, one, RELEASE, ledger, Limits(), False)
                json.dumps([entry.notes, one.notes], ensure_ascii=False).encode()
                assert all(not os.path.isabs(inside) and ".." not in inside.split("/") for inside in entry.task.files)
        (beside,) = [one for one in found if one.student == "an honest student"]
        assert beside.content is not None and beside.notes == ()
        assert [cell.source for cell in beside.content.cells] == [cell.source for cell in SOLVED.cells]

    spent("folders", check, record_property, 0.4)


class Tags(HTMLParser):
    """The tags of a page, and the formulas that a table would run."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        assert not any(name.startswith("on") for name, _ in attrs)


def test_whatever_words_come_they_stay_words(tmp_path: Path, record_property: Any) -> None:
    """In a table on the terminal, a spreadsheet, JSON and on a page."""

    def check(pairs: list[tuple[str, str]]) -> None:
        rows = []
        for number, (name, why) in enumerate(pairs):
            name, why = (text.encode(errors="replace").decode() for text in (name, why))
            results = {id: Result(id, (), why=why, notes=(why,)) for id in LESSON.exercises}
            rows.append(Row(name, "damaged", results, why if number else ""))
        write_json(rows, tmp_path / "all.json")
        assert set(json.loads((tmp_path / "all.json").read_text("utf-8"))["students"]) == {row.student for row in rows}
        write_csv(rows, LESSON, tmp_path / "summary.csv")
        with (tmp_path / "summary.csv").open(newline="", encoding="utf-8") as file:
            table = list(csv.reader(file))
        assert len(table) == len(rows) + 1 and {len(line) for line in table} == {len(table[0])}
        assert not any(field.lstrip(" ").startswith(("=", "+", "-", "@")) for line in table[1:] for field in line)
        shown = io.StringIO()
        print_table(rows, LESSON, Console(file=shown, width=100, force_terminal=False))
        for number, row in enumerate(rows):
            write_page(row, LESSON, tmp_path / f"{number}.html", dict.fromkeys(LESSON.exercises, row.remark))
            tags = Tags()
            tags.feed((tmp_path / f"{number}.html").read_text("utf-8"))
            assert not tags.seen & {"script", "img", "iframe", "svg", "object", "a href"}

    spent("words", check, record_property, 0.2)


def test_the_fuzzer_can_find_something() -> None:
    """A reader that takes JSON for granted is caught: what it is fed is not all harmless."""
    caught = 0

    def naive(raw: bytes) -> None:
        nonlocal caught
        try:
            nbformat.validate(nbformat.reads(raw.decode(), as_version=4))
        except Exception:
            caught += 1

    spent("notebooks", naive, lambda *_: None, 0.1)
    assert caught
