"""Modulation and demodulation: why the output's variance is 1, step by step, and the convolution that does it.

Karras et al., "Analyzing and Improving the Image Quality of StyleGAN", CVPR 2020, arXiv:1912.04958, section 2.2.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, chosen, chosen_int, drawn, fresh, randn
from gancourse.checks.lesson_14.suite import check
from gancourse.checks.values import differentiable, double, expect_close, number, numbers

# --- the derivation -----------------------------------------------------------------------------------


FRIENDLY_KERNEL = (
    (1.0, -2.0, 0.5, 3.0, 1.5, -1.0, 2.0, 0.25, -0.5, 4.0, -3.0, 2.5),
    (0.75, 1.0, -1.25, 2.0, -2.5, 0.5, 1.75, -3.0, 2.25, -0.25, 1.25, 3.5),
)


def a_kernel() -> tuple[Tensor, Tensor]:
    """A kernel (2, 3, 2, 2) and a style (3,), of plain numbers."""
    values = torch.tensor(FRIENDLY_KERNEL)
    if fresh():
        values = (100 * randn(2, 12)).round() / 100
        values += values.sign() * 0.3
    return values.reshape(2, 3, 2, 2), torch.tensor(chosen(2.0, 0.5, -1.5, between=(-3.0, 3.0), avoid=0.0))


def by_sums(weight: Tensor, style: Tensor) -> tuple[Tensor, Tensor]:
    """The modulated kernel and each output's variance, by going through all numbers."""
    o, i, high, wide = weight.shape
    made, variance = torch.zeros(weight.shape, dtype=torch.float64), torch.zeros(o, dtype=torch.float64)
    for a in range(o):
        for b in range(i):
            for p in range(high):
                for q in range(wide):
                    made[a, b, p, q] = float(style[b]) * float(weight[a, b, p, q])
                    variance[a] += made[a, b, p, q] ** 2
    return made, variance


def modulated_case() -> Case:
    weight, style = a_kernel()
    made, _ = by_sums(weight, style)
    w, s = weight.double(), style.double()[:, None, None]
    usual = {
        "The kernel is divided by the style.": w / s,
        "The style is squared.": s * made,
        "The kernel is squared. Scaling the inputs scales the kernel once.": s * w.square(),
        "That is the kernel as it was.": w,
        "1 is added to the style.": (1 + s) * w,
        "The style's size is taken without its sign.": s.abs() * w,
        "The style is normalized first. Take it as it is.": s * w / style.double().norm(),
    }
    return Case("this kernel and style", made, usual, (weight, style))


def variance_case() -> Case:
    weight, style = a_kernel()
    made, variance = by_sums(weight, style)
    w, s = weight.double(), style.double()[:, None, None]
    usual = {
        "The products are added up before they are squared. Independent variances add.": made.sum((1, 2, 3)).square(),
        "That is the standard deviation.": variance.sqrt(),
        "That is the mean of the squares. An output is their sum.": made.square().mean((1, 2, 3)),
        "The style is missing.": w.square().sum((1, 2, 3)),
        "The style is not squared: a variance scales with the square.": (s * w.square()).sum((1, 2, 3)),
        "The products are not squared.": made.sum((1, 2, 3)),
        "Only the kernel's first place is counted. The sum runs over all.": made[..., 0].square().sum((1, 2)),
    }
    return Case("this kernel and style", variance, usual, (weight, style))


def demodulating_case() -> Case:
    weight, style = a_kernel()
    _, variance = by_sums(weight, style)
    usual = {
        "The root is missing: a factor f multiplies the variance by f².": 1 / variance,
        "That is its inverse: the standard deviation itself.": variance.sqrt(),
        "That is the variance.": variance,
        "The style is missing in it.": weight.double().square().sum((1, 2, 3)).rsqrt(),
    }
    return Case("this kernel and style", variance.rsqrt(), usual, (weight, style))


def baked_case() -> Case:
    weight, style = a_kernel()
    made, variance = by_sums(weight, style)
    shaped = variance[:, None, None, None]
    usual = {
        "That is the modulated kernel: step 3's factor is missing.": made,
        "Divided by the variance. By its root.": made / shaped,
        "It is multiplied by the standard deviation. Divide.": made * shaped.sqrt(),
        "The style is missing: it scales the kernel, too.": weight.double() / shaped.sqrt(),
        "All outputs have the same factor. Each output has its own.": made / made.square().sum().sqrt(),
        "Divided by the kernel's length for each input. It is for each output.": made
        / made.square().sum((0, 2, 3), keepdim=True).sqrt(),
    }
    return Case("this kernel and style", made / shaped.sqrt(), usual, (weight, style))


def spike_map() -> tuple[int, float, float, float]:
    """How many pixels, the spike's height, and the map's mean and standard deviation, by adding up."""
    pixels, (peak,) = chosen_int(16, between=(20, 90)), chosen(50.0, between=(5.0, 90.0))
    values = [peak] + [0.0] * (pixels - 1)
    mean = sum(values) / pixels
    std = math.sqrt(sum((v - mean) ** 2 for v in values) / pixels)
    return pixels, peak, mean, std


def spike_case() -> Case:
    pixels, peak, mean, std = spike_map()
    usual = {
        "That is √N: the mean is taken off, too.": math.sqrt(pixels),
        "The root is missing.": float(pixels - 1),
        "That is the spike as it was.": peak,
        "That is the spike less the mean. It is divided by the standard deviation, too.": peak - mean,
        "That is where the other pixels end.": -mean / std,
        "Divided by the variance. By its root.": (peak - mean) / std**2,
        "The standard deviation is divided by N − 1. By N.": (peak - mean) / (std * math.sqrt(pixels / (pixels - 1))),
    }
    return Case(f"{pixels} pixels and a peak of {peak:g}", (peak - mean) / std, usual, (pixels, peak))


def rest_case() -> Case:
    pixels, peak, mean, std = spike_map()
    usual = {
        "That is σ. AdaIN divides by it.": std,
        "That is the variance's inverse. AdaIN divides by the root.": 1 / std**2,
        "The mean is taken for the standard deviation.": 1 / mean,
        "That is one over the peak. Find σ first.": 1 / peak,
        "That is where the other pixels end, not how far apart they are.": -mean / std,
        "The 1 is left out of N − 1, or the variance is divided by N − 1.": math.sqrt(pixels) / peak,
    }
    return Case(f"{pixels} pixels and a peak of {peak:g}", 1 / std, usual, (pixels, peak))


def compare_demodulation(answer: Callable, step: int, make: Callable[[], Case]) -> None:
    case = drawn(make)
    names = ("weight", "style") if step < 5 else ("pixels", "peak")
    got = answer(step, **dict(zip(names, case.inputs, strict=True)))
    if step >= 5:
        case.compare(number(got))
        return
    shape = tuple(case.want.shape) if isinstance(case.want, Tensor) else ()
    case.compare(numbers(got, shape, advice="One number for each output." if step in (2, 3) else "A whole kernel."))


@check.that("demodulation_steps", "step 1: the kernel that scales its inputs")
def _(answer: Callable) -> None:
    compare_demodulation(answer, 1, modulated_case)


@check.that("demodulation_steps", "step 2: the variance of each output")
def _(answer: Callable) -> None:
    compare_demodulation(answer, 2, variance_case)


@check.that("demodulation_steps", "step 3: what makes that variance 1", point=True)
def _(answer: Callable) -> None:
    compare_demodulation(answer, 3, demodulating_case)
    weight, style = a_kernel()
    _, variance = by_sums(1e-4 * weight, style)
    small = numbers(answer(3, weight=1e-4 * weight, style=style), (len(weight),))
    added = {"No ε is added here: it is asked for in the next exercise only.": (variance + 1e-8).rsqrt()}
    expect_close(small, variance.rsqrt(), "a kernel 10,000 times as small", added, show=False, rtol=1e-3)


@check.that("demodulation_steps", "step 4: the kernel that does it all", point=True)
def _(answer: Callable) -> None:
    compare_demodulation(answer, 4, baked_case)


@check.that("demodulation_steps", "step 5: a spike behind AdaIN, whatever its height")
def _(answer: Callable) -> None:
    compare_demodulation(answer, 5, spike_case)
    one, other = (float(number(answer(5, pixels=25, peak=peak))) for peak in (3.0, 3000.0))
    expect_close(double(one), other, "25 pixels and peaks of 3 and 3,000", what="the first ends at")


@check.that("demodulation_steps", "step 6: a higher spike shrinks the rest in proportion")
def _(answer: Callable) -> None:
    compare_demodulation(answer, 6, rest_case)


# --- the convolution ----------------------------------------------------------------------------------


def one_by_one(x: Tensor, weight: Tensor, style: Tensor, slip: str = "") -> Tensor:
    """Each picture convolved with its own kernel, in double precision."""
    made = []
    for k in range(len(x)):
        s = style[0 if slip == "one style for all" else k].double()[:, None, None]
        s = {"style and 1": 1 + s, "style divides": 1 / s, "no style": torch.ones_like(s)}.get(slip, s)
        kernel = s * weight.double()
        square = kernel.square().sum((1, 2, 3), keepdim=True)
        by = {
            "not demodulated": torch.ones_like(square), "no root": 1 / square, "inverse": square.sqrt(),
            "mean of squares": (kernel.square().mean((1, 2, 3), keepdim=True)).rsqrt(),
            "all outputs alike": kernel.square().sum().rsqrt(),
            "length of the plain kernel": weight.double().square().sum((1, 2, 3), keepdim=True).rsqrt(),
            "for each input": kernel.square().sum((0, 2, 3), keepdim=True).rsqrt(),
            "for each place": kernel.square().sum(1, keepdim=True).rsqrt(),
            "sum before square": kernel.sum((1, 2, 3), keepdim=True).abs().reciprocal(),
        }.get(slip, square.rsqrt())  # fmt: skip
        kernel = kernel * by
        if slip == "turned":
            kernel = kernel.flip(2, 3)
        made.append(F.conv2d(x[k : k + 1].double(), kernel, padding=weight.shape[-1] // 2))
    out = torch.cat(made)
    if slip == "by what is":
        out = out / out.square().mean((2, 3), keepdim=True).sqrt()
    return out


CONV_SLIPS = {
    "one style for all": "All pictures have the first one's style. Each has its own.",
    "style and 1": "1 is added to the style.",
    "style divides": "The kernel is divided by the style.",
    "no style": "The style is not used.",
    "not demodulated": "It is not demodulated.",
    "no root": "Divided by the sum of squares. By its root.",
    "inverse": "Multiplied by the kernel's length. Divide by it.",
    "mean of squares": "The squares are averaged. They are added up.",
    "all outputs alike": "All outputs have the same factor. Each output has its own length.",
    "length of the plain kernel": "The length is that of the kernel without its style.",
    "for each input": "The length is taken for each input. It is taken for each output.",
    "for each place": "The length is taken for each place of the kernel. It runs over inputs and places.",
    "sum before square": "The numbers are added up before they are squared.",
    "turned": "The kernel is turned. F.conv2d takes it as it is.",
    "by what is": "It is normalized by what the maps are, as AdaIN does. Only the kernel is to be looked at.",
}


def maps_and_kernel(k: int = 3) -> tuple[Tensor, Tensor, Tensor]:
    """Three pictures, a kernel, and a style for each."""
    i, o = chosen_int(4, between=(2, 5)), chosen_int(3, between=(2, 6))
    signs = torch.where(randn(3, i) > 0, 1.0, -1.0)
    return randn(3, i, 5, 4), randn(o, i, k, k), signs * (0.4 + randn(3, i).abs())


@check.that("modulated_conv", "convolves each picture by a kernel of its own style, demodulated", point=True)
def _(modulated_conv: Callable) -> None:
    x, weight, style = maps_and_kernel()
    got = numbers(modulated_conv(x, weight, style), (3, len(weight), 5, 4), advice="The size is kept: pad by k // 2.")
    usual = {said: one_by_one(x, weight, style, slip) for slip, said in CONV_SLIPS.items()}
    expect_close(got, one_by_one(x, weight, style), "random maps", usual, show=False, rtol=1e-3, atol=1e-4)


@check.that("modulated_conv", "without demodulation scales the inputs, and nothing else")
def _(modulated_conv: Callable) -> None:
    x, weight, style = maps_and_kernel()
    usual = {
        "It is demodulated, though demodulate=False.": one_by_one(x, weight, style),
        "The style is not used.": F.conv2d(x, weight, padding=1).double(),
    }
    for given in (modulated_conv(x, weight, style, False), modulated_conv(x, weight, style, demodulate=False)):
        got = numbers(given, (3, len(weight), 5, 4))
        want = one_by_one(x, weight, style, "not demodulated")
        expect_close(got, want, "demodulate=False", usual, show=False, rtol=1e-3, atol=1e-4)


@check.that("modulated_conv", "keeps the size for kernels of 1 and 5, and stays finite for a style of zeros")
def _(modulated_conv: Callable) -> None:
    x, weight, style = maps_and_kernel()
    small = numbers(modulated_conv(x, weight, 1e-3 * style), (3, len(weight), 5, 4), advice="Pad by k // 2.")
    told = (
        "ε is 10⁻⁸, under the root. Yours is larger: a style a thousand times as small should change next to nothing."
    )
    expect(torch.allclose(small, one_by_one(x, weight, style), rtol=0.05, atol=0.05), told)
    for k in (1, 5):
        x, weight, style = maps_and_kernel(k)
        got = numbers(modulated_conv(x, weight, style), (3, len(weight), 5, 4), advice="Pad by k // 2.")
        expect_close(got, one_by_one(x, weight, style), f"kernels of {k} × {k}", show=False, rtol=1e-3, atol=1e-4)
    nothing = numbers(modulated_conv(x, weight, 0 * style))
    expect(not nothing.any(), "A style of zeros lets nothing through: the output should be 0.")
    tiny = 1e-5 * style  # squares as small as ε
    length = (tiny.double().square()[:, None, :] * weight.double().square().sum((2, 3))).sum(2)
    want = one_by_one(x, weight, tiny, "not demodulated")
    usual = {"ε stands beside the root. It is added under it.": want / (length.sqrt() + 1e-8)[:, :, None, None]}
    expect_close(
        numbers(modulated_conv(x, weight, tiny)), want * (length + 1e-8).rsqrt()[:, :, None, None],
        "styles of size 0.00001", usual, show=False, rtol=1e-3, atol=1e-4,
    )  # fmt: skip


@check.that("modulated_conv", "lets gradients through to maps, kernel and style")
def _(modulated_conv: Callable) -> None:
    given = [part.requires_grad_() for part in maps_and_kernel()]
    out = modulated_conv(*given)
    differentiable(out, "The result is cut off from its inputs: nothing could learn.")
    weights = randn(*out.shape)
    (out * weights).sum().backward()
    leaves = [part.detach().double().requires_grad_() for part in given]
    want = torch.autograd.grad((one_by_one(leaves[0], leaves[1], leaves[2]) * weights).sum(), leaves)
    for name, part, gradient in zip(("x", "weight", "style"), given, want, strict=True):
        expect(part.grad is not None, f"No gradient reaches {name}.")
        told = "Is a part of it detached? The length depends on kernel and style, too."
        expect_close(
            numbers(part.grad), gradient, f"random maps {name}'s gradient", {told: 0 * gradient}, show=False, rtol=1e-2,
            atol=1e-3,
        )  # fmt: skip
