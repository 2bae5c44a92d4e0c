"""How a network is told: labels as rows, conditions beside noise and behind pictures; and what is refused."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, chosen, chosen_int, drawn, randn
from gancourse.checks.lesson_07.suite import check
from gancourse.checks.refusals import expect_refusal
from gancourse.checks.values import differentiable, expect_close, numbers


def rows_of(labels: tuple[int, ...], classes: int) -> Tensor:
    """One-hot rows, entry by entry."""
    return torch.tensor([[float(label == k) for k in range(classes)] for label in labels])


def some_labels() -> tuple[tuple[int, ...], int]:
    """Labels in a notebook, or others: of four classes, the highest of them never last."""
    classes = chosen_int(4, between=(4, 6))
    return (2, 0, classes - 2) if classes == 4 else (classes - 2, 1, 0), classes


@check.that("telling", "one_hot_labels: a row for each label, with a single 1 in it", point=True)
def _(telling: Callable) -> None:
    labels, classes = some_labels()
    want = rows_of(labels, classes)
    got = numbers(
        telling("labels", torch.tensor(labels), classes), (3, classes), advice="A row for each label, of `classes`."
    )
    usual = {
        "The 1 stands one place too far right: labels begin at 0.": want.roll(1, 1),
        "The 1 stands one place too far left: labels begin at 0.": want.roll(-1, 1),
        "The row holds the label itself. It should hold a 1 in the label's place.": want
        * torch.tensor(labels)[:, None],
        "There is a 0 in the label's place and a 1 everywhere else.": 1 - want,
        "The other entries should be 0, not −1.": 2 * want - 1,
    }
    expect_close(got, want, f"labels {', '.join(map(str, labels))} of {classes} classes", usual)


@check.that("telling", "one_hot_labels: the rows are floats, and an empty batch has none", alone=False)
def _(telling: Callable) -> None:
    got = telling("labels", torch.tensor([1, 0]), 3)
    numbers(got, (2, 3))
    kind = getattr(got, "dtype", None)
    floats = isinstance(got, Tensor) and got.is_floating_point()
    expect(floats, f"The rows should be floats, for networks to take them; they are {kind}.")
    numbers(telling("labels", torch.empty(0, dtype=torch.long), 3), (0, 3))


@check.that("telling", "one_hot_labels: refuses labels that are out of range, or no whole numbers")
def _(telling: Callable) -> None:
    beyond = chosen_int(7, between=(11, 99))
    expect_refusal(
        lambda: telling("labels", torch.tensor([0, beyond, 1]), 4),
        f"the label {beyond} of 4 classes (0 to 3)",
        (str(beyond),),
    )
    expect_refusal(lambda: telling("labels", torch.tensor([1, 4]), 4), "the label 4 of 4 classes (0 to 3)", ("4",))
    expect_refusal(lambda: telling("labels", torch.tensor([1, -2]), 4), "the label −2", ("-2", "−2"))
    expect_refusal(
        lambda: telling("labels", torch.tensor([1.0, 2.0]), 4),
        "labels that are floats (float32)",
        ("float", "1.", "2."),
    )


def beside(name: str) -> Case:
    """Two samples and their conditions, and what comes of joining them in ways that are not asked for."""
    first, second = chosen(0.5, -1.5, between=(-2.0, 2.0)), chosen(2.0, 3.0, between=(2.2, 4.0))
    asked = chosen(1.0, -1.0, between=(-0.9, 0.9))
    z, y = torch.tensor([first, second]), torch.tensor([[asked[0]], [asked[1]]])
    usual = {
        f"The condition stands first. It belongs behind {name}.": torch.cat([y, z], 1),
        "The condition is added. Put it beside the noise, as further numbers.": z + y,
        "The conditions are those of another sample: keep the order.": torch.cat([z, y.flip(0)], 1),
    }
    return Case("noise of two numbers and a condition of one", torch.cat([z, y], 1), usual, (z, y))


@check.that("telling", "join_noise: each z, and its condition behind it", point=True)
def _(telling: Callable) -> None:
    case = drawn(lambda: beside("z"))
    got = numbers(telling("noise", *case.inputs))
    if got.shape != (2, 2):  # that is z's own shape: then the case knows what was done
        numbers(got, (2, 3), advice="Each row holds z, and behind it its condition: (n, d + c).")
    case.compare(got)


def pictures_and_maps() -> tuple[Tensor, Tensor, Tensor]:
    """Pictures that are not square, conditions of two numbers, and both joined, channel by channel."""
    pictures, y = randn(3, 2, 3, 4), randn(3, 2)
    want = torch.empty(3, 4, 3, 4)
    for i in range(3):
        want[i, :2] = pictures[i]
        for k in range(2):
            want[i, 2 + k] = y[i, k]
    return pictures, y, want


@check.that("telling", "join_pictures: each number of the condition as a further channel, even", point=True)
def _(telling: Callable) -> None:
    pictures, y, want = pictures_and_maps()
    got = numbers(
        telling("pictures", pictures, y), (3, 4, 3, 4), advice="Channels of the picture, then one for each number of y."
    )
    swapped = want.clone()
    swapped[:, 2:] = want[:, 2:].flip(1)
    usual = {
        "The maps stand before the picture's channels. They belong behind.": torch.cat([want[:, 2:], want[:, :2]], 1),
        "The channels of the condition are in another order than in y.": swapped,
    }
    where = "three pictures of 2 channels, 3 × 4 pixels, and conditions of two numbers"
    expect_close(got, want, where, usual, show=False)


@check.that("telling", "both joins hand gradients on, to the sample and to the condition")
def _(telling: Callable) -> None:
    for which, x in (("noise", randn(2, 3)), ("pictures", randn(2, 3, 4, 4))):
        x, y = x.requires_grad_(), randn(2, 2).requires_grad_()
        joined = telling(which, x, y)
        differentiable(joined, f"join_{which} cuts off the gradient: nothing behind it can learn.")
        joined.sum().backward()
        for name, given, want in (("the sample", x, 1.0), ("the condition", y, 16.0 if which == "pictures" else 1.0)):
            expect(given.grad is not None, f"join_{which}: no gradient reaches {name}, which may be learned, too.")
            expect_close(
                numbers(given.grad),
                torch.full(given.shape, want),
                f"join_{which}",
                what=f"the sum's gradient on {name} is",
            )


@check.that("telling", "both joins refuse conditions of another length than the batch, and NaN")
def _(telling: Callable) -> None:
    n, rows = chosen_int(5, between=(5, 7)), chosen_int(3, between=(3, 4))
    for which, x in (("noise", randn(n, 2)), ("pictures", randn(n, 3, 4, 4))):
        expect_refusal(
            lambda which=which, x=x: telling(which, x, randn(rows, 2)),
            f"{rows} conditions and a batch of {n} (join_{which})",
            (str(rows),),
        )
        expect_refusal(
            lambda which=which, x=x: telling(which, x, randn(1, 2)), f"one condition and a batch of {n} (join_{which})",
            ("1",),
        )  # fmt: skip
        y = randn(n, 2)
        y[1, 0] = float("nan")
        expect_refusal(
            lambda which=which, x=x, y=y: telling(which, x, y), f"a condition with NaN (join_{which})", ("nan",)
        )
