"""Gray faces with holes that nobody shows whole: an answer fills them, given other faces.

What counts is how far fillings are from what was there, beside the mean of each picture's known pixels.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

import torch
from torch import Tensor

from gancourse.checks.challenge import Medals, Reached
from gancourse.checks.core import expect
from gancourse.checks.inputs import chosen_int, generator, seeded
from gancourse.checks.unseen_faces import FACE, gray_faces
from gancourse.checks.values import numbers

MEDALS_FOR_HOLES = Medals(
    bronze=64, silver=50, gold=41, unit="% of the error of an even filling", margin=0.03, runs=1, seconds=45
)
HOLED, ALONGSIDE = 96, 400
SQUARE, STROKES = 15, 3


def painted_holes(n: int, draw: torch.Generator) -> Tensor:
    """Masks (n, 32, 32), bool: squares of 15 pixels, and thick strokes, in turn."""
    masks = torch.zeros(n, FACE, FACE, dtype=torch.bool)
    for k in range(n):
        top, left = (int(v) for v in torch.randint(2, FACE - SQUARE - 1, (2,), generator=draw))
        if k % 2:
            masks[k, top : top + SQUARE, left : left + SQUARE] = True
            continue
        for _ in range(STROKES):
            row, column = (float(v) for v in 4 + 24 * torch.rand(2, generator=draw))
            way = 6.2832 * torch.rand((), generator=draw) + 0.25 * torch.randn(22, generator=draw).cumsum(0)
            for angle in way.tolist():
                row, column = (row + math.sin(angle)) % FACE, (column + math.cos(angle)) % FACE
                masks[k, max(0, int(row) - 2) : int(row) + 3, max(0, int(column) - 2) : int(column) + 3] = True
    return masks


def even_fillings(faces: Tensor, masks: Tensor) -> Tensor:
    """The mean of each picture's known pixels, everywhere."""
    known = ~masks
    return ((faces * known).sum((1, 2)) / known.sum((1, 2)))[:, None, None].expand_as(faces)


def holes_error(made: Tensor, faces: Tensor, masks: Tensor) -> Tensor:
    """The mean absolute difference in each hole."""
    return ((made - faces).abs() * masks).sum((1, 2)) / masks.sum((1, 2))


def usual_faces(faces: Tensor, masks: Tensor, n: int, random: torch.Generator) -> Tensor:
    """Which n of them, as many of each kind of hole, are on average as hard as all are.

    A hole over a plain background is easily filled, one over glasses is not. So of many choices the one counts in which
    an even filling, and the faces' edges in the holes, are nearest to what they are for all.
    """
    edges = torch.zeros_like(faces)
    edges[:, 1:, 1:] = faces.diff(dim=1)[:, :, 1:].abs() + faces.diff(dim=2)[:, 1:].abs()
    hard = torch.stack([
        holes_error(even_fillings(faces, masks), faces, masks), (edges * masks).sum((1, 2)) / masks.sum((1, 2)),
        masks.double().mean((1, 2)),
    ], 1)  # fmt: skip
    hard = (hard - hard.mean(0)) / hard.std(0).clamp(min=1e-9)
    odd = torch.arange(len(faces)) % 2
    best, least = torch.arange(n), float("inf")
    for _ in range(300):
        some = torch.cat([
            (odd == k).nonzero().flatten()[torch.randperm(int((odd == k).sum()), generator=random)[: n // 2]]
            for k in (0, 1)
        ])  # fmt: skip
        off = float(hard[some].mean(0).square().sum())
        if off < least:
            best, least = some, off
    return best


@functools.lru_cache(maxsize=4)
def holes_to_fill(start: int) -> tuple[Tensor, Tensor, Tensor]:
    """Faces (96, 32, 32), their holes, and faces that are known (400, 32, 32). A notebook's are the same each time."""
    random = seeded(start)
    faces, masks = gray_faces(2 * HOLED, start + ALONGSIDE), painted_holes(2 * HOLED, random)
    chosen = usual_faces(faces, masks, HOLED, random)
    return faces[chosen], masks[chosen], gray_faces(ALONGSIDE, start)


def holes_filled(answer: Callable) -> Reached:
    """The error that is left, in percent."""
    faces, masks, known = holes_to_fill(int(torch.randint(10**6, 10**9, (), generator=generator())))
    shown = torch.where(masks, 0.0, faces)
    got = numbers(answer(shown, masks.clone(), known.clone()), (HOLED, FACE, FACE), "What you return",
                  "It should be pictures, filled.")  # fmt: skip
    left = float(holes_error(got.clamp(0, 1), faces, masks).mean())
    share = 100 * left / float(holes_error(even_fillings(shown, masks), faces, masks).mean())
    expect(share < 100, f"The error is {share:.0f} % of that of an even filling, the mean of the known pixels.")
    return Reached(share, f"The mean absolute error in the holes is {left:.3f}; black and white are 1 apart.")


def seeded_start() -> int:
    """The notebook's faces; graders draw."""
    return chosen_int(1111, between=(10_000, 2**40))
