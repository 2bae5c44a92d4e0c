"""Lesson 16's claims, measured on drawn faces that no network has seen.

    python lessons/16_editing/bench.py [--only projection directions renderer aging …] [--seeds 0 1 2]

Functions are the package's; networks are those that come with the course. Exits with 1 if a target is missed:

- projection: the loss of 40 faces by steps, from a random start, by the encoder alone, and hybrid. For every seed
  the hybrid after 20 and 40 steps is below the encoder, that is below random faces, and the hybrid is not above the
  search from a random start at equal steps;
- directions: from 2,000 samples and the reader's labels, what two units along a direction change, as found and with all
  others held: the factor itself, and the mean of all others' sizes, in spreads. For every seed others change less
  with all held, in proportion to the factor itself: for smile, glasses and age. (Hair color gains nothing: reported.)
- renderer: what the reader sees move where the drawing program changes one factor alone, a smile or the hair's color,
  of people whose hair can be seen: the yardstick for what comes along in G; reported;
- aging: 40 people older by 0.3: by the renderer, by direction, by condition. Age, and the other factors; reported;
- brush: how far off colors are under a black brush on the hair, and how far factors other than its color move, in
  spreads, with and without smoothness, of all people and of those whose hair can be seen; for every seed they move
  less with it;
- transfer: the smile, and all other factors against the given face, of the edited projection and of the original with
  the edit taken back; reported;
- comics: the loss of projected comics and photos of the same people; for every seed comics are further away.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable

import torch
from torch import Tensor, nn

from gancourse.authoring.measuring import ranged, run_parts
from gancourse.data import faces
from gancourse.data.images import to_unit
from gancourse.editing import (
    READ,
    at_right_angles,
    attribute_direction,
    distance_by,
    flow_between,
    in_spreads,
    searched,
    searching,
    warped,
)
from gancourse.models import store
from gancourse.models.face_reader import FaceReader, load_face_reader

COUNT, SAMPLES, BY = 40, 2000, 0.3
STEPS = (0, 5, 10, 20, 40)
EDITED = ("smile", "glasses", "age", "hair_color")


@functools.cache
def reader() -> FaceReader:
    return load_face_reader().requires_grad_(False)


@functools.cache
def net(file: str, name: str = "G") -> nn.Module:
    return store.load(file)[name]


def near(x: Tensor) -> Callable[[Tensor, Tensor], Tensor]:
    distance = distance_by(reader().features)
    return lambda made, z: distance(made, x)


@torch.no_grad()
def drawn(z: Tensor) -> Tensor:
    return torch.cat([net("dcgan_faces_64")(some) for some in z.split(100)])


def people(seed: int, n: int = COUNT) -> faces.Factors:
    return faces.sample_factors(n, seed=16_000 + seed)


def photos(some: faces.Factors, size: int = 64, style: str = "photo") -> Tensor:
    return to_unit(faces.render(some, size, style))


@torch.no_grad()
def hybrid_from(x: Tensor, seed: int) -> Tensor:
    """The best of the encoder's z and four random ones."""
    torch.manual_seed(seed)
    tried = torch.cat([net("encoder_64", "E")(x)[None], torch.randn(4, len(x), 64)])
    far = torch.stack([near(x)(drawn(z), z) for z in tried])
    return tried[far.argmin(0), torch.arange(len(x))]


@functools.cache
def projected(seed: int) -> Tensor:
    """z of this seed's people."""
    x = photos(people(seed))
    return searched(net("dcgan_faces_64"), near(x), hybrid_from(x, seed), STEPS[-1])[0]


def projection(seeds: list[int]) -> bool:
    """Three ways back to z."""
    found: dict[tuple[str, int], list[float]] = {}
    passed = True
    for seed in seeds:
        x = photos(people(seed))
        torch.manual_seed(100 + seed)
        starts = {"random": torch.randn(len(x), 64), "hybrid": hybrid_from(x, seed)}
        encoder = float(near(x)(drawn(z := net("encoder_64", "E")(x).detach()), z).mean())
        found.setdefault(("encoder", 0), []).append(encoder)
        for name, z in starts.items():
            for step, (_, least) in enumerate(searching(net("dcgan_faces_64"), near(x), z, STEPS[-1])):
                if step in STEPS:
                    found.setdefault((name, step), []).append(float(least.mean()))
        last = {key: values[-1] for key, values in found.items()}
        passed &= last["hybrid", 20] < encoder < last["random", 0]
        passed &= all(last["hybrid", k] <= last["random", k] for k in STEPS)
    print(f"encoder alone: {ranged(found['encoder', 0], 3)}")
    for name in ("random", "hybrid"):
        print(f"{name}: " + ", ".join(f"{k} steps {ranged(found[name, k], 3)}" for k in STEPS), flush=True)
    return passed


@functools.cache
def read_samples(seed: int) -> tuple[dict[str, Tensor], dict[str, float]]:
    """A direction for each factor, and each factor's spread."""
    z = torch.randn(SAMPLES, 64, generator=torch.Generator().manual_seed(200 + seed))
    read = reader().read(drawn(z))
    found = {}
    for name in READ:
        labels = read[name] > read[name].median()
        found[name] = attribute_direction(z, labels if labels.float().mean() > 0.2 else read[name] > read[name].mean())
    return found, {name: float(read[name].std()) + 1e-6 for name in READ}


def held(seed: int, name: str) -> Tensor:
    found, _ = read_samples(seed)
    return at_right_angles(found[name], torch.stack([found[other] for other in READ if other != name]))


def directions(seeds: list[int]) -> bool:
    """What a direction changes, before and after the others are held."""
    passed = True
    for name in EDITED:
        rows: dict[str, list[tuple[float, float, str]]] = {"as found": [], "all held": []}
        for seed in seeds:
            found, spread = read_samples(seed)
            z = torch.randn(300, 64, generator=torch.Generator().manual_seed(300 + seed))
            before = drawn(z)
            for kind, direction in (("as found", found[name]), ("all held", held(seed, name))):
                moved = in_spreads(reader(), before, drawn(z + 2 * direction), spread)
                mean = {other: float(moved[other].mean()) for other in READ}
                others = {other: abs(value) for other, value in mean.items() if other != name}
                most = max(others, key=lambda other: others[other])
                rows[kind].append((mean[name], sum(others.values()) / len(others), f"{most} {mean[most]:+.2f}"))
            (own, rest, _), (held_own, held_rest, _) = (rows[kind][-1] for kind in rows)
            passed &= name == "hair_color" or held_rest / held_own < rest / own
        for kind, told in rows.items():
            own, rest, most = zip(*told, strict=True)
            print(f"{name}, {kind}: itself {ranged(own)}, others {ranged(rest)}; most: {', '.join(most)}", flush=True)
    return passed


def renderer(seeds: list[int]) -> bool:
    """What the reader sees move where one factor alone is changed, by the drawing program."""
    for name, low, high, told in (("smile", 0.0, 0.4, "mouth_open"), ("hair_color", 0.2, 0.56, "beard")):
        rows: list[tuple[float, float, float]] = []
        for seed in seeds:
            some = people(seed, 300)
            some = some.rows(faces.visible(some, "hair_color").nonzero().flatten())
            before, after = (photos(faces.vary(some, name, [value] * some.n)) for value in (low, high))
            moved = in_spreads(reader(), before, after, read_samples(seed)[1])
            others = torch.stack([moved[other].abs() for other in READ if other != name]).mean()
            rows.append((float(moved[name].mean()), float(moved[told].mean()), float(others)))
        own, along, rest = (ranged(list(some)) for some in zip(*rows, strict=True))
        print(f"renderer, {name}: itself {own}, {told} {along}, others, each picture's size {rest}", flush=True)
    return True


class Told(nn.Module):
    """A conditional generator that is told the same ages at each call."""

    def __init__(self, y: Tensor) -> None:
        super().__init__()
        self.G, self.y = net("aging_faces_32"), y

    def forward(self, z: Tensor) -> Tensor:
        return self.G(z, self.y)


def aging(seeds: list[int]) -> bool:
    """Older by three ways: age, other factors against before, and all others against the renderer's older face."""
    found: dict[str, list[tuple[float, float, float]]] = {}
    for seed in seeds:
        some = people(seed)
        _, spread = read_samples(seed)
        x, truth = photos(some), photos(faces.older(some, BY))
        small = photos(some, 32)
        age = reader().read(x)["age"][:, None]
        z, toward = projected(seed), held(seed, "age")
        torch.manual_seed(seed)
        start = torch.randn(5, len(x), 64)
        far = torch.stack([near(small)(Told(age)(one), one).detach() for one in start])
        told, _ = searched(Told(age), near(small), start[far.argmin(0), torch.arange(len(x))], 120)
        with torch.no_grad():
            wanted = float((reader().read(truth)["age"] - reader().read(x)["age"]).mean())
            # As far along the direction as ages these projections by what the truth does.
            tried = torch.linspace(0.5, 4, 15)
            read = [
                float((reader().read(drawn(z + a * toward))["age"] - reader().read(drawn(z))["age"]).mean())
                for a in tried
            ]
            alpha = float(tried[(torch.tensor(read) - wanted).abs().argmin()])
            kinds = {
                "truth": (x, truth),
                "truth at 32": (small, photos(faces.older(some, BY), 32)),
                "by direction": (drawn(z), drawn(z + alpha * toward)),
                "by condition": (Told(age)(told), Told((age + BY).clamp(max=1))(told)),
            }
            print(f"  seed {seed}: alpha {alpha:.2f}")
            for name, (before, after) in kinds.items():
                moved = in_spreads(reader(), before, after, spread)
                from_truth = in_spreads(reader(), photos(faces.older(some, BY), before.shape[-1]), after, spread)
                others = [other for other in READ if other != "age"]
                found.setdefault(name, []).append((
                    float(moved["age"].mean()), float(torch.stack([moved[o].abs() for o in others]).mean()),
                    float(torch.stack([from_truth[o].abs() for o in others]).mean()),
                ))  # fmt: skip
    for name, rows in found.items():
        own, others, off = zip(*rows, strict=True)
        print(
            f"{name}: age {ranged(own)}, others move by {ranged(others)}, others off from the truth by {ranged(off)}",
            flush=True,
        )
    return True


def brush(seeds: list[int]) -> bool:
    """Black hair on top of the head, with and without smoothness."""
    rows: dict[str, list[tuple[float, float, float]]] = {"with": [], "without": []}
    black = to_unit(torch.tensor([0x24, 0x1C, 0x1A], dtype=torch.uint8))[:, None, None]
    mask = torch.zeros(1, 1, 64, 64)
    mask[:, :, 9:15, 22:42] = 1
    bare = []
    for seed in seeds:
        z0, some = projected(seed), people(seed)
        before, haired = drawn(z0), faces.visible(some, "hair_color") & (some["hat"] < 0.5)
        bare.append(int((~haired).sum()))
        for name, weight in (("with", 0.01), ("without", 0.0)):

            def wishes(made: Tensor, z: Tensor, weight: float = weight, z0: Tensor = z0) -> Tensor:
                off = (mask * (made - black).square()).flatten(1).sum(1) / (3 * mask.sum())
                return off + weight * (z - z0).square().sum(1)

            after = drawn(searched(net("dcgan_faces_64"), wishes, z0, 30, 0.05)[0])
            under = (mask * (after - black).square()).sum() / (3 * mask.sum() * len(z0))
            moved = in_spreads(reader(), before, after, read_samples(seed)[1])
            others = torch.stack([moved[other].abs() for other in READ if other != "hair_color"]).mean(0)
            rows[name].append((float(under.sqrt()), float(others.mean()), float(others[haired].mean())))
    for name, told in rows.items():
        under, others, of_haired = (ranged(list(some)) for some in zip(*told, strict=True))
        print(f"{name} smoothness: off by {under} under the brush, others move by {others}", flush=True)
        print(f"  of people whose hair is to be seen there: by {of_haired}", flush=True)
    print(f"people of {COUNT} whose hair is not to be seen there: {bare}", flush=True)
    return all(a[1] < b[1] for a, b in zip(rows["with"], rows["without"], strict=True))


def transfer(seeds: list[int]) -> bool:
    """A smile on the projection, and taken back to the original."""
    found: dict[str, list[tuple[float, float]]] = {}
    for seed in seeds:
        directions_, spread = read_samples(seed)
        x, z = photos(people(seed)), projected(seed)
        before, after = drawn(z), drawn(z + 2.5 * directions_["smile"])
        flow = flow_between(before, after)
        back = (warped(x, flow) + after - warped(before, flow)).clamp(-1, 1)
        for name, pictures in (("projection", before), ("projection, edited", after), ("original, edited", back)):
            moved = in_spreads(reader(), x, pictures, spread)
            others = torch.stack([moved[o].abs() for o in READ if o not in ("smile", "mouth_open")]).mean()
            found.setdefault(name, []).append((float(moved["smile"].mean()), float(others)))
    for name, rows in found.items():
        smile, others = zip(*rows, strict=True)
        print(f"{name}, against the given face: smile {ranged(smile)}, others {ranged(others)}", flush=True)
    return True


def comics(seeds: list[int]) -> bool:
    """The same code on comics of the same people."""
    losses: dict[str, list[float]] = {"photo": [], "comic": []}
    for seed in seeds:
        for style, told in losses.items():
            x = photos(people(seed), 64, style)
            told.append(float(searched(net("dcgan_faces_64"), near(x), hybrid_from(x, seed), 40)[1].mean()))
    for style, told in losses.items():
        print(f"projected {style}s: loss {ranged(told, 3)}", flush=True)
    return all(a < b for a, b in zip(losses["photo"], losses["comic"], strict=True))


PARTS: dict[str, Callable[[list[int]], bool]] = {
    "projection": projection, "directions": directions, "renderer": renderer, "aging": aging, "brush": brush,
    "transfer": transfer, "comics": comics,
}  # fmt: skip

if __name__ == "__main__":
    sys.exit(run_parts(PARTS, __doc__))
