"""Sketches, what the lesson's own network makes of them, and the photos: the picture at the lesson's head."""

from __future__ import annotations

import torch
from torchvision.utils import make_grid, save_image

from gancourse.authoring.films import asset
from gancourse.authoring.source import find

COLUMNS, STEPS, LARGER = 10, 1500, 3


def main() -> None:
    """Train with both losses, longer than the lesson does, and draw held-out faces."""
    torch.set_num_threads(1)
    lesson = find("08_pix2pix")
    names = lesson.worked("pairs", "generator", "unet", "runs", "translate")
    judge = names["PatchDiscriminator"]
    G, _ = names["translate"](lambda: judge(width=16), 50.0, STEPS)
    x, y = names["test_x"][:COLUMNS], names["test_y"][:COLUMNS]
    rows = torch.cat([x.expand(-1, 3, -1, -1), names["made_by"](G, x), y])
    sheet = make_grid(rows, COLUMNS, padding=1, pad_value=1.0, normalize=True, value_range=(-1, 1))
    save_image(sheet.repeat_interleave(LARGER, 1).repeat_interleave(LARGER, 2), asset(lesson, "translated.png"))


if __name__ == "__main__":
    main()
