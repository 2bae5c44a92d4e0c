"""How good a network has become, in a few numbers: what a recipe writes beside the weights that it keeps."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from gancourse.training.engine import Engine

SAMPLES = 1000


def modes(engine: Engine, target: object) -> dict[str, float]:
    """Of a mixture in the plane: modes covered and the share of samples near one (`gancourse.metrics.modes`)."""
    from gancourse.data.toys import Mixture
    from gancourse.metrics.modes import count_modes

    assert isinstance(target, Mixture)
    z = torch.randn(2500, engine.game.latent_dim, generator=torch.Generator().manual_seed(1))
    found = count_modes(engine.ask("G", z).cpu(), target.modes, target.stds)
    return {"modes": found.covered, "of": len(target.modes), "high_quality": round(float(found.high_quality), 4)}


def distance(draw: Callable[[int], Tensor], size: int) -> float:
    """Fréchet's distance of 1,000 samples to the 2,000 test faces by the face reader's features, not to be compared
    with any other network's. `draw(k)` gives the k-th 100 of them.
    """
    from gancourse import data
    from gancourse.metrics import frechet_from_features
    from gancourse.models.face_reader import load_face_reader

    reader = load_face_reader()
    test = data.load("faces", size=size, split="test", attributes=[]).pixels
    with torch.no_grad():
        fake = torch.cat([reader.features(draw(k).cpu()) for k in range(SAMPLES // 100)])
        real = torch.cat([reader.features(some) for some in test.split(250)])
    return round(frechet_from_features(fake, real), 2)


def faces(engine: Engine, size: int) -> dict[str, float]:
    """Of a generator of faces: its distance to the test faces."""
    z = torch.randn(SAMPLES, engine.game.latent_dim, generator=torch.Generator().manual_seed(1))
    return {"distance": distance(lambda k: engine.ask("G", z[100 * k : 100 * k + 100]), size)}


def labeled_faces(engine: Engine, size: int) -> dict[str, float]:
    """Of a conditional one: the distance, and how often the face reader reads the label that was asked for."""
    from gancourse import data
    from gancourse.games.conditional import LABELS, face_labels
    from gancourse.models.face_reader import load_face_reader

    attributes = ["glasses", "hat", "hair_style"]
    asked = data.load("faces", size=size, split="test", attributes=attributes, n=SAMPLES).attributes
    y = face_labels(asked)
    z = torch.randn(SAMPLES, engine.game.latent_dim, generator=torch.Generator().manual_seed(1))
    drawn = torch.cat([engine.ask("G", *both).cpu() for both in zip(z.split(100), y.split(100), strict=True)])
    read = load_face_reader().read(drawn)
    found = {"distance": distance(lambda k: drawn[100 * k : 100 * k + 100], size)}
    for name in LABELS[:2]:
        found[name] = round(float(((read[name] > 0.5) == (asked[name] > 0.5)).float().mean()), 4)
    return found | {"hair_style": round(float((read["hair_style"] == asked["hair_style"]).float().mean()), 4)}


def reading(engine: Engine, n: int = 2000) -> dict[str, float]:
    """Of the face reader, on test faces: R² of quantities, accuracy of flags and styles, where they can be seen."""
    from gancourse.data.faces import render, sample_factors
    from gancourse.data.faces.loading import span
    from gancourse.data.faces.visible import visible
    from gancourse.models.face_reader import FLAGS, QUANTITIES, FaceReader

    reader, factors, found = engine.averaged("reader"), sample_factors(n, 0, span("test")[0]), {}
    assert isinstance(reader, FaceReader)
    for size in (32, 64):
        read = reader.read(render(factors, size))
        for name in (*QUANTITIES, *FLAGS, "hair_style"):
            seen = visible(factors, name)
            mine, true = read[name][seen], factors[name][seen]
            if name in QUANTITIES:
                score = 1 - (mine - true).square().mean() / true.var()
            else:
                score = ((mine > 0.5) == (true > 0.5) if name in FLAGS else mine == true).float().mean()
            found[f"{name}_{size}"] = round(float(score), 4)
    reader.train()
    return found
