"""CycleGAN's step: two generators in one turn, two judges in another, and who is shown what.

The networks are small, in double precision. What should come of the step is found on copies; what the usual slips
lead to, likewise.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from gancourse.checks.asked import CHANGES, intact
from gancourse.checks.core import expect
from gancourse.checks.doubles import Counted
from gancourse.checks.inputs import chosen, randn
from gancourse.checks.lesson_09.cycle import COLORS, off, slope, small_translator
from gancourse.checks.lesson_09.suite import check
from gancourse.checks.steps import copied, double_filters, down, flat, left_over, several_losses, stepped, trainable
from gancourse.checks.values import close, described, expect_close, numbers


def small_judge() -> nn.Module:
    """From pictures (n, 2, H, W) to a map of opinions."""
    return nn.Sequential(double_filters(COLORS, 3, 3), nn.Tanh(), double_filters(3, 1, 1))


class FourPlayers:
    """Four networks, two optimizers, a batch of each domain, past translations, what is left of the step before.

    Args:
        weights: of the cycle and of the identity loss, in a notebook.
        memory: whether D is shown past translations, none of them of this step.
    """

    def __init__(self, *weights: float, memory: bool = True) -> None:
        self.nets = small_translator(), small_translator(), small_judge(), small_judge()
        self.a, self.b = (torch.tanh(randn(k, COLORS, 4, 5)).double() for k in (3, 2))
        self.rates = chosen(0.25, 0.5, between=(0.1, 0.6))
        self.weights = chosen(*(weights or (3.0, 2.0)), between=(1.5, 6.0))
        self.turns = nn.ModuleList(self.nets[:2]), nn.ModuleList(self.nets[2:])
        self.opts = tuple(Counted(t.parameters(), rate) for t, rate in zip(self.turns, self.rates, strict=True))
        self.past = tuple(torch.tanh(randn(k, COLORS, 4, 5)).double() for k in (2, 3)) if memory else None
        self.given: dict[str, list[Any]] = {"A": [], "B": []}
        self.before = copied(*self.nets)
        self.stale = [left_over(turn) for turn in self.turns]

    def remember(self, domain: str, fakes: Any) -> Any:
        """What the student's step is given to remember translations into a domain."""
        expect(isinstance(fakes, Tensor), f"`remember_{domain}` should be given translations, a tensor.")
        self.given[domain].append(fakes)
        return fakes if self.past is None else self.past[domain == "B"].clone()

    def play(self, step: Callable) -> Tensor:
        """Let the student's step play; the four numbers, as a tensor (4,)."""
        got = step(
            *(*self.nets, *self.opts, self.a, self.b, *self.weights),
            *(lambda fakes: self.remember("A", fakes), lambda fakes: self.remember("B", fakes)),
        )
        told = f"Return four numbers: adversarial loss, cycle, identity, the judges. You return {described(got)}."
        return several_losses(got, 4, told)

    def expected(self, slip: str = "") -> FourMoved:
        """What should come of it, or what this slip leads to."""
        return FourMoved(self, slip)


class FourMoved:
    """The step on copies of the networks: the `makers` and `judges` afterwards, in a row each, and the `losses`."""

    def __init__(self, game: FourPlayers, slip: str) -> None:
        self.slip = slip
        d_loss = torch.zeros(())
        self.nets = copied(*game.before)
        G_AB, G_BA, D_A, D_B = self.nets
        makers, judges = nn.ModuleList(self.nets[:2]), nn.ModuleList(self.nets[2:])
        a, b = game.a, game.b
        if slip == "D first":
            d_loss = self.judged(game, G_AB(a), G_BA(b))
            down(judges, d_loss, game.rates[1])
        into_b, into_a = G_AB(a), G_BA(b)
        real = 0.0 if slip == "wrong way" else 1.0
        asked_b, asked_a = (D_A(into_b), D_B(into_a)) if slip == "judges swapped" else (D_B(into_b), D_A(into_a))
        if slip == "remembered by G" and game.past is not None:
            asked_a, asked_b = D_A(game.past[0]) + 0 * asked_a.mean(), D_B(game.past[1]) + 0 * asked_b.mean()
        fooled = squared_off(asked_b, real, slip) + squared_off(asked_a, real, slip)
        if slip == "G_AB alone":
            fooled = squared_off(asked_b, real, slip)
        if slip == "G halved":
            fooled = fooled / 2
        if slip == "detached cycle":
            cycle = off(G_BA(into_b.detach()), a) + off(G_AB(into_a.detach()), b)
        elif slip == "cycle squared":
            cycle = (G_BA(into_b) - a).square().mean() + (G_AB(into_a) - b).square().mean()
        elif slip == "cycle one way":
            cycle = off(G_BA(into_b), a)
        else:
            cycle = off(G_BA(into_b), a) + off(G_AB(into_a), b)
        same = off(G_AB(b), b) + off(G_BA(a), a)
        if slip == "own way":
            same = off(into_b, a) + off(into_a, b)
        weight, identity = game.weights[::-1] if slip == "weights swapped" else game.weights
        if slip == "no weight":
            weight = identity = 1.0
        if slip == "weight times weight":
            identity = weight * identity
        total = fooled + weight * cycle + identity * same
        total = {
            "no cycle": fooled + identity * same,
            "no identity": fooled + weight * cycle,
            "no game": weight * cycle + identity * same,
        }.get(slip, total)
        left = {"stale D": game.stale[1]}
        if slip == "G's in D":
            left[slip] = list(torch.autograd.grad(total, list(judges.parameters()), retain_graph=True))
        told = [fooled.detach(), cycle.detach(), same.detach()]
        down(makers, total, game.rates[0], game.stale[0] if slip == "stale G" else None)
        if slip == "made anew":
            with torch.no_grad():
                into_b, into_a = G_AB(a), G_BA(b)
        if slip != "D first":
            d_loss = self.judged(game, into_b.detach(), into_a.detach())
            down(judges, d_loss, game.rates[1], left.get(slip))
        self.losses = torch.stack([*told, d_loss.detach()])
        self.makers, self.judges = flat(makers), flat(judges)

    def judged(self, game: FourPlayers, into_b: Tensor, into_a: Tensor) -> Tensor:
        """What both judges minimize."""
        slip, (_, _, D_A, D_B) = self.slip, self.nets
        into_b, into_a = into_b.detach(), into_a.detach()
        past = (into_a, into_b) if game.past is None or slip == "no memory" else game.past
        old_a, old_b = past[::-1] if slip == "memories swapped" else past
        real_a, real_b = (game.b, game.a) if slip == "real swapped" else (game.a, game.b)
        real, made = (0.0, 1.0) if slip == "labels swapped" else (1.0, 0.0)
        on_a = squared_off(D_A(real_a), real, slip) + squared_off(D_A(old_a), made, slip)
        on_b = squared_off(D_B(real_b), real, slip) + squared_off(D_B(old_b), made, slip)
        if slip == "one judge":
            return on_b / 2 + 0 * on_a
        return on_a + on_b if slip == "not halved" else (on_a + on_b) / 2


def squared_off(opinions: Tensor, wanted: float, slip: str) -> Tensor:
    """How far opinions are from what is wanted, by least squares or with a slip."""
    if slip == "logits":
        return torch.nn.functional.softplus(-opinions if wanted else opinions).mean()
    if slip == "absolute":
        return (opinions - wanted).abs().mean()
    if slip == "half a square":
        return (opinions - wanted).square().mean() / 2
    return (opinions - wanted).square().mean()


EITHER = {
    "logits": "That is the cross-entropy. With least squares an opinion is near 1 or near 0, and no sigmoid is taken.",
    "absolute": "Opinions are compared by absolute differences. Least squares takes squared ones.",
    "half a square": "Half of the squared distance is taken; here the mean squared distance counts whole.",
}
SLIPS_OF_MAKERS = {
    "D first": "G is judged by judges that have already moved. Here the generators move first.",
    "judges swapped": "The judges are swapped: what G_AB makes lies in B, and D_B judges it.",
    "wrong way": "That teaches the generators to be found out. Their translations should be called real: 1.",
    "remembered by G": "The generators' turn looks at past translations. They can learn from their own only.",
    "G_AB alone": "G_BA is not in the game: its translations should please D_A.",
    "G halved": "The adversarial loss is halved. Only the judges' is.",
    "detached cycle": "A translation is detached on the way round: who made it learns nothing from the cycle.",
    "cycle squared": "The cycle's difference is squared. L1 is the mean absolute one.",
    "cycle one way": "Only A's pictures go round. B's do, too.",
    "own way": "The identity loss shows G_AB pictures of A. What G_AB should leave alone is a picture of B.",
    "weights swapped": "The two weights are swapped: `weight` belongs to the cycle.",
    "no weight": "The weights are missing.",
    "weight times weight": "The identity loss counts `identity` times, not also `weight` times.",
    "no cycle": "The cycle teaches nothing here. Is it in the sum, and does its gradient get through?",
    "no identity": "The identity loss teaches nothing here. Is it in the sum?",
    "no game": "The judges teach the generators nothing. Is a translation detached in their turn?",
    "stale G": "Gradients of the step before are still in the generators: opt_G.zero_grad() before backward().",
    **EITHER,
}
SLIPS_OF_JUDGES = {
    "G's in D": "The generators' backward() has left gradients in the judges: opt_D.zero_grad() comes after it.",
    "stale D": "Gradients of the step before are still in the judges: opt_D.zero_grad() before backward().",
    "no memory": "The judges are shown this step's translations. Show them what remember_A and remember_B return.",
    "memories swapped": "The past translations are swapped: what remember_A returns lies in A, and D_A judges it.",
    "real swapped": "The judges' real pictures are swapped: D_A judges pictures of A.",
    "labels swapped": "Real and made are swapped: 1 is for real pictures.",
    "one judge": "Only D_B learns. D_A judges what lies in A.",
    "not halved": "The factor ½ is missing in the judges' loss.",
    "made anew": "The translations are made once more, after the generators have moved. Use those of before.",
    "D first": "The judges move before the generators. Here they come second.",
    **EITHER,
}


def slipped(game: FourPlayers, slip: str, of: str) -> Tensor:
    """What a slip makes of the "makers", of the "judges" or of the "losses"."""
    return getattr(game.expected(slip), of)


def compared_with(game: FourPlayers, of: str, slips: dict[str, str], got: Tensor) -> None:
    usual = {said: partial(slipped, game, slip, of) for slip, said in slips.items()}
    what = {"makers": "the generators' weights become", "judges": "the judges' weights become"}.get(of, "you return")
    want = slipped(game, "", of)
    expect_close(got, want, "these two batches", usual, show=of == "losses", what=what, rtol=1e-6, atol=1e-8)


def both_moved(game: FourPlayers, which: int) -> None:
    """Miss unless this turn's optimizer has taken one step, and both of its networks have moved."""
    nets, before = (pair[2 * which : 2 * which + 2] for pair in (game.nets, game.before))
    stepped("GD"[which], game.turns[which], nn.ModuleList(before), game.opts[which])
    for name, net, earlier in zip((("G_AB", "G_BA"), ("D_A", "D_B"))[which], nets, before, strict=True):
        still = close(flat(net), flat(earlier), 1e-9, 1e-12)
        expect(not still, f"{name} has not moved: its loss is missing in the sum.")


@check.that(
    "cyclegan_step", "moves both generators one step: past the judges, round the cycle, and in place", point=True
)
def _(step: Callable) -> None:
    game = FourPlayers()
    game.play(step)
    both_moved(game, 0)
    compared_with(game, "makers", SLIPS_OF_MAKERS, flat(game.turns[0]))


@check.that("cyclegan_step", "moves both judges one step, on real pictures and past translations", point=True)
def _(step: Callable) -> None:
    game = FourPlayers()
    game.play(step)
    both_moved(game, 1)
    compared_with(game, "judges", SLIPS_OF_JUDGES, flat(game.turns[1]))


@check.that("cyclegan_step", "is right with a buffer that hands everything on, and with other weights")
def _(step: Callable) -> None:
    game = FourPlayers(0.5, 4.0, memory=False)
    game.play(step)
    compared_with(game, "makers", SLIPS_OF_MAKERS, flat(game.turns[0]))
    compared_with(game, "judges", SLIPS_OF_JUDGES, flat(game.turns[1]))


@check.that("cyclegan_step", "gives each buffer this step's translations into its domain, once")
def _(step: Callable) -> None:
    game = FourPlayers()
    game.play(step)
    into_b, into_a = game.before[0](game.a).detach(), game.before[1](game.b).detach()
    for domain, want, other in (("A", into_a, into_b), ("B", into_b, into_a)):
        name = f"`remember_{domain}`"
        expect(len(game.given[domain]) == 1, f"{name} is called {len(game.given[domain])} times; once is asked.")
        got = numbers(game.given[domain][0], what=f"What {name} is given")
        swapped = got.shape == other.shape and close(got, other)
        expect(not swapped, f"{name} is given what lies in the other domain.")
        fits = got.shape == want.shape and close(got, want)
        expect(fits, f"{name} should be given the translations into {domain} that the generators were judged by.")


@check.that("cyclegan_step", "returns the three parts of G's loss, without weights, and D's")
def _(step: Callable) -> None:
    game = FourPlayers()
    got = game.play(step)
    want = game.expected().losses
    weighted = want.clone()
    weighted[1:3] *= torch.tensor(game.weights)
    expect(not close(got, weighted), "The cycle's and the identity loss are returned with their weights.")
    told = "The order is: adversarial loss of the generators, cycle, identity, loss of the judges."
    expect(close(got, want) or not close(got.sort().values, want.sort().values), told)
    compared_with(game, "losses", {**SLIPS_OF_MAKERS, **SLIPS_OF_JUDGES}, got)


@check.that("cyclegan_step", "leaves nothing of the judges' loss in the generators, and all able to learn", alone=False)
def _(step: Callable) -> None:
    game = FourPlayers()
    game.play(step)
    expect(all(map(trainable, game.nets)), "A network's parameters no longer take gradients after the step.")
    found = torch.cat([slope(p) for p in game.turns[0].parameters()])
    wanted = (flat(nn.ModuleList(game.before[:2])) - game.expected().makers) / game.rates[0]
    stale = torch.cat([g.flatten() for g in game.stale[0]])
    expect(
        not found.any() or close(found, wanted, 1e-6, 1e-8) or close(found, stale + wanted, 1e-6, 1e-8),
        "The judges' loss has gone back into the generators: show the judges translations that are detached.",
    )
    expect(intact(game.a), CHANGES.format(which="number 7"))
    expect(intact(game.b), CHANGES.format(which="number 8"))
