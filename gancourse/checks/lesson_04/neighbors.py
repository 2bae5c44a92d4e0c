"""Scores by nearest neighbors: precision and recall (Kynkäänniemi et al., 2019, equations 1 and 2), density and
coverage (Naeem et al., 2020, section 3), memorization (the comparison of Meehan et al., 2020).

Each is asked about points on a line, few enough to count on one's fingers, and about clouds in the plane.
Where two mistakes lead to one number of points, neither is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, chosen, chosen_int, drawn, said, seeded
from gancourse.checks.lesson_04.suite import check
from gancourse.checks.values import expect_close, leaves_alone, number, pair, pretty

K_TOO_SMALL = "The radius reaches to a neighbor too near: the point itself, at distance 0, is not its own neighbor."
MEAN_RADIUS = "The radius is the mean distance to the k nearest. The distance to the k-th alone is asked."
CUT_SHORT = "That leaves points of the larger set out. m and n may differ."
K_TOO_LARGE = "The radius reaches to a neighbor too far: the k-th among the other points is meant."
WRONG_WAY_AROUND = "The two are swapped"
NOT_EUCLIDEAN = "The distance is the sum of absolute differences. The Euclidean one is asked."


def distances(x: Tensor, y: Tensor, order: float = 2.0) -> Tensor:
    """Distances (n, m), by the definition."""
    return (x[:, None].double() - y[None].double()).abs().pow(order).sum(-1).pow(1 / order)


def reach(points: Tensor, k: int, order: float = 2.0) -> Tensor:
    """Each point's distance to its k-th neighbor; for k = 0 to itself."""
    return distances(points, points, order).sort(1).values[:, k]


def mean_reach(points: Tensor, k: int) -> Tensor:
    """Each point's mean distance to its k nearest neighbors."""
    return distances(points, points).sort(1).values[:, 1 : k + 1].mean(1)


def inside(centers: Tensor, radius: Tensor, points: Tensor, order: float = 2.0) -> Tensor:
    """Which point (column) is in the ball of which center (row)."""
    return distances(centers, points, order) <= radius.reshape(-1, 1)


def share_of(of: Tensor) -> Tensor:
    return of.double().mean()


def points_on_line(*friendly: float) -> tuple[tuple[float, ...], Tensor]:
    """Points on a line, as they are told and as (n, 1)."""
    values = chosen(*friendly, between=(0.0, 12.0))
    return values, torch.tensor(values).unsqueeze(1)


def cloud(n: int, seed: int, x: float = 0.0, d: int = 2) -> Tensor:
    """A cloud (n, d) around (x, 0, …); the seed is for a notebook, a grader has others."""
    points = 2 * torch.randn(n, d, generator=seeded(chosen_int(seed, between=(10_000, 2**40))), dtype=torch.float64)
    points[:, 0] += x
    return points.float()


def telling(where: str, want: Tensor, usual: Mapping[str, Tensor], inputs: tuple) -> Case:
    """A case with those mistakes that can be told from the right answer and from each other.

    Where two mistakes lead to one number neither is told: clouds in the plane tell them apart. It is never clear
    where a constant is right, or two numbers the wrong way around are.
    """
    constants = {f"That is {c:g} again: is it computed from the points?": torch.full_like(want, c) for c in (0, 0.5, 1)}
    found = {**constants, **usual}
    everything = [("", want), *found.items()]
    kept = {}
    for words, value in found.items():
        twins = [said for said, other in everything if said != words and torch.allclose(value, other, atol=5e-3)]
        if not twins or ("" in twins and (words in constants or words.startswith(WRONG_WAY_AROUND))):
            kept[words] = value
    return Case(where, want, kept, inputs)


# --- precision_recall -----------------------------------------------------------------------


def both(real: Tensor, fake: Tensor, k: int, order: float = 2.0) -> Tensor:
    """(precision, recall)."""
    on_real = inside(real, reach(real, k, order), fake, order)
    on_fake = inside(fake, reach(fake, k, order), real, order)
    return torch.stack([share_of(on_real.any(0)), share_of(on_fake.any(0))])


def precision_mistakes(real: Tensor, fake: Tensor, k: int) -> dict[str, Tensor]:
    table, mine, theirs = distances(real, fake), reach(real, k)[:, None], reach(fake, k)[None]

    def two(precision: Tensor, recall: Tensor) -> Tensor:
        return torch.stack([share_of(precision), share_of(recall)])

    averaged = two(
        (table <= mean_reach(real, k)[:, None]).any(0), (table <= mean_reach(fake, k)[None]).any(1)
    )  # for k = 1 it is the right one
    return {
        f"{WRONG_WAY_AROUND}: precision comes first.": both(real, fake, k).flip(0),
        K_TOO_SMALL: both(real, fake, k - 1),
        K_TOO_LARGE: both(real, fake, k + 1),
        "The means are over the wrong points: precision is a share of the fake points, recall of the real ones.": (
            two((table <= mine).any(1), (table <= theirs).any(0))
        ),
        "The radii are those of the other set. A ball's radius comes from its own center's set.": (
            two((table <= theirs).any(0), (table <= mine).any(1))
        ),
        "Being in one ball is enough; that asks for all of them.": two(
            (table <= mine).all(0), (table <= theirs).all(1)
        ),
        "That counts pairs. A point counts once, in however many balls it is.": two(table <= mine, table <= theirs),
        "One radius for all balls: each has its own.": (
            two((table <= mine.mean()).any(0), (table <= theirs.mean()).any(1))
        ),
        "Distances are squared on one side of the comparison only.": (
            two((table.square() <= mine).any(0), (table.square() <= theirs).any(1))
        ),
        NOT_EUCLIDEAN: both(real, fake, k, order=1.0),
        "That is coverage in the place of recall: for recall the balls are around the fake points.": two(
            (table <= mine).any(0), (table <= mine).any(1)
        ),
        CUT_SHORT: both(real[: len(fake)], fake[: len(real)], k),
        "Each fake point is compared with its nearest real point's ball only. It may be in another's.": two(
            table.gather(0, table.argmin(0)[None])[0] <= mine[:, 0][table.argmin(0)],
            table.gather(1, table.argmin(1)[:, None])[:, 0] <= theirs[0][table.argmin(1)],
        ),
    } | ({MEAN_RADIUS: averaged} if k > 1 else {})


def on_a_line() -> tuple[tuple[tuple[float, ...], Tensor], tuple[tuple[float, ...], Tensor]]:
    """Real and fake points on a line; one fake point is where a real one is."""
    on_real, real = points_on_line(0.0, 1.0, 3.0, 7.0)
    on_fake, _ = points_on_line(2.5, 3.5, 8.0, 11.5)
    on_fake = (*on_fake, on_real[2])
    return (on_real, real), (on_fake, torch.tensor(on_fake).unsqueeze(1))


def precision_on_a_line() -> Case:
    (on_real, real), (on_fake, fake) = on_a_line()
    where = f"real points at {said(on_real)}, fake ones at {said(on_fake)} and k = 1"
    return telling(where, both(real, fake, 1), precision_mistakes(real, fake, 1), (real, fake, 1))


def precision_in_the_plane() -> Case:
    k, real, fake = chosen_int(2, between=(2, 3)), cloud(14, 1031), cloud(18, 1032, x=2.5)
    where = f"clouds of 14 real and 18 fake points in the plane, and k = {k}"
    return Case(where, both(real, fake, k), precision_mistakes(real, fake, k), (real, fake, k))


@check.that("precision_recall", "counts points in balls on a line", point=True)
def _(precision_recall: Callable) -> None:
    case = drawn(precision_on_a_line)
    case.compare(pair(precision_recall(*case.inputs), "precision", "recall"))


@check.that("precision_recall", "counts points in balls in the plane, for other k and numbers of points", point=True)
def _(precision_recall: Callable) -> None:
    case = drawn(precision_in_the_plane)
    case.compare(pair(precision_recall(*case.inputs), "precision", "recall"))


@check.that("precision_recall", "has points on the edge of a ball inside", alone=False)
def _(precision_recall: Callable) -> None:
    a = float(chosen_int(2, between=(1, 9)))
    real, fake = torch.tensor([[0.0], [a]]), torch.tensor([[-a], [-3 * a]])
    got = pair(precision_recall(real, fake, 1), "precision", "recall")
    where = f"real points at 0 and {a:g}, fake ones at {-a:g} and {-3 * a:g}, k = 1"
    usual = {"A point whose distance equals the radius is inside: ≤, not <.": [0.0, 0.5]}
    expect_close(got, [0.5, 1.0], where, usual=usual)


def twins() -> tuple[Tensor, Tensor, str]:
    """Points on a line, two of them in one place, and others of which one is there, too; k is 1."""
    a = float(chosen_int(2, between=(1, 9)))
    some, others = (torch.tensor([[a * x] for x in places]) for places in ((0, 0, 5, 6), (0.5, 5.5, 100, 0)))
    told = f"at 0, 0, {5 * a:g} and {6 * a:g}", f"at {a / 2:g}, {5.5 * a:g}, {100 * a:g} and 0"
    return some, others, f"points {told[0]} against points {told[1]}, and k = 1"


TWINS = "A twin is another point, at distance 0: then the nearest neighbor is at distance 0, and so is the edge."


@check.that("precision_recall", "counts a twin as another point, at distance 0")
def _(precision_recall: Callable) -> None:
    some, others, told = twins()
    for real, fake, want, wrong in ((some, others, [0.5, 1.0], [0.75, 1.0]), (others, some, [1.0, 0.5], [1.0, 0.75])):
        got = pair(precision_recall(real, fake, 1), "precision", "recall")
        expect_close(got, want, told, usual={TWINS: wrong})


@check.that("precision_recall", "is (0, 0) for sets far apart and (1, 1) for equal ones", alone=False)
def _(precision_recall: Callable) -> None:
    points = cloud(12, 6, d=3)
    got = pair(precision_recall(points, points + 1000, 3), "precision", "recall")
    expect_close(got, [0.0, 0.0], "sets that are far apart")
    expect_close(pair(precision_recall(points, points.clone(), 3), "precision", "recall"), [1.0, 1.0], "equal sets")


@check.that("precision_recall", "leaves the points as they were", alone=False)
def _(precision_recall: Callable) -> None:
    leaves_alone(precision_recall, cloud(8, 7), cloud(9, 8), 2)


# --- density_coverage -----------------------------------------------------------------------


def density_and_coverage(
    real: Tensor, fake: Tensor, k: int, radius: Tensor | None = None, order: float = 2.0
) -> Tensor:
    """(density, coverage)."""
    table = inside(real, reach(real, k, order) if radius is None else radius, fake, order)
    return torch.stack([table.double().sum() / (k * len(fake)), share_of(table.any(1))])


def density_mistakes(real: Tensor, fake: Tensor, k: int) -> dict[str, Tensor]:
    table, right = inside(real, reach(real, k), fake), density_and_coverage(real, fake, k)
    around_fakes = distances(real, fake) <= reach(fake, k)[None]
    nearest_only = table & (distances(real, fake) == distances(real, fake).min(0).values)

    def with_density(value: Tensor) -> Tensor:
        return torch.stack([value.double(), right[1]])

    def with_coverage(value: Tensor) -> Tensor:
        return torch.stack([right[0], value.double()])

    return {
        f"{WRONG_WAY_AROUND}: density comes first.": right.flip(0),
        "The density is not divided by k.": with_density(k * right[0]),
        "The density is divided by the number of real points. It is by that of the fake ones.": (
            with_density(table.sum() / (k * len(real)))
        ),
        "The density is divided by all pairs. Divide by k and by the number of fake points.": with_density(
            share_of(table)
        ),
        "Instead of density that has precision: count in how many balls a point is.": with_density(
            share_of(table.any(0))
        ),
        "The coverage is a share of the real points; that is of the fake ones.": with_coverage(share_of(table.any(0))),
        "Instead of coverage that has recall: the balls are around real points.": with_coverage(
            share_of(around_fakes.any(1))
        ),
        "The balls are around the fake points. Both scores have them around the real ones.": (
            torch.stack([around_fakes.double().sum() / (k * len(fake)), share_of(around_fakes.any(1))])
        ),
        "For the coverage one fake point in a ball is enough; that asks for all.": with_coverage(
            share_of(table.all(1))
        ),
        "For the coverage each ball counts once, however many points it has.": with_coverage(share_of(table)),
        K_TOO_SMALL: density_and_coverage(real, fake, k, reach(real, k - 1)),
        K_TOO_LARGE: density_and_coverage(real, fake, k, reach(real, k + 1)),
        NOT_EUCLIDEAN: density_and_coverage(real, fake, k, order=1.0),
        CUT_SHORT: density_and_coverage(real[: len(fake)], fake[: len(real)], k),
        "A fake point counts in every ball it is in, not in that of its nearest real point alone.": with_coverage(
            share_of(nearest_only.any(1))
        ),
        "The density counts pairs whose ball is around the fake point. Balls are around real points.": with_density(
            around_fakes.sum() / (k * len(fake))
        ),
    } | ({MEAN_RADIUS: density_and_coverage(real, fake, k, mean_reach(real, k))} if k > 1 else {})


def density_on_a_line() -> Case:
    (on_real, real), (on_fake, fake) = on_a_line()
    where = f"real points at {said(on_real)}, fake ones at {said(on_fake)} and k = 1"
    return telling(where, density_and_coverage(real, fake, 1), density_mistakes(real, fake, 1), (real, fake, 1))


def density_in_the_plane() -> Case:
    k, real, fake = chosen_int(2, between=(2, 3)), cloud(14, 1001), cloud(18, 1002, x=2.0)
    where = f"clouds of 14 real and 18 fake points in the plane, and k = {k}"
    return Case(where, density_and_coverage(real, fake, k), density_mistakes(real, fake, k), (real, fake, k))


@check.that("density_coverage", "counts points in balls on a line", point=True)
def _(density_coverage: Callable) -> None:
    case = drawn(density_on_a_line)
    case.compare(pair(density_coverage(*case.inputs), "density", "coverage"))


@check.that("density_coverage", "counts points in balls in the plane, for other k and numbers of points", point=True)
def _(density_coverage: Callable) -> None:
    case = drawn(density_in_the_plane)
    case.compare(pair(density_coverage(*case.inputs), "density", "coverage"))


@check.that("density_coverage", "has points on the edge of a ball inside", alone=False)
def _(density_coverage: Callable) -> None:
    a = float(chosen_int(2, between=(1, 9)))
    real, fake = torch.tensor([[0.0], [a]]), torch.tensor([[-a], [-3 * a]])
    got = pair(density_coverage(real, fake, 1), "density", "coverage")
    where = f"real points at 0 and {a:g}, fake ones at {-a:g} and {-3 * a:g}, k = 1"
    usual = {"A point whose distance equals the radius is inside: ≤, not <.": [0.0, 0.0]}
    expect_close(got, [0.5, 0.5], where, usual=usual)


@check.that("density_coverage", "counts a twin as another point, at distance 0")
def _(density_coverage: Callable) -> None:
    real, fake, told = twins()
    got = pair(density_coverage(real, fake, 1), "density", "coverage")
    expect_close(got, [1.0, 1.0], told, usual={TWINS: [1.5, 1.0]})
    unit = float(real[2]) / 5
    fake = torch.tensor([[0.5 * unit], [5.5 * unit], [100 * unit], [100 * unit]])
    places = "real points at " + said(tuple(real[:, 0].tolist())) + ", fake ones at " + said(tuple(fake[:, 0].tolist()))
    once = "A twin is another point: sums and shares run over all m real points, each place as often as it comes."
    got = pair(density_coverage(real, fake, 1), "density", "coverage")
    expect_close(got, [0.5, 0.5], f"{places}, and k = 1", usual={TWINS: [1.0, 1.0], once: [0.75, 1.0]})


@check.that("density_coverage", "lets the density exceed 1, and not the coverage", point=True)
def _(density_coverage: Callable) -> None:
    points = cloud(chosen_int(9, between=(7, 12)), 11)
    middle = points.mean(0, keepdim=True).repeat(5, 1)
    k = len(points) - 1  # the balls reach to the farthest point: all hold the middle
    want = [len(points) / k, 1.0]
    got = pair(density_coverage(points, middle, k), "density", "coverage")
    expect_close(got, want, f"five fake points in the middle of {len(points)} real ones, k = {k}")


@check.that("density_coverage", "is (0, 0) for sets far apart, and leaves the points as they were", alone=False)
def _(density_coverage: Callable) -> None:
    points = cloud(12, 12, d=3)
    got = pair(density_coverage(points, points + 1000, 3), "density", "coverage")
    expect_close(got, [0.0, 0.0], "sets that are far apart")
    leaves_alone(density_coverage, points, cloud(9, 13, d=3), 2)


# --- memorization ---------------------------------------------------------------------------


def nearer(near: Tensor, usual: Tensor) -> Tensor:
    """The share of pairs in which the first is smaller; ties count ½."""
    first, second = near[:, None], usual[None]
    return share_of(first < second) + share_of(first == second) / 2


def memorization_mistakes(train: Tensor, test: Tensor, fake: Tensor) -> dict[str, Tensor]:
    to_train, held, to_test = distances(fake, train), distances(test, train), distances(fake, test)
    near, usual = to_train.min(1).values, held.min(1).values
    fewer = min(len(near), len(usual))
    return {
        "The comparison is the wrong way around: copies should get 1.": 1 - nearer(near, usual),
        "That compares a fake point's nearest training point with its nearest held-out one. Compare fake points "
        "with held-out ones, by their distances to the training set.": nearer_each(near, to_test.min(1).values),
        "That takes mean distances. The distance to the nearest training point is asked.": (
            nearer(to_train.mean(1), held.mean(1))
        ),
        "That takes the farthest training point. The nearest is asked.": nearer(
            to_train.max(1).values, held.max(1).values
        ),
        "That has distances to the held-out points. All are to the training set.": (
            nearer(to_test.min(1).values, usual)
        ),
        "That compares point by point in the order they come. Every fake point meets every held-out one.": (
            nearer_each(near[:fewer], usual[:fewer])
        ),
        "That compares with the mean of the held-out distances. Compare with each of them.": share_of(
            near < usual.mean()
        ),
        "That compares with the median of the held-out distances. Compare with each of them.": nearer_each(
            near, usual.median().expand_as(near)
        ),
        "That is a ratio of mean distances. A share of pairs is asked.": near.mean() / usual.mean(),
        "The nearest fake point of each training point is taken. It is the other way around.": (
            nearer(to_train.min(0).values, held.min(0).values)
        ),
    }


def nearer_each(near: Tensor, usual: Tensor) -> Tensor:
    """The share of places where the first is smaller."""
    return share_of(near < usual) + share_of(near == usual) / 2


def memorization_on_a_line() -> Case:
    (on_train, train), (on_test, test) = points_on_line(0.0, 5.0, 10.0), points_on_line(1.0, 3.2, 7.0)
    on_fake, fake = points_on_line(0.4, 5.1, 8.2, 11.5)
    where = f"training points at {said(on_train)}, held-out ones at {said(on_test)}, fake ones at {said(on_fake)}"
    want = nearer(*(distances(points, train).min(1).values for points in (fake, test)))
    return telling(where, want, memorization_mistakes(train, test, fake), (train, test, fake))


def memorization_in_the_plane() -> Case:
    train, test, fake = cloud(16, 1021), cloud(11, 1022), cloud(13, 1023, x=1.5)
    want = nearer(*(distances(points, train).min(1).values for points in (fake, test)))
    where = "clouds of 16 training, 11 held-out and 13 fake points in the plane"
    return Case(where, want, memorization_mistakes(train, test, fake), (train, test, fake))


@check.that("memorization", "counts who is nearer to the training set, on a line", point=True)
def _(memorization: Callable) -> None:
    case = drawn(memorization_on_a_line)
    case.compare(number(memorization(*case.inputs)))


@check.that(
    "memorization", "counts who is nearer to the training set, in the plane, for other numbers of points", point=True
)
def _(memorization: Callable) -> None:
    case = drawn(memorization_in_the_plane)
    case.compare(number(memorization(*case.inputs)))


@check.that("memorization", "counts a tie as ½, and finds it: an exact copy is at distance 0", alone=False)
def _(memorization: Callable) -> None:
    a = float(chosen_int(3, between=(1, 9)))
    train, test, fake = (torch.tensor(p)[:, None] for p in ([0.0], [a, 3 * a], [-a, a, 2 * a, 9 * a]))
    got = number(memorization(train, test, fake))
    where = (
        f"a training point at 0, held-out ones at {a:g} and {3 * a:g}, fake ones at {-a:g}, {a:g}, {2 * a:g}, {9 * a:g}"
    )
    usual = {
        "There are ties, which count ½. You count them 0: <.": 3 / 8,
        "There are ties, which count ½. You count them 1: ≤.": 5 / 8,
    }
    expect_close(got, 1 / 2, where, usual=usual)
    large, small = 500 + 100 * cloud(40, 17, d=12), torch.arange(40.0)[:, None].repeat(1, 12)
    got = number(memorization(torch.cat([large, small]), small[:30].clone(), large[:35].clone()))
    left_out = "A distance of 0 is left out there. It is the nearest there is: a copy's."
    advice = (
        "Both kinds are copies, so all is ties. A matrix product inside the distance gives copies a small distance."
    )
    where = "fake and held-out points that are all copies of training points"
    expect_close(got, 1 / 2, where, usual={left_out if got in (0, 1) else advice: got})


@check.that("memorization", "is 1 for copies and 0 for what is unlike anything", alone=False, point=True)
def _(memorization: Callable) -> None:
    train, test = cloud(30, 18, d=3), cloud(20, 19, d=3)
    expect_close(number(memorization(train, test, train[:15].clone())), 1.0, "copies of the training set")
    expect_close(number(memorization(train, test, test + 1000)), 0.0, "points far away from everything")


@check.that("memorization", "is a share of pairs, and leaves the points as they were", alone=False)
def _(memorization: Callable) -> None:
    train, test, fake = cloud(8, 20), cloud(6, 21), cloud(7, 22)
    got, twice = number(memorization(train, test, fake)), number(memorization(train, test, fake.repeat(2, 1)))
    expect(0 <= float(got) <= 1, f"A probability is from 0 to 1; you return {pretty(got)}.")
    expect_close(twice, got, "every fake point twice")
    leaves_alone(memorization, train, test, fake)
