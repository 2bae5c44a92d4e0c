"""A buffer of past fakes, so that D does not forget what G used to make.

Shrivastava, Pfister, Tuzel, Susskind, Wang and Webb, "Learning from Simulated and Unsupervised Images
through Adversarial Training", CVPR 2017, arXiv:1612.07828, section 2.3.
"""

from __future__ import annotations

import torch
from torch import Tensor


class ReplayBuffer:
    """Past fakes; D is shown a mix of them and fresh ones.

    Args:
        capacity: how many fakes are kept.
        share: which part of D's batch comes from the buffer; the paper takes one half. Where it is no whole number of
            samples, chance decides about the last one: a batch of one is an old fake every other time.

    Attributes:
        held: the fakes kept, (n, …) with n up to the capacity; None before the first.

    Raises:
        ValueError: if `capacity` is below 1 or `share` not between 0 and 1.
    """

    def __init__(self, capacity: int = 2048, share: float = 0.5) -> None:
        if capacity < 1 or not 0 <= share <= 1:
            raise ValueError(f"capacity should be 1 or more, share from 0 to 1; they are {capacity} and {share}.")
        self.capacity, self.share = capacity, share
        self.held: Tensor | None = None
        self._store: Tensor | None = None
        self._filled = 0

    @torch.no_grad()
    def mix(self, fakes: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Keep some of these fakes and return a batch of as many, part of which are old ones.

        Until the buffer is full every fresh fake goes in. From then on, fresh ones take the places of
        those drawn. Old and fresh are drawn evenly, without repetition.

        Args:
            fakes: (n, …), without gradients.
            generator: of the random draws; it lives on the CPU.

        Returns:
            (n, …); a new tensor.
        """
        fakes, n = fakes.detach(), len(fakes)
        store = self._room(fakes)
        whole, rest = divmod(round(self.share * n, 9), 1)  # rounded: 0.7 · 10 is 7
        more = rest > 0 and bool(torch.rand((), generator=generator) < rest)  # no draw where there is nothing to decide
        old = min(int(whole) + more, self._filled)
        mixed = fakes.clone()
        places = torch.randperm(self._filled, generator=generator)[:old].to(fakes.device)
        if old:
            mixed[:old] = store[places]
        free = min(self.capacity - self._filled, n)
        store[self._filled : self._filled + free] = fakes[:free]
        self._filled += free
        # The fresh ones that gave way to old ones in the batch take their places in the buffer.
        if old > free:
            store[places[free:]] = fakes[free:old]
        self.held = store[: self._filled]
        return mixed

    def _room(self, fakes: Tensor) -> Tensor:
        if self._store is None:
            self._store = torch.empty(self.capacity, *fakes.shape[1:], dtype=fakes.dtype, device=fakes.device)
        return self._store

    def restore(self, held: Tensor | None) -> None:
        """Take over what another buffer of this capacity held."""
        self._store, self._filled, self.held = None, 0, None
        if held is not None:
            store = self._room(held)
            self._filled = min(len(held), self.capacity)
            store[: self._filled] = held[: self._filled]
            self.held = store[: self._filled]
