"""Who learns when: before each step somebody may look at the last state and say who is to rest."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from gancourse.training.state import State


class Turns(Protocol):
    """Decides before each step; `memory` is what a checkpoint has to keep."""

    memory: dict[str, float]

    def resting(self, last: State) -> Collection[str]:
        """Who does not learn in the next step. They are measured all the same, so that they can come back."""
        ...


class ByThreshold:
    """A player that is too far ahead rests: it does not learn while its smoothed loss is below its floor.

    For the non-saturating objective two even players have losses log 4 ≈ 1.39 (D) and log 2 ≈ 0.69 (G);
    D's loss near 0 means that it is never fooled. If all are below their floors, all learn.

    It has to read the losses after every step, so the host waits for the device each time: on a GPU
    that costs speed.

    Args:
        smoothing: how much of the old average stays when a new loss comes in, from 0 to below 1.
        floors: by whose turn it is, losses below which that player rests; `ByThreshold(D=0.4, G=0.4)`.
    """

    def __init__(self, smoothing: float = 0.9, **floors: float) -> None:
        if not 0 <= smoothing < 1:
            raise ValueError(f"smoothing should be at least 0 and below 1; it is {smoothing}.")
        self.smoothing, self.floors = smoothing, floors
        self.memory: dict[str, float] = {}

    def resting(self, last: State) -> Collection[str]:
        """Who is too far ahead."""
        for who in self.floors.keys() & last.losses.keys():
            loss = float(last.losses[who])
            self.memory[who] = self.smoothing * self.memory.get(who, loss) + (1 - self.smoothing) * loss
        ahead = {who for who, loss in self.memory.items() if loss < self.floors[who]}
        return ahead if len(ahead) < len(self.floors) else ()
