"""Two layers without weights: features of unit size in each pixel, and the spread within groups of the batch.

Karras et al., "Progressive Growing of GANs", ICLR 2018, arXiv:1710.10196, sections 4.2 and 3.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, chosen, chosen_int, drawn, randn
from gancourse.checks.lesson_13.suite import check
from gancourse.checks.refusals import expect_refusal
from gancourse.checks.values import differentiable, expect_close, mean, numbers

# --- pixel_norm ---------------------------------------------------------------------------------------


def two_pixels() -> Case:
    """One picture of two features, 1 × 2 pixels, and what the usual slips make of it."""
    a, b, c, d = chosen(3.0, 1.0, 4.0, -2.0, between=(0.5, 5.0))
    x = torch.tensor([a, b, c, -abs(d)], dtype=torch.float64).reshape(1, 2, 1, 2)
    square = x.square()
    usual = {
        "Divided by the vector's length. By the root of the mean of its squares: the mean square becomes 1.": (
            x / square.sum(1, keepdim=True).sqrt()
        ),
        "The root is missing.": x / square.mean(1, keepdim=True),
        "The mean runs over the pixels. It runs over the features (dimension 1) of each pixel.": (
            x / square.mean((2, 3), keepdim=True).sqrt()
        ),
        "One mean for all of the picture. Each pixel has its own.": x / square.mean((1, 2, 3), keepdim=True).sqrt(),
        "The mean is taken off first. Only the size is changed, not the mean.": (
            (x - x.mean(1, keepdim=True)) / x.var(1, correction=0, keepdim=True).sqrt()
        ),
        "Divided by the standard deviation, around the mean. By the root of the mean square.": (
            x / x.var(1, correction=0, keepdim=True).sqrt()
        ),
        "Divided by the mean of the absolute values.": x / x.abs().mean(1, keepdim=True),
        "Multiplied by the root of the mean square. Divide by it.": x * square.mean(1, keepdim=True).sqrt(),
        "Divided by the largest.": x / x.abs().amax(1, keepdim=True),
    }
    want = x / square.mean(1, keepdim=True).sqrt()
    return Case("two pixels of two features each", want, usual, (x,))


@check.that("pixel_norm", "divides each pixel's features by the root of their mean square", point=True)
def _(pixel_norm: Callable) -> None:
    case = drawn(two_pixels)
    case.compare(numbers(pixel_norm(*case.inputs), (1, 2, 1, 2), advice="The shape stays as it is."))


@check.that("pixel_norm", "each pixel by itself: no other pixel, picture or batch matters", point=True)
def _(pixel_norm: Callable) -> None:
    x = randn(3, 4, 2, 3)
    got = numbers(pixel_norm(x), (3, 4, 2, 3))
    for i, row, column in ((0, 0, 0), (2, 1, 2), (1, 1, 0)):
        values = x[i, :, row, column].double().tolist()
        size = math.sqrt(sum(v * v for v in values) / 4)
        where = f"pixel ({row}, {column}) of picture {i} in a batch of 3"
        expect_close(got[i, :, row, column], [v / size for v in values], where, show=False, rtol=1e-3)


@check.that("pixel_norm", "takes noise (n, d), too: dimension 1 is what is normalized")
def _(pixel_norm: Callable) -> None:
    z = 3 * randn(5, chosen_int(8, between=(6, 10)))
    got = numbers(pixel_norm(z), tuple(z.shape))
    want = torch.stack([row / math.sqrt(mean([v * v for v in row.tolist()])) for row in z.double()])
    expect_close(got, want, "noise of five rows", show=False, rtol=1e-3)


@check.that("pixel_norm", "leaves a pixel of zeros at 0, with a finite gradient")
def _(pixel_norm: Callable) -> None:
    x = torch.zeros(1, 3, 1, 2)
    x[0, :, 0, 1] = 1e-3
    x.requires_grad_()
    out = pixel_norm(x)
    got = numbers(out, (1, 3, 1, 2))
    expect_close(got[..., 0].flatten(), [0.0] * 3, "a pixel of zeros")
    share = 1e-3 / math.sqrt(1e-6 + 1e-8)
    told = "With ε = 1e-8 inside the root features of 0.001 become 0.995: another ε, or another place for it?"
    expect_close(got[..., 1].flatten(), [share] * 3, "features of 0.001", {told: got[..., 1].flatten()}, rtol=1e-3)
    differentiable(out, "The result is cut off from what was given.")
    out.sum().backward()
    expect(
        x.grad is not None and bool(x.grad.isfinite().all()),
        "At zeros the gradient is no number: the root's slope at 0 is infinite. Add ε = 1e-8 under the root.",
    )


# --- group_std ----------------------------------------------------------------------------------------


def deviation(values: Sequence[float], correction: int = 0) -> float:
    middle = mean(values)
    return math.sqrt(sum((v - middle) ** 2 for v in values) / (len(values) - correction))


def with_map(maps: Tensor, of: Sequence[float]) -> Tensor:
    """The maps, and behind them one with this number for each picture."""
    return torch.cat([maps, torch.tensor(of, dtype=maps.dtype)[:, None, None, None].expand(-1, 1, *maps.shape[2:])], 1)


def a_batch() -> Case:
    """Four pictures of one pixel and two features in groups of two, and what the usual slips make of them."""
    v = chosen(1.0, 3.0, 2.0, -1.0, 0.0, 0.5, 4.0, 3.5, between=(-4.0, 4.0))
    columns = list(v[::2]), list(v[1::2])  # the first feature of the four pictures, the second one
    maps = torch.tensor(v, dtype=torch.float64).reshape(4, 2, 1, 1)

    def grouped(pick: Sequence[Sequence[int]], size: Callable[[Sequence[float]], float] = deviation) -> list[float]:
        found = [0.0] * 4
        for group in pick:
            said = mean([size([column[i] for i in group]) for column in columns])
            for i in group:
                found[i] = said
        return found

    pairs = [(0, 1), (2, 3)]
    want = grouped(pairs)
    squares = [mean([deviation([c[i] for i in g]) ** 2 for c in columns]) for g in pairs]
    everything = [deviation([c[i] for c in columns for i in g]) for g in pairs]
    usual = {
        "The spread is that of the whole batch. Each group has its own.": with_map(maps, grouped([(0, 1, 2, 3)])),
        "Groups are of neighbors: pictures 0 and 1, then 2 and 3.": with_map(maps, grouped([(0, 2), (1, 3)])),
        "The deviation divides by one less than there are (unbiased). Divide by how many there are.": with_map(
            maps, grouped(pairs, lambda x: deviation(x, 1))
        ),
        "Variances are averaged, then the root is drawn. Average the deviations.": with_map(
            maps, [math.sqrt(squares[i // 2]) for i in range(4)]
        ),
        "That is the variance. Draw the root.": with_map(maps, [squares[i // 2] for i in range(4)]),
        "The features are thrown together: each feature in each place has a deviation of its own.": with_map(
            maps, [everything[i // 2] for i in range(4)]
        ),
        "The deviations are added up. Average them.": with_map(maps, [2 * x for x in want]),
        "The new map stands in front. It belongs behind the features.": with_map(maps, want).roll(1, 1),
        "The groups' numbers are in the wrong places: each picture gets its own group's.": with_map(
            maps, [want[0], want[2], want[0], want[2]]
        ),
        "All pictures get the mean of all groups. Each gets its own group's number.": with_map(maps, [mean(want)] * 4),
        "The deviation is taken within each picture. It is taken over the group.": with_map(
            maps, [deviation([c[i] for c in columns]) for i in range(4)]
        ),
    }
    return Case("four pictures of two features, in groups of two", with_map(maps, want), usual, (maps, 2))


ONE_MORE = "The features stay, and one map is put behind them: (n, C + 1, H, W)."


@check.that("group_std", "one more map: the deviation within each group of neighbors, averaged", point=True)
def _(group_std: Callable) -> None:
    case = drawn(a_batch)
    case.compare(numbers(group_std(*case.inputs), (4, 3, 1, 1), advice=ONE_MORE))


@check.that("group_std", "averages over features and places to one number, the same in every place", point=True)
def _(group_std: Callable) -> None:
    group = chosen_int(3, between=(2, 4))
    maps = randn(2 * group, 3, 2, 4)
    want = []
    for k in range(2):
        some = maps[k * group : (k + 1) * group].double()
        want += [mean([deviation(list(x)) for x in some.flatten(1).T.tolist()])] * group
    got = numbers(group_std(maps, group), (2 * group, 4, 2, 4), advice=ONE_MORE)
    expect_close(got[:, :3], maps.double(), "random maps", what="the features become", show=False)
    even = got[:, 3].flatten(1)
    expect(
        float((even - even[:, :1]).abs().max()) < 1e-6,
        "The new map is not even: it holds one number for each group, averaged over places, too.",
    )
    expect_close(even[:, 0], want, f"two groups of {group} pictures", show=False, rtol=1e-3, atol=1e-4)


@check.that("group_std", "a batch smaller than a group is one group; a picture alone has no spread")
def _(group_std: Callable) -> None:
    maps = randn(3, 2, 2, 2)
    want = mean([deviation(list(x)) for x in maps.double().flatten(1).T.tolist()])
    got = numbers(group_std(maps, 4), (3, 3, 2, 2), advice=ONE_MORE)
    expect_close(got[:, 2].flatten(), [want] * 12, "three pictures, groups of four", show=False, rtol=1e-3)
    alone = numbers(group_std(randn(1, 2, 2, 2), 4), (1, 3, 2, 2), advice=ONE_MORE)
    expect(float(alone[:, 2].abs().max()) < 1e-3, "A picture alone has a spread of 0.")


@check.that("group_std", "refuses a batch that cannot be divided into groups")
def _(group_std: Callable) -> None:
    n = chosen_int(6, between=(9, 11))
    expect_refusal(lambda: group_std(torch.zeros(n, 1, 2, 2), 4), f"{n} pictures in groups of 4", (str(n),))


@check.that("group_std", "tells G how to spread its pictures: a finite gradient, also where all are alike")
def _(group_std: Callable) -> None:
    maps = randn(4, 2, 2, 2).requires_grad_()
    out: Any = group_std(maps, 2)
    differentiable(out, "The new map is cut off from the features: G learns nothing from it.")
    out[:, -1].sum().backward()
    expect(maps.grad is not None and bool(maps.grad.any()), "No gradient comes back through the new map.")
    same = torch.ones(4, 2, 2, 2, requires_grad=True)
    out = group_std(same, 2)
    out.sum().backward()
    expect(
        same.grad is not None and bool(same.grad.isfinite().all()),
        "Where all pictures are alike the gradient is no number: the root's slope at 0 is infinite. Add ε = 1e-8 "
        "under the root.",
    )
    expect_close(
        numbers(out)[:, -1].flatten(), [1e-4] * 16, "pictures all alike, with ε = 1e-8 under the root", atol=1e-5
    )
