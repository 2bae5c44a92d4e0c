"""Networks that fill holes in drawn faces, for lesson 11: by L1, with both judgments, and with noise besides.

The game is that of Demir and Unal, 2018, arXiv:1803.07422 (`gancourse.games.inpainting`). All three networks lie in one
file of the store: `gancourse train inpainting-64 --keep` makes it. They learn from free-form holes and are measured on
shapes that they have never seen, too: a square in the middle, and halves.
"""

from __future__ import annotations

import copy
import functools
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gancourse import data
from gancourse.data.holes import stroke_masks
from gancourse.data.images import Images, to_unit
from gancourse.games.inpainting import Inpainting, in_the_hole
from gancourse.models.inpainting import Filler, TwoHeaded, filled_picture, with_hole
from gancourse.training.engine import Engine
from gancourse.training.filling import Fill, hole_figures, shape_masks
from gancourse.training.machine import Machine
from gancourse.training.studies import engine_after, falling, fastest_cpu, on_cpu, save_study

FILLERS, FILLER_SIDE, HOW_MANY_FACES = "inpainting_64", 64, 20_000
NEAR_STEPS, BOTH_STEPS, APART_STEPS = 8000, 4000, 800
JUDGE_OF_WHOLE, JUDGE_OF_PATCHES, APART_WEIGHT, FILLER_NOISE = 0.01, 0.01, 0.01, 4
HOLE_SHARES, BRUSHES = (0.1, 0.2, 0.3, 0.4), (0.1, 0.16, 0.25)
"""The holes that are learned from: shares of the picture, and brushes as shares of its side."""

Fills = Callable[[Tensor], Tensor]


@functools.cache
def whole_faces(n: int, split: str = "train", size: int = FILLER_SIDE) -> Images:
    return data.load("faces", size=size, split=split, attributes=[], n=n)


@functools.cache
def heap_of_holes(n: int, size: int = FILLER_SIDE, seed: int = 0) -> Tensor:
    """Free-form masks of all shares and brushes, (about n, 1, size, size)."""
    draw = torch.Generator().manual_seed(seed)
    each = max(1, n // (len(HOLE_SHARES) * len(BRUSHES)))
    return torch.cat(
        [stroke_masks(each, size, share, brush * size, draw) for share in HOLE_SHARES for brush in BRUSHES]
    )


def masks_of(shape: str, n: int, size: int = FILLER_SIDE) -> Tensor:
    """Masks of a shape that is not trained on, or "strokes": free-form ones that are held out."""
    if shape != "strokes":
        return shape_masks(shape, n, size)
    heap = heap_of_holes(240, size, 999)
    order = torch.randperm(len(heap), generator=torch.Generator().manual_seed(1))
    return heap[order[torch.arange(n) % len(heap)]]


def filling_engine(
    steps: int,
    seed: int,
    start: Filler | None = None,
    whole: float = 0.0,
    patch: float = 0.0,
    apart: float = 0.0,
    noise: int = 0,
    size: int = FILLER_SIDE,
    n: int = HOW_MANY_FACES,
    holes: int = 1200,
    decay: float = 0.99,
    machine: Machine | None = None,
) -> Engine:
    """The game with these weights; rates fall to 0 over the last quarter.

    Args:
        start: a network to go on from, which stays as it is; it may be one without noise.
        whole, patch, apart: weights of the two judgments and of the mode-seeking term.
        noise: numbers in z.
        size: of the pictures.
        n, holes: how many faces and masks are learned from.
        decay: of G's average.
        machine: None is the CPU in one form for all.
    """
    torch.manual_seed(seed)
    G = Filler(noise=noise, halvings=2 if size > 32 else 1, width=16)
    if start is not None:
        take_over(G, start)
    D = TwoHeaded(size) if whole or patch else None
    game = Inpainting(G, heap_of_holes(holes, size), D, whole, patch, apart)
    fall = {name: falling(steps) for name in game.nets}
    rates = {"G": 1e-3 if start is None else 5e-4, **({"D": 4e-4} if D is not None else {})}
    return Engine(
        game, whole_faces(n, "train", size), batch_size=16, lr=rates, betas=(0.5, 0.99), schedules=fall,
        ema={"G": decay}, seed=seed, machine=machine or on_cpu(),
    )  # fmt: skip


def take_over(G: Filler, start: Filler) -> None:
    """Give G the weights of another; planes of noise that the other lacks begin small."""
    state = copy.deepcopy(start.state_dict())
    first = state["down.0.weight"]
    if (more := G.noise - start.noise) > 0:
        planes = 0.1 * torch.randn(first.shape[0], more, *first.shape[2:]) * first.std()
        state["down.0.weight"] = torch.cat([first, planes], 1)
    G.load_state_dict(state)


def trained_filler(name: str, engine: Engine, steps: int) -> Filler:
    """The average of G after so many steps, in evaluation mode."""
    G = engine_after(name, engine, steps).averaged("G").eval()
    assert isinstance(G, Filler)
    return G


@torch.no_grad()
def filled_by(G: Fills, pictures: Tensor, masks: Tensor) -> Tensor:
    """Pictures with their holes filled, a hundred at a time."""
    return torch.cat([
        filled_picture(some, holes, G(with_hole(some, holes)))
        for some, holes in zip(pictures.split(100), masks.split(100), strict=True)
    ])  # fmt: skip


def from_around(given: Tensor, rounds: int = 200) -> Tensor:
    """A filling without a network, (n, 3, H, W): each pixel of the hole becomes the mean of its four neighbors."""
    pictures, masks = given[:, :3], given[:, 3:]
    known = (pictures * (1 - masks)).sum((2, 3), keepdim=True) / (1 - masks).sum((2, 3), keepdim=True)
    now = torch.where(masks > 0, known, pictures)
    for _ in range(rounds):
        edges = torch.nn.functional.pad(now, (1, 1, 1, 1), mode="replicate")
        mean = (edges[:, :, :-2, 1:-1] + edges[:, :, 2:, 1:-1] + edges[:, :, 1:-1, :-2] + edges[:, :, 1:-1, 2:]) / 4
        now = torch.where(masks > 0, mean, now)
    return now


@torch.no_grad()
def apartness(G: Filler, pictures: Tensor, masks: Tensor) -> float:
    """How much two fillings by other noise differ in the hole, as a share of what two people differ there."""
    given = with_hole(pictures, masks)
    one, other = G(given), G(given)
    return float(in_the_hole(one, other, masks) / in_the_hole(pictures, pictures.roll(1, 0), masks))


def filling(G: Fills) -> Fill:
    """A network as a function from pictures and masks to filled pictures."""
    return functools.partial(filled_by, G)


def keep_fillers(
    out: Path | None = None, near: int = NEAR_STEPS, judged: int = BOTH_STEPS, apart: int = APART_STEPS
) -> Path:
    """Train the three networks, measure them, and write them.

    Args:
        out: the folder; None is data/ of the checkout, whose table is renewed then.
        near, judged, apart: steps by L1, then with both judgments, then with noise; fewer are a quick look.
    """
    started = time.monotonic()
    machine = fastest_cpu(lambda some: filling_engine(near, 0, machine=some), FILLERS)
    more = functools.partial(filling_engine, decay=0.998, machine=machine)
    first = trained_filler("L1", more(near, 0), near)
    both = more(judged, 0, first, JUDGE_OF_WHOLE, JUDGE_OF_PATCHES)
    nets = {"L1": first, "both": trained_filler("both judgments", both, judged)}
    many = more(apart, 0, nets["both"], JUDGE_OF_WHOLE, JUDGE_OF_PATCHES, APART_WEIGHT, FILLER_NOISE, decay=0.99)
    nets["many"] = trained_filler("with noise", many, apart)
    minutes = round((time.monotonic() - started) / 60, 1)
    return write_fillers(nets, out, steps=near + judged + apart, minutes=minutes, form=str(machine.form))


def write_fillers(nets: dict[str, Filler], out: Path | None = None, **told: Any) -> Path:
    """Measure the three networks, and write them, with what is told of them."""
    true, reached = to_unit(whole_faces(600, "test").pixels), {}
    for name, net in nets.items():
        for shape in ("strokes", "square", "half"):
            masks = masks_of(shape, len(true))
            found = hole_figures(filled_by(net, true, masks), true, masks)
            reached |= {f"{name}, {shape}: {what}": round(value, 3) for what, value in found.items()}
    reached["many, square: apart"] = round(apartness(nets["many"], true, masks_of("square", len(true))), 3)
    told |= {
        "what": "networks that fill holes in drawn faces, 64 × 64: by L1, with two judgments, and with noise",
        "recipe": "inpainting-64", "seed": 0, "device": "cpu", "reached": reached,
    }  # fmt: skip
    return save_study(FILLERS, nets, told, out)
