"""The open challenge: telling runs apart by their curves, on runs that no rule was chosen by."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from gancourse.checks.challenge import Medals, Reached
from gancourse.checks.core import Miss, a, expect
from gancourse.checks.lesson_03.suite import check
from gancourse.checks.values import NOTHING
from gancourse.training.runs import PastRun, load_runs

WORDS = ("healthy", "still training", "discriminator won", "generator won", "collapsed", "diverged")
SHARES = Medals(bronze=65, silver=77, gold=85, unit="% of runs", higher_is_better=True, margin=0.03, runs=1, seconds=20)


@cache
def held_out() -> list[PastRun]:
    """The runs of the collection that nobody chose a threshold by."""
    return [run for run in load_runs() if run.held_out]


def word_for(tell: Callable, run: PastRun) -> str:
    """The word a student's program has for a run; the history is handed over as a copy."""
    given = {name: list(values) for name, values in run.history.items()}
    got: Any = tell(given)
    expect(got is not None, NOTHING)
    if not isinstance(got, str):
        raise Miss(f"The result should be one of the words {', '.join(map(repr, WORDS))}; it is {a(got)}.")
    expect(got in WORDS, f"You return {got[:40]!r}; the words are {', '.join(map(repr, WORDS))}.")
    return got


def share_told(tell: Callable, runs: Iterable[PastRun]) -> Reached:
    """The share of runs told right, in percent, each kind counted alike; and which kind is told worst."""
    told: dict[str, list[str]] = {kind: [] for kind in WORDS}
    for run in runs:
        told[run.kind].append(word_for(tell, run))
    shares = {kind: words.count(kind) / len(words) for kind, words in told.items() if words}
    worst = min(shares, key=lambda kind: shares[kind])
    words = [word for word in told[worst] if word != worst]
    most = max(set(words), key=words.count) if words else ""
    right, n = told[worst].count(worst), len(told[worst])
    because = f"Of {n} runs that are {worst!r} {right} are told right."
    because += f" Most others are called {most!r}." if most else ""
    return Reached(100 * sum(shares.values()) / len(shares), because)


@check.challenge("tell_runs_apart", "tells what became of runs it was not made by", SHARES)
def _(tell: Callable) -> Reached:
    return share_told(tell, held_out())
