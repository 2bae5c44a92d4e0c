"""Lesson 08's claims, measured: who listens to its sketch, how sharp the pictures are, how much chance is in them.

    python lessons/08_pix2pix/bench.py [--seeds 3] [--steps 800] [--only run ...]

Runs the lesson's own code (its worked solutions, its U-Net and its `translate`). For each seed the four runs of
section 5 and the two of section 8, on 300 held-out faces: agreement of outlines with the own photo and with
another's, the mean absolute difference to the photo, the strength of edges beside the photos', what the face reader
reads of turn, smile and glasses, and how far two answers to one sketch are apart; before them the same of the photos,
and of the same people in other people's colors, as good an answer as a sketch allows. Then pix2pixHD's parts with and
without: one or two judges, features matched or not, in the package's game. Exits with 1 if a claim of the text does
not hold.
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
from gancourse.data import faces
from gancourse.data.images import to_unit
from gancourse.games.pix2pix import Pix2pix
from gancourse.metrics.translation import listening, sharpness
from gancourse.models.face_reader import load_face_reader
from gancourse.models.pix2pix import MultiScale, UNet
from gancourse.training import Engine

COLORS = (
    "skin", "undertone", "hair_color", "lip_color", "blush", "light", "light_strength", "hat_hue", "cloth_hue",
    "cloth_value", "background_hue", "background_value",
)  # fmt: skip
CELLS = ("pairs", "generator", "unet", "runs", "translate")
PARTS_OF_HD = {
    "one judge": (1, 0.0),
    "two judges": (2, 0.0),
    "one judge, features": (1, 10.0),
    "two judges, features": (2, 10.0),
}
"""By name: how many judges, and the weight of matched features."""
IGNORED = 0.05  # the own photo's outlines agree better than another's by less than this
HEARD = 0.06  # they agree better by this, at least


def main() -> int:
    """Train, measure, print and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--steps", type=int, default=800)
    parser.add_argument("--only", nargs="*", help="of the runs, these alone")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    names = find("08_pix2pix").worked(*CELLS)
    tell_yardsticks(names)
    kinds = runs_of(names)
    found: dict[str, list[dict[str, float]]] = {}
    for seed in range(arguments.first, arguments.first + arguments.seeds):
        for name, (judge, weight, steps, settings) in kinds.items():
            if arguments.only and name not in arguments.only:
                continue
            started = time.process_time()
            if name in PARTS_OF_HD:
                G = with_parts(names, *PARTS_OF_HD[name], arguments.steps, seed)
            else:
                G, _ = names["translate"](judge, weight, steps or arguments.steps, seed=seed, **settings)
            row = measured(names, G) | {"seconds": time.process_time() - started}
            found.setdefault(name, []).append(row)
            told = ", ".join(f"{what} {value:.3f}" for what, value in row.items())
            print(f"seed {seed}, {name}: {told}", flush=True)
    for name, rows in found.items():
        print(f"\n{name}, {len(rows)} seed(s)")
        for what in rows[0]:
            values = [row[what] for row in rows]
            print(f"  {what}: median {statistics.median(values):.3f}, from {min(values):.3f} to {max(values):.3f}")
    missed = [f"{name}: {claim}" for name, rows in found.items() for claim, holds in claims(name, rows) if not holds]
    print("\n".join(["", *(f"missed: {one}" for one in missed)]) if missed else "\nall claims hold")
    return int(bool(missed))


def runs_of(names: dict[str, Any]) -> dict[str, tuple[Any, float, int, dict[str, Any]]]:
    """By name: judge, weight of L1, steps (0: as asked), and settings that differ."""
    patch, blind = names["PatchDiscriminator"], names["Blind"]

    def judge() -> Any:
        return patch(width=16)

    kinds: dict[str, tuple[Any, float, int, dict[str, Any]]] = {
        "L1 alone": (names["NoOpinion"], 100.0, 0, {}),
        "GAN alone": (judge, 0.0, 0, {}),
        "both": (judge, 50.0, 0, {}),
        "GAN, blind judge": (lambda: blind(judge()), 0.0, 0, {}),
    }
    for run in "AB":
        settings = broken_run("08_pix2pix", run)
        kinds[f"run {run}"] = (judge, settings.pop("weight", 50.0), settings.pop("steps"), settings)
    return kinds | {name: (None, 0.0, 0, {}) for name in PARTS_OF_HD}


def with_parts(names: dict[str, Any], scales: int, matching: float, steps: int, seed: int) -> Any:
    """The package's game with so many judges, and features matched with this weight: G, as it is at the end."""
    torch.manual_seed(seed)
    game = Pix2pix(UNet(1, 3, 16, 4), MultiScale(1, 3, 16, scales=scales), weight=10.0, matching=matching)
    engine = Engine(game, names["pairs"], batch_size=16, lr=1e-3, seed=seed)
    for _ in range(steps):
        next(engine)
    return game.G.eval()


@torch.no_grad()
def measured(names: dict[str, Any], G: Any) -> dict[str, float]:
    """What the text claims of a network, on the held-out pairs."""
    x, y, factors = names["test_x"], names["test_y"], names["test_factors"]
    made, again = names["made_by"](G, x), names["made_by"](G, x)
    own, others = listening(made, y)
    read = load_face_reader().read(made)
    found = {"own": own, "another's": others, "L1": float((made - y).abs().mean())}
    found["sharpness"] = sharpness(made) / sharpness(y)
    found["apart"] = float((made - again).abs().mean() / (y - y.roll(1, 0)).abs().mean())
    for name in ("yaw", "smile", "hair_color"):
        found[name] = float(torch.corrcoef(torch.stack([read[name], factors[name]]))[0, 1].nan_to_num())
    found["glasses"] = float(((read["glasses"] > 0.5) == (factors["glasses"] > 0.5)).float().mean())
    return found


@torch.no_grad()
def tell_yardsticks(names: dict[str, Any]) -> None:
    """What perfect answers get: the photos themselves, and the same drawings in other people's colors."""
    y, factors, reader = names["test_y"], names["test_factors"], load_face_reader()
    other = factors
    for name in COLORS:
        other = faces.vary(other, name, factors[name].roll(7))
    for kind, pictures in (("photos", y), ("in other colors", to_unit(faces.render(other, y.shape[-1])))):
        own, others = listening(pictures, y)
        read = reader.read(pictures)
        kept = {
            name: float(torch.corrcoef(torch.stack([read[name], factors[name]]))[0, 1])
            for name in ("yaw", "roll", "hair_length", "smile", "hair_color")
        }
        told = ", ".join(f"{name} {value:.2f}" for name, value in kept.items())
        print(f"{kind}: outlines with their own {own:.2f}, with another's {others:.2f}; read {told}", flush=True)


def claims(name: str, rows: list[dict[str, float]]) -> list[tuple[str, bool]]:
    """What the text says of this run, and whether it holds for every seed."""
    ahead = [row["own"] - row["another's"] for row in rows]
    if name in PARTS_OF_HD:
        return []  # printed for comparison; the text claims nothing of them
    if name in ("GAN, blind judge", "run A"):
        return [("as good as ignores its input", max(ahead) < IGNORED)]
    found = [("listens to its input", min(ahead) > HEARD)]
    if name in ("L1 alone", "run B"):
        found.append(("is less sharp than the photos", max(row["sharpness"] for row in rows) < 0.85))
    if name == "GAN alone":
        found.append(("is sharper than the photos", min(row["sharpness"] for row in rows) > 1))
    if name == "both":
        found.append(("answers hardly differ", max(row["apart"] for row in rows) < 1 / 3))
    return found


if __name__ == "__main__":
    sys.exit(main())
