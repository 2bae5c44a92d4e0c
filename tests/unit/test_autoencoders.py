"""Encoders and decoders, masked networks, their games, and the study that keeps them."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from gancourse.data.faces import HAIR_STYLES, Factors
from gancourse.data.images import Images
from gancourse.games.autoencoders import (
    Drawing,
    PixelByPixel,
    Rebuilding,
    Variational,
    bits_per_pixel,
    painted_pictures,
)
from gancourse.games.base import Batch
from gancourse.metrics.translation import edge_steepness, sharpness
from gancourse.models import store
from gancourse.models.autoencoders import Decoder, Encoder, MaskedConv, PixelCNN
from gancourse.training.autoencoding import (
    DECODER_FACTORS,
    autoencoder,
    decoder_input,
    engine_of,
    keep_autoencoders,
    plain_people,
)


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


@pytest.mark.parametrize("size", [8, 16, 32])
def test_there_and_back_shapes_stay(size: int) -> None:
    x = torch.randn(3, 2, size, size).tanh()
    codes = Encoder(size, 5, 4, channels=2)(x)
    made = Decoder(size, 5, 4, channels=2, hidden=7)(codes)
    assert codes.shape == (3, 5) and made.shape == x.shape and made.abs().max() <= 1


def seen(net: nn.Module, row: int, column: int) -> Tensor:
    x = torch.randn(20, 1, 7, 7, requires_grad=True)
    (slope,) = torch.autograd.grad(net(x)[:, 0, row, column].sum(), x)
    return (slope != 0).any(0)[0]


@pytest.mark.parametrize("own", [True, False])
def test_a_mask_sees_what_comes_before(own: bool) -> None:
    assert int(seen(MaskedConv(1, 1, 3, own), 3, 3).sum()) == 4 + own
    everything = seen(PixelCNN(6, 2, 5), 4, 3).flatten()
    assert everything[: 4 * 7 + 3].any() and not everything[4 * 7 + 3 :].any()


def test_all_probabilities_add_up_to_1_and_are_painted() -> None:
    net = PixelCNN(5, 1, 3)
    x = torch.tensor(list(itertools.product((0.0, 1.0), repeat=4))).view(16, 1, 2, 2)
    with torch.no_grad():
        nats = torch.tensor([4 * math.log(2) * float(bits_per_pixel(net, one[None])) for one in x])
    chance = (-nats).exp()
    assert abs(float(chance.sum()) - 1) < 1e-5
    which = (painted_pictures(net, 3000, 2, 2).flatten(1) @ torch.tensor([8.0, 4.0, 2.0, 1.0])).long()
    often = torch.bincount(which, minlength=16) / 3000
    assert float((often - chance).abs().sum()) / 2 < 0.07


def test_pictures_are_painted_where_the_network_lies() -> None:
    net = nn.Conv2d(1, 1, 1).to("meta")
    assert painted_pictures(net, 2, 2, 3).device.type == "meta"


def test_losses_are_summed_over_a_picture_and_averaged() -> None:
    x, made = torch.randn(3, 1, 2, 2), torch.zeros(1, 1, 2, 2)

    class Nothing(nn.Module):
        def forward(self, codes: Tensor) -> Tensor:
            return made.expand(3, 1, 2, 2)

    for power, want in ((2, x.square()), (1, x.abs())):
        ((who, loss),) = Rebuilding(nn.Flatten(), Nothing(), power).play(Batch(x))
        assert who == "encoder decoder" and torch.allclose(loss, want.sum((1, 2, 3)).mean())
    game = Variational(nn.Flatten(), Nothing(), spread=0.5, weight=3.0)
    ((_, loss),) = game.play(Batch(x))
    mean, log_var = x.flatten(1).chunk(2, 1)
    q = torch.distributions.Normal(mean, (log_var / 2).exp())
    kl = torch.distributions.kl_divergence(q, torch.distributions.Normal(0.0, 1.0)).sum(1).mean()
    assert torch.allclose(game.reported["kl"], kl, atol=1e-5)
    assert torch.allclose(loss, x.square().sum((1, 2, 3)).mean() / 0.5 + 3 * kl, atol=1e-4)
    ((who, loss),) = Drawing(Nothing()).play(Batch(x, {"given": torch.zeros(3, 2)}))
    assert who == "decoder" and torch.allclose(loss, x.square().sum((1, 2, 3)).mean())
    ((who, loss),) = PixelByPixel(nn.Identity()).play(Batch(2 * (x > 0).float() - 1))
    assert who == "net" and loss > 0


def test_an_edge_is_steeper_than_a_ramp_of_the_same_height() -> None:
    edge = torch.cat([-torch.ones(8, 4), torch.ones(8, 4)], 1).expand(1, 3, 8, 8)
    ramp = torch.linspace(-1, 1, 8).expand(1, 3, 8, 8)
    assert sharpness(edge) == pytest.approx(sharpness(ramp), rel=1e-4)
    assert edge_steepness(edge) == pytest.approx(7 * edge_steepness(ramp), rel=1e-3)


def test_plain_people_differ_in_what_is_told_alone() -> None:
    people = plain_people(50)
    assert isinstance(people, Factors) and people["hat"].max() == 0 and people["bald"].max() == 0
    spread = {name for name in people if float(people[name].std()) > 0}
    assert spread <= {*DECODER_FACTORS, "hair_style"} and "yaw" in spread
    row = decoder_input(people)
    assert row.shape == (50, len(DECODER_FACTORS) + len(HAIR_STYLES)) and row.abs().max() <= 1


def test_a_run_sits_on_the_cpu_and_its_rates_never_fall_below_0(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its networks are tried on tensors of the CPU when it is over, whatever else the machine has."""
    monkeypatch.setattr("gancourse.training.machine.fastest_device", lambda: torch.device("meta"))
    faces = Images(torch.zeros(32, 3, 32, 32).byte())
    engine = engine_of(autoencoder("l1"), faces, steps=4, seed=0)
    assert engine.machine.device.type == "cpu"
    assert {p.device.type for net in engine.game.nets.values() for p in net.parameters()} == {"cpu"}
    (factor,) = engine.schedules["encoder"].lr_lambdas
    assert [factor(step) for step in range(7)] == [1, 1, 1, 0.5, 0, 0, 0]


def test_the_study_writes_all_networks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gancourse.training.autoencoding.AE_FACES", 40)
    path = keep_autoencoders(tmp_path, steps=2)
    nets, shipped = store.load(path), store.load("autoencoders_32")
    assert set(nets) == set(shipped)
    assert nets["decoder_vae"](torch.zeros(2, 16)).shape == (2, 3, 32, 32)
    assert set(store.about(path)["reached"]) == set(store.about("autoencoders_32")["reached"])
