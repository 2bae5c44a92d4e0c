"""The style encoder's loss: Reed et al. (2016), eq. 6."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from gancourse.checks.core import expect
from gancourse.checks.doubles import Told
from gancourse.checks.inputs import Case, drawn, rand, randn
from gancourse.checks.lesson_12.suite import check
from gancourse.checks.steps import copied_net, curved, flat, left_over, linear, trainable
from gancourse.checks.values import differentiable, expect_close, number, numbers


class StyleCase:
    """S, G, noise and texts; G keeps statistics, so that its mode matters."""

    def __init__(self) -> None:
        norm = nn.BatchNorm1d(5, dtype=torch.float64)
        for held in (norm.running_mean, norm.running_var):
            assert isinstance(held, Tensor)
            held.copy_(0.5 + rand(5))
        self.G = Told(nn.Sequential(linear(3 + 2, 5), norm, nn.Tanh(), linear(5, 4))).eval()
        self.S = curved(4, 5, 3)
        self.z, self.t = 2 * randn(4, 3).double(), 2 * randn(4, 2).double()

    def off(self) -> Tensor:
        return self.z - self.S(self.G(self.z, self.t))

    def want(self) -> float:
        return float(self.off().square().sum(1).mean())

    def usual(self) -> dict[str, float]:
        off = self.off().detach()
        other = self.S(self.G(torch.zeros_like(self.z), self.t)).detach()
        drawing = copied_net(self.G).train()
        moving = (self.z - self.S(drawing(self.z, self.t))).detach()
        return {
            "The mean is taken over z's numbers, too. ‖·‖² adds them up.": float(off.square().mean()),
            "Rows are added up, too. Take the mean over the batch.": float(off.square().sum()),
            "The root is taken: it is the *squared* length.": float(off.norm(dim=1).mean()),
            "Absolute values are taken in place of squares.": float(off.abs().sum(1).mean()),
            "The squared length of the mean is taken.": float(off.mean(0).square().sum()),
            "G draws from another noise than the one to be found.": float((self.z - other).square().sum(1).mean()),
            "G draws by its batch's statistics. Leave it in the mode that it has.": float(
                moving.square().sum(1).mean()
            ),
            "Half of it is returned.": float(off.square().sum(1).mean() / 2),
        }

    @property
    def clear(self) -> bool:
        return Case("", self.want(), self.usual()).clear


@check.that(
    "style_loss", "is the squared distance of z and what S finds in G's picture, the mean over rows", point=True
)
def _(answer: Callable) -> None:
    case = drawn(StyleCase, always=True)
    got = number(answer(case.S, case.G, case.z, case.t), "The loss", "One number for the batch.")
    expect_close(got, case.want(), "four noises and texts", case.usual(), show=False)


@check.that("style_loss", "teaches S, and not G", point=True)
def _(answer: Callable) -> None:
    case = StyleCase()
    want = torch.autograd.grad(case.off().square().sum(1).mean(), list(case.S.parameters()))
    loss = answer(case.S, case.G, case.z, case.t)
    differentiable(loss, "The loss is cut off from S: it could learn nothing.")
    loss.backward()
    for p, slope in zip(case.S.parameters(), want, strict=True):
        expect(p.grad is not None, "No gradient reaches S.")
        expect_close(numbers(p.grad), slope, "this S", show=False, what="the gradient that reaches S is", rtol=1e-3)
    resting = all(p.grad is None or not p.grad.any() for p in case.G.parameters())
    expect(resting, "backward() has left gradients in G. It rests: only S learns to read its pictures.")


@check.that("style_loss", "lets G draw in the mode it has, and leaves the gradients that it has")
def _(answer: Callable) -> None:
    case = StyleCase()
    case.G.train()
    drawing = copied_net(case.G)
    want = float((case.z - case.S(drawing(case.z, case.t))).square().sum(1).mean())
    usual = {"G draws in evaluation mode. It draws in the mode it has, here that of training.": float(
        (case.z - case.S(copied_net(case.G).eval()(case.z, case.t))).square().sum(1).mean()
    )}  # fmt: skip
    had = left_over(case.G)
    loss = answer(case.S, case.G, case.z, case.t)
    expect_close(number(loss), want, "a G in training mode", usual, show=False)
    differentiable(loss, "The loss is cut off from S: it could learn nothing.")
    loss.backward()
    kept = all(p.grad is not None and torch.equal(p.grad, x) for p, x in zip(case.G.parameters(), had, strict=True))
    expect(kept, "The gradients that G had from before have changed. It rests: leave them as they are.")
    expect(all(part.training for part in case.G.modules()), "G is in another mode than before.")


@check.that("style_loss", "leaves G and S as they were: modes, weights, statistics, what can learn", alone=False)
def _(answer: Callable) -> None:
    for training in (True, False):
        case = StyleCase()
        case.S.train(training)
        kept = [b.clone() for b in case.G.buffers()]
        weights = flat(case.G).clone(), flat(case.S).clone()
        number(answer(case.S, case.G, case.z, case.t))
        modes = all(p.training == training for p in case.S.modules()) and not any(p.training for p in case.G.modules())
        expect(modes, "A network is in another mode than before.")
        expect(trainable(case.G) and trainable(case.S), "A network cannot learn any more (requires_grad=False).")
        same = all(torch.equal(x, y) for x, y in zip(kept, case.G.buffers(), strict=True))
        same &= torch.equal(weights[0], flat(case.G)) and torch.equal(weights[1], flat(case.S))
        expect(same, "What a network holds has changed. The loss is only returned.")
