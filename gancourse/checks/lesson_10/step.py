"""SRGAN's step: the judge's turn, then the generator's, with content and judgment added up.

The networks are small, in double precision. What should come of the step is found on copies; what the usual slips
lead to, likewise.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.checks.core import expect
from gancourse.checks.doubles import Counted
from gancourse.checks.inputs import chosen, randn
from gancourse.checks.lesson_10.suite import check
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


def uneven_content(made: Tensor, true: Tensor) -> Tensor:
    """A content that is not the same both ways."""
    return ((made - true).square() * (1 + true.square())).mean()


class ResolvingGame:
    """Networks, optimizers, pictures of both sizes, and what is left in the gradients from the step before."""

    def __init__(self, n: int = 3, sure: float = 1.0) -> None:
        self.G = nn.Sequential(double_filters(2, 3, 3), nn.Tanh(), double_filters(3, 8, 1), nn.PixelShuffle(2))
        self.D = nn.Sequential(double_filters(2, 2, 3), nn.Tanh(), nn.Flatten(), linear(2 * 4 * 6, 1))
        self.x, self.y = randn(n, 2, 2, 3).double(), randn(n, 2, 4, 6).double()
        last = list(self.D.parameters())[-2]
        last.data = sure * last.data  # the logits are as many times as large
        self.rates = chosen(0.2, 0.4, between=(0.1, 0.5))
        (self.weight,) = chosen(3.0, between=(2.0, 6.0))
        self.opts = Counted(self.G.parameters(), self.rates[0]), Counted(self.D.parameters(), self.rates[1])
        self.before = copied(self.G, self.D)
        self.stale = [left_over(net) for net in (self.G, self.D)]

    def play(self, step: Callable) -> Tensor:
        """Let the student's step play; the three numbers, as a tensor (3,)."""
        self.asked = 0
        got = step(self.G, self.D, *self.opts, self.x, self.y, self.content, self.weight)
        told = f"Return three numbers: D's loss, the content, the adversarial loss. You return {described(got)}."
        return several_losses(got, 3, told)

    def content(self, made: Tensor, true: Tensor) -> Tensor:
        """What is passed to the step; it counts how often it is asked."""
        self.asked += 1
        return uneven_content(made, true)

    def expected(self, slip: str = "") -> ResolvingStep:
        """What should come of it, or what this slip leads to."""
        return ResolvingStep(self, slip)


class ResolvingStep:
    """The step on copies of a game's networks: `G` and `D` afterwards, in a row each, and the `losses`."""

    def __init__(self, game: ResolvingGame, slip: str) -> None:
        G, D = copied(*game.before)
        x, y = game.x, game.y
        made = G(x)
        real, fake = D(y), D(made.detach())
        if slip == "swapped":
            real, fake = fake, real
        d_loss = F.softplus(-real).mean() + F.softplus(fake).mean()
        if slip == "halved":
            d_loss = d_loss / 2
        if slip == "true alone":
            d_loss = F.softplus(-real).mean()
        if slip == "made alone":
            d_loss = F.softplus(fake).mean()
        earlier = copied_net(D)
        undetached = F.softplus(-D(y)).mean() + F.softplus(D(made)).mean()
        leaked = torch.autograd.grad(undetached, list(G.parameters()), retain_graph=True)
        down(D, d_loss, game.rates[1], game.stale[1] if slip == "stale D" else None)
        judged = (earlier if slip == "old D" else D)(made)
        fools = F.softplus(judged).mean() if slip == "wrong way" else F.softplus(-judged).mean()
        if slip == "minimax":
            fools = -F.softplus(judged).mean()
        near = uneven_content(y, made) if slip == "arguments" else uneven_content(made, y)
        if slip == "pixels":
            near = F.mse_loss(made, y)
        total = {
            "no weight": near + fools,
            "no content": game.weight * fools,
            "content alone": near,
            "weight on the other": game.weight * near + fools,
            "small weight": near + 1e-3 * fools,
            "weight twice": near + game.weight**2 * fools,
        }.get(slip, near + game.weight * fools)
        if "leaked" in slip:
            total = total + sum((p * slope).sum() for p, slope in zip(G.parameters(), leaked, strict=True))
        down(G, total, game.rates[0], game.stale[0] if slip in ("stale G", "stale and leaked") else None)
        self.G, self.D = flat(G), flat(D)
        said = {"weighted": game.weight * fools, "total": near + game.weight * fools}.get(slip, fools)
        self.losses = torch.stack([d_loss.detach(), near.detach(), said.detach()])


LEFT_IN_G = "Gradients of before are still in G: opt_G.zero_grad() before its backward()."
JUDGE_SLIPS = {
    "swapped": "True and made pictures are swapped: D learns to call the made ones true.",
    "halved": "D's loss is halved. The two means are added.",
    "true alone": "D sees true pictures alone.",
    "made alone": "D sees made pictures alone.",
    "stale D": "Gradients of the step before are still in D: opt_D.zero_grad() before backward().",
}
RESOLVER_SLIPS = {
    "old D": "G is judged by the D from before its step. D moves first.",
    "wrong way": "That teaches G to be caught: −log σ(D(G(x))) is softplus of the negative logits.",
    "minimax": "That is the minimax loss, log(1 − σ). Asked for is the non-saturating one.",
    "arguments": "content is called as content(G(x), y), the made picture first.",
    "pixels": "That is the mean squared error. Use the `content` that is passed in.",
    "no weight": "The judgment counts once; it should count `weight` times.",
    "no content": "G does not learn from the content.",
    "content alone": "G learns from the content alone. Is D given a detached picture in G's turn?",
    "weight on the other": "The weight belongs to the judgment, not to the content.",
    "small weight": "The weight is the one that is passed in, not 0.001.",
    "weight twice": "The weight counts twice.",
    "stale G": LEFT_IN_G,
    "leaked": f"{LEFT_IN_G} D's loss went back into G: detach the picture there.",
    "stale and leaked": f"{LEFT_IN_G} And D's loss went back into G: detach the picture there.",
}
RETURNED_SLIPS = {
    "weighted": "The adversarial loss is returned with its weight. It is asked without.",
    "total": "The third number is all of G's loss. Asked for is the adversarial part, without its weight.",
}


def came_to(game: ResolvingGame, slip: str, of: str) -> Tensor:
    """What a slip makes of `of`: "G", "D" or "losses"."""
    return getattr(game.expected(slip), of)


def as_it_should(game: ResolvingGame, of: str, slips: dict[str, str], got: Tensor) -> None:
    want = getattr(game.expected(), of)
    usual = {said: partial(came_to, game, slip, of) for slip, said in slips.items()}
    what = {"D": "D's weights become", "G": "G's weights become"}.get(of, "you return")
    expect_close(got, want, "these pictures", usual, show=of == "losses", what=what, rtol=1e-6, atol=1e-8)


@check.that("srgan_step", "moves D one step, on true and on made pictures", point=True)
def _(step: Callable) -> None:
    game = ResolvingGame()
    game.play(step)
    stepped("D", game.D, game.before[1], game.opts[1])
    as_it_should(game, "D", JUDGE_SLIPS, flat(game.D))


@check.that("srgan_step", "moves G one step, toward the content and past the D that has just moved", point=True)
def _(step: Callable) -> None:
    game = ResolvingGame()
    game.play(step)
    stepped("G", game.G, game.before[0], game.opts[0])
    # A slip in D's turn moves G, too: D's own are named first.
    as_it_should(game, "G", {**RESOLVER_SLIPS, **JUDGE_SLIPS}, flat(game.G))


@check.that("srgan_step", "returns D's loss, the content and the adversarial loss, each from before its step")
def _(step: Callable) -> None:
    game = ResolvingGame(n=2)
    got = game.play(step)
    expect(game.asked < 2, "content is called more than once. What it returns can be used twice.")
    as_it_should(game, "losses", {**RETURNED_SLIPS, **RESOLVER_SLIPS, **JUDGE_SLIPS}, got)


@check.that("srgan_step", "leaves modes, what can learn, and the pictures as they were", alone=False)
def _(step: Callable) -> None:
    left_as_they_were(ResolvingGame, step, ("G", "D"), {5: "x", 6: "y"})


@check.that("srgan_step", "stays right where D is sure")
def _(step: Callable) -> None:
    game = surely_wrong(lambda: ResolvingGame(sure=2000.0), 0, 2)
    got = game.play(step)
    advice = "Logits of thousands are allowed. Compute from them, as F.softplus does, and not from their sigmoid."
    expect_close(got, game.expected().losses, "a D with large logits", show=False, what=f"{advice} The losses are")
    can_go_on(game.G, game.D)
