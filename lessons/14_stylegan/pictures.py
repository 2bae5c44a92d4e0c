"""For lesson 14: a square of faces with mixed styles, and a film in which styles change, at some layers only."""

from __future__ import annotations

import math

import torch
from PIL import Image
from torchvision.utils import make_grid, save_image

from gancourse.authoring.films import asset, palette_of, save_film
from gancourse.authoring.source import find
from gancourse.models import store
from gancourse.models.stylegan import StyleGenerator

ROWS, COLUMNS, COARSE, BY = 4, 7, 3, 2
FACES, STATIONS, FRAMES, TRUNCATED = 4, 4, 6, 0.8  # of the film: columns, styles on the way, frames to each, ψ


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

    middle = G.mapping(torch.randn(1000, 64, generator=random)).mean(0)
    kept = torch.lerp(middle, G.mapping(torch.randn(FACES + STATIONS, 64, generator=random)), TRUNCATED)
    own, stations = kept[:FACES], kept[FACES:]
    frames = []
    for k in range(STATIONS * FRAMES + 1):
        before, part = divmod(k, FRAMES)
        t = (1 - math.cos(math.pi * part / FRAMES)) / 2
        w = torch.lerp(stations[before % STATIONS], stations[(before + 1) % STATIONS], t)
        coarse, fine = own[:, None].repeat(1, G.layers, 1), own[:, None].repeat(1, G.layers, 1)
        coarse[:, :COARSE], fine[:, COARSE:] = w, w
        both = torch.cat([drawn(coarse), drawn(fine)]).repeat_interleave(BY, 2).repeat_interleave(BY, 3)
        shown = (make_grid(both.clamp(-1, 1), FACES, padding=4, pad_value=1.0) + 1) / 2
        frames.append(Image.fromarray((shown.permute(1, 2, 0) * 255).round().byte().numpy()))
    save_film(frames, asset(find("14_stylegan"), "styles.gif"), palette_of(frames[::FRAMES], kmeans=2), pause=110)


if __name__ == "__main__":
    main()
