"""What one training step reports.

The numbers stay tensors on the device: turning one into a Python float would make the host wait for
the device in every step. Ask for `numbers()` as often as somebody looks, not more often.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch
from torch import Tensor


@dataclass(frozen=True)
class State:
    """One step of training. Every tensor has shape (); NaN stands for what has not been measured yet.

    Attributes:
        step: steps taken so far, the first is 1.
        d_loss: D's loss before its (last) update of this step, without the penalty.
        g_loss: G's loss before its update.
        d_real, d_fake: D's mean output on real and on fake samples in D's step: probabilities if the
            objective reads D's outputs as logits, else the outputs themselves.
        d_norm, g_norm: length of all of D's and all of G's gradients together; 0 for a player that rested.
        penalty: the regularizer's term the last time it was applied, else 0.
        seconds: that the step took on the host. The device may lag behind for a few steps; over many
            steps the sum is right.
    """

    step: int
    d_loss: Tensor
    g_loss: Tensor
    d_real: Tensor
    d_fake: Tensor
    d_norm: Tensor
    g_norm: Tensor
    penalty: Tensor
    seconds: float = 0.0

    def numbers(self) -> dict[str, float]:
        """All of it as plain numbers, by name, with a single wait for the device."""
        names = [field.name for field in fields(self) if isinstance(getattr(self, field.name), Tensor)]
        values = torch.stack([getattr(self, name) for name in names]).tolist()
        return {"step": self.step, **dict(zip(names, values, strict=True)), "seconds": self.seconds}


def blank(device: torch.device) -> State:
    """The state before the first step: nothing is known."""
    unknown = torch.full((), float("nan"), device=device)
    nothing = torch.zeros((), device=device)
    return State(0, unknown, unknown, unknown, unknown, nothing, nothing, nothing)
