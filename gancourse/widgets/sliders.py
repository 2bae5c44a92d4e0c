"""Sliders beside a picture: move one, and the picture is drawn anew.

For what is slow to draw, half a second say. A thread of its own draws; while it is busy only the newest
position waits, so dragging never builds a queue and the last position is always the one that is shown.
Without a front end it shows as a picture, drawn with every slider at its start.

    def draw(fig, blur):          # a pure function: draws on the figure, returns the alt text
        ...

    Sliders(draw, {"blur": Knob("blur", 0, 2, 0)})
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from gancourse.plots import figure, picture, png
from gancourse.widgets.live import Knob
from gancourse.widgets.newest import Newest

HERE = Path(__file__).parent


class Sliders(anywidget.AnyWidget):
    """A picture and a slider for each knob.

    Args:
        draw: called as `draw(fig, name=value, …)` with a value for each knob; returns the alt text.
        knobs: by the names of draw's arguments.
        size: of the figure, in inches.

    What an error in `draw` says stands below the picture, and the last good picture stays.
    """

    _esm = HERE / "sliders.js"
    _css = HERE / "sliders.css"

    values = traitlets.Dict().tag(sync=True, echo_update=False)  # an echo of an old move would undo newer ones
    knobs = traitlets.Dict().tag(sync=True)
    frame = traitlets.Bytes(b"").tag(sync=True)
    alt = traitlets.Unicode("").tag(sync=True)
    status = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self, draw: Callable[..., str], knobs: dict[str, Knob], size: tuple[float, float] = (9.5, 4.2)
    ) -> None:
        self._draw, self._knobs, self._figure = draw, knobs, figure(*size)
        self._newest: Newest[dict[str, float | int]] = Newest(self._serve, "gancourse-sliders")
        super().__init__(
            values={name: knob.start for name, knob in knobs.items()},
            knobs={name: asdict(knob) for name, knob in knobs.items()},
        )
        self._serve(self.settings())
        self.observe(lambda change: self._newest.wish(self.settings()), ["values"])

    def settings(self) -> dict[str, float | int]:
        """The sliders' values, kept in their ranges."""
        return {name: knob.clean(self.values.get(name, knob.start)) for name, knob in self._knobs.items()}

    def rest(self, timeout: float | None = None) -> bool:
        """Wait until the picture shows where the sliders are; whether that came in time (seconds)."""
        return self._newest.rest(timeout)

    def close(self) -> None:
        """Let the thread end."""
        super().close()
        self._newest.close()

    def _serve(self, settings: dict[str, float | int]) -> None:
        self.status = "Drawing …" if self.frame else ""
        try:
            self.alt = self._draw(self._figure, **settings)
            self.frame, self.status = png(self._figure, dpi=110), ""
        except NotImplementedError:
            self.status = "An exercise that this picture uses is not written yet."
        except Exception as error:
            self.status = f"{type(error).__name__}: {error}"

    def __repr__(self) -> str:
        return "Sliders()"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """The live panel where there is a front end for it, its picture anywhere else."""
        made = super()._repr_mimebundle_(**kwargs)
        data, metadata = made if isinstance(made, tuple) else (made, {})
        return {**(data or {}), **picture(self._figure, self.alt or self.status or "Nothing is drawn yet.")}, metadata
