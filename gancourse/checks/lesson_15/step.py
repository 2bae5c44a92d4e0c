"""One training step: some steps of D and one of G, each by a large batch that is worked through in small parts.

Brock, Donahue and Simonyan (2019), arXiv:1809.11096, section 3; the hinge is Lim and Ye's, arXiv:1705.02894.

The networks are small, curved, and in double precision. What should come of the step is found on copies, each batch as
a whole; what the usual slips lead to, likewise.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.checks.asked import CHANGES, intact
from gancourse.checks.core import expect
from gancourse.checks.doubles import ByClass, Counted, PullToZero
from gancourse.checks.inputs import chosen, chosen_int, drawn, generator, randn
from gancourse.checks.lesson_15.suite import check
from gancourse.checks.steps import copied, copied_net, curved, down, flat, left_over, several_losses, trainable
from gancourse.checks.values import Wrong, close, described, expect_close

FOUR_PIXELS, CLASS_ROW, CLASSES_TOLD = (1, 2, 2), 2, 3
LargeBatch = tuple[Tensor, ...]


class LargeGame:
    """Both players, their optimizers, large batches, and what is left in the gradients from before."""

    def __init__(self, parts: int = 0) -> None:
        tables = [randn(CLASSES_TOLD, CLASS_ROW).double() for _ in range(2)]
        self.G = ByClass(curved(3 + CLASS_ROW, 5, 4), tables[0], *FOUR_PIXELS)
        self.D = ByClass(curved(4 + CLASS_ROW, 6, 1), tables[1])
        self.parts = parts or chosen_int(3, between=(2, 4))
        self.n = self.parts * 4
        self.for_D = [self.batch_for_D() for _ in range(chosen_int(2, between=(2, 3)))]
        self.for_G = randn(self.n, 3).double(), self.classes()
        self.spread_logits()
        self.penalty, (self.beta,) = PullToZero(), chosen(0.4, between=(0.25, 0.6))
        self.rates = 0.1, 0.05
        self.opts = Counted(self.G.parameters(), self.rates[0]), Counted(self.D.parameters(), self.rates[1])
        self.before = copied(self.G, self.D)
        self.stale = [left_over(net) for net in (self.G, self.D)]

    @torch.no_grad()
    def spread_logits(self) -> None:
        """Let some of what D says of made pictures be beyond the hinge on either side, and some not."""
        *_, weight, bias = self.D.net.parameters()
        said = self.D(self.G(*self.for_G), self.for_G[1])
        weight.mul_(3.0 / said.std())
        bias.add_(1.0 - self.D(self.G(*self.for_G), self.for_G[1]).mean())
        for net in (self.G, self.D):
            net.get_buffer("most").zero_()

    @property
    def clear(self) -> bool:
        """Whether a hinge in G's loss would be felt: some of what the D that has moved says is beyond it."""
        return float(LargeStep(self, "").judged.detach().max()) > 1.2

    def classes(self) -> Tensor:
        return torch.randint(0, CLASSES_TOLD, (self.n,), generator=generator())

    def batch_for_D(self) -> LargeBatch:
        return 2 * randn(self.n, *FOUR_PIXELS).double(), self.classes(), randn(self.n, 3).double(), self.classes()

    def play(self, step: Callable) -> Tensor:
        """Let the student's step play; the two numbers, as a tensor (2,)."""
        got = step(self.G, self.D, *self.opts, self.for_D, self.for_G, self.parts, self.penalty, self.beta)
        return several_losses(got, 2, f"Return two numbers: D's loss, G's loss. You return {described(got)}.")


def said_of_D(on_real: Tensor, on_made: Tensor, slip: str) -> Tensor:
    """D's loss over a batch, or by this slip."""
    if slip == "swapped":
        on_real, on_made = on_made, on_real
    if slip == "Wasserstein":
        return on_made.mean() - on_real.mean()
    if slip == "logistic":
        return F.softplus(-on_real).mean() + F.softplus(on_made).mean()
    if slip == "squares":
        return F.relu(1 - on_real).square().mean() + F.relu(1 + on_made).square().mean()
    if slip == "margin 0":
        return F.relu(-on_real).mean() + F.relu(on_made).mean()
    loss = F.relu(1 - on_real).mean() + F.relu(1 + on_made).mean()
    return {"halved": loss / 2, "sum": loss * len(on_real), "real alone": F.relu(1 - on_real).mean()}.get(slip, loss)


def what_counts(batch: LargeBatch, slip: str, parts: int) -> LargeBatch:
    """What of a batch counts: all of it, or what this slip leaves."""
    return tuple(t.chunk(parts)[{"last part": -1, "first part": 0}[slip]] for t in batch)


class LargeStep:
    """The step on copies of a game's networks: `G`, `D` afterwards, and the `losses`."""

    def __init__(self, game: LargeGame, slip: str) -> None:
        G, D = copied(*game.before)
        earlier, told, parts = copied_net(D), [], game.parts
        leaked = [torch.zeros_like(p) for p in G.parameters()]
        piled = game.stale[1] if slip == "stale D" else [torch.zeros_like(p) for p in D.parameters()]
        for k, batch in enumerate(game.for_D):
            if slip == "one batch" and k:
                continue
            batch = game.for_D[0] if slip == "first batch again" else batch
            real, y, z, made_y = what_counts(batch, slip, parts) if slip in ("last part", "first part") else batch
            made = G(z, y if slip == "made of real's classes" else made_y)
            of_made = y if slip in ("made judged by real's classes", "made of real's classes") else made_y
            of_real = made_y if slip == "real judged by made classes" else y
            loss = said_of_D(D(real, of_real), D(made, of_made), slip)
            if slip == "not detached":
                gradients = torch.autograd.grad(loss, list(G.parameters()), retain_graph=True, allow_unused=True)
                leaked = [a if b is None else a + b for a, b in zip(leaked, gradients, strict=True)]
            before = loss
            if slip in ("last part", "first part"):
                loss = loss / parts
            if slip == "not divided":
                loss = loss * parts
            slopes = torch.autograd.grad(loss, list(D.parameters()), retain_graph=True)
            down(D, loss, game.rates[1], piled if slip in ("stale D", "piled up") else None)
            piled = [a + b for a, b in zip(piled, slopes, strict=True)]
            if slip == "after":
                before = said_of_D(D(real, y), D(made, made_y), "")
            told.append(before.detach())
        z, made_y = what_counts(game.for_G, slip, parts) if slip in ("last part", "first part") else game.for_G
        if slip == "D's noise":
            z, made_y = game.for_D[-1][2:]
        judged = self.judged = (earlier if slip == "old D" else D)(G(z, made_y), made_y)
        g_loss = -judged.mean()
        if slip == "wrong way":
            g_loss = judged.mean()
        if slip == "hinge for G":
            g_loss = F.relu(1 - judged).mean()
        if slip == "logistic":
            g_loss = F.softplus(-judged).mean()
        times = {"no penalty": 0.0, "penalty in each part": float(parts), "penalty divided": 1 / parts,
                 "penalty taken away": -1.0, "no β": 1 / game.beta}.get(slip, 1.0)  # fmt: skip
        pull = game.beta * game.penalty(G)
        whole = g_loss * {"not divided": parts, "last part": 1 / parts, "first part": 1 / parts}.get(slip, 1.0)
        extra = {"stale G": game.stale[0], "not detached": leaked}.get(slip)
        down(G, whole + times * pull, game.rates[0], extra)
        self.G, self.D = flat(G), flat(D)
        d_told = {"last of D's": told[-1], "sum of D's": torch.stack(told).sum()}.get(slip, torch.stack(told).mean())
        if slip == "told times parts":
            d_told, g_loss = d_told * parts, g_loss * parts
        if slip == "told by the last part":
            d_told, g_loss = d_told / parts, g_loss / parts
        self.losses = torch.stack([d_told, (g_loss + pull if slip == "with the penalty" else g_loss).detach()])


LARGE_D_SLIPS = {
    "swapped": "Real and made are swapped.",
    "Wasserstein": "That is a critic's difference of means. The hinge is asked.",
    "logistic": "That is the logistic loss. The hinge is asked.",
    "squares": "The hinge is squared. Take it as it is.",
    "margin 0": "The margin is 0. It is 1.",
    "halved": "The loss is halved. Both parts count in full.",
    "sum": "The hinge is summed over the batch. Take the mean.",
    "real alone": "Only the real pictures count.",
    "not divided": "Each part's loss counts in full. Divide each by their number.",
    "last part": "Only the last part counts: is zero_grad() within the loop over the parts?",
    "first part": "Only the first part counts.",
    "one batch": "Only the first batch of for_D counts. Each gives a step.",
    "first batch again": "Each step takes the first batch of for_D. Each has its own.",
    "made of real's classes": "Pictures are made of the real ones' classes. made_y says which are to be made.",
    "made judged by real's classes": "Made pictures are judged by the real ones' classes. They have made_y.",
    "real judged by made classes": "Real pictures are judged by the made ones' classes. They have their own, y.",
    "stale D": "Gradients from before are still in it. Clear them with opt_D.zero_grad() before each of D's steps.",
    "piled up": "Gradients of D's step before are still in the next one. Clear them before each of D's steps.",
}
LARGE_G_SLIPS = {
    "old D": "G's loss is that of the D from before its steps. Judge by the D that has just moved.",
    "wrong way": "G goes the wrong way: it should make D(G(z)) larger.",
    "hinge for G": "G's loss has a hinge. It is −mean D(G(z)) alone.",
    "D's noise": "The noise of D's last batch is used again. G has its own, in for_G.",
    "no penalty": "The penalty is missing.",
    "penalty in each part": "The penalty counts in each part. It counts once.",
    "penalty divided": "The penalty is divided by the number of parts. It counts once, in full.",
    "penalty taken away": "The penalty is taken away. It is added.",
    "no β": "β is missing.",
    "stale G": "Gradients of the step before are still in it. Clear them with opt_G.zero_grad() before G's turn.",
    "not detached": "D's loss has left gradients in G. Detach the pictures for D, or clear them before G's turn.",
}
LARGE_LOSS_SLIPS = {
    "last of D's": "For D the last step's loss is told. Take the mean over its steps.",
    "sum of D's": "D's losses are added up. Take the mean over its steps.",
    "with the penalty": "G's loss is told with the penalty in it. Without.",
    "told times parts": "The parts' losses are added up. Take their mean.",
    "told by the last part": "The mean is divided by the number of parts once too often.",
    "after": "D's loss is told as it is after its step. Tell the one from before.",
    "first part": "Only the first part's loss is told. Take the mean over all.",
    "last part": "Only the last part's loss is told. Take the mean over all.",
}
LARGE_SLIPS = {
    "D": LARGE_D_SLIPS, "G": {**LARGE_G_SLIPS, **LARGE_D_SLIPS},
    "losses": {**LARGE_LOSS_SLIPS, **LARGE_D_SLIPS, **LARGE_G_SLIPS},
}  # fmt: skip


def slipped_to(game: LargeGame, slip: str, of: str) -> Tensor:
    """What a slip makes of `of`."""
    return getattr(LargeStep(game, slip), of)


def step_comes_to(game: LargeGame, of: str, got: Tensor, where: str, slips: bool = True) -> None:
    """Miss unless it is what should come of the step. Slips are tried only if not, and where no other claim tells."""
    told = LARGE_SLIPS[of].items() if slips else ()
    usual: dict[str, Wrong] = {said: partial(slipped_to, game, slip, of) for slip, said in told}
    subject = "you return" if of == "losses" else f"{of}'s parameters become"
    want = getattr(LargeStep(game, ""), of)
    expect_close(got, want, where, usual, show=of == "losses", what=subject, rtol=1e-6, atol=1e-8)


def player_steps(game: LargeGame, which: int) -> None:
    """Miss unless this player's optimizer has taken as many steps as are asked."""
    name, net = (("G", game.G), ("D", game.D))[which]
    wanted = (1, len(game.for_D))[which]
    steps = game.opts[which].steps
    if close(flat(net), flat(game.before[which]), 1e-9, 1e-12):
        still = "though its optimizer took a step: is its loss cut off from it?" if steps else "opt.step() is missing."
        expect(False, f"{name} has not moved; {still}")
    expect(steps > 0, f"opt_{name}.step() is not called. Use the optimizer that is passed in.")
    told = (
        f"opt_{name}.step() is called {steps} times, for {len(game.for_D)} batches of D's in {game.parts} parts each."
    )
    expect(steps == wanted, f"{told} {'G has one step.' if name == 'G' else 'D has one step for each batch of for_D.'}")


def shown_in_parts(net: nn.Module, name: str, most: int, n: int) -> None:
    """Miss if a network has seen more than so many pictures at a time."""
    seen = int(net.get_buffer("most"))
    expect(seen > 0, f"{name} is not asked.")
    expect(
        seen <= most, f"{name} is given {seen} samples at a time; with batches of {n} it may be {most}: use `parts`."
    )


def where_it_is(game: LargeGame) -> str:
    return f"batches of {game.n} in {game.parts} part{'s' if game.parts > 1 else ''}"


@check.that("biggan_step", "moves D once for each batch, down the hinge over all of it", point=True)
def _(step: Callable) -> None:
    game = LargeGame()
    game.play(step)
    player_steps(game, 1)
    step_comes_to(game, "D", flat(game.D), where_it_is(game))


@check.that("biggan_step", "moves G once, past the D that has just moved, with the penalty in it once", point=True)
def _(step: Callable) -> None:
    game = drawn(LargeGame, always=True)
    game.play(step)
    player_steps(game, 0)
    step_comes_to(game, "G", flat(game.G), where_it_is(game))


@check.that("biggan_step", "shows the networks one part at a time", alone=False, point=True)
def _(step: Callable) -> None:
    game = LargeGame()
    game.play(step)
    shown_in_parts(game.G, "G", game.n // game.parts, game.n)
    shown_in_parts(game.D, "D", 2 * game.n // game.parts, game.n)


@check.that("biggan_step", "comes to the same where the batch is one part")
def _(step: Callable) -> None:
    game = LargeGame(parts=1)
    game.play(step)
    player_steps(game, 0)
    player_steps(game, 1)
    for of, net in (("D", game.D), ("G", game.G)):
        step_comes_to(game, of, flat(net), where_it_is(game), slips=False)


@check.that("biggan_step", "returns D's mean loss and G's loss, each from before its player's step")
def _(step: Callable) -> None:
    game = LargeGame()
    step_comes_to(game, "losses", game.play(step), where_it_is(game))


@check.that("biggan_step", "leaves both players trainable, and all batches as they were", alone=False)
def _(step: Callable) -> None:
    game = LargeGame()
    game.G.eval()
    game.play(step)
    expect(trainable(game.G) and trainable(game.D), "A network's parameters no longer take gradients after the step.")
    expect(
        not game.G.training and game.D.training, "A network's mode has changed: G was in evaluation mode, D was not."
    )
    for which, given in ((5, game.for_D), (6, game.for_G)):
        expect(intact(given), CHANGES.format(which=f"number {which}"))
    for t in (t for batch in (*game.for_D, game.for_G) for t in batch):
        expect(intact(t) and not t.requires_grad, "A tensor of a batch has changed, or takes gradients now.")
