"""The PatchGAN: what it is shown, how much of it each logit sees, and what it returns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn

from gancourse.checks.core import expect
from gancourse.checks.inputs import chosen_int, rand
from gancourse.checks.lesson_08.suite import check
from gancourse.checks.networks import (
    LARGE,
    as_pytorch_sets_them,
    batch_normalized,
    built,
    count,
    every_parameter_learns,
    normalizations,
    output,
    put,
    same_for_any_company,
    scale_weights,
)
from gancourse.checks.values import close, differentiable, numbers

FIELD = 16  # pixels that a logit sees
GAIN = 2  # from one field to the next


class Beside(nn.Module):
    """A network of two pictures as one of a single stack of channels, so that it is asked like any other.

    Args:
        net: the student's, of pictures x and y.
        inputs: how many of the channels are x.
    """

    def __init__(self, net: nn.Module, inputs: int) -> None:
        super().__init__()
        self.net, self.inputs = net, inputs

    def forward(self, both: Tensor) -> Any:
        return self.net(both[:, : self.inputs], both[:, self.inputs :])

    def named_parameters(self, *_: Any, **__: Any) -> Iterator[tuple[str, nn.Parameter]]:
        return self.net.named_parameters()


def patch_judge(kind: Callable, inputs: int = 2, outputs: int = 3, width: int = 8) -> Beside:
    return Beside(built(kind, inputs=inputs, outputs=outputs, width=width), inputs)


def noise_pair(n: int, channels: int = 5, size: int = 32) -> Tensor:
    """Noise in [−1, 1]: x and y beside each other."""
    return 2 * rand(n, channels, size, size) - 1


def side(size: int) -> int:
    """Logits along one side: a layer of stride 2, and two of stride 1, each of which loses a row."""
    return size // 2 - 2


@check.that("PatchDiscriminator", "gives a map of logits (n, 1, size/2 − 2, size/2 − 2) for a pair", alone=False)
def _(PatchDiscriminator: Callable) -> None:
    shown = ((1, 3, 32), (chosen_int(4, (3, 6)), 2, 16), (12, 3, 24))
    for inputs, outputs, size in shown:
        net = patch_judge(PatchDiscriminator, inputs, outputs, 4)
        for n in (2, 3):
            advice = "Three layers of 4 × 4 with padding 1: the first of stride 2, the others of stride 1. No flatten."
            output(net, noise_pair(n, inputs + outputs, size), (n, 1, side(size), side(size)), advice)


@check.that("PatchDiscriminator", "judges the pair: both x and y matter", point=True)
def _(PatchDiscriminator: Callable) -> None:
    net = patch_judge(PatchDiscriminator)
    net.eval()
    given = noise_pair(3).requires_grad_()
    logits = net(given)
    differentiable(logits, "The logits are cut off from the pictures; G could not learn.")
    logits.sum().backward()
    expect(given.grad is not None, "No gradient comes back to the pictures; G could not learn from this D.")
    seen = numbers(given.grad).abs().amax((0, 2, 3))
    expect(bool(seen[:2].all()), "x has no influence on the logits: this D judges the output alone.")
    expect(bool(seen[2:].all()), "y has no influence on the logits: this D does not look at the picture it judges.")


@check.that("PatchDiscriminator", "lets each logit see 16 × 16 pixels, two further on than the one before", point=True)
def _(PatchDiscriminator: Callable) -> None:
    net = patch_judge(PatchDiscriminator)
    net.eval()
    for row, column in ((5, 7), (6, 7), (chosen_int(8, (4, 9)), chosen_int(6, (4, 9)))):
        given = noise_pair(1).requires_grad_()
        logits = net(given)
        numbers(logits, (1, 1, 14, 14))
        logits[0, 0, row, column].backward()
        expect(given.grad is not None, "No gradient comes back to the pictures.")
        seen = numbers(given.grad)[0].abs().amax(0) > 0
        rows, columns = (seen.any(k).nonzero().flatten() for k in (1, 0))
        found = (len(rows), len(columns))
        told = f"The logit in row {row}, column {column} sees {found[0]} × {found[1]} pixels; expected are 16 × 16."
        expect(found == (FIELD, FIELD), told)
        begin = [GAIN * place - 5 for place in (row, column)]
        expect(
            [int(rows[0]), int(columns[0])] == begin and bool(seen[rows[0] : rows[-1] + 1][:, columns].all()),
            f"Logit ({row}, {column}) should see the pixels from row {begin[0]} and column {begin[1]} on; yours begin "
            f"at {int(rows[0])} and {int(columns[0])}. Which layer has stride 2, and is the padding 1?",
        )


@check.that("PatchDiscriminator", "gives logits: any real number, of either sign")
def _(PatchDiscriminator: Callable) -> None:
    found = []
    for _ in range(3):
        net = patch_judge(PatchDiscriminator)
        scale_weights(net, LARGE)
        found.append(output(net, noise_pair(4), (4, 1, 14, 14)))
    low, high = float(torch.cat(found).min()), float(torch.cat(found).max())
    seen = f"With large weights its outputs range from {low:.2f} to {high:.2f}"
    expect(high > 1 or low < -1, f"{seen}: is there a sigmoid or tanh at the end? Return logits.")
    expect(low < 0 < high, f"{seen}, all of one sign. Return the last convolution's output as it is.")


@check.that("PatchDiscriminator", "normalizes the middle layer, of 2 · width channels, over the batch")
def _(PatchDiscriminator: Callable) -> None:
    width = chosen_int(6, (5, 9))
    net = patch_judge(PatchDiscriminator, width=width)
    found = [len(shift) for _, shift in normalizations(net)]
    expect(
        found == [2 * width],
        f"With width={width} batch normalization is wanted behind the second convolution only, of {2 * width} "
        f"channels; yours have {found or 'none'}.",
    )
    batch_normalized(net, noise_pair(4, size=16), 2 * noise_pair(4, size=16))
    same_for_any_company(net, noise_pair(4, size=16), 2 * noise_pair(4, size=16))


@check.that("PatchDiscriminator", "has LeakyReLU(0.2) behind the normalization")
def _(PatchDiscriminator: Callable) -> None:
    net = patch_judge(PatchDiscriminator)
    net.train()
    pairs = normalizations(net)
    expect(bool(pairs), "There is no batch normalization with scales and shifts.")
    scale, shift = pairs[-1]
    put(scale, 0.0)  # every unit of the middle map holds its shift
    given = noise_pair(2, size=16)
    inner = (slice(None), slice(None), slice(2, 4), slice(2, 4))  # away from the edge, where padding is seen

    def logits(height: float) -> Tensor:
        put(shift, height)
        return numbers(net(given), (2, 1, 6, 6))[inner]

    none, up, down = logits(0.0), logits(10.0), logits(-10.0)
    expect(not close(up, none), "The units behind the normalization have no influence on the logits.")
    expect(
        close(down - none, -0.2 * (up - none), rtol=1e-2, atol=1e-4),
        "Negative units should be passed on a fifth as strong as positive ones: nn.LeakyReLU(0.2).",
    )


@check.that("PatchDiscriminator", "has LeakyReLU(0.2) behind the first layer, and no normalization there")
def _(PatchDiscriminator: Callable) -> None:
    net = patch_judge(PatchDiscriminator, 1, 1)
    net.eval()
    kernels = [p for p in net.parameters() if p.ndim == 4]
    expect(len(kernels) == 3, f"Three convolutions are asked for; yours are {len(kernels)}.")
    first = [p for p in net.parameters() if p.ndim == 1][:1]
    put(kernels[0], 0.0)
    expect(
        bool(first) and first[0].shape[0] == kernels[0].shape[0],
        "The first convolution has no bias: no normalization stands behind it, so it needs one.",
    )
    given = noise_pair(1, 2, 16)
    inner = (slice(None), slice(None), slice(2, 4), slice(2, 4))
    slopes = []
    for base in (5.0, -5.0):
        low, high = (middle(net, first[0], value, given)[inner] for value in (base, base + 0.5))
        slopes.append(high - low)
    expect(
        bool(slopes[0].any()) and close(slopes[1] * 5, slopes[0], rtol=3e-2, atol=2e-4),
        "Behind the first convolution negative units should be passed on a fifth as strong as positive ones: "
        "nn.LeakyReLU(0.2).",
    )


def middle(net: nn.Module, bias: nn.Parameter, value: float, given: Tensor) -> Tensor:
    """The logits where all units of the first map are `value`, through middle units that are all positive."""
    put(bias, value)
    _, shift = normalizations(net)[-1]
    put(shift, 50.0)
    return numbers(net(given))


@check.that("PatchDiscriminator", "uses every parameter it has, and grows with its width")
def _(PatchDiscriminator: Callable) -> None:
    every_parameter_learns(patch_judge(PatchDiscriminator), noise_pair(4, size=16))
    slim, wide = (count(patch_judge(PatchDiscriminator, width=width)) for width in (8, 16))
    expect(wide > 1.8 * slim, f"Twice the width, and {wide:,} parameters instead of {slim:,}: is `width` used?")


@check.that("PatchDiscriminator", "has a bias in the last layer", alone=False)
def _(PatchDiscriminator: Callable) -> None:
    net = patch_judge(PatchDiscriminator)
    net.eval()
    for p in net.parameters():
        if p.ndim > 1:
            put(p, 0.0)
    logits = numbers(net(noise_pair(1, size=16)))
    told = "Without its weights the last layer gives 0 for every patch: it has no bias. Nothing normalizes the logits."
    expect(bool(logits.any()), told)


@check.that("PatchDiscriminator", "starts from the weights that PyTorch sets", alone=False)
def _(PatchDiscriminator: Callable) -> None:
    as_pytorch_sets_them(patch_judge(PatchDiscriminator, width=16))
