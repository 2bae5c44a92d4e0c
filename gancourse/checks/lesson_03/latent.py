"""Ways between two points of the latent space, and arithmetic in it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.asked import intact
from gancourse.checks.core import Miss, expect
from gancourse.checks.inputs import Case, chosen, chosen_int, drawn, rand, randn
from gancourse.checks.lesson_03.suite import check
from gancourse.checks.values import close, expect_close, numbers

ONE_ROW_EACH = "One row for each number in t."


def way(answer: Callable, a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    """The points the student's function gives, (k, d); inputs are looked at for changes."""
    got = numbers(answer(a, b, t), (len(t), len(a)), advice=ONE_ROW_EACH)
    expect(all(map(intact, (a, b, t))), "Your function changes what it is given.")
    return got


def sphere(a: Tensor, b: Tensor, t: Tensor, angle: Tensor | None = None) -> Tensor:
    """White's formula in double precision."""
    a, b, t = a.double(), b.double(), t.double()[:, None]
    if angle is None:
        angle = torch.acos((a @ b / (a.norm() * b.norm())).clamp(-1, 1))
    return torch.sin((1 - t) * angle) / torch.sin(angle) * a + torch.sin(t * angle) / torch.sin(angle) * b


def chord(a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    a, b, t = a.double(), b.double(), t.double()[:, None]
    return (1 - t) * a + t * b


def line_of(latent_moves: Callable) -> Callable:
    """The student's lerp, by its name in the exercise."""
    return lambda *given: latent_moves("line", *given)


def straight() -> Case:
    a, b = torch.tensor(chosen(2.0, 0.0, between=(-3.0, 3.0))), torch.tensor(chosen(4.0, 8.0, between=(4.0, 9.0)))
    (share,) = chosen(1 / 4, between=(0.1, 0.4))
    t = torch.tensor([share])
    usual: dict[str, Any] = {
        "The two ends are swapped: t = 0 is a, t = 1 is b.": chord(b, a, t),
        "That is the middle between them, for every t.": chord(a, b, torch.tensor([0.5])),
        "a is missing: go from a, by t · (b − a).": t[:, None] * (b - a),
        "That is a + t · b: a has to weigh 1 − t.": a + t[:, None] * b,
    }
    where = f"a = {a.tolist()}, b = {b.tolist()} and t = [{share:g}]"
    return Case(where, chord(a, b, t), usual, (a, b, t))


@check.that("latent_moves", "lerp goes the share t of the way from a to b")
def _(latent_moves: Callable) -> None:
    case = drawn(straight)
    case.compare(way(line_of(latent_moves), *case.inputs), what="lerp gives")


@check.that("latent_moves", "lerp gives one point for each t, in t's order, a at 0 and b at 1")
def _(latent_moves: Callable) -> None:
    a, b, t = randn(7), randn(7), torch.tensor([0.0, 0.9, 0.5, 0.3, 1.0])
    got = way(line_of(latent_moves), a, b, t)
    expect_close(got[[0, -1]], torch.stack([a, b]), "t = 0 and t = 1", atol=1e-6, what="lerp gives")
    ordered = {"The rows are sorted by t. One row for each t, in the order of t.": chord(a, b, t.sort().values)}
    expect_close(got, chord(a, b, t), "five points between two random ones", ordered, show=False, what="lerp gives")


# --- attribute_arithmetic -------------------------------------------------------------------


def edited_codes(latent_moves: Callable, z: Tensor, minus: Tensor, plus: Tensor) -> Tensor:
    got = numbers(
        latent_moves("arithmetic", z, minus, plus), tuple(z.shape), advice="One edited code for each row of z."
    )
    expect(all(map(intact, (z, minus, plus))), "Your function changes the codes it is given. Make a new tensor: z + …")
    return got


def sums() -> Case:
    numbers_ = chosen(1.0, 2.0, 5.0, 3.0, 9.0, 7.0, 4.0, between=(0.5, 12.0))
    z = torch.tensor([numbers_[:2]])
    minus, plus = torch.tensor([numbers_[2:4]]), torch.tensor([numbers_[4:6], [numbers_[6], numbers_[4]]])
    right = z + plus.mean(0) - minus.mean(0)
    usual: dict[str, Any] = {
        "The signs are swapped: add the mean of `plus`, take that of `minus` away.": z - plus.mean(0) + minus.mean(0),
        "The sums are taken instead of the means.": z + plus.sum(0) - minus.sum(0),
        "`minus` is not taken away.": z + plus.mean(0),
        "`plus` is not added.": z - minus.mean(0),
        "That is the direction alone, without z.": (plus.mean(0) - minus.mean(0))[None],
        "The mean is taken over everything: average over rows only, dim=0.": z + plus.mean() - minus.mean(),
        "Only the first row of `plus` counts: average over all of them.": z + plus[0] - minus[0],
    }
    where = f"z = {z.tolist()}, minus = {minus.tolist()} and plus = {plus.tolist()}"
    return Case(where, right, usual, (z, minus, plus))


@check.that("latent_moves", "attribute_arithmetic adds the mean of `plus` and takes away that of `minus`")
def _(answer: Callable) -> None:
    case = drawn(sums)
    case.compare(edited_codes(answer, *case.inputs), what="attribute_arithmetic gives")


@check.that("latent_moves", "attribute_arithmetic does so for every code, with sets of different sizes")
def _(answer: Callable) -> None:
    z, minus, plus = randn(4, 6), randn(3, 6), randn(9, 6)
    want = z.double() + plus.double().mean(0) - minus.double().mean(0)
    expect_close(edited_codes(answer, z, minus, plus), want, "4 codes, 3 to take away and 9 to add", show=False)


@check.that("latent_moves", "attribute_arithmetic undoes itself when the two sets are swapped")
def _(answer: Callable) -> None:
    z, minus, plus = randn(5, 6), randn(4, 6), randn(2, 6) + 3
    there = edited_codes(answer, z, minus, plus)
    expect(not close(there, z.double()), "The codes come back unchanged.")
    back = edited_codes(answer, there.float(), plus, minus)
    expect_close(back, z, "there and back", what="the codes become", show=False)


# --- slerp --------------------------------------------------------------------------------


def one_arc() -> Case:
    """Two points at an angle that is neither right nor flat, of different lengths."""
    first, second = chosen(1.2, 0.8, between=(0.5, 1.1))
    (degrees,) = chosen(60.0, between=(40.0, 80.0))
    a = torch.tensor([first, 0.0])
    b = torch.tensor([second * math.cos(math.radians(degrees)), second * math.sin(math.radians(degrees))])
    (share,) = chosen(1 / 4, between=(0.15, 0.4))
    t = torch.tensor([share])
    raw = torch.acos((a.double() @ b.double()).clamp(-1, 1))
    radians = torch.tensor(math.radians(degrees), dtype=torch.float64)
    usual: dict[str, Any] = {
        "The two ends are swapped: t = 0 is a, t = 1 is b.": sphere(b, a, t),
        "That is the straight line.": chord(a, b, t),
        "That is normalized: the formula mixes a and b as they are. Only the angle is found from unit vectors.": (
            sphere(a / a.norm(), b / b.norm(), t)
        ),
        "That is the arc's direction, with a length of its own: the formula mixes a and b as they are.": (
            sphere(a / a.norm(), b / b.norm(), t) * chord(a.norm()[None], b.norm()[None], t)
        ),
        "The angle is found without dividing by both lengths: cos Ω = a · b / (|a| |b|).": sphere(a, b, t, raw),
        "The division by sin Ω is missing.": sphere(a, b, t) * torch.sin(radians),
        "The sines of tΩ are missing: that is a line with other weights.": chord(a, b, torch.sin(t * radians)),
    }
    where = f"a = {rounded(a)}, b = {rounded(b)} ({degrees:g}° apart) and t = [{share:g}]"
    return Case(where, sphere(a, b, t), usual, (a, b, t))


def rounded(x: Tensor) -> list[float]:
    return [round(v, 3) for v in x.tolist()]


@check.that("slerp", "turns by the share t of the angle, as the formula says")
def _(slerp: Callable) -> None:
    case = drawn(one_arc)
    case.compare(way(slerp, *case.inputs))


@check.that("slerp", "gives one point for each t, a at 0 and b at 1")
def _(slerp: Callable) -> None:
    a, b, t = randn(20), randn(20), torch.tensor([0.0, 0.3, 0.5, 0.9, 1.0])
    got = way(slerp, a, b, t)
    expect_close(got[[0, -1]], torch.stack([a, b]), "t = 0 and t = 1", atol=1e-5)
    expect_close(got, sphere(a, b, t), "five points between two random ones", show=False, atol=1e-4)


@check.that("slerp", "keeps the length between points of equal length")
def _(slerp: Callable) -> None:
    a, b = randn(100), randn(100)
    b = b * a.norm() / b.norm()
    for end, what in ((b, "two points"), (-b, "one of them and the other's opposite, both")):  # acute and obtuse
        lengths = way(slerp, a, end, torch.linspace(0, 1, 9)).norm(dim=1) / a.double().norm()
        where = f"{what} of equal length in 100 dimensions"
        expect_close(lengths, torch.ones(9), where, what="the relative lengths are")


@check.that("slerp", "turns where the angle is small, too")
def _(slerp: Callable) -> None:
    for degrees in (chosen_int(20, between=(12, 24)), chosen_int(5, between=(3, 8))):
        radians = math.radians(degrees)
        a, b = torch.tensor([3.0, 0.0]), torch.tensor([3 * math.cos(radians), 3 * math.sin(radians)])
        t = torch.tensor([0.25, 0.5, 0.75])
        usual = {"That is the straight line: go straight only where sin Ω rounds to 0.": chord(a, b, t)}
        where = f"two points of length 3, {degrees}° apart"
        expect_close(way(slerp, a, b, t), sphere(a, b, t), where, usual=usual, atol=1e-4)


@check.that("slerp", "is right where the cosine rounds to more than 1")
def _(slerp: Callable) -> None:
    while True:
        a = randn(20)
        b = (1 + rand(1)) * a
        if all(float(x @ y / (x.norm() * y.norm())) > 1 for x, y in ((a, b), (b, a))):
            break
    t = torch.tensor([0.0, 0.25, 1.0])
    where = "a and b in the same direction, whose cosine rounds to more than 1"
    try:
        got = way(slerp, a, b, t)
    except Miss as miss:
        raise Miss(f"For {where}: {miss}\nBound it before acos: clamp(-1, 1).") from None
    expect_close(got, chord(a, b, t), where, show=False, atol=1e-3)


@check.that("slerp", "goes straight where a and b point the same way")
def _(slerp: Callable) -> None:
    a, t = torch.zeros(8), torch.tensor([0.0, 0.25, 0.5, 1.0])
    (a[3],) = chosen(3.0, between=(1.0, 5.0))  # a single entry: the cosine is 1 without any rounding
    for factor in (1.0, 2.0):
        b = factor * a
        where = "a and b the same" if factor == 1 else "b = 2a"
        got = way(slerp, a, b, t)
        expect_close(got, chord(a, b, t), where, show=False, atol=1e-3)
    a = randn(8) + 0.1
    nearly = a + 1e-6 * rand(8)
    expect(
        close(way(slerp, a, nearly, t), chord(a, nearly, t), atol=1e-3),
        "For a and b nearly the same it is far from both.",
    )
