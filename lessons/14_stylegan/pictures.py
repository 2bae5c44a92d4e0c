"""A square of faces with mixed styles, for lesson 14: coarse layers from the left, the others from above."""

from __future__ import annotations

import torch
from torchvision.utils import make_grid, save_image

from gancourse.authoring.films import asset
from gancourse.authoring.source import find
from gancourse.models import store
from gancourse.models.stylegan import StyleGenerator

ROWS, COLUMNS, COARSE, BY = 4, 7, 3, 2


@torch.no_grad()
def main() -> None:
    """Rows share the first three layers' style, columns that of the last six."""
    G = store.load("stylegan_faces_64")["G"]
    assert isinstance(G, StyleGenerator)
    random = torch.Generator().manual_seed(3)
    left, above = (G.mapping(torch.randn(n, 64, generator=random)) for n in (ROWS, COLUMNS))
    noise = G.noise_maps(1, random)

    def drawn(styles: torch.Tensor) -> torch.Tensor:
        return G.synthesis(styles, [one.expand(len(styles), -1, -1, -1) for one in noise])

    white = torch.ones(1, 3, G.size, G.size)
    tiles = [white, drawn(above)]
    for w in left:
        styles = above[:, None].repeat(1, G.layers, 1)
        styles[:, :COARSE] = w
        tiles += [drawn(w[None]), drawn(styles)]
    large = torch.cat(tiles).repeat_interleave(BY, 2).repeat_interleave(BY, 3)
    sheet = make_grid(large, COLUMNS + 1, padding=4, pad_value=1.0)
    save_image((sheet.clamp(-1, 1) + 1) / 2, asset(find("14_stylegan"), "mixed.png"))


if __name__ == "__main__":
    main()
