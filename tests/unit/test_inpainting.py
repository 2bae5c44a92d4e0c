"""Lesson 11's masks, networks, game and measures."""

from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from gancourse.data.faces import Factors, render, sample_factors
from gancourse.data.holes import stroke_masks
from gancourse.games import Batch
from gancourse.games.inpainting import Inpainting, in_the_hole
from gancourse.models.inpainting import Filler, TwoHeaded, filled_picture, with_hole
from gancourse.training.filling import band_masks, cut_around, hole_figures, shape_masks
from gancourse.training.inpainting import apartness, from_around, masks_of, take_over


def pictures(n: int = 3, side: int = 32, seed: int = 0) -> Tensor:
    return 2 * torch.rand(n, 3, side, side, generator=torch.Generator().manual_seed(seed)) - 1


def holes(n: int, side: int = 32, seed: int = 0) -> Tensor:
    return stroke_masks(n, side, 0.25, generator=torch.Generator().manual_seed(seed))


def test_strokes_cover_their_share_and_follow_their_generator() -> None:
    masks = holes(6)
    assert masks.shape == (6, 1, 32, 32)
    assert set(masks.unique().tolist()) == {0.0, 1.0}
    assert ((masks.mean((1, 2, 3)) - 0.25).abs() < 0.03).all()
    assert torch.equal(masks, holes(6))
    assert not torch.equal(masks, holes(6, seed=1))
    assert len(torch.unique(masks.flatten(1), dim=0)) == 6
    with pytest.raises(ValueError, match="share=0"):
        stroke_masks(1, 32, 0)


def test_known_pixels_stay_and_hidden_ones_are_hidden() -> None:
    y, masks = pictures(), holes(3)
    known = (masks == 0).expand_as(y)
    made = filled_picture(y, masks, torch.full_like(y, math.nan))
    assert torch.equal(made[known], y[known])
    assert made[~known].isnan().all()
    given = with_hole(torch.where(masks > 0, math.inf, y), masks)
    assert torch.equal(given[:, 3:], masks)
    assert (given[:, :3][~known] == 0).all()
    assert torch.equal(given[:, :3][known], y[known])


def test_networks_have_their_shapes_and_the_trunk_looks_once() -> None:
    torch.manual_seed(0)
    given = with_hole(pictures(), holes(3))
    assert Filler(4, 1, (1, 2))(given).shape == (3, 3, 32, 32)
    noisy = Filler(4, 1, (1, 2), noise=2).eval()
    z = torch.randn(3, 2)
    assert torch.equal(noisy(given, z), noisy(given, z))
    assert not torch.equal(noisy(given), noisy(given))
    D = TwoHeaded(32, 4)
    whole, patch = D(pictures())
    assert whole.shape == (3, 1)
    assert patch.shape == (3, 1, 8, 8)
    assert int(D.trunk[3].num_batches_tracked) == 1  # type: ignore[union-attr, arg-type]


def test_the_game_weighs_both_heads_and_shows_d_the_composite() -> None:
    torch.manual_seed(0)
    G, D, y, masks = Filler(4, 1, (1,)).eval(), TwoHeaded(32, 4).eval(), pictures(), torch.ones(1, 1, 32, 32)
    masks[:, :, 8:] = 0
    masks = masks + masks.flip(2) + masks.flip(3)  # the same when it is mirrored
    masks = masks.clamp(max=1)
    game = Inpainting(G, masks, D, whole=0.5, patch=0.25)
    (first, d_loss), (second, g_loss) = game.play(Batch(y))
    hole = masks.expand(3, -1, -1, -1)
    filling = G(with_hole(y, hole))
    filled = filled_picture(y, hole, filling)
    (rw, rp), (fw, fp) = D(y), D(filled)
    want = F.softplus(-rw).mean() + F.softplus(fw).mean() + F.softplus(-rp).mean() + F.softplus(fp).mean()
    assert (first, second) == ("D", "G")
    assert torch.allclose(d_loss, want)
    near = (filling - y).abs()[hole.expand_as(y) > 0].mean()
    assert torch.allclose(in_the_hole(filling, y, hole), near)
    assert torch.allclose(g_loss, near + 0.5 * F.softplus(-fw).mean() + 0.25 * F.softplus(-fp).mean())
    ((who, alone),) = Inpainting(G, masks).play(Batch(y))
    assert who == "G"
    assert torch.allclose(alone, near)


def test_masks_without_a_hole_are_refused_in_words() -> None:
    with pytest.raises(ValueError, match="No mask has a hole"):
        in_the_hole(pictures(), pictures(seed=1), torch.zeros(3, 1, 32, 32))
    one = torch.zeros(3, 1, 32, 32)
    one[0, :, :4] = 1
    assert in_the_hole(pictures(), pictures(seed=1), one).isfinite()


def test_mode_seeking_asks_for_other_fillings() -> None:
    torch.manual_seed(0)
    G, y = Filler(4, 1, (1,), noise=2), pictures()
    ((_, loss),) = Inpainting(G, torch.ones(1, 1, 32, 32), apart=0.5).play(Batch(y))
    ((_, plain),) = Inpainting(G, torch.ones(1, 1, 32, 32)).play(Batch(y))
    assert loss > plain
    assert 0 < apartness(G, y, holes(3)) < 2


def test_a_network_with_noise_begins_near_one_without() -> None:
    torch.manual_seed(0)
    plain, noisy, given = Filler(4, 1, (1,)), Filler(4, 1, (1,), noise=2), with_hole(pictures(), holes(3))
    take_over(noisy, plain)
    assert torch.allclose(noisy(given, torch.zeros(3, 2)), plain(given), atol=1e-6)
    again = Filler(4, 1, (1,), noise=2)
    take_over(again, noisy)
    assert torch.equal(again.down[0].weight, noisy.down[0].weight)  # type: ignore[arg-type]


def test_shapes_that_nobody_trains_on() -> None:
    square, half = shape_masks("square", 2, 32), shape_masks("half", 4, 32)
    assert square.mean() == 0.25
    assert (half.mean((1, 2, 3)) == 0.5).all()
    assert len(torch.unique(half.flatten(1), dim=0)) == 4
    assert masks_of("strokes", 3, 32).shape == (3, 1, 32, 32)
    assert band_masks("hat", 1)[0, 0, 0].all()


def test_figures_count_the_hole_alone() -> None:
    y, masks = pictures(40, 64), shape_masks("square", 40)
    made = filled_picture(y, masks, (y + 0.2).clamp(-1, 1))
    found = hole_figures(made, y, masks)
    off = (made - y).abs()[masks.expand_as(y) > 0] / 2
    assert found["L1"] == pytest.approx(float(off.mean()), rel=1e-4)
    assert found["PSNR"] == pytest.approx(-10 * math.log10(float(off.square().mean())), rel=1e-4)
    assert hole_figures(y, y, masks)["cut"] == pytest.approx(0, abs=1)
    assert torch.equal(cut_around(y, masks), y[:, :, 16:48, 16:48])
    corner = torch.zeros(40, 1, 64, 64)
    corner[:, :, :6, 60:] = 1
    assert torch.equal(cut_around(y, corner), y[:, :, :32, 32:])


def test_from_around_is_smooth_and_keeps_what_is_known() -> None:
    y, masks = pictures(2), holes(2)
    made = from_around(with_hole(y, masks))
    assert torch.equal(made[(masks == 0).expand_as(y)], y[(masks == 0).expand_as(y)])
    even = torch.full((1, 3, 32, 32), 0.3)
    assert torch.allclose(from_around(with_hole(even, masks[:1])), even, atol=1e-5)


@pytest.mark.parametrize(("factor", "low", "high"), [("glasses", 0.0, 1.0), ("smile", -1.0, 1.0)])
def test_outside_of_its_band_nothing_shows_a_factor(factor: str, low: float, high: float) -> None:
    """Lesson 11 says that no filling can know. A band that is too narrow leaves the lower rim of some glasses."""
    people = sample_factors(100, 3)
    one, other = (
        render(Factors({**people, factor: torch.full_like(people[factor], value)}), 64).int() for value in (low, high)
    )
    outside = band_masks(factor, len(one)) == 0
    assert int(((one - other).abs() * outside).max()) <= 3
    assert int((one - other).abs().max()) > 50
