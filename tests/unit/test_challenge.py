"""Open challenges: what is measured, what it earns, and what is said about it."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from test_authoring import CLEAN

from gancourse.authoring import build, lint
from gancourse.authoring.source import read
from gancourse.checks import CheckFailed, Finding, Suite, Verdict, fresh_inputs
from gancourse.checks.challenge import Medals, Reached
from gancourse.checks.core import BLANK, Miss
from gancourse.checks.opponents import BestD, Humps, even_noise, steps_to
from gancourse.grading.page import section
from gancourse.grading.result import Result, result_of

FEW = Medals(bronze=100, silver=50, gold=10, unit="steps")
MANY = Medals(bronze=60, silver=80, gold=95, unit="% of the runs", higher_is_better=True, runs=1)


def suite(medals: Medals = FEW, because: str = "") -> Suite:
    """One challenge, that measures what the answer returns."""
    check = Suite("00_example")

    @check.challenge("shorten", "gets there", medals)
    def _(shorten: Callable) -> Reached:
        return Reached(float(shorten()), because)

    return check


def returning(*numbers: float) -> Callable[[], float]:
    """An answer that returns one number after the other."""
    left = list(numbers)
    return lambda: left.pop(0)


@pytest.mark.parametrize(
    ("number", "medal"), [(10, "gold"), (11, "silver"), (50, "silver"), (51, "bronze"), (100, "bronze"), (101, "none")]
)
def test_the_number_earns_the_medal_whose_limit_it_keeps(number, medal):
    verdict = suite().verdict("shorten", lambda: number)
    assert verdict.medal == medal
    assert verdict.credit == {"none": 0, "bronze": 1 / 3, "silver": 2 / 3, "gold": 1}[medal]
    assert verdict.passed == (medal != "none")


@pytest.mark.parametrize(("number", "medal"), [(59.9, "none"), (60, "bronze"), (94.9, "silver"), (99, "gold")])
def test_more_may_be_better(number, medal):
    assert suite(MANY).verdict("shorten", lambda: number).medal == medal


def test_the_report_tells_what_was_reached_and_what_is_next(capsys):
    check = suite(because="Well done.")
    check.shorten(returning(60, 40, 45))
    said = capsys.readouterr().out
    assert said.startswith("✓ shorten: silver medal\n")
    assert "45 steps (the median of 40, 45 and 60). Well done." in said
    assert "Gold takes at most 10 steps; 35 to go." in said
    with pytest.raises(CheckFailed, match=r"250 steps. Well done.\n +Bronze takes at most 100 steps; 150 to go."):
        check.shorten(lambda: 250)
    assert "There is no higher one." in str(check.verdict("shorten", lambda: 1))


def test_graders_allow_a_margin_and_a_notebook_does_not():
    assert suite().verdict("shorten", lambda: 108).medal == "none"
    with fresh_inputs(1):
        assert suite().verdict("shorten", lambda: 108).medal == "bronze"
        assert suite().verdict("shorten", lambda: 112).medal == "none"
        assert suite(MANY).verdict("shorten", lambda: 55).medal == "bronze"


def test_one_failed_run_of_three_counts_as_the_worst_and_two_decide():
    def failing(*, good: int) -> Callable[[], float]:
        left = [5.0] * good
        return lambda: left.pop() if left else 1 / 0

    verdict = suite().verdict("shorten", failing(good=2))
    assert verdict.medal == "gold" and "5, 5 and none" in str(verdict) and "One run failed: " in str(verdict)
    verdict = suite().verdict("shorten", failing(good=1))
    assert verdict.medal == "none" and "ZeroDivisionError" in str(verdict) and "2 of 3 runs failed" in str(verdict)


def never_written() -> float:
    raise NotImplementedError


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda: math.nan, "The number that was measured is nan"),
        (lambda: math.inf, "The number that was measured is inf"),
        (lambda: "junk", "could not convert string to float"),
        (lambda: exit(), "SystemExit"),
        (never_written, BLANK),
    ],
)
def test_what_is_no_number_earns_nothing_and_is_told(answer, says):
    verdict = suite().verdict("shorten", answer)
    assert (verdict.medal, verdict.credit) == ("none", 0) and says in str(verdict)


def test_what_takes_too_long_earns_nothing_in_a_notebook():
    verdict = suite(Medals(100, 50, 10, "steps", runs=1, seconds=-1)).verdict("shorten", lambda: 1)
    assert verdict.credit == 0 and "it may take" in str(verdict)


def test_limits_in_the_wrong_order_are_refused():
    for wrong in ({"silver": 100}, {"gold": 60}, {"higher_is_better": True}, {"runs": 2}, {"margin": 1.0}):
        with pytest.raises(ValueError, match="should be"):
            Medals(**{"bronze": 100, "silver": 50, "gold": 10, "unit": "steps", **wrong})  # type: ignore[arg-type]


def test_a_challenge_stands_alone():
    check = suite()
    with pytest.raises(ValueError, match="has claims already"):
        check.challenge("shorten", "gets there again", FEW)(lambda answer: 1.0)


def test_the_hidden_medal_gives_the_points_and_the_page_shows_it():
    seen = suite().verdict("shorten", lambda: 5)
    kept = Verdict("shorten", (Finding("gets there, too", None, by="hidden", medal="bronze", told="90 steps."),))
    result = result_of(seen + kept, 6)
    assert result.score == 2 and "bronze medal" in str(result) and "gold" not in str(result).splitlines()[0]
    page = section(result, "Shorten", "")
    assert '<span class="medal bronze">Bronze medal</span>' in page and "90 steps." in page
    assert Result.from_json(result.as_json()) == result
    none = section(result_of(suite().verdict("shorten", lambda: 400), 6), "Shorten", "")
    assert "No medal yet" in none and "Bronze takes at most 100 steps" in none


def test_a_text_says_what_each_medal_is_worth_and_points_are_divisible(tmp_path):
    path = tmp_path / "07_example" / "lesson.py"
    path.parent.mkdir()
    marked = CLEAN.replace('exercise="double" stars=2 minutes=5', 'exercise="double" stars=2 minutes=5 challenge=true')
    path.write_text(marked, encoding="utf-8")
    lesson = read(path)
    assert lesson.challenges == ["double"]
    assert [line for line in lint.lint(lesson) if "points=2; bronze is a third" in line]
    path.write_text(marked.replace('test="double" points=2', 'test="double" points=3'), encoding="utf-8")
    lesson = read(path)
    assert not [line for line in lint.lint(lesson) if "bronze" in line]
    text = build.expand(lesson.cell("exercise-double"), lesson.points)
    assert "3 points: bronze 1, silver 2, gold 3" in text


def test_the_best_discriminator_says_the_ratio_of_densities():
    """Asked about an even batch it tells the density: at the center of a bell more than two widths beside it."""
    with fresh_inputs(3):
        opponent = BestD(Humps((1.0, 2.0, 1.0)), most=40)
        x = torch.linspace(-10, 10, 256).unsqueeze(1).requires_grad_()
        for _ in range(32):
            logits = opponent(x)
    at = {value: int((x - value).abs().argmin()) for value in (0.0, 2.0, 4.0)}
    # A bump of 0.4 on each number of N(2, 1) makes N(2, 1.16): 2 away that is e^(−2/1.16) of the top.
    for side in (0.0, 4.0):
        assert float((logits[at[2.0]] - logits[at[side]]).detach()) == pytest.approx(2 / 1.16, abs=0.6)
    (slope,) = torch.autograd.grad(logits[at[0.0]].sum(), x)
    assert float(slope[at[0.0]]) > 0, "uphill lies to the right"
    assert int((slope != 0).sum()) == 1, "D is held fixed: only the place where it is asked has a slope"


def test_an_opponent_counts_its_steps_and_ends():
    target = Humps((1.0, 0.0, 1.0))

    def asks(times: int) -> Callable:
        def answer(ask_D: Callable, sample_noise: Callable) -> Callable:
            for _ in range(times):
                ask_D(sample_noise(256))
            return lambda z: z

        return answer

    assert steps_to(asks(3), target, 5, even_noise)[0] == 3
    with pytest.raises(Miss, match="After 5 steps there is still no generator"):
        steps_to(asks(6), target, 5, even_noise)
