"""Ten pictures of each pile: the picture at the lesson's head."""

from __future__ import annotations

import torch
from torchvision.utils import make_grid, save_image

from gancourse.authoring.films import asset
from gancourse.authoring.source import find
from gancourse.data.faces import render, sample_factors

COLUMNS, LARGER = 10, 3


def main() -> None:
    """Draw photos of some people and comics of others, 32 × 32 pixels, enlarged."""
    photos, comics = render(sample_factors(COLUMNS), 32), render(sample_factors(COLUMNS, 0, 10_000), 32, "comic")
    sheet = make_grid(torch.cat([photos, comics]).float() / 255, COLUMNS, padding=1, pad_value=1.0)
    save_image(sheet.repeat_interleave(LARGER, 1).repeat_interleave(LARGER, 2), asset(find("09_cyclegan"), "piles.png"))


if __name__ == "__main__":
    main()
