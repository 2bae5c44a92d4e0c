"""Lesson 09's claims, measured: who translates, who keeps the person, who comes back, and what a message bears.

    python lessons/09_cyclegan/bench.py [--seeds 3] [--steps 300] [--only run ...]

Runs the lesson's own code (its worked solutions, its networks and its `translate`). For each seed the four runs of
section 7, one more without a buffer, and the two of section 10, on 300 test people: the share of translations taken
for the other domain, the mean difference of comics to the true comic of the same person and to another's, what the
face reader reads, and the way back, without noise on the comics and with one and four gray levels of it. Then section
8's message by hand: the mean difference on return, without noise, with a quarter of a gray level, and with one. What
the reader reads off true comics and photos comes first, the three runs that come with the course last; `--only long`
trains these anew for each seed, 16 minutes of a CPU. Exits with 1 if a claim of the text does not hold.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from typing import Any

import torch

from gancourse.authoring.source import find
from gancourse.broken import broken_run
from gancourse.metrics.domains import FOLLOWED, domain_classifier, kept_factors, share_of_b
from gancourse.models import store
from gancourse.training.cycles import LONG_RUN, WEIGHTS, cycle_engine, two_piles

CELLS = ("domains", "networks", "judge", "remembering", "translate", "smuggler")
RUNS: dict[str, tuple[float, float, dict[str, Any]]] = {
    "no cycle": (0.0, 0.0, {}),
    "λ = 1, no identity": (1.0, 0.0, {}),
    "λ = 1": (1.0, 0.5, {}),
    "λ = 10": (10.0, 5.0, {}),
    "λ = 1, no buffer": (1.0, 0.5, {"past": 0}),
}


def main() -> int:
    """Train, measure, print and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument(
        "--only", nargs="*", help="of the runs, these alone; message is section 8's, saved and long the course's"
    )
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    names = find("09_cyclegan").worked(*CELLS)
    classifier = domain_classifier(names["people"](1000, 20_000), names["people"](1000, 30_000, "comic"))
    for kind in ("test_b", "test_a"):
        told = ", ".join(
            f"{what} {value:.3f}" for what, value in kept_factors(names[kind], names["test_factors"]).items()
        )
        share = share_of_b(classifier, names[kind])
        print(f"{kind}: {told}; taken for comics {share:.3f}", flush=True)
    as_it_is = measured(names, classifier, torch.nn.Identity(), torch.nn.Identity())
    near = as_it_is["to the own comic"] / as_it_is["to another's"]
    print(f"photos, left as they are: own comic beside another's {near:.2f}", flush=True)
    kinds = {name: (*run, arguments.steps) for name, run in RUNS.items()}
    for run in "AB":
        settings = broken_run("09_cyclegan", run)
        weights = settings.pop("weight", 1.0), settings.pop("identity", 0.5)
        steps = settings.pop("steps")
        kinds[f"run {run}"] = (*weights, settings, steps)
    found: dict[str, list[dict[str, float]]] = {}
    for seed in range(arguments.first, arguments.first + arguments.seeds):
        for name, (weight, identity, settings, steps) in kinds.items():
            if not arguments.only or name in arguments.only:
                started = time.process_time()
                G_AB, G_BA, _ = names["translate"](weight, identity, steps, seed=seed, **settings)
                row = measured(names, classifier, G_AB, G_BA) | {"seconds": time.process_time() - started}
                keep(found, seed, name, row)
        if not arguments.only or "message" in arguments.only:
            keep(found, seed, "message", message(names, seed))
        for name, weights in WEIGHTS.items() if "long" in (arguments.only or ()) else ():
            engine = cycle_engine(two_piles(), *weights, LONG_RUN, seed)
            for _ in range(LONG_RUN):
                next(engine)
            nets = engine.game.nets
            keep(
                found, seed, f"long, λ = {name}", measured(names, classifier, nets["G_AB"].eval(), nets["G_BA"].eval())
            )
    if not arguments.only or "saved" in arguments.only:
        nets = store.load("cyclegan_faces_32")
        for weight in (0, 1, 10):
            row = measured(names, classifier, nets[f"G_AB_{weight}"], nets[f"G_BA_{weight}"])
            keep(found, 0, f"saved, λ = {weight}", row)
    for name, rows in found.items():
        print(f"\n{name}, {len(rows)} seed(s)")
        for what in rows[0]:
            values = [row[what] for row in rows]
            print(f"  {what}: median {statistics.median(values):.3f}, from {min(values):.3f} to {max(values):.3f}")
    missed = [claim for claim, holds in claims(found) if not holds]
    print("\n".join(["", *(f"missed: {one}" for one in missed)]) if missed else "\nall claims hold")
    return int(bool(missed))


def keep(found: dict[str, list[dict[str, float]]], seed: int, name: str, row: dict[str, float]) -> None:
    """Keep a row and print it."""
    found.setdefault(name, []).append(row)
    print(f"seed {seed}, {name}: {', '.join(f'{what} {value:.3f}' for what, value in row.items())}", flush=True)


@torch.no_grad()
def measured(names: dict[str, Any], classifier: Any, G_AB: Any, G_BA: Any) -> dict[str, float]:
    """What the text claims of two generators, on the test people."""
    made_by, a, b = names["made_by"], names["test_a"], names["test_b"]
    comics, photos = made_by(G_AB, a), made_by(G_BA, b)
    found = {"comics": share_of_b(classifier, comics), "photos": 1 - share_of_b(classifier, photos)}
    found["to the own comic"] = float((comics - b).abs().mean())
    found["to another's"] = float((comics - b.roll(1, 0)).abs().mean())
    noise = torch.randn(a.shape, generator=torch.Generator().manual_seed(0))
    for level in (0, 1, 4):
        disturbed = (comics + level * 2 / 255 * noise).clamp(-1, 1)
        found[f"on return, {level} levels"] = float((made_by(G_BA, disturbed) - a).abs().mean())
    found["changed by"] = float((comics - a).abs().mean())
    return found | kept_factors(comics, names["test_factors"])


def message(names: dict[str, Any], seed: int) -> dict[str, float]:
    """Section 8: the mean difference on return, without noise, with one gray level, and where nothing is hidden."""
    hidden_message, a = names["hidden_message"], names["test_a"]
    noise = torch.randn(a.shape, generator=torch.Generator().manual_seed(seed))
    ways = names["smuggled"], names["unpacked"]
    clean, noisy = hidden_message(*ways, a, noise, 1)
    _, quarter = hidden_message(*ways, a, noise, 0.25)
    nothing, _ = hidden_message(names["in_gray"], names["in_gray"], a, noise, 0)
    return {"clean": clean, "a quarter of a level": quarter, "one level": noisy, "nothing hidden": nothing}


def claims(found: dict[str, list[dict[str, float]]]) -> list[tuple[str, bool]]:
    """What the text says, and whether it holds for every seed."""
    told: list[tuple[str, bool]] = []

    def all_of(name: str, claim: str, holds: Any) -> None:
        if name in found:
            told.append((f"{name}: {claim}", all(holds(row) for row in found[name])))

    all_of("λ = 1", "over half are taken for comics", lambda row: row["comics"] > 0.5)
    all_of(
        "λ = 1", "a third nearer to the own comic", lambda row: row["to the own comic"] < row["to another's"] * 2 / 3
    )
    all_of("no cycle", "hardly nearer to the own", lambda row: row["to the own comic"] > 0.85 * row["to another's"])
    all_of("no cycle", "no factor is read well", lambda row: max(row[name] for name in FOLLOWED) < 0.5)
    for name in RUNS:
        small = "four gray levels change nothing on the way back"
        all_of(name, small, lambda row: row["on return, 4 levels"] - row["on return, 0 levels"] < 0.005)
    all_of("run A", "next to none is taken for a comic", lambda row: row["comics"] < 0.2)
    all_of("run B", "fewer comics than in the pile", lambda row: row["comics"] < 0.4)
    saved = "nearly all are of the other domain, both ways, and turn and skin are read well"
    for kind in ("saved", "long"):
        all_of(f"{kind}, λ = 1", saved, lambda row: min(row[k] for k in ("comics", "photos", "yaw", "skin")) > 0.85)
        near = "nearer to the own comic than the photo as it is, which has 0.52"
        all_of(f"{kind}, λ = 1", near, lambda row: row["to the own comic"] < 0.5 * row["to another's"])
    all_of("message", "undisturbed the way back is exact", lambda row: row["clean"] < 1e-3)
    worse = "a quarter of a level makes it worse than nothing"
    all_of("message", worse, lambda row: row["one level"] > row["a quarter of a level"] > row["nothing hidden"])
    return told


if __name__ == "__main__":
    sys.exit(main())
