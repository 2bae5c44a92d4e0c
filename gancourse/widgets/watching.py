"""A picture that moves in a cell while a loop runs, and stays behind when it ends.

No widget and no thread: the cell redraws one output in place. So it works the same in JupyterLab,
in a run without any front end (there only the last picture stays), and on a page that shows the
notebook later.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from IPython.core.getipython import get_ipython
from IPython.display import display
from matplotlib.figure import Figure

from gancourse.plots import figure, picture
from gancourse.waiting import time_in_words

Yielded = TypeVar("Yielded")


def watch(
    run: Iterable[Yielded],
    draw: Callable[[Figure, Yielded], str],
    total: int | None = None,
    every: float = 0.25,
    size: tuple[float, float] = (9.5, 3.9),
) -> None:
    """Run an iterator to its end and draw what it yields, in place, a few times a second.

    Interrupting the kernel stops the run; what it has learned is kept.

    Args:
        run: yields its state after each iteration.
        draw: draws a state on the given figure and returns the alt text.
        total: number of iterations, for the progress bar.
        every: seconds between two pictures; more if drawing takes long.
        size: of the figure, in inches.
    """
    __tracebackhide__ = True  # an error in the loop is the reader's: IPython then leaves this frame out
    screen, fig = Screen(), figure(*size)
    started = shown = time.monotonic()
    pause, count, stopped = 0.0, 0, False
    state: Yielded | None = None
    try:
        for state in run:
            count += 1
            now = time.monotonic()
            if screen.live and now - shown >= pause:
                screen.show(picture(fig, draw(fig, state)), progress_words(count, total, now - started))
                shown = time.monotonic()
                pause = max(every, 3 * (shown - now))
    except KeyboardInterrupt:
        stopped = True
    if state is not None:
        alt = draw(fig, state)
        screen.show(picture(fig, alt), progress_words(count, total, time.monotonic() - started, stopped))


def progress_words(count: int, total: int | None, seconds: float, stopped: bool = False) -> str:
    """Progress in words, with a bar while it runs."""
    words = f"iteration {count:,}{f' of {total:,}' if total else ''} · {seconds:.1f} s"
    if stopped:
        return f"{words} · stopped by you; what was learned is kept"
    if total and count < total:
        words += f" · about {time_in_words(seconds * (total - count) / count)} left" if seconds > 1 else ""
        return f'<progress value="{count}" max="{total}" aria-label="training progress"></progress> {words}'
    return words


class Screen:
    """One output of the cell that is running, replaced in place."""

    def __init__(self) -> None:
        self.live = get_ipython() is not None
        self.handle: Any = None

    def show(self, shown: dict[str, str], below: str) -> None:
        if not self.live:
            return
        bundle = {
            "text/html": f'{shown["text/html"]}<div style="font-size:90%;opacity:.75">{below}</div>',
            "text/plain": shown["text/plain"],
        }
        if self.handle is None:
            self.handle = display(bundle, raw=True, display_id=True)
        else:
            self.handle.update(bundle, raw=True)
