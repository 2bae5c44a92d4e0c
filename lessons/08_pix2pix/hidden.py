"""Hidden checks of lesson 08: fresh inputs, and expectations from another formula, by counting or by the library."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

from gancourse.checks.challenge import Reached
from gancourse.checks.core import Suite, expect
from gancourse.checks.doubles import Counted, PairShown
from gancourse.checks.inputs import chosen_int, rand, randn
from gancourse.checks.networks import built
from gancourse.checks.patch_work import MEDALS_FOR_WORK, Wanted, worst_of
from gancourse.checks.values import expect_close, numbers, whole

check = Suite("08_pix2pix")


# --- unet_forward ---


@check.that("unet_forward", "adds up what each way carries, by factors that one can multiply")
def _(unet_forward: Callable) -> None:
    """Each layer multiplies by a number: what comes out is a sum over the ways, without any convolution."""
    k = chosen_int(3, (2, 4))
    down, up, past = (0.5 + rand(k, dtype=torch.float64) for _ in range(3))
    downs: list[nn.Module] = []
    ups: list[nn.Module] = []
    for level in range(k):
        layer = nn.utils.skip_init(nn.Conv2d, 1, 1, 1, 2, bias=False, dtype=torch.float64)
        nn.init.constant_(next(layer.parameters()), float(down[level]))
        downs.append(layer)
        layer = nn.utils.skip_init(nn.ConvTranspose2d, 2 if level else 1, 1, 2, 2, bias=False, dtype=torch.float64)
        nn.init.constant_(next(layer.parameters())[:1], float(up[level]))
        nn.init.constant_(next(layer.parameters())[1:], float(past[level]))
        ups.append(layer)
    value = float(rand(1, dtype=torch.float64)) + 1
    x = torch.full((2, 1, 2**k, 2**k), value, dtype=torch.float64)
    found = value * float(down.prod()) * float(up[0])
    for level in range(1, k):
        found = found * float(up[level]) + value * float(down[: k - level].prod()) * float(past[level])
    got = numbers(unet_forward(x, downs, ups), (2, 1, 2**k, 2**k))
    expect_close(got, torch.full_like(got, found), "layers that multiply", show=False)


# --- receptive_field ---


def places(layers: list[tuple[int, int, int]], i: int) -> list[int]:
    """The pixels that logit i sees, padding included, by going through all of them."""
    seen = {i}
    for kernel, stride, padding in reversed(layers):
        seen = {unit * stride - padding + place for unit in seen for place in range(kernel)}
    return sorted(seen)


@check.that("receptive_field", "agrees with a count of pixels, in every step")
def _(receptive_field: Callable) -> None:
    for stride in (2, 3):
        layers = [(chosen_int(4, (2, 5)), 1 + chosen_int(1, (0, 1)), chosen_int(1, (0, 1))) for _ in range(4)]
        layers[0] = (chosen_int(5, (4, 5)), stride, 1)
        size = chosen_int(110, (100, 130))  # room for four kernels of 5
        map_of = torch.zeros(1, 1, size)
        for kernel, step_of, padding in layers:
            map_of = nn.functional.conv1d(map_of, torch.zeros(1, 1, kernel), None, step_of, padding)
        last = map_of.shape[-1] - 1
        field = range(places(layers, 2)[0], places(layers, 2)[-1] + 1)

        def same(step: int, i: int, want: int, layers: list = layers, size: int = size) -> None:
            got = whole(receptive_field(step, list(layers), i, size), "The answer")
            expect(got == want, f"Step {step} is wrong for the layers {layers}, logit {i}, {size} pixels.")

        same(1, 0, last + 1)
        same(2, 0, len(field))
        same(3, 0, places(layers, 3)[0] - places(layers, 2)[0])
        for i in (0, 1, last):
            first = places(layers, i)[0]
            same(4, i, first)
            same(5, i, len([p for p in range(first, first + len(field)) if 0 <= p < size]))


# --- PatchDiscriminator ---


@check.that("PatchDiscriminator", "is the same for the same patch, wherever it lies")
def _(PatchDiscriminator: Callable) -> None:
    inputs, outputs = chosen_int(2, (1, 4)), chosen_int(3, (2, 4))
    net = built(PatchDiscriminator, inputs=inputs, outputs=outputs, width=chosen_int(6, (4, 8)))
    net.eval()
    x, y = randn(1, inputs, 32, 32), randn(1, outputs, 32, 32)
    before = numbers(net(x, y), (1, 1, 14, 14))
    after = numbers(net(x.roll((4, 2), (2, 3)), y.roll((4, 2), (2, 3))), (1, 1, 14, 14))
    told = "a pair that is moved by 4 rows and 2 columns"
    expect_close(after[..., 5:11, 5:11], before[..., 3:9, 4:10], told, show=False, rtol=1e-3, atol=1e-4)


@check.that("PatchDiscriminator", "judges another input differently, whatever the picture", point=True)
def _(PatchDiscriminator: Callable) -> None:
    net = built(PatchDiscriminator, inputs=3, outputs=3, width=6)
    net.eval()
    y = randn(2, 3, 16, 16)
    one, other = (numbers(net(randn(2, 3, 16, 16), y), (2, 1, 6, 6)) for _ in range(2))
    expect(not torch.allclose(one, other, atol=1e-6), "The logits do not change with x: this D judges y alone.")


# --- pix2pix_step ---


def pointwise(inputs: int, outputs: int) -> nn.Module:
    """A 1 × 1 convolution in double precision: a matrix, applied to every pixel."""
    layer = nn.utils.skip_init(nn.Conv2d, inputs, outputs, 1, bias=False, dtype=torch.float64)
    for p in layer.parameters():
        p.data = randn(*p.shape, dtype=torch.float64)
    return layer


@check.that("pix2pix_step", "moves networks that are matrices as their gradients say, worked out by hand")
def _(step: Callable) -> None:
    """With G(x) = g x and D(x, y) = a x + b y at every pixel each gradient is a mean of three factors."""
    G, net = pointwise(1, 1), pointwise(2, 1)
    D = PairShown(net)
    g, (a, b) = float(next(G.parameters())), next(net.parameters()).flatten().tolist()
    rate_G, rate_D, weight = 0.3, 0.4, 1 + 3 * float(rand(1))
    x, y = randn(3, 1, 2, 4, dtype=torch.float64), randn(3, 1, 2, 4, dtype=torch.float64)
    opts = Counted(G.parameters(), rate_G), Counted(D.parameters(), rate_D)
    got = step(G, D, *opts, x, y, weight)
    real, made = a * x + b * y, a * x + b * g * x
    d_loss = (torch.log1p(torch.exp(-real)).mean() + torch.log1p(torch.exp(made)).mean()) / 2
    below, above = torch.sigmoid(-real), torch.sigmoid(made)
    new_a = a - rate_D * float((above * x - below * x).mean()) / 2
    new_b = b - rate_D * float((above * g * x - below * y).mean()) / 2
    judged = new_a * x + new_b * g * x
    slope = (-torch.sigmoid(-judged) * new_b * x).mean() + weight * (torch.sign(g * x - y) * x).mean()
    new_g = g - rate_G * float(slope)
    expect_close(
        numbers(next(net.parameters())).flatten(), [new_a, new_b], "D = a x + b y", show=False, what="D becomes"
    )
    expect_close(numbers(next(G.parameters())).flatten(), [new_g], "G = g x", show=False, what="G becomes")
    losses = torch.stack([numbers(part, (), "A returned loss") for part in got])
    want = [float(d_loss), float(torch.log1p(torch.exp(-judged)).mean()), float((y - g * x).abs().mean())]
    expect_close(losses, want, "these matrices", show=False)


# --- part_edges, at_scales, feature_matching ---


@check.that("part_edges", "agrees with the library's dilation of each part")
def _(part_edges: Callable) -> None:
    from scipy.ndimage import binary_dilation

    height, width = chosen_int(6, (5, 9)), chosen_int(7, (5, 9))
    parts = (rand(2, height, width) * 4).long() + 3
    want = torch.zeros(2, 1, height, width)
    for k in range(2):
        for part in parts[k].unique().tolist():
            inside = (parts[k] == part).numpy()
            grown = torch.from_numpy(binary_dilation(inside) & ~inside)  # a cross of four neighbors by default
            want[k, 0] = torch.maximum(want[k, 0], grown.float())
    expect_close(numbers(part_edges(parts), (2, 1, height, width)), want, "parts drawn at random", show=False)


@check.that("at_scales", "agrees with means that are counted by hand")
def _(at_scales: Callable) -> None:
    def halved(picture: torch.Tensor) -> torch.Tensor:
        n, c, height, width = picture.shape
        out = torch.zeros(n, c, -(-height // 2), -(-width // 2), dtype=picture.dtype)
        for row in range(out.shape[2]):
            for column in range(out.shape[3]):
                top, left = max(0, 2 * row - 1), max(0, 2 * column - 1)
                out[:, :, row, column] = picture[:, :, top : 2 * row + 2, left : 2 * column + 2].mean((2, 3))
        return out

    x, y = randn(1, 1, 7, 6, dtype=torch.float64), randn(1, 1, 7, 6, dtype=torch.float64)
    judges = [PairShown(pointwise(2, 1)) for _ in range(3)]
    got = at_scales(judges, x, y)
    expect(isinstance(got, list | tuple) and len(got) == 3, "Return a list with one map for each judge.")
    for k, (judge, said) in enumerate(zip(judges, got, strict=True)):
        a, b = numbers(next(judge.parameters())).flatten().tolist()
        want = a * x + b * y
        expect_close(numbers(said, tuple(want.shape)), want, f"judge {k}", show=False)
        x, y = halved(x), halved(y)


@check.that("feature_matching", "holds for maps drawn at random, and so does its gradient")
def _(feature_matching: Callable) -> None:
    shapes = [(2, 3, 5, 4), (2, 2, 3, 3), (2, 1, 2, 2)]
    real, fake = ([[randn(*s, dtype=torch.float64) for s in shapes] for _ in range(3)] for _ in range(2))
    for maps in fake:
        for one in maps:
            one.requires_grad_()
    loss = feature_matching(real, fake)
    want, gradients = 0.0, []
    for trues, mades in zip(real, fake, strict=True):
        for true, made in zip(trues[:-1], mades[:-1], strict=True):
            difference = made.detach().numpy() - true.numpy()
            want += float(abs(difference).mean())
            gradients.append((made, torch.from_numpy((difference > 0) * 2.0 - 1) / difference.size))
    expect_close(numbers(loss, ()), want, "random maps", show=False)
    loss.backward()
    for made, gradient in gradients:
        expect(made.grad is not None, "A made picture's map receives no gradient.")
        expect_close(numbers(made.grad), gradient, "random maps", show=False, what="its gradient is")


# --- coarse_to_fine ---


@check.that("coarse_to_fine", "is right for layers that multiply, where a picture of one value stays one")
def _(coarse_to_fine: Callable) -> None:
    coarse, front = pointwise(1, 1), nn.Sequential(pointwise(1, 1), nn.MaxPool2d(2))
    back = nn.Sequential(nn.Upsample(scale_factor=2), pointwise(1, 1))
    value = 1 + float(rand(1))
    x = torch.full((2, 1, 6, 8), value, dtype=torch.float64)
    a, b, c = (float(next(net.parameters())) for net in (coarse, front, back))
    for frozen in (True, False):
        got = coarse_to_fine(x, coarse, front, back, frozen)
        told = f"a picture of one value, frozen={frozen}"
        expect_close(numbers(got, (2, 1, 6, 8)), torch.full_like(x, value * (a + b) * c), told, show=False)
        got.sum().backward()
        want = None if frozen else x.numel() * c * value
        found = next(coarse.parameters()).grad
        slope = 0.0 if found is None else float(numbers(found).sum())
        expect_close(numbers(slope), want or 0.0, told, show=False, what="the gradient of the coarse branch is")


# --- cheapest_judge ---


@check.challenge("cheapest_judge", "does so for four wishes that no notebook has", MEDALS_FOR_WORK)
def _(cheapest_judge: Callable) -> Reached:
    asked = []
    for size, field, apart in ((72, 30, 4), (120, 62, 5), (170, 90, 7), (230, 120, 8)):
        around = chosen_int(size, (size - 9, size + 9)), chosen_int(field, (field - 7, field + 7))
        asked.append(Wanted(*around, chosen_int(apart, (apart, apart + 2))))
    return worst_of(cheapest_judge, asked)
