"""Hidden checks of lesson 01: fresh random inputs against the formulas, and a few corners.

They hold for every right answer and say less than the public ones when they do not. Each run draws
anew; within `fresh_inputs(seed)` it draws what the seed says.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

import torch
import torch.nn.functional as F
from torch import nn

from gancourse.checks.core import Suite, expect
from gancourse.checks.inputs import chosen_int, rand, randn
from gancourse.checks.lesson_01.algorithm import MANY, Referee
from gancourse.checks.lesson_01.losses import both_gradients
from gancourse.checks.values import expect_close, numbers

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
        want = -F.softplus(fake.double()).mean()  # before the call: an answer may change its input
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
    d = torch.sigmoid(fake.double())
    minimax, non_saturating = both_gradients(gradients, fake)
    expect_close(minimax, -d, "a random batch (minimax)", show=False)
    expect_close(non_saturating, d - 1, "a random batch (non-saturating)", show=False)


@check.that("optimal_discriminator", "holds on densities drawn at random")
def _(optimal: Callable) -> None:
    p, q = rand(50), rand(50)
    want = p.double() / (p + q).double()
    expect_close(numbers(optimal(p, q), (50,)), want, "random densities", show=False)


@check.that("game_value", "holds on densities and discriminators drawn at random")
def _(value: Callable) -> None:
    p, q, d = rand(40) + 0.1, rand(40) + 0.1, 0.02 + 0.96 * rand(40)
    dx = 0.01 + rand().item()
    want = (p.double() * d.double().log() + q.double() * (1 - d.double()).log()).sum() * dx
    expect_close(numbers(value(p, q, d, dx), ()), want, "random densities", show=False)


def networks(width: int = 5) -> tuple[nn.Module, nn.Module]:
    """A small G from two noise dimensions and a small D, both with dropout-free hidden layers."""
    G = nn.Sequential(linear(2, width), nn.Tanh(), linear(width, 1))
    D = nn.Sequential(linear(1, width), nn.Tanh(), linear(width, 1))
    return G, D


def linear(inputs: int, outputs: int) -> nn.Module:
    """A layer in double precision, drawn from the checks' own generator."""
    layer = nn.utils.skip_init(nn.Linear, inputs, outputs, dtype=torch.float64)
    for p in layer.parameters():
        p.data = (2 * rand(*p.shape, dtype=torch.float64) - 1) / inputs**0.5
    return layer


def bce(real_logits: torch.Tensor, fake_logits: torch.Tensor) -> torch.Tensor:
    return F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()


def heuristic(fake_logits: torch.Tensor) -> torch.Tensor:
    return F.softplus(-fake_logits).mean()


def flat(net: nn.Module) -> torch.Tensor:
    return torch.cat([p.detach().flatten() for p in net.parameters()])


@check.that("discriminator_step", "moves random networks as the gradient says, step after step")
def _(step: Callable) -> None:
    G, D = networks()
    opt = torch.optim.SGD(D.parameters(), lr=0.5)
    G_before = flat(G)
    for _ in range(3):
        real, z = randn(8, 1, dtype=torch.float64), randn(8, 2, dtype=torch.float64)
        loss = bce(D(real), D(G(z).detach()))
        gradients = torch.autograd.grad(loss, list(D.parameters()))
        want = flat(D) - 0.5 * torch.cat([g.flatten() for g in gradients])
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
        z = randn(8, 2, dtype=torch.float64)
        loss = heuristic(D(G(z)))
        gradients = torch.autograd.grad(loss, list(G.parameters()))
        want = flat(G) - 0.5 * torch.cat([g.flatten() for g in gradients])
        got = step(G, D, opt, heuristic, z)
        expect_close(numbers(got, ()), loss.detach(), "random networks", show=False)
        expect_close(flat(G), want, "random networks", show=False, what="G's parameters become")
    expect(bool(torch.equal(flat(D), D_before)), "D has changed during G's steps.")


@check.that("algorithm_1", "plays by the rules for other numbers of iterations and steps")
def _(algorithm: Callable) -> None:
    for iterations, k in ((5, 2), (1, chosen_int(4, between=(3, 8))), (chosen_int(4, between=(3, 6)), 1)):
        referee = Referee()
        got = list(islice(referee.play(algorithm, iterations, k), MANY))
        expect(referee.moves == ("D" * k + "G") * iterations, f"The moves are wrong for k = {k}.")
        expect(len(got) == iterations, "It yields too often or not often enough.")
        for i, pair in enumerate(got, 1):
            losses = torch.stack([numbers(x, (), "A loss it yields") for x in pair])
            expect_close(losses, referee.losses(i, k), f"k = {k}", show=False, what="it yields")
