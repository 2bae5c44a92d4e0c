"""Faces that were asked for, for lesson 07: the same noise in each column, another wish in each row."""

from __future__ import annotations

import torch
from torchvision.utils import make_grid, save_image

from gancourse.authoring.films import asset
from gancourse.authoring.source import find
from gancourse.games.conditional import LABELS
from gancourse.models import store

HAIR = ("straight", "wavy", "curly", "coiled", "braided", "tied", "bald", "straight", "curly", "coiled")
COLUMNS = len(HAIR)


def main() -> None:
    """Nothing, glasses, a hat, both, by the generator that comes with the course."""
    G = store.load("conditional_faces_64")["G"]
    z = torch.randn(COLUMNS, 64, generator=torch.Generator().manual_seed(4))
    hair = torch.tensor([LABELS.index(name) for name in HAIR])
    rows = []
    for glasses, hat in ((0, 0), (1, 0), (0, 1), (1, 1)):
        y = torch.zeros(COLUMNS, len(LABELS))
        y[:, 0], y[:, 1] = glasses, hat
        y[torch.arange(COLUMNS), hair] = 1
        with torch.no_grad():
            rows.append(G(z, y))
    sheet = make_grid(torch.cat(rows), COLUMNS, padding=1, pad_value=1.0, normalize=True, value_range=(-1, 1))
    save_image(sheet, asset(find("07_conditional"), "asked.png"))


if __name__ == "__main__":
    main()
