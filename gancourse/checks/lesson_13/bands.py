"""A Laplacian pyramid, its inverse, and the generator of one of its bands.

Burt and Adelson, "The Laplacian Pyramid as a Compact Image Code", IEEE Trans. Comm. 1983; Denton, Chintala, Szlam and
Fergus, "Deep Generative Image Models using a Laplacian Pyramid of Adversarial Networks", NeurIPS 2015,
arXiv:1506.05751, section 2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.checks.core import Miss, a, expect
from gancourse.checks.inputs import Case, chosen, chosen_int, drawn, randn
from gancourse.checks.lesson_13.suite import check
from gancourse.checks.refusals import expect_refusal
from gancourse.checks.values import NOTHING, Wrong, differentiable, expect_close, numbers, two


def quartered(x: Tensor) -> Tensor:
    """The mean of each 2 × 2 pixels, by adding four pictures."""
    return (x[..., ::2, ::2] + x[..., 1::2, ::2] + x[..., ::2, 1::2] + x[..., 1::2, 1::2]) / 4


def quadrupled(x: Tensor) -> Tensor:
    """Each pixel as 2 × 2 of them."""
    return torch.kron(x, torch.ones(2, 2, dtype=x.dtype))


def in_a_list(value: Any, shapes: Sequence[tuple[int, ...]], what: str) -> list[Tensor]:
    """Tensors of these shapes that came in a list, or misses."""
    expect(value is not None, NOTHING)
    if not isinstance(value, list | tuple):
        raise Miss(f"{what} should be a list of {len(shapes)} tensors; it is {a(value)}.")
    expect(len(value) == len(shapes), f"{what} should hold {len(shapes)} tensors; it holds {len(value)}.")
    found = [numbers(part, what=f"Number {k} of {what.lower()}") for k, part in enumerate(value)]
    came = [tuple(part.shape) for part in found]
    if came == list(reversed(shapes)) != list(shapes):
        raise Miss(f"{what} begins with the largest. The coarsest comes first, the finest last.")
    expect(came == list(shapes), f"{what} should have the shapes {list(shapes)}; they are {came}.")
    return found


def in_a_row(parts: Sequence[Tensor]) -> Tensor:
    return torch.cat([part.double().flatten() for part in parts])


def apart() -> Case:
    """A picture of 2 × 4 pixels in two bands, and what the usual slips make of it."""
    pixels = chosen(0.25, 1.0, -0.5, 0.5, 0.0, 0.75, -1.0, 0.4, between=(-1.0, 1.0))
    x = torch.tensor(pixels, dtype=torch.float64).reshape(1, 1, 2, 4)
    small = quartered(x)
    rest = x - quadrupled(small)
    picked = x[..., ::2, ::2]
    smooth = F.interpolate(small, scale_factor=2, mode="bilinear", align_corners=False)
    usual = {
        "The band is the picture itself. Take off what the smaller one knows of it.": in_a_row([small, x]),
        "The sign of the band is wrong: the picture less the enlarged one.": in_a_row([small, -rest]),
        "Every second pixel is kept. Halve by the means of 2 × 2.": in_a_row([picked, x - quadrupled(picked)]),
        "The smaller picture is right, but it is enlarged smoothly. Each pixel becomes 2 × 2 alike.": in_a_row(
            [small, x - smooth]
        ),
        "The largest of 2 × 2 is kept. Halve by their means.": in_a_row(
            [F.max_pool2d(x, 2), x - quadrupled(F.max_pool2d(x, 2))]
        ),
        "The four pixels are added. Halve by their means.": in_a_row([4 * small, x - quadrupled(4 * small)]),
    }
    return Case("a picture of 2 × 4 pixels, one level", in_a_row([small, rest]), usual, (x,))


@check.that("pyramid", "apart: the smaller picture, and what it does not know of the larger one", point=True)
def _(pyramid: Callable) -> None:
    case = drawn(apart)
    got = in_a_list(pyramid("apart", case.inputs[0], 1), [(1, 1, 1, 2), (1, 1, 2, 4)], "The pyramid")
    case.compare(in_a_row(got))


@check.that(
    "pyramid", "apart: several levels, from coarse to fine, for colored pictures that are not square", point=True
)
def _(pyramid: Callable) -> None:
    levels = chosen_int(2, between=(2, 3))
    n, h, w = 2, 2**levels, 3 * 2**levels
    x = randn(n, 3, h, w)
    pictures = [x]
    for _ in range(levels):
        pictures.append(quartered(pictures[-1]))
    want = [pictures[-1], *(pictures[k] - quadrupled(pictures[k + 1]) for k in reversed(range(levels)))]
    got = in_a_list(pyramid("apart", x, levels), [tuple(part.shape) for part in want], "The pyramid")
    usual = {
        "The first is no picture any more. The coarsest one stays as it is.": in_a_row(
            [want[0] - want[0].mean(), *want[1:]]
        ),
        "Each level takes the band apart again. The halved picture is taken apart further.": in_a_row(
            [quartered(want[k + 1]) if k == 0 else part for k, part in enumerate(want)]
        ),
    }
    expect_close(in_a_row(got), in_a_row(want), f"two pictures, {levels} levels", usual, show=False)


@check.that("pyramid", "apart: with 0 levels the picture alone", alone=False)
def _(pyramid: Callable) -> None:
    x = randn(1, 1, 3, 5)
    (got,) = in_a_list(pyramid("apart", x, 0), [(1, 1, 3, 5)], "The pyramid")
    expect_close(got, x, "0 levels", show=False)


@check.that("pyramid", "together: any bands, also those that no picture was taken apart into", point=True)
def _(pyramid: Callable) -> None:
    bands = [randn(2, 1, 2, 3, dtype=torch.float64), randn(2, 1, 4, 6, dtype=torch.float64)]
    bands.append(randn(2, 1, 8, 12, dtype=torch.float64))
    middle = bands[1] + quadrupled(bands[0])
    want = bands[2] + quadrupled(middle)
    usual = {
        "The finest band alone is the answer. Enlarge what is there and add the next band, one by one.": bands[2],
        "The coarsest picture is left out.": bands[2] + quadrupled(bands[1]),
        "The middle band is left out.": bands[2] + quadrupled(quadrupled(bands[0])),
        "The bands are taken away. They are added.": quadrupled(quadrupled(bands[0]) - bands[1]) - bands[2],
        "What is enlarged is divided by four. Each pixel becomes 2 × 2 of the same value.": bands[2]
        + quadrupled(bands[1] + quadrupled(bands[0]) / 4) / 4,
        "The pictures are enlarged smoothly. Each pixel becomes 2 × 2 alike, as when they were taken apart.": bands[2]
        + smoothly(bands[1] + smoothly(bands[0])),
    }
    got = numbers(pyramid("together", bands), (2, 1, 8, 12), advice="As large as the finest band.")
    expect_close(got, want, "three bands drawn at random", usual, show=False)


def smoothly(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


@check.that("pyramid", "taken apart and put together a picture is what it was, to float rounding", point=True)
def _(pyramid: Callable) -> None:
    x = randn(2, 3, 32, 16)
    got = numbers(pyramid("together", pyramid("apart", x, 4)), (2, 3, 32, 16))
    off = float((got - x.double()).abs().max())
    expect(off < 1e-5, f"After four levels there and back a pixel is off by {off:.2g}; rounding alone is below 1e-5.")


@check.that("pyramid", "apart: refuses a size that cannot be halved that often")
def _(pyramid: Callable) -> None:
    odd = chosen_int(12, between=(5, 8)) * 4 + 2
    for shape in ((1, 1, 16, odd), (1, 1, odd, 16)):
        expect_refusal(
            lambda shape=shape: pyramid("apart", torch.zeros(shape), 2),
            f"a picture of {shape[2]} × {shape[3]} pixels and 2 levels", (str(odd),),
        )  # fmt: skip


@check.that("pyramid", "hands gradients on, both ways")
def _(pyramid: Callable) -> None:
    x = randn(1, 1, 4, 4).requires_grad_()
    parts = pyramid("apart", x, 1)
    for part in parts:
        differentiable(part, "The bands are cut off from the picture.")
    weights = randn(1, 1, 4, 4)
    (parts[0].sum() + (parts[1] * weights).sum()).backward()
    expect(x.grad is not None, "No gradient reaches the picture.")
    want = weights.double() - quadrupled(quartered(weights.double())) + 0.25  # the band's part, and ¼ for each mean
    usual: dict[str, Wrong] = {
        "The smaller picture is cut off where the band is made: gradients pass through it, too.": weights.double()
        + 0.25,
        "The coarsest picture is cut off.": want - 0.25,
    }
    expect_close(numbers(x.grad), want, "a random picture", usual, what="the gradient is", show=False)
    bands = [randn(1, 1, 2, 2).requires_grad_(), randn(1, 1, 4, 4).requires_grad_()]
    whole = pyramid("together", bands)
    differentiable(whole, "The picture is cut off from its bands: no generator of a band could learn.")
    whole.sum().backward()
    for band, each_one in zip(bands, (4.0, 1.0), strict=True):
        expect(band.grad is not None, "No gradient reaches one of the bands.")
        expect_close(numbers(band.grad), torch.full(band.shape, each_one), "two bands", what="the sum's gradient is")


# --- one band ----------------------------------------------------------------------------------------


def conv_net(inputs: int, outputs: int) -> nn.Module:
    """A 3 × 3 convolution, drawn from the checks' own generator."""
    layer = nn.utils.skip_init(nn.Conv2d, inputs, outputs, 3, padding=1)
    for p in layer.parameters():
        p.data = randn(*p.shape) / 3
    return layer


@torch.no_grad()
def asked_net(net: nn.Module, *maps: Tensor) -> Tensor:
    return net(torch.cat(maps, 1)).double()


@check.that("one_band", "paint: the net sees the enlarged picture and z behind it; its band is added", point=True)
def _(one_band: Callable) -> None:
    n, channels = chosen_int(2, between=(2, 4)), chosen_int(3, between=(2, 4))
    net, coarse, z = conv_net(channels + 1, channels), randn(n, channels, 3, 2), randn(n, 1, 6, 4)
    large = quadrupled(coarse)
    got = two(one_band("paint", net, coarse, z), "paint_band returns two tensors: the band, then the picture.")
    shape = (n, channels, 6, 4)
    band, picture = (numbers(x, shape, what) for x, what in zip(got, ("The band", "The picture"), strict=True))
    want = asked_net(net, large, z)
    smooth = smoothly(coarse)
    slips = {
        "z stands before the picture. It is the last channel.": asked_net(net, z, large),
        "The net is told nothing of the smaller picture.": asked_net(net, 0 * large, z),
        "The net gets no noise.": asked_net(net, large, 0 * z),
        "Each picture gets another one's noise.": asked_net(net, large, z.flip(0)),
    }
    sums = {said: torch.stack([wrong, wrong + large.double()]) for said, wrong in slips.items()}
    even = asked_net(net, smooth, z)
    sums["The smaller picture is enlarged smoothly. Each pixel becomes 2 × 2 alike."] = torch.stack(
        [even, even + smooth.double()]
    )
    sums["The picture comes first. Return the band, then the picture."] = torch.stack([want + large.double(), want])
    sums["The picture is the band alone. Add the enlarged smaller picture."] = torch.stack([want, want])
    sums["The band is taken away from the enlarged picture."] = torch.stack([want, large.double() - want])
    sums["The net is taken to draw the picture. It draws the band."] = torch.stack([want - large.double(), want])
    both = torch.stack([want, want + large.double()])
    expect_close(
        torch.stack([band, picture]), both, "a random net", sums, show=False, rtol=1e-3, atol=1e-4
    )  # fmt: skip


@check.that("one_band", "judge: D sees the picture, and behind it what was known of it", point=True)
def _(one_band: Callable) -> None:
    n = chosen_int(3, between=(2, 4))
    D, coarse, band = conv_net(4, 1), randn(n, 2, 2, 2), randn(n, 2, 4, 4)
    large = quadrupled(coarse)
    usual = {
        "D sees the band instead of the picture.": asked_net(D, band, large),
        "The two are the other way round: the picture first, the enlarged one behind it.": asked_net(
            D, large, large + band
        ),
        "D is not told what was known. It could not say whether the band fits.": asked_net(D, large + band, 0 * large),
        "D sees the band, and the enlarged picture before it.": asked_net(D, large, band),
        "Behind the picture stands its band. D is told the enlarged picture.": asked_net(D, large + band, band),
        "Each band is judged with another one's picture.": asked_net(D, large.flip(0) + band, large.flip(0)),
        "D sees the picture twice.": asked_net(D, large + band, large + band),
    }
    got = numbers(one_band("judge", D, band, coarse), (n, 1, 4, 4), advice="What D returns.")
    expect_close(
        got, asked_net(D, large + band, large), "a random D", usual, show=False, rtol=1e-3, atol=1e-4
    )  # fmt: skip


@check.that("one_band", "all: one net after the other, each on what the one before has painted", point=True)
def _(one_band: Callable) -> None:
    nets, coarse = [conv_net(2, 1) for _ in range(3)], randn(2, 1, 1, 2)
    noises = [randn(2, 1, 2**k, 2 * 2**k) for k in (1, 2, 3)]

    def chain(noises: Sequence[Tensor], detail: float = 1.0) -> list[Tensor]:
        pictures = [coarse]
        for net, z in zip(nets, noises, strict=True):
            large = quadrupled(pictures[-1])
            with torch.no_grad():
                pictures.append(large + detail * net(torch.cat([large, z], 1)))
        return pictures

    want = chain(noises)
    got = one_band("all", nets, coarse, noises)
    found = in_a_list(got, [tuple(x.shape) for x in want], "What paint_all returns")
    usual = {"The bands are missing: the picture is only enlarged.": in_a_row(chain(noises, 0.0))}
    expect_close(in_a_row(found), in_a_row(want), "three nets", usual, show=False, rtol=1e-3, atol=1e-4)


@check.that("one_band", "hands gradients on: to the net, to the smaller picture, to the band that is judged")
def _(one_band: Callable) -> None:
    net, coarse, z = conv_net(2, 1), randn(2, 1, 2, 2).requires_grad_(), randn(2, 1, 4, 4)
    band, picture = two(one_band("paint", net, coarse, z), "paint_band returns the band and the picture.")
    differentiable(band, "The band is cut off from the net: it could not learn.")
    differentiable(picture, "The picture is cut off.")
    picture.sum().backward()
    expect(all(p.grad is not None for p in net.parameters()), "No gradient reaches the net that paints.")
    expect(coarse.grad is not None, "No gradient reaches the smaller picture.")
    D, band = conv_net(2, 1), randn(2, 1, 4, 4).requires_grad_()
    said = one_band("judge", D, band, randn(2, 1, 2, 2))
    differentiable(said, "What D says is cut off from the band.")
    said.sum().backward()
    expect(band.grad is not None, "No gradient reaches the band that is judged: its painter could not learn.")
    nets, coarse = [conv_net(2, 1) for _ in range(2)], randn(1, 1, 1, 1).requires_grad_()
    *_, last = one_band("all", nets, coarse, [randn(1, 1, 2, 2), randn(1, 1, 4, 4)])
    differentiable(last, "The largest picture is cut off from what it was painted on.")
    last.sum().backward()
    reached = all(p.grad is not None for net in nets for p in net.parameters()) and coarse.grad is not None
    expect(reached, "From the largest picture no gradient reaches the first net, or the coarse picture.")
