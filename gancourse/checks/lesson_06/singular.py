"""The power iteration and its gradient (Miyato et al., 2018, algorithm 1 and section 2.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, chosen, chosen_int, drawn
from gancourse.checks.lesson_06.suite import check
from gancourse.checks.values import described, differentiable, expect_close, leaves_alone, numbers, scalar, two

SIGMA_AND_U = "Return two things, σ first and the next u second; you return {}."


def unit(x: Tensor) -> Tensor:
    return x / x.square().sum().sqrt()


def rounds(W: Tensor, u: Tensor, steps: int) -> tuple[Tensor, Tensor, Tensor]:
    """σ, u and v after so many rounds, in double precision."""
    v = u
    for _ in range(steps):
        v = unit(W.T @ u)
        u = unit(W @ v)
    return u @ W @ v, u, v


def sigma_and_u(answer: Callable, W: Tensor, u: Tensor, steps: int) -> tuple[Any, Any]:
    got = answer(W.float(), u.float(), steps)
    return two(got, SIGMA_AND_U.format(described(got)))


def three_by_two() -> tuple[Tensor, Tensor]:
    """Three rows and two columns, and a guess of length 1."""
    numbers_in = chosen(2.0, 1.0, -0.5, 1.5, 0.4, -1.2, between=(-2.0, 2.0))
    W = torch.tensor(numbers_in, dtype=torch.float64).reshape(3, 2)
    return W, unit(torch.tensor(chosen(0.6, 0.7, -0.3, between=(0.1, 1.0)), dtype=torch.float64))


def one_round(steps: int = 1) -> Case:
    """σ after so many rounds."""
    W, u = three_by_two()
    want, _, v = rounds(W, u, steps)
    exact = torch.linalg.matrix_norm(W, 2)
    more = rounds(W, u, steps + 1)[0]
    usual = {
        "That is the exact singular value. Only the rounds count, as far as they have come.": exact,
        "That is the Frobenius norm, the root of all squares.": torch.linalg.matrix_norm(W),
        "That is one round more than `steps`.": more,
        "The u you are given is in it, not the one after the last round.": u @ W @ v,
        "That is σ²: u is not divided by its length.": want**2,
    }
    if steps > 1:
        usual["That is one round fewer than `steps`."] = rounds(W, u, steps - 1)[0]
        usual["That is one round, whatever `steps` is."] = rounds(W, u, 1)[0]
        if steps == 2:
            usual.pop("That is one round, whatever `steps` is.")
    table = "; ".join(", ".join(f"{x:g}" for x in row) for row in W.tolist())
    return Case(f"W = [{table}] and {steps} round{'s' * (steps > 1)}", want, usual, (W, u, steps))


@check.that("spectral_norm", "gives uᵀ W v after one round", point=True)
def _(spectral_norm: Callable) -> None:
    case = drawn(one_round)
    case.compare(scalar(sigma_and_u(spectral_norm, *case.inputs)[0], "σ is one number."), what="σ is")


@check.that("spectral_norm", "goes through as many rounds as it is asked for")
def _(spectral_norm: Callable) -> None:
    case = drawn(lambda: one_round(2))
    case.compare(scalar(sigma_and_u(spectral_norm, *case.inputs)[0], "σ is one number."), what="σ is")


@check.that("spectral_norm", "returns the u of the last round, at length 1, as one that hangs on nothing")
def _(spectral_norm: Callable) -> None:
    case = drawn(one_round)
    W, u, steps = case.inputs
    given = W.float().requires_grad_()
    got = spectral_norm(given, u.float(), steps)
    after = two(got, SIGMA_AND_U.format(described(got)))[1]
    _, want, v = rounds(W, u, steps)
    usual = {
        "That is the u you were given.": u,
        "Its length is not 1.": W @ v,
        "It has the wrong sign.": -want,
    }
    found = numbers(after, (3,), "The next u", "It has as many numbers as W has rows.")
    expect_close(found, want, case.where, usual, what="the next u is")
    hangs = isinstance(after, Tensor) and after.requires_grad
    expect(
        not hangs,
        "The u you return hangs on W's graph, which would grow from step to step. Compute it under no_grad().",
    )


@check.that("spectral_norm", "comes within a percent of the largest singular value in enough rounds")
def _(spectral_norm: Callable) -> None:
    drawn_by = torch.Generator().manual_seed(chosen_int(4, between=(10, 10_000)))
    left, _ = torch.linalg.qr(torch.randn(6, 6, generator=drawn_by, dtype=torch.float64))
    right, _ = torch.linalg.qr(torch.randn(4, 4, generator=drawn_by, dtype=torch.float64))
    (top,) = chosen(3.0, between=(2.6, 5.0))
    W = left[:, :4] @ torch.diag(torch.tensor([top, 2.0, 1.0, 0.5], dtype=torch.float64)) @ right.T
    u = unit(left[:, 0] + left[:, 1] + left[:, 2])
    got = scalar(sigma_and_u(spectral_norm, W, u, 40)[0], "σ is one number.")
    expect_close(
        got, top, f"a matrix whose singular values are {top:g}, 2, 1 and 0.5, and 40 rounds", what="σ is", rtol=0.01
    )


@check.that("spectral_norm", "lets W learn, with u and v held constant: the gradient is u vᵀ", point=True)
def _(spectral_norm: Callable) -> None:
    W, u, steps = drawn(one_round).inputs
    given = W.float().requires_grad_()
    got = spectral_norm(given, u.float(), steps)
    sigma = two(got, SIGMA_AND_U.format(described(got)))[0]
    scalar(sigma, "σ is one number.")
    differentiable(sigma, "σ is cut off from W: D could not learn through it. Only the rounds belong under no_grad().")
    (slope,) = torch.autograd.grad(sigma, given)
    _, last, v = rounds(W, u, steps)
    through = W.clone().requires_grad_()
    (long_way,) = torch.autograd.grad(rounds(through, u, steps)[0], through)
    usual = {
        "The gradient flows through u and v, too. Hold them constant: the rounds belong under no_grad().": long_way
    }
    found = numbers(slope, (3, 2), "The gradient for W")
    expect_close(found, torch.outer(last, v), "one round", usual, what="the gradient for W is")


@check.that("spectral_norm", "leaves W and u as they were", alone=False)
def _(spectral_norm: Callable) -> None:
    W, u = three_by_two()
    leaves_alone(spectral_norm, W.float(), u.float(), 2)


@check.that("spectral_norm", "takes one round where nothing is said", alone=False)
def _(spectral_norm: Callable) -> None:
    case = drawn(one_round)
    W, u, _ = case.inputs
    got = spectral_norm(W.float(), u.float())
    case.compare(scalar(two(got, SIGMA_AND_U.format(described(got)))[0], "σ is one number."), what="σ is")
