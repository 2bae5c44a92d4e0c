"""What tells a layer its style: the mapping network, AdaIN, and noise.

Karras, Laine and Aila, "A Style-Based Generator Architecture for Generative Adversarial Networks", CVPR 2019,
arXiv:1812.04948, sections 2 and 3.2, appendix C.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.checks.core import expect
from gancourse.checks.inputs import chosen, chosen_int, rand, randn
from gancourse.checks.lesson_14.suite import check
from gancourse.checks.networks import built, drawn_normal, output, parameters, put
from gancourse.checks.values import differentiable, expect_close, numbers

# --- the mapping --------------------------------------------------------------------------------------


def kernels_and_biases(net: nn.Module, dim: int, depth: int) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
    """A mapping's kernels and biases in their order, or misses."""
    there = parameters(net)
    kernels, biases = ([p for p in there.values() if tuple(p.shape) == s] for s in ((dim, dim), (dim,)))
    shapes = sorted(str(tuple(p.shape)) for p in there.values())
    expect(
        len(kernels) == len(biases) == depth and len(there) == 2 * depth,
        f"With latent_dim={dim} and depth={depth} there should be {depth} kernels of shape ({dim}, {dim}) and {depth} "
        f"biases of shape ({dim},); there are {', '.join(shapes)}.",
    )
    return kernels, biases


def a_mapping(answer: Callable, depth: int = 2) -> tuple[nn.Module, list[nn.Parameter], list[nn.Parameter], float]:
    """A mapping of the student's with random numbers in it, and its rate."""
    dim, (rate,) = chosen_int(5, between=(5, 7)), chosen(0.25, between=(0.1, 0.6))
    net = built(answer, latent_dim=dim, depth=depth, rate=rate)  # type: ignore[arg-type]
    kernels, biases = kernels_and_biases(net, dim, depth)
    for p in (*kernels, *biases):
        put(p, randn(*p.shape) / rate)
    return net, kernels, biases, rate


def mapped(z: Tensor, kernels: list[Tensor], biases: list[Tensor], rate: float, slip: str = "") -> Tensor:
    """z mapped in double precision, or by this slip."""
    w, dim = z.double(), z.shape[1]
    square = w.square().sum(1, keepdim=True)
    if slip == "centered":
        w = (w - w.mean(1, keepdim=True)) / (square / dim).sqrt()
    elif slip == "centered first":
        w = F.layer_norm(w, (dim,), eps=1e-8)
    elif slip == "over the batch":
        w = w / (w.square().mean(0, keepdim=True) + 1e-8).sqrt()
    elif slip == "length":
        w = w / square.sqrt()
    elif slip == "no root":
        w = w / (square / dim)
    elif slip != "not normalized":
        w = w / (w.square().mean(1, keepdim=True) + 1e-8).sqrt()
    c = {"no c": 1.0, "no 2": dim**-0.5, "no root in c": 2 / dim}.get(slip, math.sqrt(2 / dim))
    used = {"no rate": 1.0, "rate twice": rate**2, "divided by the rate": 1 / rate}.get(slip, rate)
    for k, (kernel, bias) in enumerate(zip(kernels, biases, strict=True)):
        matrix = kernel.double().T if slip == "transposed" else kernel.double()
        of_bias = {"bias as it is": 1.0, "c in the bias": c * rate, "no bias": 0.0}.get(slip, rate)
        w = w @ (c * used * matrix).T + of_bias * bias.double()
        if slip == "relu":
            w = w.relu()
        elif slip == "slope 0.01":
            w = F.leaky_relu(w, 0.01)
        elif not (slip == "linear end" and k == len(kernels) - 1):
            w = F.leaky_relu(w, 0.2)
    return w


MAPPING_SLIPS = {
    "not normalized": "z is not normalized: divide each row by the root of its mean square.",
    "length": "z is divided by its length. Divide by the root of the mean square: numbers stay around 1.",
    "no root": "z is divided by its mean square. By its root.",
    "centered": "A mean is taken off z. It is only divided.",
    "centered first": "A mean is taken off z before it is divided. It is only divided.",
    "over the batch": "The mean square runs over the batch. It runs over the numbers of one z.",
    "no c": "c is missing: kernels are multiplied by √(2/d) where they are used.",
    "no 2": "The 2 is missing in c = √(2/d).",
    "no root in c": "The root is missing in c = √(2/d).",
    "no rate": "The rate is not multiplied in where kernels are used.",
    "rate twice": "The rate is in it twice.",
    "divided by the rate": "Used are rate times what is stored; you divide.",
    "transposed": "The kernels are transposed: an output is a row of the kernel times the input, as in F.linear.",
    "bias as it is": "The biases are used as they are stored; rate times them is asked.",
    "c in the bias": "The biases are multiplied by c, too. Only the kernels are.",
    "no bias": "The biases are missing.",
    "relu": "That is a plain ReLU. Negative numbers count 0.2.",
    "slope 0.01": "The leaky ReLU's slope is 0.01, PyTorch's. 0.2 is asked.",
    "linear end": "Behind the last layer the leaky ReLU is missing.",
}


@check.that("Mapping", "stores kernels of spread 1 / rate and biases of 0, one pair for each layer")
def _(answer: Callable) -> None:
    for rate in (0.01, 0.5):
        net = built(answer, latent_dim=48, depth=3, rate=rate)  # type: ignore[arg-type]
        kernels, biases = kernels_and_biases(net, 48, 3)
        for kernel in kernels:
            spread = float(numbers(kernel).std())
            told = f"With rate={rate:g} stored kernels have the standard deviation {spread:.3g}; 1/rate = {1 / rate:g}"
            told += " is asked. They are divided by the rate, so that they can be multiplied by it in use."
            expect(abs(spread * rate - 1) < 0.2, told)
            drawn_normal(kernel, 0.0, 1 / rate, f"a layer with rate={rate:g}")
        expect(not any(numbers(bias).any() for bias in biases), "The biases should start at 0.")


@check.that("Mapping", "normalizes z, then takes dense layers with c · rate times the kernel", point=True)
def _(answer: Callable) -> None:
    net, kernels, biases, rate = a_mapping(answer)
    z = 3 * randn(4, len(biases[0])) + 1
    got = output(net, z, tuple(z.shape))
    stored = [numbers(p) for p in kernels], [numbers(p) for p in biases]
    usual = {said: mapped(z, *stored, rate, slip) for slip, said in MAPPING_SLIPS.items()}
    where = f"random kernels and rate={rate:g}"
    expect_close(got, mapped(z, *stored, rate), where, usual, show=False, rtol=1e-3, atol=1e-4)


@check.that("Mapping", "gives the same w for z and for 100 z, and stays finite for z = 0")
def _(answer: Callable) -> None:
    net, _, biases, _ = a_mapping(answer, depth=3)
    z = randn(3, len(biases[0]))
    one, hundred = output(net, z, tuple(z.shape)), output(net, 100 * z, tuple(z.shape))
    expect_close(
        hundred, one, "z and 100 z", show=False, rtol=1e-3, atol=1e-4, what="w differs; z is normalized: it is"
    )
    output(net, 0 * z, tuple(z.shape), "A tiny ε is added before dividing.")


@check.that("Mapping", "learns at its own rate: the gradient on what is stored has the factor rate", point=True)
def _(answer: Callable) -> None:
    net, kernels, biases, rate = a_mapping(answer, depth=1)
    dim = len(biases[0])
    z, weights = randn(6, dim), randn(6, dim)
    stored = numbers(kernels[0]), numbers(biases[0])
    out = net(z)
    differentiable(out, "w is cut off from the parameters: nothing can learn.")
    (out * weights).sum().backward()
    kernels, biases = kernels_and_biases(net, dim, 1)
    leaves = [x.clone().requires_grad_() for x in stored]
    want = torch.autograd.grad((mapped(z, leaves[:1], leaves[1:], rate) * weights).sum(), leaves)
    for name, p, gradient in (("kernel", kernels[0], want[0]), ("bias", biases[0], want[1])):
        grad = p.grad
        expect(grad is not None, f"No gradient reaches the {name}.")
        usual = {"The factor rate is missing in it: multiply where the parameter is used.": gradient / rate}
        expect_close(
            numbers(grad), gradient, "random z", usual, what=f"the {name}'s gradient is", show=False, rtol=1e-3,
            atol=1e-4,
        )  # fmt: skip


# --- AdaIN --------------------------------------------------------------------------------------------


def standardized(x: Tensor, scale: Tensor, shift: Tensor, slip: str = "") -> Tensor:
    """AdaIN in double precision, or by this slip."""
    x, scale, shift = x.double(), scale.double()[:, :, None, None], shift.double()[:, :, None, None]
    over = {"over the batch": (0, 2, 3), "over features": (1, 2, 3), "over features alone": (1,)}.get(slip, (2, 3))
    mean = x.mean(over, keepdim=True)
    var = (x - mean).square().mean(over, keepdim=True)
    if slip == "n − 1":
        var = var * x[0, 0].numel() / (x[0, 0].numel() - 1)
    std = var.sqrt() + 1e-8 if slip == "ε beside" else (var + (1e-5 if slip == "large ε" else 1e-8)).sqrt()
    made = {
        "variance": (x - mean) / var, "no mean": x / std, "no spread": x - mean, "ε outside": (x - mean) / (std + 1e-3),
    }.get(slip, (x - mean) / std)  # fmt: skip
    if slip == "scale and 1":
        return (1 + scale) * made + shift
    if slip == "shift first":
        return scale * (made + shift)
    if slip == "swapped":
        return shift * made + scale
    if slip == "no shift":
        return scale * made
    if slip == "no scale":
        return made + shift
    return scale * made + shift


ADAIN_SLIPS = {
    "over the batch": "Mean and spread run over the batch, as in batch normalization. Each picture has its own.",
    "over features": "Mean and spread run over all features of a picture. Each map has its own.",
    "over features alone": "Mean and spread run over the features of a pixel. They run over the pixels of a map.",
    "n − 1": "The variance is divided by the number of pixels less 1: correction=0.",
    "variance": "Divided by the variance. By its root.",
    "no mean": "The mean is not taken off.",
    "no spread": "The spread is not divided by.",
    "scale and 1": "That is 1 + scale. The scale as it is is asked.",
    "shift first": "The shift is added before the scale. Scale first, then shift.",
    "swapped": "Scale and shift are swapped.",
    "no shift": "The shift is missing.",
    "no scale": "The scale is missing.",
}


@check.that("adain", "standardizes each map over its pixels, then scales and shifts it", point=True)
def _(adain: Callable) -> None:
    x, (n, c) = randn(3, 2, 3, 2) * (1 + 2 * rand(3, 2, 1, 1)) + randn(3, 2, 1, 1), (3, 2)
    scale, shift = 1 + rand(n, c), 2 * randn(n, c)
    usual = {said: standardized(x, scale, shift, slip) for slip, said in ADAIN_SLIPS.items()}
    expect_close(
        numbers(adain(x, scale, shift), (3, 2, 3, 2)), standardized(x, scale, shift), "random maps", usual, show=False,
        rtol=1e-3, atol=1e-3,
    )  # fmt: skip


@check.that("adain", "a map of one number stays finite, and small maps are not taken for quiet ones")
def _(adain: Callable) -> None:
    even = numbers(adain(torch.ones(1, 1, 4, 4), torch.ones(1, 1), torch.full((1, 1), 2.0)), (1, 1, 4, 4))
    expect_close(even, torch.full((1, 1, 4, 4), 2.0), "a map of ones", what="there should be the shift alone; it is")
    x = 1e-4 * randn(1, 2, 5, 3)  # as small as ε's root
    one, zero = torch.ones(1, 2), torch.zeros(1, 2)
    usual = {
        "ε is 10⁻⁸, under the root. Yours is larger.": standardized(x, one, zero, "large ε"),
        "ε stands beside the root. It is added to the variance.": standardized(x, one, zero, "ε beside"),
    }
    expect_close(
        numbers(adain(x, one, zero)), standardized(x, one, zero), "maps of size 0.0001", usual, show=False, rtol=5e-3
    )


@check.that("adain", "lets gradients through to maps, scales and shifts")
def _(adain: Callable) -> None:
    given = [randn(2, 3, 4, 3).requires_grad_(), randn(2, 3).requires_grad_(), randn(2, 3).requires_grad_()]
    weights = randn(2, 3, 4, 3)
    out = adain(*given)
    differentiable(out, "The result is cut off from its inputs: nothing could learn.")
    (out * weights).sum().backward()
    leaves = [x.detach().double().requires_grad_() for x in given]
    want = torch.autograd.grad((standardized(leaves[0], leaves[1], leaves[2]) * weights).sum(), leaves)
    for name, x, gradient in zip(("x", "scale", "shift"), given, want, strict=True):
        expect(x.grad is not None, f"No gradient reaches {name}.")
        expect_close(numbers(x.grad), gradient, f"random maps {name}'s gradient", show=False, rtol=1e-2, atol=1e-3)


# --- noise --------------------------------------------------------------------------------------------


def a_noise_layer(answer: Callable, channels: int) -> tuple[nn.Module, nn.Parameter]:
    net = built(answer, channels=channels)
    there = parameters(net)
    shapes = ", ".join(str(tuple(p.shape)) for p in there.values())
    fits = len(there) == 1 and next(iter(there.values())).numel() == channels
    expect(fits, f"With channels={channels} one parameter of shape ({channels},) is asked; there are {shapes}.")
    return net, next(iter(there.values()))


@check.that("AddNoise", "adds nothing at the start, and can learn", alone=False)
def _(answer: Callable) -> None:
    net, scale = a_noise_layer(answer, 3)
    expect(not numbers(scale).any(), "The scales should start at 0: at first there is no noise.")
    x, noise = randn(2, 3, 4, 5), randn(2, 1, 4, 5)
    expect_close(output(net, x, tuple(x.shape)), x, "a new layer", show=False)
    (net(x, noise) * x).sum().backward()
    (scale,) = parameters(net).values()
    expect(scale.grad is not None, "No gradient reaches the scales: they can never leave 0.")
    expect_close(
        numbers(scale.grad).flatten(), (noise * x).sum((0, 2, 3)), "random maps", show=False,
        what="the scales' gradient is", rtol=1e-3, atol=1e-3,
    )  # fmt: skip


@check.that("AddNoise", "adds one map to all channels of a picture, by each channel's scale", point=True)
def _(answer: Callable) -> None:
    net, scale = a_noise_layer(answer, 3)
    values = torch.tensor(chosen(0.5, -1.0, 2.0, between=(-3.0, 3.0), avoid=0.0))
    put(scale, values.reshape(scale.shape))
    x, noise = randn(2, 3, 4, 5), randn(2, 1, 4, 5)
    got = numbers(net(x, noise), (2, 3, 4, 5))
    by = values[:, None, None]
    usual = {
        "The noise that is passed in is not used.": x + 0 * noise,
        "The noise is added in full: the scales are not used.": x + noise,
        "The noise takes x's place: add it.": by * noise.expand_as(x),
        "x is scaled, too.": by * (x + noise),
        "The noise is taken away.": x - by * noise,
        "The noise is multiplied in: add it.": x * (1 + by * noise),
        "All channels take as much of it as the first. Each has its own scale.": x + values[0] * noise,
        "All pictures have the first one's noise.": x + by * noise[:1],
        "The scales' size is used without its sign.": x + by.abs() * noise,
    }
    expect_close(got, x + by * noise, "known noise", usual, show=False)
    still = numbers(net(x, 0 * noise), (2, 3, 4, 5))
    expect_close(still, x, "noise of zeros", show=False, what="there should be x; it is noise all the same:")


@check.that("AddNoise", "draws a new map for each picture and in each call where none is given", point=True)
def _(answer: Callable) -> None:
    for training in (True, False):
        net, scale = a_noise_layer(answer, 2)
        put(scale, torch.tensor([1.0, 3.0]).reshape(scale.shape))
        net.train(training)
        x = randn(6, 2, 16, 12)
        first, second = (output(net, x, (6, 2, 16, 12)) - x for _ in range(2))
        mode = "" if training else "in evaluation mode "
        expect(bool(first.abs().max() > 1e-3), f"Without `noise` {mode}nothing is added. Draw a map anew.")
        expect(not torch.allclose(first, second, atol=1e-6), f"Two calls {mode}have the same noise. Draw it anew.")
        maps = first[:, 0]
        told = "Channels have maps of their own. One map a picture is asked, shared by all channels."
        expect(torch.allclose(first[:, 1], 3 * maps, rtol=1e-3, atol=1e-4), told)
        told = "All pictures have the same noise. Each gets a map of its own."
        expect(not torch.allclose(maps[0], maps[1], atol=1e-4), told)
        told = "A picture's noise is one number. It should be a map, another number at each pixel."
        expect(float(maps.std((1, 2)).min()) > 0.1, told)
        spread, mean = float(maps.std()), float(maps.mean())
        told = f"The noise has mean {mean:.2f} and standard deviation {spread:.2f}; it comes from N(0, 1): torch.randn."
        expect(abs(spread - 1) < 0.13 and abs(mean) < 0.2, told)
        expect(float(maps.abs().max()) > 2.1, "The noise is drawn evenly, it seems: torch.randn draws from N(0, 1).")
