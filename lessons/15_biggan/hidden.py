"""Hidden checks of lesson 15: the same questions on other inputs, by other formulas.

They live in the repository and not in the package, so a student's code cannot look them up. What is expected comes from
NumPy, SciPy, torch's own layers and optimizers, or counting, and not from the public checks' references.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from scipy.signal import correlate
from scipy.stats import kstest, truncnorm
from torch import Tensor, nn

from gancourse.checks.broken_pictures import MEDALS_FOR_VARIETY, hidden_direction, kept_by, mean_looks
from gancourse.checks.challenge import Reached
from gancourse.checks.core import Suite, expect
from gancourse.checks.doubles import ByClass, Counted, PullToZero
from gancourse.checks.inputs import chosen_int, generator, rand, randn
from gancourse.checks.networks import built, parameters, put
from gancourse.checks.steps import curved, flat, linear, several_losses
from gancourse.checks.values import described, expect_close, number, numbers

check = Suite("15_biggan")


def array(x: Tensor) -> np.ndarray:
    return x.detach().double().numpy()


@check.that("ClassNorm", "agrees with NumPy in training, and with F.batch_norm by what it has kept")
def _(answer: Callable) -> None:
    features, told, n = chosen_int(4, between=(2, 7)), chosen_int(3, between=(2, 6)), chosen_int(5, between=(3, 7))
    net = built(answer, features=features, told=told)
    kernels = list(parameters(net).values())
    expect([tuple(p.shape) for p in kernels] == 2 * [(features, told)], "Two kernels (features, told) are asked.")
    for p in kernels:
        put(p, randn(features, told))
    gain, shift = (array(p) for p in parameters(net).values())
    x, c = 3 * randn(n, features, 4, 5) + 1, randn(n, told)
    values = array(x).transpose(1, 0, 2, 3).reshape(features, -1)
    made = (values - values.mean(1, keepdims=True)) / np.sqrt(values.var(1, keepdims=True) + 1e-5)
    made = made.reshape(features, n, 4, 5).transpose(1, 0, 2, 3)
    strong, more = (np.einsum("ft,nt->nf", kernel, array(c))[:, :, None, None] for kernel in (gain, shift))
    net.train()
    got = numbers(net(x, c), (n, features, 4, 5))
    expect_close(got, torch.from_numpy(made * (1 + strong) + more), "random maps", show=False, rtol=1e-3, atol=1e-3)
    mean, var = torch.zeros(features), torch.ones(features)
    F.batch_norm(x, mean, var, training=True)
    net.eval()
    kept = F.batch_norm(x.double(), mean.double(), var.double())
    want = kept * torch.from_numpy(1 + strong) + torch.from_numpy(more)
    expect_close(numbers(net(x, c)), want, "one batch and eval()", show=False, rtol=1e-3, atol=1e-3)


@check.that("skip_z", "cuts as NumPy does, and counts what modules hold")
def _(answer: Callable) -> None:
    blocks, n = chosen_int(4, between=(1, 6)), chosen_int(2, between=(1, 5))
    z, c = randn(n, 3 * (blocks + 1)), randn(n, 4)
    first, told = answer("cut", z, c, blocks)
    pieces = np.split(array(z), blocks + 1, axis=1)
    expect_close(numbers(first, (n, 3)), torch.from_numpy(pieces[0]), "random z", show=False, what="the first piece is")
    expect(len(told) == blocks, f"For {blocks} blocks a list of {blocks} tensors is asked.")
    for piece, row in zip(pieces[1:], told, strict=True):
        want = torch.from_numpy(np.hstack([array(c), piece]))
        expect_close(numbers(row, (n, 7)), want, "random z", show=False, what="a block is told")
    features = [chosen_int(k, between=(2, 20)) for k in (3, 8, 5, 9)]
    classes, embed_dim, piece = (chosen_int(k, between=(2, 30)) for k in (11, 7, 4))
    tables = nn.ModuleList(nn.Embedding(classes, 2 * f) for f in features)
    linears = [nn.Linear(embed_dim + piece, f, bias=False) for f in features for _ in range(2)]
    shared = nn.ModuleList([nn.Embedding(classes, embed_dim), *linears])
    want = [float(sum(p.numel() for p in part.parameters())) for part in (tables, shared)]
    got = answer("count", features, classes, embed_dim, piece)
    expect(
        isinstance(got, tuple | list | Tensor) and len(got) == 2, f"Return two numbers; you return {described(got)}."
    )
    expect_close(torch.stack([number(part) for part in got]), want, f"norms of {features} features")


def convolved(x: np.ndarray, layer: nn.Module) -> np.ndarray:
    """A convolution that keeps the size, by SciPy."""
    weight, bias = (array(p) for p in layer.parameters())
    out = [[sum(correlate(one[i], kernel[i], mode="same") for i in range(len(one))) for kernel in weight] for one in x]
    return np.array(out) + bias[None, :, None, None]


def drawn_conv(inputs: int, outputs: int, size: int) -> nn.Module:
    layer = nn.utils.skip_init(nn.Conv2d, inputs, outputs, size, padding="same", dtype=torch.float64)
    for p in layer.parameters():
        p.data = randn(*p.shape).double()
    return layer


def means_of_four(x: np.ndarray) -> np.ndarray:
    n, c, h, w = x.shape
    return x.reshape(n, c, h // 2, 2, w // 2, 2).mean((3, 5))


@check.that("residual_blocks", "agrees with SciPy's correlation, up and down")
def _(answer: Callable) -> None:
    i, o = chosen_int(2, between=(1, 3)), chosen_int(3, between=(1, 4))
    convs = drawn_conv(i, o, 3), drawn_conv(o, o, 3), drawn_conv(i, o, 1)
    x, c = randn(2, i, 2, 4).double(), randn(2, 3).double()

    def first(x: Tensor, c: Tensor) -> Tensor:
        return x * c[:, :1, None, None] - c[:, 1:2, None, None]

    def second(x: Tensor, c: Tensor) -> Tensor:
        return x + c[:, 2:, None, None]

    def enlarged(x: np.ndarray) -> np.ndarray:
        return np.kron(x, np.ones((1, 1, 2, 2)))

    h = convolved(enlarged(np.maximum(array(first(x, c)), 0)), convs[0])
    h = convolved(np.maximum(array(second(torch.from_numpy(h), c)), 0), convs[1])
    want = torch.from_numpy(h + enlarged(convolved(array(x), convs[2])))
    got = numbers(answer("up", x, c, first, convs[0], second, convs[1], convs[2]), (2, o, 4, 8))
    expect_close(got, want, "up: random layers", show=False, rtol=1e-6, atol=1e-7)
    for skipped in (False, True):
        h = convolved(array(x) if skipped else np.maximum(array(x), 0), convs[0])
        h = convolved(np.maximum(h, 0), convs[1]) + convolved(array(x), convs[2])
        got = numbers(answer("down", x, *convs, skipped), (2, o, 1, 2))
        where = f"down: random layers, first={skipped}"
        expect_close(got, torch.from_numpy(means_of_four(h)), where, show=False, rtol=1e-6, atol=1e-7)


@check.that("self_attention", "agrees with torch's own attention, for other sizes and float32")
def _(self_attention: Callable) -> None:
    k, m, c = chosen_int(3, between=(1, 4)), chosen_int(2, between=(1, 4)), chosen_int(5, between=(2, 6))
    h, w = 2 * chosen_int(2, between=(1, 3)), 2 * chosen_int(3, between=(1, 3))
    x, gamma = randn(3, c, h, w), -0.5 - rand(1)[0]
    theta, phi, g, o = randn(k, c), randn(k, c), randn(m, c), randn(c, m)
    rows = x.double().flatten(2).transpose(1, 2)  # (n, places, c)
    pool = nn.MaxPool2d(2)
    keys, values = (pool((rows @ t.double().T).transpose(1, 2).unflatten(2, (h, w))).flatten(2) for t in (phi, g))
    heard = F.scaled_dot_product_attention(
        rows @ theta.double().T, keys.transpose(1, 2), values.transpose(1, 2), scale=1.0
    )
    want = rows + gamma.double() * heard @ o.double().T
    got = numbers(self_attention(x, theta, phi, g, o, gamma), (3, c, h, w))
    expect_close(got, want.transpose(1, 2).unflatten(2, (h, w)), "random maps", show=False, rtol=1e-3, atol=1e-3)


@check.that("orthogonal_steps", "agrees with NumPy, for any number of filters")
def _(answer: Callable) -> None:
    o, i = chosen_int(4, between=(2, 6)), chosen_int(2, between=(1, 3))
    weight = 0.7 * randn(o, i, 3, 3)
    rows = array(weight).reshape(o, -1)
    gram = rows @ rows.T
    expect_close(numbers(answer(1, weight=weight), (o, o)), torch.from_numpy(gram), "step 1", show=False, rtol=1e-3)
    strict = np.linalg.norm(gram - np.eye(o), "fro") ** 2
    expect_close(number(answer(2, weight=weight)), float(strict), "step 2", show=False, rtol=1e-3)
    loose = np.linalg.norm(gram[~np.eye(o, dtype=bool)]) ** 2
    expect_close(number(answer(4, weight=weight)), float(loose), "step 4", show=False, rtol=1e-3)


@check.that("orthogonal_steps", "has the slopes that autograd finds, and the growth that is measured")
def _(answer: Callable) -> None:
    o = chosen_int(3, between=(2, 5))
    leaf = (0.7 * randn(o, 2, 2, 3)).double().requires_grad_()
    rows = leaf.flatten(1)
    others = torch.ones(o, o, dtype=torch.bool).fill_diagonal_(False)
    penalty = (rows @ rows.T)[others].square().sum()
    penalty.backward()
    got = numbers(answer(5, weight=leaf.detach().float()), tuple(leaf.shape))
    expect(leaf.grad is not None, "")
    expect_close(got, leaf.grad, "step 5", show=False, rtol=1e-3, atol=1e-3)  # type: ignore[arg-type]
    r = (0.3 + 2 * rand(1)[0]).double().requires_grad_()
    (slope,) = torch.autograd.grad((r.square() - 1).square(), r)
    expect_close(number(answer(3, length=float(r))), float(slope), "step 3", show=False, rtol=1e-3, atol=1e-4)
    factor = 0.4 + 2 * float(rand(1)[0])
    rows = factor * leaf.detach().flatten(1)
    grown = float((rows @ rows.T)[others].square().sum() / penalty.detach())
    expect_close(number(answer(6, factor=factor)), grown, "step 6", show=False, rtol=1e-3)


def two_players(kinds: int) -> tuple[ByClass, ByClass]:
    """G and D, told classes."""
    tables = [randn(kinds, 3).double() for _ in range(2)]
    return ByClass(curved(5, 4, 4), tables[0], 1, 2, 2), ByClass(curved(7, 5, 1), tables[1])


@check.that("biggan_step", "agrees with torch's own hinge and optimizers on whole batches")
def _(step: Callable) -> None:
    kinds, parts, size = chosen_int(4, between=(2, 5)), chosen_int(2, between=(2, 5)), chosen_int(3, between=(1, 3))
    n, beta = parts * size, 0.2 + float(rand(1)[0])
    (G, D), (ours_G, ours_D) = (two_players(kinds) for _ in range(2))
    for ours, theirs in ((ours_G, G), (ours_D, D)):
        ours.load_state_dict(theirs.state_dict())

    def classes() -> Tensor:
        return torch.randint(0, kinds, (n,), generator=generator())

    for_D = [
        (randn(n, 1, 2, 2).double(), classes(), randn(n, 2).double(), classes()) for _ in range(chosen_int(2, (1, 3)))
    ]
    for_G = randn(n, 2).double(), classes()
    sgd_G, sgd_D = torch.optim.SGD(ours_G.parameters(), 0.1), torch.optim.SGD(ours_D.parameters(), 0.05)
    told = []
    for real, y, z, made_y in for_D:
        logits = torch.cat([ours_D(real, y), ours_D(ours_G(z, made_y).detach(), made_y)]).squeeze(1)
        signs = torch.cat([torch.ones(n), -torch.ones(n)]).double()
        loss = (
            2
            * nn.MultiMarginLoss()(torch.stack([logits, 0 * logits], 1) * signs[:, None], torch.zeros(2 * n).long())
            * 2
        )
        sgd_D.zero_grad()
        loss.backward()
        sgd_D.step()
        told.append(loss.item())
    g_loss = -ours_D(ours_G(*for_G), for_G[1]).sum() / n
    sgd_G.zero_grad()
    (g_loss + beta / 2 * sum(p.norm() ** 2 for p in ours_G.parameters())).backward()
    sgd_G.step()
    opts = Counted(G.parameters(), 0.1), Counted(D.parameters(), 0.05)
    got = step(G, D, *opts, for_D, for_G, parts, PullToZero(), beta)
    where = f"batches of {n} in {parts} parts"
    said = several_losses(got, 2, f"Return two numbers. You return {described(got)}.")
    expect_close(said, [sum(told) / len(told), g_loss.item()], where, show=False)
    for name, net, want in (("D", D, flat(ours_D)), ("G", G, flat(ours_G))):
        expect_close(flat(net), want, where, what=f"{name}'s parameters become", show=False, rtol=1e-6, atol=1e-7)


@check.that("truncated_normal", "passes SciPy's test against the truncated bell curve")
def _(truncated_normal: Callable) -> None:
    threshold = 0.3 + 2.2 * float(rand(1)[0])
    z = array(numbers(truncated_normal(4000, 2, threshold), (4000, 2)))
    found = kstest(z.ravel(), truncnorm(-threshold, threshold).cdf)
    expect(
        found.pvalue > 1e-8, f"With threshold {threshold:.2f} the numbers are not spread like a truncated bell curve."
    )
    want = truncnorm(-threshold, threshold).std()
    expect(
        abs(z.std() / want - 1) < 0.08, f"With threshold {threshold:.2f} their spread is {z.std():.2f}, not {want:.2f}."
    )
    rows = z[np.abs(z[:, 0]) > threshold / 2, 1]
    expect(abs(rows.std() / want - 1) < 0.15, "The second number of a row depends on the first.")


@check.that("standing_statistics", "agrees with NumPy on what comes to each layer")
def _(standing_statistics: Callable) -> None:
    width, kinds = chosen_int(3, between=(2, 5)), chosen_int(2, between=(2, 4))
    first, second = nn.BatchNorm1d(width, dtype=torch.float64), nn.BatchNorm1d(width, dtype=torch.float64)
    for norm in (first, second):
        for t in (norm.running_mean, norm.running_var):
            assert isinstance(t, Tensor)
            t.copy_(1 + 5 * rand(width))
    below, above = linear(4, width), linear(width, width)
    G = ByClass(nn.Sequential(below, first, nn.ReLU(), above, second), randn(kinds, 2).double())
    sizes = [4, 7, 5, 9, 6, 3][: chosen_int(4, between=(2, 6))]
    draws = [(3 * randn(n, 2).double(), torch.randint(0, kinds, (n,), generator=generator())) for n in sizes]
    table, found = array(G.table), []
    for z, y in draws:
        rows = np.hstack([array(z), table[y.numpy()]])
        seen = []
        for layer, norm in ((below, first), (above, second)):
            weight, bias = (array(p) for p in layer.parameters())
            rows = rows @ weight.T + bias
            seen.append((rows.mean(0), rows.var(0, ddof=1)))
            rows = np.maximum((rows - rows.mean(0)) / np.sqrt(rows.var(0) + norm.eps), 0)
        found.append(seen)
    standing_statistics(G, draws)
    for k, norm in enumerate((first, second)):
        for place, name in enumerate(("running_mean", "running_var")):
            want = torch.from_numpy(np.mean([batch[k][place] for batch in found], axis=0))
            got: Any = getattr(norm, name)
            expect_close(numbers(got), want, f"{len(draws)} batches", what=f"{name} becomes", show=False, rtol=1e-5)


@check.challenge("keep_variety", "leaves out what breaks in other generators", MEDALS_FOR_VARIETY)
def _(keep_variety: Callable) -> Reached:
    return mean_looks([kept_by(keep_variety, hidden_direction()) for _ in range(4)])
