"""The two parts of the unrolled gradient (Metz et al., 2017, eq. 9), by hand where D has one weight.

Real points and samples are numbers on a line, and D's logit is w · x. Each step is compared with what autograd makes of
the values that came before it, the answer's own: a slip in one step does not sink the next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from gancourse.checks.core import Miss, a, expect
from gancourse.checks.inputs import Case, chosen, drawn, said
from gancourse.checks.lesson_02.suite import check
from gancourse.checks.values import NOTHING, double, numbers

STEP_NAMES = ("the slope", "D's answer", "the first part", "how each sample moves the answer", "the whole gradient")


@dataclass
class OneWeight:
    """D's weight, a few real points and samples, and the rate of D's step."""

    w: float
    real: tuple[float, ...]
    fake: tuple[float, ...]
    rate: float

    @property
    def told(self) -> str:
        return f"w = {self.w:g}, real = {said(self.real)}, fake = {said(self.fake)} and rate = {self.rate:g}"

    @property
    def inputs(self) -> tuple[Tensor, Tensor, Tensor, float]:
        return torch.tensor(self.w), torch.tensor(self.real), torch.tensor(self.fake), self.rate

    def d_loss(self, w: Tensor, x: Tensor) -> Tensor:
        return F.softplus(-w * double(self.real)).mean() + F.softplus(w * x).mean()

    def steps(self, known: Sequence[Tensor] = ()) -> list[Tensor]:
        """All five steps; where a step needs earlier ones it takes `known` ones first."""
        w, x = double(self.w).requires_grad_(), double(self.fake).requires_grad_()
        (slope,) = torch.autograd.grad(self.d_loss(w, x), w, create_graph=True)
        (influence,) = torch.autograd.grad(-self.rate * slope, x)
        found = [known[0] if known else slope.detach()]
        found.append(known[1] if len(known) > 1 else double(self.w) - self.rate * found[0])
        answer = found[1].clone().requires_grad_()
        first, pull = torch.autograd.grad(F.softplus(-answer * x).mean(), (x, answer))
        found += [known[2] if len(known) > 2 else first, known[3] if len(known) > 3 else influence]
        return [*found, found[2] + pull * found[3]]

    def case(self, step: int, known: Sequence[Tensor] = ()) -> Case:
        """What step number `step`, from 0, should give after these, and what the usual mistakes make of it."""
        right = self.steps(known[:step])
        slope, answer, first, influence, _ = right
        w, x, r, n = double(self.w), double(self.fake), double(self.real), len(self.fake)
        made, seen, sure = torch.sigmoid(w * x), torch.sigmoid(-w * r), torch.sigmoid(-answer * x)
        missed, pull = torch.sigmoid(-w * x), -(x * sure).mean()
        usual = (
            {
                "The sign is wrong: that is the way downhill.": -slope,
                "Only the real points count. D's loss has a term for the samples, too.": -(r * seen).mean(),
                "Only the samples count. D's loss has a term for the real points, too.": (x * made).mean(),
                "Sums are taken. Both terms of the loss are means.": (x * made).sum() - (r * seen).sum(),
                "The inner derivatives are missing: w · x has the slope x in w.": made.mean() - seen.mean(),
                "Both terms have the same sign. Real points pull w up, samples pull it down.": (
                    (x * made).mean() + (r * seen).mean()
                ),
                "The derivative of log(1 + eᵃ) is σ(a); for the real points a = −w r.": (
                    (x * made).mean() - (r * torch.sigmoid(w * r)).mean()
                ),
            },
            {
                "That is uphill: D goes down its loss.": w + self.rate * slope,
                "The rate is missing.": w - slope,
                "That is the step alone. The answer is where w stands after it.": -self.rate * slope,
                "That is the old weight.": w,
            },
            {
                "It is taken at the old weight. G plays against D's answer.": -w * missed / n,
                "The 1/n of the mean is missing.": n * first,
                "The sign is wrong: L_G falls where D's logit rises.": -first,
                "The inner derivative is missing: w′ · x has the slope w′ in x.": -sure / n,
                "That is the slope in w′. In this step it is held fixed, and x moves.": -x * sure / n,
            },
            {
                "x stands twice in x · σ(w x): the product rule has a second term.": -self.rate * made / n,
                "Of the product rule the first term is missing, in which x is differentiated.": (
                    -self.rate * w * x * made * missed / n
                ),
                "The 1/n of the mean is missing.": n * influence,
                "The rate is missing.": influence / self.rate,
                "The sign is wrong: w′ = w − rate · slope.": -influence,
                "The inner derivative of σ(w x) is missing: it is w.": (
                    -self.rate * (made + x * made * missed) / n
                ),
            },
            {
                "That is the first part alone.": first,
                "That is the second part alone.": pull * influence,
                "The parts are added, not subtracted.": first - pull * influence,
                "Each sample is multiplied with its own share only. ∂L_G/∂w′ is one number, the mean over all samples: "
                "that is how one sample feels the others.": first - x * sure / n * influence,
                "∂L_G/∂w′ is a mean; the sum is taken.": first + n * pull * influence,
                "∂L_G/∂w′ is taken at the old weight. G plays against D's answer.": (
                    first - (x * missed).mean() * influence
                ),
            },
        )[step]  # fmt: skip
        return Case(f"{self.told}: {STEP_NAMES[step]}", right[step], usual)


def one_weight() -> OneWeight:
    (w,), (rate,) = chosen(0.5, between=(0.3, 1.2)), chosen(0.4, between=(0.2, 0.8))
    return OneWeight(w, chosen(1.0, 3.0, between=(0.8, 3.5)), chosen(-1.0, 1.5, 2.0, between=(-2.0, 3.0)), rate)


def step_1() -> Case:
    return one_weight().case(0)


def step_2() -> Case:
    return one_weight().case(1)


def step_3() -> Case:
    return one_weight().case(2)


def step_4() -> Case:
    return one_weight().case(3)


def step_5() -> Case:
    return one_weight().case(4)


def found_steps(two_parts: Callable, world: OneWeight, count: int) -> list[Tensor]:
    """The first values that came, in double precision."""
    value = two_parts(*world.inputs)
    expect(value is not None, NOTHING.replace("return …", "five times `yield …`"))
    expect(not isinstance(value, Tensor | float | int), f"The result is {a(value)}; five values are asked, by `yield`.")
    found, steps = [], iter(value)
    shapes = ((), (), (len(world.fake),), (len(world.fake),), (len(world.fake),))
    for i, shape in enumerate(shapes[:count]):
        try:
            found.append(numbers(next(steps), shape, f"Step {i + 1}, {STEP_NAMES[i]},"))
        except StopIteration:
            raise Miss(f"Your function yields {i} of five values; step {i + 1} is missing.") from None
    return found


def clear_world(step: int) -> OneWeight:
    """Numbers by which all mistakes in this step can be told apart."""

    @dataclass
    class Tried:
        world: OneWeight

        @property
        def clear(self) -> bool:
            return self.world.case(step).clear

    return drawn(lambda: Tried(one_weight())).world


def judge_step(two_parts: Callable, step: int) -> None:
    world = clear_world(step)
    found = found_steps(two_parts, world, step + 1)
    world.case(step, found).compare(found[step], what="your code gives")


@check.that("two_parts", "step 1: the slope of D's loss in its weight")
def _(two_parts: Callable) -> None:
    judge_step(two_parts, 0)


@check.that("two_parts", "step 2: D's answer, one step down that slope", alone=False)
def _(two_parts: Callable) -> None:
    judge_step(two_parts, 1)


@check.that("two_parts", "step 3: the first part, with the answer held fixed")
def _(two_parts: Callable) -> None:
    judge_step(two_parts, 2)


@check.that("two_parts", "step 4: how each sample moves the answer", point=True)
def _(two_parts: Callable) -> None:
    judge_step(two_parts, 3)


@check.that("two_parts", "step 5: both parts together", alone=False, point=True)
def _(two_parts: Callable) -> None:
    judge_step(two_parts, 4)
