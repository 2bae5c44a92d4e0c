"""One training step of a VAE, with the noise given: Kingma and Welling, ICLR 2014, arXiv:1312.6114, sections 2.3, 2.4.

The networks are small, curved, and in double precision. What should come of the step is found on copies; what the usual
slips lead to, likewise.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from gancourse.checks.asked import CHANGES, intact
from gancourse.checks.core import expect
from gancourse.checks.doubles import Counted
from gancourse.checks.inputs import chosen, randn
from gancourse.checks.lesson_05.suite import check
from gancourse.checks.steps import copied, flat, left_over, linear, several_losses, trainable
from gancourse.checks.values import Wrong, close, described, expect_close

CODE_NUMBERS, SIX_PIXELS = 3, (1, 2, 3)
PICTURE_NUMBERS = 6


class CodedGame:
    """Both networks, their optimizer, a batch with its noise, and what is left in the gradients from before."""

    def __init__(self, n: int = 5, shape: tuple[int, ...] = SIX_PIXELS) -> None:
        self.encoder = nn.Sequential(nn.Flatten(), linear(PICTURE_NUMBERS, 5), nn.Tanh(), linear(5, 2 * CODE_NUMBERS))
        self.decoder = nn.Sequential(
            linear(CODE_NUMBERS, 5), nn.Tanh(), linear(5, PICTURE_NUMBERS), nn.Unflatten(1, shape)
        )
        self.x, self.noise = randn(n, *shape).double(), randn(n, CODE_NUMBERS).double()
        self.s, self.beta = chosen(0.7, 2.5, between=(0.5, 3.0), avoid=1.0)
        (self.rate,) = chosen(0.05, between=(0.03, 0.08))
        self.opt = Counted([*self.encoder.parameters(), *self.decoder.parameters()], self.rate)
        self.before = copied(self.encoder, self.decoder)
        self.stale = [*left_over(self.encoder), *left_over(self.decoder)]

    @property
    def moved(self) -> Tensor:
        return torch.cat([flat(self.encoder), flat(self.decoder)])

    def play(self, step: Callable) -> Tensor:
        got = step(self.encoder, self.decoder, self.opt, self.x, self.noise, self.s, self.beta)
        told = f"Return two numbers: the rebuilding term, and KL. You return {described(got)}."
        return several_losses(got, 2, told)


class CodedStep:
    """The step on copies of a game's networks: all parameters afterwards in a row, `moved`, and the two `losses`."""

    def __init__(self, game: CodedGame, slip: str) -> None:
        encoder, decoder = copied(*game.before)
        off, kl = self.terms(encoder, decoder, game, slip)
        weight = {"no beta": 1.0, "no kl": 0.0, "minus kl": -game.beta, "beta squared": game.beta**2}.get(
            slip, game.beta
        )
        loss = off + weight * kl
        if slip == "beta on both":
            loss = game.beta * (off + kl)
        if slip == "beta on rebuilding":
            loss = game.beta * off + kl
        parameters = [*encoder.parameters(), *decoder.parameters()]
        slopes = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for p, slope, old in zip(parameters, slopes, game.stale, strict=True):
                p.sub_(game.rate * (slope + old if slip == "stale" else -slope if slip == "uphill" else slope))
        self.moved = torch.cat([flat(encoder), flat(decoder)])
        if slip == "after":
            off, kl = self.terms(encoder, decoder, game, "")
        told = {"swapped": (kl, off), "kl with beta": (off, game.beta * kl), "whole": (off + game.beta * kl, kl)}
        self.losses = torch.stack(told.get(slip, (off, kl))).detach()

    @staticmethod
    def terms(encoder: nn.Module, decoder: nn.Module, game: CodedGame, slip: str) -> tuple[Tensor, Tensor]:
        """The two terms, or by this slip."""
        mu, log_var = encoder(game.x).chunk(2, 1)
        if slip == "order":
            mu, log_var = log_var, mu
        std = {"variance": log_var.exp(), "no exponential": log_var, "no scale": torch.ones_like(mu)}.get(
            slip, (log_var / 2).exp()
        )
        z = mu + std * (0 * game.noise if slip == "no noise" else game.noise)
        if slip == "detached":
            z = z.detach()
        off = decoder(z) - game.x
        rows = (off.abs() if slip == "absolute" else off.square()).flatten(1)
        rebuilt = {"mean": rows.mean(), "batch sum": rows.sum()}.get(slip, rows.sum(1).mean())
        scale = {"no half": game.s**2, "s": 2 * game.s, "no s": 2.0, "bare": 1.0, "times s": 2 / game.s**2}.get(
            slip, 2 * game.s**2
        )
        kl = (mu.square() + log_var.exp() - 1 - log_var) / 2
        kl = {"kl mean": kl.mean(), "batch sum": kl.sum(), "kl sum": kl.sum()}.get(slip, kl.sum(1).mean())
        return rebuilt / scale, kl * (2 if slip == "kl no half" else 1)


VAE_TERM_SLIPS = {
    "order": "Means and log-variances are swapped: the first half of encoder(x) are the means.",
    "variance": "The noise is scaled by the variance. Take the standard deviation, exp(½ log_var).",
    "no exponential": "The noise is scaled by log_var itself. It is a logarithm.",
    "no scale": "The noise is not scaled.",
    "no noise": "The noise is not used: z is the mean.",
    "mean": "The squared error is averaged over pixels. Sum over a picture, and average over the batch.",
    "batch sum": "Both terms are summed over the batch. Take the mean.",
    "kl mean": "KL is averaged over the code. Sum over it, and average over the batch.",
    "kl sum": "KL is summed over the batch. Take the mean over pictures.",
    "absolute": "That is the absolute error. Its square is asked.",
    "no half": "The half in front of the squared error is missing: it is 1/(2 s²).",
    "s": "It is divided by 2s, not by 2s².",
    "no s": "s is missing.",
    "bare": "The factor 1/(2 s²) is missing.",
    "times s": "It is multiplied by s². Divide.",
    "kl no half": "The half in KL is missing.",
}
VAE_MOVE_SLIPS = {
    **VAE_TERM_SLIPS,
    "detached": "z is cut off from the encoder, so that only KL teaches it.",
    "no beta": "β is missing.",
    "no kl": "KL is not in the loss.",
    "minus kl": "KL is taken off. It is added.",
    "beta squared": "β counts twice.",
    "beta on both": "β weighs both terms. It weighs KL alone.",
    "beta on rebuilding": "β weighs the rebuilding term. It weighs KL.",
    "stale": "Gradients of the step before are still in it. Clear them with opt.zero_grad() before backward().",
    "uphill": "The step goes the wrong way: the loss is to become smaller.",
}
VAE_TOLD_SLIPS = {
    "swapped": "The two are swapped: the rebuilding term comes first.",
    "kl with beta": "KL is told with β in it. Without.",
    "whole": "The whole loss is told in the place of the rebuilding term.",
    "after": "Those are the terms after the step. Tell those from before.",
}


def usual_of(game: CodedGame, of: str) -> dict[str, Wrong]:
    slips = VAE_MOVE_SLIPS if of == "moved" else {**VAE_TOLD_SLIPS, **VAE_TERM_SLIPS}
    return {said: partial(lambda slip: getattr(CodedStep(game, slip), of), slip) for slip, said in slips.items()}


def both_coders_moved(game: CodedGame) -> None:
    """Miss unless the optimizer has taken one step."""
    for name, net, before in (("encoder", game.encoder, 0), ("decoder", game.decoder, 1)):
        still = close(flat(net), flat(game.before[before]), 1e-9, 1e-12)
        expect(not still, f"The {name} has not moved. A step needs backward() and then opt.step().")
    expect(game.opt.steps > 0, "opt.step() is not called. Use the optimizer that is passed in.")
    expect(game.opt.steps == 1, f"opt.step() is called {game.opt.steps} times; it is one step.")


@check.that("vae_step", "moves both networks down minus the bound, with β in front of KL", point=True)
def _(step: Callable) -> None:
    game = CodedGame()
    game.play(step)
    both_coders_moved(game)
    want = CodedStep(game, "").moved
    what = "the parameters become"
    expect_close(game.moved, want, "one step", usual_of(game, "moved"), show=False, what=what, rtol=1e-6, atol=1e-8)


@check.that("vae_step", "a second step on another batch, too, of pictures without a channel", alone=False)
def _(step: Callable) -> None:
    game = CodedGame(4, (2, 3))
    game.play(step)
    game.before = copied(game.encoder, game.decoder)
    game.x, game.noise = randn(7, 2, 3).double(), randn(7, CODE_NUMBERS).double()
    game.opt.steps = 0
    game.play(step)
    want = CodedStep(game, "").moved
    game.stale = [torch.zeros_like(p) for p in [*game.encoder.parameters(), *game.decoder.parameters()]]
    expect_close(game.moved, want, "a second step", show=False, what="the parameters become", rtol=1e-6, atol=1e-8)


@check.that("vae_step", "returns both terms as they were before the step, averaged over the batch")
def _(step: Callable) -> None:
    game = CodedGame()
    got = game.play(step)
    expect_close(got, CodedStep(game, "").losses, "one step", usual_of(game, "losses"))


@check.that("vae_step", "leaves modes, data and noise as they are, and everything trainable", alone=False)
def _(step: Callable) -> None:
    game = CodedGame()
    game.encoder.eval()
    game.play(step)
    expect(not game.encoder.training and game.decoder.training, "A network is in another mode than before.")
    expect(trainable(game.encoder) and trainable(game.decoder), "A network's parameters no longer take gradients.")
    for which, given in ((4, game.x), (5, game.noise)):
        expect(intact(given), CHANGES.format(which=f"number {which}"))
