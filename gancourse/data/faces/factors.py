"""What a face is made of: a table of named factors, their priors, and how to draw them.

Every picture is a function of these numbers and of nothing else, so the ground truth of a data set
made from them is exact. No factor says what a person "is": hair length, lips and jaw vary on their
own, and so does everything else but five. **Not independent**, by exclusion, are those that `depends`
names in the table: under a headscarf (hair_style "covered") there is no hat, no bald head, no beard, and
no mustache, and lenses are dark only where there are glasses. Among the faces that leave a factor
free it is independent of all others again (see `_settle`).

Expressions are drawn as one meets them: most people look friendly or neutral, few laugh or weep, eyes
are seldom shut or wide. Nothing is cut off: every value in a factor's range does occur.

**Reproducible.** There is no generator whose state could depend on how many images were asked for.
Number k of image i under seed s is a hash of (s, i, k): image 17 of seed 3 is the same person in a
batch of one and in a batch of a million, today and on any machine (factors are drawn on the CPU).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

HAIR_STYLES = ("straight", "wavy", "curly", "coiled", "braided", "tied", "covered")
HAT_STYLES = ("beanie", "cap", "brimmed")
DRAWS = 4  # uniform numbers set aside for each factor of each image
# How people look: share, mean and spread of the friendly and of the neutral; the others are spread evenly from
# sad to laughing, so that every expression keeps occurring often enough to be learned.
MOODS = ((0.45, 0.60, 0.20), (0.36, 0.03, 0.12))


@dataclass(frozen=True)
class Factor:
    """One row of the table.

    Attributes:
        name: how it is called.
        low, high: its range; for choices 0 … len(choices) − 1.
        prior: how it is drawn: "uniform", "normal" (mean 0, `spread`, clipped to the range), "beta"
            (Beta(2, 3) on the range), "middle" (the mean of two uniform numbers: the ends are rare), "some" (0, or
            with probability `chance` on [floor, high]: floor + (high − floor) · u to the power `skew`, u uniform),
            "flag" (0 or 1 with probability `chance`), "choice" (`weights`), "smile" (MOODS).
        looks: what one sees when it goes from low to high.
        readable: it can be told from a 32 px picture, so it may serve as a label.
        depends: the factors that can set this one to 0 (what they exclude is in `_settle`); none: it is independent.
    """

    name: str
    low: float
    high: float
    prior: str
    looks: str
    readable: bool = False
    spread: float = 0.45
    chance: float = 0.5
    floor: float = 0.0
    skew: float = 1.0
    choices: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()
    depends: tuple[str, ...] = ()


def _unit(name: str, looks: str, readable: bool = False) -> Factor:
    return Factor(name, 0, 1, "uniform", looks, readable)


def _signed(name: str, looks: str, readable: bool = False, spread: float = 0.45) -> Factor:
    return Factor(name, -1, 1, "normal", looks, readable, spread=spread)


def _flag(name: str, chance: float, looks: str, readable: bool = False, depends: tuple[str, ...] = ()) -> Factor:
    return Factor(name, 0, 1, "flag", looks, readable, chance=chance, depends=depends)


def _some(
    name: str, chance: float, floor: float, looks: str, readable: bool = False, depends: tuple[str, ...] = ()
) -> Factor:
    return Factor(name, 0, 1, "some", looks, readable, chance=chance, floor=floor, depends=depends)


TABLE: tuple[Factor, ...] = (
    # Who it is.
    Factor("age", 0, 1, "beta", "young adult … old: lines, folds, hair from its color to gray and white", True),
    _unit("skin", "deep brown … very light", True),
    _signed("undertone", "cooler … warmer skin"),
    _signed("face_width", "narrow … wide head"),
    _signed("face_height", "short … long head"),
    _signed("jaw", "pointed … square jaw"),
    _unit("iris", "eyes dark brown, brown, green, blue"),
    _signed("eye_size", "small … large eyes"),
    _signed("eye_spacing", "eyes close … far apart"),
    _signed("nose", "narrow … broad nose"),
    _unit("lips", "thin … full lips"),
    _unit("brows", "thin … thick brows"),
    _some("freckles", 0.2, 0.4, "none … many"),
    # Hair.
    Factor(
        "hair_style", 0, 6, "choice", "how the hair is worn: " + ", ".join(HAIR_STYLES), True,
        choices=HAIR_STYLES, weights=(0.24, 0.16, 0.16, 0.13, 0.11, 0.11, 0.09),
    ),
    _unit(
        "hair_length",
        "close to the head … over the shoulders (coiled: a rounder crown; tied: a larger knot, or under a hat plaits)",
        True,
    ),
    _unit("hair_color", "black, brown, auburn, copper, blond (age turns each to white)", True),
    _unit("hair_volume", "flat … full"),
    _signed("parting", "parted on the left … right of the picture", spread=0.6),
    _some("fringe", 0.35, 0.3, "forehead free … covered"),
    _flag("bald", 0.1, "no hair on the head (never under a scarf)", True, ("hair_style",)),
    _some("beard", 0.35, 0.3, "none, stubble … full beard (never with a scarf)", True, ("hair_style",)),
    _some("mustache", 0.2, 0.5, "none … thick (never with a scarf)", depends=("hair_style",)),
    # What the face does.
    Factor("smile", -1, 1, "smile", "sad … neutral … laughing", True),
    Factor("mouth_open", 0, 1, "some", "closed … wide open", True, chance=0.45, floor=0.25, skew=2.0),
    Factor("eye_open", 0, 1, "middle", "nearly closed … wide open", True),
    _signed("brow_tilt", "brows worried … stern", spread=0.3),
    _signed("gaze", "looks to the left … right of the picture"),
    _signed("yaw", "head turned to the left … right of the picture", True),
    _signed("pitch", "looks up … down", spread=0.3),
    _signed("roll", "head tilted to the left … right of the picture", True),
    # What it wears.
    _some("lip_color", 0.3, 0.4, "natural … painted"),
    _unit("blush", "pale … rosy cheeks"),
    _flag("glasses", 0.28, "wears glasses", True),
    _unit("glasses_shape", "round … rectangular"),
    _unit("glasses_tone", "dark, tortoise, colored frames"),
    _flag("shades", 0.2, "the lenses are dark (with glasses only)", True, ("glasses",)),
    _flag("hat", 0.16, "wears a hat (never with a scarf)", True, ("hair_style",)),
    Factor(
        "hat_style", 0, 2, "choice", "kind of hat: " + ", ".join(HAT_STYLES),
        choices=HAT_STYLES, weights=(0.45, 0.25, 0.30),
    ),
    _flag("earrings", 0.25, "wears earrings (seen where the ears are)"),
    _unit("hat_hue", "hue of hat or scarf"),
    _unit("cloth_hue", "hue of the clothes"),
    _unit("cloth_value", "dark … bright clothes"),
    # Where it stands.
    _signed("shift_x", "further left … right in the picture"),
    _signed("shift_y", "higher … lower in the picture"),
    _signed("scale", "further away … nearer"),
    Factor("light", -1, 1, "normal", "light from the left … right of the picture", spread=0.6),
    _unit("light_strength", "soft … strong light"),
    _unit("background_hue", "hue of the background, always of low saturation"),
    _unit("background_value", "dark … bright background"),
    _unit("background_spot", "where a soft light falls on the background"),
)  # fmt: skip

NAMES: tuple[str, ...] = tuple(factor.name for factor in TABLE)
BY_NAME: dict[str, Factor] = {factor.name: factor for factor in TABLE}


class Factors(Mapping[str, Tensor]):
    """The factors of n faces: a read-only mapping from name to a float tensor (n,)."""

    def __init__(self, values: Mapping[str, Tensor]) -> None:
        missing = [name for name in NAMES if name not in values]
        unknown = [name for name in values if name not in BY_NAME]
        if missing or unknown:
            raise ValueError(f"Factors should be exactly those of TABLE; missing: {missing}, unknown: {unknown}.")
        self._values = {name: values[name] for name in NAMES}

    def __getitem__(self, name: str) -> Tensor:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    @property
    def n(self) -> int:
        """How many faces."""
        return len(self._values["age"])

    def rows(self, index: slice | Tensor) -> Factors:
        """The faces that index picks."""
        return Factors({name: value[index] for name, value in self._values.items()})

    def to(self, device: torch.device | str) -> Factors:
        """The same factors on another device."""
        return Factors({name: value.to(device) for name, value in self._values.items()})


def _hash(keys: Tensor) -> Tensor:
    """Scramble int64 keys (splitmix64): uniform numbers in [0, 1) of 24 bits, float32, the same shape."""

    def wrap(number: int) -> int:
        return (number + 2**63) % 2**64 - 2**63

    def shift(z: Tensor, bits: int) -> Tensor:
        return (z >> bits) & (2 ** (64 - bits) - 1)  # logical: int64's own shift repeats the sign

    z = keys * wrap(0x9E3779B97F4A7C15)
    z = (z ^ shift(z, 30)) * wrap(0xBF58476D1CE4E5B9)
    z = (z ^ shift(z, 27)) * wrap(0x94D049BB133111EB)
    return shift(z ^ shift(z, 31), 40).to(torch.float32) / 2**24


def _normal(u: Tensor) -> Tensor:
    """Uniform numbers to standard normal ones, none beyond ±3.9."""
    return torch.erfinv(u.mul(2).sub(1).clamp(-0.9999, 0.9999)) * math.sqrt(2)


def _draw(factor: Factor, u: Tensor) -> Tensor:
    """Turn uniform numbers u (n, DRAWS) into one factor's values (n,)."""
    low, high = factor.low, factor.high
    match factor.prior:
        case "normal":
            return (_normal(u[:, 0]) * factor.spread).clamp(low, high)
        case "beta":  # the second smallest of four uniform numbers follows Beta(2, 3)
            return low + (high - low) * u.sort(1).values[:, 1]
        case "middle":
            return low + (high - low) * u[:, :2].mean(1)
        case "flag":
            return (u[:, 0] < factor.chance).float()
        case "some":
            return (u[:, 0] < factor.chance).float() * (factor.floor + (high - factor.floor) * u[:, 1] ** factor.skew)
        case "choice":
            edges = torch.tensor(factor.weights).cumsum(0)[:-1]
            return torch.bucketize(u[:, 0].contiguous(), edges, right=True).float()
        case "smile":
            value, below = low + (high - low) * u[:, 1], 1.0
            for share, mean, spread in MOODS:
                below -= share
                here = (u[:, 0] >= below) & (u[:, 0] < below + share)
                value = torch.where(here, mean + spread * _normal(u[:, 1]), value)
            return value.clamp(low, high)
    return low + (high - low) * u[:, 0]


def _settle(values: dict[str, Tensor]) -> dict[str, Tensor]:
    """Remove what nobody wears together, or nobody could see: all dependence between factors comes from here."""
    free = (values["hair_style"] != HAIR_STYLES.index("covered")).float()
    for name in ("hat", "bald", "beard", "mustache"):
        values[name] = values[name] * free
    values["shades"] = values["shades"] * values["glasses"]
    return values


def sample_factors(n: int, seed: int = 0, start: int = 0) -> Factors:
    """Draw the factors of images start … start + n − 1 of a seed, on the CPU.

    >>> bool((sample_factors(5, seed=1)["age"][3:] == sample_factors(2, seed=1, start=3)["age"]).all())
    True
    """
    if n < 0 or start < 0:
        raise ValueError(f"n and start should be at least 0; they are {n} and {start}.")
    image = torch.arange(start, start + n, dtype=torch.int64)[:, None, None]
    factor = torch.arange(len(TABLE), dtype=torch.int64)[None, :, None]
    number = torch.arange(DRAWS, dtype=torch.int64)
    # Each seed has a stretch of 2³⁸ keys, room for 2²⁴ images; which of 2²⁴ stretches, a hash of the seed says.
    offset = int(_hash(torch.tensor([seed % 2**62 + 1])).mul(2**24).item()) * 2**38
    u = _hash((image * 4096 + factor) * DRAWS + number + offset + seed % 2**62)
    return Factors(_settle({f.name: _draw(f, u[:, k]) for k, f in enumerate(TABLE)}))


def vary(factors: Factors, name: str, values: Tensor | list[float]) -> Factors:
    """The same people with one factor changed.

    With one face, one picture per value; with n faces, n values, one each.
    """
    factor = BY_NAME[name]
    new = torch.as_tensor(values, dtype=torch.float32, device=factors["age"].device)
    if bool(((new < factor.low) | (new > factor.high)).any()):
        raise ValueError(f"{name} should lie in [{factor.low:g}, {factor.high:g}].")
    if factors.n not in (1, len(new)):
        raise ValueError(f"{len(new)} values for {factors.n} faces: give as many values as faces, or one face.")
    return Factors({key: new if key == name else value.expand(len(new)) for key, value in factors.items()})
