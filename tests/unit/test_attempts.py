"""What people hand in, and where: every folder gets a result, and the right file of it is taken."""

from __future__ import annotations

import copy
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from anyone import as_nobody
from first_lesson import LESSON, released, solved_first

from gancourse.grading import folders
from gancourse.grading.collect import Submission, collect
from gancourse.grading.folders import look_through, student_names
from gancourse.grading.restore import marked, restore
from gancourse.grading.trial import MOST_TAKEN, files_beside

RELEASE = released()
NAME = f"{LESSON.name}.ipynb"
FIRST = LESSON.tested[0]
SOLVED = solved_first()
RIGHT, BLANK = json.dumps(SOLVED), json.dumps(RELEASE)


def half_done() -> str:
    notebook = copy.deepcopy(SOLVED)
    marked(notebook)[FIRST].source += "\n# the first attempt"
    return json.dumps(notebook)


def handed_in(root: Path, files: dict[str, str | bytes], student: str = "ada") -> Path:
    """A student's folder with these files in it."""
    for name, content in files.items():
        path = root / student / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root / student


def one(root: Path) -> Submission:
    (submission,) = [s for s in collect(root, LESSON) if s.student == "ada"]
    return submission


def is_right(submission: Submission) -> bool:
    assert submission.content is not None, submission.problem
    mended, _ = restore(submission.content, RELEASE)
    return all(marked(mended)[id].source == marked(SOLVED)[id].source for id in LESSON.tested)


# --- cells -------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("id", ["W0sZmlsZQ==", "#VSC-1a2b", "", "x" * 80, None, 7, ["a"], "ü", "a b", "submitted-3"])
def test_ids_of_other_editors_are_no_obstacle(tmp_path: Path, id: Any) -> None:
    data = json.loads(RIGHT)
    for cell in data["cells"]:
        if "nbgrader" not in cell["metadata"] and cell["id"] != "setup":
            cell["id"] = id
    handed_in(tmp_path, {f"{LESSON.name}/{NAME}": json.dumps(data)})
    assert is_right(one(tmp_path))
    mended, _ = restore(one(tmp_path).content, RELEASE)
    assert len({cell.id for cell in mended.cells}) == len(mended.cells)
    again, _ = restore(one(tmp_path).content, RELEASE)
    assert again == mended  # or everybody would be judged anew each time


# --- folders -----------------------------------------------------------------------------------


def a_thousand_deep(folder: Path) -> None:
    home = os.open(folder, os.O_RDONLY)
    for _ in range(1100):
        os.mkdir("deep", dir_fd=home)
        inner = os.open("deep", os.O_RDONLY, dir_fd=home)
        os.close(home)
        home = inner
    os.close(home)


def a_long_path(folder: Path) -> None:
    home = os.open(folder, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("n" * 250, dir_fd=home)
        inner = os.open("n" * 250, os.O_RDONLY, dir_fd=home)
        os.close(home)
        home = inner
    os.close(os.open("f" * 250, os.O_CREAT | os.O_WRONLY, dir_fd=home))
    os.close(home)


def many_files(folder: Path, count: int | None = None) -> None:
    for number in range(60_000 if count is None else count):
        (folder / f"small-{number}.txt").touch()


@pytest.mark.slow
@pytest.mark.parametrize("fill", [a_thousand_deep, a_long_path, many_files])
def test_an_endless_folder_beside_the_notebook_stops_nobody(tmp_path: Path, fill: Callable[[Path], None]) -> None:
    folder = handed_in(tmp_path, {f"{LESSON.name}/{NAME}": RIGHT, f"{LESSON.name}/helper.py": "x = 1"}) / LESSON.name
    fill(folder)
    submission = one(tmp_path)
    files, said = files_beside(submission.folder, submission.notebook)
    assert "helper.py" in files
    assert len(files) <= MOST_TAKEN
    assert bool(said) == (fill is many_files)
    assert is_right(submission)
    os.system(f"rm -rf '{folder}'")  # shutil's recursion would end too early


@pytest.mark.slow
def test_the_notebook_is_found_among_very_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = handed_in(tmp_path, {f"{LESSON.name}/{NAME}": RIGHT}) / LESSON.name
    many_files(folder, 3000)
    assert is_right(one(tmp_path))
    monkeypatch.setattr(folders, "MOST_FILES", 100)
    assert is_right(one(tmp_path))
    assert "not all are seen" in " ".join(one(tmp_path).notes)


def test_what_is_closed_to_an_ordinary_user_is_that_students_result(tmp_path: Path) -> None:
    closed = [handed_in(tmp_path, {f"{LESSON.name}/{NAME}": RIGHT}, f"closed {n}") for n in range(3)]
    handed_in(tmp_path, {f"{LESSON.name}/{NAME}": RIGHT, f"{LESSON.name}/inner/data.txt": "x"})
    modes = [
        closed[0],
        closed[1] / LESSON.name,
        closed[2] / LESSON.name / NAME,
        tmp_path / "ada" / LESSON.name / "inner",
    ]
    above = [path for path in tmp_path.parents if path.stat().st_uid == os.getuid()][:3]
    was = {path: path.stat().st_mode for path in [*above, tmp_path]}

    def work() -> None:
        found = {s.student: s for s in collect(tmp_path, LESSON)}
        assert is_right(found["ada"])
        assert "inner" in " ".join(found["ada"].notes)
        for number in range(3):
            assert "ermission denied" in found[f"closed {number}"].problem

    try:
        for path in was:
            path.chmod(0o755)
        for path in modes:
            path.chmod(0)
        assert as_nobody(work) == 0
    finally:
        for path in modes:
            path.chmod(0o755)
        for path, mode in was.items():
            path.chmod(mode)


# --- names -------------------------------------------------------------------------------------


def test_two_names_are_never_one() -> None:
    raw = [
        b"Zo\xeb",
        b"Zo\xfc",
        "Zo\ufffd".encode(),
        "Zoë".encode(),
        "Zoe\u0308".encode(),
        b"ZO\xc3\x8b",
        b"\x1b[31mred",
    ]
    raw += [b"red\nline", b"red\rline", "a\u202eb".encode(), "a\u2066b".encode(), b"\xff" * 255, b"\xfe" * 255]
    names = student_names(map(os.fsdecode, raw))
    shown = list(names.values())
    assert len(set(shown)) == len(raw) == len({name.casefold() for name in shown})
    assert names["ZOË"] == "ZOË" and names["Zoë"] != "Zoë"
    for name in shown:
        name.encode()
        assert name.isprintable()
        assert len(name.encode()) < 200
    assert student_names(["Ada", "Ben O'Neill", "Zoë [late] + {1}", "محمد", "\u0645\u06cc\u200c\u0631"]) == {
        name: name for name in ("Ada", "Ben O'Neill", "Zoë [late] + {1}", "محمد", "\u0645\u06cc\u200c\u0631")
    }


def test_folders_whose_names_are_no_text_are_students_of_their_own(tmp_path: Path) -> None:
    for name in (b"L\x94sung", b"L\x99sung"):
        os.makedirs(os.fsencode(tmp_path) + b"/" + name + b"/" + LESSON.name.encode())
        with open(os.fsencode(tmp_path) + b"/" + name + f"/{LESSON.name}/{NAME}".encode(), "w") as file:
            file.write(RIGHT)
    found = collect(tmp_path, LESSON)
    assert len({s.student for s in found}) == 2
    assert all(is_right(s) for s in found)


# --- files -------------------------------------------------------------------------------------


def zipped(files: dict[str, str]) -> bytes:
    import io

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def with_outputs(megabytes: int) -> str:
    data = json.loads(RIGHT)
    picture = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "iVBORw0KGgo" + "A" * 2**20}}
    code = next(cell for cell in data["cells"] if cell["cell_type"] == "code")
    code["outputs"] = [picture] * megabytes
    return json.dumps(data)


PLACES = {
    "as JSON": {f"{LESSON.name}/{NAME}.json": RIGHT},
    "as text": {f"{LESSON.name}/{NAME}.txt": RIGHT},
    "in capitals": {f"{LESSON.name}/{LESSON.name.upper()}.IPYNB": RIGHT},
    "downloaded twice": {f"{LESSON.name}/{LESSON.name}.ipynb (1)": RIGHT},
    "without a suffix": {f"{LESSON.name}/{LESSON.name}": RIGHT},
    "in an archive": {f"{LESSON.name}/{LESSON.name}.zip": zipped({NAME: RIGHT})},
    "in a folder of an archive": {f"{LESSON.name}/hand in.zip": zipped({f"work/{NAME}": RIGHT, "work/helper.py": ""})},
    "in a Windows archive": {f"{LESSON.name}/hand in.zip": zipped({f"work\\{NAME}": RIGHT})},
    "Moodle's layout": {NAME: RIGHT},
    "Moodle's layout, an archive": {"submission.zip": zipped({f"{LESSON.name}/{NAME}": RIGHT})},
    "in another folder": {f"homework 1/{NAME}": RIGHT},
    "outputs of 105 MB": {f"{LESSON.name}/{NAME}": with_outputs(105)},
}


@pytest.mark.slow
@pytest.mark.parametrize("files", PLACES.values(), ids=PLACES)
def test_any_file_that_is_the_notebook_is_taken(tmp_path: Path, files: dict[str, str | bytes]) -> None:
    handed_in(tmp_path, files)
    handed_in(tmp_path, {f"{LESSON.name}/{NAME}": RIGHT}, "ben")
    submission = one(tmp_path)
    assert is_right(submission)
    (where,) = files
    expected = where.endswith(f"/{NAME}") and where.startswith(LESSON.name)
    inside = where.removeprefix(f"{LESSON.name}/")
    assert (inside in " ".join(submission.notes)) != (expected or where == NAME)


def test_a_class_in_moodles_layout_is_a_class(tmp_path: Path) -> None:
    for student in ("Ada Lovelace_1843_assignsubmission_file_", "Ben_1_assignsubmission_file_"):
        handed_in(tmp_path, {NAME: RIGHT}, student)
    assert all(is_right(submission) for submission in collect(tmp_path, LESSON))


@pytest.mark.slow
def test_an_archive_is_no_way_out(tmp_path: Path) -> None:
    bomb = zipped({NAME: "[" + " " * (300 * 2**20)})
    assert len(bomb) < 2**20
    handed_in(tmp_path, {f"{LESSON.name}/hand in.zip": bomb, f"{LESSON.name}/broken.zip": b"PK\x03\x04 nothing"})
    assert "too large" in one(tmp_path).problem
    handed_in(tmp_path / "2", {f"{LESSON.name}/a.zip": zipped({f"../../{NAME}": RIGHT})})
    assert one(tmp_path / "2").status == "missing"


# --- attempts ----------------------------------------------------------------------------------

STEM = LESSON.name
CHOICES = {
    "the blank one comes first": {f"{STEM}-1.ipynb": RIGHT, NAME: BLANK},
    "a blank copy": {f"{STEM}-Copy1.ipynb": BLANK, NAME: RIGHT},
    "two attempts": {f"{STEM}-1.ipynb": half_done(), f"{STEM}-2.ipynb": RIGHT, NAME: BLANK},
    "ten attempts": {f"{STEM}-9.ipynb": half_done(), f"{STEM}-10.ipynb": RIGHT},
    "a copy that was worked on": {NAME: half_done(), f"{STEM}-Copy1.ipynb": RIGHT},
    "browser's numbers": {f"{STEM} (1).ipynb": half_done(), f"{STEM} (2).ipynb": RIGHT},
    "folders": {f"attempt 1/{NAME}": half_done(), f"attempt 2/{NAME}": RIGHT},
    "a damaged one": {NAME: RIGHT[: len(RIGHT) // 2], f"{STEM}-Copy1.ipynb": RIGHT},
    "another lesson's": {NAME: RIGHT, "zz.ipynb": json.dumps({"cells": []})},
}


@pytest.mark.parametrize("files", CHOICES.values(), ids=CHOICES)
def test_of_several_attempts_the_right_one_is_taken_and_said(tmp_path: Path, files: dict[str, str]) -> None:
    handed_in(tmp_path, {f"{LESSON.name}/{name}": content for name, content in files.items()})
    submission = one(tmp_path)
    assert is_right(submission)
    said = " ".join(submission.notes)
    for name, content in files.items():
        assert (name in said) == ("zz.ipynb" not in files), content[:20]


def test_without_a_number_the_newest_is_taken(tmp_path: Path) -> None:
    folder = handed_in(tmp_path, {f"{STEM}/final.ipynb": RIGHT, f"{STEM}/work.ipynb": half_done()}) / STEM
    os.utime(folder / "final.ipynb", (2_000_000_000, 2_000_000_000))
    assert is_right(one(tmp_path))
    os.utime(folder / "work.ipynb", (2_000_000_100, 2_000_000_100))
    assert not is_right(one(tmp_path))


def test_a_damaged_notebook_beside_a_blank_one_is_said_to_be_damaged(tmp_path: Path) -> None:
    handed_in(tmp_path, {f"{STEM}/{NAME}": RIGHT[:-400], f"{STEM}/{STEM}-Copy1.ipynb": BLANK})
    assert "damaged" in one(tmp_path).problem


def test_looking_through_a_folder_names_what_cannot_be_opened(tmp_path: Path) -> None:
    assert look_through(tmp_path / "nowhere").files == []
    (tmp_path / "file").touch()
    assert look_through(tmp_path / "file").notes
