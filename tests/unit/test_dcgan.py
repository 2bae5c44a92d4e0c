"""The DCGAN and its checkpoint."""

import pytest
import torch
from torch import nn

from gancourse import data
from gancourse.data.images import to_unit
from gancourse.models import store
from gancourse.models.dcgan import Discriminator, Generator, init_weights, sample_z


@pytest.mark.parametrize("size", [8, 16, 32, 64])
def test_networks_of_every_size_fit_together(size):
    G, D = Generator(size, latent_dim=7, width=4), Discriminator(size, width=4)
    pictures = G(sample_z(3, 7))
    assert pictures.shape == (3, 3, size, size)
    assert pictures.abs().max() <= 1
    assert D(pictures).shape == (3, 1)


@pytest.mark.parametrize("size", [4, 12, 48, 0, -8])
def test_other_sizes_are_refused(size):
    with pytest.raises(ValueError, match="power of two"):
        Generator(size)
    with pytest.raises(ValueError, match="power of two"):
        Discriminator(size)


def test_widths_follow_the_paper():
    """Figure 1: 1024, 512, 256, 128 channels at 64 pixels, for a width of 128."""
    G = Generator(64, width=128)
    layers = [layer for layer in G.net if isinstance(layer, nn.ConvTranspose2d)]
    assert [layer.out_channels for layer in layers] == [1024, 512, 256, 128, 3]


def test_weights_start_as_in_section_4():
    layer, norm = nn.Conv2d(64, 64, 4), nn.BatchNorm2d(4000)
    init_weights(layer)
    init_weights(norm)
    assert abs(layer.weight.std().item() - 0.02) < 0.0005
    assert layer.bias is not None and not layer.bias.any()
    assert abs(norm.weight.mean().item() - 1) < 0.003 and abs(norm.weight.std().item() - 0.02) < 0.003
    assert not norm.bias.any()


def test_the_course_has_one_and_its_faces_differ():
    G = store.load("dcgan_faces_64")["G"]
    pictures = G(sample_z(16, G.latent_dim, torch.Generator().manual_seed(0)))
    assert pictures.shape == (16, 3, 64, 64)
    faces = to_unit(data.load("faces", size=64, split="valid", attributes=[], n=16).pixels)
    assert torch.pdist(pictures.flatten(1)).mean() > 0.6 * torch.pdist(faces.flatten(1)).mean()
    assert store.about("dcgan_faces_64")["steps"] > 1000


@pytest.mark.slow
def test_the_face_reader_sees_faces_in_it():
    """Untrained networks, and noise, are far from the data in the reader's eyes; this one is near."""
    from gancourse.metrics import frechet_from_features
    from gancourse.models.face_reader import load_face_reader

    reader, z = load_face_reader(), sample_z(300, 64, torch.Generator().manual_seed(1))
    faces = reader.features(data.load("faces", size=64, split="valid", attributes=[], n=300).pixels)
    trained, untrained = (
        frechet_from_features(reader.features(G(z)), faces).__float__()
        for G in (store.load("dcgan_faces_64")["G"], Generator(64, 64, 8).eval())
    )
    assert trained < untrained / 4
