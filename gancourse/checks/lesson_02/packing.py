"""Packing: what it does to the distance of two distributions, and a discriminator that does it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, chosen, chosen_int, drawn, randn, said
from gancourse.checks.lesson_02.suite import check
from gancourse.checks.networks import network
from gancourse.checks.values import differentiable, expect_close, number, numbers

# --- packed_distance -------------------------------------------------------------------------


def variation(p: Sequence[float], q: Sequence[float], m: int = 1) -> float:
    """½ Σ |p(x₁)…p(x_m) − q(x₁)…q(x_m)| over all packs."""
    packs = itertools.product(range(len(p)), repeat=m)
    return 0.5 * sum(abs(math.prod(p[i] for i in pack) - math.prod(q[i] for i in pack)) for pack in packs)


def unordered(p: Sequence[float], q: Sequence[float], m: int) -> float:
    """The same with each set of samples taken once: wrong, as packs come in every order."""
    packs = itertools.combinations_with_replacement(range(len(p)), m)
    return 0.5 * sum(abs(math.prod(p[i] for i in pack) - math.prod(q[i] for i in pack)) for pack in packs)


def asked(p: Sequence[float], q: Sequence[float], m: int) -> Case:
    want, alone = variation(p, q, m), variation(p, q)
    usual = {
        "The factor ½ is missing.": 2 * want,
        "That is the distance of single samples: `m` is not used.": alone,
        "That is m times the distance of single samples.": m * alone,
        "That is the m-th power of the distance of single samples.": alone**m,
        "That is 1 − (1 − d)^m, which holds for some pairs only. Sum over all packs.": 1 - (1 - alone) ** m,
        "Only packs of equal samples are summed over. A pack may hold any samples, in any order.": (
            0.5 * sum(abs(x**m - y**m) for x, y in zip(p, q, strict=True))
        ),
        "Each set of samples is taken once. Packs in another order are other packs: there are K^m.": unordered(p, q, m),
        "Squares are summed. The distance sums absolute differences.": 0.5
        * sum((math.prod(x) - math.prod(y)) ** 2
              for x, y in zip(itertools.product(p, repeat=m), itertools.product(q, repeat=m), strict=True)),
        "The packs themselves are multiplied with each other: of 1, 2, 4, 8 samples. Add one sample at a time.": (
            variation(p, q, 2 ** (m - 1)) if m < 5 else math.inf
        ),
        "That is for packs of one sample more.": variation(p, q, m + 1),
        "All values but the first are taken for one. There are K of them.": (
            variation([p[0], 1 - p[0]], [q[0], 1 - q[0]], m)
        ),
        "That is the largest difference. The distance sums all of them.": max(
            abs(math.prod(x) - math.prod(y))
            for x, y in zip(itertools.product(p, repeat=m), itertools.product(q, repeat=m), strict=True)
        ),
    }  # fmt: skip
    told: dict[str, Any] = {}
    for say, wrong in usual.items():  # with m = 1 many of them are one number; the first name is the usual one
        if all(abs(wrong - other) > 3e-3 * (1 + want) for other in (want, *told.values())):
            told[say] = wrong
    return Case(f"p = {said(tuple(p))}, q = {said(tuple(q))} and m = {m}", want, told, (p, q, m))


def distance_of(value: Any) -> Tensor:
    return number(value, "The distance", "Add up all packs.")


def case_tensors(case: Case) -> tuple[Tensor, Tensor, int]:
    p, q, m = case.inputs
    return torch.tensor(p), torch.tensor(q), m


@check.that("packed_distance", "is half the sum of the differences for m = 1")
def _(distance: Callable) -> None:
    def three() -> Case:
        x, y = chosen(0.5, 0.3, between=(0.15, 0.55)), chosen(0.2, 0.4, between=(0.15, 0.55))
        if sum(x) > 0.9 or sum(y) > 0.9:
            return three()
        return asked([*x, round(1 - sum(x), 2)], [*y, round(1 - sum(y), 2)], 1)

    case = drawn(three)
    case.compare(distance_of(distance(*case_tensors(case))))


@check.that("packed_distance", "sums over all packs of m samples", point=True)
def _(distance: Callable) -> None:
    def tilted(m: int) -> Case:
        """Three values: of two the squares differ as much as the probabilities, which hides a mistake."""
        x, y = chosen(0.5, 0.3, between=(0.15, 0.55)), chosen(0.1, 0.3, between=(0.15, 0.55))
        if sum(x) > 0.9 or sum(y) > 0.9:
            return tilted(m)
        return asked([*x, round(1 - sum(x), 2)], [*y, round(1 - sum(y), 2)], m)

    # Few samples in a pack: a mistake that squares the packs (to 1, 2, 4, … samples) has its answer, too.
    for m in (2, chosen_int(3, between=(3, 4))):
        case = drawn(lambda m=m: tilted(m))
        case.compare(distance_of(distance(*case_tensors(case))))


@check.that("packed_distance", "grows fast where a mode is missing")
def _(distance: Callable) -> None:
    def dropped() -> Case:
        (lost,) = chosen(0.2, between=(0.1, 0.4))
        return asked([round(lost, 2), round(1 - lost, 2)], [0.0, 1.0], chosen_int(4, between=(3, 4)))

    case = dropped()
    case.compare(distance_of(distance(*case_tensors(case))))


@check.that("packed_distance", "is 0 for equal distributions and 1 for those that never meet", alone=False)
def _(distance: Callable) -> None:
    (x,) = chosen(0.3, between=(0.1, 0.9))
    p = torch.tensor([x, 1 - x, 0.0])
    expect_close(distance_of(distance(p, p.clone(), 3)), 0.0, "p = q and m = 3")
    expect_close(distance_of(distance(p, torch.tensor([0.0, 0.0, 1.0]), 2)), 1.0, "p and q that never meet, m = 2")


# --- PackedDiscriminator ---------------------------------------------------------------------


def made(build: Callable, *sizes: int) -> nn.Module:
    return network(build(*sizes), "PackedDiscriminator(…)")


def pack_logits(D: Callable, x: Tensor, packs: int) -> Tensor:
    got = D(x)
    expect(got is not None, "D(x) is None. Does `forward` end in `return …`?")
    advice = ""
    if isinstance(got, Tensor) and tuple(got.shape) == (len(x), 1) and packs != len(x):
        advice = "There is one logit for each sample. There should be one for each pack."
    return numbers(got, (packs, 1), f"D of {len(x)} samples", advice)


@check.that("PackedDiscriminator", "gives one logit for each pack of m samples", alone=False)
def _(build: Callable) -> None:
    for m, dimension, packs in ((2, 2, 4), (3, 2, 5), (1, 2, 3), (chosen_int(4, between=(4, 6)), 3, 2)):
        pack_logits(made(build, m, dimension, 16), randn(m * packs, dimension), packs)


@check.that("PackedDiscriminator", "packs samples that stand next to each other, and looks at all of them", point=True)
def _(build: Callable) -> None:
    for m, packs in ((2, 3), (chosen_int(3, between=(3, 5)), 4)):
        D, x = made(build, m, 2, 32), randn(m * packs, 2)
        before, moves = pack_logits(D, x, packs), []
        for i in range(m * packs):
            other = x.clone()
            other[i] += 3.0
            moved = (pack_logits(D, other, packs) - before).abs().flatten() > 1e-6
            moves.append(set(moved.nonzero().flatten().tolist()))
        told = f"With m = {m} and {m * packs} samples, sample {{i}} (counted from 0) should move logit {{want}} only"
        for i, found in enumerate(moves):
            want, told_i = i // m, told.format(i=i, want=i // m)
            expect(bool(found), f"{told_i}; it moves none. Does every sample of a pack reach the network?")
            expect(
                found == {want} or not all(f == {j % packs} for j, f in enumerate(moves)),
                f"{told_i}; it moves logit {i % packs}. Your packs take samples {packs} rows apart. A pack is m "
                "rows that follow each other.",
            )
            expect(found == {want}, f"{told_i}; it moves {', '.join(map(str, sorted(found)))}.")


@check.that("PackedDiscriminator", "judges the samples of a pack together", point=True)
def _(build: Callable) -> None:
    D, packs = made(build, 2, 2, 64), 32
    left, right, other_left, other_right = (3 * randn(packs, 2) for _ in range(4))

    def of(x: Tensor, y: Tensor) -> Tensor:
        return pack_logits(D, torch.stack([x, y], 1).reshape(2 * packs, 2), packs)

    here, there = of(left, right), of(other_left, other_right)
    mixed = of(left, other_right), of(other_left, right)
    effect = (here - there).abs().mean() + (mixed[0] - mixed[1]).abs().mean()
    expect(bool(effect > 1e-6), "The logits hardly depend on the samples.")
    together = (here + there - mixed[0] - mixed[1]).abs().mean()
    expect(
        bool(together > 1e-3 * effect),
        "The logit of a pack is a sum of one part for each of its samples, so D cannot see whether two of them "
        "are alike. Give the m samples to one network as one input of m · dimension numbers, with hidden layers.",
    )


@check.that("PackedDiscriminator", "takes the samples of a pack side by side, as they are", point=True)
def _(build: Callable) -> None:
    m, packs = chosen_int(2, between=(2, 4)), 16
    D = made(build, m, 2, 32)
    x = 2 * randn(packs, m, 2)

    def of(x: Tensor) -> Tensor:
        return pack_logits(D, x.reshape(packs * m, 2), packs)

    before, swapped = of(x), of(x.flip(1))
    size = (before - before.mean()).abs().mean().clamp(min=1e-12)
    expect(
        bool((before - swapped).abs().mean() > 1e-3 * size),
        "The logits stay the same if the samples of each pack change places. Give them to the first layer side by "
        "side, as one input of m · dimension numbers, nothing averaged before.",
    )


NO_PARAMETERS = "The network has no parameters. Layers must be attributes of the module (not in a plain list)."


@dataclass
class Layers:
    """The weights and biases of a network of two hidden layers, in their order; a bias may be missing."""

    weights: list[nn.Parameter]
    biases: list[nn.Parameter | None]

    def put(self, which: int, scale: float, bias: float) -> None:
        """Multiply a layer's weights, and set all its biases."""
        with torch.no_grad():
            self.weights[which].mul_(scale)
            found = self.biases[which]
            if found is not None:
                found.fill_(bias)

    def scale(self, which: int, factor: float) -> None:
        """Multiply a layer's weights and biases."""
        with torch.no_grad():
            for p in (self.weights[which], self.biases[which]):
                if p is not None:
                    p.mul_(factor)

    def center(self, which: int) -> None:
        """Take from each unit's weights their mean, and its bias."""
        self.put(which, 1.0, 0.0)
        with torch.no_grad():
            weight = self.weights[which]
            weight.sub_(weight.flatten(1).mean(1).reshape(-1, *[1] * (weight.ndim - 1)))


def layers_of(D: nn.Module, m: int, dimension: int, width: int) -> Layers:
    """What a network of the asked shape is made of, or a miss that says what else it is."""
    named = dict(D.named_parameters())
    expect(bool(named), NO_PARAMETERS)
    matrices = [name for name, p in named.items() if p.ndim > 1]
    shapes = [tuple(named[name].flatten(1).shape) for name in matrices]  # a convolution over a pack is a matrix, too
    want = [(width, m * dimension), (width, width), (1, width)]
    told = f"With m = {m}, dimension = {dimension} and width = {width} the weights have shapes {shapes}"
    expect(shapes == want or any(width in shape for shape in shapes), f"{told}. Is `width` used?")
    expect(shapes == want, f"{told}; expected are two hidden layers of {width} units each, {want}.")
    names = [f"{name.removesuffix('weight')}bias" for name in matrices]
    more = [name for name in named if name not in (*matrices, *names)]
    expect(
        not more,
        f"There are weights besides those of the three layers: {', '.join(more)}. Nothing but activations stands "
        "between the layers, and nothing in front of the first.",
    )
    biases = [named.get(name) for name in names]
    return Layers([named[name] for name in matrices], biases)


def bent(D: nn.Module, m: int, dimension: int) -> tuple[float, float]:
    """How far D is from an affine function, on the scale of what it does at all; and that scale."""
    x, y = (randn(24 * m, dimension) for _ in range(2))
    one, other, both, none = (pack_logits(D, given, 24) for given in (x, y, x + y, torch.zeros_like(x)))
    size = float((one - none).abs().mean())
    return float((one + other - both - none).abs().mean()) / max(size, 1e-12), size


@check.that("PackedDiscriminator", "has two hidden layers of `width` units, with an activation behind each")
def _(build: Callable) -> None:
    m, dimension, width = chosen_int(2, between=(2, 3)), 2, chosen_int(24, between=(17, 40))
    for straight, name in ((1, "first"), (0, "second")):
        # All units of the other layer are driven to where ReLU and its kin are straight: what is bent is this one's.
        D = made(build, m, dimension, width)
        layers = layers_of(D, m, dimension, width)
        layers.put(straight, 1.0, 30.0)
        if straight == 0:  # the second layer takes what units have in common away: it sees them on either side of 0
            layers.center(1)
        bend, size = bent(D, m, dimension)
        if size < 1e-3 or layers.biases[straight] is None:  # tanh and its kin are flat there, and straight around 0
            D = made(build, m, dimension, width)
            layers = layers_of(D, m, dimension, width)
            layers.put(straight, 1e-3, 0.0)
            if straight == 0:
                layers.put(1, 1e3, 0.3)
            bend, size = bent(D, m, dimension)
        expect(
            bend > 1e-3,
            f"There is no activation behind the {name} hidden layer: without one, two layers are no more than one. "
            "In `perceptron` each has a LeakyReLU behind it.",
        )


@check.that("PackedDiscriminator", "has nothing but activations between its layers, and nothing in front of them")
def _(build: Callable) -> None:
    m, dimension, width, packs = 2, 2, chosen_int(24, between=(17, 40)), 16
    x = 2 * randn(packs * m, dimension)

    def moved(what: str, D: nn.Module, before: Tensor, given: Tensor) -> None:
        after, size = pack_logits(D, given, packs), (before - before.mean()).abs().mean().clamp(min=1e-9)
        expect(
            bool((after - before).abs().mean() > 1e-3 * size),
            f"{what}, and the logits stay as they are: something normalizes in between. Nothing but activations stands "
            "between the layers, and nothing in front of the first.",
        )

    D = made(build, m, dimension, width)
    before = pack_logits(D, x, packs)
    expect(
        bool(torch.equal(before, pack_logits(D, x, packs))),
        "Two calls with the same samples give unlike logits: is there dropout, or noise? Leave it out.",
    )
    moved("The samples are multiplied by 3", D, before, 3 * x)
    for which, name in ((0, "first"), (1, "second")):
        D = made(build, m, dimension, width)
        layers = layers_of(D, m, dimension, width)
        before = pack_logits(D, x, packs)
        layers.scale(which, 4.0)
        moved(f"The weights and biases of the {name} hidden layer are multiplied by 4", D, before, x)


@check.that("PackedDiscriminator", "returns logits, not probabilities")
def _(build: Callable) -> None:
    D, scale = made(build, 2, 2, 32), 300.0
    matrices = [p for _, p in D.named_parameters() if p.ndim > 1]
    if matrices:  # a large last layer, whatever is before it
        with torch.no_grad():
            matrices[-1].mul_(scale)
    got = pack_logits(D, scale * randn(128, 2), 64)
    expect(
        not bool(((got >= 0) & (got <= 1)).all()),
        "All outputs lie between 0 and 1, even for huge inputs. Return the logit; the loss applies the sigmoid.",
    )


@check.that("PackedDiscriminator", "lets gradients through, to its weights and to the samples")
def _(build: Callable) -> None:
    D, x = made(build, 2, 2, 16), randn(8, 2)
    expect(sum(p.numel() for _, p in D.named_parameters()) > 0, NO_PARAMETERS)
    x.requires_grad_()
    value = D(x)
    differentiable(value, "The logits cannot be differentiated: a detach() or no_grad() cuts them off.")
    value.sum().backward()
    expect(x.grad is not None and bool(x.grad.any()), "No gradient reaches the samples, so G could not learn from D.")
    blind = [name for name, p in D.named_parameters() if p.grad is None]
    expect(not blind, f"No gradient reaches the parameter(s) {', '.join(blind)}. Is every layer used?")
