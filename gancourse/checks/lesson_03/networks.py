"""Both networks, judged by what they do: shapes, range, who influences what, where gradients go.

How a network is asked without a look at its layers is in `gancourse.checks.networks`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from gancourse.checks.core import Miss, expect
from gancourse.checks.inputs import chosen_int, rand, randn, said
from gancourse.checks.lesson_03.suite import check
from gancourse.checks.networks import (
    LARGE,
    as_pytorch_sets_them,
    batch_normalized,
    built,
    count,
    every_parameter_learns,
    latent_noise,
    normalizations,
    not_normalized_last,
    output,
    outputs_of,
    parameters,
    pictures,
    put,
    same_for_any_company,
    scale_weights,
    sensitivity,
    set_biases,
)
from gancourse.checks.values import close, numbers

ELSEWHERE = "Another exercise is about where they start."

# --- Generator ------------------------------------------------------------------------------


@check.that("Generator", "turns noise (n, latent_dim) into pictures (n, 3, size, size)", alone=False)
def _(Generator: Callable) -> None:
    for size, latent_dim, width in ((32, 64, 4), (16, chosen_int(10, between=(5, 20)), 8), (64, 7, 2)):
        net = built(Generator, size=size, latent_dim=latent_dim, width=width)
        for n in (2, 5):
            got = net(latent_noise(n, latent_dim))
            shape = tuple(got.shape) if isinstance(got, Tensor) else ()
            advice = "z arrives as (n, latent_dim); the first layer wants (n, latent_dim, 1, 1)."
            if len(shape) == 4 and shape[:2] == (n, 3):
                advice = f"The pictures of a generator with size={size} should be {size} pixels wide: is `size` used?"
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


def table_of_channels(net: nn.Module, want: Sequence[int], told: str) -> None:
    """Miss unless the normalizations have these many channels, in this order."""
    found = [len(shift) for _, shift in normalizations(net)]
    expect(
        len(found) >= len(want),
        f"{told} there should be batch normalization, with its scales and shifts, of {said(tuple(want))} channels; "
        f"yours have {said(tuple(found)) or 'none'}.",
    )
    expect(
        found == list(want),
        f"{told} the normalized maps have {said(tuple(found))} channels; expected are {said(tuple(want))}.",
    )


@check.that("Generator", "has batch normalization behind every layer but the last, of the channels in the table")
def _(Generator: Callable) -> None:
    for size, width in ((16, chosen_int(8, between=(5, 10))), (32, chosen_int(6, between=(3, 7)))):
        net = built(Generator, size=size, latent_dim=5, width=width)
        found = [len(shift) for _, shift in normalizations(net)]
        told = f"With size={size} and width={width}"
        last = found[-1] if found else width
        expect(last == width, f"{told} the last map before the picture has {last} channels; it should have `width`.")
        maps = size.bit_length() - 3  # from 4 × 4 to half the size
        doubled = [width * 2**k for k in reversed(range(max(len(found), maps)))]
        table_of_channels(net, doubled, f"{told}, each map having twice as many channels as the next,")
        expect(
            len(found) <= maps,
            f"{told} {len(found)} maps are normalized; the maps from 4 × 4 to {size // 2} × {size // 2} are {maps}. "
            "Does the number of layers follow from `size`?",
        )


@check.that("Generator", "starts from the weights that PyTorch sets", alone=False)
def _(Generator: Callable) -> None:
    as_pytorch_sets_them(built(Generator, size=16, latent_dim=8, width=8), ELSEWHERE)


@check.that("Generator", "has ReLU behind every normalization, tanh behind the last layer", point=True)
def _(Generator: Callable) -> None:
    width = 8
    net = built(Generator, size=16, latent_dim=6, width=width)
    net.train()
    z = latent_noise(6, 6)
    pairs = normalizations(net)
    expect(bool(pairs), "There is no batch normalization with scales and shifts, behind which ReLU would stand.")
    for which, (scale, shift) in enumerate(pairs):
        kept = scale.detach().clone(), shift.detach().clone()
        put(scale, 0.0)  # from here on every unit holds its shift
        shown = []
        for _ in range(2):
            put(shift, -0.5 - 2 * rand(len(shift)))
            shown.append(outputs_of(net(z)))
        put(scale, kept[0])
        put(shift, kept[1])
        expect(
            close(shown[0], shown[1], rtol=1e-2, atol=1e-3),
            f"ReLU stands behind every layer but the last. Where all units of normalization {which + 1} of "
            f"{len(pairs)} are negative, nothing should get through; yours passes on how negative they are. "
            "Is ReLU missing there, another activation in its place, or does it stand before the normalization?",
        )
    scale, shift = pairs[-1]
    put(scale, 0.0)

    def before_tanh(height: float) -> Tensor:
        put(shift, height)
        return torch.atanh(outputs_of(net(z)).clamp(-1 + 1e-9, 1 - 1e-9))

    none = before_tanh(0.0)
    height = 0.01 * 0.4 / max(float((before_tanh(0.01) - none).abs().max()), 1e-6)
    once, thrice = before_tanh(height) - none, before_tanh(3 * height) - none
    expect(
        close(thrice, 3 * once, rtol=2e-2, atol=1e-2),
        "What stands behind the last layer is not tanh: what goes into it is three times as large, and the pixels are "
        "not those of a tanh. (A clamp or Hardtanh is flat where tanh still has a slope.)",
    )


@check.that("Generator", "normalizes over the batch in training", point=True)
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


@check.that("Discriminator", "starts from the weights that PyTorch sets", alone=False)
def _(Discriminator: Callable) -> None:
    as_pytorch_sets_them(built(Discriminator, size=16, width=8), ELSEWHERE)


BENT = (
    "Where the last map's units change, the logit does not change in proportion: an activation stands behind the last "
    "convolution. Return its output as it is."
)


def straight_at_the_end(Discriminator: Callable) -> None:
    """Miss if the logit is bent: from units that are all positive, it follows in proportion, on either side of 0."""
    net = built(Discriminator, size=16, width=8)
    net.eval()
    pairs = normalizations(net)
    expect(bool(pairs), "There is no batch normalization with scales and shifts; see the table.")
    scale, shift = pairs[-1]
    put(scale, 0.0)  # every unit of the last map holds its shift
    shown = pictures(1, 16)

    def logit(units: Tensor) -> float:
        put(shift, units)
        return float(output(net, shown, (1, 1)))

    n = len(shift)
    effects = torch.tensor([logit(1 + k) - logit(torch.ones(n)) for k in torch.eye(n)])
    for raised in (effects > 0, effects < 0):
        if not raised.any():
            continue
        far = [logit(1 + height * raised) - logit(torch.ones(n)) for height in (20.0, 40.0)]
        expect(abs(far[1] - 2 * far[0]) < 0.02 * abs(far[1]), BENT)
    up, down = (float(logit(1 + 40.0 * raised) - logit(torch.ones(n))) for raised in (effects > 0, effects < 0))
    want = [40 * float(effects[effects > 0].sum()), 40 * float(effects[effects < 0].sum())]
    for got, linear in zip((up, down), want, strict=True):
        expect(abs(got - linear) <= 0.05 * abs(linear) + 1e-6, BENT)


@check.that("Discriminator", "has no activation behind the last convolution")
def _(Discriminator: Callable) -> None:
    straight_at_the_end(Discriminator)


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
    first_is_free(built(Discriminator, size=16, width=8))
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


def first_weight(net: nn.Module) -> tuple[nn.Parameter, nn.Parameter | None]:
    """Weights of the convolution that sees the picture, and its bias if there is one."""
    named = parameters(net)
    for name, p in named.items():
        if p.ndim == 4 and p.shape[1] == 3:
            return p, named.get(f"{name.removesuffix('weight')}bias")
    raise Miss("No convolution takes the three colors of the picture.")


FIRST_NORMALIZED = (
    "Batch normalization stands behind the first convolution. It stands behind every one but the first and the last: "
    "the picture's own contrast should reach the layers behind."
)


def first_is_free(net: nn.Module, told: str = FIRST_NORMALIZED) -> None:
    """Miss if the first map's channels may be scaled at will, as only normalization allows."""
    net.train()
    weight, bias = first_weight(net)
    if bias is not None:
        put(bias, 0.0)
    given = pictures(8, 16)
    kept, before = weight.detach().clone(), outputs_of(net(given))
    factors = torch.where(torch.arange(len(weight)) % 2 == 0, 3.0, 0.4)[:, None, None, None]
    put(weight, kept * factors)
    after = outputs_of(net(given))
    put(weight, kept)
    expect(float((after - before).abs().mean()) > 1e-2 * float(before.abs().mean()), told)


@check.that("Discriminator", "has batch normalization behind every convolution but the first and the last")
def _(Discriminator: Callable) -> None:
    for size, width in ((16, chosen_int(8, between=(5, 10))), (32, chosen_int(6, between=(4, 7)))):
        net = built(Discriminator, size=size, width=width)
        found = [len(shift) for _, shift in normalizations(net)]
        want = [width * 2**k for k in range(1, size.bit_length() - 3)]
        expect(found != [width, *want], FIRST_NORMALIZED)
        told = f"With size={size} and width={width}, each map having twice as many channels as the one before,"
        table_of_channels(net, want, told)
    first_is_free(built(Discriminator, size=16, width=8))


class Straight:
    """D for pictures of 16 pixels whose units are all where LeakyReLU is straight, for pictures above 0."""

    def __init__(self, Discriminator: Callable) -> None:
        self.net = built(Discriminator, size=16, width=8)
        self.net.eval()
        self.weight, bias = first_weight(self.net)
        put(self.weight, self.weight.detach().abs())
        if bias is not None:
            put(bias, 0.0)
        for _, shift in normalizations(self.net):
            put(shift, 100.0)

    def of(self, shown: Tensor) -> Tensor:
        return output(self.net, shown, (len(shown), 1))


@check.that(
    "Discriminator", "has LeakyReLU(0.2) behind the first convolution and behind each normalization", point=True
)
def _(Discriminator: Callable) -> None:
    straight_at_the_end(Discriminator)
    straight = Straight(Discriminator)
    bright = 0.1 + 0.9 * rand(8, 3, 16, 16)
    put(
        straight.weight, -straight.weight.detach()
    )  # now a bright picture makes every unit negative, a dark one positive
    none, low, high = (straight.of(shown) for shown in (0 * bright, bright, -bright))
    must_leak("behind the first convolution", low - none, high - none)
    net = built(Discriminator, size=16, width=8)
    net.eval()
    pairs = normalizations(net)
    expect(bool(pairs), "There is no batch normalization with scales and shifts, behind which LeakyReLU would stand.")
    scale, shift = pairs[-1]
    put(scale, 0.0)  # every unit holds its shift
    found, heights = [], 0.5 + rand(len(shift))
    for sign in (0.0, -1.0, 1.0):
        put(shift, sign * heights)
        found.append(output(net, bright[:1], (1, 1)))
    must_leak("behind the normalization", found[1] - found[0], found[2] - found[0])


def must_leak(where: str, low: Tensor, high: Tensor) -> None:
    """Miss unless negative units count 0.2 times as much as positive ones."""
    size = float(high.abs().mean())
    slope = -float((low * high).mean()) / max(float(high.square().mean()), 1e-20)
    seen = f"LeakyReLU(0.2) should stand {where}"
    expect(size > 1e-6, f"{seen}; there nothing gets through where units are positive.")
    expect(abs(slope - 1) > 0.02, f"{seen}; there negative units count as much as positive ones: no activation.")
    expect(
        abs(slope - 0.2) < 0.01,
        f"{seen}; there negative units count {slope:.3g} times as much as positive ones, not 0.2 times.",
    )


@check.that("Discriminator", "gets smaller by strides, without pooling, and judges the last map place by place")
def _(Discriminator: Callable) -> None:
    straight = Straight(Discriminator)
    one, other = rand(8, 3, 16, 16), rand(8, 3, 16, 16)
    parts = straight.of(one) + straight.of(other) - straight.of(0 * one)
    bend = float((straight.of(one + other) - parts).abs().mean())
    size = float((straight.of(one) - straight.of(0 * one)).abs().mean())
    expect(
        bend < 0.02 * size,
        "With all units where LeakyReLU is straight, D should be a sum over the pixels; yours is not. Is there max "
        "pooling? The recipe has none: strided convolutions make the maps smaller.",
    )
    seen = sensitivity(straight.net, one[:1] + 0.1)[0]
    near, far = seen[:, 4:8, 4:8], seen[:, 8:12, 8:12]
    expect(
        float((near - far).abs().mean()) > 1e-3 * float(near.abs().mean()),
        "A pixel counts the same wherever in the picture it lies: the last map is averaged. A last convolution makes "
        "one number of its 4 × 4 places, each with weights of its own.",
    )


@check.that("Discriminator", "halves the picture at its first convolution", alone=False)
def _(Discriminator: Callable) -> None:
    straight = Straight(Discriminator)
    kernel, rows = straight.weight.detach().abs(), 0
    if kernel.shape[-2:] != (4, 4):
        return
    for tap in range(4):  # which rows of the picture one place of the kernel meets
        alone = torch.zeros_like(kernel)
        alone[:, :, tap, tap] = kernel[:, :, tap, tap] + 0.1
        put(straight.weight, alone)
        rows += int((sensitivity(straight.net, 0.5 + rand(1, 3, 16, 16)) != 0).any(1).any(2).sum())
    expect(
        rows <= 30,  # four places of eight stops each, two of them on the padding; of nine stops it is 32
        "With size=16 the first map is larger than 8 × 8: the picture is padded too far. Each map is half the size of "
        "the one before.",
    )


@check.that("Discriminator", "normalizes over the batch in training", point=True)
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
