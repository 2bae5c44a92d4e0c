"""Modes covered and the share of good samples, on points laid out by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.asked import intact
from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, chosen, chosen_int, drawn
from gancourse.checks.lesson_02.suite import check
from gancourse.checks.values import expect_close, pair


def counted(samples: Tensor, modes: Tensor, std: float, radius: float = 3.0, box: bool = False) -> list[float]:
    """The literature's two numbers; the options are for answers that are wrong."""
    apart = samples.double()[:, None] - modes.double()
    distances = apart.abs().amax(2) if box else apart.norm(dim=2)
    nearest, good = distances.argmin(1), distances.min(1).values <= radius * std
    return [float(len(nearest[good].unique())), float(good.double().mean())]


def two_numbers(value: Any) -> Tensor:
    """What came back, as (modes covered, share)."""
    otherwise = "Return two numbers: how many modes are covered, and the share of high-quality samples."
    return pair(value, "", "", otherwise, ("The first number", "The second number"))


def around(modes: Tensor, std: float, places: list[tuple[int, float, float]]) -> Tensor:
    """Points near modes: (which mode, standard deviations away, in which direction, in degrees)."""
    rows = [
        modes[k] + std * away * torch.tensor([math.cos(math.radians(angle)), math.sin(math.radians(angle))])
        for k, away, angle in places
    ]
    return torch.stack(rows)


def square() -> Case:
    """Four modes. One has four good samples, one a good and a bad one, two have bad ones only."""
    (std,), (side,) = chosen(0.6, between=(0.52, 0.68)), chosen(6.0, between=(6.0, 9.0))
    modes = side * torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    (close,), (middle,) = chosen(0.5, between=(0.1, 0.9)), chosen(1.2, between=(1.1, 1.4))
    (wide,) = chosen(2.8, between=(2.3, 2.95))
    out, corner = chosen(3.2, 3.6, between=(3.1, 4.0)), chosen(3.5, between=(3.3, 3.9))
    places = [(0, close, angle) for angle in (10.0, 80.0, 150.0)]
    places += [(0, middle, 200.0), (1, wide, 90.0), (1, out[0], 270.0)]
    # Along the diagonal such a point is more than 3 away, and each of its coordinates less than 3.
    places += [(2, corner[0], 45.0), (3, out[1], 180.0)]
    samples = around(modes, std, places)
    want = counted(samples, modes, std)
    every = float(len((samples[:, None] - modes).norm(dim=2).argmin(1).unique()))
    usual = {
        "A percentage? The share should lie between 0 and 1.": [want[0], 100 * want[1]],
        "The second number should be a share of all samples, not a count.": [want[0], want[1] * len(samples)],
        "The first number should be how many modes are covered, not their share.": [want[0] / 4, want[1]],
        "The two numbers are swapped.": [want[1], want[0]],
        "The second number is a share of the modes. Take that of the samples, each with its nearest mode.": [
            want[0],
            want[0] / len(modes),
        ],
        "The share is divided by 2,500; divide by the number of samples that came.": [
            want[0],
            want[1] * len(samples) / 2500,
        ],
        "Every mode that is nearest to some sample is counted. Count those with a good one.": [every, want[1]],
        "The first number counts high-quality samples. Many of them may lie at one mode.": [
            want[1] * len(samples),
            want[1],
        ],
        "The limit is one standard deviation; it should be three.": counted(samples, modes, std, 1.0),
        "The limit is 3 in the units of the plane; it should be 3 standard deviations.": (
            counted(samples, modes, std, 3 / std)
        ),
        "The limit is 3 s². Compare distances with 3 s (or their squares with 9 s²).": (
            counted(samples, modes, std, 3 * std)
        ),
        "Each coordinate is compared by itself, which makes a box. The distance counts: a disc.": (
            counted(samples, modes, std, box=True)
        ),
    }  # fmt: skip
    where = (
        f"{len(samples)} samples around 4 modes with s = {std:g}: {', '.join(f'{a:g} s' for _, a, _ in places)} away"
    )
    return Case(where, want, usual, (samples, modes, std))


@check.that("count_modes", "counts modes with a sample within three standard deviations, and such samples", point=True)
def _(count_modes: Callable) -> None:
    case = drawn(square)
    samples, modes, std = case.inputs
    got = two_numbers(count_modes(samples, modes, std))
    expect(intact(samples), "Your function changes its argument `samples`, which its caller still needs.")
    case.compare(got)


def neighbors() -> Case:
    """Two modes so close that a sample is within three standard deviations of both."""
    (std,), (gap,) = chosen(0.5, between=(0.3, 2.0)), chosen(2.5, between=(1.8, 2.8))
    (toward,) = chosen(0.8, between=(0.3, 0.85))
    modes = torch.tensor([[0.0, 0.0], [gap * std, 0.0], [40 * std, 0.0]])
    samples = around(modes, std, [(0, toward, 0.0), (0, toward, 90.0)])
    usual = {
        "A sample counts for its nearest mode only; here it counts for every mode within 3 s.": [2.0, 1.0],
        "Each mode looks for its nearest sample. Let each sample look for its nearest mode.": [2.0, 2 / 3],
    }
    where = f"two samples at one mode, within 3 s of its neighbor too ({gap:g} s apart)"
    return Case(where, [1.0, 1.0], usual, (samples, modes, std))


@check.that("count_modes", "gives each sample to its nearest mode only", alone=False, point=True)
def _(count_modes: Callable) -> None:
    case = drawn(neighbors)
    case.compare(two_numbers(count_modes(*case.inputs)))


@check.that("count_modes", "counts a mode once, however many samples it has")
def _(count_modes: Callable) -> None:
    n, bad = chosen_int(30, between=(20, 60)), chosen_int(10, between=(5, 19))
    modes = torch.tensor([[0.0, 0.0, 0.0], [5.0, 0.0, 0.0], [0.0, 5.0, 5.0]])
    samples = torch.cat([modes[2].expand(n, 3), (modes[2] + torch.tensor([0.0, 0.0, 50.0])).expand(bad, 3)])
    got = two_numbers(count_modes(samples, modes, 0.1))
    expect_close(
        got,
        [1.0, n / (n + bad)],
        f"{n} samples exactly at one of three modes (in three dimensions) and {bad} far away",
        usual={
            "Samples are counted, not modes.": [float(n), n / (n + bad)],
            "The share is that of all samples, bad ones too.": [1.0, 1.0],
            "Samples at the same place count once. Count each of them: a collapsed generator repeats itself.": [
                1.0,
                1 / 2,
            ],
            "Bad samples cover a mode, too. Only good ones should.": [2.0, n / (n + bad)],
            "The share is that of the modes. Take the samples'.": [1.0, 1 / 3],
            "A good sample covers one mode, its nearest; here it covers all.": [3.0, n / (n + bad)],
        },
    )


@check.that("count_modes", "takes a sample at exactly three standard deviations, and none farther away")
def _(count_modes: Callable) -> None:
    std = chosen_int(2, between=(1, 9)) / 4  # of such numbers three times as much is exact
    edge = 3 * std
    modes = torch.tensor([[0.0, 0.0], [16.0, 0.0], [0.0, 16.0]])
    samples = modes + torch.tensor([[edge, 0.0], [0.0, -edge], [edge + 2**-12, 0.0]])
    got = two_numbers(count_modes(samples, modes, std))
    where = f"s = {std:g}, two samples at exactly 3 s = {edge:g} from their modes and one a little farther away"
    usual = {
        "A sample at exactly three standard deviations is good: at most three, ≤, not <.": [0.0, 0.0],
        "A sample farther away than three standard deviations is taken.": [3.0, 1.0],
        "Bad samples cover a mode, too. Only good ones should.": [3.0, 2 / 3],
    }
    expect_close(got, [2.0, 2 / 3], where, usual=usual)


@check.that("count_modes", "finds nothing where no sample is good", alone=False)
def _(count_modes: Callable) -> None:
    (far,) = chosen(9.0, between=(5.0, 20.0))
    modes = torch.tensor([[0.0, 0.0], [1.0, 0.0]])
    got = two_numbers(count_modes(torch.full((4, 2), far), modes, 0.1))
    usual = {"A bad sample covers a mode. Where none is good, no mode is covered.": [1.0, 0.0]}
    expect_close(got, [0.0, 0.0], "four samples far from both modes", usual=usual)
