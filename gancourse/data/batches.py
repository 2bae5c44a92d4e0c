"""Shuffled batches of pictures: the one order in which anything here is trained.

Each pass takes every picture at most once, in a new order; the last few, too few for a batch, wait for
the next pass. The orders depend on the seed alone, so a place in them is a single number, `place`, and
a run that is stopped finds the same batches again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from gancourse.data import is_whole
from gancourse.errors import CourseError

if TYPE_CHECKING:
    from gancourse.data.images import Images


class Batches(Iterator[tuple[Tensor, dict[str, Tensor]]]):
    """Pictures in [−1, 1], (batch_size, C, H, W), and their attributes by name, without end.

    The bytes are copied to the device once, if they fit; else batch by batch.

    Args:
        images: the data.
        batch_size: of the joined batch.
        device: where batches go; None is where the pictures are.
        seed: of the order.
        part: which part of each joined batch is wanted, where several processes share it.
        layout: of the pictures in memory.

    Attributes:
        place: batches taken so far; it may be set.

    Raises:
        CourseError: if `batch_size` is no whole number from 1 to the number of pictures.
    """

    def __init__(
        self,
        images: Images,
        batch_size: int,
        device: torch.device | str | None = None,
        seed: int = 0,
        part: slice = slice(None),
        layout: torch.memory_format = torch.contiguous_format,
    ) -> None:
        if not is_whole(batch_size) or not 1 <= batch_size <= len(images):
            raise CourseError(f"batch_size={batch_size!r} should be from 1 to the number of pictures, {len(images):,}.")
        self.device = torch.device(device) if device is not None else images.device
        self.held = images.to(self.device) if images._fits(self.device) else images
        self.batch_size, self.seed, self.part, self.layout = batch_size, seed, part, layout
        self.place = 0
        self._pass = -1

    def __next__(self) -> tuple[Tensor, dict[str, Tensor]]:
        a_pass, number = divmod(self.place, len(self.held) // self.batch_size)
        self._shuffle(a_pass)
        self.place += 1
        chosen = self._order[number * self.batch_size : (number + 1) * self.batch_size][self.part]
        # Sorted into place as bytes: a quarter of the memory that floats would move.
        pixels = self.held.pixels.index_select(0, chosen).to(self.device).contiguous(memory_format=self.layout)
        values = {name: column.index_select(0, chosen).to(self.device) for name, column in self.held.attributes.items()}
        return pixels.to(torch.float32).div_(127.5).sub_(1), values

    def _shuffle(self, a_pass: int) -> None:
        """The order of this pass: shuffles follow each other, so that the seed alone decides them all."""
        if a_pass < self._pass or self._pass < 0:
            self._random, self._pass = torch.Generator().manual_seed(self.seed), -1  # on the CPU: equal everywhere
        while self._pass < a_pass:
            order = torch.randperm(len(self.held), generator=self._random)
            self._pass += 1
            if self._pass == a_pass:
                self._order = order.to(self.held.device)
