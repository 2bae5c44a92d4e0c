"""No silent second: one line that says what is being done, how long that usually takes, and how much is left.

    with working("drawing 20,000 faces", usual=12) as done:
        for block in blocks:
            draw(block)
            done(len(block) / 20_000)

    for match in each(matches, "playing 200 matches", usual=60):
        ...

In a notebook the line stands in the cell's own output and never on stderr, which would cost points. It comes at
once where `usual` says that it is going to take over three seconds, else after three seconds; it is renewed each
second, even while one long call computes; and at the end it gives way to one line with the time that it took. Whatever
ends sooner leaves nothing. On a terminal it is a line that is overwritten; where neither is there, nothing.

`usual` is in seconds of a machine on which `STEPS` small training steps take `REFERENCE` seconds. What is told is that
times `pace()`: how much slower this machine is just now, measured once, in a tenth of a second or so.
"""

from __future__ import annotations

import contextlib
import contextvars
import functools
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from html import escape
from typing import Any, TypeVar

from gancourse.progress import in_kernel

Item = TypeVar("Item")

SILENT = 3.0
"""Seconds that a cell may be silent."""
TICK = 1.0  # seconds between two renewals
STEPS, REFERENCE = 100, 0.05
"""So many steps of a network with 64 hidden units, and the seconds that they take where figures were measured."""

_LINES: list[WorkLine] = []  # those at work, the outermost first: only that one is shown


@functools.cache
def pace() -> float:
    """How much slower this machine is than the one on which usual times were measured; measured once."""
    import torch

    def step() -> None:
        with torch.enable_grad():
            grads = torch.autograd.grad(net(x).square().mean(), list(net.parameters()))
        with torch.no_grad():
            for p, grad in zip(net.parameters(), grads, strict=True):
                p -= 0.01 * grad

    with torch.random.fork_rng(devices=[]):  # a lesson's numbers must not depend on whether this ran
        net = torch.nn.Sequential(torch.nn.Linear(1, 64), torch.nn.ReLU(), torch.nn.Linear(64, 1))
    x = torch.linspace(-1, 1, 256)[:, None]
    for _ in range(10):
        step()
    started = time.perf_counter()
    for _ in range(STEPS):
        step()
    return (time.perf_counter() - started) / REFERENCE


def time_in_words(seconds: float) -> str:
    """A time as one says it: "40 s", "3 min"."""
    if seconds < 10:
        return f"{max(1, round(seconds))} s"
    if seconds < 90:
        return f"{5 * round(seconds / 5)} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


class WorkLine:
    """One line about something that is being done."""

    def __init__(self, what: str, usual: float | None) -> None:
        self.what, self.part, self.started, self.share = what, "", time.monotonic(), 0.0
        self.expected = None if usual is None else usual * pace()
        self.show = place_for_lines()
        self.over = threading.Event()
        self.shown = False
        self.lock = threading.Lock()

    def __call__(self, share: float) -> None:
        """Say how much of it is done, from 0 to 1."""
        self.share = min(1.0, max(0.0, float(share)))

    def tell(self, what: str) -> None:
        """Say which part of it is being done."""
        self.part = what

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def left(self) -> float | None:
        """Seconds that are likely left; None as long as nobody knows."""
        if self.share > 0.02:
            return self.seconds * (1 - self.share) / self.share
        return None if self.expected is None or self.seconds > self.expected else self.expected - self.seconds

    def words(self) -> str:
        """What the line says now."""
        parts = [f"{self.what}, {self.part}" if self.part else self.what]
        if self.expected is not None:
            parts.append(f"usually {time_in_words(self.expected)} here")
        parts.append(f"{self.seconds:.0f} s so far")
        if (left := self.left()) is not None:
            parts.append(f"about {time_in_words(left)} left")
        elif self.expected is not None:
            parts.append("longer than usual")
        return " · ".join(parts)

    def tick(self) -> None:
        """Show it again and again, until it is over."""
        wait = 0.0 if self.expected is not None and self.expected > SILENT else SILENT - TICK
        while not self.over.wait(wait):
            with self.lock, contextlib.suppress(Exception):  # a line that cannot be shown must not end the work
                if not self.over.is_set():
                    self.show(self.words(), self.share)
                    self.shown = True
            wait = TICK

    def end(self, how: str) -> None:
        """Leave one line, if anything was shown."""
        self.over.set()
        with self.lock:
            if self.shown:
                with contextlib.suppress(Exception):
                    self.show(f"{self.what}: {how}{self.seconds:.0f} s", None)


@contextlib.contextmanager
def working(what: str, usual: float | None = None) -> Iterator[WorkLine]:
    """Within the block a line says what is being done. Call what it gives with the share that is done, if you know.

    Args:
        what: in words that go on after "is": "drawing 20,000 faces".
        usual: seconds that it usually takes, on the machine of the figures; None if nobody has measured it.
    """
    line = WorkLine(what, usual)
    if _LINES:  # what it is a part of has a line already
        yield line
        return
    _LINES.append(line)
    thread = threading.Thread(target=contextvars.copy_context().run, args=(line.tick,), daemon=True)
    thread.start()
    how = "stopped after "
    try:
        yield line
        how = ""
    finally:
        _LINES.remove(line)
        line.end(how)


def each(items: Iterable[Item], what: str, usual: float | None = None, total: int | None = None) -> Iterator[Item]:
    """Go through some items, with a line that says how far it is.

    Args:
        what, usual: as in `working`.
        total: how many there are, where `len(items)` does not tell.
    """
    total = len(items) if total is None and isinstance(items, Sized) else total
    with working(what, usual) as done:
        for count, item in enumerate(items, 1):
            yield item
            if total:
                done(count / total)


def place_for_lines() -> Callable[[str, float | None], None]:
    """Where lines are shown: called with the words and the share that is done, None at the end."""
    if in_kernel():
        return in_notebook()
    return on_terminal if sys.stderr.isatty() else lambda words, share: None


def in_notebook() -> Callable[[str, float | None], None]:
    """One output of the cell, renewed in place."""
    from IPython.display import display

    handles: list[Any] = []

    def show(words: str, share: float | None) -> None:
        value = f' value="{share:.3f}"' if share else ""  # without one the bar only shows that something goes on
        bar = (
            ""
            if share is None
            else f'<progress{value} max="1" aria-label="{escape(words.split(" · ")[0])}"></progress> '
        )
        html = f'<div style="font-size:90%;opacity:.75">{bar}{escape(words)}</div>'
        bundle = {"text/plain": words, "text/html": html}
        if handles:
            handles[0].update(bundle, raw=True)
        else:
            handles.append(display(bundle, raw=True, display_id=True))

    return show


def on_terminal(words: str, share: float | None) -> None:
    """One line of the terminal, overwritten."""
    sys.stderr.write(f"\r\x1b[K{words}{'' if share is not None else chr(10)}")
    sys.stderr.flush()
