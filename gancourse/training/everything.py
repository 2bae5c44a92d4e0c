"""All weights that come with the course, made by one command: `gancourse train --all --keep`.

A GPU may be at hand for minutes only. So a recipe says how long it takes on a device, what would not fit is left
out, and a table at the end says what was made, what was not, and why.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gancourse.errors import CourseError
from gancourse.training.keeping import Keepable

LOG = logging.getLogger("gancourse.training")


@dataclass(frozen=True)
class Attempt:
    """What became of a recipe: its files, or why there are none; minutes as stated (None: not at all) and as taken."""

    name: str
    files: tuple[str, ...] = ()
    why: str = ""
    stated: float | None = None
    taken: float = 0.0


def stated_minutes(recipe: Keepable, device: str) -> float | None:
    """What a recipe says that it takes on a device ("cpu", "cuda", "cuda:0", "mps"); None if it does not say."""
    if isinstance(recipe.minutes, Mapping):
        return recipe.minutes.get(device.split(":")[0])
    return recipe.minutes


def make_all(
    recipes: Iterable[Keepable],
    minutes: float,
    device: str,
    make: Callable[[Any], Sequence[Path]],
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Make every shipped file, as far as the minutes reach; print what was made, what was not, and why.

    Recipes come in their order, for a later one may be measured by what an earlier one made. One that would take
    longer than what is left is left out, and a shorter one after it may still fit. One that fails stops no other;
    whoever interrupts one ends all, and the table tells how far it came.

    Args:
        recipes: those that keep nothing are passed over.
        make: trains a recipe and keeps its files, which it returns.
        clock: seconds.

    Returns:
        an exit status: 0 if everything was made, 1 if not.

    Raises:
        KeyboardInterrupt: if somebody stopped a recipe; the table is printed all the same.
    """
    began, done = clock(), []
    try:
        for recipe in recipes:
            if not recipe.keep:
                continue
            try:
                done.append(one_of_all(recipe, minutes - (clock() - began) / 60, device, make, clock))
            except KeyboardInterrupt:
                done.append(Attempt(recipe.name, why="it was stopped"))
                raise
            LOG.info("%s: %s", done[-1].name, done[-1].why or "made")
    finally:
        print(table_of_made(done, (clock() - began) / 60, minutes, device))
    return int(any(one.why for one in done))


def one_of_all(
    recipe: Keepable, left: float, device: str, make: Callable[[Any], Sequence[Path]], clock: Callable[[], float]
) -> Attempt:
    """Make one recipe's files, if it fits into what is left."""
    stated = stated_minutes(recipe, device)
    if stated is None:
        return Attempt(recipe.name, why=f"it does not say how long it takes on {device}")
    if stated > left:
        return Attempt(recipe.name, why=f"{max(left, 0.0):.1f} minutes were left", stated=stated)
    began = clock()
    try:
        files = tuple(path.name for path in make(recipe))
        why = "" if files else "it wrote nothing"
    except CourseError as error:
        files, why = (), str(error)
    except Exception as error:  # minutes on a GPU are dear: the others are still made
        LOG.exception("%s failed", recipe.name)
        files, why = (), f"{type(error).__name__}: {error}".splitlines()[0]
    return Attempt(recipe.name, files, why, stated, (clock() - began) / 60)


def table_of_made(done: Sequence[Attempt], taken: float, minutes: float, device: str) -> str:
    """What became of every recipe, a line each, and a sentence below."""
    width = max([len(one.name) for one in done] + [6])
    lines = [f"{'recipe':{width}}  stated  taken  (minutes, {device})"]
    for one in done:
        stated = "—" if one.stated is None else f"{one.stated:.1f}"
        spent = f"{one.taken:.1f}" if one.taken else "—"
        became = f"not made: {one.why}" if one.why else ", ".join(one.files)
        lines.append(f"{one.name:{width}}  {stated:>6}  {spent:>5}  {became}")
    made = sum(not one.why for one in done)
    lines.append(f"{made} of {len(done)} recipes made, in {taken:.1f} of {minutes:g} minutes.")
    return "\n".join(lines)
