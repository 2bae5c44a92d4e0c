"""Mixtures against scipy and against their own samples."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import gancourse
from gancourse.data.toys import TOYS, Gaussian1D, Mixture, grid, ring, spirals, three_gaussians, unequal

MIXTURES = [name for name in TOYS if name != "gaussian"]


def reference(toy: Mixture, x: np.ndarray) -> np.ndarray:
    """The density by scipy, component by component."""
    parts = zip(toy.weights.double().numpy(), toy.modes.double().numpy(), toy.stds.double().numpy(), strict=True)
    return sum(w * stats.multivariate_normal(m, s**2 * np.eye(len(m))).pdf(x) for w, m, s in parts)


@pytest.mark.parametrize("name", MIXTURES)
def test_the_density_agrees_with_scipy(name) -> None:
    toy = TOYS[name]()
    gancourse.seed_everything(0)
    x = toy.sample(200).double()
    np.testing.assert_allclose(toy.density(x).numpy(), reference(toy, x.numpy()), rtol=1e-5)
    torch.testing.assert_close(toy.log_density(x), toy.density(x).log())


@pytest.mark.slow
@pytest.mark.parametrize("name", MIXTURES)
def test_the_density_integrates_to_one(name) -> None:
    """By importance sampling: draws from a wider mixture, each weighted by the ratio of densities."""
    toy = TOYS[name]()
    wide = Mixture(toy.modes, 1.5 * toy.stds, toy.weights)
    gancourse.seed_everything(1)
    x = wide.sample(50_000)
    ratio = toy.density(x) / wide.density(x)
    assert abs(ratio.mean() - 1) < 5 * ratio.std() / 50_000**0.5


@settings(deadline=None, max_examples=20)
@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(0.1, 2), st.floats(0.1, 3)), min_size=1, max_size=5))
def test_any_mixture_on_the_line_integrates_to_one(parts) -> None:
    means, stds, weights = zip(*parts, strict=True)
    toy = Mixture([[m] for m in means], stds, weights)
    x = torch.linspace(-25, 25, 20_001, dtype=torch.float64)[:, None]
    assert torch.trapezoid(toy.density(x), x[:, 0]) == pytest.approx(1, abs=1e-4)


def test_one_component_is_the_gaussian() -> None:
    x = torch.linspace(0, 10, 50)[:, None]
    expected = Gaussian1D(5, 2).log_density(x)[:, 0]
    torch.testing.assert_close(Mixture([[5.0]], 2.0).log_density(x), expected)


@pytest.mark.parametrize("name", MIXTURES)
def test_samples_come_as_often_as_the_weights_say(name) -> None:
    toy = TOYS[name]()
    gancourse.seed_everything(2)
    x, which = toy.sample_with_modes(20_000)
    assert x.shape == (20_000, toy.dimension)
    counts = torch.bincount(which, minlength=len(toy.modes)).numpy()
    assert (
        stats.chisquare(counts, 20_000 * toy.weights.double().numpy() / toy.weights.double().sum().item()).pvalue > 1e-4
    )
    distance = ((x - toy.modes[which]) / toy.stds[which, None]).square().sum(dim=1)
    assert stats.kstest(distance.numpy(), stats.chi2(toy.dimension).cdf).pvalue > 1e-4


def test_samples_on_the_line_follow_the_cumulative_density() -> None:
    toy = unequal()
    gancourse.seed_everything(3)
    x = toy.sample(5000)[:, 0].numpy()

    def cumulative(values):
        parts = zip(toy.weights.tolist(), toy.modes[:, 0].tolist(), toy.stds.tolist(), strict=True)
        return sum(w * stats.norm(m, s).cdf(values) for w, m, s in parts)

    assert stats.kstest(x, cumulative).pvalue > 1e-4


def test_shapes_are_what_they_are_called() -> None:
    assert three_gaussians().modes.flatten().tolist() == [-4, 0, 4]
    assert unequal().weights.tolist() == pytest.approx([0.9, 0.09, 0.01])
    assert ring().modes.shape == (8, 2)
    torch.testing.assert_close(ring(radius=3.0).modes.norm(dim=1), torch.full((8,), 3.0))
    assert grid().modes.shape == (25, 2)
    assert sorted({round(v, 4) for v in grid().modes.flatten().tolist()}) == [-4, -2, 0, 2, 4]
    torch.testing.assert_close(ring(weights=range(1, 9)).weights, torch.arange(1, 9) / 36)


def test_spirals_are_even_bands() -> None:
    toy = spirals()
    steps = toy.modes.view(2, 100, 2).diff(dim=1).norm(dim=2)
    assert steps.max() < 1.15 * steps.min()
    assert steps.max() < 2 * toy.stds.min(), "closer than would show as beads"
    inner = toy.log_density(toy.modes.view(2, 100, 2)[:, 10:-10])
    assert inner.max() - inner.min() < 0.3
    torch.testing.assert_close(toy.modes[:100], -toy.modes[100:])  # two arms face each other


def test_responsibilities_find_the_component() -> None:
    toy = ring()
    x, which = toy.sample_with_modes(500)
    found = toy.responsibilities(x)
    torch.testing.assert_close(found.sum(dim=1), torch.ones(500))
    assert torch.equal(found.argmax(dim=1), which)


def test_far_away_the_log_density_is_finite() -> None:
    assert torch.isfinite(grid().log_density(torch.full((1, 2), 1e4))).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1.0, 2.0], 1.0), r"shape \(K, d\)"),
        (([[1.0], [2.0]], 0.0), "above 0"),
        (([[1.0], [2.0]], 1.0, [1.0]), "2 weights"),
        (([[1.0], [2.0]], 1.0, [1.0, -1.0]), "above 0"),
    ],
)
def test_impossible_mixtures_are_refused(arguments, message) -> None:
    with pytest.raises(ValueError, match=message):
        Mixture(*arguments)


def test_points_of_another_dimension_are_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(…, 2\)"):
        ring().log_density(torch.zeros(5, 1))
