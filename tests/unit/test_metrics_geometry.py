"""The Geometry Score: holes counted as linear algebra counts them, and shapes told apart."""

from __future__ import annotations

import math
from itertools import combinations

import pytest
import torch
from torch import Tensor

from gancourse.metrics import geometry_score, relative_living_times
from gancourse.metrics.geometry import entries, living_times, persistent_holes


def circle(n: int, x: float = 0.0, noise: float = 0.03) -> Tensor:
    angle = 2 * math.pi * torch.rand(n)
    return torch.stack([angle.cos() + x, angle.sin()], 1) + noise * torch.randn(n, 2)


def disk(n: int) -> Tensor:
    return torch.rand(n, 1).sqrt() * circle(n, noise=0.0)


def rank_over_z2(columns: list[int]) -> int:
    """By Gauss' elimination, the plain way: keep reduced columns by their highest bit."""
    kept: dict[int, int] = {}
    for column in columns:
        while column:
            top = column.bit_length()
            if top not in kept:
                kept[top] = column
                break
            column ^= kept[top]
    return len(kept)


def betti_1(squared: Tensor, alpha: float) -> int:
    """Holes of the witness complex at one scale, from its definition and the ranks of two matrices."""
    n = squared.shape[1]

    def seen(corners: tuple[int, ...]) -> bool:
        others = [i for i in range(n) if i not in corners]
        return bool(((squared[:, list(corners)].amax(1) - squared[:, others].amin(1)) <= alpha).any())

    edges = [e for e in combinations(range(n), 2) if seen(e)]
    faces = [t for t in combinations(range(n), 3) if seen(t) and all(e in edges for e in combinations(t, 2))]
    down = [(1 << a) ^ (1 << b) for a, b in edges]
    up = [sum(1 << edges.index(e) for e in combinations(t, 2)) for t in faces]
    return len(edges) - rank_over_z2(down) - rank_over_z2(up)


@pytest.mark.slow
@pytest.mark.parametrize("d", [2, 5])
def test_holes_are_those_of_the_definition(d: int) -> None:
    for _ in range(8):
        points = torch.randn(40, d, dtype=torch.float64)
        squared = torch.cdist(points, points[:9]).square()
        largest = 0.3 * float(squared.max())
        found = persistent_holes(squared, largest)
        for alpha in torch.linspace(0.001, 0.999, 7).mul(largest).tolist():
            assert sum(born <= alpha < died for born, died in found) == betti_1(squared, alpha)


def test_a_square_is_a_hole_until_its_diagonal_comes() -> None:
    """Corners of a square, seen from the middles of its sides and from its center."""
    corners = torch.tensor([[0.0, 0], [1, 0], [1, 1], [0, 1]], dtype=torch.float64)
    sides = (corners + corners.roll(1, 0)) / 2
    around = torch.tensor([[9.0, 9], [9, 8]], dtype=torch.float64)  # landmarks that take no part
    squared = torch.cdist(torch.cat([corners, sides]), torch.cat([corners, around])).square()
    (hole,) = persistent_holes(squared, 0.9)
    assert hole == (0.0, 0.9)  # a side's triangle would need 5/4 − 1/4 = 1
    assert persistent_holes(squared, 1.5) == [(0.0, pytest.approx(1.0))]
    assert float(entries(squared, torch.tensor([[0, 2]]))) == pytest.approx(1.0)  # from a corner: 2 − 1


def test_living_times_by_hand() -> None:
    times = living_times([(0.0, 0.5), (0.25, 1.0), (0.25, 0.5)], largest=1.0, holes=4)
    torch.testing.assert_close(times, torch.tensor([0.0, 0.75, 0.0, 0.25], dtype=torch.float64))
    assert living_times([], 2.0, 3).tolist() == [1.0, 0.0, 0.0]
    assert living_times([], 0.0, 3).tolist() == [1.0, 0.0, 0.0]  # all points are one


def test_shapes_are_told_apart() -> None:
    one = relative_living_times(circle(300), draws=8)
    two = relative_living_times(torch.cat([circle(150), circle(150, x=3.0)]), draws=8)
    none = relative_living_times(disk(300), draws=8)
    for times in (one, two, none):
        assert float(times.sum()) == pytest.approx(1.0)
    assert int(one.argmax()) == 1 and one[1] > 0.9
    assert int(two.argmax()) == 2 and two[2] > 0.9
    assert none[0] > max(one[0], two[0]) + 0.1


def test_score_ignores_place_turn_and_scale_and_sees_a_filled_hole() -> None:
    turn = torch.linalg.qr(torch.randn(6, 6)).Q[:, :2]
    same = geometry_score(circle(300), 100 * circle(300) @ turn.T + 7, draws=8)
    other = geometry_score(circle(300), disk(300), draws=8)
    assert same < 0.05 < 0.3 < other


def test_too_few_points_are_named() -> None:
    with pytest.raises(ValueError, match="landmarks=24"):
        relative_living_times(torch.zeros(24, 2))
    assert relative_living_times(torch.zeros(30, 2), draws=1)[0] == 1.0
