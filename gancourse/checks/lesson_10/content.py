"""What a network sees in two pictures, and the loss with the judge: Ledig et al. (2017), arXiv:1609.04802, eqs. 3 to 6.

The idea of the former is that of Johnson, Alahi and Fei-Fei (2016), arXiv:1603.08155.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.checks.asked import CHANGES, intact
from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, chosen, chosen_int, drawn, rand, randn
from gancourse.checks.lesson_10.suite import check
from gancourse.checks.steps import copied_net, double_filters, flat
from gancourse.checks.values import close, differentiable, expect_close, number, numbers, slope_at_large

RULER_LAYERS = 7


def a_ruler() -> nn.Sequential:
    """A network of seven layers, with normalizations that have kept something."""
    norms = [nn.BatchNorm2d(3, dtype=torch.float64), nn.BatchNorm2d(4, dtype=torch.float64)]
    for norm in norms:
        for t in (norm.running_mean, norm.running_var, norm.weight, norm.bias):
            assert isinstance(t, Tensor)
            t.data.copy_(0.5 + rand(len(t)))
    return nn.Sequential(
        double_filters(2, 3, 3), norms[0], nn.LeakyReLU(0.2), double_filters(3, 4, 3), norms[1], nn.Tanh(),
        double_filters(4, 2, 1),
    )  # fmt: skip


def maps(ruler: nn.Sequential, layer: int, x: Tensor, training: bool = False) -> Tensor:
    """What a copy of a ruler makes of pictures."""
    twin = copied_net(ruler)
    twin.train(training)
    for part in list(twin)[:layer]:
        x = part(x)
    return x


class TwoPictures:
    """A ruler, a layer, and two pictures with what comes of them."""

    def __init__(self) -> None:
        self.ruler, self.layer = a_ruler(), chosen_int(4, between=(3, 5))
        self.made, self.true = randn(3, 2, 4, 5).double(), 0.5 + randn(3, 2, 4, 5).double()
        ruler, layer, made, true = self.ruler, self.layer, self.made, self.true
        ends = [maps(ruler, layer, p) for p in (made, true)]
        there = [part.detach() for part in ends]
        off = there[0] - there[1]
        self.want = off.square().mean()

        def behind(k: int, training: bool = False) -> Tensor:
            return (maps(ruler, k, made, training) - maps(ruler, k, true, training)).square().mean().detach()

        self.usual = {
            "That is one layer too many.": behind(layer + 1),
            "That is one layer too few.": behind(layer - 1),
            "The whole network is used. Stop behind layer number `layer`.": behind(RULER_LAYERS),
            "The network looks in training mode: its normalizations see the batch.": behind(layer, True),
            "Pixels are compared, not maps.": (made - true).square().mean(),
            "Squares are added up. Take their mean.": off.square().sum(),
            "Squares are added up over each map. Take the mean over everything.": off.square().sum() / len(made),
            "Absolute values are taken in place of squares.": off.abs().mean(),
            "The root is taken.": self.want.sqrt(),
            "All layers up to this one are added up. Only the maps behind the last one count.": (
                torch.stack([behind(k) for k in range(1, layer + 1)]).sum()
            ),
        }  # fmt: skip

    @property
    def case(self) -> Case:
        return Case(f"a network of {RULER_LAYERS} layers and layer = {self.layer}", self.want, self.usual)

    @property
    def clear(self) -> bool:
        return self.case.clear


@check.that("content_loss", "is the mean squared difference of the maps behind a layer, in evaluation mode", point=True)
def _(content_loss: Callable) -> None:
    for training in (False, True):
        two = drawn(TwoPictures, always=True)
        two.ruler.train(training)
        got = number(content_loss(two.ruler, two.layer, two.made, two.true))
        two.case.compare(got, show=False)
        expect(intact(two.made) and intact(two.true), CHANGES.format(which="number 3 or 4"))


@check.that("content_loss", "takes the first layer alone, and the whole network")
def _(content_loss: Callable) -> None:
    two = TwoPictures()
    for layer in (1, RULER_LAYERS):
        want = (maps(two.ruler, layer, two.made) - maps(two.ruler, layer, two.true)).square().mean().detach()
        got = number(content_loss(two.ruler, layer, two.made, two.true))
        expect_close(got, want, f"a network of {RULER_LAYERS} layers and layer = {layer}", show=False)


@check.that("content_loss", "sends its gradient through the network to the made picture", point=True)
def _(content_loss: Callable) -> None:
    two = TwoPictures()
    made = two.made.clone().requires_grad_()
    two.ruler.train()
    loss = content_loss(two.ruler, two.layer, made, two.true)
    differentiable(loss, "The loss is cut off from the made picture: nothing could learn from it.")
    loss.backward()
    expect(made.grad is not None, "No gradient reaches the made picture.")
    leaf = two.made.clone().requires_grad_()
    there = maps(two.ruler, two.layer, two.true).detach()
    (want,) = torch.autograd.grad((maps(two.ruler, two.layer, leaf) - there).square().mean(), leaf)
    expect_close(numbers(made.grad), want, "random pictures", what="its gradient is", show=False, rtol=1e-5, atol=1e-8)


@check.that("content_loss", "sends none to the network's parameters, and none to the true picture", alone=False)
def _(content_loss: Callable) -> None:
    two = TwoPictures()
    made, true = two.made.clone().requires_grad_(), two.true.clone().requires_grad_()
    loss = content_loss(two.ruler, two.layer, made, true)
    differentiable(loss, "The loss is cut off from the made picture: nothing could learn from it.")
    loss.backward()
    none = all(p.grad is None or not p.grad.any() for p in two.ruler.parameters())
    expect(none, "backward() has left gradients in the network's parameters: a ruler must not learn.")
    expect(true.grad is None or not true.grad.any(), "A gradient has reached the true picture.")


@check.that("content_loss", "leaves the network as it was: modes, what it keeps, and what learns", alone=False)
def _(content_loss: Callable) -> None:
    for training in (True, False):
        two = TwoPictures()
        ruler = two.ruler.train(training)
        ruler[1].train(not training)
        held = next(iter(ruler[3].parameters()))
        held.requires_grad_(not training)
        for p in ruler[0].parameters():
            p.requires_grad_(training)
        modes = [part.training for part in ruler.modules()]
        learns = [p.requires_grad for p in ruler.parameters()]
        kept, weights = [b.clone() for b in ruler.buffers()], flat(ruler)
        got = number(content_loss(ruler, two.layer, two.made, two.true))
        expect(bool(got.isfinite()), "The loss should be a number.")
        same = [part.training for part in ruler.modules()] == modes
        expect(same, "A part of the network is in another mode than before. Put each of them back into its own.")
        same = [p.requires_grad for p in ruler.parameters()] == learns
        expect(same, "A parameter takes gradients that took none, or the other way around. Put each back.")
        for before, now in zip(kept, ruler.buffers(), strict=True):
            expect(torch.equal(before, now), "What a normalization keeps has moved: look in evaluation mode.")
        expect(close(flat(ruler).double(), weights.double()), "The network's weights have changed.")


def a_restless_ruler() -> nn.Sequential:
    """A network with a part of parts, a layer that stands in it twice, and one that draws while it trains."""
    bend = nn.Tanh()
    inner = nn.Sequential(double_filters(3, 3, 3), nn.Dropout(0.5))
    return nn.Sequential(double_filters(2, 3, 3), bend, inner, bend, double_filters(3, 4, 3), nn.Tanh())


@check.that("content_loss", "holds for parts of parts, a layer that stands there twice, and dropout")
def _(content_loss: Callable) -> None:
    ruler, layer = a_restless_ruler().train(), chosen_int(5, between=(4, 5))
    made, true = randn(3, 2, 4, 5).double().requires_grad_(), randn(3, 2, 4, 5).double()
    loss = content_loss(ruler, layer, made, true)
    want = (maps(ruler, layer, made) - maps(ruler, layer, true)).square().mean().detach()
    usual = {
        "A layer that stands in the network twice is passed once. Take network[:layer].": (
            (without_its_second(ruler, layer, made) - without_its_second(ruler, layer, true)).square().mean().detach()
        )
    }
    where = f"a network with a part of two layers, the same Tanh twice, dropout, and layer = {layer}"
    expect_close(number(loss), want, where, usual, show=False)
    differentiable(loss, "The loss is cut off from the made picture: nothing could learn from it.")
    loss.backward()
    none = all(p.grad is None or not p.grad.any() for p in ruler.parameters())
    expect(none, "backward() has left gradients in the parameters of a part of a part: go through network.modules().")


def without_its_second(ruler: nn.Sequential, layer: int, x: Tensor) -> Tensor:
    """What comes of the layers if each is counted once."""
    for part in list(dict.fromkeys(ruler))[:layer]:
        x = copied_net(part).eval()(x)
    return x


# --- content and judge --------------------------------------------------------------------------------


def both_case() -> Case:
    content, weight = chosen(0.75, 0.5, between=(0.3, 0.9))
    values = chosen(-1.5, 0.5, 2.0, between=(-2.5, 2.5))
    logits = torch.tensor(values)[:, None]
    fools, caught = float(F.softplus(-logits.double()).mean()), float(F.softplus(logits.double()).mean())
    sure = float(torch.sigmoid(logits.double()).mean())
    usual = {
        "That teaches G to be caught: it is −log σ(logit), softplus of the negative logit.": content + weight * caught,
        "That is the minimax loss. Asked for is −log σ(logit).": content - weight * caught,
        "The sign of the judgment is the other way around.": content - weight * fools,
        "The weight belongs to the judge's part, not to the content.": weight * content + fools,
        "The weight counts for both.": weight * (content + fools),
        "The weight is not used.": content + fools,
        "The content is missing.": weight * fools,
        "The judgment is missing.": content,
        "Losses are added up over the batch. Take their mean.": content + 3 * weight * fools,
        "The logarithm of the mean is taken. It is the mean of logarithms.": content - weight * math.log(sure),
        "The logits are taken as they are, without −log σ.": content - weight * float(logits.double().mean()),
        "Probabilities are put through a sigmoid twice: D gives logits.": (
            content + weight * float(F.softplus(-torch.sigmoid(logits.double())).mean())
        ),
    }  # fmt: skip
    told = ", ".join(f"{v:g}" for v in values)
    return Case(f"content {content:g}, logits {told} and weight {weight:g}", content + weight * fools, usual,
                (torch.tensor(content), logits, weight))  # fmt: skip


@check.that("generator_loss", "is the content, and the weight times the mean of −log σ", point=True)
def _(generator_loss: Callable) -> None:
    case = drawn(both_case)
    case.compare(number(generator_loss(*case.inputs), "The loss", "One number for the whole batch."))


@check.that("generator_loss", "has the weight 0.001 where none is said, and stays right for large logits")
def _(generator_loss: Callable) -> None:
    (size,) = chosen(2000.0, between=(500.0, 5000.0))
    logits = torch.tensor([[-size], [size]])
    usual = {
        "Large logits break it: compute from them, as F.softplus does, not from their sigmoid.": 0.25,
        "Without a weight said it is 0.001.": 0.25 + size / 2,
    }
    got = number(generator_loss(torch.tensor(0.25), logits), "The loss")
    expect_close(got, 0.25 + 0.001 * size / 2, f"content 0.25 and logits ∓{size:g}", usual)


@check.that("generator_loss", "has the right gradient for large logits of both signs")
def _(generator_loss: Callable) -> None:
    low, high = chosen(200.0, 1000.0, between=(150.0, 2000.0))
    (weight,) = chosen(0.5, between=(0.3, 0.9))
    logits = torch.tensor([[-low], [high]]).requires_grad_()
    loss = generator_loss(torch.tensor(0.25), logits, weight)
    number(loss, "The loss")
    differentiable(loss, "The loss is cut off from the logits.")
    loss.backward()
    where = f"logits of −{low:g} and {high:g}, and weight {weight:g},"
    slope_at_large(logits, torch.tensor([[-weight / 2], [0.0]]), where, "the logits")


@check.that("generator_loss", "teaches by both: gradients reach the content and the logits")
def _(generator_loss: Callable) -> None:
    case = drawn(both_case)
    content, logits, weight = case.inputs
    content, logits = content.clone().requires_grad_(), logits.clone().requires_grad_()
    loss = generator_loss(content, logits, weight)
    differentiable(loss, "The loss is cut off from what it was computed from.")
    loss.backward()
    for name, t in (("the content", content), ("the logits", logits)):
        expect(t.grad is not None, f"No gradient reaches {name}.")
    expect_close(numbers(content.grad), 1.0, case.where, what="the content's gradient is")
    want = -weight * torch.sigmoid(-logits.detach().double()) / len(logits)
    expect_close(numbers(logits.grad), want, case.where, what="the logits' gradient is")
