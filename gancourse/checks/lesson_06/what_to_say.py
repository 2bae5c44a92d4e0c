"""Four pairs of losses: Mao et al. (2017), eq. 9; Lim and Ye (2017); Arjovsky et al. (2017); Zhao et al. (2017), eq. 1.

Outputs are chosen so that a maximum cuts some of them and not others, and no output is one where formulas agree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, chosen, drawn, said
from gancourse.checks.lesson_06.suite import check
from gancourse.checks.steps import column
from gancourse.checks.values import described, differentiable, expect_close, mean, numbers, scalar, two

Said = Sequence[float]
TWO_LOSSES = "Return a pair of losses, D's first and G's second; you return {}."


def losses_of(answer: Callable, name: str, real: Tensor, fake: Tensor, margin: float) -> Any:
    """The pair that came."""
    got = answer(name, real, fake, margin)
    return two(got, TWO_LOSSES.format(described(got)))


def mean_above_0(values: Sequence[float]) -> float:
    """The mean of max(0, value)."""
    return mean([max(0.0, v) for v in values])


def said_by_D(name: str) -> tuple[Said, Said, float]:
    """D's outputs on two real and three made samples, and a margin; energies are above 0."""
    while True:
        if name == "ebgan":
            real, fake = chosen(0.3, 1.6, between=(0.1, 2.5)), chosen(0.4, 1.1, 2.7, between=(0.1, 3.0))
            (m,) = chosen(1.5, between=(1.1, 2.0))
        else:
            real, fake = chosen(3.0, -0.4, between=(-2.0, 3.5)), chosen(0.5, -1.7, 0.9, between=(-2.5, 2.0))
            (m,) = chosen(2.5, between=(2.2, 3.0))
        kinks = [*(abs(r - 1) for r in real), *(abs(f + 1) for f in fake), *(abs(f - m) for f in fake)]
        if min(kinks) > 0.02:  # a maximum has two slopes at its kink
            return real, fake, m


def of_D(name: str, real: Said, fake: Said, m: float) -> tuple[float, dict[str, float]]:
    """D's loss, and what the usual mistakes make of it."""
    if name == "least squares":
        on_real, on_fake = mean([(r - 1) ** 2 for r in real]) / 2, mean([f**2 for f in fake]) / 2
        swapped = mean([r**2 for r in real]) / 2 + mean([(f - 1) ** 2 for f in fake]) / 2
        own = {
            "The square is taken of the mean. Square each, then take the mean.": (
                (mean(real) - 1) ** 2 / 2 + mean(fake) ** 2 / 2
            ),
            "Made samples are labeled −1 there. In the table their label is 0.": (
                on_real + mean([(f + 1) ** 2 for f in fake]) / 2
            ),
            "The halves are missing.": 2 * (on_real + on_fake),
        }
    elif name == "hinge":
        on_real, on_fake = mean_above_0([1 - r for r in real]), mean_above_0([1 + f for f in fake])
        swapped = mean_above_0([1 + r for r in real]) + mean_above_0([1 - f for f in fake])
        own = {
            "The maximum is taken of the mean. Take it for each sample, then the mean.": (
                max(0.0, 1 - mean(real)) + max(0.0, 1 + mean(fake))
            ),
            "The maximum with 0 is missing.": 1 - mean(real) + 1 + mean(fake),
            "The 1 is missing: the margin is 1.": mean_above_0([-r for r in real]) + mean_above_0(fake),
            "The margin of the hinge is 1, whatever `margin` is.": mean_above_0([m - r for r in real])
            + mean_above_0([m + f for f in fake]),
            "That is half of it: the two parts are added.": (on_real + on_fake) / 2,
        }
    elif name == "wasserstein":
        on_real, on_fake = -mean(real), mean(fake)
        swapped = mean(real) - mean(fake)
        own = {
            "The two are added. One of them has a minus.": mean(real) + mean(fake),
        }
    else:
        on_real, on_fake = mean(real), mean_above_0([m - f for f in fake])
        swapped = mean(fake) + mean_above_0([m - r for r in real])
        own = {
            "The maximum with 0 is missing, or it is taken of the mean. Take it for each sample, then the mean.": (
                mean(real) + m - mean(fake)
            ),
            "The margin is 1 there. Use the argument `margin`.": mean(real) + mean_above_0([1 - f for f in fake]),
            "That is half of it: the two parts are added.": (on_real + on_fake) / 2,
        }
    want = on_real + on_fake
    usual = {
        **own,
        "Real and made samples are swapped.": swapped,
        "That is the real batch's part alone.": on_real,
        "That is the made batch's part alone.": on_fake,
        "Sums are taken. Take the mean of each batch.": on_real * len(real) + on_fake * len(fake),
        "Both batches are averaged as one. Take the mean of each, then add.": (
            (on_real * len(real) + on_fake * len(fake)) / (len(real) + len(fake))
        ),
    }
    if abs(swapped + want) > 1e-9:  # Wasserstein's swapped loss is the one with the other sign
        usual["The sign is wrong: D minimizes it."] = -want
    return want, usual


def of_G(name: str, real: Said, fake: Said, m: float) -> tuple[float, dict[str, float]]:
    """G's loss, and what the usual mistakes make of it."""
    if name == "least squares":
        want = mean([(f - 1) ** 2 for f in fake]) / 2
        own = {
            "G wants its samples called 1, as real ones are; here it is called 0.": mean([f**2 for f in fake]) / 2,
            "The half is missing.": 2 * want,
            "The square is taken of the mean. Square each, then take the mean.": (mean(fake) - 1) ** 2 / 2,
            "The sign is wrong: G minimizes it.": -want,
        }
    elif name == "ebgan":
        want = mean(fake)
        own = {
            "The sign is wrong: a low energy is a good one, and G minimizes it.": -want,
            "That is D's part for made samples. G has no margin.": mean_above_0([m - f for f in fake]),
            "That is the real batch's energy.": mean(real),
        }
    else:
        want = -mean(fake)
        own = {
            "The sign is wrong: G wants D's outputs on its samples to be high.": -want,
            "G's loss has no margin and no maximum: it is minus the mean.": mean_above_0([1 - f for f in fake]),
            "That is minus the real batch's mean.": -mean(real),
            "That is D's loss once more.": of_D(name, real, fake, m)[0],
        }
    return want, {**own, "That is the sum over the batch. Take the mean.": len(fake) * want}


def claims_about(name: str) -> None:
    """Two claims about each pair: what D and what G minimizes."""
    for which, player, formula in ((0, "D", of_D), (1, "G", of_G)):

        def case(formula: Callable = formula) -> Case:
            real, fake, m = said_by_D(name)
            want, usual = formula(name, real, fake, m)
            where = f"D's outputs {said(tuple(real))} on real and {said(tuple(fake))} on made samples, margin {m:g}"
            return Case(where, want, usual, (real, fake, m))

        @check.that("critic_losses", f"{name}: {player}'s loss is the table's", point=True)
        def _(critic_losses: Callable, which: int = which, case: Callable = case, player: str = player) -> None:
            made = drawn(case)
            real, fake, m = made.inputs
            got = losses_of(critic_losses, name, column(real), column(fake), m)[which]
            made.compare(scalar(got), what=f"{player}'s loss for {name!r} is")


for one in ("least squares", "hinge", "wasserstein", "ebgan"):
    claims_about(one)


@check.that("critic_losses", "passes gradients to both batches, and G's loss to the made one")
def _(critic_losses: Callable) -> None:
    for name in ("least squares", "hinge", "wasserstein", "ebgan"):
        row_real, row_fake, m = said_by_D(name)
        for which, formula, whose in ((0, of_D, "D's"), (1, of_G, "G's")):
            real, fake = column(row_real).requires_grad_(), column(row_fake).requires_grad_()
            loss = losses_of(critic_losses, name, real, fake, m)[which]
            scalar(loss)
            differentiable(loss, f"{whose} loss for {name!r} is cut off from D's outputs: nothing could learn from it.")
            loss.backward()
            batches = ((real, row_real, 0, "real"), (fake, row_fake, 1, "made"))
            for tensor, row, place, kind in batches if which == 0 else batches[1:]:
                slopes = []
                for i in range(len(row)):
                    rows = [[list(row_real), list(row_fake)] for _ in range(2)]
                    rows[0][place][i] += 1e-4
                    rows[1][place][i] -= 1e-4
                    up, down = (formula(name, pair[0], pair[1], m)[0] for pair in rows)
                    slopes.append((up - down) / 2e-4)
                expect(tensor.grad is not None, f"{name}: no gradient of {whose} loss reaches the {kind} outputs.")
                what = f"the gradient of {whose} loss for the {kind} outputs is"
                expect_close(numbers(tensor.grad).flatten(), slopes, f"{name!r}", what=what, rtol=1e-3, atol=1e-3)


@check.that("critic_losses", "has a margin of 1 for EBGAN where none is given", alone=False)
def _(critic_losses: Callable) -> None:
    real, fake = chosen(0.4, between=(0.2, 1.0)), chosen(0.3, 0.6, between=(0.1, 0.9))
    got = critic_losses("ebgan", column(real), column(fake))
    want = mean(real) + mean([1 - f for f in fake])
    where = f"energies {said(real)} and {said(fake)} without a margin"
    expect_close(scalar(two(got, TWO_LOSSES.format(described(got)))[0]), want, where, what="D's loss is")


@check.that("critic_losses", "stays finite for outputs of ±1000", alone=False)
def _(critic_losses: Callable) -> None:
    real, fake = torch.tensor([[-1000.0], [3.0]]), torch.tensor([[1000.0]])
    for name, want in (("hinge", 500.5 + 1001), ("wasserstein", 1000 + 498.5)):
        got = scalar(losses_of(critic_losses, name, real, fake, 1.0)[0])
        expect_close(got, want, "outputs of −1000 and 3 (real), 1000 (made)", what=f"D's loss for {name!r} is")
