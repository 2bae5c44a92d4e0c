"""CycleGAN's step: two generators in one turn, two judges in another, and who is shown what.

The networks are small, in double precision. What should come of the step is found on copies; what the usual slips
lead to, likewise.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from gancourse.checks.asked import CHANGES, intact
from gancourse.checks.core import expect
from gancourse.checks.doubles import Counted
from gancourse.checks.inputs import chosen, randn
from gancourse.checks.lesson_09.cycle import COLORS, off, small_translator
from gancourse.checks.lesson_09.suite import check
from gancourse.checks.steps import double_filters, flat, trainable
from gancourse.checks.values import NOTHING, close, described, expect_close, numbers

LEFT = 0.3  # in every gradient, from the step before


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
        makers, judges = nn.ModuleList(self.nets[:2]), nn.ModuleList(self.nets[2:])
        self.opts = Counted(makers.parameters(), self.rates[0]), Counted(judges.parameters(), self.rates[1])
        self.past = tuple(torch.tanh(randn(k, COLORS, 4, 5)).double() for k in (2, 3)) if memory else None
        self.given: dict[str, list[Any]] = {"A": [], "B": []}
        self.before = copy.deepcopy(self.nets)
        for net in self.nets:
            for p in net.parameters():
                p.grad = LEFT * torch.ones_like(p)

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
        expect(got is not None, NOTHING)
        told = f"Return four numbers: adversarial loss, cycle, identity, the judges. You return {described(got)}."
        several = isinstance(got, tuple | list) or (isinstance(got, Tensor) and got.ndim == 1)
        expect(several and len(got) == 4, told)
        for part in got:
            attached = isinstance(part, Tensor) and part.requires_grad
            expect(not attached, "A loss is returned with its computation attached. Return plain numbers: `.item()`.")
        return torch.stack([numbers(part, (), "A returned number") for part in got])

    def expected(self, slip: str = "") -> FourMoved:
        """What should come of it, or what this slip leads to."""
        return FourMoved(self, slip)


class FourMoved:
    """The step on copies of the networks: the `makers` and `judges` afterwards, in a row each, and the `losses`."""

    def __init__(self, game: FourPlayers, slip: str) -> None:
        self.slip = slip
        d_loss = torch.zeros(())
        self.nets = copy.deepcopy(game.before)
        G_AB, G_BA, D_A, D_B = self.nets
        a, b = game.a, game.b
        if slip == "D first":
            d_loss = self.judged(game, G_AB(a), G_BA(b))
            down_all((D_A, D_B), d_loss, game.rates[1])
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
        by_makers = torch.autograd.grad(
            total, list(nn.ModuleList([D_A, D_B]).parameters()), retain_graph=True, allow_unused=True
        )
        told = [fooled.detach(), cycle.detach(), same.detach()]
        down_all((G_AB, G_BA), total, game.rates[0], LEFT if slip == "stale G" else 0.0)
        if slip == "made anew":
            with torch.no_grad():
                into_b, into_a = G_AB(a), G_BA(b)
        if slip != "D first":
            d_loss = self.judged(game, into_b.detach(), into_a.detach())
            down_all(
                (D_A, D_B),
                d_loss,
                game.rates[1],
                LEFT if slip == "stale D" else 0.0,
                by_makers if slip == "G's in D" else None,
            )
        self.losses = torch.stack([*told, d_loss.detach()])
        self.makers, self.judges = (flat(nn.ModuleList(pair)) for pair in (self.nets[:2], self.nets[2:]))

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
            return on_b / 2
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


def down_all(nets: tuple[nn.Module, ...], loss: Tensor, rate: float, left: float = 0.0, more: Any = None) -> None:
    """One step of plain gradient descent of several networks, with what is left in their gradients."""
    parameters = [p for net in nets for p in net.parameters()]
    gradients = torch.autograd.grad(loss, parameters, retain_graph=True, allow_unused=True)
    with torch.no_grad():
        for k, (p, gradient) in enumerate(zip(parameters, gradients, strict=True)):
            added = 0.0 if more is None or more[k] is None else more[k]
            p.sub_(rate * ((0.0 if gradient is None else gradient) + left + added))


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


def compared_with(game: FourPlayers, of: str, slips: dict[str, str], got: Tensor) -> None:
    want = getattr(game.expected(), of)
    if close(got, want, 1e-6, 1e-8):  # what slips lead to takes time
        return
    usual: dict[str, Any] = {said: getattr(game.expected(slip), of) for slip, said in slips.items()}
    usual = {said: wrong for said, wrong in usual.items() if not close(wrong, want, 1e-6, 1e-9)}
    what = {"makers": "the generators' weights become", "judges": "the judges' weights become"}.get(of, "you return")
    expect_close(got, want, "these two batches", usual, show=of == "losses", what=what, rtol=1e-6, atol=1e-8)


def both_moved(game: FourPlayers, which: int) -> None:
    """Miss unless this turn's optimizer has taken one step, and both of its networks have moved."""
    name, opt = (("G", game.opts[0]), ("D", game.opts[1]))[which]
    nets, before = (pair[2 * which : 2 * which + 2] for pair in (game.nets, game.before))
    still = [i for i in range(2) if close(flat(nets[i]), flat(before[i]), 1e-9, 1e-12)]
    names = (("G_AB", "G_BA"), ("D_A", "D_B"))[which]
    expect(len(still) < 2, f"{names[0]} and {names[1]} have not moved. A step needs backward() and opt_{name}.step().")
    expect(not still, f"{names[still[0] if still else 0]} has not moved: its loss is missing in the sum.")
    expect(opt.steps == 1, f"opt_{name}.step() is called {opt.steps} times; one step is asked.")


@check.that(
    "cyclegan_step", "moves both generators one step: past the judges, round the cycle, and in place", point=True
)
def _(step: Callable) -> None:
    game = FourPlayers()
    game.play(step)
    both_moved(game, 0)
    compared_with(game, "makers", SLIPS_OF_MAKERS, flat(nn.ModuleList(game.nets[:2])))


@check.that("cyclegan_step", "moves both judges one step, on real pictures and past translations", point=True)
def _(step: Callable) -> None:
    game = FourPlayers()
    game.play(step)
    both_moved(game, 1)
    compared_with(game, "judges", SLIPS_OF_JUDGES, flat(nn.ModuleList(game.nets[2:])))


@check.that("cyclegan_step", "is right with a buffer that hands everything on, and with other weights")
def _(step: Callable) -> None:
    game = FourPlayers(0.5, 4.0, memory=False)
    game.play(step)
    compared_with(game, "makers", SLIPS_OF_MAKERS, flat(nn.ModuleList(game.nets[:2])))
    compared_with(game, "judges", SLIPS_OF_JUDGES, flat(nn.ModuleList(game.nets[2:])))


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
    copies = copy.deepcopy(game.before)
    total = whole_loss(copies, game)
    parameters = list(nn.ModuleList(copies[:2]).parameters())
    wanted = torch.cat([g.flatten() for g in torch.autograd.grad(total, parameters)])
    mine = list(nn.ModuleList(game.nets[:2]).parameters())
    found = torch.cat([torch.zeros(p.numel()).double() if p.grad is None else numbers(p.grad).flatten() for p in mine])
    expect(
        not found.any() or close(found, wanted, 1e-6, 1e-8) or close(found, LEFT + wanted, 1e-6, 1e-8),
        "The judges' loss has gone back into the generators: show the judges translations that are detached.",
    )
    expect(intact(game.a), CHANGES.format(which="number 7"))
    expect(intact(game.b), CHANGES.format(which="number 8"))


def whole_loss(nets: tuple[nn.Module, ...], game: FourPlayers) -> Tensor:
    """What the generators minimize."""
    G_AB, G_BA, D_A, D_B = nets
    into_b, into_a = G_AB(game.a), G_BA(game.b)
    fooled = squared_off(D_B(into_b), 1.0, "") + squared_off(D_A(into_a), 1.0, "")
    cycle = off(G_BA(into_b), game.a) + off(G_AB(into_a), game.b)
    same = off(G_AB(game.b), game.b) + off(G_BA(game.a), game.a)
    return fooled + game.weights[0] * cycle + game.weights[1] * same
