"""Make data/gan_runs.safetensors: histories of small GANs, good ones and ones with a planted failure.

    python tools/make_runs.py [--only NAME …] [--quick]

`gancourse.training.diagnose` is tested on them, and lesson 03 shows some. Three families are played:
"ring" (eight Gaussians on a circle), "line" (one Gaussian) and "faces" (a small DCGAN on drawn faces,
16 × 16). Thresholds were chosen by looking at seeds 0 to 2 of "ring" and "line" alone; seeds 3 to 5 and
all of "faces" are held out. What was planted is not taken on trust: a run is kept only if G's samples
say that the plan worked (`verified`), never because its history looks as it should. Those thrown away
are counted. Takes about ten minutes on one thread.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse import data, seed_everything
from gancourse.data.images import to_unit
from gancourse.data.toys import Mixture, ring
from gancourse.models.dcgan import Discriminator, Generator
from gancourse.paths import repository
from gancourse.training.runs import FILE, KEYS, PastRun, load_runs, save_runs

RECORDS = 60  # kept of each run, evenly spaced
SEEDS = 6  # of the toys, played all at once
ENOUGH = 256  # samples that are looked at


@dataclass(frozen=True)
class Recipe:
    """How a run differs from a good one. Rates and steps are factors of the family's."""

    kind: str
    rate_d: float = 1.0
    rate_g: float = 1.0
    turns_d: int = 1
    turns_g: int = 1
    steps: float = 1.0
    swapped: bool = False  # D learns with the labels the wrong way around
    rounded: bool = False  # logarithms of probabilities, which are 0 and 1 in float32 too early
    shifted: bool = False  # G's last layer cannot reach the data


RECIPES = {
    "good": Recipe("healthy"),
    "good, D learns twice": Recipe("healthy", turns_d=2),
    "cut short": Recipe("still training", steps=0.06),
    "slow": Recipe("still training", rate_d=0.05, rate_g=0.05, steps=0.5),
    "G hardly learns": Recipe("discriminator won", rate_g=0.002, turns_d=2, steps=0.5),
    "G's range is wrong": Recipe("discriminator won", shifted=True, steps=0.5),
    "labels swapped": Recipe("generator won", swapped=True, steps=0.5),
    "D does not learn": Recipe("generator won", rate_d=0.0, steps=0.5),
    "G runs ahead": Recipe("collapsed", rate_g=10, turns_g=4, steps=0.3),
    "G runs far ahead": Recipe("collapsed", rate_g=30, turns_g=2, rate_d=3.0, steps=0.5),
    "rates far too large": Recipe("diverged", rate_d=1000, rate_g=1000, steps=0.5),
    "rounded logarithms": Recipe("diverged", rate_d=300, rate_g=100, rounded=True, steps=0.5),
}


class Stacked(nn.Module):
    """S perceptrons that know nothing of each other, (S, n, inputs) to (S, n, outputs), at the price of one."""

    def __init__(self, inputs: int, outputs: int, slope: float, width: int = 64) -> None:
        super().__init__()
        sizes = [inputs, width, width, outputs]
        self.slope = slope
        self.weights = nn.ParameterList(
            [nn.Parameter((torch.rand(SEEDS, i, o) * 2 - 1) / i**0.5) for i, o in itertools.pairwise(sizes)]
        )
        self.biases = nn.ParameterList([nn.Parameter(torch.zeros(SEEDS, 1, o)) for o in sizes[1:]])

    def forward(self, x: Tensor) -> Tensor:
        last = len(self.weights) - 1
        for k, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            x = torch.baddbmm(bias, x, weight)
            x = x if k == last else F.leaky_relu(x, self.slope)
        return x


class Single(nn.Module):
    """One picture network in the same form: (1, n, …) in and out."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x[0])[None]


@dataclass(frozen=True)
class Family:
    """One problem: where data come from (S, n, …), which networks play, and how long a good game takes."""

    sample: Callable[[int], Tensor]
    G: Callable[[], nn.Module]
    D: Callable[[], nn.Module]
    latent: int
    steps: int
    rate: float
    batch: int
    seeds: int
    shift: Callable[[Tensor], Tensor]  # what a wrong last layer does
    toy: Mixture | None = None


def toy(mixture: Mixture, steps: int) -> Family:
    """Six runs on a mixture at once."""
    d = mixture.modes.shape[1]

    def sample(n: int) -> Tensor:
        return mixture.sample(SEEDS * n).reshape(SEEDS, n, d)

    G, D = partial(Stacked, 4, d, 0.0), partial(Stacked, d, 1, 0.2)
    return Family(sample, G, D, 4, steps, 1e-3, 64, SEEDS, lambda x: torch.sigmoid(x) - 2.5, mixture)


def small_faces(steps: int) -> Family:
    """A small DCGAN."""
    faces = data.load("faces", size=16, attributes=[], n=4000)

    def sample(n: int) -> Tensor:
        return to_unit(faces.pixels[torch.randint(len(faces), (n,))])[None]

    G, D = (lambda: Single(Generator(16, 32, 12))), (lambda: Single(Discriminator(16, 12)))
    return Family(sample, G, D, 32, steps, 1e-3, 32, 1, lambda x: torch.sigmoid(x))


def spread(x: Tensor) -> Tensor:
    """The mean distance between two samples of each run: (S, n, …) to (S,)."""
    return torch.stack([torch.pdist(some.flatten(1)).mean() for some in x])


def play(family: Family, recipe: Recipe, seed: int) -> tuple[dict[str, Tensor], Tensor]:
    """All seeds of one recipe: histories (S, RECORDS) by name, and samples of G at the end (S, n, …)."""
    seed_everything(seed)
    G, D = family.G(), family.D()
    adam_G = torch.optim.Adam(G.parameters(), family.rate * recipe.rate_g, (0.5, 0.999), fused=True)
    adam_D = torch.optim.Adam(D.parameters(), family.rate * recipe.rate_d, (0.5, 0.999), fused=True)
    steps = max(RECORDS, round(family.steps * recipe.steps))
    moments = {round(k * (steps - 1) / (RECORDS - 1)) for k in range(RECORDS)}
    history: dict[str, list[Tensor]] = {key: [] for key in KEYS}
    reference = spread(family.sample(ENOUGH))

    def fakes(n: int) -> Tensor:
        made = G(torch.randn(family.seeds, n, family.latent))
        return family.shift(made) if recipe.shifted else made

    def over(value: Tensor) -> Tensor:
        return value.flatten(1).mean(1)

    for step in range(steps):
        for _ in range(recipe.turns_d):
            with torch.no_grad():
                fake = fakes(family.batch)
            on_real, on_fake = D(family.sample(family.batch)), D(fake)
            high, low = (on_fake, on_real) if recipe.swapped else (on_real, on_fake)
            if recipe.rounded:
                loss_D = -over(torch.log(torch.sigmoid(high))) - over(torch.log(1 - torch.sigmoid(low)))
            else:
                loss_D = over(F.softplus(-high)) + over(F.softplus(low))
            adam_D.zero_grad()
            loss_D.sum().backward()
            adam_D.step()
        for _ in range(recipe.turns_g):
            loss_G = over(F.softplus(-D(fakes(family.batch))))
            adam_G.zero_grad()
            loss_G.sum().backward()
            adam_G.step()
        if step in moments:
            with torch.no_grad():
                apart = spread(fakes(ENOUGH)) / reference
                judged = over(torch.sigmoid(on_real)), over(torch.sigmoid(on_fake))
            for key, value in zip(KEYS, (loss_D, loss_G, *judged, apart), strict=True):
                history[key].append(value.detach())
    with torch.no_grad():
        return {key: torch.stack(values, 1) for key, values in history.items()}, fakes(2048)


def verified(kind: str, samples: Tensor, family: Family) -> bool:
    """Whether one run's samples (n, …) are what the kind means, as far as samples can say."""
    if not samples.isfinite().all():
        return kind == "diverged"
    real = family.sample(len(samples))[0]
    ratio = float(spread(samples[None, :ENOUGH]) / spread(real[None, :ENOUGH]))
    if family.toy is None:  # nobody can say that a small picture is no face; a flat one is told by its spread
        return {"healthy": ratio > 0.6, "collapsed": ratio < 0.3, "diverged": ratio < 0.3}.get(kind, True)
    near = torch.cdist(samples, family.toy.modes).min(1)
    share = near.indices.bincount(minlength=len(family.toy.modes)) / len(samples)
    off = float(near.values.mean() / torch.cdist(real, family.toy.modes).min(1).values.mean())
    good = bool((share > 0.4 / len(share)).all()) and off < 2 and ratio > 0.75
    return {"healthy": good, "collapsed": ratio < 0.3}.get(kind, not good)


def main() -> int:
    """Play, verify, save, and say how many of each kind there are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=RECIPES, help="play these again, and keep the others as they are")
    parser.add_argument("--quick", action="store_true", help="a tenth of the steps, and nothing is saved")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    less = 10 if chosen.quick else 1
    line = Mixture([[2.0]], 0.5)
    families = {"ring": toy(ring(radius=1.0, std=0.1), 1800 // less), "line": toy(line, 900 // less)}
    families["faces"] = small_faces(300 // less)
    again = chosen.only or list(RECIPES)
    path = repository() / "data" / FILE
    runs = [run for run in load_runs() if run.name not in again] if chosen.only else []
    for place, family in families.items():
        for name, recipe in ((name, RECIPES[name]) for name in again):
            histories, samples = play(family, recipe, seed=0)
            kept = [s for s in range(family.seeds) if verified(recipe.kind, samples[s], family)]
            print(f"{place:6s} {name:22s} {recipe.kind:18s} {len(kept)} of {family.seeds} kept", flush=True)
            for s in kept:
                history = {key: values[s].tolist() for key, values in histories.items()}
                runs.append(PastRun(recipe.kind, name, place, s, place == "faces" or s >= SEEDS // 2, history))
    if not chosen.quick:
        save_runs(runs, path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
