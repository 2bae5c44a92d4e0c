"""One training step of two players that grow, while α is between 0 and 1.

Karras et al., "Progressive Growing of GANs", ICLR 2018, arXiv:1710.10196, section 2 and appendix A.1; the penalty is
Gulrajani et al.'s, "Improved Training of Wasserstein GANs", NeurIPS 2017, arXiv:1704.00028, eq. 3.

The networks are small, curved, and in double precision. What should come of the step is found on copies of their
weights (`torch.func`); what the usual slips lead to, likewise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from gancourse.checks.doubles import Counted, TwoWays
from gancourse.checks.inputs import chosen, rand, randn
from gancourse.checks.lesson_13.bands import quadrupled, quartered
from gancourse.checks.lesson_13.suite import check
from gancourse.checks.steps import copied, curved, flat, left_as_they_were, left_over, linear, stepped, two_losses
from gancourse.checks.values import Wrong, expect_close

TINY_PICTURE = 1, 2, 2
FLAT_PIXELS, NOISE_LENGTH = 4, 3


class GrowingGame:
    """Networks that are told α, optimizers, a batch, and what is left in the gradients from before."""

    def __init__(self, alpha: float | None = None) -> None:
        self.G = TwoWays(linear(NOISE_LENGTH, FLAT_PIXELS), curved(NOISE_LENGTH, 4, FLAT_PIXELS), *TINY_PICTURE)
        self.D = TwoWays(curved(FLAT_PIXELS, 4, 1), curved(FLAT_PIXELS, 5, 1))
        self.real, self.z = 2 * randn(5, *TINY_PICTURE).double(), randn(5, NOISE_LENGTH).double()
        self.mix = 0.1 + 0.8 * rand(5).double()
        self.alpha = chosen(0.25, between=(0.15, 0.4))[0] if alpha is None else alpha
        self.steepen()
        self.rates = 0.1, 0.02
        self.opt_G, self.opt_D = (
            Counted(net.parameters(), rate) for net, rate in zip((self.G, self.D), self.rates, strict=True)
        )
        self.before = copied(self.G, self.D)
        self.stale = [left_over(net) for net in (self.G, self.D)]

    def steepen(self) -> None:
        """Make D curved, and as steep as 1 on average: then the penalty pulls some slopes up and some down."""
        with torch.no_grad():
            for p in self.D.parameters():
                p.mul_(2.5)
            made, coarse = self.G(self.z, self.alpha), quadrupled(quartered(self.real))
            shown = coarse + self.alpha * (self.real - coarse)
        slopes = steepness(partial(self.D, alpha=self.alpha), torch.lerp(shown, made, self.mix[:, None, None, None]))
        for name, p in self.D.named_parameters():
            if ".2." in name:  # the last layers
                p.data = p.data / slopes.mean().detach()

    def play(self, step: Callable) -> Tensor:
        """Let the student's step play; both losses, as a tensor (2,)."""
        return two_losses(step(self.G, self.D, self.opt_G, self.opt_D, self.real, self.z, self.mix, self.alpha))

    def expected(self, slip: str = "") -> GrowingStep:
        """What should come of it, or what this slip leads to."""
        return GrowingStep(self, slip)


def leaves(net: nn.Module) -> dict[str, Tensor]:
    return {name: p.detach().clone().requires_grad_() for name, p in net.named_parameters()}


def steepness(D: Callable, x: Tensor) -> Tensor:
    """‖∇D‖ at each of the points, (n,): pictures do not meet in this D, so one sum has the gradients of all."""
    x = x.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)
    return gradient.square().sum((1, 2, 3)).sqrt()


def moved_down(
    weights: dict[str, Tensor], loss: Tensor, rate: float, extra: Sequence[Tensor] | None = None
) -> dict[str, Tensor]:
    """Weights after a step of plain gradient descent, along the loss's gradients and what else is in them."""
    gradients = torch.autograd.grad(loss, list(weights.values()), retain_graph=True)
    more = [torch.zeros(())] * len(gradients) if extra is None else extra
    return {
        name: (p - rate * (gradient + other)).detach().requires_grad_()
        for (name, p), gradient, other in zip(weights.items(), gradients, more, strict=True)
    }


def in_one_row(weights: dict[str, Tensor]) -> Tensor:
    return torch.cat([p.detach().flatten() for p in weights.values()])


class GrowingStep:
    """The step on copies of a game's weights: `G` and `D` afterwards, in a row each, and the `losses`."""

    def __init__(self, game: GrowingGame, slip: str) -> None:
        G, D = (leaves(net) for net in game.before)
        drawn_by, said_by = (partial(torch.func.functional_call, net) for net in game.before)
        a, mix = game.alpha, game.mix[:, None, None, None]
        coarse = quadrupled(quartered(game.real))
        shares = {"real as it is": 1.0, "real coarse": 0.0, "real by 1 − α": 1 - a}
        share = shares.get(slip, a)
        real = coarse + share * (game.real - coarse)
        for_g, for_d = {
            "grown at once": (1.0, 1.0), "G at once": (1.0, a), "D at once": (a, 1.0), "1 − α": (1 - a, 1 - a),
        }.get(slip, (a, a))  # fmt: skip
        fake = drawn_by(G, (game.z, for_g))
        made = fake.detach()
        on_real, on_fake = said_by(D, (real, for_d)), said_by(D, (made, for_d))
        if slip == "swapped":
            on_real, on_fake = on_fake, on_real
        points = {
            "penalty on real": real, "penalty on fakes": made,
            "penalty on raw": (1 - mix) * game.real + mix * made,
            "mixed the other way": mix * real + (1 - mix) * made,
        }.get(slip, (1 - mix) * real + mix * made)  # fmt: skip
        slope = steepness(lambda x: said_by(D, (x, 1.0 if slip == "penalty at once" else for_d)), points)
        penalty = {
            "one-sided": lambda s: (s - 1).clamp(min=0).square(),
            "to zero": lambda s: s.square(),
            "squared norm": lambda s: (s.square() - 1).square(),
            "no square": lambda s: (s - 1).abs(),
        }.get(slip, lambda s: (s - 1).square())(slope).mean()
        weight = {"no penalty": 0.0, "weight 1": 1.0}.get(slip, 10.0)
        drift = {
            "no drift": 0 * on_real.mean(), "drift of both": 1e-3 * (on_real.square() + on_fake.square()).mean(),
            "drift of fakes": 1e-3 * on_fake.square().mean(), "drift of the mean": 1e-3 * on_real.mean().square(),
            "drift 1": on_real.square().mean(),
        }.get(slip, 1e-3 * on_real.square().mean())  # fmt: skip
        critic = on_fake.mean() - on_real.mean()
        d_loss = critic + weight * penalty + drift
        if slip == "cross-entropy":
            softplus = nn.functional.softplus
            d_loss = d_loss - critic + softplus(-on_real).mean() + softplus(on_fake).mean()
        earlier = D
        D = moved_down(D, d_loss, game.rates[1], game.stale[1] if slip == "stale D" else None)
        judged = said_by(earlier if slip == "old D" else D, (fake, 1.0 if slip == "G judged at once" else for_d))
        g_loss = -judged.mean()
        if slip == "wrong way":
            g_loss = judged.mean()
        if slip == "non-saturating":
            g_loss = nn.functional.softplus(-judged).mean()
        extra: Any = game.stale[0] if slip == "stale G" else None
        if slip == "not detached":
            extra = torch.autograd.grad(said_by(earlier, (fake, a)).mean(), list(G.values()), retain_graph=True)
        G = moved_down(G, g_loss, game.rates[0], extra)
        self.G, self.D = in_one_row(G), in_one_row(D)
        self.losses = torch.stack([d_loss.detach(), g_loss.detach()])


D_SLIPS = {
    "real as it is": "Real pictures are shown as they are. Their finest details fade in by α, as the fakes' do.",
    "real coarse": "Real pictures are shown without their finest details. By α they are there.",
    "real by 1 − α": "Real pictures' details are shown by 1 − α. They come by α.",
    "grown at once": "α is not passed on: both networks are asked as if they were grown already.",
    "G at once": "G is asked without its α: G(z, alpha).",
    "D at once": "D is asked without its α: D(x, alpha).",
    "1 − α": "The networks are told 1 − α.",
    "swapped": "Real and fake are swapped: the loss is the mean on fakes less the mean on real pictures.",
    "no penalty": "The gradient penalty is missing, or cut off: it needs create_graph=True.",
    "weight 1": "The penalty has the weight 1. It is 10.",
    "penalty on real": "The slope is taken at real pictures. It is taken between real and fake.",
    "penalty on fakes": "The slope is taken at the fakes. It is taken between real and fake.",
    "penalty on raw": "The points between are mixed with unfaded pictures. Mix what D is shown.",
    "mixed the other way": "mix is the fakes' share: real + mix · (fake − real).",
    "penalty at once": "The slope is that of the grown D: ask D(x, alpha) there, too.",
    "one-sided": "The penalty counts slopes above 1 only. Both sides are penalized.",
    "to zero": "The slope is pulled to 0. Pull it to 1.",
    "squared norm": "The slope's square is pulled to 1. The slope itself is: ‖∇D‖, with the root.",
    "no square": "The slope's distance from 1 is not squared.",
    "no drift": "The drift term is missing: 0.001 times the mean square of D on real pictures.",
    "drift of both": "The drift term counts fakes, too. It is that of real pictures alone.",
    "drift of fakes": "The drift term is that of fakes. It is that of real pictures.",
    "drift of the mean": "The drift term squares the mean. It is the mean of squares.",
    "drift 1": "The drift term has the weight 1. It is 0.001.",
    "cross-entropy": "That is the cross-entropy. The critic's loss is a difference of means.",
    "stale D": "Gradients of the step before are still in it. Clear them with opt_D.zero_grad() before backward().",
}
G_SLIPS = {
    "grown at once": "α is not passed on: both networks are asked as if they were grown already.",
    "G at once": "G is asked without its α: G(z, alpha).",
    "G judged at once": "G is judged by a D that is told no α: D(fake, alpha).",
    "1 − α": "The networks are told 1 − α.",
    "old D": "That is the step against the D from before its own step. Ask D about the fakes again.",
    "stale G": "Gradients of the step before are still in it. Clear them with opt_G.zero_grad().",
    "not detached": "D's loss has left gradients in G. Detach the fakes for D, or clear opt_G's before G's backward().",
    "wrong way": "G goes the wrong way: it should make D(G(z)) larger.",
    "non-saturating": "That is the non-saturating loss of a D that says probabilities. G's loss is −mean D(G(z)).",
}


LOSS_SLIPS = {
    "old D": "G's loss is that against the D from before its step.",
    "no penalty": "D's loss is told without its penalty.",
    "no drift": "D's loss is told without its drift term.",
}


def ends_at(game: GrowingGame, name: str, got: Tensor) -> None:
    """Miss unless this player's parameters, or the "losses", are what they should be; slips are tried only if not."""
    want = getattr(game.expected(), name)
    slips = {"D": D_SLIPS, "G": G_SLIPS, "losses": LOSS_SLIPS}[name]
    usual: dict[str, Wrong] = {said: partial(outcome_of, game, slip, name) for slip, said in slips.items()}
    if name == "losses":
        usual |= {"The two are swapped: D's loss comes first.": want.flip(0), "The signs are wrong.": -want}
    what = "you return" if name == "losses" else f"{name}'s parameters become"
    expect_close(got, want, "one step", usual, show=name == "losses", what=what, rtol=1e-6, atol=1e-7)


def outcome_of(game: GrowingGame, slip: str, name: str) -> Tensor:
    """What this slip makes of one of the two networks, or of the losses."""
    return getattr(game.expected(slip), name)


def has_stepped(game: GrowingGame, name: str) -> None:
    """Miss unless this player's optimizer has taken one step."""
    net, before, opt = (game.D, game.before[1], game.opt_D) if name == "D" else (game.G, game.before[0], game.opt_G)
    stepped(name, net, before, opt, "" if name == "D" else "is it judged on detached fakes?")


@check.that("growing_step", "moves D: faded pictures, both networks told α, penalty and drift", point=True)
def _(step: Callable) -> None:
    game = GrowingGame()
    game.play(step)
    has_stepped(game, "D")
    ends_at(game, "D", flat(game.D))


@check.that("growing_step", "moves G: its fakes, by α, are judged by the D that has just moved", point=True)
def _(step: Callable) -> None:
    game = GrowingGame()
    game.play(step)
    has_stepped(game, "G")
    ends_at(game, "G", flat(game.G))


@check.that("growing_step", "is right at both ends: α = 1 shows pictures as they are, α = 0 without their details")
def _(step: Callable) -> None:
    for alpha in (1.0, 0.0):
        game = GrowingGame(alpha)
        game.play(step)
        for name, net in (("D", game.D), ("G", game.G)):
            has_stepped(game, name)
            want, where = getattr(game.expected(), name), f"one step at α = {alpha:g}"
            expect_close(flat(net), want, where, show=False, what=f"{name}'s parameters become", rtol=1e-6, atol=1e-7)


@check.that("growing_step", "returns both losses, as they were before each player's step")
def _(step: Callable) -> None:
    game = GrowingGame()
    ends_at(game, "losses", game.play(step))


@check.that(
    "growing_step", "leaves modes, pictures, noise and mixture as they are, and everything trainable", alone=False
)
def _(step: Callable) -> None:
    left_as_they_were(GrowingGame, step, ("G", "D"), {5: "real", 6: "z", 7: "mix"})
