"""How often do the same answers to an open challenge earn the same medal? Graders draw their targets, so luck enters.

    python benchmarks/challenge_luck.py [--lesson 10] [--draws 60] [--all]

Judges the lesson's own solution, and with --all the first answer for each medal, on so many targets of a grader. Prints
for each how often it earned its medal or a better one, how often none, and the numbers it reached. Exits with 1 if a
lesson's own solution ever goes without a medal: then a right answer is refused by luck.
"""

from __future__ import annotations

import argparse
import os
import re
import time
from collections import Counter

import torch

from gancourse.authoring.answers import Answer
from gancourse.authoring.gate import chosen_folders, fresh_verdicts, load_answers
from gancourse.checks import hidden
from gancourse.checks.challenge import RANKS


def of_each_medal(answers: list[Answer]) -> dict[tuple[str, str], Answer]:
    """The first answer that earns each medal, in each challenge; the best of a challenge comes first."""
    first = {(a.exercise, a.medal): a for a in reversed(answers) if a.medal}
    return dict(sorted(first.items(), key=lambda one: (one[0][0], -RANKS.index(one[0][1]))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lesson", default="", help="one lesson's number")
    parser.add_argument("--draws", type=int, default=60)
    parser.add_argument("--all", action="store_true", help="the first answer for each medal, not the best one alone")
    args = parser.parse_args()
    os.environ["LESSON"] = args.lesson
    torch.set_num_threads(1)
    unlucky = False
    for folder in chosen_folders():
        answers = load_answers(folder)
        best: set[str] = set()
        for (exercise, medal), answer in of_each_medal(answers.of_kind("right") + answers.of_kind("medal")).items():
            own = exercise not in best
            best.add(exercise)
            if not (own or args.all):
                continue
            began, medals, numbers, told = time.monotonic(), Counter[str](), [], ""
            suite = hidden(folder.name)
            for seed in range(1000, 1000 + args.draws):
                (verdict,) = fresh_verdicts(suite, exercise, answer.code, [seed], name=answer.name)
                medals[verdict.medal] += 1
                numbers += [float(found) for found in re.findall(r"^ *(-?[\d.]+) ", str(verdict), re.M)[:1]]
                told = str(verdict) if verdict.medal == "none" else told
            enough = sum(count for rank, count in medals.items() if rank in RANKS[RANKS.index(medal) :])
            each = (time.monotonic() - began) / args.draws
            print(
                f"{folder.name} {exercise}: {answer.name} ({medal}): {enough} of {args.draws} earn it, {dict(medals)}"
            )
            print(f"    {each:.1f} s each; {sorted(numbers)}", flush=True)
            if medals["none"]:
                print(told, flush=True)
                unlucky |= own
    raise SystemExit(int(unlucky))


if __name__ == "__main__":
    main()
