"""Sentences of lesson 01 that a number, or lesson 03, can contradict."""

from __future__ import annotations

import torch
from torch import nn

from gancourse.authoring.source import find

LESSON = find("01_gaussian_1d")
TEXT = " ".join("\n".join(cell.text for cell in LESSON.cells).replace("\n# ", " ").split())


def bends(net: nn.Module) -> int:
    """How often the slope changes along a line."""
    with torch.no_grad():
        z = torch.linspace(-200, 200, 40_001, dtype=torch.float64)[:, None]
        slopes = net.double()(z).diff(dim=0).flatten()
    jumps = (slopes.diff().abs() > 1e-9).nonzero().flatten()
    return 0 if not len(jumps) else 1 + int((jumps.diff() > 1).sum())  # a bend between two points is seen twice


def test_a_generator_of_two_units_has_up_to_two_bends_as_the_text_says() -> None:
    assert "With two hidden units the generator is a line with at most two bends" in TEXT
    two_layers = LESSON.worked("setup", "networks")["two_layers"]
    torch.manual_seed(0)
    found = {bends(two_layers(2)) for _ in range(40)}
    assert max(found) == 2


def test_the_numbers_of_a_picture_are_those_of_lesson_03() -> None:
    size = find("03_dcgan").worked("settings")["Settings"]().size
    assert f"{3 * size * size:,} dimensions of a color image of {size} × {size} pixels" in TEXT
