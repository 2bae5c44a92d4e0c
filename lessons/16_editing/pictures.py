"""For lesson 16: a face, its projection and three edits of that; and a film in which four faces grow old and smile."""

from __future__ import annotations

import math

import torch
from PIL import Image
from torch import Tensor
from torchvision.utils import make_grid

from gancourse.authoring.films import asset, palette_of, save_film
from gancourse.authoring.source import find
from gancourse.data import faces
from gancourse.data.images import to_unit
from gancourse.editing import READ, at_right_angles, attribute_direction, distance_by, searched
from gancourse.models import store
from gancourse.models.face_reader import load_face_reader

SEED, WHO, SAMPLES, BY = 1600, 2, 2000, 2
FOUR, FRAMES = (2, 3, 5, 6), 16  # of the film: whose faces, frames there and back


def main() -> None:
    """Given, nearest, older, smiling, with glasses."""
    G, E = store.load("dcgan_faces_64")["G"], store.load("encoder_64")["E"]
    reader = load_face_reader().requires_grad_(False)
    everyone = to_unit(faces.render(faces.sample_factors(max(FOUR) + 1, SEED), 64))
    distance = distance_by(reader.features)

    def nearest(x: Tensor) -> Tensor:
        return searched(G, lambda made, _: distance(made, x), E(x).detach(), 120)[0]

    known = torch.randn(SAMPLES, 64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        read = reader.read(torch.cat([G(some) for some in known.split(100)]))
        found = {name: attribute_direction(known, read[name] > read[name].mean()) for name in READ}

    def alone(name: str) -> Tensor:
        return at_right_angles(found[name], torch.stack([found[other] for other in READ if other != name]))

    x = everyone[WHO : WHO + 1]
    moves = torch.stack([0 * found["age"], 3 * alone("age"), 3 * found["smile"], 3 * alone("glasses")])
    z = nearest(x)
    with torch.no_grad():
        sheet = grid_of(torch.cat([x, G(z + moves)]), 5)
    sheet.save(asset(find("16_editing"), "edited.png"))

    x = everyone[list(FOUR)]
    z, frames = nearest(x), []
    for name in ("age", "smile"):
        for k in range(FRAMES):
            with torch.no_grad():
                made = G(z + 2 * math.sin(2 * math.pi * k / FRAMES) * alone(name))
            frames.append(grid_of(torch.cat([x, made]), len(FOUR)))
    palette = palette_of(frames[:: FRAMES // 4], kmeans=2)
    save_film([*frames, frames[0]], asset(find("16_editing"), "sliders.gif"), palette)


def grid_of(pictures: Tensor, columns: int) -> Image.Image:
    """Pictures (n, 3, h, w) in [-1, 1] side by side, twice their size."""
    large = pictures.clamp(-1, 1).repeat_interleave(BY, 2).repeat_interleave(BY, 3)
    grid = (make_grid(large, columns, padding=6, pad_value=1.0) + 1) / 2
    return Image.fromarray((grid.permute(1, 2, 0) * 255).round().byte().numpy())


if __name__ == "__main__":
    main()
