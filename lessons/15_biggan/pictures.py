"""Four people, each in seven classes: the picture at the head of lesson 15."""

from __future__ import annotations

import torch
from torchvision.utils import make_grid, save_image

from gancourse.authoring.films import asset
from gancourse.authoring.source import find
from gancourse.models import store
from gancourse.models.biggan import BigGenerator, truncated_normal

PEOPLE, BY = 4, 3


@torch.no_grad()
def main() -> None:
    """A row for each z, a column for each style of hair; every second row with glasses."""
    G = store.load("biggan_faces_32")["G"]
    assert isinstance(G, BigGenerator)
    z = truncated_normal(PEOPLE, G.latent_dim, 1.0, torch.Generator().manual_seed(5))
    styles = G.classes // 2
    y = torch.arange(styles)[None] * 2 + torch.arange(PEOPLE)[:, None] % 2
    pictures = G(z.repeat_interleave(styles, 0), y.flatten())
    large = pictures.repeat_interleave(BY, 2).repeat_interleave(BY, 3)
    sheet = make_grid(large, styles, padding=4, pad_value=1.0)
    save_image((sheet.clamp(-1, 1) + 1) / 2, asset(find("15_biggan"), "classes.png"))


if __name__ == "__main__":
    main()
