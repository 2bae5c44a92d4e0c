"""The Fréchet distance between normal distributions (Heusel et al., 2017, equation 6).

Expected values come from formulas that need no root of a product: variances in one dimension, a closed
form for 2 × 2 matrices, and, where Σ = F Fᵀ, the identity tr (Σ₁Σ₂)^½ = ‖F₁ᵀF₂‖ (the nuclear norm).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, chosen, chosen_int, drawn, randn, said
from gancourse.checks.lesson_04.suite import check
from gancourse.checks.values import close, expect_close, leaves_alone, number, pretty


def tensors(*values: Any, dtype: torch.dtype = torch.float64) -> tuple[Tensor, ...]:
    return tuple(torch.as_tensor(v, dtype=dtype) for v in values)


def distance(mu1: Tensor, factor1: Tensor, mu2: Tensor, factor2: Tensor) -> float:
    """The squared distance where the covariances are F Fᵀ; the factors may have any number of columns."""
    cross = torch.linalg.matrix_norm(factor1.T @ factor2, ord="nuc")
    return float((mu1 - mu2).square().sum() + factor1.square().sum() + factor2.square().sum() - 2 * cross)


def close_by(advice: str, got: Tensor, want: float) -> dict[str, Tensor]:
    """The advice for a value that is nearly right; one that is far off has another reason."""
    return {advice: got} if abs(float(got) - want) < 0.05 * (1 + abs(want)) else {}


def covariance(factor: Tensor) -> Tensor:
    return factor @ factor.T


def two_axes() -> Case:
    """Diagonal covariances: standard deviations along two axes."""
    one, other = chosen(1.0, 3.0, between=(0.5, 4.0)), chosen(2.0, 0.5, between=(0.5, 4.0))
    mean = chosen(1.0, 3.0, between=(-4.0, 4.0), avoid=0.0)
    (a, b, shift), zero = tensors(one, other, mean), torch.zeros(2, dtype=torch.float64)
    apart, spread = shift.square().sum(), (a - b).square().sum()
    want, roots = apart + spread, (a * b).sum()
    usual = {
        "That is the root of it. As the FID reports it, the distance stays squared.": want.sqrt(),
        "That is the part of the covariances alone: the means' distance is missing.": spread,
        "That is the part of the means alone.": apart,
        "The means' distance is not squared.": apart.sqrt() + spread,
        "The means' part is averaged over the dimensions. It is the sum of squares.": apart / 2 + spread,
        "The root of the product counts twice: − 2 tr (Σ₁Σ₂)^½.": want + roots,
        "The term −2 tr (Σ₁Σ₂)^½ has the wrong sign.": want + 4 * roots,
        "The term −2 tr (Σ₁Σ₂)^½ is missing.": want + 2 * roots,
        "The root is missing: that has tr Σ₁Σ₂ in place of tr (Σ₁Σ₂)^½.": want + 2 * roots - 2 * (a * b).square().sum(),
        "That is the root of a trace. The trace is taken of the root.": (
            want + 2 * roots - 2 * (a * b).square().sum().sqrt()
        ),
        "That compares the variances, not the standard deviations: (Σ₁ − Σ₂)².": apart + (a**2 - b**2).square().sum(),
        "The roots of the traces are multiplied. The root is of the matrices' product; the trace comes last.": (
            want + 2 * roots - 2 * ((a**2).sum() * (b**2).sum()).sqrt()
        ),
    }
    where = f"means (0, 0) and ({said(mean)}), standard deviations ({said(one)}) and ({said(other)}) along the axes"
    return Case(where, want, usual, (zero, torch.diag(a**2), shift, torch.diag(b**2)))


@check.that(
    "frechet_distance", "is Σ (difference of means)² + Σ (difference of std)² where axes are independent", point=True
)
def _(frechet: Callable) -> None:
    case = drawn(two_axes)
    case.compare(number(frechet(*case.inputs), "The distance"))


def ellipse_factor(along: float, across: float, angle: float) -> Tensor:
    """The root of a covariance: standard deviations along a direction and across it."""
    turn = torch.tensor([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]], dtype=torch.float64)
    return turn @ torch.diag(tensors((along, across))[0]) @ turn.T


COMMUTE = (
    "That is right only for covariances that commute: you add up the roots of each one's eigenvalues, or take "
    "tr Σ₁^½ Σ₂^½."
)


def turned() -> Case:
    """Covariances that do not commute: their ellipses point in different directions."""
    a, b, c, d = chosen(3.0, 1.0, 2.5, 0.5, between=(0.5, 4.0))
    angles = chosen(0.3, 1.2, between=(0.2, 1.4))
    root1, root2 = ellipse_factor(a, b, angles[0]), ellipse_factor(c, d, angles[1])
    one, two, zero = root1 @ root1, root2 @ root2, torch.zeros(2, dtype=torch.float64)
    rest, product = one.trace() + two.trace(), one @ two
    cross = (product.trace() + 2 * product.det().sqrt()).sqrt()  # of a 2 × 2 matrix, by its eigenvalues
    usual = {
        COMMUTE: rest - 2 * (root1 @ root2).trace(),
        "That pairs the sorted eigenvalues of both covariances. It is their product whose eigenvalues are needed.": (
            rest - 2 * (torch.linalg.eigvalsh(one) * torch.linalg.eigvalsh(two)).sqrt().sum()
        ),
        "The root is taken of each entry of the product. A root of a matrix R has R @ R = Σ₁Σ₂.": (
            rest - 2 * product.abs().sqrt().trace()
        ),
        "`eigvalsh` and `eigh` look at one triangle and take the matrix for symmetric. Σ₁Σ₂ is not: "
        "Σ₁^½ Σ₂ Σ₁^½ is.": rest - 2 * torch.linalg.eigvalsh(product).clamp(min=0).sqrt().sum(),
        "Only the diagonals are used. Multiply the covariances as matrices, with @ and not with *.": (
            (one.diagonal().sqrt() - two.diagonal().sqrt()).square().sum()
        ),
        "That takes singular values of Σ₁Σ₂ for its eigenvalues. They differ, for it is not symmetric.": (
            rest - 2 * torch.linalg.svdvals(product).sqrt().sum()
        ),
    }
    first, second = (
        f"({x:g}, {y:g}) along and across {angle:g} rad" for x, y, angle in ((a, b, angles[0]), (c, d, angles[1]))
    )
    where = f"equal means, and ellipses with standard deviations {first} and {second}"
    return Case(where, rest - 2 * cross, usual, (zero, one, zero, two))


@check.that("frechet_distance", "is right where the covariances do not commute", point=True)
def _(frechet: Callable) -> None:
    case = drawn(turned)
    case.compare(number(frechet(*case.inputs), "The distance"))


@check.that("frechet_distance", "stays right where both covariances are singular", point=True)
def _(frechet: Callable) -> None:
    u, v = chosen(3.0, 4.0, between=(1.0, 5.0)), chosen(2.0, 1.0, between=(1.0, 5.0))
    (f, g), zero = tensors(u, v), torch.zeros(2, dtype=torch.float64)
    f, g = f[:, None], g[:, None]
    got = number(frechet(zero, covariance(f), zero, covariance(g)), "The distance between flat clouds")
    advice = "It is a little off: was something added to the diagonal, or is it in single precision?"
    where = f"clouds on a line, u uᵀ with u = ({said(u)}) and v vᵀ with v = ({said(v)})"
    want = distance(zero, f, zero, g)
    lengths = float(f.norm() * g.norm())
    commuting = distance(zero, f, zero, 0 * g) + float(g.square().sum()) - 2 * float((f * g).sum()) ** 2 / lengths
    expect_close(got, want, where, usual={COMMUTE: commuting} | close_by(advice, got, want))
    got = number(frechet(zero, 0 * covariance(f), zero, covariance(g)), "The distance from a point")
    where = f"a cloud without extent, Σ₁ = 0, and v vᵀ with v = ({said(v)})"
    want = distance(zero, 0 * g, zero, g)
    expect_close(got, want, where, usual=close_by(advice, got, want))


@check.that("frechet_distance", "stays right in many dimensions with fewer samples than dimensions", point=True)
def _(frechet: Callable) -> None:
    d, samples = 48, chosen_int(20, between=(12, 30))
    scale = torch.logspace(-2, 2, d, dtype=torch.float64)[:, None]
    f, g = scale * randn(d, samples, dtype=torch.float64), scale * randn(d, samples + 10, dtype=torch.float64)
    mu1, mu2 = randn(d, dtype=torch.float64), randn(d, dtype=torch.float64)
    got = number(frechet(mu1, covariance(f), mu2, covariance(g)), "The distance")
    where = f"{d} dimensions of unlike scale, covariances of rank {samples} and {samples + 10}"
    expect_close(got, distance(mu1, f, mu2, g), where)


@check.that("frechet_distance", "computes in double precision, whatever comes in")
def _(frechet: Callable) -> None:
    d, half = 64, chosen_int(20, between=(15, 30))
    f = (4 * randn(d, half, dtype=torch.float64)).round()  # whole numbers: exact in single precision, too
    g = f + (randn(d, half, dtype=torch.float64) / 2).round()
    zero = torch.zeros(d)
    got = number(frechet(zero, covariance(f).float(), zero, covariance(g).float()), "The distance")
    where = f"{d} dimensions, covariances of rank {half} in single precision"
    advice = "Convert to double before anything else: here the distance is a small difference of large numbers."
    want = distance(zero, f, zero, g)
    expect_close(got, want, where, usual=close_by(advice, got, want), rtol=1e-3)


@check.that("frechet_distance", "is the same in both directions, and 0 from a distribution to itself", alone=False)
def _(frechet: Callable) -> None:
    f, g = randn(4, 6, dtype=torch.float64), randn(4, 6, dtype=torch.float64)
    mu1, mu2, one, two = f.mean(1), g.mean(1), covariance(f), covariance(g)
    there, back = number(frechet(mu1, one, mu2, two)), number(frechet(mu2, two, mu1, one))
    expect(close(there, back), f"From the first to the second it is {pretty(there)}, back it is {pretty(back)}.")
    expect_close(number(frechet(mu1, one, mu1, one)), 0.0, "a distribution and itself", atol=1e-4)


@check.that("frechet_distance", "leaves means and covariances as they were", alone=False)
def _(frechet: Callable) -> None:
    f, g = randn(3, 6, dtype=torch.float64), randn(3, 6, dtype=torch.float64)
    leaves_alone(frechet, f.mean(1), covariance(f), g.mean(1), covariance(g))
