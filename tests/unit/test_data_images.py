"""The one in-memory type, and loading by name."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch.utils.data import DataLoader

from gancourse import data
from gancourse.data.images import Images, to_bytes, to_unit
from gancourse.errors import CourseError


@pytest.fixture
def images() -> Images:
    """Ten pictures that can be told apart; the attribute says which is which."""
    pixels = (torch.arange(10, dtype=torch.uint8) * 25).view(10, 1, 1, 1).expand(10, 3, 4, 4).contiguous()
    return Images(pixels, {"number": torch.arange(10), "odd": torch.arange(10) % 2 == 1}, "ten", "all", "", "")


def test_bytes_and_unit_range_are_inverse() -> None:
    every = torch.arange(256, dtype=torch.uint8)
    unit = to_unit(every)
    assert unit.dtype == torch.float32
    assert (unit[0], unit[-1]) == (-1, 1)
    assert torch.equal(to_bytes(unit), every)
    assert to_bytes(torch.tensor([-3.0, 3.0])).tolist() == [0, 255]
    assert every[7] == 7, "the bytes themselves are not changed"


def test_a_data_loader_takes_it(images) -> None:
    batches = list(DataLoader(images, batch_size=4, num_workers=0))
    assert [len(x) for x, _ in batches] == [4, 4, 2]
    x, labels = batches[1]
    assert x.shape == (4, 3, 4, 4)
    assert labels["number"].tolist() == [4, 5, 6, 7]
    torch.testing.assert_close(x, to_unit(images.pixels[4:8]))
    assert len(list(images)) == 10


def test_without_attributes_a_data_loader_takes_it_too(images) -> None:
    x, labels = next(iter(DataLoader(images.select([]), batch_size=4)))
    assert x.shape == (4, 3, 4, 4)
    assert labels == {}


def test_batches_go_on_without_end_and_take_each_picture_once_a_pass(images) -> None:
    drawn = [labels["number"] for _, labels in itertools.islice(images.batches(5, seed=1), 6)]
    passes = torch.cat(drawn).view(3, 10)
    assert torch.equal(passes.sort(dim=1).values, torch.arange(10).expand(3, 10))
    assert not torch.equal(passes[0], passes[1])


def test_batches_depend_on_the_seed_alone(images) -> None:
    def first(seed: int) -> list[int]:
        return next(images.batches(10, device="cpu", seed=seed))[1]["number"].tolist()

    torch.manual_seed(5)
    a = first(3)
    torch.rand(3)
    assert first(3) == a
    assert first(4) != a


def test_batches_keep_pictures_and_attributes_together(images) -> None:
    x, labels = next(images.batches(6))
    assert torch.equal(x[:, 0, 0, 0], to_unit((labels["number"] * 25).to(torch.uint8)))
    assert (x.min() >= -1) and (x.max() <= 1)


@pytest.mark.parametrize("size", [0, 11, 2.5, True])
def test_a_batch_size_that_cannot_be_is_named_at_once(images, size) -> None:
    with pytest.raises(CourseError, match="from 1 to the number of pictures, 10"):
        images.batches(size)


def test_subsets(images) -> None:
    assert images.subset(images.attributes["odd"]).attributes["number"].tolist() == [1, 3, 5, 7, 9]
    assert images.subset([2, 0]).attributes["number"].tolist() == [2, 0]
    part = images.subset(slice(3, 5))
    assert part.attributes["number"].tolist() == [3, 4]
    assert part.pixels.data_ptr() == images.pixels[3:].data_ptr(), "a slice copies nothing"
    assert len(images.to("cpu").subset([])) == 0


def test_select_names_what_there_is(images) -> None:
    assert list(images.select(["odd"]).attributes) == ["odd"]
    with pytest.raises(CourseError, match=r"no attribute of ten 'Odd'\. Did you mean 'odd'.*number, odd"):
        images.select(["Odd"])


def test_wrong_tensors_are_refused() -> None:
    with pytest.raises(CourseError, match="uint8"):
        Images(torch.zeros(2, 3, 4, 4))
    with pytest.raises(CourseError, match="'a' has shape"):
        Images(torch.zeros(2, 3, 4, 4, dtype=torch.uint8), {"a": torch.zeros(3)})


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": "celebs"}, "no data set 'celebs'. Did you mean 'celeba'.*faces, celeba, fashion"),
        ({"split": "training"}, "no split of fashion 'training'. Did you mean 'train'.*train, test, all"),
        ({"size": 7}, "size=7 is not possible for fashion.*14 to 128"),
        ({"size": 28.0}, "whole number"),
        ({"n": 0}, "n=0 is not possible"),
        ({"n": True}, "n=True is not possible"),
        ({"attributes": "label"}, r'attributes=\["label"\]'),
    ],
)
def test_wrong_requests_are_named(wrong, message) -> None:
    with pytest.raises(CourseError, match=message):
        data.load(**{"name": "fashion", **wrong})


def test_a_data_set_that_is_not_shipped_is_named(monkeypatch) -> None:
    monkeypatch.setitem(data.SOURCES, "faces", "gancourse.data.no_such_module")
    with pytest.raises(CourseError, match="'faces' is not part of this version"):
        data.load("faces")
