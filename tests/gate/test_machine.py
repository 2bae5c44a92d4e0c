"""Wrong answers made by machine: no slip in a lesson's solution gets through, but those that mutants.py names.

`make test` judges a few slips of each exercise, the same ones each time; `make gate` all of them. The table is
printed by tests/conftest.py: excused ones are no mistakes, and known ones wait for a better check. Those
named without need, as a check finds them, are counted too. That is no failure: some are found on some draws.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from test_gate import ALL, ANSWERS

from gancourse.authoring.answers import Answers
from gancourse.authoring.gate import load_answers
from gancourse.authoring.machine import NOTEBOOK, STOPPED, SURVIVED, Slip, Worker, slips_of, sorted_out, unknown
from gancourse.authoring.source import find

SAMPLE = 0 if ALL else 2  # slips of each exercise; 0: all
EXERCISES = [
    pytest.param(answers, exercise, id=f"{answers.name[:2]} {exercise}")
    for answers in ANSWERS
    for exercise in answers.exercises
]


@pytest.fixture(scope="module")
def worker_for() -> Iterator[Callable[[str], Worker]]:
    """One worker for each lesson that is asked for in this process."""
    with ExitStack() as stack:
        begun: dict[str, Worker] = {}

        def worker(lesson: str) -> Worker:
            if lesson not in begun:
                begun[lesson] = Worker(lesson)
                stack.callback(begun[lesson].close)
            return begun[lesson]

        yield worker


@pytest.mark.slow
@pytest.mark.parametrize(("answers", "exercise"), EXERCISES)
def test_no_slip_gets_through(worker_for, answers: Answers, exercise: str, record_property) -> None:
    found = {slip.name: worker_for(answers.name).outcome(slip) for slip in slips_of(answers, exercise, SAMPLE)}
    numbers, new, idle = sorted_out(answers, exercise, found)
    record_property("slips", [answers.name, exercise, {**numbers, "idle": len(idle)}])
    assert not new, "No check finds:\n" + "\n".join(new)


@pytest.mark.slow
@pytest.mark.parametrize(("answers", "exercise"), EXERCISES)
def test_what_is_excused_is_a_slip_and_has_a_reason(answers: Answers, exercise: str) -> None:
    one = answers.exercises[exercise]
    assert not unknown(answers, exercise), "mutants.py lists what the machine does not make (any more)"
    assert not set(one.excused) & set(one.survivors)
    assert all(len(why) > 10 for why in one.excused.values())


@pytest.mark.slow
def test_what_a_slip_does_to_its_arguments_is_found(worker_for) -> None:
    answers = load_answers(find("14_stylegan").folder)
    own = answers.exercises["truncation"].own
    code = own.replace("w.detach().mean", "w.detach_().mean")
    assert code != own
    assert worker_for(answers.name).outcome(Slip(answers.name, "truncation", "detach_", code)) != SURVIVED


@pytest.mark.slow
def test_an_endless_answer_costs_its_time_and_no_more() -> None:
    answers = ANSWERS[0]
    exercise = next(iter(answers.exercises))
    worker = Worker(answers.name, seconds=8)
    try:
        for code, what in (
            (answers.exercises[exercise].own, SURVIVED),
            ("while True:\n    pass\n", STOPPED),
            ("import os\nos._exit(0)\n", STOPPED),
            ("import os\nos.kill(os.getpid(), 9)\n", STOPPED),
            (f"def {exercise}(*_, **__):\n    return 0\n", NOTEBOOK),
            ("no Python\n", NOTEBOOK),
        ):
            assert worker.outcome(Slip(answers.name, exercise, "", code)) == what, code
    finally:
        worker.close()
