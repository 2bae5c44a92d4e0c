"""A face, its projection, and three edits of that: the picture at the head of lesson 16."""

from __future__ import annotations

import torch
from torch import Tensor
from torchvision.utils import make_grid, save_image

from gancourse.authoring.films import asset
from gancourse.authoring.source import find
from gancourse.data import faces
from gancourse.data.images import to_unit
from gancourse.editing import READ, at_right_angles, attribute_direction, distance_by, searched
from gancourse.models import store
from gancourse.models.face_reader import load_face_reader

SEED, WHO, SAMPLES, BY = 1600, 2, 2000, 2


def main() -> None:
    """Given, nearest, older, smiling, with glasses."""
    G, E = store.load("dcgan_faces_64")["G"], store.load("encoder_64")["E"]
    reader = load_face_reader().requires_grad_(False)
    x = to_unit(faces.render(faces.sample_factors(WHO + 1, SEED).rows(slice(WHO, WHO + 1)), 64))
    distance = distance_by(reader.features)
    z, _ = searched(G, lambda made, _: distance(made, x), E(x).detach(), 120)
    known = torch.randn(SAMPLES, 64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        read = reader.read(torch.cat([G(some) for some in known.split(100)]))
        found = {name: attribute_direction(known, read[name] > read[name].mean()) for name in READ}

        def alone(name: str) -> Tensor:
            return at_right_angles(found[name], torch.stack([found[other] for other in READ if other != name]))

        moves = torch.stack([0 * z[0], 3 * alone("age"), 3 * found["smile"], 3 * alone("glasses")])
        pictures = torch.cat([x, G(z + moves)])
    large = pictures.repeat_interleave(BY, 2).repeat_interleave(BY, 3)
    save_image(
        (make_grid(large, 5, padding=6, pad_value=1.0).clamp(-1, 1) + 1) / 2, asset(find("16_editing"), "edited.png")
    )


if __name__ == "__main__":
    main()
