"""The step of GAN-CLS: D's turn on three kinds of pair, then G's (Reed et al. 2016, algorithm 1).

The networks are small, in double precision. What should come of the step is found on copies; what the usual slips lead
to, likewise.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.checks.core import expect
from gancourse.checks.doubles import Counted, Told
from gancourse.checks.inputs import chosen, randn
from gancourse.checks.lesson_12.suite import check
from gancourse.checks.steps import (
    can_go_on,
    copied,
    copied_net,
    curved,
    down,
    flat,
    left_as_they_were,
    left_over,
    stepped,
    surely_wrong,
    two_losses,
)
from gancourse.checks.values import expect_close


class ClsGame:
    """Networks, optimizers, pictures, texts, who does not fit, and what is left in the gradients from before."""

    def __init__(self, n: int = 5, sure: float = 1.0, none: bool = False) -> None:
        self.G, self.D = Told(curved(3 + 2, 6, 4)), Told(curved(4 + 2, 7, 1))
        self.real, self.z = randn(n, 4).double(), randn(n, 3).double()
        self.t = 2 * randn(n, 2).double()
        self.other = torch.tensor([2, -1, 4, 0, 2])[:n]
        if none:
            self.other = torch.full((n,), -1)
        last = list(self.D.parameters())[-2]
        last.data = sure * last.data
        self.rates = chosen(0.25, 0.5, between=(0.1, 0.6))
        self.opt_G = Counted(self.G.parameters(), self.rates[0])
        self.opt_D = Counted(self.D.parameters(), self.rates[1])
        self.before = copied(self.G, self.D)
        self.stale = [left_over(net) for net in (self.G, self.D)]

    def play(self, step: Callable) -> Tensor:
        """Let the student's step play; both losses, as a tensor (2,)."""
        got = step(self.G, self.D, self.opt_G, self.opt_D, self.real, self.t, self.other, self.z)
        return two_losses(got)

    def expected(self, slip: str = "") -> ClsStep:
        """What should come of it, or what this slip leads to."""
        return ClsStep(self, slip)


def mean_or_none(x: Tensor) -> Tensor:
    """The mean, 0 of nothing."""
    return x.mean() if x.numel() else x.sum()


class ClsStep:
    """The step on copies of a game's networks: `G` and `D` afterwards, in a row each, and the `losses`."""

    def __init__(self, game: ClsGame, slip: str) -> None:
        G, D = copied(*game.before)
        t, other, real = game.t, game.other, game.real
        there = other >= 0
        fake = G(game.z, t)
        right, made = D(real, t), D(fake.detach(), t)
        wrong = D(real[there], t[other[there]])
        if slip == "last for none":
            wrong = D(real, t[other])
        if slip == "own for none":
            wrong = D(real, t[torch.where(there, other, torch.arange(len(t)))])
        if slip == "pictures moved":
            wrong = D(real[other[there]], t[there])
            wrong = D(real[there], t[there]) if not there.any() else wrong
        if slip == "made with wrong":
            wrong = D(fake.detach()[there], t[other[there]])
        if slip == "made judged by wrong":
            made = D(fake.detach(), t[torch.where(there, other, torch.arange(len(t)))])
        on_right, on_wrong, on_made = (mean_or_none(F.softplus(x)) for x in (-right, wrong, made))
        d_loss = {
            "no wrong": on_right + on_made,
            "no wrong, half": on_right + on_made / 2,
            "whole": on_right + on_wrong + on_made,
            "wrong is real": on_right + (mean_or_none(F.softplus(-wrong)) + on_made) / 2,
            "no made": on_right + on_wrong / 2,
            "swapped": mean_or_none(F.softplus(right))
            + (mean_or_none(F.softplus(-wrong)) + mean_or_none(F.softplus(-made))) / 2,
            "all halved": (on_right + on_wrong + on_made) / 2,
        }.get(slip, on_right + (on_wrong + on_made) / 2)
        earlier = copied_net(D)
        down(D, d_loss, game.rates[1], game.stale[1] if slip == "stale D" else None)
        judge = earlier if slip == "old D" else D
        logit = judge(fake, t[torch.where(there, other, torch.arange(len(t)))] if slip == "G by wrong" else t)
        g_loss = F.softplus(logit).mean() if slip == "wrong way" else F.softplus(-logit).mean()
        if slip == "minimax":
            g_loss = -F.softplus(logit).mean()
        if slip == "half for G":
            g_loss = g_loss / 2
        extra = game.stale[0] if slip == "stale G" else None
        if slip == "not detached":
            again = (F.softplus(earlier(fake, t)) / 2).mean()
            extra = torch.autograd.grad(again, list(G.parameters()), retain_graph=True)
        down(G, g_loss, game.rates[0], extra)
        self.G, self.D = flat(G), flat(D)
        self.losses = torch.stack([d_loss.detach(), g_loss.detach()])


PAIR_SLIPS = {
    "no wrong": "D never sees a real picture with a caption that does not fit: that is lesson 07's step.",
    "no wrong, half": "D never sees a real picture with a caption that does not fit.",
    "last for none": "Where `other` is −1 the last caption is taken (t[−1]). Such a picture has no wrong pair.",
    "own for none": "Where `other` is −1 the picture's own caption is called wrong. Such a picture has no wrong pair.",
    "pictures moved": "Number other[i] is a caption's, for picture i: real[i] with t[other[i]].",
    "made with wrong": "Wrong pairs are *real* pictures with captions that do not fit.",
    "made judged by wrong": "Made pictures are judged by the caption they were asked for.",
    "whole": "The two fakes count whole. Each has the weight ½.",
    "wrong is real": "The wrong pairs are called real.",
    "no made": "D sees no made picture.",
    "swapped": "Labels are swapped: D learns to call the right pairs fake.",
    "all halved": "All of D's loss is halved. Only the two fakes are.",
    "stale D": "Gradients of the step before are still in D: opt_D.zero_grad() before backward().",
}
DRAWER_SLIPS = {
    "old D": "G is judged by the D from before its step. D moves first.",
    "wrong way": "That teaches G to be caught: −log σ is softplus of the negative logit.",
    "minimax": "That is the minimax loss, log(1 − σ). Asked for is −log σ.",
    "half for G": "G's loss is halved. Only D's two fakes are.",
    "G by wrong": "G is judged by captions that it was not asked for.",
    "stale G": "Gradients of before are still in G: opt_G.zero_grad() before its backward().",
    "not detached": "D's loss went back into G: detach the pictures there, or clear G's gradients.",
}


class NormedGame(ClsGame):
    """The same with networks that go by their batch's statistics, and keep what they have seen."""

    def __init__(self) -> None:
        super().__init__()
        for net, width in ((self.G, 6), (self.D, 7)):
            first, *rest = net.net.children()
            net.net = nn.Sequential(first, nn.BatchNorm1d(width, dtype=torch.float64), *rest)
        self.opt_G = Counted(self.G.parameters(), self.rates[0])
        self.opt_D = Counted(self.D.parameters(), self.rates[1])
        self.before = copied(self.G, self.D)
        self.stale = [left_over(net) for net in (self.G, self.D)]


def slip_came_to(game: ClsGame, slip: str, of: str) -> Tensor:
    """What a slip makes of `of`: "G", "D" or "losses"."""
    return getattr(game.expected(slip), of)


def as_asked(game: ClsGame, of: str, slips: dict[str, str], got: Tensor) -> None:
    usual = {said: partial(slip_came_to, game, slip, of) for slip, said in slips.items()}
    what = {"D": "D's weights become", "G": "G's weights become"}.get(of, "you return")
    expect_close(got, getattr(game.expected(), of), "this batch", usual, show=of == "losses", what=what, rtol=1e-6,
                 atol=1e-8)  # fmt: skip


@check.that("cls_step", "moves D: right pairs, real pictures with captions that do not fit, made ones", point=True)
def _(step: Callable) -> None:
    game = ClsGame()
    game.play(step)
    stepped("D", game.D, game.before[1], game.opt_D)
    as_asked(game, "D", PAIR_SLIPS, flat(game.D))


@check.that("cls_step", "moves G, past the D that has just moved, for the captions it was asked for", point=True)
def _(step: Callable) -> None:
    game = ClsGame()
    game.play(step)
    stepped("G", game.G, game.before[0], game.opt_G, "is it judged on detached pictures?")
    as_asked(game, "G", {**DRAWER_SLIPS, **PAIR_SLIPS}, flat(game.G))


@check.that("cls_step", "returns both losses, each from before its step")
def _(step: Callable) -> None:
    game = ClsGame()
    got = game.play(step)
    as_asked(game, "losses", {**DRAWER_SLIPS, **PAIR_SLIPS}, got)


@check.that("cls_step", "goes on where no caption of the batch is wrong for any picture")
def _(step: Callable) -> None:
    game = ClsGame(n=3, none=True)
    got = game.play(step)
    as_asked(game, "D", PAIR_SLIPS, flat(game.D))
    as_asked(game, "losses", PAIR_SLIPS, got)


@check.that("cls_step", "lets each batch of pairs go through D by itself, and G draw once")
def _(step: Callable) -> None:
    game = NormedGame()
    got = game.play(step)
    want = game.expected()
    where = "networks with batch normalization"
    told = "(each of the three batches of pairs goes through D by itself, with its own statistics) you return"
    expect_close(got, want.losses, where, show=False, what=told, rtol=1e-6)
    expect_close(flat(game.D), want.D, where, show=False, what="D's weights become", rtol=1e-6, atol=1e-8)
    expect_close(flat(game.G), want.G, where, show=False, what="G's weights become", rtol=1e-6, atol=1e-8)
    times = int(dict(game.G.named_buffers())["net.1.num_batches_tracked"])
    expect(times == 1, f"G draws {times} times in one step. Draw once: both turns are about the same pictures.")


@check.that("cls_step", "leaves modes, what can learn, and its batch as they were", alone=False)
def _(step: Callable) -> None:
    left_as_they_were(ClsGame, step, ("G", "D"), {5: "real", 6: "t", 7: "other", 8: "z"})


@check.that("cls_step", "stays right where D is sure")
def _(step: Callable) -> None:
    game = surely_wrong(lambda: ClsGame(sure=2000.0), 0, 1)
    got = game.play(step)
    advice = (
        "Logits of thousands are allowed. Compute from them, as F.softplus does, not from their sigmoid. The losses are"
    )
    expect_close(got, game.expected().losses, "a D with large logits", show=False, what=advice)
    can_go_on(game.G, game.D)
