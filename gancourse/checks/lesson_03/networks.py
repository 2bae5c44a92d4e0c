"""Both networks, judged by what they do: shapes, range, who influences what, where gradients go.

How a network is asked without a look at its layers is in `gancourse.checks.networks`.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch

from gancourse.checks.core import expect
from gancourse.checks.inputs import chosen_int, randn
from gancourse.checks.lesson_03.suite import check
from gancourse.checks.networks import (
    LARGE,
    batch_normalized,
    built,
    count,
    every_parameter_learns,
    latent_noise,
    not_normalized_last,
    output,
    pictures,
    same_for_any_company,
    scale_weights,
    sensitivity,
    set_biases,
)
from gancourse.checks.values import numbers

# --- Generator ------------------------------------------------------------------------------


@check.that("Generator", "turns noise (n, latent_dim) into pictures (n, 3, size, size)", alone=False)
def _(Generator: Callable) -> None:
    for size, latent_dim, width in ((32, 64, 4), (16, chosen_int(10, between=(5, 20)), 8), (64, 7, 2)):
        net = built(Generator, size=size, latent_dim=latent_dim, width=width)
        for n in (2, 5):
            advice = "z arrives as (n, latent_dim); the first layer wants (n, latent_dim, 1, 1)."
            output(net, latent_noise(n, latent_dim), (n, 3, size, size), advice)


@check.that("Generator", "gives pixels in [−1, 1], and reaches both ends")
def _(Generator: Callable) -> None:
    net = built(Generator, size=16, latent_dim=8, width=8)
    scale_weights(net, LARGE)
    pixels = output(net, latent_noise(16, 8), (16, 3, 16, 16))
    low, high = float(pixels.min()), float(pixels.max())
    seen = f"With large weights the pixels range from {low:.2f} to {high:.2f}"
    expect(high <= 1.0001 and low >= -1.0001, f"{seen}, outside [−1, 1]: the last layer is tanh.")
    expect(low < -0.05, f"{seen}, never below 0. Real pictures are in [−1, 1]: use tanh, not a sigmoid or a ReLU.")
    expect(low < -0.9 and high > 0.9, f"{seen}; they should come close to −1 and 1. Is tanh the last layer, unscaled?")


@check.that("Generator", "draws something else for every change of z")
def _(Generator: Callable) -> None:
    net = built(Generator, size=16, latent_dim=12, width=8)
    z = latent_noise(6, 12).requires_grad_()
    out = net(z)
    pixels = numbers(out, (6, 3, 16, 16))
    spread = float((pixels[:1] - pixels[1:]).abs().mean())
    expect(spread > 1e-4, "All pictures of a batch are alike: does z reach the output?")
    (out * randn(*out.shape)).sum().backward()
    expect(z.grad is not None, "No gradient comes back to z: it is cut off from the picture.")
    silent = [k for k, column in enumerate(numbers(z.grad).T) if not column.any()]
    expect(not silent, f"Coordinate {silent[0] if silent else 0} of z has no influence on the picture; all should.")


@check.that("Generator", "normalizes over the batch in training")
def _(Generator: Callable) -> None:
    batch_normalized(built(Generator, size=16, latent_dim=8, width=8), latent_noise(6, 8), 3 * latent_noise(6, 8) + 1)


@check.that("Generator", "draws each picture for itself after eval()")
def _(Generator: Callable) -> None:
    same_for_any_company(
        built(Generator, size=16, latent_dim=8, width=8), latent_noise(6, 8), 3 * latent_noise(6, 8) + 1
    )


@check.that("Generator", "does not normalize its output", alone=False)
def _(Generator: Callable) -> None:
    net = built(Generator, size=16, latent_dim=8, width=8)
    net.train()
    pixels = output(net, latent_noise(16, 8), (16, 3, 16, 16))
    not_normalized_last(torch.atanh(pixels.clamp(-0.999999, 0.999999)), "What goes into tanh")


@check.that("Generator", "uses every parameter it has")
def _(Generator: Callable) -> None:
    every_parameter_learns(built(Generator, size=16, latent_dim=8, width=8), latent_noise(8, 8))


@check.that("Generator", "grows with its width")
def _(Generator: Callable) -> None:
    slim, wide = (count(built(Generator, size=16, latent_dim=8, width=width)) for width in (8, 16))
    expect(wide > 1.8 * slim, f"Twice the width, and {wide:,} parameters instead of {slim:,}: is `width` used?")


# --- Discriminator --------------------------------------------------------------------------


@check.that("Discriminator", "turns pictures (n, 3, size, size) into logits (n, 1)", alone=False)
def _(Discriminator: Callable) -> None:
    for size, width in ((32, 4), (16, 8), (64, 2)):
        net = built(Discriminator, size=size, width=width)
        for n in (2, 5):
            output(
                net,
                pictures(n, size),
                (n, 1),
                "One logit for each picture: bring the last map down to 1 × 1, and flatten.",
            )


@check.that("Discriminator", "gives logits: any real number, of either sign")
def _(Discriminator: Callable) -> None:
    found = []
    for _ in range(3):
        net = built(Discriminator, size=16, width=8)
        scale_weights(net, LARGE)
        found.append(output(net, pictures(32, 16), (32, 1)))
    low, high = float(torch.cat(found).min()), float(torch.cat(found).max())
    seen = f"With large weights its outputs range from {low:.2f} to {high:.2f}"
    expect(
        not (low >= 0 and high <= 1), f"{seen}: that is a sigmoid's range. Return logits; the loss applies the sigmoid."
    )
    expect(
        not (low >= -1 and high <= 1), f"{seen}: does it end in tanh? Return the last convolution's output as it is."
    )
    expect(low < 0 < high, f"{seen}, all of one sign. Return the last convolution's output as it is.")


@check.that("Discriminator", "looks at every pixel")
def _(Discriminator: Callable) -> None:
    net = built(Discriminator, size=16, width=8)
    seen = sensitivity(net, pictures(4, 16)).abs().amax(1)
    blind = (seen == 0).any(0).nonzero().tolist()
    where = f"row {blind[0][0]}, column {blind[0][1]}" if blind else ""
    expect(not blind, f"{len(blind)} of 256 pixels have no influence on the logit, such as that in {where}.")


@check.that("Discriminator", "lets a gradient through where units are negative: LeakyReLU(0.2)")
def _(Discriminator: Callable) -> None:
    net = built(Discriminator, size=16, width=8)
    scale_weights(net, 0.01)  # so that the biases alone decide on which side every unit is
    slopes, shown = [], pictures(1, 16)  # the same both times: a layer without a bias goes by the picture's signs
    for bias in (100.0, -100.0):
        set_biases(net, bias)
        slopes.append(float(sensitivity(net, shown).abs().mean()))
    up, down = slopes
    expect(
        down > 0,
        "Where all units are negative no gradient comes back to the picture: that is ReLU, which stops learning "
        "there. Use nn.LeakyReLU(0.2).",
    )
    if up <= down * 1.5:  # no biases to move, or no such activation
        return
    times = math.log(up / down)
    expect(
        abs(times / math.log(100) - round(times / math.log(100))) > 0.02,
        "The slope for negative values is not 0.2; is it 0.01, PyTorch's default? Write nn.LeakyReLU(0.2).",
    )
    fifths = times / math.log(5)
    expect(
        abs(fifths - round(fifths)) < 0.05,
        f"Over all layers the gradient is {up / down:.3g} times as large where units are positive as where they are "
        "negative; with slopes of 0.2 it is 5, 25, 125, … times. Use nn.LeakyReLU(0.2) everywhere.",
    )


@check.that("Discriminator", "normalizes over the batch in training")
def _(Discriminator: Callable) -> None:
    batch_normalized(built(Discriminator, size=16, width=8), pictures(6, 16), pictures(6, 16) * 0.1 + 0.5)


@check.that("Discriminator", "judges each picture for itself after eval()")
def _(Discriminator: Callable) -> None:
    same_for_any_company(built(Discriminator, size=16, width=8), pictures(6, 16), pictures(6, 16) * 0.1 + 0.5)


@check.that("Discriminator", "does not normalize its logits", alone=False)
def _(Discriminator: Callable) -> None:
    net = built(Discriminator, size=16, width=8)
    net.train()
    not_normalized_last(output(net, pictures(16, 16), (16, 1)), "The logit")


@check.that("Discriminator", "uses every parameter it has")
def _(Discriminator: Callable) -> None:
    every_parameter_learns(built(Discriminator, size=16, width=8), pictures(8, 16))


@check.that("Discriminator", "grows with its width")
def _(Discriminator: Callable) -> None:
    slim, wide = (count(built(Discriminator, size=16, width=width)) for width in (8, 16))
    expect(wide > 1.8 * slim, f"Twice the width, and {wide:,} parameters instead of {slim:,}: is `width` used?")
