"""Generators with a planted defect: pictures whose fault is known, to see which score notices.

    fake = plant("blur", 0.5, fresh, train, n=1000, seed=0)

`fresh` are pictures that a perfect generator could have made: of the same source as the training set, and
not in it. At strength 0 every defect returns n of them as they are, drawn at random; at 1 it is at its
worst. What is done is simple on purpose, and nothing here knows of any score.

- "blur": a Gaussian blur, up to a deviation of 1/16 of the width.
- "noise": normal noise, up to a deviation of ½ in [−1, 1].
- "dropped": of K modes the last are missing, up to K − 1; a mode may be missing in part.
- "skewed": nothing is missing, but one mode, the first, has too large a share, up to all.
- "shrunk": only the pictures nearest to the mean picture, down to a tenth of them.
- "repeated": few distinct pictures, each many times, down to as many as there are modes, whichever modes they are of.
- "one_per_class": a share of the pictures is replaced by the best picture of its class, up to all.
- "copies": a share of the pictures is copied from the training set, pixel for pixel, up to all.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from gancourse.data.images import Images, to_bytes, to_unit
from gancourse.errors import CourseError

DEFECTS = ("blur", "noise", "dropped", "skewed", "shrunk", "repeated", "one_per_class", "copies")


def plant(
    defect: str,
    strength: float,
    fresh: Images,
    train: Images,
    n: int = 1000,
    seed: int = 0,
    by: str = "hair_style",
    sureness: Tensor | None = None,
) -> Tensor:
    """n pictures of a generator with this defect, uint8 (n, C, H, W).

    Args:
        defect: one of DEFECTS.
        strength: from 0, as good as real, to 1.
        fresh: what it draws from, at least n. Modes are dropped by drawing others instead: `fresh` should
            be many times n, or pictures will be taken twice.
        train: what it copies from.
        seed: of the draw. The same seed takes the same pictures at every strength as far as that goes.
        by: the attribute whose values are the modes, such as "hair_style" or "hat".
        sureness: how good a picture of its class each of `fresh` is, (len(fresh),), for "one_per_class";
            a network's highest class probability, say. None takes the first picture of each class.

    Raises:
        CourseError: on an unknown defect, a strength outside [0, 1], too few pictures or no such attribute.
    """
    from gancourse.data import known

    known(defect, DEFECTS, "defect", "defects")
    if not 0 <= strength <= 1:
        raise CourseError(f"strength={strength} should be from 0 to 1.")
    if not 1 <= n <= len(fresh):
        raise CourseError(f"n={n} should be from 1 to the number of fresh pictures, {len(fresh)}.")
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(fresh), generator=generator)
    pixels = fresh.pixels
    if defect == "blur":
        return blur(pixels[order[:n]], strength)
    if defect == "noise":
        return noise(pixels[order[:n]], strength, generator)
    if defect == "copies":
        chosen = torch.randint(len(train), (n,), generator=generator)
        if n <= len(train):
            chosen = torch.randperm(len(train), generator=generator)[:n]
        return torch.where(_first(n, strength)[:, None, None, None], train.pixels[chosen], pixels[order[:n]])
    if defect == "shrunk":
        return pixels[_cycled(order[nearest_to_mean(pixels, 1 - 0.9 * strength)[order]], n)]
    known(by, fresh.attributes, "attribute of these pictures", "attributes")
    names, modes = fresh.attributes[by].long().cpu().unique(return_inverse=True)
    if strength == 0:
        return pixels[order[:n]]
    if defect in ("dropped", "skewed"):
        frequency = torch.bincount(modes).double() / len(modes)
        shares = dropped(frequency, strength) if defect == "dropped" else skewed(frequency, strength)
        taken = [_cycled(order[modes[order] == k], count) for k, count in enumerate(quotas(shares, n))]
        return pixels[torch.cat(taken)[torch.randperm(n, generator=generator)]]
    if defect == "repeated":
        distinct = n ** (1 - strength) * min(len(names), n) ** strength
        return pixels[_cycled(order[: round(distinct)], n)]
    best = best_of_each(modes, sureness)
    return pixels[torch.where(_first(n, strength), best[modes[order[:n]]], order[:n])]


def blur(pictures: Tensor, strength: float) -> Tensor:
    """Gaussian blur of uint8 pictures (n, C, H, W); at strength 1 the deviation is 1/16 of the width."""
    from torchvision.transforms.functional import gaussian_blur

    sigma = strength * pictures.shape[-1] / 16
    if sigma < 0.05:
        return pictures
    reach = min(2 * math.ceil(3 * sigma) + 1, 2 * min(pictures.shape[-2:]) - 1)
    return to_bytes(gaussian_blur(to_unit(pictures), [reach, reach], [sigma, sigma]))


def noise(pictures: Tensor, strength: float, generator: torch.Generator | None = None) -> Tensor:
    """Normal noise on uint8 pictures; at strength 1 its deviation is ½ in units of [−1, 1]."""
    added = torch.randn(pictures.shape, generator=generator).to(pictures.device)
    return to_bytes(to_unit(pictures) + 0.5 * strength * added)


def dropped(frequency: Tensor, strength: float) -> Tensor:
    """The modes' shares (K,) with the last ones missing; the first is never touched."""
    modes = len(frequency)
    left = (torch.arange(modes, 0, -1, dtype=torch.float64) - strength * (modes - 1)).clamp(0, 1)
    return frequency * left / (frequency * left).sum()


def skewed(frequency: Tensor, strength: float) -> Tensor:
    """The modes' shares (K,) with too large a one for the first."""
    shares = (1 - strength) * frequency
    shares[0] += strength
    return shares


def quotas(shares: Tensor, n: int) -> list[int]:
    """n divided by shares that sum to 1, in whole numbers: the largest remainders get one more."""
    counts = (shares * n + 1e-9).floor().long()
    counts[(shares * n - counts).argsort(descending=True)[: n - int(counts.sum())]] += 1
    return counts.tolist()


def nearest_to_mean(pictures: Tensor, share: float) -> Tensor:
    """Which pictures are among this share of those nearest to the mean picture, bool (n,)."""
    values = pictures.flatten(1).float()
    distance = (values - values.mean(0)).norm(dim=1)
    return distance <= distance.quantile(share) if len(values) > 1 else torch.ones(1, dtype=torch.bool)


def best_of_each(labels: Tensor, sureness: Tensor | None = None) -> Tensor:
    """The index of one picture per mode: the surest, or the first; (modes,)."""
    value = -torch.arange(len(labels), dtype=torch.float64) if sureness is None else sureness.cpu().double()
    return torch.stack([value.masked_fill(labels != k, -torch.inf).argmax() for k in range(int(labels.max()) + 1)])


def _cycled(indices: Tensor, n: int) -> Tensor:
    """The first n of the indices; from the start again where they do not suffice."""
    return indices[torch.arange(n) % len(indices)] if n else indices[:0]


def _first(n: int, strength: float) -> Tensor:
    """A mask (n,) of the first so many: pictures come in random order already."""
    return torch.arange(n) < round(strength * n)
