"""Whose turn it is: a schedule looks at the last state and says who learns in the next step."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from gancourse.training.state import State


class Turns(NamedTuple):
    """Who learns in the next step. Who does not is measured all the same, so that it can come back."""

    d: bool = True
    g: bool = True


class Schedule(Protocol):
    """Decides before each step; `memory` is what a checkpoint has to keep."""

    memory: dict[str, float]

    def turns(self, last: State) -> Turns:
        """Who learns next, given the last state (before the first step its numbers are NaN)."""
        ...


class Fixed:
    """Both learn in every step: D as often as the trainer's k says, then G once (Goodfellow 2014, algorithm 1)."""

    def __init__(self) -> None:
        self.memory: dict[str, float] = {}

    def turns(self, last: State) -> Turns:
        """Both, always."""
        return Turns()


class ByThreshold:
    """A player that is too far ahead rests: it does not learn while its smoothed loss is below its floor.

    For the non-saturating objective two even players have losses log 4 ≈ 1.39 (D) and log 2 ≈ 0.69 (G);
    D's loss near 0 means that it is never fooled. If both are below their floors, both learn.

    It has to read the losses after every step, so the host waits for the device each time: on a GPU
    that costs speed, which the fixed schedule does not.

    Args:
        d_floor, g_floor: losses below which D or G rests.
        smoothing: how much of the old average stays when a new loss comes in, from 0 to below 1.
    """

    def __init__(self, d_floor: float = 0.4, g_floor: float = 0.4, smoothing: float = 0.9) -> None:
        if not 0 <= smoothing < 1:
            raise ValueError(f"smoothing should be at least 0 and below 1; it is {smoothing}.")
        self.d_floor, self.g_floor, self.smoothing = d_floor, g_floor, smoothing
        self.memory: dict[str, float] = {}

    def turns(self, last: State) -> Turns:
        """Who is not too far ahead."""
        if last.step == 0:
            return Turns()
        numbers = last.numbers()
        for name in ("d_loss", "g_loss"):
            old = self.memory.get(name, numbers[name])
            self.memory[name] = self.smoothing * old + (1 - self.smoothing) * numbers[name]
        d_rests, g_rests = self.memory["d_loss"] < self.d_floor, self.memory["g_loss"] < self.g_floor
        return Turns() if d_rests and g_rests else Turns(not d_rests, not g_rests)
