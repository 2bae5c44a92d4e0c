"""No silent second: the line that says what goes on, and the listener that notices where one is missing."""

from __future__ import annotations

import runpy
import time

import nbformat
import pytest
import torch

from gancourse import choose_threads, each, working
from gancourse.authoring.source import Cell, Lesson
from gancourse.paths import repository
from gancourse.waiting import WorkLine, pace, time_in_words

BENCH = runpy.run_path(str(repository() / "benchmarks" / "lesson_times.py"))
CELLS = {
    "silent": "import time\ntime.sleep(2.5)",
    "prints": "for _ in range(5):\n    time.sleep(0.5)\n    print('.', flush=True)",
    "line": (
        "import gancourse.waiting as waiting\n"
        "waiting.SILENT, waiting.TICK = 0.8, 0.4\n"
        "with waiting.working('waiting', usual=1):\n    time.sleep(2.5)"
    ),
    "short": "with waiting.working('a moment'):\n    pass",
    "stops": "1 / 0",
}


@pytest.mark.slow
def test_the_listener_hears_which_cells_are_silent(tmp_path, capsys):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text, id=id) for id, text in CELLS.items()])
    heard = {cell.cell: cell for cell in BENCH["listen"](notebook, tmp_path)}
    assert list(heard) == list(CELLS)
    assert heard["silent"].longest_silence() > 2.4
    assert heard["prints"].longest_silence() < heard["prints"].seconds / 2
    # pace() is measured before the line comes, in a tenth of a second; on a machine that is busy in more.
    assert heard["line"].longest_silence() < heard["line"].seconds - 1
    assert heard["stops"].stopped.startswith("ZeroDivisionError")
    (left,) = notebook.cells[2].outputs  # one line, with the time it took
    assert left.data["text/plain"].startswith("waiting: ") and "left" not in left.data["text/plain"]
    assert notebook.cells[3].outputs == [], "what takes a moment leaves no line"
    assert not any(output.get("name") == "stderr" for cell in notebook.cells for output in cell.outputs)

    first = Cell("markdown", "# One\n\nOf two hours the machine\nworks about a minute. No more.", {}, 1, 1)
    lesson = Lesson("07_example", tmp_path, [first])
    assert not BENCH["report"](lesson, list(heard.values()), silence=2.0)
    said = capsys.readouterr().out
    assert (
        "the text says: about a minute" in said and "silent for" in said and "stops stopped: ZeroDivisionError" in said
    )
    assert not BENCH["report"](lesson, [heard["silent"]], silence=2.0)
    assert BENCH["report"](lesson, [heard["prints"]], silence=100)


def line_of(monkeypatch, usual=None) -> tuple[WorkLine, list[tuple[str, float | None]]]:
    """A line at work and what it has shown."""
    shown: list[tuple[str, float | None]] = []
    monkeypatch.setattr("gancourse.waiting.place_for_lines", lambda: lambda *said: shown.append(said))
    monkeypatch.setattr("gancourse.waiting.pace", lambda: 2.0)
    return WorkLine("counting", usual), shown


def test_a_line_says_what_it_usually_takes_here_and_what_is_left(monkeypatch):
    line, _ = line_of(monkeypatch, usual=10)
    assert line.words() == "counting · usually 20 s here · 0 s so far · about 20 s left"
    line(0.5)
    line.started -= 30
    assert line.words().endswith("30 s so far · about 30 s left")
    line.tell("run 2 of 3")
    assert line.words().startswith("counting, run 2 of 3 ·")


def test_a_line_does_not_pretend_to_know(monkeypatch):
    line, _ = line_of(monkeypatch)
    assert line.words() == "counting · 0 s so far"
    late, _ = line_of(monkeypatch, usual=10)
    late.started -= 25
    assert late.words().endswith("25 s so far · longer than usual")


def test_items_pass_through_and_what_is_short_shows_nothing(monkeypatch):
    _, shown = line_of(monkeypatch)
    assert list(each(range(5), "counting")) == [0, 1, 2, 3, 4]
    assert list(each((n for n in range(3)), "counting", total=3)) == [0, 1, 2]
    assert shown == []


def test_only_the_outermost_line_is_shown_and_one_stays(monkeypatch):
    _, shown = line_of(monkeypatch)
    monkeypatch.setattr("gancourse.waiting.TICK", 0.02)
    with working("all of it", usual=30), working("a part", usual=30):
        time.sleep(0.3)
    assert {words.split(" · ")[0].split(":")[0] for words, _ in shown} == {"all of it"}
    assert shown[-1][0] == "all of it: 0 s" and shown[-1][1] is None
    with pytest.raises(KeyError), working("what fails", usual=30):
        time.sleep(0.1)
        raise KeyError
    assert shown[-1][0] == "what fails: stopped after 0 s"


def test_times_are_said_as_people_say_them():
    assert [time_in_words(s) for s in (0.2, 4.4, 42, 89, 91, 7300)] == ["1 s", "4 s", "40 s", "90 s", "2 min", "2.0 h"]


def test_measuring_the_machine_draws_no_number():
    torch.manual_seed(0)
    before = torch.random.get_rng_state()
    pace.cache_clear()
    assert pace() > 0
    assert torch.equal(before, torch.random.get_rng_state())


def test_threads_are_chosen_and_said(capsys):
    before = torch.get_num_threads()
    try:
        chosen = choose_threads()
        assert torch.get_num_threads() == chosen >= 1
        said = capsys.readouterr().out
        assert said.startswith("Computing on one thread:" if chosen == 1 else f"Computing on {chosen} threads:")
        assert said.count("\n") == 1
    finally:
        torch.set_num_threads(before)
