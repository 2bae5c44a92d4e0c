"""The Fréchet distance between two Gaussians: what the FID is made of.

Heusel et al. (2017), arXiv:1706.08500, equation 6, after Dowson & Landau (1982):

    d² = ‖μ₁ − μ₂‖² + Tr Σ₁ + Tr Σ₂ − 2 Tr (Σ₁Σ₂)^½

The product Σ₁Σ₂ is not symmetric, and its square root by a general method is slow and, where a
covariance is singular, fragile. Only its trace is needed. With Σᵢ = FᵢFᵢᵀ the eigenvalues of Σ₁Σ₂ are
the squares of the singular values of F₁ᵀF₂, so that

    Tr (Σ₁Σ₂)^½ = ‖F₁ᵀF₂‖₊, the sum of its singular values.

Nothing is inverted: a factor has as many columns as the covariance has rank, none if it is 0. And where
there are fewer pictures than dimensions, the centered features are a factor already.
"""

from __future__ import annotations

import torch
from scipy.linalg import get_lapack_funcs
from torch import Tensor

from gancourse.metrics.given import tensor_of

EPS = torch.finfo(torch.float64).eps
ROUNDING = 1e-5  # how far a covariance may be from symmetric or from positive, relative to its largest entry
VISIBLE = 1e-6  # a share of the result


def frechet_distance(mu1: Tensor, sigma1: Tensor, mu2: Tensor, sigma2: Tensor) -> float:
    """The squared Fréchet distance between N(mu1, sigma1) and N(mu2, sigma2), as the FID reports it.

    Computed in float64 on the CPU, whatever comes in. A rounding error below 0 is returned as 0.

    Args:
        mu1, mu2: means, (d,).
        sigma1, sigma2: covariances, (d, d), symmetric; singular or zero ones are fine.

    Raises:
        ValueError: on other shapes, on NaN and infinity, and if a covariance is not symmetric or has a
            negative eigenvalue.
    """
    mu1, mu2, sigma1, sigma2 = (_double(x) for x in (mu1, mu2, sigma1, sigma2))
    d = mu1.numel()
    for name, x, shape in (
        ("mu1", mu1, (d,)),
        ("mu2", mu2, (d,)),
        ("sigma1", sigma1, (d, d)),
        ("sigma2", sigma2, (d, d)),
    ):
        if tuple(x.shape) != shape or d == 0:
            raise ValueError(f"{name} should have shape {shape}, as mu1 has {d} numbers; it has {tuple(x.shape)}.")
        if not bool(x.isfinite().all()):
            raise ValueError(f"{name} holds NaN or infinity.")
    apart = float((mu1 - mu2).square().sum() + sigma1.trace() + sigma2.trace())
    return _without_shared(apart, factor(sigma1, "sigma1").T @ factor(sigma2, "sigma2"))


def frechet_from_features(x: Tensor, y: Tensor) -> float:
    """The squared Fréchet distance between Gaussians fitted to two sets of features: the FID, on any features.

    Much the fastest where there are fewer pictures than dimensions: no covariance is formed then.

    Args:
        x, y: features (m, d) and (n, d); at least two pictures each.

    Raises:
        ValueError: on other shapes, on NaN and infinity.
    """
    factors, means = [], []
    x, y = tensor_of(x), tensor_of(y)
    for name, f in (("x", x), ("y", y)):
        if f.ndim != 2 or len(f) < 2 or f.shape[1] != x.shape[-1]:
            raise ValueError(f"{name} should have shape (n, {x.shape[-1]}) with n ≥ 2; it is {tuple(f.shape)}.")
        f = _double(f)
        if not bool(f.isfinite().all()):
            raise ValueError(f"{name} holds NaN or infinity.")
        means.append(f.mean(0))
        centered = (f - means[-1]) / (len(f) - 1) ** 0.5
        factors.append(centered.T if len(f) <= f.shape[1] else factor(centered.T @ centered, name))
    apart = (means[0] - means[1]).square().sum() + factors[0].square().sum() + factors[1].square().sum()
    return _without_shared(float(apart), factors[0].T @ factors[1])


def moments(features: Tensor) -> tuple[Tensor, Tensor]:
    """Mean (d,) and unbiased covariance (d, d) of features (n, d), n ≥ 2, in float64 on the CPU."""
    x = _double(features)
    return x.mean(0), torch.cov(x.T).reshape(x.shape[1], x.shape[1])


def _double(x: Tensor) -> Tensor:
    """On the CPU: MPS has no float64, and beside the features' this is little work."""
    x = tensor_of(x)
    if x.is_complex():
        raise ValueError("Features and their moments are real numbers; these are complex.")
    return x.to("cpu", torch.float64)


def factor(sigma: Tensor, name: str = "sigma") -> Tensor:
    """F (d, rank) with F Fᵀ = sigma, for a symmetric positive semidefinite matrix (d, d) in float64.

    Cholesky's, the fastest, where it exists; with pivots where the matrix is singular; and from the
    eigenvectors where rounding has made eigenvalues negative, which are then taken for 0.

    Raises:
        ValueError: if sigma is not symmetric or has an eigenvalue that is negative beyond rounding.
    """
    largest = max(float(sigma.max()), -float(sigma.min()))
    probe = torch.randn(len(sigma), generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    small = largest * len(sigma) ** 0.5  # products with one vector show what is wrong, and cost next to nothing
    if float((sigma @ probe - probe @ sigma).norm()) > ROUNDING * small:
        raise ValueError(f"{name} is not symmetric, so it is no covariance.")
    lower, stopped = torch.linalg.cholesky_ex(sigma)
    if not stopped:
        return lower
    pstrf = get_lapack_funcs("pstrf", (sigma.numpy(),))
    pivoted, pivots, rank, _ = pstrf(sigma.numpy(), lower=1, tol=len(sigma) * EPS * largest)
    lower = torch.zeros_like(sigma)
    lower[torch.from_numpy(pivots).long() - 1] = torch.from_numpy(pivoted).tril()
    lower = lower[:, :rank]
    if largest == 0:
        return lower[:, :0]
    if float((sigma @ probe - lower @ (lower.T @ probe)).norm()) <= 1e-10 * small:
        return lower
    values, vectors = torch.linalg.eigh(sigma)
    if float(values[0]) < -ROUNDING * float(values[-1]):
        raise ValueError(f"{name} has the negative eigenvalue {float(values[0]):.3g}, so it is no covariance.")
    positive = values > 0
    return vectors[:, positive] * values[positive].sqrt()


def _without_shared(apart: float, a: Tensor) -> float:
    """`apart` less twice the sum of the singular values of a (m, n); at least 0.

    The squares of the singular values are the eigenvalues of a aᵀ, which are many times faster to find.
    Squaring costs half of the digits of the smallest ones, so where that could be seen in the result,
    as it could for two sets that are nearly the same, singular values it is.
    """
    if 0 in a.shape:
        return max(0.0, apart)
    a = a if a.shape[0] <= a.shape[1] else a.T
    values = torch.linalg.eigvalsh(a @ a.T).clamp(min=0)
    error = 10 * EPS * values[-1]  # of each eigenvalue; its root is wrong by as much as error / root
    distance = apart - 2 * float(values.sqrt().sum())
    wrong = float((error / values.clamp(min=float(error)).sqrt()).nan_to_num().sum())
    if 2 * wrong > VISIBLE * distance:
        distance = apart - 2 * float(torch.linalg.svdvals(a).sum())
    return max(0.0, distance)
