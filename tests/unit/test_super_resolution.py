"""Lesson 10's networks, game and measures."""

from __future__ import annotations

import math

import numpy as np
import torch
import torch.nn.functional as F
from scipy.ndimage import gaussian_filter
from torch import Tensor, nn

from gancourse.games import Batch
from gancourse.games.super_resolution import SuperResolution
from gancourse.metrics.fidelity import decibels, structural, unit_range
from gancourse.metrics.lineup import found_first, look_alikes
from gancourse.models.super_resolution import LargeJudge, SuperResolver, bicubic, even_start, low_resolution


def pictures(n: int = 3, side: int = 32, seed: int = 0) -> Tensor:
    return 2 * torch.rand(n, 3, side, side, generator=torch.Generator().manual_seed(seed)) - 1


def test_it_starts_as_the_bicubic_picture_for_any_size() -> None:
    torch.manual_seed(0)
    x = pictures(2)[..., :7]
    assert torch.equal(SuperResolver(8, 1)(x), bicubic(x))
    assert bicubic(x).shape == (2, 3, 128, 28)


def test_an_even_start_repeats_pixels() -> None:
    torch.manual_seed(0)
    conv = nn.Conv2d(3, 8, 3, padding=1)
    even_start(conv)
    out = nn.PixelShuffle(2)(conv(pictures()))
    assert torch.allclose(out, out[:, :, ::2, ::2].repeat_interleave(2, 2).repeat_interleave(2, 3), atol=1e-6)


def test_the_judge_gives_one_logit_a_picture() -> None:
    torch.manual_seed(0)
    assert LargeJudge(32, 4)(pictures()).shape == (3, 1)


def test_low_resolution_is_a_mean() -> None:
    y = pictures()
    assert torch.allclose(low_resolution(y)[:, :, 1, 2], y[:, :, 4:8, 8:12].mean((2, 3)), atol=1e-6)


def test_without_a_judge_g_learns_from_what_is_weighed() -> None:
    torch.manual_seed(0)
    G, seen, y = SuperResolver(8, 1), nn.Conv2d(3, 2, 3), pictures()
    game = SuperResolution(G, None, seen, pixels=2.0, content=0.5)
    assert list(game.nets) == ["G"], "the feature network is no player"
    ((who, loss),) = game.play(Batch(y))
    made = G(low_resolution(y))
    want = 2 * F.mse_loss(made, y) + 0.5 * F.mse_loss(seen(made), seen(y))
    assert who == "G"
    assert torch.allclose(loss, want)


def test_the_judge_moves_first_and_teaches_g_by_its_weight() -> None:
    torch.manual_seed(0)
    G, D, y = SuperResolver(8, 1).eval(), LargeJudge(32, 4).eval(), pictures()
    (first, d_loss), (second, g_loss) = SuperResolution(G, D, adversarial=0.25).play(Batch(y))
    made = bicubic(low_resolution(y))
    assert (first, second) == ("D", "G")
    assert torch.allclose(d_loss, (F.softplus(-D(y)).mean() + F.softplus(D(made)).mean()) / 2)
    assert torch.allclose(g_loss, F.mse_loss(made, y) + 0.25 * F.softplus(-D(made)).mean())


def test_decibels() -> None:
    true = unit_range(pictures()).double()
    made = true + torch.tensor([0.1, 0.01, 0.0])[:, None, None, None]
    assert np.allclose(decibels(made, true), [20, 40, math.inf])
    assert np.allclose(decibels(255 * made, 255 * true, 255)[:2], [20, 40])


def test_structural_similarity_agrees_with_scipy() -> None:
    x, y = unit_range(pictures()).double(), unit_range(pictures() + 0.3 * pictures(seed=1)).double()

    def mean(p: np.ndarray) -> np.ndarray:
        return gaussian_filter(p, (0, 0, 1.5, 1.5), truncate=3.5)[..., 5:-5, 5:-5]

    a, b = x.numpy(), y.numpy()
    mx, my = mean(a), mean(b)
    spread, together = mean(a * a) + mean(b * b) - mx**2 - my**2, mean(a * b) - mx * my
    want = (2 * mx * my + 1e-4) * (2 * together + 9e-4) / ((mx**2 + my**2 + 1e-4) * (spread + 9e-4))
    assert np.allclose(structural(x, y), want.reshape(3, -1).mean(1))
    assert np.allclose(structural(x, x), 1)


def test_a_lineup_is_of_people_who_differ_in_small_things_alone() -> None:
    lineups = look_alikes(2, 3, 32)
    assert lineups.shape == (2, 3, 3, 32, 32)
    apart = (lineups.float() - lineups[:, :1].float()).abs().mean((2, 3, 4))
    strangers = (lineups[0].float() - lineups[1].float()).abs().mean()
    assert (apart[:, 1:] > 0).all()
    assert (apart[:, 1:] < strangers / 2).all()


def test_who_is_found_first() -> None:
    lineups = torch.tensor([[[0.0], [1.0]], [[0.0], [1.0]], [[3.0], [5.0]], [[2.0], [0.0]]])
    assert found_first(torch.tensor([[0.4], [0.6], [3.9], [9.0]]), lineups) == 0.75
