"""One step of both players and of the average, on small pictures.

The networks are small, in double precision, and D has batch normalization, so that it matters whether real and fake
pictures share a batch. What should come of the step is found on copies; what the usual slips lead to, likewise.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.checks.core import Miss, expect
from gancourse.checks.doubles import Blend, Counted, Projection
from gancourse.checks.inputs import chosen, rand, randn
from gancourse.checks.lesson_03.suite import check
from gancourse.checks.networks import put
from gancourse.checks.steps import (
    STALE_D,
    Spy,
    called_once,
    copied,
    copied_net,
    down,
    flat,
    left_as_they_were,
    left_over,
    linear,
    slips_in_G,
    slips_in_losses,
    stepped,
    two_losses,
)
from gancourse.checks.values import close, expect_close, numbers

PIXELS = (3, 2, 2)
LATENT = 3


def painter() -> nn.Module:
    """G with batch normalization, which counts how often it is asked."""
    return nn.Sequential(
        linear(LATENT, 12), nn.BatchNorm1d(12, dtype=torch.float64), nn.Tanh(), nn.Unflatten(1, PIXELS)
    )


def critic() -> nn.Module:
    """D with batch normalization between its two layers."""
    return nn.Sequential(nn.Flatten(), linear(12, 6), nn.BatchNorm1d(6, dtype=torch.float64), nn.Tanh(), linear(6, 1))


class SmallGame:
    """Networks, optimizers, batches, and what is passed with them."""

    def __init__(self, D: nn.Module | None = None, memory: bool = False) -> None:
        self.G, self.ema, self.D = painter(), painter(), critic() if D is None else D
        self.real, self.z = torch.tanh(randn(4, *PIXELS).double()), randn(6, LATENT).double()
        self.rates = chosen(0.25, 0.5, between=(0.1, 0.6))
        on_real, on_fake = chosen(-2.0, 3.0, between=(1.0, 4.0))
        self.weights = {"on_real": -abs(on_real), "on_fake": on_fake}
        self.shares = chosen(2.0, 0.25, between=(0.1, 3.0))
        self.loss, self.follow = Spy(**self.weights), Blend(*self.shares)
        self.old = torch.tanh(randn(6, *PIXELS).double()) if memory else None
        self.remembered: list[Tensor] = []
        self.opt_G, self.opt_D = (
            Counted(self.G.parameters(), self.rates[0]),
            Counted(self.D.parameters(), self.rates[1]),
        )
        self.before = copied(self.G, self.ema, self.D)
        self.stale = [left_over(net) for net in (self.G, self.D)]

    def remember(self, fake: Any) -> Any:
        """What the student's step is given as `remember`."""
        expect(isinstance(fake, Tensor), "`remember` should be given the fakes, a tensor.")
        self.remembered.append(fake)
        return fake if self.old is None else self.old.clone()

    def play(self, step: Callable) -> Tensor:
        """Let the student's step play; both losses, as a tensor (2,)."""
        got = step(
            *(self.G, self.D, self.ema, self.opt_G, self.opt_D),
            *(self.real, self.z, self.loss, self.remember, self.follow),
        )
        return two_losses(got)

    def expected(self, slip: str = "") -> Played:
        """What should come of it, or what this slip leads to."""
        return Played(self, slip)


class Played:
    """The step on copies of a game's networks: `D`, `G`, `ema` afterwards, in a row each, and the `losses`."""

    def __init__(self, game: SmallGame, slip: str) -> None:
        G, ema, D = copied(*game.before)
        rate_G, rate_D = game.rates
        if slip == "average first":
            Blend(*game.shares)(ema, G)
        fake = G(game.z)
        shown = fake.detach() if game.old is None or slip == "no memory" else game.old
        if slip == "made first":
            self.logits = (D(shown), D(game.real))[::-1]
        else:
            self.logits = D(game.real), D(shown)
        if slip == "mixed":
            both = D(torch.cat([game.real, shown]))
            self.logits = both[: len(game.real)], both[len(game.real) :]
        weights = list(game.weights.values())
        on_real, on_fake = self.logits[::-1] if slip == "swapped" else self.logits
        d_loss = weights[0] * on_real.mean() + weights[1] * on_fake.mean()
        earlier = copied_net(D)
        down(D, d_loss, rate_D, game.stale[1] if slip == "stale D" else None)
        judge = earlier if slip == "old D" else D
        asked = judge(fake if slip != "remembered" or game.old is None else game.old + 0 * fake)
        g_loss = {
            "minimax": -F.softplus(asked).mean(),
            "wrong way": F.softplus(asked).mean(),
            "sum": F.softplus(-asked).sum(),
        }.get(slip, F.softplus(-asked).mean())
        extra = game.stale[0] if slip == "stale G" else None
        if slip == "not detached":
            again = weights[0] * earlier(game.real).mean() + weights[1] * earlier(fake).mean()
            extra = torch.autograd.grad(again, list(G.parameters()), retain_graph=True)
        down(G, g_loss, rate_G, extra)
        if slip not in ("average first", "no average"):
            for _ in range(2 if slip == "average twice" else 1):
                Blend(*game.shares)(ema, G)
        self.D, self.G, self.ema = flat(D), flat(G), flat(ema)
        self.met = average_met(D)
        self.losses = torch.stack([d_loss.detach(), g_loss.detach()])


def average_met(D: nn.Module) -> Tensor:
    """The running mean of D's batch normalization: the last batch that D was asked about weighs most in it."""
    return torch.cat([b for name, b in D.named_buffers() if name.endswith("running_mean")] or [torch.zeros(1)])


@check.that("dcgan_step", "makes the fakes of this z once, and shows them to `remember`, cut off from G", alone=False)
def _(step: Callable) -> None:
    game = SmallGame(memory=True)
    game.play(step)
    expect(bool(game.remembered), "`remember` is never called: what D is shown is remember(fakes).")
    expect(len(game.remembered) == 1, f"One step calls `remember` once; it was called {len(game.remembered)} times.")
    (given,) = game.remembered
    want = game.before[0](game.z).detach()
    fits = given.shape == want.shape and close(numbers(given), want)
    expect(fits, "What `remember` is given is not G(z), for the z that is passed in and the G before its step.")
    expect(
        not given.requires_grad, "What `remember` is given still hangs on G's computation: detach() the fakes for D."
    )
    times = next(int(b) for name, b in game.G.named_buffers() if name.endswith("num_batches_tracked"))
    expect(times == 1, f"G makes fakes {times} times in one step. Both players use the same ones.")


@check.that("dcgan_step", "D's loss is loss_D(D(real), D(shown)), each kind in a batch of its own", point=True)
def _(step: Callable) -> None:
    game = SmallGame(memory=True)
    game.play(step)
    right = game.expected()
    on_real, on_fake = called_once(game.loss)
    for slip, told in (
        ("swapped", "The two are swapped: loss_D takes D's logits on real pictures first."),
        ("no memory", "D is shown the fakes of now, not what `remember` gave."),
        ("mixed", "Real and fake pictures went through D in one batch. Call D once for each."),
    ):
        logits = game.expected(slip).logits
        logits = logits[::-1] if slip == "swapped" else logits
        same = all(close(a.flatten(), b.flatten()) for a, b in zip((on_real, on_fake), logits, strict=True))
        expect(not same, told)
    for got, want, what in (
        (on_real, right.logits[0], "the real pictures"),
        (on_fake, right.logits[1], "what is shown"),
    ):
        said = f"What `loss_D` gets are not D's logits on {what}, from before any step."
        expect(close(got.flatten(), want.flatten()), said)


@check.that("dcgan_step", "asks D about the real pictures first, then about what is shown, then about the fakes")
def _(step: Callable) -> None:
    game = SmallGame(memory=True)
    game.play(step)
    usual = {
        "D is asked about what is shown before the real pictures.": lambda: game.expected("made first").met,
        "Real and fake pictures went through D in one batch. Call D once for each.": lambda: game.expected("mixed").met,
    }
    expect_close(
        average_met(game.D), game.expected().met, "one step", usual, show=False, what="D's running means become"
    )


def moved_once(game: SmallGame, name: str) -> None:
    of_D = name == "D"
    net, opt, before = (game.D, game.opt_D, game.before[2]) if of_D else (game.G, game.opt_G, game.before[0])
    though = "no gradient reaches it. Is it judged on what D was shown, or on detached fakes?"
    stepped(name, net, before, opt, "" if of_D else though)


@check.that("dcgan_step", "moves D down the gradient of its loss, by one step", point=True)
def _(step: Callable) -> None:
    game = SmallGame()
    game.play(step)
    moved_once(game, "D")
    usual = {
        STALE_D: lambda: game.expected("stale D").D,
        "That is the step for real and fake pictures in one batch. Call D once for each.": lambda: (
            game.expected("mixed").D
        ),
        "Its loss was given the two batches of logits the wrong way round.": lambda: game.expected("swapped").D,
    }
    expect_close(flat(game.D), game.expected().D, "one step", usual, show=False, what="D's parameters become")


@check.that("dcgan_step", "moves G down the non-saturating loss, judged by the D that has moved", point=True)
def _(step: Callable) -> None:
    game = SmallGame()
    game.play(step)
    moved_once(game, "G")
    usual = {
        **slips_in_G(game),
        "G goes the wrong way: it should make D(G(z)) larger.": lambda: game.expected("wrong way").G,
        "That is the sum over the batch. Take the mean.": lambda: game.expected("sum").G,
    }
    expect_close(flat(game.G), game.expected().G, "one step", usual, show=False, what="G's parameters become")


@check.that("dcgan_step", "asks D about the fakes themselves in G's step, whatever `remember` gave")
def _(step: Callable) -> None:
    game = SmallGame(memory=True)
    game.play(step)
    moved_once(game, "G")
    usual = {
        "It is judged on what `remember` gave. G learns from its own fakes.": lambda: game.expected("remembered").G
    }
    where = "a memory that gives other pictures"
    expect_close(flat(game.G), game.expected().G, where, usual, show=False, what="G's parameters become")


@check.that("dcgan_step", "lets the average follow the G that has moved, once", point=True)
def _(step: Callable) -> None:
    game = SmallGame()
    game.play(step)
    expect(
        not close(flat(game.ema), flat(game.before[1]), 1e-9, 1e-12), "The average has not moved: call follow(ema, G)."
    )
    usual = {
        "It has followed the G from before its step. Call follow(ema, G) after opt_G.step().": (
            lambda: game.expected("average first").ema
        ),
        "It has followed twice. Call follow(ema, G) once.": lambda: game.expected("average twice").ema,
    }
    got, want = flat(game.ema), game.expected().ema
    old, new = game.shares
    follows = close(got, old * flat(game.before[1]) + new * flat(game.G))
    advice = "" if follows else " Let `follow` do it, with the average first and G second."
    try:
        expect_close(got, want, "one step", usual, show=False, what="the average's parameters become")
    except Miss as miss:
        said = str(miss)
        raise Miss("It follows the G of your step, which is not right." if follows else said + advice) from None


@check.that("dcgan_step", "returns both losses, as they were before each player's step")
def _(step: Callable) -> None:
    game = SmallGame()
    got = game.play(step)
    usual = {
        **slips_in_losses(game),
        "G's loss is the sum over the batch. Take the mean.": lambda: game.expected("sum").losses,
        "G's loss is that of its fakes being called fake.": lambda: game.expected("wrong way").losses,
    }
    expect_close(got, game.expected().losses, "one step", usual)


@check.that("dcgan_step", "is right where D is very sure, at logits of ±200", alone=False)
def _(step: Callable) -> None:
    for sign in (-1, 1):
        size = 150 + 50 * float(rand())
        game = SmallGame(Projection(*([0.0] * 12)))  # in single precision, where a sigmoid rounds to 0 and 1
        game.G = nn.Sequential(linear(LATENT, 12), nn.Unflatten(1, PIXELS)).float()
        game.real, game.z = game.real.float(), game.z.float()
        weight, bias = game.G.parameters()
        put(weight, 0.01 * weight.detach())
        put(bias, sign * size / 12)
        put(next(game.D.parameters()), 1.0)
        game.rates = game.rates[0], 1e-6  # D stays where it is, nearly
        game.opt_G, game.opt_D = Counted(game.G.parameters(), game.rates[0]), Counted(game.D.parameters(), 1e-6)
        game.ema = copy.deepcopy(game.G)
        game.stale = [[0.0 * p.detach() for p in net.parameters()] for net in (game.G, game.D)]
        game.before = copied(game.G, game.ema, game.D)
        where = f"a D that says {sign * size:.0f} to every fake"
        try:
            got = game.play(step)
        except Miss as miss:
            raise Miss(f"For {where}: {miss} {SOFTPLUS}") from None
        usual = {SOFTPLUS: flat(game.before[0])}
        moved = flat(game.G).double()
        expect_close(moved, game.expected().G, where, usual, show=False, what="G's parameters become")
        expect_close(got[1], game.expected().losses[1], where, what="G's loss is")


SOFTPLUS = "Something saturates: compute −log σ(l) from the logit at once, as softplus(−l)."


@check.that("dcgan_step", "leaves modes, data and noise as they are, and everything trainable", alone=False)
def _(step: Callable) -> None:
    left_as_they_were(SmallGame, step, ("G", "D", "ema"), {6: "real", 7: "z"})
