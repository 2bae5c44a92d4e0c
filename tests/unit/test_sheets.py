"""Pictures side by side in a figure."""

from __future__ import annotations

import pytest
import torch

from gancourse.plots import axes, figure
from gancourse.sheets import draw_pictures, draw_rows


@pytest.mark.parametrize("channels", [1, 3])
def test_pictures_stand_row_by_row_on_one_image(channels: int) -> None:
    pictures = torch.linspace(-1, 1, 6).reshape(6, 1, 1, 1).expand(6, channels, 4, 5).clone().requires_grad_()
    fig = figure()
    (ax,) = axes(fig)
    draw_pictures(ax, pictures, 3, "six")
    (image,) = ax.images
    shown = torch.as_tensor(image.get_array().data)
    assert shown.shape == (2 * 4 + 2, 3 * 5 + 2 * 2, 3)
    assert [shown[row, column].tolist() for row in (0, 6) for column in (0, 7, 14)] == [
        [int(value)] * 3 for value in torch.linspace(0, 255, 6).round()
    ]
    assert ax.get_title() == "six" and list(ax.get_xticks()) == []


def test_what_lies_outside_the_range_is_clipped() -> None:
    fig = figure()
    (ax,) = axes(fig)
    draw_pictures(ax, torch.tensor([-3.0, 3.0]).reshape(2, 1, 1, 1).expand(2, 3, 2, 2), 2)
    assert {0, 255} == set(torch.as_tensor(ax.images[0].get_array().data).flatten().tolist())


def test_rows_have_their_names_and_may_be_of_several_sizes() -> None:
    fig = draw_rows({"sketch": torch.zeros(3, 1, 8, 8), "photo, by night": torch.zeros(4, 3, 16, 16)}, "both")
    assert [ax.get_ylabel() for ax in fig.axes] == ["sketch", "photo,\nby night"]
    assert [ax.images[0].get_array().shape[0] for ax in fig.axes] == [8, 16]
    assert fig.get_suptitle() == "both"
