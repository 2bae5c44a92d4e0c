"""What could be borrowed instead of written earns nothing where answers are graded, and the report says why.

Each lesson's `borrowed.py` names, for every exercise a check judges, the shortest answers that the package or a
library holds. They run in the sandbox of that lesson, as a student's cell would, with all that is withheld there.
"""

from __future__ import annotations

import ast
import math
import py_compile
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from test_gate import ALL, RIGHT
from test_sandbox import PREAMBLE
from torch import nn

from gancourse import checks
from gancourse.authoring.source import Lesson, find, lesson_names, lesson_paths
from gancourse.checks import Finding, Verdict, fresh_inputs, hidden, public
from gancourse.grading.sandbox.host import Host
from gancourse.grading.sandbox.walls import FULL, Limits, Walls, bubblewrap
from gancourse.grading.trial import withheld_from
from gancourse.paths import PACKAGE, module_at

full_sandbox = pytest.mark.skipif(bubblewrap() is not None, reason=f"no full sandbox: {bubblewrap()}")


LOANS = {
    path.parent.name: module_at(path.with_name("borrowed.py"), f"borrowed_of_{path.parent.name}")
    for path in lesson_paths()
}
CASES = [
    pytest.param(lesson, exercise, code, why, id=f"{lesson}: {exercise}: {name}")
    for lesson, module in LOANS.items()
    for exercise, ones in module.BORROWED.items()
    for name, (code, why) in ones.items()
]
LIBRARY_WORDS = re.compile(r"sklearn")


class Sandboxes:
    """One sandbox for each lesson, with what is withheld there; the one in use stays warm."""

    def __init__(self) -> None:
        self.lesson, self.walls = "", Walls()

    def of(self, lesson: str) -> Walls:
        if lesson != self.lesson:
            self.walls.stop()
            self.lesson, self.walls = lesson, Walls(Limits(), True, withheld_from(find(lesson)))
        return self.walls


@pytest.fixture(scope="module")
def sandboxes() -> Iterator[Sandboxes]:
    made = Sandboxes()
    yield made
    made.walls.stop()


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """Bytecode of all that is withheld, as it lies about wherever the course was used."""
    for path in {path for lesson in LOANS for path in withheld(lesson)}:
        if path.suffix == ".py" and path.is_relative_to(PACKAGE):
            py_compile.compile(str(path))


def judged(walls: Walls, lesson: str, exercise: str, code: str) -> Verdict:
    """The verdict on an answer that ran in the sandbox; on one that is not there for its cell stopped, why it did."""
    host = Host(walls)
    try:
        host.run(PREAMBLE, "<setup>")
        _, error = host.run(code, "<cell 1>")
        host.asked("keep", 10, name=exercise, only_new=False)
        with fresh_inputs(1):
            try:
                thing = host.look(exercise)
            except KeyError:
                return Verdict(exercise, (Finding("is there", str(error)),))
            return public(lesson).verdict(exercise, thing) + hidden(lesson).verdict(exercise, thing)
    finally:
        host.close()


@pytest.mark.slow
@full_sandbox
@pytest.mark.parametrize(("lesson", "exercise", "code", "why"), CASES)
def test_a_borrowed_answer_earns_nothing_and_is_told_why(
    sandboxes: Sandboxes, lesson: str, exercise: str, code: str, why: str
) -> None:
    verdict = judged(sandboxes.of(lesson), lesson, exercise, code)
    assert verdict.credit == 0, str(verdict)
    assert why in str(verdict)


@pytest.mark.slow
@full_sandbox
@pytest.mark.parametrize("lesson", LOANS)
def test_all_else_is_there_while_a_lesson_is_graded(sandboxes: Sandboxes, lesson: str) -> None:
    """The lesson's cells run, but for those that only show something; right answers may use what a library has."""
    host = Host(sandboxes.of(lesson))
    try:
        assert host.walls.level == FULL
        cells = [c for c in find(lesson).cells if c.kind == "code" and "demo" not in c.keys and "test" not in c.keys]
        for cell in cells:
            _, error = host.run(cell.text, "<cell>")
            assert error is None, f"{cell.id}: {error}"
    finally:
        host.close()
    for answer in RIGHT:
        if answer.lesson == lesson and LIBRARY_WORDS.search(answer.code):
            verdict = judged(sandboxes.of(lesson), lesson, answer.exercise, answer.code)
            assert verdict.credit == 1, str(verdict)


@pytest.mark.slow
@pytest.mark.parametrize(("lesson", "exercise", "code", "why"), CASES if ALL else CASES[::2])
def test_a_loan_is_one(lesson: str, exercise: str, code: str, why: str) -> None:
    """Where nothing is withheld it earns points: else that it earns none in the sandbox would say nothing."""
    names: dict[str, Any] = {"__name__": "answer", "torch": torch, "F": F, "nn": nn, "math": math}
    exec(code, names)
    refused = exercise in public(lesson).without
    verdict = public(lesson).verdict(exercise, Allowed(names[exercise]) if refused else names[exercise])
    assert verdict.credit > 0, str(verdict)


class Allowed:
    """An answer that may call whatever it likes."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def __call__(self, *args: Any) -> Any:
        with torch.utils._python_dispatch._disable_current_modes():
            return self.answer(*args)


@pytest.mark.parametrize("path", lesson_paths(), ids=lambda path: path.parent.name)
def test_every_exercise_names_what_could_be_borrowed(path: Path) -> None:
    lesson: Lesson = find(path.parent.name)
    borrowed = LOANS[lesson.name].BORROWED
    assert set(borrowed) == set(lesson.tested)
    for exercise, ones in borrowed.items():
        assert ones, exercise
        for code, why in ones.values():
            assert exercise in code and len(why) > 20


@cache
def withheld(lesson: str) -> tuple[Path, ...]:
    return withheld_from(find(lesson))


@pytest.mark.parametrize("lesson", LOANS)
def test_what_is_withheld_is_there(lesson: str) -> None:
    """A file that was moved would be withheld no more, and nobody would notice."""
    assert all(path.exists() for path in withheld(lesson))
    assert getattr(checks.chapter(lesson), "WITHHELD", ())


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LOANS)
def test_the_package_has_no_exercise_by_its_name_that_is_not_withheld(lesson: str) -> None:
    """A function that is called like an exercise is, most likely, its answer."""

    def plain(name: str) -> str:
        return name.replace("_", "").lower()

    names = {plain(exercise) for exercise in find(lesson).tested}
    gone = withheld(lesson)
    for path in PACKAGE.rglob("*.py"):
        if any(path == out or out in path.parents for out in gone):
            continue
        assert not {name for name in defined_in(path) if plain(name) in names} - EXCUSED.get(lesson, set()), path


@cache
def defined_in(path: Path) -> set[str]:
    """The functions and classes that a file defines, at any depth."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.ClassDef)}


# Names that stand for something else: the target asks `data.mixing`; where checks draw their inputs from.
# A recipe for the challenge may ask for a minibatch's deviation by its name.
EXCUSED = {"02_mixture_2d": {"log_density", "minibatch_std"}, "03_dcgan": {"generator"}}


@pytest.mark.slow
@pytest.mark.parametrize("lesson", lesson_names())
def test_hidden_checks_share_no_reference_with_the_public_ones(lesson: str) -> None:
    """Else a mistake in one would be in both. What they share is the vocabulary, which holds no answers."""
    tree = ast.parse((find(lesson).folder / "hidden.py").read_text(encoding="utf-8"))
    taken: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            taken |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            home = node.module or ""
            taken |= {f"{home}.{alias.name}" for alias in node.names} if home == "gancourse.checks" else {home}
    ours = {name for name in taken if name.split(".")[0] not in LIBRARIES}
    assert ours <= {f"gancourse.checks.{name}" for name in VOCABULARY} | RUNS, ours


VOCABULARY = ("core", "challenge", "opponents", "values", "inputs", "steps", "networks", "doubles")
# What open challenges are played and measured by, and how a part of an answer is called.
VOCABULARY += (
    "grid_game",
    "hidden_parts",
    "spoilers",
    "heaps",
    "planes",
    "hidden_picture",
    "patch_work",
    "who_rules",
    "foreign_words",
    "broken_pictures",
    "hidden_rules",
    "few_looks",
    "unseen_faces",
)
VOCABULARY += ("lesson_04.parts", "lesson_06.shares")
RUNS = {"gancourse.training.runs"}  # reads runs that were kept
LIBRARIES = (
    "__future__",
    "collections",
    "functools",
    "itertools",
    "math",
    "numpy",
    "pathlib",
    "scipy",
    "sklearn",
    "torch",
    "typing",
)
