"""The mutation gate once more, as graders see it: answers run in the sandbox, checks outside of it.

What crosses between the two must not change a verdict: every right answer earns everything, every
wrong one loses something and is told the same. `make test` judges every right answer and each fourth
wrong one; `make gate` judges all.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from operator import add

import pytest
from test_gate import RIGHT, WRONG, named, rejected

from gancourse.authoring.answers import Answer
from gancourse.authoring.gate import PREAMBLE
from gancourse.checks import Verdict, fresh_inputs, hidden, public
from gancourse.grading.sandbox.host import Host
from gancourse.grading.sandbox.walls import Walls

pytestmark = pytest.mark.slow
EVERY = int(os.environ.get("GATE_EVERY", "4"))


@pytest.fixture(scope="session")
def walls() -> Iterator[Walls]:
    with Walls() as behind:
        yield behind


def judged(walls: Walls, answer: Answer) -> Verdict:
    """The verdict on an answer that ran in the sandbox."""
    host = Host(walls)
    try:
        host.run(PREAMBLE, "<setup>")
        _, error = host.run(answer.code, "<cell 1>")
        assert error is None, error
        host.asked("keep", 10, name=answer.exercise, only_new=False)
        with fresh_inputs(1):
            thing = host.look(answer.exercise)
            suites = public(answer.lesson), hidden(answer.lesson)
            return functools.reduce(add, [suite.verdict(answer.exercise, thing) for suite in suites])
    finally:
        host.close()


@pytest.mark.parametrize("answer", RIGHT, ids=named)
def test_right_answer_earns_everything(walls: Walls, answer: Answer) -> None:
    verdict = judged(walls, answer)
    assert verdict.credit == 1, str(verdict)


@pytest.mark.parametrize("answer", WRONG[::EVERY], ids=named)
def test_wrong_answer_loses_and_is_named(walls: Walls, answer: Answer) -> None:
    rejected(judged(walls, answer), answer)
