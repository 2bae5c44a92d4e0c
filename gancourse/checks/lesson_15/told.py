"""How a generator is told its class: a normalization that hears it, and a piece of z for each block.

Brock, Donahue and Simonyan, "Large Scale GAN Training for High Fidelity Natural Image Synthesis", ICLR 2019,
arXiv:1809.11096, section 3 and appendix B. Class-conditional batch normalization is that of de Vries et al. (2017),
arXiv:1707.00683.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from gancourse.checks.asked import CHANGES, intact
from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, chosen_int, drawn, randn
from gancourse.checks.lesson_15.suite import check
from gancourse.checks.networks import built, parameters, put
from gancourse.checks.refusals import expect_refusal
from gancourse.checks.values import NOTHING, described, differentiable, expect_close, numbers, pair

# --- the normalization --------------------------------------------------------------------------------


def gain_and_shift(net: nn.Module, features: int, told: int) -> tuple[nn.Parameter, nn.Parameter]:
    """The two kernels of a ClassNorm in their order, or a miss."""
    there = parameters(net)
    shapes = ", ".join(str(tuple(p.shape)) for p in there.values())
    fits = len(there) == 2 and all(tuple(p.shape) == (features, told) for p in there.values())
    expect(
        fits,
        f"With features={features} and told={told} two kernels of shape ({features}, {told}) are asked, and nothing "
        f"else that learns; there are {shapes}.",
    )
    first, second = there.values()
    return first, second


def a_class_norm(answer: Callable, told: int = 4) -> tuple[nn.Module, Tensor, Tensor]:
    """A ClassNorm of the student's with random kernels, and what they hold."""
    features = chosen_int(3, between=(3, 6))
    net = built(answer, features=features, told=told)
    kernels = gain_and_shift(net, features, told)
    for p in kernels:
        put(p, randn(features, told))
    gain, shift = (numbers(p) for p in kernels)
    return net, gain, shift


def some_maps(features: int, n: int = 4) -> Tensor:
    """Maps of uneven size and middle, other ones for each picture and feature."""
    return randn(n, features, 3, 2) * (0.5 + randn(n, features, 1, 1).abs()) + 2 * randn(n, features, 1, 1)


def normed(x: Tensor, c: Tensor, gain: Tensor, shift: Tensor, slip: str = "") -> Tensor:
    """What a ClassNorm makes of maps in training mode, in double precision, or by this slip."""
    x, c = x.double(), c.double()
    over = {"instance": (2, 3), "layer": (1, 2, 3), "batch alone": (0,)}.get(slip, (0, 2, 3))
    mean = x.mean(over, keepdim=True)
    var = x.var(over, keepdim=True, correction=0)
    made = x if slip == "not normalized" else (x - mean) / (var + 1e-5).sqrt()
    if slip == "one c for all":
        c = c[:1].expand_as(c)
    if slip == "mean c":
        c = c.mean(0, keepdim=True).expand_as(c)
    strong, more = (c @ gain.T)[:, :, None, None], (c @ shift.T)[:, :, None, None]
    if slip == "no 1":
        return strong * made + more
    if slip == "no gain":
        return made + more
    if slip == "no shift":
        return (1 + strong) * made
    if slip == "swapped":
        return (1 + more) * made + strong
    if slip == "shift first":
        return (1 + strong) * (made + more)
    if slip == "1 added to all":
        return 1 + strong * made + more
    if slip == "tanh":
        return (1 + strong.tanh()) * made + more
    if slip == "exp":
        return strong.exp() * made + more
    return (1 + strong) * made + more


NORM_SLIPS = {
    "not normalized": "x is not normalized.",
    "instance": "Each map is normalized by itself. The mean and the variance run over the batch, too.",
    "layer": "Each picture is normalized over all of its features. It goes feature by feature, over the batch.",
    "batch alone": "The mean and the variance run over the batch alone. They run over all places, too.",
    "one c for all": "All pictures are told the first one's class. Each has its own c.",
    "mean c": "All pictures are told the mean of the classes. Each has its own c.",
    "no 1": "The 1 is missing: a layer that is told nothing would let nothing through.",
    "no gain": "The scale is not used.",
    "no shift": "The shift is not used.",
    "swapped": "Scale and shift are swapped: the first kernel is A, for the scale.",
    "shift first": "The shift is added before the scale. Scale first, then shift.",
    "1 added to all": "The 1 is added to the result. It belongs to the scale: 1 + A c.",
    "tanh": "The scale goes through a tanh. Take A c as it is.",
    "exp": "The scale goes through an exponential. It is 1 + A c.",
}


@check.that("ClassNorm", "has two kernels and no bias, starts as a plain batch normalization", alone=False)
def _(answer: Callable) -> None:
    net = built(answer, features=5, told=7)
    kernels = gain_and_shift(net, 5, 7)
    expect(not any(numbers(p).any() for p in kernels), "Both kernels start as zeros: at first no class is told.")
    x, c, none = some_maps(5), randn(4, 7), torch.zeros(5, 7).double()
    got = told_output(net, x, c)
    expect_close(got, normed(x, c, none, none), "a new layer", show=False, rtol=1e-3, atol=1e-3)


def told_output(net: nn.Module, x: Tensor, c: Tensor) -> Tensor:
    """What a ClassNorm returns, read."""
    return numbers(net(x, c), tuple(x.shape), advice="The maps keep their shape.")


@check.that(
    "ClassNorm", "normalizes over the batch, then scales by 1 + A c and adds B c, each picture its own", point=True
)
def _(answer: Callable) -> None:
    net, gain, shift = a_class_norm(answer)
    net.train()
    x, c = some_maps(len(gain)), randn(4, 4)
    usual = {said: normed(x, c, gain, shift, slip) for slip, said in NORM_SLIPS.items()}
    expect_close(
        told_output(net, x, c), normed(x, c, gain, shift), "random kernels", usual, show=False, rtol=1e-3, atol=1e-3
    )


@check.that("ClassNorm", "uses running averages in evaluation mode, by a tenth in each call of training", point=True)
def _(answer: Callable) -> None:
    net, gain, shift = a_class_norm(answer)
    features = len(gain)
    mean, var = torch.zeros(features).double(), torch.ones(features).double()
    net.train()
    for _ in range(3):
        x = some_maps(features)
        net(x, randn(4, 4))
        mean = 0.9 * mean + 0.1 * x.double().mean((0, 2, 3))
        var = 0.9 * var + 0.1 * x.double().var((0, 2, 3))
    net.eval()
    x, c = some_maps(features, 2), randn(2, 4)
    strong, more = ((c.double() @ kernel.T)[:, :, None, None] for kernel in (gain, shift))
    made = (x.double() - mean[:, None, None]) / (var + 1e-5).sqrt()[:, None, None]
    usual = {
        "It still normalizes by its own batch.": normed(x, c, gain, shift),
        "The running averages have not moved.": (1 + strong) * x.double() / (1 + 1e-5) ** 0.5 + more,
    }
    got = told_output(net, x, c)
    expect_close(got, (1 + strong) * made + more, "three batches and eval()", usual, show=False, rtol=1e-3, atol=1e-3)


@check.that("ClassNorm", "lets gradients through to the maps, to c and to both kernels")
def _(answer: Callable) -> None:
    net, gain, shift = a_class_norm(answer)
    net.train()
    x, c = some_maps(len(gain)).requires_grad_(), randn(4, 4).requires_grad_()
    weights = randn(*x.shape)
    out = net(x, c)
    differentiable(out, "The result is cut off from its inputs: nothing could learn.")
    (out * weights).sum().backward()
    leaves = [t.detach().double().requires_grad_() for t in (x, c, gain, shift)]
    want = torch.autograd.grad((normed(leaves[0], leaves[1], leaves[2], leaves[3]) * weights).sum(), leaves)
    kernels = gain_and_shift(net, *gain.shape)
    for name, t, gradient in zip(("x", "c", "A", "B"), (x, c, *kernels), want, strict=True):
        expect(t.grad is not None, f"No gradient reaches {name}.")
        expect_close(
            numbers(t.grad), gradient, f"random maps {name}'s gradient", what="is", show=False, rtol=1e-2, atol=2e-3
        )


# --- a piece of z for each block ----------------------------------------------------------------------


def cut(answer: Callable, z: Tensor, c: Tensor, blocks: int) -> tuple[Tensor, list[Tensor]]:
    """The first piece and what each block is told, as they came from the student."""
    got = answer("cut", z, c, blocks)
    expect(got is not None, NOTHING)
    fits = isinstance(got, tuple | list) and len(got) == 2
    expect(fits, f"Return the first piece, and a list of what each block is told; you return {described(got)}.")
    first, told = got
    fits = isinstance(told, tuple | list) and len(told) == blocks
    expect(fits, f"For {blocks} blocks a list of {blocks} tensors is asked; you return {described(told)}.")
    return first, list(told)


@check.that("skip_z", "cut: gives each block the class and its own piece of z, in their order", point=True)
def _(answer: Callable) -> None:
    blocks, piece = chosen_int(3, between=(2, 4)), chosen_int(2, between=(2, 4))
    z, c = randn(3, piece * (blocks + 1)), randn(3, 5)
    first, told = cut(answer, z, c, blocks)
    want = z.double().unflatten(1, (blocks + 1, piece))
    where = f"z of {z.shape[1]} numbers and {blocks} blocks"
    usual_first: dict[str, Any] = {
        "That is the last piece. The first one is for the bottom.": want[:, -1],
        "Every so-many-th number is taken. Pieces are neighbors.": z.double()[:, :: blocks + 1],
    }
    expect_close(
        numbers(first, (3, piece), "The first piece"),
        want[:, 0],
        where,
        usual_first,
        show=False,
        what="the first piece is",
    )
    rows = [numbers(row, (3, 5 + piece), f"What block {k} is told", "c and a piece of z, side by side.")
            for k, row in enumerate(told, 1)]  # fmt: skip
    wide, pieces = c.double(), want[:, 1:].unbind(1)

    def side_by_side(parts: Sequence[Tensor]) -> Tensor:
        return torch.stack([torch.cat([wide, part], 1) for part in parts])

    usual = {
        "c stands in front, the piece of z behind it.": torch.stack([torch.cat([part, wide], 1) for part in pieces]),
        "The first piece is told to a block, too: it is for the bottom alone.": side_by_side(want[:, :-1].unbind(1)),
        "The pieces come in the wrong order.": side_by_side(pieces[::-1]),
        "All blocks have the second piece.": side_by_side([pieces[0]] * blocks),
        "All blocks have the first piece.": side_by_side([want[:, 0]] * blocks),
        "Every so-many-th number is taken. Pieces are neighbors.": side_by_side(
            [z.double()[:, k :: blocks + 1] for k in range(1, blocks + 1)]
        ),
    }
    expect_close(torch.stack(rows), side_by_side(pieces), where, usual, show=False, what="the blocks are told")


@check.that("skip_z", "cut: refuses z that cannot be cut into equal pieces, and names its length")
def _(answer: Callable) -> None:
    blocks = chosen_int(3, between=(2, 5))
    d = 4 * (blocks + 1) + chosen_int(2, between=(1, blocks))
    z, c = randn(2, d), randn(2, 3)
    expect_refusal(lambda: answer("cut", z, c, blocks), f"z of {d} numbers and {blocks} blocks", (str(d),))


@check.that("skip_z", "cut: gradients pass to z and to the class, and both stay as they are", alone=False)
def _(answer: Callable) -> None:
    z, c = randn(2, 6).requires_grad_(), randn(2, 3).requires_grad_()
    first, told = cut(answer, z, c, 2)
    differentiable(first, "The first piece is cut off from z.")
    for row in told:
        differentiable(row, "What a block is told is cut off from z and the class.")
    torch.cat([first, *told], 1).sum().backward()
    for name, t, count in (("z", z, 1.0), ("c", c, 2.0)):
        expect(t.grad is not None, f"No gradient reaches {name}.")
        expect_close(
            numbers(t.grad), torch.full(t.shape, count).double(), f"the sum of all {name}'s gradient", what="is"
        )
    for which, t in ((2, z), (3, c)):
        expect(intact(t), CHANGES.format(which=f"number {which}"))


def counted_case() -> Case:
    features = [chosen_int(k, between=(low, low + 9)) for k, low in ((16, 12), (8, 22), (6, 34))]
    classes, embed_dim, piece = chosen_int(10, (11, 40)), chosen_int(5, (6, 12)), chosen_int(3, (2, 5))
    total = sum(features)
    tables, shared = 2 * classes * total, classes * embed_dim + 2 * total * (embed_dim + piece)
    usual = {
        "Scale and shift are two: each has its own numbers.": (tables / 2, shared - total * (embed_dim + piece)),
        "The embedding itself is not counted.": (tables, shared - classes * embed_dim),
        "The piece of z is not counted: A and B see it, too.": (tables, shared - 2 * total * piece),
        "The two are swapped: tables first.": (shared, tables),
        "The embedding is counted for each normalization. It is shared.": (tables, shared + 2 * classes * embed_dim),
        "Only the first normalization is counted.": (
            2 * classes * features[0], classes * embed_dim + 2 * features[0] * (embed_dim + piece)
        ),
        "The embedding is as long as embed_dim alone; the piece is no part of it.": (tables, shared + classes * piece),
    }  # fmt: skip
    return Case(
        f"normalizations of {features} features, {classes} classes, an embedding of {embed_dim} and a piece of {piece}",
        (float(tables), float(shared)), usual, (features, classes, embed_dim, piece),
    )  # fmt: skip


@check.that("skip_z", "count: what tables cost, and what a shared embedding costs")
def _(answer: Callable) -> None:
    case = drawn(counted_case)
    got = answer("count", *case.inputs)
    told = f"Return two whole numbers, tables first; you return {described(got)}."
    case.compare(pair(got, "tables", "shared", told))
