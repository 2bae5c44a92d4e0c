"""Small GANs that went well, and others with a planted failure: what makes the histories of `gancourse.training.runs`.

`gancourse.training.diagnose` is tested on them, and lesson 03 shows some. Three problems are played:
"ring" (eight Gaussians on a circle), "line" (one Gaussian) and "faces" (a small DCGAN on drawn faces,
16 × 16). Thresholds were chosen by looking at seeds 0 to 2 of "ring" and "line" alone; seeds 3 to 5 and
all of "faces" are held out. What was planted is not taken on trust: a run is kept only if G's samples
say that the plan worked (`verified`), never because its history looks as it should. Those thrown away
are counted. All takes about ten minutes of one core, always of a CPU; `jobs` shares it out.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from tqdm import tqdm

from gancourse import data, seed_everything
from gancourse.data.images import to_unit
from gancourse.data.toys import Mixture, ring
from gancourse.models.dcgan import Discriminator, Generator
from gancourse.training.keeping import renew_table
from gancourse.training.runs import COLUMNS, RUNS_FILE, PastRun, save_runs

RECORDS = 60  # kept of each run, evenly spaced
SEEDS = 6  # of the toys, played all at once
ENOUGH = 256  # samples that are looked at


@dataclass(frozen=True)
class Plant:
    """How a run differs from a good one. Rates and steps are factors of the problem's."""

    kind: str
    rate_d: float = 1.0
    rate_g: float = 1.0
    turns_d: int = 1
    turns_g: int = 1
    steps: float = 1.0
    swapped: bool = False  # D learns with the labels the wrong way around
    rounded: bool = False  # logarithms of probabilities, which are 0 and 1 in float32 too early
    shifted: bool = False  # G's last layer cannot reach the data


PLANTS = {
    "good": Plant("healthy"),
    "good, D learns twice": Plant("healthy", turns_d=2),
    "cut short": Plant("still training", steps=0.06),
    "slow": Plant("still training", rate_d=0.05, rate_g=0.05, steps=0.5),
    "G hardly learns": Plant("discriminator won", rate_g=0.002, turns_d=2, steps=0.5),
    "G's range is wrong": Plant("discriminator won", shifted=True, steps=0.5),
    "labels swapped": Plant("generator won", swapped=True, steps=0.5),
    "D does not learn": Plant("generator won", rate_d=0.0, steps=0.5),
    "G runs ahead": Plant("collapsed", rate_g=10, turns_g=4, steps=0.3),
    "G runs far ahead": Plant("collapsed", rate_g=30, turns_g=2, rate_d=3.0, steps=0.5),
    "rates far too large": Plant("diverged", rate_d=1000, rate_g=1000, steps=0.5),
    "rounded logarithms": Plant("diverged", rate_d=300, rate_g=100, rounded=True, steps=0.5),
}


PROBLEMS = ("ring", "line", "faces")


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
class Problem:
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


def on_plane(mixture: Mixture, steps: int) -> Problem:
    """Six runs on a mixture at once."""
    d = mixture.modes.shape[1]

    def sample(n: int) -> Tensor:
        return mixture.sample(SEEDS * n).reshape(SEEDS, n, d)

    G, D = partial(Stacked, 4, d, 0.0), partial(Stacked, d, 1, 0.2)
    return Problem(sample, G, D, 4, steps, 1e-3, 64, SEEDS, lambda x: torch.sigmoid(x) - 2.5, mixture)


def on_faces(steps: int) -> Problem:
    """A small DCGAN."""
    faces = data.load("faces", size=16, attributes=[], n=4000)

    def sample(n: int) -> Tensor:
        return to_unit(faces.pixels[torch.randint(len(faces), (n,))])[None]

    G, D = (lambda: Single(Generator(16, 32, 12))), (lambda: Single(Discriminator(16, 12)))
    return Problem(sample, G, D, 32, steps, 1e-3, 32, 1, lambda x: torch.sigmoid(x))


def spread(x: Tensor) -> Tensor:
    """The mean distance between two samples of each run: (S, n, …) to (S,)."""
    return torch.stack([torch.pdist(some.flatten(1)).mean() for some in x])


def play_planted(problem: Problem, plant: Plant, seed: int) -> tuple[dict[str, Tensor], Tensor]:
    """All seeds of one plan: histories (S, RECORDS) by name, and samples of G at the end (S, n, …)."""
    seed_everything(seed)
    G, D = problem.G(), problem.D()
    adam_G = torch.optim.Adam(G.parameters(), problem.rate * plant.rate_g, (0.5, 0.999), fused=True)
    adam_D = torch.optim.Adam(D.parameters(), problem.rate * plant.rate_d, (0.5, 0.999), fused=True)
    steps = max(RECORDS, round(problem.steps * plant.steps))
    moments = {round(k * (steps - 1) / (RECORDS - 1)) for k in range(RECORDS)}
    history: dict[str, list[Tensor]] = {key: [] for key in COLUMNS}
    reference = spread(problem.sample(ENOUGH))

    def fakes(n: int) -> Tensor:
        made = G(torch.randn(problem.seeds, n, problem.latent))
        return problem.shift(made) if plant.shifted else made

    def over(value: Tensor) -> Tensor:
        return value.flatten(1).mean(1)

    for step in range(steps):
        for _ in range(plant.turns_d):
            with torch.no_grad():
                fake = fakes(problem.batch)
            on_real, on_fake = D(problem.sample(problem.batch)), D(fake)
            high, low = (on_fake, on_real) if plant.swapped else (on_real, on_fake)
            if plant.rounded:
                loss_D = -over(torch.log(torch.sigmoid(high))) - over(torch.log(1 - torch.sigmoid(low)))
            else:
                loss_D = over(F.softplus(-high)) + over(F.softplus(low))
            adam_D.zero_grad()
            loss_D.sum().backward()
            adam_D.step()
        for _ in range(plant.turns_g):
            loss_G = over(F.softplus(-D(fakes(problem.batch))))
            adam_G.zero_grad()
            loss_G.sum().backward()
            adam_G.step()
        if step in moments:
            with torch.no_grad():
                apart = spread(fakes(ENOUGH)) / reference
                judged = over(torch.sigmoid(on_real)), over(torch.sigmoid(on_fake))
            for key, value in zip(COLUMNS, (loss_D, loss_G, *judged, apart), strict=True):
                history[key].append(value.detach())
    with torch.no_grad():
        return {key: torch.stack(values, 1) for key, values in history.items()}, fakes(2048)


def verified(kind: str, samples: Tensor, problem: Problem) -> bool:
    """Whether one run's samples (n, …) are what the kind means, as far as samples can say."""
    if not samples.isfinite().all():
        return kind == "diverged"
    real = problem.sample(len(samples))[0]
    ratio = float(spread(samples[None, :ENOUGH]) / spread(real[None, :ENOUGH]))
    if problem.toy is None:  # nobody can say that a small picture is no face; a flat one is told by its spread
        return {"healthy": ratio > 0.6, "collapsed": ratio < 0.3, "diverged": ratio < 0.3}.get(kind, True)
    near = torch.cdist(samples, problem.toy.modes).min(1)
    share = near.indices.bincount(minlength=len(problem.toy.modes)) / len(samples)
    off = float(near.values.mean() / torch.cdist(real, problem.toy.modes).min(1).values.mean())
    good = bool((share > 0.4 / len(share)).all()) and off < 2 and ratio > 0.75
    return {"healthy": good, "collapsed": ratio < 0.3}.get(kind, not good)


@cache
def problem_named(name: str, less: int) -> Problem:
    """One of the three, with its steps divided by `less`."""
    if name == "faces":
        return on_faces(300 // less)
    steps, mixture = {"ring": (1800, ring(radius=1.0, std=0.1)), "line": (900, Mixture([[2.0]], 0.5))}[name]
    return on_plane(mixture, steps // less)


def runs_of(name: str, planted: str, less: int = 1) -> list[PastRun]:
    """All seeds of one plan on one problem, on one thread, but for those whose samples say that it did not work."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)  # more would only wait for each other, and round differently
    try:
        where, plant = problem_named(name, less), PLANTS[planted]
        histories, samples = play_planted(where, plant, seed=0)
        kept = [s for s in range(where.seeds) if verified(plant.kind, samples[s], where)]
    finally:
        torch.set_num_threads(before)
    return [
        PastRun(
            plant.kind,
            planted,
            name,
            s,
            name == "faces" or s >= SEEDS // 2,
            {key: values[s].tolist() for key, values in histories.items()},
        )
        for s in kept
    ]


def all_runs(jobs: int, less: int = 1) -> Iterator[list[PastRun]]:
    """`runs_of` for every plan on every problem, in order, in so many processes; the result does not depend on it."""
    pairs = list(itertools.product(PROBLEMS, PLANTS))
    if jobs == 1:
        yield from (runs_of(*pair, less) for pair in pairs)
        return
    # Not forked: a process that has used torch's threads, or a GPU, must not be.
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(partial(one_of_them, less=less), pairs)


def one_of_them(pair: tuple[str, str], less: int) -> list[PastRun]:
    return runs_of(*pair, less)


def keep_runs(out: Path | None = None, jobs: int | None = None, less: int = 1) -> Path:
    """Play everything, verify, and write the file of histories: what `gancourse train gan-runs --keep` does.

    Args:
        out: the folder; None is data/ of the checkout, whose table is renewed then.
        jobs: processes; None is one for every core.
        less: by which steps are divided, for a quick look; the failures planted are meant for 1.
    """
    if "faces" in PROBLEMS:
        problem_named("faces", less)  # draws them once, before several processes want them
    jobs = jobs or (os.cpu_count() or 1)
    total = len(PROBLEMS) * len(PLANTS)
    runs: list[PastRun] = []
    for some in tqdm(all_runs(jobs, less), "planting failures", total, unit="plan"):
        runs += some
    path = save_runs(runs, RUNS_FILE if out is None else out / f"{RUNS_FILE}.safetensors", **how_made(runs))
    if out is None:
        renew_table()
    return path


def how_made(runs: Sequence[PastRun]) -> dict[str, object]:
    """What the file says of itself beside the runs."""
    played = sum(len(PLANTS) * (1 if name == "faces" else SEEDS) for name in PROBLEMS)
    kinds = Counter(run.kind for run in runs)
    return {
        "what": "histories of small GANs, good and broken on purpose",
        "recipe": "gan-runs",
        "seed": 0,
        "device": "cpu",
        "reached": {"runs played": played, "runs kept": len(runs), **dict(sorted(kinds.items()))},
    }
