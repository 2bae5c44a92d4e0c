"""Sizes of (transposed) convolutions, and the transposed convolution itself.

PyTorch's own layers are the reference at run time: a map of the size asked about goes through one, and
what comes out is measured.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from gancourse.checks.asked import intact
from gancourse.checks.core import Miss, expect
from gancourse.checks.inputs import Case, chosen, chosen_int, drawn, rand, randn
from gancourse.checks.lesson_03.suite import check
from gancourse.checks.values import close, differentiable, expect_close, numbers, whole

Setting = tuple[int, int, int, int]  # size, kernel, stride, padding


def told_setting(setting: Setting) -> str:
    size, kernel, stride, padding = setting
    return f"size {size}, kernel {kernel}, stride {stride}, padding {padding}"


def convolved(setting: Setting) -> int:
    """The size that torch's convolution gives."""
    size, kernel, stride, padding = setting
    return F.conv1d(torch.zeros(1, 1, size), torch.zeros(1, 1, kernel), None, stride, padding).shape[-1]


def transposed(setting: Setting) -> int:
    """The size that torch's transposed convolution gives."""
    size, kernel, stride, padding = setting
    return F.conv_transpose1d(torch.zeros(1, 1, size), torch.zeros(1, 1, kernel), None, stride, padding).shape[-1]


def sized(answer: Callable, which: str, setting: Setting, right: int, usual: dict[str, float]) -> None:
    """Miss unless the function of that name gives this size; all of a setting is passed, or what is no default."""
    given = setting if setting[2:] != (1, 0) else setting[:2]
    name = {"convolution": "conv_size", "transposed": "transposed_size"}[which]
    got = answer(which, *given)
    expect(not isinstance(got, Tensor), f"{name} returns a tensor; a whole number of Python's (an int) is asked.")
    value = whole(got)
    if value == right:
        return
    message = f"For {told_setting(setting)} {name} returns {value}; expected {right}."
    # At one setting several mistakes may lead to one number: all of them are told.
    fitting = [diagnosis for diagnosis, wrong in usual.items() if value == wrong]
    raise Miss("\n".join([message, "\nOr: ".join(fitting)]) if fitting else message)


def conv_mistakes(setting: Setting) -> dict[str, float]:
    size, kernel, stride, padding = setting
    room = size + 2 * padding - kernel
    return {
        "The + 1 is missing: a kernel that just fits has one place, not none.": room // stride,
        "The padding counts twice: it is added on both sides.": (room - padding) // stride + 1,
        "Round down: the last stride may not reach the edge, and that part is left out.": -(-room // stride) + 1,
        "The padding is missing.": (room - 2 * padding) // stride + 1,
        "That is the transposed convolution's size.": (size - 1) * stride - 2 * padding + kernel,
        "The stride is missing.": room + 1,
    }


def transposed_mistakes(setting: Setting) -> dict[str, float]:
    size, kernel, stride, padding = setting
    right = (size - 1) * stride - 2 * padding + kernel
    return {
        "Only the gaps count for the stride: n pixels have n − 1 gaps between them.": right + stride,
        "Padding takes away here: it is what a convolution would have added.": right + 4 * padding,
        "The padding is cut off on both sides: it counts twice.": right + padding,
        "The padding is missing.": right + 2 * padding,
        "That is the convolution's size. Solve its formula for the size of the input.": (
            (size + 2 * padding - kernel) // stride + 1
        ),
    }


@check.that("map_sizes", "conv_size gives DCGAN's halvings: 64 → 32 → 16 → 8 → 4 → 1")
def _(answer: Callable) -> None:
    for size in (64, 32, 16, 8):
        setting = (size, 4, 2, 1)
        sized(answer, "convolution", setting, convolved(setting), conv_mistakes(setting))
    sized(answer, "convolution", (4, 4, 1, 0), 1, conv_mistakes((4, 4, 1, 0)))


@check.that("map_sizes", "conv_size rounds down where the last stride does not reach the edge")
def _(answer: Callable) -> None:
    stride = chosen_int(3, between=(3, 5))
    for extra in range(stride):
        setting = (chosen_int(16, between=(14, 40)) + extra, chosen_int(5, between=(3, 7)), stride, 2)
        sized(answer, "convolution", setting, convolved(setting), conv_mistakes(setting))


@check.that("map_sizes", "conv_size agrees with PyTorch's convolution on other sizes, kernels, strides and paddings")
def _(answer: Callable) -> None:
    for friendly in ((28, 5, 1, 0), (28, 3, 1, 1), (7, 7, 1, 0), (33, 3, 2, 0), (11, 4, 3, 2)):
        setting = shuffled(friendly)
        sized(answer, "convolution", setting, convolved(setting), conv_mistakes(setting))


@check.that("map_sizes", "transposed_size gives DCGAN's doublings: 1 → 4 → 8 → 16 → 32 → 64")
def _(answer: Callable) -> None:
    sized(answer, "transposed", (1, 4, 1, 0), 4, transposed_mistakes((1, 4, 1, 0)))
    for size in (4, 8, 16, 32):
        setting = (size, 4, 2, 1)
        sized(answer, "transposed", setting, transposed(setting), transposed_mistakes(setting))


@check.that("map_sizes", "transposed_size agrees with PyTorch's transposed convolution on other settings")
def _(answer: Callable) -> None:
    for friendly in ((7, 3, 1, 0), (5, 5, 2, 2), (9, 3, 3, 1), (6, 4, 4, 0), (10, 6, 2, 2)):
        setting = shuffled(friendly)
        sized(answer, "transposed", setting, transposed(setting), transposed_mistakes(setting))
    apart = (chosen_int(5, between=(3, 12)), 2, chosen_int(3, between=(3, 5)), 0)  # stamps that do not meet
    shrinking = (chosen_int(9, between=(8, 20)), 3, 1, 2)
    for setting in (apart, shrinking):
        sized(answer, "transposed", setting, transposed(setting), transposed_mistakes(setting))


def shuffled(friendly: Setting) -> Setting:
    """This setting or, where inputs are fresh, another one that is possible."""
    size, kernel, stride, padding = friendly
    kernel = chosen_int(kernel, between=(2, 7))
    padding = min(chosen_int(padding, between=(0, 3)), (kernel - 1) // 2)
    return chosen_int(size, between=(8, 40)), kernel, chosen_int(stride, between=(1, 4)), padding


# --- transposed_convolution -------------------------------------------------------------------


def reference(picture: Tensor, kernel: Tensor, stride: int, padding: int) -> Tensor:
    """torch's transposed convolution of one channel."""
    return F.conv_transpose2d(picture[None, None], kernel[None, None], None, stride, padding)[0, 0]


def result(answer: Callable, picture: Tensor, kernel: Tensor, stride: int, padding: int) -> Tensor:
    """What the student's function makes of the inputs, in the right shape."""
    got = answer(picture, kernel, stride, padding)
    shape = tuple(reference(picture, kernel, stride, padding).shape)
    where = f"a picture {tuple(picture.shape)}, kernel {tuple(kernel.shape)}, stride {stride}, padding {padding}"
    sizes = "Each size is (size − 1) · stride − 2 · padding + kernel."
    found = numbers(got, shape, f"For {where} the result", advice=sizes)
    expect(
        intact(picture) and intact(kernel),
        "Your function changes the picture or the kernel it is given. Write into a new tensor.",
    )
    return found


@check.that("transposed_convolution", "stamps the kernel once, times the value, for a picture of one pixel")
def _(answer: Callable) -> None:
    (value,) = chosen(2.0, between=(1.5, 3.0))
    kernel = torch.tensor(chosen(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, between=(0.5, 9.0))).reshape(2, 3)
    got = result(answer, torch.tensor([[value]]), kernel, 1, 0)
    usual = {
        "The kernel is turned around. Stamp it as it is.": value * kernel.flip(0, 1),
        "That is the kernel alone, without the pixel's value.": kernel,
    }
    expect_close(got, value * kernel, f"the pixel {value:g} and the kernel {kernel.tolist()}", usual)


def overlapping() -> Case:
    """Two pixels whose stamps overlap by one, in a row."""
    left, right = chosen(1.0, 10.0, between=(1.0, 12.0))
    k = chosen(1.0, 2.0, 3.0, between=(1.0, 5.0))
    want = [left * k[0], left * k[1], left * k[2] + right * k[0], right * k[1], right * k[2]]
    over = [*want[:2], right * k[0], *want[3:]]
    flipped = [left * k[2], left * k[1], left * k[0] + right * k[2], right * k[1], right * k[0]]
    usual = {
        "Where stamps overlap the later one replaces the earlier. Add them: +=.": over,
        "The kernel is turned around. Stamp it as it is.": flipped,
    }
    return Case(
        f"the picture [[{left:g}, {right:g}]], the kernel {[list(k)]} and stride 2", want, usual, (left, right, k)
    )


@check.that("transposed_convolution", "adds stamps where they overlap")
def _(answer: Callable) -> None:
    case = drawn(overlapping)
    left, right, k = case.inputs
    case.compare(result(answer, torch.tensor([[left, right]]), torch.tensor([k]), 2, 0).flatten())


@check.that("transposed_convolution", "cuts the padding off at every side")
def _(answer: Callable) -> None:
    picture, kernel = randn(3, 4), randn(4, 4)
    got = result(answer, picture, kernel, 2, 1)
    uncut = reference(picture, kernel, 2, 0)
    usual = {
        "All of the padding is cut off at one side: half of it belongs to the other.": uncut[2:, 2:],
        "All of the padding is cut off at the far side: half of it belongs to the near one.": uncut[:-2, :-2],
    }
    expect_close(got, reference(picture, kernel, 2, 1), "stride 2 and padding 1", usual)


@check.that("transposed_convolution", "agrees with PyTorch's for other kernels, strides and paddings")
def _(answer: Callable) -> None:
    for height, width, stride, padding in ((3, 3, 1, 0), (2, 5, 3, 1), (5, 3, 4, 2), (4, 4, 1, 2)):
        picture, kernel = randn(height, width), randn(chosen_int(5, between=(5, 7)), 5)
        got = result(answer, picture, kernel, stride, padding)
        want = reference(picture, kernel, stride, padding)
        usual = {
            "The kernel is turned around. Stamp it as it is.": reference(picture, kernel.flip(0, 1), stride, padding)
        }
        expect_close(got, want, f"stride {stride} and padding {padding}", usual)


@check.that("transposed_convolution", "keeps double precision")
def _(answer: Callable) -> None:
    picture, kernel = randn(3, 3, dtype=torch.float64), 1 + rand(3, 3, dtype=torch.float64)
    got = result(answer, picture, kernel, 2, 1)
    want = reference(picture, kernel, 2, 1)
    expect_close(got, want, "a picture and a kernel of float64", show=False)
    expect(
        close(got, want, rtol=1e-10, atol=1e-10),
        "For float64 the result is right to float32's digits only: "
        "make the new tensor with the picture's dtype, as picture.new_zeros(…) does.",
    )


@check.that("transposed_convolution", "passes gradients to the picture and to the kernel")
def _(answer: Callable) -> None:
    picture, kernel = randn(3, 3).requires_grad_(), randn(4, 4).requires_grad_()
    got = answer(picture, kernel, 2, 1)
    numbers(got, (6, 6))
    differentiable(got, "The result is cut off from the picture: nothing could learn.")
    weights = randn(6, 6)
    (got * weights).sum().backward()
    wanted = torch.autograd.grad((reference(picture, kernel, 2, 1) * weights).sum(), [picture, kernel])
    for tensor, want, name in ((picture, wanted[0], "picture"), (kernel, wanted[1], "kernel")):
        expect(
            tensor.grad is not None, f"No gradient reaches the {name}. Is there an item(), data or detach() too many?"
        )
        expect_close(numbers(tensor.grad), want, "stride 2 and padding 1", what=f"the gradient for the {name} is")
