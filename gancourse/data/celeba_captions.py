"""Sentences for photographs: made from CelebA's attributes, of those that name something that can be seen.

A caption says two to four of those that were ticked, in words that vary, and never what somebody ticked about looks,
age, sex or body. Labels are what somebody ticked in seconds, and no truth.

>>> captions_from({"Eyeglasses": [True], "Smiling": [True]}, seed=0)[0][0].startswith("A")
True
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from gancourse import data
from gancourse.data.images import Images
from gancourse.errors import CourseError

SAYABLE: dict[str, tuple[str, ...]] = {
    "Black_Hair": ("black hair", "dark black hair"),
    "Blond_Hair": ("blond hair", "golden hair"),
    "Brown_Hair": ("brown hair",),
    "Gray_Hair": ("gray hair", "white hair"),
    "Wavy_Hair": ("wavy hair",),
    "Straight_Hair": ("straight hair",),
    "Bangs": ("bangs", "a fringe"),
    "Bald": ("a bald head", "no hair"),
    "Eyeglasses": ("glasses", "a pair of glasses"),
    "Wearing_Hat": ("a hat",),
    "Smiling": ("a smile",),
    "Mouth_Slightly_Open": ("parted lips", "an open mouth"),
    "Goatee": ("a goatee",),
    "Mustache": ("a mustache",),
    "Sideburns": ("sideburns",),
    "Wearing_Earrings": ("earrings",),
    "Wearing_Necklace": ("a necklace",),
    "Wearing_Necktie": ("a tie", "a necktie"),
}
OPENINGS = ("A person with", "Someone with", "A picture of a person with", "Here is someone with")
SAID_NAMES = tuple(SAYABLE)


class ToldPhotographs(Images):
    """Photographs with "said" and "false"; `facts` names their columns, as the drawn faces' NAMED does."""

    facts = tuple((name.replace("_", " ").lower(), "yes") for name in SAID_NAMES)


def captions_from(attributes: Mapping[str, Sequence[bool] | Tensor], seed: int) -> tuple[list[str], Tensor]:
    """One caption for each photograph, and what it says, (n, claims) of 0 and 1.

    Args:
        attributes: of those of SAID_NAMES that are there, one value for each photograph.
        seed: another one chooses and words differently.

    Raises:
        CourseError: if none of SAID_NAMES is there.
    """
    names = [name for name in SAID_NAMES if name in attributes]
    if not names:
        raise CourseError(
            f"A caption needs attributes that can be said, at least one of {', '.join(SAID_NAMES)}; given are "
            f"{', '.join(attributes) or 'none'}."
        )
    there = torch.stack([torch.as_tensor(attributes[name]).bool() for name in names], 1)
    random = torch.Generator().manual_seed(seed)
    said, texts = torch.zeros(len(there), len(SAID_NAMES), dtype=torch.bool), []
    for row, holds in zip(said, there, strict=True):
        true = holds.nonzero().flatten()
        chosen = true[torch.randperm(len(true), generator=random)[: 2 + int(torch.randint(3, (), generator=random))]]
        parts = []
        for k in chosen.tolist():
            row[SAID_NAMES.index(names[k])] = True
            ways = SAYABLE[names[k]]
            parts.append(ways[int(torch.randint(len(ways), (), generator=random))])
        begin = OPENINGS[int(torch.randint(len(OPENINGS), (), generator=random))]
        texts.append(f"{begin} {one_and_another(parts)}." if parts else "A person.")
    return texts, said


def one_and_another(parts: Sequence[str]) -> str:
    """One; one and two; one, two and three."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def told_photographs(size: int, n: int, wordings: int = 4) -> tuple[ToldPhotographs, list[list[str]]]:
    """Photographs with "said" (n, wordings, claims) and "false" (n, claims), and `wordings` lists of captions.

    Everything that is not ticked counts as false.
    """
    photographs = data.load("celeba", size=size, attributes=list(SAID_NAMES), n=n)
    made = [captions_from(photographs.attributes, seed) for seed in range(wordings)]
    false = torch.stack([~photographs.attributes[name].bool() for name in SAID_NAMES], 1)
    attributes = {"said": torch.stack([said for _, said in made], 1), "false": false}
    return ToldPhotographs(photographs.pixels, attributes, photographs.name, photographs.split), [
        texts for texts, _ in made
    ]
