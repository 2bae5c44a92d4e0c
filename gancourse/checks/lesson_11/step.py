"""The training step: the judge's turn on composited pictures, then the filler's.

The networks are small, in double precision. What should come of the step is found on copies; what the usual slips
lead to, likewise.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.checks.doubles import Counted, TwoAnswers
from gancourse.checks.inputs import chosen, randn
from gancourse.checks.lesson_11.holes import a_hole
from gancourse.checks.lesson_11.suite import check
from gancourse.checks.steps import (
    can_go_on,
    copied,
    copied_net,
    double_filters,
    down,
    flat,
    left_as_they_were,
    left_over,
    linear,
    several_losses,
    stepped,
    surely_wrong,
)
from gancourse.checks.values import described, expect_close

FOUR_ASKED = "Return four numbers: D's loss, L1, and both judgments; you return {came}."


class FillingGame:
    """Networks, optimizers, pictures, holes, and what is left in the gradients from the step before."""

    def __init__(self, n: int = 3, sure: float = 1.0) -> None:
        self.G = nn.Sequential(double_filters(4, 3, 3), nn.Tanh(), double_filters(3, 3, 3))
        trunk = nn.Sequential(double_filters(3, 2, 3), nn.Tanh())
        dense, local = linear(2 * 4 * 5, 1), double_filters(2, 1, 3)
        self.D = TwoAnswers(trunk, nn.Sequential(nn.Flatten(), dense), local)
        self.picture, self.mask = randn(n, 3, 4, 5).double(), a_hole(n, 4, 5).double()
        for head in (dense, local):
            last = next(iter(head.parameters()))
            last.data = sure * last.data  # the logits are as many times as large
        self.rates = chosen(0.2, 0.4, between=(0.1, 0.5))
        self.w = chosen(1.5, 3.0, between=(0.8, 4.0))
        self.opts = Counted(self.G.parameters(), self.rates[0]), Counted(self.D.parameters(), self.rates[1])
        self.before = copied(self.G, self.D)
        self.stale = [left_over(net) for net in (self.G, self.D)]

    def play(self, step: Callable) -> Tensor:
        """Let the student's step play; the four numbers, as a tensor (4,)."""
        got = step(self.G, self.D, *self.opts, self.picture, self.mask, *self.w)
        return several_losses(got, 4, FOUR_ASKED.format(came=described(got)))

    def expected(self, slip: str = "") -> FillingStep:
        """What should come of it, or what this slip leads to."""
        return FillingStep(self, slip)


class FillingStep:
    """The step on copies of a game's networks: `G` and `D` afterwards, in a row each, and the `losses`."""

    def __init__(self, game: FillingGame, slip: str) -> None:
        G, D = copied(*game.before)
        x, mask = game.picture, game.mask
        shown = x if slip == "leak" else torch.where(mask > 0, 0.0, x)
        flag = {"no mask": torch.zeros_like(mask), "turned": 1 - mask}.get(slip, mask)
        filling = G(torch.cat([shown, flag], 1))
        filled = torch.where(mask > 0, filling, x)
        shown_D = filling if slip in ("raw D", "raw both") else filled
        shown_G = filling if slip in ("raw G", "raw both") else filled
        if slip == "composite turned":
            shown_D = shown_G = torch.where(mask > 0, x, filling)
        real, fake = D(x), D(shown_D.detach())
        if slip == "swapped":
            real, fake = fake, real
        means = [
            (F.softplus(-r).mean(), F.softplus(f).mean()) for r, f in zip(real, fake, strict=True)
        ]  # fmt: skip
        counts = {"whole alone": (1.0, 0.0), "patch alone": (0.0, 1.0)}.get(slip, (1.0, 1.0))
        on_real, on_fake = {"true alone": (1.0, 0.0), "filled alone": (0.0, 1.0)}.get(slip, (1.0, 1.0))
        parts = [count * (on_real * a + on_fake * b) for count, (a, b) in zip(counts, means, strict=True)]
        d_loss = torch.stack(parts).sum()
        if slip == "halved":
            d_loss = d_loss / 2
        earlier = copied_net(D)
        undetached = torch.stack([
            F.softplus(-r).mean() + F.softplus(f).mean() for r, f in zip(D(x), D(filled), strict=True)
        ]).sum()  # fmt: skip
        leaked = torch.autograd.grad(undetached, list(G.parameters()), retain_graph=True)
        down(D, d_loss, game.rates[1], game.stale[1] if slip == "stale D" else None)
        judged = (earlier if slip == "old D" else D)(shown_G)
        sign = 1 if slip == "wrong way" else -1
        fools = [F.softplus(sign * part).mean() for part in judged]
        if slip == "minimax":
            fools = [-F.softplus(part).mean() for part in judged]
        off = (filling - x).abs()
        near = (off * mask).sum() / (3 * mask.sum())
        near = {
            "all pixels": off.mean(),
            "known pixels": (off * (1 - mask)).sum() / (3 * (1 - mask).sum()),
            "divided by all": (off * mask).mean(),
            "squares": (off.square() * mask).sum() / (3 * mask.sum()),
        }.get(slip, near)
        a, b = game.w
        total = {
            "no weights": near + fools[0] + fools[1],
            "no L1": a * fools[0] + b * fools[1],
            "L1 alone": near,
            "weights swapped": near + b * fools[0] + a * fools[1],
            "whole to G alone": near + a * fools[0],
            "patch to G alone": near + b * fools[1],
        }.get(slip, near + a * fools[0] + b * fools[1])
        if "leaked" in slip:
            total = total + sum((p * slope).sum() for p, slope in zip(G.parameters(), leaked, strict=True))
        down(G, total, game.rates[0], game.stale[0] if slip in ("stale G", "stale and leaked") else None)
        self.G, self.D = flat(G), flat(D)
        said = [a * fools[0], b * fools[1]] if slip == "weighted" else fools
        if slip == "heads swapped":
            said = said[::-1]
        self.losses = torch.stack([d_loss.detach(), near.detach(), *[part.detach() for part in said]])


LEFT_IN_FILLER = "Gradients of before are still in G: opt_G.zero_grad() before its backward()."
GIVEN_SLIPS = {
    "leak": "G is shown what is in the hole: there its picture is 0.",
    "no mask": "G's fourth channel is not the mask.",
    "turned": "G's mask is turned around: it is 1 in the hole.",
}
HEADS_SLIPS = {
    "raw D": "D is shown the filling as it is. It sees the composite, with the picture around the hole.",
    "composite turned": "The composite is the other way around: the filling belongs in the hole.",
    "swapped": "True and filled pictures are swapped: D learns to call the filled ones true.",
    "halved": "D's loss is halved. The four means are added.",
    "whole alone": "D learns by the whole's head alone.",
    "patch alone": "D learns by the patches' head alone.",
    "true alone": "D sees true pictures alone.",
    "filled alone": "D sees filled pictures alone.",
    "stale D": "Gradients of the step before are still in D: opt_D.zero_grad() before backward().",
}
FILLER_SLIPS = {
    "raw G": "In G's turn D is shown the filling as it is. It sees the composite.",
    "raw both": "D is shown the filling as it is, in both turns. It sees the composite.",
    "old D": "G is judged by the D from before its step. D moves first.",
    "wrong way": "That teaches G to be caught: −log σ is softplus of the negative logits.",
    "minimax": "That is the minimax loss, log(1 − σ). Asked for is the non-saturating one.",
    "all pixels": "L1 is taken over the whole picture. Take it in the hole.",
    "known pixels": "L1 is taken of the known pixels. Take it in the hole.",
    "divided by all": "L1 is divided by all pixels. Divide by those of the hole, times three channels.",
    "squares": "Squares are taken in place of absolute differences.",
    "no weights": "The judgments count once; each has its weight.",
    "no L1": "G does not learn from L1.",
    "L1 alone": "G learns from L1 alone. Is D given a detached picture in G's turn?",
    "weights swapped": "The two weights are swapped.",
    "whole to G alone": "G does not learn from the patches.",
    "patch to G alone": "G does not learn from the whole's judgment.",
    "stale G": LEFT_IN_FILLER,
    "leaked": f"{LEFT_IN_FILLER} D's loss went back into G: detach the picture there.",
    "stale and leaked": f"{LEFT_IN_FILLER} And D's loss went back into G: detach the picture there.",
}
SAID_SLIPS = {
    "weighted": "The judgments are returned with their weights. They are asked without.",
    "heads swapped": "The whole's judgment comes third, and the patches' fourth.",
}


def came_of_it(game: FillingGame, slip: str, of: str) -> Tensor:
    """What a slip makes of `of`: "G", "D" or "losses"."""
    return getattr(game.expected(slip), of)


def as_the_step_should(game: FillingGame, of: str, slips: dict[str, str], got: Tensor) -> None:
    want = getattr(game.expected(), of)
    usual = {said: partial(came_of_it, game, slip, of) for slip, said in slips.items()}
    what = {"D": "D's weights become", "G": "G's weights become"}.get(of, "you return")
    expect_close(got, want, "these pictures", usual, show=of == "losses", what=what, rtol=1e-6, atol=1e-8)


@check.that("inpainting_step", "moves D one step, on true pictures and on composited ones, by both heads", point=True)
def _(step: Callable) -> None:
    game = FillingGame()
    game.play(step)
    stepped("D", game.D, game.before[1], game.opts[1])
    as_the_step_should(game, "D", {**GIVEN_SLIPS, **HEADS_SLIPS, "raw both": FILLER_SLIPS["raw both"]}, flat(game.D))


@check.that("inpainting_step", "moves G one step, by L1 in the hole and past the D that has just moved", point=True)
def _(step: Callable) -> None:
    game = FillingGame()
    game.play(step)
    stepped("G", game.G, game.before[0], game.opts[0])
    # A slip in D's turn moves G, too: D's own are named first.
    as_the_step_should(game, "G", {**GIVEN_SLIPS, **FILLER_SLIPS, **HEADS_SLIPS}, flat(game.G))


@check.that("inpainting_step", "returns D's loss, L1 and both judgments, each from before its player's step")
def _(step: Callable) -> None:
    game = FillingGame(n=2)
    got = game.play(step)
    as_the_step_should(game, "losses", {**SAID_SLIPS, **GIVEN_SLIPS, **FILLER_SLIPS, **HEADS_SLIPS}, got)


@check.that("inpainting_step", "leaves modes, what can learn, and the pictures as they were", alone=False)
def _(step: Callable) -> None:
    left_as_they_were(FillingGame, step, ("G", "D"), {5: "picture", 6: "mask"})


@check.that("inpainting_step", "stays right where D is sure")
def _(step: Callable) -> None:
    game = surely_wrong(lambda: FillingGame(sure=2000.0), 0, 2, 3)
    got = game.play(step)
    advice = "Logits of thousands are allowed. Compute from them, as F.softplus does, and not from their sigmoid."
    expect_close(got, game.expected().losses, "a D with large logits", show=False, what=f"{advice} The losses are")
    can_go_on(game.G, game.D)
