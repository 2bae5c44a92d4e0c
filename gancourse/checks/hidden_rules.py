"""Pictures that look like noise and follow a rule: each pixel from three earlier ones, at distances nobody tells.

The first 32 pixels are tosses of a coin. Each later one is that at the first distance, turned around where those at the
other two are both 1, and then once more in one of twenty. So one distance alone tells a little, two more, three nearly
all; and the answer to how well a rule was understood is a number of bits.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.challenge import Medals
from gancourse.checks.core import expect
from gancourse.checks.inputs import generator
from gancourse.checks.values import described, numbers

MEDALS_FOR_BITS = Medals(bronze=0.9, silver=0.72, gold=0.4, unit="bits", margin=0.05, runs=1)
PIXELS_THERE, TOSSED, TURNED_AROUND = 256, 32, 0.05
PICTURES_SHOWN, PICTURES_ASKED = 200, 60
SUREST = 0.001  # probabilities are brought to between this and 1 less this


class HiddenRule:
    """A kind of pictures: its three distances are drawn."""

    def __init__(self) -> None:
        self.random = generator()
        while True:
            self.distances = (torch.randperm(TOSSED, generator=self.random)[:3] + 1).tolist()
            if well_apart(*sorted(self.distances)):
                break

    def drawn(self, n: int) -> Tensor:
        """n pictures as rows (n, 256) of 0 and 1."""
        first, second, third = self.distances
        x = torch.randint(2, (n, PIXELS_THERE), generator=self.random)
        turned = torch.rand(n, PIXELS_THERE, generator=self.random) < TURNED_AROUND
        for t in range(TOSSED, PIXELS_THERE):
            x[:, t] = x[:, t - first] ^ (x[:, t - second] & x[:, t - third]) ^ turned[:, t]
        return x.float()


def well_apart(near: int, middle: int, far: int) -> bool:
    """Whether no distance is made of the others: else a pixel's neighbors hang together, and kinds differ too much."""
    doubled = middle == 2 * near or far in (2 * near, 2 * middle)
    return near > 2 and min(middle - near, far - middle) > 1 and near + middle != far and not doubled


def bits_by(answer: Callable, rule: HiddenRule) -> float:
    """How many bits a pixel of new pictures takes by what an answer makes of those it is shown."""
    predict: Any = answer(rule.drawn(PICTURES_SHOWN))
    told = f"Return a function, which is then asked for probabilities; you return {described(predict)}."
    expect(callable(predict), told)
    new, total = rule.drawn(PICTURES_ASKED), 0.0
    for t in range(TOSSED, PIXELS_THERE):
        said = numbers(
            predict(new[:, :t].clone()), (PICTURES_ASKED,), "What `predict` returns", "One for each picture."
        )
        fits = bool(((said >= 0) & (said <= 1)).all())
        expect(fits, "`predict` should return probabilities, from 0 to 1; there are others.")
        said = said.clamp(SUREST, 1 - SUREST)
        total -= float(torch.where(new[:, t] > 0.5, said, 1 - said).log2().sum())
    bits = total / (PICTURES_ASKED * (PIXELS_THERE - TOSSED))
    return bits if math.isfinite(bits) else 99.0
