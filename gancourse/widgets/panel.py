"""What every panel that trains has: knobs, buttons, and a thread that owns the run.

The view is a small anywidget of native buttons, sliders and lists, so that keyboard and screen
readers work. Whatever the user does only sets a value, which the thread reads before its next step.
Pictures go out at most as fast as the page says that it has shown them. A run that nobody has
watched for a minute pauses and is kept.
"""

from __future__ import annotations

import atexit
import math
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import traitlets

from gancourse.widgets.base import CourseWidget
from gancourse.widgets.knobs import Choice, Knob, described_knobs, knob_meanings, knob_settings
from gancourse.widgets.newest import IDLE

PanelState = TypeVar("PanelState")
UNWATCHED = 60.0  # seconds without a page that shows the run, after which it pauses
LATE_FRAME = 1.5  # seconds after which a picture is sent although the page has not said that it showed the last
BUTTONS = ("step", "d_step", "g_step")
OPEN: weakref.WeakSet[Panel[Any]] = weakref.WeakSet()


class Panel(CourseWidget, Generic[PanelState]):
    """A panel that trains. What is trained and how it looks is up to subclasses.

    They give `_make(settings)`, `_act(name)` (what a button does to a state, or None if the state
    does not offer it), `_frame()` (what the view draws, with an alt text) and `_picture()`.
    """

    # What the page says.
    playing = traitlets.Bool(False).tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    pace = traitlets.Float(0.0).tag(sync=True)  # at most so many steps a second; 0: no limit
    shown = traitlets.Int(0).tag(sync=True, echo_update=False)  # the number of the last frame the page drew
    # What the page is told.
    knobs = traitlets.Dict().tag(sync=True)
    buttons = traitlets.List().tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)

    actions = (*BUTTONS, "restart", "stop")
    task = "training"
    least_pause = 0.12  # seconds between two pictures
    share = 3.0  # drawing takes at most 1 / (1 + share) of the time, training gets the rest

    def __init__(self, knobs: Mapping[str, Knob | Choice]) -> None:
        self._knobs = dict(knobs)
        self._wake, self._door, self._lock = threading.Event(), threading.Lock(), threading.RLock()
        self._thread: threading.Thread | None = None
        self._applied: dict[str, Any] = {}
        self._freed = self._closed = self._kept_still = False
        self._next_step = self._next_frame = self._sent = 0.0
        self._unseen_since = math.inf
        self._trouble = ""
        self.count = 0
        self.state: PanelState | None = None
        super().__init__(values=knob_settings(knobs, {}), knobs=described_knobs(knobs))
        self._guard(self._restart)
        if not self._guard(self._redraw):
            self._trouble = self.status
        self.observe(self._changed, ["playing", "wanted", "values", "pace"])
        self.observe(self._seen, "shown")
        OPEN.add(self)

    # What subclasses give.

    def _make(self, settings: dict[str, Any]) -> PanelState:
        raise NotImplementedError

    def _act(self, name: str) -> Callable[[PanelState], object] | None:
        raise NotImplementedError

    def _frame(self) -> dict[str, Any]:
        raise NotImplementedError

    # For scripts and tests: the same as the user does.

    def run(self, steps: int) -> None:
        """Take this many steps now, in the calling thread, and redraw. For scripts and graded notebooks."""
        with self._lock:
            self._apply()
            for _ in range(steps):
                self._advance()
            self._redraw()
            self._keep_still()

    def press(self, button: str, times: int = 1) -> None:
        """Press "step", "d_step", "g_step", "restart" or "stop"; the thread acts on it before its next step."""
        self.wanted = {**self.wanted, button: self.wanted.get(button, 0) + times}

    def settings(self) -> dict[str, Any]:
        """The knobs' values as they stand; for a choice the option's name."""
        return knob_settings(self._knobs, self.values)

    @property
    def alt(self) -> str:
        """The picture in words."""
        return self.frame.get("alt", "")

    def close(self) -> None:
        """Stop training and let the thread end."""
        self._closed = True
        self.playing = False
        super().close()
        if wake := getattr(self, "_wake", None):  # missing if an argument was refused
            wake.set()

    # These may run in any thread: they set attributes and nothing else.

    def _seen(self, change: Any) -> None:
        if change["new"] >= self.frame.get("number", 0):
            self._unseen_since = math.inf

    def _changed(self, change: object) -> None:
        self._unseen_since = math.inf  # somebody is there
        with self._door:
            self._wake.set()
            if self._thread is None:
                self._thread = threading.Thread(target=self._own, name="gancourse-live", daemon=True)
                self._thread.start()

    # What follows runs in the thread that owns the training.

    def _own(self) -> None:
        while True:
            touched = self._wake.wait(self._rest())
            if not touched and not self.playing:
                if not self._kept_still:
                    self._guard(self._keep_still)
                elif self._leaves():
                    return
                continue
            self._wake.clear()
            with self._lock:
                if not self._guard(self._turn) or self._unwatched():
                    self._tell(playing=False)
                self._maybe_draw()
            if (self._freed or self._closed) and not self.playing and self._leaves():
                return
            time.sleep(0)

    def _rest(self) -> float:
        """Seconds to wait for a touch."""
        if self.playing:
            return max(0.0, self._next_step - time.monotonic()) if self.pace else 0.0
        return IDLE if self._kept_still else 0.7

    def _leaves(self) -> bool:
        """Whether the thread may end: nothing came in the meantime."""
        with self._door:
            if self._wake.is_set():
                return False
            self._thread = None
            return True

    def _turn(self) -> None:
        """Whatever is due: stop, apply the knobs, start again, take the steps asked for or the next one."""
        wanted = self._newly_wanted()
        due = {name for name, times in wanted.items() if times > 0}
        if "stop" in due:
            self._free()
            return
        if self._freed and not self.playing and not due:
            return
        if "restart" in due:
            self._restart()
        self._apply()
        for name in BUTTONS:
            for _ in range(wanted[name]):
                self._advance(name)
        if self.playing and time.monotonic() >= self._next_step:
            self._next_step = time.monotonic() + (1 / self.pace if self.pace > 0 else 0)
            self._advance()

    def _apply(self) -> None:
        new = {k: v for k, v in self.settings().items() if self._applied.get(k) != v}
        if self.state is None or any(self._knobs[name].restarts for name in new):
            self._restart()
            return
        for name, value in new.items():
            self._set(name, self._knobs[name].meaning(value))
            self._applied[name] = value

    def _set(self, name: str, value: Any) -> None:
        steer = getattr(self.state, "steer", None)
        if callable(steer):
            steer(name, value)
        else:
            setattr(self.state, name, value)

    def _restart(self) -> None:
        self._applied = self.settings()
        self.state, self.count, self._freed = None, 0, False  # the old run goes before the new one comes
        self.state = self._make(knob_meanings(self._knobs, self._applied))
        self._tell(status="", buttons=[name for name in BUTTONS if self._act(name)])

    def _advance(self, name: str = "step") -> None:
        assert self.state is not None
        if action := self._act(name):
            action(self.state)
            self.count += name == "step"
            self._tell(status="")

    def _free(self) -> None:
        """End the run: networks, optimizers and data are let go; the last picture stays."""
        self._tell(playing=False)
        self._guard(self._keep_still)
        self.state, self._freed = None, True
        self._tell(status=f"Stopped after {self.count:,} steps, and the run is freed. Play starts a new one.")

    def _unwatched(self) -> bool:
        if self.playing and time.monotonic() - self._unseen_since > UNWATCHED:
            self._unseen_since = math.inf
            self._tell(status="Paused: for a minute no page has shown this run. Play goes on where it stood.")
            return True
        return False

    def _maybe_draw(self) -> None:
        now = time.monotonic()
        followed = self.shown >= self.frame.get("number", 0) or now - self._sent > LATE_FRAME
        if self.playing and (now < self._next_frame or not followed):
            return
        trouble, self._trouble = self._trouble, ""
        if not self._guard(self._redraw):
            self._trouble = self.status
        elif trouble and self.status == trouble:
            self._tell(status="")  # what kept it from being drawn is over
        self._sent = time.monotonic()
        self._next_frame = self._sent + max(self.least_pause, self.share * (self._sent - now))

    def _redraw(self) -> None:
        if self.state is not None:
            # Only a page that has ever shown a frame can be missed later.
            if self.shown and math.isinf(self._unseen_since):
                self._unseen_since = time.monotonic()
            self._kept_still = False
            self._tell(frame={"number": self.frame.get("number", 0) + 1, "count": self.count, **self._frame()})

    # In the notebook.

    def _keep_still(self) -> None:
        self._kept_still = True
        if self.state is not None:
            with self._lock:
                super()._keep_still()

    def _picture_now(self) -> dict[str, str]:
        return super()._picture_now() if self.frame else {}

    def _ipython_display_(self, **kwargs: Any) -> None:
        with self._lock:  # else the run could go on between the picture and its place in the notebook
            self._kept_still = True
            super()._ipython_display_(**kwargs)


@atexit.register
def close_all() -> None:
    """A thread that is still in torch when Python ends would take the whole process down noisily."""
    for panel in list(OPEN):
        thread = panel._thread
        panel.close()
        if thread:
            thread.join(2)
