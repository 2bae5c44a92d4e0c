"""Counting modes: on points laid out by hand, and on whole distributions with known answers."""

from __future__ import annotations

import math

import pytest
import torch

from gancourse.data.toys import Mixture, grid, ring
from gancourse.metrics.modes import count_modes


@pytest.mark.parametrize("target", [ring(), grid(), Mixture(3 * torch.eye(3), 0.1)], ids=repr)
def test_the_data_itself_covers_all(target) -> None:
    torch.manual_seed(0)
    found = count_modes(target.sample(5000), target.modes, target.stds)
    within = {2: 1 - math.exp(-4.5), 3: 0.9707}[target.dimension]  # of a round normal, within three of its deviations
    assert found.covered == len(target.modes)
    assert found.high_quality == pytest.approx(within, abs=0.012)
    assert found.reverse_kl == pytest.approx(0, abs=0.02)


def test_one_mode_only() -> None:
    target = ring()
    found = count_modes(target.modes[3].expand(50, 2), target.modes, 0.02)
    assert (found.covered, found.high_quality) == (1, 1.0)
    assert found.reverse_kl == pytest.approx(math.log(8))


def test_the_limit_is_three_deviations_of_the_nearest_mode() -> None:
    modes, stds = torch.tensor([[0.0, 0.0], [10.0, 0.0]]), torch.tensor([0.1, 1.0])
    x = torch.tensor([[0.299, 0.0], [0.0, 0.301], [7.1, 0.0], [10.0, 3.1], [4.9, 0.0]])
    found = count_modes(x, modes, stds)
    assert (found.covered, found.high_quality) == (2, pytest.approx(2 / 5))
    assert found.reverse_kl == pytest.approx(0)
    assert count_modes(x, modes, stds, torch.tensor([0.2, 0.8])).reverse_kl == pytest.approx(
        0.5 * math.log(0.5 / 0.2) + 0.5 * math.log(0.5 / 0.8)
    )


def test_a_sample_counts_for_its_nearest_mode_only() -> None:
    modes = torch.tensor([[0.0], [0.25]])
    assert count_modes(torch.tensor([[0.1]]), modes, 0.1).covered == 1


def test_nothing_is_found_where_nothing_is_good() -> None:
    found = count_modes(torch.full((7, 2), 50.0), ring().modes, 0.02)
    assert (found.covered, found.high_quality) == (0, 0.0) and math.isnan(found.reverse_kl)


def test_narrow_modes_far_out_are_told_exactly() -> None:
    modes = torch.tensor([[100.0, 100.0], [100.0, 101.0]])
    x = modes.repeat(20, 1) + torch.tensor([0.02, 0.0])
    assert count_modes(x, modes, 0.01).high_quality == 1.0
    assert count_modes(x + torch.tensor([0.02, 0.0]), modes, 0.01).high_quality == 0.0


def test_weights_are_shares_of_their_sum() -> None:
    modes = torch.tensor([[0.0], [1.0]])
    x = modes.repeat(5, 1)
    shares = count_modes(x, modes, 0.1, torch.tensor([0.25, 0.75])).reverse_kl
    assert shares > 0
    assert count_modes(x, modes, 0.1, torch.tensor([10, 30])).reverse_kl == pytest.approx(shares)
    for wrong in ([1.0, -0.5], [0.0, 0.0], [1.0], [1.0, math.nan]):
        with pytest.raises(ValueError, match="weights"):
            count_modes(x, modes, 0.1, torch.tensor(wrong))


def test_numbers_of_any_kind_are_counted_alike() -> None:
    target = ring()
    x = target.modes.repeat(3, 1)
    plain = count_modes(x, target.modes, target.stds)
    assert count_modes(x.double(), target.modes, target.stds) == plain
    assert count_modes(x, target.modes.double(), target.stds) == plain
    assert count_modes(torch.tensor([[1, 0], [0, 0]]), torch.tensor([[1, 0]]), 0.1).high_quality == 0.5


@pytest.mark.parametrize("shape", [(0, 2), (3, 3), (3,)])
def test_shapes_that_do_not_fit_are_named(shape) -> None:
    with pytest.raises(ValueError, match="are wanted"):
        count_modes(torch.zeros(shape), ring().modes, 0.02)
