"""Sliders beside a picture: move one, and the picture is drawn anew.

For what is slow to draw, half a second say. A thread of its own draws; while it is busy only the newest
position waits, so dragging never builds a queue and the last position is always the one that is shown.
Without a front end it shows as a picture, drawn with every slider at its start.

    def draw(fig, blur):          # a pure function: draws on the figure, returns the alt text
        ...

    Sliders(draw, {"blur": Knob("blur", 0, 2, 0)})
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import traitlets

from gancourse.plots import figure, picture, png
from gancourse.widgets.base import view_files
from gancourse.widgets.knobs import Choice, Knob, Sentence, described_knobs, knob_meanings, knob_settings
from gancourse.widgets.owned import Owned


class Sliders(Owned):
    """A picture and a slider, a list, or a line of words for each knob.

    Args:
        draw: called as `draw(fig, name=value, …)` with a value for each knob; returns the alt text.
        knobs: by the names of draw's arguments.
        size: of the figure, in inches.

    What an error in `draw` says stands below the picture, and the last good picture stays.
    """

    _esm = view_files("sliders.js")
    _css = view_files("sliders.css")
    actions = ("commit",)

    values = traitlets.Dict().tag(sync=True, echo_update=False)  # an echo of an old move would undo newer ones
    knobs = traitlets.Dict().tag(sync=True)
    frame = traitlets.Bytes(b"").tag(sync=True)
    alt = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        draw: Callable[..., str],
        knobs: Mapping[str, Knob | Choice | Sentence],
        size: tuple[float, float] = (9.5, 4.2),
    ) -> None:
        self._draw, self._knobs, self._figure = draw, dict(knobs), figure(*size)
        super().__init__(values=knob_settings(knobs, {}), knobs=described_knobs(knobs))
        self._guard(lambda: self._serve(self.settings()))
        self.observe(lambda change: self._worker.wish(self.settings()), ["values"])

    def settings(self) -> dict[str, Any]:
        """The sliders' values, kept in their ranges; for a choice the option's name."""
        return knob_settings(self._knobs, self.values)

    def commit(self) -> None:
        """Keep the picture of now in the notebook. The page asks for it when the sliders rest."""
        self._do(lambda: (self._worker.turn(), self._keep_still()))

    def _serve(self, wish: dict[str, Any]) -> None:
        self._tell(status="Drawing …" if self.frame else "")
        alt = self._draw(self._figure, **knob_meanings(self._knobs, wish))
        self._tell(alt=alt, frame=png(self._figure, dpi=110), status="")

    def _picture(self) -> dict[str, str] | None:
        return picture(self._figure, self.alt) if self.frame else None
