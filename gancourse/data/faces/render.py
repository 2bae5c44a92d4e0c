"""Pictures from factors: the whole face, back to front, in every rendering the course needs."""

from __future__ import annotations

import torch
from torch import Tensor

from . import features, hair, head, wear
from .canvas import Painting
from .factors import Factors, sample_factors
from .memory import keep_memory
from .scene import LINES_FROM, Scene

STYLES = ("photo", "sketch", "labels", "night", "comic")
CHUNK_PIXELS = 2**20  # drawn at once: bounds memory, and is enough to hide what thousands of small operations cost
WORN = ("covered", "bald", "tied", "braided", "hat", "freckles", "beard", "mustache", "earrings", "glasses")

# The colors in which a label map is shown, one row per name in PARTS.
PALETTE = torch.tensor(
    [
        [20, 20, 30], [52, 86, 196], [232, 182, 152], [116, 70, 32], [62, 38, 20], [250, 250, 250],
        [214, 140, 110], [214, 40, 64], [160, 110, 60], [250, 208, 40], [60, 180, 84], [150, 84, 190],
    ],
    dtype=torch.uint8,
)  # fmt: skip


def _compose(factors: Factors, size: int, lines: bool = False, parts: bool = False) -> Painting:
    """Paint every part of every face."""
    s = Scene(factors, size, inked=lines)
    canvas = Painting(s, head.background(s), lines, parts)
    has = {name: getattr(s, name).flatten() > 0 for name in WORN}
    has["hair"] = ~(has["covered"] | has["bald"])
    has["bun"] = has["hair"] & has["tied"] & ~has["hat"]
    has["braids"] = has["hair"] & (has["braided"] | has["tied"] & has["hat"])  # a knot has no place under a hat
    has["lines"] = s.age.flatten() > LINES_FROM
    has["whiskers"] = has["mustache"] | has["beard"]
    short = s.hair_length.flatten() < 0.25
    has["earrings"] &= ~has["covered"] & (~has["hair"] | has["braids"] | has["tied"] | short)

    crowned = s if bool(has["hair"].all()) else s.rows(has["hair"].nonzero().flatten())
    locks = hair.hair_shape(crowned) if crowned.n else None
    if locks:
        canvas.draw(lambda v: hair.back(v, locks), has["hair"], seen=crowned)
    canvas.draw(hair.bun, has["bun"], hair.bun_box)
    canvas.draw(head.body, below=0.28)
    canvas.draw(head.ear, ~has["covered"], head.ear_box, pairs=True)
    canvas.draw(wear.lining, has["covered"])
    canvas.draw(head.head)
    canvas.draw(head.cheek, None, head.cheek_box, pairs=True)
    canvas.draw(head.freckles, has["freckles"], head.freckles_box)
    canvas.draw(head.forehead, has["lines"], head.forehead_box)
    canvas.draw(head.shaved, has["bald"])
    canvas.draw(features.nose, None, features.nose_box)
    canvas.draw(head.folds, has["lines"], head.folds_box)
    canvas.draw(hair.beard, has["beard"], hair.beard_box)
    canvas.draw(features.mouth, None, features.mouth_box)
    canvas.draw(hair.mustache, has["whiskers"], features.mustache_box)
    canvas.draw(features.brow, None, features.brow_box, pairs=True)
    canvas.draw(features.eye, None, features.eyes_box, pairs=True)
    canvas.draw(features.bag, has["lines"], features.bag_box, pairs=True)
    canvas.draw(features.crinkles, has["lines"], features.crinkles_box, pairs=True)
    if locks:
        canvas.draw(lambda v: hair.front(v, locks), has["hair"], seen=crowned)
    canvas.draw(hair.braids, has["braids"])
    canvas.draw(wear.scarf, has["covered"])
    canvas.draw(head.earring, has["earrings"], head.earring_box, pairs=True)
    canvas.draw(wear.glasses, has["glasses"], wear.glasses_box)
    canvas.draw(wear.hat, has["hat"])
    return canvas


def _bytes(picture: Tensor) -> Tensor:
    """[0, 1] to uint8, rounded."""
    return picture.mul_(255).add_(0.5).clamp_(0, 255).to(torch.uint8)


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
    if factors.n >= step:
        keep_memory()
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
