"""The residual block, against padding, convolving and normalizing by hand."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from gancourse.checks.core import expect
from gancourse.checks.inputs import chosen_int, rand, randn
from gancourse.checks.lesson_09.suite import check
from gancourse.checks.networks import built, count, every_parameter_learns, output, scale_weights, set_biases
from gancourse.checks.values import close, expect_close, numbers

TINY = 1e-5  # what InstanceNorm2d adds to a variance


def block_of(kind: Callable, channels: int) -> nn.Module:
    """A block of the student's, with weights that are not small, and biases, if there are any, of 0."""
    net = built(kind, channels=channels)
    set_biases(net, 0.0)
    with torch.no_grad():
        for p in net.parameters():
            if p.ndim == 4:
                p.copy_(0.5 * randn(*p.shape))
    return net


def kernels_of(net: nn.Module, channels: int) -> list[Tensor]:
    """The two convolutions' weights, in double precision."""
    found = [numbers(p) for p in net.parameters() if p.ndim == 4]
    told = f"Two convolutions of {channels} channels, 3 × 3, are asked for; yours have the weights "
    told += f"{', '.join(str(tuple(k.shape)) for k in found) or 'none'}."
    expect([tuple(k.shape) for k in found] == [(channels, channels, 3, 3)] * 2, told)
    return found


def padded(x: Tensor, how: str) -> Tensor:
    """One pixel more on each side: by an index for mirrored and for repeated edges, else zeros."""
    height, width = x.shape[-2:]
    if how == "zeros":
        out = x.new_zeros(*x.shape[:-2], height + 2, width + 2)
        out[..., 1:-1, 1:-1] = x
        return out
    if how == "around":
        rows, columns = ([length - 1, *range(length), 0] for length in (height, width))
    elif how == "repeated":
        rows, columns = ([0, *range(length), length - 1] for length in (height, width))
    else:
        rows, columns = ([1, *range(length), length - 2] for length in (height, width))
    return x[..., rows, :][..., :, columns]


def filtered(x: Tensor, kernel: Tensor) -> Tensor:
    """A 3 × 3 convolution of what is padded, as a sum of nine shifted pictures."""
    height, width = x.shape[-2] - 2, x.shape[-1] - 2
    shifted = [x[..., i : i + height, j : j + width] for i in range(3) for j in range(3)]
    return torch.einsum("snchw,ocs->nohw", torch.stack(shifted), kernel.flatten(2))


def leveled(x: Tensor, over: tuple[int, ...]) -> Tensor:
    """Mean 0 and variance 1 over these dimensions."""
    centered = x - x.mean(over, keepdim=True)
    return centered / (centered.square().mean(over, keepdim=True) + TINY).sqrt()


def block_made(x: Tensor, first: Tensor, second: Tensor, slip: str = "") -> Tensor:
    """What comes out of a block with these weights, or would with this slip."""
    edges = {"zeros": "zeros", "repeated": "repeated", "around": "around"}.get(slip, "mirrored")
    over = (0, 2, 3) if slip == "batch" else (2, 3)
    hidden = filtered(padded(x, edges), first)
    hidden = leveled(hidden, over) if slip != "no norm" else hidden
    hidden = torch.nn.functional.leaky_relu(hidden, {"leaky": 0.2, "no relu": 1.0}.get(slip, 0.0))
    made = filtered(padded(hidden, edges), second)
    made = leveled(made, over) if slip not in ("no norm", "no second norm") else made
    if slip == "relu before":
        made = made.relu()
    out = made if slip == "no shortcut" else x + made
    return out.relu() if slip == "relu behind" else out


SLIPS_OF_BLOCKS = {
    "zeros": "The convolutions see zeros around the picture. Mirror it: nn.ReflectionPad2d(1) before each.",
    "repeated": "The edge is repeated. Mirrored at the edge, the pixel beside the border is the one inside of it.",
    "around": "The picture is continued from its other side. Mirror it at the edge.",
    "batch": "It is normalized over the batch. nn.InstanceNorm2d normalizes each picture by itself.",
    "no norm": "There is no normalization behind the convolutions.",
    "no second norm": "There is no normalization behind the second convolution.",
    "leaky": "Between the convolutions stands ReLU, not LeakyReLU.",
    "no relu": "There is no ReLU between the two convolutions.",
    "relu before": "A ReLU stands before the sum. Behind the second normalization there is none.",
    "relu behind": "A ReLU stands behind the sum: nothing is asked for there.",
    "no shortcut": "What came in is not added.",
}


@check.that("ResidualBlock", "keeps the shape", alone=False)
def _(ResidualBlock: Callable) -> None:
    for channels, height, width in ((4, 5, 6), (chosen_int(6, (3, 8)), 8, 4)):
        net = built(ResidualBlock, channels=channels)
        output(
            net, randn(2, channels, height, width), (2, channels, height, width), "Each padding makes room for 3 × 3."
        )


@check.that("ResidualBlock", "adds to what comes in what two mirrored convolutions make of it", point=True)
def _(ResidualBlock: Callable) -> None:
    channels = chosen_int(3, (3, 5))
    net = block_of(ResidualBlock, channels)
    x = randn(3, channels, 5, 6) * (1 + torch.arange(3.0))[:, None, None, None] + randn(3, channels, 1, 1)
    got = output(net, x, tuple(x.shape))
    first, second = kernels_of(net, channels)
    wanted = [block_made(x.double(), *pair) for pair in ((first, second), (second, first))]
    if close(got, wanted[1], 1e-3, 1e-3):  # listed in another order than they are used
        return
    usual = {said: block_made(x.double(), first, second, slip) for slip, said in SLIPS_OF_BLOCKS.items()}
    usual["What came in comes back as it is: are the layers used?"] = x.double()
    expect_close(got, wanted[0], "weights drawn at random", usual, show=False, rtol=1e-3, atol=1e-3)


@check.that("ResidualBlock", "sees the picture mirrored at its edges", point=True)
def _(ResidualBlock: Callable) -> None:
    """A picture of one value, mirrored, is one everywhere: nothing is left of it behind a normalization."""
    channels = chosen_int(4, (3, 6))
    net = block_of(ResidualBlock, channels)
    x = (1 + 3 * rand(1, channels, 1, 1)).expand(2, -1, 6, 7).contiguous()
    got = output(net, x, tuple(x.shape))
    told = "A picture of one color should come back as it is: mirrored it looks the same everywhere, and what is the "
    told += "same everywhere is 0 behind the normalization. Yours changes, "
    inner = close(got[..., 2:-2, 2:-2], x.double()[..., 2:-2, 2:-2], 1e-2, 1e-2)
    where = "at its edges: are they padded with zeros?" if inner else "inside, too."
    expect(close(got, x.double(), 1e-2, 1e-2), told + where)


@check.that("ResidualBlock", "treats each picture by itself, in training and in evaluation mode")
def _(ResidualBlock: Callable) -> None:
    net = block_of(ResidualBlock, 3)
    x, other = randn(1, 3, 5, 5), 4 * randn(2, 3, 5, 5) + 1
    found = []
    for training in (True, False):
        net.train(training)
        for given in (x, torch.cat([x, other])):
            found.append(output(net, given, tuple(given.shape))[:1])
    told = "What comes of a picture depends on the others in its batch, or on the mode: nn.InstanceNorm2d does not."
    expect(all(close(one, found[0], 1e-3, 1e-3) for one in found), told)


@check.that("ResidualBlock", "learns with all that it has, and has two 3 × 3 convolutions", alone=False)
def _(ResidualBlock: Callable) -> None:
    net = built(ResidualBlock, channels=5)
    kernels_of(net, 5)
    scale_weights(net, 3.0)
    x = randn(2, 5, 6, 6)
    every_parameter_learns(net, x)
    expect(count(net) <= 2 * (25 * 9 + 5) + 20, "It has more parameters than two 3 × 3 convolutions need.")
