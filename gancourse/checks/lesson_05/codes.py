"""Codes: principal components, a draw that gradients pass through, and the code_divergence from the prior.

Kingma and Welling, "Auto-Encoding Variational Bayes", ICLR 2014, arXiv:1312.6114, section 2.4 and appendix B.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, chosen, chosen_int, drawn, randn
from gancourse.checks.lesson_05.suite import check
from gancourse.checks.values import described, differentiable, expect_close, number, numbers

# --- principal components --------------------------------------------------------------------------


def stretched_rows(n: int, d: int) -> Tensor:
    """Rows (n, d) in float64 with a mean far from 0 and spreads that are well apart along odd directions."""
    basis = torch.linalg.qr(randn(d, d).double())[0]
    spread = torch.tensor([2.0 * 0.6**k for k in range(d)], dtype=torch.float64)
    rows = torch.linalg.qr(torch.cat([torch.ones(n, 1).double(), randn(n, d).double()], 1))[0][:, 1:]
    if rows.shape[1] < d:
        rows = torch.nn.functional.pad(rows, (0, d - rows.shape[1]))
    return n**0.5 * rows * spread @ basis.T + 3 * randn(d).double() + 1


def parts_of_pca(answer: Callable, x: Tensor, k: int) -> tuple[Tensor, Tensor, Any]:
    """Mean, components and error as they came, the first two checked for their shapes."""
    got, d = answer(x, k), x.shape[1]
    fits = isinstance(got, tuple | list) and len(got) == 3
    expect(fits, f"Return three things: the mean, the components, the error. You return {described(got)}.")
    mean = numbers(got[0], (d,), "The mean", "One number for each column.")
    return mean, numbers(got[1], (k, d), "The components", "A row for each component."), got[2]


def directions_of(x: Tensor, center: bool = True) -> tuple[Tensor, Tensor]:
    """Eigenvalues of the covariance (divided by n), largest first, and eigenvectors as rows."""
    centered = x - x.mean(0) if center else x
    values, vectors = torch.linalg.eigh(centered.T @ centered / len(x))
    return values.flip(0), vectors.T.flip(0)


@check.that("principal_components", "the mean row, and orthogonal components of length 1", alone=False, point=True)
def _(answer: Callable) -> None:
    x, k = stretched_rows(9, 5), chosen_int(3, between=(2, 4))
    mean, found, _ = parts_of_pca(answer, x, k)
    usual = {"That is the mean of each row. One mean row over all rows is asked.": torch.zeros(5)}
    expect_close(mean, x.mean(0), "nine rows of five numbers", usual, show=False, what="the mean row is")
    gram = found @ found.T
    lengths = gram.diagonal().sqrt()
    told = ", ".join(f"{v:.3g}" for v in lengths.tolist())
    expect(bool((lengths - 1).abs().max() < 1e-4), f"Components should have length 1; theirs are {told}.")
    expect(bool((gram - torch.eye(k)).abs().max() < 1e-4), "The components do not stand at right angles to each other.")


@check.that("principal_components", "those directions along which rows spread most, the largest first", point=True)
def _(answer: Callable) -> None:
    for n, d in ((12, 5), (4, 7)):
        x = stretched_rows(n, d)
        k = chosen_int(2, between=(2, 3))
        _, found, _ = parts_of_pca(answer, x, k)
        _, right = directions_of(x)
        _, without = directions_of(x, center=False)
        where = f"{n} rows of {d} numbers"
        agree = (found * right[:k]).sum(1).abs()
        if bool((agree > 1 - 1e-4).all()):
            continue
        if bool(((found * without[:k]).sum(1).abs() > 1 - 1e-4).all()):
            expect(False, f"For {where} the mean is not taken off before the directions are found.")
        if bool(((found * right[:k].flip(0)).sum(1).abs() > 1 - 1e-4).all()):
            expect(False, f"For {where} the right directions come in the wrong order: the largest spread first.")
        nonzero = right[: min(n - 1, d)]
        small = torch.cat([(found * nonzero[-k:]).sum(1).abs(), (found * nonzero[-k:].flip(0)).sum(1).abs()])
        last = (found * right[-k:]).sum(1).abs(), (found * right[-k:].flip(0)).sum(1).abs()
        if bool((small > 1 - 1e-4).any()) or any(bool((a > 1 - 1e-4).all()) for a in last):
            expect(False, f"For {where} directions of the smallest spread are given. The largest are asked.")
        expect(False, f"For {where} the components are not the directions of the largest spread.")


@check.that("principal_components", "the error that is left, summed over a row and averaged over rows", point=True)
def _(answer: Callable) -> None:
    def case() -> Case:
        x, k = stretched_rows(10, 6), chosen_int(2, between=(2, 3))
        values, right = directions_of(x)
        left = float(values[k:].sum())
        without = x - x @ right[:k].T @ right[:k]
        usual = {
            "That is what the components catch, not what is left.": float(values[:k].sum()),
            "It is summed over the rows. Average over them.": 10 * left,
            "It is averaged over all numbers. Sum over a row.": left / 6,
            "It is divided by n − 1. Divide by the number of rows.": left * 10 / 9,
            "Rows are rebuilt without the mean.": float(without.square().sum() / 10),
            "Spreads are added up, not their squares.": float((10 * values[k:]).clamp(min=0).sqrt().sum() / 10),
            "That is the share that is left, not the error.": left / float(values.sum()),
            "That is the root of it.": left**0.5,
        }
        return Case("ten rows of six numbers", left, usual, (x, k))

    made = drawn(case, always=True)
    _, _, error = parts_of_pca(answer, *made.inputs)
    made.compare(number(error, "The error"), what="the error is")


@check.that("principal_components", "gives all of it in the type of x", alone=False)
def _(answer: Callable) -> None:
    for kind in (torch.float32, torch.float64):
        got = answer(stretched_rows(9, 5).to(kind), 2)
        for part, what in zip(got, ("mean row", "components", "error"), strict=False):
            found = part.dtype if isinstance(part, Tensor) else kind
            expect(found == kind, f"For rows of {kind} the {what} should be of that type; it is of {found}.")


@check.that("principal_components", "leaves nothing where there are as many components as numbers", alone=False)
def _(answer: Callable) -> None:
    x = stretched_rows(8, 4)
    _, _, error = parts_of_pca(answer, x, 4)
    expect(abs(float(number(error, "The error"))) < 1e-6, "With as many components as numbers no error is left.")
    few = stretched_rows(3, 6)
    _, found, error = parts_of_pca(answer, few, 3)
    upright = bool((found @ found.T - torch.eye(3)).abs().max() < 1e-4)
    expect(upright, "Three rows of six numbers: the third component, too, is a row of length 1 at right angles to all.")
    expect(abs(float(number(error, "The error"))) < 1e-6, "Three rows of six numbers: three components leave no error.")


# --- the draw --------------------------------------------------------------------------------------


def mean_and_deviation(values: Tensor) -> tuple[float, float]:
    return float(values.mean()), float(values.std())


@check.that("reparameterize", "draws from N(mu, exp(log_var))", point=True)
def _(answer: Callable) -> None:
    n = 20_000
    for mu, log_var in zip(chosen(1.5, -2.0, between=(-3.0, 3.0)), (1.2, -1.4), strict=True):
        where = f"a mean of {mu:g} and a log-variance of {log_var:g}"
        got = numbers(answer(torch.full((n, 2), mu), torch.full((n, 2), log_var)), (n, 2))
        mean, std = mean_and_deviation(got)
        right = torch.tensor(log_var).div(2).exp().item()
        told = f"For {where} the draws have mean {mean:.2f} and standard deviation {std:.2f}; it should be {right:.2f}."
        wrong = {
            "The variance is taken for the standard deviation: take half of log_var.": right**2,
            "log_var is taken as it is. It is a logarithm.": abs(log_var),
            "Half of log_var is taken as it is. It is a logarithm.": abs(log_var) / 2,
            "The noise is not scaled.": 1.0,
            "That is twice the exponent: exp(½ log_var) is the standard deviation.": right**4,
            "The noise is divided by the standard deviation.": 1 / right,
            "There is no noise in it.": 0.0,
            "The noise is even, not normal.": right / 12**0.5,
        }
        if abs(std - right) > 0.03 * right:
            why = next((said for said, value in wrong.items() if abs(std - value) <= 0.03 * max(value, 0.01)), "")
            expect(False, f"{told}\n{why}".rstrip())
        expect(abs(mean - mu) < 0.04 * right + 1e-3, f"For {where} the draws have the mean {mean:.2f}.")
        beyond = float(((got - mu).abs() > 2 * right).double().mean())
        expect(
            abs(beyond - 0.0455) < 0.008,
            f"For {where} a part of {beyond:.3f} is beyond two deviations; it should be 0.046. Is the noise normal?",
        )


@check.that("reparameterize", "draws each number of each picture by itself, anew in each call", alone=False, point=True)
def _(answer: Callable) -> None:
    n = 3000
    zero = torch.zeros(n, 3)
    one, other = (numbers(answer(zero, zero), (n, 3)) for _ in range(2))
    expect(float((one - other).abs().mean()) > 0.1, "Two calls give the same draw. Draw anew each time.")
    expect(float(one.std(0).min()) > 0.1, "All pictures have the same noise. Each has its own.")
    alike = (torch.corrcoef(one.T) - torch.eye(3)).abs().max()
    expect(float(alike) < 0.15, "The numbers of a code have the same noise. Draw for each number by itself.")
    rows = torch.cat([one[:-1, :1], one[1:, :1]], 1)
    expect(float(torch.corrcoef(rows.T)[0, 1].abs()) < 0.15, "The noise of one picture hangs together with the next's.")


@check.that("reparameterize", "hands gradients on: 1 to the mean, half of the deviation to log_var", point=True)
def _(answer: Callable) -> None:
    mu, log_var = randn(5, 3).double().requires_grad_(), randn(5, 3).double().requires_grad_()
    z = answer(mu, log_var)
    differentiable(z, "The draw is cut off from mu and log_var: the encoder could not learn from it.")
    z.sum().backward()
    for name, given in (("mu", mu), ("log_var", log_var)):
        expect(given.grad is not None, f"No gradient reaches {name}.")
    drawn_z, slope = numbers(z), numbers(log_var.grad)
    expect_close(numbers(mu.grad), torch.ones(5, 3), "a draw (5, 3)", show=False, what="the gradient on mu is")
    usual = {
        "No gradient comes to log_var.": torch.zeros(5, 3),
        "The half of log_var is missing: exp(½ log_var) is the standard deviation.": drawn_z - mu.detach(),
    }
    want = (drawn_z - mu.detach()) / 2
    expect_close(slope, want, "a draw (5, 3)", usual, show=False, what="the gradient on log_var is")


# --- the code_divergence --------------------------------------------------------------------------------


def code_divergence(mu: Tensor, log_var: Tensor) -> Tensor:
    """By the library's two normal densities, number by number."""
    q = torch.distributions.Normal(mu, (log_var / 2).exp())
    return torch.distributions.kl_divergence(q, torch.distributions.Normal(0.0, 1.0)).sum(1)


def code_divergence_case() -> Case:
    first, second = chosen(0.5, -1.5, between=(-2.0, 2.0)), chosen(0.8, -0.6, between=(-1.5, 1.5), avoid=0.0)
    mu = torch.tensor([[first[0], first[1], 1.0], [second[1], 0.25, -second[0]]], dtype=torch.float64)
    log_var = torch.tensor([[second[0], -1.0, second[1]], [first[1], 0.5, -0.75]], dtype=torch.float64)
    want = code_divergence(mu, log_var)
    var, std = log_var.exp(), (log_var / 2).exp()
    usual = {
        "The half is missing.": 2 * want,
        "That is the mean over the numbers of a code. Take the sum.": want / 3,
        "The sign is wrong: this is minus the code_divergence.": -want,
        "The 1 is missing.": want + 1.5,
        "The mean is not squared.": want - (mu.square() - mu).sum(1) / 2,
        "log_var stands where the variance belongs: take its exponential.": (mu.square() + log_var - 1 - log_var).sum(1)
        / 2,
        "The standard deviation stands where the variance belongs.": (mu.square() + std - 1 - log_var).sum(1) / 2,
        "The logarithm counts by half: log σ² is log_var itself.": (mu.square() + var - 1 - log_var / 2).sum(1) / 2,
        "The logarithm has the wrong sign.": (mu.square() + var - 1 + log_var).sum(1) / 2,
        "That is the code_divergence the other way around, of the prior from q.": (
            (mu.square() + 1) / var - 1 + log_var
        ).sum(1)
        / 2,
        "The means are missing.": (var - 1 - log_var).sum(1) / 2,
        "The logarithm is missing.": (mu.square() + var - 1).sum(1) / 2,
        "It is in bits. Nats are asked.": want / 0.6931471805599453,
    }
    return Case("two codes of three numbers", want, usual, (mu, log_var))


@check.that("kl_to_prior", "the code_divergence of each picture's code, summed over its numbers", point=True)
def _(answer: Callable) -> None:
    case = drawn(code_divergence_case)
    case.compare(numbers(answer(*case.inputs), (2,), advice="One number for each picture."))


@check.that("kl_to_prior", "0 at the prior, and gradients pass")
def _(answer: Callable) -> None:
    nothing = numbers(answer(torch.zeros(3, 4), torch.zeros(3, 4)), (3,), advice="One number for each picture.")
    expect_close(nothing, torch.zeros(3), "codes that are the prior", {"The 1 is missing.": nothing})
    mu, log_var = randn(4, 3).double().requires_grad_(), randn(4, 3).double().requires_grad_()
    found = answer(mu, log_var)
    differentiable(found, "The code_divergence is cut off from mu and log_var.")
    found.sum().backward()
    for name, given, want in (("mu", mu, mu.detach()), ("log_var", log_var, (log_var.detach().exp() - 1) / 2)):
        expect(given.grad is not None, f"No gradient reaches {name}.")
        expect_close(numbers(given.grad), want, "four codes", show=False, what=f"the gradient on {name} is")


@check.that("kl_to_prior", "right where variances are tiny or large")
def _(answer: Callable) -> None:
    mu = torch.tensor([[0.5], [-0.5]], dtype=torch.float64)
    log_var = torch.tensor([[-60.0], [20.0]], dtype=torch.float64)
    got = numbers(answer(mu, log_var), (2,))
    expect_close(got, code_divergence(mu, log_var), "log-variances of −60 and 20", show=True)
