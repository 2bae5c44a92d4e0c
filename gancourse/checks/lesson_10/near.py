"""How near two pictures are: PSNR, and SSIM by Wang, Bovik, Sheikh and Simoncelli (2004), eq. 13."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from gancourse.checks.asked import CHANGES, intact
from gancourse.checks.core import Miss, expect
from gancourse.checks.inputs import Case, chosen, drawn, rand, randn
from gancourse.checks.lesson_10.suite import check
from gancourse.checks.values import NOTHING, differentiable, expect_close, numbers, plain

# --- PSNR ---------------------------------------------------------------------------------------------


def apart_by(errors: tuple[float, ...], peak: float) -> tuple[Tensor, Tensor]:
    """Pictures (n, 3, 2, 4) of doubles and others whose root mean square errors are these, times the peak."""
    true = peak * (0.2 + 0.6 * rand(len(errors), 3, 2, 4).double())
    off = randn(*true.shape).double()
    off = off / off.square().flatten(1).mean(1).sqrt()[:, None, None, None]
    return true + peak * torch.tensor(errors).double()[:, None, None, None] * off, true


def decibel_case(peak: float) -> Case:
    errors = chosen(0.1, 0.2, 0.05, between=(0.02, 0.4))
    made, true = apart_by(errors, peak)
    mse = torch.tensor([(peak * e) ** 2 for e in errors]).double()
    want = 10 * torch.log10(peak**2 / mse)
    usual = {
        "All pictures have one error, the mean over the batch. Each picture has its own.": (
            10 * torch.log10(peak**2 / mse.mean()).expand(3)
        ),
        "The sign is the other way around: peak² stands above.": -want,
        "The natural logarithm is taken. Decibels have the one to base 10.": want * math.log(10),
        "The factor is 10, for peak and error are squared already.": 2 * want,
        "The factor 10 is missing.": want / 10,
        "Errors are added up. Take their mean over channels and pixels.": want - 10 * math.log10(24),
        "Errors are added up over channels. Take their mean.": want - 10 * math.log10(3),
        "The absolute error is taken in place of the squared one.": (
            10 * torch.log10(peak**2 / (made - true).abs().flatten(1).mean(1))
        ),
        "The absolute error is squared. Square first, then take the mean.": (
            10 * torch.log10(peak**2 / (made - true).abs().flatten(1).mean(1).square())
        ),
    }  # fmt: skip
    if peak != 1:
        usual["The peak is not squared."] = 10 * torch.log10(peak / mse)
        usual["`peak` is not used."] = 10 * torch.log10(1 / mse)
    return Case(f"errors of {', '.join(f'{e:g}' for e in errors)} of the peak, and peak = {peak:g}", want, usual,
                (made, true, peak))  # fmt: skip


@check.that("psnr", "is 10 log₁₀(peak² / MSE), for each picture its own", point=True)
def _(psnr: Callable) -> None:
    for peak in (1.0, *chosen(255.0, between=(3.0, 300.0))):
        case = drawn(lambda peak=peak: decibel_case(peak), always=True)
        got = psnr(*case.inputs)
        case.compare(numbers(got, (3,), advice="One number for each picture."))
        expect(intact(case.inputs[0]) and intact(case.inputs[1]), CHANGES.format(which="number 1 or 2"))


@check.that("psnr", "has the peak 1 where none is said, and takes pictures as they are")
def _(psnr: Callable) -> None:
    (error,) = chosen(0.5, between=(0.3, 0.8))
    true = torch.full((1, 1, 3, 3), 0.75).double()
    got = numbers(psnr(true + error, true), (1,), advice="One number for each picture.")
    usual = {"Pictures are clipped. Take them as they are.": [-20 * math.log10(0.25)]}
    expect_close(got, [-20 * math.log10(error)], f"a picture that is {error:g} too bright everywhere", usual)


@check.that("psnr", "is infinite for equal pictures, and for no others")
def _(psnr: Callable) -> None:
    true = rand(3, 3, 2, 2).double()
    made = true.clone()
    made[1] += 1e-6
    value = psnr(made, true)
    expect(value is not None, NOTHING)
    try:
        got = plain(value).double()
    except (TypeError, ValueError, RuntimeError):
        raise Miss("The result should be numbers.") from None
    expect(tuple(got.shape) == (3,), f"The result should have shape (3,); it has shape {tuple(got.shape)}.")
    said = ", ".join(f"{x:.4g}" for x in got.tolist())
    equal = [float(got[0]), float(got[2])]
    expect(equal == [math.inf, math.inf], f"Pictures 1 and 3 are equal, and theirs is infinite; you return {said}.")
    expect_close(got[1], 120.0, "a picture that is 0.000001 off everywhere", rtol=1e-3)


# --- SSIM ---------------------------------------------------------------------------------------------


def bell_window(spread: float = 1.5) -> Tensor:
    a = torch.arange(-5, 6, dtype=torch.float64)
    weights = torch.exp(-(a[:, None] ** 2 + a[None] ** 2) / (2 * spread**2))
    return weights / weights.sum()


def similarity(x: Tensor, y: Tensor, peak: float, slip: str = "") -> Tensor:
    """SSIM of each picture, in double precision, or by this slip."""
    x, y = x.double(), y.double()
    window = {
        "even": torch.full((11, 11), 1 / 121, dtype=torch.float64),
        "narrow": bell_window(1.5 / math.sqrt(2)),
        "no sum": bell_window() / bell_window().max(),
    }.get(slip, bell_window())
    if slip == "gray":
        x, y = x.mean(1, keepdim=True), y.mean(1, keepdim=True)

    def mean(p: Tensor) -> Tensor:
        if slip == "whole":
            return p.mean((2, 3), keepdim=True)
        rows = p.flatten(0, 1)[:, None]
        padding = 5 if slip == "padded" else 0
        return F.conv2d(rows, window[None, None], padding=padding).reshape(*p.shape[:2], *(
            (p.shape[2] - 10 + 2 * padding, p.shape[3] - 10 + 2 * padding)
        ))  # fmt: skip

    mx, my = mean(x), mean(y)
    vx, vy, cov = mean(x * x) - mx**2, mean(y * y) - my**2, mean(x * y) - mx * my
    if slip == "moments":
        vx, vy, cov = mean(x * x), mean(y * y), mean(x * y)
    top = 1.0 if slip == "peak" else peak
    c1, c2 = (0.01 * top) ** 2, (0.03 * top) ** 2
    if slip == "not squared":
        c1, c2 = 0.01 * top, 0.03 * top
    if slip == "swapped":
        c1, c2 = c2, c1
    if slip == "no constants":
        c1 = c2 = 0.0
    light = (2 * mx * my + c1) / (mx**2 + my**2 + c1)
    shape = (2 * cov + c2) / (vx + vy + c2)
    if slip == "roots":
        shape = (cov + c2) / ((vx.clamp(min=0) * vy.clamp(min=0)).sqrt() + c2)
    if slip == "no 2":
        shape = (cov + c2) / (vx + vy + c2)
    made = {"light": light, "shape": shape}.get(slip, light * shape)
    return made.flatten(1).mean(1)


SSIM_SLIPS = {
    "even": "The window weighs all of its pixels alike. It is a bell curve.",
    "narrow": "The bell is too narrow: the exponent is −(a² + b²) / (2 · 1.5²).",
    "no sum": "The window's weights do not add up to 1.",
    "whole": "Means and spreads are those of whole pictures. They are taken in a window, at every place.",
    "padded": "Pictures are padded. Only places count where the whole window lies within the picture.",
    "gray": "Channels are averaged first. Each is looked at by itself.",
    "moments": "The means' squares are not taken off: σ² = Σ w x² − μ².",
    "peak": "`peak` does not count in C₁ and C₂.",
    "not squared": "C₁ and C₂ are squares: (0.01 · peak)² and (0.03 · peak)².",
    "swapped": "C₁ and C₂ are swapped.",
    "no constants": "C₁ and C₂ are missing.",
    "roots": "That divides by σ_x σ_y. The formula has σ_x² + σ_y² below, and 2 σ_xy above.",
    "no 2": "The 2 in front of σ_xy is missing.",
    "light": "Only the means are compared: the second factor is missing.",
    "shape": "Only spreads are compared: the first factor is missing.",
}


def two_looks(peak: float) -> tuple[Tensor, Tensor]:
    """Pictures (2, 3, 13, 15) in [0, peak], and others that are somewhat like them."""
    coarse = F.interpolate(rand(2, 3, 4, 4).double(), size=(13, 15), mode="bilinear", align_corners=True)
    x = (0.6 * coarse + 0.15 * rand(2, 3, 13, 15).double()).clamp(0, 1)
    dark = torch.tensor([0.4, 0.7]).double()[:, None, None, None]
    y = (dark * x + 0.12 * rand(2, 3, 13, 15).double()).clamp(0, 1)
    return peak * x, peak * y


def similar_case(peak: float) -> Case:
    x, y = two_looks(peak)
    want = similarity(x, y, peak)
    skipped = {"peak"} if peak == 1 else {"no constants"}
    usual = {said: similarity(x, y, peak, slip) for slip, said in SSIM_SLIPS.items() if slip not in skipped}
    usual["All pictures have the mean over the batch. Each has its own."] = want.mean().expand(2)
    return Case(f"two pairs of pictures and peak = {peak:g}", want, usual, (x, y, peak))


@check.that("ssim", "compares means, spreads and what varies together, in a window at every place", point=True)
def _(ssim: Callable) -> None:
    case = drawn(lambda: similar_case(1.0), always=True)
    x, y, _ = case.inputs
    case.compare(numbers(ssim(x, y), (2,), advice="One number for each picture."))
    expect(intact(x) and intact(y), CHANGES.format(which="number 1 or 2"))


@check.that("ssim", "takes the peak into its constants")
def _(ssim: Callable) -> None:
    (peak,) = chosen(8.0, between=(5.0, 20.0))
    case = drawn(lambda: similar_case(peak), always=True)
    case.compare(numbers(ssim(*case.inputs), (2,), advice="One number for each picture."))


def dark_case(peak: float) -> Case:
    """Even, dark pictures: only means are left, and C₁ beside them."""
    first, second = (x / 100 for x in chosen(1.0, 3.0, between=(0.4, 2.5)))
    a, b, c1 = first * peak, second * peak, (0.01 * peak) ** 2

    def with_constant(c: float) -> float:
        return (2 * a * b + c) / (a * a + b * b + c)

    usual = {
        "C₁ is missing, or 0.": with_constant(0.0),
        "C₁ is a square: (0.01 · peak)².": with_constant(0.01 * peak),
        "C₁ is (0.01 · peak)²; C₂ has 0.03.": with_constant((0.03 * peak) ** 2),
    }
    if peak != 1:
        usual["`peak` does not count in C₁."] = with_constant(1e-4)
    pictures = [torch.full((1, 1, 12, 12), value).double() for value in (a, b)]
    where = f"even pictures of {a:g} and {b:g} with peak = {peak:g}"
    return Case(where, [with_constant(c1)], {said: [value] for said, value in usual.items()}, (*pictures, peak))


@check.that("ssim", "has C₁ beside the means, which counts where pictures are dark")
def _(ssim: Callable) -> None:
    for peak in (1.0, *chosen(2.0, between=(1.3, 2.5))):
        case = drawn(lambda peak=peak: dark_case(peak))
        case.compare(numbers(ssim(*case.inputs), (1,), advice="One number for each picture."))


@check.that("ssim", "is 1 for equal pictures, the same both ways, and works for other sizes", alone=False)
def _(ssim: Callable) -> None:
    x, y = two_looks(1.0)
    expect_close(numbers(ssim(x, x), (2,)), [1.0, 1.0], "equal pictures")
    there, back = numbers(ssim(x, y), (2,)), numbers(ssim(y, x), (2,))
    expect_close(back, there, "pictures the other way around", show=False)
    x, y = rand(3, 1, 11, 12), rand(3, 1, 11, 12)
    expect_close(numbers(ssim(x, y), (3,)), similarity(x, y, 1.0), "gray noise of 11 × 12", show=False, rtol=1e-3,
                 atol=1e-3)  # fmt: skip


@check.that("ssim", "is below zero for a picture and its negative, and as exact as the pictures are")
def _(ssim: Callable) -> None:
    x = rand(2, 2, 13, 12).double()
    want = similarity(x, 1 - x, 1.0)
    usual = {"It is below zero there, as the formula says: clip nothing.": torch.zeros(2)}
    where = "noise and its negative, in double precision"
    expect_close(numbers(ssim(x, 1 - x), (2,)), want, where, usual, show=False, rtol=1e-9, atol=1e-11)


@check.that("ssim", "could be a loss: gradients reach the first picture")
def _(ssim: Callable) -> None:
    x, y = two_looks(1.0)
    x = x.requires_grad_()
    out = ssim(x, y)
    differentiable(out, "The result is cut off from the pictures.")
    out.sum().backward()
    expect(x.grad is not None, "No gradient reaches the first picture.")
    leaf = x.detach().requires_grad_()
    (want,) = torch.autograd.grad(similarity(leaf, y, 1.0).sum(), leaf)
    expect_close(numbers(x.grad), want, "two pairs of pictures", what="the gradient is", show=False, rtol=1e-3)
