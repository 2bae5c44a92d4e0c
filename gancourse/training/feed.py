"""Where real batches come from, in an order that can be saved and found again.

A feed belongs to a run of one or more processes: it draws the joined batch and hands out this
process's part, so that a run sees the same data whatever the number of processes.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from torch import Tensor

from gancourse.data.batches import Batches
from gancourse.data.images import Images
from gancourse.errors import CourseError
from gancourse.games.base import Batch
from gancourse.training.machine import Machine


@runtime_checkable
class Feed(Protocol):
    """Gives batches; `place` is what a checkpoint keeps."""

    @property
    def place(self) -> int:
        """Batches taken so far."""
        ...

    @place.setter
    def place(self, batches: int) -> None: ...

    def next(self) -> Batch:
        """This process's part of the next batch, on the device."""
        ...


@runtime_checkable
class Source(Protocol):
    """A distribution to draw from, such as those of `gancourse.data.toys`."""

    def sample(self, n: int) -> Tensor | tuple[Tensor, dict[str, Tensor]]:
        """n draws, shape (n, …), by torch's global random numbers; and what is known of each, by name, if anything."""
        ...


class Shuffled:
    """Pictures in [−1, 1] and all their attributes, shuffled anew in each pass (`gancourse.data.batches`)."""

    def __init__(self, images: Images, batch_size: int, machine: Machine, seed: int = 0) -> None:
        part = share(batch_size, machine)
        self.batches = Batches(images, batch_size, machine.device, seed, part, machine.layout)

    @property
    def place(self) -> int:
        """Batches taken so far."""
        return self.batches.place

    @place.setter
    def place(self, batches: int) -> None:
        self.batches.place = batches

    def next(self) -> Batch:
        """batch_size / processes pictures."""
        return Batch(*next(self.batches))


class Draws:
    """Draws from a distribution, by torch's global random numbers, whose state a checkpoint keeps too."""

    def __init__(self, source: Source, batch_size: int, machine: Machine) -> None:
        self.source, self.batch_size, self.machine, self.place = source, batch_size, machine, 0

    def next(self) -> Batch:
        """batch_size / processes draws."""
        drawn = self.source.sample(self.batch_size)
        samples, named = drawn if isinstance(drawn, tuple) else (drawn, {})
        part, device = share(self.batch_size, self.machine), self.machine.device
        self.place += 1
        return Batch(samples[part].to(device), {name: values[part].to(device) for name, values in named.items()})


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
        return Draws(data, batch_size, machine)
    raise CourseError(f"Data should be Images, have sample(n), or be a Feed; it is {type(data).__name__}.")
