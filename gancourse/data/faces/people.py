"""The same person otherwise: older, or with one factor taken through its whole range.

A strip is a row of pictures of one face in which a single factor changes. It is the quickest way to
learn what a factor does, and the ruler that latent directions are held against: a direction that is
said to be "smile" should look like the strip of `smile`.

A strip shows its factor, so what hides the factor is taken away first (`revealed`): hats come off
for hair, glasses come on for lenses. Everything else stays as it was.
"""

from __future__ import annotations

import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from gancourse.data.sheet import GAP

from .factors import BY_NAME, HAIR_STYLES, TABLE, Factor, Factors, sample_factors, vary
from .render import STYLES, render

ON, OFF = (1.0, 1.0), (0.0, 0.0)
BARE = {"hat": OFF, "bald": OFF}
EYES = {"shades": OFF, "eye_open": (0.6, 1.0)}

# What has to be true for a factor to be seen: each of these is clipped to its range.
REVEAL: dict[str, dict[str, tuple[float, float]]] = {
    "jaw": {"beard": OFF},
    "iris": EYES,
    "eye_size": EYES,
    "eye_spacing": {"shades": OFF},
    "brows": {"hat": OFF, "fringe": OFF, "glasses": OFF, "shades": OFF},
    "brow_tilt": {"hat": OFF, "fringe": OFF, "glasses": OFF, "shades": OFF},
    "hair_style": BARE,
    "hair_length": BARE,
    "hair_color": BARE | {"age": (0.0, 0.4)},
    "hair_volume": BARE,
    "parting": BARE | {"fringe": OFF},
    "fringe": BARE,
    "bald": {"hat": OFF},
    "mustache": {"beard": OFF},
    "eye_open": {"shades": OFF},
    "gaze": EYES,
    "glasses_shape": {"glasses": ON},
    "glasses_tone": {"glasses": ON},
    "shades": {"glasses": ON},
    "hat_style": {"hat": ON},
    "earrings": {"hair_length": (0.0, 0.2), "yaw": (-0.2, 0.2)},
    "hat_hue": {"hat": ON},
}
# The hair that a factor needs; who wears it otherwise gets it straight. Nobody else's hair is touched.
UNCOVERED = HAIR_STYLES[:-1]
LOOSE = ("straight", "wavy", "curly", "coiled")
NEEDS_UNCOVERED = ("jaw", "hair_length", "hair_color", "bald", "beard", "mustache", "hat", "hat_style", "hat_hue",
                   "earrings", "cloth_hue", "cloth_value")  # fmt: skip
NEEDS_LOOSE = ("hair_volume", "parting", "fringe")

LABEL = 2.1  # a label's width, in pictures


def older(factors: Factors, by: float = 0.4) -> Factors:
    """The same people, `by` more of the way from young to old; nobody goes beyond the range, and by < 0 is younger."""
    age = BY_NAME["age"]
    return vary(factors, "age", (factors["age"] + by).clamp(age.low, age.high))


def sweep(name: str, steps: int = 7) -> Tensor:
    """The values that a strip of this factor shows, float (k,), from low to high.

    k is `steps`, except that a choice has each of its choices and a flag has 0 and 1. What most faces
    do not have (a beard, freckles) goes from none straight to the least that occurs.
    """
    if steps < 2:
        raise ValueError(f"A strip needs at least 2 steps; it has {steps}.")
    factor = _factor(name)
    match factor.prior:
        case "choice":
            return torch.arange(len(factor.choices), dtype=torch.float32)
        case "flag":
            return torch.tensor([0.0, 1.0])
        case "some":
            return torch.cat([torch.zeros(1), torch.linspace(factor.floor, factor.high, steps - 1)])
    return torch.linspace(factor.low, factor.high, steps)


def revealed(factors: Factors, name: str) -> Factors:
    """The same faces without what would hide this factor: see REVEAL. Most factors need nothing."""
    _factor(name)
    values = dict(factors.items())
    for other, (low, high) in REVEAL.get(name, {}).items():
        values[other] = values[other].clamp(low, high)
    allowed = UNCOVERED if name in NEEDS_UNCOVERED else LOOSE if name in NEEDS_LOOSE else HAIR_STYLES
    fits = torch.isin(values["hair_style"], torch.tensor([float(HAIR_STYLES.index(style)) for style in allowed]))
    values["hair_style"] = torch.where(fits, values["hair_style"], HAIR_STYLES.index("straight"))
    return Factors(values)


def strip(one: Factors, name: str, steps: int = 7, size: int = 64, style: str = "photo") -> Tensor:
    """One face with one factor taken through its range: uint8 (k, 3, size, size), k as `sweep` has it."""
    if one.n != 1:
        raise ValueError(f"A strip shows one face; these are {one.n}. Pick one: factors.rows(slice(0, 1)).")
    return render(vary(revealed(one, name), name, sweep(name, steps).to(one["age"].device)), size, style)


def strips(size: int = 64, one: Factors | None = None, steps: int = 7, style: str = "photo") -> Tensor:
    """A sheet with one labeled strip for each factor of TABLE: uint8 (3, H, W).

    Args:
        size: of each picture.
        one: the face; None is one that looks straight ahead.
        steps: how many pictures in a row (a choice has one for each, a flag two).
        style: any of render's but "labels", which are not colors.
    """
    if style == "labels":
        raise ValueError(f"strips takes {', '.join(name for name in STYLES if name != 'labels')}, not 'labels'.")
    one = plain_person() if one is None else one
    cell, left = size + GAP, round(LABEL * size)
    columns = max(len(sweep(factor.name, steps)) for factor in TABLE)
    sheet = torch.full((3, len(TABLE) * cell, left + columns * cell), 255, dtype=torch.uint8)
    for row, factor in enumerate(TABLE):
        sheet[:, row * cell : row * cell + size, :left] = _label(factor.name, size, left)
        for column, picture in enumerate(strip(one, factor.name, steps, size, style).cpu()):
            x = left + column * cell
            sheet[:, row * cell : row * cell + size, x : x + size] = picture
    return sheet


def plain_person(seed: int = 3) -> Factors:
    """One person of a seed, set so that much can be seen: straight ahead, forehead and ears free, nothing worn."""
    values = dict(sample_factors(1, seed).items())
    nothing = ("yaw", "pitch", "roll", "gaze", "shift_x", "shift_y", "scale", "bald", "hat", "glasses", "shades",
               "fringe", "beard", "mustache", "mouth_open", "freckles", "lip_color", "earrings", "hair_style",
               "light")  # fmt: skip
    some = {"age": 0.25, "skin": 0.6, "smile": 0.1, "eye_open": 0.7, "hair_color": 0.45, "hair_length": 0.15}
    return Factors(values | {name: torch.tensor([some.get(name, 0.0)]) for name in (*nothing, *some)})


def _factor(name: str) -> Factor:
    if name not in BY_NAME:
        raise ValueError(f"There is no factor {name!r}; TABLE has {', '.join(BY_NAME)}.")
    return BY_NAME[name]


def _label(text: str, height: int, width: int) -> Tensor:
    """Black text on white, uint8 (3, height, width)."""
    from matplotlib.font_manager import findfont  # brings its own font, so the sheet looks alike on every machine

    picture = Image.new("RGB", (width, height), "white")
    font = ImageFont.truetype(findfont("DejaVu Sans"), max(6, round(height * 0.2)))
    ImageDraw.Draw(picture).text((width - 4, height // 2), text, "black", font, anchor="rm")
    return torch.frombuffer(bytearray(picture.tobytes()), dtype=torch.uint8).view(height, width, 3).permute(2, 0, 1)
