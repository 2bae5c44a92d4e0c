"""There and back again, what is to stay as it is, and what travels hidden in a translation.

The two translators are small random networks in double precision. What should come is worked out beside the answer.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, chosen, drawn, randn
from gancourse.checks.lesson_09.suite import check
from gancourse.checks.steps import double_filters
from gancourse.checks.values import NOTHING, close, differentiable, expect_close, leaves_alone, numbers, pair

COLORS = 2  # channels of both domains, so that no mistake is one of shape


def small_translator(strong: float = 1.0) -> nn.Module:
    """From pictures (n, 2, H, W) to such pictures in [−1, 1], with weights scaled by `strong`."""
    net = nn.Sequential(double_filters(COLORS, 3, 3), nn.Tanh(), double_filters(3, COLORS, 1), nn.Tanh())
    for p in net.parameters():
        p.data *= strong
    return net


def off(made: Tensor, true: Tensor) -> Tensor:
    """The mean absolute difference."""
    return (made - true).abs().mean()


class ThereAndBack:
    """Two translators and a batch of each domain, of different sizes."""

    def __init__(self, n: int = 2, m: int = 3) -> None:
        self.G_AB, self.G_BA = small_translator(), small_translator()
        self.a, self.b = (torch.tanh(randn(k, COLORS, 4, 5)).double() for k in (n, m))

    @property
    def given(self) -> tuple[nn.Module, nn.Module, Tensor, Tensor]:
        return self.G_AB, self.G_BA, self.a, self.b

    def losses(self, slip: str = "") -> Tensor:
        """Both losses, (2,), or what this slip makes of them."""
        G_AB, G_BA, a, b = self.given
        into_b, into_a = G_AB(a), G_BA(b)
        measure = {"squared": lambda x, y: (x - y).square().mean(), "summed": lambda x, y: (x - y).abs().sum()}.get(
            slip, off
        )
        there, back = measure(G_BA(into_b), a), measure(G_AB(into_a), b)
        same_b, same_a = measure(G_AB(b), b), measure(G_BA(a), a)
        if slip == "one way":
            back, same_a = 0 * back, 0 * same_a
        if slip == "a alone twice":
            there, back = off(G_AB(into_b), a), off(G_BA(into_a), b)
        if slip == "own way":
            same_b, same_a = off(into_b, a), off(into_a, b)
        if slip == "detached":
            there, back = off(G_BA(into_b.detach()), a), off(G_AB(into_a.detach()), b)
        found = torch.stack([there + back, same_b + same_a])
        return {"swapped": found.flip(0), "halved": found / 2}.get(slip, found)

    @property
    def case(self) -> Case:
        usual = {said: self.losses(slip).detach() for slip, said in SLIPS_OF_CYCLES.items()}
        return Case("these two networks", self.losses().detach(), usual)

    @property
    def clear(self) -> bool:
        return self.case.clear


SLIPS_OF_CYCLES = {
    "swapped": "The two losses are in the other order: the cycle's first.",
    "halved": "The two directions are averaged. Add them up.",
    "squared": "The squared difference is taken. L1 is the mean absolute one.",
    "summed": "The differences are summed over the pixels; take the mean.",
    "one way": "Only one direction is counted: a picture of b goes its own way round, too.",
    "a alone twice": "The way back takes the same network once more. Into B goes G_AB, and back goes G_BA.",
    "own way": "The identity loss shows G_AB pictures of A. What G_AB should leave alone is a picture of B.",
}
BOTH = "the cycle's loss", "the identity loss"


@check.that("cycle_and_identity", "adds up both ways round, and both pictures that should stay", point=True)
def _(cycle_and_identity: Callable) -> None:
    world = drawn(ThereAndBack, always=True)
    world.case.compare(pair(cycle_and_identity(*world.given), *BOTH))


@check.that("cycle_and_identity", "teaches both networks, each in both of its places", point=True)
def _(cycle_and_identity: Callable) -> None:
    world = drawn(lambda: ThereAndBack(3, 2), always=True)
    nets = nn.ModuleList([world.G_AB, world.G_BA])
    got = cycle_and_identity(*world.given)
    pair(got, *BOTH)
    for which, name in enumerate(("cycle", "identity loss")):
        differentiable(got[which], f"The {name} is cut off from the networks: nothing could learn from it.")
    for p in nets.parameters():
        p.grad = None
    (got[0] + 3 * got[1]).backward()
    found = torch.cat([slope(p) for p in nets.parameters()])
    weights = torch.tensor([1.0, 3.0], dtype=torch.float64)

    def wanted(slip: str = "") -> Tensor:
        total = (world.losses(slip) * weights).sum()
        slopes = torch.autograd.grad(total, list(nets.parameters()), allow_unused=True)
        return torch.cat(
            [torch.zeros(p.numel()).double() if s is None else s.flatten() for p, s in with_slopes(slopes)]
        )

    def with_slopes(slopes: tuple[Tensor | None, ...]) -> list[tuple[nn.Parameter, Tensor | None]]:
        return list(zip(nets.parameters(), slopes, strict=True))

    usual = {
        "A translation is detached on its way: the network that made it learns nothing from the cycle.": wanted(
            "detached"
        ),
        **{said: wanted(slip) for slip, said in SLIPS_OF_CYCLES.items()},
    }
    expect_close(found, wanted(), "these two networks", usual, show=False, what="the gradients are")


def slope(p: nn.Parameter) -> Tensor:
    """A parameter's gradient as a row of numbers, 0 where there is none."""
    return torch.zeros(p.numel(), dtype=torch.float64) if p.grad is None else numbers(p.grad).flatten()


@check.that("cycle_and_identity", "is 0 for networks that leave everything as it is, and for nothing else")
def _(cycle_and_identity: Callable) -> None:
    world = drawn(ThereAndBack, always=True)
    still = nn.Identity()
    got = pair(cycle_and_identity(still, still, world.a, world.b), *BOTH)
    expect_close(got, [0.0, 0.0], "two networks that return what they get")
    other = pair(cycle_and_identity(world.G_AB, still, world.a, world.b), *BOTH)
    want = torch.stack(
        [off(world.G_AB(world.a), world.a) + off(world.G_AB(world.b), world.b), off(world.G_AB(world.b), world.b)]
    )
    expect_close(other, want.detach(), "a G_BA that returns what it gets")


# --- the hidden message ------------------------------------------------------------------------------


class Message:
    """Translators whose answers reach the ends of the range, pictures, noise, and its size in gray levels."""

    def __init__(self, *levels: float) -> None:
        self.G_AB, self.G_BA = small_translator(3.0), small_translator(1.5)
        self.a = torch.tanh(randn(2, COLORS, 4, 5)).double()
        self.noise = randn(2, COLORS, 4, 5).double()
        (self.levels,) = chosen(*levels, between=(12.0, 40.0))

    @property
    def given(self) -> tuple[nn.Module, nn.Module, Tensor, Tensor, float]:
        return self.G_AB, self.G_BA, self.a, self.noise, self.levels

    @torch.no_grad()
    def errors(self, slip: str = "") -> Tensor:
        """Both errors, (2,), or what this slip makes of them."""
        size = self.levels * {"half a level": 1 / 255, "bytes": 1.0}.get(slip, 2 / 255)
        made = self.G_AB(self.a)
        disturbed = made + size * self.noise
        disturbed = disturbed if slip == "not clipped" else disturbed.clamp(-1, 1)
        if slip == "noise on a":
            disturbed = self.G_AB((self.a + size * self.noise).clamp(-1, 1))
        if slip == "clipped at 0":
            disturbed = disturbed.clamp(0, 1)
        clean, noisy = self.G_BA(made), self.G_BA(disturbed)
        found = torch.stack([off(clean, self.a), off(noisy, self.a)])
        if slip == "squared":
            found = torch.stack([(clean - self.a).square().mean(), (noisy - self.a).square().mean()])
        if slip == "beside the clean one":
            found[1] = off(noisy, clean)
        if slip == "the translation's":
            found = torch.stack([off(made, self.a), off(disturbed, self.a)])
        if slip == "difference":
            found[1] -= found[0]
        if slip == "ratio":
            found[1] /= found[0]
        return found.flip(0) if slip == "swapped" else found

    @property
    def case(self) -> Case:
        usual = {said: self.errors(slip) for slip, said in SLIPS_OF_MESSAGES.items()}
        return Case(f"noise of {self.levels:g} gray levels", self.errors(), usual)

    @property
    def clear(self) -> bool:
        return self.case.clear


SLIPS_OF_MESSAGES = {
    "swapped": "The two errors are in the other order: the one without noise first.",
    "half a level": "The noise is half as strong as asked. From −1 to 1 there are 255 steps, so a gray level is 2/255.",
    "bytes": "The noise is not scaled to the range of the pictures: a gray level is 2/255.",
    "not clipped": "What leaves the range with the noise should be clipped to [−1, 1].",
    "clipped at 0": "Pictures go from −1 to 1: clip there, not at 0.",
    "noise on a": "The noise is added to the picture. Add it to its translation.",
    "squared": "The squared difference is taken; asked for is the mean absolute one.",
    "beside the clean one": "The second error is taken to the first reconstruction. Compare both with the picture.",
    "the translation's": "That compares the translation with the picture. Translate it back first.",
    "difference": "The second number is how much is added. Return the error itself.",
    "ratio": "The second number is a ratio. Return the error itself.",
}
ERRORS = "the error without noise", "the error with noise"


@check.that("hidden_message", "measures the way back, without noise and with it on the translation", point=True)
def _(hidden_message: Callable) -> None:
    for levels in (16.0, 30.0):
        world = drawn(lambda levels=levels: Message(levels), always=True)
        world.case.compare(pair(hidden_message(*world.given), *ERRORS))


@check.that("hidden_message", "adds a part of a gray level as it is")
def _(hidden_message: Callable) -> None:
    (levels,) = chosen(0.4, between=(0.3, 0.45))
    a, noise = 0.4 * torch.tanh(randn(2, COLORS, 4, 5)).double(), randn(2, COLORS, 4, 5).double()
    added, rounded = (
        torch.tensor([0.0, float(x.abs().mean()) * 2 / 255]) for x in (levels * noise, (levels * noise).round())
    )
    case = Case(
        f"noise of {levels:g} of a gray level",
        added,
        {"The noise is rounded to whole gray levels. Add it as it is.": rounded},
    )
    case.compare(pair(hidden_message(nn.Identity(), nn.Identity(), a, noise, levels), *ERRORS))


@check.that("hidden_message", "gives the same twice where the noise is 0 gray levels", alone=False)
def _(hidden_message: Callable) -> None:
    world = drawn(lambda: Message(20.0), always=True)
    first, second = pair(hidden_message(*world.given[:4], 0.0), *ERRORS).tolist()
    expect(close(torch.tensor(first), torch.tensor(second)), "Without noise the two errors should be equal.")


@check.that("hidden_message", "returns plain numbers, and leaves pictures and noise alone", alone=False)
def _(hidden_message: Callable) -> None:
    world = drawn(lambda: Message(20.0), always=True)
    got = hidden_message(*world.given)
    expect(got is not None, NOTHING)
    pair(got, *ERRORS)
    attached = any(isinstance(part, Tensor) and part.requires_grad for part in got)
    expect(not attached, "An error is returned with its computation attached: measure under torch.no_grad().")
    leaves_alone(hidden_message, *world.given)
    # A network may hand on what it is given: what is added to the translation in place is then added to the picture.
    leaves_alone(hidden_message, nn.Identity(), *world.given[1:])
