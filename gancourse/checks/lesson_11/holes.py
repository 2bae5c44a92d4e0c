"""Holes: what is put in, what a network is given, and masks by a brush.

After the free-form masks of Yu et al., ICCV 2019, arXiv:1806.03589.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import torch
import torch.nn.functional as F
from scipy.ndimage import label
from torch import Tensor

from gancourse.checks.asked import CHANGES, intact
from gancourse.checks.core import Miss, expect
from gancourse.checks.inputs import Case, chosen_int, drawn, fresh, rand, randn
from gancourse.checks.lesson_11.suite import check
from gancourse.checks.values import NOTHING, differentiable, expect_close, numbers, plain

# --- what is put in -----------------------------------------------------------------------------------


def a_hole(n: int, height: int, width: int) -> Tensor:
    """Masks (n, 1, height, width) with known and hidden pixels in each picture, no two alike."""
    while True:
        masks = (rand(n, 1, height, width) < 0.4).float()
        shares = masks.mean((1, 2, 3))
        if bool((shares > 0.2).all() and (shares < 0.6).all()) and len(torch.unique(masks.flatten(1), dim=0)) == n:
            return masks


def composite_case() -> Case:
    picture, filling = randn(2, 3, 4, 5).double(), randn(2, 3, 4, 5).double()
    mask = a_hole(2, 4, 5)
    inside = mask.double()
    want = torch.where(mask > 0, filling, picture)
    usual = {
        "Filling and picture are the other way around: the mask is 1 in the hole.": (
            torch.where(mask > 0, picture, filling)
        ),
        "That is the filling everywhere. Known pixels stay the picture's.": filling,
        "That is the picture as it was. Its hole is to be filled.": picture,
        "The filling is added to the picture's hole. It takes its place.": picture + inside * filling,
        "Known pixels are missing: that is the filling in the hole, and 0 around it.": inside * filling,
        "The first picture's mask is used for all. Each has its own.": torch.where(mask[:1] > 0, filling, picture),
        "Both are averaged.": (picture + filling) / 2,
    }  # fmt: skip
    return Case("two pictures with holes of their own", want, usual, (picture, mask, filling))


@check.that("composited", "is the filling in the hole, and the picture elsewhere", point=True)
def _(composited: Callable) -> None:
    case = drawn(composite_case, always=True)
    got = numbers(composited(*case.inputs), (2, 3, 4, 5), advice="Return pictures of the same shape.")
    case.compare(got, show=False)
    for k in range(3):
        expect(intact(case.inputs[k]), CHANGES.format(which=f"number {k + 1}"))


@check.that("composited", "keeps known pixels, to the bit, whatever the filling has there", alone=False, point=True)
def _(composited: Callable) -> None:
    for bad in (math.inf, math.nan, 1e30):
        picture = (randn(3, 3, 5, 4) * torch.tensor([1.0, 1e-6, 1e6])[:, None, None, None]).float()
        mask, filling = a_hole(3, 5, 4), randn(3, 3, 5, 4)
        filling = torch.where(mask > 0, filling, torch.full_like(filling, bad))
        got = raw_pixels(composited(picture, mask, filling), (3, 3, 5, 4))
        known = (mask == 0).expand_as(picture)
        told = f"Where the filling holds {bad:g} under a known pixel"
        expect(bool(got[known].isfinite().all()), f"{told}, that pixel is no number any more. Choose; do not multiply.")
        same = torch.equal(got[known].float(), picture[known])
        expect(same, f"{told}, that pixel changes. Known pixels stay, to the bit: choose; do not multiply or add.")


@check.that("composited", "takes the filling as it is, whatever the picture has in the hole", alone=False)
def _(composited: Callable) -> None:
    for bad in (math.inf, math.nan):
        picture, mask, filling = randn(2, 3, 3, 6), a_hole(2, 3, 6), randn(2, 3, 3, 6)
        picture = torch.where(mask > 0, torch.full_like(picture, bad), picture)
        got = raw_pixels(composited(picture, mask, filling), (2, 3, 3, 6))
        hidden = (mask > 0).expand_as(picture)
        same = bool(got[hidden].isfinite().all()) and torch.equal(got[hidden].float(), filling[hidden])
        expect(same, f"Where the picture holds {bad:g} in the hole, the filling does not come as it is.")


@check.that("composited", "sends gradients to the filling's hole alone")
def _(composited: Callable) -> None:
    picture, mask = randn(2, 3, 4, 4), a_hole(2, 4, 4)
    filling, weights = randn(2, 3, 4, 4).requires_grad_(), 1 + rand(2, 3, 4, 4)
    out = composited(picture, mask, filling)
    differentiable(out, "The result is cut off from the filling: G could not learn by it.")
    (out * weights).sum().backward()
    expect(filling.grad is not None, "No gradient reaches the filling.")
    expect_close(numbers(filling.grad), (weights * mask).double(), "a random hole", show=False,
                 what="the filling's gradient is")  # fmt: skip


def odd_pixels(mask: Tensor, where: Tensor) -> Tensor:
    """Pictures in doubles: numbers that no single precision holds, zeros with a sign, and infinity where it says so."""
    made = randn(len(mask), 3, *mask.shape[2:]).double() + 1e-12 * rand(1).double()
    made[..., ::2, :] = torch.where(rand(*made[..., ::2, :].shape) < 0.5, -0.0, made[..., ::2, :])
    return torch.where(where & (rand(*made.shape) < 0.2), math.inf, made)


def to_the_bit(got: Tensor, want: Tensor, what: str) -> None:
    """Numbers (k,) that should have come through as they are."""
    expect(bool((got.isfinite() == want.isfinite()).all()), f"{what} that are infinite do not come as they are.")
    expect(torch.equal(got.double(), want), f"{what} in double precision come back rounded.")
    same = torch.equal(torch.signbit(got), torch.signbit(want))
    expect(same, f"{what} that are −0 come back as 0. To the bit they are not the same: choose; do not add.")


@check.that("composited", "is exact: for doubles, for infinite numbers, and for the sign of a zero", alone=False)
def _(composited: Callable) -> None:
    mask = a_hole(2, 6, 5)
    hidden = (mask > 0).expand(-1, 3, -1, -1)
    picture, filling = odd_pixels(mask, ~hidden), odd_pixels(mask, hidden)
    got = raw_pixels(composited(picture, mask, filling), (2, 3, 6, 5))
    to_the_bit(got[~hidden], picture[~hidden], "Known pixels")
    to_the_bit(got[hidden], filling[hidden], "The filling's pixels")


def raw_pixels(value: Any, shape: tuple[int, ...]) -> Tensor:
    """What came, infinite numbers and NaN allowed."""
    expect(value is not None, NOTHING)
    try:
        got = plain(value)
    except (TypeError, ValueError, RuntimeError):
        raise Miss("The result should be pictures, a tensor.") from None
    expect(tuple(got.shape) == shape, f"The result should have shape {shape}; it has shape {tuple(got.shape)}.")
    return got


# --- what the network is given ------------------------------------------------------------------------


def given_case() -> Case:
    picture, mask = randn(2, 3, 4, 5).double(), a_hole(2, 4, 5)
    inside = mask.double()
    holed = torch.where(mask > 0, 0.0, picture)
    want = torch.cat([holed, inside], 1)
    usual = {
        "The hidden pixels are still there: nothing of them may come through.": torch.cat([picture, inside], 1),
        "The known pixels are hidden, and the hole is shown: the mask is 1 in the hole.": (
            torch.cat([picture - holed, inside], 1)
        ),
        "The mask comes first. It is the fourth channel.": torch.cat([inside, holed], 1),
        "The mask is turned around: it is 1 in the hole.": torch.cat([holed, 1 - inside], 1),
        "Picture and mask are turned around: the mask is 1 in the hole.": torch.cat([picture - holed, 1 - inside], 1),
        "The hole is −1, which is black. It is 0.": torch.cat([torch.where(mask > 0, -1.0, picture), inside], 1),
        "The hole is 1, which is white. It is 0.": torch.cat([torch.where(mask > 0, 1.0, picture), inside], 1),
        "The first picture's mask is used for all.": torch.cat(
            [torch.where(mask[:1] > 0, 0.0, picture), inside[:1].expand(2, -1, -1, -1)], 1
        ),
    }  # fmt: skip
    return Case("two pictures with holes of their own", want, usual, (picture, mask))


@check.that("shown_to_G", "is the picture with 0 in its hole, and the mask behind it", point=True)
def _(shown_to_G: Callable) -> None:
    case = drawn(given_case, always=True)
    advice = "Four channels: three of the picture, and the mask."
    got = numbers(shown_to_G(*case.inputs), (2, 4, 4, 5), advice=advice)
    case.compare(got, show=False)
    for k in range(2):
        expect(intact(case.inputs[k]), CHANGES.format(which=f"number {k + 1}"))


@check.that("shown_to_G", "lets nothing of the hidden pixels through, not even that they were no numbers", point=True)
def _(shown_to_G: Callable) -> None:
    for bad in (math.inf, math.nan, 1e30):
        picture, mask = randn(2, 3, 4, 3), a_hole(2, 4, 3)
        hidden = (mask > 0).expand_as(picture)
        got = raw_pixels(shown_to_G(torch.where(mask > 0, bad, picture), mask), (2, 4, 4, 3))
        told = f"Where a hidden pixel holds {bad:g}, it comes through: the hole should be 0. Choose; do not multiply."
        expect(bool((got[:, :3][hidden] == 0).all()), told)
        expect(torch.equal(got[:, :3][~hidden].float(), picture[~hidden]), "Known pixels should stay as they are.")
        told = f"Where a hidden pixel holds {bad:g}, the mask tells: it should be the mask that you are given."
        expect(torch.equal(got[:, 3:].float(), mask), told)


@check.that("shown_to_G", "is exact: known pixels to the bit, and a plain 0 in the hole", alone=False)
def _(shown_to_G: Callable) -> None:
    mask = a_hole(2, 6, 5)
    hidden = (mask > 0).expand(-1, 3, -1, -1)
    picture = odd_pixels(mask, ~hidden)
    got = raw_pixels(shown_to_G(picture, mask), (2, 4, 6, 5))[:, :3]
    to_the_bit(got[~hidden], picture[~hidden], "Known pixels")
    told = "Where a hidden pixel is negative, the hole holds −0: its sign came through. Choose; do not multiply by 0."
    expect(not bool(torch.signbit(got[hidden]).any()), told)


@check.that("shown_to_G", "works for one picture, and for many of another size")
def _(shown_to_G: Callable) -> None:
    for n, height, width in ((1, 6, 4), (5, 3, 7)):
        picture, mask = randn(n, 3, height, width), a_hole(n, height, width)
        want = torch.cat([torch.where(mask > 0, 0.0, picture), mask], 1).double()
        got = numbers(shown_to_G(picture, mask), (n, 4, height, width), advice="(n, 4, H, W) is asked.")
        expect_close(got, want, f"{n} pictures of {height} × {width}", show=False)


# --- masks by a brush ---------------------------------------------------------------------------------

TOLERANCE = 0.03
MASKS, CORNERS = "A mask", "upper left, upper right, lower left and lower right"


def some_masks(answer: Callable, n: int, size: int, share: float, seed: int) -> Tensor:
    """Masks that came from the student, (n, 1, size, size), of 0 and 1."""
    got = numbers(answer(n, size, share, seed), (n, 1, size, size), "The masks", "(n, 1, size, size) is asked.")
    expect(bool(((got == 0) | (got == 1)).all()), "A mask holds other numbers than 0 and 1.")
    return got


def a_seed() -> int:
    return chosen_int(7, between=(0, 2**31))


def a_share(friendly: float) -> float:
    return chosen_int(round(100 * friendly), between=(10, 40)) / 100 if fresh() else friendly


@check.that("free_form_masks", "covers the share that is asked, in each mask", point=True)
def _(free_form_masks: Callable) -> None:
    for size, share in ((32, a_share(0.25)), (48, a_share(0.1)), (32, 0.4), (64, 0.15)):
        shares = some_masks(free_form_masks, 6, size, share, a_seed()).mean((1, 2, 3))
        least, most = float(shares.min()), float(shares.max())
        told = f"For size={size} and share={share:g} the holes cover {least:.3f} to {most:.3f}"
        known = bool(((1 - shares) - share).abs().max() < TOLERANCE)
        expect(not known or abs(share - 0.5) < TOLERANCE, f"{told} of the picture: the mask is 1 in the hole, not 0.")
        near = bool((shares - share).abs().max() <= TOLERANCE + 1e-6)
        expect(near, f"{told} of the picture; {share:g} is asked, give or take {TOLERANCE}, in each of them.")


def thin_share(masks: Tensor) -> Tensor:
    """The share of each hole that no square of 3 × 3 within it covers; beyond the picture's edge all is hole."""
    wide = F.pad(masks, (1, 1, 1, 1), value=1.0)
    whole = 1 - F.max_pool2d(1 - wide, 3, 1)  # 1 at the middle of each square of 3 × 3
    covered = F.max_pool2d(F.pad(whole, (1, 1, 1, 1)), 3, 1) > 0
    return ((masks > 0) & ~covered).float().sum((1, 2, 3)) / masks.sum((1, 2, 3)).clamp(min=1)


@check.that("free_form_masks", "paints by a brush of three pixels and more: no dust, no thin lines", point=True)
def _(free_form_masks: Callable) -> None:
    masks = some_masks(free_form_masks, 12, 32, a_share(0.25), a_seed())
    expect(bool((masks.sum((1, 2, 3)) > 0).all()), "A mask has no hole at all.")
    thin = float(thin_share(masks).max())
    told = f"{100 * thin:.0f} % of a hole is thinner than three pixels: paint with a brush, pixel by pixel."
    expect(thin <= 0.15, told)
    hidden_near = 9 * F.avg_pool2d(masks, 3, 1)
    alone = int(((masks[:, :, 1:-1, 1:-1] > 0) & (hidden_near < 1.5)).sum())
    expect(alone == 0, f"{alone} hidden pixels of 12 masks have no hidden neighbor: that is dust, and no stroke.")


@check.that("free_form_masks", "has free forms: neither rectangles nor one round spot, nor scattered dabs", point=True)
def _(free_form_masks: Callable) -> None:
    share = a_share(0.25)
    masks = some_masks(free_form_masks, 24, 32, share, a_seed())[:, 0]
    full, compact = [], []
    for mask in masks:
        rows, columns = mask.nonzero(as_tuple=True)
        expect(len(rows) > 0, "A mask has no hole at all.")
        box = (int(rows.max() - rows.min()) + 1) * (int(columns.max() - columns.min()) + 1)
        full.append(len(rows) / box)
        edge = sum(float((a != b).sum()) for k in (0, 1) for a, b in pairwise(mask.unbind(k)))
        compact.append(edge / len(rows) ** 0.5)
    boxed, round_about = sum(full) / 24, sum(compact) / 24
    told = (
        f"The holes fill {100 * boxed:.0f} % of their bounding boxes, on average: they are rectangles. Paint strokes."
    )
    expect(boxed < 0.9, told)
    said = "The holes are single round spots. Let the brush wander, and paint several strokes."
    expect(round_about > 4.6, said)
    expect(boxed < 0.7, told.replace("are rectangles", "are rectangles, or nearly"))
    pieces = sum(label(mask.numpy() > 0)[1] for mask in masks) / 24
    scattered = (
        f"The holes fall into {pieces:.1f} pieces, on average: those are dabs. A stroke goes on, pixel by pixel."
    )
    expect(pieces < 4.5 + 8 * min(share, 0.25), scattered)


def hidden_along(masks: Tensor, down: int, right: int) -> float:
    """How often a pixel and the one so many down and right of it are both hidden, of masks (n, size, size)."""
    size = masks.shape[1]
    here, there = masks[:, : size - down], masks[:, down:]
    return 1e-6 + float(
        (here[:, :, max(0, -right) : size - max(0, right)] * there[:, :, max(0, right) : size + min(0, right)]).mean()
    )


@check.that("free_form_masks", "draws each mask anew, and lies anywhere in the picture")
def _(free_form_masks: Callable) -> None:
    masks = some_masks(free_form_masks, 96, 32, 0.2, a_seed())[:, 0]
    several = len(torch.unique(masks.flatten(1), dim=0))
    expect(several >= 95, f"Of 96 masks {several} differ. Each picture has its own.")
    parts = [masks[:, r : r + 16, c : c + 16].mean().item() for r in (0, 16) for c in (0, 16)]
    told = f"In the four quarters ({CORNERS}) the holes cover {', '.join(f'{p:.2f}' for p in parts)}"
    expect(all(abs(p - 0.2) < 0.08 for p in parts), f"{told}; 0.20 is asked of each, about: begin strokes anywhere.")
    often = masks.mean(0)
    edge = torch.cat([often[0], often[-1], often[:, 0], often[:, -1]]).mean().item()
    expect(edge > 0.04, f"A pixel at the edge is hidden in {edge:.0%} of masks: begin strokes anywhere.")
    ways = [hidden_along(masks, down, right) for down, right in ((6, 6), (6, -6), (8, 0), (0, 8))]
    one_way = max(ways[0] / ways[1], ways[1] / ways[0], ways[2] / ways[3], ways[3] / ways[2])
    expect(one_way < 1.6, "Strokes run in one direction more than in others. A direction is an angle, of a full turn.")
    expect(float(often.max()) < 0.55, f"A pixel is hidden in {float(often.max()):.0%} of all masks: begin anywhere.")


@check.that("free_form_masks", "takes all chance from the seed")
def _(free_form_masks: Callable) -> None:
    seed = a_seed()
    first, again = (some_masks(free_form_masks, 3, 32, 0.25, seed) for _ in range(2))
    expect(torch.equal(first, again), "The same seed gives other masks. Draw all numbers from one generator of it.")
    other = some_masks(free_form_masks, 3, 32, 0.25, seed + 1)
    expect(not torch.equal(first, other), "Another seed gives the same masks.")
    shared = bool((first[:, None] == other[None]).flatten(2).all(2).any())
    expect(not shared, "The seed after it gives one of the same masks: do not count on from the seed for each mask.")
