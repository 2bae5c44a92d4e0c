"""The faces as a data set: splits that do not share a face, exact attributes, a cache that is used."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
import torch

from gancourse import data
from gancourse.data import faces
from gancourse.errors import CourseError


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GANCOURSE_CACHE", str(tmp_path))


def test_faces_load_with_the_factors_they_were_drawn_from(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = data.load("faces", size=16, n=12, attributes=["age", "smile", "glasses"])
    assert loaded.pixels.shape == (12, 3, 16, 16) and list(loaded.attributes) == ["age", "smile", "glasses"]
    drawn = faces.render(faces.sample_factors(12, 0), 16)
    assert int((loaded.pixels.int() - drawn.int()).abs().max()) <= 1
    assert torch.equal(loaded.attributes["age"], faces.sample_factors(12, 0)["age"])
    # A second load draws nothing.
    monkeypatch.setattr("gancourse.data.faces.loading.render", None)
    assert torch.equal(data.load("faces", size=16, n=12).pixels, loaded.pixels)


def test_splits_share_no_face() -> None:
    train, valid = (data.load("faces", size=8, n=20, split=split) for split in ("train", "valid"))
    assert not torch.equal(train.attributes["age"], valid.attributes["age"])
    ends = [faces.loading.span(split) for split in ("train", "valid", "test")]
    assert all(a[0] + a[1] == b[0] for a, b in itertools.pairwise(ends))


def test_wrong_names_are_told_what_there_is() -> None:
    with pytest.raises(CourseError, match="Did you mean 'glasses'"):
        data.load("faces", attributes=["glases"], n=2)
    with pytest.raises(CourseError, match="valid"):
        data.load("faces", split="validation")
