"""The face reader: what comes with the course reads drawn faces, at any size, however they arrive."""

from __future__ import annotations

import pytest
import torch

from gancourse.data import faces
from gancourse.models.face_reader import (
    FEATURES,
    FLAGS,
    QUANTITIES,
    FaceReader,
    load_face_reader,
    scaled,
    unscaled,
)
from gancourse.paths import repository


@pytest.fixture(scope="module")
def reader() -> FaceReader:
    return load_face_reader()


def test_it_is_small() -> None:
    assert (repository() / "data" / "face_reader.safetensors").stat().st_size < 1_000_000


@pytest.mark.slow
@pytest.mark.parametrize("size", [32, 64])
def test_it_reads_faces_it_has_not_seen(reader: FaceReader, size: int) -> None:
    """Looser than `benchmarks/face_reader.py`, which measures on ten times as many."""
    factors = faces.sample_factors(400, seed=99)
    read = reader.read(faces.render(factors, size))
    for name in ("age", "smile", "yaw", "hair_length", "beard", "mouth_open", "eye_open"):
        seen = faces.visible(factors, name)
        error = (read[name] - factors[name])[seen].square().mean() / factors[name][seen].var()
        assert error < 0.35, f"{name} at {size} px: R² is {1 - error:.2f}"
    for name in ("glasses", "hat", "bald"):
        seen = faces.visible(factors, name)
        assert ((read[name] > 0.5) == (factors[name] > 0.5))[seen].float().mean() > 0.97, f"{name} at {size} px"


def test_bytes_and_floats_are_read_alike_in_any_batch(reader: FaceReader) -> None:
    images = faces.sample_images(7, 48, seed=3)
    whole, pieces = reader.read(images), reader.read(images.float() / 127.5 - 1, batch_size=3)
    assert set(whole) == {*QUANTITIES, *FLAGS, "hair_style"}
    for name, values in whole.items():
        torch.testing.assert_close(values, pieces[name], atol=1e-4, rtol=1e-4)
    assert len(reader.read(images[:0])["age"]) == 0
    assert reader.features(images).shape == (7, FEATURES)


def test_what_is_read_lies_in_the_factors_ranges(reader: FaceReader) -> None:
    noise = torch.rand(20, 3, 64, 64, generator=torch.Generator().manual_seed(0)) * 2 - 1
    read = reader.read(noise)
    for factor in faces.TABLE:
        if factor.name in read:
            assert factor.low <= read[factor.name].min() and read[factor.name].max() <= factor.high
    for name in QUANTITIES:
        values = torch.tensor([0.0, 0.4, 1.0])
        torch.testing.assert_close(unscaled(name, scaled(name, values)), values)


@pytest.mark.slow
def test_features_tell_blur_from_a_second_sample(reader: FaceReader) -> None:
    one, other = (faces.sample_images(300, 64, seed=seed) for seed in (1, 2))
    small = torch.nn.functional.interpolate(one.float(), size=16, mode="bilinear", antialias=True)
    blurred = torch.nn.functional.interpolate(small, size=64, mode="bilinear").to(torch.uint8)
    means = [reader.features(images).mean(0) for images in (one, other, blurred)]
    assert (means[0] - means[2]).norm() > 3 * (means[0] - means[1]).norm()


def test_mistakes_are_named(reader: FaceReader) -> None:
    with pytest.raises(ValueError, match=r"should have shape \(n, 3, H, W\)"):
        reader.read(torch.zeros(3, 64, 64))
