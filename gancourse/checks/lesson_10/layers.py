"""The residual block: Ledig et al. (2017), arXiv:1609.04802, figure 4."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.checks.core import expect
from gancourse.checks.inputs import chosen_int, rand, randn
from gancourse.checks.lesson_10.suite import check
from gancourse.checks.networks import built, parameters, put
from gancourse.checks.values import differentiable, expect_close, numbers

ASKED_FOR = (
    "With channels={c} these parameters are asked, in this order: a kernel ({c}, {c}, 3, 3), scale and shift of a "
    "normalization, one slope, a kernel ({c}, {c}, 3, 3), scale and shift. There are: {there}."
)


def shapes_of(c: int) -> list[tuple[int, ...]]:
    return [(c, c, 3, 3), (c,), (c,), (1,), (c, c, 3, 3), (c,), (c,)]


def parts_of(net: nn.Module, c: int) -> list[nn.Parameter]:
    """The seven parameters in their order, or a miss."""
    there = list(parameters(net).values())
    told = ", ".join(str(tuple(p.shape)) for p in there)
    expect([tuple(p.shape) for p in there] == shapes_of(c), ASKED_FOR.format(c=c, there=told))
    return there


def a_block(answer: Callable) -> tuple[nn.Module, list[Tensor]]:
    """A block of the student's with random weights, and what they are."""
    c = chosen_int(3, between=(2, 4))
    net = built(answer, channels=c)
    there = parts_of(net, c)
    for p in there:
        put(p, 0.4 * randn(*p.shape))
    for scale in (there[1], there[5]):  # so that what is normalized lies on both sides of 0
        put(scale, (0.6 + 0.6 * rand(c)) * randn(c).sign())
    put(there[3], 0.2 + 0.4 * rand(1))  # a slope of 1 would bend nothing
    return net, [numbers(p) for p in there]


def normal(x: Tensor, scale: Tensor, shift: Tensor, kept: tuple[Tensor, Tensor] | None = None) -> Tensor:
    """Batch-normalized, by its own batch or by what was kept."""
    mean, var = kept or (x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0))
    made = (x - mean[:, None, None]) / (var[:, None, None] + 1e-5).sqrt()
    return made * scale[:, None, None] + shift[:, None, None]


def resolver_block(x: Tensor, weights: list[Tensor], slip: str = "", fresh_statistics: bool = False) -> Tensor:
    """What a block makes of maps, in double precision, or by this slip."""
    x = x.double()
    first, scale_1, shift_1, slope, second, scale_2, shift_2 = weights
    zero, one = torch.zeros(len(scale_1)).double(), torch.ones(len(scale_1)).double()
    kept = (zero, one) if fresh_statistics else None

    def bent(h: Tensor) -> Tensor:
        if slip == "plain relu":
            return F.relu(h)
        return h if slip == "straight" else torch.where(h > 0, h, slope * h)

    h = F.conv2d(x, first, padding=1)
    h = normal(bent(h), scale_1, shift_1, kept) if slip == "bent first" else bent(normal(h, scale_1, shift_1, kept))
    h = normal(F.conv2d(h, second, padding=1), scale_2, shift_2, kept)
    if slip == "no way around":
        return h
    if slip == "bent sum":
        return bent(x + h)
    if slip == "relu on sum":
        return F.relu(x + h)
    if slip == "bent end":
        return x + bent(h)
    if slip == "half":
        return (x + h) / 2
    return x - h if slip == "minus" else x + h


BLOCK_SLIPS = {
    "no way around": "The way around is missing: add x.",
    "plain relu": "Negative numbers are cut off. PReLU lets them through, times its slope.",
    "straight": "The PReLU between the convolutions is missing.",
    "bent first": "The PReLU stands in front of the first normalization. It comes behind it.",
    "bent sum": "There is a PReLU behind the sum. Nothing comes behind it.",
    "relu on sum": "There is a ReLU behind the sum. Nothing comes behind it.",
    "bent end": "There is a second PReLU, behind the last normalization.",
    "half": "The sum is halved.",
    "minus": "x less what the layers make; it is the sum.",
}


@check.that("ResidualBlock", "has seven parameters, that start as PyTorch sets them", alone=False)
def _(answer: Callable) -> None:
    net = built(answer, channels=8)
    first, scale_1, shift_1, slope, second, scale_2, shift_2 = (numbers(p) for p in parts_of(net, 8))
    expect(float(slope) == 0.25, f"The slope starts as 0.25; it is {float(slope):.3g}.")
    plain = all(bool((s == 1).all()) for s in (scale_1, scale_2)) and not (shift_1.any() or shift_2.any())
    expect(plain, "Normalizations start with the scale 1 and the shift 0.")
    bound = 1 / 72**0.5
    for kernel in (first, second):
        usual = float(kernel.abs().max()) <= 1.001 * bound and float(kernel.std()) > 0.45 * bound
        expect(usual, "Kernels should start as nn.Conv2d sets them.")


@check.that("ResidualBlock", "x + BN(conv(PReLU(BN(conv(x))))), with the batch's statistics in training", point=True)
def _(answer: Callable) -> None:
    net, weights = a_block(answer)
    net.train()
    x = randn(3, len(weights[1]), 4, 5)
    usual = {said: resolver_block(x, weights, slip) for slip, said in BLOCK_SLIPS.items()}
    got = numbers(net(x), tuple(x.shape), advice="Maps keep their shape.")
    expect_close(got, resolver_block(x, weights), "random weights", usual, show=False, rtol=1e-3, atol=1e-3)


@check.that("ResidualBlock", "normalizes by what was kept in evaluation mode, and keeps a tenth of each batch")
def _(answer: Callable) -> None:
    net, weights = a_block(answer)
    net.eval()
    x = randn(2, len(weights[1]), 3, 4)
    got = numbers(net(x), tuple(x.shape), advice="Maps keep their shape.")
    usual = {"It still normalizes by its own batch.": resolver_block(x, weights)}
    want = resolver_block(x, weights, fresh_statistics=True)
    expect_close(got, want, "a new block in evaluation mode", usual, show=False, rtol=1e-3, atol=1e-3)
    net.train()
    net(x)
    net.eval()
    changed = numbers(net(x), tuple(x.shape))
    expect(not torch.allclose(changed, want, atol=1e-4), "A batch in training leaves nothing in the normalizations.")


@check.that("ResidualBlock", "leaves x as it is, and lets gradients through to it and to all weights")
def _(answer: Callable) -> None:
    net, weights = a_block(answer)
    net.train()
    x = randn(3, len(weights[1]), 3, 3)
    before = x.clone()
    x.requires_grad_()
    out = net(x)
    expect(torch.equal(x.detach(), before), "The block changes its input in place: the way around needs it.")
    differentiable(out, "The result is cut off from x.")
    mask = randn(*x.shape)
    (out * mask).sum().backward()
    leaf = before.double().requires_grad_()
    (want,) = torch.autograd.grad((resolver_block(leaf, weights) * mask).sum(), leaf)
    expect(x.grad is not None, "No gradient reaches x.")
    expect_close(numbers(x.grad), want, "random weights", what="x's gradient is", show=False, rtol=1e-2, atol=2e-3)
    for p in parts_of(net, len(weights[1])):
        expect(p.grad is not None, "No gradient reaches one of the parameters.")
