"""Lesson 13's claims, measured: growing against full size, what the three tricks do, and what the broken runs show.

    python lessons/13_progressive/bench.py [--only pyramid growing tricks broken rate] [--seeds 0 1 2]

Runs the lesson's own cells: its worked solutions, its networks, its matches. The distance is Fréchet's on the features
of the course's face reader: no FID of Inception's, comparable only within this page. Exits with 1 if a target is
missed:

- pyramid: there and back is exact to 1e-5; the copy of 4 pixels has more than half of the variance;
- growing: reported, a pair that grows and one of full size, which is trained for as many seconds of the processor; at
  this size there is little to be saved, and no winner is promised;
- tricks: reported, with and without each of the three, at 16 pixels: what helps here and what does not;
- rate, for every seed: after 1,000 steps of the recipe at 64 pixels the distance with its rate, ten times the paper's,
  is below three quarters of that with the paper's;
- broken, for every seed: A's largest jump at a gray line is at least three times the good run's; B's new blocks do
  not move.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse import seed_everything
from gancourse.authoring.measuring import ranged, run_parts
from gancourse.authoring.source import find
from gancourse.broken import broken_run

PARTS_OF_A_MATCH = ("load", "widths", "blocks", "G", "D", "plan", "pair", "step", "grown", "growth", "judge")


def lesson(*cells: str) -> dict[str, Any]:
    torch.set_num_threads(1)
    return find("13_progressive").worked(*cells)


def pyramid(seeds: list[int]) -> bool:
    """Where the variance of faces lies."""
    names = lesson("load")
    faces = names["to_unit"](names["raw"].pixels[:500])
    bands = names["laplacian_pyramid"](faces, 3)
    off = float((names["from_pyramid"](bands) - faces).abs().max())
    shares = [band.var(0).mean().item() for band in bands]
    print(f"pyramid: off by {off:.1e}; shares", ", ".join(f"{share / sum(shares):.2f}" for share in shares), flush=True)
    return off < 1e-5 and shares[0] > 0.5 * sum(shares)


def growing(seeds: list[int]) -> bool:
    """Growing from 4 to 32 pixels, and 32 pixels from the start, for as many seconds of the processor."""
    names, found = lesson(*PARTS_OF_A_MATCH), {"grown": [], "full size": []}
    off: dict[str, list[float]] = {"grown": [], "full size": []}
    real = names["spectrum"](names["held"])
    for seed in seeds:
        match = names["Growth"](seed=seed, last=names["LAST"], **names["AT_ONCE"])
        full = names["Grown"](seed=seed, **names["AT_ONCE"])
        for _ in match.play():
            pass
        for _ in full.play(match.seconds):
            pass
        for name, one in (("grown", match), ("full size", full)):
            pictures = names["generated"](one.average)
            found[name].append(names["distance"](pictures))
            off[name].append(float((names["spectrum"](pictures) - real).abs().mean()))
            print(
                f"  {seed}, {name}: distance {found[name][-1]:.1f}, spectrum off by {off[name][-1]:.2f}, "
                f"{len(one.losses)} steps, {one.seconds:.0f} s", flush=True,
            )  # fmt: skip
    for name, values in found.items():
        print(f"{name}: distance {ranged(values)}; spectrum off by {ranged(off[name])}", flush=True)
    nearer = sum(a < b for a, b in zip(*found.values(), strict=True))
    print(f"growing is nearer to real faces in {nearer} of {len(seeds)}", flush=True)
    return True


class PlainConv(nn.Module):
    """A convolution with He's start, not scaled at run time."""

    def __init__(self, inputs: int, outputs: int, kernel_size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(
            math.sqrt(2 / (inputs * kernel_size**2)) * torch.randn(outputs, inputs, kernel_size, kernel_size)
        )
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(x, self.weight, self.bias, padding=self.weight.shape[-1] // 2)


def no_spread(maps: Tensor) -> Tensor:
    """An even map of zeros in the place of the spread's."""
    return F.pad(maps, (0, 0, 0, 0, 0, 1))


TRICKS: dict[str, dict[str, Any]] = {
    "all three": {},
    "without pixel norm": {"g": {"norm": lambda x: x}},
    "without the spread": {"d": {"spread": no_spread}},
    "without run-time scale": {"g": {"conv": PlainConv}, "d": {"conv": PlainConv}},
}


def tricks(seeds: list[int]) -> bool:
    """With and without each of the three, up to 16 pixels; pictures are enlarged for the reader."""
    names = lesson(*PARTS_OF_A_MATCH)
    from gancourse.metrics import frechet_from_features

    small = names["features"](F.avg_pool2d(names["held"], 2))
    for name, settings in TRICKS.items():
        found = []
        for seed in seeds:
            match = names["Growth"](seed=seed, levels=3, phase=100, **settings)
            for _ in match.play():
                pass
            pictures = names["generated"](match.average)
            found.append(
                float(frechet_from_features(names["features"](pictures), small)) if pictures.isfinite().all() else 1e9
            )
            print(f"  {name}, {seed}: {found[-1]:.1f}, {match.seconds:.0f} s", flush=True)
        print(f"{name}: distance at 16 pixels {ranged(found)}", flush=True)
    return True


def jump_and_moved(match: Any) -> tuple[float, list[float]]:
    """The largest jump at a gray line, and how far each block has moved beside its size."""
    at = [match.jumps[k * match.phase - 1] for k in range(1, 5)]
    moved = []
    for block, born in zip(match.G.blocks, match.born, strict=True):
        now = [p.detach() for p in block.parameters() if p.ndim > 1]
        moved.append(float(sum((a - b).norm() for a, b in zip(now, born, strict=True)) / sum(b.norm() for b in born)))
    return max(at), moved


def broken(seeds: list[int]) -> bool:
    """The good run of section 7, and the two that are not."""
    names, passed = lesson(*PARTS_OF_A_MATCH), True
    for seed in seeds:
        found = {}
        for run in ("well", "A", "B"):
            settings = {} if run == "well" else broken_run("13_progressive", run)
            match = names["Growth"](seed=seed, levels=3, phase=60, **settings)
            for _ in match.play():
                pass
            found[run] = jump_and_moved(match)
            print(f"  {seed}, {run}: jump {found[run][0]:.3f}, moved {[f'{x:.2f}' for x in found[run][1]]}", flush=True)
        passed &= found["A"][0] > 3 * found["well"][0] and max(found["B"][1][1:]) == 0 < min(found["well"][1])
    return passed


def rate(seeds: list[int], steps: int = 1000) -> bool:
    """The recipe's networks, from 4 to 64 pixels in so many steps, with its learning rate and with the paper's."""
    from gancourse import data
    from gancourse.training import figures
    from gancourse.training.machine import Machine
    from gancourse.training.recipes import Recipe, recipe
    from gancourse.training.speed.form import Form
    from gancourse.training.studies import engine_after

    told = recipe("progressive-faces-64")
    assert isinstance(told, Recipe)
    faces, ruler, passed = data.load("faces", size=64, attributes=[]), figures.Ruler(64), True
    for seed in seeds:
        found = {}
        for whose, share in (("the recipe's", 1.0), ("the paper's", 0.1)):
            seed_everything(seed)
            engine = told.make(faces, Machine("cpu", Form(channels_last=True)), seed, steps)
            for who in engine.rates:
                engine.rates[who] *= share
            found[whose] = ruler.distance(figures.samples(engine_after(f"{whose} rate", engine, steps)))
            print(f"  {seed}: distance with {whose} rate {found[whose]:.1f}", flush=True)
        passed &= found["the recipe's"] < 0.75 * found["the paper's"]
    return passed


PARTS: dict[str, Callable[[list[int]], bool]] = {
    "pyramid": pyramid, "broken": broken, "growing": growing, "tricks": tricks, "rate": rate,
}  # fmt: skip

if __name__ == "__main__":
    sys.exit(run_parts(PARTS, __doc__))
