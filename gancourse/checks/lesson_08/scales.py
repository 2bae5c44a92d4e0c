"""What pix2pixHD adds: edges between parts, judges at several sizes, matched_maps that match."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.checks.asked import intact
from gancourse.checks.core import Miss, expect
from gancourse.checks.doubles import PairShown
from gancourse.checks.inputs import Case, chosen, chosen_int, drawn, generator, rand, randn
from gancourse.checks.lesson_08.suite import check
from gancourse.checks.lesson_08.wiring import known_layer
from gancourse.checks.steps import double_filters
from gancourse.checks.values import NOTHING, differentiable, expect_close, mean, numbers

# --- part_edges ---

FRIENDLY_PARTS = ((0, 0, 0, 5, 5, 5), (0, 0, 0, 5, 5, 5), (0, 2, 0, 5, 5, 5), (0, 0, 0, 5, 5, 5))


def parts_drawn() -> Tensor:
    """Two part maps of 4 × 6 (the second turned by half), or others."""
    numbers_of = torch.tensor(FRIENDLY_PARTS)
    if chosen_int(0, (1, 2)):
        numbers_of = torch.randint(0, 4, (4, 6), generator=generator()) * 3
        numbers_of[0, :3], numbers_of[-1, 1:4] = 6, 3  # a few neighbors that agree, and some that do not
    return torch.stack([numbers_of, numbers_of.flip(0, 1)])


def edges_of(parts: Tensor, ways: str = "up down left right", wrap: bool = False) -> Tensor:
    """1 where a neighbor in one of these ways is another part, by going through all pixels."""
    n, height, width = parts.shape
    steps = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1), "slant": (1, 1)}
    found = torch.zeros(n, 1, height, width)
    for k in range(n):
        for row in range(height):
            for column in range(width):
                for way in ways.split():
                    down, right = row + steps[way][0], column + steps[way][1]
                    inside = 0 <= down < height and 0 <= right < width
                    if inside or wrap:
                        there = parts[k, down % height, right % width]
                        found[k, 0, row, column] += float(there != parts[k, row, column])
    return found


class Parts:
    """Part maps, their edges, and what the usual slips make of them."""

    def __init__(self) -> None:
        self.parts = parts_drawn()
        counted = edges_of(self.parts)
        self.edges = counted.clamp(max=1).double()
        usual = {
            "Only the neighbors right and below are looked at: an edge belongs to both of its sides.": edges_of(
                self.parts, "down right"
            ),
            "Only the neighbors left and above are looked at: an edge belongs to both of its sides.": edges_of(
                self.parts, "up left"
            ),
            "Only neighbors above and below are looked at.": edges_of(self.parts, "up down"),
            "Only neighbors left and right are looked at.": edges_of(self.parts, "left right"),
            "The picture is taken for a ring: the last column has no neighbor in the first.": edges_of(
                self.parts, wrap=True
            ),
        }
        self.usual = {said: wrong.clamp(max=1).double() for said, wrong in usual.items()}
        self.usual["Each pixel counts its neighbors of another part; 1 is asked, however many there are."] = (
            counted.double()
        )
        self.usual["That is 1 inside of parts and 0 at their edges."] = 1 - self.edges

    @property
    def clear(self) -> bool:
        return all(not torch.equal(wrong, self.edges) for wrong in self.usual.values())


@check.that("part_edges", "is 1 where one of four neighbors is another part, else 0", point=True)
def _(part_edges: Callable) -> None:
    case = drawn(Parts)
    got = numbers(part_edges(case.parts), (2, 1, 4, 6), advice="One channel for each map: (n, 1, H, W).")
    if torch.equal(got, case.edges):
        return
    for said, wrong in case.usual.items():
        expect(not torch.equal(got, wrong), said)
    k, _, row, column = (got != case.edges).nonzero()[0].tolist()
    raise Miss(f"In map {k} the pixel in row {row}, column {column} is {got[k, 0, row, column]:g}; expected "
               f"{case.edges[k, 0, row, column]:g}. The map is\n{case.parts[k].tolist()}")  # fmt: skip


@check.that("part_edges", "gives floats, as a network takes them, and knows part numbers as bytes")
def _(part_edges: Callable) -> None:
    parts = parts_drawn()
    got = part_edges(parts.to(torch.uint8))
    expect(got is not None, NOTHING)
    expect(isinstance(got, Tensor) and got.dtype.is_floating_point, "A network takes floats: `.float()`.")
    want = edges_of(parts).clamp(max=1)
    expect_close(numbers(got, (2, 1, 4, 6)), want, "part numbers as bytes (0 − 5 is 251 there)", show=False)
    got = part_edges(256 * parts + 3)
    expect_close(numbers(got, (2, 1, 4, 6)), want, "part numbers that are alike as bytes, 3 and 259", show=False)
    steps = torch.arange(5).expand(1, 3, 5) + chosen_int(4, between=(0, 9))
    told = "parts that count up from left to right, where one neighbor is as much higher as the other is lower"
    expect_close(numbers(part_edges(steps), (1, 1, 3, 5)), torch.ones(1, 1, 3, 5), told, show=False)


# --- at_scales ---


def half(pictures: Tensor) -> Tensor:
    """As the text has it: every second pixel, averaged over the 3 × 3 around it that lie in the picture."""
    return F.avg_pool2d(pictures, 3, 2, 1, count_include_pad=False)


class Scales:
    """Judges, a pair, and what each judge says of it at its own size."""

    def __init__(self, count: int) -> None:
        self.judges = [PairShown(double_filters(3, 1, 3)) for _ in range(count)]
        self.x, self.y = randn(2, 1, 12, 8).double(), randn(2, 2, 12, 8).double()

    def said(self, slip: str = "") -> list[Tensor]:
        x, y, found = self.x, self.y, []
        halved = {
            "mean of four": lambda p: F.avg_pool2d(p, 2),
            "padding counted": lambda p: F.avg_pool2d(p, 3, 2, 1),
            "every second": lambda p: p[..., ::2, ::2],
        }.get(slip, half)
        judges = self.judges[::-1] if slip == "smallest first" else self.judges
        for judge in judges:
            found.append(judge(x, y).detach())
            x, y = halved(x), halved(y)
        if slip == "the other order":
            return found[::-1]
        return found


SLIPS_OF_SCALES = {
    "mean of four": "Halve by the mean over 3 × 3 with stride 2 and padding 1, as the text has it.",
    "padding counted": "At the edges the padding's zeros are averaged, too: count_include_pad=False.",
    "every second": "Every second pixel alone keeps noise that nobody averaged. Take the mean around it.",
    "smallest first": "The judges are taken in the opposite order: judges[0] sees the pair at full size.",
}


@check.that("at_scales", "shows each judge the pair at half the size of the one before", point=True)
def _(at_scales: Callable) -> None:
    for count in (3, 2):
        scales = Scales(count)
        got = listed_maps(at_scales(scales.judges, scales.x, scales.y), count)
        for k, want in enumerate(scales.said()):
            maps = numbers(got[k], None, f"The map of judge {k}")
            told = f"The map of judge {k} should have shape {tuple(want.shape)}; it has {tuple(maps.shape)}. "
            told += f"It sees the pair halved {k} times." if k else "It sees the pair at full size."
            expect(maps.shape == want.shape, told)
            usual = {said: scales.said(slip)[k] for slip, said in SLIPS_OF_SCALES.items()}
            usual = {said: wrong for said, wrong in usual.items() if wrong.shape == want.shape}
            expect_close(maps, want, f"judge {k} of {count}", usual, show=False)


def listed_maps(value: Any, count: int) -> list[Any]:
    expect(value is not None, NOTHING)
    expect(isinstance(value, list | tuple), "Return a list: one map of logits for each judge.")
    expect(len(value) == count, f"There are {count} judges; you return {len(value)} map(s).")
    return list(value)


@check.that("at_scales", "lets a gradient through to the picture, at every scale")
def _(at_scales: Callable) -> None:
    scales = Scales(3)
    given = scales.y.clone().requires_grad_()
    for k, maps in enumerate(listed_maps(at_scales(scales.judges, scales.x, given), 3)):
        differentiable(maps, f"The map of judge {k} is cut off from the picture; G could not learn.")
        (slope,) = torch.autograd.grad(maps.sum(), given, retain_graph=True, allow_unused=True)
        reached = slope is not None and bool(numbers(slope).any())
        expect(reached, f"No gradient comes back from judge {k} to the picture: G could not learn from it.")


@check.that("at_scales", "leaves the pair as it was", alone=False)
def _(at_scales: Callable) -> None:
    scales = Scales(2)
    at_scales(scales.judges, scales.x, scales.y)
    expect(intact(scales.x) and intact(scales.y), "The pair is changed in place. Make new, smaller pictures.")


# --- feature_matching ---


class Features:
    """For two scales three maps each, the last one the logits: constant differences, so that all is plain."""

    def __init__(self, *differences: float) -> None:
        shapes = [(2, 3, 4, 4), (2, 4, 2, 2), (2, 1, 2, 2)]
        self.differences = [d * (-1) ** k for k, d in enumerate(differences)]
        self.sizes = [shapes[k % 3] for k in range(len(differences))]
        self.real = [rand(*shape).double() for shape in self.sizes]
        self.fake = [(real + d).requires_grad_() for real, d in zip(self.real, self.differences, strict=True)]

    def scales(self, maps: list[Tensor]) -> list[list[Tensor]]:
        return [maps[k : k + 3] for k in range(0, len(maps), 3)]

    @property
    def case(self) -> Case:
        size = [abs(d) for d in self.differences]
        counted = [d for k, d in enumerate(size) if k % 3 < 2]
        cells = [torch.Size(shape).numel() for k, shape in enumerate(self.sizes) if k % 3 < 2]
        usual = {
            "The last map of each scale holds the logits: they are not matched.": sum(size),
            "The maps are averaged; add them up.": mean(counted),
            "The differences are squared. Asked for are absolute ones.": sum(d * d for d in counted),
            "The differences of a map are added up. Take their mean, so that a large map counts as a small one.": sum(
                d * n for d, n in zip(counted, cells, strict=True)
            ),
            "Differences of opposite sign cancel: take the absolute value before the mean.": abs(
                sum(d for k, d in enumerate(self.differences) if k % 3 < 2)
            ),
            "Only the first scale counts.": sum(size[:2]),
            "The first map of each scale is left out; it is the last one that holds the logits.": sum(
                d for k, d in enumerate(size) if k % 3
            ),
            "It is averaged over the scales; add them up.": sum(counted) / (len(size) / 3),
            "The sign is wrong: a distance is positive.": -sum(counted),
        }
        return Case(f"maps that differ by {', '.join(f'{d:g}' for d in size)}", sum(counted), usual)

    @property
    def clear(self) -> bool:
        return self.case.clear


def matched_maps() -> Features:
    return Features(*chosen(0.5, 0.2, 0.9, 1.2, 0.3, 0.7, between=(0.15, 1.6), avoid=1.0))


@check.that("feature_matching", "adds up the mean absolute differences of all maps but the logits", point=True)
def _(feature_matching: Callable) -> None:
    made = drawn(matched_maps)
    got = numbers(feature_matching(made.scales(made.real), made.scales(made.fake)), (), advice="Add everything up.")
    made.case.compare(got)


@check.that("feature_matching", "is right for one scale, and for other numbers of maps")
def _(feature_matching: Callable) -> None:
    for count in (2, 4):
        real = [rand(2, 2, 3, 3).double() for _ in range(count)]
        both_ways = torch.tensor([1.0, -1.0]).double()[:, None, None, None]
        fake = [one + both_ways * (k + 1) / 4 for k, one in enumerate(real)]
        want = sum((k + 1) / 4 for k in range(count - 1))
        got = numbers(feature_matching([real], [fake]), ())
        expect_close(got, want, f"one scale of {count} maps that differ by ¼, ½, …, one picture's up, the other's down")


@check.that("feature_matching", "teaches the made pictures, and leaves the true ones' maps alone", point=True)
def _(feature_matching: Callable) -> None:
    made = drawn(matched_maps)
    for one in made.real:
        one.requires_grad_()
    loss = feature_matching(made.scales(made.real), made.scales(made.fake))
    differentiable(loss, "The loss is cut off from the made pictures' maps: G could not learn.")
    loss.backward()
    given = [one.grad for k, one in enumerate(made.fake) if k % 3 < 2]
    reached = all(grad is not None and bool(numbers(grad).any()) for grad in given)
    expect(reached, "A made picture's map receives no gradient.")
    none = all(one.grad is None or not numbers(one.grad).any() for one in made.real)
    expect(none, "The true pictures' maps receive a gradient. They are the target: detach them.")


# --- coarse_to_fine ---


class Branches:
    """A half-size branch, layers around it, and what comes of each way to put them together."""

    def __init__(self) -> None:
        self.coarse, self.back = (
            nn.Sequential(double_filters(2, 3, 3), nn.Tanh()),  # needs what it gave, to go backward
            known_layer(nn.utils.skip_init(nn.ConvTranspose2d, 3, 2, 2, 2)),
        )
        self.front = nn.Sequential(double_filters(2, 3, 3), nn.AvgPool2d(2))
        self.x = randn(2, 2, 8, 6).double()

    def made(self, slip: str = "") -> Tensor:
        small = {"mean of four": F.avg_pool2d(self.x, 2), "every second": self.x[..., ::2, ::2]}.get(slip)
        small = F.avg_pool2d(self.x, 3, 2, 1) if slip == "padding counted" else small
        coarse, front = self.coarse(half(self.x) if small is None else small), self.front(self.x)
        middle = {"coarse alone": coarse, "front alone": front, "averaged": (coarse + front) / 2}.get(slip)
        return self.back(coarse + front if middle is None else middle).detach()

    def gradients(self, coarse_to_fine: Callable, frozen: bool) -> dict[str, bool]:
        """Which of the three learn from a loss on the picture."""
        out = coarse_to_fine(self.x, self.coarse, self.front, self.back, frozen)
        differentiable(out, "The picture is cut off from all layers: nothing could learn.")
        (out * randn(*out.shape).double()).sum().backward()
        nets = {"coarse": self.coarse, "front": self.front, "back": self.back}
        return {
            name: all(p.grad is not None and bool(numbers(p.grad).any()) for p in net.parameters())
            for name, net in nets.items()
        }


SLIPS_OF_BRANCHES = {
    "coarse alone": "front has no influence: add what it makes of x.",
    "front alone": "The coarse branch has no influence: add its features.",
    "averaged": "The two maps are averaged; add them.",
    "mean of four": "Halve as in exercise 6: by the mean over 3 × 3, stride 2, padding 1.",
    "every second": "Halve as in exercise 6: every second pixel alone is no mean.",
    "padding counted": "At the edges the padding's zeros are averaged, too: count_include_pad=False.",
}


@check.that("coarse_to_fine", "adds what both ways make, and goes back to full size", point=True)
def _(coarse_to_fine: Callable) -> None:
    for frozen in (False, True):
        branches = Branches()
        got = coarse_to_fine(branches.x, branches.coarse, branches.front, branches.back, frozen)
        usual = {said: branches.made(slip) for slip, said in SLIPS_OF_BRANCHES.items()}
        told = f"frozen={frozen}"
        expect_close(numbers(got, tuple(branches.x.shape)), branches.made(), told, usual, show=False)


@check.that("coarse_to_fine", "lets the coarse branch rest where it is frozen, and the others learn", point=True)
def _(coarse_to_fine: Callable) -> None:
    branches = Branches()
    learn = branches.gradients(coarse_to_fine, frozen=True)
    expect(learn["front"] and learn["back"], "frozen=True lets the coarse branch rest only: front and back learn on.")
    none = all(p.grad is None or not numbers(p.grad).any() for p in branches.coarse.parameters())
    expect(none, "With frozen=True a gradient reaches the coarse branch. Hold its features constant: detach them.")


@check.that("coarse_to_fine", "lets all three learn otherwise, and afterwards", point=True)
def _(coarse_to_fine: Callable) -> None:
    branches = Branches()
    branches.gradients(coarse_to_fine, frozen=True)
    nets = (branches.coarse, branches.front, branches.back)
    able = all(p.requires_grad for net in nets for p in net.parameters())
    expect(able, "After a call with frozen=True parameters no longer take gradients: the branch could not learn again.")
    for name, learns in branches.gradients(coarse_to_fine, frozen=False).items():
        expect(learns, f"With frozen=False no gradient reaches {name}; all three should learn.")
