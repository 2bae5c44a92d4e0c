"""A class of two hundred, a fifth of it odd or hostile: does everybody get what they deserve, and how fast?

    python benchmarks/class_of_200.py [--students 200] [--jobs 2]

Four fifths hand in lesson 01 as classes do: worked, blank, or with right and wrong answers from its mutants. The
others come from tests/hostile. All are graded in one run, then once more, which must change nothing and judge
nobody again. Prints who got other points than they deserve, time, and the most memory that the grader and all its
processes held together. Exits with 1 if a single grade is wrong. Run it as root and as an ordinary user.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from gancourse.authoring.gate import load_answers
from gancourse.grading.grade import grade_lesson

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "hostile"))
from making import EVERYTHING, LESSON, NOTHING, TESTED, Submission, blank, handed_in
from test_hostile import ALL, LIMITS, NO_SANDBOX, ORDINARY, Class


def ordinary(count: int) -> list[tuple[Submission, str]]:
    """Students as there are in every class, and for each the exercise that is wrong, if one is."""
    answers = load_answers(LESSON.folder)
    right = itertools.cycle([a for a in answers.of_kind("right") if a.exercise in TESTED])
    wrong = itertools.cycle([a for a in answers.of_kind("wrong") if a.exercise in TESTED and a.name != "blank"])
    made: list[tuple[Submission, str]] = []
    for number in range(count):
        name = f"ordinary {number:03d}"
        if number % 10 == 9:
            made.append((Submission(name, "odd", handed_in(blank), NOTHING), ""))
            continue
        answer = next(wrong) if number % 2 else next(right)
        fill = handed_in(answers={answer.exercise: answer.code})
        made.append((Submission(name, "odd", fill, EVERYTHING), answer.exercise if number % 2 else ""))
    return made


def watch(held: list[float], stop: threading.Event) -> None:
    """Note the most memory, in GB, that this process and all below it hold."""
    while not stop.wait(1):
        total = 0
        for one in [psutil.Process(), *psutil.Process().children(recursive=True)]:
            try:
                total += one.memory_full_info().pss
            except (psutil.Error, AttributeError):
                continue
        held[0] = max(held[0], total / 1e9)


def main() -> int:
    """Grade the class twice and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    usable = [one for one in ALL if one.anywhere or NO_SANDBOX is None]
    odd = arguments.students // 5
    strangers = [usable[place * len(usable) // odd] for place in range(odd)]
    made = ordinary(arguments.students - odd - len(ORDINARY))
    with tempfile.TemporaryDirectory() as home:
        held, stop = [0.0], threading.Event()
        threading.Thread(target=watch, args=(held, stop), daemon=True).start()
        graded = Class(Path(home), [*strangers, *(one for one, _ in made)], jobs=arguments.jobs)
        stop.set()
        wrong = [
            f"{one.student}: {graded.points(one.student)} instead of {one.points}"
            for one in strangers
            if graded.points(one.student) != one.points
        ]
        for one, missed in made:
            got, deserved = graded.points(one.student), one.points
            if any(got[id] >= deserved[id] if id == missed else got[id] != deserved[id] for id in TESTED):
                wrong.append(f"{one.student} (wrong: {missed or 'nothing'}): {got}")
        wrong += [f"{name}: {graded.points(name)}" for name, all_ in ORDINARY.items() if graded.points(name) != all_]
        again = time.perf_counter()
        grade_lesson(LESSON.name, graded.submitted, graded.out, arguments.jobs, Path(home) / "again.json", LIMITS)
        again = time.perf_counter() - again
        same = (Path(home) / "again.json").read_text() == (Path(home) / "all.json").read_text()
    print("\n".join(wrong) or "Everybody got what they deserve.")
    who = "root" if hasattr(os, "geteuid") and os.geteuid() == 0 else "an ordinary user"
    print(
        f"{arguments.students} students, {odd} of them odd or hostile; graded as {who}, "
        f"{'full sandbox' if NO_SANDBOX is None else NO_SANDBOX}"
    )
    print(f"{graded.seconds:.0f} s with {arguments.jobs} jobs; at most {held[0]:.2f} GB held")
    left = "left alone" if graded.untouched else "CHANGED"
    reached = "reached" if graded.calls else "not reached"
    print(f"again: {again:.0f} s, {'the same' if same else 'OTHER'} grades")
    print(f"submissions {left}, network {reached}")
    return int(bool(wrong) or not same or not graded.untouched or bool(graded.calls))


if __name__ == "__main__":
    sys.exit(main())
