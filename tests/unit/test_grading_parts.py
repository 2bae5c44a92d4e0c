"""The parts of grading that need no sandbox: reading, restoring, remembering, reporting."""

from __future__ import annotations

import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from first_lesson import LESSON, released
from hypothesis import given, settings
from hypothesis import strategies as st
from nbconvert.filters import markdown2html
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from gancourse.checks import Finding
from gancourse.grading.collect import Damaged, Submission, read_notebook
from gancourse.grading.ledger import Ledger, write_whole
from gancourse.grading.page import write_page
from gancourse.grading.restore import harmless, marked, restore
from gancourse.grading.result import Result
from gancourse.grading.sandbox.walls import Limits
from gancourse.grading.summary import Row, as_json
from gancourse.grading.trial import Outcome, Task, other_files, seed_for

RELEASE = released()
ANSWER = "diagnose_the_runs"


class Active(HTMLParser):
    """Collects what a browser would run or fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "object", "embed", "img", "svg", "link", "form", "base"):
            self.found.append(tag)
        for name, value in attrs:
            # A bare web address becomes a link; nothing happens before somebody follows it.
            address = name in ("href", "src") and ":" in (value or "") and not (value or "").startswith("http")
            if name.startswith("on") or address:
                self.found.append(f"{name}={value}")


def active(html: str) -> list[str]:
    parser = Active()
    parser.feed(html)
    return parser.found


# --- reading -----------------------------------------------------------------------------------


def written(folder: Path, content: bytes | str | dict[str, Any]) -> Path:
    path = folder / "some.ipynb"
    data = json.dumps(content) if isinstance(content, dict) else content
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


CELL = {"cell_type": "code", "source": ["x = 1\n", "y = 2"], "metadata": {"nbgrader": {"grade_id": "a", "points": 99}}}


@pytest.mark.parametrize(
    "content",
    [
        {"cells": [CELL], "nbformat": 4, "nbformat_minor": 5, "metadata": {}},
        {"cells": [CELL], "nbformat": 7, "nbformat_minor": 99},
        {"cells": [CELL, None, 3, {"cell_type": "code"}, {"cell_type": "code", "source": {"a": 1}}]},
        {"worksheets": [{"cells": [{**CELL, "source": None, "input": CELL["source"]}]}], "nbformat": 3},
        b"\xef\xbb\xbf" + json.dumps({"cells": [CELL]}).encode(),
        json.dumps({"cells": [CELL]}).encode("utf-16"),
        json.dumps({"cells": [CELL], "note": "caf\u00e9"}, ensure_ascii=False).encode("latin-1"),
    ],
    ids=["usual", "future", "odd cells", "version 3", "BOM", "UTF-16", "Latin-1"],
)
def test_whatever_has_cells_is_read(tmp_path: Path, content: Any) -> None:
    if isinstance(content, dict) and "worksheets" in content:
        del content["worksheets"][0]["cells"][0]["source"]
    (cell,) = read_notebook(written(tmp_path, content)).cells
    assert cell.source == "x = 1\ny = 2" and cell.metadata == {"nbgrader": {"grade_id": "a"}}


def test_half_characters_become_question_marks(tmp_path: Path) -> None:
    (cell,) = read_notebook(written(tmp_path, '{"cells": [{"cell_type": "code", "source": "a = \'\\ud800\'"}]}')).cells
    assert cell.source == "a = '?'"


@pytest.mark.parametrize(
    ("content", "says"),
    [("", "empty file"), ("{", "ends too early"), ("[1, 2]", "no cells"), ('{"cells": 3}', "no cells"),
     ("[" * 100_000, "not a notebook"), (b"\x89PNG\r\n" + bytes(range(128, 256)) * 9, "not text in UTF-8")],
    ids=["empty", "cut", "list", "number", "deep", "picture"],
)  # fmt: skip
def test_what_has_none_is_named(tmp_path: Path, content: Any, says: str) -> None:
    with pytest.raises(Damaged, match=says):
        read_notebook(written(tmp_path, content))


def test_a_link_is_no_notebook(tmp_path: Path) -> None:
    path = written(tmp_path, {"cells": [CELL]})
    (tmp_path / "link.ipynb").symlink_to(path)
    with pytest.raises(Damaged, match="link"):
        read_notebook(tmp_path / "link.ipynb")


def test_only_ordinary_files_are_taken_along(tmp_path: Path) -> None:
    home = tmp_path / "submission"
    (home / "inner").mkdir(parents=True)
    for name in ("helper.py", "inner/data.csv", ".hidden", "other.ipynb", "timestamp.txt"):
        (home / name).write_text("x")
    (tmp_path / "secret").write_text("secret")
    (home / "link.py").symlink_to(tmp_path / "secret")
    (home / "linked").symlink_to(tmp_path)
    os.mkfifo(home / "pipe.py")
    (home / "huge.bin").write_bytes(b"0" * 9 * 2**20)
    assert set(other_files(home)) == {"helper.py", "inner/data.csv"}


# --- restoring ---------------------------------------------------------------------------------


def test_an_answer_is_found_by_id_then_by_name() -> None:
    body = "def derivation(step, p, q, d=None, dx=1.0):\n    return 1"
    blank = marked(RELEASE)["derivation"]
    for cells in (
        [new_code_cell(body, metadata={"nbgrader": {"grade_id": "derivation"}})],
        [new_code_cell(body, id="derivation")],
        [new_code_cell("x = 1"), new_code_cell(body)],
        [blank, new_code_cell(body, metadata={"nbgrader": {"grade_id": "derivation"}}), blank],
    ):
        restored, _ = restore(new_notebook(cells=[*cells]), RELEASE)
        assert marked(restored)["derivation"].source == body
        assert marked(restored)["derivation"].metadata == blank.metadata


def test_a_written_answer_is_found_by_the_text_above_it() -> None:
    ids = [cell.id for cell in RELEASE.cells]
    above = RELEASE.cells[ids.index(ANSWER) - 1].source
    notebook = new_notebook(cells=[new_markdown_cell(above), new_markdown_cell("My answer.")])
    restored, _ = restore(notebook, RELEASE)
    assert marked(restored)[ANSWER].source == "My answer."
    restored, notes = restore(new_notebook(cells=[new_markdown_cell(above)]), RELEASE)
    assert marked(restored)[ANSWER].source == marked(RELEASE)[ANSWER].source and ANSWER in notes


ATTACKS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[a](javascript:alert(1))", "![a](http://a/b.png)",
    "[a][b]\n\n[b]: javascript:alert(1)", "[a]\n\n[a]: javascript:x", "<javascript:alert(1)>", "<a href='x:y'>",
    "[a] (javascript:alert(1))", "[a](\njavascript:alert(1))", "&#60;script>", "```\n</code><script>x</script>\n```",
    "`<b onclick=x>`", "$<script>$", "<svg/onload=alert(1)>", "[x](data:text/html,<script>)",
    "[^1]\n\n[^1]: <b onload=x>",
)  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_markdown_of_a_student_makes_nothing_active(attack: str) -> None:
    assert active(markdown2html(harmless(attack))) == []


@pytest.mark.slow
@given(st.lists(st.sampled_from([*ATTACKS, "]", "(", ":", "<", "a", "\n", " ", "[", "!", "`", "\\"]), max_size=12))
@settings(deadline=None, max_examples=150)
def test_no_mixture_of_attacks_does_either(pieces: list[str]) -> None:
    assert active(markdown2html(harmless("".join(pieces)))) == []


# --- remembering -------------------------------------------------------------------------------


def task(notebook: str = "{}", **files: bytes) -> Task:
    return Task(LESSON.name, "ada", notebook, files, 0, Limits(), False)


@pytest.mark.slow
def test_the_ledger_knows_an_outcome_by_everything_it_depends_on(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, LESSON)
    mark = ledger.fingerprint(task(), None)
    others = [task("{} "), task(**{"a.py": b"1"}), task(**{"a.py": b"2"})]
    marks = {ledger.fingerprint(other, None) for other in others} | {ledger.fingerprint(task(), "2026-01-01")}
    assert len(marks) == 4 and mark not in marks
    half = Result("derivation", (Finding("holds"), Finding("falls", "3", by="hidden")), 2.0, 1.0, notes=("A note.",))
    outcome = Outcome("ada", {"derivation": half}, {"cell-1": [{"text": "x"}]}, "full")
    assert ledger.read("ada", mark) == (None, False)
    ledger.write(outcome, mark, entered=False)
    assert ledger.read("ada", mark) == (outcome, False)
    ledger.write(outcome, mark, entered=True)
    assert Ledger(tmp_path, LESSON).read("ada", mark) == (outcome, True)
    assert ledger.read("ada", "another") == (None, False)
    ledger.path("ada").write_text("{", encoding="utf-8")
    assert ledger.read("ada", mark) == (None, False)


@pytest.mark.slow
def test_seeds_repeat_and_cannot_be_foreseen(tmp_path: Path) -> None:
    ledger, again, other = Ledger(tmp_path, LESSON), Ledger(tmp_path, LESSON), Ledger(tmp_path / "other", LESSON)
    seeds = {
        seed_for(one.secret, who, mark) for one in (ledger, other) for who in ("ada", "bob") for mark in ("1", "2")
    }
    assert len(seeds) == 8
    assert seed_for(ledger.secret, "ada", "1") == seed_for(again.secret, "ada", "1")


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_whole(tmp_path / "a", "first")
    monkeypatch.setattr(os, "fsync", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_whole(tmp_path / "a", "second")
    assert (tmp_path / "a").read_text() == "first"


# --- reporting ---------------------------------------------------------------------------------


def test_a_result_is_the_same_after_json() -> None:
    findings = (Finding("holds"), Finding("falls", "Why.\nMore.", alone=False, by="hidden"))
    for result in (
        Result("a", findings, 3, 1.5, notes=("A note.",)),
        Result("a", (), 2, why="It could not be tested."),
        Result("a", (), 2, None, "This answer is graded by hand.", written=True),
        Result("a", findings, 2, 1.5, by_hand=True, comment="Good."),
    ):
        data = json.loads(json.dumps(result.as_json()))
        assert Result.from_json(data) == result
        assert data["message"] == str(result) and data["credit"] == result.credit
        assert [row["holds"] for row in data["findings"]] == [finding.holds for finding in result.findings]


def test_a_report_says_why_there_is_nothing_to_report() -> None:
    assert str(Result("a", (), why="It stopped.\nThere.")) == "✗ a\n      It stopped.\n      There."
    assert str(Result("a", (), score=None, why="Wait.", written=True, notes=("Moved.",))) == "Wait.\n  Moved."
    by_hand = Result("a", (Finding("falls", "Why."),), by_hand=True, comment="Good.")
    assert str(by_hand) == "Graded by hand. Good."
    assert str(Result("a", (Finding("holds"),), notes=("Moved.",))) == "✓ a: 1 of 1 hold\n  ✓ holds\n  Moved."


def test_what_cannot_be_graded_says_so_at_every_exercise() -> None:
    why = "There is no notebook."
    row = Row("ada", "missing", {"a": Result("a", (), 2, why=why)}, why)
    entry = as_json([row])["students"]["ada"]
    assert (entry["score"], entry["max_score"], entry["message"]) == (0, 2, why)
    assert entry["exercises"]["a"]["message"] == entry["exercises"]["a"]["why"] == why


def test_the_page_shows_claims_and_runs_nothing(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    findings = (Finding("is one number"), Finding(f"falls {evil}", "You return 3; expected 4."))
    results = {id: Result(id, findings, 2.0, 1.0, notes=("A note.",)) for id in LESSON.exercises}
    row = Row(evil, "graded", results)
    write_page(row, LESSON, tmp_path / "page.html", dict.fromkeys(results, evil))
    html = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert active(html) == [] and evil not in html
    assert "Content-Security-Policy" in html and "default-src 'none'" in html
    assert '<li class="yes">✓ is one number</li>' in html
    assert "<p>You return 3; expected 4.</p>" in html and "A note.</p>" in html
    assert html.count("<h2") == len(LESSON.exercises)


def test_an_error_that_looks_like_a_report_stays_an_error(tmp_path: Path) -> None:
    forged = "ValueError: a\n  ✓ all holds\n✓ derivation: 9 of 9 hold"
    wrong = (Finding("is one number"), Finding("falls", forged))
    for findings, why, held in ((wrong, "", 1), ((), forged, 0), (wrong[1:], "", 0)):
        results = {id: Result(id, findings, 2.0, why=why) for id in LESSON.exercises}
        write_page(Row("eve", "graded", results), LESSON, tmp_path / "page.html")
        html = (tmp_path / "page.html").read_text(encoding="utf-8")
        assert html.count('<li class="yes"') == held * len(results)
        for line in str(results["derivation"]).splitlines():
            assert not re.search("all holds|9 of 9", line) or line.startswith("      ")


def test_a_timestamp_is_taken_only_if_it_is_one(tmp_path: Path) -> None:
    submission = Submission("ada", tmp_path)
    assert submission.handed_in() is None
    for text, taken in (("2026-11-22 10:00:00 UTC", True), ("yesterday-ish", False), ("x" * 500, False)):
        (tmp_path / "timestamp.txt").write_text(text)
        assert (submission.handed_in() is not None) == taken
