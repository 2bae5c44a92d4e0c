"""Hidden checks of lesson 02: fresh random inputs against independent formulas, and a few corners.

They hold for every right answer and say less than the public ones when they do not. Each run draws
anew; within `fresh_inputs(seed)` it draws what the seed says. No reference of the public checks is used: what
is expected comes from torch's own distributions, from a search tree, from Kronecker products, or from autograd.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce

import torch
from scipy.spatial import KDTree
from torch import Tensor, nn
from torch.distributions import Categorical, MixtureSameFamily, MultivariateNormal
from torch.func import functional_call

from gancourse.checks.challenge import Medals, Reached
from gancourse.checks.core import Suite, expect
from gancourse.checks.doubles import Quadratic
from gancourse.checks.grid_game import GAMES, Grids, played
from gancourse.checks.inputs import chosen_int, probabilities, rand, randn
from gancourse.checks.networks import network
from gancourse.checks.steps import curved, flat
from gancourse.checks.values import double, expect_close, mean, number, numbers, pair

check = Suite("02_mixture_2d")


def random_mixture(components: int, dimension: int, spread: float = 3.0) -> tuple[Tensor, Tensor, Tensor]:
    """Means, standard deviations and weights, drawn afresh."""
    weights = torch.tensor(probabilities(components), dtype=torch.float32)
    return spread * randn(components, dimension), 0.3 + rand(components), weights


def as_torch_has_it(means: Tensor, stds: Tensor, weights: Tensor) -> MixtureSameFamily:
    means, stds, weights = (double(t) for t in (means, stds, weights))
    spheres = torch.eye(means.shape[1], dtype=torch.float64) * (stds**2)[:, None, None]
    return MixtureSameFamily(Categorical(weights / weights.sum()), MultivariateNormal(means, spheres))


@check.that("sample_mixture", "has the mean and the covariance of mixtures drawn at random")
def _(sample: Callable) -> None:
    n = 4000
    for components, dimension in ((4, 2), (2, 3)):
        means, stds, weights = random_mixture(components, dimension)
        got = numbers(sample(means, stds, weights, n), (n, dimension))
        m, s, w = (double(t) for t in (means, stds, weights))
        center = (w[:, None] * m).sum(0)
        second = (
            w[:, None, None] * (m[:, :, None] * m[:, None, :] + (s**2)[:, None, None] * torch.eye(dimension))
        ).sum(0)
        size = second.diagonal().sum().sqrt()
        off = (got.mean(0) - center).abs().max() / size
        expect(bool(off < 6 / math.sqrt(n)), f"The mean is off by {off * math.sqrt(n):.0f} standard errors.")
        off = ((got[:, :, None] * got[:, None, :]).mean(0) - second).abs().max() / size**2
        expect(bool(off < 20 / math.sqrt(n)), "The second moments of your points are off.")


@check.that("log_density", "agrees with torch's own mixture on parameters and points drawn at random")
def _(log_density: Callable) -> None:
    for components, dimension, n in ((3, 2, 5), (5, 3, 5), (1, 1, 4), (2, 2, 1)):
        mixture, x = random_mixture(components, dimension), 3 * randn(n, dimension)
        got = numbers(log_density(x, *mixture), (n,))
        expect_close(got, as_torch_has_it(*mixture).log_prob(double(x)), "a random mixture", show=False)


@check.that("count_modes", "holds on modes and samples drawn at random")
def _(count_modes: Callable) -> None:
    for k, dimension, n in ((5, 2, 40), (9, 2, 200), (4, 3, 60)):
        modes, std = 3 * randn(k, dimension), 0.2 + 0.3 * rand().item()
        which = torch.randint(0, k - 1, (n,), generator=torch.Generator().manual_seed(int(1e6 * rand().item())))
        samples = modes[which] + 2.2 * std * randn(n, dimension)  # none is drawn at the last mode
        distances, nearest = KDTree(modes.double().numpy()).query(samples.double().numpy())
        clear = abs(distances - 3 * std) > 1e-3  # on the edge rounding would decide
        samples, good = samples[torch.from_numpy(clear)], [d <= 3 * std for d in distances[clear]]
        want = [float(len({int(m) for m, well in zip(nearest[clear], good, strict=True) if well})), mean(good)]
        got = pair(count_modes(samples, modes, std), "number of modes", "share")
        expect_close(got, want, "random modes and samples", show=False)


@check.that("minibatch_std", "holds on features drawn at random")
def _(minibatch_std: Callable) -> None:
    for n, features in ((9, 4), (2, 1), (30, 7)):
        x = randn(n, features) * (1 + 3 * rand(features)) + 2 * randn(features)
        want = double(x).std(0, correction=0).mean().expand(n)
        got = numbers(minibatch_std(x), (n, features + 1))
        expect_close(got[:, -1], want, "random features", show=False)
        expect_close(got[:, :-1], double(x), "random features", show=False)


@check.that("packed_distance", "holds on distributions drawn at random")
def _(distance: Callable) -> None:
    # Small enough for a mistake that squares the packs again and again: K to the power of 2^(m − 1) numbers.
    for k, m in ((2, 5), (4, 3), (5, 1), (3, chosen_int(4, between=(2, 4)))):
        p, q = probabilities(k), probabilities(k)
        q[0], q[1] = 0.0, q[0] + q[1]
        packs = [reduce(torch.kron, [double(one)] * m) for one in (p, q)]  # all K^m of them, in a row
        want = (packs[0] - packs[1]).abs().sum() / 2
        got = number(distance(torch.tensor(p), torch.tensor(q), m), "The distance")
        expect_close(got, want, "random distributions", show=False)


@check.that("PackedDiscriminator", "treats packs alike, one by one or in a batch")
def _(build: Callable) -> None:
    for m, dimension in ((2, 2), (3, 4)):
        D, x = network(build(m, dimension, 24)), 2 * randn(5 * m, dimension)
        whole = numbers(D(x), (5, 1))
        for i in (0, 3):
            alone = numbers(D(x[i * m : (i + 1) * m]), (1, 1))
            expect_close(alone[0], whole[i], "a pack by itself", show=False)


@check.that("PackedDiscriminator", "can learn to tell pairs of equal samples from pairs of unlike ones")
def _(build: Callable) -> None:
    """What collapse looks like to a packed judge, in its smallest form."""
    D = network(build(2, 2, 32))
    half = 64
    equal, unlike = randn(half, 2), randn(2 * half, 2)
    x = torch.cat([torch.stack([equal, equal], 1).reshape(2 * half, 2), unlike])
    labels = torch.cat([torch.ones(half, 1), -torch.ones(half, 1)])
    start = float((D(x) * labels).mean())
    for _ in range(12):
        nn.functional.softplus(-labels * D(x)).mean().backward()
        found = [(p, p.grad) for _, p in D.named_parameters()]  # asked for anew: a stand-in fetches them now
        length = math.sqrt(sum(float(slope.square().sum()) for _, slope in found if slope is not None))
        for p, slope in found:
            if slope is not None:
                with torch.no_grad():
                    p -= 0.3 * slope / max(length, 1e-12)
            p.grad = None
    gain = float((D(x) * labels).mean()) - start
    expect(gain > 1e-3, "Twelve steps of gradient descent do not help it to tell such pairs apart.")


@check.that("two_parts", "holds on numbers drawn at random, by finite differences")
def _(two_parts: Callable) -> None:
    def softplus(value: float) -> float:
        return math.log1p(math.exp(value))

    for n in (1, 4):
        (w, rate), real, fake = rand(2).double().tolist(), randn(3).double().tolist(), randn(n).double().tolist()

        def d_loss(w: float, x: list[float], real: list[float] = real) -> float:
            return mean([softplus(-w * r) for r in real]) + mean([softplus(w * one) for one in x])

        def answer(x: list[float], w: float = w, rate: float = rate, h: float = 1e-4, loss: Callable = d_loss) -> float:
            return w - rate * (loss(w + h, x) - loss(w - h, x)) / (2 * h)

        def g_loss(w: float, x: list[float]) -> float:
            return mean([softplus(-w * one) for one in x])

        def along(value: Callable, fake: list[float] = fake, h: float = 1e-4) -> list[float]:
            return [
                (value([*fake[:i], x + h, *fake[i + 1 :]]) - value([*fake[:i], x - h, *fake[i + 1 :]])) / (2 * h)
                for i, x in enumerate(fake)
            ]

        ahead = answer(fake)
        want = [[(w - ahead) / rate], [ahead], along(lambda x, w=ahead: g_loss(w, x)), along(answer)]
        want.append(along(lambda x: g_loss(answer(x), x)))
        steps = iter(two_parts(torch.tensor(w), torch.tensor(real), torch.tensor(fake), rate))
        for i, one in enumerate(want, 1):
            got = numbers(next(steps, None), what=f"Step {i}").flatten()
            expect_close(got, one, f"random numbers, step {i}", show=False, rtol=2e-3, atol=2e-4)


@check.that("unrolled_generator_step", "moves random networks as the unrolled gradient says, step after step")
def _(step: Callable) -> None:
    G, D = curved(3, 6, 2), curved(2, 6, 1)
    opt = torch.optim.SGD(G.parameters(), lr=0.4)
    d_loss, g_loss = Quadratic(-1.0, 1.3, curve=0.4), Quadratic(-2.0, curve=0.3)
    D_before = flat(D)
    for steps in (3, 1, 2):
        real, z = randn(7, 2, dtype=torch.float64), randn(7, 3, dtype=torch.float64)
        fake = G(z)
        ahead: dict[str, Tensor] = dict(D.named_parameters())
        for _ in range(steps):
            value = d_loss(functional_call(D, ahead, (real,)), functional_call(D, ahead, (fake,)))
            slopes = torch.autograd.grad(value, list(ahead.values()), create_graph=True)
            ahead = {name: p - 0.3 * s for (name, p), s in zip(ahead.items(), slopes, strict=True)}
        value = g_loss(functional_call(D, ahead, (fake,)))
        slopes = torch.autograd.grad(value, list(G.parameters()))
        want = torch.cat([(p - 0.4 * s).detach().flatten() for p, s in zip(G.parameters(), slopes, strict=True)])
        got = step(G, D, opt, d_loss, g_loss, real, z, steps, 0.3)
        expect_close(numbers(got, ()), value.detach(), "random networks", show=False)
        expect_close(flat(G), want, "random networks", show=False, what="G's parameters become")
    expect(torch.equal(flat(D), D_before), "D has changed during G's steps.")


@check.challenge(
    "twenty_five",
    "does so on grids of other spacings and places",
    Medals(bronze=2, silver=9, gold=15, unit="modes", higher_is_better=True, margin=0.15, runs=1, seconds=300),
)
def _(twenty_five: Callable) -> Reached:
    held = played(twenty_five, Grids(1.7 + 0.6 * rand(GAMES), rand(GAMES, 2) - 0.5))
    return Reached(mean(held), f"The games ended with {', '.join(map(str, sorted(held)))} modes held.")
