"""Dilated convolutions: what one number sees, and the block that has one. Yu and Koltun (2016), arXiv:1511.07122."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.checks.asked import CHANGES, intact
from gancourse.checks.core import Miss, a, expect
from gancourse.checks.inputs import Case, chosen_int, drawn, generator, randn
from gancourse.checks.lesson_11.suite import check
from gancourse.checks.networks import as_pytorch_sets_them, built, parameters, put
from gancourse.checks.values import NOTHING, differentiable, double, expect_close, numbers, whole

Dilated = list[tuple[int, int, int]]  # kernel, stride, dilation of each layer, from the picture on
GROWING: Dilated = [(3, 1, 1), (3, 1, 2), (3, 1, 4), (3, 1, 8)]
EQUAL_DILATIONS: Dilated = [(3, 1, 2)] * 3
POINTWISE: Dilated = [(3, 1, 2), (1, 2, 1), (3, 1, 1)]  # a kernel of 1 that strides
SWAPPED_LAYERS: list[Dilated] = [
    [(3, 1, 1), (5, 2, 2)],
    [(5, 2, 2), (3, 1, 1)],
]  # the same layers, the other way around
FIRST_HALVED: Dilated = [(5, 1, 1), (4, 2, 1), (3, 1, 2), (3, 1, 4)]


def field_width(layers: Sequence[tuple[int, int, int]], slip: str = "") -> int:
    """How wide the field of one number is, from it back to the picture."""
    field = 1
    for kernel, stride, dilation in layers if slip == "forward" else reversed(layers):
        wide = {
            "no dilation": kernel,
            "times": kernel * dilation,
            "one more": (kernel - 1) * (dilation + 1) + 1 if dilation > 1 else kernel,
        }.get(slip, (kernel - 1) * dilation + 1)
        stride = 1 if slip == "no stride" else stride
        field = field * stride + wide if slip == "units" else (field - 1) * stride + wide
    return field


def reached_pixels(layers: Sequence[tuple[int, int, int]], slip: str = "") -> list[int]:
    """The pixels that one number depends on, in one dimension, from the leftmost, 0."""
    seen = {0}
    for kernel, stride, dilation in layers if slip == "forward" else reversed(layers):
        stride = 1 if slip == "no stride" else stride
        dilation = 1 if slip == "no dilation" else dilation
        seen = {place * stride + k * dilation for place in seen for k in range(kernel)}
    return sorted(seen)


def uneven_layers() -> Dilated:
    """Layers that differ in everything."""
    return [
        (chosen_int(4, (4, 6)), 1, chosen_int(1, (1, 2))),
        (chosen_int(3, (3, 4)), 2, chosen_int(2, (2, 3))),
        (chosen_int(3, (3, 5)), chosen_int(2, (2, 3)), chosen_int(3, (3, 5))),
        (3, 1, chosen_int(3, (2, 6))),
    ]


FIELD_SLIPS = {
    "no dilation": "The dilations are missing: a kernel k of dilation d is (k − 1) · d + 1 wide.",
    "times": "A kernel k of dilation d is not k · d wide: gaps lie between its numbers, and none behind.",
    "one more": "Dilation d means steps of d pixels, so d − 1 zeros between two numbers, not d.",
    "no stride": "The strides are missing.",
    "forward": "That goes from the picture to the number. Begin with one number, and the last layer.",
    "units": "Steps between numbers count for the stride, not the numbers: (r − 1) · stride + the kernel's width.",
}


def field_case() -> Case:
    layers = uneven_layers()
    usual = {said: float(field_width(layers, slip)) for slip, said in FIELD_SLIPS.items()}
    return Case(f"layers {layers}", float(field_width(layers)), usual, (layers,))


@check.that("dilated_field", "is how wide a stretch of the picture one number depends on", point=True)
def _(dilated_field: Callable) -> None:
    case = drawn(field_case)
    got = dilated_field(list(case.inputs[0]))
    expect(got is not None, NOTHING)
    case.compare(double(float(whole(got, "The answer"))))


@check.that("dilated_field", "is right where dilations double, where they are equal, and for one layer")
def _(dilated_field: Callable) -> None:
    for layers in (GROWING, EQUAL_DILATIONS, FIRST_HALVED, POINTWISE, *SWAPPED_LAYERS, [(7, 1, 3)], [(1, 2, 5)], []):
        got = dilated_field(list(layers))
        expect(got is not None, NOTHING)
        usual = {said: float(field_width(layers, slip)) for slip, said in FIELD_SLIPS.items()}
        usual = {said: value for said, value in usual.items() if value != field_width(layers)}
        expect_close(double(float(whole(got, "The answer"))), float(field_width(layers)), f"layers {layers}", usual)


def listed_pixels(value: Any) -> list[int]:
    """A list of whole numbers that came from the student."""
    expect(value is not None, NOTHING)
    if isinstance(value, Tensor):
        value = value.tolist()
    if not isinstance(value, list | tuple):
        raise Miss(f"The result should be a list of whole numbers; it is {a(value)}.")
    return [whole(one, "A place") for one in value]


def compare_pixels(got: list[int], layers: Dilated) -> None:
    want = reached_pixels(layers)
    if got == want:
        return
    said = f"For layers {layers} you return {shortened(got)}; expected {shortened(want)}."
    usual = {
        "That is the whole field. Some pixels of it nothing depends on.": list(range(field_width(layers))),
        "The dilations are missing.": reached_pixels(layers, "no dilation"),
        "The strides are missing.": reached_pixels(layers, "no stride"),
        "That goes from the picture to the number. Begin with one number, and the last layer.": (
            reached_pixels(layers, "forward")
        ),
        "Places begin with 0, the leftmost.": [place + 1 for place in want],
    }  # fmt: skip
    if sorted(set(got)) == want:
        raise Miss(f"{said}\nSort them, each once.")
    for told, wrong in usual.items():
        if got == wrong:
            raise Miss(f"{said}\n{told}")
    middle = want[-1] // 2
    if sorted(set(got)) == [place - middle for place in want]:
        raise Miss(f"{said}\nPlaces are counted from the leftmost, which is 0.")
    raise Miss(said)


def shortened(places: list[int]) -> str:
    return f"[{', '.join(map(str, places[:12]))}{', …' if len(places) > 12 else ''}]"


def any_of(low: int, high: int) -> int:
    return int(torch.randint(low, high + 1, (), generator=generator()))


class Uneven:
    """Layers that are drawn in a notebook, too, until the slips differ: there are gaps, a stride, dilations."""

    def __init__(self) -> None:
        self.layers = [
            (any_of(2, 3), 1, any_of(1, 3)), (any_of(2, 3), 2, any_of(1, 3)), (any_of(2, 3), any_of(1, 2), any_of(2, 4))
        ]  # fmt: skip

    @property
    def clear(self) -> bool:
        found = [reached_pixels(self.layers, slip) for slip in ("", "no dilation", "no stride", "forward")]
        found.append(list(range(field_width(self.layers))))
        return all(x != y for k, x in enumerate(found) for y in found[:k])


@check.that("seen_pixels", "names the pixels that one number depends on, and leaves out those between", point=True)
def _(seen_pixels: Callable) -> None:
    layers = drawn(Uneven, always=True).layers
    compare_pixels(listed_pixels(seen_pixels(list(layers))), layers)


@check.that("seen_pixels", "has gaps where dilations are equal, and none where they double")
def _(seen_pixels: Callable) -> None:
    for layers in (
        EQUAL_DILATIONS,
        GROWING,
        FIRST_HALVED,
        POINTWISE,
        *SWAPPED_LAYERS,
        [(3, 1, 4)],
        [(2, 3, 1), (2, 1, 1)],
    ):
        compare_pixels(listed_pixels(seen_pixels(list(layers))), layers)


# --- a dilated kernel, by its zeros ---------------------------------------------------------------------


def spread_weights(weight: Tensor, dilation: int, slip: str = "") -> Tensor:
    """The kernel with zeros between its numbers."""
    o, i, high, wide = weight.shape
    made = weight.new_zeros(o, i, (high - 1) * dilation + 1, (wide - 1) * dilation + 1)
    made[:, :, ::dilation, ::dilation] = weight
    return made.flip((2, 3)) if slip == "flipped" else made


def kernel_case() -> Case:
    dilation = chosen_int(2, between=(2, 4))
    weight = randn(2, 3, 3, 2).double()
    want = spread_weights(weight, dilation)
    repeated = weight.repeat_interleave(dilation, 2).repeat_interleave(dilation, 3)
    usual = {
        "Numbers are repeated. Between them come zeros.": repeated[:, :, : want.shape[2], : want.shape[3]],
        "The kernel is upside down.": spread_weights(weight, dilation, "flipped"),
    }
    return Case(f"a kernel of 3 × 2 and dilation {dilation}", want, usual, (weight, dilation))


@check.that("spread_kernel", "puts d − 1 zeros between two numbers, in rows and columns", point=True)
def _(spread_kernel: Callable) -> None:
    case = drawn(kernel_case, always=True)
    weight, dilation = case.inputs
    shape = tuple(torch.as_tensor(case.want).shape)
    advice = "A side of k becomes (k − 1) · d + 1: zeros stand between numbers, and none behind the last."
    case.compare(numbers(spread_kernel(weight, dilation), shape, advice=advice), show=False)
    expect(intact(weight), CHANGES.format(which="number 1"))


@check.that("spread_kernel", "makes an ordinary convolution what the dilated one is", point=True)
def _(spread_kernel: Callable) -> None:
    for dilation, sides in ((1, (3, 3)), (3, (3, 2)), (5, (2, 2)), (2, (1, 4))):
        weight, x = randn(3, 2, *sides), randn(2, 2, 15, 16)
        made = spread_kernel(weight, dilation)
        expect(made is not None, NOTHING)
        shape = (3, 2, *((side - 1) * dilation + 1 for side in sides))
        kernel = numbers(made, shape, advice="A side of k becomes (k − 1) · d + 1.")
        want = F.conv2d(x.double(), weight.double(), dilation=dilation)
        told = f"a kernel of {sides[0]} × {sides[1]} and dilation {dilation}"
        expect_close(F.conv2d(x.double(), kernel), want, told, show=False, what="the convolution is")


@check.that(
    "spread_kernel", "takes the kernel's numbers as they are, doubles too, with true zeros between", alone=False
)
def _(spread_kernel: Callable) -> None:
    weight = randn(2, 2, 3, 2).double() + 1e-12 * randn(2, 2, 3, 2).double()
    got = numbers(spread_kernel(weight, 3), (2, 2, 7, 4), advice="A side of k becomes (k − 1) · d + 1.")
    want = spread_weights(weight, 3)
    expect(not bool(got[want == 0].any()), "Between the numbers stands something other than 0.")
    expect(torch.equal(got, want), "The kernel's numbers come back rounded. Make zeros of the kernel's own type.")


@check.that("spread_kernel", "lets gradients through to the kernel")
def _(spread_kernel: Callable) -> None:
    weight, mask = randn(2, 2, 3, 3).requires_grad_(), randn(2, 2, 5, 5)
    out = spread_kernel(weight, 2)
    differentiable(out, "The result is cut off from the kernel: nothing could learn.")
    (out * mask).sum().backward()
    expect(weight.grad is not None, "No gradient reaches the kernel.")
    expect_close(numbers(weight.grad), mask[:, :, ::2, ::2].double(), "dilation 2", show=False,
                 what="the kernel's gradient is")  # fmt: skip


# --- the block -------------------------------------------------------------------------------------------

BLOCK_HAS = (
    "With channels={c} these parameters are asked, in this order: a kernel ({c}, {c}, 3, 3) and a bias ({c},), twice. "
    "There are: {there}."
)


def a_wide_block(answer: Callable, dilation: int) -> tuple[nn.Module, list[Tensor]]:
    """A block of the student's with random weights, and what they are."""
    c = chosen_int(3, between=(2, 4))
    net = built(answer, channels=c, dilation=dilation)
    there = block_parts(net, c)
    for p in there:
        put(p, 0.4 * randn(*p.shape))
    return net, [numbers(p) for p in there]


def block_parts(net: nn.Module, c: int) -> list[nn.Parameter]:
    there = list(parameters(net).values())
    told = ", ".join(str(tuple(p.shape)) for p in there)
    shapes = [tuple(p.shape) for p in there]
    expect(shapes == [(c, c, 3, 3), (c,)] * 2, BLOCK_HAS.format(c=c, there=told))
    return there


def wide_block(x: Tensor, weights: list[Tensor], dilation: int, slip: str = "") -> Tensor:
    """What the block makes of maps, in double precision, or by this slip."""
    x = x.double()
    first, bias_1, second, bias_2 = weights
    d, e = {"no dilation": (1, 1), "both": (dilation, dilation), "other": (1, dilation)}.get(slip, (dilation, 1))
    h = F.conv2d(F.relu(x) if slip == "bent first" else x, first, bias_1, padding=d, dilation=d)
    h = {"straight": h, "leaky": F.leaky_relu(h, 0.2), "bent first": h}.get(slip, F.relu(h))
    h = F.conv2d(h, second, bias_2, padding=e, dilation=e)
    return {"no way around": h, "bent sum": F.relu(x + h), "bent end": x + F.relu(h), "minus": x - h}.get(slip, x + h)


WIDE_SLIPS = {
    "no dilation": "The dilation is not used.",
    "both": "Both convolutions are dilated. The second one is an ordinary one.",
    "other": "The second convolution is dilated in place of the first.",
    "no way around": "The way around is missing: add x.",
    "straight": "The ReLU between the convolutions is missing.",
    "leaky": "That is a leaky ReLU. Asked for is the plain one.",
    "bent first": "The ReLU stands in front of the first convolution. It comes behind it.",
    "bent sum": "There is a ReLU behind the sum. Nothing comes behind it.",
    "bent end": "There is a second ReLU, behind the last convolution.",
    "minus": "x less what the layers make; it is the sum.",
}


@check.that("DilatedBlock", "x + conv(ReLU(dilated conv(x))), at the size that comes in", point=True)
def _(answer: Callable) -> None:
    for dilation in (2, chosen_int(3, between=(3, 5))):
        net, weights = a_wide_block(answer, dilation)
        x = randn(2, len(weights[1]), 8, 7)
        usual = {said: wide_block(x, weights, dilation, slip) for slip, said in WIDE_SLIPS.items()}
        advice = f"Maps keep their size: pad a 3 × 3 kernel of dilation {dilation} by {dilation}."
        got = numbers(net(x), tuple(x.shape), advice=advice)
        where = f"random weights and dilation {dilation}"
        expect_close(got, wide_block(x, weights, dilation), where, usual, show=False, rtol=1e-3, atol=1e-3)


@check.that("DilatedBlock", "is an ordinary block for dilation 1, and works where dilation is larger than the map")
def _(answer: Callable) -> None:
    for dilation, size in ((1, 5), (8, 5)):
        net, weights = a_wide_block(answer, dilation)
        x = randn(1, len(weights[1]), size, size + 1)
        got = numbers(net(x), tuple(x.shape), advice="Maps keep their size.")
        where = f"maps of {size} × {size + 1} and dilation {dilation}"
        expect_close(got, wide_block(x, weights, dilation), where, show=False, rtol=1e-3, atol=1e-3)


@check.that("DilatedBlock", "has two kernels and two biases, that start as PyTorch sets them", alone=False)
def _(answer: Callable) -> None:
    net = built(answer, channels=12, dilation=2)
    there = block_parts(net, 12)
    as_pytorch_sets_them(net)
    for kernel in (there[0], there[2]):
        values = numbers(kernel)
        usual = float(values.abs().max()) <= 1.001 / 108**0.5 and float(values.std()) > 0.45 / 108**0.5
        expect(usual, "Kernels should start as nn.Conv2d sets them.")
    for bias in (there[1], there[3]):
        expect(
            bool(numbers(bias).abs().max() > 0), "A bias starts with zeros. nn.Conv2d sets it by chance; leave it so."
        )
    other = block_parts(built(answer, channels=12, dilation=2), 12)
    told = "Two blocks of the same sizes share their weights: each makes layers of its own."
    expect(not any(torch.equal(numbers(p), numbers(q)) for p, q in zip(there, other, strict=True)), told)


@check.that("DilatedBlock", "leaves x as it is, and lets gradients through to it and to all weights")
def _(answer: Callable) -> None:
    net, weights = a_wide_block(answer, 2)
    x = randn(2, len(weights[1]), 6, 6)
    before = x.clone()
    x.requires_grad_()
    out = net(x)
    expect(torch.equal(x.detach(), before), "The block changes its input in place: the way around needs it.")
    differentiable(out, "The result is cut off from x.")
    mask = randn(*x.shape)
    (out * mask).sum().backward()
    leaf = before.double().requires_grad_()
    (want,) = torch.autograd.grad((wide_block(leaf, weights, 2) * mask).sum(), leaf)
    expect(x.grad is not None, "No gradient reaches x.")
    expect_close(numbers(x.grad), want, "random weights", what="x's gradient is", show=False, rtol=1e-3, atol=1e-3)
    for p in block_parts(net, len(weights[1])):
        expect(p.grad is not None, "No gradient reaches one of the parameters.")
