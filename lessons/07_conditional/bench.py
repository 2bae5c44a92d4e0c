"""Lesson 07's claims, measured: who obeys, what ages, what a hundred labels do, what codes find, what a label costs.

    python lessons/07_conditional/bench.py [--only ways start older few codes checkpoint eyes ring] [--seeds 0 1 2]

Runs the lesson's own cells: its worked solutions, its matches, its classifiers. The distance is Fréchet's on the
features of the course's face reader: no FID of Inception's, comparable only within this page. Exits with 1 if a target
is missed:

- ways, for every seed: asked for hats, the three ways that tell D obey more than 0.65 of the time, the one that tells
  nothing less than 0.6; the distance is reported for all four, which is what a condition costs;
- start, for every seed: with V from N(0, 0.02²) G comes nearer to the data than with V as PyTorch starts a dense
  layer's weights, more than fifteen times as large;
- few, over the draws of labels: the frozen features beat the labels alone on average, and so do K + 1 classes;
- codes, for every seed: the category explains more than a tenth of the variance of some factor, where a category drawn
  at random explains less than a hundredth of each;
- checkpoint: the reader sees the hat, the glasses, and without a hat the hair that were asked for in at least 95 % of
  1,000 pictures, ten times; then, of the last ones, which hair was asked for and which is seen;
- eyes, for every seed: a reader as the recipe's R, after 600 steps, tells straight hair and wavy hair of new faces
  apart better under noise of 0.02, the recipe's last, than of 0.1, its first;
- ring, over ten seeds: agreement above 0.95 in the game that is well, from 0.15 to 0.35 in A, below 0.05 in B.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gancourse import seed_everything
from gancourse.authoring.measuring import ranged, run_parts
from gancourse.authoring.source import find
from gancourse.broken import broken_run

FACES = ("load", "batches", "networks", "told-d", "match", "asked", "obeyed")
FEW = (
    "load",
    "batches",
    "networks",
    "few-data",
    "few-pictures",
    "classifiers",
    "hidden-layers",
    "learned",
    "accuracy",
    "remedies",
    "play-on",
)
Names = dict[str, Any]


def lesson(*cells: str) -> Names:
    torch.set_num_threads(1)
    return find("07_conditional").worked(*cells)


@torch.no_grad()
def features(reader: Any, pictures: Tensor) -> Tensor:
    return torch.cat([reader.features(some) for some in pictures.split(250)])


def scores_of(match: Any, names: Names, real: Tensor) -> dict[str, float]:
    """How a match's generator obeys in 1,000 pictures, and how far 1,000 others are from real ones, by features."""
    from gancourse.metrics import frechet_from_features

    seed_everything(2)
    scores = names["obeyed"](match.average, 1000)
    with torch.no_grad():
        drawn = torch.cat([match.average(torch.randn(100, 32), names["asked_for"](100)) for _ in range(10)])
    return scores | {"distance": float(frechet_from_features(features(names["reader"], drawn), real))}


def ways(seeds: list[int], draws: int, told: tuple[str, ...]) -> bool:
    """Four discriminators, told in four ways, with the same budget."""
    names, passed = lesson(*FACES), True
    seed_everything(1)
    real = features(names["reader"], names["batch_of"](1000)[0])
    asked = [names["agreement_of"](*names["batch_of"](1000)) for _ in range(3)]
    for name in asked[0]:
        print(f"the data: {name} {ranged([one[name] for one in asked], 3)}", flush=True)
    for way in told:
        found: dict[str, list[float]] = {}
        for seed in seeds:
            started = time.process_time()
            match = names["Match"](way, seed, rate=1e-3)
            for _ in match.play(names["STEPS"]):
                pass
            took = time.process_time() - started
            scores = scores_of(match, names, real) | {"s": took}
            for name, value in scores.items():
                found.setdefault(name, []).append(value)
            print(f"  {way} {seed}: " + ", ".join(f"{k} {v:.2f}" for k, v in scores.items()), flush=True)
            passed &= scores["hat"] < 0.6 if way == "nothing" else scores["hat"] > 0.65
        print(f"{way}: " + "; ".join(f"{name} {ranged(values, 3)}" for name, values in found.items()), flush=True)
    return passed


def start(seeds: list[int], draws: int, told: tuple[str, ...]) -> bool:
    """The projection with V as small at the start as DCGAN's weights, and as large as PyTorch's of a dense layer."""
    names = lesson(*FACES)
    seed_everything(1)
    real = features(names["reader"], names["batch_of"](1000)[0])
    found: dict[str, list[float]] = {"N(0, 0.02²)": [], "PyTorch's": []}
    for seed in seeds:
        for how, values in found.items():
            match = names["Match"]("projection", seed, rate=1e-3)
            if how == "PyTorch's":
                V = match.D.V  # (c, d): the weights of a dense layer of c inputs
                torch.nn.init.uniform_(V, -(len(V) ** -0.5), len(V) ** -0.5)
            for _ in match.play(names["STEPS"]):
                pass
            scores = scores_of(match, names, real)
            values.append(scores["distance"])
            print(f"  V from {how}, {seed}: " + ", ".join(f"{k} {v:.2f}" for k, v in scores.items()), flush=True)
    for how, values in found.items():
        print(f"V from {how}: distance {ranged(values, 1)}", flush=True)
    return all(small < large for small, large in zip(*found.values(), strict=True))


def older(seeds: list[int], draws: int, told: tuple[str, ...]) -> bool:
    """Ageing by condition, against the drawing program's."""
    import matplotlib.pyplot as plt

    names = lesson(*FACES, "draw")
    for seed in seeds:
        names["matches"] = {"projection": names["Match"]("projection", seed, rate=1e-3)}
        for _ in names["matches"]["projection"].play(names["STEPS"]):
            pass
        exec(find("07_conditional").cell("older").text, names)
        print(
            f"older {seed}: " + ", ".join(f"{k} {a:.2f} / {b:.2f}" for k, (a, b) in names["moved"].items()), flush=True
        )
        plt.close("all")
    return True


def few(seeds: list[int], draws: int, told: tuple[str, ...]) -> bool:
    """A hundred labels, drawn several times; each remedy on each draw."""
    names = lesson(*FEW)
    found: dict[str, list[float]] = {"frozen": [], "labels_alone": [], "k_plus_one": []}
    for draw in range(draws):
        for name, values in found.items():
            values.append(names[name](draw))
        print(f"  draw {draw}: " + ", ".join(f"{k} {v[-1]:.3f}" for k, v in found.items()), flush=True)
    for name, values in found.items():
        print(f"{name}: {ranged(values, 3)}")
    means = {name: sum(values) / len(values) for name, values in found.items()}
    for name in ("frozen", "k_plus_one"):
        wins = sum(a > b for a, b in zip(found[name], found["labels_alone"], strict=True))
        print(f"{name} beats labels alone in {wins} of {draws} draws")
    return means["frozen"] > means["labels_alone"] < means["k_plus_one"]


def codes(seeds: list[int], draws: int, told: tuple[str, ...]) -> bool:
    """What a category and a number, of which nobody has said anything, go with in the data."""
    names, passed = lesson(*FACES[:4], "info-match", "info-play", "found"), True
    for seed in seeds:
        game = names["CodedGame"](seed)
        for _ in game.play(600):
            pass
        shares = names["found"](game, 2000)
        for k, what in enumerate(("category", "number")):
            best = sorted(shares, key=lambda name: -shares[name][k])[:4]
            print(f"  codes {seed}, {what}: " + ", ".join(f"{name} {shares[name][k]:.2f}" for name in best), flush=True)
        passed &= max(share[0] for share in shares.values()) > 0.1
        print(f"  bounds {game.bounds[0]:.2f} of {0.69:.2f}, {game.bounds[1]:.2f}")
    return passed


def checkpoint(seeds: list[int], draws: int, told: tuple[str, ...]) -> bool:
    """What the generator that comes with the course was measured to reach, and which hair is taken for which."""
    from gancourse import data
    from gancourse.games.conditional import LABELS, face_labels
    from gancourse.models import store
    from gancourse.models.face_reader import load_face_reader
    from gancourse.training.figures import obedience

    torch.set_num_threads(1)
    reached = store.about("conditional_faces_64")["reached"]
    print("checkpoint:", reached)
    print("  the DCGAN that it began from:", store.about("dcgan_faces_64")["reached"])
    G, reader = store.load("conditional_faces_64")["G"], load_face_reader()
    names = ["glasses", "hat", "hair_style", "bald"]
    faces = data.load("faces", size=64, split="test", attributes=names, n=1000)
    style, read = faces.attributes["hair_style"], reader.read(faces.pixels)
    there = (faces.attributes["bald"] < 0.5) & (faces.attributes["hat"] < 0.5)
    found = read["hair_style"] == style
    print(
        f"  the styles of faces of the data, read: {found.float().mean():.3f}, where hair can be seen "
        f"{found[there].float().mean():.3f}; bald {(faces.attributes['bald'] > 0.5).float().mean():.3f}"
    )
    y = face_labels(faces.attributes)
    bare = y[:, 1] == 0  # without a hat
    asked, obeyed = y[bare, 2:].argmax(1), []
    for seed in range(10):
        seed_everything(seed)
        with torch.no_grad():
            seen = torch.cat([face_labels(reader.read(G(torch.randn(len(part), 64), part))) for part in y.split(100)])
        obeyed.append(obedience(seen, y))
    shares = {wish: [one[wish] for one in obeyed] for wish in obeyed[0]}
    print("  ten times other noise: " + "; ".join(f"{wish} {ranged(v, 3)}" for wish, v in shares.items()))
    seen = seen[bare, 2:].argmax(1)
    for k, hair in enumerate(LABELS[2:]):
        counted = seen[asked == k].bincount(minlength=len(LABELS) - 2).tolist()
        print(f"  asked for {hair}: " + ", ".join(f"{n} {name}" for name, n in zip(LABELS[2:], counted, strict=True)))
    return min(reached[f"{name} as asked"] for name in shares) >= 0.95 and min(map(min, shares.values())) >= 0.95


def eyes(seeds: list[int], draws: int, told: tuple[str, ...]) -> bool:
    """How often a young R reads straight and wavy hair, and all others, rightly in new faces, under what noise."""
    from gancourse import data
    from gancourse.data.images import to_unit
    from gancourse.games.conditional import LABELS, face_labels, face_reading_loss
    from gancourse.models.conditional import LabelReader

    names = ["glasses", "hat", "hair_style", "bald"]
    known, new = (data.load("faces", size=64, split=split, attributes=names) for split in ("train", "test"))
    y, asked = face_labels(known.attributes), face_labels(new.attributes)
    hair, bare = asked[:, 2:].argmax(1), asked[:, 1] == 0
    groups = {"straight": hair == 0, "wavy": hair == 1, "others": hair > 1}
    found: dict[float, list[list[float]]] = {0.1: [], 0.02: []}
    for seed in seeds:
        for noise, shares in found.items():
            seed_everything(seed)
            R = LabelReader(len(LABELS)).to(memory_format=torch.channels_last)
            opt = torch.optim.Adam(R.parameters(), 1e-3, betas=(0.5, 0.999))
            for _ in range(600):
                some = torch.randint(len(y), (32,))
                x = to_unit(known.pixels[some])
                opt.zero_grad()
                face_reading_loss(R(x + noise * torch.randn_like(x)), y[some]).backward()
                opt.step()
            with torch.no_grad():  # normalized by the batch, as in the game
                read = [R(x + noise * torch.randn_like(x)) for x in map(to_unit, new.pixels.split(100))]
            right = torch.cat(read)[:, 2:].argmax(1) == hair
            shares.append([float(right[bare & group].float().mean()) for group in groups.values()])
            told_apart = ", ".join(f"{what} {v:.2f}" for what, v in zip(groups, shares[-1], strict=True))
            print(f"  {seed}, noise {noise}: {told_apart}", flush=True)
    for noise, shares in found.items():
        of_each = zip(groups, zip(*shares, strict=True), strict=True)
        print(f"noise {noise}: " + "; ".join(f"{what} {ranged(values)}" for what, values in of_each), flush=True)
    return all(sum(loud[:2]) < sum(soft[:2]) for loud, soft in zip(*found.values(), strict=True))


def ring(seeds: list[int], draws: int, told: tuple[str, ...]) -> bool:
    """The three games on points, ten seeds each."""
    names, passed = lesson("ring-game", "ring-match"), True
    limits = {"well": (0.95, 1.0), "A": (0.15, 0.35), "B": (0.0, 0.05)}
    for run, (low, high) in limits.items():
        found, losses = [], []
        for seed in range(10):
            game = names["RingGame"](seed, **({} if run == "well" else broken_run("07_conditional", run)))
            for _ in game.play(1200):
                pass
            found.append(float(game.answers()[1].diagonal().mean()))
            losses.append(torch.tensor(game.losses[-50:]).mean(0).tolist())
            passed &= low <= found[-1] <= high
        d, g = ([row[k] for row in losses] for k in (0, 1))
        print(
            f"ring, {run}: agreement {ranged(found, 3)}; D's loss {ranged(d, 3)}, G's {ranged(g, 3)}",
            flush=True,
        )
    return passed


PARTS: dict[str, Callable[[list[int], int, tuple[str, ...]], bool]] = {
    "ways": ways, "start": start, "older": older, "few": few, "codes": codes, "checkpoint": checkpoint,
    "eyes": eyes, "ring": ring,
}  # fmt: skip

if __name__ == "__main__":
    sys.exit(run_parts(PARTS, __doc__, draws=10, ways=["projection", "concatenation", "embedding", "nothing"]))
