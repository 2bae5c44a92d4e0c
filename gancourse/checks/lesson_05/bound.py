"""The bound where the truth is known: a linear decoder with normal noise.

Tipping and Bishop, "Probabilistic Principal Component Analysis", J. Royal Statistical Society B 61, 1999, section 3;
the bound is Kingma and Welling's, arXiv:1312.6114, equation 3.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, chosen, chosen_int, drawn, randn
from gancourse.checks.lesson_05.suite import check
from gancourse.checks.values import expect_close, numbers


class LinearModel:
    """x = W z + b + s · noise, some rows x, and some q for each."""

    def __init__(self, upright: bool = False, square: bool = False) -> None:
        n, d, k = 3, chosen_int(4, between=(4, 5)), 2
        k = d if square else k
        self.W, self.b = randn(d, k).double(), randn(d).double()
        if upright:
            self.W = torch.linalg.qr(self.W)[0] * torch.tensor([2.0, 1.0] + [0.5] * (k - 2), dtype=torch.float64)
        (self.s,) = chosen(0.6, between=(0.4, 0.8))
        self.x = randn(n, k).double() @ self.W.T + self.b + self.s * randn(n, d).double()
        self.m, self.v = randn(n, k).double(), 0.3 + randn(n, k).double().square()
        self.n, self.d, self.k = n, d, k

    def named(self, *names: str) -> dict[str, Tensor | float]:
        return {name: getattr(self, name) for name in names}

    @property
    def spread(self) -> Tensor:
        return self.W @ self.W.T + self.s**2 * torch.eye(self.d, dtype=torch.float64)

    @property
    def posterior(self) -> tuple[Tensor, Tensor]:
        """By the joint normal density of z and x: means (n, k), covariance (k, k)."""
        gain = torch.linalg.solve(self.spread, self.W)  # (d, k)
        return (self.x - self.b) @ gain, torch.eye(self.k, dtype=torch.float64) - self.W.T @ gain

    def log_density(self, spread: Tensor | None = None, b: Tensor | None = None) -> Tensor:
        b = self.b if b is None else b
        return torch.distributions.MultivariateNormal(b, self.spread if spread is None else spread).log_prob(self.x)

    def expected(self, slip: str = "") -> Tensor:
        """E log p(x | z) under q, or by a slip."""
        b = torch.zeros_like(self.b) if slip == "b" else self.b
        off = (self.x - b - self.m @ self.W.T).square().sum(1)
        v = {"std": self.v.sqrt(), "no noise": 0 * self.v, "squared": self.v.square(), "log": self.v.log()}
        more = v.get(slip, self.v) @ self.W.square().sum(0)
        if slip == "traces":
            more = self.v.sum(1)
        s2 = {"s": self.s}.get(slip, self.s**2)
        constant = self.d / 2 * math.log(2 * math.pi * self.s**2)
        constant = {"no constant": 0.0, "one": constant / self.d, "no d": constant / self.d, "full": 2 * constant,
                    "wrong sign": -constant, "no pi": self.d / 2 * math.log(self.s**2)}.get(slip, constant)  # fmt: skip
        half = 1.0 if slip == "half" else 2.0
        return -(off + more) / (half * s2) - constant

    def divergence(self) -> Tensor:
        return (self.m.square() + self.v - 1 - self.v.log()).sum(1) / 2


def covariance_of_x_case() -> Case:
    model = LinearModel()
    eye = torch.eye(model.d, dtype=torch.float64)
    product = model.W @ model.W.T
    usual = {
        "The pixels' own noise is missing: s² on the diagonal.": product,
        "s is a standard deviation: its square is a variance.": product + model.s * eye,
        "s² is added everywhere. It belongs on the diagonal.": product + model.s**2,
        "It is taken off. Variances of independent parts add up.": product - model.s**2 * eye,
    }
    return Case("this model", model.spread, usual, (model,))


def likelihood_case() -> Case:
    model = LinearModel()
    want, d = model.log_density(), model.d
    usual = {
        "The mean b is not taken off.": model.log_density(b=torch.zeros_like(model.b)),
        "The constant is missing: −(d/2) log 2π.": want + d / 2 * math.log(2 * math.pi),
        "That is the density, not its logarithm.": want.exp(),
        "That is log p(x) as if only the noise s spread the rows.": model.log_density(
            model.s**2 * torch.eye(d, dtype=torch.float64)
        ),
        "The sign is wrong.": -want,
        "The determinant is missing.": want + model.spread.logdet() / 2,
        "The determinant's half is missing.": want - model.spread.logdet() / 2,
    }
    return Case("three rows", want, usual, (model,))


def mean_case() -> Case:
    model = LinearModel()
    want, _ = model.posterior
    gram = model.W.T @ model.W
    eye = torch.eye(model.k, dtype=torch.float64)
    off = model.x - model.b
    usual = {
        "The mean b is not taken off.": model.x @ torch.linalg.solve(model.spread, model.W),
        "That is W⁺(x − b), the least squares: s² is missing in M.": off @ model.W @ torch.linalg.inv(gram),
        "M has s, not s².": off @ model.W @ torch.linalg.inv(gram + model.s * eye),
        "M is not inverted.": off @ model.W @ (gram + model.s**2 * eye),
        "M is missing: that is Wᵀ(x − b).": off @ model.W,
        "It is s² times as large: M⁻¹, not the covariance, stands here.": want * model.s**2,
        "It is divided by s² once too often.": want / model.s**2,
        "M has 1 in the place of s².": off @ model.W @ torch.linalg.inv(gram + eye),
    }
    return Case("three rows", want, usual, (model,))


def covariance_case() -> Case:
    model = LinearModel()
    _, want = model.posterior
    gram, eye = model.W.T @ model.W, torch.eye(model.k, dtype=torch.float64)
    usual = {
        "s² is missing in front: that is M⁻¹.": want / model.s**2,
        "That is s M⁻¹. It is s².": want / model.s,
        "M is not inverted.": model.s**2 * (gram + model.s**2 * eye),
        "s² is missing in M.": model.s**2 * torch.linalg.inv(gram),
        "M has s, not s².": model.s**2 * torch.linalg.inv(gram + model.s * eye),
        "Only the diagonal is there.": torch.diag(want.diagonal()),
        "M has 1 in the place of s².": model.s**2 * torch.linalg.inv(gram + eye),
    }
    return Case("this model", want, usual, (model,))


EXPECTED_SLIPS = {
    "no noise": "The spread of q is missing: the sum over v_j ‖w_j‖².",
    "std": "v holds variances. Its roots stand here.",
    "squared": "v holds variances. They are squared here.",
    "log": "v holds variances. Their logarithms stand here.",
    "traces": "Each v_j counts by the square of its column's length, ‖w_j‖².",
    "b": "The mean b is not taken off.",
    "s": "It is divided by 2s, not by 2s².",
    "half": "The half in front of the squares is missing.",
    "no constant": "The constant is missing: −(d/2) log(2π s²).",
    "one": "The constant counts once for each of the d numbers.",
    "full": "The constant's half is missing.",
    "wrong sign": "The constant has the wrong sign.",
    "no pi": "2π is missing in the constant.",
}


def expected_case() -> Case:
    model = LinearModel()
    usual = {said: model.expected(slip) for slip, said in EXPECTED_SLIPS.items()}
    usual["The sign is wrong."] = -model.expected()
    usual["A mean is taken over the numbers of x. Take the sum."] = model.expected() / model.d
    return Case("three rows", model.expected(), usual, (model,))


def bound_case() -> Case:
    model = LinearModel()
    first, kl = model.expected(), model.divergence()
    usual = {
        "The divergence is added. Take it off.": first + kl,
        "The divergence is missing: that is step 5.": first,
        "That is minus the bound.": kl - first,
        "The divergence's half is missing.": first - 2 * kl,
        "The 1 in the divergence is missing.": first - kl - model.k / 2,
        "v is a variance already, no logarithm.": first - (model.m.square() + model.v.exp() - 1 - model.v).sum(1) / 2,
        "The logarithm in the divergence is missing.": first - kl - model.v.log().sum(1) / 2,
        "v is a variance: in the divergence its square stands.": first
        - (model.m.square() + model.v.square() - 1 - 2 * model.v.log()).sum(1) / 2,
        "The means are missing in the divergence.": first - kl + model.m.square().sum(1) / 2,
        "Only the divergence is there.": -kl,
    }
    return Case("three rows", first - kl, usual, (model,))


BOUND_STEPS: dict[int, tuple[Callable[[], Case], tuple[str, ...], str]] = {
    1: (covariance_of_x_case, ("W", "s"), "dd"),
    2: (likelihood_case, ("x", "W", "b", "s"), "n"),
    3: (mean_case, ("x", "W", "b", "s"), "nk"),
    4: (covariance_case, ("W", "s"), "kk"),
    5: (expected_case, ("x", "W", "b", "s", "m", "v"), "n"),
    6: (bound_case, ("x", "W", "b", "s", "m", "v"), "n"),
}


def compare_bound(answer: Callable, step: int) -> None:
    """Ask for one step."""
    make, names, shape = BOUND_STEPS[step]
    case = drawn(make, always=True)
    (model,) = case.inputs
    got = answer(step, **model.named(*names))
    sizes = tuple(getattr(model, letter) for letter in shape)
    case.compare(numbers(got, sizes, f"Step {step}"), show=False)


for number_of, claim in {
    1: "step 1: the spread of x",
    2: "step 2: the exact log-likelihood",
    3: "step 3: the exact posterior's mean",
    4: "step 4: the exact posterior's covariance",
    5: "step 5: the expected log p(x | z) under q",
    6: "step 6: the bound",
}.items():
    check.that("bound_steps", claim, point=number_of in (2, 6))(
        partial(lambda n, answer: compare_bound(answer, n), number_of)
    )


@check.that("bound_steps", "the bound touches the exact log-likelihood at the exact posterior", point=True)
def _(answer: Callable) -> None:
    model = LinearModel(upright=True)
    at = model.named("x", "W", "b", "s")
    exact = numbers(answer(2, **at), (model.n,), "Step 2")
    m, spread = model.posterior
    v = spread.diagonal().expand_as(m).contiguous()
    touched = numbers(answer(6, **at, m=m, v=v), (model.n,), "Step 6")
    expect_close(touched, exact, "q = the exact posterior", show=True, what="the bound is", rtol=1e-6)
    for moved, times in ((0.3, 1.0), (0.0, 3.0), (-0.5, 0.4)):
        below = numbers(answer(6, **at, m=m + moved, v=v * times), (model.n,), "Step 6")
        expect(bool((below < exact + 1e-9).all()), "For some q the bound is above the exact log-likelihood.")


@check.that("bound_steps", "holds for another number of dimensions, too", alone=False)
def _(answer: Callable) -> None:
    model = LinearModel(square=True)
    got = numbers(answer(2, **model.named("x", "W", "b", "s")), (model.n,), "Step 2")
    expect_close(got, model.log_density(), "as many numbers in z as in x", show=False)
    got = numbers(answer(6, **model.named("x", "W", "b", "s", "m", "v")), (model.n,), "Step 6")
    expect_close(got, model.expected() - model.divergence(), "as many numbers in z as in x", show=False)
