"""Photos as comics and comics as photos, of people that no pile holds: the picture at the lesson's head."""

from __future__ import annotations

import torch
from torchvision.utils import make_grid, save_image

from gancourse.authoring.films import asset
from gancourse.authoring.source import find

COLUMNS, LARGER = 10, 3
CELLS = ("domains", "networks", "judge", "remembering", "translate")


def main() -> None:
    """Train one of section 7's runs, λ = 1, and draw what it makes of ten test people."""
    torch.set_num_threads(1)
    names = find("09_cyclegan").worked(*CELLS)
    G_AB, G_BA, _ = names["translate"](1.0, 0.5, 300)
    photos, comics = names["test_a"][:COLUMNS], names["test_b"][COLUMNS : 2 * COLUMNS]
    with torch.no_grad():
        rows = torch.cat([photos, G_AB(photos), comics, G_BA(comics)])
    sheet = make_grid(rows, COLUMNS, padding=1, pad_value=1.0, normalize=True, value_range=(-1, 1))
    sheet = sheet.repeat_interleave(LARGER, 1).repeat_interleave(LARGER, 2)
    save_image(sheet, asset(find("09_cyclegan"), "translated.png"))


if __name__ == "__main__":
    main()
