"""Translation without pairs, measured: is it of the other domain, and is it still the same person?

A small classifier tells the domains apart; the course's face reader reads the person. It has learned from photos
alone, so what it reads off comics is told beside what it reads off *true* comics of the same people: a finished
translation cannot be expected to be read better, and what is read better is still half a photo.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.data.faces import Factors
from gancourse.models.face_reader import load_face_reader

FOLLOWED = ("yaw", "roll", "skin", "hair_color", "beard", "smile")
"""Factors that a face shows in both domains, and that the reader reads off true comics, too."""


def domain_classifier(a: Tensor, b: Tensor, steps: int = 150, seed: int = 0) -> nn.Module:
    """A small network that tells two domains apart: above 0 for pictures like b, below 0 for pictures like a.

    Args:
        a, b: pictures (n, 3, H, W) in [−1, 1] on the CPU, H and W multiples of 4; none that is to be measured.
        steps: of Adam, with 32 pictures of each domain.
        seed: of its weights and of its batches; torch's global generators stay as they were.
    """
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.default_generator.manual_seed(seed)  # the CPU's alone, which is the one that is given back
        layers = nn.Conv2d(3, 16, 3, 2, 1), nn.ReLU(), nn.Conv2d(16, 32, 3, 2, 1), nn.ReLU(), nn.Flatten()
        net = nn.Sequential(*layers, nn.Linear(2 * a.shape[-1] * a.shape[-2], 1))
        opt = torch.optim.Adam(net.parameters(), 1e-3)
        for _ in range(steps):
            some_a, some_b = (pictures[torch.randint(len(pictures), (32,))] for pictures in (a, b))
            loss = F.softplus(net(some_a)).mean() + F.softplus(-net(some_b)).mean()
            opt.zero_grad()
            loss.backward()
            opt.step()
    return net.eval().requires_grad_(False)


@torch.no_grad()
def share_of_b(classifier: nn.Module, pictures: Tensor) -> float:
    """The share of pictures that a classifier takes for ones of the second domain."""
    return float((classifier(pictures) > 0).float().mean())


def kept_factors(pictures: Tensor, factors: Factors, names: Sequence[str] = FOLLOWED) -> dict[str, float]:
    """For each factor the correlation between what is read off the pictures and what is true of the people."""
    read = load_face_reader().read(pictures)
    return {name: correlation(read[name], factors[name]) for name in names}


def correlation(x: Tensor, y: Tensor) -> float:
    """Pearson's, from −1 to 1; 0 where one of the two does not vary."""
    return float(torch.corrcoef(torch.stack([x.float(), y.float()]))[0, 1].nan_to_num())
