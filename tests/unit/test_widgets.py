"""Training one can watch and steer, without a browser: the loop, the thread, and what they say."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from matplotlib.figure import Figure

from gancourse.checks import CheckFailed
from gancourse.widgets import Knob, LiveTraining, watch
from gancourse.widgets import live as live_module


class Counter:
    """Something that trains: counts its steps and remembers its settings."""

    def __init__(self, rate: float = 0.1, width: int = 3) -> None:
        self.rate, self.width, self.steps, self.threads = rate, width, 0, set[str]()

    def step(self) -> None:
        self.steps += 1
        self.threads.add(threading.current_thread().name)


def draw(fig: Figure, counter: Counter) -> str:
    fig.clear()
    fig.subplots().plot([0, counter.steps])
    return f"{counter.steps} steps"


KNOBS = {
    "rate": Knob("rate", 1e-3, 1.0, 0.1, log=True),
    "width": Knob("width", 1, 9, 3, whole=True, restarts=True),
}


def until(what: Callable[[], Any], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


@pytest.fixture
def panel() -> Iterator[LiveTraining]:
    made = LiveTraining(Counter, Counter.step, draw, KNOBS, size=(3, 2))
    yield made
    made.close()


def test_it_starts_with_a_picture_and_no_step(panel: LiveTraining) -> None:
    assert panel.alt == "0 steps"
    assert bytes(panel.frame).startswith(b"\x89PNG")
    assert panel.settings() == {"rate": 0.1, "width": 3}


def test_play_trains_in_a_thread_of_its_own_and_pause_stops_it(panel: LiveTraining) -> None:
    panel.playing = True
    until(lambda: panel.state.steps > 20)
    panel.playing = False
    until(lambda: panel.alt == f"{panel.state.steps} steps")
    steps = panel.state.steps
    time.sleep(0.3)
    assert panel.state.steps == steps
    assert panel.state.threads == {"gancourse-live"}


def test_single_steps_are_single(panel: LiveTraining) -> None:
    panel.steps_wanted = 1
    until(lambda: panel.alt == "1 steps")
    panel.steps_wanted = 3
    until(lambda: panel.alt == "3 steps")
    assert panel.state.steps == 3


def test_a_knob_acts_on_the_run_that_is_going(panel: LiveTraining) -> None:
    panel.playing = True
    until(lambda: panel.state.steps > 3)
    state = panel.state
    panel.values = {**panel.values, "rate": 0.5}
    until(lambda: state.rate == 0.5)
    assert panel.state is state


def test_a_knob_that_restarts_does(panel: LiveTraining) -> None:
    panel.run(5)
    old = panel.state
    panel.values = {**panel.values, "width": 7, "rate": 0.2}
    until(lambda: panel.state is not old)
    until(lambda: panel.alt == "0 steps")
    assert (panel.state.width, panel.state.rate, panel.state.steps) == (7, 0.2, 0)
    panel.run(2)
    panel.restarts_wanted += 1
    until(lambda: panel.alt == "0 steps")


def test_run_takes_its_steps_at_once(panel: LiveTraining) -> None:
    panel.run(4)
    assert panel.state.steps == 4 and panel.alt == "4 steps"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NotImplementedError(), "not written yet"),
        (CheckFailed("no"), "CheckFailed: no"),
        (ValueError("a loss of NaN"), "ValueError: a loss of NaN"),
    ],
)
def test_an_error_stops_it_and_is_told(error: Exception, words: str) -> None:
    def step(counter: Counter) -> None:
        if counter.steps >= 2:
            raise error
        counter.step()

    panel = LiveTraining(Counter, step, draw, KNOBS, size=(3, 2))
    panel.playing = True
    until(lambda: panel.status)
    until(lambda: not panel.playing)
    assert words in panel.status
    assert panel.state.steps == 2
    panel.close()


def test_the_thread_ends_with_the_panel(panel: LiveTraining) -> None:
    panel.playing = True
    until(lambda: panel.state.steps > 1)
    panel.close()
    until(lambda: not panel._thread.is_alive())


def test_without_a_front_end_it_is_a_picture(panel: LiveTraining) -> None:
    data, _ = panel._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert 'alt="0 steps"' in data["text/html"]
    assert data["text/plain"] == "0 steps"
    assert repr(panel) == "LiveTraining()"


@pytest.mark.parametrize(("value", "clean"), [(5.4, 5), (100, 9), (-3, 1), (float("nan"), 3), (float("inf"), 3)])
def test_a_knob_keeps_to_its_range(value: float, clean: int) -> None:
    assert KNOBS["width"].clean(value) == clean


def test_a_knob_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="low ≤ start ≤ high"):
        Knob("k", 1, 5, 9)
    with pytest.raises(ValueError, match="above 0"):
        Knob("rate", 0, 1, 0.5, log=True)


def test_the_views_files_are_there() -> None:
    assert "export default" in (live_module.HERE / "live.js").read_text()
    assert (live_module.HERE / "live.css").read_text()


def counting(total: int, pause: float = 0.0, stop_at: int = -1) -> Iterator[Counter]:
    counter = Counter()
    for _ in range(total):
        counter.step()
        time.sleep(pause)
        if counter.steps == stop_at:
            raise KeyboardInterrupt
        yield counter


def outputs_of(code: str, **names: Any) -> list[Any]:
    """What a cell displays, updates included."""
    shell = InteractiveShell.instance()
    try:
        shell.push({"watch": watch, "draw": draw, "counting": counting, **names})
        with capture_output() as captured:
            shell.run_cell(code)
    finally:
        InteractiveShell.clear_instance()
    return captured.outputs


def test_watching_redraws_one_output_in_place_and_ends_on_the_last_state() -> None:
    shown = outputs_of("watch(counting(12, 0.1), draw, total=12, every=0.1, size=(3, 2))")
    assert len(shown) >= 3
    assert [bool(output.update) for output in shown] == [False] + [True] * (len(shown) - 1)
    assert len({output.transient["display_id"] for output in shown}) == 1
    assert "<progress" in shown[0].data["text/html"]
    last = shown[-1].data["text/html"]
    assert "iteration 12 of 12" in last and "<progress" not in last and 'alt="12 steps"' in last


def test_watching_can_be_interrupted_and_says_what_is_kept() -> None:
    shown = outputs_of("watch(counting(100, 0, stop_at=7), draw, size=(3, 2))")
    assert "stopped by you" in shown[-1].data["text/html"]
    assert 'alt="7 steps"' in shown[-1].data["text/html"]


def test_an_error_in_the_loop_shows_the_readers_lines_only(capsys: pytest.CaptureFixture[str]) -> None:
    shell = InteractiveShell.instance(colors="nocolor")
    try:
        shell.push({"watch": watch, "draw": draw})
        shell.run_cell("def run():\n    yield 1 / 0  # the reader's line\n\nwatch(run(), draw)")
    finally:
        InteractiveShell.clear_instance()
    said = capsys.readouterr().out
    assert "ZeroDivisionError" in said and "the reader's line" in said
    assert "watch.py" not in said


def test_watching_outside_of_a_notebook_trains_in_silence(capsys: pytest.CaptureFixture[str]) -> None:
    run = counting(5)
    assert watch(run, draw, size=(3, 2)) is None
    assert next(run, None) is None
    assert capsys.readouterr().out == ""


def test_watching_nothing_shows_nothing() -> None:
    assert outputs_of("watch(iter(()), draw)") == []
