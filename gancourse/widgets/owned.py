"""Widgets that draw on demand: a thread owns the model and always works on the newest wish.

The page holds its moves back while the kernel is busy, so that what is shown last is what was set last.
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import traitlets

from gancourse.widgets.base import CourseWidget
from gancourse.widgets.newest import Newest

Remembered = TypeVar("Remembered")


class Owned(CourseWidget):
    """A widget whose work is done by one thread, `_worker`. Subclasses give `_serve`, `_picture` and their actions."""

    def __init__(self, **values: Any) -> None:
        self._worker: Newest[Any] = Newest(lambda wish: self._guard(lambda: self._serve(wish)), "gancourse-widget")
        super().__init__(**values)
        self.observe(self._act, "wanted")

    def _serve(self, wish: Any) -> None:
        """Do the work for the newest wish, in the thread."""
        raise NotImplementedError

    def rest(self, timeout: float | None = 60.0) -> bool:
        """Wait until everything asked for is done. Returns whether that came in time (seconds)."""
        return self._worker.rest(timeout)

    def close(self) -> None:
        """Take the widget away and let its thread end."""
        if hasattr(self, "_worker"):  # Python calls this too when a widget could not be made
            self._worker.close()
        super().close()

    def _act(self, change: Any) -> None:
        """Call the methods whose names the page has asked for."""
        for name, times in self._newly_wanted().items():
            for _ in range(min(times, 100)):
                self._guard(getattr(self, name))

    def _do(self, job: Any) -> None:
        """Have a job done in the thread, after those before it."""
        self._worker.do(lambda: self._guard(job))

    def _picture_now(self) -> dict[str, str]:
        made: dict[str, str] = {}
        self._do(lambda: made.update(self._picture() or {}))
        self._worker.rest(60)
        return made


class Undoable(Owned, Generic[Remembered]):
    """One that can go back. Subclasses give `_current`, `_same` and `_restore`; `commit`, `undo`, `redo` are actions.

    Args:
        most: how many states can be come back to.
        values: of the traits.
    """

    can = traitlets.Dict().tag(sync=True)  # by action: whether there is something to do

    def __init__(self, most: int, **values: Any) -> None:
        super().__init__(**values)
        self._most, self._past, self._at = most, [self._current()], 0
        self._say_can()

    def _current(self) -> Remembered:
        """The state as it is now; it stays as it is when the widget goes on."""
        raise NotImplementedError

    def _same(self, one: Remembered, other: Remembered) -> bool:
        """Whether nobody could tell them apart."""
        raise NotImplementedError

    def _restore(self, state: Remembered) -> None:
        """Go there."""
        raise NotImplementedError

    def commit(self) -> None:
        """Remember what is now, so that undo comes back to it."""
        now = self._current()
        if not self._same(now, self._past[self._at]):
            self._past = [*self._past[: self._at + 1], now][-self._most :]
            self._at = len(self._past) - 1
            self._come()
        self._say_can()

    def undo(self) -> None:
        """Back to what was before, if there is anything."""
        self.commit()
        self._go(self._at - 1)

    def redo(self) -> None:
        """Forward again to what undo left, if there is anything."""
        self._go(self._at + 1)

    def _go(self, where: int) -> None:
        if 0 <= where < len(self._past):
            self._at = where
            self._restore(self._past[where])
            self._come()
        self._say_can()

    def _come(self) -> None:
        """Another state stands now."""

    def _say_can(self) -> None:
        self.can = {"undo": self._at > 0, "redo": self._at + 1 < len(self._past)}
