"""An average of a network's weights over training, which draws steadier pictures than the last weights.

Yazıcı, Foo, Winkler, Yap, Piliouras and Chandrasekhar, "The Unusual Effectiveness of Averaging in GAN
Training", ICLR 2019, arXiv:1806.04498, section 3.2. Deviation: the average starts short and grows
(`warm_up`), so that the random first weights do not linger.
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn


class EMA:
    """The exponential moving average θ̄ ← β θ̄ + (1 − β) θ of a network's weights θ.

    Buffers, such as batch normalization's running mean, are averages or constants already: they are
    copied as they are. So is the `level` of a network that grows.

    Args:
        model: the network to follow; it is copied.
        decay: β, from 0 (the last weights) to below 1. At 0.999 the average looks back about 1000 updates.
        warm_up: whether β is at most (1 + n) / (10 + n) at update n.

    Attributes:
        model: the network with the averaged weights, in evaluation mode, without gradients.
        updates: how many there were.

    Raises:
        ValueError: if `decay` is not in [0, 1).
    """

    def __init__(self, model: nn.Module, decay: float = 0.999, warm_up: bool = True) -> None:
        if not 0 <= decay < 1:
            raise ValueError(f"decay should be at least 0 and below 1; it is {decay}.")
        self.decay, self.warm_up, self.updates = decay, warm_up, 0
        self.model = copy.deepcopy(model).eval().requires_grad_(False)

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        """Move the average towards the weights of the network now."""
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates)) if self.warm_up else self.decay
        self.updates += 1
        ours: list[Tensor] = list(self.model.parameters())
        theirs: list[Tensor] = list(model.parameters())
        torch._foreach_lerp_(ours, theirs, 1 - decay)
        for ours_b, theirs_b in zip(self.model.buffers(), model.buffers(), strict=True):
            ours_b.copy_(theirs_b)
        if hasattr(model, "level"):  # beyond it nothing has learned yet, and an average of it would draw noise
            self.model.level = model.level
