"""BigGAN's networks and game."""

from __future__ import annotations

import copy
from itertools import islice
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from gancourse.data.images import Images
from gancourse.errors import CourseError
from gancourse.games.biggan import Big
from gancourse.models import store
from gancourse.models.biggan import (
    BigDiscriminator,
    BigGenerator,
    ClassNorm,
    DownBlock,
    SelfAttention,
    UpBlock,
    orthogonal_penalty,
    standing_statistics,
    truncated_normal,
)
from gancourse.models.rebuilding import class_of, rebuilt, settings_of
from gancourse.training.ema import EMA
from gancourse.training.engine import Engine


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def generator(size: int = 16, **settings: int | bool) -> BigGenerator:
    torch.manual_seed(0)
    return BigGenerator(size, 5, 12, 4, 6, attention=8, **settings)  # pyrefly: ignore[bad-argument-type]


def discriminator(size: int = 16) -> BigDiscriminator:
    torch.manual_seed(1)
    return BigDiscriminator(size, 5, 4, attention=8)


def drawn(n: int) -> tuple[Tensor, Tensor]:
    return torch.randn(n, 12), torch.randint(5, (n,))


def test_a_class_norm_is_batch_norm_with_a_row_for_each_class() -> None:
    layer, x, y = ClassNorm(3, 5), torch.randn(8, 3, 4, 4), torch.randint(5, (8,))
    nn.init.normal_(layer.gain.weight), nn.init.normal_(layer.shift.weight)
    gain, shift = (part.weight.T[y][:, :, None, None] for part in (layer.gain, layer.shift))
    plain = (x - x.mean((0, 2, 3), keepdim=True)) / (x.var((0, 2, 3), keepdim=True, correction=0) + 1e-5).sqrt()
    assert torch.allclose(layer(x, torch.eye(5)[y]), plain * (1 + gain) + shift, atol=1e-5)
    layer.eval()
    assert torch.allclose(layer(x[:1], torch.eye(5)[y[:1]]), layer(x, torch.eye(5)[y])[:1], atol=1e-6)


def test_attention_starts_as_nothing_and_does_not_mind_where_things_are() -> None:
    layer, x = SelfAttention(8).eval(), torch.randn(2, 8, 6, 6)
    assert torch.equal(layer(x), x)
    assert torch.allclose(layer.weights(x).sum(-1), torch.ones(2, 36))
    nn.init.ones_(layer.gamma)
    moved = layer(x.roll(2, 3))  # by whole pools
    assert torch.allclose(moved, layer(x).roll(2, 3), atol=1e-5) and not torch.equal(moved, x.roll(2, 3))


def test_blocks_double_and_halve() -> None:
    c = torch.randn(2, 5)
    assert UpBlock(4, 3, 5)(torch.randn(2, 4, 6, 6), c).shape == (2, 3, 12, 12)
    x = torch.randn(2, 4, 6, 6)
    assert DownBlock(4, 3)(x).shape == (2, 3, 3, 3) and DownBlock(4, 4, down=False)(x).shape == x.shape
    block, halved = DownBlock(4, 3).eval(), nn.functional.avg_pool2d  # in training mode each pass moves the estimates
    assert torch.allclose(block.skip(halved(x, 2)), halved(block.skip(x), 2), atol=1e-5)


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("skip_z", [True, False])
def test_every_piece_of_z_and_the_class_change_the_picture(shared: bool, skip_z: bool) -> None:
    G = generator(shared=shared, skip_z=skip_z).eval()
    z, y = drawn(4)
    picture = G(z, y)
    assert picture.shape == (4, 3, 16, 16) and picture.abs().max() < 1
    assert torch.equal(picture, G.drawn(z, G.embed(y)))
    assert not torch.equal(picture, G(z, (y + 1) % 5))
    for piece in range(3):
        other = z.clone()
        other[:, 4 * piece : 4 * piece + 4] += 1
        assert not torch.equal(picture, G(other, y))
    told = G.blocks[0].norm_1.gain.in_features
    assert told == (6 if shared else 5) + 4 * skip_z


def test_a_discriminator_projects() -> None:
    D = discriminator().eval()
    x, y = torch.randn(4, 3, 16, 16), torch.tensor([0, 1, 2, 4])
    h = D.features(x)
    assert torch.allclose(D(x, y), D.psi(h) + (D.embedding.weight[y] * h).sum(1, keepdim=True), atol=1e-5)
    with pytest.raises(CourseError, match="from 0 to 4"):
        D(x, y + 1)


def test_largest_singular_values_stay_near_1() -> None:
    G = generator()
    for layer in G.modules():
        if isinstance(layer, nn.Conv2d) and layer.kernel_size != (1, 1):
            with torch.no_grad():
                layer.parametrizations.weight.original.mul_(3)  # pyrefly: ignore[missing-attribute]
    for _ in range(20):
        G(*drawn(4))
    weights = [layer.weight for layer in G.modules() if isinstance(layer, nn.Conv2d)]
    assert all(0.9 < float(torch.linalg.matrix_norm(w.detach().flatten(1), 2)) < 1.2 for w in weights)


def test_the_penalty_is_of_different_rows_and_of_kernels_alone() -> None:
    layer = nn.Conv2d(2, 3, 3)
    W = layer.weight.detach().reshape(3, 18)
    want = sum(2 * float(W[i] @ W[j]) ** 2 for i in range(3) for j in range(i))
    assert orthogonal_penalty(layer).item() == pytest.approx(want, rel=1e-5)
    assert orthogonal_penalty(nn.Sequential(layer, nn.Embedding(4, 4))).item() == pytest.approx(want, rel=1e-5)
    nn.init.orthogonal_(layer.weight), layer.weight.data.mul_(5)
    assert orthogonal_penalty(layer).item() == pytest.approx(0, abs=1e-6)
    assert orthogonal_penalty(generator()).requires_grad


def test_truncated_noise_is_the_middle_of_the_normal() -> None:
    z = truncated_normal(4000, 5, 1.0, torch.Generator().manual_seed(0))
    assert z.shape == (4000, 5) and z.abs().max() <= 1
    assert z.std().item() == pytest.approx(0.5396, abs=0.01)  # no clamping, which piles up at the ends: 0.72
    assert truncated_normal(3, 2, 0.02).abs().max() <= 0.02
    with pytest.raises(ValueError, match="threshold"):
        truncated_normal(3, 2, 0)


def test_standing_statistics_are_those_of_the_draws_and_change_nothing_else() -> None:
    G = generator().eval()
    z, y = drawn(64)
    before = {name: value.clone() for name, value in G.state_dict().items()}
    standing_statistics(G, [(z, y)])
    changed = {name for name, value in G.state_dict().items() if not torch.equal(value, before[name])}
    assert changed and all(
        name.rpartition(".")[2] in ("running_mean", "running_var", "num_batches_tracked") for name in changed
    )
    assert not any(layer.training for layer in G.modules())
    assert all(layer.momentum == 0.1 for layer in G.modules() if isinstance(layer, nn.BatchNorm2d))
    alone = torch.cat([G(z[k : k + 1], y[k : k + 1]) for k in range(4)])
    trained = copy.deepcopy(G)
    for layer in trained.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.train()
    assert torch.allclose(alone, trained(z, y)[:4], atol=0.02)  # var of n against n − 1


@pytest.mark.slow
def test_it_is_played_by_the_engine_and_kept(tmp_path: Path) -> None:
    G, D = generator(), discriminator()
    data = Images(torch.randint(256, (40, 3, 16, 16), dtype=torch.uint8), {"label": torch.randint(5, (40,))}, "noise")
    engine = Engine(Big(G, D, orthogonal=1e-4), data, batch_size=8, betas=(0.0, 0.999), ema={"G": 0.9})
    before = [p.clone() for p in G.parameters()]
    for _ in islice(engine, 3):
        pass
    engine.check()
    assert engine.learned == {"G": 3, "D": 6} and engine.feed.place == 6
    assert not any(torch.equal(a, b) for a, b in zip(before, G.parameters(), strict=True))
    average, (z, y) = engine.averaged("G"), drawn(4)
    path = store.save(tmp_path / "big.safetensors", {"G": average, "D": D}, {})
    kept = store.load(path)
    assert torch.allclose(kept["G"](z, y), average(z, y), atol=0.01)
    assert kept["D"](torch.randn(4, 3, 16, 16), y).shape == (4, 1)


def test_an_average_of_normalized_weights_is_normalized() -> None:
    G = generator()
    ema, other = EMA(G, 0.5, warm_up=False), generator()
    with torch.no_grad():
        for p in other.parameters():
            p.add_(0.1 * torch.randn_like(p))
    other(*drawn(8))
    ema.update(other)
    bottom = ema.model.bottom  # pyrefly: ignore[missing-attribute]
    assert float(torch.linalg.matrix_norm(bottom.weight, 2)) < 1.3
    assert not bottom.parametrizations.weight.original.requires_grad


@pytest.mark.parametrize(("size", "latent_dim"), [(12, 12), (4, 12), (16, 13)])
def test_what_cannot_be_built_is_refused(size: int, latent_dim: int) -> None:
    with pytest.raises(ValueError, match="should be a"):
        BigGenerator(size, 5, latent_dim, 4)


def test_they_can_be_built_again_from_words() -> None:
    for net, given in (
        (generator().eval(), drawn(2)),
        (discriminator().eval(), (torch.randn(2, 3, 16, 16), torch.tensor([0, 3]))),
    ):
        again = rebuilt(class_of(net), settings_of(net), net.state_dict()).eval()
        assert torch.equal(again(*given), net(*given))
