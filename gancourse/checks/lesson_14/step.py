"""One training step of a generator in two parts: logistic losses, R1 in some steps, averages of everything.

Karras et al. (2019), arXiv:1812.04948, appendix C; R1 is Mescheder et al.'s, arXiv:1801.04406, eq. 9, in some steps
only as in Karras et al. (2020), arXiv:1912.04958, section 3.1.

The networks are small, curved, and in double precision. What should come of the step is found on copies, with slopes
by `torch.func`; what the usual slips lead to, likewise.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.checks.asked import CHANGES, intact
from gancourse.checks.core import expect
from gancourse.checks.doubles import Counted, InStyle
from gancourse.checks.inputs import chosen, chosen_int, randn
from gancourse.checks.lesson_14.suite import check
from gancourse.checks.steps import copied, curved, down, flat, left_over, several_losses, stepped, trainable
from gancourse.checks.values import Wrong, described, expect_close

SMALL_PICTURE, ROW = (1, 2, 2), 4


class StyleGame:
    """G in two parts, D, optimizers, an average, a batch, and what is left in the gradients from before."""

    def __init__(self, due: bool = True) -> None:
        self.G = InStyle(curved(3, 4, 3), curved(3, 5, ROW), 3, *SMALL_PICTURE)
        self.D = nn.Sequential(nn.Flatten(), curved(ROW, 5, 1))
        self.average = InStyle(curved(3, 4, 3), curved(3, 5, ROW), 3, *SMALL_PICTURE)
        self.average.requires_grad_(False)
        self.real, self.z = 2 * randn(5, *SMALL_PICTURE).double(), randn(5, 3).double()
        with torch.no_grad():
            for p in self.D.parameters():
                p.mul_(2.5)  # so that no part of the loss is too small to be seen
        self.gamma, self.decay = chosen(0.7, 0.8, between=(0.55, 0.9))
        self.every = chosen_int(4, between=(3, 6))
        self.k = 3 * self.every + (0 if due else chosen_int(2, between=(1, 2)))
        self.rates = 0.1, 0.02
        self.opts = Counted(self.G.parameters(), self.rates[0]), Counted(self.D.parameters(), self.rates[1])
        self.before = copied(self.G, self.D, self.average)
        self.stale = [left_over(net) for net in (self.G, self.D)]

    def play(self, step: Callable) -> Tensor:
        """Let the student's step play; the three numbers, as a tensor (3,)."""
        got = step(
            self.G, self.D, *self.opts, self.average, self.real, self.z, self.k, self.gamma, self.every, self.decay
        )
        told = f"Return three numbers: D's logistic loss, R1, G's loss. You return {described(got)}."
        return several_losses(got, 3, told)

    def reached(self, of: str) -> Tensor:
        """What has become of "G", "D", "average" or "mean_w"."""
        return self.average.mean_w.detach() if of == "mean_w" else flat(getattr(self, of))


def squared_slopes(D: nn.Module, x: Tensor) -> Tensor:
    """‖∇D‖² at each of the points, (n,), sample by sample."""
    weights: dict[str, Tensor] = dict(D.named_parameters())

    def said(point: Tensor) -> Tensor:
        return torch.func.functional_call(D, weights, (point[None],)).sum()

    return torch.func.vmap(torch.func.grad(said))(x).flatten(1).square().sum(1)


class StyleStep:
    """The step on copies of a game's networks: `G`, `D`, `average` afterwards, `mean_w`, and the `losses`."""

    def __init__(self, game: StyleGame, slip: str) -> None:
        G, D, average = copied(*game.before)
        w = G.mapping(game.z)
        fake = G.synthesis(w)
        on_real, on_fake = D(game.real), D(fake.detach())
        if slip == "swapped":
            on_real, on_fake = on_fake, on_real
        logistic = F.softplus(-on_real).mean() + F.softplus(on_fake).mean()
        if slip == "halved":
            logistic = logistic / 2
        if slip == "Wasserstein":
            logistic = on_fake.mean() - on_real.mean()
        points = fake.detach() if slip == "R1 on fakes" else game.real
        slope = squared_slopes(D, points)
        due = {"always": True, "always once": True, "never": False, "in the others": game.k % game.every != 0}.get(
            slip, game.k % game.every == 0
        )
        r1 = game.gamma / 2 * {
            "norm without square": slope.sqrt().mean(), "summed over the batch": slope.sum(),
            "mean over pixels": slope.mean() / ROW, "to one": (slope.sqrt() - 1).square().mean(),
            "γ without ½": 2 * slope.mean(), "no γ": slope.mean() / game.gamma,
        }.get(slip, slope.mean())  # fmt: skip
        times = {"not times every": 1.0, "divided by every": 1 / game.every, "always once": 1.0}.get(slip, game.every)
        d_loss = logistic + times * r1 if due else logistic
        if slip == "R1 taken away" and due:
            d_loss = logistic - times * r1
        earlier, old_G = copied(D, G)
        down(D, d_loss, game.rates[1], game.stale[1] if slip == "stale D" else None)
        judged = (earlier if slip == "old D" else D)(fake)
        g_loss = F.softplus(-judged).mean()
        if slip == "minimax":
            g_loss = -F.softplus(judged).mean()
        if slip == "wrong way":
            g_loss = F.softplus(judged).mean()
        if slip == "Wasserstein":
            g_loss = -judged.mean()
        extra: Any = game.stale[0] if slip == "stale G" else None
        if slip == "not detached":
            leaked = F.softplus(earlier(fake)).mean()
            extra = torch.autograd.grad(leaked, list(G.parameters()), retain_graph=True)
        before = copy.deepcopy(G.mapping.state_dict())
        down(G, g_loss, game.rates[0], extra)
        if slip == "mapping rests":
            G.mapping.load_state_dict(before)
        decay = 1 - game.decay if slip == "decay the other way" else game.decay
        with torch.no_grad():
            source = old_G if slip == "average of before" else G
            for (name, mine), now in zip(average.named_parameters(), source.parameters(), strict=True):
                if not (slip == "mapping is not averaged" and name.startswith("mapping")):
                    mine.lerp_(now, 0.0 if slip == "no average" else 1 - decay)
            of_w = G.mapping(game.z) if slip == "new w" else w
            if slip == "first w":
                of_w = of_w[:1]
            if slip != "no mean of w":
                average.mean_w.lerp_(of_w.mean(0), 1.0 if slip == "mean of the batch alone" else 1 - decay)
        self.G, self.D, self.average, self.mean_w = flat(G), flat(D), flat(average), average.mean_w
        told = r1.detach() if due else torch.zeros((), dtype=torch.float64)
        if slip == "R1 told times every":
            told = told * game.every
        first = d_loss.detach() if slip == "told with R1" else logistic.detach()
        self.losses = torch.stack([first, told, g_loss.detach()])


R1_SLIPS = {
    "not times every": "R1 counts once; in the steps in which it acts it counts `every` times.",
    "divided by every": "R1 is divided by `every`. It is multiplied.",
    "γ without ½": "The ½ in γ/2 is missing.",
    "no γ": "γ is missing.",
    "norm without square": "The norm is not squared.",
    "summed over the batch": "R1 is summed over the batch. Take the mean.",
    "mean over pixels": "R1 is averaged over the pixels. The squared norm is their sum.",
    "to one": "The slope is pulled to 1. R1 pulls it to 0.",
    "R1 on fakes": "The slope is taken at the made pictures. R1 looks at real ones.",
    "R1 taken away": "R1 is taken away. It is added.",
}
STYLE_D_SLIPS = {
    "swapped": "Real and made are swapped.",
    "halved": "The logistic loss is halved. Both parts count in full.",
    "Wasserstein": "That is a critic's difference of means. The logistic loss is asked.",
    "not times every": "R1 counts once; in the steps in which it acts it counts `every` times.",
    "always": "R1 acts in every step. It acts where k % every is 0.",
    "always once": "R1 acts in every step, once. It acts where k % every is 0, `every` times.",
    "never": "R1 is missing, or it does not reach D (create_graph=True), though k % every is 0.",
    "in the others": "R1 acts where k % every is not 0. It is the other way around.",
    "stale D": "Gradients of the step before are still in it. Clear them with opt_D.zero_grad() before backward().",
    **R1_SLIPS,
}
STYLE_G_SLIPS = {
    "old D": "That is the step against the D from before its own step. Ask D about the pictures again.",
    "wrong way": "G goes the wrong way: it should make D(fake) larger.",
    "minimax": "That is the minimax loss. Asked for is the non-saturating one.",
    "Wasserstein": "That is a critic's loss, −mean D(fake).",
    "stale G": "Gradients of the step before are still in it. Clear them with opt_G.zero_grad() before its backward().",
    "not detached": "D's loss has left gradients in G. Detach the pictures for D, or clear them before G's backward().",
    "mapping rests": "The mapping does not move: w is cut off from it.",
}
AVERAGE_SLIPS = {
    "no average": "The average has not moved.",
    "decay the other way": "The shares are swapped: `average` keeps decay of itself.",
    "mapping is not averaged": "The mapping is not averaged. All parameters are.",
    "average of before": "The average takes G from before its step. Take it as it is now.",
}
MEAN_SLIPS = {
    "no mean of w": "average.mean_w has not moved.",
    "decay the other way": "The shares are swapped: mean_w keeps decay of itself.",
    "new w": "The w of the mapping that has just moved are taken. Take those of this step's pictures.",
    "first w": "Only the first w is taken. Take the mean over the batch.",
    "mean of the batch alone": "The old mean is forgotten.",
}
TOLD_SLIPS = {
    "told with R1": "D's loss is told with R1 in it. Without, and R1 by itself.",
    "R1 told times every": "R1 is told times `every`. Without.",
    "old D": "G's loss is that against the D from before its step.",
    **R1_SLIPS,
    "always": "R1 is told in a step without it: 0.0 there.",
    "never": "R1 is told as 0, in a step with it.",
}
SLIPS_FOR = {
    "D": STYLE_D_SLIPS, "G": {**STYLE_G_SLIPS, **STYLE_D_SLIPS}, "losses": TOLD_SLIPS,
    "average": {**AVERAGE_SLIPS, **STYLE_G_SLIPS}, "mean_w": MEAN_SLIPS,
}  # fmt: skip


def led_by(game: StyleGame, slip: str, of: str) -> Tensor:
    """What a slip makes of `of`."""
    return getattr(StyleStep(game, slip), of)


def comes_to(game: StyleGame, of: str, got: Tensor, where: str) -> None:
    """Miss unless it is what should come of the step; slips are tried only if not."""
    usual: dict[str, Wrong] = {said: partial(led_by, game, slip, of) for slip, said in SLIPS_FOR[of].items()}
    what = {"losses": "you return", "mean_w": "average.mean_w becomes", "average": "the average's parameters become"}
    subject = what.get(of, f"{of}'s parameters become")
    want = getattr(StyleStep(game, ""), of)
    expect_close(got, want, where, usual, show=of == "losses", what=subject, rtol=1e-6, atol=1e-8)


def player_has_moved(game: StyleGame, which: int) -> None:
    """Miss unless this player's optimizer has taken one step."""
    name, net = (("G", game.G), ("D", game.D))[which]
    stepped(
        name, net, game.before[which], game.opts[which], "is it judged on detached pictures?" if name == "G" else ""
    )


@check.that("stylegan_step", "moves D down the logistic loss and, where it is time, `every` times R1", point=True)
def _(step: Callable) -> None:
    game = StyleGame()
    game.play(step)
    player_has_moved(game, 1)
    comes_to(game, "D", game.reached("D"), "a step with R1")


@check.that("stylegan_step", "moves D down the logistic loss alone in the other steps")
def _(step: Callable) -> None:
    game = StyleGame(due=False)
    game.play(step)
    player_has_moved(game, 1)
    comes_to(game, "D", game.reached("D"), "a step without R1")


@check.that("stylegan_step", "moves both parts of G past the D that has just moved", point=True)
def _(step: Callable) -> None:
    game = StyleGame()
    game.play(step)
    player_has_moved(game, 0)
    comes_to(game, "G", game.reached("G"), "a step with R1")


@check.that("stylegan_step", "averages all of G as it is now, the mapping, too", point=True)
def _(step: Callable) -> None:
    game = StyleGame(due=False)
    game.play(step)
    comes_to(game, "average", game.reached("average"), "one step")


@check.that("stylegan_step", "keeps the running mean of this step's w")
def _(step: Callable) -> None:
    game = StyleGame(due=False)
    game.play(step)
    comes_to(game, "mean_w", game.reached("mean_w"), "one step")


@check.that("stylegan_step", "returns D's logistic loss, R1 and G's loss, from before the steps")
def _(step: Callable) -> None:
    for due in (True, False):
        game = StyleGame(due)
        comes_to(game, "losses", game.play(step), "a step with R1" if due else "a step without R1")


@check.that(
    "stylegan_step", "leaves G and D trainable, the average at rest, pictures and noise as they were", alone=False
)
def _(step: Callable) -> None:
    game = StyleGame()
    game.play(step)
    expect(trainable(game.G) and trainable(game.D), "A network's parameters no longer take gradients after the step.")
    expect(
        not any(p.requires_grad for p in game.average.parameters()), "The average takes gradients now; it was at rest."
    )
    same = torch.equal(game.G.mean_w, game.before[0].mean_w)
    expect(same, "G.mean_w has changed. The mean is kept in average.mean_w.")
    for which, given in ((6, game.real), (7, game.z)):
        expect(intact(given), CHANGES.format(which=f"number {which}"))
    expect(not game.real.requires_grad, "The real pictures take gradients now. Take a leaf of your own for R1.")
