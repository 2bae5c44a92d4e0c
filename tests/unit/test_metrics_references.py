"""The same numbers as the libraries that hold the reference versions. (Their imports take seconds.)"""

from __future__ import annotations

import contextlib
import io
import warnings

import pytest
import torch
from torch import Tensor

import gancourse.metrics as metrics

pytestmark = pytest.mark.slow
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


def test_inception_score_agrees_with_torch_fidelity(g: torch.Generator) -> None:
    from torch_fidelity.metric_isc import isc_features_to_metric

    logits = 3 * torch.randn(300, 11, generator=g)
    theirs = isc_features_to_metric(logits, splits=1)["inception_score_mean"]
    assert metrics.inception_score(logits.softmax(1)) == pytest.approx(theirs, rel=1e-4)


def test_kid_agrees_with_torch_fidelity(g: torch.Generator) -> None:
    from torch_fidelity.metric_kid import kid_features_to_metric

    x, y = cloud(g, 60, 20), cloud(g, 60, 20, 0.4)
    with contextlib.redirect_stderr(io.StringIO()):
        theirs = kid_features_to_metric(x, y, kid_subsets=1, kid_subset_size=60, verbose=False)
    assert metrics.kid(x, y) == pytest.approx(theirs["kernel_inception_distance_mean"], rel=1e-4)
    assert metrics.kid_subsets(x, y, subsets=3, size=60)[0] == pytest.approx(metrics.kid(x, y), rel=1e-9)
    assert metrics.kid_subsets(x, y, subsets=3, size=60)[1] < 1e-9


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
