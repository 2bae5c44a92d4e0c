"""A contact sheet: the first pictures of a data set on one PNG."""

from __future__ import annotations

import math
from pathlib import Path

import torch
from PIL import Image

from gancourse.data.images import Images

GAP = 2  # pixels between the pictures of a sheet


def contact_sheet(images: Images, columns: int | None = None) -> Image.Image:
    """All pictures side by side, row by row."""
    n, channels, height, width = images.pixels.shape
    columns = min(n, columns or math.ceil(math.sqrt(n * 1.6)))  # a screen is wider than high
    rows = math.ceil(n / columns)
    sheet = torch.full((channels, rows * (height + GAP) + GAP, columns * (width + GAP) + GAP), 255, dtype=torch.uint8)
    for i, picture in enumerate(images.pixels.cpu()):
        top, left = GAP + i // columns * (height + GAP), GAP + i % columns * (width + GAP)
        sheet[:, top : top + height, left : left + width] = picture
    return Image.fromarray(sheet.permute(1, 2, 0).squeeze(2).numpy())


def write_sheet(images: Images, path: Path) -> None:
    """Write the contact sheet as a PNG, large enough to be looked at: small pictures are doubled or more."""
    sheet = contact_sheet(images)
    factor = max(1, round(64 / images.pixels.shape[-1]))
    sheet.resize((sheet.width * factor, sheet.height * factor), Image.Resampling.NEAREST).save(path, format="PNG")
