"""Lesson 05's claims, measured: blur by loss, PCA and a linear autoencoder, the bound, bits, and who is sharp.

    python lessons/05_autoencoders/bench.py [--only linear bound blur bits sharp broken] [--seeds 0 1 2]

Runs the lesson's own cells: its worked solutions, its loops. Steepness of edges is that of
`gancourse.metrics.translation.edge_steepness`. Exits with 1 if a target is missed:

- linear, for every seed: the linear autoencoder ends within 2 % of PCA's error;
- bound, over ten seeds: the bound is at most the exact log-likelihood for every q that is tried, and equal to it (to
  10⁻⁹) at the exact posterior;
- blur, for every seed, with codes of 8 and of 16 numbers: reconstructions of new faces by absolute values have steeper
  edges than those by squares; beside them the mean and the median of all faces, which is what no code at all gives;
- bits, for every seed: bits for each pixel of held-out stencils fall by every 100 steps, and end below those of pixels
  that are guessed by themselves;
- sharp: of faces that are made up, the shipped VAE's have less than half of the DCGAN's steepness;
- broken, for every seed: in run A no number of the code is in use, in run B bits are below half of the good run's.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from gancourse import data, seed_everything
from gancourse.authoring.measuring import ranged, run_parts
from gancourse.authoring.source import find
from gancourse.broken import broken_run
from gancourse.data.images import to_unit
from gancourse.metrics.translation import edge_steepness, sharpness

Names = dict[str, Any]
PIXEL_CELLS = ("network", "stencils", "train-pixels", "alone")


def lesson(*cells: str) -> Names:
    torch.set_num_threads(1)
    return find("05_autoencoders").worked("load", *cells)


def linear(seeds: list[int]) -> bool:
    """A linear autoencoder from a random start, as a multiple of PCA's error."""
    names = lesson("linear")
    found = [names["train_linear"](seed)[-1] for seed in seeds]
    print(f"linear: error as a multiple of PCA's {ranged(found, 4)}", flush=True)
    return max(found) < 1.02


def bound(seeds: list[int]) -> bool:
    """The bound against the exact log-likelihood, in models whose posterior is one of the q's."""
    step, gaps, below = lesson()["bound_steps"], [], []
    for seed in range(10):
        torch.manual_seed(seed)
        W = torch.linalg.qr(torch.randn(6, 2, dtype=torch.float64))[0] * torch.tensor([2.0, 1.0], dtype=torch.float64)
        b, s = torch.randn(6, dtype=torch.float64), 0.5
        x = torch.randn(500, 2, dtype=torch.float64) @ W.T + b + s * torch.randn(500, 6, dtype=torch.float64)
        exact, m = step(2, x, W, b, s), step(3, x, W, b, s)
        v = step(4, x, W, b, s).diagonal().expand_as(m)
        gaps.append(float((exact - step(6, x, W, b, s, m, v)).abs().max()))
        for k in range(20):
            moved, times = torch.randn_like(m), torch.rand_like(v) * 3 + 0.05
            gap = exact - step(6, x, W, b, s, m + (k % 2) * moved, v * times)
            below.append(float(gap.min()))
    print(
        f"bound: at the exact posterior off by {max(gaps):.1e} at most; for 200 others the least gap {min(below):.2g}"
    )
    return max(gaps) < 1e-9 and min(below) >= -1e-9


def rebuilt(kind: str, seed: int, code: int, steps: int, faces: Any, new: Tensor) -> Tensor:
    from gancourse.training.autoencoding import autoencoder, rebuilt_by, trained_game

    return rebuilt_by(trained_game(kind, autoencoder(kind, seed, code), faces, steps, seed), new)


def blur(seeds: list[int]) -> bool:
    """Squares against absolute values: steepness of edges, and mean edge strength beside it."""
    from gancourse.training.autoencoding import faces_alone

    torch.set_num_threads(1)
    faces, new, passed = faces_alone(), to_unit(faces_alone(500, "test").pixels), True
    x = to_unit(faces.pixels)
    for name, flat in (("mean", x.mean(0)), ("median", x.median(0).values)):
        print(f"blur, no code: the {name} face has steepness {edge_steepness(flat[None]):.4f}")
    print(f"blur: new faces have steepness {edge_steepness(new):.4f}, mean edge strength {sharpness(new):.4f}")
    for code in (8, 16):
        steep: dict[str, list[float]] = {"l2": [], "l1": []}
        mean: dict[str, list[float]] = {"l2": [], "l1": []}
        for seed in seeds:
            for kind, found in steep.items():
                made = rebuilt(kind, seed, code, 1000, faces, new)
                found.append(edge_steepness(made))
                mean[kind].append(sharpness(made))
            passed &= steep["l1"][-1] > steep["l2"][-1]
        for kind, found in steep.items():
            print(
                f"blur, {code} numbers, {kind}: steepness {ranged(found, 4)}, mean strength {ranged(mean[kind], 4)}",
                flush=True,
            )
    return passed


def bits(seeds: list[int]) -> bool:
    """Bits for each pixel of held-out stencils over training."""
    names, passed = lesson(*PIXEL_CELLS), True
    alone, ends = names["bits_alone"](), []
    for seed in seeds:
        _, told = names["train_pixels"](seed=seed)
        curve = dict(told)
        marks = [curve[k] for k in (0, 100, 200, 300, 400)] + [told[-1][1]]
        print(f"  bits {seed}: " + ", ".join(f"{value:.3f}" for value in marks), flush=True)
        ends.append(marks[-1])
        passed &= all(later < earlier for earlier, later in pairwise(marks)) and marks[-1] < alone
    print(f"bits: at last {ranged(ends, 3)}; each pixel by itself {alone:.3f}")
    return passed


def sharp(seeds: list[int]) -> bool:
    """Faces that are made up: the VAE's, the DCGAN's, and real ones."""
    from gancourse.models import store

    torch.set_num_threads(1)
    decoder, dcgan = store.load("autoencoders_32")["decoder_vae"], store.load("dcgan_faces_64")["G"]
    found: dict[str, list[float]] = {"VAE": [], "DCGAN, halved": []}
    for seed in seeds:
        seed_everything(seed)
        with torch.no_grad():
            found["VAE"].append(edge_steepness(decoder(torch.randn(1000, decoder.inputs))))
            made = torch.cat([F.avg_pool2d(dcgan(torch.randn(50, dcgan.latent_dim)), 2) for _ in range(20)])
            found["DCGAN, halved"].append(edge_steepness(made))
    for size in (32, 64):
        real = to_unit(data.load("faces", size=size, split="test", attributes=[], n=1000).pixels)
        found[f"real, drawn at {size}"] = [edge_steepness(F.avg_pool2d(real, size // 32))]
    for name, values in found.items():
        print(f"sharp, {name}: steepness {ranged(values, 4)}")
    return max(found["VAE"]) < 0.5 * min(found["DCGAN, halved"])


def broken(seeds: list[int]) -> bool:
    """The broken runs beside good ones."""
    names, passed = lesson("linear", "bent", "vae", *PIXEL_CELLS), True
    for seed in seeds:
        for run, settings in (("good", {}), ("A", broken_run("05_autoencoders", "A"))):
            encoder, decoder, history = names["train_vae"](**settings, seed=seed, steps=400)
            with torch.no_grad():
                mu, log_var = encoder(names["new"]).chunk(2, 1)
                off = float((decoder(mu) - names["new"]).square().flatten(1).sum(1).mean())
            used = int((((mu.square() + log_var.exp() - 1 - log_var) / 2).mean(0) > 0.1).sum())
            print(
                f"  VAE, {run} {seed}: KL {history[-1][1]:.2f}, numbers in use {used}, squared error {off:.0f}",
                flush=True,
            )
            passed &= (used == 0) == (run == "A")
        good, leaking = (
            names["train_pixels"](**settings, seed=seed, steps=200)[1][-1][1]
            for settings in ({}, broken_run("05_autoencoders", "B"))
        )
        print(f"  PixelCNN {seed}: bits {good:.3f}, in run B {leaking:.3f}", flush=True)
        passed &= leaking < good / 2
    return passed


PARTS: dict[str, Callable[[list[int]], bool]] = {
    "linear": linear, "bound": bound, "blur": blur, "bits": bits, "sharp": sharp, "broken": broken,
}  # fmt: skip

if __name__ == "__main__":
    sys.exit(run_parts(PARTS, __doc__))
