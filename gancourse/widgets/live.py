"""Training one can play, pause, step and steer while it runs, drawn by matplotlib.

For any state at all: lesson 01's match, or the engine of `gancourse.training`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from matplotlib.figure import Figure

from gancourse.plots import figure, picture, png
from gancourse.widgets.base import view_files
from gancourse.widgets.knobs import Choice, Knob
from gancourse.widgets.panel import Panel, PanelState

__all__ = ["Choice", "Knob", "LiveTraining"]


class LiveTraining(Panel[PanelState]):
    """A panel that trains: play, pause, single steps, start again, stop, and a slider per knob.

    Args:
        make: builds the state to train from the knobs' values, `make(k=1, rate=0.001, …)`.
        step: takes one training step on the state. If None, the state's own `step()`, or its next
            item if it is an iterator.
        draw: draws the state on a figure and returns the alt text.
        knobs: `Knob`s and `Choice`s by name. One that does not restart sets the state's attribute of that name;
            of an engine, "lr_D" is D's learning rate, and other names are its game's attributes.
        size: of the figure, in inches.
        d_step, g_step: take one step of one player alone. If None, the state's own `d_step()` and
            `g_step()`, or its `turn("D")` and `turn("G")`, where it has them; the buttons are there if the steps are.

    Errors in `make`, `step` or `draw` stop the training and are shown under the picture.
    """

    _esm = view_files("panel.js", "live.js")
    _css = view_files("panel.css")

    def __init__(
        self,
        make: Callable[..., PanelState],
        step: Callable[[PanelState], object] | None,
        draw: Callable[[Figure, PanelState], str],
        knobs: Mapping[str, Knob | Choice],
        size: tuple[float, float] = (9.5, 3.9),
        *,
        d_step: Callable[[PanelState], object] | None = None,
        g_step: Callable[[PanelState], object] | None = None,
    ) -> None:
        self._maker, self._draw = make, draw
        self._given = {"step": step, "d_step": d_step, "g_step": g_step}
        self._figure = figure(*size)
        super().__init__(knobs)

    def _make(self, settings: dict[str, Any]) -> PanelState:
        return self._maker(**settings)

    def _act(self, name: str) -> Callable[[PanelState], object] | None:
        if self._given[name]:
            return self._given[name]
        run: Any = self.state
        own = getattr(run, name, None)
        if callable(own):
            return lambda state: own()
        turn, player = getattr(run, "turn", None), name[0].upper()
        if name != "step" and callable(turn) and player in run.game.nets:
            return lambda state: turn(player)
        return (lambda state: next(run)) if name == "step" and isinstance(run, Iterator) else None

    def _frame(self) -> dict[str, Any]:
        assert self.state is not None
        alt = self._draw(self._figure, self.state)
        return {"alt": alt, "png": png(self._figure, dpi=110)}

    def _picture(self) -> dict[str, str]:
        return picture(self._figure, self.alt)
