"""Networks that fill holes in drawn faces, for lesson 11: by L1, with both judgments, and with noise besides.

The game is that of Demir and Unal, 2018, arXiv:1803.07422 (`gancourse.games.inpainting`). All three networks lie in one
file of the store: `gancourse train inpainting-64 --keep` makes it. They learn from free-form holes and are measured on
shapes that they have never seen, too: a square in the middle, and halves.

What is measured: the error in the hole alone, and how far filled pictures are from true ones as a crowd, whole and cut
to the hole's surroundings. The distance is Fréchet's, by the face reader's features for the whole picture and by the
first layers of lesson 03's discriminator for the cut, where there is no whole face to read.
"""

from __future__ import annotations

import copy
import functools
import math
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor
from torch.optim.lr_scheduler import LambdaLR
from tqdm.auto import tqdm

from gancourse import data
from gancourse.data.holes import stroke_masks
from gancourse.data.images import Images, to_unit
from gancourse.games.inpainting import Inpainting, in_the_hole
from gancourse.metrics import frechet_from_features
from gancourse.metrics.embedding import features
from gancourse.models import store
from gancourse.models.dcgan import Discriminator, pooled_layers
from gancourse.models.face_reader import load_face_reader
from gancourse.models.inpainting import Filler, TwoHeaded, put_in, with_hole
from gancourse.training.engine import Engine
from gancourse.training.keeping import renew_table
from gancourse.training.machine import Machine
from gancourse.training.speed.form import Form

FILLERS, SIDE, HOW_MANY_FACES = "inpainting_64", 64, 8000
NEAR_STEPS, JUDGED_STEPS, APART_STEPS = 1500, 1000, 600
JUDGE_OF_WHOLE, JUDGE_OF_PATCHES, APART, NOISE = 0.01, 0.01, 0.02, 4
SHARES, BRUSHES = (0.1, 0.2, 0.3, 0.4), (0.1, 0.16, 0.25)
"""The holes that are learned from: shares of the picture, and brushes as shares of its side."""

Fills = Callable[[Tensor], Tensor]


@functools.cache
def whole_faces(n: int, split: str = "train", size: int = SIDE) -> Images:
    return data.load("faces", size=size, split=split, attributes=[], n=n)


@functools.cache
def heap_of_holes(n: int, size: int = SIDE, seed: int = 0) -> Tensor:
    """Free-form masks of all shares and brushes, (about n, 1, size, size)."""
    draw = torch.Generator().manual_seed(seed)
    each = max(1, n // (len(SHARES) * len(BRUSHES)))
    return torch.cat([stroke_masks(each, size, share, brush * size, draw) for share in SHARES for brush in BRUSHES])


def shape_masks(shape: str, n: int, size: int = SIDE) -> Tensor:
    """Masks (n, 1, size, size) of a shape that nobody trains on, or held-out strokes.

    Args:
        shape: "square" (half as wide as the picture, in its middle), "half" (left, right, upper and lower in turn),
            "strokes".
    """
    if shape == "strokes":
        heap = heap_of_holes(240, size, 999)
        return heap[torch.randperm(len(heap), generator=torch.Generator().manual_seed(1))].repeat(
            n // 240 + 1, 1, 1, 1
        )[:n]
    masks = torch.zeros(n, 1, size, size)
    if shape == "square":
        masks[:, :, size // 4 : size - size // 4, size // 4 : size - size // 4] = 1
        return masks
    half = size // 2
    masks[0::4, :, :, :half] = 1
    masks[1::4, :, :, half:] = 1
    masks[2::4, :, :half] = 1
    masks[3::4, :, half:] = 1
    return masks


def filling_engine(
    steps: int,
    seed: int,
    start: Filler | None = None,
    whole: float = 0.0,
    patch: float = 0.0,
    apart: float = 0.0,
    noise: int = 0,
    size: int = SIDE,
    n: int = HOW_MANY_FACES,
    holes: int = 1200,
) -> Engine:
    """The game with these weights; rates fall to 0 over the last quarter.

    Args:
        start: a network to go on from, which stays as it is; it may be one without noise.
        whole, patch, apart: weights of the two judgments and of the mode-seeking term.
        noise: numbers in z.
    """
    torch.manual_seed(seed)
    G = Filler(noise=noise, halvings=2 if size > 32 else 1, width=10 if size > 32 else 16)
    if start is not None:
        take_over(G, start)
    D = TwoHeaded(size) if whole or patch else None
    game = Inpainting(G, heap_of_holes(holes, size), D, whole, patch, apart)
    fall = {name: lambda opt: LambdaLR(opt, lambda k: max(0.0, min(1.0, 4 * (1 - k / steps)))) for name in game.nets}
    rates = {"G": 1e-3 if start is None else 5e-4, **({"D": 4e-4} if D is not None else {})}
    return Engine(
        game, whole_faces(n, "train", size), batch_size=16, lr=rates, betas=(0.5, 0.99), schedules=fall,
        ema={"G": 0.99}, seed=seed, machine=Machine("cpu", Form(channels_last=True)),
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
    for _ in tqdm(range(steps), name, leave=False):
        next(engine)
    engine.check()
    G = engine.averaged("G").eval()
    assert isinstance(G, Filler)
    return G


@torch.no_grad()
def filled_by(G: Fills, pictures: Tensor, masks: Tensor) -> Tensor:
    """Pictures with their holes filled, a hundred at a time."""
    return torch.cat([
        put_in(some, holes, G(with_hole(some, holes)))
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


@functools.cache
def second_judge() -> Discriminator:
    """The discriminator of lesson 03, which no run of this lesson learns from."""
    D = store.load("dcgan_faces_64_judge")["D"]
    assert isinstance(D, Discriminator)
    return D


def cut_around(pictures: Tensor, masks: Tensor) -> Tensor:
    """Of each picture the square, half as wide, around the middle of its hole."""
    size = pictures.shape[-1]
    side, places = size // 2, torch.arange(size, dtype=masks.dtype)
    rows = (masks.sum((1, 3)) @ places / masks.sum((1, 2, 3))).round().int() - side // 2
    columns = (masks.sum((1, 2)) @ places / masks.sum((1, 2, 3))).round().int() - side // 2
    ends = zip(rows.clamp(0, size - side).tolist(), columns.clamp(0, size - side).tolist(), strict=True)
    return torch.stack([p[:, r : r + side, c : c + side] for p, (r, c) in zip(pictures, ends, strict=True)])


def textures(pictures: Tensor) -> Tensor:
    """Cuts by the first two layers of that discriminator, pooled: (n, 288)."""
    return pooled_layers(second_judge(), ((pictures + 1) * 127.5).round().to(torch.uint8))[:, :288]


def hole_figures(filled: Tensor, true: Tensor, masks: Tensor, apart_from: Tensor | None = None) -> dict[str, float]:
    """All figures of filled pictures beside the true ones.

    Args:
        apart_from: other true pictures for the distances; those beside are taken by default.
    """
    crowd = true if apart_from is None else apart_from
    near = float(in_the_hole(filled, true, masks)) / 2  # of the range from 0 to 1
    squares = float(((filled - true).square() * masks).sum() / (masks.sum() * 3)) / 4
    cut = frechet_from_features(textures(cut_around(filled, masks)), textures(cut_around(crowd, masks)))
    return {
        "L1": near, "PSNR": -10 * math.log10(squares),
        "whole": float(frechet_from_features(features(filled), features(crowd))), "cut": float(cut),
    }  # fmt: skip


BANDS = {"glasses": (0.28, 0.62), "hat": (0.0, 0.36), "smile": (0.58, 0.86)}
"""What is hidden, in shares of the height, so that a factor must be guessed: eyes, the top, the mouth."""


def band_masks(factor: str, n: int, size: int = SIDE) -> Tensor:
    """Masks that hide a band across the whole picture."""
    top, bottom = (round(size * share) for share in BANDS[factor])
    masks = torch.zeros(n, 1, size, size)
    masks[:, :, top:bottom] = 1
    return masks


def hidden_factors(G: Fills, pictures: Tensor, truth: dict[str, Tensor]) -> dict[str, dict[str, float]]:
    """What the reader reads where a factor was hidden, beside the truth and beside somebody else's.

    Args:
        truth: the faces' factors, those of `BANDS`.

    Returns:
        for each factor "agrees" and "by chance": of flags how often filling and truth (or the next face's) are the
        same, and "found", how many of those who have it still have it, and "invented", how many of the others do; of
        the smile the correlation.
    """
    reader, found = load_face_reader(), {}
    for factor in BANDS:
        masks = band_masks(factor, len(pictures), pictures.shape[-1])
        read, true = reader.read(filled_by(G, pictures, masks))[factor], truth[factor].float()
        if factor == "smile":
            found[factor] = {"agrees": correlation(read, true), "by chance": correlation(read, true.roll(1))}
            continue
        worn, has = read > 0.5, true > 0.5
        found[factor] = {
            "agrees": float((worn == has).float().mean()), "by chance": float((worn == has.roll(1)).float().mean()),
            "found": float(worn[has].float().mean()), "invented": float(worn[~has].float().mean()),
        }  # fmt: skip
    return found


def correlation(x: Tensor, y: Tensor) -> float:
    """Pearson's, 0 where one of them does not vary."""
    x, y = x - x.mean(), y - y.mean()
    return float((x @ y) / (x.norm() * y.norm()).clamp(min=1e-12))


@torch.no_grad()
def apartness(G: Filler, pictures: Tensor, masks: Tensor) -> float:
    """How much two fillings by other noise differ in the hole, as a share of what two people differ there."""
    given = with_hole(pictures, masks)
    one, other = G(given), G(given)
    return float(in_the_hole(one, other, masks) / in_the_hole(pictures, pictures.roll(1, 0), masks))


def keep_fillers(
    out: Path | None = None, near: int = NEAR_STEPS, judged: int = JUDGED_STEPS, apart: int = APART_STEPS
) -> Path:
    """Train the three networks, measure them, and write them.

    Args:
        out: the folder; None is data/ of the checkout, whose table is renewed then.
        near, judged, apart: steps by L1, then with both judgments, then with noise; fewer are a quick look.
    """
    first = trained_filler("L1", filling_engine(near, 0), near)
    both = filling_engine(judged, 0, first, JUDGE_OF_WHOLE, JUDGE_OF_PATCHES)
    nets = {"L1": first, "both": trained_filler("both judgments", both, judged)}
    many = filling_engine(apart, 0, nets["both"], JUDGE_OF_WHOLE, JUDGE_OF_PATCHES, APART, NOISE)
    nets["many"] = trained_filler("with noise", many, apart)
    return write_fillers(nets, near + judged + apart, out)


def write_fillers(nets: dict[str, Filler], steps: int, out: Path | None = None) -> Path:
    """Measure the three networks, and write them."""
    true, reached = to_unit(whole_faces(600, "test").pixels), {}
    for name, net in nets.items():
        for shape in ("strokes", "square", "half"):
            masks = shape_masks(shape, len(true))
            found = hole_figures(filled_by(net, true, masks), true, masks)
            reached |= {f"{name}, {shape}: {what}": round(value, 3) for what, value in found.items()}
    reached["many, square: apart"] = round(apartness(nets["many"], true, shape_masks("square", len(true))), 3)
    told = {
        "what": "networks that fill holes in drawn faces, 64 × 64: by L1, with two judgments, and with noise",
        "recipe": "inpainting-64", "seed": 0, "steps": steps, "device": "cpu", "reached": reached,
    }  # fmt: skip
    path = store.save(FILLERS if out is None else out / f"{FILLERS}.safetensors", nets, told)
    if out is None:
        renew_table()
    return path
