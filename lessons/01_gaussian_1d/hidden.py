"""Hidden checks of lesson 01: fresh random inputs against the formulas, and a few corners.

They hold for every right answer and say less than the public ones when they do not. Each run draws
anew; within `fresh_inputs(seed)` it draws what the seed says. No reference of the public checks is used: what
is expected comes from autograd, from SciPy, or from another form of the formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count, islice

import torch
import torch.nn.functional as F
from scipy.special import xlog1py, xlogy
from scipy.stats import wasserstein_distance
from torch import nn

from gancourse.checks.challenge import Medals, Reached
from gancourse.checks.core import Suite, expect
from gancourse.checks.inputs import chosen_int, rand, randn
from gancourse.checks.opponents import Humps, even_noise, steps_to
from gancourse.checks.steps import curved, flat
from gancourse.checks.values import expect_close, numbers, two

check = Suite("01_gaussian_1d")


def batch(*shape: int, scale: float = 3.0) -> torch.Tensor:
    return scale * randn(*shape)


@check.that("discriminator_loss", "holds on batches drawn at random")
def _(loss: Callable) -> None:
    for real_size, fake_size in ((7, 7), (5, 12), (1, 3)):
        real, fake = batch(real_size, 1), batch(fake_size, 1)
        want = F.softplus(-real.double()).mean() + F.softplus(fake.double()).mean()
        expect_close(numbers(loss(real, fake), ()), want, "a random batch", show=False)


@check.that("minimax_generator_loss", "holds on batches drawn at random")
def _(loss: Callable) -> None:
    for size in (1, 6, 33):
        fake = batch(size, 1)
        want = -F.softplus(fake.double()).mean()
        expect_close(numbers(loss(fake), ()), want, "a random batch", show=False)


@check.that("non_saturating_generator_loss", "holds on batches drawn at random")
def _(loss: Callable) -> None:
    for size in (1, 6, 33):
        fake = batch(size, 1)
        want = F.softplus(-fake.double()).mean()
        expect_close(numbers(loss(fake), ()), want, "a random batch", show=False)


@check.that("generator_gradients", "holds on batches drawn at random")
def _(gradients: Callable) -> None:
    fake = batch(9, 1)
    got = two(gradients(fake), "Return two tensors, minimax first and non-saturating second.")
    x = fake.double().requires_grad_()
    for part, loss, name in ((got[0], -F.softplus(x), "minimax"), (got[1], F.softplus(-x), "non-saturating")):
        (want,) = torch.autograd.grad(loss.sum(), x)
        expect_close(numbers(part, (9, 1), f"The {name} gradient"), want, f"a random batch ({name})", show=False)


@check.that("optimal_discriminator", "holds on densities drawn at random")
def _(optimal: Callable) -> None:
    p, q = rand(50), rand(50)
    want = torch.sigmoid(p.double().log() - q.double().log())
    expect_close(numbers(optimal(p, q), (50,)), want, "random densities", show=False)


@check.that("game_value", "holds on densities and discriminators drawn at random")
def _(value: Callable) -> None:
    p, q, d = rand(40) + 0.1, rand(40) + 0.1, 0.02 + 0.96 * rand(40)
    dx = 0.01 + rand().item()
    on_p, on_q, on_d = (x.double().numpy() for x in (p, q, d))
    want = float((xlogy(on_p, on_d) + xlog1py(on_q, -on_d)).sum()) * dx
    expect_close(numbers(value(p, q, d, dx), ()), want, "random densities", show=False)


def networks(width: int = 5) -> tuple[nn.Module, nn.Module]:
    """A small G and a small D, each from one number to one."""
    return curved(1, width, 1), curved(1, width, 1)


def bce(real_logits: torch.Tensor, fake_logits: torch.Tensor) -> torch.Tensor:
    return F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()


def heuristic(fake_logits: torch.Tensor) -> torch.Tensor:
    return F.softplus(-fake_logits).mean()


def downhill(net: nn.Module, loss: torch.Tensor, rate: float) -> torch.Tensor:
    """The network's parameters after one step down the loss's gradient, as autograd has it."""
    gradients = torch.autograd.grad(loss, list(net.parameters()))
    return flat(net) - rate * torch.cat([g.flatten() for g in gradients])


@check.that("discriminator_step", "moves random networks as the gradient says, step after step")
def _(step: Callable) -> None:
    G, D = networks()
    opt = torch.optim.SGD(D.parameters(), lr=0.5)
    G_before = flat(G)
    for _ in range(3):
        real, z = randn(8, 1, dtype=torch.float64), randn(8, 1, dtype=torch.float64)
        loss = bce(D(real), D(G(z).detach()))
        want = downhill(D, loss, 0.5)
        got = step(G, D, opt, bce, real, z)
        expect_close(numbers(got, ()), loss.detach(), "random networks", show=False)
        expect_close(flat(D), want, "random networks", show=False, what="D's parameters become")
    expect(bool(torch.equal(flat(G), G_before)), "G has changed during D's steps.")


@check.that("generator_step", "moves random networks as the gradient says, step after step")
def _(step: Callable) -> None:
    G, D = networks()
    opt = torch.optim.SGD(G.parameters(), lr=0.5)
    D_before = flat(D)
    for _ in range(3):
        z = randn(8, 1, dtype=torch.float64)
        loss = heuristic(D(G(z)))
        want = downhill(G, loss, 0.5)
        got = step(G, D, opt, heuristic, z)
        expect_close(numbers(got, ()), loss.detach(), "random networks", show=False)
        expect_close(flat(G), want, "random networks", show=False, what="G's parameters become")
    expect(bool(torch.equal(flat(D), D_before)), "D has changed during G's steps.")


@check.that("algorithm_1", "plays by the rules for other numbers of iterations and steps")
def _(algorithm: Callable) -> None:
    for iterations, k in ((5, 2), (1, chosen_int(4, between=(3, 8))), (chosen_int(4, between=(3, 6)), 1)):
        played: list[tuple[str, float]] = []  # who moved, and the loss of that step
        batches = count()

        def d_step(real: object, z: object, played: list = played) -> float:
            played.append(("D", 3.0 * len(played) + 1))
            return played[-1][1]

        def g_step(z: object, played: list = played) -> float:
            played.append(("G", -2.0 * len(played)))
            return played[-1][1]

        def draw(batches: Iterator[int] = batches) -> torch.Tensor:
            return torch.full((3, 1), float(next(batches)))

        run = algorithm(d_step, g_step, draw, draw, iterations, k)
        expect(hasattr(run, "__next__"), "It should yield: the result is no iterator.")
        got = [
            torch.stack(
                [numbers(x, (), "A loss it yields") for x in two(both, "It should yield two losses each time.")]
            )
            for both in islice(run, iterations + 2)
        ]
        expect(len(got) == iterations, "It yields too often or not often enough.")
        expect("".join(who for who, _ in played) == ("D" * k + "G") * iterations, f"The moves are wrong for k = {k}.")
        last = [played[(k + 1) * i - 2 : (k + 1) * i] for i in range(1, iterations + 1)]
        for losses, ((_, d), (_, g)) in zip(got, last, strict=True):
            expect_close(losses, [d, g], f"k = {k}", show=False, what="it yields")


@check.challenge(
    "fewest_steps",
    "does so for two humps, which no formula of one bell curve fits",
    Medals(bronze=200, silver=60, gold=16, unit="steps"),
)
def _(fewest_steps: Callable) -> Reached:
    center, apart, share, width = (8 * rand(1) - 4, 0.7 + 0.5 * rand(1), 0.3 + 0.4 * rand(1), 0.7 + 0.3 * rand(1))
    left, right = float(center - apart), float(center + apart)
    humps = Humps((float(share), left, float(width)), (1 - float(share), right, 0.8))
    steps, samples = steps_to(fewest_steps, humps, 220, even_noise)
    distance = wasserstein_distance(samples.flatten().numpy(), humps.sample(20_000).flatten().numpy())
    expect(
        distance <= 0.25, f"After {steps} steps the samples end {distance:.2f} from the target; 0.25 is to be reached."
    )
    return Reached(steps, f"Then the samples end {distance:.2f} from the target.")
