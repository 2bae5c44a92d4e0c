"""Scores: the same numbers as the libraries that hold the reference versions, and clear words on bad input."""

from __future__ import annotations

import contextlib
import io
import math
import warnings

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from torch import Tensor

import gancourse.metrics as metrics
from gancourse.metrics.frechet import factor
from gancourse.metrics.neighbors import nearest

D = torch.float64


@pytest.fixture
def g() -> torch.Generator:
    """A generator that differs from run to run: no test may depend on a seed."""
    generator = torch.Generator()
    generator.seed()
    return generator


def cloud(g: torch.Generator, n: int, d: int, shift: float = 0.0) -> Tensor:
    """Correlated features."""
    mix = torch.randn(d, d, generator=g, dtype=D) / d**0.5
    return torch.randn(n, d, generator=g, dtype=D) @ mix + shift


def test_every_name_is_there() -> None:
    for name in metrics.__all__:
        assert callable(getattr(metrics, name)), name
    assert set(metrics.__all__) <= set(dir(metrics))
    with pytest.raises(AttributeError, match="no attribute 'fid'"):
        _ = metrics.fid


# --- Fréchet distance ---------------------------------------------------------------------------


@pytest.mark.slow  # for the reference's import
@pytest.mark.parametrize(("m", "n", "d"), [(90, 70, 2), (200, 300, 24), (20, 30, 48), (20, 300, 48), (49, 49, 48)])
def test_frechet_agrees_with_the_references(g: torch.Generator, m: int, n: int, d: int) -> None:
    from pytorch_fid.fid_score import calculate_frechet_distance
    from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric

    x, y = cloud(g, m, d), cloud(g, n, d, 0.5)
    given = (*metrics.moments(x), *metrics.moments(y))
    ours = metrics.frechet_distance(*given)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = calculate_frechet_distance(*(t.numpy() for t in given))
    assert ours == pytest.approx(theirs, rel=1e-4)
    assert metrics.frechet_from_features(x, y) == pytest.approx(ours, rel=1e-6)
    assert metrics.frechet_distance(*given[2:], *given[:2]) == pytest.approx(ours, rel=1e-6)
    one, other = fid_features_to_statistics(x), fid_features_to_statistics(y)
    theirs = fid_statistics_to_metric(one, other, verbose=False)["frechet_inception_distance"]
    assert ours == pytest.approx(theirs, rel=1e-4)


def test_frechet_by_hand() -> None:
    of_one = [torch.tensor(x) for x in ([1.0], [[4.0]], [3.0], [[9.0]])]
    assert metrics.frechet_distance(*of_one) == pytest.approx(4 + (2 - 3) ** 2)  # on the line
    zero, one = torch.zeros(2), torch.ones(2)
    nothing = torch.zeros(2, 2)
    assert metrics.frechet_distance(zero, nothing, one, nothing) == 2.0
    assert metrics.frechet_distance(zero, nothing, zero, torch.eye(2)) == pytest.approx(2.0)
    first, second = torch.diag(torch.tensor([4.0, 0.0])), torch.diag(torch.tensor([0.0, 9.0]))
    assert metrics.frechet_distance(zero, first, zero, second) == pytest.approx(13.0)  # nothing in common
    assert metrics.frechet_distance(zero, first, zero, torch.eye(2)) == pytest.approx(4 + 2 - 2 * 2)
    ones = torch.ones(2, 2)  # rank one, along the diagonal; beside the identity its root's trace is √2
    assert metrics.frechet_distance(zero, ones, zero, torch.eye(2)) == pytest.approx(2 + 2 - 2 * math.sqrt(2))


@pytest.mark.parametrize("rank", [3, 40, 80])
def test_frechet_of_a_source_with_itself_is_zero_whatever_its_scales(g: torch.Generator, rank: int) -> None:
    """Twelve orders of magnitude in one covariance, singular or not."""
    basis = torch.linalg.qr(torch.randn(80, 80, generator=g, dtype=D)).Q[:, :rank]
    values = torch.logspace(-6, 6, rank, dtype=D)
    sigma, mu = basis * values @ basis.T, torch.zeros(80, dtype=D)
    assert metrics.frechet_distance(mu, sigma, mu, sigma) < 1e-4
    want = float(values.sum())
    assert metrics.frechet_distance(mu, sigma, mu, 4 * sigma) == pytest.approx(want, rel=1e-9)


def test_frechet_of_one_is_seen_beside_small_and_large_variances(g: torch.Generator) -> None:
    """Nothing is added to the diagonal, and no small eigenvalue is lost."""
    mu = torch.zeros(50, dtype=D)
    tiny, large = 1e-12 * torch.eye(50, dtype=D), torch.eye(50, dtype=D)
    large[0, 0] = 1e6
    assert metrics.frechet_distance(mu, tiny, mu, 4 * tiny) == pytest.approx(50e-12, rel=1e-6, abs=0)
    moved = large.clone()
    moved[1, 1] = 4.0
    assert metrics.frechet_distance(mu, large, mu, moved) == pytest.approx(1.0, rel=1e-6)


def test_a_factor_gives_its_matrix_back(g: torch.Generator) -> None:
    x = cloud(g, 10, 30)
    single = torch.cov(x.T).float().double()  # rounding makes it indefinite
    for sigma in (torch.cov(cloud(g, 100, 30).T), torch.cov(x.T), single, torch.zeros(30, 30, dtype=D)):
        f = factor(sigma)
        torch.testing.assert_close(f @ f.T, sigma, atol=1e-6, rtol=1e-6)
    assert factor(torch.cov(x.T)).shape == (30, 9)


def test_single_precision_is_enough_for_features(g: torch.Generator) -> None:
    x, y = cloud(g, 20, 40), cloud(g, 25, 40, 0.3)
    exact = metrics.frechet_from_features(x, y)
    given = [t.float() for t in (*metrics.moments(x), *metrics.moments(y))]
    assert metrics.frechet_distance(*given) == pytest.approx(exact, rel=1e-3)
    assert metrics.frechet_from_features(x.float(), y.float()) == pytest.approx(exact, rel=1e-4)


def test_frechet_names_what_is_wrong() -> None:
    mu, sigma = torch.zeros(3), torch.eye(3)
    lopsided, nan, swapped = sigma.clone(), sigma.clone(), torch.eye(3).flip(0)
    lopsided[0, 1], nan[0, 0] = 0.5, torch.nan
    for given, says in (
        ((mu[:2], sigma, mu, sigma), r"sigma1 should have shape \(2, 2\)|mu2 should have shape \(2,\)"),
        ((mu, sigma[:2], mu, sigma), r"sigma1 should have shape \(3, 3\).*has \(2, 3\)"),
        ((mu, nan, mu, sigma), "sigma1 holds NaN"),
        ((mu, sigma, mu / 0, sigma), "mu2 holds NaN"),
        ((mu, sigma, mu, lopsided), "sigma2 is not symmetric"),
        ((mu, -sigma, mu, sigma), "sigma1 has the negative eigenvalue -1"),
        ((mu, sigma, mu, swapped), "sigma2 has the negative eigenvalue -1"),
    ):
        with pytest.raises(ValueError, match=says):
            metrics.frechet_distance(*given)
    for x, y in ((sigma[:1], sigma), (sigma, sigma[:, :2]), (nan, sigma), (mu, sigma)):
        with pytest.raises(ValueError):
            metrics.frechet_from_features(x, y)


# --- Inception Score and KID ---------------------------------------------------------------------


@pytest.mark.slow  # for the reference's import
def test_inception_score_agrees_with_torch_fidelity(g: torch.Generator) -> None:
    from torch_fidelity.metric_isc import isc_features_to_metric

    logits = 3 * torch.randn(300, 11, generator=g)
    theirs = isc_features_to_metric(logits, splits=1)["inception_score_mean"]
    assert metrics.inception_score(logits.softmax(1)) == pytest.approx(theirs, rel=1e-4)


def test_inception_score_by_hand() -> None:
    assert metrics.inception_score(torch.eye(7).repeat(5, 1)) == pytest.approx(7)
    assert metrics.inception_score(torch.tensor([[0.2, 0.8]]).repeat(9, 1)) == pytest.approx(1)
    for bad in (torch.ones(4, 2), torch.ones(4), torch.tensor([[1.5, -0.5]]), torch.ones(0, 3)):
        with pytest.raises(ValueError, match="sum to 1"):
            metrics.inception_score(bad)


def test_entropy_and_divergence() -> None:
    p, q = torch.tensor([0.5, 0.5, 0.0]), torch.tensor([0.25, 0.75, 0.0])
    assert float(metrics.entropy(p)) == pytest.approx(math.log(2))
    assert float(metrics.kl_divergence(p, q)) == pytest.approx(math.log(2) / 2 + math.log(2 / 3) / 2)
    assert float(metrics.kl_divergence(q, torch.tensor([1.0, 0.0, 0.0]))) == math.inf
    assert metrics.kl_divergence(torch.stack([p, q]), q).shape == (2,)


@pytest.mark.slow  # for the reference's import
def test_kid_agrees_with_torch_fidelity(g: torch.Generator) -> None:
    from torch_fidelity.metric_kid import kid_features_to_metric

    x, y = cloud(g, 60, 20), cloud(g, 60, 20, 0.4)
    with contextlib.redirect_stderr(io.StringIO()):
        theirs = kid_features_to_metric(x, y, kid_subsets=1, kid_subset_size=60, verbose=False)
    assert metrics.kid(x, y) == pytest.approx(theirs["kernel_inception_distance_mean"], rel=1e-4)
    assert metrics.kid_subsets(x, y, subsets=3, size=60)[0] == pytest.approx(metrics.kid(x, y), rel=1e-9)
    assert metrics.kid_subsets(x, y, subsets=3, size=60)[1] < 1e-9


def test_kid_of_subsets_is_unbiased_and_its_spread_is_that_of_one_subset(g: torch.Generator) -> None:
    x, y = cloud(g, 400, 10), cloud(g, 300, 10, 0.3)
    mean, spread = metrics.kid_subsets(x, y, subsets=200, size=50)
    assert abs(mean - metrics.kid(x, y)) < 5 * spread / 200**0.5
    _, narrow = metrics.kid_subsets(x, y, subsets=200, size=200)
    assert narrow < spread
    with pytest.raises(ValueError, match="smaller set"):
        metrics.kid_subsets(x, y, size=301)
    with pytest.raises(ValueError, match=r"\(m, d\)"):
        metrics.kid(x, y[:, :3])
    with pytest.raises(ValueError):
        metrics.kid(x[:1], y)


def test_kid_is_as_often_negative_as_not_on_one_source(g: torch.Generator) -> None:
    signs = [metrics.kid(*torch.randn(2, 25, 8, generator=g, dtype=D)) > 0 for _ in range(200)]
    assert 40 < sum(signs) < 160


# --- Neighbors -----------------------------------------------------------------------------------


@pytest.mark.slow  # for the reference's import
@pytest.mark.parametrize(("m", "n", "k"), [(120, 90, 3), (90, 120, 5), (60, 60, 1)])
def test_neighbor_scores_agree_with_prdc_and_torch_fidelity(g: torch.Generator, m: int, n: int, k: int) -> None:
    from prdc import compute_prdc
    from torch_fidelity.metric_prc import prc_features_to_metric

    real = torch.randn(m, 6, generator=g, dtype=D)
    fake = torch.randn(n, 6, generator=g, dtype=D) * 0.8 + 0.3
    with contextlib.redirect_stdout(io.StringIO()):
        prdc = compute_prdc(real.numpy(), fake.numpy(), k)
    precision, recall = metrics.precision_recall(real, fake, k)
    density, coverage = metrics.density_coverage(real, fake, k)
    assert precision == pytest.approx(prdc["precision"], abs=1e-6)
    assert recall == pytest.approx(prdc["recall"], abs=1e-6)
    assert density == pytest.approx(prdc["density"], abs=1e-6)
    assert coverage == pytest.approx(prdc["coverage"], abs=1e-6)
    fidelity = prc_features_to_metric(fake, real, prc_neighborhood=k, verbose=False)
    assert (precision, recall) == pytest.approx((fidelity["precision"], fidelity["recall"]), abs=1e-6)


def test_neighbor_scores_by_hand() -> None:
    real = torch.tensor([[0.0], [1.0], [2.0], [10.0]])  # radii for k = 1: 1, 1, 1, 8
    fake = torch.tensor([[-1.0], [30.0]])  # −1 on the edge of one ball, 30 outside all; fake radii 31
    assert metrics.precision_recall(real, fake, 1) == (0.5, 1.0)
    assert metrics.density_coverage(real, fake, 1) == (0.5, 0.25)


def test_blocks_do_not_show(g: torch.Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    real, fake = torch.randn(2, 50, 3, generator=g)
    test, fake = real[:20] + 0.1, fake[:33]

    def everything() -> tuple[object, ...]:
        return (
            metrics.precision_recall(real, fake, 3),
            metrics.density_coverage(real, fake, 3),
            metrics.memorization(real, test, fake),
            metrics.authenticity(real, fake),
        )

    whole = everything()
    monkeypatch.setattr("gancourse.metrics.neighbors.ROWS_AT_ONCE", 7)
    assert everything() == whole


def test_copies_are_at_distance_zero(g: torch.Generator) -> None:
    train = 1000 * torch.rand(300, 64, generator=g) + 500
    distance, which = nearest(train[50:80], train)
    assert bool((distance == 0).all())
    assert which.tolist() == list(range(50, 80))


def test_memorization_and_authenticity(g: torch.Generator) -> None:
    train, test, fresh = torch.randn(3, 400, 8, generator=g)
    assert metrics.memorization(train, test, train[:100]) == 1.0
    assert metrics.memorization(train, test, fresh) == pytest.approx(0.5, abs=0.12)
    assert metrics.memorization(train, test, fresh + 50) == 0.0
    assert metrics.memorization(train, train[:50], train[50:100]) == 0.5  # all tie
    mixed = torch.cat([train[:200], fresh[:200]])
    assert 0.65 < metrics.memorization(train, test, mixed) < 0.85
    assert metrics.authenticity(train, train[:100]) == 0.0
    assert metrics.authenticity(train, fresh + 50) == 1.0
    assert 0.3 < metrics.authenticity(train, fresh) < 0.7


def test_neighbor_scores_name_what_is_wrong() -> None:
    x = torch.zeros(5, 2)
    for call, says in (
        (lambda: metrics.precision_recall(x, x[:3], 3), "below the set's size, 3"),
        (lambda: metrics.density_coverage(x, x, 0), "k=0"),
        (lambda: metrics.precision_recall(x, x[:, :1], 1), r"\(m, d\) and \(n, d\)"),
        (lambda: metrics.memorization(x, x[:0], x), r"\(m, d\) and \(n, d\)"),
        (lambda: metrics.authenticity(x[:1], x), "below the set's size, 1"),
    ):
        with pytest.raises(ValueError, match=says):
            call()


# --- Linear probe --------------------------------------------------------------------------------


def test_probe_solves_the_normal_equations(g: torch.Generator) -> None:
    for n, d in ((60, 7), (20, 40)):
        x, t = torch.randn(n, d, generator=g), torch.randn(n, 3, generator=g)
        weights, bias = metrics.linear_probe(x, t, strength=0.7)
        assert weights.shape == (d, 3) and bias.shape == (3,)
        rest = x.double() @ weights + bias - t.double()
        torch.testing.assert_close(x.double().T @ rest + 0.7 * weights, torch.zeros(d, 3, dtype=D), atol=1e-8, rtol=0)
        torch.testing.assert_close(rest.sum(0), torch.zeros(3, dtype=D), atol=1e-8, rtol=0)
    weights, bias = metrics.linear_probe(x, t[:, :1], strength=1.0)
    assert weights.shape == (40, 1) and bias.shape == (1,)
    with pytest.raises(ValueError, match="strength above 0"):
        metrics.linear_probe(x, t, 0.0)
    with pytest.raises(ValueError, match="targets"):
        metrics.linear_probe(x, t[:, 0])


def test_probe_wants_one_label_for_each_picture(g: torch.Generator) -> None:
    x, labels = torch.randn(6, 3, generator=g), torch.tensor([0, 1, 0, 1, 0, 1])
    for given, name in (((labels[:, None], labels), "training"), ((labels, labels[:, None]), "test")):
        with pytest.raises(ValueError, match=rf"6 {name} pictures.*\(6,\); it is \(6, 1\)"):
            metrics.probe_score(x, given[0], x, given[1])
    with pytest.raises(ValueError, match="test pictures"):
        metrics.probe_score(x, labels, x, labels[:1])


def test_probe_classifies_about_as_well_as_logistic_regression(g: torch.Generator) -> None:
    centers = 2 * torch.randn(4, 10, generator=g)
    labels, test_labels = torch.randint(4, (2, 500), generator=g)
    x, y = (centers[some] + torch.randn(500, 10, generator=g) for some in (labels, test_labels))
    ours = metrics.probe_score(x * 100 + 7, labels, y * 100 + 7, test_labels)
    theirs = LogisticRegression(max_iter=1000).fit(np.asarray(x), np.asarray(labels))
    assert ours > theirs.score(np.asarray(y), np.asarray(test_labels)) - 0.12
    assert metrics.probe_score(x, labels, y, test_labels[torch.randperm(500, generator=g)]) < 0.45
