"""CycleGAN's networks and its game, and the measures of a translation without pairs."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from gancourse.data.faces import render, sample_factors
from gancourse.data.images import Images, to_unit
from gancourse.games import Batch, CycleGAN
from gancourse.metrics.domains import FOLLOWED, correlation, domain_classifier, kept_factors, share_of_b
from gancourse.models.cyclegan import PatchJudge, ResidualBlock, Translator
from gancourse.models.rebuilding import class_of, rebuilt, settings_of
from gancourse.training import Engine
from gancourse.training.replay import ReplayBuffer
from gancourse.widgets.plane import undisturbed


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def small_game(**settings: Any) -> CycleGAN:
    return CycleGAN(Translator(4, 1), Translator(4, 1), PatchJudge(4), PatchJudge(4), **settings)


def test_a_translator_keeps_the_size_and_a_block_leaves_no_frame() -> None:
    x = torch.randn(2, 3, 16, 12, requires_grad=True)
    net = Translator(4, 1)
    out = net(x)
    assert out.shape == x.shape and out.abs().max() <= 1
    out.sum().backward()
    assert all(p.grad is not None for p in net.parameters())
    plain = torch.full((1, 4, 6, 6), 0.7)
    assert torch.allclose(ResidualBlock(4)(plain), plain, atol=1e-3)
    assert PatchJudge(4)(torch.randn(2, 3, 32, 32)).shape == (2, 1, 14, 14)


def test_who_moves_in_which_turn_and_on_what() -> None:
    game = small_game(weight=3.0, identity=2.0)
    batch = Batch(torch.rand(2, 3, 8, 8), {"other": torch.rand(3, 3, 8, 8)})
    turns = game.play(batch)
    who, loss = next(turns)
    G_AB, G_BA, D_A, D_B = game.nets.values()
    a, b = batch.pixels, batch["other"]
    into_b, into_a = G_AB(a), G_BA(b)
    fooled = (D_B(into_b) - 1).square().mean() + (D_A(into_a) - 1).square().mean()
    cycle = (G_BA(into_b) - a).abs().mean() + (G_AB(into_a) - b).abs().mean()
    same = (G_AB(b) - b).abs().mean() + (G_BA(a) - a).abs().mean()
    assert who == "G_AB G_BA" and torch.allclose(loss, fooled + 3 * cycle + 2 * same)
    assert torch.allclose(game.reported["cycle"], cycle) and torch.allclose(game.reported["same"], same)
    who, loss = next(turns)
    assert who == "D_A"
    assert torch.allclose(loss, ((D_A(a) - 1).square().mean() + D_A(into_a).square().mean()) / 2)
    loss.backward()
    assert all(p.grad is None for p in G_BA.parameters())
    assert next(turns)[0] == "D_B" and not list(turns)


def test_bytes_are_taken_and_past_translations_are_kept() -> None:
    """The engine plays it, and what the buffers hold is a part of its checkpoint."""
    people = render(sample_factors(8), 16)
    data = Images(people, {"other": render(sample_factors(8, start=8), 16, "comic")}, "faces")
    game = small_game(remember=(ReplayBuffer(5), ReplayBuffer(5)))
    before = [p.clone() for net in game.nets.values() for p in net.parameters()]
    engine = Engine(game, data, batch_size=4, lr=1e-3, seed=0)
    for _ in range(2):
        next(engine)
    after = [p for net in game.nets.values() for p in net.parameters()]
    assert all(not torch.equal(x, y) for x, y in zip(before, after, strict=True) if x.ndim > 1)
    held = game.memory()
    assert held["into_a"].shape == held["into_b"].shape == (5, 3, 16, 16)
    other = small_game(remember=(ReplayBuffer(5), ReplayBuffer(5)))
    other.recall(held)
    assert torch.equal(other.memory()["into_b"], held["into_b"])
    assert small_game().memory() == {}


def test_the_networks_can_be_stored() -> None:
    net = Translator(4, 1)
    x = torch.rand(1, 3, 8, 8)
    assert torch.equal(rebuilt(class_of(net), settings_of(net), net.state_dict())(x), net(x))


def test_no_gpu_is_seeded_by_who_gives_random_state_back(monkeypatch: pytest.MonkeyPatch) -> None:
    seeded: list[int] = []
    monkeypatch.setattr(torch.cuda, "manual_seed_all", seeded.append)
    domain_classifier(torch.zeros(4, 3, 8, 8), torch.ones(4, 3, 8, 8), 1)
    with undisturbed():
        drawn = torch.rand(3)
    assert not seeded
    torch.manual_seed(0)
    assert seeded == [0]
    assert torch.equal(drawn, torch.rand(3))


def test_domains_are_told_apart_and_factors_read() -> None:
    photos = to_unit(render(sample_factors(120), 16))
    comics = to_unit(render(sample_factors(120, 0, 500), 16, "comic"))
    state = torch.get_rng_state()
    net = domain_classifier(photos, comics, 40)
    assert torch.equal(state, torch.get_rng_state()) and isinstance(net, nn.Module)
    assert share_of_b(net, comics) > 0.8 > 0.2 > share_of_b(net, photos)
    people = sample_factors(60, 0, 900)
    kept = kept_factors(to_unit(render(people, 32)), people)
    assert set(kept) == set(FOLLOWED) and min(kept.values()) > 0.5
    assert correlation(torch.ones(4), torch.arange(4)) == 0
