"""The mutation gate once more, as graders see it: answers run in the sandbox, checks outside of it.

What crosses between the two must not change a verdict: every right answer earns everything, every
wrong one loses something and is told the same. `make gate` judges all of them here. `make test` judges a wrong answer
to each exercise, which its name chooses, and one that earns no gold to each challenge; a right answer to each exercise
is judged behind the walls by test_notebooks.py.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from operator import add

import pytest
from test_gate import ALL, CHEATS, MEDALS, RIGHT, WRONG, named, of_each_medal, rejected, sample

from gancourse.authoring.answers import Answer
from gancourse.authoring.gate import PREAMBLE
from gancourse.checks import Verdict, fresh_inputs, hidden, public
from gancourse.grading.sandbox.host import Host
from gancourse.grading.sandbox.walls import Limits, Walls

pytestmark = pytest.mark.slow
LESS = [a for a in MEDALS if a.medal != "gold"]
CHEATING = CHEATS if ALL else sample(CHEATS, 0, 1)
MEDALS_BUT_GOLD = LESS if ALL else [a for a in of_each_medal(LESS) if a.medal == "silver"]


@pytest.fixture(scope="session")
def walls() -> Iterator[Walls]:
    with Walls() as behind:
        yield behind


def judged(walls: Walls, answer: Answer, seed: int = 1) -> Verdict:
    """The verdict on an answer that ran in the sandbox."""
    host = Host(walls)
    try:
        host.run(PREAMBLE, "<setup>")
        _, error = host.run(answer.code, "<cell 1>")
        assert error is None, error
        host.asked("keep", 10, name=answer.exercise, only_new=False)
        with fresh_inputs(seed):
            thing = host.look(answer.exercise)
            suites = public(answer.lesson), hidden(answer.lesson)
            return functools.reduce(add, [suite.verdict(answer.exercise, thing) for suite in suites])
    finally:
        host.close()


if ALL:

    @pytest.mark.parametrize("answer", RIGHT, ids=named)
    def test_right_answer_earns_everything(walls: Walls, answer: Answer) -> None:
        verdict = judged(walls, answer)
        assert verdict.credit == 1, str(verdict)


@pytest.mark.parametrize("answer", MEDALS_BUT_GOLD, ids=named)
def test_answer_to_a_challenge_earns_the_same_medal(walls: Walls, answer: Answer) -> None:
    """Within the sandbox's time, too. Games have luck: where it is another one, a second and a third are played."""
    assert any(judged(walls, answer, seed).medal == answer.medal for seed in (1, 2, 3))


@pytest.mark.parametrize("answer", CHEATING, ids=named)
def test_answer_that_breaks_a_challenges_rules_earns_nothing(walls: Walls, answer: Answer) -> None:
    verdict = judged(walls, answer)
    assert verdict.credit == 0, f"{verdict.medal}: {verdict}"


PEEKS = """
def fewest_steps(ask_D, sample_noise):
    heap = ask_D.__closure__[0].cell_contents.target
    return lambda z: heap.sample(len(z))
"""
SLEEPS = "def fewest_steps(ask_D, sample_noise):\n    while True:\n        pass\n"


def test_what_a_notebook_cannot_keep_from_an_answer_the_sandbox_does() -> None:
    """In a notebook, one may look into the function that D is asked by; and nothing ends an endless loop there."""
    with Walls(Limits(call=2)) as behind:
        for code, says in ((PEEKS, "AttributeError"), (SLEEPS, "was stopped")):
            verdict = judged(behind, Answer("01_gaussian_1d", "fewest_steps", "wrong", "hostile", code))
            assert verdict.credit == 0 and says in str(verdict), str(verdict)


@pytest.mark.parametrize("answer", WRONG if ALL else sample(WRONG, 0, 1), ids=named)
def test_wrong_answer_loses_and_is_named(walls: Walls, answer: Answer) -> None:
    rejected(judged(walls, answer), answer)
