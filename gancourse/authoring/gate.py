"""What a lesson's checks say of an answer's source: as a notebook asks, and as a grader does.

The mutation gate (tests/gate) puts the answers of `mutants.py` to it, machine.py those that it makes.
"""

from __future__ import annotations

import linecache
import math
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from gancourse.authoring.answers import Answers
from gancourse.authoring.source import find, lesson_paths
from gancourse.checks import Suite, Verdict, fresh_inputs, public
from gancourse.errors import CourseError
from gancourse.paths import module_at

PREAMBLE = "import math\nimport torch\nimport torch.nn.functional as F\nfrom torch import nn\n"
"""What an answer may use without importing it."""


def chosen_folders() -> list[Path]:
    """The folders of all lessons or, where the environment has LESSON=02, of that one."""
    wanted = os.environ.get("LESSON")
    return [find(wanted).folder] if wanted else [path.parent for path in lesson_paths()]


def load_answers(folder: Path) -> Answers:
    """What a lesson's mutants.py says, and its blind.py where there is one.

    Raises:
        CourseError: if there is no mutants.py, or it makes no `answers`.
    """
    path, blind = folder / "mutants.py", folder / "blind.py"
    if not path.exists():
        raise CourseError(f"The answers to {folder.name} should be in {path}; there are none.")
    answers = getattr(module_at(path, f"answers_to_{folder.name}"), "answers", None)
    if not isinstance(answers, Answers):
        raise CourseError(f"{path} should make `answers = Answers(__file__)`.")
    if blind.exists():
        answers.add_blind(module_at(blind, f"blind_answers_to_{folder.name}").BLIND)
    return answers


def run_answer(exercise: str, code: str, name: str = "answer", given: dict[str, Any] | None = None) -> Any:
    """Run an answer's source as a notebook's cell, and return what it defines.

    Args:
        given: names that the cells above have defined, beside torch's.
    """
    filename = f"<{exercise}: {name}>"
    linecache.cache[filename] = (len(code), None, code.splitlines(keepends=True), filename)
    names: dict[str, Any] = {**(given or {}), "__name__": "__main__", "torch": torch, "F": F, "nn": nn, "math": math}
    exec(compile(code, filename, "exec"), names)
    return names[exercise]


def draws(code: str) -> bool:
    """Whether an answer draws random numbers itself. Else one run on friendly inputs is like all others."""
    return "rand" in code


def friendly_verdicts(lesson: str, exercise: str, code: str, seeds: Iterable[int], **more: Any) -> list[Verdict]:
    """What a notebook says, with torch seeded by each of `seeds`; `more` is for `run_answer`."""
    found = []
    for seed in seeds:
        torch.default_generator.manual_seed(seed)  # the CPU's alone: all of them take longer than many an answer
        found.append(public(lesson).verdict(exercise, run_answer(exercise, code, **more)))
    return found


def fresh_verdicts(suite: Suite, exercise: str, code: str, seeds: Iterable[int], **more: Any) -> list[Verdict]:
    """What a grader says, on inputs drawn from each of `seeds`; `more` is for `run_answer`."""
    found = []
    for seed in seeds:
        torch.default_generator.manual_seed(seed)  # the CPU's alone: all of them take longer than many an answer
        with fresh_inputs(seed):
            found.append(suite.verdict(exercise, run_answer(exercise, code, **more)))
    return found
