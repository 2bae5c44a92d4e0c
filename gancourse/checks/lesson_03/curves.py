"""Reading a run from its curves. The runs are drawn for the purpose, far from every threshold.

Each has a beginning that tells another story than its end, and jumps from record to record, so that
neither the whole run's mean nor its last record gives the right answer.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from gancourse.checks.asked import intact
from gancourse.checks.core import Miss, a, expect
from gancourse.checks.inputs import chosen_int, randn
from gancourse.checks.lesson_03.suite import check
from gancourse.checks.values import NOTHING

History = dict[str, list[float]]
WORDS = ("healthy", "collapsed", "discriminator won", "generator won", "diverged")
# How a run ends: D's loss, G's loss, D on real, D on fake, spread.
HEALTHY = (1.2, 1.0, 0.62, 0.38, 0.9)
COLLAPSED = (1.1, 1.2, 0.66, 0.34, 0.08)
D_WON = (0.02, 6.0, 0.985, 0.012, 0.8)
G_WON = (2.2, 0.1, 0.7, 0.9, 0.8)
BLOWN_UP = (14.0, 9.0, 0.6, 0.4, 0.8)
CURVES = ("d_loss", "g_loss", "d_real", "d_fake", "spread")
CEILING = {"d_real": 1.0, "d_fake": 1.0}


def story(
    end: tuple[float, ...], start: tuple[float, ...] = HEALTHY, records: int = 200, noise: float = 0.03
) -> History:
    """A run that begins like `start`, and is like `end` over its last fifth."""
    history = {}
    for name, first, last in zip(CURVES, start, end, strict=True):
        turn = max(1, records // 3)
        way = [min(1.0, max(0.0, (i - turn) / max(1, records * 7 // 15))) for i in range(records)]
        jumps = (1 + noise * randn(records).clamp(-2, 2)).tolist()
        values = [(first + (last - first) * w) * j for w, j in zip(way, jumps, strict=True)]
        history[name] = [min(v, 0.999 * CEILING.get(name, math.inf)) for v in values]
    return history


def copied(history: History) -> History:
    return {name: list(values) for name, values in history.items()}


def told_records(records: tuple[float, ...]) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in zip(CURVES, records, strict=True))


def says(diagnose: Callable, history: History, want: str, where: str, advice: str = "") -> None:
    got: Any = diagnose(copied(history))
    expect(got is not None, NOTHING)
    if not isinstance(got, str):
        raise Miss(f"The diagnosis should be one of the words {', '.join(map(repr, WORDS))}; it is {a(got)}.")
    expect(got in WORDS, f"You return {got[:40]!r}; the words are {', '.join(map(repr, WORDS))}.")
    expect(got == want, f"For {where} you return {got!r}; expected {want!r}. {advice}".rstrip())


@check.that("diagnose", "tells the five kinds of run by their ends")
def _(diagnose: Callable) -> None:
    records = chosen_int(200, between=(150, 400))
    for end, want, where in (
        (COLLAPSED, "collapsed", "a run whose samples end up alike (spread 0.08)"),
        (D_WON, "discriminator won", "a run that ends with D(x) at 0.98 and D(G(z)) at 0.01"),
        (G_WON, "generator won", "a run that ends with D(G(z)) at 0.9"),
        (BLOWN_UP, "diverged", "a run whose D ends with a loss of 14"),
        (HEALTHY, "healthy", "a run that ends with D(x) at 0.62, D(G(z)) at 0.38 and a spread of 0.9"),
    ):
        says(diagnose, story(end, records=records), want, where)


@check.that("diagnose", "looks at the end, not at the beginning or the whole")
def _(diagnose: Callable) -> None:
    advice = "Take the mean over the last tenth of the records."
    for start, end, want in (
        (D_WON, HEALTHY, "healthy"),
        (COLLAPSED, HEALTHY, "healthy"),
        (BLOWN_UP, HEALTHY, "healthy"),
        (G_WON, D_WON, "discriminator won"),
        (COLLAPSED, G_WON, "generator won"),
    ):
        where = f"a run that begins with {told_records(start)} and ends with {told_records(end)}"
        says(diagnose, story(end, start), want, where, advice)


def just(kind: dict[str, float], records: int) -> History:
    """A run that is healthy but for its last tenth, whose means are these. The middle value is on the other side.

    Of a loss, a spread, and of D's fakes where they are not few, one odd record makes the mean another than the median.
    """
    tenth, history = records // 10, {}
    for name, healthy in zip(CURVES, HEALTHY, strict=True):
        mean = kind.get(name, healthy)
        odd = {"d_loss": 3.0, "spread": 0.2, "d_fake": 0.15 if mean > 0.5 else 0.0}.get(name, 0.0)
        odd *= -1 if (name, mean) in (("d_loss", 4.9), ("spread", 0.24), ("d_fake", 0.74)) else 1
        odd *= name in kind
        last = [mean + odd, *[mean - odd / (tenth - 1)] * (tenth - 1)]
        history[name] = [healthy] * (records - tenth) + last
    return history


NEAR = (
    ({"d_loss": 5.1}, "diverged", "d_loss above 5"),
    ({"d_loss": 4.9}, "healthy", "d_loss above 5"),
    ({"spread": 0.24}, "collapsed", "spread below 0.25"),
    ({"spread": 0.26}, "healthy", "spread below 0.25"),
    ({"d_real": 0.955, "d_fake": 0.02}, "discriminator won", "d_real above 0.95"),
    ({"d_real": 0.945, "d_fake": 0.02}, "healthy", "d_real above 0.95"),
    ({"d_real": 0.985, "d_fake": 0.045}, "discriminator won", "d_fake below 0.05"),
    ({"d_real": 0.985, "d_fake": 0.055}, "healthy", "d_fake below 0.05"),
    ({"d_fake": 0.76}, "generator won", "d_fake above 0.75"),
    ({"d_fake": 0.74}, "healthy", "d_fake above 0.75"),
)


@check.that("diagnose", "has the table's numbers, and means of the last tenth")
def _(diagnose: Callable) -> None:
    records = chosen_int(100, between=(100, 119))
    for kind, want, rule in NEAR:
        told = " and ".join(f"{name} at {value:g}" for name, value in kind.items())
        advice = f"The table says: {rule}, on average over the last {records // 10} of {records} records."
        says(diagnose, just(kind, records), want, f"a healthy run that ends with {told} on average", advice)


@check.that("diagnose", "is not fooled by one odd record at the very end", alone=False)
def _(diagnose: Callable) -> None:
    history = story(HEALTHY, records=400)
    for name, value in zip(CURVES, D_WON, strict=True):
        history[name][-1] = value
    history["spread"][-1] = 0.02
    advice = "Take the mean over the last tenth of the records, 40 of 400 here."
    says(diagnose, history, "healthy", "a healthy run of 400 records, the last of which is odd", advice)


@check.that("diagnose", "says diverged wherever a number is not finite", alone=False)
def _(diagnose: Callable) -> None:
    for name in CURVES:
        for odd in (math.nan, math.inf, -math.inf):
            history = story(HEALTHY)
            history[name][chosen_int(120, between=(30, 190))] = odd
            where = f"a run in which {name} is {odd} once"
            advice = "Look at all five lists, and at all of each: math.isfinite tells."
            says(diagnose, history, "diverged", where, advice)


@check.that("diagnose", "keeps the order of the rules where several fit")
def _(diagnose: Callable) -> None:
    both = (*D_WON[:4], COLLAPSED[4])
    says(diagnose, story(both), "collapsed", "a run that ends with a spread of 0.08 and with D sure", ORDER)
    fooled = (*G_WON[:4], COLLAPSED[4])
    says(diagnose, story(fooled), "collapsed", "a run that ends with a spread of 0.08 and D(G(z)) at 0.9", ORDER)
    all_three = (BLOWN_UP[0], *both[1:])
    says(diagnose, story(all_three), "diverged", "a run that ends with a D loss of 14 and a spread of 0.08", ORDER)
    broken = story(COLLAPSED)
    broken["g_loss"][50] = math.nan
    says(diagnose, broken, "diverged", "a collapsed run with a NaN in it", ORDER)


ORDER = "Ask in the order of the text: the first rule that fits decides."


@check.that("diagnose", "asks for both of D's signs before it says that D has won", alone=False)
def _(diagnose: Callable) -> None:
    for real, fake in ((0.98, 0.3), (0.7, 0.02)):
        history = story((0.6, 2.0, real, fake, 0.9), noise=0.005)
        advice = "D has won only if D(x) is above 0.95 and D(G(z)) below 0.05."
        says(diagnose, history, "healthy", f"a run that ends with D(x) at {real:g} and D(G(z)) at {fake:g}", advice)


@check.that("diagnose", "reads short runs, and leaves the history as it is", alone=False)
def _(diagnose: Callable) -> None:
    records = chosen_int(10, between=(10, 25))
    history = {name: [value] * records for name, value in zip(CURVES, HEALTHY, strict=True)}
    history["spread"] = [0.9] * (records - records // 10) + [0.05] * (records // 10)
    given = copied(history)
    got = diagnose(given)
    expect(
        got == "collapsed", f"For {records} records whose last tenth has a spread of 0.05 you return {str(got)[:40]!r}."
    )
    expect(intact(given), "The history has been changed.")
