"""Grading from a folder of submissions to gradebook, feedback, table and JSON.

A class is graded once, two at a time, and looked at from all sides. Most of its notebooks keep
only the cells that matter, so that they run in seconds. Everything is derived from the lesson.
The quick path grades the usual three; what takes longer joins them in `everybody`. What attacks the
grader, and what is merely odd, is in tests/hostile.
"""

from __future__ import annotations

import copy
import csv
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from first_lesson import LESSON, released, solved_first
from nbformat.notebooknode import NotebookNode

from gancourse import cli
from gancourse.errors import CourseError
from gancourse.grading.collect import collect
from gancourse.grading.config import grading_config
from gancourse.grading.grade import grade_lesson
from gancourse.grading.ledger import LOCK, SECRET, only_grader
from gancourse.grading.record import gradebook
from gancourse.grading.restore import marked, restore
from gancourse.grading.sandbox.walls import Limits
from gancourse.grading.validate import validate_notebook
from gancourse.paths import repository

RELEASE = released()
BY_HAND = [
    id for id, cell in marked(RELEASE).items() if cell.metadata.nbgrader.grade and cell.metadata.nbgrader.solution
]
TESTED = LESSON.tested
POINTS = LESSON.points
FULL = sum(POINTS[id] for id in TESTED)
LIMITS = Limits(cell=30, call=4, notebook=300)

# Mistakes people really make, with words the message must hold.
MISTAKES = {
    "discriminator_loss": (
        "    return F.softplus(real_logits).mean() + F.softplus(-fake_logits).mean()",
        "labels are swapped",
    ),
    "generator_gradients": ("    d = torch.sigmoid(fake_logits)\n    return d - 1, -d", "minimax comes first"),
}
PLANTED = [id for id in MISTAKES if id in TESTED]


# --- notebooks ---------------------------------------------------------------------------------


def solved() -> NotebookNode:
    """The release with the lesson's own answers in it."""
    return solved_first()


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
    ("nan", lambda id: with_body(id, '    return (torch.full_like(fake_logits, float("nan")),) * 2'), "NaN"),
    ("loop", lambda id: with_body(id, "    while True:\n        pass"), f"longer than {LIMITS.call} seconds"),
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
RENAMED = "mistaken", "final version (2).ipynb"
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
    if RENAMED[0] in notebooks:
        path = root / RENAMED[0] / LESSON.name / f"{LESSON.name}.ipynb"
        path.rename(path.with_name(RENAMED[1]))
    (root / "class list.txt").write_text("stray")
    (root / "no folder").mkdir()
    (root / "empty" / LESSON.name).mkdir(parents=True)
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

    def __init__(self, root: Path, notebooks: dict[str, Callable[[], NotebookNode]], limits: Limits):
        self.submitted, self.out, self.names = root / "submitted", root / "out", list(notebooks)
        fill(self.submitted, notebooks)
        before = fingerprint(self.submitted)
        self.status = grade_lesson(LESSON.name, self.submitted, self.out, 2, root / "all.json", limits)
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
    return Graded(tmp_path_factory.mktemp("class"), USUAL, Limits())


@pytest.fixture(scope="session")
def everybody(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    return Graded(tmp_path_factory.mktemp("everybody"), LONGER, LIMITS)


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


def test_a_renamed_notebook_is_graded_and_the_student_told(graded: Graded) -> None:
    assert graded.students[RENAMED[0]]["status"] == ("awaiting manual grading" if BY_HAND else "graded")
    assert f"{RENAMED[1]}; it should be called" in graded.message(RENAMED[0], LESSON.exercises[0])


@pytest.mark.slow
def test_whole_notebooks_score_like_slim_ones(everybody: Graded, graded: Graded) -> None:
    for whole, slimmed in (("whole", "perfect"), ("whole and blank", "blank")):
        # But for the numbers drawn, which a challenge's medal tells of.
        assert scores(everybody.students[whole]) == scores(graded.students[slimmed])


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


# --- what is written ---------------------------------------------------------------------------


def test_it_exits_with_1_because_some_could_not_be_graded(graded: Graded) -> None:
    assert graded.status == 1
    assert set(graded.students) == {*graded.names, *GONE}


def test_the_submissions_are_left_alone(graded: Graded) -> None:
    assert graded.untouched


@pytest.mark.slow
@pytest.mark.parametrize("name", ["graded", "everybody"])
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


def prepared(graded: Graded, root: Path) -> tuple[Path, Path]:
    """The class's submissions and an empty output folder; the same inputs will be drawn as in `graded`."""
    submitted, out = root / "submitted", root / "out"
    shutil.copytree(graded.submitted, submitted)
    (out / "judged").mkdir(parents=True)
    shutil.copyfile(graded.out / "judged" / SECRET, out / "judged" / SECRET)
    return submitted, out


def scores(row: dict[str, Any]) -> dict[str, Any]:
    """A student's row without messages."""
    return {**row, "exercises": {id: exercise["score"] for id, exercise in row["exercises"].items()}}


def judged(out: Path) -> list[Path]:
    """The outcomes that are kept below `out`."""
    return list((out / "judged" / LESSON.name).glob("*.json"))


def when_the_first_is_judged(out: Path, act: Callable[[], None], patience: float = 200) -> None:
    """Wait until there is an outcome, then act."""
    end = time.monotonic() + patience
    while not judged(out):
        assert time.monotonic() < end, "Nothing was judged in time."
        time.sleep(0.01)
    act()


@pytest.mark.slow
def test_grading_again_keeps_scores_given_by_hand_and_judges_nobody(
    graded: Graded, tmp_path: Path, capsys: Any
) -> None:
    out, id = tmp_path / "out", PLANTED[0]
    shutil.copytree(graded.out, out)
    by_hand = {f"test-{id}": 0.5} | dict.fromkeys(BY_HAND, 1.0)
    with gradebook(out) as book:
        for cell, score in by_hand.items():
            grade = book.find_grade(cell, LESSON.name, LESSON.name, "mistaken")
            grade.manual_score, grade.needs_manual_grade = score, False
        book.db.commit()
    assert grade_lesson(LESSON.name, graded.submitted, out, 1, tmp_path / "again.json", Limits()) == 1
    assert f"{len(USUAL)} submissions judged before and unchanged" in capsys.readouterr().err
    students = json.loads((tmp_path / "again.json").read_text())["students"]
    result = students.pop("mistaken")
    assert result["exercises"][id]["score"] == 0.5
    assert result["status"] == "graded"
    assert result["max_score"] == sum(POINTS.values())
    # All else is the same.
    first = graded.students["mistaken"]["exercises"]
    same = [other for other in TESTED if other != id]
    assert {i: result["exercises"][i] for i in same} == {i: first[i] for i in same}
    assert students == {name: row for name, row in graded.students.items() if name != "mistaken"}


@pytest.mark.slow
def test_scores_by_hand_outlive_a_changed_submission(graded: Graded, tmp_path: Path) -> None:
    submitted, out, id = tmp_path / "submitted", tmp_path / "out", BY_HAND[0]
    shutil.copytree(graded.submitted / "perfect", submitted / "perfect")
    shutil.copytree(graded.out, out)
    with gradebook(out) as book:
        grade = book.find_grade(id, LESSON.name, LESSON.name, "perfect")
        grade.manual_score, grade.needs_manual_grade = 1.0, False
        book.db.commit()
    notebook = changed({TESTED[0]: with_body(TESTED[0], "    pass")})
    nbformat.write(notebook, submitted / "perfect" / LESSON.name / f"{LESSON.name}.ipynb")
    assert grade_lesson(LESSON.name, submitted, out, 1, tmp_path / "again.json", Limits()) == 0
    exercises = json.loads((tmp_path / "again.json").read_text())["students"]["perfect"]["exercises"]
    assert (exercises[id]["score"], exercises[TESTED[0]]["score"]) == (1.0, 0)


@pytest.mark.slow
def test_a_gradebook_that_differs_heals(graded: Graded, tmp_path: Path, capsys: Any) -> None:
    out = tmp_path / "out"
    shutil.copytree(graded.out, out)
    with gradebook(out) as book:
        book.find_grade(f"test-{TESTED[0]}", LESSON.name, LESSON.name, "perfect").auto_score = 0
        book.db.commit()
        book.remove_submission(LESSON.name, "blank")
    assert grade_lesson(LESSON.name, graded.submitted, out, 1, tmp_path / "again.json", Limits()) == 1
    assert "The gradebook differed for 2 submissions" in capsys.readouterr().err
    assert json.loads((tmp_path / "again.json").read_text())["students"] == graded.students
    with gradebook(out) as book:
        assert book.find_submission(LESSON.name, "perfect").score == FULL


def test_a_second_grader_is_told_who_the_first_is(tmp_path: Path) -> None:
    hand_in(tmp_path / "submitted", "ada", blank())
    with only_grader(tmp_path / "out"), pytest.raises(CourseError, match=f"process {os.getpid()} on"):
        grade_lesson(LESSON.name, tmp_path / "submitted", tmp_path / "out", 1, None)


@pytest.mark.slow
def test_two_graders_at_once_and_one_that_is_killed(tmp_path: Path) -> None:
    """Real ones: on one --out the second is told who the first is; on another it works; a dead one holds nothing."""
    submitted = tmp_path / "submitted"
    for student, notebook in (("ada", changed({})), ("ben", slim(blank()))):
        hand_in(submitted, student, notebook)
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    lines = {name: command(submitted, tmp_path / name, tmp_path / f"{name}.json") for name in ("one", "two")}
    first = subprocess.Popen(lines["one"], start_new_session=True, **quiet)
    lock, end = tmp_path / "one" / LOCK, time.monotonic() + 200
    while not (lock.exists() and lock.read_text()):
        assert first.poll() is None and time.monotonic() < end, "The first one never took the lock."
        time.sleep(0.05)
    os.killpg(first.pid, signal.SIGSTOP)  # however long the others take to start
    refused = subprocess.run(lines["one"], capture_output=True, text=True, check=False)
    assert refused.returncode == 2 and f"process {first.pid} on" in refused.stderr, refused.stderr
    assert "choose another --out" in refused.stderr
    beside = subprocess.Popen(lines["two"], **quiet)
    os.kill(first.pid, signal.SIGKILL)  # it alone: what it has started has to end by itself
    os.killpg(first.pid, signal.SIGCONT)
    first.wait()
    again = subprocess.run(lines["one"], capture_output=True, text=True, check=False)
    assert (again.returncode, beside.wait(400)) == (0, 0), again.stderr
    for name in lines:
        students = json.loads((tmp_path / f"{name}.json").read_text())["students"]
        assert {student: row["score"] for student, row in students.items()} == {"ada": FULL, "ben": 0}
        with gradebook(tmp_path / name) as book:
            assert book.find_submission(LESSON.name, "ada").score == FULL


@pytest.mark.slow
def test_a_late_submission_is_graded_and_known_to_be_late(graded: Graded, tmp_path: Path) -> None:
    submitted, out = tmp_path / "submitted", tmp_path / "out"
    shutil.copytree(graded.submitted / "perfect", submitted / "perfect")
    shutil.copytree(graded.out, out)
    (submitted / "perfect" / LESSON.name / "timestamp.txt").write_text("2026-03-02 12:00:00 UTC")
    with gradebook(out) as book:
        book.update_or_create_assignment(LESSON.name, duedate="2026-03-01 12:00:00 UTC")
    assert grade_lesson(LESSON.name, submitted, out, 1, tmp_path / "late.json", Limits()) == 0
    assert json.loads((tmp_path / "late.json").read_text())["students"]["perfect"]["score"] == FULL
    with gradebook(out) as book:
        assert book.find_submission(LESSON.name, "perfect").total_seconds_late == 24 * 60 * 60


def command(submitted: Path, out: Path, json_path: Path) -> list[str]:
    """`gancourse grade` as one types it."""
    options = {"--submitted": submitted, "--out": out, "--jobs": 1, "--json": json_path}
    program = [str(Path(sys.executable).with_name("gancourse")), "grade", LESSON.name]
    return [*program, *(str(part) for option in options.items() for part in option)]


@pytest.mark.slow
def test_killed_in_the_middle_it_goes_on_and_judges_nobody_twice(graded: Graded, tmp_path: Path) -> None:
    submitted, out = prepared(graded, tmp_path)
    line = command(submitted, out, tmp_path / "all.json")
    first = subprocess.Popen(line, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    when_the_first_is_judged(out, lambda: os.killpg(first.pid, signal.SIGKILL))
    first.wait()
    before = {json.loads(path.read_text())["outcome"]["student"] for path in judged(out)}
    assert 0 < len(before) < len(USUAL)
    second = subprocess.run(line, capture_output=True, text=True, check=False)
    assert second.returncode == 1
    again = re.findall(r"^\d+ of (\d+): (.*)$", second.stderr, re.MULTILINE)
    assert {student for _, student in again} == set(USUAL) - before
    assert len(again) == len(USUAL) - len(before)
    # But for the numbers drawn, nothing tells the two runs from one that nobody killed.
    students = json.loads((tmp_path / "all.json").read_text())["students"]
    assert {name: scores(row) for name, row in students.items()} == {
        name: scores(row) for name, row in graded.students.items()
    }
    with gradebook(out) as book:
        for student, result in graded.students.items():
            assert book.find_submission(LESSON.name, student).score == result["score"]


# --- a cluster ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as found:
        yield found


@pytest.mark.slow
def test_a_cluster_gives_the_same_scores_though_a_worker_is_killed(
    graded: Graded, cluster: Any, tmp_path: Path
) -> None:
    submitted, out = prepared(graded, tmp_path)

    def kill() -> None:
        os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)

    killer = threading.Thread(target=when_the_first_is_judged, args=(out, kill))
    killer.start()
    status = grade_lesson(
        LESSON.name, submitted, out, 1, tmp_path / "all.json", Limits(), scheduler=cluster.scheduler_address
    )
    killer.join()
    assert status == 1
    assert json.loads((tmp_path / "all.json").read_text())["students"] == graded.students


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
    other = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    nbformat.write(other, tmp_path / "ada" / "homework.ipynb")
    with pytest.raises(CourseError, match=re.escape(expected) + r"(.|\n)*ada/homework\.ipynb"):
        collect(tmp_path, LESSON)


@pytest.mark.slow
def test_where_no_sandbox_starts_nobody_is_failed_for_it(tmp_path: Path) -> None:
    for student in ("ada", "ben", "eve"):
        hand_in(tmp_path / "submitted", student, slim(blank()))
    with pytest.raises(CourseError, match=r"Nobody can be graded here\. The sandbox did not start"):
        grade_lesson(LESSON.name, tmp_path / "submitted", tmp_path / "out", 1, None, Limits(memory=2**24))
    assert not (tmp_path / "out" / "summary.csv").exists()


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
    kept, given = ([cell.metadata.get("nbgrader") for cell in one.cells] for one in (restored, RELEASE))
    assert kept == given  # which cells are folded is nobody's grade
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


def claims(report: str) -> list[str]:
    """The claims of a report, each with its mark."""
    return re.findall(r"^  ([✓✗] .*)$", report, re.MULTILINE)


def test_validate_says_what_the_grader_says(graded: Graded, capsys: Any) -> None:
    assert validate_notebook(graded.submitted / "mistaken" / LESSON.name / RENAMED[1]) == 1
    said = capsys.readouterr().out
    reports = dict(zip(TESTED, re.split(rf"^[✓✗] (?:{'|'.join(TESTED)})\b", said, flags=re.MULTILINE)[1:], strict=True))
    for id in TESTED:
        # The grader's numbers are drawn afresh, and its hidden claims come last: what holds is the same.
        public = claims(reports[id])
        assert public
        assert claims(graded.message("mistaken", id))[: len(public)] == public
    assert f"{len(TESTED) - len(PLANTED)} of {len(TESTED)} exercises pass" in said


@pytest.mark.slow
@pytest.mark.parametrize("student", ["Zoë [late] + {1}", "faulty"])
def test_validate_says_what_the_grader_says_of_odd_ones_too(student: str, everybody: Graded, capsys: Any) -> None:
    path = everybody.submitted / student / LESSON.name / f"{LESSON.name}.ipynb"
    assert validate_notebook(path, LIMITS) == int(bool(everybody.lost(student)))
    said = capsys.readouterr().out
    for id in TESTED:
        exercise = everybody.students[student]["exercises"][id]
        public = [("✓ " if f["holds"] else "✗ ") + f["claim"] for f in exercise["findings"] if f["by"] == "public"]
        if public and re.search(rf"^[✓✗] {id}: ", said, re.MULTILINE):
            (report,) = re.findall(rf"^[✓✗] {id}\b.*\n(?:  .*\n?)*", said, re.MULTILINE)
            assert claims(report) == public
        else:  # nothing could be tested, or nothing holds for one reason only
            reason = exercise["why"] or exercise["findings"][0]["miss"]
            assert f"✗ {id}\n      {reason.splitlines()[0]}" in said


@pytest.mark.slow
def test_a_terminal_without_a_check_mark_ends_nothing(graded: Graded, tmp_path: Path) -> None:
    shutil.copytree(graded.submitted / "mistaken", tmp_path / "submitted" / "Zoë")
    notebook = tmp_path / "submitted" / "Zoë" / LESSON.name / RENAMED[1]
    program = str(Path(sys.executable).with_name("gancourse"))
    grade = command(tmp_path / "submitted", tmp_path / "out", tmp_path / "all.json")
    for line, encoding, status, words in (
        ([program, "validate", str(notebook)], "cp1252", 1, f"+ {next(id for id in TESTED if id not in PLANTED)}: "),
        (grade, "ascii", 0, "Zoe"),
    ):
        env = {**os.environ, "PYTHONIOENCODING": encoding}
        done = subprocess.run(line, capture_output=True, env=env, check=False)
        assert done.returncode == status, done.stderr.decode(encoding)
        assert words in done.stdout.decode(encoding)


@pytest.mark.slow
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
