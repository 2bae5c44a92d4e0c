"""One training step of a conditional game: both players are told the same label, and judged on it.

The networks are small, in double precision, and take samples and conditions side by side. What should come of the step
is found on copies; what the usual slips lead to, likewise.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.checks.doubles import Counted, Told
from gancourse.checks.inputs import chosen, randn
from gancourse.checks.lesson_07.suite import check
from gancourse.checks.steps import (
    STALE_D,
    copied,
    copied_net,
    curved,
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
from gancourse.checks.values import expect_close

WIDTH_OF_X, WIDTH_OF_Z, WIDTH_OF_Y = 4, 3, 2


class ToldGame:
    """Networks, optimizers, a batch and its labels, and what is left in the gradients from before."""

    def __init__(self, n: int = 5, m: int = 5, normalized: bool = False) -> None:
        self.G, self.D = (
            Told(curved(WIDTH_OF_Z + WIDTH_OF_Y, 6, WIDTH_OF_X)),
            Told(curved(WIDTH_OF_X + WIDTH_OF_Y, 7, 1)),
        )
        if normalized:
            norm = nn.BatchNorm1d(7, dtype=torch.float64)
            self.D = Told(nn.Sequential(linear(WIDTH_OF_X + WIDTH_OF_Y, 7), norm, nn.Tanh(), linear(7, 1)))
        self.real, self.z = randn(n, WIDTH_OF_X).double(), randn(m, WIDTH_OF_Z).double()
        self.y = 2 * randn(n, WIDTH_OF_Y).double()
        self.rates = chosen(0.25, 0.5, between=(0.1, 0.6))
        self.opt_G, self.opt_D = (
            Counted(self.G.parameters(), self.rates[0]),
            Counted(self.D.parameters(), self.rates[1]),
        )
        self.before = copied(self.G, self.D)
        self.stale = [left_over(net) for net in (self.G, self.D)]

    def play(self, step: Callable) -> Tensor:
        """Let the student's step play; both losses, as a tensor (2,)."""
        got = step(self.G, self.D, self.opt_G, self.opt_D, self.real, self.y, self.z)
        return two_losses(got)

    def expected(self, slip: str = "") -> ToldStep:
        """What should come of it, or what this slip leads to."""
        return ToldStep(self, slip)


class ToldStep:
    """The step on copies of a game's networks: `G` and `D` afterwards, in a row each, and the `losses`."""

    def __init__(self, game: ToldGame, slip: str) -> None:
        G, D = copied(*game.before)
        y, none = game.y, torch.zeros_like(game.y)
        other = y.roll(1, 0)
        fake = G(game.z, {"G untold": none, "G told another": other}.get(slip, y))
        on_real = D(game.real, none if slip == "D untold" else y)
        on_fake = D(
            fake.detach(), {"D untold": none, "fakes untold": none, "fakes judged by others": other}.get(slip, y)
        )
        if slip == "one batch":
            both = torch.cat([game.real, fake.detach()]), torch.cat([y, y])
            on_real, on_fake = D(*both).chunk(2)
        if slip == "swapped":
            on_real, on_fake = on_fake, on_real
        d_loss = F.softplus(-on_real).mean() + F.softplus(on_fake).mean()
        if slip == "halved":
            d_loss = d_loss / 2
        if slip == "wrong labels too":  # a third pair, as lesson 12 has it
            d_loss = d_loss + F.softplus(D(game.real, other)).mean()
        earlier = copied_net(D)
        down(D, d_loss, game.rates[1], game.stale[1] if slip == "stale D" else None)
        judge = earlier if slip == "old D" else D
        judged = judge(fake, {"D untold": none, "G judged untold": none, "G judged by others": other}.get(slip, y))
        g_loss = -F.softplus(judged).mean() if slip == "minimax" else F.softplus(-judged).mean()
        if slip == "wrong way":
            g_loss = F.softplus(judged).mean()
        extra = game.stale[0] if slip == "stale G" else None
        if slip == "not detached":
            again = F.softplus(-earlier(game.real, y)).mean() + F.softplus(earlier(fake, y)).mean()
            extra = torch.autograd.grad(again, list(G.parameters()), retain_graph=True)
        down(G, g_loss, game.rates[0], extra)
        self.G, self.D = flat(G), flat(D)
        self.losses = torch.stack([d_loss.detach(), g_loss.detach()])


def has_moved(game: ToldGame, name: str) -> None:
    """Miss unless this player's optimizer has taken one step."""
    of_D = name == "D"
    net, opt, before = (game.D, game.opt_D, game.before[1]) if of_D else (game.G, game.opt_G, game.before[0])
    stepped(name, net, before, opt, "" if of_D else "is it judged on detached fakes?")


@check.that("conditional_step", "moves D: real pictures with their labels, fakes with those asked for", point=True)
def _(step: Callable) -> None:
    game = ToldGame()
    game.play(step)
    has_moved(game, "D")
    usual = {
        "D is told nothing, or zeros: this is lesson 03's step.": lambda: game.expected("D untold").D,
        "Fakes are judged without the label that G was asked for: D(G(z, y), y).": lambda: (
            game.expected("fakes untold").D
        ),
        "Fakes are judged by other labels than G was asked for. Keep the order.": (
            lambda: game.expected("fakes judged by others").D
        ),
        "G is told nothing: G(z, y).": lambda: game.expected("G untold").D,
        "G is told other labels than D. Both get y.": lambda: game.expected("G told another").D,
        "Real and fake are swapped in the loss.": lambda: game.expected("swapped").D,
        "D's loss is halved. The two means are added.": lambda: game.expected("halved").D,
        "There is a third term, of real pictures with wrong labels. Two are asked for.": (
            lambda: game.expected("wrong labels too").D
        ),
        STALE_D: lambda: game.expected("stale D").D,
    }
    expect_close(flat(game.D), game.expected().D, "one step", usual, show=False, what="D's parameters become")


@check.that("conditional_step", "moves G: its fakes are judged on the labels it was asked for", point=True)
def _(step: Callable) -> None:
    game = ToldGame()
    game.play(step)
    has_moved(game, "G")
    usual = {
        "G's fakes are judged without their labels: D(G(z, y), y) once more.": lambda: (
            game.expected("G judged untold").G
        ),
        "G's fakes are judged by other labels than it was asked for.": lambda: game.expected("G judged by others").G,
        **slips_in_G(game),
        "G goes the wrong way: it should make D(G(z, y), y) larger.": lambda: game.expected("wrong way").G,
    }
    expect_close(flat(game.G), game.expected().G, "one step", usual, show=False, what="G's parameters become")


@check.that("conditional_step", "asks D about each kind in its own batch: its normalization sees who is there")
def _(step: Callable) -> None:
    game = ToldGame(normalized=True)
    game.play(step)
    usual = {
        "Real pictures and fakes pass through D in one batch. Each kind has its own.": lambda: (
            game.expected("one batch").D
        )
    }
    told = "one step of a D with batch normalization"
    expect_close(flat(game.D), game.expected().D, told, usual, show=False, what="D's parameters become")


@check.that("conditional_step", "returns both losses, as they were before each player's step")
def _(step: Callable) -> None:
    game = ToldGame()
    got = game.play(step)
    usual = {
        **slips_in_losses(game),
        "D's loss is halved. The two means are added.": lambda: game.expected("halved").losses,
    }
    expect_close(got, game.expected().losses, "one step", usual)


@check.that("conditional_step", "is right where D is very sure, at logits of ±200", alone=False)
def _(step: Callable) -> None:
    for sign in (-1.0, 1.0):
        game = ToldGame()
        with torch.no_grad():
            for p in (*game.G.parameters(), *game.D.parameters()):
                p.copy_(p.float())
            list(game.D.parameters())[-1].fill_(200 * sign)
        game.G.float(), game.D.float()
        game.real, game.z, game.y = game.real.float(), game.z.float(), game.y.float()
        game.opt_G, game.opt_D = Counted(game.G.parameters(), 0.1), Counted(game.D.parameters(), 1e-6)
        game.rates = (0.1, 1e-6)
        game.before = copied(game.G, game.D)
        game.stale = [[torch.zeros_like(p) for p in net.parameters()] for net in (game.G, game.D)]
        got = game.play(step)
        advice = "Something saturates: compute −log σ(l) from the logit at once, as softplus(−l)."
        where = f"a D that says {200 * sign:.0f}"
        expect_close(got, game.expected().losses, where, {advice: got}, what="the losses are", rtol=1e-3)
        moved = flat(game.G).double()
        expect_close(moved, game.expected().G, where, {advice: moved}, show=False, rtol=1e-3, atol=1e-4)


@check.that(
    "conditional_step", "leaves modes, data, labels and noise as they are, and everything trainable", alone=False
)
def _(step: Callable) -> None:
    left_as_they_were(ToldGame, step, ("G", "D"), {5: "real", 6: "y", 7: "z"})
