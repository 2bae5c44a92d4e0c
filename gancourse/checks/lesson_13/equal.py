"""The equalized learning rate: why He's constant is multiplied in at run time, step by step, and a layer that does it.

Karras et al., "Progressive Growing of GANs", ICLR 2018, arXiv:1710.10196, section 4.1; the constant is He, Zhang, Ren
and Sun's, "Delving Deep into Rectifiers", ICCV 2015, arXiv:1502.01852, eq. 10; the optimizer Kingma and Ba's, "Adam",
ICLR 2015, arXiv:1412.6980, algorithm 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, chosen, chosen_int, drawn, randn
from gancourse.checks.lesson_13.suite import check
from gancourse.checks.networks import built, drawn_normal, output, parameters, put
from gancourse.checks.values import double, expect_close, number, numbers

# --- the derivation -----------------------------------------------------------------------------------


def a_shape() -> tuple[int, int, int, int]:
    """Of a kernel: outputs, inputs, height, width; no two of them alike."""
    return chosen_int(16, between=(9, 15)), chosen_int(4, between=(5, 8)), 3, 3


def he(shape: tuple[int, ...]) -> float:
    return math.sqrt(2.0) * math.prod(shape[1:]) ** -0.5


def gradients() -> tuple[float, ...]:
    return chosen(4.0, -0.5, 0.01, between=(-5.0, 5.0), avoid=0.0)


def signs(values: tuple[float, ...]) -> list[float]:
    return [math.copysign(1.0, x) for x in values]


def first_step() -> Case:
    shape = a_shape()
    fan_in, fan_out = math.prod(shape[1:]), shape[0] * 9
    usual = {
        "That is fan_out: the kernel's outputs were counted. What is added up are its inputs.": math.sqrt(2 / fan_out),
        "The kernel's 3 × 3 places are left out: fan_in = inputs · height · width.": math.sqrt(2 / shape[1]),
        "The root is missing: that is the variance.": 2 / fan_in,
        "The 2 is missing: ReLU halves the mean square.": math.sqrt(1 / fan_in),
        "All numbers of the kernel are counted. One output adds up fan_in of them.": math.sqrt(2 / math.prod(shape)),
        "That is its inverse.": 1 / he(shape),
        "Only one side of the 3 × 3 places is counted.": math.sqrt(2 / (3 * shape[1])),
    }
    return Case(f"a kernel of shape {shape}", he(shape), usual, (shape,))


def second_step() -> Case:
    shape, (m2,) = a_shape(), chosen(0.75, between=(0.2, 3.0))
    fan_in = math.prod(shape[1:])
    usual = {
        "He's constant is in it already. Here the weights are plain N(0, 1).": 2 * m2,
        "That is its root.": math.sqrt(fan_in * m2),
        "The inputs' mean square is squared.": fan_in * m2**2,
        "Outputs do not add up: one output is a sum over fan_in inputs.": math.prod(shape) * m2,
        "The kernel's places are left out.": shape[1] * m2,
        "The inputs' mean square is not used.": float(fan_in),
        "Halved: that is behind a ReLU. Asked is what stands in front of it.": fan_in * m2 / 2,
    }
    return Case(f"a kernel of shape {shape} and inputs of mean square {m2:g}", fan_in * m2, usual, (shape, m2))


def third_step() -> Case:
    g, (lr,) = gradients(), chosen(0.1, between=(0.02, 0.5))
    want = [-lr * s for s in signs(g)]
    usual = {
        "That is plain gradient descent. Adam divides by the root of the mean square.": [-lr * x for x in g],
        "The sign is wrong: a step goes down.": [-x for x in want],
        "The learning rate is missing.": [-s for s in signs(g)],
        "Divided by the square: by its root.": [-lr / x for x in g],
        "The bias corrections are missing. At the first step m̂ = g and v̂ = g².": [
            -lr * 0.1 / 0.001**0.5 * s for s in signs(g)
        ],
        "Divided by the whole gradient's length. Each weight has a mean square of its own.": [
            -lr * x / math.sqrt(sum(y * y for y in g)) for x in g
        ],
    }  # fmt: skip
    return Case(f"gradients {', '.join(f'{x:g}' for x in g)} and lr = {lr:g}", want, usual, (torch.tensor(g), lr))


def fourth_step() -> Case:
    shape, (lr,) = a_shape(), chosen(0.01, between=(0.002, 0.05))
    c = he(shape)
    usual = {
        "That is its inverse: how many steps a weight needs for its own size.": c / lr,
        "That is the step itself. Compare it with the weights' standard deviation.": lr,
        "They are multiplied. How large is one beside the other?": lr * c,
        "Divided by the variance. By the standard deviation.": lr / c**2,
        "That is the standard deviation alone.": c,
        "The outputs were counted.": lr / math.sqrt(2 / (9 * shape[0])),
    }
    return Case(f"a kernel of shape {shape} and lr = {lr:g}", lr / c, usual, (shape, lr))


def fifth_step() -> Case:
    shape, g = a_shape(), gradients()
    c = he(shape)
    usual = {
        "That is the gradient on the weights as they are used. The chain rule has one more factor.": list(g),
        "Divided by c. dw/dŵ = c.": [x / c for x in g],
        "c is squared.": [x * c * c for x in g],
        "That is −c g. A gradient has no minus; the step has.": [-x * c for x in g],
        "That is c alone.": [c] * len(g),
    }
    given = f"a kernel of shape {shape} and gradients {', '.join(f'{x:g}' for x in g)}"
    return Case(given, [c * x for x in g], usual, (shape, torch.tensor(g)))


def sixth_step() -> Case:
    shape, g, (lr,) = a_shape(), gradients(), chosen(0.1, between=(0.02, 0.5))
    c = he(shape)
    want = [-lr * c * s for s in signs(g)]
    usual = {
        "That is how far ŵ moves. What is used is c ŵ.": [x / c for x in want],
        "The sign is wrong: a step goes down.": [-x for x in want],
        "The gradient's size counts. Adam's first step does not know it.": [-lr * c * c * x for x in g],
        "That is c · lr · g: Adam divides by the root of the mean square.": [-lr * c * x for x in g],
        "c is in it twice. Adam's step on ŵ does not know it; it comes in once, where ŵ is used.": [
            c * x for x in want
        ],
        "Divided by c. Each step of ŵ counts c times.": [x / c**2 for x in want],
        "The learning rate is missing.": [x / lr for x in want],
    }
    given = f"a kernel of shape {shape}, gradients {', '.join(f'{x:g}' for x in g)} and lr = {lr:g}"
    return Case(given, want, usual, (shape, torch.tensor(g), lr))


NAMED_INPUTS: dict[int, tuple[str, ...]] = {
    1: ("shape",), 2: ("shape", "m2"), 3: ("g", "lr"), 4: ("shape", "lr"), 5: ("shape", "g"), 6: ("shape", "g", "lr"),
}  # fmt: skip


def compare_equalized(answer: Callable, step: int, make: Callable[[], Case]) -> None:
    case = drawn(make)
    given = dict(zip(NAMED_INPUTS[step], case.inputs, strict=True))
    got = answer(step, **given)
    if isinstance(case.want, list):
        case.compare(numbers(got, (3,), advice="One number for each gradient."))
    else:
        case.compare(number(got))


@check.that("equalized_steps", "step 1: He's constant for a kernel")
def _(answer: Callable) -> None:
    compare_equalized(answer, 1, first_step)


@check.that("equalized_steps", "step 2: the output's mean square with weights from N(0, 1)")
def _(answer: Callable) -> None:
    compare_equalized(answer, 2, second_step)


@check.that("equalized_steps", "step 3: Adam's first step does not know how large a gradient is")
def _(answer: Callable) -> None:
    compare_equalized(answer, 3, third_step)


@check.that("equalized_steps", "step 4: scaled at the start, a step beside the weight that it moves")
def _(answer: Callable) -> None:
    compare_equalized(answer, 4, fourth_step)


@check.that("equalized_steps", "step 5: the gradient on what is stored", point=True)
def _(answer: Callable) -> None:
    compare_equalized(answer, 5, fifth_step)


@check.that("equalized_steps", "step 6: how far the used weight moves, if it is scaled at run time", point=True)
def _(answer: Callable) -> None:
    compare_equalized(answer, 6, sixth_step)


@check.that("equalized_steps", "step 6 beside c is the same for every kernel; step 4 is not")
def _(answer: Callable) -> None:
    lr, found, at_start = 0.1, [], []
    shapes = (8, 64, 1, 1), (8, 2, 1, 3), (3, chosen_int(16, between=(10, 40)), 5, 5)
    for shape in shapes:
        moved = numbers(answer(6, shape=shape, g=torch.tensor([2.0]), lr=lr), (1,))
        found.append(float(moved) / he(shape))
        at_start.append(float(number(answer(4, shape=shape, lr=lr))))
    told = ", ".join(map(str, shapes))
    expect_close(double(found), [-lr] * 3, f"kernels {told}", what="step 6 divided by c is", rtol=1e-3)
    want = [lr / he(shape) for shape in shapes]
    expect_close(double(at_start), want, f"kernels {told}", what="step 4 gives", rtol=1e-3)


# --- the layer ----------------------------------------------------------------------------------------


def kernel_and_bias(layer: nn.Module, shape: tuple[int, ...]) -> tuple[nn.Parameter, nn.Parameter]:
    """The layer's two parameters, by their shapes, or misses."""
    there = parameters(layer)
    shapes = {name: tuple(p.shape) for name, p in there.items()}
    kernels, biases = ([p for p in there.values() if tuple(p.shape) == s] for s in (shape, shape[:1]))
    expect(
        len(kernels) == len(biases) == 1 and len(there) == 2,
        f"The layer should have two parameters: a kernel of shape {shape} and a bias of shape {shape[:1]}; it has "
        f"{shapes}.",
    )
    return kernels[0], biases[0]


def a_layer(answer: Callable, size: int = 3, inputs: int = 0) -> tuple[nn.Module, nn.Parameter, nn.Parameter]:
    """A layer of the student's, its kernel and its bias."""
    outputs, inputs = chosen_int(5, between=(4, 7)), inputs or chosen_int(3, between=(2, 3))
    layer = built(answer, inputs=inputs, outputs=outputs, kernel_size=size)
    return layer, *kernel_and_bias(layer, (outputs, inputs, size, size))


def by_unfolding(x: Tensor, kernel: Tensor, bias: Tensor, scale: float) -> Tensor:
    """A convolution that keeps the size, as one product of matrices, in double precision."""
    size = kernel.shape[-1]
    columns = F.unfold(x.double(), size, padding=size // 2)
    maps = scale * kernel.double().flatten(1) @ columns + bias.double()[:, None]
    return maps.unflatten(2, x.shape[-2:])


@check.that("EqualizedConv", "what is stored starts from N(0, 1), whatever the kernel's size; the bias at 0")
def _(answer: Callable) -> None:
    for inputs, size in ((64, 3), (600, 1)):
        layer = built(answer, inputs=inputs, outputs=16, kernel_size=size)
        kernel, bias = kernel_and_bias(layer, (16, inputs, size, size))
        values, c = numbers(kernel), he((16, inputs, size, size))
        scaled_at_start = abs(float(values.std()) - c) < 0.1 * c
        expect(
            not scaled_at_start,
            f"The stored weights have standard deviation {c:.3g}: He's constant is in them. That is He's start, and "
            "Adam's steps are as uneven as before. Store N(0, 1), and scale where the kernel is used.",
        )
        drawn_normal(kernel, 0.0, 1.0, f"a layer of {inputs} inputs and {size} × {size}")
        expect(not numbers(bias).any(), "The bias should start at 0.")


@check.that("EqualizedConv", "convolves with c times what is stored, and adds the bias as it is", point=True)
def _(answer: Callable) -> None:
    layer, kernel, bias = a_layer(answer)
    stored, added, x = 2 * randn(*kernel.shape), randn(*bias.shape), randn(2, kernel.shape[1], 5, 4)
    put(kernel, stored), put(bias, added)
    got = output(layer, x, (2, len(added), 5, 4), "The picture keeps its size: pad by kernel_size // 2.")
    shape, c = tuple(stored.shape), he(tuple(stored.shape))

    def wrong(scale: float, of_bias: float = 1.0) -> Tensor:
        return by_unfolding(x, stored, of_bias * added, scale)

    usual = {
        "The kernel is used as it is stored: c is missing.": wrong(1.0),
        "The kernel's places are left out of fan_in: inputs · height · width.": wrong(math.sqrt(2 / shape[1])),
        "Outputs were counted instead of inputs.": wrong(math.sqrt(2 / (shape[0] * 9))),
        "The root is missing.": wrong(c * c),
        "The 2 is missing.": wrong(c / math.sqrt(2)),
        "The bias is scaled, too. Only the kernel is.": wrong(c, c),
        "The bias is missing.": wrong(c, 0.0),
        "The kernel is divided by c.": wrong(1 / c),
        "c is in it twice.": wrong(c * c),
        "Only one side of the kernel's places is counted.": wrong(math.sqrt(2 / (shape[1] * 3))),
        "All of the kernel's numbers are counted. One output adds up inputs · height · width.": wrong(
            math.sqrt(2 / math.prod(shape))
        ),
    }
    where = f"a kernel of shape {shape}, set to random numbers"
    expect_close(got, wrong(c), where, usual, show=False, rtol=1e-3, atol=1e-4)


@check.that("EqualizedConv", "scales at run time: the gradient on what is stored has the factor c, too", point=True)
def _(answer: Callable) -> None:
    layer, kernel, bias = a_layer(answer)
    stored, x, weights = randn(*kernel.shape), randn(2, kernel.shape[1], 4, 4), randn(2, len(bias), 4, 4)
    put(kernel, stored)
    out = layer(x)
    expect(isinstance(out, Tensor) and out.requires_grad, "The output is cut off from the kernel: nothing can learn.")
    (out * weights).sum().backward()
    kernel, _ = kernel_and_bias(layer, tuple(stored.shape))  # asked again: now it has its gradient
    expect(kernel.grad is not None, "No gradient reaches the kernel.")
    leaf = stored.double().requires_grad_()
    c = he(tuple(stored.shape))
    (by_unfolding_of(leaf, x) * weights.double()).sum().backward()
    plain: Any = leaf.grad
    usual = {
        "That is the gradient on the kernel as it is used. Scale with the graph on, out of what is stored.": plain,
        "c is in it twice.": c * c * plain,
    }
    expect_close(
        numbers(kernel.grad), c * plain, "random pictures", usual, what="the kernel's gradient is", show=False,
        rtol=1e-3, atol=1e-4,
    )  # fmt: skip


def by_unfolding_of(kernel: Tensor, x: Tensor) -> Tensor:
    return by_unfolding(x, kernel, torch.zeros(len(kernel), dtype=torch.float64), 1.0)


@check.that("EqualizedConv", "keeps the picture's size for kernels of 1 and of 5, and for pictures that are not square")
def _(answer: Callable) -> None:
    for size in (1, 5):
        layer, kernel, bias = a_layer(answer, size, inputs=3)
        x = randn(2, 3, 7, 6)
        got = output(layer, x, (2, len(bias), 7, 6), "Pad by kernel_size // 2.")
        want = by_unfolding(x, numbers(kernel), numbers(bias), he(tuple(kernel.shape)))
        expect_close(got, want, f"a kernel of {size} × {size}", show=False, rtol=1e-3, atol=1e-4)


@check.that("EqualizedConv", "is asked again, what is stored stays as it is", alone=False)
def _(answer: Callable) -> None:
    layer, kernel, _ = a_layer(answer)
    before, x = numbers(kernel).clone(), randn(2, kernel.shape[1], 4, 4)
    first, second = numbers(layer(x)), numbers(layer(x))
    expect_close(second, first, "the same picture twice", show=False, rtol=0, atol=1e-6)
    expect_close(numbers(kernel), before, "two calls", what="the stored kernel becomes", show=False, rtol=0, atol=0)
