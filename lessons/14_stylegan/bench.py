"""Lesson 14's claims, measured: who rules what, Z against W, truncation, droplets, few pictures, the broken runs.

    python lessons/14_stylegan/bench.py [--only rulers entangled truncation broken droplets few] [--seeds 0 1 2]

The first three look at the generator that comes with the course, with other people and other noise for each seed. The
others train small ones; the broken runs are the lesson's own cells. Exits with 1 if a target is missed:

- rulers: each group's share of each factor, by the face reader; reported;
- entangled, for every seed: the path is shorter in W than in Z, and probes of w name factors at least as often on
  average;
- truncation, for every seed: precision is higher at ψ = 0.7 than at 1.2; at 0.5 it is lower again, as the lesson says;
- broken, for every seed: in A D's opinions of real and of made pictures are less than half as far apart as in the good
  run; in B its gap between known and new pictures is larger than there;
- droplets: how far the strongest place of a feature map stands out, with AdaIN and demodulated; reported;
- few: D's gap between known and new pictures after training on 100 and on 1,000 faces of 16 pixels, with and without
  differentiable augmentation, and the distance; for every seed the gap is smaller with it.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from gancourse import data
from gancourse.authoring.measuring import ranged, run_parts
from gancourse.authoring.source import find
from gancourse.broken import broken_run
from gancourse.data.images import Images, to_unit
from gancourse.games.augment import diff_augment
from gancourse.games.penalties import R1
from gancourse.games.stylegan import StyleBased
from gancourse.metrics import frechet_from_features, precision_recall
from gancourse.metrics.embedding import features
from gancourse.metrics.probe import probe_score
from gancourse.models import store
from gancourse.models.face_reader import FLAGS, load_face_reader
from gancourse.models.progressive import GrowingDiscriminator, pixel_norm
from gancourse.models.stylegan import StyleGenerator
from gancourse.training.engine import Engine

GAME_CELLS = ("load", "layer", "synthesis", "generator", "players", "match")
BROKEN_STEPS = 260  # as the lesson plays them
PROBED = ("glasses", "hat", "beard", "smile", "age", "yaw")


def lesson(*cells: str) -> dict[str, Any]:
    torch.set_num_threads(1)
    return find("14_stylegan").worked(*cells)


def shipped_generator() -> StyleGenerator:
    G = store.load("stylegan_faces_64")["G"]
    assert isinstance(G, StyleGenerator)
    return G


@torch.no_grad()
def drawn_by(G: StyleGenerator, styles: Tensor, noise: list[Tensor]) -> Tensor:
    """Pictures of styles (n, layers, d), all with the same noise."""
    return torch.cat([
        G.synthesis(some, [one.expand(len(some), -1, -1, -1) for one in noise]) for some in styles.split(100)
    ])  # fmt: skip


def rulers(seeds: list[int]) -> bool:
    """Which share of each factor comes from the other face, by group of layers; and of the noise, drawn anew."""
    G, shares_of = shipped_generator(), lesson("shipped", "shares")["shares_of"]
    groups = lesson("shipped", "shares")["GROUPS"]
    found: dict[str, dict[str, list[float]]] = {name: {} for name in groups}
    moved = []
    for seed in seeds:
        random = torch.Generator().manual_seed(seed)
        noise = G.noise_maps(1, random)
        a, b = (G.mapping(torch.randn(500, 64, generator=random))[:, None].expand(-1, G.layers, -1) for _ in range(2))
        parents = drawn_by(G, a, noise), drawn_by(G, b, noise)
        for name, (low, high) in groups.items():
            swapped = a.clone()
            swapped[:, low:high] = b[:, low:high]
            for factor, share in shares_of(drawn_by(G, swapped, noise), *parents).items():
                found[name].setdefault(factor, []).append(float(share))
        again = drawn_by(G, a, G.noise_maps(1, random))
        moved.append(float((again - parents[0]).square().mean().sqrt() / parents[0].std(0).square().mean().sqrt()))
    for factor in next(iter(found.values())):
        print(
            f"{factor:12}",
            "; ".join(f"{name} {ranged(rows[factor])}" for name, rows in found.items()),
            flush=True,
        )
    print(f"new noise moves pixels by {ranged(moved)} of what people differ by", flush=True)
    return True


@torch.no_grad()
def entangled(seeds: list[int]) -> bool:
    """Path length and linear probes, in Z and in W."""
    G, reader, path_length = shipped_generator(), load_face_reader(), lesson()["path_length"]
    passed, lengths, named, common = True, {"z": [], "w": []}, {"z": [], "w": []}, []
    for seed in seeds:
        torch.manual_seed(seed)
        noise = G.noise_maps(1)

        def still(w: Tensor, noise: list[Tensor] = noise) -> Tensor:
            return G.synthesis(w, [one.expand(len(w), -1, -1, -1) for one in noise])

        def apart(x: Tensor, y: Tensor) -> Tensor:
            return (reader.features(x) - reader.features(y)).square().sum(1)

        z = torch.randn(2000, 64)
        for space, kept in lengths.items():
            ways = [
                path_length(a, b, torch.rand(100), 0.01, G.mapping, still, apart, space)
                for a, b in zip(z[:1000].split(100), z[1000:].split(100), strict=True)
            ]
            kept.append(float(torch.cat(ways).mean()))
        w = G.mapping(z)
        told = reader.read(drawn_by(G, w[:, None].expand(-1, G.layers, -1), noise))
        labels = [(told[name] > (0.5 if name in FLAGS else told[name].median())).long() for name in PROBED]
        for space, points in (("z", pixel_norm(z)), ("w", w)):
            scores = [probe_score(points[:1000], y[:1000], points[1000:], y[1000:], 10.0) for y in labels]
            named[space].append(sum(scores) / len(scores))
        shares = [float(y[1000:].float().mean()) for y in labels]
        common.append(sum(max(share, 1 - share) for share in shares) / len(shares))
        passed &= lengths["w"][-1] < lengths["z"][-1] and named["w"][-1] >= named["z"][-1]
    for space in ("z", "w"):
        print(f"{space}: path length {ranged(lengths[space])}; probes {ranged(named[space])}", flush=True)
    print(f"always the more common answer: {ranged(common)}", flush=True)
    return passed


@torch.no_grad()
def truncation(seeds: list[int]) -> bool:
    """Precision and recall by ψ, on the reader's features, 1,000 faces each."""
    G, passed = shipped_generator(), True
    real = features(data.load("faces", size=64, split="test", attributes=[], n=1000))
    psis = (0.0, 0.15, 0.3, 0.5, 0.7, 0.85, 1.0, 1.2)
    found: dict[float, tuple[list[float], list[float]]] = {psi: ([], []) for psi in psis}
    for seed in seeds:
        torch.manual_seed(seed)
        mean_w = G.mapping(torch.randn(10_000, 64)).mean(0)
        for psi, (precisions, recalls) in found.items():
            w = torch.lerp(mean_w, G.mapping(torch.randn(1000, 64)), psi)
            made = torch.cat([G.synthesis(some) for some in w.split(100)]).clamp(-1, 1)
            precision, recall = precision_recall(real, features(made))
            precisions.append(precision), recalls.append(recall)
        passed &= found[0.7][0][-1] > found[1.2][0][-1] and found[0.0][0][-1] > found[0.3][0][-1]
    for psi, (precisions, recalls) in found.items():
        print(f"ψ = {psi:g}: precision {ranged(precisions)}, recall {ranged(recalls)}", flush=True)
    return passed


def broken(seeds: list[int]) -> bool:
    """The good run of section 9, and the two that are not."""
    names, passed = lesson(*GAME_CELLS), True
    for seed in seeds:
        apart, gaps = {}, {}
        for run in ("well", "A", "B"):
            match = names["Match"](16, seed=seed, **({} if run == "well" else broken_run("14_stylegan", run)))
            for _ in match.play(BROKEN_STEPS):
                pass
            known, new, made = torch.tensor(match.curves[-8:]).mean(0).tolist()
            apart[run], gaps[run] = known - made, known - new
            print(f"  {seed}, {run}: real and made {apart[run]:.2f} apart, known and new {gaps[run]:.2f}", flush=True)
        passed &= abs(apart["A"]) < apart["well"] / 2 and gaps["B"] > gaps["well"]
    return passed


def trained(pictures: Tensor, size: int, steps: int, seed: int, form: str = "demodulated", **settings: Any) -> Engine:
    """A small style-based pair after so many steps."""
    torch.manual_seed(seed)
    G = StyleGenerator(size, 64, (48, 48, 24, 12), form=form, rate=0.1)
    game = StyleBased(G, GrowingDiscriminator(size, (48, 32, 16, 12)), R1(0.1, every=8), **settings)
    engine = Engine(game, Images(pictures, {}, "faces"), batch_size=16, lr=4e-3, betas=(0.0, 0.99), ema={"G": 0.99},
                    seed=seed)  # fmt: skip
    for _ in itertools.islice(engine, steps):
        pass
    return engine


@torch.no_grad()
def standing_out(G: StyleGenerator) -> float:
    """Of the last maps: how strong the strongest place is beside the median one, a mean over 100 faces."""
    kept: list[Tensor] = []
    hook = G.styled[-1].register_forward_hook(lambda _, given, out: kept.append(out))
    G(torch.randn(100, G.latent_dim))
    hook.remove()
    strong = kept[0].square().sum(1).sqrt().flatten(1)
    return float((strong.max(1).values / strong.median(1).values).mean())


def droplets(seeds: list[int]) -> bool:
    """Both forms at 32 pixels after 800 steps."""
    shown = data.load("faces", size=32, attributes=[], n=8000).pixels
    for form in ("adain", "demodulated"):
        found = [standing_out(trained(shown, 32, 800, seed, form).averaged("G")) for seed in seeds]  # type: ignore[arg-type]
        print(f"{form}: the strongest place is {ranged(found)} times the median one", flush=True)
    return True


def few(seeds: list[int]) -> bool:
    """100 and 1,000 faces of 16 pixels, with and without augmentation; D's opinions every 250 steps."""
    small = F.avg_pool2d(data.load("faces", size=32, attributes=[], n=4000).pixels.float(), 2).to(torch.uint8)
    new, real, passed = small[1000:2000], features(small[2000:]), True
    for pictures in (100, 1000):
        gaps: dict[str, list[float]] = {}
        for name, augment in (("plain", None), ("augmented", diff_augment)):
            for seed in seeds:
                torch.manual_seed(seed)
                known = small[:pictures]
                engine = trained(known, 16, 0, seed, augment=augment)
                curve = []
                for _ in range(8):
                    for _ in itertools.islice(engine, 250):
                        pass
                    with torch.no_grad():
                        D = engine.game.nets["D"]
                        curve.append([float(D(to_unit(x[:400])).mean()) for x in (known, new)])
                with torch.no_grad():
                    made = torch.cat([engine.ask("G", torch.randn(100, 64)) for _ in range(10)]).clamp(-1, 1)
                gaps.setdefault(name, []).append(curve[-1][0] - curve[-1][1])
                told = ", ".join(f"{a:.1f}/{b:.1f}" for a, b in curve)
                distance = float(frechet_from_features(features(made), real))
                print(f"  {pictures} {name}, {seed}: known/new {told}; distance {distance:.1f}", flush=True)
            print(f"{pictures} pictures, {name}: D's gap at the end {ranged(gaps[name])}", flush=True)
        passed &= all(a < b for a, b in zip(gaps["augmented"], gaps["plain"], strict=True))
    return passed


PARTS: dict[str, Callable[[list[int]], bool]] = {
    "rulers": rulers, "entangled": entangled, "truncation": truncation, "broken": broken, "droplets": droplets,
    "few": few,
}  # fmt: skip

if __name__ == "__main__":
    sys.exit(run_parts(PARTS, __doc__))
