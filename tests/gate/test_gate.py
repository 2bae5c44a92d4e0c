"""The mutation gate: each exercise's checks reject every wrong answer and accept every right one.

A check is only as good as the mistakes it catches and the right answers it lets through. In each
lesson's folder `mutants.py` holds both, written by people who made those mistakes. A wrong
answer must be rejected by the public checks with a message that names the mistake, on the friendly
inputs of a notebook and on fresh ones alike. Every verdict must be the same whatever is drawn. The
table is printed by tests/conftest.py.
"""

from __future__ import annotations

import importlib.util
import linecache
import math
import os
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from gancourse.authoring.source import Lesson, lesson_paths, read
from gancourse.checks import Suite, Verdict, fresh_inputs, hidden, public

SEEDS = range(int(os.environ.get("GATE_SEEDS", "10")))
FEW_SEEDS = SEEDS[:3]
ENOUGH_WRONG, ENOUGH_RIGHT = 8, 3


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """As lessons have it. On tensors this small several threads only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"mutants_of_{path.parent.name}", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MUTANTS = [load(path.with_name("mutants.py")) for path in lesson_paths() if path.with_name("mutants.py").exists()]
RIGHT = [(m.LESSON, e, n, code) for m in MUTANTS for e, ones in m.RIGHT.items() for n, code in ones.items()]
WRONG = [(m.LESSON, e, n, *one) for m in MUTANTS for e, ones in m.WRONG.items() for n, one in ones.items()]
BY_HEART = [
    (m.LESSON, e, n, *one)
    for m in MUTANTS
    for e, ones in getattr(m, "LEARNED_BY_HEART", {}).items()
    for n, one in ones.items()
]
LAZY = ("blank", "return 0")  # names of wrong answers that deserve no credit at all


def named(cases: list[tuple[str, ...]]) -> list[Any]:
    return [pytest.param(*case, id=f"{case[1]}: {case[2]}") for case in cases]


def answer(exercise: str, name: str, code: str) -> Any:
    """Run an answer's source as a notebook cell would be, and return what it defines."""
    filename = f"<{exercise}: {name}>"
    linecache.cache[filename] = (len(code), None, code.splitlines(keepends=True), filename)
    names: dict[str, Any] = {"__name__": "answer", "torch": torch, "F": F, "nn": nn, "math": math}
    exec(compile(code, filename, "exec"), names)
    return names[exercise]


def draws(code: str) -> bool:
    """Whether an answer draws random numbers itself. Else one run on friendly inputs is like all others."""
    return "rand" in code


def friendly_verdicts(lesson: str, exercise: str, name: str, code: str) -> list[Verdict]:
    """What a notebook says."""
    found = []
    for seed in SEEDS if draws(code) else SEEDS[:1]:
        torch.manual_seed(seed)
        found.append(public(lesson).verdict(exercise, answer(exercise, name, code)))
    return found


def fresh_verdicts(suite: Suite, exercise: str, name: str, code: str, seeds: range) -> list[Verdict]:
    """What a grader says."""
    found = []
    for seed in seeds:
        torch.manual_seed(seed)
        with fresh_inputs(seed):
            found.append(suite.verdict(exercise, answer(exercise, name, code)))
    return found


@pytest.mark.parametrize(("lesson", "exercise", "name", "code"), named(RIGHT))
def test_right_answer_is_accepted(lesson, exercise, name, code, record_property):
    record_property("mutant", [lesson, exercise, "right", name, "no"])
    found = friendly_verdicts(lesson, exercise, name, code)
    found += fresh_verdicts(public(lesson), exercise, name, code, SEEDS[:5])
    found += fresh_verdicts(hidden(lesson), exercise, name, code, SEEDS)
    for verdict in found:
        assert verdict.passed and verdict.credit == 1, str(verdict)
    record_property("mutant", [lesson, exercise, "right", name, "yes"])


@pytest.mark.parametrize(("lesson", "exercise", "name", "code", "says"), named(WRONG))
def test_wrong_answer_is_rejected(lesson, exercise, name, code, says, record_property):
    record_property("mutant", [lesson, exercise, "wrong", name, "no"])
    found = friendly_verdicts(lesson, exercise, name, code)
    found += fresh_verdicts(public(lesson), exercise, name, code, FEW_SEEDS)
    for verdict in found:
        rejected(verdict, says)
        assert verdict.credit == 0 or name not in LAZY, f"credit for nothing: {verdict}"
    record_property("mutant", [lesson, exercise, "wrong", name, "yes"])


@pytest.mark.parametrize(("lesson", "exercise", "name", "code", "says"), named(BY_HEART))
def test_answer_learned_by_heart_is_found_out(lesson, exercise, name, code, says, record_property):
    record_property("mutant", [lesson, exercise, "wrong", name, "no"])
    for verdict in friendly_verdicts(lesson, exercise, name, code):
        assert verdict.passed, f"It does not know the friendly inputs, which it should:\n{verdict}"
    for verdict in fresh_verdicts(public(lesson), exercise, name, code, SEEDS):
        rejected(verdict, says)
    record_property("mutant", [lesson, exercise, "wrong", name, "fresh"])


def rejected(verdict: Verdict, says: str) -> None:
    assert not verdict.passed and verdict.credit < 1, f"accepted: {verdict}"
    assert says in str(verdict), f"The report should say {says!r}:\n{verdict}"


@pytest.mark.parametrize("path", lesson_paths(), ids=lambda p: p.parent.name)
def test_every_exercise_has_its_mutants(path):
    """An exercise that is graded by a check brings its own right and wrong answers."""
    lesson: Lesson = read(path)
    data = next((m for m in MUTANTS if lesson.name == m.LESSON), None)
    assert data, f"{lesson.name} has no mutants.py"
    tested = {cell.keys["test"] for cell in lesson.cells if "test" in cell.keys}
    for exercise in tested | set(public(lesson.name).claims):
        assert public(lesson.name).claims.get(exercise), f"{exercise} has no public check"
        assert hidden(lesson.name).claims.get(exercise), f"{exercise} has no hidden check"
        assert len(data.WRONG.get(exercise, ())) >= ENOUGH_WRONG, f"too few wrong answers to {exercise}"
        assert len(data.RIGHT.get(exercise, ())) >= ENOUGH_RIGHT, f"too few right answers to {exercise}"


@pytest.mark.parametrize("data", MUTANTS, ids=lambda m: m.LESSON)
def test_wrong_answers_differ(data):
    """Eight names for one mistake would be one mutant."""
    for exercise, ones in data.WRONG.items():
        sources = [code for code, _ in ones.values()]
        assert len(set(sources)) == len(sources), f"two wrong answers to {exercise} are the same"
        assert all(says for _, says in ones.values())
