"""Answers written as edits: what an author writes becomes the source that is meant, or is refused with a reason."""

from __future__ import annotations

import pytest

from gancourse.authoring.answers import Answer, Exercise, edited, without_docstrings
from gancourse.authoring.gate import load_answers
from gancourse.authoring.source import lesson_paths
from gancourse.errors import CourseError

CELL = '''def scaled(x, by=2):
    """x, larger.

    Args:
        x: any number.
    """
    ### BEGIN SOLUTION
    total = x * by
    if total < 0:
        total = 0
    return total
    ### END SOLUTION'''
OWN = """\
def scaled(x, by=2):
    total = x * by
    if total < 0:
        total = 0
    return total
"""


@pytest.fixture
def it() -> Exercise:
    return Exercise("99_test", "scaled", CELL)


def added(it: Exercise) -> Answer:
    return it.answers[-1]


def test_the_lessons_solution_and_its_blank_come_for_free(it):
    assert it.own == OWN
    assert added(it).name == "blank"
    assert added(it).code == "def scaled(x, by=2):\n    raise NotImplementedError  # your code here\n"
    it.right("plain")
    assert added(it).code == OWN


def test_a_body_stands_under_the_lessons_signature(it):
    it.wrong("return 0", "return 0", says="expected")
    assert added(it).code == "def scaled(x, by=2):\n    return 0\n"
    it.right(
        "two lines",
        """
        if x > 0:
            return x * by
        return 0
        """,
    )
    assert added(it).code == "def scaled(x, by=2):\n    if x > 0:\n        return x * by\n    return 0\n"


@pytest.mark.parametrize(
    "source", ["scaled = lambda x, by: 0", "class scaled:\n    pass", "def scaled(x):\n    return x"]
)
def test_a_source_that_defines_the_name_is_whole(it, source):
    it.wrong("whole", source, says="expected")
    assert added(it).code == source + "\n"


def test_a_body_needs_a_function():
    it = Exercise("99_test", "Net", "class Net:\n    ### BEGIN SOLUTION\n    x = 1\n    ### END SOLUTION")
    with pytest.raises(CourseError, match="no function"):
        it.wrong("return 0", "return 0", says="expected")


def test_an_edit_changes_the_first_right_answer_or_the_one_named(it):
    it.wrong("of the lesson's own", {"x * by": "x"}, says="expected")
    assert added(it).code == OWN.replace("x * by", "x")
    it.right("short", "return max(0, x * by)")
    it.right("other", "return max(0, by * x)")
    it.wrong("of the first", {"x * by": "x"}, says="expected")
    assert added(it).code == "def scaled(x, by=2):\n    return max(0, x)\n"
    it.wrong("of the other", {"by * x": "by"}, of="other", says="expected")
    assert added(it).code == "def scaled(x, by=2):\n    return max(0, by)\n"
    with pytest.raises(CourseError, match="no right answer 'third'"):
        it.wrong("of a third", {"by * x": "by"}, of="third", says="expected")


def test_drafts_are_edited_but_no_right_answers(it):
    it.draft("step by step", "total = by * x\nreturn max(0, total)")
    it.right("own")
    it.wrong("of the draft", {"by * x": "by"}, says="expected")
    assert added(it).code == "def scaled(x, by=2):\n    total = by\n    return max(0, total)\n"
    assert [a.name for a in it.answers if a.kind == "right"] == ["own"]


def test_edits_of_several_lines_keep_to_their_block():
    assert edited(OWN, {"total = 0": "total = 1\ntotal -= 1"}) == OWN.replace(
        "        total = 0\n", "        total = 1\n        total -= 1\n"
    )
    assert edited(OWN, {"if total < 0:\n    total = 0": "total = max(total, 0)"}) == (
        "def scaled(x, by=2):\n    total = x * by\n    total = max(total, 0)\n    return total\n"
    )
    with pytest.raises(CourseError, match="there is no"):
        edited(OWN, {"if total < 0:\n        total = 0": "pass"})  # indented as nothing is


def test_a_line_that_is_edited_away_is_gone():
    assert edited(OWN, {"return total": ""}) == OWN.replace("    return total\n", "")
    assert edited(OWN, {" * by": ""}) == OWN.replace(" * by", "")


def test_an_edit_must_find_one_place_or_as_many_as_are_said():
    with pytest.raises(CourseError, match="there is no 'factor'"):
        edited(OWN, {"factor": "x"})
    with pytest.raises(CourseError, match="say count=4"):
        edited(OWN, {"total": "sum"})
    with pytest.raises(CourseError, match="in 4 places"):
        edited(OWN, {"total": "sum"}, count=3)
    assert edited(OWN, {"total": "sum"}, count=4) == OWN.replace("total", "sum")
    with pytest.raises(CourseError, match="change nothing"):
        edited(OWN, {"x * by": "x * by"})


def test_an_answer_says_which_it_is_when_it_fails(it):
    with pytest.raises(CourseError, match=r"99_test, scaled, 'typo':.*there is no 'factor'"):
        it.wrong("typo", {"factor": "x"}, says="expected")
    with pytest.raises(CourseError, match="99_test, scaled, 'no Python'"):
        it.wrong("no Python", {"x * by": "x *"}, says="expected")
    it.right("plain")
    with pytest.raises(CourseError, match="two right answers are named 'plain'"):
        it.right("plain")
    with pytest.raises(CourseError, match="what must the report say"):
        it.wrong("without a word", "return 0", says="")


def test_docstrings_go_and_nothing_else_does():
    source = 'class A:\n    """A."""\n\n    x = """kept"""\n\n    def f(self):\n        "f."\n        return 1\n'
    assert without_docstrings(source) == 'class A:\n    x = """kept"""\n\n    def f(self):\n        return 1\n'


@pytest.mark.parametrize("path", lesson_paths(), ids=lambda path: path.parent.name)
def test_every_lessons_answers_can_be_read(path):
    answers = load_answers(path.parent)
    assert set(answers.exercises) == set(answers.lesson.tested)
    for exercise in answers.exercises.values():
        compile(exercise.own, exercise.name, "exec")
