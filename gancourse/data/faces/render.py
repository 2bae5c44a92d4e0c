"""Pictures from factors: the whole face, back to front, in every rendering the course needs."""

from __future__ import annotations

import torch
from torch import Tensor

from . import features, hair, head, wear
from .canvas import Canvas
from .factors import Factors, sample_factors
from .scene import Scene

STYLES = ("photo", "sketch", "labels", "night", "comic")
CHUNK_PIXELS = 2**18  # pixels drawn at once: bounds memory, and temporaries stay in the cache

# The colors in which a label map is shown, one row per name in PARTS.
PALETTE = torch.tensor(
    [
        [20, 20, 30], [52, 86, 196], [232, 182, 152], [116, 70, 32], [62, 38, 20], [250, 250, 250],
        [214, 140, 110], [214, 40, 64], [160, 110, 60], [250, 208, 40], [60, 180, 84], [150, 84, 190],
    ],
    dtype=torch.uint8,
)  # fmt: skip


def _compose(factors: Factors, size: int, lines: bool = False, parts: bool = False) -> Canvas:
    """Paint every part of every face."""
    s = Scene(factors, size)
    canvas = Canvas(s, lines, parts)
    covered, bald = s.covered.flatten() > 0, s.bald.flatten() > 0
    haired = ~(covered | bald)
    canvas.draw(head.background)
    crowned = s if bool(haired.all()) else s.rows(haired.nonzero().flatten())
    locks = hair.hair_shape(crowned) if crowned.n else None
    if locks:
        canvas.draw(lambda v: hair.back(v, locks), haired)
    knot = haired & (s.tied * (1 - s.hat)).flatten().bool()
    canvas.draw(hair.bun, knot, (-0.16 * s.side + 0.16 * s.parting, -0.72 + 0 * s.nod, 0.25, 0.23))
    canvas.draw(head.body, below=0.28)
    for side in (-1.0, 1.0):
        place = (head.ear_x(s, side) + 0.01 * side, 0.03 + 0.5 * s.nod, 0.10, 0.16)
        canvas.draw(lambda v, side=side: head.ear(v, side), ~covered, place)
    canvas.draw(head.head)
    aged = s.age.flatten() > 0.34
    for side in (-1.0, 1.0):
        place = (head.cheek_center(s, side)[0], 0.16 + 0.8 * s.nod, 0.23, 0.17)
        canvas.draw(lambda v, side=side: head.cheek(v, side), None, place)
    canvas.draw(head.freckles, s.freckles.flatten() > 0, (0.5 * s.side, 0.1 + 0.9 * s.nod, 0.37, 0.19))
    canvas.draw(head.forehead, aged, (0.46 * s.side, -0.30 + 0.7 * s.nod, 0.27, 0.13))
    canvas.draw(head.shaved, bald)
    canvas.draw(features.nose, None, features.nose_box(s))
    canvas.draw(head.folds, aged, (0.48 * s.side, (s.nose_y + s.mouth_y) / 2, 0.28, 0.13))
    canvas.draw(hair.beard, s.beard.flatten() > 0, (0 * s.side, 0.36 + 0.25 * s.nod, 0.56, 0.42))
    canvas.draw(features.mouth, None, features.mouth_box(s))
    canvas.draw(hair.mustache, torch.maximum(s.mustache, s.beard).flatten() > 0, features.mustache_box(s))
    for side in (-1.0, 1.0):
        canvas.draw(lambda v, side=side: features.brow(v, side), None, features.brow_box(s, side))
        canvas.draw(lambda v, side=side: features.eye(v, side), None, features.eyes_box(s, side))
        canvas.draw(lambda v, side=side: features.bag(v, side), aged, features.bag_box(s, side))
    if locks:
        canvas.draw(lambda v: hair.front(v, locks), haired)
    braided = haired & s.braided.flatten().bool()
    canvas.draw(hair.braids, braided)
    canvas.draw(wear.scarf, covered)
    ears_free = ~covered & (~haired | braided | s.tied.flatten().bool() | (s.hair_length.flatten() < 0.25))
    for side in (-1.0, 1.0):
        place = (head.ear_x(s, side) + 0.02 * side, 0.22 + 0.5 * s.nod, 0.07, 0.07)
        canvas.draw(lambda v, side=side: head.earring(v, side), ears_free & s.earrings.flatten().bool(), place)
    canvas.draw(wear.glasses, s.glasses.flatten() > 0, wear.glasses_box(s))
    canvas.draw(wear.hat, s.hat.flatten() > 0)
    return canvas


def _bytes(picture: Tensor) -> Tensor:
    """[0, 1] to uint8, rounded."""
    return picture.mul(255).add_(0.5).clamp_(0, 255).to(torch.uint8)


def _night(rgb: Tensor) -> Tensor:
    """The same scene by moonlight: blue, dark, with a warm lamp from below."""
    gray = (rgb * torch.tensor([0.3, 0.59, 0.11], device=rgb.device)[:, None, None]).sum(1, keepdim=True)
    cold = torch.lerp(gray, rgb, 0.45) * torch.tensor([0.34, 0.46, 0.80], device=rgb.device)[:, None, None]
    height = torch.linspace(0, 1, rgb.shape[-2], device=rgb.device)[:, None]
    warm = rgb * torch.tensor([0.85, 0.48, 0.20], device=rgb.device)[:, None, None]
    return cold * (1.35 - 0.3 * height) + warm * (0.15 + 0.5 * height.square()) + 0.02


def _comic(rgb: Tensor, lines: Tensor) -> Tensor:
    """Few flat colors under ink lines."""
    # Only the brightness is cut into steps: cutting each channel by itself would change the hues.
    value = rgb.amax(1, keepdim=True).clamp(min=0.02)
    steps = ((value * 5 + 0.35).round_() / 5).clamp(0.12, 1)
    gray = rgb.mean(1, keepdim=True)
    vivid = (gray + (rgb - gray) * 1.5).clamp_(0, 1)
    return (vivid * (steps / value)).clamp_(0, 1) * (0.06 + 0.94 * lines)


def _draw(factors: Factors, size: int, style: str) -> Tensor:
    match style:
        case "photo":
            return _bytes(_compose(factors, size).pictures["rgb"])
        case "night":
            return _bytes(_night(_compose(factors, size).pictures["rgb"]))
        case "sketch":
            return _bytes(_compose(factors, size, lines=True).pictures["lines"]).expand(-1, 3, -1, -1)
        case "comic":
            pictures = _compose(factors, size, lines=True).pictures
            return _bytes(_comic(pictures["rgb"], pictures["lines"]))
    parts = _compose(factors, size, parts=True).pictures["parts"]
    return parts.argmax(1).to(torch.uint8) if style == "labels" else parts


def _in_chunks(factors: Factors, size: int, style: str) -> Tensor:
    if size < 8:
        raise ValueError(f"A face needs at least 8 pixels; size is {size}.")
    step = max(1, CHUNK_PIXELS // size**2)
    with torch.no_grad():
        pieces = [_draw(factors.rows(slice(i, i + step)), size, style) for i in range(0, factors.n, step)]
    if pieces:
        return torch.cat(pieces)
    return _draw(sample_factors(1).to(factors["age"].device), size, style)[:0]


def render(factors: Factors, size: int = 64, style: str = "photo") -> Tensor:
    """Draw faces, on the device where the factors are.

    Returns:
        uint8 (n, 3, size, size); for style "labels" (n, size, size), each pixel's index into PARTS
        (PALETTE[labels] shows it). "sketch" is ink on paper, "night" and "comic" are second domains.
    """
    if style not in STYLES:
        raise ValueError(f"style should be one of {', '.join(STYLES)}; it is {style!r}.")
    return _in_chunks(factors, size, style)


def masks(factors: Factors, size: int = 64) -> Tensor:
    """How much of each pixel shows each part: float32 (n, len(PARTS), size, size), adding up to 1 over the parts."""
    return _in_chunks(factors, size, "masks")


def sample_images(
    n: int, size: int = 64, seed: int = 0, style: str = "photo", device: torch.device | str = "cpu", start: int = 0
) -> Tensor:
    """Images start … start + n − 1 of a seed: uint8 (n, 3, size, size), the same whatever the batch size."""
    return render(sample_factors(n, seed, start).to(device), size, style)
