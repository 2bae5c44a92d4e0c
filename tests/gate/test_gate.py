"""The mutation gate: each exercise's checks reject every wrong answer and accept every right one.

A check is only as good as the mistakes it catches and the right answers it lets through. In each
lesson's folder `mutants.py` holds both, written by people who made those mistakes
(gancourse/authoring/answers.py says how). A wrong answer must be rejected by the public checks with a
message that names the mistake, on the friendly inputs of a notebook and on fresh ones alike. Every
verdict must be the same whatever is drawn. The table is printed by tests/conftest.py.

GATE says how much of that is asked. "quick", as in `make check`: of each exercise the first right answer and a wrong
one, on one draw; with LESSON=02 all of that lesson. Without it, as in `make test`: all answers, each on one draw
and some on several, a wrong one as in a notebook or as in grading, and some as in both; an answer's name decides. Of
those to an open challenge one for each medal. "all", as in `make gate`: all, on all draws, in both ways.
"""

from __future__ import annotations

import ast
import hashlib
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

import pytest
import torch

from gancourse.authoring.answers import Answer
from gancourse.authoring.gate import chosen_folders, draws, fresh_verdicts, friendly_verdicts, load_answers
from gancourse.checks import Suite, Verdict, hidden, public

MOST, FEW = 10, 3
GATE = os.environ.get("GATE", "")
QUICK, ALL = GATE == "quick", GATE == "all"
MANY_DRAWS = 200 if ALL else 10
CHALLENGED = 40  # draws of a challenge's target, in `make gate`
ENOUGH_WRONG, ENOUGH_RIGHT = 8, 3
ENOUGH_EARN_NONE, ENOUGH_EARN_ONE = 6, 3  # blind answers to an open challenge
MEASURED = 2 if ALL else 1  # an open challenge is measured, which takes longer than a comparison

ANSWERS = [load_answers(folder) for folder in chosen_folders()]
RIGHT, WRONG, BY_HEART, DRAFTS = (
    [one for a in ANSWERS for one in a.of_kind(kind)] for kind in ("right", "wrong", "by heart", "draft")
)
MEDALS = [a for a in RIGHT if a.medal] + [one for a in ANSWERS for one in a.of_kind("medal")]
CHEATS = [one for a in ANSWERS for one in a.of_kind("cheat")]
FIRST_RIGHT = [
    next(answer for answer in one.answers if answer.kind == "right")
    for a in ANSWERS
    for exercise, one in a.exercises.items()
    if not public(a.name).medals(exercise)
]
LAZY = ("blank", "return 0")  # names of wrong answers that deserve no credit at all
lessons = pytest.mark.parametrize("answers", ANSWERS, ids=lambda a: a.name)


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """As lessons have it. On tensors this small several threads only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def named(answer: Answer) -> str:
    """A test's id, which begins with the lesson's number, and by whose exercise tests are shared among processes."""
    return f"{answer.lesson[:2]} {answer.exercise}: {answer.name}"


def cases(answers: list[Answer]) -> list[Any]:
    """Answers as a test's cases. Most wait for `make test`, and those to an open challenge, which are played out.

    In `make check` these others are not even made: to collect thousands of tests takes each process seconds.
    """
    soon = answers if os.environ.get("LESSON") else [a for a in answers if a in FIRST_RIGHT] + sample(answers, 0, 1)
    quick = {named(a) for a in soon if not open_ended(a)}
    asked = [a for a in answers if named(a) in quick] if QUICK else answers
    return [pytest.param(a, id=named(a), marks=[] if named(a) in quick else [pytest.mark.slow]) for a in asked]


def open_ended(answer: Answer) -> bool:
    """Whether it answers an open challenge."""
    return bool(public(answer.lesson).medals(answer.exercise))


def of_each_medal(answers: list[Answer]) -> list[Answer]:
    """The first answer that earns each medal, in each challenge."""
    first = {(a.lesson, a.exercise, a.medal): a for a in reversed(answers)}
    return [a for a in answers if a is first[a.lesson, a.exercise, a.medal]]


def sample(answers: list[Answer], right: int, wrong: int) -> list[Answer]:
    """So many right and wrong answers to each exercise, always the same ones, in their order."""
    found: dict[tuple[str, str, bool], list[Answer]] = defaultdict(list)
    for answer in answers:
        found[answer.lesson, answer.exercise, answer.kind == "right"].append(answer)
    few = {key: sorted(those, key=turn)[: right if key[-1] else wrong] for key, those in found.items()}
    return [a for a in answers if a in few[a.lesson, a.exercise, a.kind == "right"]]


def turn(answer: Answer) -> int:
    """A number that an answer's name decides: the same each time, and as good as drawn among all answers."""
    told = f"{answer.exercise}: {answer.kind}: {answer.name}"
    return int.from_bytes(hashlib.sha256(told.encode()).digest()[:4], "big")


def seeds(answer: Answer, most: int) -> list[int]:
    """The seeds below `most` that an answer is judged on; which one, where it is one, differs among answers."""
    count = most if ALL else 1 if QUICK or turn(answer) % 10 else FEW
    return [(turn(answer) // 4 + i) % most for i in range(min(count, most))]


def friendly(answer: Answer) -> list[Verdict]:
    """A notebook's verdicts: one, where all would be alike; a challenge measures several times by itself."""
    alike = not draws(answer.code) or open_ended(answer)
    those = seeds(answer, 1 if alike else MOST)
    return friendly_verdicts(answer.lesson, answer.exercise, answer.code, those, name=answer.name)


def fresh(answer: Answer, seeds: Iterable[int], of: Callable[[str], Suite] = public) -> list[Verdict]:
    if open_ended(answer):
        seeds = list(seeds)[:MEASURED]
    return [judged_once(answer, seed, of) for seed in seeds]


@cache
def judged_once(answer: Answer, seed: int, of: Callable[[str], Suite]) -> Verdict:
    """A grader's verdict on one draw. Two tests ask for that of an answer which misses the point."""
    (verdict,) = fresh_verdicts(of(answer.lesson), answer.exercise, answer.code, [seed], name=answer.name)
    return verdict


@pytest.mark.parametrize("answer", cases([a for a in RIGHT if ALL or not a.medal] + DRAFTS))
def test_right_answer_is_accepted(answer, record_property):
    """Drafts are right answers once more, spelled out to be edited: they stand in no table.

    Which medal one earns has luck near a limit: the tests of medals below ask for that.
    """
    tell = record_property if answer.kind == "right" else lambda *_: None
    tell("mutant", [answer.lesson, answer.exercise, "right", answer.name, "no"])
    for verdict in friendly(answer) + fresh(answer, seeds(answer, 5)) + fresh(answer, seeds(answer, MOST), of=hidden):
        assert verdict.passed and (answer.medal or verdict.credit == 1), str(verdict)
    tell("mutant", [answer.lesson, answer.exercise, "right", answer.name, "yes"])


@pytest.mark.slow
@pytest.mark.parametrize("answer", [] if QUICK else FIRST_RIGHT, ids=named)
def test_the_first_right_answer_is_accepted_whatever_is_drawn(answer):
    """What goes wrong on one draw in fifteen takes points from one student in fifteen, and no single draw finds it."""
    for of in (public, hidden):
        for verdict in fresh(answer, range(100, 100 + MANY_DRAWS), of=of):
            assert verdict.passed and verdict.credit == 1, str(verdict)


@pytest.mark.slow
@pytest.mark.parametrize("answer", [a for a in of_each_medal(MEDALS) if ALL and a.medal == "gold"], ids=named)
def test_gold_is_earned_whatever_is_drawn(answer):
    """Targets have luck. It may cost one student in twenty a medal's color, and nobody the medal.

    `benchmarks/challenge_luck.py` prints how near the limits an answer comes.
    """
    seeds = range(1000, 1000 + CHALLENGED)
    found = fresh_verdicts(hidden(answer.lesson), answer.exercise, answer.code, seeds, name=answer.name)
    without = [str(verdict) for verdict in found if not verdict.passed]
    assert not without, f"{len(without)} of {len(found)} runs earn nothing. The first:\n{without[0]}"
    assert [verdict.medal for verdict in found].count("gold") >= 0.95 * len(found)


# Blind ones to a challenge, which are played out, wait for `make gate`.
@pytest.mark.parametrize("answer", cases([a for a in WRONG if ALL or not (a.blind and open_ended(a))]))
def test_wrong_answer_is_rejected(answer, record_property):
    record_property("mutant", [answer.lesson, answer.exercise, "wrong", answer.name, "no"])
    both, grader = ALL or turn(answer) % 5 == 0, bool(turn(answer) % 2 or answer.point)
    as_notebook = friendly(answer) if both or not grader else []
    as_grader = fresh(answer, seeds(answer, FEW)) if both or grader else []
    for verdict in as_notebook + as_grader:
        rejected(verdict, answer)
        assert verdict.credit == 0 or answer.name not in LAZY, f"credit for nothing: {verdict}"
    record_property("mutant", [answer.lesson, answer.exercise, "wrong", answer.name, "yes"])


@pytest.mark.slow
@pytest.mark.parametrize("answer", cases(MEDALS if ALL else of_each_medal(MEDALS)))
def test_answer_to_a_challenge_earns_its_medal(answer):
    """The same one in a notebook and on graders' targets. Games have luck: where one differs, others are played."""
    for verdict in friendly(answer) + fresh(answer, seeds(answer, FEW), of=hidden):
        if verdict.medal != answer.medal:
            more = fresh_verdicts(hidden(answer.lesson), answer.exercise, answer.code, (7, 8, 9), name=answer.name)
            assert answer.medal in [one.medal for one in more], str(verdict)


@pytest.mark.slow
@pytest.mark.parametrize("answer", [] if QUICK else [a for a in WRONG if a.point], ids=named)
def test_answer_that_misses_the_point_is_worth_half_at_most(answer):
    for seed in seeds(answer, FEW):
        (seen,), (kept,) = fresh(answer, [seed]), fresh(answer, [seed], of=hidden)
        assert (seen + kept).credit <= 1 / 2, str(seen + kept)


@pytest.mark.parametrize("answer", cases(BY_HEART))
def test_answer_learned_by_heart_is_found_out(answer, record_property):
    record_property("mutant", [answer.lesson, answer.exercise, "wrong", answer.name, "no"])
    for verdict in friendly(answer):
        assert verdict.passed, f"It does not know the friendly inputs, which it should:\n{verdict}"
    # An open challenge has another target for graders; the notebook's is the same each time.
    of = hidden if open_ended(answer) else public
    for verdict in fresh(answer, seeds(answer, MOST), of=of):
        rejected(verdict, answer)
    record_property("mutant", [answer.lesson, answer.exercise, "wrong", answer.name, "fresh"])


def rejected(verdict: Verdict, answer: Answer) -> None:
    assert not verdict.passed and verdict.credit < 1, f"accepted: {verdict}"
    assert answer.says in str(verdict), f"The report should say {answer.says!r}:\n{verdict}"
    for words in answer.never:
        assert words not in str(verdict), f"The report should not say {words!r}:\n{verdict}"


@lessons
def test_every_exercise_has_its_answers(answers):
    """An exercise that is graded by a check brings its own right and wrong answers."""
    for exercise in set(answers.lesson.tested) | set(public(answers.name).claims):
        assert public(answers.name).claims.get(exercise), f"{exercise} has no public check"
        assert hidden(answers.name).claims.get(exercise), f"{exercise} has no hidden check"
        assert exercise in answers.exercises, f"there are no answers to {exercise}"
        kinds = [answer.kind for answer in answers.exercises[exercise].answers]
        assert kinds.count("wrong") >= ENOUGH_WRONG, f"too few wrong answers to {exercise}"
        assert kinds.count("right") >= ENOUGH_RIGHT, f"too few right answers to {exercise}"
        asked = [suite.medals(exercise) for suite in (public(answers.name), hidden(answers.name))]
        assert asked[0] == asked[1], f"{exercise}: graders ask something else for a medal than the notebook"
        if asked[0]:
            earned = {answer.medal for answer in answers.exercises[exercise].answers}
            assert earned >= {"gold", "silver", "bronze"}, f"{exercise}: no answer shows what it takes to earn each"


@lessons
def test_a_challenge_is_marked_as_one_and_its_text_has_the_limits(answers):
    asked = {exercise: public(answers.name).medals(exercise) for exercise in answers.lesson.tested}
    assert [exercise for exercise, medals in asked.items() if medals] == answers.lesson.challenges
    for exercise in answers.lesson.challenges:
        text = answers.lesson.cell(f"exercise-{exercise}").text
        for rank, limit in asked[exercise].limits.items():
            assert f"{limit:g}" in text, f"{exercise}: the text does not say that {rank} takes {limit:g}"


@lessons
def test_answers_differ(answers):
    """Eight names for one mistake would be one mutant; and no right answer is a wrong one."""
    for exercise in answers.exercises.values():
        seen: dict[str, str] = {}
        for answer in exercise.answers:
            if answer.blind:  # who wrote it could not know the others
                continue
            twin = seen.setdefault(ast.dump(ast.parse(answer.code)), answer.name)
            assert twin == answer.name, f"{exercise.name}: {answer.name!r} and {twin!r} are the same"


@lessons
def test_blind_answers_are_enough_and_say_how_they_fared_at_first(answers, record_property):
    """Answers written from the notebook alone: eight wrong ones and four right ones, or none yet."""
    counted: Counter[str] = Counter()
    for name, exercise in answers.exercises.items():
        kinds = Counter(answer.kind for answer in exercise.answers if answer.blind)
        wrong = kinds["wrong"] + kinds["cheat"] + kinds["by heart"]
        right = kinds["right"] + kinds["medal"]
        if exercise.first:
            if public(answers.name).medals(name):
                assert wrong >= ENOUGH_EARN_NONE and right >= ENOUGH_EARN_ONE, name
            else:  # where the text was made to allow a wrong one it is a right one now
                assert wrong + right > ENOUGH_WRONG + ENOUGH_RIGHT and right > ENOUGH_RIGHT, name
            accepted, refused = exercise.first
            assert accepted <= wrong and refused <= right
            counted.update(wrong=wrong, right=right, accepted=accepted, refused=refused)
    if counted:
        record_property("blind", [answers.name, dict(counted)])
