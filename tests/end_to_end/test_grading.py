"""Grading from a folder of submissions to gradebook, feedback, table and JSON.

A class is graded once, two at a time, and looked at from all sides. Most of its notebooks keep
only the cells that matter, so that they run in seconds. Everything is derived from the lesson.
The quick path grades the usual three; what takes longer joins them in `everybody`.
"""

from __future__ import annotations

import copy
import csv
import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.notebooknode import NotebookNode

from gancourse import cli
from gancourse.authoring.build import source_notebook
from gancourse.authoring.source import find
from gancourse.errors import CourseError
from gancourse.grading.collect import collect
from gancourse.grading.config import grading_config
from gancourse.grading.grade import grade_lesson
from gancourse.grading.record import gradebook
from gancourse.grading.restore import marked, release_notebook, restore
from gancourse.grading.validate import validate_notebook
from gancourse.paths import repository

LESSON = find("01_gaussian_1d")
RELEASE = release_notebook(LESSON)
BY_HAND = [
    id for id, cell in marked(RELEASE).items() if cell.metadata.nbgrader.grade and cell.metadata.nbgrader.solution
]
TESTED = [id for id in LESSON.exercises if id not in BY_HAND]
POINTS = LESSON.points
FULL = sum(POINTS[id] for id in TESTED)
TIMEOUT = 25

# Mistakes people really make, with words the message must hold.
MISTAKES = {
    "discriminator_loss": (
        "    return F.softplus(real_logits).mean() + F.softplus(-fake_logits).mean()",
        "labels are swapped",
    ),
    "optimal_discriminator": ("    return q / (p + q)", "the probability of being fake"),
}
PLANTED = [id for id in MISTAKES if id in TESTED]


# --- notebooks ---------------------------------------------------------------------------------


def solved() -> NotebookNode:
    """The release with the lesson's own answers in it."""
    notebook, answers = copy.deepcopy(RELEASE), marked(source_notebook(LESSON, POINTS))
    for id, cell in marked(notebook).items():
        if cell.metadata.nbgrader.solution:
            cell.source = re.sub(r"[ \t]*### (BEGIN|END) SOLUTION\n?", "", answers[id].source + "\n").rstrip()
    return notebook


def slim(notebook: NotebookNode) -> NotebookNode:
    """Only what tests need: the imports, the student's cells and the tests."""
    notebook.cells = [cell for cell in notebook.cells if cell.id == "setup" or "nbgrader" in cell.metadata]
    return notebook


def signature(id: str) -> str:
    """`def name(...):` of an exercise."""
    return re.search(r"^def .*?:$", marked(RELEASE)[id].source, re.MULTILINE | re.DOTALL)[0]


def with_body(id: str, body: str) -> str:
    """A function of the right name that does something else."""
    return f"{signature(id)}\n{body}\n"


def changed(changes: dict[str, str]) -> NotebookNode:
    """The solved notebook with some of the student's cells replaced."""
    notebook = slim(solved())
    for id, source in changes.items():
        marked(notebook)[id].source = source
    return notebook


def perfect() -> NotebookNode:
    return solved()


def blank() -> NotebookNode:
    return copy.deepcopy(RELEASE)


def mistaken() -> NotebookNode:
    return changed({id: with_body(id, MISTAKES[id][0]) for id in PLANTED})


NOISE = """
import logging, sys, warnings

def noisy(function):
    def inner(*args, **kwargs):
        print("training ...")
        print("something on stderr", file=sys.stderr)
        warnings.warn("this is deprecated")
        logging.getLogger().warning("careful")
        return function(*args, **kwargs)
    return inner

warnings.warn("so is this")
print("noise", file=sys.stderr)
"""


def noisy() -> NotebookNode:
    first = TESTED[0]
    source = marked(solved())[first].source
    return changed({first: f"{NOISE}\n{source}\n\n{first} = noisy({first})"})


# One fault for each exercise, and what its message must hold. The last exercise stays right.
FAULTS: list[tuple[str, Callable[[str], str], str]] = [
    ("syntax", lambda id: with_body(id, "    return ((1"), "did not run: SyntaxError"),
    ("none", lambda id: with_body(id, "    pass"), "None"),
    ("nan", lambda id: with_body(id, '    return torch.tensor(float("nan"))'), "NaN"),
    ("loop", lambda id: with_body(id, "    while True:\n        pass"), f"longer than {TIMEOUT} seconds"),
    ("shape", lambda id: with_body(id, "    return torch.zeros(2, 3, 5)"), "shape"),
    ("dead", lambda id: with_body(id, "    import os\n    os._exit(3)"), "ended Python"),
    ("exit", lambda id: with_body(id, "    import sys\n    sys.exit(1)"), "SystemExit"),
    ("renamed", lambda id: "def something_else():\n    return 1", "does not define"),
]
FAULTY = dict(zip(TESTED[:-1], FAULTS, strict=False))


def faulty() -> NotebookNode:
    return changed({id: fault[1](id) for id, fault in FAULTY.items()})


def tampered() -> NotebookNode:
    """Blank, but with the first test edited, the second deleted, and the third's points raised."""
    notebook = slim(blank())
    cells = marked(notebook)
    cells[f"test-{TESTED[0]}"].source = "pass"
    if len(TESTED) > 2:
        notebook.cells.remove(cells[f"test-{TESTED[1]}"])
        cells[f"test-{TESTED[2]}"].metadata.nbgrader.points = 1000
    return notebook


USUAL = {
    "perfect": lambda: slim(perfect()),
    "blank": lambda: slim(blank()),
    "mistaken": mistaken,
}
# Whole notebooks, with their training and pictures, and everything odd.
LONGER = {
    "whole": perfect,
    "whole and blank": blank,
    "Zoë [late] + {1}": noisy,
    "faulty": faulty,
    "tampered": tampered,
}
GONE = {
    "no folder": "missing",
    "empty": "missing",
    "misnamed": "missing",
    "truncated": "damaged",
    "no bytes": "damaged",
    "not a notebook": "damaged",
}


def hand_in(root: Path, student: str, notebook: NotebookNode) -> Path:
    folder = root / student / LESSON.name
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{LESSON.name}.ipynb")
    return folder / f"{LESSON.name}.ipynb"


def fill(root: Path, notebooks: dict[str, Callable[[], NotebookNode]]) -> None:
    """The class's submissions, good and bad."""
    for student, make in notebooks.items():
        hand_in(root, student, make())
        (root / student / LESSON.name / "notes.txt").write_text("stray")
    (root / "class list.txt").write_text("stray")
    (root / "no folder").mkdir()
    (root / "empty" / LESSON.name).mkdir(parents=True)
    hand_in(root, "misnamed", blank()).rename(root / "misnamed" / LESSON.name / "final version (2).ipynb")
    text = hand_in(root, "truncated", solved()).read_text()
    for student, content in (("truncated", text[: len(text) // 2]), ("no bytes", ""), ("not a notebook", '{"a": 1}')):
        (root / student / LESSON.name).mkdir(parents=True, exist_ok=True)
        (root / student / LESSON.name / f"{LESSON.name}.ipynb").write_text(content)


def fingerprint(root: Path) -> str:
    parts = (
        f"{p.relative_to(root)} {p.stat().st_mtime_ns} {p.read_bytes() if p.is_file() else b''!r}"
        for p in sorted(root.rglob("*"))
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


class Graded:
    """What grading the class left behind."""

    def __init__(self, root: Path, notebooks: dict[str, Callable[[], NotebookNode]]):
        self.submitted, self.out, self.names = root / "submitted", root / "out", list(notebooks)
        fill(self.submitted, notebooks)
        before = fingerprint(self.submitted)
        self.status = grade_lesson(LESSON.name, self.submitted, self.out, 2, root / "all.json", TIMEOUT)
        self.untouched = fingerprint(self.submitted) == before
        self.text = (root / "all.json").read_text(encoding="utf-8")
        self.students = json.loads(self.text)["students"]

    def message(self, student: str, id: str) -> str:
        return self.students[student]["exercises"][id]["message"]

    def lost(self, student: str) -> list[str]:
        return [id for id in TESTED if self.students[student]["exercises"][id]["score"] < POINTS[id]]

    def feedback(self, student: str) -> str:
        return (self.out / "feedback" / student / LESSON.name / f"{LESSON.name}.html").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    return Graded(tmp_path_factory.mktemp("class"), USUAL)


@pytest.fixture(scope="session")
def everybody(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    return Graded(tmp_path_factory.mktemp("everybody"), LONGER)


# --- scores ------------------------------------------------------------------------------------


def test_a_perfect_submission_gets_everything_but_what_a_person_grades(graded: Graded) -> None:
    result = graded.students["perfect"]
    assert graded.lost("perfect") == []
    assert (result["score"], result["max_score"]) == (FULL, FULL)
    assert result.get("pending_points", 0) == sum(POINTS[id] for id in BY_HAND)
    assert result["status"] == ("awaiting manual grading" if BY_HAND else "graded")
    for id in BY_HAND:
        assert result["exercises"][id]["score"] is None


def test_a_blank_submission_gets_nothing(graded: Graded) -> None:
    result = graded.students["blank"]
    assert (result["score"], result["max_score"], result["status"]) == (0, sum(POINTS.values()), "graded")
    assert "not written yet" in graded.message("blank", TESTED[0])


def test_two_mistakes_lose_two_exercises_and_are_named(graded: Graded) -> None:
    assert graded.lost("mistaken") == PLANTED
    for id in PLANTED:
        assert MISTAKES[id][1] in graded.message("mistaken", id)


@pytest.mark.slow
def test_whole_notebooks_score_like_slim_ones(everybody: Graded, graded: Graded) -> None:
    for whole, slimmed in (("whole", "perfect"), ("whole and blank", "blank")):
        assert everybody.students[whole] == graded.students[slimmed]


@pytest.mark.slow
def test_warnings_and_prints_cost_nothing(everybody: Graded) -> None:
    assert everybody.lost("Zoë [late] + {1}") == []


@pytest.mark.slow
def test_every_fault_is_named_and_costs_its_exercise_only(everybody: Graded) -> None:
    assert everybody.lost("faulty") == list(FAULTY)
    for id, (name, _, words) in FAULTY.items():
        assert words in everybody.message("faulty", id), name


@pytest.mark.slow
def test_edited_and_deleted_tests_earn_nothing(everybody: Graded) -> None:
    result = everybody.students["tampered"]
    assert (result["score"], result["max_score"]) == (0, sum(POINTS.values()))
    assert "was changed; the original one is used" in everybody.message("tampered", TESTED[0])


@pytest.mark.parametrize("student", GONE)
def test_a_submission_that_cannot_be_graded_gets_a_sentence(graded: Graded, student: str) -> None:
    result = graded.students[student]
    assert (result["status"], result["score"], result["max_score"]) == (GONE[student], 0, sum(POINTS.values()))
    assert re.search(r"Hand in|hand it in again", result["message"])
    assert result["message"] in graded.feedback(student).replace("&#x27;", "'")
    if student == "misnamed":
        assert "final version (2).ipynb" in result["message"]


# --- what is written ---------------------------------------------------------------------------


def test_it_exits_with_1_because_some_could_not_be_graded(graded: Graded) -> None:
    assert graded.status == 1
    assert set(graded.students) == {*graded.names, *GONE}


def test_the_submissions_are_left_alone(graded: Graded) -> None:
    assert graded.untouched


@pytest.mark.parametrize("name", ["graded", pytest.param("everybody", marks=pytest.mark.slow)])
def test_students_see_no_inside_of_the_package(name: str, request: pytest.FixtureRequest) -> None:
    graded: Graded = request.getfixturevalue(name)
    for text in (graded.text, *map(graded.feedback, graded.names)):
        assert "Traceback (most recent call last)" not in text
        assert "site-packages" not in text
        assert "\\u001b" not in text and "\x1b" not in text
        assert "HIDDEN TESTS" not in text
    assert not list((graded.out / "feedback").rglob("*.ipynb"))


def test_the_summary_agrees_with_the_json(graded: Graded) -> None:
    with (graded.out / "summary.csv").open(newline="", encoding="utf-8") as file:
        lines = {line["student"]: line for line in csv.DictReader(file)}
    assert set(lines) == set(graded.students)
    for student, line in lines.items():
        assert float(line["score"]) == graded.students[student]["score"]
        assert line["status"] == graded.students[student]["status"]


def test_everybody_is_in_the_gradebook(graded: Graded) -> None:
    with gradebook(graded.out) as book:
        for student, result in graded.students.items():
            assert book.find_submission(LESSON.name, student).score == result["score"]


# --- grading again -----------------------------------------------------------------------------


@pytest.mark.slow
def test_grading_again_keeps_scores_given_by_hand(graded: Graded, tmp_path: Path) -> None:
    again, out = tmp_path / "submitted", tmp_path / "out"
    shutil.copytree(graded.submitted / "mistaken", again / "mistaken")
    shutil.copytree(graded.out, out)
    id = PLANTED[0]
    by_hand = {f"test-{id}": 0.5} | dict.fromkeys(BY_HAND, 1.0)
    with gradebook(out) as book:
        for cell, score in by_hand.items():
            grade = book.find_grade(cell, LESSON.name, LESSON.name, "mistaken")
            grade.manual_score, grade.needs_manual_grade = score, False
        book.db.commit()
    assert grade_lesson(LESSON.name, again, out, 1, tmp_path / "again.json", TIMEOUT) == 0
    result = json.loads((tmp_path / "again.json").read_text())["students"]["mistaken"]
    assert result["exercises"][id]["score"] == 0.5
    assert result["status"] == "graded"
    assert result["max_score"] == sum(POINTS.values())
    # One job instead of two: all else is the same.
    first = graded.students["mistaken"]["exercises"]
    same = [other for other in TESTED if other != id]
    assert {i: result["exercises"][i] for i in same} == {i: first[i] for i in same}


# --- wrong usage -------------------------------------------------------------------------------


def test_an_unknown_lesson_lists_those_there_are(monkeypatch: pytest.MonkeyPatch, capsys: Any, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.argv", ["gancourse", "grade", "99_none", "--submitted", str(tmp_path)])
    with pytest.raises(SystemExit) as exit:
        cli.main()
    assert exit.value.code == 2
    assert LESSON.name in capsys.readouterr().err


def test_a_wrong_folder_says_what_was_found_and_what_is_expected(tmp_path: Path) -> None:
    expected = f"STUDENT/{LESSON.name}/{LESSON.name}.ipynb"
    with pytest.raises(CourseError, match=re.escape(expected)):
        collect(tmp_path / "nowhere", LESSON)
    with pytest.raises(CourseError, match="is empty"):
        collect(tmp_path, LESSON)
    (tmp_path / "ada").mkdir()
    nbformat.write(blank(), tmp_path / "ada" / "homework.ipynb")
    with pytest.raises(CourseError, match=re.escape(expected) + r"(.|\n)*ada/homework\.ipynb"):
        collect(tmp_path, LESSON)


def test_results_never_land_among_the_submissions(tmp_path: Path) -> None:
    submitted = tmp_path / "submitted"
    hand_in(submitted, "ada", blank())
    for out in (submitted, submitted / "out", tmp_path):
        with pytest.raises(CourseError, match="--out"):
            grade_lesson(LESSON.name, submitted, out, 1, None)


# --- restoring ---------------------------------------------------------------------------------


def test_cells_are_known_without_nbgraders_metadata() -> None:
    stripped = solved()
    for cell in stripped.cells:
        cell.metadata.clear()
    restored, notes = restore(stripped, RELEASE)
    assert notes == {}
    assert [cell.metadata for cell in restored.cells] == [cell.metadata for cell in RELEASE.cells]
    assert marked(restored)[TESTED[0]].source == marked(solved())[TESTED[0]].source


def test_tests_are_put_back_even_where_everything_is_gone() -> None:
    notebook = solved()
    notebook.cells = [cell for cell in notebook.cells if "nbgrader" not in cell.metadata]
    restored, notes = restore(notebook, RELEASE)
    assert {f"test-{id}" for id in TESTED} <= set(marked(restored))
    assert set(notes) == set(LESSON.exercises)
    nbformat.validate(restored)


# --- validate ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_validate_passes_a_right_notebook_and_leaves_it_alone(tmp_path: Path, capsys: Any) -> None:
    path = hand_in(tmp_path, "me", changed({}))
    before = fingerprint(tmp_path)
    assert validate_notebook(path) == 0
    assert fingerprint(tmp_path) == before
    assert f"{len(TESTED)} of {len(TESTED)} exercise" in capsys.readouterr().out


def test_validate_says_what_the_grader_says(graded: Graded, capsys: Any) -> None:
    assert validate_notebook(graded.submitted / "mistaken" / LESSON.name / f"{LESSON.name}.ipynb") == 1
    said = capsys.readouterr().out
    for id in TESTED:
        public = graded.message("mistaken", id).split(f"\n✓ {id}")[0]  # hidden checks come second
        assert public in said
    assert f"{len(TESTED) - len(PLANTED)} of {len(TESTED)} exercises pass" in said


def test_validate_refuses_what_is_no_notebook_of_the_course(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="There is no notebook"):
        validate_notebook(tmp_path / "none.ipynb")
    with pytest.raises(CourseError, match="is a folder"):
        validate_notebook(tmp_path)
    (tmp_path / "damaged.ipynb").write_text("{")
    with pytest.raises(CourseError, match="damaged"):
        validate_notebook(tmp_path / "damaged.ipynb")
    other = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    nbformat.write(other, tmp_path / "other.ipynb")
    with pytest.raises(CourseError, match="belongs to no lesson"):
        validate_notebook(tmp_path / "other.ipynb")


# --- nbgrader's own commands -------------------------------------------------------------------


def test_nbgrader_started_in_the_repository_uses_the_same_pipeline() -> None:
    from traitlets.config.loader import PyFileConfigLoader

    config = PyFileConfigLoader("nbgrader_config.py", path=str(repository())).load_config()
    assert config == grading_config(repository() / "graded")
