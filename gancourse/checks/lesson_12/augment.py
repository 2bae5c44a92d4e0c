"""Conditioning augmentation and its KL: Zhang et al. (2017), eq. 2."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, drawn, fresh, rand, randn
from gancourse.checks.lesson_12.suite import check
from gancourse.checks.values import described, differentiable, expect_close, number, numbers, two

MU = ((1.0, -0.5, 0.25), (0.0, 2.0, -1.0), (-1.5, 0.75, 0.5))
LOG_VAR = ((0.5, -1.0, 0.0), (1.0, -0.5, -2.0), (-1.5, 0.25, 0.75))
NOISES = ((1.0, -2.0, 0.5), (-0.5, 1.5, 1.0), (2.0, 0.25, -1.0))


def c_and_kl(value: Any, shape: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """c and the KL, as doubles."""
    two(value, f"Return two things, c and the KL; you return {described(value)}.")
    return (
        numbers(value[0], shape, "The first, c,", "One row for each of mu's."),
        number(value[1], "The second, the KL,", "One number: a sum over a row, the mean over rows."),
    )


class Rows:
    """μ, log σ² and noise for three sentences."""

    def __init__(self) -> None:
        self.mu, self.log_var, self.eps = (torch.tensor(rows).double() for rows in (MU, LOG_VAR, NOISES))
        if fresh():
            self.mu, self.eps = 1.2 * randn(3, 3).double(), randn(3, 3).double()
            self.log_var = (3 * rand(3, 3) - 2).double()

    def draw(self) -> Case:
        mu, s, e = self.mu, self.log_var, self.eps
        want = mu + (s / 2).exp() * e
        usual = {
            "The noise is multiplied by the variance. σ is its root: exp(½ log σ²).": mu + s.exp() * e,
            "The noise is multiplied by log σ².": mu + s * e,
            "The noise is not scaled.": mu + e,
            "μ is missing.": (s / 2).exp() * e,
            "There is no noise in c.": mu,
            "The sign in the exponent is the other way around.": mu + (-s / 2).exp() * e,
            "The exponent is twice as large as it should be: ½ log σ² gives σ.": mu + (2 * s).exp() * e,
        }
        return Case("these μ, log σ² and eps", want, usual)

    def kl(self) -> Case:
        mu, s = self.mu, self.log_var

        def kl(a: Tensor, b: Tensor) -> Tensor:
            return 0.5 * (a.square() + b.exp() - 1 - b)

        each = kl(mu, s)
        want = float(each.sum(1).mean())
        usual = {
            "The mean is taken over a row, too. Dimensions are added up.": float(each.mean()),
            "Rows are added up, too. Take the mean over the batch.": float(each.sum()),
            "The ½ is missing.": 2 * want,
            "The sign is the other way around.": -want,
            "The −1 is missing.": float((each + 0.5).sum(1).mean()),
            "σ is taken where σ² belongs.": float(kl(mu, s / 2).sum(1).mean()),
            "The logarithm of σ² is missing.": float((each + s / 2).sum(1).mean()),
            "log σ is taken in place of log σ² in the last term.": float((each + s / 4).sum(1).mean()),
            "μ is missing in it.": float(kl(0 * mu, s).sum(1).mean()),
            "μ is not squared.": float((0.5 * (mu + s.exp() - 1 - s)).sum(1).mean()),
            "That is the divergence the other way around, of N(0, I) from N(μ, σ²).": float(
                (0.5 * ((1 + mu.square()) / s.exp() - 1 + s)).sum(1).mean()
            ),
        }
        return Case("these μ and log σ²", want, usual)


class ClearRows(Rows):
    @property
    def clear(self) -> bool:
        return self.draw().clear and self.kl().clear


@check.that("conditioning", "draws c = μ + σ · eps", point=True)
def _(answer: Callable) -> None:
    rows = drawn(ClearRows)
    c, _ = c_and_kl(answer(rows.mu, rows.log_var, rows.eps), (3, 3))
    rows.draw().compare(c)
    c, _ = c_and_kl(answer(rows.mu, rows.log_var, 0 * rows.eps), (3, 3))
    expect_close(c, rows.mu, "an eps of zeros, which is noise that is given like any other,", show=False)


@check.that("conditioning", "gives the KL from N(0, I): added up over a row, the mean over rows", point=True)
def _(answer: Callable) -> None:
    rows = drawn(ClearRows)
    _, kl = c_and_kl(answer(rows.mu, rows.log_var, rows.eps), (3, 3))
    rows.kl().compare(kl)
    _, zero = c_and_kl(answer(torch.zeros(3, 3), torch.zeros(3, 3), rows.eps.float()), (3, 3))
    expect_close(zero, 0.0, "μ = 0 and log σ² = 0, which is N(0, I) itself")


@check.that("conditioning", "draws its own noise where none is given: anew, one for each number")
def _(answer: Callable) -> None:
    n = 2000
    mu, log_var = torch.tensor([[1.0, -2.0]]).repeat(n, 1), torch.tensor([[0.0, 1.0]]).repeat(n, 1)
    c, _ = c_and_kl(answer(mu, log_var), (n, 2))
    again, _ = c_and_kl(answer(mu, log_var), (n, 2))
    expect(not torch.equal(c, again), "Two calls draw the same noise.")
    e = (c - mu.double()) / (log_var.double() / 2).exp()
    expect(float(e.std(0).min()) > 1e-3, "All rows get the same noise. Each sentence draws its own.")
    expect(
        abs(float(((e - e.mean(0))[:, 0] * (e - e.mean(0))[:, 1]).mean())) < 0.2,
        "All numbers of a row get the same noise. Draw (n, d).",
    )
    far = float((e.abs() > 2).double().mean())
    told = "numbers should be farther than 2 from 0, as 4.6 % of those from N(0, 1) are"
    expect(0.025 < far < 0.07, f"{far:.1%} of the noise's {told}.")
    good = bool((e.mean(0).abs() < 0.15).all()) and bool(((e.std(0) - 1).abs() < 0.12).all())
    expect(good, f"The noise should be from N(0, 1): its mean is {e.mean():.2f}, its spread {e.std():.2f}.")


@check.that("conditioning", "teaches μ and log σ², by c and by the KL")
def _(answer: Callable) -> None:
    rows = Rows()
    for k, name in enumerate(("c", "the KL")):
        mu, log_var = rows.mu.clone().requires_grad_(), rows.log_var.clone().requires_grad_()
        made = answer(mu, log_var, rows.eps)
        c_and_kl(made, (3, 3))
        differentiable(made[k], f"{name[0].upper()}{name[1:]} is cut off from μ and log σ².")
        made[k].sum().backward()
        n = len(rows.mu)
        want = (
            (torch.ones_like(rows.mu), 0.5 * (rows.log_var / 2).exp() * rows.eps)
            if k == 0
            else (rows.mu / n, (rows.log_var.exp() - 1) / (2 * n))
        )
        for leaf, slope, which in zip((mu, log_var), want, ("μ", "log σ²"), strict=True):
            expect(leaf.grad is not None, f"No gradient of {name} reaches {which}.")
            expect_close(
                numbers(leaf.grad), slope, "these rows", show=False, what=f"the gradient of {name} at {which} is"
            )
