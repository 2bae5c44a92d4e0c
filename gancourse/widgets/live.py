"""Training one can play, pause, step and steer while it runs.

The panel is a small anywidget: native buttons and sliders, so that keyboard and screen readers
work, and one picture. A thread of its own owns the training; whatever the user does only sets a
value that the thread reads before its next step, so the kernel stays free and nothing races.
Without a front end the panel shows as a picture.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import anywidget
import traitlets
from matplotlib.figure import Figure

from gancourse.plots import figure, picture, png

State = TypeVar("State")
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Knob:
    """A slider of the panel.

    Attributes:
        label: what the user reads.
        low, high, start: its range and where it starts, in the unit of the setting.
        log: whether equal distances on the slider are equal ratios.
        whole: whether only whole numbers are allowed.
        restarts: whether a change starts the training anew; otherwise it acts on the next step.
    """

    label: str
    low: float
    high: float
    start: float
    log: bool = False
    whole: bool = False
    restarts: bool = False

    def __post_init__(self) -> None:
        if not self.low <= self.start <= self.high or self.low >= self.high:
            raise ValueError(f"{self.label}: low < high and low ≤ start ≤ high are needed; got {self}.")
        if self.log and self.low <= 0:
            raise ValueError(f"{self.label}: a logarithmic slider starts above 0; low is {self.low}.")

    def clean(self, value: float) -> float | int:
        """The nearest value the knob allows."""
        value = min(max(float(value), self.low), self.high) if math.isfinite(float(value)) else self.start
        return round(value) if self.whole else value


class LiveTraining(anywidget.AnyWidget, Generic[State]):
    """A panel that trains: play, pause, single steps, start again, and a slider per knob.

    Args:
        make: builds the state to train from the knobs' values, `make(k=1, rate=0.001, …)`.
        step: takes one training step on the state.
        draw: draws the state on a figure and returns the alt text.
        knobs: by name. A knob that does not restart sets the state's attribute of that name.

    Errors in `make`, `step` or `draw` stop the training and are shown under the picture.
    """

    _esm = HERE / "live.js"
    _css = HERE / "live.css"

    playing = traitlets.Bool(False).tag(sync=True)
    steps_wanted = traitlets.Int(0).tag(sync=True)
    restarts_wanted = traitlets.Int(0).tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    knobs = traitlets.Dict().tag(sync=True)
    frame = traitlets.Bytes(b"").tag(sync=True)
    alt = traitlets.Unicode("").tag(sync=True)
    status = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        make: Callable[..., State],
        step: Callable[[State], object],
        draw: Callable[[Figure, State], str],
        knobs: dict[str, Knob],
        size: tuple[float, float] = (9.5, 3.9),
    ) -> None:
        self._make, self._step, self._draw, self._knobs = make, step, draw, knobs
        self._figure = figure(*size)
        self._wake, self._lock = threading.Event(), threading.RLock()
        self._thread: threading.Thread | None = None
        self._steps_taken = self._restarts_done = 0
        self.count = 0
        self.state: State | None = None
        super().__init__(
            values={name: knob.start for name, knob in knobs.items()},
            knobs={name: asdict(knob) for name, knob in knobs.items()},
        )
        self._applied: dict[str, float | int] = {}
        self._guard(self._restart)
        self._guard(self._redraw)
        self.observe(self._changed, ["playing", "steps_wanted", "restarts_wanted", "values"])

    def run(self, steps: int) -> None:
        """Take this many steps now, in the calling thread, and redraw. For scripts and graded notebooks."""
        with self._lock:
            self._apply()
            for _ in range(steps):
                self._advance()
            self._redraw()

    def settings(self) -> dict[str, float | int]:
        """The knobs' values as they stand."""
        return {name: knob.clean(self.values.get(name, knob.start)) for name, knob in self._knobs.items()}

    def close(self) -> None:
        """Stop training and let the thread end."""
        self.playing = False
        super().close()
        self._wake.set()

    # What follows runs in the thread that owns the training, except _changed.

    def _changed(self, change: object) -> None:
        """Note that the user did something. Nothing else: this may run in any thread."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._own, name="gancourse-live", daemon=True)
            self._thread.start()
        self._wake.set()

    def _own(self) -> None:
        drawn, pause = time.monotonic(), 0.0
        while self.comm is not None or self.playing:
            if not self.playing and not self._wake.wait(timeout=30):
                return  # nobody has touched the panel for a while; the next touch starts a new thread
            self._wake.clear()
            with self._lock:
                advanced = self._guard(self._turn)
                now = time.monotonic()
                if not self.playing or now - drawn >= pause:
                    self._guard(self._redraw)
                    drawn = time.monotonic()
                    # Drawing may take a quarter of the time, training gets the rest.
                    pause = max(0.12, 3 * (drawn - now))
            if not advanced:
                self.playing = False
            time.sleep(0)

    def _turn(self) -> None:
        """Whatever is due: apply the knobs, start again, take the steps asked for or the next one."""
        if self._restarts_done != self.restarts_wanted:
            self._restarts_done = self.restarts_wanted
            self._restart()
        self._apply()
        if self.playing:
            self._advance()
        for _ in range(self.steps_wanted - self._steps_taken):
            self._steps_taken += 1
            self._advance()

    def _apply(self) -> None:
        new = {k: v for k, v in self.settings().items() if self._applied.get(k) != v}
        if self.state is None or any(self._knobs[name].restarts for name in new):
            self._restart()
            return
        for name, value in new.items():
            setattr(self.state, name, value)
            self._applied[name] = value

    def _restart(self) -> None:
        self._applied = self.settings()
        self.state, self.count = self._make(**self._applied), 0

    def _advance(self) -> None:
        assert self.state is not None
        self._step(self.state)
        self.count += 1
        self.status = ""

    def _redraw(self) -> None:
        if self.state is not None:
            alt = self._draw(self._figure, self.state)
            self.frame, self.alt = png(self._figure, dpi=110), alt

    def _guard(self, action: Callable[[], None]) -> bool:
        """Do it; an error becomes words under the picture."""
        try:
            action()
        except NotImplementedError:
            self.status = "Stopped: an exercise that this training uses is not written yet."
        except Exception as error:
            self.status = f"Stopped by {type(error).__name__}: {error}"
        else:
            return True
        return False

    def __repr__(self) -> str:
        return "LiveTraining()"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """The live panel where there is a front end for it, its picture anywhere else."""
        made = super()._repr_mimebundle_(**kwargs)
        data, metadata = made if isinstance(made, tuple) else (made, {})
        with self._lock:
            still = picture(self._figure, self.alt)
        return {**(data or {}), **still}, metadata
