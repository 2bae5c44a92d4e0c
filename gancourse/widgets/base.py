"""What all widgets of the course are: state that a page and a thread share, and a picture that stays.

The page only sets traits. The work is done by a thread of the widget's own, so that the kernel stays
free, nothing races and drags never queue up. Errors become words under the picture.

In the notebook a widget leaves two outputs: itself, and a picture of its last state for places where
no widget can live (an HTML export, GitHub, a page without a kernel). A living widget hides the picture.
"""

from __future__ import annotations

import contextlib
import html
import math
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from IPython.display import DisplayHandle, display

HERE = Path(__file__).parent
SILENCE = 2.0  # seconds; who observes what the page says may wait for the thread, which then speaks all the same


def view_files(*names: str) -> str:
    """The text of a view's files, one after the other; the part that all views share comes first."""
    files = (f"base{Path(names[0]).suffix}", *names)
    return "\n".join((HERE / name).read_text(encoding="utf-8") for name in files)


class Wait(Exception):
    """Nothing is wrong, but something is missing that the user can give: the widget shows these words as they are."""


class CourseWidget(anywidget.AnyWidget):
    """A widget whose work is done by a thread of its own. Subclasses give `_picture`.

    Attributes:
        actions: what the page can ask for, by name.
        task: what an error stops, in a word.
    """

    # What the page says.
    wanted = traitlets.Dict().tag(sync=True)  # by action: how often it was asked for so far
    asked = traitlets.Int(0).tag(sync=True, echo_update=False)
    # What the page is told.
    answered = traitlets.Int(0).tag(sync=True)  # the last `asked` that came; so a dead kernel is noticed
    status = traitlets.Unicode("").tag(sync=True)
    still = traitlets.Unicode("").tag(sync=True)  # the picture's CSS class, which a living widget hides

    actions: tuple[str, ...] = ()
    task = "picture"

    def __init__(self, **values: Any) -> None:
        self._gate = threading.RLock()
        self._counted = dict.fromkeys(self.actions, 0)
        super().__init__(wanted=dict(self._counted), **values)
        self.still = f"gancourse-still-{self.model_id or 0}"
        self._handle, self._handle_used = DisplayHandle(display_id=self.still), False
        self.observe(self._answer, "asked")

    def _picture(self) -> dict[str, str] | None:
        """What stays in the notebook, as HTML and in words; None if there is nothing yet."""
        raise NotImplementedError

    # Between the page and the thread.

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take over what the page sends, while the thread keeps its hands off.

        Traitlets hold notifications back here, and one that comes from another thread could be lost.
        """
        with self._gate:
            super().set_state(sync_data)

    def _tell(self, **values: Any) -> None:
        """Set traits from the thread, several in one message."""
        alone = self._gate.acquire(timeout=SILENCE)
        try:
            with self.hold_sync() if len(values) > 1 else contextlib.nullcontext():
                for name, value in values.items():
                    setattr(self, name, value)
        finally:
            if alone:
                self._gate.release()

    def _newly_wanted(self) -> dict[str, int]:
        """By action: how often the page has asked for it since this was called last."""
        counted = self._counted
        self._counted = {name: int(number_within(self.wanted.get(name), 0, 2**31)) for name in self.actions}
        return {name: max(0, times - counted[name]) for name, times in self._counted.items()}

    def _answer(self, change: Any) -> None:
        self.answered = change["new"]

    def _guard(self, action: Callable[[], object]) -> bool:
        """Do it; an error becomes words under the picture. Returns whether there was none."""
        try:
            action()
        except Wait as error:
            self._tell(status=str(error))
        except NotImplementedError:
            self._tell(status=f"Stopped: an exercise that this {self.task} uses is not written yet.")
        except Exception as error:
            self._tell(status=f"Stopped by {type(error).__name__}: {error}")
        else:
            return True
        return False

    # In the notebook.

    def _ipython_display_(self, **kwargs: Any) -> None:
        made = self._repr_mimebundle_()
        data, metadata = made if isinstance(made, tuple) else (made, {})
        # The empty HTML is for converters that have lost the widget: they print nothing instead of its name.
        display({**(data or {}), "text/html": ""}, metadata=metadata, raw=True)
        still = self._wrapped(self._picture_now())
        self._handle_used = True
        self._handle.display(still, raw=True)

    def _picture_now(self) -> dict[str, str]:
        """The picture; empty if it cannot be made, and then the status says why."""
        made: dict[str, str] = {}
        self._guard(lambda: made.update(self._picture() or {}))
        return made

    def _keep_still(self) -> None:
        """Put the picture of now into the notebook, in place of the last one."""
        if self._handle_used:
            self._handle.update(self._wrapped(self._picture()), raw=True)

    def _wrapped(self, shown: dict[str, str] | None) -> dict[str, str]:
        """A picture, or the words in its place, so that a living widget can hide it."""
        words = self.status or "Nothing is drawn yet."
        shown = shown or {"text/html": html.escape(words), "text/plain": words}
        return {**shown, "text/html": f'<div class="{self.still}">{shown["text/html"]}</div>'}

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


def number_within(value: Any, low: float, high: float, otherwise: float = 0.0) -> float:
    """A number from the page, within its range."""
    try:
        value = float(value)
    except (TypeError, ValueError):
        return otherwise
    return min(max(value, low), high) if math.isfinite(value) else otherwise
