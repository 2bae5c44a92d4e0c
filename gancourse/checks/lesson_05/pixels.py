"""Exact likelihoods, and pictures that are painted pixel by pixel.

van den Oord, Kalchbrenner and Kavukcuoglu, "Pixel Recurrent Neural Networks", ICML 2016, arXiv:1601.06759, section 2.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.checks.core import Miss, a, expect
from gancourse.checks.inputs import MANY, Case, chosen_int, drawn, generator, randn
from gancourse.checks.lesson_05.masks import kept_places, layer
from gancourse.checks.lesson_05.suite import check
from gancourse.checks.networks import put
from gancourse.checks.values import close, differentiable, expect_close, number, numbers, slope_at_large

# --- likelihoods -----------------------------------------------------------------------------------


def all_pictures(height: int, width: int) -> Tensor:
    """Every picture of so many binary pixels, (2^(H·W), 1, H, W)."""
    pixels = height * width
    rows = [[number >> (pixels - 1 - k) & 1 for k in range(pixels)] for number in range(2**pixels)]
    return torch.tensor(rows, dtype=torch.float32).view(-1, 1, height, width)


def masked_net(strength: float = 1.0) -> nn.Module:
    """A small network that sees what comes before a pixel alone."""
    first, last = layer(3, kept_places(3, False), 1, 3), layer(3, kept_places(3, True), 3, 1)
    for net in (first, last):
        bias = list(net.parameters())[1]
        put(bias, 0.5 * randn(*bias.shape))
    kernel = next(last.parameters())
    put(kernel, strength * kernel.detach())
    return nn.Sequential(first, nn.Tanh(), last)


def pixel_factors(logits: Tensor, x: Tensor) -> Tensor:
    """log p of each pixel, by the sigmoid and a choice."""
    black = torch.sigmoid(logits.double())
    return torch.where(x > 0.5, black, 1 - black).log()


def nats_case() -> Case:
    net, x = masked_net(), (randn(3, 1, 3, 4) > 0).float()
    with torch.no_grad():
        logits = net(x)
    each = pixel_factors(logits, x)
    want = each.flatten(1).sum(1)
    usual = {
        "The sign is wrong: a logarithm of a probability is negative.": -want,
        "That is the mean over pixels. Their logarithms add up.": want / 12,
        "That is the probability. Its logarithm is asked.": want.exp(),
        "The logarithm is to the base 2. Nats are asked.": want / math.log(2),
        "0 and 1 are swapped: σ(l) is the probability of a 1.": pixel_factors(logits, 1 - x).flatten(1).sum(1),
        "Only pixels that are 1 count.": (each * x).flatten(1).sum(1),
        "Only pixels that are 0 count.": (each * (1 - x)).flatten(1).sum(1),
        "That is the logarithm of a sum. Logarithms of all pixels add up.": each.exp().flatten(1).sum(1).log(),
        "The logits themselves are summed. They go through log σ.": (logits * x).double().flatten(1).sum(1),
    }
    return Case("three pictures of 3 × 4 pixels", want, usual, (net, x))


@check.that("exact_likelihood", "log_likelihood: the logarithms of all pixels' probabilities, added up", point=True)
def _(answer: Callable) -> None:
    case = drawn(nats_case, always=True)
    got = answer("nats", *case.inputs)
    case.compare(numbers(got, (3,), advice="One number for each picture."), rtol=1e-3, atol=1e-4)


@check.that("exact_likelihood", "the probabilities of all sixteen pictures of 2 × 2 pixels add up to 1", point=True)
def _(answer: Callable) -> None:
    x = all_pictures(2, 2)
    got = numbers(answer("nats", masked_net(), x), (16,), advice="One number for each picture.")
    total = float(got.exp().sum())
    expect(abs(total - 1) < 1e-4, f"The sixteen probabilities add up to {total:.4f}, not to 1.")


def bits_case() -> Case:
    net, x = masked_net(), (randn(3, 1, 2, 5) > 0).float()
    with torch.no_grad():
        each = pixel_factors(net(x), x)
    want = -float(each.mean()) / math.log(2)
    usual = {
        "That is in nats. A bit is log 2 nats.": want * math.log(2),
        "The sign is wrong.": -want,
        "That is for a whole picture. Divide by its number of pixels.": want * 10,
        "It is summed over the pictures, too.": want * 30,
        "It is summed over the pictures. Take their mean.": want * 3,
        "It is multiplied by log 2. Divide.": want * math.log(2) ** 2,
        "It is divided by the number of pixels twice.": want / 10,
        "It is divided by 2, not by log 2.": want * math.log(2) / 2,
        "It is divided by the number of columns alone.": want * 2,
        "It is divided by the number of rows alone.": want * 5,
    }
    return Case("three pictures of 2 × 5 pixels", want, usual, (net, x))


@check.that("exact_likelihood", "bits_per_pixel: minus the mean, for each pixel, in bits", point=True)
def _(answer: Callable) -> None:
    case = drawn(bits_case, always=True)
    case.compare(number(answer("bits", *case.inputs)), rtol=1e-3, atol=1e-4)


@check.that("exact_likelihood", "holds for logits of ±1,000")
def _(answer: Callable) -> None:
    net = layer(1, torch.ones(1, 1))
    kernel, bias = net.parameters()
    put(kernel, 0.0)
    x = torch.tensor([[1.0, 0.0], [0.0, 0.0]]).view(1, 1, 2, 2)
    for level in (1000.0, -1000.0):
        put(bias, level)
        ones = float(x.sum()) if level < 0 else 4 - float(x.sum())
        got = numbers(answer("nats", net, x), (1,))
        expect_close(got, torch.tensor([-1000.0 * ones]), f"logits of {level:g}, {x.numel()} pixels", rtol=1e-3)
        bits = number(answer("bits", net, x))
        expect_close(bits, 250 * ones / math.log(2), f"logits of {level:g}, one picture, in bits", rtol=1e-3)


@check.that("exact_likelihood", "has the right gradient for logits of ±1,000")
def _(answer: Callable) -> None:
    x = torch.tensor([[1.0, 0.0], [0.0, 0.0]]).view(1, 1, 2, 2)
    size = float(chosen_int(1000, between=(500, 1000)))
    for level, slope in ((size, -3.0), (-size, 1.0)):  # σ is 1 or 0: each pixel that is not foreseen pulls by 1
        for which, want in (("nats", slope), ("bits", -slope / 4 / math.log(2))):
            net = layer(1, torch.ones(1, 1))
            kernel, bias = net.parameters()
            put(kernel, 0.0)
            put(bias, level)
            got = answer(which, net, x)
            numbers(got, (1,) if which == "nats" else ())
            differentiable(got, f"In {which} it is cut off from the network: nothing could learn.")
            got.sum().backward()
            where = f"logits of {level:g}, four pixels of which one is 1, in {which},"
            slope_at_large(bias, torch.tensor([want]), where, "what is added to all logits")


@check.that("exact_likelihood", "gradients reach the network")
def _(answer: Callable) -> None:
    net, x = masked_net(), (randn(4, 1, 3, 3) > 0).float()
    loss = answer("bits", net, x)
    differentiable(loss, "bits_per_pixel is cut off from the network: nothing could learn.")
    loss.backward()
    for p in net.parameters():
        expect(p.grad is not None and bool(numbers(p.grad).any()), "No gradient reaches a parameter of the network.")


# --- painting --------------------------------------------------------------------------------------


def painted_by(answer: Callable, net: Callable, n: int, height: int, width: int) -> Tensor:
    """What was painted, checked for its shape and for being 0 and 1."""
    got = numbers(answer(net, n, height, width), (n, 1, height, width), advice="(n, 1, height, width).")
    expect(bool(((got == 0) | (got == 1)).all()), "Pixels should be 0 or 1; there are others.")
    return got


def counted_pictures(x: Tensor, kinds: int) -> Tensor:
    places = 2.0 ** torch.arange(x[0].numel() - 1, -1, -1)
    return torch.bincount((x.flatten(1) @ places.double()).long(), minlength=kinds) / len(x)


class PaintedSixteen:
    """A network on 2 × 2 pixels, and how probable the sixteen pictures are: rightly, asked once, and turned around."""

    def __init__(self) -> None:
        self.net, every = masked_net(1.5), all_pictures(2, 2)
        with torch.no_grad():
            logits, first = self.net(every), self.net(torch.zeros(1, 1, 2, 2)).expand_as(every)
        self.chances = [pixel_factors(by, every).flatten(1).sum(1).exp() for by in (logits, first, -logits)]

    @property
    def clear(self) -> bool:
        """Whether the slips are far from what is right, and from each other."""
        exact, alone, flipped = self.chances
        pairs = ((exact, alone), (exact, flipped), (alone, flipped))
        return all(float((one - other).abs().sum()) / 2 > 0.2 for one, other in pairs)


@check.that("paint_pixels", "draws each picture as often as the density says", point=True)
def _(answer: Callable) -> None:
    case = drawn(PaintedSixteen, always=True)
    exact, alone, flipped = case.chances
    often = counted_pictures(painted_by(answer, case.net, MANY, 2, 2), 16)
    off = float((often - exact).abs().sum() / 2)
    told = f"{MANY} pictures of 2 × 2 pixels do not come as often as they should: {off:.2f} of them are misplaced."
    if off > 0.06:
        for said, wrong in {
            "All pixels are drawn from what the network says of an empty picture.": alone,
            "0 and 1 are swapped: a 1 comes with probability σ(l).": flipped,
        }.items():
            if float((often - wrong).abs().sum() / 2) <= 0.06:
                raise Miss(f"{told}\n{said}")
        raise Miss(told)


class Following:
    """A network that copies: the first pixel by chance, each later one as the pixel before it in reading order."""

    def __init__(self, height: int, width: int, turned: bool = False) -> None:
        self.height, self.width, self.turned, self.calls = height, width, turned, 0

    def __call__(self, x: Tensor) -> Tensor:
        self.calls += 1
        expect(isinstance(x, Tensor) and x.ndim == 4, f"The network is given {a(x)}, not pictures (n, 1, H, W).")
        shape = tuple(x.shape[1:])
        expect(
            shape == (1, self.height, self.width), f"The network is given pictures {shape}; asked for are whole ones."
        )
        rows = x.detach().double().flatten(1)
        before = F.pad(rows, (1, 0))[:, :-1]
        logits = 200 * (before - 0.5) * (-1 if self.turned else 1)
        logits[:, 0] = 0.0
        return logits.view_as(x).to(x.dtype)


@check.that("paint_pixels", "asks again for each pixel, in reading order, and sees what it has painted", point=True)
def _(answer: Callable) -> None:
    height, width = chosen_int(3, between=(3, 4)), chosen_int(5, between=(5, 6))
    x = painted_by(answer, Following(height, width), 40, height, width).flatten(1)
    told = "Each pixel should be as the one before it in reading order, for that is what this network says; it is not."
    if not bool((x == x[:, :1]).all()):
        rows = x.view(-1, height, width)
        by_columns = bool((rows == rows[..., :1]).all())  # within a row it follows, from row to row it does not
        raise Miss(f"{told} Is it painted by columns?" if by_columns else told)
    expect(
        0 < float(x[:, 0].mean()) < 1, "The first pixel is the same in all pictures. It is drawn for each by itself."
    )
    x = painted_by(answer, Following(height, width, True), 40, height, width).flatten(1)
    expect(bool((x[:, 1:] == 1 - x[:, :-1]).all()), "Each pixel should differ from the one before it; it does not.")


@check.that("paint_pixels", "draws with the probability σ(l), each picture by itself, anew in each call", point=True)
def _(answer: Callable) -> None:
    net = layer(1, torch.ones(1, 1))
    kernel, bias = net.parameters()
    put(kernel, 0.0)
    level = float(torch.randint(8, 16, (), generator=generator())) / 10
    put(bias, level)
    n = 1500
    one, other = (painted_by(answer, net, n, 1, 3) for _ in range(2))
    share, want = float(one.mean()), 1 / (1 + math.exp(-level))
    told = f"For a logit of {level:g} everywhere {share:.2f} of the pixels are 1; σ(l) is {want:.2f}."
    if abs(share - want) > 0.04:
        rounded = share in (0.0, 1.0)
        raise Miss(f"{told} Is it rounded instead of drawn?" if rounded else told)
    expect(not close(one, other), "Two calls paint the same pictures. Draw anew each time.")
    alike = float((one.flatten(1)[:, 0] == one.flatten(1)[:, 1]).double().mean())
    expect(abs(alike - want**2 - (1 - want) ** 2) < 0.08, "The pixels of a picture hang together. Draw each by itself.")


@check.that("paint_pixels", "computes no gradients, for any size", alone=False)
def _(answer: Callable) -> None:
    net = masked_net()
    got = answer(net, 2, 3, 4)
    expect(not getattr(got, "requires_grad", False), "What is painted has gradients attached. Paint without.")
    painted_by(answer, net, 1, 1, 1)
    painted_by(answer, net, 3, 4, 2)
    expect(all(p.grad is None for p in net.parameters()), "There are gradients in the network now.")
