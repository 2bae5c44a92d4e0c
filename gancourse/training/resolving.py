"""Networks that enlarge drawn faces four times, for lesson 10: by squared pixels, and with content and a judge.

The game is that of Ledig et al., CVPR 2017, arXiv:1609.04802 (`gancourse.games.super_resolution`). Both networks lie in
one file of the store: `gancourse train super-resolution-64 --keep` makes it. As in the paper the one with a judge goes
on from the one of squared pixels. Its content is squared pixels and the maps of a layer of the face reader, which takes
the place of VGG; so distances by the reader's last layer are no judge from outside, and `crowd_distances` has a second
one, by the discriminator of lesson 03.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from gancourse import data
from gancourse.data.images import Images, to_unit
from gancourse.games.super_resolution import SuperResolution
from gancourse.metrics import frechet_from_features
from gancourse.metrics.embedding import features, second_look
from gancourse.metrics.fidelity import decibels, structural, unit_range
from gancourse.metrics.translation import edge_steepness
from gancourse.models.face_reader import load_face_reader
from gancourse.models.super_resolution import LargeJudge, SuperResolver, low_resolution
from gancourse.training.engine import Engine
from gancourse.training.studies import engine_after, falling, on_cpu, save_study

RESOLVERS, LARGE_SIDE, MANY_FACES = "super_resolution_64", 64, 8000
SQUARE_STEPS, JUDGED_STEPS = 3000, 2000
SEEN_LAYER, CONTENT_WEIGHT, JUDGE_WEIGHT = 4, 0.1, 1e-3
"""Of the reader's trunk this many parts are compared; the weights of content and of the judge."""


@functools.cache
def large_faces(n: int, split: str = "train") -> Images:
    return data.load("faces", size=LARGE_SIDE, split=split, attributes=[], n=n)


@functools.cache
def seen_by_reader() -> Callable[[Tensor], Tensor]:
    """What the reader's first parts make of pictures; they rest."""
    return load_face_reader().requires_grad_(False).trunk[:SEEN_LAYER].__call__


def resolver_engine(
    steps: int,
    seed: int,
    start: nn.Module | None = None,
    judged: float = 0.0,
    content: float = 0.0,
    n: int = MANY_FACES,
) -> Engine:
    """The game by squared pixels and what else is weighed; rates fall to 0 over the last quarter.

    Args:
        start: a network to go on from, which stays as it is.
        judged, content: the weights of the judge and of the reader's maps.
    """
    torch.manual_seed(seed)
    G = SuperResolver() if start is None else copy.deepcopy(start).train().requires_grad_()
    D = LargeJudge(LARGE_SIDE) if judged else None
    game = SuperResolution(G, D, seen_by_reader() if content else None, 1.0, content, judged)
    fall = {name: falling(steps) for name in game.nets}
    rates = {"G": 1e-3 if start is None else 4e-4, **({"D": 4e-4} if judged else {})}
    betas = (0.5, 0.999) if judged else (0.9, 0.99)
    return Engine(
        game, large_faces(n), batch_size=16, lr=rates, betas=betas, schedules=fall, ema={"G": 0.99}, seed=seed,
        machine=on_cpu(),
    )  # fmt: skip


def trained_resolver(name: str, engine: Engine, steps: int) -> nn.Module:
    """The average of G after so many steps, in evaluation mode."""
    return engine_after(name, engine, steps).averaged("G").eval()


@torch.no_grad()
def enlarged_by(G: Callable[[Tensor], Tensor], small: Tensor) -> Tensor:
    """What a network makes of small pictures, a hundred at a time, in [−1, 1]."""
    return torch.cat([G(some) for some in small.split(100)]).clamp(-1, 1)


def crowd_distances(made: Tensor, true: Tensor) -> tuple[float, float]:
    """How far made faces are from true ones as a crowd: Fréchet's distance by the reader, and by a second network."""
    by_reader = float(frechet_from_features(features(made), features(true)))
    return by_reader, float(frechet_from_features(second_look(made), second_look(true)))


def nearness(made: Tensor, true: Tensor) -> dict[str, float]:
    """All figures of pictures in [−1, 1] beside the true ones."""
    near = unit_range(made), unit_range(true)
    reader, second = crowd_distances(made, true)
    return {
        "PSNR": float(decibels(*near).mean()), "SSIM": float(structural(*near).mean()), "distance": reader,
        "second distance": second, "steepness": edge_steepness(made),
        "off the small picture": float((low_resolution(made) - low_resolution(true)).square().mean().sqrt()),
    }  # fmt: skip


def keep_resolvers(out: Path | None = None, squares: int = SQUARE_STEPS, judged: int = JUDGED_STEPS) -> Path:
    """Train both networks, measure them, and write them.

    Args:
        out: the folder; None is data/ of the checkout, whose table is renewed then.
        squares, judged: steps by squared pixels, and then with content and the judge; fewer are a quick look.
    """
    first = trained_resolver("squared pixels", resolver_engine(squares, 0), squares)
    engine = resolver_engine(judged, 0, first, JUDGE_WEIGHT, CONTENT_WEIGHT)
    nets = {"L2": first, "GAN": trained_resolver("with a judge", engine, judged)}
    true, reached = to_unit(large_faces(1000, "test").pixels), {}
    for name, net in nets.items():
        found = nearness(enlarged_by(net, low_resolution(true)), true)
        reached |= {f"{name}: {what}": round(value, 3) for what, value in found.items()}
    told = {
        "what": "networks that enlarge drawn faces from 16 × 16 to 64 × 64: by squared pixels, and with a judge",
        "recipe": "super-resolution-64", "seed": 0, "steps": squares + judged, "device": "cpu", "reached": reached,
    }  # fmt: skip
    return save_study(RESOLVERS, nets, told, out)
