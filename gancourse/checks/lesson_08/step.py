"""Pix2pix's step: two kinds of pair, D's turn, then G's, with what is near and what fools added up.

The networks are small, in double precision. What should come of the step is found on copies; what the usual slips
lead to, likewise.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.checks.asked import CHANGES, intact
from gancourse.checks.core import expect
from gancourse.checks.doubles import Counted, PairShown
from gancourse.checks.inputs import chosen, randn
from gancourse.checks.lesson_08.suite import check
from gancourse.checks.steps import (
    can_go_on,
    copied,
    copied_net,
    double_filters,
    down,
    flat,
    left_over,
    several_losses,
    stepped,
    surely_wrong,
    trainable,
)
from gancourse.checks.values import described, expect_close

CHANNELS = 2  # of x and of y alike, so that no mistake is one of shape


class PairGame:
    """Networks, optimizers, pairs, and what is left in the gradients from the step before."""

    def __init__(self, n: int = 3, sure: float = 1.0) -> None:
        self.G = nn.Sequential(double_filters(CHANNELS, 3, 3), nn.Tanh(), double_filters(3, CHANNELS, 1))
        self.D = PairShown(nn.Sequential(double_filters(2 * CHANNELS, 3, 3), nn.Tanh(), double_filters(3, 1, 1)))
        self.x, self.y = randn(n, CHANNELS, 4, 5).double(), randn(n, CHANNELS, 4, 5).double()
        last = list(self.D.parameters())[-2]
        last.data = sure * last.data  # the logits are as many times as large
        self.rates = chosen(0.25, 0.5, between=(0.1, 0.6))
        (self.weight,) = chosen(3.0, between=(2.0, 6.0))
        self.opts = Counted(self.G.parameters(), self.rates[0]), Counted(self.D.parameters(), self.rates[1])
        self.before = copied(self.G, self.D)
        self.stale = [left_over(net) for net in (self.G, self.D)]

    def play(self, step: Callable) -> Tensor:
        """Let the student's step play; the three numbers, as a tensor (3,)."""
        got = step(self.G, self.D, *self.opts, self.x, self.y, self.weight)
        told = f"Return three numbers: D's loss, G's adversarial loss, L1. You return {described(got)}."
        return several_losses(got, 3, told)

    def expected(self, slip: str = "") -> PairStep:
        """What should come of it, or what this slip leads to."""
        return PairStep(self, slip)


class PairStep:
    """The step on copies of a game's networks: `G` and `D` afterwards, in a row each, and the `losses`."""

    def __init__(self, game: PairGame, slip: str) -> None:
        G, D = copied(*game.before)
        x, y = game.x, game.y
        fake = G(x)

        def judged(picture: Tensor, by: nn.Module = D) -> Tensor:
            if slip == "D sees the output alone":
                return by(torch.zeros_like(x), picture)
            return by(picture, x) if slip == "y before x" else by(x, picture)

        real, made = judged(y), judged(fake.detach())
        if slip == "fakes beside y":
            made = D(y, fake.detach())
        if slip == "swapped":
            real, made = made, real
        d_loss = F.softplus(-real).mean() + F.softplus(made).mean()
        if slip != "not halved":
            d_loss = d_loss / 2
        earlier = copied_net(D)
        undetached = (F.softplus(-judged(y)).mean() + F.softplus(judged(fake)).mean()) / 2
        leaked = torch.autograd.grad(undetached, list(G.parameters()), retain_graph=True)
        down(D, d_loss, game.rates[1], game.stale[1] if slip == "stale D" else None)
        judges = judged(fake, earlier if slip == "old D" else D)
        if slip == "fakes beside y":
            judges = D(y, fake)
        adversarial = F.softplus(judges).mean() if slip == "wrong way" else F.softplus(-judges).mean()
        if slip == "minimax":
            adversarial = -F.softplus(judges).mean()
        near = x if slip == "near x" else y
        l1 = F.mse_loss(fake, near) if slip == "squared" else F.l1_loss(fake, near)
        if slip == "summed":
            l1 = l1 * fake.numel()
        total = {
            "no weight": adversarial + l1,
            "no L1": adversarial,
            "L1 alone": game.weight * l1,
            "weight on the other": game.weight * adversarial + l1,
        }.get(slip, adversarial + game.weight * l1)
        if "leaked" in slip:
            total = total + sum((p * slope).sum() for p, slope in zip(G.parameters(), leaked, strict=True))
        down(G, total, game.rates[0], game.stale[0] if slip in ("stale G", "stale and leaked") else None)
        self.G, self.D = flat(G), flat(D)
        self.losses = torch.stack([d_loss.detach(), adversarial.detach(), l1.detach()])


STILL_IN_G = "Gradients of before are still in G: opt_G.zero_grad() before its backward()."
SLIPS_OF_D = {
    "D sees the output alone": "D is not shown x: it judges the picture alone. Show it the pair, D(x, …).",
    "y before x": "The pairs are the other way around: D(x, y), with x first.",
    "fakes beside y": "The made pictures are shown beside y. Their pair is D(x, G(x)).",
    "swapped": "True and made pairs are swapped: D learns to call the made ones true.",
    "not halved": "The factor ½ is missing in D's loss.",
    "stale D": "Gradients of the step before are still in D: opt_D.zero_grad() before backward().",
}
SLIPS_OF_G = {
    "old D": "G is judged by the D from before its step. D moves first.",
    "wrong way": "That teaches G to have its pairs called made: −log σ(D(x, G(x))) is softplus of the negative logits.",
    "minimax": "That is the minimax loss, log(1 − σ). Asked for is the non-saturating one.",
    "near x": "The L1 distance is taken to x; G should come near y.",
    "squared": "The squared distance is taken. L1 is the mean absolute one.",
    "summed": "The L1 distance is summed over all pixels; take the mean.",
    "no weight": "L1 counts once; it should count `weight` times.",
    "no L1": "G does not learn from L1. Is a detached picture as_expected, or the term left out?",
    "L1 alone": "G learns from L1 alone. Is D given a detached picture in G's turn?",
    "weight on the other": "The weight belongs to L1, not to the adversarial loss.",
    "stale G": STILL_IN_G,
    "leaked": f"{STILL_IN_G} D's loss went back into G: detach the picture there.",
    "stale and leaked": f"{STILL_IN_G} And D's loss went back into G: detach the picture there.",
}


def player_moved(game: PairGame, which: int) -> None:
    """Miss unless this player's optimizer has taken one step."""
    name, net, opt = (("G", game.G, game.opts[0]), ("D", game.D, game.opts[1]))[which]
    stepped(name, net, game.before[which], opt)


def led_to(game: PairGame, slip: str, of: str) -> Tensor:
    """What a slip makes of `of`: "G", "D" or "losses"."""
    return getattr(game.expected(slip), of)


def as_expected(game: PairGame, of: str, slips: dict[str, str], got: Tensor) -> None:
    want = getattr(game.expected(), of)
    usual = {said: partial(led_to, game, slip, of) for slip, said in slips.items()}
    what = {"D": "D's weights become", "G": "G's weights become"}.get(of, "you return")
    expect_close(got, want, "this batch of pairs", usual, show=of == "losses", what=what, rtol=1e-6, atol=1e-8)


@check.that("pix2pix_step", "moves D one step, on pairs of both kinds", point=True)
def _(step: Callable) -> None:
    game = PairGame()
    game.play(step)
    player_moved(game, 1)
    as_expected(game, "D", SLIPS_OF_D, flat(game.D))


@check.that("pix2pix_step", "moves G one step, toward y and past the D that has just moved", point=True)
def _(step: Callable) -> None:
    game = PairGame()
    game.play(step)
    player_moved(game, 0)
    # A slip in D's turn moves G, too: D's own are named first.
    as_expected(game, "G", {**SLIPS_OF_G, **SLIPS_OF_D}, flat(game.G))


@check.that("pix2pix_step", "returns D's loss, the adversarial one and L1, each from before its step")
def _(step: Callable) -> None:
    game = PairGame(n=2)
    got = game.play(step)
    as_expected(game, "losses", {**SLIPS_OF_G, **SLIPS_OF_D}, got)


@check.that("pix2pix_step", "leaves both able to learn, and the pairs as they were", alone=False)
def _(step: Callable) -> None:
    game = PairGame()
    game.play(step)
    expect(trainable(game.G) and trainable(game.D), "A network's parameters no longer take gradients after the step.")
    expect(intact(game.x), CHANGES.format(which="number 5"))
    expect(intact(game.y), CHANGES.format(which="number 6"))


@check.that("pix2pix_step", "stays right where D is sure")
def _(step: Callable) -> None:
    game = surely_wrong(lambda: PairGame(sure=2000.0), 0, 1)
    got = game.play(step)
    advice = "Logits of thousands are allowed. Compute from them, as F.softplus does, and not from their sigmoid."
    expect_close(got, game.expected().losses, "a D with large logits", show=False, what=f"{advice} The losses are")
    can_go_on(game.G, game.D)
