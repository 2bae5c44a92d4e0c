"""The small dense network of the games in the plane."""

from __future__ import annotations

from itertools import pairwise

from torch import nn


def dense(inputs: int, width: int, outputs: int, hidden: int = 2) -> nn.Sequential:
    """`hidden` layers of `width` units: (n, inputs) to (n, outputs)."""
    sizes = [inputs, *[width] * hidden]
    layers = [part for pair in pairwise(sizes) for part in (nn.Linear(*pair), nn.LeakyReLU(0.2))]
    return nn.Sequential(*layers, nn.Linear(width, outputs))
