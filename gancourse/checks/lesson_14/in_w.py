"""What one does with w: styles of two, truncation, and the length of a path.

Karras, Laine and Aila, "A Style-Based Generator Architecture for Generative Adversarial Networks", CVPR 2019,
arXiv:1812.04948, sections 3.1 and 4.1, appendix B.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from gancourse.checks.asked import intact
from gancourse.checks.core import Miss, a, expect
from gancourse.checks.inputs import MANY, chosen, chosen_int, rand, randn
from gancourse.checks.lesson_14.suite import check
from gancourse.checks.steps import curved
from gancourse.checks.values import differentiable, expect_close, leaves_alone, numbers

# --- mixing -------------------------------------------------------------------------------------------


def crossovers_of(value: object, n: int) -> Tensor:
    """Whole numbers (n,) that came from the student."""
    found = numbers(value, (n,), "The crossovers", "One for each picture.")
    kind = value.dtype if isinstance(value, Tensor) else a(value)
    expect(kind == torch.long, f"Crossovers are whole numbers, a tensor of torch.long; yours are {kind}.")
    return found


@check.that(
    "style_mixing", "draw: without a share all is of the first, with all of it each place is as likely", point=True
)
def _(answer: Callable) -> None:
    layers = chosen_int(5, between=(4, 7))
    none = crossovers_of(answer("draw", 200, layers, 0.0), 200)
    expect(
        bool((none == layers).all()), f"With share 0 no picture is mixed: all crossovers should be layers = {layers}."
    )
    every = crossovers_of(answer("draw", MANY, layers, 1.0), MANY)
    low, high = int(every.min()), int(every.max())
    told = (
        f"With share 1 and {layers} layers crossovers from 1 to {layers - 1} are asked; yours are from {low} to {high}."
    )
    if low == 0:
        told += " With a crossover of 0 all is of the second."
    if high == layers:
        told += " With a crossover of `layers` nothing is mixed."
    expect(low == 1 and high == layers - 1, told)
    for place in range(1, layers):
        part = float((every == place).double().mean()) * (layers - 1)
        expect(abs(part - 1) < 0.25, f"The crossover {place} is not as likely as the others.")


@check.that("style_mixing", "draw: a share of the pictures is mixed, each by its own chance and at its own place")
def _(answer: Callable) -> None:
    (share,) = chosen(0.3, between=(0.2, 0.45))
    drawn_now = crossovers_of(answer("draw", MANY, 6, share), MANY)
    seen = float((drawn_now < 6).double().mean())
    told = f"With share {share:g} a part of {seen:.2f} is mixed."
    if abs(seen - (1 - share)) < 0.03:
        told += " It is the other way around: `share` is the part that is mixed."
    expect(abs(seen - share) < 0.06, told)
    expect(len(set(drawn_now.tolist())) > 2, "All mixed pictures have the same crossover. Each has its own.")
    first_half = float((drawn_now[: MANY // 2] < 6).double().mean())
    expect(abs(first_half - share) < 0.08, "The mixed pictures stand together. Each is mixed by its own chance.")
    counts = {int((crossovers_of(answer("draw", 10, 6, 0.5), 10) < 6).sum()) for _ in range(12)}
    expect(len(counts) > 1, "Of 10 pictures always equally many are mixed. Each is mixed by its own chance.")


def mixed_by_hand(first: Tensor, second: Tensor, crossover: Tensor, layers: int) -> Tensor:
    out = torch.zeros(len(first), layers, first.shape[1], dtype=torch.float64)
    for k in range(len(first)):
        for layer in range(layers):
            out[k, layer] = first[k] if layer < int(crossover[k]) else second[k]
    return out


@check.that(
    "style_mixing", "mix: layers below each picture's crossover have the first w, the others the second", point=True
)
def _(answer: Callable) -> None:
    layers, d = chosen_int(5, between=(4, 6)), chosen_int(3, between=(2, 4))
    first, second, n = randn(5, d), randn(5, d), 5
    crossover = torch.tensor([1, layers - 1, layers, 2, 1])
    got = numbers(answer("mix", first, second, crossover, layers), (n, layers, d), advice="A w for each layer.")
    usual = {
        "The two are swapped: below the crossover is the first.": mixed_by_hand(second, first, crossover, layers),
        "The layer at the crossover is of the first. It is the first one of the second.": mixed_by_hand(
            first, second, crossover + 1, layers
        ),
        "It changes one layer too early.": mixed_by_hand(first, second, crossover - 1, layers),
        "All pictures change at the first one's crossover.": mixed_by_hand(
            first, second, crossover[:1].expand(n), layers
        ),
        "All is of the first.": mixed_by_hand(first, second, torch.full((n,), layers), layers),
        "All is of the second.": mixed_by_hand(first, second, torch.zeros(n), layers),
        "The crossover is counted from the end.": mixed_by_hand(first, second, layers - crossover, layers),
        "Only one layer is of the second. All from the crossover on are.": torch.where(
            (torch.arange(layers) == crossover[:, None])[:, :, None], second[:, None], first[:, None]
        ),
    }
    expect_close(got, mixed_by_hand(first, second, crossover, layers), "five pictures", usual, show=False)


@check.that("style_mixing", "mix: gradients reach both, each by its layers", alone=False)
def _(answer: Callable) -> None:
    first, second = randn(3, 2).requires_grad_(), randn(3, 2).requires_grad_()
    out = answer("mix", first, second, torch.tensor([1, 2, 4]), 4)
    differentiable(out, "The styles are cut off from w: the mapping could not learn.")
    out.sum().backward()
    for name, w, counts in (("first", first, [1, 2, 4]), ("second", second, [3, 2, 0])):
        expect(w.grad is not None, f"No gradient reaches the {name} w.")
        want = torch.tensor(counts, dtype=torch.float64)[:, None].expand(3, 2)
        expect_close(numbers(w.grad), want, f"the sum of all styles the {name} w's gradient", what="is")


# --- truncation ---------------------------------------------------------------------------------------


@check.that("truncation", "mean: keeps a share of the old mean, and takes the rest from the batch", point=True)
def _(answer: Callable) -> None:
    (decay,) = chosen(0.9, between=(0.6, 0.95))
    mean_w, w = randn(3), randn(4, 3) + 1
    batch = w.double().mean(0)
    usual = {
        "The shares are swapped: decay belongs to the old mean.": (1 - decay) * mean_w + decay * batch,
        "The batch is added in full.": decay * mean_w + batch,
        "The old mean is not used.": batch,
        "The batch is added up; take its mean.": decay * mean_w + (1 - decay) * w.sum(0),
        "Only the first w of the batch is used.": decay * mean_w + (1 - decay) * w[0],
        "One number is taken of all of w. Each of its numbers has a mean of its own.": decay * mean_w
        + (1 - decay) * batch.mean(),
        "The old mean is kept as it is.": mean_w,
    }
    got = numbers(answer("mean", mean_w, w, decay), (3,), advice="One mean for each number of w.")
    expect_close(got, decay * mean_w.double() + (1 - decay) * batch, f"decay = {decay:g}", usual, show=False)


@check.that("truncation", "mean: has no graph behind it, and leaves the old mean alone", alone=False)
def _(answer: Callable) -> None:
    w = randn(3, 2).requires_grad_()
    got = answer("mean", torch.zeros(2), w, 0.9)
    expect(
        intact(w), "w itself takes gradients no more: nothing would reach the mapping. `w.detach()` is a new tensor."
    )
    told = "The mean hangs on the graph of w: after a thousand steps it would hold them all. Detach w."
    expect(isinstance(got, Tensor) and not got.requires_grad, told)
    leaves_alone(answer, "mean", randn(2), randn(3, 2), 0.9)


def pulled_by_hand(styles: Tensor, mean_w: Tensor, psi: float, cutoff: int) -> Tensor:
    out = styles.double().clone()
    for layer in range(min(cutoff, styles.shape[1])):
        for k in range(len(styles)):
            out[k, layer] = mean_w.double() + psi * (styles[k, layer].double() - mean_w.double())
    return out


@check.that("truncation", "pull: the first layers go to the mean by ψ, the others stay", point=True)
def _(answer: Callable) -> None:
    styles, mean_w = randn(2, 5, 3), 2 * randn(3) + 1
    (psi,), cutoff = chosen(0.7, between=(0.2, 0.85), avoid=0.5), chosen_int(2, between=(2, 3))
    shape = (2, 5, 3)
    got = numbers(answer("pull", styles, mean_w, psi, cutoff), shape)
    usual = {
        "ψ is used the other way around: at 1 nothing is pulled.": pulled_by_hand(styles, mean_w, 1 - psi, cutoff),
        "All layers are pulled. Only the first `cutoff` are.": pulled_by_hand(styles, mean_w, psi, 5),
        "No layer is pulled.": styles,
        "The layers from `cutoff` on are pulled. The first ones are.": torch.cat(
            [styles[:, :cutoff], pulled_by_hand(styles, mean_w, psi, 5)[:, cutoff:]], 1
        ),
        "One layer too many is pulled.": pulled_by_hand(styles, mean_w, psi, cutoff + 1),
        "One layer too few is pulled.": pulled_by_hand(styles, mean_w, psi, cutoff - 1),
        "w is pulled to 0. It is pulled to its mean.": pulled_by_hand(styles, 0 * mean_w, psi, cutoff),
        "The mean is not added again.": torch.cat(
            [psi * (styles[:, :cutoff].double() - mean_w), styles[:, cutoff:].double()], 1
        ),
        "w itself is scaled; its distance from the mean is.": torch.cat(
            [mean_w + psi * styles[:, :cutoff].double(), styles[:, cutoff:].double()], 1
        ),
    }
    where = f"ψ = {psi:g} and cutoff = {cutoff}"
    expect_close(got, pulled_by_hand(styles, mean_w, psi, cutoff), where, usual, show=False)


@check.that("truncation", "pull: right at ψ = 0, 1 and above, and for no layer or all of them")
def _(answer: Callable) -> None:
    styles, mean_w = randn(2, 4, 3), randn(3)
    for psi, cutoff in ((0.0, 4), (1.0, 4), (1.5, 3), (-0.5, 2), (0.3, 0)):
        got = numbers(answer("pull", styles, mean_w, psi, cutoff), (2, 4, 3))
        expect_close(got, pulled_by_hand(styles, mean_w, psi, cutoff), f"ψ = {psi:g}, cutoff = {cutoff}", show=False)


@check.that("truncation", "pull: makes new styles, and gradients pass by ψ", alone=False)
def _(answer: Callable) -> None:
    leaves_alone(answer, "pull", randn(2, 4, 3), randn(3), 0.5, 2)
    styles = randn(1, 3, 2).requires_grad_()
    out = answer("pull", styles, randn(2), 0.25, 2)
    differentiable(out, "The styles are cut off from w.")
    out.sum().backward()
    want = torch.tensor([[[0.25, 0.25], [0.25, 0.25], [1.0, 1.0]]])
    expect(styles.grad is not None, "No gradient reaches the styles.")
    expect_close(numbers(styles.grad), want, "ψ = ¼ and two of three layers", what="the styles' gradient is")


# --- path length --------------------------------------------------------------------------------------


def squared_apart(x: Tensor, y: Tensor) -> Tensor:
    """A distance that takes no notice of order."""
    return (x - y).square().flatten(1).sum(1)


def uneven_apart(x: Tensor, y: Tensor) -> Tensor:
    """A distance that tells first from second: (n,)."""
    return (x - y).square().flatten(1).sum(1) * (1 + x.flatten(1).square().sum(1))


class Ways:
    """A mapping, a synthesis, two z for each path, and how long it is; or what a slip makes of it."""

    def __init__(self, eps: float | None = None) -> None:
        self.mapping, self.synthesis = curved(3, 5, 4), curved(4, 6, 5)
        self.z1, self.z2 = randn(4, 3).double(), 2 * randn(4, 3).double()
        self.t, self.eps = 0.1 + 0.7 * rand(4).double(), chosen(0.05, between=(0.02, 0.1))[0] if eps is None else eps
        self.t[-1] = 1 - self.eps / 2  # the second point lies behind the end

    def asked(self, answer: Callable, space: str, distance: Callable = uneven_apart) -> Tensor:
        given = self.z1, self.z2, self.t, self.eps, self.mapping, self.synthesis, distance, space
        return numbers(answer(*given), (4,), advice="One length for each pair; nobody averages.")

    @torch.no_grad()
    def length(self, space: str, slip: str = "") -> Tensor:
        if slip == "other space":
            space = {"w": "z", "z": "w"}[space]
        t = self.t[:1].expand(4) if slip == "one t" else self.t
        first, second = (self.at(space, s, slip) for s in (t, t + self.eps))
        if slip == "ends":
            first, second = self.at(space, 0 * t, slip), self.at(space, 0 * t + 1, slip)
        if slip == "swapped":
            first, second = second, first
        apart = uneven_apart(self.synthesis(first), self.synthesis(second))
        if slip == "w apart":
            apart = uneven_apart(first, second)
        return apart / {"no eps": 1.0, "eps once": self.eps}.get(slip, self.eps**2)

    def at(self, space: str, s: Tensor, slip: str) -> Tensor:
        """w at the share s of the way."""
        out = []
        for k in range(4):
            share, one, other = float(s[k]), self.z1[k], self.z2[k]
            if slip == "backward":
                share = 1 - share
            if space == "w":
                one, other = self.mapping(one[None])[0], self.mapping(other[None])[0]
                out.append((1 - share) * one + share * other)
                continue
            if slip != "not unit":
                one, other = one / one.norm(), other / other.norm()
            angle = math.acos(float(one @ other / (one.norm() * other.norm())))
            point = (math.sin((1 - share) * angle) * one + math.sin(share * angle) * other) / math.sin(angle)
            if slip in ("straight", "straight, unit"):
                point = (1 - share) * one + share * other
            if slip == "straight, unit":
                point = point / point.norm()
            if slip == "straight, as drawn":
                point = (1 - share) * self.z1[k] + share * self.z2[k]
            if slip == "no sine below":
                point = point * math.sin(angle)
            out.append(self.mapping(point[None])[0])
        return torch.stack(out)


WAY_SLIPS = {
    "no eps": "It is not divided by ε².",
    "eps once": "Divided by ε; by its square: d is a squared distance.",
    "one t": "All pairs go the first one's share. Each has its own t.",
    "ends": "The two ends are compared. Take the points at t and t + ε.",
    "w apart": "Points of w are compared. Compare the pictures that synthesis draws of them.",
    "swapped": "The distance is given the picture at t + ε first. At t first.",
    "backward": "The path is walked backward: at t = 0 stands the first.",
}


@check.that("path_length", "in w: two points on the straight line, by ε²", point=True)
def _(path_length: Callable) -> None:
    ways = Ways()
    usual = {said: ways.length("w", slip) for slip, said in WAY_SLIPS.items()}
    usual['That is the path in z. With space="w" it goes straight from w to w.'] = ways.length("w", "other space")
    got = ways.asked(path_length, "w")
    expect_close(got, ways.length("w"), f"ε = {ways.eps:g} in w", usual, show=False, rtol=1e-3)


@check.that("path_length", "in z: on the arc between z of length 1, then mapped", point=True)
def _(path_length: Callable) -> None:
    ways = Ways()
    usual = {said: ways.length("z", slip) for slip, said in WAY_SLIPS.items()}
    usual |= {
        'That is the path in w. With space="z" points lie on the arc between z, and are mapped then.': ways.length(
            "z", "other space"
        ),
        "The path is straight. In z it goes along the arc.": ways.length("z", "straight"),
        "The path is straight, between z as they are. In z it goes along the arc.": ways.length(
            "z", "straight, as drawn"
        ),
        "The path is straight and put on the sphere. Then its speed is uneven: go along the arc.": ways.length(
            "z", "straight, unit"
        ),
        "z are not divided by their lengths first.": ways.length("z", "not unit"),
        "It is not divided by sin θ.": ways.length("z", "no sine below"),
    }
    got = ways.asked(path_length, "z")
    expect_close(got, ways.length("z"), f"ε = {ways.eps:g} in z", usual, show=False, rtol=1e-3)


@check.that("path_length", "does not depend on a small ε, and is 0 where a path does not move")
def _(path_length: Callable) -> None:
    ways = Ways(1e-3)
    one = ways.asked(path_length, "w", squared_apart)
    ways.eps = 2e-3
    other = ways.asked(path_length, "w", squared_apart)
    told = "With ε = 0.001 and 0.002 the lengths differ by far. A step twice as long counts four times: divide by ε²."
    expect(bool(torch.allclose(one, other, rtol=0.05)) and bool(one.abs().max() > 1e-6), told)
    ways.z2 = ways.z1.clone()
    still = ways.asked(path_length, "w", squared_apart)
    if bool(still.abs().max() > 1e-6):
        raise Miss("Between a z and itself the path in w does not move, and its length is 0.")
