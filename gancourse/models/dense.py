"""The small dense network of the games in the plane."""

from __future__ import annotations

from torch import nn


def dense(inputs: int, width: int, outputs: int) -> nn.Sequential:
    """Two hidden layers of `width` units: (n, inputs) to (n, outputs)."""
    hidden = [nn.Linear(inputs, width), nn.LeakyReLU(0.2), nn.Linear(width, width), nn.LeakyReLU(0.2)]
    return nn.Sequential(*hidden, nn.Linear(width, outputs))
