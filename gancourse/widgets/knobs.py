"""What a user may set: a number on a slider, a name from a list, or a line of words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Knob:
    """A slider of the panel.

    Attributes:
        label: what the user reads.
        low, high, start: its range and where it starts, in the unit of the setting.
        log: whether equal distances on the slider are equal ratios.
        whole: whether only whole numbers are allowed.
        restarts: whether a change starts the training anew; otherwise it acts on the next step.
    """

    label: str
    low: float
    high: float
    start: float
    log: bool = False
    whole: bool = False
    restarts: bool = False

    def __post_init__(self) -> None:
        if not self.low <= self.start <= self.high or self.low >= self.high:
            raise ValueError(f"{self.label}: low < high and low ≤ start ≤ high are needed; got {self}.")
        if self.log and self.low <= 0:
            raise ValueError(f"{self.label}: a logarithmic slider starts above 0; low is {self.low}.")

    def clean(self, value: float) -> float | int:
        """The nearest value the knob allows."""
        value = min(max(float(value), self.low), self.high) if math.isfinite(float(value)) else self.start
        return round(value) if self.whole else value

    def meaning(self, value: Any) -> Any:
        """What the training gets: the value itself."""
        return value

    def described(self) -> dict[str, Any]:
        """For the view."""
        return {"kind": "range", **asdict(self)}


@dataclass(frozen=True)
class Choice:
    """A list to choose from.

    Attributes:
        label: what the user reads.
        options: by the name the user reads, what the training gets.
        start: the name chosen at first; the first one if empty.
        restarts: whether a change starts the training anew; otherwise it acts on the next step.
    """

    label: str
    options: dict[str, Any]
    start: str = ""
    restarts: bool = True

    def __post_init__(self) -> None:
        if not self.options or (self.start and self.start not in self.options):
            raise ValueError(f"{self.label}: {self.start!r} is not among the options {list(self.options)}.")
        if not self.start:
            object.__setattr__(self, "start", next(iter(self.options)))

    def clean(self, value: object) -> str:
        """The value if it is an option's name, else the one at the start."""
        return str(value) if str(value) in self.options else self.start

    def meaning(self, value: Any) -> Any:
        """What stands behind the name."""
        return self.options[value]

    def described(self) -> dict[str, Any]:
        """For the view."""
        return {"kind": "choice", "label": self.label, "options": list(self.options), "restarts": self.restarts}


@dataclass(frozen=True)
class Sentence:
    """A line of words to type.

    Attributes:
        label: what the user reads.
        start: what stands there at first.
        longest: how many characters it takes.
    """

    label: str
    start: str = ""
    longest: int = 160

    def clean(self, value: object) -> str:
        """What was typed, in one line of this length at most."""
        return " ".join(str(value).split())[: self.longest]

    def meaning(self, value: Any) -> Any:
        """What the drawing gets: the words themselves."""
        return value

    def described(self) -> dict[str, Any]:
        """For the view."""
        return {"kind": "sentence", **asdict(self)}


def described_knobs(knobs: Mapping[str, Knob | Choice | Sentence]) -> dict[str, Any]:
    """All of them for the view, by name."""
    return {name: knob.described() for name, knob in knobs.items()}


def knob_settings(knobs: Mapping[str, Knob | Choice | Sentence], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they stand, in their ranges; what the page did not say stands at its start."""
    return {name: knob.clean(values.get(name, knob.start)) for name, knob in knobs.items()}


def knob_meanings(knobs: Mapping[str, Knob | Choice | Sentence], settings: Mapping[str, Any]) -> dict[str, Any]:
    """What the training, or a drawing, gets for these settings."""
    return {name: knobs[name].meaning(value) for name, value in settings.items()}
