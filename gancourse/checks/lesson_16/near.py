"""From a picture to its z: what is near, the search, and where it begins.

Zhu et al. (2016), arXiv:1609.03552, section 3. Networks are small and in double precision. What should come of a
search is found by one of our own, and so is what the usual slips lead to.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from gancourse.checks.asked import CHANGES, intact
from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, alike, chosen, chosen_int, drawn, floats_of, fresh, rand, randn
from gancourse.checks.lesson_16.suite import check
from gancourse.checks.steps import copied_net, linear, trainable
from gancourse.checks.values import NOTHING, differentiable, expect_close, numbers, two

# --- projection_loss ------------------------------------------------------------------------------


def of_squares(mixing: Tensor) -> Callable[[Tensor], Tensor]:
    """Features (n, k) of pictures: mixtures of their squares, so that features of a difference are no difference."""

    def features(pictures: Tensor) -> Tensor:
        return pictures.flatten(1).square() @ mixing.to(pictures.dtype)

    return features


FRIENDLY_MADE = (0.5, -0.25, 0.75, 0.0, -0.5, 1.0)
FRIENDLY_GIVEN = (0.25, 0.25, -0.75, 0.5, 0.5, -0.25)
FRIENDLY_MIX = ((1.0, 0.0), (0.5, 1.0), (0.0, 2.0))


def pairs_case() -> Case:
    """Two pictures of three pixels each."""
    made, x = (torch.tensor(values).double().reshape(2, 3, 1, 1) for values in (FRIENDLY_MADE, FRIENDLY_GIVEN))
    mixing = torch.tensor(FRIENDLY_MIX).double()
    if fresh():
        made, x, mixing = (((100 * randn(*t.shape)).round() / 100).double() for t in (made, x, mixing))
    (weight,) = chosen(0.4, between=(0.2, 0.8))
    features = of_squares(mixing)
    seen = [(features(made)[i] - features(x)[i]).tolist() for i in range(2)]
    off = [(made[i] - x[i]).flatten().tolist() for i in range(2)]

    def both(pixels: Callable[[list[float]], float], of_seen: Callable[[list[float]], float]) -> list[float]:
        return [pixels(off[i]) + weight * of_seen(seen[i]) for i in range(2)]

    def squares(values: list[float]) -> float:
        return sum(v * v for v in values)

    def mean_of(values: list[float]) -> float:
        return squares(values) / len(values)

    want = both(mean_of, mean_of)
    usual = {
        "The features' part is missing.": both(mean_of, lambda _: 0.0),
        "The pixels' part is missing.": both(lambda _: 0.0, mean_of),
        "The weight is missing.": [mean_of(off[i]) + mean_of(seen[i]) for i in range(2)],
        "The weight belongs to the features, not to the pixels.": [
            weight * mean_of(off[i]) + mean_of(seen[i]) for i in range(2)
        ],
        "Squares are added up. Take their mean, for the pixels and for the features.": both(squares, squares),
        "The features' squares are added up. Take their mean.": both(mean_of, squares),
        "The pixels' squares are added up. Take their mean.": both(squares, mean_of),
        "These are sizes of differences. Take their squares.": both(
            lambda v: sum(map(abs, v)) / len(v), lambda v: sum(map(abs, v)) / len(v)
        ),
        "The pixels count by the sizes of their differences. Take squares.": both(
            lambda v: sum(map(abs, v)) / len(v), mean_of
        ),
        "The root is taken. Leave it out.": both(lambda v: squares(v) ** 0.5, lambda v: squares(v) ** 0.5),
        "The features are taken of the difference. Take the difference of the features.": [
            mean_of(off[i]) + weight * mean_of(features(made - x)[i].tolist()) for i in range(2)
        ],
        "The weight is squared along with the features.": [
            mean_of(off[i]) + weight**2 * mean_of(seen[i]) for i in range(2)
        ],
        "Both pairs get the mean over the batch.": [sum(want) / 2] * 2,
    }
    return Case("these two pairs", want, usual, (made, x, features, weight))


@check.that("projection_loss", "means of squares, of pixels and of features, for each pair by itself", point=True)
def _(answer: Callable) -> None:
    case = drawn(pairs_case)
    case.compare(numbers(answer(*case.inputs), (2,), advice="One number for each pair: no mean over the batch."))


@check.that("projection_loss", "lets gradients pass to what was made, by both parts")
def _(answer: Callable) -> None:
    made, x, features, weight = drawn(pairs_case).inputs
    leaf = made.clone().requires_grad_()
    said = answer(leaf, x, features, weight)
    differentiable(said, "The loss is cut off from `made`: no search could follow it.")
    (got,) = torch.autograd.grad(said.sum(), leaf)
    again = made.clone().requires_grad_()
    seen = (features(again) - features(x)).square().mean(1)
    (by_pixels,) = torch.autograd.grad((again - x).square().sum() / 3, again)
    (by_features,) = torch.autograd.grad(weight * seen.sum(), again)
    usual = {"Nothing comes back by the features.": by_pixels, "Nothing comes back by the pixels.": by_features}
    expect_close(numbers(got), by_pixels + by_features, "these two pairs", usual, what="the gradient is", show=False)


@check.that("projection_loss", "is 0 for equal pictures, and leaves both as they were", alone=False)
def _(answer: Callable) -> None:
    x = torch.tanh(randn(3, 2, 4, 4))
    same = x.clone()
    got = numbers(answer(same, x, of_squares(randn(32, 3)), 0.7), (3,))
    expect(bool((got.abs() < 1e-6).all()), "For equal pictures the loss should be 0; it is not.")
    expect(intact(same) and intact(x), "A tensor that you are given has changed. Leave it as it was.")


# --- search_z -------------------------------------------------------------------------------------


def normalized_net(inputs: int, width: int, outputs: int) -> nn.Sequential:
    """A small network with batch normalization that has kept something of its own."""
    norm = nn.BatchNorm1d(width, dtype=torch.float64)
    assert isinstance(norm.running_mean, Tensor) and isinstance(norm.running_var, Tensor)
    norm.running_mean.copy_(0.5 * randn(width))
    norm.running_var.copy_(0.3 + rand(width))
    return nn.Sequential(linear(inputs, width), norm, nn.Tanh(), linear(width, outputs))


class SearchWorld:
    """A generator, targets, and starts: one row's best is its start, one's its end, the others' somewhere between."""

    def __init__(self, training: bool = False) -> None:
        self.n, self.steps = chosen_int(5, between=(4, 6)), chosen_int(6, between=(5, 8))
        (self.rate,) = chosen(0.6, between=(0.4, 0.8))
        self.G = normalized_net(3, 6, 4)
        self.before = copied_net(self.G)
        self.z, self.target = 0.8 * randn(self.n, 3).double(), 1.5 * randn(self.n, 4).double()
        self.z[0] *= 0.1
        self.z[1] = (5 + 3 * rand(3).double()) * self.z[1].sign()
        with torch.no_grad():
            ends = torch.stack([self.z[0], 0.1 * self.z[1], self.z[2] + 1.0 * self.rate * randn(3).double().sign()])
            self.target[:3] = self.G.eval()(ends)
        self.G.train(training)
        self.known: dict[str, tuple[Tensor, Tensor]] = {}

    def loss(self, made: Tensor, z: Tensor) -> Tensor:
        off = (made - self.target.to(made.dtype)).square().sum(1) + 0.02 * z.square().sum(1)
        return off * (1 + 1000.0 * (torch.arange(self.n) == 2))  # the third one's best step is that of the whole batch

    def play(self, answer: Callable) -> tuple[Tensor, Tensor]:
        got = two(
            answer(self.G, self.loss, self.z, self.steps, self.rate),
            "Return two tensors: the kept z, and their losses.",
        )
        return numbers(got[0], (self.n, 3), "The kept z"), numbers(got[1], (self.n,), "The losses", "One for each row.")

    def way(self, slip: str) -> tuple[Tensor, Tensor]:
        """All points of a search (steps + 1, n, 3), and their losses."""
        if slip not in self.known:
            G = copied_net(self.before).train(slip == "training").requires_grad_(False)
            z = self.z.clone().requires_grad_()
            opt = (torch.optim.SGD if slip == "sgd" else torch.optim.Adam)([z], lr=self.rate)
            seen, losses, piled = [], [], torch.zeros_like(self.z)
            for k in range(self.steps + 1):
                now = self.loss(G(z), z)
                seen.append(z.detach().clone())
                losses.append(now.detach())
                if k < self.steps:
                    (gradient,) = torch.autograd.grad(now.sum(), z)
                    piled = gradient + piled if slip == "piled up" else gradient
                    z.grad = piled.clone()
                    opt.step()
            self.known[slip] = torch.stack(seen), torch.stack(losses)
        return self.known[slip]

    def searched(self, slip: str = "") -> tuple[Tensor, Tensor]:
        """What should come of it, or by this slip: the kept z and their losses."""
        seen, losses = self.way(slip if slip in OTHER_WAYS else "")
        if slip in ("last", "first"):
            return (seen[-1], losses[-1]) if slip == "last" else (seen[0], losses[0])
        if slip == "batch":
            k = int(losses.sum(1).argmin())
            return seen[k], losses[k]
        best = {
            "worst": losses.argmax(0), "no start": losses[1:].argmin(0) + 1, "no end": losses[:-1].argmin(0),
        }.get(slip, losses.argmin(0))  # fmt: skip
        rows = torch.arange(self.n)
        late = (best + 1).clamp(max=self.steps) if slip == "one step late" else best
        return seen[late, rows], losses[best, rows]

    @property
    def clear(self) -> bool:
        """Whether each slip gives other z than the right search, and than each other slip."""
        found: list[list[float]] = []
        # First those that one search tells of: most draws that are not clear are not so by these.
        for slip in ("", *sorted(SEARCH_SLIPS, key=lambda slip: slip in OTHER_WAYS)):
            found.append(floats_of(self.searched(slip)[0]))
            if any(alike(found[-1], other) for other in found[:-1]):
                return False
        return True


OTHER_WAYS = ("training", "sgd", "piled up")
SEARCH_SLIPS = {
    "last": "These are the z after the last step. Keep the best.",
    "batch": "For all rows the z of one step are kept. Each row has a best step of its own.",
    "no start": "The start is not looked at: where it is the best, keep it.",
    "no end": "Where the last step leads is not looked at.",
    "worst": "The z of the largest loss are kept.",
    "one step late": "The kept z are one step too late: Adam changes z in place. Copy it before the step.",
    "training": "G is asked in training mode: each picture then depends on its neighbors.",
    "sgd": "That is plain gradient descent. Take torch.optim.Adam.",
    "piled up": "Gradients of the steps before are still in it: they are added up.",
    "first": "These are the starts: z has not moved, or it goes uphill.",
}


def at_search(world: SearchWorld) -> str:
    return f"{world.steps} steps from {world.n} starts"


def expect_searched(world: SearchWorld, got: Tensor, which: int) -> None:
    """Miss unless the kept z (0) or their losses (1) are right."""
    usual: dict[str, Any] = {
        said: (lambda slip=slip: world.searched(slip)[which]) for slip, said in SEARCH_SLIPS.items()
    }
    what = ("the kept z are", "the losses are")[which]
    expect_close(got, world.searched()[which], at_search(world), usual, what=what, show=False, rtol=1e-5, atol=1e-7)


def search_world(training: bool = False) -> SearchWorld:
    return drawn(lambda: SearchWorld(training), always=True)


@check.that("search_z", "keeps for each row the z with the smallest loss that Adam comes across", point=True)
def _(search_z: Callable) -> None:
    world = search_world()
    expect_searched(world, world.play(search_z)[0], 0)


@check.that("search_z", "returns the losses of the kept z")
def _(search_z: Callable) -> None:
    world = search_world()
    expect_searched(world, world.play(search_z)[1], 1)


@check.that("search_z", "asks G in evaluation mode, whatever mode it comes in", point=True)
def _(search_z: Callable) -> None:
    world = search_world(training=True)
    expect_searched(world, world.play(search_z)[0], 0)


@check.that("search_z", "leaves G as it came: modes, what is kept, weights, and what can be trained", alone=False)
def _(search_z: Callable) -> None:
    world = search_world(training=True)
    world.G[2].eval()
    first = next(iter(world.G.parameters()))
    first.requires_grad_(False)
    world.play(search_z)
    modes = [part.training for part in world.G.modules()]
    expect(
        modes == [True, True, True, False, True],
        "G's mode has changed, or that of a part of it: here one part was in evaluation mode and the others were not.",
    )
    for (name, now), was in zip(world.G.state_dict().items(), world.before.state_dict().values(), strict=True):
        expect(bool(torch.equal(now.double(), was.double())), f"G's {name} has changed. Only z moves.")
    expect([p.requires_grad for p in world.G.parameters()][:2] == [False, True],
           "What of G can be trained has changed.")  # fmt: skip


@check.that("search_z", "leaves z as it was, and returns what no graph hangs on", alone=False)
def _(search_z: Callable) -> None:
    world = SearchWorld()
    got = two(search_z(world.G, world.loss, world.z, world.steps, world.rate), NOTHING)
    expect(intact(world.z) and not world.z.requires_grad, CHANGES.format(which="number 3"))
    for part in got:
        attached = isinstance(part, Tensor) and part.requires_grad
        expect(not attached, "What you return hangs on a graph. Detach it.")


@check.that("search_z", "goes on where a step leads uphill")
def _(search_z: Callable) -> None:
    (start,) = chosen(0.2, between=(0.18, 0.22))
    G = linear(1, 1)
    for p, value in zip(G.parameters(), (1.0, 0.0), strict=True):
        nn.init.constant_(p, value)
    got = two(search_z(G, lambda made, z: made.square().sum(1), torch.tensor([[start]]).double(), 3, 0.5), NOTHING)
    z = torch.tensor([[start]]).double().requires_grad_()
    seen, opt = [start], torch.optim.Adam([z], lr=0.5)
    for _ in range(3):
        z.grad = 2 * z.detach()
        opt.step()
        seen.append(float(z.detach()))
    told = f"a search that passes {', '.join(f'{value:.2f}' for value in seen)} on its way to 0"
    stopped = {"It ends at the first step that makes nothing better. Take all steps: Adam comes back.": [[start]]}
    best = min(seen, key=abs)
    expect_close(numbers(got[0], (1, 1)), torch.tensor([[best]]), told, {
        said: torch.tensor(value) for said, value in stopped.items()
    }, what="the kept z is", rtol=1e-4, atol=1e-6)  # fmt: skip


@check.that("search_z", "returns the start after no steps at all")
def _(search_z: Callable) -> None:
    world = SearchWorld()
    world.steps = 0
    z, least = world.play(search_z)
    G = copied_net(world.before).eval()
    expect_close(z, world.z, "0 steps", what="the kept z are", show=False)
    expect_close(least, world.loss(G(world.z), world.z).detach(), "0 steps", what="the losses are", show=False)


# --- hybrid_start --------------------------------------------------------------------------------


class StartWorld:
    """An encoder, a generator, pictures, and other candidates: E's is the best for some."""

    def __init__(self) -> None:
        self.n, self.k = chosen_int(8, between=(7, 10)), chosen_int(3, between=(2, 4))
        self.E, self.G = normalized_net(4, 6, 3), normalized_net(3, 6, 4)
        self.x = 1.5 * randn(self.n, 4).double()
        self.others = randn(self.k, self.n, 3).double()
        self.before = copied_net(self.E), copied_net(self.G)

    def loss(self, made: Tensor, x: Tensor) -> Tensor:
        return (made - x.to(made.dtype)).square().sum(1) + made.sum(1)

    @cached_property
    def asked(self) -> tuple[Tensor, Tensor]:
        """The candidates, E's first, and what G makes of them, by networks that look."""
        with torch.no_grad():
            E, G = (copied_net(net).eval() for net in self.before)
            candidates = torch.cat([E(self.x)[None], self.others])
            return candidates, torch.stack([G(z) for z in candidates])

    def started(self, slip: str = "") -> Tensor:
        candidates, made = self.asked
        with torch.no_grad():
            if slip == "E trains":
                candidates = torch.cat([copied_net(self.before[0]).train()(self.x)[None], self.others])
                made = torch.cat([copied_net(self.before[1]).eval()(candidates[0])[None], made[1:]])
            if slip == "G trains":
                G = copied_net(self.before[1]).train()
                made = torch.stack([G(z) for z in candidates])
            losses = torch.stack([self.loss(some, self.x) for some in made])
            if slip == "pixels":
                losses = (made - self.x).square().sum(2)
        if slip == "E alone":
            return candidates[0]
        if slip == "others alone":
            return candidates[1 + losses[1:].argmin(0), torch.arange(self.n)]
        if slip == "batch":
            return candidates[int(losses.sum(1).argmin())]
        if slip == "worst":
            return candidates[losses.argmax(0), torch.arange(self.n)]
        if slip == "mean":
            return candidates.mean(0)
        return candidates[losses.argmin(0), torch.arange(self.n)]

    @property
    def clear(self) -> bool:
        found = [floats_of(self.started(slip)) for slip in ("", *START_SLIPS)]
        return not any(alike(x, y) for k, x in enumerate(found) for y in found[:k])


START_SLIPS = {
    "E alone": "E's z is taken for every picture. Where another is nearer, take that.",
    "others alone": "E's z is never taken.",
    "batch": "For all pictures the same candidate is taken. Each has a best one of its own.",
    "worst": "The candidate with the largest loss is taken.",
    "E trains": "E is asked in training mode.",
    "G trains": "G is asked in training mode.",
    "mean": "That is the mean of the candidates. Choose one.",
    "pixels": "The nearest by squares is taken. Go by the loss that is passed in.",
}


def expect_started(world: StartWorld, got: Tensor) -> None:
    usual: dict[str, Any] = {said: (lambda slip=slip: world.started(slip)) for slip, said in START_SLIPS.items()}
    where = f"{world.n} pictures with {world.k} other candidates each"
    expect_close(got, world.started(), where, usual, show=False, rtol=1e-6, atol=1e-8)


def begun(world: StartWorld, answer: Callable) -> Tensor:
    got = answer(world.E, world.G, world.loss, world.x, world.others)
    attached = isinstance(got, Tensor) and got.requires_grad
    expect(not attached, "What you return hangs on a graph. Ask under torch.no_grad().")
    return numbers(got, (world.n, 3), advice="One z for each picture.")


@check.that("hybrid_start", "takes for each picture the candidate with the smallest loss", point=True)
def _(answer: Callable) -> None:
    world = drawn(StartWorld, always=True)
    for net in (world.E, world.G):
        net.eval()
    expect_started(world, begun(world, answer))


@check.that("hybrid_start", "asks both networks in evaluation mode, and leaves them as they came", point=True)
def _(answer: Callable) -> None:
    world = drawn(StartWorld, always=True)
    world.E.train()
    world.G.train()
    world.G[2].eval()
    expect_started(world, begun(world, answer))
    modes = [part.training for net in (world.E, world.G) for part in net.modules()]
    expect(modes == [True] * 8 + [False, True], "The mode of a network, or of a part of one, has changed.")
    for net, was in zip((world.E, world.G), world.before, strict=True):
        same = all(torch.equal(now.double(), old.double()) for now, old in
                   zip(net.state_dict().values(), was.state_dict().values(), strict=True))  # fmt: skip
        expect(same, "What a network keeps has changed: ask it in evaluation mode.")
        expect(trainable(net), "A network's parameters no longer take gradients.")


@check.that("hybrid_start", "takes E's z at a tie", alone=False)
def _(answer: Callable) -> None:
    world = StartWorld()
    for net in (world.E, world.G):
        net.eval()
    for p in list(world.G.parameters())[-2:]:
        nn.init.zeros_(p)  # all pictures are alike
    got = begun(world, answer)
    with torch.no_grad():
        expect_close(got, world.E(world.x), "candidates that are equally near", show=False)
