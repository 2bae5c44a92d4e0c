"""How checks are written and how they answer.

A check takes the object a student wrote and tests one claim about it after the other. Each claim
holds, or says what came, what was expected, and where to look. A claim never trusts a value at
a point where wrong answers agree with right ones, such as a loss at initialization.

    check = Suite("01_gaussian_1d")

    @check.that("best_discriminator", "gives ½ where both densities are equal")
    def _(best_discriminator):
        got = numbers(best_discriminator(torch.tensor([0.2]), torch.tensor([0.2])), (1,))
        expect_close(got, [0.5], "p = q = 0.2")

In a lesson, `check.best_discriminator(best_discriminator)` prints what holds or raises
`CheckFailed`, which shows as a message instead of a traceback.

**Credit.** A verdict's `credit` is the share of its claims that hold. Some claims hold for an answer
that does nothing: that it leaves G alone, or returns something of the right shape. They are marked
`alone=False`, and they count only beside a claim that is not. So `pass`, a constant and a random
number get nothing, while a right answer with a slip gets most of it. Claims about what the exercise is for are
marked `point=True`: an answer that misses one of them gets half at most, however much else it does. An open challenge
is worth what its medal is (see `challenge`), and of several medals the last one counts: the hidden check's.

**Where the answer runs.** In a lesson the student's object is at hand. In grading it runs in a sandbox,
and a check gets a stand-in that passes calls on. So claims look at what comes back and at what was
done to the objects passed in; they never look into the student's function. Tensors, lists and dicts that a call
changes are put back before anything is compared: an answer is judged on what was asked (see `asked`).
"""

from __future__ import annotations

import contextlib
import io
import linecache
import sysconfig
import textwrap
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from gancourse.checks.asked import asking
from gancourse.paths import PACKAGE
from gancourse.progress import record
from gancourse.waiting import working

if TYPE_CHECKING:
    from gancourse.checks.challenge import Medals, Reached

OURS = (PACKAGE, PACKAGE.parent / "lessons", PACKAGE.parent / "tests", Path(sysconfig.get_paths()["stdlib"]))
HALF = 0.5  # of the points, for an answer that misses the point
MEDALS = {"none": 0.0, "bronze": 1 / 3, "silver": 2 / 3, "gold": 1.0}
"""The share of its points that each medal of an open challenge is worth."""
BLANK = "This is not written yet: replace `raise NotImplementedError` by your code."
STOPS_HERE = "Asked about this, your code stops at `raise NotImplementedError`: this part is not written yet."
NO_GOLD = " Silver is the most that it can earn so."
POINTS = "\n  {:g} of {:g} {} by these checks; graders have a few more"


class Miss(Exception):
    """A claim that does not hold. The message is for the student."""


class StudentError(Exception):
    """The student's code stopped, elsewhere. The text is the whole sentence for the student.

    A stand-in for code in a sandbox raises it, with what `describe_error` said there. It raises a
    NotImplementedError without text as it is: that is how a blank is known.
    """


class CheckFailed(AssertionError):
    """At least one claim about an exercise does not hold. Its text is the report."""

    def _render_traceback_(self) -> list[str]:
        """What Jupyter shows: the report alone. The check's own lines would only distract."""
        return [part for line in str(self).splitlines() for part in wrapped(line)]


@dataclass(frozen=True)
class Claim:
    """Something that should be true of an answer; `test` raises `Miss` if it is not.

    `alone` tells whether it is worth anything by itself, `point` whether the exercise is about it (see Credit, above).
    """

    text: str
    test: Callable[[Any], None]
    alone: bool = True
    point: bool = False

    def finding(self, miss: str | None) -> Finding:
        """What was found about it: it holds, or why not."""
        return Finding(self.text, miss, self.alone, point=self.point)

    def judged(self, thing: Any, tell: Callable[[str], None]) -> Finding:
        """Test it on an answer. `tell` is told what is going on, where that takes long."""
        return self.finding(find_miss(partial(self.test, thing)))


@dataclass(frozen=True)
class Finding:
    """One claim and, where it does not hold, why.

    Attributes:
        by: whose check it is, "public" or "hidden".
        medal: what an open challenge has earned, one of `MEDALS`; "" for any other claim.
        told: what is said of a claim that holds.
    """

    claim: str
    miss: str | None = None
    alone: bool = True
    by: str = "public"
    point: bool = False
    medal: str = ""
    told: str = ""

    @property
    def holds(self) -> bool:
        return self.miss is None


@dataclass(frozen=True)
class Verdict:
    """What was found about one exercise."""

    exercise: str
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        return bool(self.findings) and all(f.holds for f in self.findings)

    @property
    def credit(self) -> float:
        """The share of the claims that hold, from 0 to 1; 0 unless one of them is worth something alone.

        Half at most where the exercise's point is missed. A challenge's last medal decides alone.
        """
        if self.medal:
            return MEDALS[self.medal]
        if not any(f.holds and f.alone for f in self.findings):
            return 0.0
        share = sum(f.holds for f in self.findings) / len(self.findings)
        return share if all(f.holds for f in self.findings if f.point) else min(share, HALF)

    @property
    def medal(self) -> str:
        """An open challenge's last one, which is the hidden check's in grading; "" for another exercise.

        Gold takes all that was asked: whoever measures well but breaks a rule that every answer has to keep, such as
        to leave its arguments alone, earns silver.
        """
        last = next((f.medal for f in reversed(self.findings) if f.medal), "")
        broken = any(not f.holds and not f.medal for f in self.findings)
        return "silver" if last == "gold" and broken else last

    def __add__(self, other: Verdict) -> Verdict:
        """Both as one, such as those of the public and of the hidden checks."""
        return Verdict(self.exercise, self.findings + other.findings)

    @property
    def reason(self) -> str:
        """The one reason why nothing holds; "" if something does, or there are several."""
        misses = {f.miss or "" for f in self.findings}
        return misses.pop() if len(misses) == 1 else ""

    @property
    def held(self) -> str:
        """How many claims hold, in words; of a challenge its medal."""
        if self.medal:
            return "no medal yet" if self.medal == "none" else f"{self.medal} medal"
        return f"{sum(f.holds for f in self.findings)} of {len(self.findings)} hold"

    def __str__(self) -> str:
        if self.reason:
            return f"✗ {self.exercise}\n{indent(self.reason)}"
        lines = [f"{'✓' if self.passed else '✗'} {self.exercise}: {self.held}"]
        for finding in self.findings:
            lines.append(f"  {'✓' if finding.holds else '✗'} {finding.claim}")
            if finding.miss or finding.told:
                lines.append(indent(finding.miss or finding.told))
        return "\n".join(lines)


class Suite:
    """The checks of one lesson: `suite.exercise_name(object)` runs those of one exercise."""

    def __init__(self, lesson: str):
        self.lesson = lesson
        self.claims: dict[str, list[Claim]] = {}
        self.without: dict[str, str] = {}  # exercise → what its answer may not call, as in `without.REFUSED`
        self.points: dict[str, float] = {}  # exercise → what it is worth, where students run its checks

    def that(
        self, exercise: str, claim: str, alone: bool = True, point: bool = False
    ) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
        """Add a claim about an exercise; the decorated function raises `Miss` if it does not hold.

        Args:
            exercise: the name of what the student writes.
            claim: what is claimed, as the report words it.
            alone: False where an answer that does nothing, or guesses, may meet the claim.
            point: True where the exercise is about this: without it an answer is worth half at most.
        """

        def add(function: Callable[[Any], None]) -> Callable[[Any], None]:
            self.claims.setdefault(exercise, []).append(Claim(claim, function, alone, point))
            return function

        return add

    def challenge(
        self, exercise: str, claim: str, medals: Medals
    ) -> Callable[[Callable[[Any], float | Reached]], Callable[[Any], float | Reached]]:
        """Make an exercise an open challenge; the decorated function measures how much an answer reaches.

        Args:
            exercise: the name of what the student writes.
            claim: what is to be reached, as the report words it.
            medals: what has to be reached for each.
        """
        from gancourse.checks.challenge import Challenge

        def add(measure: Callable[[Any], float | Reached]) -> Callable[[Any], float | Reached]:
            if exercise in self.claims:
                raise ValueError(
                    f"{exercise} has claims already; an open challenge is measured, once, and that is all."
                )
            self.claims[exercise] = [Challenge(claim, lambda _: None, measure=measure, medals=medals)]
            return measure

        return add

    def medals(self, exercise: str) -> Medals | None:
        """What an open challenge asks for its medals; None for another exercise."""
        return next((claim.medals for claim in self.claims.get(exercise, ()) if hasattr(claim, "medals")), None)

    def verdict(self, exercise: str, thing: Any, tell: Callable[[str], None] = lambda _: None) -> Verdict:
        """Test every claim about `thing`. Nothing the student's code does stops this but an interrupt."""
        if not callable(thing):
            return no_function(exercise, a(thing))
        findings: list[Finding] = []
        claims = self.claims[exercise]
        with asking(thing, self.without.get(exercise, "")) as asked:
            for claim in claims:
                finding = claim.judged(asked, tell)
                if finding.miss == BLANK and not findings:
                    # Nothing is written. All claims count all the same: an answer could stop at the hidden ones only.
                    return Verdict(exercise, tuple(c.finding(BLANK) for c in claims))
                findings.append(replace(finding, miss=STOPS_HERE) if finding.miss == BLANK else finding)
        if asked.changes and not asked.told:
            said = asked.changes[0][1] + (NO_GOLD if self.medals(exercise) else "")
            findings.append(Finding("leaves what it is given as it was", said, alone=False))
        return Verdict(exercise, tuple(findings))

    def __getattr__(self, exercise: str) -> Callable[[Any], None]:
        if exercise.startswith("_"):  # no exercise, but a question of Python's or Jupyter's, even of a half-made copy
            raise AttributeError(exercise)
        if exercise not in self.claims:
            known = ", ".join(self.claims)
            raise AttributeError(f"Lesson {self.lesson} has no exercise {exercise!r}; it has {known}")
        return partial(self.run, exercise)

    def run(self, exercise: str, thing: Any) -> None:
        """Print the verdict and the points that these checks give, and keep those for the student's marks.

        Raises:
            CheckFailed: if a claim does not hold.
        """
        if self.medals(exercise):
            with working(f"measuring {exercise}") as line:
                verdict = self.verdict(exercise, thing, line.tell)
        else:
            verdict = self.verdict(exercise, thing)
        said = str(verdict)
        if most := self.points.get(exercise, 0):
            points = round(most * verdict.credit, 2)
            said += POINTS.format(points, most, "point" if most == 1 else "points")
            if verdict.reason != BLANK:  # a fresh copy of the notebook takes no mark away
                record(self.lesson, exercise, points=points, most=most)
        if not verdict.passed:
            raise CheckFailed(said) from None
        print(said)


def no_function(exercise: str, what: str) -> Verdict:
    """The verdict on something that cannot be called: `what` is its type, with its article."""
    return Verdict(exercise, (Finding("is a function", f"{exercise} should be a function; it is {what}."),))


def find_miss(test: Callable[[], None]) -> str | None:
    """Run one claim; None if it holds, else why not.

    What the student's code prints or warns is dropped: on stderr it would cost points. Gradients
    are on, whatever an earlier cell left behind.
    """
    try:
        with warnings.catch_warnings(record=True), silence(), torch.enable_grad():
            test()
    except (Miss, StudentError) as miss:
        return str(miss)
    except NotImplementedError as error:
        return BLANK if not str(error) else describe_error(error)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a student's sys.exit() must not end the lesson
        return describe_error(error)
    return None


@contextlib.contextmanager
def silence():
    """Swallow what is written to stdout and stderr."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


def describe_error(error: BaseException) -> str:
    """An error in the student's code, with the student's own line and none of the package's.

    A sandbox calls it where the error was caught, with the traceback at hand, and hands on the sentence.
    """
    what = brief(error)
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if not is_students(frame.filename):
            continue
        line = (frame.line or linecache.getline(frame.filename, frame.lineno or 0)).strip()
        where = f"line {frame.lineno}, `{line}`," if line else f"line {frame.lineno}"
        return f"Your code stopped in {where} with {what}"
    return f"Calling it stopped with {what}"


def is_students(filename: str) -> bool:
    """Whether this file may hold a student's code: not ours, no library's, nothing built in."""
    path = Path(filename)
    installed = {"site-packages", "dist-packages"} & set(path.parts)
    return not (installed or filename.startswith("<frozen") or any(folder in path.parents for folder in OURS))


def brief(error: BaseException) -> str:
    """An error's type and the beginning of what it says: some of torch's go on for pages."""
    try:
        text = "\n".join(str(error).strip().splitlines()[:3])
    except Exception:  # an error class of the student's own may be broken, too
        text = ""
    text = text if len(text) <= 300 else f"{text[:300]}…"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def wrapped(line: str, width: int = 92) -> list[str]:
    """A line broken between words, its indentation kept: Jupyter would break within words."""
    margin = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(line, width, subsequent_indent=margin) or [""]


def indent(text: str) -> str:
    return "\n".join(f"      {line}" for line in text.splitlines())


# ---------------------------------------------------------------------------------------------
# What claims are made of


def expect(holds: bool, otherwise: str) -> None:
    """Raise `Miss(otherwise)` unless `holds`."""
    if not holds:
        raise Miss(otherwise)


def a(thing: Any) -> str:
    """A thing's type, with its article."""
    name = type(thing).__name__
    return "None" if thing is None else f"{'an' if name[:1].lower() in tuple('aeiou') else 'a'} {name}"
