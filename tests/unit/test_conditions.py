"""Conditions: attributes as numbers, and a sentence for everything that cannot be one."""

from __future__ import annotations

import pytest
import torch

from gancourse import data
from gancourse.data.conditions import checked_condition, checked_labels, conditions
from gancourse.data.images import Images
from gancourse.errors import CourseError


def drawn(n: int = 12) -> Images:
    return Images(data.source("faces").sample_images(n, size=16), {}, "faces")


def photographs(**attributes: torch.Tensor) -> Images:
    return Images(torch.zeros(3, 3, 8, 8, dtype=torch.uint8), attributes, "celeba")


def test_flags_are_minus_one_or_one_and_quantities_go_through_their_range() -> None:
    y = conditions(
        photographs(Smiling=torch.tensor([True, False, True]), Young=torch.tensor([1, 1, 0])), ["Young", "Smiling"]
    )
    assert y.tolist() == [[1, 1], [1, -1], [-1, 1]] and y.dtype == torch.float32
    faces = drawn(3)
    faces.attributes["age"] = torch.tensor([0.0, 0.5, 1.0])
    assert conditions(faces, ["age"]).tolist() == [[-1], [0], [1]]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["Wearing_Hat"], "Wearing_Hat"),  # an attribute that is not there
        ([], "at least one"),
        (["wide"], "should lie from 0 to 1"),
        (["nan"], "should lie from 0 to 1"),
    ],
)
def test_what_is_no_condition_is_refused(names: list[str], said: str) -> None:
    images = photographs(
        Smiling=torch.tensor([1, 0, 1]), wide=torch.tensor([0.0, 1.0, 3.0]), nan=torch.tensor([0.0, float("nan"), 1.0])
    )
    with pytest.raises(CourseError, match=said) as told:
        conditions(images, names)
    assert "\n" not in str(told.value)


def test_a_class_belongs_into_rows() -> None:
    faces = drawn(3)
    faces.attributes["hair_style"] = torch.tensor([0, 3, 6])
    with pytest.raises(CourseError, match="one-hot rows"):
        conditions(faces, ["hair_style"])


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (torch.tensor([0, 4]), "from 0 to 3; these go from 0 to 4"),
        (torch.tensor([-1, 2]), "these go from -1 to 2"),
        (torch.tensor([1.0, 2.0]), "these are float32"),
        (torch.tensor([True, False]), "these are bool"),
        (torch.tensor([1, 2, 3]), r"shape \(2,\), one for each picture; it is \(3,\)"),
        (torch.tensor([[1, 2]]), r"it is \(1, 2\)"),
    ],
)
def test_what_is_no_label_is_refused(labels: torch.Tensor, said: str) -> None:
    with pytest.raises(CourseError, match=said):
        checked_labels(labels, 4, n=2)


def test_labels_come_back_as_whole_numbers() -> None:
    assert checked_labels(torch.tensor([3, 0], dtype=torch.int32), 4, n=2).dtype == torch.int64
    assert len(checked_labels(torch.empty(0, dtype=torch.long), 4)) == 0


@pytest.mark.parametrize(
    ("y", "said"),
    [
        (torch.zeros(2, 3), r"shape \(2, 2\); it is \(2, 3\)"),
        (torch.zeros(3, 2), "3 conditions for a batch of 2"),
        (torch.tensor([[0.0, float("nan")], [0.0, 1.0]]), "NaN or infinity"),
        (torch.tensor([[0.0, float("inf")], [0.0, 1.0]]), "NaN or infinity"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(y: torch.Tensor, said: str) -> None:
    with pytest.raises(CourseError, match=said):
        checked_condition(y, 2, 2)
