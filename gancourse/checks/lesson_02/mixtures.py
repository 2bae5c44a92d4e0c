"""A mixture of Gaussians as a sampler and as a density.

What is drawn at random can only be judged with a margin: five standard errors of each statistic, so that
a right answer is refused less than once in a hundred thousand times.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.core import Miss, a, expect
from gancourse.checks.inputs import MANY, Case, chosen, drawn, said
from gancourse.checks.lesson_02.suite import check
from gancourse.checks.values import NOTHING, double, expect_close, numbers

SURE = 5.0  # standard errors


# --- sample_mixture --------------------------------------------------------------------------


@dataclass
class Apart:
    """Three components so far from each other that every draw shows where it came from."""

    means: Tensor
    stds: Tensor
    weights: Tensor

    def draw(self, sample: Callable, n: int = MANY) -> tuple[Tensor, Tensor]:
        """n points of the student's, and the component each belongs to."""
        got = sample(self.means, self.stds, self.weights, n)
        points = numbers(got, (n, self.means.shape[1]), advice="One row for each point.")
        squared, nearest = (points[:, None] - double(self.means)).square().sum(dim=2).min(dim=1)
        far = squared > (12 * double(self.stds).max()) ** 2
        expect(
            not far.any(),
            f"{int(far.sum())} of {n} points lie far from every component, the first at {said2(points[far][:1])}. "
            "Each point belongs to one component: its mean, plus its standard deviation times normal noise.",
        )
        return points, nearest


def three_apart(dimension: int = 2) -> Apart:
    # Weights are unlike their softmax and unlike equal ones, spreads unlike one another, and the first unlike 1.
    while True:
        w = chosen(6.0, 3.0, 1.0, between=(1.0, 8.0))
        shares = torch.tensor(w) / sum(w)
        stds = chosen(0.5, 1.0, 2.0, between=(0.4, 2.1), avoid=1.0)
        clear = 0.3 < abs(shares[0] - shares[2]) < 0.7  # then the mean of all lies far from each
        clear = clear and max(stds) > 2.5 * min(stds) and abs(stds[0] - 1) > 0.2
        if clear and bool((shares - shares.softmax(0)).abs().max() > 0.08):
            break
    spots = torch.tensor([[-100.0], [0.0], [100.0]]).expand(3, dimension) + torch.arange(dimension)
    return Apart(spots, torch.tensor(stds), shares)


@dataclass
class DrawnPoints:
    """Many points of an answer, which several claims look at: drawing them may take it long."""

    mixture: Apart
    points: Tensor
    which: Tensor  # the component that each belongs to

    @property
    def noise(self) -> Tensor:
        """What was added to the mean, in standard deviations."""
        return (self.points - double(self.mixture.means)[self.which]) / double(self.mixture.stds)[self.which, None]


_BATCHES: weakref.WeakKeyDictionary[Callable, DrawnPoints] = weakref.WeakKeyDictionary()


def batch_of(sample: Callable) -> DrawnPoints:
    """One large batch of an answer's, the same for every claim of a verdict."""
    if sample not in _BATCHES:
        mixture = three_apart()
        _BATCHES[sample] = DrawnPoints(mixture, *mixture.draw(sample))
    return _BATCHES[sample]


def said2(points: Tensor) -> str:
    """A point in words."""
    return "(" + ", ".join(f"{x:.3g}" for x in points.flatten()[:3].tolist()) + ")"


def component_shares(which: Tensor) -> list[float]:
    return [float((which == k).double().mean()) for k in range(3)]


def said_shares(values: list[float]) -> str:
    return ", ".join(f"{100 * value:.3g} %" for value in values)


def near(got: list[float], want: list[float], n: int) -> bool:
    """Whether shares of n draws are those, up to chance."""
    return all(abs(x - p) <= SURE * math.sqrt(p * (1 - p) / n) + 1 / n for x, p in zip(got, want, strict=True))


@check.that("sample_mixture", "returns n points of d numbers each", alone=False)
def _(sample: Callable) -> None:
    mixture = three_apart()
    got = sample(mixture.means, mixture.stds, mixture.weights, 4)
    expect(got is not None, NOTHING)
    numbers(got, (4, 2), advice="One row for each point.")
    expect(isinstance(got, Tensor), f"The result is {a(got)}; a tensor is asked, of shape (n, d).")
    for dimension, n in ((2, 7), (1, 3), (3, 1)):
        three_apart(dimension).draw(sample, n)


@check.that("sample_mixture", "visits each component as often as its weight says", point=True)
def _(sample: Callable) -> None:
    batch = batch_of(sample)
    got, want = component_shares(batch.which), batch.mixture.weights.tolist()
    if near(got, want, MANY):
        return
    message = f"The weights are {said_shares(want)}; your components got {said_shares(got)} of {MANY:,} points."
    expect(max(got) < 1, f"{message}\nAll points of a batch come from one component. Draw a component for each point.")
    expect(not near(got, [1 / 3] * 3, MANY), f"{message}\nThe weights do not count: all are drawn equally often.")
    soft = batch.mixture.weights.softmax(0).tolist()
    expect(not near(got, soft, MANY), f"{message}\nA softmax was applied. The weights are probabilities already.")
    raise Miss(message)


TWO_COMPONENTS = (
    "Within a component some points scatter by the standard deviation of another one. Draw the component of a point "
    "once: its mean and its standard deviation are those of the same one."
)


def of_several_spreads(noise: Tensor) -> bool:
    """Whether noise of one component, of both coordinates, is a mix of points of other components' spreads.

    Then the two squares of a point go together; for one spread alone they do not, whatever that is.
    """
    square = noise.square()
    square = square / square.mean().clamp(min=1e-12)
    together = float((square[:, 0] * square[:, 1]).mean()) - 1
    opposite = float((noise[:, 0] * noise[:, 1]).mean() / noise.square().mean().clamp(min=1e-12))
    return together > 0.25 and abs(opposite) < 0.3


@check.that("sample_mixture", "scatters each component by its own standard deviation", point=True)
def _(sample: Callable) -> None:
    batch = batch_of(sample)
    stds, which = double(batch.mixture.stds), batch.which
    mine = [batch.points[which == k] - double(batch.mixture.means)[k] for k in range(3)]
    expect(min(map(len, mine)) > 50, f"A component got {min(map(len, mine))} of {MANY:,} points, too few to measure.")
    scatter = torch.stack([noise.square().mean().sqrt() for noise in mine])
    margin = SURE / torch.tensor([2.0 * noise.numel() for noise in mine]).sqrt()
    off = (scatter / stds - 1).abs() > margin
    if not off.any():
        return
    k = int(off.nonzero()[0])
    message = (
        f"Component {k} has standard deviation {stds[k]:g}; your points scatter by {scatter[k]:.3g} around its mean."
    )
    most = max(mine, key=len)
    expect(not of_several_spreads(most), f"{message}\n{TWO_COMPONENTS}")
    usual = {
        "The noise is not scaled.": torch.ones(3),
        "There is no noise: each point is a mean.": torch.zeros(3),
        "All components scatter alike. Each has its own standard deviation.": scatter.mean().expand(3),
        "Its square root was taken: a standard deviation multiplies the noise as it is.": stds.sqrt(),
        "It was squared: a standard deviation multiplies the noise as it is.": stds**2,
    }
    close_to = 2 * margin  # of each component: what is no more than about right is told without a name
    for diagnosis, wrong in usual.items():
        expect(bool(((scatter - wrong).abs() > close_to * wrong + 1e-3).any()), f"{message}\n{diagnosis}")
    raise Miss(message)


@check.that("sample_mixture", "draws normal noise, afresh for every coordinate of every point")
def _(sample: Callable) -> None:
    batch = batch_of(sample)
    noise = batch.noise
    # Whether the noise has the right size is another claim: here each component's own scatter is the measure.
    for k in range(3):
        mine = batch.which == k
        size = noise[mine].square().mean().sqrt().clamp(min=1e-12)
        if not 0.9 < size < 1.1:
            noise[mine] = noise[mine] / size
    most = noise[batch.which == batch.which.bincount().argmax()]
    expect(not of_several_spreads(most), TWO_COMPONENTS)
    together = float((noise[:, 0] * noise[:, 1]).mean() / noise.square().mean().clamp(min=1e-12))
    expect(
        abs(together) <= SURE / math.sqrt(MANY),
        f"The two coordinates of a point go together (correlation {together:.2f}): the noise of one is used "
        "for the other, too. Draw noise of the shape of the result.",
    )
    next_to = float((noise[1:] * noise[:-1]).mean() / noise.square().mean().clamp(min=1e-12))
    expect(
        abs(next_to) <= SURE / math.sqrt(2 * MANY),
        f"Neighboring points go together (correlation {next_to:.2f}): one noise is used for several points.",
    )
    apart, how = at_a_distance(noise)
    expect(
        abs(how) <= 7 / math.sqrt(2 * MANY),
        f"Points {apart} rows apart go together (correlation {how:.2f}): the noise of one is used again for the "
        "other, perhaps with the other sign. Draw it afresh for every point.",
    )
    inside = float((noise.abs() < 1).double().mean())
    expect(
        abs(inside - 0.6827) <= SURE * math.sqrt(0.6827 * 0.3173 / (2 * MANY)),
        f"Of a normal distribution 68.3 % lie within one standard deviation of the mean; of your noise it is "
        f"{100 * inside:.1f} %. Is it normal noise (torch.randn)?",
    )
    for limit in (2.0, 3.0):
        share = math.erfc(limit / math.sqrt(2))
        beyond = float((noise.abs() > limit + 1e-3).double().mean())  # what is cut off may be rounded up
        off = "Is it cut off?" if beyond < share else "Is it normal noise?"
        expect(
            beyond > 0 and abs(beyond - share) <= SURE * math.sqrt(share * (1 - share) / (2 * MANY)) + 1 / MANY,
            f"Of a normal distribution {100 * share:.2g} % lie more than {limit:g} standard deviations from the mean; "
            f"of your noise it is {100 * beyond:.2g} %. {off} Take torch.randn as it is.",
        )


def at_a_distance(noise: Tensor) -> tuple[int, float]:
    """How many rows apart points go together most, and their correlation, over all distances (in a circle)."""
    spectrum = torch.fft.rfft(noise, dim=0).abs().square().sum(1)
    correlation = torch.fft.irfft(spectrum, n=len(noise))
    correlation = correlation / correlation[0].clamp(min=1e-12)
    most = int(correlation[2 : len(noise) // 2 + 1].abs().argmax()) + 2
    return most, float(correlation[most])


SAME_POINTS = "Two calls return the same points. Is a seed set inside the function?"


@check.that("sample_mixture", "draws each point by itself, in no particular order")
def _(sample: Callable) -> None:
    batch, half = batch_of(sample), MANY // 2
    which = batch.which
    first, second = component_shares(which[:half]), component_shares(which[half:])
    gap = max(abs(a - b) for a, b in zip(first, second, strict=True))
    expect(
        gap <= SURE * math.sqrt(2 * 0.25 / half),
        f"The first half of your points has other shares of the components ({said_shares(first)}) than the second "
        f"({said_shares(second)}): they come sorted. Every part of a batch should be a fair sample.",
    )
    equal = float((which[1:] == which[:-1]).double().mean())
    chance = float((double(batch.mixture.weights) ** 2).sum())
    expect(
        abs(equal - chance) <= 0.05,
        f"A point and the next come from the same component in {100 * equal:.0f} % of all cases; if they were drawn "
        f"independently it would be {100 * chance:.0f} %.",
    )
    singles = [batch.mixture.draw(sample, 1) for _ in range(60)]
    expect(not all(torch.equal(x, singles[0][0]) for x, _ in singles), SAME_POINTS)
    expect(
        len({int(which) for _, which in singles}) > 1,
        "Asked 60 times for a single point, you always answer from the same component. Draw the component at random.",
    )


@check.that("sample_mixture", "leaves to chance how many points a component gets")
def _(sample: Callable) -> None:
    mixture, n, times = three_apart(), 50, 60
    batches = [mixture.draw(sample, n) for _ in range(times)]
    expect(not all(torch.equal(points, batches[0][0]) for points, _ in batches), SAME_POINTS)
    counts = torch.tensor([[float((which == k).sum()) for k in range(3)] for _, which in batches])
    p = double(mixture.weights)
    ratio = float((counts.double().var(0) / (n * p * (1 - p))).mean())
    # The mean of three such ratios is within 0.4 and 2.2 but once in a million times.
    expect(
        0.4 < ratio < 2.2,
        f"{times} times {n} points were asked for. If each draws its component by itself, how many of them a component "
        f"gets varies from time to time; with yours the variance is {ratio:.2g} times what it should be. Do not work "
        "out the numbers beforehand: draw a component for each point.",
    )


@check.that("sample_mixture", "draws anew at each call", alone=False)
def _(sample: Callable) -> None:
    mixture = three_apart()
    one, other = (mixture.draw(sample, 50)[0] for _ in range(2))
    expect(not torch.equal(one, other), SAME_POINTS)


# --- log_density -----------------------------------------------------------------------------


def log_density_in_paper(x: Tensor, means: Tensor, stds: Tensor, weights: Tensor, **other: Any) -> Tensor:
    """log Σₖ wₖ N(x; mₖ, sₖ² I); the options are for answers that are wrong."""
    x, means, stds, weights = (double(t) for t in (x, means, stds, weights))
    d = means.shape[1]
    squared = (x[:, None] - means).square().sum(2)
    if other.get("root"):
        squared = squared.sqrt()
    spread = stds.sqrt() if other.get("variance") else stds
    terms = -other.get("half", 0.5) * squared / (spread if other.get("once") else spread**2)
    terms = terms - other.get("constant", d / 2) * math.log(2 * math.pi) - other.get("logs", d) * spread.log()
    if other.get("terms"):
        return other["terms"](terms, weights)
    return torch.logsumexp(terms + weights.log(), dim=1)


def one_bell() -> Case:
    """One component in the plane, two points."""
    (std,) = chosen(0.5, between=(0.3, 2.0), avoid=1.0)
    mean, near, away = (chosen(*spot, between=(-2.0, 2.0)) for spot in ((1.0, 2.0), (1.5, 2.0), (0.0, 3.0)))
    x, means = torch.tensor([near, away]), torch.tensor([mean])
    stds, weights = torch.tensor([std]), torch.ones(1)
    inputs = (x, means, stds, weights)
    usual = {
        "That is the density. Its logarithm is asked.": log_density_in_paper(*inputs).exp(),
        "The factor ½ before the squared distance is missing.": log_density_in_paper(*inputs, half=1.0),
        "The squared distance should be divided by s², not by s.": log_density_in_paper(*inputs, once=True),
        "The distance is not squared.": log_density_in_paper(*inputs, root=True),
        "The constant is that of one dimension: in d dimensions it is −d/2 · log 2π − d · log s.": (
            log_density_in_paper(*inputs, constant=0.5, logs=1)
        ),
        "−½ log 2π stands once; it should stand once for each dimension.": log_density_in_paper(*inputs, constant=0.5),
        "−log s stands once; it should stand once for each dimension.": log_density_in_paper(*inputs, logs=1),
        "The term −d · log s is missing.": log_density_in_paper(*inputs, logs=0),
        "The term −d/2 · log 2π is missing.": log_density_in_paper(*inputs, constant=0),
        "The constants are missing: that is the exponent alone.": log_density_in_paper(*inputs, constant=0, logs=0),
        "`stds` holds standard deviations; you use them as variances.": log_density_in_paper(*inputs, variance=True),
        "The sign is wrong: that is −log p.": -log_density_in_paper(*inputs),
    }
    where = f"points {tuple(near)} and {tuple(away)} and one component at {tuple(mean)} with s = {std:g}"
    return Case(where, log_density_in_paper(*inputs), usual, inputs)


@check.that("log_density", "is right for a single bell")
def _(log_density: Callable) -> None:
    case = drawn(one_bell)
    case.compare(per_point(log_density(*case.inputs), 2))


def two_bells() -> Case:
    """Two components on the line that overlap, three points."""
    (left, right), stds = chosen(-1.0, 1.5, between=(-2.0, 2.0)), chosen(0.5, 1.5, between=(0.4, 2.0))
    (share,) = chosen(0.75, between=(0.6, 0.9))
    x = chosen(-1.0, 0.5, 2.0, between=(-2.0, 2.5))
    weights = torch.tensor([share, 1 - share])
    inputs = (torch.tensor(x)[:, None], torch.tensor([[left], [right]]), torch.tensor(stds), weights)
    even = (*inputs[:3], torch.ones(2))
    usual = {
        "The weights are missing.": log_density_in_paper(*even),
        "The components count equally: the weights are not used.": log_density_in_paper(*even) - math.log(2),
        "That is the largest of the terms alone. Add the components up.": (
            log_density_in_paper(*inputs, terms=lambda t, w: (t + w.log()).max(1).values)
        ),
        "The logarithms are averaged. The densities are: log Σ w N, not Σ w log N.": (
            log_density_in_paper(*inputs, terms=lambda t, w: (w * t).sum(1))
        ),
        "The weights are added to the logarithms as they are; inside a logarithm a factor becomes + log w.": (
            log_density_in_paper(*inputs, terms=lambda t, w: torch.logsumexp(t + w, 1))
        ),
        "The logarithms are added up: that is a product of densities.": log_density_in_paper(
            *inputs, terms=lambda t, w: t.sum(1)
        ),
        "That is the density. Its logarithm is asked.": log_density_in_paper(*inputs).exp(),
        "The terms d · log s and d/2 · log 2π are written for d = 2; here points have one number each.": (
            log_density_in_paper(*inputs, constant=1.0, logs=2)
        ),
        "`stds` holds standard deviations; you use them as variances.": log_density_in_paper(*inputs, variance=True),
    }
    where = (
        f"x = {said(x)}, components at {said((left, right))} with s = {said(stds)} and weights {said((share,))}, "
        f"{1 - share:.2g}"
    )
    return Case(where, log_density_in_paper(*inputs), usual, inputs)


@check.that("log_density", "adds up the components, each with its weight", point=True)
def _(log_density: Callable) -> None:
    case = drawn(two_bells)
    case.compare(per_point(log_density(*case.inputs), 3))


def per_point(value: Any, n: int) -> Tensor:
    expect(value is not None, NOTHING)
    return numbers(value, (n,), "log p", advice="One number for each point.")


@check.that("log_density", "asks every point about every component, in any dimension")
def _(log_density: Callable) -> None:
    for dimension in (2, 3):
        means = torch.tensor([chosen(*(k + i / 4 for i in range(dimension)), between=(-2.0, 2.0)) for k in range(3)])
        x = torch.tensor([chosen(*(2.0 - k - i for i in range(dimension)), between=(-2.0, 2.0)) for k in range(3)])
        stds, weights = torch.tensor([0.5, 1.0, 2.0]), torch.tensor([0.2, 0.3, 0.5])
        paired = log_density_in_paper(x, means, stds, weights, terms=lambda t, w: (t + w.log()).diagonal())
        expect_close(
            per_point(log_density(x, means, stds, weights), 3),
            log_density_in_paper(x, means, stds, weights),
            f"three points and three components in {dimension} dimensions",
            usual={"Point 1 is paired with component 1, point 2 with component 2, and so on.": paired},
        )


@check.that("log_density", "stays exact far from every component", point=True)
def _(log_density: Callable) -> None:
    (far,), (std,) = chosen(4.0, between=(3.0, 6.0)), chosen(0.02, between=(0.015, 0.03))
    stds, weights = torch.tensor([std, std]), torch.ones(2) / 2
    x = torch.tensor([[far, 0.0], [0.0, -far], [0.0, std]])  # the last is near: one batch may hold both
    inputs = (x, torch.zeros(2, 2), stds, weights)
    value, alone = log_density(*inputs), log_density(x[:2], *inputs[1:])
    expect(value is not None, NOTHING)
    if isinstance(value, Tensor) and value.isinf().any():
        by_itself = isinstance(alone, Tensor) and not alone.isinf().any()
        raise Miss(
            f"A point {far / std:.0f} standard deviations away gets an infinite log p where another point of the batch "
            "is near, and a finite one without that. The largest term is taken out of the sum for the whole batch; "
            "take it out for each point (torch.logsumexp does, dim=1)."
            if by_itself
            else f"At a distance of {far / std:.0f} standard deviations log p is infinite: the density itself has been "
            "rounded to 0 before its logarithm was taken. Stay with logarithms: torch.logsumexp."
        )
    got, want = per_point(value, 3), log_density_in_paper(*inputs)
    cut = "It is cut off: something added to the density, or a bound on it, outweighs it. Stay with logarithms."
    farther = per_point(log_density(2 * x[:2], *inputs[1:]), 2)
    usual = {cut: got} if bool((got[:2] - farther < 1).all()) else {}
    expect_close(got, want, f"two points {far / std:.0f} standard deviations away, and one near", usual=usual)
