"""What must be guessed, step by step: a known table of seen and hidden halves, and what each loss makes of it."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, chosen_int, drawn, fresh, rand, randn
from gancourse.checks.lesson_11.suite import check
from gancourse.checks.values import NOTHING, double, expect_close, number, numbers, whole

FRIENDLY_VALUES = ((1.5, -1.0, 0.5, 0.25), (0.0, 0.0, -0.25, -0.25), (-0.25, 0.75, -0.5, 1.5), (-0.5, 0.5, 0.0, 1.0))
FRIENDLY_JOINT = ((0.1, 0.08, 0.04, 0.08), (0.06, 0.081, 0.105, 0.054), (0.14, 0.02, 0.12, 0.12))


def weighted_median(values: Tensor, p: Tensor) -> Tensor:
    """For each column of values (k, d) the smallest one up to which half of the probability lies."""
    made = []
    for column in values.T.tolist():
        total = 0.0
        for value, weight in sorted(zip(column, p.tolist(), strict=True)):
            total += weight
            if total >= 0.5:
                made.append(value)
                break
    return torch.tensor(made, dtype=torch.float64)


class Halves:
    """A table of probabilities (seen, hidden), what hidden halves look like, and which half was seen."""

    def __init__(self, joint: Tensor | None = None, values: Tensor | None = None, weight: float = 0.8) -> None:
        self.seen = chosen_int(1, between=(0, 2))
        self.guess = torch.tensor([0.5, 0.25, -0.25, 1.0])
        if joint is None and fresh():
            weights = 0.1 + rand(3, 4)
            joint, values = weights / weights.sum(), (100 * randn(4, 4)).round() / 100
            self.guess = (100 * randn(4)).round() / 100
        self.joint = torch.tensor(FRIENDLY_JOINT) if joint is None else joint
        self.values = torch.tensor(FRIENDLY_VALUES) if values is None else values
        self.weight = weight
        self.table, self.rows = self.joint.double(), self.values.double()
        self.p = self.table[self.seen] / self.table[self.seen].sum()
        self.median = weighted_median(self.rows, self.p)
        self.unsorted = self.rows.sort(0).values[int((self.p.cumsum(0) >= 0.5).int().argmax())]
        self.apart = (self.rows[:, None] - self.rows[None]).abs().mean(2)
        self.errors = self.apart @ self.p
        self.costs = self.errors - self.weight * self.p.log()

    def said(self) -> str:
        return f"this table, and the seen half number {self.seen}"

    def case(self, step: int) -> Case:
        """The question of one step, with its answers."""
        return [self.given, self.mean, self.middle, self.error, self.draw, self.joint_loss][step - 1]()

    def given(self) -> Case:
        column = self.table[:, self.seen % 4]
        usual = {
            "That is the table's row. Given what was seen, probabilities add up to 1.": self.table[self.seen],
            "That ignores what was seen: it is how often hidden halves come at all.": self.table.sum(0),
            "Each column is divided by its own sum: that is the seen half, given the hidden one.": (
                self.table[self.seen] / self.table.sum(0)
            ),
            "That is a column. Rows are what is seen.": torch.cat([column / column.sum(), torch.zeros(1)]),
            "All halves that can be there count alike.": torch.full((4,), 0.25).double(),
        }  # fmt: skip
        return Case(self.said(), self.p, usual)

    def mean(self) -> Case:
        usual = {
            "All hidden halves count alike. Each counts by its probability, given what was seen.": self.rows.mean(0),
            "That ignores what was seen.": self.table.sum(0) @ self.rows,
            "The row of the table is not divided by its sum.": self.table[self.seen] @ self.rows,
            "That is the likeliest half.": self.rows[self.p.argmax()],
            "That is the median of each pixel, step 3.": self.median,
        }
        return Case(self.said(), self.p @ self.rows, usual)

    def middle(self) -> Case:
        usual = {
            "Each value counts by its own probability, also where they are sorted: that is the second value.": (
                self.rows.sort(0).values[1]
            ),
            "Each value counts by its own probability, also where they are sorted: that is the third value.": (
                self.rows.sort(0).values[2]
            ),
            "All hidden halves count alike, and the two in the middle are averaged.": (
                self.rows.sort(0).values[1:3].mean(0)
            ),
            "That is the mean, step 2.": self.p @ self.rows,
            "That is the likeliest half. Each pixel has a median of its own.": self.rows[self.p.argmax()],
            "That is the best of the halves there are. Each pixel has a median of its own.": (
                self.rows[self.errors.argmin()]
            ),
            "That ignores what was seen.": weighted_median(self.rows, self.table.sum(0)),
        }  # fmt: skip
        usual = {said: value for said, value in usual.items() if not torch.allclose(value, self.median)}
        return Case(self.said(), self.median, usual)

    def error(self) -> Case:
        off = self.rows - self.guess.double()
        want = float(self.p @ off.abs().mean(1))
        usual = {
            "Absolute differences are added up over the pixels. It is their mean.": 4 * want,
            "All halves count alike.": float(off.abs().mean()),
            "Squares are taken. It is the absolute difference.": float(self.p @ off.square().mean(1)),
            "Differences are averaged first.": float((self.p @ off).abs().mean()),
            "The row of the table is not divided by its sum.": float(self.table[self.seen] @ off.abs().mean(1)),
            "That ignores what was seen.": float(self.table.sum(0) @ off.abs().mean(1)),
        }
        return Case(f"{self.said()}, and this filling", want, usual)

    def draw(self) -> Case:
        want = float(self.p @ self.apart @ self.p)
        least = float(self.p @ (self.rows - self.median).abs().mean(1))
        usual = {
            "Absolute differences are added up over the pixels.": 4 * want,
            "All pairs count alike.": float(self.apart.mean()),
            "Truth and draw are never the same there. They are, by chance.": (
                want / (1 - float(self.p.square().sum()))
            ),
            "Only draws count by their probabilities; the truth does, too.": float(self.errors.mean()),
            "That is the median's error.": least,
            "That is twice the median's error, which holds for squares and means alone.": 2 * least,
            "Only the likeliest half is returned.": float(self.errors[self.p.argmax()]),
            "Squares are taken.": float(
                self.p @ (self.rows[:, None] - self.rows[None]).square().mean(2) @ self.p
            ),
        }  # fmt: skip
        return Case(self.said(), want, usual)

    def joint_loss(self) -> Case:
        return Case(f"{self.said()}, and weight = {self.weight:g}", float(self.costs.argmin()), {}, (self,))

    @property
    def clear(self) -> bool:
        """Whether nothing is a near tie, and neither the median's best nor the likeliest half is best in step 6."""
        best = int(self.costs.argmin())
        turned = int((self.errors + self.weight * self.p.log()).argmin())
        if best == turned or not self.differs(best):  # first what most draws fail by
            return False
        gaps = self.costs.sort().values.diff()[0] > 0.02 and self.p.sort(descending=True).values.diff()[0] < -0.02
        nobody = min(float((row - self.median).abs().max()) for row in self.rows) > 0.05
        if not gaps or not nobody or torch.equal(self.unsorted, self.median):
            return False
        halves = all(abs(float(self.p[self.rows[:, k] <= m].sum()) - 0.5) > 0.01 for k, m in enumerate(self.median))
        below = all(abs(float(self.p[self.rows[:, k] < m].sum()) - 0.5) > 0.01 for k, m in enumerate(self.median))
        return halves and below and all(self.case(step).clear for step in (1, 2, 4, 5))

    def differs(self, best: int) -> bool:
        """Whether step 6 wants another half than the least error alone, or than the likeliest one."""
        return best != int(self.errors.argmin()) or best != int(self.p.argmax())


def halves() -> Halves:
    return drawn(Halves)


class Torn(Halves):
    """A table that is drawn in a notebook, too; step 6 wants another half than the `off`-th of its two parts alone.

    Args:
        off: 0 where the least expected L1 is not it, 1 where the likeliest half is not.
    """

    def __init__(self, off: int) -> None:
        weights = 0.1 + rand(3, 4) ** 2
        weight = round(0.3 + 1.2 * float(rand(1)[0]), 2)
        super().__init__(weights / weights.sum(), (100 * randn(4, 4)).round() / 100, weight)
        self.off = off

    def differs(self, best: int) -> bool:
        simple = int(self.errors.argmin()), int(self.p.argmax())
        turned = int((self.errors + self.weight * self.p.log()).argmin())
        return best != simple[self.off] and simple[0] != simple[1] and turned not in simple


def asked_guess(answer: Callable, step: int, made: Halves) -> object:
    given = {4: {"filling": made.guess}, 6: {"weight": made.weight}}.get(step, {})
    return answer(step, made.joint, made.values, made.seen, **given)


def compare_halves(answer: Callable, step: int) -> None:
    """Ask for one step of the derivation."""
    made = halves()
    case, got = made.case(step), asked_guess(answer, step, made)
    if step <= 3:
        case.compare(numbers(got, (4,), advice="Four numbers are asked."))
    else:
        case.compare(number(got))


@check.that("fill_guess", "step 1: what the hidden half may be, given the seen one")
def _(answer: Callable) -> None:
    compare_halves(answer, 1)


@check.that("fill_guess", "step 2: what squares want, the mean")
def _(answer: Callable) -> None:
    compare_halves(answer, 2)


@check.that("fill_guess", "step 3: what absolute differences want, each pixel's median", point=True)
def _(answer: Callable) -> None:
    compare_halves(answer, 3)


@check.that("fill_guess", "step 4: the expected L1 of a filling")
def _(answer: Callable) -> None:
    compare_halves(answer, 4)


@check.that("fill_guess", "step 5: the expected L1 of an honest draw", point=True)
def _(answer: Callable) -> None:
    compare_halves(answer, 5)


@check.that("fill_guess", "step 6: the best half there is, by L1 and by how often it comes")
def _(answer: Callable) -> None:
    for off in (0, 1):
        made = drawn(lambda off=off: Torn(off), always=True)
        got = asked_guess(answer, 6, made)
        expect(got is not None, NOTHING)
        chosen_row, want = whole(got, "The half's number"), int(made.costs.argmin())
        told = f"For {made.said()} and weight = {made.weight:g} you choose half number {chosen_row}; expected {want}."
        if chosen_row == want:
            continue
        usual = {
            "That has the least expected L1. What is rare costs, too: weight · (−log p).": int(made.errors.argmin()),
            "That is the likeliest. L1 counts, too.": int(made.p.argmax()),
            "The sign of log p is the other way around: what is rare costs more.": int(
                (made.errors + made.weight * made.p.log()).argmin()
            ),
        }  # fmt: skip
        said = next((why for why, wrong in usual.items() if wrong == chosen_row), "")
        expect(False, f"{told}\n{said}".rstrip())


@check.that("fill_guess", "steps agree: no other filling has a smaller L1 than step 3's", alone=False)
def _(answer: Callable) -> None:
    made = halves()
    best = numbers(asked_guess(answer, 3, made), (4,), advice="Four numbers are asked.")
    least = number(answer(4, made.joint, made.values, made.seen, filling=best.float()))
    for _ in range(6):
        other = best.float() + 0.3 * randn(4)
        more = number(answer(4, made.joint, made.values, made.seen, filling=other))
        expect(bool(more >= least - 1e-6), "Step 4 says that another filling is nearer than that of step 3.")
    expect(math.isfinite(float(double(float(least)))), "Step 4 should be a number.")


TIED_ORDERS = torch.tensor([[0, 1, 2, 3], [3, 2, 0, 1], [1, 0, 3, 2], [2, 3, 1, 0]])  # in all of them two make ½


@check.that("fill_guess", "step 3: takes the value at which the sum is exactly ½, not the next one", alone=False)
def _(answer: Callable) -> None:
    values = torch.empty(4, 4)
    for pixel, order in enumerate(TIED_ORDERS):
        values[order, pixel] = (randn(4).sort().values * 100).round() / 100 + torch.arange(4) / 8
    joint = torch.tensor([[1.0, 2, 1, 1], [2, 2, 1, 3], [1, 1, 1, 0]]) / 16
    want = values.sort(0).values[1].double()
    usual = {"That is the next one: at least ½ is asked, and ½ is enough.": values.sort(0).values[2].double()}
    got = numbers(answer(3, joint, values, 1), (4,), advice="Four numbers are asked.")
    expect_close(got, want, "a half whose probabilities given what was seen are ¼, ¼, ⅛ and ⅜", usual, show=False)


@check.that(
    "fill_guess", "step 6: a half that hardly ever comes is dear, however near it is to all others", alone=False
)
def _(answer: Callable) -> None:
    rare = chosen_int(2, between=(0, 3))
    values, spots = 0.05 * randn(4, 6), torch.arange(6).reshape(3, 2)  # each other half has two spots of its own
    values[[k for k in range(4) if k != rare]] += 3 * torch.zeros(3, 6).scatter(1, spots, 1.0)
    weights = 0.9 + 0.2 * rand(4)
    weights[rare] = 0.012
    joint = torch.stack([0.3 + rand(4), weights, 0.3 + rand(4)])
    joint /= joint.sum()
    p = joint[1].double() / joint[1].double().sum()
    errors = (values[:, None] - values).abs().mean(2).double() @ p
    others = torch.arange(4) != rare
    # Dear enough that the rare half is left, and not so dear that one could round its probability up to a twentieth.
    weight = float((errors[others].min() - errors[rare]) / 3)
    costs = errors - weight * p.log()
    got = answer(6, joint, values, 1, weight=weight)
    expect(got is not None, NOTHING)
    told = f"Half {rare} is near all others and comes in {100 * float(p[rare]):.1f} of 100 cases."
    row = whole(got, "The half's number")
    expect(row != rare, f"{told} With weight = {weight:.2f} you choose it: log p is not what it should be.")
    dear = float(costs[row] - costs.min()) if 0 <= row < 4 else math.inf
    expect(dear < 1e-4, f"{told} With weight = {weight:.2f} you choose half {row}; expected {int(costs.argmin())}.")
