"""Lesson 06's claims, measured: which curve is a distance, what a clip does, and how unlike nine methods are.

    python lessons/06_objectives/bench.py [--seeds 10] [--only curves clips penalty sweep broken challenge]

Runs the lesson's own cells and worked solutions, prints what the text says in ranges, and exits with 1 if

- the critics' estimates do not rank as the exact distance does (median rank correlation below 0.9, on the line or in
  the plane), or a plain D's loss, as usually played, does;
- clipped estimates are not proportional to the distance, or do not differ by a billion from clip to clip;
- the penalty's slope is not 1 + d / 2λ within a tenth, where it has the right sign;
- in the sweep the settings of one method do not differ more than methods do (section 9's prediction);
- a broken run does not show what its picture is said to show;
- an answer to the challenge does not earn its medal in each of ten draws.
"""

from __future__ import annotations

import argparse
import math
import sys
from itertools import pairwise
from typing import Any

import torch

from gancourse.authoring.gate import load_answers, run_answer
from gancourse.authoring.source import find
from gancourse.broken import broken_run
from gancourse.checks import fresh_inputs
from gancourse.checks.lesson_06.honest import FOUND
from gancourse.checks.lesson_06.shares import measured
from gancourse.data.toys import Gaussian1D
from gancourse.metrics import wasserstein_points

CELLS = ("many", "track", "parts", "networks", "pairs-table", "match", "steps", "on-line")


def main() -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--draws", type=int, default=20, help="settings of each method in the sweep")
    parser.add_argument("--only", nargs="+", default=list(PARTS), choices=list(PARTS))
    arguments = parser.parse_args()
    names = find("06_objectives").worked(*CELLS)
    names["world"], names["SEEDS"] = names["ring"](8, radius=2.0, std=0.05), arguments.seeds
    missed = [fault for part in arguments.only for fault in PARTS[part](names, arguments)]
    print("missed: " + "; ".join(missed) if missed else "all targets met")
    return 1 if missed else 0


def ordered(values: list[float]) -> str:
    middle = sorted(values)[len(values) // 2]
    return f"median {middle:.2f}, from {min(values):.2f} to {max(values):.2f}"


def curves(names: dict[str, Any], arguments: argparse.Namespace) -> list[str]:
    """Section 5."""
    missed, GameSetting = [], names["GameSetting"]
    games = {
        "line, critic": (Gaussian1D(5.0, 1.0), "WGAN-LP", GameSetting(3e-4, 1e-3, 0.0, 5, 10.0), 1),
        "line, plain D": (Gaussian1D(5.0, 1.0), "non-saturating", GameSetting(1e-3, 1e-3, 0.0, 1), 1),
        "line, plain D, the critic's rates": (
            Gaussian1D(5.0, 1.0),
            "non-saturating",
            GameSetting(3e-4, 1e-3, 0.0, 5),
            1,
        ),
        "plane, critic": (names["world"], "WGAN-LP", GameSetting(3e-4, 1e-3, 0.0, 10, 10.0), 2),
        "plane, plain D": (names["world"], "non-saturating", GameSetting(1e-3, 1e-3, 0.0, 1), 2),
    }
    for name, settings in games.items():
        said, exact = names["tracked"](*settings, 1600)
        each = [float(names["spearmanr"](said[:, i], exact[:, i])[0]) for i in range(arguments.seeds)]
        ends = f"distance from {float(exact[0].median()):.2f} to {float(exact[-1].median()):.2f}"
        print(f"{name}: rank correlation {ordered(each)}; {ends}", flush=True)
        middle = sorted(each)[len(each) // 2]
        if ("critic" in name.split(",")[1] and middle < 0.9) or (name.endswith("plain D") and middle >= 0.9):
            missed.append(f"{name}: {middle:.2f}")
    return missed


def clips(names: dict[str, Any], arguments: argparse.Namespace) -> list[str]:
    """Section 3."""
    ladder, apart, seeds = (0.001, 0.01, 0.1, 1.0), (0.5, 1.0, 2.0, 4.0, 8.0), arguments.seeds
    settings = [names["GameSetting"](strength=clip) for clip in ladder for _ in range(len(apart) * seeds)]
    moves = torch.tensor(apart).repeat(len(ladder) * seeds)[:, None, None]
    games = names["at_rest"](
        names["METHODS"]["WGAN, clipped"],
        settings,
        lambda s, n: torch.randn(s, n, 1),
        lambda s, n: torch.randn(s, n, 1) + moves,
        600,
    )
    with torch.no_grad():
        x = torch.randn(len(games), 2000, 1)
        gap = games.judge(x).mean(1) - games.judge(x + moves).mean(1)
    factors = (gap.view(len(ladder), seeds, len(apart)) / torch.tensor(apart)).median(1).values
    missed = []
    for clip, row in zip(ladder, factors, strict=True):
        print(f"clip {clip:g}: estimate / distance from {float(row.min()):.2g} to {float(row.max()):.2g}", flush=True)
        if float(row.max() / row.min()) > 2.5:
            missed.append(f"clip {clip:g} is not proportional")
    if float(factors[-1].median() / factors[0].median()) < 1e7:
        missed.append("clips differ by less than the text says")
    return missed


def penalty(names: dict[str, Any], arguments: argparse.Namespace) -> list[str]:
    """Section 4: the slope that a penalty settles at, and how many seeds are upside down on the line."""
    missed, penalize = [], names["gradient_penalty"]
    for weight in (1.0, 10.0, 100.0):
        games = names["at_rest"](
            names["METHODS"]["WGAN-GP"],
            [names["GameSetting"]()] * arguments.seeds,
            lambda s, n: torch.randn(s, n, 1) + 4,
            lambda s, n: torch.randn(s, n, 1),
            600,
            penalty=lambda D, real, fake, weight=weight: penalize(D, real, fake, weight),
        )
        with torch.no_grad():
            x = torch.randn(arguments.seeds, 2000, 1)
            slopes = ((games.judge(x + 4) - games.judge(x)).mean((1, 2)) / 4).tolist()
        right = [s for s in slopes if s > 0]
        law = 1 + 4 / (2 * weight)
        print(
            f"λ = {weight:g}: slopes {ordered(slopes)}, {len(right)} of {len(slopes)} upright; 1 + d/2λ = {law:.2f}",
            flush=True,
        )
        if right and abs(sorted(right)[len(right) // 2] / law - 1) > 0.1:
            missed.append(f"λ = {weight:g}: slope {sorted(right)[len(right) // 2]:.2f}, not {law:.2f}")
    return missed


def sweep(names: dict[str, Any], arguments: argparse.Namespace) -> list[str]:
    """Section 9."""
    best, middles, spans = [], [], []
    for name, method in names["METHODS"].items():
        if name == "WGAN-LP":
            continue
        games = names["Sweep"](
            names["world"], method, names["draw_settings"](method, arguments.draws), width=names["WIDTH"]
        )
        for _ in range(600):
            games.play()
        real = [names["world"].sample(256) for _ in range(arguments.draws)]
        pairs = zip(games.samples(256), real, strict=True)
        scores = torch.tensor([wasserstein_points(x, y) if x.isfinite().all() else math.nan for x, y in pairs])
        kept = torch.where(scores.isfinite(), scores, 5.0).clamp(max=5.0)
        low, middle, high = (float(kept.quantile(share)) for share in (0.25, 0.5, 0.75))
        five = names["best_of"](scores, 5, 5.0)
        print(
            f"{name:16s} best {float(kept.min()):.2f}  quartiles {low:.2f} {middle:.2f} {high:.2f}  worst "
            f"{float(kept.max()):.2f}  best of 5: {five[0]:.2f} ± {five[1]:.2f}",
            flush=True,
        )
        best.append(float(kept.min()))
        middles.append(middle)
        spans.append(float(kept.max() / kept.min()))
    floor = [wasserstein_points(names["world"].sample(256), names["world"].sample(256)) for _ in range(10)]
    print(f"between two real batches {ordered(floor)}")
    missed = []
    between = {name: max(row) / min(row) for name, row in (("best runs", best), ("medians", middles))}
    within = sorted(spans)[len(spans) // 2]
    print("from method to method: " + ", ".join(f"{name} by a factor of {v:.1f}" for name, v in between.items()))
    print(f"from the best setting to the worst of one method: {ordered(spans)}")
    if within < 1.5 * between["medians"]:
        missed.append("settings of a method differ no more than methods do")
    return missed


def broken(names: dict[str, Any], arguments: argparse.Namespace) -> list[str]:
    """Section 11."""
    missed = []
    for run in "ABC":
        settings = broken_run("06_objectives", run)
        iterations = settings.pop("iterations")
        match = names["OnLine"](Gaussian1D(5.0, 1.0), **settings)
        for _ in match.play(iterations):
            pass
        said, exact = (list(column) for column in zip(*match.history, strict=True))
        late, near = said[len(said) // 4 :], exact[len(exact) // 2 :]
        leaps = [abs(b - a) for a, b in pairwise(late)]
        holds = {
            "A": max(map(abs, said)) < 1e-6 and exact[-1] > 4,
            "B": exact[-1] > exact[0] + 1 and max(late) < 0,
            "C": max(late) > 10 and min(late) < -10 and max(near) < 2,  # quiz C: by more than ten, near the data
        }[run]
        print(
            f"run {run}: estimate {min(late):.2g} to {max(late):.2g}, largest leap {max(leaps):.2g}, "
            f"distance from {exact[0]:.2f} to {exact[-1]:.2f}, late {min(near):.2f} to {max(near):.2f}"
            f"{'' if holds else ': not as the lesson says'}",
            flush=True,
        )
        if not holds:
            missed.append(f"run {run}")
    return missed


def challenge(names: dict[str, Any], arguments: argparse.Namespace) -> list[str]:
    """Section 12: what three critics find in a notebook's worlds and in ten draws of the graders'."""
    answers = load_answers(find("06_objectives").folder).exercises["honest_critic"].answers
    shown = {medal: next(a for a in answers if a.medal == medal) for medal in ("gold", "silver", "bronze")}
    missed = []
    for medal, answer in shown.items():
        critic, found = run_answer("honest_critic", answer.code, name=answer.name), []
        told = sum(measured(critic)) / 3
        for seed in range(arguments.seeds):
            with fresh_inputs(seed):
                found.append(sum(measured(critic)) / 3)
        print(f"{medal}, {answer.name}: {told:.1f} % in the notebook, {ordered(found)} % for graders", flush=True)
        if min(told, min(found) / (1 - FOUND.margin)) < FOUND.limits[medal]:
            missed.append(f"{answer.name} is not sure of {medal}")
    return missed


PARTS = {"curves": curves, "clips": clips, "penalty": penalty, "sweep": sweep, "broken": broken, "challenge": challenge}

if __name__ == "__main__":
    sys.exit(main())
