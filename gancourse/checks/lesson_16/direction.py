"""Directions by logistic regression: derived step by step, found, and held apart from others.

Shen et al. (2020), arXiv:1907.10786, sections 2.2 and 2.3 (there with a linear support vector machine).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from gancourse.checks.asked import intact
from gancourse.checks.core import Miss, expect
from gancourse.checks.inputs import Case, chosen, chosen_int, drawn, fresh, generator, rand, randn
from gancourse.checks.lesson_16.suite import check
from gancourse.checks.values import expect_close, number, numbers

# --- step by step --------------------------------------------------------------------------------

FRIENDLY_Z = ((1.0, -0.5), (0.5, 2.0), (-1.5, 0.25), (0.75, 0.5))
FRIENDLY_W, FRIENDLY_OTHER, FRIENDLY_B = (0.6, -0.8), (3.0, 4.0), 0.25


@dataclass(frozen=True)
class PlaneSamples:
    """Four samples with labels, a plane, another direction, and what is asked of them."""

    z: Tensor = field(default_factory=lambda: two_decimals(FRIENDLY_Z))
    y: Tensor = field(default_factory=lambda: labels_of(4))
    w: Tensor = field(default_factory=lambda: 2 * two_decimals(FRIENDLY_W))
    other: Tensor = field(default_factory=lambda: two_decimals(FRIENDLY_OTHER))
    b: float = field(default_factory=lambda: chosen(FRIENDLY_B, between=(0.2, 0.9))[0])
    decay: float = field(default_factory=lambda: chosen(0.5, between=(0.2, 0.8))[0])
    alpha: float = field(default_factory=lambda: chosen(3.0, between=(1.5, 4.0))[0])

    @property
    def given(self) -> dict[str, Tensor | float]:
        return {"z": self.z, "y": self.y, "w": self.w, "b": self.b, "decay": self.decay}

    @property
    def logits(self) -> list[float]:
        return [sum(p * q for p, q in zip(row, self.w.tolist(), strict=True)) + self.b for row in self.z.tolist()]

    @property
    def probabilities(self) -> list[float]:
        return [1 / (1 + math.exp(-logit)) for logit in self.logits]


def two_decimals(friendly: tuple) -> Tensor:
    values = torch.tensor(friendly)
    if fresh():
        values = (100 * randn(*values.shape)).round() / 100
        values = values + values.sign() * 0.3
    return values.double()


def labels_of(n: int) -> Tensor:
    """Labels of both kinds, unevenly."""
    y = torch.tensor([1.0, 0.0, 1.0, 1.0][:n]).double()
    return y[torch.randperm(n, generator=generator())] if fresh() else y


def logistic_loss_case() -> Case:
    s = PlaneSamples()
    y, ls = s.y.tolist(), s.logits
    parts = [math.log1p(math.exp(v)) - t * v for v, t in zip(ls, y, strict=True)]
    square = float(s.w.square().sum())
    mean = sum(parts) / 4
    usual = {
        "The decay's part is missing.": mean,
        "The decay's part is missing its ½.": mean + s.decay * square,
        "The norm is not squared.": mean + s.decay / 2 * square**0.5,
        "The losses are added up. Take their mean.": sum(parts) + s.decay / 2 * square,
        "The labels are swapped.": sum(math.log1p(math.exp(v)) - (1 - t) * v for v, t in zip(ls, y, strict=True)) / 4
        + s.decay / 2 * square,
        "b is missing.": sum(math.log1p(math.exp(v - s.b)) - t * (v - s.b) for v, t in zip(ls, y, strict=True)) / 4
        + s.decay / 2 * square,
        "The part with the labels is missing.": sum(math.log1p(math.exp(v)) for v in ls) / 4 + s.decay / 2 * square,
        "b has a decay, too. Only w has.": mean + s.decay / 2 * (square + s.b**2),
        "The sign is the other way around.": -mean - s.decay / 2 * square,
    }
    return Case("these samples", mean + s.decay / 2 * square, usual, (s,))


def logit_slope_case() -> Case:
    s = PlaneSamples()
    y, p = s.y.tolist(), s.probabilities
    usual = {
        "The mean's 1/n is missing.": [q - t for q, t in zip(p, y, strict=True)],
        "The sign is the other way around.": [(t - q) / 4 for q, t in zip(p, y, strict=True)],
        "The labels are swapped.": [(q - 1 + t) / 4 for q, t in zip(p, y, strict=True)],
        "The labels are missing.": [q / 4 for q in p],
        "That is how far logits are from labels. Take σ of the logits first.": [
            (v - t) / 4 for v, t in zip(s.logits, y, strict=True)
        ],
        "That has σ's own derivative in it, as a squared error would.": [
            (q - t) * q * (1 - q) / 4 for q, t in zip(p, y, strict=True)
        ],
    }
    return Case("these samples", [(q - t) / 4 for q, t in zip(p, y, strict=True)], usual, (s,))


def gradient_case() -> Case:
    s = PlaneSamples()
    off = torch.tensor([(q - t) / 4 for q, t in zip(s.probabilities, s.y.tolist(), strict=True)]).double()
    plain = sum(off[i] * s.z[i] for i in range(4))
    assert isinstance(plain, Tensor)
    usual = {
        "The decay's part is missing.": plain,
        "The decay's part is half of what it is: ½‖w‖² has the derivative w.": plain + s.decay / 2 * s.w,
        "The decay's part is twice of what it is.": plain + 2 * s.decay * s.w,
        "The mean's 1/n is missing.": 4 * plain + s.decay * s.w,
        "The sign is the other way around.": -plain - s.decay * s.w,
        "The decay pulls the wrong way: it makes w longer.": plain - s.decay * s.w,
        "The labels' sign is wrong.": -plain + s.decay * s.w,
        "The decay is not multiplied by w.": plain + s.decay,
        "It is divided by n twice.": plain / 4 + s.decay * s.w,
    }
    return Case("these samples", plain + s.decay * s.w, usual, (s,))


def far_case() -> Case:
    s = PlaneSamples()
    length = float(s.w.square().sum()) ** 0.5
    usual = {
        "That is for a step along w itself, ‖w‖ times as long. Take the unit vector.": s.alpha * length**2,
        "That is how far z goes. The logit grows by w · z.": s.alpha,
        "The logit grows with ‖w‖. It is not divided by it.": s.alpha / length,
        "alpha is missing.": length,
        "b is in it. It does not change with z.": s.alpha * length + s.b,
    }
    return Case(f"alpha = {s.alpha:g} and this w", s.alpha * length, usual, (s,))


def beside_case() -> Case:
    s = PlaneSamples()
    w, other = s.w.tolist(), s.other.tolist()
    inner = sum(p * q for p, q in zip(w, other, strict=True))
    long, wide = sum(p * p for p in w) ** 0.5, sum(p * p for p in other) ** 0.5
    usual = {
        "Neither direction is made a unit vector.": s.alpha * inner,
        "`other` is not made a unit vector.": s.alpha * inner / long,
        "w is not made a unit vector.": s.alpha * inner / wide,
        "alpha is missing.": inner / long / wide,
        "The sign is lost.": s.alpha * abs(inner) / long / wide,
        "It is divided by the squares of the lengths.": s.alpha * inner / long**2 / wide**2,
    }
    return Case(f"alpha = {s.alpha:g}", s.alpha * inner / long / wide, usual, (s,))


def orthogonal(a: Tensor, b: Tensor) -> Tensor:
    rest = a - (a @ b) / (b @ b) * b
    return rest / rest.norm()


ASKED_OF_PLANE: dict[int, Callable[[PlaneSamples], dict[str, Tensor | float]]] = {
    1: lambda s: s.given,
    2: lambda s: s.given,
    3: lambda s: s.given,
    4: lambda s: {"w": s.w, "b": s.b, "alpha": s.alpha},
    5: lambda s: {"w": s.w, "alpha": s.alpha, "other": s.other},
    6: lambda s: {"w": s.w, "other": s.other},
}


def compare_direction(answer: Callable, step: int, make: Callable[[], Case]) -> None:
    """Ask for one step of the derivation."""
    case = drawn(make)
    (s,) = case.inputs
    got = answer(step, **ASKED_OF_PLANE[step](s))
    shape = {2: (4,), 3: (len(s.w),), 6: (len(s.w),)}.get(step)
    case.compare(number(got) if shape is None else numbers(got, shape))
    for name, given in (("z", s.z), ("y", s.y), ("w", s.w), ("other", s.other)):
        expect(intact(given) and not given.requires_grad, f"{name} has changed, or takes gradients now.")


@check.that("direction_steps", "step 1: the loss")
def _(answer: Callable) -> None:
    compare_direction(answer, 1, logistic_loss_case)


@check.that("direction_steps", "step 1: logits of ±1000")
def _(answer: Callable) -> None:
    z, y = torch.tensor([[1000.0], [-1000.0]]).double(), torch.tensor([1.0, 1.0]).double()
    got = number(answer(1, z=z, y=y, w=torch.ones(1).double(), b=0.0, decay=0.0))
    expect_close(got, 500.0, "logits of 1000 and −1000, both with the label 1")


@check.that("direction_steps", "step 2: its slope in each logit")
def _(answer: Callable) -> None:
    compare_direction(answer, 2, logit_slope_case)


@check.that("direction_steps", "step 3: its gradient", point=True)
def _(answer: Callable) -> None:
    compare_direction(answer, 3, gradient_case)


@check.that("direction_steps", "step 4: how far the logit goes")
def _(answer: Callable) -> None:
    compare_direction(answer, 4, far_case)


@check.that("direction_steps", "step 5: how far another factor goes with it")
def _(answer: Callable) -> None:
    compare_direction(answer, 5, beside_case)


def in_three() -> Case:
    """Step 6 in three dimensions."""
    a, b = torch.tensor([1.0, 2.0, -0.5]).double(), torch.tensor([0.5, 1.5, 2.0]).double()
    if fresh():
        a, b = two_decimals((1.0, 2.0, 3.0)), two_decimals((1.0, 2.0, 3.0))
    s = PlaneSamples(w=a, other=b)
    return rest_case_of(s)


def rest_case_of(s: PlaneSamples) -> Case:
    """The case of step 6 for these directions."""
    u, unit_w = s.other / s.other.norm(), s.w / s.w.norm()
    rest, kept = s.w - (s.w @ u) * u, (s.w @ u) * u
    rough = s.w - (s.w @ s.other) * s.other
    usual = {
        "Its length is not 1.": rest,
        "w is made a unit vector first, and the rest is not: its length is not 1.": unit_w - (unit_w @ u) * u,
        "That is the part along `other`. Keep the rest.": kept / kept.norm(),
        "`other` is not of length 1: make it a unit vector before its part is taken away.": rough / rough.norm(),
        "The part is added, not taken away.": (s.w + kept) / (s.w + kept).norm(),
        "`other` is changed, not w.": orthogonal(s.other, s.w),
        "The sign is the other way around.": -rest / rest.norm(),
        "Nothing is taken away.": unit_w,
        "All of `other` is taken away, not only w's part along it.": (s.w - u) / (s.w - u).norm(),
    }
    return Case("these two directions", rest / rest.norm(), usual, (s,))


@check.that("direction_steps", "step 6: the rest, if the other is held", point=True)
def _(answer: Callable) -> None:
    compare_direction(answer, 6, in_three)


# --- found ---------------------------------------------------------------------------------------


class Labeled:
    """PlaneSamples that are no bell curve, and uneven labels: each usual shortcut leads elsewhere."""

    def __init__(self) -> None:
        self.d, n = chosen_int(5, between=(4, 6)), 400
        plain = torch.exp(0.7 * randn(n, self.d).double()) - 1.1
        mixing = torch.eye(self.d).double() + 0.45 * randn(self.d, self.d).double()
        z = plain @ mixing
        self.z = z / z.std() + 0.4
        true = randn(self.d).double()
        odds = self.z @ (2.5 * true / true.norm())
        self.y = (torch.sigmoid(odds - odds.quantile(0.7)) > rand(n).double()).double()
        self.decay = chosen(0.2, between=(0.1, 0.3))[0]

    def fitted(self, bias: bool = True, decay: float | None = None, of: Tensor | None = None) -> Tensor:
        """The minimum's w, by Newton's method, for z or for what is made `of` it."""
        decay, z = self.decay if decay is None else decay, self.z if of is None else of
        columns = torch.cat([z, torch.ones(len(z), 1).double()], 1) if bias else z
        weights = torch.full((columns.shape[1],), decay).double()
        if bias:
            weights[-1] = 0.0
        w = torch.zeros(columns.shape[1]).double()
        for _ in range(30):
            p = torch.sigmoid(columns @ w)
            slope = columns.T @ (p - self.y) / len(self.y) + weights * w
            curve = (columns.T * (p * (1 - p))) @ columns / len(self.y) + torch.diag(weights)
            step = torch.linalg.solve(curve, slope)
            w = w - step
            if float(step.abs().max()) < 1e-10:
                break
        return w[: self.d]

    @property
    def shortcuts(self) -> dict[str, Tensor]:
        centered = self.z - self.z.mean(0)
        means = self.z[self.y == 1].mean(0) - self.z[self.y == 0].mean(0)
        first = self.z.T @ (self.y - 0.5)
        squares = torch.linalg.lstsq(centered, (self.y - self.y.mean())[:, None]).solution[:, 0]
        early = torch.zeros(self.d).double()
        for _ in range(5):
            early = early - (self.z.T @ (torch.sigmoid(self.z @ early) - self.y) / len(self.y) + self.decay * early)
        return {
            "It is the difference of the two kinds' means. Minimize the loss instead.": means,
            "It has no bias b: the plane then goes through 0.": self.fitted(bias=False),
            "The decay is missing.": self.fitted(decay=1e-6),
            "It belongs to z made to variance 1, and not to z itself.": self.fitted(of=centered / self.z.std(0)),
            "It is what a squared error leads to. Minimize the loss instead.": squares,
            "It is the gradient's first step. Go on, until the loss falls no more.": first,
            "It has stopped after a few steps. Go on, until the loss falls no more.": early,
        }

    @property
    def clear(self) -> bool:
        want = self.fitted()
        sound = self.y.mean() > 0.1 and self.y.mean() < 0.6
        found = list(self.shortcuts.values())
        apart = all(cosine(want, other) < 0.995 for other in found)
        # A mistake is named by the shortcut that it comes to: none may come to another's.
        named = all(cosine(a, b) < 0.999 for k, a in enumerate(found) for b in found[:k])
        return bool(sound) and apart and named and reached_by_descent(self, want)


def reached_by_descent(s: Labeled, want: Tensor) -> bool:
    """Whether the way that the text names gets there with something to spare."""
    z, y, w, b = s.z.numpy(), s.y.numpy(), np.zeros(s.d), 0.0
    for _ in range(300):
        off = (1 / (1 + np.exp(-z @ w - b)) - y) / len(y)
        w, b = w - (z.T @ off + s.decay * w), b - off.sum()
    return cosine(torch.from_numpy(w), want) > 0.9998


def cosine(a: Tensor, b: Tensor) -> float:
    return float(a @ b / (a.norm() * b.norm()).clamp(min=1e-12))


def expect_direction(got: Tensor, s: Labeled, where: str) -> None:
    """Miss unless it has the direction of the minimum."""
    want = s.fitted()
    expect(float(got.norm()) > 1e-6, f"For {where} you return zeros.")
    found = cosine(got, want)
    if found >= 0.999:
        return
    message = f"For {where} the direction's cosine with the minimum's is {found:.4f}; at least 0.999 is asked."
    expect(cosine(-got, want) < 0.999, f"{message}\nIt points the other way: to where labels are 0.")
    for said, other in s.shortcuts.items():
        expect(cosine(got, other) < 0.9995, f"{message}\n{said}")
    raise Miss(message)


@check.that("find_direction", "points where the loss's minimum does", point=True)
def _(find_direction: Callable) -> None:
    s = drawn(Labeled, always=True)
    got = numbers(find_direction(s.z, s.y, s.decay), (s.d,), advice="One number for each of z's.")
    expect_direction(got, s, f"{len(s.y)} samples with {int(s.y.sum())} labels of 1")


@check.that("find_direction", "has length 1")
def _(find_direction: Callable) -> None:
    s = drawn(Labeled, always=True)
    got = numbers(find_direction(s.z, s.y, s.decay), (s.d,))
    expect_close(got.norm(), 1.0, "these samples", what="the direction's length is", rtol=1e-3)


@check.that("find_direction", "takes float32, and labels that are True and False")
def _(find_direction: Callable) -> None:
    s = drawn(Labeled, always=True)
    z, y = s.z.float(), s.y > 0.5
    got = numbers(find_direction(z, y, s.decay), (s.d,))
    expect_direction(got, s, "labels of True and False")
    expect(intact(z) and intact(y), "A tensor that you are given has changed. Leave it as it was.")


@check.that("find_direction", "says so if all labels are alike", alone=False)
def _(find_direction: Callable) -> None:
    z = randn(20, 4)
    for y in (torch.ones(20), torch.zeros(20)):
        refuses(lambda y=y: find_direction(z, y, 0.1), "all labels are alike")


def refuses(ask: Callable, where: str) -> None:
    """Miss unless it raises a ValueError."""
    try:
        ask()
    except ValueError:
        return
    except NotImplementedError:
        raise
    except Exception as error:
        said = str(error)
        if "ValueError" in said:
            return
        raise Miss(f"Where {where} it stops, but not with a ValueError.") from None
    raise Miss(f"Where {where} nothing is said. Raise a ValueError.")


# --- held ----------------------------------------------------------------------------------------


class Directions:
    """A direction, and others that are not at right angles to each other."""

    def __init__(self) -> None:
        self.d, self.k = chosen_int(6, between=(5, 8)), chosen_int(3, between=(2, 4))
        shared = randn(self.d).double()
        self.others = randn(self.k, self.d).double() + shared
        self.others *= 0.3 + 2 * rand(self.k, 1).double()
        self.direction = 3 * (randn(self.d).double() + shared)

    def rest(self) -> Tensor:
        basis = torch.linalg.svd(self.others, full_matrices=False).Vh
        return self.direction - basis.T @ (basis @ self.direction)

    @property
    def wrong(self) -> dict[str, Tensor]:
        units = self.others / self.others.norm(dim=1, keepdim=True)
        after = self.direction.clone()
        for u in units:
            after = after - (after @ u) * u
        at_once = self.direction - units.T @ (units @ self.direction)
        unscaled = self.direction - self.others.T @ (self.others @ self.direction)
        mean = units.mean(0) / units.mean(0).norm()
        rest = self.rest()
        told = {
            "One after the other is not enough: these rows are not at right angles to each other.": after,
            "Each row's part is taken from the whole: where rows share something, that is taken twice.": at_once,
            "The rows are not of length 1, nor at right angles to each other.": unscaled,
            "Only the first row is held.": self.direction - (self.direction @ units[0]) * units[0],
            "Only the last row is held.": self.direction - (self.direction @ units[-1]) * units[-1],
            "Only the rows' mean is held.": self.direction - (self.direction @ mean) * mean,
            "That is the part in the rows' space. Keep the rest.": self.direction - rest,
            "Nothing is taken away.": self.direction,
            "The sign is the other way around.": -rest,
        }
        return {said: value / value.norm() for said, value in told.items()}

    @property
    def clear(self) -> bool:
        found = [self.rest() / self.rest().norm(), *self.wrong.values()]
        apart = all(float((x - y).abs().max()) > 0.02 for i, x in enumerate(found) for y in found[:i])
        return apart and float(self.rest().norm() / self.direction.norm()) > 0.05


@check.that("hold", "is what of the direction is at right angles to all rows, with length 1", point=True)
def _(answer: Callable) -> None:
    s = drawn(Directions, always=True)
    got = numbers(answer(s.direction, s.others), (s.d,))
    want = s.rest() / s.rest().norm()
    usual: dict[str, Tensor] = {"Its length is not 1.": s.rest(), **s.wrong}
    expect_close(got, want, f"{s.k} rows of {s.d} numbers", usual, show=False, rtol=1e-4, atol=1e-6)


@check.that("hold", "takes one row, and directions of float32")
def _(answer: Callable) -> None:
    s = drawn(Directions, always=True)
    row, direction = s.others[:1].float(), s.direction.float()
    got = numbers(answer(direction, row), (s.d,))
    u = row[0].double() / row[0].double().norm()
    rest = direction.double() - (direction.double() @ u) * u
    expect_close(got, rest / rest.norm(), "one row", show=False, rtol=1e-3, atol=1e-4)
    expect(intact(row) and intact(direction), "A tensor that you are given has changed. Leave it as it was.")


@check.that("hold", "bears rows that are multiples of each other, or 0")
def _(answer: Callable) -> None:
    s = drawn(Directions, always=True)
    rows = s.others.clone()
    rows[-1] *= 1e-3 / rows[-1].norm()
    short = numbers(answer(s.direction, rows), (s.d,))
    expect_close(short, s.rest() / s.rest().norm(), "rows of which one is very short", show=False, rtol=1e-4, atol=1e-5)
    more = torch.cat([s.others, -2 * s.others[:1], torch.zeros(1, s.d).double()])
    got = numbers(answer(s.direction, more), (s.d,))
    expect_close(got, s.rest() / s.rest().norm(), "rows of which one is −2 times another, and one is 0", show=False,
                 rtol=1e-4, atol=1e-5)  # fmt: skip


@check.that("hold", "says so if next to nothing is left", alone=False)
def _(answer: Callable) -> None:
    s = drawn(Directions, always=True)
    inside = s.others.T @ (1 + rand(s.k).double())
    refuses(lambda: answer(inside, s.others), "the direction lies among the rows")
    refuses(lambda: answer(1000 * inside, s.others), "a long direction lies among the rows")
    unit = s.rest() / s.rest().norm()
    little = inside / inside.norm() + 0.01 * unit
    got = numbers(answer(little, s.others), (s.d,))
    expect_close(got, unit, "a direction of which a hundredth is left", show=False, rtol=1e-3, atol=1e-4)
    small = 1e-5 * s.direction / s.direction.norm()
    got = numbers(answer(small, s.others), (s.d,))
    expect_close(got, s.rest() / s.rest().norm(), "a direction that is merely short", show=False, rtol=1e-3, atol=1e-4)
