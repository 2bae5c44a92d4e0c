"""What the explorer and the canvas share: a model that a thread owns, and a picture that stays.

The page only sets traits, which are held back while the kernel is busy, so drags never queue up.
In the notebook such a widget leaves two outputs, itself and a picture for places where no widget
can live; a living widget hides the picture.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import Any

import anywidget
import traitlets
from IPython.display import DisplayHandle, display

from gancourse.widgets.newest import Newest


class Owned(anywidget.AnyWidget):
    """A widget whose work is done by one thread, `_worker`. Subclasses give `_serve` and `_picture`."""

    wanted = traitlets.Dict().tag(sync=True)  # by action: how often it was asked for so far
    can = traitlets.Dict().tag(sync=True)  # by action: whether there is something to do
    status = traitlets.Unicode("").tag(sync=True)
    asked = traitlets.Int(0).tag(sync=True, echo_update=False)
    answered = traitlets.Int(0).tag(sync=True)  # the last `asked` that came; so a dead kernel is noticed
    still = traitlets.Unicode("").tag(sync=True)  # the picture's CSS class, which a living widget hides

    actions: tuple[str, ...] = ()

    def __init__(self, **values: Any) -> None:
        self._gate = threading.RLock()
        self._done = dict.fromkeys(self.actions, 0)
        self._worker: Newest[Any] = Newest(lambda wish: self._guard(lambda: self._serve(wish)), "gancourse-widget")
        super().__init__(wanted=dict(self._done), **values)
        self.still = f"gancourse-still-{self.model_id or 0}"
        self._handle, self._displayed = DisplayHandle(display_id=self.still), False
        self.observe(self._act, "wanted")
        self.observe(self._answer, "asked")

    # What subclasses give.

    def _serve(self, wish: Any) -> None:
        """Do the work for the newest wish, in the thread."""
        raise NotImplementedError

    def _picture(self) -> dict[str, str]:
        """What stays in the notebook."""
        raise NotImplementedError

    # For everybody.

    def rest(self, timeout: float = 60.0) -> bool:
        """Wait until everything asked for is done. Returns whether that came in time (seconds)."""
        return self._worker.rest(timeout)

    def close(self) -> None:
        """Take the widget away and let its thread end."""
        if hasattr(self, "_worker"):  # Python calls this too when a widget could not be made
            self._worker.close()
        super().close()

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take over what the page sends, while the thread keeps its hands off.

        Traitlets hold notifications back here, and one that comes from another thread could be lost.
        """
        with self._gate:
            super().set_state(sync_data)

    def _tell(self, **values: Any) -> None:
        """Set traits from the thread, in one message."""
        with self._gate, self.hold_sync():
            for name, value in values.items():
                setattr(self, name, value)

    def _act(self, change: Any) -> None:
        """Call the methods whose names the page has asked for."""
        for name in self.actions:
            times = int(number(self.wanted.get(name), 0, 2**31)) - self._done[name]
            self._done[name] += max(0, times)
            for _ in range(min(times, 100)):
                getattr(self, name)()

    def _answer(self, change: Any) -> None:
        self.answered = change["new"]

    def _guard(self, action: Callable[[], Any]) -> None:
        """Do it; an error becomes words under the picture."""
        try:
            action()
        except NotImplementedError:
            self._tell(status="Stopped: an exercise that this picture uses is not written yet.")
        except Exception as error:
            self._tell(status=f"Stopped by {type(error).__name__}: {error}")

    def _keep_still(self) -> None:
        """Put the picture of now into the notebook, in place of the last one."""
        if self._displayed:
            self._handle.update(self._wrapped(), raw=True)

    def _wrapped(self) -> dict[str, str]:
        still = self._picture()
        return {**still, "text/html": f'<div class="{self.still}">{still["text/html"]}</div>'}

    def _ipython_display_(self, **kwargs: Any) -> None:
        made = self._repr_mimebundle_()
        data, metadata = made if isinstance(made, tuple) else (made, {})
        display(data, metadata=metadata, raw=True)
        kept: dict[str, str] = {}
        self._worker.do(lambda: self._guard(lambda: kept.update(self._wrapped())))
        self._worker.rest(60)
        if kept:
            self._displayed = True
            self._handle.display(kept, raw=True)
        elif self.status:
            display({"text/plain": self.status}, raw=True)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


def number(value: Any, low: float, high: float, otherwise: float = 0.0) -> float:
    """A number from the page, within its range."""
    try:
        value = float(value)
    except (TypeError, ValueError):
        return otherwise
    return min(max(value, low), high) if math.isfinite(value) else otherwise
