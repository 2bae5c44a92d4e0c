"""Three kinds of pair: what D estimates, its loss, and G's loss for captions between two others (Reed et al. 2016)."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F

from gancourse.checks.core import expect
from gancourse.checks.doubles import Told
from gancourse.checks.inputs import Case, chosen, drawn, fresh, rand, randn
from gancourse.checks.lesson_12.suite import check
from gancourse.checks.steps import curved, flat, trainable
from gancourse.checks.values import differentiable, expect_close, number, numbers, slope_at_large

RIGHT_PAIRS = ((0.35, 0.10), (0.00, 0.30), (0.25, 0.00))
WRONG_PAIRS = ((0.05, 0.10), (0.45, 0.05), (0.00, 0.35))
MADE_PAIRS = ((0.25, 0.05), (0.15, 0.20), (0.15, 0.20))
GUESS = ((0.60, 0.50), (0.20, 0.80), (0.70, 0.30))


class PairWorld:
    """Three pictures and two texts: how often each pair comes as a right, a wrong, and a made one; and a D."""

    def __init__(self) -> None:
        tables = [torch.tensor(rows, dtype=torch.float64) for rows in (RIGHT_PAIRS, WRONG_PAIRS, MADE_PAIRS, GUESS)]
        if fresh():
            right = rand(3, 2, dtype=torch.float64) + 0.1
            right[1, 0] = right[2, 1] = 0
            wrong = rand(3, 2, dtype=torch.float64) + 0.05  # also, by accident, of right pairs
            made = rand(3, 2, dtype=torch.float64) + 0.1
            tables = [right / right.sum(), wrong / wrong.sum(), made / made.sum(),
                      0.1 + 0.8 * rand(3, 2, dtype=torch.float64)]  # fmt: skip
        self.right, self.wrong, self.made, self.d = tables

    def case(self, step: int) -> Case:
        return [self.loss, self.slope, self.best, self.deaf][step - 1]()

    def loss(self) -> Case:
        r, w, m, d = self.right, self.wrong, self.made, self.d

        def total(a: float, b: float) -> float:
            return float(-(r * d.log() + a * w * (1 - d).log() + b * m * (1 - d).log()).sum())

        want = total(0.5, 0.5)
        usual = {
            "The two fakes count whole. Each has the weight ½.": total(1, 1),
            "The wrong pairs count whole. They have the weight ½.": total(1, 0.5),
            "The made pairs count whole. They have the weight ½.": total(0.5, 1),
            "The wrong pairs are missing.": total(0, 0.5),
            "The made pairs are missing.": total(0.5, 0),
            "The sign is the other way around: a loss is minimized.": -want,
            "A mean over the six pairs is taken of what is weighed already.": want / 6,
            "Labels are swapped: the right pairs have −log d.": float(
                -(r * (1 - d).log() + (w + m) / 2 * d.log()).sum()
            ),
        }
        return Case("these tables", want, usual)

    def slope(self) -> Case:
        r, w, m, d = self.right, self.wrong, self.made, self.d
        fakes = (w + m) / 2
        want = -r / d + fakes / (1 - d)
        usual = {
            "The sign is the other way around.": -want,
            "The two fakes count whole. Each has the weight ½.": -r / d + 2 * fakes / (1 - d),
            "The derivative of −log(1 − d) is +1 / (1 − d).": -r / d - fakes / (1 - d),
            "That is the derivative by the logit.": want * d * (1 - d),
            "The wrong pairs are missing.": -r / d + m / 2 / (1 - d),
        }
        return Case("these tables", want, usual)

    def best(self) -> Case:
        r, w, m = self.right, self.wrong, self.made
        want = r / (r + (w + m) / 2)
        usual = {
            "The two fakes count whole. Each has the weight ½.": r / (r + w + m),
            "The wrong pairs are missing.": r / (r + m / 2),
            "That is lesson 01's judge, for two kinds of pair.": r / (r + m),
            "That is the probability of a fake.": 1 - want,
            "Only the wrong pairs are halved.": r / (r + w / 2 + m),
            "Only the made pairs are halved.": r / (r + w + m / 2),
        }
        return Case("these tables", want, usual)

    def deaf(self) -> Case:
        r, w = self.right, self.wrong
        x, t = r.sum(1, keepdim=True), r.sum(0, keepdim=True)
        want = r / (r + (w + x * t) / 2)
        usual = {
            "A deaf G draws each picture as often as there are such, whatever the text: p(x) p(t).": r
            / (r + (w + r) / 2),
            "The made table is p(x) alone. Texts have their probabilities, too.": r / (r + (w + x.expand_as(r)) / 2),
            "The made table is p(t) alone. Pictures have their probabilities, too.": r / (r + (w + t.expand_as(r)) / 2),
            "Texts are as frequent in the made table as in the right pairs, and not all alike.": r
            / (r + (w + x.expand_as(r) / 2) / 2),
            "All pairs count alike in the made table.": r / (r + (w + torch.full_like(r, 1 / 6)) / 2),
            "The wrong pairs are missing.": r / (r + x * t / 2),
            "The two fakes count whole. Each has the weight ½.": r / (r + w + x * t),
            "That is the judge of the made pairs that are passed in, not of a deaf G's.": r / (r + (w + self.made) / 2),
        }
        return Case("these tables", want, usual)


def asked_step(step: int, answer: Callable) -> None:
    world = drawn(MakesWorlds(step))
    got = answer(step, world.right, world.wrong, world.made, world.d)
    case = world.case(step)
    if step == 1:
        case.compare(number(got))
    else:
        case.compare(numbers(got, (3, 2), advice="A table like those that are passed in."))


class MakesWorlds:
    """Makes worlds whose mistakes can be told apart in one step."""

    def __init__(self, step: int) -> None:
        self.step = step

    def __call__(self) -> ClearPairWorld:
        return ClearPairWorld(self.step)


class ClearPairWorld(PairWorld):
    def __init__(self, step: int) -> None:
        super().__init__()
        self.step = step

    @property
    def clear(self) -> bool:
        return self.case(self.step).clear


for number_of_step, text in enumerate(
    (
        "D's loss over all pairs",
        "its derivative by each entry of d",
        "the d at which it is 0",
        "the best d beside a deaf G",
    ),
    1,
):
    check.that("what_d_finds", f"step {number_of_step}: {text}", point=True)(partial(asked_step, number_of_step))


@check.that("what_d_finds", "steps 1 and 2 hold near the ends, too, where D is nearly sure")
def _(answer: Callable) -> None:
    low, high = (1 - x if k else x for k, x in enumerate(chosen(0.01, 0.02, between=(0.005, 0.04))))
    right, wrong, made = (torch.full((2, 2), 0.25, dtype=torch.float64) for _ in range(3))
    d = torch.tensor([[low, high], [high, low]], dtype=torch.float64)
    told = f"d of {low:g} and {high:g}, which are between 0 and 1,"
    kept, said = d.clamp(0.05, 0.95), "d is kept away from 0 and 1. The formulas hold wherever it is between them."
    losses = [float(-0.25 * (x.log() + (1 - x).log()).sum()) for x in (d, kept)]
    slopes = [0.25 / (1 - x) - 0.25 / x for x in (d, kept)]
    expect_close(number(answer(1, right, wrong, made, d)), losses[0], told, {said: losses[1]})
    expect_close(numbers(answer(2, right, wrong, made, d), (2, 2)), slopes[0], told, {said: slopes[1]})


# --- D's loss on logits -------------------------------------------------------------------------------


def three_logits() -> Case:
    r = torch.tensor(chosen(1.5, -0.5, between=(-2, 2)))[:, None]
    w = torch.tensor(chosen(0.5, -1.0, 2.0, between=(-2, 2)))[:, None]
    m = torch.tensor(chosen(-2.0, 1.0, between=(-2, 2)))[:, None]
    on_right, on_wrong, on_made = (float(F.softplus(x.double()).mean()) for x in (-r, w, m))
    flipped = [float(F.softplus(x.double()).mean()) for x in (r, -w, -m)]
    usual = {
        "The two fakes count whole. Each has the weight ½.": on_right + on_wrong + on_made,
        "The wrong pairs are missing: that is lesson 07's judge.": on_right + on_made / 2,
        "The wrong pairs are called real.": on_right + (flipped[1] + on_made) / 2,
        "Labels are swapped.": flipped[0] + (flipped[1] + flipped[2]) / 2,
        "All is halved. Only the two fakes are.": (on_right + on_wrong + on_made) / 2,
        "Fakes are put in one batch, so that the more frequent kind counts more.": on_right
        + float(F.softplus(torch.cat([w, m]).double()).mean()),
        "Losses are added up over the batch. Take means.": 2 * on_right + (3 * on_wrong + 2 * on_made) / 2,
        "A third is taken of each. Right pairs count 1, the fakes ½ each.": (on_right + on_wrong + on_made) / 3,
        "The sign is the other way around.": -(on_right + (on_wrong + on_made) / 2),
        "The made pairs are missing.": on_right + on_wrong / 2,
    }
    said = "; ".join(", ".join(f"{v:g}" for v in x.flatten().tolist()) for x in (r, w, m))
    return Case(f"logits of right, wrong and made pairs {said}", on_right + (on_wrong + on_made) / 2, usual, (r, w, m))


@check.that("judge_loss", "is −log σ on right pairs, and half of −log(1 − σ) on each kind of fake", point=True)
def _(answer: Callable) -> None:
    case = drawn(three_logits)
    case.compare(number(answer(*case.inputs), "The loss", "One number for the whole batch."))


@check.that("judge_loss", "leaves out the wrong pairs where there is none")
def _(answer: Callable) -> None:
    case = drawn(three_logits)
    r, _, m = case.inputs
    want = float(F.softplus(-r.double()).mean() + F.softplus(m.double()).mean() / 2)
    usual = {
        "Where no picture has a wrong caption the made pairs still count half.": want
        + float(F.softplus(m.double()).mean() / 2)
    }
    got = number(answer(r, torch.zeros(0, 1), m), "The loss")
    expect_close(got, want, "no wrong pair at all (a mean over nothing is NaN)", usual)


@check.that("judge_loss", "counts one wrong pair alone, and logits of 0")
def _(answer: Callable) -> None:
    case = drawn(three_logits)
    r, w, m = case.inputs
    rest = float(F.softplus(-r.double()).mean() + F.softplus(m.double()).mean() / 2)
    got = number(answer(r, w[:1], m), "The loss")
    usual = {"One wrong pair is left out. Only where there is none that term is 0.": rest}
    expect_close(got, rest + float(F.softplus(w[0].double())) / 2, f"one wrong pair, of logit {float(w[0]):g},", usual)
    got = number(answer(r, 0 * w, m), "The loss")
    usual = {"Wrong pairs whose logits are 0 are left out. There D is unsure, and −log(1 − σ) is log 2.": rest}
    expect_close(got, rest + math.log(2) / 2, "three wrong pairs of logit 0", usual)


@check.that("judge_loss", "stays right for large logits, and teaches by all three")
def _(answer: Callable) -> None:
    (size,) = chosen(1000.0, between=(300.0, 3000.0))
    big = torch.full((2, 1), size)
    got = number(answer(-big, big, big), "The loss")
    expect_close(got, 2 * size, f"logits of ∓{size:g}: compute from them, not from their sigmoid;", rtol=1e-4)
    case = drawn(three_logits)
    leaves = [x.clone().requires_grad_() for x in case.inputs]
    loss = answer(*leaves)
    differentiable(loss, "The loss is cut off from the logits.")
    loss.backward()
    for x, name, share, sign in zip(leaves, ("right", "wrong", "made"), (1, 0.5, 0.5), (-1, 1, 1), strict=True):
        expect(x.grad is not None, f"No gradient reaches the logits of the {name} pairs.")
        want = sign * share * torch.sigmoid(sign * x.detach().double()) / len(x)
        expect_close(numbers(x.grad), want, case.where, what=f"the gradient of the {name} pairs' logits is")


@check.that("judge_loss", "has the right gradient for large logits of both signs")
def _(answer: Callable) -> None:
    low, high = chosen(1000.0, 2000.0, between=(300.0, 3000.0))
    leaves = [torch.tensor([[-low], [high]]).requires_grad_() for _ in range(3)]
    loss = answer(*leaves)
    number(loss, "The loss")
    differentiable(loss, "The loss is cut off from the logits.")
    loss.backward()
    where = f"logits of −{low:g} and {high:g} of each kind of pair"
    for x, name, share, sign in zip(leaves, ("right", "wrong", "made"), (1, 0.5, 0.5), (-1, 1, 1), strict=True):
        want = sign * share * torch.sigmoid(sign * x.detach()) / len(x)
        slope_at_large(x, want, where, f"the {name} pairs' logits")


# --- captions between two others ----------------------------------------------------------------------


BETWEEN_SLIPS = {
    "back to front": "β belongs to the first caption, and 1 − β to the other one.",
    "half": "β is used, not always ½.",
    "added": "The captions are added. β and 1 − β add up to 1.",
    "inverse order": "The other caption of row i is t[order[i]].",
    "G own": "G is told its own caption. It is told what lies between.",
    "G other": "G is told the other caption alone.",
    "D own": "D judges by the first caption. It is told what G was told.",
    "D other": "D judges by the other caption. It is told what G was told.",
    "pictures": "Pictures are mixed. Captions are, before G draws.",
    "caught": "That teaches G to be caught: −log σ is softplus of the negative logit.",
    "minimax": "That is the minimax loss. Asked for is −log σ.",
    "sum": "Losses are added up over the batch. Take their mean.",
    "logit": "The logits are taken as they are, without −log σ.",
}


class Between:
    """G and D that are told a text, noise, texts, and who is mixed with whom."""

    def __init__(self) -> None:
        self.G, self.D = Told(curved(3 + 2, 6, 4)), Told(curved(4 + 2, 6, 1))
        for net, factor in ((self.G, 2.5), (self.D, 5.0)):  # so that mistakes are far apart
            for p in net.parameters():
                p.data = factor * p.data
        self.z, self.t = 2 * randn(4, 3).double(), 2 * randn(4, 2).double()
        self.order = torch.tensor([2, 0, 3, 1])
        self.beta = chosen(0.25, between=(0.15, 0.4))[0]

    def value(self, slip: str = "", beta: float | None = None) -> float:
        b = self.beta if beta is None else beta
        other = self.t[self.order]
        mixed = b * self.t + (1 - b) * other
        if slip == "back to front":
            mixed = (1 - b) * self.t + b * other
        if slip == "added":
            mixed = self.t + other
        if slip == "half":
            mixed = (self.t + other) / 2
        if slip == "inverse order":
            mixed = b * self.t + (1 - b) * self.t[self.order.argsort()]
        told = {"G own": self.t, "G other": other}.get(slip, mixed)
        judged = {"D own": self.t, "D other": other}.get(slip, mixed)
        made = self.G(self.z, told)
        if slip == "pictures":
            made = b * self.G(self.z, self.t) + (1 - b) * self.G(self.z, other)
        logit = self.D(made, judged)
        loss = {
            "caught": F.softplus(logit).mean(), "minimax": -F.softplus(logit).mean(), "sum": F.softplus(-logit).sum(),
            "logit": -logit.mean(),
        }.get(slip, F.softplus(-logit).mean())  # fmt: skip
        return loss.item()

    @property
    def clear(self) -> bool:
        return Case("", self.value(), {said: self.value(slip) for slip, said in BETWEEN_SLIPS.items()}).clear


@check.that("interpolation_loss", "draws for what lies between two captions, and is judged by the same", point=True)
def _(answer: Callable) -> None:
    game = drawn(Between, always=True)
    got = number(answer(game.G, game.D, game.z, game.t, game.order, game.beta), "The loss")
    usual = {said: game.value(slip) for slip, said in BETWEEN_SLIPS.items()}
    expect_close(got, game.value(), f"four captions, another order of them, and β = {game.beta:g}", usual, show=False)


@check.that("interpolation_loss", "mixes half and half where nothing is said")
def _(answer: Callable) -> None:
    game = drawn(Between, always=True)
    got = number(answer(game.G, game.D, game.z, game.t, game.order), "The loss")
    expect_close(
        got, game.value(beta=0.5), "four captions, and no β", {"β is ½ unless said.": game.value()}, show=False
    )


@check.that("interpolation_loss", "teaches G, through D, and leaves the captions alone")
def _(answer: Callable) -> None:
    game = Between()
    before = flat(game.D).clone()
    loss = answer(game.G, game.D, game.z, game.t, game.order, game.beta)
    differentiable(loss, "The loss is cut off from G: it could learn nothing. Are pictures detached?")
    other = game.t[game.order]
    mixed = game.beta * game.t + (1 - game.beta) * other
    want = torch.autograd.grad(F.softplus(-game.D(game.G(game.z, mixed), mixed)).mean(), list(game.G.parameters()))
    loss.backward()
    for p, slope in zip(game.G.parameters(), want, strict=True):
        expect(p.grad is not None, "No gradient reaches G.")
        expect_close(numbers(p.grad), slope, "this G", show=False, what="the gradient that reaches G is", rtol=1e-3)
    expect(torch.equal(before, flat(game.D)), "D's weights have changed. The loss is only returned.")
    free = trainable(game.G) and trainable(game.D)
    expect(free, "A network cannot learn any more (requires_grad=False): D takes its own step later.")
