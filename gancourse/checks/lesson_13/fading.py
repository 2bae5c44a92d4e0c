"""Fading a level in: in the generator, in the discriminator, and in the data; exact at both ends.

Karras et al., "Progressive Growing of GANs", ICLR 2018, arXiv:1710.10196, figure 2 and appendix A.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, chosen, drawn, randn
from gancourse.checks.lesson_13.bands import quadrupled, quartered
from gancourse.checks.lesson_13.suite import check
from gancourse.checks.networks import parameters
from gancourse.checks.refusals import expect_refusal
from gancourse.checks.values import differentiable, expect_close, numbers


def between_levels() -> Case:
    """A small picture of two pixels and a large one, faded, and what the usual slips make of them."""
    (alpha,) = chosen(0.25, between=(0.1, 0.45))
    old = torch.tensor(chosen(1.0, -0.5, between=(-1.0, 1.0)), dtype=torch.float64).reshape(1, 1, 1, 2)
    new = torch.tensor(
        chosen(0.5, 0.0, -1.0, 0.25, 0.75, -0.75, 0.6, -0.2, between=(-1.0, 1.0)), dtype=torch.float64
    ).reshape(1, 1, 2, 4)
    large = quadrupled(old)
    usual = {
        "α belongs to the new picture: it starts at 0, and at 1 only the new one is left.": (
            alpha * large + (1 - alpha) * new
        ),
        "The new picture is added in full. Only a share of α is shown.": (1 - alpha) * large + new,
        "The old picture stays in full. It fades out by 1 − α.": large + alpha * new,
        "The two are averaged, whatever α is.": (large + new) / 2,
        "The old picture is enlarged smoothly. Each pixel becomes 2 × 2 alike.": (1 - alpha)
        * F.interpolate(old, scale_factor=2, mode="bilinear", align_corners=False)
        + alpha * new,
        "That is the new picture alone.": new,
        "That is the old picture alone, enlarged.": large,
        "α is squared.": (1 - alpha**2) * large + alpha**2 * new,
    }
    want = (1 - alpha) * large + alpha * new
    return Case(f"two old pixels, eight new ones, α = {alpha:g}", want, usual, (old, new, alpha))


@check.that("fading", "picture: (1 − α) of the old one, enlarged, and α of the new one", point=True)
def _(fading: Callable) -> None:
    case = drawn(between_levels)
    case.compare(numbers(fading("picture", *case.inputs), (1, 1, 2, 4), advice="As large as the new picture."))


@check.that("fading", "picture: exact at both ends, to the last bit, however unlike the two are", point=True)
def _(fading: Callable) -> None:
    for old, new in ((30_000 * randn(2, 3, 4, 4), randn(2, 3, 8, 8)), (randn(2, 3, 4, 4), 30_000 * randn(2, 3, 8, 8))):
        for alpha, want in ((0.0, quadrupled(old)), (1.0, new)):
            got = numbers(fading("picture", old, new, alpha), (2, 3, 8, 8))
            off = float((got - want.double()).abs().max())
            end = "the old picture, enlarged" if alpha == 0 else "the new picture"
            expect(
                off == 0,
                f"At α = {alpha:g} the result should be {end}, and a pixel is off by {off:.2g}. (old + α (new − old) "
                "is not exact in floating-point numbers: weigh both, or say return at the ends.)",
            )


def judged_by(old: nn.Module, new: nn.Module, picture: Tensor, alpha: float) -> Tensor:
    with torch.no_grad():
        return (1 - alpha) * old(quartered(picture)).double() + alpha * new(picture).double()


def two_paths() -> tuple[nn.Module, nn.Module]:
    """From pictures of one channel to two maps: one at their own size, bent at 0, one at half of it."""
    paths = nn.utils.skip_init(nn.Conv2d, 1, 2, 1), nn.utils.skip_init(nn.Conv2d, 1, 2, 2, stride=2)
    for layer in paths:
        for p in layer.parameters():  # small biases: pixels stand on both sides of 0
            p.data = randn(*p.shape) * (1.0 if p.ndim > 1 else 0.1)
    return nn.Sequential(paths[0], nn.LeakyReLU(0.2)), paths[1]


@check.that("fading", "features: the new block's on the picture by α, the old layer's on its half by 1 − α", point=True)
def _(fading: Callable) -> None:
    (alpha,) = chosen(0.25, between=(0.1, 0.45))
    (old, new), picture = two_paths(), randn(3, 1, 4, 6)
    want = partial(judged_by, old, new, picture)
    with torch.no_grad():
        picked = (1 - alpha) * old(picture[..., ::2, ::2]).double() + alpha * new(picture).double()
        largest = (1 - alpha) * old(F.max_pool2d(picture, 2)).double() + alpha * new(picture).double()
        full = old(quartered(picture)).double() + alpha * new(picture).double()
        behind = (1 - alpha) * quartered(old(picture)).double() + alpha * new(picture).double()
    usual = {
        "α belongs to the new block: it starts at 0.": want(1 - alpha),
        "The old layer stays in full. It fades out by 1 − α.": full,
        "That is the new block's alone.": want(1.0),
        "That is the old layer's alone.": want(0.0),
        "The two are averaged, whatever α is.": want(0.5),
        "The old layer sees every second pixel. It sees the means of 2 × 2.": picked,
        "The old layer sees the largest of 2 × 2. It sees their means.": largest,
        "The old layer's maps are halved. It is the picture that is halved, in front of it.": behind,
    }
    got = numbers(fading("features", picture, new, old, alpha), (3, 2, 2, 3), advice="As the new block returns them.")
    where = f"two random layers, α = {alpha:g}"
    expect_close(got, want(alpha), where, usual, show=False, rtol=1e-3, atol=1e-4)


@check.that("fading", "features: exact at both ends, to the last bit", point=True)
def _(fading: Callable) -> None:
    (old, new), picture = two_paths(), 4 * (250_000 * randn(2, 1, 8, 8)).round()
    with torch.no_grad():  # whole numbers: whatever way they are halved, nothing is rounded
        parameters(old)["0.weight"].copy_(torch.tensor([0.5, -2.0]).reshape(2, 1, 1, 1))
        parameters(old)["0.bias"].copy_(torch.tensor([3.0, -1.0]))
        parameters(new)["weight"].mul_(1e-6)
        want = old(F.avg_pool2d(picture, 2)), new(picture)
    for alpha in (0.0, 1.0):
        got = numbers(fading("features", picture, new, old, alpha), tuple(want[0].shape))
        whose = "the old layer's" if alpha == 0 else "the new block's"
        off = float((got - want[int(alpha)].double()).abs().max())
        expect(
            off < 1e-3 if alpha else off == 0,
            f"At α = {alpha:g} only {whose} should be left; a number is off by {off:.2g}.",
        )


@check.that("fading", "real: the finest details of a real picture by α, and all of the rest", point=True)
def _(fading: Callable) -> None:
    (alpha,) = chosen(0.25, between=(0.1, 0.45))
    picture = randn(2, 3, 4, 6, dtype=torch.float64)
    coarse = quadrupled(quartered(picture))
    usual = {
        "α belongs to the details: at 1 the picture is as it was.": alpha * coarse + (1 - alpha) * picture,
        "The picture is as it was, whatever α is.": picture,
        "The details are gone, whatever α is. They are there by a share of α.": coarse,
        "The whole picture is scaled by α.": alpha * picture,
        "That is half as large. Enlarge it again: each pixel becomes 2 × 2 alike.": quartered(picture),
        "The rest fades, too. It stays in full: α of the picture, 1 − α of its halved and enlarged copy.": (
            alpha * (picture - coarse)
        ),
    }
    got = numbers(fading("real", picture, alpha), (2, 3, 4, 6), advice="As large as the picture.")
    want = coarse + alpha * (picture - coarse)
    expect_close(got, want, f"random pictures, α = {alpha:g}", usual, show=False)
    expect_close(numbers(fading("real", picture, 0.0)), coarse, "α = 0", show=False, rtol=0, atol=1e-12)
    shown = 100 * randn(1, 3, 8, 8)
    off = float((numbers(fading("real", shown, 1.0)) - shown.double()).abs().max())
    expect(
        off == 0,
        f"At α = 1 the picture should be as it was, to the last bit, and a pixel is off by {off:.2g}. (Its copy, plus "
        "the difference from it, is rounded. Weigh both.)",
    )


@check.that("fading", "picture: refuses an α below 0 or above 1")
def _(fading: Callable) -> None:
    (beyond,) = chosen(1.5, between=(1.1, 2.9))
    for alpha in (beyond, -round(beyond / 10, 3)):
        expect_refusal(
            lambda alpha=alpha: fading("picture", torch.zeros(1, 1, 2, 2), torch.ones(1, 1, 4, 4), alpha),
            f"α = {alpha:g}", (f"{alpha:g}", f"{alpha}", f"{alpha:g}".replace("-", "−")),
        )  # fmt: skip


@check.that("fading", "hands gradients on, to old and new, by their shares")
def _(fading: Callable) -> None:
    (alpha,) = chosen(0.25, between=(0.1, 0.45))
    old, new = randn(1, 1, 2, 2).requires_grad_(), randn(1, 1, 4, 4).requires_grad_()
    out = fading("picture", old, new, alpha)
    differentiable(out, "The faded picture is cut off from both: G could not learn.")
    out.sum().backward()
    for name, given, share in (("old", old, 4 * (1 - alpha)), ("new", new, alpha)):
        expect(given.grad is not None, f"No gradient reaches the {name} picture.")
        want = torch.full(given.shape, share)
        expect_close(numbers(given.grad), want, f"α = {alpha:g}", what=f"the sum's gradient on the {name} one is")
