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


def test_a_part_of_what_is_drawn_is_not_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(faces.loading.COUNTS, "train", 12)
    whole = data.load("faces", size=16, attributes=["face"])
    monkeypatch.setattr("gancourse.data.faces.loading.render", None)
    part = data.load("faces", size=16, n=5, attributes=["face"])
    assert torch.equal(part.pixels, whole.pixels[:5]) and part.attributes["face"].tolist() == list(range(5))


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


def test_the_numbers_give_the_factors_back() -> None:
    loaded = data.load("faces", size=8, n=30, split="valid", attributes=["face", "age"]).subset([7, 3, 29, 3])
    assert loaded.attributes["face"].tolist() == [20_007, 20_003, 20_029, 20_003]
    factors = faces.factors_of(loaded)
    assert torch.equal(factors["age"], loaded.attributes["age"])
    assert all(torch.equal(factors[name], faces.sample_factors(30, 0, 20_000)[name][[7, 3, 29, 3]]) for name in factors)
    captions = faces.captions_of(loaded)
    assert captions[1] == captions[3] and [each.text for each in captions] == faces.caption(factors)
    with pytest.raises(CourseError, match='attributes=\\["face"'):
        faces.factors_of(loaded.select(["age"]))


@pytest.mark.slow
def test_held_out_combinations_are_held_out() -> None:
    numbers = {split: faces.loading.face_numbers(split) for split in faces.loading.HELD_OUT}
    assert {split: len(those) for split, those in numbers.items()} == faces.loading.HELD_OUT
    together = torch.cat(list(numbers.values()))
    assert len(together.unique()) == len(together) and together.min() >= sum(faces.loading.COUNTS.values())
    shown = {
        split: faces.combination(faces.loading.numbered_factors(those[-2_000:])) for split, those in numbers.items()
    }
    assert (shown["train_seen"] == -1).all() and (shown["test_seen"] == -1).all()
    assert shown["test_unseen"].bincount().tolist() == [500] * len(faces.COMBINATIONS)
    # Each half of a combination is common where the whole is left out.
    seen = faces.loading.numbered_factors(numbers["train_seen"][:4_000])
    for name, least in (("glasses", 0), ("hat", 0), ("bald", 0), ("age", 0.6), ("smile", 0.3), ("beard", 0)):
        assert (seen[name] > least).float().mean() > 0.05, name


def test_a_face_has_a_combination_if_it_shows_one() -> None:
    factors = faces.sample_factors(2_000, 3)
    index = faces.combination(factors)
    shows = torch.stack([predicate(factors) for predicate in faces.COMBINATIONS.values()])
    assert torch.equal(index >= 0, shows.any(0)) and index.dtype == torch.int64
    for k, name in enumerate(faces.COMBINATIONS):
        assert shows[k, index == k].all() and (index == k).any(), name
        assert not shows[:k, index == k].any()
    # Captions know nothing of the splits, and agree with them.
    assert faces.matches({"glasses": "clear", "hat": "any"}, factors)[index == -1].sum() == 0


@pytest.mark.parametrize("split", ["train_seen", "test_seen", "test_unseen"])
def test_splits_with_and_without_combinations_load(split: str) -> None:
    loaded = data.load("faces", size=8, n=10, split=split, attributes=["combination", "face"])
    assert torch.equal(faces.combination(faces.factors_of(loaded)), loaded.attributes["combination"])
    assert (loaded.attributes["combination"] >= 0).all() == (split == "test_unseen")
    assert torch.equal(loaded.attributes["face"], faces.loading.face_numbers(split)[:10])
    usual = data.load("faces", size=8, n=10, split=split)
    assert ("combination" in usual.attributes) == (split == "test_unseen")
