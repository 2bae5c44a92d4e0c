"""Questions with a click: how they are written, what of them the notebook shows, how they answer."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from test_authoring import CLEAN, lesson_of

from gancourse import ask
from gancourse.authoring import build, lint
from gancourse.authoring.questions import html_of, question_in
from gancourse.authoring.source import lesson_paths, read
from gancourse.contents import contents_of
from gancourse.errors import CourseError
from gancourse.progress import FILE, read_progress
from gancourse.widgets.question import Question, question_text

ASKED = """
# %% [markdown] predict="which_first"
# Which of $p$ and **q** moves
# first?
#
# - [ ] $p$ does :: It stands
#   still.
# - [x] q does :: A secret word on $\\tfrac12$.
#
# ---
# A secret on what came.

# %% demo=true folded="Draws a line"
line = 1
"""
WITH = CLEAN.replace('\n# %% [markdown] reveal="Answer"', f'{ASKED}\n# %% [markdown] reveal="Answer"')


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> dict[str, nbformat.NotebookNode]:
    """The cells that students get."""
    folder = tmp_path_factory.mktemp("asked")
    build.generate(lesson_of(WITH, folder), folder)
    path = folder / "notebooks" / "07_example" / "07_example.ipynb"
    return {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}


def test_a_question_is_a_folded_cell_without_its_answer(made):
    cell = made["predict-which_first"]
    first, *choices = [line for line in cell.source.splitlines() if line.startswith("#")]
    assert first == "# Predict, then see: Which of p and q moves first?"
    assert choices == ["#   ○ p does", "#   ○ q does"]
    assert 'ask("07_example", "which_first")' in cell.source and cell.cell_type == "code"
    assert cell.metadata.jupyter.source_hidden is True
    assert "secret" not in "".join(c.source for c in made.values())


def test_a_folded_cell_begins_with_its_line(made):
    cell = next(cell for cell in made.values() if "line = 1" in cell.source)
    assert cell.source == "# Draws a line\nline = 1" and cell.metadata.jupyter.source_hidden is True
    assert "jupyter" not in made["setup"].metadata


def test_head_and_foot_are_written(made):
    ids = list(made)
    assert ids[1] == "signpost-head" and ids[-2:] == ["signpost-foot", "way-on"]
    lesson = read(lesson_paths()[0])
    assert "[02 · " in build.source_notebook(lesson, lesson.points).cells[-1].source


def test_what_is_asked_is_read(tmp_path):
    told = question_in(lesson_of(WITH, tmp_path).cell("predict-which_first"))
    assert told["kind"] == "predict" and told["after"] == "A secret on what came."
    assert [choice["right"] for choice in told["choices"]] == [False, True]
    assert told["choices"][0]["word"] == "It stands still."
    assert "<math" in told["text_html"] and "<strong>q</strong>" in told["text_html"] and "<p>" not in told["text_html"]
    assert "<mfrac>" in told["choices"][1]["word_html"]


def test_html_keeps_what_is_not_markup():
    assert html_of("a < b and `c<d`") == "a &lt; b and <code>c&lt;d</code>"
    assert html_of("") == "" and html_of("one\n\ntwo").count("<p>") == 2


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (" :: It stands\n#   still.", "", "needs a word for those who choose it"),
        ("[x]", "[ ]", "needs a right choice"),
        ("- [ ] $p$ does :: It stands\n#   still.\n# ", "", "has 1 choices"),
        ("\n# ---\n# A secret on what came.", "", "says nothing on what came"),
        ("# Which of $p$ and **q** moves\n# first?\n#\n# -", "# -", "should begin with its question"),
    ],
)
def test_what_is_wrong_with_a_question_is_said(tmp_path, old, new, says):
    assert WITH.count(old) == 1
    lesson = lesson_of(WITH.replace(old, new), tmp_path)
    assert any(says in finding for finding in lint.lint(lesson))
    with pytest.raises(CourseError, match=says):
        build.generate(lesson, tmp_path)


def test_a_long_demo_cell_is_folded_or_says_why_not(tmp_path):
    long = "# %% demo=true\n" + "x = 1\n" * 9 + "\n# %% [markdown] reveal"
    text = CLEAN.replace("# %% [markdown] reveal", long)
    (finding,) = lint.lint(lesson_of(text, tmp_path))
    assert "demo cell of 9 lines" in finding
    for key in ('folded="Draws"', 'open="it is the trick"'):
        lesson = lesson_of(text.replace("demo=true", f"demo=true {key}"), tmp_path)
        assert lint.lint(lesson) == []
        assert lint.visible_lines(lesson) == ((3, 12) if "folded" in key else (12, 12))
    assert (
        "can be read" in lint.lint(lesson_of(text.replace("demo=true", f'demo=true folded="{"w" * 90}"'), tmp_path))[0]
    )
    assert "last page" in lint.lint(lesson_of(CLEAN.replace(" last=true", ""), tmp_path))[0]


def test_contents_are_written_for_the_package(tmp_path):
    build.write_contents(lesson_of(WITH, tmp_path), tmp_path)
    told = json.loads((tmp_path / "gancourse" / "checks" / "lesson_07" / "contents.json").read_text(encoding="utf-8"))
    assert told["exercises"]["double"] == {"title": "Exercise 1: twice", "points": 2, "minutes": 5, "written": False}
    assert told["exercises"]["why"]["written"] is True and list(told["questions"]) == ["which_first"]


def test_grading_leaves_out_what_only_asks_or_shows(tmp_path):
    shown = build.showing(lesson_of(WITH, tmp_path))
    assert sum('ask("07_example"' in text for text in shown) == 1 and sum("signpost" in text for text in shown) == 2
    assert {"# Draws a line\nline = 1", "line = 1"} <= shown  # the second is how an older notebook has it
    assert not any("def double" in text or text.startswith("from gancourse import show") for text in shown)


# --- asking ----------------------------------------------------------------------------------------

TOLD = {
    "kind": "predict",
    "text": "Which?",
    "after": "It came.",
    "choices": [{"text": "p", "right": False, "word": "no"}, {"text": "q", "right": True, "word": "yes"}],
}


def test_without_a_page_question_choices_and_answer_are_text(capfd):
    ask("01_gaussian_1d", "ratio")
    said = capfd.readouterr()
    told = contents_of("01_gaussian_1d").questions["ratio"]
    assert said.err == "" and all(f"○ {choice['text']}" in said.out for choice in told["choices"])
    assert "✓ four times: " in said.out and "✗" not in said.out
    for lesson, id in (("01_gaussian_1d", "gone"), ("99_gone", "ratio")):
        ask(lesson, id)
        assert "not known here" in capfd.readouterr().out


def test_a_choice_is_kept_and_remembered(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("GANCOURSE_PROGRESS", str(tmp_path))
    question = Question("01_gaussian_1d", "which", TOLD)
    assert question.chosen == -1 and question.seen is False
    question.chosen = 7  # no page says so
    assert not (tmp_path / FILE).exists()
    question.chosen = 0
    assert read_progress().mark("01_gaussian_1d", "which").chosen == "p"
    again = Question("01_gaussian_1d", "which", {**TOLD, "choices": TOLD["choices"][::-1]})
    assert again.chosen == 1 and again.seen is True  # by its text, wherever it stands now
    assert "● p" in again._picture()["text/plain"] and "✗ p: no" in again._picture()["text/plain"]
    gone = Question("01_gaussian_1d", "which", {**TOLD, "choices": TOLD["choices"][1:] * 2})
    assert gone.chosen == -1


def test_text_tells_what_is_right():
    assert question_text(TOLD) == "Which?\n  ○ p\n  ○ q\n\n✓ q: yes\nIt came."
