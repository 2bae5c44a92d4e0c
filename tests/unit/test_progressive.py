"""Networks that grow and their game."""

from __future__ import annotations

import math
from itertools import islice, pairwise

import pytest
import torch
import torch.nn.functional as F

from gancourse.data.images import Images
from gancourse.errors import CourseError
from gancourse.games.progressive import Growing, stage_at
from gancourse.models.progressive import (
    EqualizedConv2d,
    EqualizedLinear,
    GrowingDiscriminator,
    GrowingGenerator,
    double_size,
    faded,
    group_std,
    halve,
    pixel_norm,
)
from gancourse.models.rebuilding import class_of, rebuilt, settings_of
from gancourse.training.engine import Engine

WIDTHS = (6, 5, 4)


def pair(size: int = 16) -> tuple[GrowingGenerator, GrowingDiscriminator]:
    torch.manual_seed(0)
    return GrowingGenerator(size, 8, WIDTHS), GrowingDiscriminator(size, WIDTHS, group=2)


def test_equalized_layers_are_plain_ones_with_scaled_weights() -> None:
    conv, dense = EqualizedConv2d(3, 4), EqualizedLinear(5, 2, gain=1.0, rate=0.01)
    torch.nn.init.normal_(conv.bias), torch.nn.init.normal_(dense.bias)
    x, rows = torch.randn(2, 3, 5, 4), torch.randn(3, 5)
    assert torch.allclose(conv(x), F.conv2d(x, conv.weight * math.sqrt(2 / 27), conv.bias, padding=1), atol=1e-6)
    want = F.linear(rows, dense.weight * 0.01 / math.sqrt(5), 0.01 * dense.bias)
    assert torch.allclose(dense(rows), want, atol=1e-6)


def test_what_layers_without_weights_do() -> None:
    x = torch.randn(4, 3, 2, 2)
    assert torch.allclose(pixel_norm(x).square().mean(1), torch.ones(4, 2, 2), atol=1e-5)
    spread = group_std(x, 2)[:, -1, 0, 0]
    assert torch.allclose(spread[0], x[:2].std(0, correction=0).mean(), atol=1e-5)
    assert spread[0] == spread[1] != spread[2] == spread[3]
    with pytest.raises(ValueError, match="6"):
        group_std(torch.zeros(6, 1, 2, 2), 4)


def test_both_ends_of_a_fade_are_exact() -> None:
    G, D = pair()
    z = torch.randn(4, 8)
    for level in (1, 2):
        G.level = level - 1
        old = G(z)
        G.level = level
        assert torch.equal(G(z, 0.0), double_size(old))
        picture = G(z)
        assert picture.shape[-1] == 4 * 2**level
        assert torch.allclose(D(picture, 0.0), D(halve(picture)), atol=1e-5)
        assert torch.allclose(D(picture, 0.999999), D(picture), atol=1e-3)
    assert torch.equal(faded(picture, 1.0), picture)
    assert torch.allclose(faded(picture, 0.0), double_size(halve(picture)))


def test_the_schedule_grows_by_one_level_and_fades_in_between() -> None:
    stages = [stage_at(k, 10, 3) for k in range(70)]
    assert [stages.index((level, 1.0)) for level in (0, 1, 2)] == [0, 19, 39]
    assert stages[10] == (1, 0.1) and stages[29] == (1, 1.0) and stages[30] == (2, 0.1) and stages[-1] == (2, 1.0)
    assert all(b[0] - a[0] in (0, 1) for a, b in pairwise(stages))


@pytest.mark.slow
def test_it_is_played_by_the_engine_at_every_size() -> None:
    G, D = pair()
    data = Images(torch.randint(256, (16, 3, 16, 16), dtype=torch.uint8), {}, "noise")
    engine = Engine(Growing(G, D, phase=2), data, batch_size=4, ema={"G": 0.9})
    before = [p.clone() for p in G.parameters()]
    sizes = [int(state.reported["size"]) for state in islice(engine, 12)]
    assert sizes == [4] * 2 + [8] * 4 + [16] * 6
    moved = [not torch.equal(a, b) for a, b in zip(before, G.parameters(), strict=True)]
    assert all(moved)
    assert engine.ask("G", torch.randn(2, 8)).shape == (2, 3, 16, 16)


def test_a_phase_of_0_trains_at_full_size() -> None:
    game = Growing(*pair(), phase=0)
    assert game.stage == (2, 1.0)
    with pytest.raises(CourseError, match="should be one"):
        Growing(pair()[0], pair(8)[1])


@pytest.mark.parametrize("size", [5, 2, 32])
def test_sizes_that_cannot_be_grown_to_are_refused(size: int) -> None:
    with pytest.raises(ValueError, match=f"size={size}"):
        GrowingGenerator(size, widths=WIDTHS)


def test_they_can_be_built_again_from_words() -> None:
    for net, given in zip(pair(), (torch.randn(2, 8), torch.randn(2, 3, 16, 16)), strict=True):
        again = rebuilt(class_of(net), settings_of(net), net.state_dict())
        assert torch.equal(again(given), net(given))


def test_the_average_is_asked_at_the_level_that_is_trained() -> None:
    images = Images(torch.randint(0, 256, (8, 3, 16, 16), dtype=torch.uint8))
    engine = Engine(Growing(*pair(), phase=2), images, batch_size=4, ema={"G": 0.9})
    sides = [(next(engine), engine.ask("G", torch.randn(1, 8)).shape[-1])[1] for _ in range(7)]
    assert sides == [4, 4, 8, 8, 8, 8, 16]
