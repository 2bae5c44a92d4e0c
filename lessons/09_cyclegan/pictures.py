"""Photos, what the lesson's own network makes of them, and true comics: the picture at the lesson's head."""

from __future__ import annotations

import torch
from torchvision.utils import make_grid, save_image

from gancourse.authoring.films import asset
from gancourse.authoring.source import find

COLUMNS, LARGER = 10, 3


def main() -> None:
    """Train with the cycle as the lesson does, and draw people that no network has seen."""
    torch.set_num_threads(1)
    lesson = find("09_cyclegan")
    names = lesson.worked("domains", "networks", "judge", "remembering", "translate")
    G_AB, _, _ = names["translate"](1.0, 0.5, 600)
    photos, comics = names["test_a"][:COLUMNS], names["test_b"][:COLUMNS]
    rows = torch.cat([photos, names["made_by"](G_AB, photos), comics])
    sheet = make_grid(rows, COLUMNS, padding=1, pad_value=1.0, normalize=True, value_range=(-1, 1))
    save_image(sheet.repeat_interleave(LARGER, 1).repeat_interleave(LARGER, 2), asset(lesson, "translated.png"))


if __name__ == "__main__":
    main()
