"""Networks judged by what they do: shapes, ranges, who influences what, where gradients go, how they start.

Nothing here looks at layers. A network is built, called, and its parameters are read and scaled; so
transposed convolutions, upsampling, loops or lists written out all pass where they do what the text asks.
Initial weights are judged by their statistics over thousands of draws, with tolerances that a right answer
misses about once in a billion times.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from gancourse.checks.core import Miss, a, expect
from gancourse.checks.inputs import randn
from gancourse.checks.values import NOTHING, differentiable, numbers

LARGE = 100.0  # weights scaled by this drive the last layer far beyond ±1


def built(kind: Callable, **settings: int) -> nn.Module:
    """A network of the student's class."""
    net = kind(**settings)
    told = ", ".join(f"{k}={v}" for k, v in settings.items())
    if not isinstance(net, nn.Module):
        raise Miss(f"{told} gives {a(net)}; a network should be a class that inherits from nn.Module.")
    expect(bool(parameters(net)), "The network has no parameters. Are its layers attributes, or in an nn.Sequential?")
    return net


def network(value: Any, what: str = "The result") -> nn.Module:
    """A network that came from the student."""
    expect(value is not None, NOTHING)
    expect(isinstance(value, nn.Module), f"{what} should be a network, an nn.Module; it is {a(value)}.")
    return value


def parameters(net: nn.Module) -> dict[str, nn.Parameter]:
    return dict(net.named_parameters())


def scale_weights(net: nn.Module, factor: float) -> None:
    """Multiply everything but biases and the scales of batch normalization."""
    with torch.no_grad():
        for p in net.parameters():
            if p.ndim > 1:
                p.mul_(factor)


def normalizations(net: nn.Module) -> list[tuple[nn.Parameter, nn.Parameter]]:
    """Scale and shift of each normalization, in their order: what has a weight of one dimension, and a bias."""
    named = parameters(net)
    pairs = ((p, named.get(f"{name.removesuffix('weight')}bias")) for name, p in named.items() if p.ndim == 1)
    return [(scale, shift) for scale, shift in pairs if shift is not None and shift is not scale]


def put(parameter: nn.Parameter, value: Tensor | float) -> None:
    """Set a parameter in place."""
    with torch.no_grad():
        parameter.copy_(torch.as_tensor(value, dtype=parameter.dtype).expand_as(parameter))


def set_biases(net: nn.Module, value: float) -> None:
    with torch.no_grad():
        for name, p in net.named_parameters():
            if name.endswith("bias"):
                p.fill_(value)


def as_pytorch_sets_them(net: nn.Module, why: str = "") -> None:
    """Miss if weights were drawn by somebody else: PyTorch draws them evenly, and sets scales to 1 and shifts to 0.

    Args:
        why: a sentence on why they should stay as they are.
    """
    said = f"Leave them as PyTorch sets them. {why}".rstrip()
    for name, p in parameters(net).items():
        values = numbers(p)
        if p.ndim > 1 and p.numel() > 400:
            furthest = float(values.abs().max() / values.std())
            expect(furthest < 2.2, f"The weights {name} are not drawn as PyTorch draws them, evenly. {said}")
    for scale, shift in normalizations(net):
        fits = bool((numbers(scale) == 1).all() and (numbers(shift) == 0).all())
        expect(fits, f"The scales and shifts of a normalization do not start at 1 and 0. {said}")


def output(net: nn.Module, given: Tensor, shape: tuple[int, ...], advice: str = "") -> Tensor:
    """What the network makes of this input, checked for its shape and as float64."""
    got = net(given)
    expect(got is not None, NOTHING)
    return numbers(got, shape, f"For an input of shape {tuple(given.shape)} the output", advice)


def count(net: nn.Module) -> int:
    return sum(p.numel() for p in net.parameters())


def every_parameter_learns(net: nn.Module, given: Tensor) -> None:
    """Miss unless a loss on the output reaches every parameter."""
    net.train()
    out = net(given)
    differentiable(out, "The output is cut off from the parameters: nothing can learn.")
    (out * randn(*out.shape)).sum().backward()
    for name, p in net.named_parameters():
        expect(p.grad is not None, f"No gradient reaches the parameter {name}, {tuple(p.shape)}. Is that layer used?")
        dead = p.ndim > 1 and not numbers(p.grad, what=f"The gradient of {name}").any()
        expect(not dead, f"The gradient of {name}, {tuple(p.shape)}, is 0 everywhere: nothing behind it depends on it.")


def alone_or_not(net: nn.Module, given: Tensor, other: Tensor) -> tuple[float, float]:
    """How much the first output changes with the rest of the batch, and from one call to the next, on its own scale."""
    together, again = outputs_of(net(torch.cat([given[:1], given[1:]]))), outputs_of(net(given))
    beside = outputs_of(net(torch.cat([given[:1], other[1:]])))
    size = together[0].abs().mean().clamp(min=1e-12)
    return float((together[0] - beside[0]).abs().mean() / size), float((together - again).abs().mean() / size)


def outputs_of(value: Any) -> Tensor:
    return numbers(value, what="The output")


def same_for_any_company(net: nn.Module, given: Tensor, other: Tensor) -> None:
    """Miss if in evaluation mode a batch's other members matter, or chance does."""
    net.train()
    net(given)  # running statistics get some values of their own
    net.eval()
    by_company, by_chance = alone_or_not(net, given, other)
    expect(by_chance < 1e-4, "After eval() two calls with the same input differ: does it draw random numbers?")
    expect(
        by_company < 1e-4,
        "After eval() an output depends on the rest of the batch. nn.BatchNorm2d layers that are attributes of "
        "the network switch to their running statistics by themselves; F.batch_norm and "
        "track_running_stats=False do not.",
    )
    (first,) = outputs_of(net(given[:1]))
    expect(
        bool(torch.allclose(first, outputs_of(net(given))[0], rtol=1e-3, atol=1e-4)),
        "After eval() a batch of one gives another output than the same input in a larger batch.",
    )


def batch_normalized(net: nn.Module, given: Tensor, other: Tensor) -> None:
    """Miss unless in training mode the batch's other members matter."""
    net.train()
    by_company, by_chance = alone_or_not(net, given, other)
    expect(by_chance < 1e-4, "In training two calls with the same input differ: does it draw random numbers?")
    expect(
        by_company > 1e-3,
        "In training an output does not depend on the rest of the batch: there is no batch normalization in it.",
    )


def not_normalized_last(values: Tensor, what: str) -> None:
    """Miss if each channel (dimension 1) has mean 0 and spread 1 over the batch, as only a normalized one has."""
    channels = values.transpose(0, 1).flatten(1)
    mean, std = channels.mean(1), channels.std(1, unbiased=False)
    normalized = bool((mean.abs() < 2e-3).all() and ((std - 1).abs() < 0.02).all())
    expect(
        not normalized,
        f"{what} has mean 0 and spread 1 over every batch: batch normalization stands behind the last layer. Leave it "
        "out there: the network should choose the output's mean and spread.",
    )


def sensitivity(net: nn.Module, shown: Tensor) -> Tensor:
    """The logits' gradient with respect to the pixels of these pictures, in their shape, in evaluation mode."""
    net.eval()
    given = shown.clone().requires_grad_()
    logits = net(given)
    differentiable(
        logits,
        "The logits are cut off from the picture; G could not learn.",
    )
    logits.sum().backward()
    expect(given.grad is not None, "No gradient comes back to the picture; G could not learn from this D.")
    return numbers(given.grad, what="The gradient of the picture")


# --- inputs, and networks before and after ---


def latent_noise(n: int, latent_dim: int) -> Tensor:
    return randn(n, latent_dim)


def pictures(n: int, size: int) -> Tensor:
    """Noise in [−1, 1]: no picture of anything, but every pixel is different."""
    return torch.tanh(randn(n, 3, size, size))


ODD = 7.0  # what every parameter holds before


def filled(layer: nn.Module) -> nn.Module:
    """The layer with ODD in every parameter."""
    for p in layer.parameters():
        nn.init.constant_(p, ODD)
    return layer


def drawn_normal(values: Any, mean: float, std: float, what: str) -> None:
    """Miss unless these many numbers look like draws from N(mean, std²)."""
    found = numbers(values, what=f"The weights of {what}").flatten()
    n = len(found)
    expect(bool((found != ODD).any()), f"The weights of {what} are as they were. Set them in place, as nn.init does.")
    m, s = float(found.mean()), float(found.std())
    seen = (
        f"The weights of {what} have mean {m:.3g} and standard deviation {s:.3g}; asked for are {mean:g} and {std:g}."
    )
    if abs(s - std**0.5) < 0.1 * std**0.5:
        seen += " (That is the square root: nn.init.normal_ takes the standard deviation, not the variance.)"
    if abs(s - std**2) < 0.1 * std**2:
        seen += " (That is the square: N(0, 0.02²) has standard deviation 0.02.)"
    expect(abs(m - mean) < 6.5 * std / n**0.5 and abs(s - std) < 6.5 * std / (2 * n) ** 0.5, seen)
    furthest = float((found - mean).abs().max()) / std
    expect(
        furthest > 2.2,
        f"No weight of {what} is further than {furthest:.2g} standard deviations from the mean: are they drawn evenly "
        "(uniform_) or cut off? Draw them from a normal distribution.",
    )


def taught(net: nn.Module, given: torch.Tensor, loss: Callable) -> tuple[float, float]:
    """The loss before and after twelve normalized steps down its gradient, taken on this side."""
    net.train()
    history = []
    for _ in range(13):
        with torch.no_grad():
            for p in net.parameters():
                p.add_(0)  # a change on this side clears the gradients on the other one
        value = loss(net(given))
        history.append(float(value))
        value.backward()
        with torch.no_grad():
            for p in net.parameters():
                if p.grad is not None:
                    step = p.grad / p.grad.norm().clamp(min=1e-12) * 0.05 * p.norm().clamp(min=0.1)
                    p.sub_(step)
                    p.grad = None
    return history[0], min(history[-3:])
