"""Channels become pixels, and pixels channels: Shi et al. (2016), arXiv:1609.05158, section 3.2."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from gancourse.checks.asked import CHANGES, intact
from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, chosen_int, drawn, fresh, randn
from gancourse.checks.lesson_10.suite import check
from gancourse.checks.refusals import expect_refusal
from gancourse.checks.values import differentiable, expect_close, numbers

ORDERS = {
    "The channels of one block are taken from all over: channel k r² + a r + b belongs to channel k of the result.": (
        "a b k i j"
    ),
    "Rows and columns of the blocks are swapped: a, for the row, is the slower one.": "k b a i j",
}


def placed(x: Tensor, r: int) -> Tensor:
    """The shuffled maps, pixel by pixel as the text says it."""
    x = x.double()
    n, channels, h, w = x.shape
    made = torch.zeros(n, channels // r**2, r * h, r * w, dtype=torch.float64)
    for a in range(r):
        for b in range(r):
            made[:, :, a::r, b::r] = x[:, a * r + b :: r * r]
    return made


def by_order(x: Tensor, r: int, slow: str) -> Tensor:
    """What comes of another order of the channels."""
    n, channels, h, w = x.shape
    c = channels // r**2
    if slow.startswith("a b k"):
        x = x.reshape(n, r * r, c, h, w).transpose(1, 2).reshape(n, channels, h, w)
    else:
        x = x.reshape(n, c, r, r, h, w).transpose(2, 3).reshape(n, channels, h, w)
    return placed(x, r)


def counted_maps(n: int, c: int, h: int, w: int) -> Tensor:
    """Maps whose pixels are numbered, in a notebook; random ones before graders."""
    count = torch.arange(float(n * c * h * w)).reshape(n, c, h, w)
    return randn(n, c, h, w) if fresh() else count


def exactness(maps: Tensor) -> str:
    """Numbers that are moved stay what they are, in either precision."""
    return "double precision" if maps.dtype == torch.float64 else "single precision"


def shuffle_case() -> Case:
    r, c = chosen_int(2, between=(2, 3)), chosen_int(2, between=(2, 3))
    h, w = chosen_int(2, between=(2, 4)), chosen_int(3, between=(5, 6))
    x = counted_maps(2, c * r * r, h, w)
    want, n = placed(x, r), len(x)
    usual = {said: by_order(x, r, order) for said, order in ORDERS.items()}
    blocks = x.double().reshape(n, c, r, r, h, w)
    usual |= {
        "Numbers are only read in another shape. They have to change places, too: permute before the last reshape.": (
            x.double().reshape(want.shape)
        ),
        "Each channel is laid out as a picture of its own, side by side. Pixels of one place belong together.": (
            blocks.permute(0, 1, 2, 4, 3, 5).reshape(want.shape)
        ),
        "Each pixel is repeated. It is the r² channels that become the block.": (
            x.double()[:, :: r * r].repeat_interleave(r, 2).repeat_interleave(r, 3)
        ),
        "All pixels of a block are one channel's mean. Every channel has its own place.": (
            blocks.mean((2, 3)).repeat_interleave(r, 2).repeat_interleave(r, 3)
        ),
        "Blocks come upside down: row a = 0 is the upper one.": placed(
            blocks.flip(2).reshape(x.shape), r
        ),
    }  # fmt: skip
    return Case(f"maps of shape {tuple(x.shape)} and r = {r}", want, usual, (x, r))


@check.that("pixel_shuffle", "puts every number where it belongs", point=True)
def _(pixel_shuffle: Callable) -> None:
    case = drawn(shuffle_case)
    got = pixel_shuffle(*case.inputs)
    case.compare(
        numbers(got, tuple(torch.as_tensor(case.want).shape), advice="(n, c, r · h, r · w) is asked."),
        rtol=1e-6,
        atol=1e-6,
    )


@check.that("pixel_shuffle", "works for other factors, one row of pixels, and a factor of 1")
def _(pixel_shuffle: Callable) -> None:
    for r, c, h, w in ((4, 1, 1, 3), (3, 2, 2, 1), (1, 3, 2, 4), (5, 1, 1, 1)):
        x = randn(3, c * r * r, h, w)
        for maps in (x, x.double() / 3):
            got = numbers(pixel_shuffle(maps, r), (3, c, r * h, r * w), advice="(n, c, r · h, r · w) is asked.")
            where = f"maps of shape {tuple(x.shape)} and r = {r}, in {exactness(maps)}"
            expect_close(got, placed(maps, r), where, show=False, rtol=1e-12, atol=0)


@check.that("pixel_shuffle", "lets gradients through, each to its own channel")
def _(pixel_shuffle: Callable) -> None:
    x, weights = randn(2, 8, 2, 3).requires_grad_(), randn(2, 2, 4, 6)
    out = pixel_shuffle(x, 2)
    differentiable(out, "The result is cut off from x: nothing could learn.")
    (out * weights).sum().backward()
    expect(x.grad is not None, "No gradient reaches x.")
    leaf = x.detach().double().requires_grad_()
    (want,) = torch.autograd.grad((placed(leaf, 2) * weights).sum(), leaf)
    expect_close(numbers(x.grad), want, "weighted pixels", what="x's gradient is", show=False, rtol=1e-5)
    expect(intact(x), CHANGES.format(which="number 1"))


@check.that("pixel_shuffle", "refuses channels that cannot be divided, and names their number")
def _(pixel_shuffle: Callable) -> None:
    r = chosen_int(2, between=(2, 3))
    channels = 2 * r * r + chosen_int(1, between=(1, r * r - 1))
    x = randn(1, channels, 2, 2)
    expect_refusal(lambda: pixel_shuffle(x, r), f"{channels} channels and r = {r}", (str(channels),))
    x = randn(1, r, r, 2)  # numbers enough for a wrong layout
    expect_refusal(lambda: pixel_shuffle(x, r), f"{r} channels and r = {r}", (str(r),))


def unshuffle_case() -> Case:
    r, c = chosen_int(2, between=(2, 3)), chosen_int(2, between=(2, 3))
    h, w = chosen_int(2, between=(2, 4)), chosen_int(3, between=(5, 6))
    want = counted_maps(2, c * r * r, h, w).double()
    y = placed(want, r)
    n = len(y)
    blocks = want.reshape(n, c, r, r, h, w)
    usual = {
        "The channels of one block lie apart. Those that come from channel k of y stand together.": (
            blocks.flatten(2, 3).transpose(1, 2).reshape(want.shape)
        ),
        "Rows and columns of the blocks are swapped: the pixel's row in its block is the slower index.": (
            blocks.transpose(2, 3).reshape(want.shape)
        ),
        "Numbers are only read in another shape. They have to change places, too.": y.reshape(want.shape),
        "The picture is cut into r × r large pieces. A channel is every r-th pixel of every r-th row.": (
            y.reshape(n, c, r, h, r, w).permute(0, 1, 2, 4, 3, 5).reshape(want.shape)
        ),
        "Blocks come upside down: row 0 of a block is the first.": blocks.flip(2).reshape(want.shape),
    }  # fmt: skip
    return Case(f"maps of shape {tuple(y.shape)} and r = {r}", want, usual, (y.float(), r))


@check.that("pixel_unshuffle", "puts every number where it belongs", point=True)
def _(pixel_unshuffle: Callable) -> None:
    case = drawn(unshuffle_case)
    got = pixel_unshuffle(*case.inputs)
    case.compare(
        numbers(got, tuple(torch.as_tensor(case.want).shape), advice="(n, c · r², H / r, W / r)."), rtol=1e-6, atol=1e-6
    )


@check.that("pixel_unshuffle", "undoes the shuffle for other factors and sizes, and lets gradients through")
def _(pixel_unshuffle: Callable) -> None:
    for r, c, h, w in ((4, 1, 1, 3), (3, 2, 2, 1), (1, 3, 2, 4)):
        x = randn(3, c * r * r, h, w)
        y = placed(x, r).float().requires_grad_()
        out = pixel_unshuffle(y, r)
        got = numbers(out, tuple(x.shape), advice="(n, c · r², H / r, W / r) is asked.")
        expect_close(got, x, f"maps of shape {tuple(y.shape)} and r = {r}", show=False, rtol=1e-6)
        exact = x.double() / 3
        got = numbers(
            pixel_unshuffle(placed(exact, r), r), tuple(x.shape), advice="(n, c · r², H / r, W / r) is asked."
        )
        where = f"maps of shape {tuple(y.shape)} and r = {r}, in double precision"
        expect_close(got, exact, where, show=False, rtol=1e-12, atol=0)
        differentiable(out, "The result is cut off from y: nothing could learn.")
        out.square().sum().backward()
        expect(y.grad is not None, "No gradient reaches y.")
        expect_close(numbers(y.grad), 2 * y.detach(), "a sum of squares", what="y's gradient is", show=False)
        expect(intact(y), CHANGES.format(which="number 1"))


@check.that("pixel_unshuffle", "refuses a height or a width that cannot be divided, and names it")
def _(pixel_unshuffle: Callable) -> None:
    r = chosen_int(3, between=(3, 4))
    bad = 4 * r + chosen_int(1, between=(1, r - 1))
    for shape in ((1, 2, bad, 2 * r), (1, 2, 2 * r, bad)):
        y = randn(*shape)
        expect_refusal(lambda y=y: pixel_unshuffle(y, r), f"maps of shape {shape} and r = {r}", (str(bad),))
    for shape in ((1, 1, 2, 8), (1, 1, 8, 2)):  # of as many pixels as could be divided
        y = randn(*shape)
        expect_refusal(lambda y=y: pixel_unshuffle(y, 4), f"maps of shape {shape} and r = 4", ("2",))
