"""Batches of real data, in an order that can be saved and found again.

A feed belongs to a run of one or more processes: it draws the joined batch and hands out this
process's part, so that a run sees the same data whatever the number of processes.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from gancourse.data.images import Images, to_unit
from gancourse.errors import CourseError
from gancourse.training.machine import Machine


@runtime_checkable
class Feed(Protocol):
    """Where real batches come from; `place` is what a checkpoint keeps."""

    place: dict[str, int]

    def next(self) -> Tensor:
        """This process's part of the next batch, on the device."""
        ...


@runtime_checkable
class Source(Protocol):
    """A distribution to draw from, such as those of `gancourse.data.toys`."""

    def sample(self, n: int) -> Tensor:
        """n draws, shape (n, …), by torch's global random numbers."""
        ...


class Shuffled:
    """Pictures in [−1, 1], shuffled anew in each pass.

    Each pass takes every picture at most once; the last few, too few for a batch, are left out of it.
    The order of a pass depends on the seed and the pass alone. The bytes are held on the device if they fit.

    Args:
        images: the data.
        batch_size: of all processes together.
        machine: where the batches go.
        seed: of the order.
    """

    def __init__(self, images: Images, batch_size: int, machine: Machine, seed: int = 0) -> None:
        if not 1 <= batch_size <= len(images):
            raise CourseError(f"batch_size={batch_size!r} should be from 1 to the number of pictures, {len(images):,}.")
        self.batch_size, self.machine, self.seed = batch_size, machine, seed
        self.held = images.to(machine.device) if images._fits(machine.device) else images
        self.place = {"batches": 0}
        self._pass, self._order = -1, torch.empty(0, dtype=torch.long)

    def next(self) -> Tensor:
        """(batch_size / processes, C, H, W)."""
        a_pass, number = divmod(self.place["batches"], len(self.held) // self.batch_size)
        if a_pass != self._pass:
            generator = torch.Generator().manual_seed((self.seed * 1_000_003 + a_pass) % 2**63)
            self._order = torch.randperm(len(self.held), generator=generator).to(self.held.device)
            self._pass = a_pass
        self.place["batches"] += 1
        part = share(self.batch_size, self.machine)
        chosen = self._order[number * self.batch_size :][part]
        # Sorted into place as bytes: a quarter of the memory that floats would move.
        pixels = self.held.pixels.index_select(0, chosen).to(self.machine.device)
        return to_unit(pixels.contiguous(memory_format=self.machine.layout))


class Drawn:
    """Draws from a distribution, by torch's global random numbers, whose state a checkpoint keeps too."""

    def __init__(self, source: Source, batch_size: int, machine: Machine) -> None:
        self.source, self.batch_size, self.machine = source, batch_size, machine
        self.place: dict[str, int] = {}

    def next(self) -> Tensor:
        """(batch_size / processes, …)."""
        return self.source.sample(self.batch_size)[share(self.batch_size, self.machine)].to(self.machine.device)


def share(batch_size: int, machine: Machine) -> slice:
    """This process's part of a joined batch.

    Raises:
        CourseError: if the batch cannot be divided evenly.
    """
    part, rest = divmod(batch_size, machine.processes)
    if rest:
        raise CourseError(f"A batch of {batch_size} cannot be divided evenly among {machine.processes} processes.")
    return slice(machine.rank * part, (machine.rank + 1) * part)


def feed_of(data: Images | Source | Feed, batch_size: int, machine: Machine, seed: int = 0) -> Feed:
    """A feed of whatever data is: pictures, a distribution to draw from, or a feed already."""
    if isinstance(data, Images):
        return Shuffled(data, batch_size, machine, seed)
    if isinstance(data, Feed):
        return data
    if isinstance(data, Source):
        return Drawn(data, batch_size, machine)
    raise CourseError(f"Data should be Images, have sample(n), or be a Feed; it is {type(data).__name__}.")
