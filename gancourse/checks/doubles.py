"""Stand-ins that checks hand to a student's code and that are built again in the sandbox.

They hold no answer. Whatever crosses as an object with a state must be of torch or in this module:
the rest of the checks cannot be imported where student code runs.
"""

from __future__ import annotations

from typing import Any

import torch


class Counted(torch.optim.SGD):
    """Plain gradient descent that counts its steps.

    In grading a copy of it works in the sandbox, made by the constructor that SGD has; then `steps`
    is copied back.
    """

    steps = 0

    def step(self, closure: Any = None) -> Any:
        self.steps += 1
        return super().step(closure)


class Quadratic(torch.nn.Module):
    """A loss so plain that its gradients are formulas: Σ over the batches of mean(wᵢ l + ½ c l²).

    It is a module so that it is built again in the sandbox: what is only called across the gap can be
    differentiated once, and unrolled steps differentiate a gradient.

    Args:
        weights: one for each batch of logits the loss takes.
        curve: c.
    """

    def __init__(self, *weights: float, curve: float = 0.0) -> None:
        super().__init__()
        self.weights, self.curve = list(weights), curve

    def forward(self, *batches: torch.Tensor) -> torch.Tensor:
        if len(batches) != len(self.weights):
            raise TypeError(f"This loss takes {len(self.weights)} batch(es) of logits; it was given {len(batches)}.")
        parts = [w * b.mean() + self.curve / 2 * b.square().mean() for w, b in zip(self.weights, batches, strict=True)]
        return torch.stack(parts).sum()
