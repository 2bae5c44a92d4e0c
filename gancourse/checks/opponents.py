"""Opponents of an open challenge: they live on the grader's side, and all that an answer sees is what they say.

`BestD` is section 4 of Goodfellow et al. (2014) as a player: for the data that it has seen and the batch that it is
shown, it is the best discriminator there is, D* = p/(p + q), with both densities estimated by small bumps.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from gancourse.checks.core import Miss
from gancourse.checks.inputs import rand, randn
from gancourse.checks.values import numbers

BATCH = 256  # made numbers a step
SEEN_A_STEP = 16  # real numbers that D sees more of at each step
KEPT = 512  # that it remembers
BUMP = 0.4  # the standard deviation of a bump: nothing finer is seen
TOO_MANY = "After {most} steps there is still no generator. Return one, well before that."


class Humps:
    """A target on the line: normal distributions, mixed.

    Args:
        parts: (weight, mean, standard deviation) of each; weights have the sum 1.
    """

    def __init__(self, *parts: tuple[float, float, float]) -> None:
        self.weights, self.means, self.stds = (torch.tensor(values) for values in zip(*parts, strict=True))

    def sample(self, n: int) -> Tensor:
        """n draws, shape (n, 1), from the generator of the checks' inputs."""
        which = torch.bucketize(rand(n), self.weights.cumsum(0)[:-1])
        return (self.means[which] + self.stds[which] * randn(n)).unsqueeze(1)


class BestD:
    """A discriminator that is asked as a function: made numbers (256, 1) in, its logits on them (256, 1) out.

    At each step it first sees 16 more real numbers. It is the best one for those it remembers and the batch it is
    shown: its logit is log p̂ − log q̂. As a function that is held fixed; gradients flow through where it is asked.

    Attributes:
        steps: how often it was asked.
    """

    def __init__(self, target: Humps, most: int) -> None:
        self.target, self.most, self.steps, self.over = target, most, 0, False
        self.real = torch.empty(0, 1)

    def __call__(self, made: Tensor) -> Tensor:
        if self.over:
            raise Miss("D is asked once more after your function has returned. All steps belong before that.")
        found = numbers(made, (BATCH, 1), "What D is asked about")
        if self.steps == self.most:
            raise Miss(TOO_MANY.format(most=self.most))
        self.steps += 1
        self.real = torch.cat([self.real, self.target.sample(SEEN_A_STEP)])[-KEPT:]
        x = made if isinstance(made, Tensor) else found.float()
        return log_bumps(x, self.real) - log_bumps(x, found.float())


def log_bumps(x: Tensor, centers: Tensor) -> Tensor:
    """The logarithm of a density of one bump on each center (m, 1), at x (n, 1), but for a constant: (n, 1)."""
    return torch.logsumexp(-((x - centers.T) ** 2) / (2 * BUMP**2), dim=1, keepdim=True) - math.log(len(centers))


def even_noise(n: int = BATCH) -> Tensor:
    """n noise values, even between −1 and 1, shape (n, 1), from the generator of the checks' inputs."""
    return 2 * rand(n, 1) - 1


def steps_to(answer: Callable, target: Humps, most: int, sample_noise: Callable) -> tuple[int, Tensor]:
    """Let an answer learn from `BestD`: the steps it took, and samples (20000, 1) of the generator it returns."""
    opponent = BestD(target, most)

    def ask_D(made: Tensor) -> Tensor:
        return opponent(made)

    generator = answer(ask_D, sample_noise)
    opponent.over = True
    if not callable(generator):
        raise Miss("Return a generator: something that is called on noise z of shape (n, 1) and gives n numbers.")
    with torch.no_grad():
        return opponent.steps, numbers(generator(sample_noise(20_000)), (20_000, 1), "What your generator makes")
