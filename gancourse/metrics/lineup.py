"""Which of eight is it? Drawn people who look alike but for what is small, and how often an answer finds the right one.

Two faces of different skin and hair are told apart in any picture. A line-up is of people who might be taken for one
another: here they share skin, hair, age, mood, pose and light, and differ in eyes, nose, lips, brows and freckles.
"""

from __future__ import annotations

import torch
from torch import Tensor

from gancourse.data.faces import Factors, render, sample_factors

SMALL_THINGS = ("iris", "eye_size", "eye_spacing", "nose", "lips", "brows", "freckles")


def look_alikes(n: int, many: int = 8, size: int = 64, start: int = 700_000) -> Tensor:
    """n line-ups of faces, uint8 (n, many, 3, size, size); the first of each is who is looked for.

    Args:
        start: the number of the first person, for other people.
    """
    people, others = sample_factors(n, 0, start), sample_factors(n * many, 0, start + n)
    own = torch.arange(n * many) % many == 0
    values = {}
    for name in people:
        same = people[name].repeat_interleave(many, 0)
        values[name] = torch.where(own, same, others[name]) if name in SMALL_THINGS else same
    return render(Factors(values), size).unflatten(0, (n, many))


def found_first(answers: Tensor, lineups: Tensor) -> float:
    """How often, of n answers (n, d), the nearest of their line-up (n, many, d) is the first."""
    apart = (lineups - answers[:, None]).square().sum(2)
    return float((apart.argmin(1) == 0).float().mean())
