"""What one step of training reports.

The numbers stay tensors on the device: turning one into a Python float would make the host wait for
the device in every step. Ask for `numbers()` as often as somebody looks, not more often.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor


@dataclass(frozen=True)
class State:
    """One step of training. Every tensor has shape (); what has not been measured yet is not there.

    Attributes:
        step: steps taken so far, the first is 1.
        losses: by who had the turn ("D", "G", "E G"): the loss before its (last) update of this step.
        norms: length of all gradients of that turn together; 0 for a player that rested.
        reported: what the game has reported, the last time that it did.
        seconds: that the step took on the host. The device may lag behind for a few steps; over many
            steps the sum is right.
    """

    step: int = 0
    losses: Mapping[str, Tensor] = field(default_factory=dict)
    norms: Mapping[str, Tensor] = field(default_factory=dict)
    reported: Mapping[str, Tensor] = field(default_factory=dict)
    seconds: float = 0.0

    def numbers(self) -> dict[str, float]:
        """All of it as plain numbers, with a single wait for the device: "d_loss", "g_norm", … as well as reports."""
        named = {f"{short(who)}_loss": value for who, value in self.losses.items()}
        named |= self.reported
        named |= {f"{short(who)}_norm": value for who, value in self.norms.items()}
        values = torch.stack([value.float() for value in named.values()]).tolist() if named else []
        return {"step": self.step, **dict(zip(named, values, strict=True)), "seconds": self.seconds}


def short(who: str) -> str:
    """A turn's name in a table: "D" is d, "E G" is e_g."""
    return who.lower().replace(" ", "_")
