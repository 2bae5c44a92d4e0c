"""A student's marks: kept in one file by notebooks that may write at once, and never in anybody's way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gancourse import progress
from gancourse.checks import public
from gancourse.checks.core import BLANK, CheckFailed
from gancourse.contents import all_contents, contents_of
from gancourse.progress import Mark, read_progress, record
from gancourse.widgets import signpost

LESSON = "01_gaussian_1d"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file, in a folder of its own."""
    monkeypatch.setenv("GANCOURSE_PROGRESS", str(tmp_path))
    monkeypatch.setattr(progress, "AMISS", [])
    return tmp_path / progress.FILE


def test_outside_of_a_notebook_nothing_is_kept(tmp_path, monkeypatch):
    monkeypatch.delenv("GANCOURSE_PROGRESS", raising=False)
    monkeypatch.chdir(tmp_path)
    record(LESSON, "ratio", chosen="four times")
    assert list(tmp_path.iterdir()) == [] and read_progress().marks == {}


def test_the_last_mark_counts_and_the_same_is_not_kept_twice(file):
    for points in (1, 2, 2):
        record(LESSON, "minimax_generator_loss", points=points, most=2)
    record(LESSON, "ratio", chosen="four times")
    assert len([line for line in file.read_text().splitlines() if line]) == 3
    found = read_progress()
    assert found.mark(LESSON, "minimax_generator_loss") == Mark(2, 2)
    assert found.mark(LESSON, "ratio") == Mark(chosen="four times") and found.last_lesson == LESSON


def test_a_line_that_was_cut_off_takes_no_other_along(file):
    record(LESSON, "ratio", chosen="four times")
    with file.open("a") as opened:
        opened.write('{"lesson": "01_gau')
    record(LESSON, "detach", chosen="x")
    odd = ["[1]", "null", '{"lesson": 1}', '{"lesson": "a", "id": "b", "points": 5, "most": 2}', "NaN", "9" * 9000]
    with file.open("a") as opened:
        opened.write("\n".join(odd))
    found = read_progress()
    assert set(found.marks) == {(LESSON, "ratio"), (LESSON, "detach")} and found.word == ""


@pytest.mark.parametrize("damage", [b"\xff\xfe\x00damaged", b"{}", b"x" * (progress.MOST_KEPT + 1)])
def test_a_damaged_file_is_set_aside_with_a_word(file, damage):
    file.write_bytes(damage)
    record(LESSON, "ratio", chosen="four times")
    assert file.with_name("progress.damaged.jsonl").read_bytes() == damage
    found = read_progress()
    assert (LESSON, "ratio") in found.marks and "progress.damaged.jsonl" in found.word
    assert found.word in signpost.painted(LESSON)["text/plain"]


def test_where_nothing_can_be_written_nothing_happens(tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("GANCOURSE_PROGRESS", str(tmp_path / "not there"))
    record(LESSON, "ratio", chosen="four times")
    (tmp_path / "not there").write_text("a file where a folder should be")
    record(LESSON, "ratio", chosen="four times")
    assert read_progress().marks == {} and capfd.readouterr() == ("", "")


def test_two_write_at_once(file):
    code = "import sys\nfrom gancourse.progress import record\n"
    code += "for i in range(40): record('01_gaussian_1d', f'{sys.argv[1]}{i}', chosen='x' * 300)"
    env = {**os.environ, "PYTHONPATH": str(Path(progress.__file__).parents[1])}
    both = [subprocess.Popen([sys.executable, "-c", code, name], env=env) for name in "ab"]
    assert [process.wait(60) for process in both] == [0, 0]
    assert set(read_progress().marks) == {(LESSON, f"{name}{i}") for name in "ab" for i in range(40)}
    assert all(json.loads(line) for line in file.read_text().splitlines() if line)


def test_lessons_share_the_file_beside_the_start_page(tmp_path):
    (tmp_path / LESSON).mkdir()
    assert progress.course_folder(tmp_path / LESSON) == tmp_path / LESSON  # alone
    (tmp_path / "02_mixture_2d").mkdir()
    assert progress.course_folder(tmp_path / LESSON) == tmp_path
    (tmp_path / "start.ipynb").touch()
    assert progress.course_folder(tmp_path) == tmp_path
    (tmp_path / "elsewhere").mkdir()
    assert progress.course_folder(tmp_path / "elsewhere") == tmp_path / "elsewhere"


# --- what checks keep ------------------------------------------------------------------------------


def test_a_report_ends_with_points_which_are_kept(file, capsys):
    import torch.nn.functional as F

    def loss(real_logits, fake_logits):
        return F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()

    check, most = public(LESSON), contents_of(LESSON).exercises["discriminator_loss"].points
    check.discriminator_loss(loss)
    end = f"{most:g} of {most:g} points by these checks; graders have a few more"
    assert capsys.readouterr().out.rstrip().endswith(end)
    assert read_progress().mark(LESSON, "discriminator_loss") == Mark(most, most)
    with pytest.raises(CheckFailed) as failed:
        check.discriminator_loss(lambda real_logits, fake_logits: loss(fake_logits, real_logits))
    points = read_progress().mark(LESSON, "discriminator_loss").points
    assert points < most and f"\n  {points:g} of {most:g} points by these checks" in str(failed.value)


def test_a_blank_takes_no_mark_away(file):
    def blank(real_logits, fake_logits):
        raise NotImplementedError

    record(LESSON, "discriminator_loss", points=2, most=2)
    with pytest.raises(CheckFailed, match=BLANK[:20]):
        public(LESSON).discriminator_loss(blank)
    assert read_progress().mark(LESSON, "discriminator_loss") == Mark(2, 2)


# --- signposts -------------------------------------------------------------------------------------


def test_a_lesson_tells_what_is_done_and_what_is_next(file):
    contents = contents_of(LESSON)
    tested = [id for id, task in contents.exercises.items() if not task.written]
    record(LESSON, tested[0], points=contents.exercises[tested[0]].points, most=contents.exercises[tested[0]].points)
    shown = signpost.painted(LESSON)
    first, second, *_ = shown["text/plain"].splitlines()
    assert first.startswith(f"1 of {len(tested)} exercises · 2 of ") and "minutes of exercises left" in first
    assert second == f"Next here: {contents.exercises[tested[1]].title}"
    assert 'href="../02_mixture_2d/02_mixture_2d.ipynb"' in shown["text/html"] and "aria-label" in shown["text/html"]


def test_the_start_page_says_where_to_go_on(file):
    assert "begin here" in signpost.painted("")["text/plain"].splitlines()[0]
    for id, task in contents_of(LESSON).exercises.items():
        if not task.written:
            record(LESSON, id, points=task.points, most=task.points)
    lines = signpost.painted("")["text/plain"].splitlines()
    assert len(lines) == len(all_contents())
    assert lines[0].startswith("✓") and lines[1].endswith("(go on here)")


def test_marks_of_another_day_do_no_harm(file):
    """Points were changed since, exercises are gone, another lesson was there."""
    record("99_gone", "nothing", points=1, most=1)
    record(LESSON, "gone", points=1, most=1)
    record(LESSON, "discriminator_loss", points=5, most=5)
    tasks = [task for task in contents_of(LESSON).exercises.values() if not task.written]
    most, own = sum(task.points for task in tasks), contents_of(LESSON).exercises["discriminator_loss"].points
    said = signpost.painted(LESSON)["text/plain"]
    assert said.startswith(f"1 of {len(tasks)} exercises · {own:g} of {most:g} points"), said
    assert "go on here" in signpost.painted("")["text/plain"]
