"""The encoder's training step: on samples whose z is known, and on real pictures through a generator that stands still.

Zhu et al. (2016), arXiv:1609.03552, section 3.2, with samples added.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from gancourse.checks.asked import CHANGES, intact
from gancourse.checks.core import expect
from gancourse.checks.doubles import Counted
from gancourse.checks.inputs import alike, chosen, chosen_int, drawn, floats_of, randn
from gancourse.checks.lesson_16.suite import check
from gancourse.checks.steps import copied, curved, down, flat, left_over, linear, several_losses, stepped, trainable
from gancourse.checks.values import Wrong, close, described, expect_close


class EncoderGame:
    """E with batch normalization, a generator, samples' z, real pictures, and gradients left from before."""

    def __init__(self) -> None:
        norm = nn.BatchNorm1d(6, dtype=torch.float64)
        self.E = nn.Sequential(linear(4, 6), norm, nn.Tanh(), linear(6, 3))
        self.G = curved(3, 5, 4)
        self.m, self.n = chosen_int(5, between=(4, 6)), chosen_int(7, between=(7, 9))
        self.z, self.x = randn(self.m, 3).double(), 1.5 * randn(self.n, 4).double()
        (self.weight,) = chosen(0.6, between=(0.3, 0.8))
        self.opt = Counted(self.E.parameters(), 0.1)
        self.before = copied(self.E, self.G)
        self.stale = left_over(self.E)

    def loss(self, made: Tensor, x: Tensor) -> Tensor:
        return (made - x.to(made.dtype)).square().sum(1) + made.sum(1)

    def play(self, step: Callable) -> Tensor:
        got = step(self.E, self.G, self.loss, self.opt, self.z, self.x, self.weight)
        return several_losses(
            got, 2, f"Return two numbers: the error in z, the loss on x. You return {described(got)}."
        )

    @property
    def clear(self) -> bool:
        found = [floats_of(EncoderStep(self, slip).E) for slip in ("", *E_SLIPS)]
        return not any(alike(x, y) for k, x in enumerate(found) for y in found[:k])


class EncoderStep:
    """The step on copies: `E` flat afterwards, and the `losses`."""

    def __init__(self, game: EncoderGame, slip: str) -> None:
        E, G = copied(*game.before)
        made = G(game.z).detach()
        if slip == "one batch":
            both = E(torch.cat([made, game.x]))
            said, of_x = both[: game.m], both[game.m :]
        else:
            said, of_x = E(made), E(game.x)
        square = (said - game.z).square()
        in_z = {
            "summed": square.sum(), "rows": square.sum(1).mean(), "sizes": (said - game.z).abs().mean(),
            "pictures": game.loss(G(said), made).mean(),
        }.get(slip, square.mean())  # fmt: skip
        again = G(of_x.detach() if slip == "cut off" else of_x)
        in_x = game.loss(again, game.x)
        in_x = in_x.sum() if slip == "x summed" else in_x.mean()
        total = {
            "z alone": in_z, "x alone": game.weight * in_x, "no weight": in_z + in_x,
            "weight on z": game.weight * in_z + in_x, "cut off": in_z, "uphill": -in_z - game.weight * in_x,
        }.get(slip, in_z + game.weight * in_x)  # fmt: skip
        down(E, total, 0.1, game.stale if slip == "stale" else None)
        self.E, self.losses = flat(E), torch.stack([in_z.detach(), in_x.detach()])
        if slip == "after":
            E, G = copied(E, game.before[1])
            self.losses = torch.stack([(E(made) - game.z).square().mean(), game.loss(G(E(game.x)), game.x).mean()])
            self.losses = self.losses.detach()
        if slip == "weighted":
            self.losses = self.losses * torch.tensor([1.0, game.weight])
        if slip == "swapped":
            self.losses = self.losses.flip(0)


E_SLIPS = {
    "cut off": "Nothing comes back from the real pictures, or they are left out: gradients must pass through G to E.",
    "x alone": "Only the real pictures teach E. The error in z is left out.",
    "no weight": "The weight is missing.",
    "weight on z": "The weight belongs to the real pictures' loss.",
    "one batch": "Samples and real pictures are in one batch: E's normalization mixes them. Ask E twice.",
    "summed": "The error in z is a sum. Take the mean over all numbers.",
    "rows": "The error in z is added up over a row. Take the mean over all numbers.",
    "sizes": "The error in z is one of sizes. Take squares.",
    "pictures": "On samples pictures are compared. There z is known: compare z.",
    "x summed": "The real pictures' losses are added up. Take their mean.",
    "stale": "Gradients of the step before are still in it. Clear them with opt_E.zero_grad() before backward().",
    "uphill": "It goes uphill.",
}
E_LOSS_SLIPS = {
    "weighted": "The second number has the weight in it. Tell it without.",
    "swapped": "The error in z is told first.",
    "after": "These are the losses after the step. Tell those from before.",
    **{slip: E_SLIPS[slip] for slip in ("one batch", "summed", "rows", "sizes", "pictures", "x summed")},
}


def encoder_slipped(game: EncoderGame, slip: str, of: str) -> Tensor:
    return getattr(EncoderStep(game, slip), of)


def encoder_comes_to(game: EncoderGame, of: str, got: Tensor) -> None:
    """Miss unless it is what should come of the step."""
    slips = E_SLIPS if of == "E" else E_LOSS_SLIPS
    usual: dict[str, Wrong] = {said: partial(encoder_slipped, game, slip, of) for slip, said in slips.items()}
    subject = "E's parameters become" if of == "E" else "you return"
    where = f"{game.m} samples and {game.n} real pictures"
    expect_close(got, encoder_slipped(game, "", of), where, usual, show=of != "E", what=subject, rtol=1e-6, atol=1e-8)


@check.that("encoder_step", "moves E once, down both losses", point=True)
def _(step: Callable) -> None:
    game = drawn(EncoderGame, always=True)
    game.play(step)
    stepped("E", game.E, game.before[0], game.opt, "is its loss cut off from it?")
    encoder_comes_to(game, "E", flat(game.E))


@check.that("encoder_step", "returns the error in z and the loss on real pictures, from before the step")
def _(step: Callable) -> None:
    game = drawn(EncoderGame, always=True)
    encoder_comes_to(game, "losses", game.play(step))


@check.that("encoder_step", "learns from samples alone where the weight is 0")
def _(step: Callable) -> None:
    game = EncoderGame()
    game.weight = 0.0
    game.play(step)
    expect_close(flat(game.E), EncoderStep(game, "z alone").E, "weight 0", what="E's parameters become", show=False,
                 rtol=1e-6, atol=1e-8)  # fmt: skip


@check.that("encoder_step", "asks E twice: of the samples, and of the real pictures")
def _(step: Callable) -> None:
    game = EncoderGame()
    game.play(step)
    (asked,) = (int(value) for name, value in game.E.named_buffers() if name.endswith("num_batches_tracked"))
    expect(asked == 2, f"E is asked {asked} times. Ask it once about the samples and once about the real pictures.")


@check.that("encoder_step", "leaves G, modes, z and pictures as they were", alone=False)
def _(step: Callable) -> None:
    for learning in (True, False):
        game = EncoderGame()
        game.E.train(learning)
        game.G.train(not learning)
        first = next(iter(game.G.parameters()))
        first.requires_grad_(learning)
        game.play(step)
        expect(close(flat(game.G), flat(game.before[1]), 1e-12, 1e-12), "G has moved. It is only used.")
        expect(trainable(game.E), "E's parameters no longer take gradients after the step.")
        expect(
            [p.requires_grad for p in game.G.parameters()] == [learning or p is not first for p in game.G.parameters()],
            "What of G can be trained has changed: here all of it could, or all but one parameter.",
        )
        same = [part.training == learning for part in game.E.modules()] + [
            part.training != learning for part in game.G.modules()
        ]
        expect(all(same), "A network's mode has changed. The step leaves train() and eval() to its caller.")
        for which, given in ((5, game.z), (6, game.x)):
            expect(intact(given) and not given.requires_grad, CHANGES.format(which=f"number {which}"))
