"""Hidden checks of lesson 11: the same questions on other inputs, by other formulas.

They live in the repository and not in the package, so a student's code cannot look them up. What is expected comes from
NumPy, SciPy, torch's own layers and optimizers, or counting, and not from the public checks' references.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from scipy.ndimage import binary_opening, label
from torch import Tensor, nn

from gancourse.checks.challenge import Reached
from gancourse.checks.core import Suite, expect
from gancourse.checks.doubles import Counted, TwoAnswers
from gancourse.checks.hidden_parts import MEDALS_FOR_HOLES, holes_filled
from gancourse.checks.inputs import chosen_int, large_logits, rand, randn
from gancourse.checks.networks import built, parameters, put
from gancourse.checks.steps import copied_net, double_filters, flat, linear, several_losses
from gancourse.checks.values import described, differentiable, expect_close, number, numbers, slope_at_large, two, whole

check = Suite("11_inpainting")


def array(x: Any) -> np.ndarray:
    return torch.as_tensor(x).detach().double().numpy()


def some_holes(n: int, height: int, width: int) -> Tensor:
    """Masks with known and hidden pixels in each."""
    masks = (rand(n, 1, height, width) < 0.5).float()
    masks[:, :, 0, 0], masks[:, :, -1, -1] = 0, 1
    return masks


@check.that("composited", "agrees with going through all pixels")
def _(composited: Callable) -> None:
    n, h, w = (chosen_int(3, between=(1, 4)) for _ in range(3))
    h, w = h + 1, w + 1
    picture, mask, filling = randn(n, 3, h, w), some_holes(n, h, w), randn(n, 3, h, w)
    want = array(picture).copy()
    for k, _, i, j in np.ndindex(n, 1, h, w):
        if mask[k, 0, i, j] == 1:
            want[k, :, i, j] = array(filling)[k, :, i, j]
    got = numbers(composited(picture, mask, filling), (n, 3, h, w), advice="Return pictures of the same shape.")
    expect(np.array_equal(got.numpy(), want), "A pixel does not come as it was in the picture or the filling.")


@check.that("shown_to_G", "agrees with going through all pixels")
def _(shown_to_G: Callable) -> None:
    n, h, w = (chosen_int(3, between=(2, 5)) for _ in range(3))
    picture, mask = randn(n, 3, h, w), some_holes(n, h, w)
    want = np.zeros((n, 4, h, w))
    for k, _, i, j in np.ndindex(n, 1, h, w):
        if mask[k, 0, i, j] == 1:
            want[k, 3, i, j] = 1
        else:
            want[k, :3, i, j] = array(picture)[k, :, i, j]
    got = numbers(shown_to_G(picture, mask), (n, 4, h, w), advice="(n, 4, H, W) is asked.")
    expect(np.array_equal(got.numpy(), want), "What G is shown is not the picture without its hole, and the mask.")


@check.that("free_form_masks", "covers other shares at other sizes, by a brush, with several strokes")
def _(free_form_masks: Callable) -> None:
    size, share = chosen_int(40, between=(32, 64)), chosen_int(20, between=(10, 40)) / 100
    n, seed = chosen_int(10, between=(8, 12)), chosen_int(3, between=(0, 2**31))
    got = numbers(free_form_masks(n, size, share, seed), (n, 1, size, size), advice="(n, 1, size, size) is asked.")
    expect(bool(((got == 0) | (got == 1)).all()), "A mask holds other numbers than 0 and 1.")
    holes = got.numpy()[:, 0] > 0
    off = np.abs(holes.mean((1, 2)) - share).max()
    expect(off <= 0.03 + 1e-9, f"A mask's share is {off:.3f} off what is asked, for size={size} and share={share:g}.")
    wide = np.pad(holes, ((0, 0), (2, 2), (2, 2)), constant_values=True)
    opened = np.stack([binary_opening(one, np.ones((3, 3))) for one in wide])[:, 2:-2, 2:-2]
    thin = (holes & ~opened).sum((1, 2)) / holes.sum((1, 2)).clip(1)
    expect(thin.max() <= 0.15, f"{thin.max():.0%} of a hole is thinner than three pixels.")
    pieces = np.mean([label(one)[1] for one in holes])
    boxes = np.mean([one.sum() / (np.ptp(np.where(one)[0]) + 1) / (np.ptp(np.where(one)[1]) + 1) for one in holes])
    expect(boxes < 0.75 and pieces < 10, "The holes are rectangles, or scattered: paint strokes.")


@check.that("spread_kernel", "agrees with NumPy's insertion of zeros")
def _(spread_kernel: Callable) -> None:
    o, i, kh, kw = (chosen_int(2, between=(1, 4)) for _ in range(4))
    d, weight = chosen_int(3, between=(1, 5)), randn(o, i, kh, kw)
    want = array(weight)
    for axis, k in ((2, kh), (3, kw)):
        want = np.insert(want, np.repeat(np.arange(1, k), d - 1), 0, axis)
    got = numbers(spread_kernel(weight, d), want.shape, advice="A side of k becomes (k − 1) · d + 1.")
    expect_close(got, torch.from_numpy(want), f"a kernel of {kh} × {kw} and dilation {d}", show=False, rtol=1e-6)


def some_layers() -> list[tuple[int, int, int]]:
    """One to four layers of any kind."""
    return [
        (chosen_int(3, between=(1, 5)), chosen_int(1, between=(1, 3)), chosen_int(2, between=(1, 4)))
        for _ in range(chosen_int(3, between=(1, 4)))
    ]


def by_gradient(layers: list[tuple[int, int, int]]) -> np.ndarray:
    """Where the gradient of one number arrives, from the leftmost place on."""
    side = 2
    for kernel, stride, dilation in reversed(layers):
        side = side * stride + (kernel - 1) * dilation + 1
    x = torch.zeros(1, 1, side, dtype=torch.float64, requires_grad=True)
    h = x
    for kernel, stride, dilation in layers:
        h = F.conv1d(h, torch.ones(1, 1, kernel, dtype=torch.float64), stride=stride, dilation=dilation)
    h[0, 0, 0].backward()
    assert x.grad is not None
    places = np.flatnonzero(x.grad[0, 0].numpy())
    return places - places[0]


@check.that("dilated_field", "agrees with where gradients arrive")
def _(dilated_field: Callable) -> None:
    for _ in range(3):
        layers = some_layers()
        want, got = int(by_gradient(layers)[-1]) + 1, whole(dilated_field(list(layers)), "The answer")
        expect(got == want, f"For layers {layers} you return {got}; gradients arrive on a stretch of {want}.")


@check.that("seen_pixels", "agrees with where gradients arrive")
def _(seen_pixels: Callable) -> None:
    for _ in range(3):
        layers = some_layers()
        want, came = by_gradient(layers).tolist(), seen_pixels(list(layers))
        got = numbers(came, (len(want),), advice=f"For layers {layers} gradients arrive at {len(want)} places.")
        expect(got.tolist() == want, f"For layers {layers} gradients arrive at other places.")


@check.that("DilatedBlock", "agrees with NumPy's sums over shifted maps")
def _(answer: Callable) -> None:
    c, d = chosen_int(2, between=(1, 3)), chosen_int(3, between=(2, 4))
    net = built(answer, channels=c, dilation=d)
    there = list(parameters(net).values())
    expect(len(there) == 4, "Four parameters are asked.")
    for p in there:
        put(p, 0.5 * randn(*p.shape))
    first, shift_1, second, shift_2 = (array(p) for p in there)
    x = randn(2, c, chosen_int(6, between=(4, 8)), chosen_int(7, between=(4, 8)))

    def convolved(maps: np.ndarray, kernel: np.ndarray, shift: np.ndarray, step: int) -> np.ndarray:
        wide = np.pad(maps, ((0, 0), (0, 0), (step, step), (step, step)))
        h, w = maps.shape[2:]
        parts = [
            np.einsum("oi,nihw->nohw", kernel[:, :, a, b], wide[:, :, a * step : a * step + h, b * step : b * step + w])
            for a in range(3)
            for b in range(3)
        ]
        return np.sum(parts, 0) + shift[:, None, None]

    want = array(x) + convolved(np.maximum(convolved(array(x), first, shift_1, d), 0), second, shift_2, 1)
    got = numbers(net(x), tuple(x.shape), advice="Maps keep their shape.")
    expect_close(got, torch.from_numpy(want), "random weights", show=False, rtol=1e-3, atol=1e-3)


def a_table() -> tuple[Tensor, Tensor, int]:
    """Any number of seen and hidden halves of any number of pixels."""
    s, k, d = chosen_int(3, between=(2, 4)), chosen_int(5, between=(3, 6)), chosen_int(4, between=(3, 7))
    while True:
        joint, seen = 0.1 + rand(s, k), chosen_int(1, between=(0, s - 1))
        joint = joint / joint.sum()
        values, p = randn(k, d), (joint[seen] / joint[seen].sum()).double()
        sums = p[values.sort(0).indices].cumsum(0)
        places = (sums >= 0.5).int().argmax(0)
        if bool(((sums - 0.5).abs() > 0.01).all()) and len(places.unique()) > 1:
            return joint, values, seen


@check.that("fill_guess", "steps 1 to 3: agrees with counting, and no filling of many is nearer")
def _(answer: Callable) -> None:
    joint, values, seen = a_table()
    p = array(joint)[seen] / array(joint)[seen].sum()
    got = numbers(answer(1, joint, values, seen), p.shape)
    expect_close(got, torch.from_numpy(p), "step 1", show=False)
    mean = np.average(array(values), axis=0, weights=p)
    expect_close(numbers(answer(2, joint, values, seen), mean.shape), torch.from_numpy(mean), "step 2", show=False)
    rows = array(values)
    errors = np.array([[p @ np.abs(column - v) for v in column] for column in rows.T])
    want = np.take_along_axis(rows.T, errors.argmin(1)[:, None], 1)[:, 0]
    got = numbers(answer(3, joint, values, seen), want.shape)
    expect_close(got, torch.from_numpy(want), "step 3", show=False)


@check.that("fill_guess", "steps 4 to 6: agrees with going through all halves and pairs")
def _(answer: Callable) -> None:
    joint, values, seen = a_table()
    filling, weight = randn(values.shape[1]), 0.2 + float(rand(1)[0])
    p, rows = array(joint)[seen] / array(joint)[seen].sum(), array(values)
    want = sum(w * np.abs(row - array(filling)).mean() for w, row in zip(p, rows, strict=True))
    expect_close(number(answer(4, joint, values, seen, filling=filling)), float(want), "step 4", show=False)
    want = sum(a * b * np.abs(x - y).mean() for a, x in zip(p, rows, strict=True) for b, y in zip(p, rows, strict=True))
    expect_close(number(answer(5, joint, values, seen)), float(want), "step 5", show=False)
    costs = np.array([sum(w * np.abs(row - mine).mean() for w, row in zip(p, rows, strict=True)) for mine in rows])
    costs = costs - weight * np.log(p)
    got = whole(answer(6, joint, values, seen, weight=weight), "The half's number")
    best = costs.min() + 1e-4
    fits = 0 <= got < len(costs) and bool(costs[got] <= best)
    expect(fits, f"Step 6: half number {got} is not the cheapest.")


def torch_judge(size: int, width: int) -> nn.ModuleList:
    """The same layers by torch, in double precision."""
    w2 = 2 * width
    trunk = nn.Sequential(
        nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(width, w2, 4, 2, 1, bias=False),
        nn.BatchNorm2d(w2), nn.LeakyReLU(0.2),
    )  # fmt: skip
    whole_head = nn.Sequential(
        nn.Conv2d(w2, w2, 4, 2, 1, bias=False), nn.BatchNorm2d(w2), nn.LeakyReLU(0.2), nn.Flatten(),
        nn.Linear(w2 * (size // 8) ** 2, 1),
    )  # fmt: skip
    return nn.ModuleList([trunk, whole_head, nn.Conv2d(w2, 1, 3, padding=1)]).double()


@check.that("TwoHeads", "agrees with torch's own layers, in training and after it")
def _(answer: Callable) -> None:
    size, width = 8 * chosen_int(2, between=(2, 4)), chosen_int(3, between=(2, 4))
    net, ours = built(answer, size=size, width=width), torch_judge(size, width)
    there, mine = list(parameters(net).values()), list(ours.parameters())
    told = "The parameters are others, or in another order, than the text says."
    expect([tuple(p.shape) for p in there] == [tuple(p.shape) for p in mine], told)
    with torch.no_grad():
        for p, q in zip(there, mine, strict=True):
            q.copy_(0.4 * randn(*q.shape))
            put(p, q)
    trunk, whole_head, patch_head = ours
    for training in (True, False):
        net.train(training)
        ours.train(training)
        x = randn(3, 3, size, size)
        first, second = two(net(x), "Return two tensors.")
        with torch.no_grad():
            seen = trunk(x.double())
            want = whole_head(seen), patch_head(seen)
        for got, right, name in ((first, want[0], "the whole"), (second, want[1], "the patches")):
            told = f"The logits of {name}"
            expect_close(numbers(got, tuple(right.shape), told), right, f"{name}, training={training}", show=False,
                         rtol=1e-3, atol=2e-3)  # fmt: skip


@check.that("judges_loss", "agrees with PyTorch's binary cross-entropy")
def _(judges_loss: Callable) -> None:
    n, side, bce = chosen_int(3, between=(1, 5)), chosen_int(4, between=(1, 6)), F.binary_cross_entropy_with_logits
    real, fake = ((4 * randn(n, 1), 4 * randn(n, 1, side, side + 1)) for _ in range(2))
    parts = [bce(t, torch.full_like(t, target)) for some, target in ((real, 1.0), (fake, 0.0)) for t in some]
    expect_close(number(judges_loss(real, fake)), torch.stack(parts).sum().double(), f"{n} pictures", show=False)


def large_heads() -> tuple[Tensor, Tensor]:
    """Logits of hundreds, of both signs, by both heads."""
    n = chosen_int(3, between=(2, 5))
    return large_logits(n, 1, between=(400.0, 900.0)), large_logits(n, 1, 2, 3, between=(400.0, 900.0))


@check.that("judges_loss", "holds at large logits, gradients included")
def _(judges_loss: Callable) -> None:
    real, fake = large_heads(), large_heads()
    loss = judges_loss(real, fake)
    leaves, bce = [t.detach().double().requires_grad_() for t in (*real, *fake)], F.binary_cross_entropy_with_logits
    parts = [bce(x, torch.full_like(x, target)) for x, target in zip(leaves, (1.0, 1.0, 0.0, 0.0), strict=True)]
    want = torch.stack(parts).sum()
    expect_close(number(loss), want.detach(), "large logits", show=False)
    differentiable(loss, "The loss is cut off from the logits.")
    loss.backward()
    for t, slope in zip((*real, *fake), torch.autograd.grad(want, leaves), strict=True):
        slope_at_large(t, slope, "large logits", "the logits", show=False)


@check.that("joint_loss", "agrees with NumPy's masked mean and PyTorch's binary cross-entropy")
def _(joint_loss: Callable) -> None:
    n, h, w = (chosen_int(3, between=(2, 5)) for _ in range(3))
    picture, filling, mask = randn(n, 3, h, w), 2 * randn(n, 3, h, w), some_holes(n, h, w)
    fake, bce = (3 * randn(n, 1), 3 * randn(n, 1, 2, 3)), F.binary_cross_entropy_with_logits
    a, b = (2 * rand(2)).tolist()
    off = np.ma.masked_array(np.abs(array(filling - picture)), mask=np.broadcast_to(array(mask) == 0, picture.shape))
    want = float(off.mean()) + a * float(bce(fake[0], torch.ones_like(fake[0])))
    want += b * float(bce(fake[1], torch.ones_like(fake[1])))
    got = joint_loss(filling.requires_grad_(), picture, mask, fake, a, b)
    expect_close(number(got), want, "random pictures", show=False)
    differentiable(got, "The loss is cut off from the filling.")


@check.that("joint_loss", "holds at large logits, gradients included")
def _(joint_loss: Callable) -> None:
    fake, (a, b) = large_heads(), (0.2 + rand(2)).tolist()
    picture, mask = randn(2, 3, 3, 4), some_holes(2, 3, 4)
    loss = joint_loss(picture.clone(), picture, mask, fake, a, b)
    leaves, bce = [t.detach().double().requires_grad_() for t in fake], F.binary_cross_entropy_with_logits
    want = a * bce(leaves[0], torch.ones_like(leaves[0])) + b * bce(leaves[1], torch.ones_like(leaves[1]))
    expect_close(number(loss), want.detach(), "a filling that is right, and large logits", show=False)
    differentiable(loss, "The loss is cut off from the logits.")
    loss.backward()
    for t, slope in zip(fake, torch.autograd.grad(want, leaves), strict=True):
        slope_at_large(t, slope, "large logits", "the logits", show=False)


@check.that("inpainting_step", "agrees with torch's own losses and optimizers")
def _(step: Callable) -> None:
    n, (a, b) = chosen_int(3, between=(2, 4)), (0.5 + 3 * rand(2)).tolist()
    G = nn.Sequential(double_filters(4, 4, 3), nn.Sigmoid(), double_filters(4, 3, 1))
    trunk = nn.Sequential(double_filters(3, 3, 3), nn.Sigmoid())
    D = TwoAnswers(trunk, nn.Sequential(nn.Flatten(), linear(27, 4), nn.Tanh(), linear(4, 1)), double_filters(3, 1, 1))
    ours_G, ours_D = copied_net(G), copied_net(D)
    picture, mask = randn(n, 3, 3, 3).double(), some_holes(n, 3, 3).double()
    sgd_G, sgd_D = torch.optim.SGD(ours_G.parameters(), 0.1), torch.optim.SGD(ours_D.parameters(), 0.3)
    bce, hole = nn.BCEWithLogitsLoss(), mask.bool().expand_as(picture)

    def made() -> tuple[Tensor, Tensor]:
        filling = ours_G(torch.cat([picture.masked_fill(hole, 0), mask], 1))
        return filling, picture.masked_scatter(hole, filling[hole])

    losses = [bce(r, torch.ones_like(r)) for r in ours_D(picture)]
    losses += [bce(f, torch.zeros_like(f)) for f in ours_D(made()[1].detach())]
    d_loss = torch.stack(losses).sum()
    d_loss.backward()
    sgd_D.step()
    filling, filled = made()
    near = F.l1_loss(filling[hole], picture[hole])
    first, second = (bce(f, torch.ones_like(f)) for f in ours_D(filled))
    (near + a * first + b * second).backward()
    sgd_G.step()
    opts = Counted(G.parameters(), 0.1), Counted(D.parameters(), 0.3)
    got = step(G, D, *opts, picture, mask, a, b)
    told = f"Return four numbers: D's loss, L1, and both judgments; you return {described(got)}."
    said, want = several_losses(got, 4, told), [d_loss.item(), near.item(), first.item(), second.item()]
    expect_close(said, want, "random pictures", show=False)
    for name, net, right in (("D", D, flat(ours_D)), ("G", G, flat(ours_G))):
        expect_close(flat(net), right, "random pictures", what=f"{name}'s parameters become", show=False, rtol=1e-6)


@check.challenge("fill_holes", "fills holes in other faces", MEDALS_FOR_HOLES)
def _(fill_holes: Callable) -> Reached:
    return holes_filled(fill_holes)
