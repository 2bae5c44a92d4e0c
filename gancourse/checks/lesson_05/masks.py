"""Masked convolutions, and what a pixel sees: van den Oord, Kalchbrenner and Kavukcuoglu, ICML 2016,
arXiv:1601.06759, section 3.4 and figure 4.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.checks.core import expect
from gancourse.checks.inputs import chosen_int, randn
from gancourse.checks.lesson_05.suite import check
from gancourse.checks.networks import as_pytorch_sets_them, built, parameters, put
from gancourse.checks.values import differentiable, double, expect_close, numbers, plain

# --- one layer -------------------------------------------------------------------------------------


def kept_places(size: int, own: bool, slip: str = "") -> Tensor:
    """Which places of a kernel count, (size, size), counted place by place; or by a slip."""
    middle, kept = size // 2, torch.zeros(size, size, dtype=torch.float64)
    for row in range(size):
        for column in range(size):
            above, beside, here = row < middle, row == middle and column < middle, (row, column) == (middle, middle)
            kept[row, column] = float(above or beside or (own and here))
            if slip == "rows above":
                kept[row, column] = float(above or (own and row == middle))
            if slip == "own row":
                kept[row, column] = float(beside or (own and here))
            if slip == "all of its row":
                kept[row, column] = float(row <= middle)
            if slip == "quarter":
                kept[row, column] = float(row <= middle and column <= middle and (own or not here))
            if slip == "all":
                kept[row, column] = 1.0
            if slip == "others":
                kept[row, column] = float(not here) if not own else 1.0
    if slip == "columns":
        return kept_places(size, own).T
    if slip == "behind":
        return kept_places(size, own).flip(0, 1)
    if slip == "mirrored":
        return kept_places(size, own).flip(1)
    return kept_places(size, not own) if slip == "own turned around" else kept


MASK_SLIPS = {
    "own turned around": "`own` is turned around: with own=True a place sees itself, without it does not.",
    "all": "Nothing is masked.",
    "rows above": "In its own row a place should see what is on the left of it.",
    "own row": "The rows above are masked, too. A place sees them.",
    "all of its row": "A place sees what is on the right of it in its own row.",
    "quarter": "Of the rows above a place sees the left part only. It sees all that the kernel reaches.",
    "others": "Only the place itself is masked. What comes after it is seen.",
    "columns": "It goes by columns. The order is the reading order: row by row.",
    "behind": "It sees what comes after a place, not what comes before.",
    "mirrored": "In its own row a place sees what is on the right of it, not what is on the left.",
}


def layer_of(kind: Callable, inputs: int, outputs: int, size: int, own: bool) -> nn.Module:
    """A layer of the student's with parameters drawn anew by the check."""
    net = built(kind, inputs=inputs, outputs=outputs, size=size, own=own)
    shapes = [tuple(p.shape) for p in parameters(net).values()]
    fits = shapes == [(outputs, inputs, size, size), (outputs,)]
    told = f"Asked for are a kernel of shape {(outputs, inputs, size, size)} and a bias {(outputs,)}, in this order"
    expect(fits, f"{told}; the parameters have the shapes {', '.join(map(str, shapes))}.")
    return net


def redrawn(net: nn.Module) -> tuple[Tensor, Tensor]:
    """Set kernel and bias to numbers of the check's, none near 0; they are returned."""
    found = []
    for p in parameters(net).values():
        value = randn(*p.shape)
        value = value + 0.3 * value.sign()
        put(p, value)
        found.append(value.double())
    return found[0], found[1]


def compare_layer(kind: Callable, own: bool, size: int) -> None:
    inputs, outputs = 2, 3
    net = layer_of(kind, inputs, outputs, size, own)
    kernel, bias = redrawn(net)
    x = randn(2, inputs, 5, 6)
    got = net(x)
    shape = (2, outputs, 5, 6)
    made = numbers(got, shape, advice=f"Height and width stay: {size // 2} zeros on each side.")

    def by(mask: Tensor, b: Tensor = bias) -> Tensor:
        return F.conv2d(x.double(), kernel * mask, b, padding=size // 2)

    mask = kept_places(size, own)
    usual = {said: by(kept_places(size, own, slip)) for slip, said in MASK_SLIPS.items()}
    usual["The bias is missing."] = by(mask, torch.zeros_like(bias))
    flipped = F.pad(x.double(), (size // 2,) * 4, mode="circular")
    usual["Maps are continued around the edge. Put zeros there."] = F.conv2d(flipped, kernel * mask, bias)
    where = f"a kernel of {size} × {size} with own={own}, whose parameters were set anew"
    expect_close(made, by(mask), where, usual, show=False, rtol=1e-3, atol=1e-3)


@check.that("MaskedConv", "without `own`, sees what comes before a place, and nothing else", point=True)
def _(kind: Callable) -> None:
    for size in (3, 5):
        compare_layer(kind, False, size)


@check.that("MaskedConv", "with `own`, sees the place itself, too", point=True)
def _(kind: Callable) -> None:
    for size in (3, 7):
        compare_layer(kind, True, size)


@check.that("MaskedConv", "with a kernel of 1 × 1 sees itself, or nothing", point=True)
def _(kind: Callable) -> None:
    for own in (True, False):
        compare_layer(kind, own, 1)


@check.that("MaskedConv", "is masked in every call, whatever training does to the parameters", point=True)
def _(kind: Callable) -> None:
    net = layer_of(kind, 1, 1, 3, False)
    x = randn(1, 1, 4, 4)
    for _ in range(2):
        redrawn(net)
        first = numbers(net(x), (1, 1, 4, 4))
        other = x.clone()
        other[0, 0, 2, 1] += 3.0
        changed = (numbers(net(other), (1, 1, 4, 4)) - first).abs()[0, 0] > 1e-4
        before = [(r, c) for r in range(4) for c in range(4) if r * 4 + c <= 2 * 4 + 1 and bool(changed[r, c])]
        expect(not before, f"The pixel at row 2, column 1 changes the output at {before}: none of them comes after it.")
        expect(bool(changed[2, 2]) and bool(changed[3, 1]), "A pixel changes nothing at the places right after it.")


@check.that("MaskedConv", "kernel and bias learn, and gradients reach the maps")
def _(kind: Callable) -> None:
    net = layer_of(kind, 2, 2, 3, True)
    x = randn(3, 2, 5, 5).requires_grad_()
    out = net(x)
    differentiable(out, "The output is cut off from the parameters: nothing can learn.")
    (out * randn(3, 2, 5, 5)).sum().backward()
    for name, p in parameters(net).items():
        expect(p.grad is not None, f"No gradient reaches the parameter {name}.")
        expect(bool(numbers(p.grad).any()), f"The gradient of {name} is 0 everywhere.")
    expect(x.grad is not None and bool(numbers(x.grad).any()), "No gradient reaches the maps.")


@check.that("MaskedConv", "starts as nn.Conv2d does", alone=False)
def _(kind: Callable) -> None:
    net = layer_of(kind, 8, 12, 5, False)
    as_pytorch_sets_them(net)
    kernel, bias = (numbers(p) for p in parameters(net).values())
    limit = (8 * 25) ** -0.5
    for name, values in (("The kernel's numbers", kernel), ("The biases", bias)):
        most = float(values.abs().max())
        expect(most <= limit * 1.001, f"{name} go up to {most:.3f}; nn.Conv2d draws them from ±{limit:.3f}.")
    expect(float(kernel.abs().max()) > 0.9 * limit, "The kernel's numbers are smaller than nn.Conv2d draws them.")


# --- what a pixel sees -----------------------------------------------------------------------------


def layer(size: int, mask: Tensor, inputs: int = 1, outputs: int = 1) -> nn.Module:
    """A convolution whose kernel is 0 where the mask is, none of the others near 0."""
    conv = nn.utils.skip_init(nn.Conv2d, inputs, outputs, size, padding=size // 2)
    kernel = randn(outputs, inputs, size, size)
    weight, bias = conv.parameters()
    put(weight, (kernel + 0.3 * kernel.sign()) * mask)
    put(bias, 0.0)
    return conv


def pixels_reached(mask: Tensor, height: int, width: int, row: int, column: int, layers: int = 1) -> Tensor:
    """Which pixels such layers see, by counting, bool (height, width)."""
    size = len(mask)
    seen = {(row, column)}
    for _ in range(layers):
        seen = {
            (r + i - size // 2, c + j - size // 2)
            for r, c in seen
            for i in range(size)
            for j in range(size)
            if mask[i, j] and 0 <= r + i - size // 2 < height and 0 <= c + j - size // 2 < width
        }
    found = torch.zeros(height, width, dtype=torch.bool)
    for r, c in seen:
        found[r, c] = True
    return found


def seen_by(answer: Callable, net: nn.Module, height: int, width: int, row: int, column: int) -> Tensor:
    got = answer(net, height, width, row, column)
    shaped = numbers(got, (height, width), advice="A row of the map for each row of a picture.")
    kind = getattr(plain(got), "dtype", None)
    expect(kind == torch.bool, f"The map should be of torch.bool; it is of {kind}.")
    return shaped


def compare_seen(answer: Callable, net: nn.Module, want: Tensor, row: int, column: int, where: str) -> None:
    height, width = want.shape
    got = seen_by(answer, net, height, width, row, column)
    right = want.double()
    usual = {
        "It is the other way around: True is for what is seen.": 1 - right,
        "Everything is seen, it says. One logit depends on a few pixels.": torch.ones_like(right),
        "Nothing is seen, it says.": torch.zeros_like(right),
    }
    seen, asked = int(got.sum()), int(right.sum())
    told = f"For {where} at row {row}, column {column}: {seen} pixels are seen, it says; {asked} are"
    if not torch.equal(got, right):
        missing = int(((right > 0) & (got == 0)).sum())
        extra = int(((right == 0) & (got > 0)).sum())
        why = next((said for said, value in usual.items() if torch.equal(got, value)), "")
        expect(False, f"{told}, {missing} are missing and {extra} too many. {why}".rstrip())


@check.that("seen_pixels", "one layer: the pixels that the kernel reaches", point=True)
def _(answer: Callable) -> None:
    for size, own, at in ((3, True, (2, 3)), (5, False, (4, 1)), (3, False, (0, 0))):
        mask = kept_places(size, own)
        row, column = at
        want = pixels_reached(mask, 6, 7, row, column)
        compare_seen(answer, layer(size, mask), want, row, column, f"a masked layer of {size} × {size}")


@check.that("seen_pixels", "counts every gradient that is not 0, however small")
def _(answer: Callable) -> None:
    net = layer(3, kept_places(3, False))
    put(next(net.parameters()), 1e-8 * next(net.parameters()).detach())
    want = pixels_reached(kept_places(3, False), 5, 6, 2, 3)
    compare_seen(answer, net, want, 2, 3, "a layer with a kernel of hundred-millionths")


@check.that("seen_pixels", "a logit of its own place, in pictures that are not square", point=True)
def _(answer: Callable) -> None:
    mask = torch.zeros(5, 5)
    mask[0, 1] = mask[2, 4] = mask[3, 2] = 1.0
    row, column = chosen_int(3, between=(2, 3)), chosen_int(4, between=(2, 4))
    want = pixels_reached(mask, 5, 8, row, column)
    compare_seen(answer, layer(5, mask), want, row, column, "a layer that sees three odd places")


@check.that("seen_pixels", "behind ReLUs, where a way is open in few pictures", point=True)
def _(answer: Callable) -> None:
    mask = kept_places(3, False)
    for row, column in ((4, 3), (3, 2)):
        with torch.no_grad():
            first, second = layer(3, mask), layer(3, kept_places(3, True))
            net = nn.Sequential(first, nn.ReLU(), second)
            put(list(first.parameters())[1], -1.0)
        want = pixels_reached(kept_places(3, True), 6, 6, row, column)
        whole = torch.zeros(6, 6, dtype=torch.bool)
        for r, c in want.nonzero().tolist():
            whole |= pixels_reached(mask, 6, 6, r, c)
        compare_seen(answer, net, whole, row, column, "two masked layers with a ReLU between them")


@check.that("seen_pixels", "signs that cancel over pictures, or pixels far from 0, do not hide a pixel", point=True)
def _(answer: Callable) -> None:
    flipping = nn.Sequential(layer(3, kept_places(3, True)), nn.Tanh())
    kernel = next(flipping.parameters())
    put(kernel, kernel.detach() * 0.2)
    want = pixels_reached(kept_places(3, True), 5, 5, 3, 2)
    compare_seen(answer, flipping, want, 3, 2, "a masked layer behind a tanh")
    folded = nn.Sequential(layer(1, torch.ones(1, 1)), nn.Softshrink(0.3), layer(1, torch.ones(1, 1)))
    want = torch.zeros(4, 4, dtype=torch.bool)
    want[1, 2] = True
    compare_seen(answer, folded, want, 1, 2, "layers that see one pixel, its own")


@check.that("seen_pixels", "leaves the network, its gradients and its mode as they were", alone=False)
def _(answer: Callable) -> None:
    for mode in (True, False):
        left_alone_by(answer, mode)


def left_alone_by(answer: Callable, mode: bool) -> None:
    """Miss unless a network in this mode stays as it is."""
    net = nn.Sequential(layer(3, kept_places(3, False)), nn.ReLU(), layer(3, kept_places(3, True)))
    before = [p.detach().clone() for p in net.parameters()]
    for p in net.parameters():
        p.grad = torch.full_like(p, 0.25)
    net.train(mode)
    answer(net, 5, 5, 3, 3)
    for old, p in zip(before, net.parameters(), strict=True):
        expect(torch.equal(old, p.detach()), "The network's parameters have changed.")
        kept = p.grad is not None and bool((double(p.grad) == 0.25).all())
        expect(kept, "The gradients of the network's parameters have changed. Use torch.autograd.grad at the pictures.")
        expect(p.requires_grad, "The network's parameters no longer take gradients.")
    expect(net.training == mode, "The network's mode has changed.")
