"""A thread that owns a model and always works on the newest wish, never on a backlog."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

Wish = TypeVar("Wish")
IDLE = 30.0  # seconds without a wish or a touch, after which the thread ends; the next one starts another


class Newest(Generic[Wish]):
    """Calls `serve` with the newest wish, one call at a time, in a thread of its own.

    A wish that comes while the thread is busy replaces the one that waits. So a slow model is never
    flooded, and the last wish is always served. Jobs given to `do` are all done, in order, before
    the next wish.

    Args:
        serve: called with a wish. It handles its errors itself.
        name: of the thread.
    """

    def __init__(self, serve: Callable[[Wish], object], name: str) -> None:
        self._serve, self._name = serve, name
        self._wish: list[Wish] = []  # at most one
        self._jobs: deque[Callable[[], object]] = deque()
        self._changed = threading.Condition()
        self._busy = self._closed = False
        self._thread: threading.Thread | None = None

    def wish(self, wish: Wish) -> None:
        """Serve this as soon as possible, unless a newer one comes first."""
        with self._changed:
            self._wish[:] = [wish]
            self._start()

    def do(self, job: Callable[[], object]) -> None:
        """Do this in the thread, after the jobs before it. It handles its errors itself."""
        with self._changed:
            self._jobs.append(job)
            self._start()

    def turn(self) -> None:
        """Within a long job: serve the wish that has come meanwhile, if one has."""
        with self._changed:
            waiting = self._wish[:]
            self._wish.clear()
        for wish in waiting:
            self._serve(wish)

    def rest(self, timeout: float | None = None) -> bool:
        """Wait until there is nothing left to do. Returns whether that came in time (seconds)."""
        with self._changed:
            return self._changed.wait_for(lambda: not (self._wish or self._jobs or self._busy), timeout)

    def close(self) -> None:
        """Let the thread end after what it is doing; forget what waits."""
        with self._changed:
            self._closed = True
            self._wish.clear()
            self._jobs.clear()
            self._changed.notify_all()

    @property
    def running(self) -> bool:
        """Whether the thread is alive."""
        return self._thread is not None and self._thread.is_alive()

    def _start(self) -> None:
        self._changed.notify_all()
        if self._thread is None and not self._closed:
            self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._busy = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._wish or self._jobs or self._closed, IDLE)
                if self._closed or not (self._wish or self._jobs):
                    self._thread = None
                    return
                self._busy = True
                job = self._jobs.popleft() if self._jobs else None
            if job:
                job()
            else:
                self.turn()
