"""What stage II sees: the text at every place of its maps, and stage I's picture, while stage I rests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from gancourse.checks.asked import CHANGES, intact
from gancourse.checks.core import expect
from gancourse.checks.doubles import Told
from gancourse.checks.inputs import chosen_int, rand, randn
from gancourse.checks.lesson_12.suite import check
from gancourse.checks.steps import copied_net, curved, flat, linear, trainable
from gancourse.checks.values import described, differentiable, expect_close, numbers, two


def maps_and_c() -> tuple[Tensor, Tensor]:
    h, w = chosen_int(2, between=(2, 4)), chosen_int(3, between=(5, 6))
    return randn(2, 3, h, w).double(), randn(2, 4).double()


@check.that("tell_everywhere", "puts c beside the channels of every place", point=True)
def _(answer: Callable) -> None:
    maps, c = maps_and_c()
    n, channels, h, w = maps.shape
    want = torch.cat([maps, torch.ones(n, 4, h, w).double() * c[:, :, None, None]], 1)
    got = numbers(answer(maps, c), (n, channels + 4, h, w), advice="(n, C + k, h, w) is asked.")
    corner, middle = torch.zeros(n, 4, h, w).double(), torch.zeros(n, 4, h, w).double()
    corner[:, :, 0, 0], middle[:, :, h // 2, w // 2] = c, c
    usual = {
        "c comes first. The maps do.": torch.cat([want[:, channels:], maps], 1),
        "c stands in one corner. It belongs to every place.": torch.cat([maps, corner], 1),
        "c stands in the middle alone.": torch.cat([maps, middle], 1),
        "Pictures have each other's c.": torch.cat([maps, want[:, channels:].flip(0)], 1),
        "c is divided among the places. Each place gets all of it.": torch.cat([maps, want[:, channels:] / (h * w)], 1),
        "The maps are put through something. They stay as they are.": torch.cat([maps.relu(), want[:, channels:]], 1),
    }
    expect_close(got, want, f"maps of {h} × {w} places", usual, show=False)
    expect(intact(maps) and intact(c), CHANGES.format(which="number 1 or 2"))


@check.that("tell_everywhere", "joins them where both have as many channels, too, and anew at each call")
def _(answer: Callable) -> None:
    h, w = chosen_int(2, between=(2, 4)), chosen_int(3, between=(5, 6))
    for _ in range(2):
        maps, c = randn(2, 3, h, w).double(), randn(2, 3).double()
        advice = "The maps have as many channels as c has numbers; (n, C + k, h, w) is asked all the same."
        got = numbers(answer(maps, c), (2, 6, h, w), advice=advice)
        want = torch.cat([maps, torch.ones(2, 3, h, w).double() * c[:, :, None, None]], 1)
        told = "(two calls, each to be answered for its own maps and c) you return"
        expect_close(got, want, "three channels and three numbers", show=False, what=told)


@check.that("tell_everywhere", "lets gradients pass to both")
def _(answer: Callable) -> None:
    maps, c = (x.requires_grad_() for x in maps_and_c())
    made = answer(maps, c)
    differentiable(made, "The result is cut off from what it was made of.")
    made.sum().backward()
    places = maps.shape[2] * maps.shape[3]
    for leaf, name, size in ((maps, "the maps", 1.0), (c, "c", float(places))):
        expect(leaf.grad is not None, f"No gradient reaches {name}.")
        expect_close(numbers(leaf.grad), torch.full_like(leaf, size), "a sum of all", show=False,
                     what=f"the gradient at {name} is")  # fmt: skip


class Stages:
    """Stage I, which keeps statistics, and stage II; noise and texts. Pictures are rows of numbers."""

    def __init__(self, training: bool = False) -> None:
        norm = nn.BatchNorm1d(5, dtype=torch.float64)
        for held in (norm.running_mean, norm.running_var):
            assert isinstance(held, Tensor)
            held.copy_(0.5 + rand(5))
        self.G1 = Told(nn.Sequential(linear(3 + 2, 5), norm, nn.Tanh(), linear(5, 4))).train(training)
        self.G2 = Told(curved(4 + 2, 6, 8))
        self.z, self.t = 2 * randn(4, 3).double(), 2 * randn(4, 2).double()

    def small(self, training: bool = False) -> Tensor:
        return copied_net(self.G1).train(training)(self.z, self.t).detach()

    def play(self, answer: Callable) -> tuple[Any, Any]:
        got = answer(self.G1, self.G2, self.z, self.t)
        two(got, f"Return two batches, the small pictures and the large ones; you return {described(got)}.")
        return got[0], got[1]


@check.that("second_stage", "draws small pictures by stage I, and large ones from them and the text", point=True)
def _(answer: Callable) -> None:
    for training in (False, True):
        case = Stages(training)
        small, large = case.play(answer)
        want = case.small()
        batch = case.small(True)
        usual = {
            "Stage I draws by its batch's statistics. It rests: let it draw in evaluation mode.": batch,
            "Stage I is told nothing.": copied_net(case.G1).eval()(case.z, torch.zeros_like(case.t)).detach(),
        }
        got = numbers(small, (4, 4), "The first, the small pictures,")
        expect_close(got, want, "four noises and texts", usual, show=False, what="the small pictures are")
        none = torch.zeros_like(case.t)
        usual = {
            "Stage II is not told the text. Stage I has drawn only a part of what it says.": case.G2(
                want, none
            ).detach(),
            "Stage II is told another row's text.": case.G2(want, case.t.flip(0)).detach(),
            "Stage II does not see the small pictures.": case.G2(torch.zeros_like(want), case.t).detach(),
            "Stage II sees small pictures that are drawn by the batch's statistics.": case.G2(batch, case.t).detach(),
        }
        got = numbers(large, (4, 8), "The second, the large pictures,")
        expect_close(got, case.G2(want, case.t).detach(), "four noises and texts", usual, show=False,
                     what="the large pictures are")  # fmt: skip


@check.that("second_stage", "teaches stage II, and not stage I", point=True)
def _(answer: Callable) -> None:
    case = Stages()
    want = torch.autograd.grad(case.G2(case.small(), case.t).square().sum(), list(case.G2.parameters()))
    small, large = case.play(answer)
    differentiable(large, "The large pictures are cut off from stage II: it could learn nothing.")
    expect(not (isinstance(small, Tensor) and small.requires_grad),
           "The small pictures hang on stage I. It rests: let it draw without gradients.")  # fmt: skip
    large.square().sum().backward()
    for p, slope in zip(case.G2.parameters(), want, strict=True):
        expect(p.grad is not None, "No gradient reaches stage II.")
        expect_close(
            numbers(p.grad), slope, "this stage II", show=False, what="the gradient that reaches it is", rtol=1e-3
        )
    resting = all(p.grad is None or not p.grad.any() for p in case.G1.parameters())
    expect(resting, "backward() has left gradients in stage I. It rests.")


@check.that("second_stage", "lets stage II draw in the mode it has, and tells it t where z looks like t")
def _(answer: Callable) -> None:
    case = Stages()
    case.z, norm = 2 * randn(4, 2).double(), nn.BatchNorm1d(6, dtype=torch.float64)
    case.G1 = Told(curved(2 + 2, 5, 4))
    case.G2 = Told(nn.Sequential(linear(4 + 2, 6), norm, nn.Tanh(), linear(6, 8))).train()
    small, drawing, resting = case.small(), copied_net(case.G2), copied_net(case.G2).eval()
    usual = {
        "Stage II draws in evaluation mode. It is used in the mode it has, here that of training.": (
            resting(small, case.t).detach()
        ),
        "Stage II is told z, which has t's shape here. It is told the text.": drawing(small, case.z).detach(),
    }
    want = copied_net(case.G2)(small, case.t).detach()
    _, large = case.play(answer)
    got = numbers(large, (4, 8), "The second, the large pictures,")
    expect_close(got, want, "a stage II in training mode, and z as wide as t", usual, show=False,
                 what="the large pictures are")  # fmt: skip


@check.that("second_stage", "leaves both as they were: modes, statistics, what can learn", alone=False)
def _(answer: Callable) -> None:
    for training in (True, False):
        case = Stages(training)
        case.G2.train(not training)
        next(case.G1.net.children()).train(not training)
        modes = [part.training for net in (case.G1, case.G2) for part in net.modules()]
        kept, weights = [b.clone() for b in case.G1.buffers()], flat(case.G1).clone()
        case.play(answer)
        now = [part.training for net in (case.G1, case.G2) for part in net.modules()]
        expect(now == modes, "A part of a stage is in another mode than before. Put each part back into its own.")
        expect(trainable(case.G1) and trainable(case.G2), "A stage cannot learn any more (requires_grad=False).")
        same = all(torch.equal(x, y) for x, y in zip(kept, case.G1.buffers(), strict=True))
        expect(same and torch.equal(weights, flat(case.G1)), "What stage I holds has changed: it rests.")
