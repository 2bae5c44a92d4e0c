"""Hidden checks of lesson 04: fresh random inputs against the formulas, and a few corners.

They hold for every right answer and say less than the public ones when they do not. Each run draws
anew; within `fresh_inputs(seed)` it draws what the seed says. No reference of the public checks is used: what
is expected comes from SciPy, from turning factors onto each other, and from counting.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations, product
from math import dist
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from scipy import linalg, special, stats
from torch import Tensor

from gancourse.checks.challenge import Medals, Reached
from gancourse.checks.core import Suite, expect
from gancourse.checks.inputs import chosen_int, rand, randn
from gancourse.checks.lesson_04.parts import part_called
from gancourse.checks.spoilers import KEPT_ASIDE, PLANTED_WEAKLY, World, found_defects, said_of
from gancourse.checks.values import close, expect_close, mean, number, numbers, pair, two

check = Suite("04_metrics")
D = torch.float64
WARM_UPS = {"entropy": (torch.full((4,), 0.25),), "kl_divergence": (torch.full((4,), 0.25), torch.full((4,), 0.25))}
STEPS = {
    "mean_excess": (torch.ones(3, dtype=D), 4, 3),
    "entry_variances": (torch.ones(3, dtype=D), 4),
    "spread_excess": (torch.ones(3, dtype=D), torch.ones(3, 3, dtype=D)),
    "drawn_on": ([8, 16, 24], [2.0, 1.0, 0.5]),
}
"""What exercises of several functions ask for, and what each of these can be asked."""


def table(*shape: int) -> Tensor:
    """Random distributions over the last dimension, some sure and some not."""
    return (3 * randn(*shape, dtype=D)).softmax(-1)


def nats(p: Tensor) -> Tensor:
    """Entropies over the last dimension."""
    return torch.as_tensor(stats.entropy(p.numpy(), axis=-1))


def relative(p: Tensor, q: Tensor) -> Tensor:
    """Divergences over the last dimension."""
    return torch.as_tensor(special.rel_entr(p.numpy(), q.numpy()).sum(-1))


def procrustes(mu1: Tensor, factor1: Tensor, mu2: Tensor, factor2: Tensor) -> float:
    """The squared distance where the covariances are F Fᵀ: what is left of ‖F₁ − F₂ R‖² for the best turn R."""
    columns = max(factor1.shape[1], factor2.shape[1])
    first, second = (F.pad(factor, (0, columns - factor.shape[1])).numpy() for factor in (factor1, factor2))
    turn, _ = linalg.orthogonal_procrustes(second, first)
    return float((mu1 - mu2).square().sum()) + float(((first - second @ turn) ** 2).sum())


def covariance(factor: Tensor) -> Tensor:
    return factor @ factor.T


def balls(points: list[list[float]], k: int) -> list[float]:
    """Each point's distance to its k-th nearest other point."""
    return [sorted(dist(x, y) for j, y in enumerate(points) if j != i)[k - 1] for i, x in enumerate(points)]


def fitted(value: Any, d: int, c: int) -> tuple[Tensor, Tensor]:
    """Weights (d, c) and bias (c,) that came from the student."""
    weights, bias = two(value, "Return two tensors, weights first and bias second.")
    return numbers(weights, (d, c), "The tensor of weights"), numbers(bias, (c,), "The bias")


@check.that("information", "entropy holds for distributions drawn at random")
def _(information: Callable) -> None:
    entropy = part_called(information, "entropy", WARM_UPS)
    for shape in ((6,), (9, 5), (2, 3, 4)):
        p = table(*shape)
        expect_close(numbers(entropy(p.float()), shape[:-1]), nats(p), "random distributions", show=False)


@check.that("information", "entropy does not change if impossible classes are added")
def _(information: Callable) -> None:
    entropy = part_called(information, "entropy", WARM_UPS)
    p = table(4, 3)
    wide = torch.cat([torch.zeros(4, 2), p.float(), torch.zeros(4, 1)], 1)
    expect_close(numbers(entropy(wide), (4,)), nats(p), "distributions with zeros", show=False)


@check.that("information", "kl_divergence holds for distributions drawn at random")
def _(information: Callable) -> None:
    divergence = part_called(information, "kl_divergence", WARM_UPS)
    for mine, theirs in (((5,), (5,)), ((7, 4), (7, 4)), ((3, 1, 6), (2, 6))):
        p, q = table(*mine), table(*theirs)
        want = relative(p, q)
        got = numbers(divergence(p.float(), q.float()), tuple(want.shape))
        expect_close(got, want, "random distributions", show=False)


@check.that("information", "kl_divergence counts only what p has")
def _(information: Callable) -> None:
    divergence = part_called(information, "kl_divergence", WARM_UPS)
    p, q = table(5, 3), table(5, 4)
    none = torch.zeros(5, 1)
    got = numbers(divergence(torch.cat([none, p.float()], 1), q.float()), (5,))
    expect_close(got, relative(p, q[:, 1:]), "distributions with zeros", show=False)


@check.that("inception_score", "holds for probabilities drawn at random")
def _(score: Callable) -> None:
    for n, k in ((40, 7), (6, 2), (1, 5)):
        p = table(n, k)
        want = (nats(p.mean(0, keepdim=True))[0] - nats(p).mean()).exp()  # the same by entropies
        expect_close(number(score(p.float())), want, "random probabilities", show=False)


@check.that("inception_score", "holds where some classes are impossible and others never come")
def _(score: Callable) -> None:
    p = table(12, 3)
    wide = torch.cat([p.float(), torch.zeros(12, 2)], 1)
    want = (nats(p.mean(0, keepdim=True))[0] - nats(p).mean()).exp()
    expect_close(number(score(wide)), want, "probabilities with zeros", show=False)


@check.that("frechet_distance", "holds for covariances drawn at random")
def _(frechet: Callable) -> None:
    for d, first, second in ((3, 9, 7), (12, 40, 30), (1, 4, 4)):
        f, g = randn(d, first, dtype=D), randn(d, second, dtype=D) / 2
        mu1, mu2 = randn(d, dtype=D), randn(d, dtype=D)
        got = number(frechet(mu1, covariance(f), mu2, covariance(g)), "The distance")
        expect_close(got, procrustes(mu1, f, mu2, g), "random covariances", show=False, atol=1e-4)


@check.that("frechet_distance", "holds where few samples meet many dimensions")
def _(frechet: Callable) -> None:
    d = chosen_int(90, between=(70, 128))
    scale = torch.logspace(-1.5, 1.5, d, dtype=D)[:, None]
    f, g = scale * randn(d, 8, dtype=D), scale.flip(0) * randn(d, 2 * d, dtype=D)
    mu = randn(d, dtype=D)
    for factors in ((f, g), (g, f), (f, f[:, :4])):
        got = number(frechet(mu, covariance(factors[0]), 0 * mu, covariance(factors[1])), "The distance")
        want = procrustes(mu, factors[0], 0 * mu, factors[1])
        expect_close(got, want, "covariances of low rank", show=False, atol=1e-4)


@check.that("frechet_distance", "is nearly 0 from a singular covariance to itself", alone=False)
def _(frechet: Callable) -> None:
    f, mu = randn(40, 9, dtype=D), randn(40, dtype=D)
    got = number(frechet(mu, covariance(f), mu, covariance(f)), "The distance")
    expect_close(got, 0.0, "a distribution and itself", show=False, atol=1e-4)


def spectrum_of(d: int) -> Tensor:
    return 0.1 + 4 * rand(d, dtype=D)


@check.that("fid_bias", "step 1 holds for a spectrum drawn at random")
def _(fid_bias: Callable) -> None:
    mean_excess = part_called(fid_bias, "mean_excess", STEPS)
    for d, m, n in ((5, 7, 7), (1, 30, 4), (40, 128, 1000)):
        spectrum = spectrum_of(d)
        # Coordinate by coordinate: the difference of two means of independent draws.
        want = sum(variance / m + variance / n for variance in spectrum.tolist())
        expect_close(number(mean_excess(spectrum, m, n), "The excess"), want, "a random spectrum", show=False)


@check.that("fid_bias", "step 2 holds for a spectrum drawn at random")
def _(fid_bias: Callable) -> None:
    entry_variances = part_called(fid_bias, "entry_variances", STEPS)
    points, weights = (torch.as_tensor(part, dtype=D) for part in np.polynomial.hermite_e.hermegauss(12))
    both = torch.outer(weights, weights) / weights.sum() ** 2
    for d, n in ((4, 9), (1, 2), (7, 50)):
        spectrum = spectrum_of(d)
        want = torch.zeros(d, d, dtype=D)
        for i, j in product(range(d), repeat=2):  # the variance of xᵢ xⱼ, by integration
            x = spectrum[i].sqrt() * points[:, None]
            y = x if i == j else spectrum[j].sqrt() * points[None]
            first, second = (((x * y).expand(12, 12) ** power * both).sum() for power in (1, 2))
            want[i, j] = (second - first**2) / (n - 1)
        got = numbers(entry_variances(spectrum, n), (d, d), "The table of variances")
        expect_close(got, want, "a random spectrum", show=False)


@check.that("fid_bias", "step 3 is what small errors add to the distance itself")
def _(fid_bias: Callable) -> None:
    spread_excess, tiny = part_called(fid_bias, "spread_excess", STEPS), 1e-3
    for d in (2, 4):
        spectrum, error = 1 + spectrum_of(d), randn(d, d, dtype=D)
        error = (error + error.T) / 2
        found = [
            float(spectrum.sum() + moved.trace()) - 2 * float(np.sqrt(np.real(eigenvalues)).sum())
            for moved in (torch.diag(spectrum) + sign * tiny * error for sign in (1, -1))
            for eigenvalues in [linalg.eigvals(torch.diag(spectrum).numpy() @ moved.numpy())]
        ]
        want = mean(found) / tiny**2
        got = number(spread_excess(spectrum, error.square()), "The excess")
        expect_close(got, want, "small errors of a random covariance", show=False, rtol=2e-3)


@check.that("fid_bias", "step 4 holds for points drawn at random")
def _(fid_bias: Callable) -> None:
    drawn_on = part_called(fid_bias, "drawn_on", STEPS)
    for count in (2, 5):
        sizes = sorted({10 + int(990 * u) for u in rand(count).tolist()} | {5, 2000})
        fids = (randn(len(sizes), dtype=D).abs() + 50 / torch.tensor(sizes)).tolist()
        slope, limit = np.polyfit([1 / n for n in sizes], fids, 1)
        got = pair(drawn_on(sizes, fids), "FID∞", "slope")
        expect_close(got, [limit, slope], "random points", show=False, rtol=1e-3, atol=1e-3)


@check.that("bias_sweep", "passes on whatever the distance says, of any number of pictures")
def _(bias_sweep: Callable) -> None:
    real, fake = 1 + randn(chosen_int(9, between=(8, 12)), 3), randn(8, 3)
    told: list[float] = []

    def distance(x: Any, y: Any) -> float:
        told.append(float((numbers(x).mean(0) - numbers(y).mean(0)).square().sum()))
        return told[-1]

    sizes = [2, 8, 5]
    found = list(bias_sweep(real, fake, sizes, 3, distance))
    expect(len(found) == 3, f"For three sizes {len(found)} pairs come.")
    for position, one in enumerate(found):
        size, values = two(one, "Each time a pair should come: the size, and its distances.")
        expect(float(number(size)) == sizes[position], "The sizes come in another order.")
        expect_close(numbers(values), told[3 * position : 3 * position + 3], "what `distance` said", show=False)


def kernel(a: list[float], b: list[float]) -> float:
    return (sum(x * y for x, y in zip(a, b, strict=True)) / len(a) + 1) ** 3


@check.that("kid", "holds for features drawn at random")
def _(kid: Callable) -> None:
    for m, n, d in ((30, 20, 8), (5, 9, 3), (2, 2, 1)):
        x, y = randn(m, d), 0.5 + randn(n, d)
        on_x, on_y = x.double().tolist(), y.double().tolist()
        within = sum(mean([kernel(a, b) for a, b in permutations(points, 2)]) for points in (on_x, on_y))
        want = within - 2 * mean([kernel(a, b) for a, b in product(on_x, on_y)])
        expect_close(number(kid(x, y), "The KID"), want, "random features", show=False)
        expect_close(number(kid(y, x), "The KID"), want, "the same sets, exchanged", show=False)


def clouds(m: int, n: int) -> tuple[Tensor, Tensor, list[list[float]], list[list[float]]]:
    """Real and fake points, and the same as lists of numbers."""
    real, fake = randn(m, 4), 0.8 * randn(n, 4) + 0.4
    return real, fake, real.double().tolist(), fake.double().tolist()


@check.that("precision_recall", "holds for points drawn at random")
def _(precision_recall: Callable) -> None:
    for m, n, k in ((25, 40, 3), (40, 20, 1), (9, 12, 6)):
        real, fake, on_real, on_fake = clouds(m, n)
        around_real, around_fake = balls(on_real, k), balls(on_fake, k)
        precise = [any(dist(x, c) <= r for c, r in zip(on_real, around_real, strict=True)) for x in on_fake]
        recalled = [any(dist(x, c) <= r for c, r in zip(on_fake, around_fake, strict=True)) for x in on_real]
        got = pair(precision_recall(real, fake, k), "precision", "recall")
        expect_close(got, [mean(precise), mean(recalled)], "random points", show=False)


@check.that("density_coverage", "holds for points drawn at random")
def _(density_coverage: Callable) -> None:
    for m, n, k in ((25, 40, 3), (40, 20, 1), (9, 12, 6)):
        real, fake, on_real, on_fake = clouds(m, n)
        held = [sum(dist(x, c) <= r for x in on_fake) for c, r in zip(on_real, balls(on_real, k), strict=True)]
        want = [sum(held) / (k * n), mean([count > 0 for count in held])]
        got = pair(density_coverage(real, fake, k), "density", "coverage")
        expect_close(got, want, "random points", show=False)


@check.that("memorization", "holds for points drawn at random")
def _(memorization: Callable) -> None:
    for a, b, n in ((30, 20, 25), (10, 30, 8), (1, 4, 5)):
        train, test, fake = randn(a, 5), randn(b, 5), 1.2 * randn(n, 5)
        fake[: n // 2] = train[:1] + 0.1 * fake[: n // 2]
        near, usual = ([float((train - z).norm(dim=1).min()) for z in points.double()] for points in (fake, test))
        want = sum(x < y for x in near for y in usual) / (n * b)
        expect_close(number(memorization(train, test, fake)), want, "random points", show=False)


@check.that("linear_probe", "holds for features and targets drawn at random")
def _(probe: Callable) -> None:
    for n, d, c in ((25, 6, 3), (7, 12, 2), (9, 1, 1)):
        x, t, strength = 2 + randn(n, d), randn(n, c) + 3 * rand(c), 0.1 + 5 * rand().item()
        weights, bias = fitted(probe(x, t, strength), d, c)
        # The ridge as d more pictures: √λ in one feature each, no bias, and 0 for a target.
        rows = torch.cat([x.double(), torch.ones(n, 1, dtype=D)], 1)
        ridge = torch.cat([strength**0.5 * torch.eye(d, dtype=D), torch.zeros(d, 1, dtype=D)], 1)
        goal = torch.cat([t.double(), torch.zeros(d, c, dtype=D)])
        want = torch.linalg.lstsq(torch.cat([rows, ridge]), goal).solution
        expect_close(weights, want[:d], "random features (weights)", show=False, atol=1e-4)
        expect_close(bias, want[d], "random features (bias)", show=False, atol=1e-4)


@check.that("linear_probe", "approaches least squares as the strength vanishes, and the mean as it grows", alone=False)
def _(probe: Callable) -> None:
    x, t = randn(20, 3), randn(20, 2)
    weights, bias = fitted(probe(x, t, 1e8), 3, 2)
    expect(bool(weights.abs().max() < 1e-4), "With a huge strength the weights should vanish.")
    expect(close(bias, t.double().mean(0), atol=1e-4), "With a huge strength the bias should be the targets' mean.")
    weights, bias = fitted(probe(x, t, 1e-8), 3, 2)
    rest = t.double() - x.double() @ weights - bias
    expect(bool((x.double().T @ rest).abs().max() < 1e-3), "With a tiny strength the errors should not depend on x.")


@check.challenge(
    "suspicion",
    "does so in other worlds, and for defects that no notebook has",
    Medals(70, 86, 95, unit="% of comparisons", higher_is_better=True, margin=0.03, runs=1, seconds=60),
)
def _(suspicion: Callable) -> Reached:
    worlds = [World(d, kinds) for d, kinds in ((6, 5), (8, 7), (10, 4))]
    return Reached(*said_of([found_defects(suspicion, world, PLANTED_WEAKLY | KEPT_ASIDE) for world in worlds]))
