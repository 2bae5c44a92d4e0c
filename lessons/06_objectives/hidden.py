"""Hidden checks of lesson 06: fresh random inputs against libraries, brute force and autograd.

No reference of the public checks is used.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from scipy.stats import hypergeom, wasserstein_distance
from torch import nn

from gancourse.checks.challenge import Medals, Reached
from gancourse.checks.core import Suite, expect
from gancourse.checks.doubles import Projection
from gancourse.checks.inputs import chosen_int, large_logits, rand, randn
from gancourse.checks.lesson_06.shares import measured
from gancourse.checks.steps import curved, flat
from gancourse.checks.values import differentiable, expect_close, numbers, slope_at_large, two

check = Suite("06_objectives")


@check.that("critic_losses", "holds on batches drawn at random")
def _(critic_losses: Callable) -> None:
    for n, m in ((6, 6), (3, 11), (1, 4)):
        real, fake, margin = 2 * randn(n, 1), 2 * randn(m, 1), float(1 + rand())
        x, y = real.double().flatten().numpy(), fake.double().flatten().numpy()
        wanted = {
            "least squares": (0.5 * np.mean((x - 1) ** 2) + 0.5 * np.mean(y**2), 0.5 * np.mean((y - 1) ** 2)),
            "hinge": (np.mean(np.maximum(0, 1 - x)) + np.mean(np.maximum(0, 1 + y)), -np.mean(y)),
            "wasserstein": (np.mean(y) - np.mean(x), -np.mean(y)),
            "ebgan": (np.mean(x) + np.mean(np.maximum(0, margin - y)), np.mean(y)),
        }
        for name, want in wanted.items():
            got = two(critic_losses(name, real, fake, margin), "Return a pair of losses.")
            for part, value in zip(got, want, strict=True):
                expect_close(numbers(part, (), "A loss"), float(value), f"a random batch ({name})", show=False)


def heaps(n: int) -> tuple[torch.Tensor, torch.Tensor, float]:
    p, q = (0.01 + rand(n, dtype=torch.float64) for _ in range(2))
    return p / p.sum(), q / q.sum(), float(0.1 + rand())


@check.that("duality", "gives SciPy's distance on both sides, for heaps drawn at random")
def _(duality: Callable) -> None:
    for n in (7, 30):
        p, q, dx = heaps(n)
        places = dx * np.arange(n)
        want = wasserstein_distance(places, places, p.numpy(), q.numpy())
        for step in (2, 5):
            got = numbers(duality(step, p, q, dx), (), f"Step {step}")
            expect_close(got, want, f"random heaps, step {step},", show=False)


@check.that("duality", "has a critic that no other one of its slopes beats")
def _(duality: Callable) -> None:
    p, q, dx = heaps(12)
    critic = numbers(duality(4, p, q, dx), (12,), "Step 4")
    slopes = numbers(duality(3, p, q, dx), (11,), "Step 3")
    expect(bool((critic.diff().abs() <= dx * (1 + 1e-6)).all()), "Between two points step 4 is steeper than 1.")
    expect_close(critic.diff() / dx, slopes, "random heaps", show=False, what="the slopes of step 4 are")
    best = float(critic @ (p - q))
    for i in range(11):
        other = slopes.clone()
        other[i] = -other[i]
        beaten = float(F.pad((other * dx).cumsum(0), (1, 0)) @ (p - q))
        expect(beaten <= best + 1e-9, "With one slope turned around the critic would find more.")
    flow = numbers(duality(1, p, q, dx), (11,), "Step 1")
    expect_close(flow.diff(), (p - q)[1:-1], "random heaps", show=False, what="from gap to gap the flow changes by")
    expect_close(flow[0], p[0] - q[0], "random heaps", show=False, what="the first gap's flow is")


@check.that("critic_step", "moves and clips a network of two layers as the gradient says")
def _(critic_step: Callable) -> None:
    D = curved(2, 5, 1)
    opt = torch.optim.SGD(D.parameters(), lr=0.4)
    for clip in (0.5, 0.2, 0.3):
        real, fake = randn(6, 2, dtype=torch.float64), 1 + randn(9, 2, dtype=torch.float64)
        estimate = D(real).mean() - D(fake).mean()
        slopes = torch.autograd.grad(estimate, list(D.parameters()))
        want = torch.cat(
            [(p + 0.4 * g).clamp(-clip, clip).flatten() for p, g in zip(D.parameters(), slopes, strict=True)]
        ).detach()
        got = critic_step(D, opt, real, fake, clip)
        expect_close(numbers(got, ()), estimate.detach(), "a random network", show=False)
        expect_close(flat(D), want, "a random network", show=False, what="D's parameters become")


@check.that("gradient_penalty", "agrees with Jacobians of a random network, and so does its own gradient")
def _(gradient_penalty: Callable) -> None:
    D, x = curved(3, 6, 1), randn(5, 3, dtype=torch.float64)
    value = gradient_penalty(D, x, x.clone(), 2.0)  # real and made agree: it does not matter where one looks

    def fined(*weights: torch.Tensor) -> torch.Tensor:
        named = dict(zip((n for n, _ in D.named_parameters()), weights, strict=True))
        one = torch.func.grad(lambda z: torch.func.functional_call(D, named, (z[None],)).squeeze())
        return 2 * (torch.vmap(one)(x).norm(dim=1) - 1).square().mean()

    given = [p.detach().clone().requires_grad_() for p in D.parameters()]
    want = fined(*given)
    expect_close(numbers(value, ()), want.detach(), "a random network", show=False)
    value.backward()
    slopes = torch.autograd.grad(want, given, allow_unused=True)
    for p, slope in zip(D.parameters(), slopes, strict=True):
        if slope is not None and bool(slope.abs().max() > 1e-9):
            expect(p.grad is not None, "No gradient of the penalty reaches some of D's weights.")
            expect_close(numbers(p.grad), slope, "a random network", show=False, what="its gradient is")


@check.that("gradient_penalty", "looks at every place between, and at no other")
def _(gradient_penalty: Callable) -> None:
    at = float(0.2 + 0.6 * rand())
    first = nn.Linear(1, 1, device="meta").to_empty(device="cpu")  # as it is filled below, nothing is drawn
    last = nn.Linear(1, 1, bias=False, device="meta").to_empty(device="cpu")
    for p, value in ((first.weight, 1.0), (first.bias, -at), (last.weight, 3.0)):
        nn.init.constant_(p, value)
    kinked = nn.Sequential(first, nn.ReLU(), last)
    got = float(numbers(gradient_penalty(kinked, torch.zeros(4000, 1), torch.ones(4000, 1), 1.0), ()))
    want = at * 1 + (1 - at) * 4  # slope 0 up to `at`, 3 beyond it
    expect(abs(got - want) < 0.15, "For a critic with a kink the places are not spread evenly between the samples.")


@check.that("spectral_norm", "agrees with NumPy's singular values, and its gradient with u vᵀ")
def _(spectral_norm: Callable) -> None:
    m, n = chosen_int(5, between=(4, 7)), chosen_int(3, between=(2, 6))
    W = randn(m, n, dtype=torch.float64)
    left, values, right = np.linalg.svd(W.numpy())
    u = torch.from_numpy(left[:, 0].copy())
    given = W.clone().requires_grad_()
    sigma, after = two(spectral_norm(given, u, 3), "Return σ and the next u.")
    expect_close(numbers(sigma, (), "σ"), float(values[0]), "the exact singular vector", show=False)
    expect_close(numbers(after, (m,), "u"), u, "the exact singular vector", show=False, what="the next u is")
    (slope,) = torch.autograd.grad(sigma, given)
    want = torch.from_numpy(np.outer(left[:, 0], right[0]))
    expect_close(numbers(slope), want, "the exact singular vector", show=False, what="the gradient is")


@check.that("r3gan_losses", "holds for networks and batches drawn at random, gradients included")
def _(r3gan_losses: Callable) -> None:
    D, gamma = curved(2, 5, 1), float(0.5 + rand())
    real, fake = randn(6, 2, dtype=torch.float64), randn(6, 2, dtype=torch.float64).requires_grad_()
    d_loss, g_loss = two(r3gan_losses(D, real, fake, gamma), "Return a pair of losses.")
    logits = (D(real) - D(fake)).flatten()
    ones = torch.ones_like(logits)
    want = F.binary_cross_entropy_with_logits(logits, ones)
    for x in (real, fake.detach()):
        jacobian = torch.autograd.functional.jacobian(lambda x: D(x).sum(), x, create_graph=True)
        want = want + gamma / 2 * torch.linalg.vector_norm(jacobian, dim=1).pow(2).mean()
    expect_close(numbers(d_loss, ()), want.detach(), "a random network", show=False, what="D's loss is")
    other = F.binary_cross_entropy_with_logits(-logits, ones)
    expect_close(numbers(g_loss, ()), other.detach(), "a random network", show=False, what="G's loss is")
    slopes = torch.autograd.grad(want, list(D.parameters()), retain_graph=True, allow_unused=True)
    # D's loss first: where an answer runs apart, a gradient of G's stays in D's parameters.
    d_loss.backward(retain_graph=True)
    for p, slope in zip(D.parameters(), slopes, strict=True):
        if slope is not None and bool(slope.abs().max() > 1e-9):
            expect(p.grad is not None, "No gradient of D's loss reaches some of D's weights.")
            expect_close(numbers(p.grad), slope, "a random network", show=False, what="the gradient of D's loss is")
    (slope,) = torch.autograd.grad(g_loss, fake)
    (asked,) = torch.autograd.grad(other, fake)
    expect_close(numbers(slope), asked, "a random network", show=False, what="the gradient of G's loss is")


@check.that("r3gan_losses", "holds at large logits, gradients included")
def _(r3gan_losses: Callable) -> None:
    # The gap of a pair is large, too: real and made logits have unlike signs.
    D, real = Projection(1.0), large_logits(4, 1, between=(100.0, 200.0)).detach()
    fake = (0.5 * -real).requires_grad_()
    d_loss, g_loss = two(r3gan_losses(D, real, fake, 0.0), "Return a pair of losses.")
    x, y, w = real.double(), fake.detach().double().requires_grad_(), torch.ones(1, dtype=torch.float64)
    ones, bce = torch.ones_like(x), F.binary_cross_entropy_with_logits
    wanted = bce(w.requires_grad_() * (x - y.detach()), ones), bce(y - x, ones)
    for got, want, name in ((d_loss, wanted[0], "D's loss"), (g_loss, wanted[1], "G's loss")):
        expect_close(numbers(got, ()), want.detach(), "large logits", show=False, what=f"{name} is")
        differentiable(got, f"{name} is cut off from what it was computed from.")
        want.backward()
    # D's loss first: where an answer runs apart, a gradient of G's stays in D's parameters.
    for got, leaf, want, name in ((d_loss, D.weight, w, "D's weights"), (g_loss, fake, y, "the made samples")):
        got.backward(retain_graph=True)
        assert want.grad is not None
        slope_at_large(leaf, want.grad, "large logits", name, show=False)


@check.that("r3gan_losses", "weighs both penalties alike")
def _(r3gan_losses: Callable) -> None:
    w = randn(3)
    x = randn(4, 3)
    got = two(r3gan_losses(Projection(*w.tolist()), x, x.clone(), 1.7), "Return a pair of losses.")[0]
    want = math.log(2) + 1.7 * float(w.double().square().sum())
    expect_close(numbers(got, ()), want, "a straight critic and equal batches", show=False, what="D's loss is")


@check.that("began", "holds for errors drawn at random, step after step")
def _(began: Callable) -> None:
    k, gamma, rate = float(rand()), float(0.3 + 0.5 * rand()), 0.3
    for n, m in ((4, 4), (3, 7), (5, 2)):
        real, fake = 2 * rand(n), 2 * rand(m)
        got = began(real, fake, k, gamma, rate)
        expect(isinstance(got, tuple | list) and len(got) == 4, "Return four things.")
        x, y = (float(np.mean(b.double().numpy())) for b in (real, fake))
        after = float(np.clip(k + rate * (gamma * x - y), 0, 1))
        want = [x - k * y, y, after, x + abs(gamma * x - y)]
        found = torch.stack([numbers(part, ()) for part in got])
        expect_close(found, want, "random errors", show=False, what="the four are")
        k = after


@check.that("best_of", "agrees with the hypergeometric distribution")
def _(best_of: Callable) -> None:
    n = chosen_int(60, between=(50, 90))
    scores = (10 * rand(n)).round(decimals=2)
    scores[::7] = math.nan
    budget = chosen_int(9, between=(4, 20))
    values = np.sort(np.where(np.isnan(scores.numpy()), 12.0, scores.double().numpy()))
    # The best is beyond place i where none of the first i + 1 is among those picked.
    beyond = np.array([hypergeom.pmf(0, n, i + 1, budget) for i in range(n)])
    shares = np.concatenate([[1.0], beyond[:-1]]) - beyond
    middle = float(shares @ values)
    want = [middle, math.sqrt(float(shares @ (values - middle) ** 2))]
    got = two(best_of(scores, budget, 12.0), "Return two numbers.", tensor=True)
    found = torch.stack([numbers(part, ()) for part in got])
    expect_close(found, want, "random scores", show=False, rtol=1e-3)


@check.challenge(
    "honest_critic",
    "does so for clouds that no notebook has",
    Medals(40, 80, 95, unit="% of the distance", higher_is_better=True, margin=0.01, runs=1, seconds=300),
)
def _(honest_critic: Callable) -> Reached:
    shares = measured(honest_critic)
    return Reached(sum(shares) / len(shares), f"In three worlds it found {', '.join(f'{s:.0f}' for s in shares)} %.")
