"""How good a network has become, in a few numbers: what a recipe writes beside the weights that it keeps."""

from __future__ import annotations

import copy
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

import gancourse
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


class Ruler:
    """Distances of pictures to the 2,000 test faces: Fréchet's, by the face reader's features.

    They are not to be compared with any other network's, nor with those of another face reader.
    """

    def __init__(self, size: int) -> None:
        from gancourse.models.face_reader import load_face_reader

        self.size, self.reader = size, load_face_reader(gancourse.device())
        self.real = self.features(self.faces("test"))

    def faces(self, split: str) -> Tensor:
        """The drawn faces of a split, uint8."""
        from gancourse import data

        return data.load("faces", size=self.size, split=split, attributes=[]).pixels

    @torch.no_grad()
    def features(self, pictures: Tensor) -> Tensor:
        """What the reader sees in pictures, a few hundred at a time, on the CPU."""
        where = self.reader.head.weight.device
        return torch.cat([self.reader.features(some.to(where)).cpu() for some in pictures.split(250)])

    def distance(self, pictures: Tensor) -> float:
        from gancourse.metrics import frechet_from_features

        return round(float(frechet_from_features(self.features(pictures), self.real)), 2)

    def yardsticks(self) -> dict[str, float]:
        """The distances of other real faces, and of blurred ones: what the numbers mean."""
        from gancourse.data.images import to_unit

        other = self.faces("valid")
        small = F.interpolate(to_unit(other), size=(8, 8), mode="area")
        blurred = F.interpolate(small, size=(self.size, self.size), mode="bilinear", align_corners=False)
        return {"distance of other faces": self.distance(other), "distance of blurred faces": self.distance(blurred)}


def samples(engine: Engine, *conditions: Tensor) -> Tensor:
    """1,000 pictures of G's average for fixed noise, and conditions (1000, …) if it takes some, on the CPU."""
    z = torch.randn(SAMPLES, engine.game.latent_dim, generator=torch.Generator().manual_seed(1))
    parts = zip(*(x.split(100) for x in (z, *conditions)), strict=True)
    return torch.cat([engine.ask("G", *some).cpu() for some in parts])


def unlabeled_faces(engine: Engine, size: int, files: list[str]) -> dict[str, Any]:
    """Of a generator of faces, its distance to the test faces; of its discriminator, what a probe finds in it.

    Args:
        files: the generator's and the discriminator's, as keys of what is found; none for the distances alone.
    """
    ruler = Ruler(size)
    found = {"distance": ruler.distance(samples(engine)), **ruler.yardsticks()}
    return {files[0]: found, files[1]: probed(engine, size)} if len(files) == 2 else found


@torch.no_grad()
def probed(engine: Engine, size: int, labels: int = 1000) -> dict[str, float]:
    """The share of new faces whose class a linear probe of D's hidden layers names rightly (lesson 04, section 9)."""
    from gancourse import data
    from gancourse.metrics.probe import probe_score
    from gancourse.models.dcgan import Discriminator, pooled_layers

    D = copy.deepcopy(engine.game.nets["D"]).eval()
    assert isinstance(D, Discriminator)
    names = ["hair_style", "glasses", "smile"]
    known, new = (data.load("faces", size=size, split=split, attributes=names, n=labels) for split in ("train", "test"))
    seen, asked = (pooled_layers(D, part.pixels) for part in (known, new))
    found = {}
    for name in names:
        one, other = (part.attributes[name] for part in (known, new))
        # About half of the faces smile more than 0.3.
        classes = [x.long() if name == "hair_style" else (x > 0.3).long() for x in (one, other)]
        found[f"probe of {name.replace('_', ' ')}"] = round(probe_score(seen, classes[0], asked, classes[1], 300.0), 3)
    return found


def labeled_faces(engine: Engine, size: int) -> dict[str, float]:
    """Of a conditional one: the distance, and how often the face reader reads the label that was asked for."""
    from gancourse import data
    from gancourse.data.images import to_unit
    from gancourse.games.conditional import face_labels
    from gancourse.models.face_reader import load_face_reader

    attributes = ["glasses", "hat", "hair_style", "bald"]
    faces = data.load("faces", size=size, split="test", attributes=attributes, n=SAMPLES)
    asked = face_labels(faces.attributes)
    drawn = samples(engine, asked)
    ruler, reader = Ruler(size), load_face_reader()
    found = {"distance": ruler.distance(drawn), "distance of other faces": ruler.distance(ruler.faces("valid"))}
    obeyed, of_data = (obedience(face_labels(reader.read(pictures)), asked) for pictures in (drawn, faces.pixels))
    found |= {f"{wish} as asked": round(share, 4) for wish, share in obeyed.items()}
    found["hair as labeled, in faces of the data"] = round(of_data["hair"], 4)
    found["hair as R reads it in other faces"] = hair_read(engine, to_unit(faces.pixels), asked)
    return found | {"hair as asked, if R is asked": hair_read(engine, drawn, asked)}


def obedience(read: Tensor, y: Tensor) -> dict[str, float]:
    """In how many faces the labels that are read, (n, 10), are those of y: glasses, hat, and without a hat the hair."""
    right, bare = read == y, y[:, 1] == 0
    parts = {"glasses": right[:, 0], "hat": right[:, 1], "hair": right[bare, 2:].all(1)}
    return {wish: float(part.float().mean()) for wish, part in parts.items()}


@torch.no_grad()
def hair_read(engine: Engine, pictures: Tensor, y: Tensor) -> float:
    """In how many faces in [−1, 1] that are to have no hat R, the third player, reads the hair of labels y.

    Its normalizations are those of the batch, as in the game.
    """
    R = copy.deepcopy(engine.game.nets["R"]).cpu().float().train()
    read = torch.cat([R(some)[:, 2:].argmax(1) for some in pictures.split(100)])
    return round(float((read == y[:, 2:].argmax(1))[y[:, 1] == 0].float().mean()), 3)


def aged_faces(engine: Engine, size: int) -> dict[str, float]:
    """Of one that is told the age: the distance, and the correlation of the age asked for with what is read."""
    from gancourse import data
    from gancourse.models.face_reader import load_face_reader

    asked = data.load("faces", size=size, split="test", attributes=["age"], n=SAMPLES).attributes["age"]
    drawn, ruler = samples(engine, asked[:, None]), Ruler(size)
    agreed = torch.corrcoef(torch.stack([load_face_reader().read(drawn)["age"], asked]))[0, 1]
    return {"distance": ruler.distance(drawn), **ruler.yardsticks(), "age as asked": round(float(agreed), 3)}


@torch.no_grad()
def encoded_faces(engine: Engine, size: int, generator: str) -> dict[str, float]:
    """Of an encoder: the loss of projections of test faces, beside that of random z, and the error of known z."""
    from gancourse import data
    from gancourse.data.images import to_unit
    from gancourse.editing import distance_by
    from gancourse.models import store
    from gancourse.models.face_reader import load_face_reader

    E, G = copy.deepcopy(engine.game.nets["E"]).cpu().eval(), store.load(generator)["G"]
    x = to_unit(data.load("faces", size=size, split="test", attributes=[], n=200).pixels)
    z = torch.randn(200, G.latent_dim, generator=torch.Generator().manual_seed(1))
    near = distance_by(load_face_reader().features)
    found = {"loss of projections": near(G(E(x)), x).mean(), "of random faces": near(G(z), x).mean()}
    found["error in z"] = (E(G(z)) - z).square().mean()
    return {name: round(float(value), 4) for name, value in found.items()}


def classed_faces(engine: Engine, size: int) -> dict[str, float]:
    """Of one that is told a class, for the classes of 1,000 test faces: the distance, and whether they are read."""
    from gancourse import data
    from gancourse.games.biggan import face_classes
    from gancourse.models.face_reader import load_face_reader

    held = data.load("faces", size=size, split="test", attributes=["glasses", "hair_style"], n=SAMPLES)
    asked, reader, ruler = held.attributes, load_face_reader(), Ruler(size)
    drawn = samples(engine, face_classes(asked))
    found = {"distance": ruler.distance(drawn), **ruler.yardsticks()}
    for where, pictures in (("as asked", drawn), ("as labeled, in faces of the data", held.pixels)):
        read = reader.read(pictures)
        right = {
            "class": face_classes(read) == face_classes(asked),
            "glasses": (read["glasses"] > 0.5) == (asked["glasses"] > 0.5),
            "hair style": read["hair_style"] == asked["hair_style"],
        }
        found |= {f"{name} {where}": round(float(those.float().mean()), 4) for name, those in right.items()}
    return found


def unfamiliar_pairs(size: int, given: str, n: int) -> tuple[Tensor, Tensor]:
    """Inputs and photos of n faces of combinations that a translation is not trained on, as G takes them."""
    from gancourse.data.faces.pairs import face_pairs, familiar_and_unfamiliar
    from gancourse.data.images import to_unit
    from gancourse.games.pix2pix import prepared_input

    unfamiliar = familiar_and_unfamiliar(8 * n + 50)[1].rows(slice(0, n))
    pairs = face_pairs(unfamiliar, size, given)
    return prepared_input(pairs.attributes["input"]), to_unit(pairs.pixels)


@torch.no_grad()
def translated(engine: Engine, size: int, given: str) -> dict[str, float]:
    """Of a translation, on 300 faces of held-out combinations: L1, and whether outlines lie where they should."""
    from gancourse.metrics.translation import listening, sharpness

    x, y = unfamiliar_pairs(size, given, 300)
    made = torch.cat([engine.ask("G", some).cpu() for some in x.split(50)])
    own, others = listening(made, y)
    found = {"L1": float((made - y).abs().mean()), "sharpness beside photos'": sharpness(made) / sharpness(y)}
    found |= {"outlines agree with their own photo": own, "with another's": others}
    return {name: round(value, 3) for name, value in found.items()}


def reading(engine: Engine, n: int = 2000) -> dict[str, float]:
    """Of the face reader, on test faces: R² of quantities, accuracy of flags and styles, where they can be seen."""
    from gancourse.data.faces import render, sample_factors
    from gancourse.data.faces.loading import span
    from gancourse.data.faces.visible import visible
    from gancourse.models.face_reader import FLAGS, QUANTITIES, FaceReader

    reader, factors, found = engine.averaged("reader"), sample_factors(n, 0, span("test")[0]), {}
    assert isinstance(reader, FaceReader)
    for size in (64, 32):
        read = reader.read(render(factors, size))
        for name in (*QUANTITIES, *FLAGS, "hair_style"):
            seen = visible(factors, name)
            mine, true = read[name][seen], factors[name][seen]
            if name in QUANTITIES:
                score = 1 - (mine - true).square().mean() / true.var()
            else:
                score = ((mine > 0.5) == (true > 0.5) if name in FLAGS else mine == true).float().mean()
            what = f"{'R²' if name in QUANTITIES else 'accuracy'} of {name.replace('_', ' ')}"
            found[what if size == 64 else f"{what} at {size} px"] = round(float(score), 3)
    reader.train()
    return found
