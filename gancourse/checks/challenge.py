"""Open challenges: an exercise whose answer is measured instead of compared, for bronze, silver or gold.

A challenge sets a target and leaves the way to the student. What it measures is one number, told by a function
that knows the student's answer and nothing else of the student's:

    @check.challenge("fewest_steps", "comes within 0.15 of a target it has never seen", FEWEST_STEPS)
    def _(fewest_steps):
        rounds, distance = play(fewest_steps, target())
        return Reached(rounds, f"The samples end {distance:.2f} from the target.")

The public check measures on a target that a notebook may know, the hidden one on targets that only graders have;
the hidden one's medal gives the points. It draws what it needs from `inputs`, so that a measurement can be
repeated from its seed. `Miss` says in words that there is nothing to measure.

**Noise.** A challenge is measured several times, and the median counts; a run that reaches nothing counts as the worst
number there is. Targets drawn for graders are a little easier or harder than the notebook's, so graders allow a
`margin` beyond each limit: whoever earns a medal in a notebook with nothing to spare should not lose it by a hair.

Gold takes all that is asked of every answer, too: one that writes into its arguments earns silver at the most.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from gancourse.checks.core import BLANK, MEDALS, STOPS_HERE, Claim, Finding, find_miss
from gancourse.checks.inputs import fresh

RANKS = tuple(MEDALS)[1:]  # bronze, silver, gold


class Reached(NamedTuple):
    """What one run came to: the number, and a sentence on how."""

    number: float
    because: str = ""


@dataclass(frozen=True)
class Medals:
    """What a challenge asks for each medal.

    Attributes:
        bronze, silver, gold: the limits, each harder than the one before.
        unit: what is counted, in the plural: "steps", "% of runs".
        higher_is_better: whether a limit is the least that is needed, else the most that is allowed.
        margin: the share of a limit by which graders go beyond it.
        runs: how often it is measured, an odd number.
        seconds: that one run may take; in grading the sandbox's own limit holds.
    """

    bronze: float
    silver: float
    gold: float
    unit: str
    higher_is_better: bool = False
    margin: float = 0.1
    runs: int = 3
    seconds: float = 20

    def __post_init__(self) -> None:
        limits = [self.bronze, self.silver, self.gold]
        if limits != sorted(limits, reverse=not self.higher_is_better) or len(set(limits)) < len(limits):
            raise ValueError(f"Each medal should be harder than the one before; the limits are {limits}.")
        if self.runs % 2 == 0 or not 0 <= self.margin < 1:
            raise ValueError(f"runs={self.runs} should be odd, and margin={self.margin} from 0 to 1.")

    @property
    def limits(self) -> dict[str, float]:
        """The limit of each medal, as a student reads it."""
        return {rank: float(getattr(self, rank)) for rank in RANKS}

    @property
    def worst(self) -> float:
        """What a run counts that reaches nothing."""
        return -math.inf if self.higher_is_better else math.inf

    def allowed(self, rank: str) -> float:
        """The limit that holds here: a notebook's is as it reads, a grader's has the margin."""
        limit = self.limits[rank]
        beyond = self.margin * abs(limit) if fresh() else 0.0
        return limit - beyond if self.higher_is_better else limit + beyond

    def earned(self, number: float) -> str:
        """The best medal for this number, or "none"."""
        fits = [rank for rank in RANKS if number != self.worst and self.holds(number, self.allowed(rank))]
        return fits[-1] if fits else "none"

    def holds(self, number: float, limit: float) -> bool:
        return number >= limit if self.higher_is_better else number <= limit

    def way(self, number: float, medal: str) -> str:
        """How far it is to the next medal."""
        ahead = [rank for rank in RANKS if RANKS.index(rank) > RANKS.index(medal)] if medal in RANKS else RANKS
        if not ahead:
            return "There is no higher one."
        limit = self.limits[ahead[0]]
        least = "at least" if self.higher_is_better else "at most"
        return f"{ahead[0].capitalize()} takes {least} {limit:g} {self.unit}; {abs(number - limit):.4g} to go."

    def __str__(self) -> str:
        """The limits in one line, for the exercise's text."""
        least = "at least" if self.higher_is_better else "at most"
        return f"{least} {', '.join(f'{limit:g} for {rank}' for rank, limit in self.limits.items())} ({self.unit})"


@dataclass(frozen=True)
class Challenge(Claim):
    """A claim that a student's answer reaches something; `measure` tells how much.

    Attributes:
        measure: takes the answer; the number reached, alone or as `Reached`.
        medals: what it is worth.
    """

    measure: Callable[[Any], float | Reached] = lambda _: math.nan
    medals: Medals = Medals(3, 2, 1, "")

    def finding(self, miss: str | None, medal: str = "none", told: str = "") -> Finding:
        return Finding(self.text, miss, self.alone, point=self.point, medal=medal, told=told)

    def judged(self, thing: Any, tell: Callable[[str], None]) -> Finding:
        """Measure several times; the median's medal, and what there is to say about it."""
        found: list[Reached] = []
        misses: list[str] = []
        for number in range(1, self.medals.runs + 1):
            tell(f"run {number} of {self.medals.runs}")
            reached, miss = self.attempt(thing)
            if miss == BLANK and not (found or misses):
                return self.finding(BLANK)
            (misses.append(miss) if miss else found.append(reached))
            if len(misses) > self.medals.runs // 2:  # the median is settled
                break
        return self.told(found, misses)

    def attempt(self, thing: Any) -> tuple[Reached, str]:
        """One run: what it reached, or why nothing."""
        kept: list[Any] = []
        started = time.monotonic()
        miss = find_miss(lambda: kept.append(self.measure(thing)))
        took = time.monotonic() - started
        if miss:
            return Reached(self.medals.worst), miss
        reached = kept[0] if isinstance(kept[0], Reached) else Reached(kept[0])
        if not math.isfinite(reached.number):
            return reached, f"The number that was measured is {reached.number}. {reached.because}".rstrip()
        if not fresh() and took > self.medals.seconds:
            return reached, f"A run took {took:.0f} seconds; it may take {self.medals.seconds:g}."
        return reached, ""

    def told(self, found: list[Reached], misses: list[str]) -> Finding:
        """The verdict on all runs."""
        medals, runs = self.medals, len(found) + len(misses)
        if len(misses) > len(found) or len(misses) > medals.runs // 2:
            said = STOPS_HERE if misses[0] == BLANK else misses[0]
            return self.finding(said if runs == len(misses) == 1 else f"{len(misses)} of {runs} runs failed. {said}")
        ordered = sorted(found, key=lambda reached: reached.number, reverse=medals.higher_is_better)
        middle = ordered[medals.runs // 2]
        each = [f"{reached.number:.4g}" for reached in ordered] + ["none"] * len(misses)
        said = f"{middle.number:.4g} {medals.unit}"
        said += f" (the median of {', '.join(each[:-1])} and {each[-1]})." if len(set(each)) > 1 else "."
        said = " ".join([said, *([middle.because] if middle.because else [])])
        if misses:
            said += f" One run failed: {misses[0]}"
        medal = medals.earned(middle.number)
        said += f"\n{medals.way(middle.number, medal)}"
        return self.finding(said if medal == "none" else None, medal, "" if medal == "none" else said)
