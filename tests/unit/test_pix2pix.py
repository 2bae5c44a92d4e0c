"""Pairs, the networks of pix2pix, its game, and the measure of whether an input is heard."""

from __future__ import annotations

import pytest
import torch

from gancourse.data.faces import PARTS
from gancourse.data.faces.loading import combination
from gancourse.data.faces.pairs import PAIR_INPUTS, face_pairs, familiar_and_unfamiliar
from gancourse.data.images import Images, to_unit
from gancourse.games import Batch, Pix2pix
from gancourse.games.pix2pix import feature_distance, prepared_input
from gancourse.metrics.translation import edge_strength, listening, sharpness
from gancourse.models import store
from gancourse.models.pix2pix import MultiScale, PatchDiscriminator, UNet, half_size
from gancourse.training import Engine


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def test_pairs_show_the_same_faces_in_every_version() -> None:
    familiar, unfamiliar = familiar_and_unfamiliar(60)
    assert familiar.n + unfamiliar.n == 60 and unfamiliar.n > 3
    assert (combination(familiar) < 0).all() and (combination(unfamiliar) >= 0).all()
    for given in PAIR_INPUTS:
        pairs = face_pairs(unfamiliar.rows(slice(0, 3)), 32, given)
        x = prepared_input(pairs.attributes["input"])
        channels = {"sketch": 1, "gray": 1, "labels": len(PARTS)}.get(given, 3)
        assert x.shape == (3, channels, 32, 32) and x.min() >= -1 and x.max() <= 1
        assert pairs.pixels.shape == (3, 3, 32, 32)
    gray = face_pairs(unfamiliar.rows(slice(0, 3)), 32, "gray")
    assert (gray.attributes["input"].float().squeeze(1) - gray.pixels.float().mean(1)).abs().mean() < 20
    with pytest.raises(ValueError, match="one of sketch, labels"):
        face_pairs(familiar, 32, "oil")


@pytest.mark.parametrize("levels", [1, 3])
def test_a_u_net_keeps_the_size_and_uses_every_layer(levels: int) -> None:
    net = UNet(2, 3, 4, levels)
    x = torch.randn(2, 2, 16, 24, requires_grad=True)
    out = net(x)
    assert out.shape == (2, 3, 16, 24) and out.abs().max() <= 1
    out.square().sum().backward()
    assert all(p.grad is not None for p in net.parameters()) and x.grad is not None


def test_without_skips_detail_has_to_pass_the_bottom() -> None:
    """With a bottom that lets nothing through, the input is heard past it, by the skips alone."""
    for skips in (True, False):
        net = UNet(1, 1, 4, 3, skips=skips).eval()
        with torch.no_grad():
            for p in net.downs[-1].parameters():
                p.zero_()
        x = torch.randn(1, 1, 16, 16, requires_grad=True)
        out = net(x)
        out.sum().backward()
        assert x.grad is not None and bool(x.grad.any()) is skips


@pytest.mark.parametrize(("halvings", "field"), [(1, 16), (2, 34), (3, 70)])
def test_a_logit_sees_its_patch(halvings: int, field: int) -> None:
    net = PatchDiscriminator(1, 1, 2, halvings).eval()
    x, y = torch.randn(1, 1, 160, 160), torch.randn(1, 1, 160, 160, requires_grad=True)
    logits = net(x, y)
    middle = logits.shape[-1] // 2
    (seen,) = torch.autograd.grad(logits[0, 0, middle, middle], y)
    assert (seen[0, 0] != 0).any(1).sum() == field


def test_scales_halve_the_pair() -> None:
    net = MultiScale(1, 3, 4, 1, 2)
    maps = net.features(torch.randn(2, 1, 32, 32), torch.randn(2, 3, 32, 32))
    assert [scale[-1].shape[-1] for scale in maps] == [14, 6] and all(len(scale) == 3 for scale in maps)
    assert torch.allclose(half_size(torch.ones(1, 1, 7, 6)), torch.ones(1, 1, 4, 3))


def test_features_teach_the_made_picture_alone() -> None:
    real, fake = ([[torch.randn(2, 3, requires_grad=True) for _ in range(2)]] for _ in range(2))
    feature_distance(real, fake).backward()
    assert real[0][0].grad is None and fake[0][0].grad is not None
    assert fake[0][1].grad is None  # the logits are not matched


def test_the_game_takes_turns_and_goes_without_d() -> None:
    batch = Batch(torch.rand(2, 3, 16, 16) * 2 - 1, {"input": torch.rand(2, 1, 16, 16)})
    game = Pix2pix(UNet(1, 3, 4, 2), MultiScale(1, 3, 4), matching=10.0)
    assert [who for who, _ in game.play(batch)] == ["D", "G"]
    assert set(game.reported) == {"d_real", "d_fake", "l1"}
    alone = Pix2pix(UNet(1, 3, 4, 2), None, weight=1.0)
    ((who, loss),) = alone.play(batch)
    assert who == "G" and set(alone.nets) == {"G"} and 0 < loss.item() < 2


def test_the_engine_plays_it_and_l1_falls() -> None:
    familiar, _ = familiar_and_unfamiliar(40)
    pairs = face_pairs(familiar, 16, "gray")
    assert isinstance(pairs, Images)
    torch.manual_seed(0)
    engine = Engine(Pix2pix(UNet(1, 3, 8, 3), None, weight=1.0), pairs, batch_size=8, lr=5e-3, seed=0)
    losses = [float(next(engine).losses["G"]) for _ in range(25)]
    assert sum(losses[-5:]) < 0.8 * sum(losses[:5])


def test_both_networks_can_be_kept(tmp_path) -> None:
    nets = {"G": UNet(1, 3, 4, 2, skips=False), "D": MultiScale(1, 3, 4)}
    store.save(tmp_path / "pair.safetensors", nets, {"recipe": "test"})
    loaded = store.load(tmp_path / "pair.safetensors")
    assert loaded["G"].skips is False and loaded["D"].scales == 2


def test_who_listens_agrees_with_the_own_photo_more() -> None:
    photos = to_unit(face_pairs(familiar_and_unfamiliar(30)[0], 32).pixels)
    own, others = listening(photos, photos)
    assert own == pytest.approx(1) and others < 0.7
    same = photos[:1].expand_as(photos)
    deaf = listening(same, photos)
    assert abs(deaf[0] - deaf[1]) < 1e-6  # somebody's photo is as near to one as to the next, summed around
    assert sharpness(torch.nn.functional.avg_pool2d(photos, 3, 1, 1)) < 0.9 * sharpness(photos)
    assert edge_strength(torch.ones(1, 3, 4, 5)).shape == (1, 3, 4)
