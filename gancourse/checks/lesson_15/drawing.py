"""Drawing from a trained generator: truncated noise, and standing statistics for it.

Brock, Donahue and Simonyan (2019), arXiv:1809.11096, section 3.1 (truncation), appendix B (standing statistics).
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from gancourse.checks.core import expect
from gancourse.checks.doubles import ByClass
from gancourse.checks.inputs import chosen, chosen_int, generator, randn
from gancourse.checks.lesson_15.suite import check
from gancourse.checks.steps import flat, linear
from gancourse.checks.values import expect_close, numbers

# --- truncated noise ----------------------------------------------------------------------------------


def truncated_share(z: Tensor, threshold: float) -> Tensor:
    """Which share of a bell curve cut at ±threshold lies below each of these numbers."""
    half = math.erf(threshold / math.sqrt(2))
    return (torch.erf(z / math.sqrt(2)) / half + 1) / 2


def furthest_apart(z: Tensor, threshold: float) -> float:
    """The largest distance between the shares that lie below a number: of z, and of the curve cut at ±threshold."""
    ordered = z.flatten().sort().values
    n = len(ordered)
    above = (torch.arange(1, n + 1, dtype=torch.float64) / n - truncated_share(ordered, threshold)).abs()
    return float(above.max()) - 0.5 / n


@check.that("truncated_normal", "stays within ±threshold, in shape (n, d)", alone=False)
def _(truncated_normal: Callable) -> None:
    for threshold in chosen(0.3, 1.0, 2.5, between=(0.2, 3.0)):
        n, d = chosen_int(70, (50, 90)), chosen_int(3, (2, 4))
        z = numbers(truncated_normal(n, d, threshold), (n, d), advice="One number for each.")
        most = float(z.abs().max())
        told = f"With threshold {threshold:g} a number of the size {most:.2f} comes out."
        expect(most <= threshold * (1 + 1e-6), f"{told} Draw again until all are inside.")


@check.that("truncated_normal", "is the bell curve under the condition, with nothing piled up", point=True)
def _(truncated_normal: Callable) -> None:
    for threshold in (
        *chosen(0.6, between=(0.5, 0.7)), *chosen(1.0, between=(0.8, 1.4)), *chosen(2.0, between=(1.6, 2.4)),
    ):  # fmt: skip
        n = 50_000
        z = numbers(truncated_normal(n, 4, threshold), (n, 4))
        where = f"With threshold {threshold:g}"
        on_edge = float((z.abs() > threshold * (1 - 1e-6)).double().mean())
        told = f"{where} a part of {on_edge:.2f} of all numbers lies exactly on the edge: they are cut off there."
        expect(on_edge < 0.001, f"{told} Draw again what falls outside.")
        zeros = float((z == 0).double().mean())
        expect(zeros < 0.001, f"{where} a part of {zeros:.2f} of all numbers is 0. Draw again what falls outside.")
        few = z[:5000]
        repeated = 1 - len(few.unique()) / few.numel()
        told = f"{where} a part of {repeated:.2f} of all numbers repeats others. Each is drawn by itself."
        expect(repeated < 0.05, told)
        apart = furthest_apart(z, threshold)
        told = f"{where} the numbers are spread otherwise than a bell curve of which what is outside is drawn again."
        if apart >= 3 / math.sqrt(z.numel()):  # how it is spread instead takes longer to tell than that it is
            expect(False, f"{told} {spread_otherwise(z, threshold)}".rstrip())


def spread_otherwise(z: Tensor, threshold: float) -> str:
    """What the numbers look like instead."""
    n, flat_z = z.numel(), z.flatten().sort().values
    limit = 3 / math.sqrt(n)
    below = (torch.arange(n, dtype=torch.float64) + 0.5) / n
    if float(((flat_z / threshold + 1) / 2 - below).abs().max()) < limit:
        return "They are drawn evenly."
    if float(flat_z.min()) >= 0:
        return "None of them is negative."
    if float((truncated_share(flat_z / flat_z.std(), 9.0) - below).abs().max()) < limit:
        return "It is the whole bell curve, made smaller."
    if abs(float(flat_z.mean())) > 0.05 * threshold:
        return "Their mean is not 0."
    return ""


@check.that(
    "truncated_normal", "draws each number by itself, anew in each call, and comes to an end for 0.05", point=True
)
def _(truncated_normal: Callable) -> None:
    one, other = (numbers(truncated_normal(400, 3, 1.5), (400, 3)) for _ in range(2))
    expect(not torch.equal(one, other), "Two calls give the same noise. Draw anew each time.")
    expect(len(one[:, 0].unique()) > 390, "Rows repeat each other. Each number is drawn by itself.")
    alike = float(torch.corrcoef(one.T)[0, 1].abs())
    expect(alike < 0.3, "The numbers of a row hang together. Each is drawn by itself.")
    narrow = numbers(truncated_normal(300, 1, 0.05), (300, 1))
    expect(float(narrow.abs().max()) <= 0.05 * (1 + 1e-6), "With threshold 0.05 there is a number outside.")
    on_edge = float((narrow.abs() > 0.05 * (1 - 1e-6)).double().mean())
    told = f"With threshold 0.05 a part of {on_edge:.2f} of all numbers lies exactly on the edge."
    expect(on_edge < 0.02, f"{told} Draw again until all are inside, however long that takes.")
    expect(float(narrow.std()) > 0.02, "With threshold 0.05 the numbers are not spread over all of ±0.05.")


# --- standing statistics ------------------------------------------------------------------------------

RUNNING = (nn.BatchNorm1d, nn.BatchNorm2d)


class Normalized:
    """A generator with three batch normalizations that hold something of old, and batches to draw."""

    def __init__(self, batches: int = 0) -> None:
        self.classes = 3
        norms = nn.BatchNorm1d(4), nn.BatchNorm2d(2), nn.BatchNorm1d(4, affine=False)
        net = nn.Sequential(
            linear(5, 4), norms[0], nn.Tanh(), linear(4, 8), nn.Unflatten(1, (2, 2, 2)), norms[1], nn.ReLU(),
            nn.Flatten(), linear(8, 4), norms[2],
        )  # fmt: skip
        for norm in norms:
            norm.double()
            norm.running_mean.copy_(3 * randn(norm.num_features))  # type: ignore[union-attr]
            norm.running_var.copy_(0.5 + 4 * randn(norm.num_features).abs())  # type: ignore[union-attr]
            norm.num_batches_tracked.fill_(7)  # type: ignore[union-attr]
        self.G = ByClass(net, randn(self.classes, 2).double())
        count = batches or chosen_int(4, between=(3, 5))
        self.draws = [(1.5 * randn(n, 3).double() + 1, self.labels(n)) for n in (6, 9, 5, 7, 8)[:count]]
        self.before = copy.deepcopy(self.G)

    def labels(self, n: int) -> Tensor:
        return torch.randint(0, self.classes, (n,), generator=generator())


def norms_in(net: nn.Module) -> list[nn.BatchNorm1d | nn.BatchNorm2d]:
    return [part for part in net.modules() if isinstance(part, RUNNING)]


def kept_in(net: nn.Module) -> tuple[Tensor, Tensor]:
    """Means and variances of all normalizations, each in a row."""
    norms = norms_in(net)
    return tuple(torch.cat([getattr(n, name).double() for n in norms]) for name in ("running_mean", "running_var"))  # type: ignore[return-value]


@torch.no_grad()
def stands_on(case: Normalized, slip: str = "") -> tuple[Tensor, Tensor]:
    """Means and variances that should be kept, or by this slip."""
    G = copy.deepcopy(case.before)
    norms = norms_in(G)
    G.train()
    momentum = {"as ever": 0.1, "from anew, by a tenth": 0.1}.get(slip, 1.0)
    for norm in norms:
        norm.momentum = momentum
        if slip == "from anew, by a tenth":
            norm.reset_running_stats()
    if slip == "in evaluation mode":
        return kept_in(G)
    if slip == "reset alone":
        return torch.zeros_like(kept_in(G)[0]), torch.ones_like(kept_in(G)[1])
    found, sizes = [], []
    for z, y in case.draws:
        if slip == "below in evaluation mode":
            found.append(by_old_statistics(case, z, y))
        else:
            G(z, y)
            found.append(kept_in(G))
        sizes.append(len(z))
    if momentum != 1.0 or slip == "last batch":
        return found[-1]
    if slip == "first batch":
        return found[0]
    means, variances = (torch.stack(part) for part in zip(*found, strict=True))
    if slip == "old counts":
        old = kept_in(case.before)
        weights = torch.tensor([7.0, *[1.0] * len(means)], dtype=torch.float64)[:, None] / (7 + len(means))
        rows = (torch.cat([old[k][None], part]) for k, part in enumerate((means, variances)))
        return tuple((weights * row).sum(0) for row in rows)  # type: ignore[return-value]
    if slip == "by size":
        weights = torch.tensor(sizes, dtype=torch.float64)[:, None] / sum(sizes)
        return (weights * means).sum(0), (weights * variances).sum(0)
    if slip == "by n":
        counts = torch.tensor([[size * (4 if k == 1 else 1) for k, n in enumerate(norms) for _ in range(n.num_features)]
                               for size in sizes], dtype=torch.float64)  # fmt: skip
        return means.mean(0), (variances * (counts - 1) / counts).mean(0)
    if slip == "deviations":
        return means.mean(0), variances.sqrt().mean(0) ** 2
    if slip == "between":
        return means.mean(0), variances.mean(0) + means.var(0, correction=0)
    return means.mean(0), variances.mean(0)


def by_old_statistics(case: Normalized, z: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Each normalization's batch statistics where those before it use what they held of old."""
    G, seen = copy.deepcopy(case.before).eval(), []
    hooks = [norm.register_forward_pre_hook(lambda _, given: seen.append(given[0])) for norm in norms_in(G)]
    G(z, y)
    for hook in hooks:
        hook.remove()
    rows = [x.transpose(0, 1).flatten(1) for x in seen]
    return torch.cat([r.mean(1) for r in rows]), torch.cat([r.var(1) for r in rows])


STANDING_SLIPS = {
    "in evaluation mode": "The statistics have not moved. Is the network in training mode while they are taken?",
    "reset alone": "The statistics are reset, and nothing has come since. Is the network in training mode meanwhile?",
    "as ever": "It goes on with the old averages, a tenth of each batch. Take a plain mean over the batches.",
    "from anew, by a tenth": "Each batch counts a tenth. A plain mean over the batches is asked (momentum=None).",
    "old counts": "What was kept before still counts. Begin anew: reset_running_stats().",
    "last batch": "Only the last batch counts.",
    "first batch": "Only the first batch counts.",
    "below in evaluation mode": "Layers below are normalized by old statistics. Meanwhile each uses its own batch.",
    "by size": "Larger batches count more. Take the plain mean over the batches.",
    "by n": "The variance is divided by the number of values. PyTorch keeps the one divided by that less 1.",
    "deviations": "The standard deviations are averaged. Average the variances.",
    "between": "That is the variance over all batches together. Take the mean of each batch's variance.",
}  # fmt: skip


def compare_standing(case: Normalized, where: str) -> None:
    """Miss unless the network keeps what it should."""
    want = stands_on(case)
    for k, name in enumerate(("running_mean", "running_var")):
        usual = {said: stands_on(case, slip)[k] for slip, said in STANDING_SLIPS.items()}
        expect_close(
            kept_in(case.G)[k], want[k], where, usual, show=False, what=f"{name} becomes", rtol=1e-5, atol=1e-6
        )


@check.that("standing_statistics", "keeps the mean over all batches of each batch's mean and variance", point=True)
def _(standing_statistics: Callable) -> None:
    case = Normalized()
    standing_statistics(case.G, case.draws)
    compare_standing(case, f"{len(case.draws)} batches")


@check.that("standing_statistics", "comes to the same from evaluation mode, and for one batch", point=True)
def _(standing_statistics: Callable) -> None:
    case = Normalized(batches=1)
    case.G.eval()
    case.before.eval()
    standing_statistics(case.G, case.draws)
    compare_standing(case, "one batch, begun in evaluation mode")


@check.that("standing_statistics", "leaves the network in evaluation mode: a picture no longer depends on its company")
def _(standing_statistics: Callable) -> None:
    case = Normalized()
    standing_statistics(case.G, case.draws)
    expect(not any(part.training for part in case.G.modules()), "In the end G should be in evaluation mode: G.eval().")
    z, y = case.draws[0]
    with torch.no_grad():
        expect_close(case.G(z[:2], y[:2]), case.G(z, y)[:2], "two of six", show=False, what="pictures change:")
    moved = not torch.allclose(kept_in(case.G)[0], kept_in(case.before)[0])
    expect(moved, "The statistics have not moved.")


@check.that("standing_statistics", "leaves parameters alone, and computes no gradients", alone=False)
def _(standing_statistics: Callable) -> None:
    case = Normalized()
    standing_statistics(case.G, case.draws)
    expect_close(flat(case.G), flat(case.before), "the parameters", show=False, what="they change:")
    expect(all(p.grad is None for p in case.G.parameters()), "Gradients are left in the parameters.")
    expect(all(p.requires_grad for p in case.G.parameters()), "The parameters no longer take gradients.")
