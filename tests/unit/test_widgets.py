"""Training one can watch and steer, without a browser: the loop, the thread, and what they say."""

from __future__ import annotations

import gc
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from matplotlib.figure import Figure

from gancourse.checks import CheckFailed
from gancourse.widgets import Choice, Knob, LiveTraining, watch
from gancourse.widgets import panel as panel_module
from gancourse.widgets.base import view_files


class Counter:
    """Something that trains: counts its steps and remembers its settings."""

    def __init__(self, rate: float = 0.1, width: int = 3) -> None:
        self.rate, self.width, self.steps, self.threads = rate, width, 0, set[str]()
        self.steps_of: dict[str, int] = {"D": 0, "G": 0}

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


def until(what: Callable[[], Any], seconds: float = 60) -> None:
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
    assert bytes(panel.frame["png"]).startswith(b"\x89PNG")
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
    panel.press("step")
    until(lambda: panel.alt == "1 steps")
    panel.press("step", 2)
    until(lambda: panel.alt == "3 steps")
    assert panel.state.steps == 3


@pytest.mark.slow
def test_a_knob_acts_on_the_run_that_is_going(panel: LiveTraining) -> None:
    panel.playing = True
    until(lambda: panel.state.steps > 3)
    state = panel.state
    panel.values = {**panel.values, "rate": 0.5}
    until(lambda: state.rate == 0.5)
    assert panel.state is state


@pytest.mark.slow
def test_a_knob_that_restarts_does(panel: LiveTraining) -> None:
    panel.run(5)
    old = panel.state
    panel.values = {**panel.values, "width": 7, "rate": 0.2}
    until(lambda: panel.state is not old)
    until(lambda: panel.alt == "0 steps")
    assert (panel.state.width, panel.state.rate, panel.state.steps) == (7, 0.2, 0)
    panel.run(2)
    panel.press("restart")
    until(lambda: panel.alt == "0 steps")


def test_run_takes_its_steps_at_once(panel: LiveTraining) -> None:
    panel.run(4)
    assert panel.state.steps == 4 and panel.alt == "4 steps"


@pytest.mark.slow
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


class Player(Counter):
    """A state with steps of its own."""

    def d_step(self) -> None:
        self.steps_of["D"] += 1

    def g_step(self) -> None:
        self.steps_of["G"] += 1


@pytest.mark.slow
def test_a_player_can_step_alone_where_the_state_offers_it(panel: LiveTraining) -> None:
    assert panel.buttons == ["step"]
    panel.press("d_step")  # not offered: nothing happens
    player = LiveTraining(Player, None, draw, KNOBS, size=(3, 2))
    assert player.buttons == ["step", "d_step", "g_step"]
    player.press("d_step", 2)
    player.press("g_step")
    until(lambda: player.state.steps_of == {"D": 2, "G": 1})
    player.press("step")
    until(lambda: player.state.steps == 1)
    assert panel.state.steps == 0
    player.close()


def test_steps_that_are_given_come_before_the_states_own() -> None:
    def twice(player: Player) -> None:
        player.steps_of["D"] += 2

    player = LiveTraining(Player, Player.step, draw, KNOBS, size=(3, 2), d_step=twice)
    player.press("d_step")
    until(lambda: player.state.steps_of == {"D": 2, "G": 0})
    player.close()


def test_an_iterator_is_stepped_by_its_next_item() -> None:
    panel = LiveTraining(lambda: counting(5), None, lambda fig, run: "a run", {}, size=(3, 2))
    panel.run(3)
    assert next(panel.state).steps == 4
    panel.close()


def test_a_choice_gives_what_stands_behind_its_name() -> None:
    choice = Choice("width", {"narrow": 2, "wide": 9}, "wide")
    panel = LiveTraining(Counter, Counter.step, draw, {"width": choice}, size=(3, 2))
    assert panel.state.width == 9 and panel.settings() == {"width": "wide"}
    panel.values = {"width": "narrow"}
    until(lambda: panel.state and panel.state.width == 2)
    panel.values = {"width": "no such thing"}
    until(lambda: panel.state and panel.state.width == 9)
    panel.close()
    with pytest.raises(ValueError, match="not among the options"):
        Choice("width", {"narrow": 2}, "wide")


@pytest.mark.slow
def test_stop_frees_the_run_and_ends_the_thread(panel: LiveTraining) -> None:
    panel.playing = True
    until(lambda: panel.state.steps > 3)
    run = weakref.ref(panel.state)
    panel.press("stop")
    until(lambda: panel._thread is None)
    assert panel.state is None and not panel.playing and "freed" in panel.status
    gc.collect()
    assert run() is None
    assert bytes(panel.frame["png"]).startswith(b"\x89PNG")
    panel.values = {**panel.values, "rate": 0.2}  # a knob alone does not bring a run back
    until(lambda: panel._thread is None)
    assert panel.state is None
    panel.press("step")
    until(lambda: panel.alt == "1 steps" and panel.state.rate == 0.2)
    assert panel.status == ""


@pytest.mark.slow
def test_a_pace_holds_the_run_back(panel: LiveTraining) -> None:
    panel.pace = 10.0
    panel.playing = True
    started = time.monotonic()
    until(lambda: panel.state.steps >= 4)
    assert time.monotonic() - started > 0.25
    panel.playing = False


@pytest.mark.slow
def test_no_more_pictures_are_sent_than_the_page_shows(panel: LiveTraining, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel_module, "LATE_FRAME", 1e9)
    panel.playing = True
    until(lambda: panel.state.steps > 20)
    first = panel.frame["number"]
    time.sleep(0.4)
    assert panel.frame["number"] == first
    panel.shown = first
    until(lambda: panel.frame["number"] == first + 1)
    panel.playing = False


@pytest.mark.slow
def test_a_run_that_nobody_watches_pauses_and_is_kept(panel: LiveTraining, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel_module, "LATE_FRAME", 0.05)
    monkeypatch.setattr(panel_module, "UNWATCHED", 0.3)
    panel.playing = True
    time.sleep(0.7)
    assert panel.playing, "without a page that ever showed it, a run started from Python goes on"
    panel.shown = panel.frame["number"]
    until(lambda: not panel.playing)
    assert "no page has shown" in panel.status and panel.state.steps > 0
    monkeypatch.setattr(panel_module, "UNWATCHED", 60.0)
    panel.playing = True
    until(lambda: panel.status == "")


def test_a_page_hears_that_the_kernel_is_there(panel: LiveTraining) -> None:
    panel.asked = 7
    assert panel.answered == 7


def test_a_message_of_the_page_and_the_threads_word_do_not_meet(panel: LiveTraining) -> None:
    """While a message is taken over, traitlets hold notifications back; the thread's would be lost among them."""
    inside, told = threading.Event(), threading.Event()

    def slow(change: object) -> None:
        inside.set()
        assert not told.wait(0.2), "the thread spoke in the middle of a message"

    def speak() -> None:
        inside.wait(10)
        panel._tell(status="a word")
        told.set()

    panel.observe(slow, "pace")
    speaker = threading.Thread(target=speak)
    speaker.start()
    panel.set_state({"pace": 5.0})
    speaker.join(10)
    assert told.is_set() and panel.status == "a word"


@pytest.mark.slow
def test_who_observes_the_page_may_wait_for_the_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gancourse.widgets.base.SILENCE", 0.2)
    stepping, inside = threading.Event(), threading.Event()

    def step(counter: Counter) -> None:
        counter.step()
        stepping.set()
        inside.wait(10)  # the thread has the run while the message comes

    def observe(change: object) -> None:
        inside.set()
        panel.run(1)

    panel = LiveTraining(Counter, step, draw, {}, size=(3, 2))
    panel.observe(observe, "pace")
    panel.playing = True
    stepping.wait(10)
    message = threading.Thread(target=panel.set_state, args=({"pace": 5.0},), daemon=True)
    message.start()
    message.join(20)
    assert not message.is_alive(), "both wait for each other"
    panel.close()


def test_a_panel_that_cannot_start_leaves_its_words_and_later_its_picture() -> None:
    shown = outputs_of(
        "from IPython.display import display\n"
        "broken = [True]\n"
        "def make():\n"
        "    if broken:\n"
        "        raise NotImplementedError\n"
        "    return Counter()\n"
        "panel = LiveTraining(make, Counter.step, draw, {}, size=(3, 2))\n"
        "display(panel)\nbroken.clear()\npanel.run(1)\npanel.close()"
    )
    words, picture = shown[1], shown[2]
    assert "not written yet" in words.data["text/plain"] and 'class="gancourse-still-' in words.data["text/html"]
    assert picture.update and "<img" in picture.data["text/html"] and picture.data["text/plain"] == "1 steps"


def test_the_thread_ends_with_the_panel(panel: LiveTraining) -> None:
    panel.playing = True
    until(lambda: panel.state.steps > 1)
    panel.close()
    until(lambda: panel._thread is None)


def test_it_leaves_the_panel_and_a_picture_that_follows() -> None:
    shown = outputs_of(
        "panel = LiveTraining(Counter, Counter.step, draw, KNOBS, size=(3, 2))\npanel\npanel.run(2)\npanel"
    )
    live, still = shown[0], shown[1]
    assert "application/vnd.jupyter.widget-view+json" in live.data and live.data["text/html"] == ""
    assert live.data["text/plain"] == "LiveTraining()"
    assert "<img" in still.data["text/html"] and still.data["text/plain"] == "2 steps"


def test_the_picture_in_the_notebook_is_replaced_when_the_run_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = outputs_of(
        "from IPython.display import display\n"
        "panel = LiveTraining(Counter, Counter.step, draw, KNOBS, size=(3, 2))\n"
        "display(panel)\npanel.run(2)\npanel.close()"
    )
    still = [output for output in shown if "<img" in output.data.get("text/html", "")]
    assert [output.data["text/plain"] for output in still] == ["0 steps", "2 steps"]
    assert [bool(output.update) for output in still] == [False, True]
    assert len({output.transient["display_id"] for output in still}) == 1
    assert 'class="gancourse-still-' in still[0].data["text/html"]


@pytest.mark.parametrize(("value", "clean"), [(5.4, 5), (100, 9), (-3, 1), (float("nan"), 3), (float("inf"), 3)])
def test_a_knob_keeps_to_its_range(value: float, clean: int) -> None:
    assert KNOBS["width"].clean(value) == clean


def test_a_knob_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="low ≤ start ≤ high"):
        Knob("k", 1, 5, 9)
    with pytest.raises(ValueError, match="above 0"):
        Knob("rate", 0, 1, 0.5, log=True)


def test_the_views_files_are_there() -> None:
    """What a page gets is one file: the part that all share first, then the view's own."""
    for name in ("live", "playground"):
        script = view_files("panel.js", f"{name}.js")
        assert script.count("export default { render }") == 1 and script.count("function openPanel") == 1
        assert script.index("function openWidget") < script.index("function openPanel")
    for name in ("panel", "playground", "explorer", "canvas", "sliders"):
        assert ".gancourse-widget" in view_files(f"{name}.css") and view_files(f"{name}.css").count("{") > 20
    for name in ("explorer", "canvas", "sliders"):
        assert view_files(f"{name}.js").count("export default { render }") == 1


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
        known = {"watch": watch, "draw": draw, "counting": counting, "LiveTraining": LiveTraining, "Counter": Counter}
        shell.push({**known, "KNOBS": KNOBS, **names})
        with capture_output() as captured:
            shell.run_cell(code)
    finally:
        InteractiveShell.clear_instance()
    return captured.outputs


def test_watching_redraws_one_output_in_place_and_ends_on_the_last_state(monkeypatch: pytest.MonkeyPatch) -> None:
    # A clock that ticks when it is read: the machine may be as busy as it likes.
    clock = count()
    monkeypatch.setattr(
        sys.modules["gancourse.widgets.watch"], "time", SimpleNamespace(monotonic=lambda: 0.05 * next(clock))
    )
    shown = outputs_of("watch(counting(12), draw, total=12, every=0.1, size=(3, 2))")
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
