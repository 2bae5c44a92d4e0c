"""Orthogonal regularization, step by step: what the diagonal wants, and what is left without it.

Brock, Donahue and Simonyan (2019), arXiv:1809.11096, section 3.1, eq. 3; the strict form is that of Brock, Lim, Ritchie
and Weston, arXiv:1609.07093. Filters are rows here, columns there.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, chosen, drawn, fresh, randn
from gancourse.checks.lesson_15.suite import check
from gancourse.checks.values import differentiable, expect_close, number, numbers

FRIENDLY_FILTERS = (
    (1.0, -0.5, 0.25, 2.0, -1.0, 0.5, 1.5, -0.25),
    (0.5, 1.0, -1.5, 0.75, 0.25, -0.5, 1.0, 1.25),
    (-1.0, 0.75, 0.5, -0.25, 1.5, 1.0, -0.5, 0.25),
)


def three_filters() -> Tensor:
    """A kernel (3, 2, 2, 2) of plain numbers."""
    values = torch.tensor(FRIENDLY_FILTERS)
    if fresh():
        values = (100 * randn(3, 8)).round() / 100
        values += values.sign() * 0.2
    return values.reshape(3, 2, 2, 2)


def pairs_of(weight: Tensor) -> list[list[float]]:
    """The inner product of each filter with each, by going through all numbers."""
    rows = weight.double().flatten(1).tolist()
    return [[sum(p * q for p, q in zip(one, other, strict=True)) for other in rows] for one in rows]


def products_case() -> Case:
    weight = three_filters()
    rows = weight.double().flatten(1)
    gram = torch.tensor(pairs_of(weight), dtype=torch.float64)
    usual = {
        "Each product is divided by both lengths: these are cosines.": gram
        / (rows.norm(dim=1, keepdim=True) * rows.norm(dim=1)),
        "The inputs of all filters are compared, not the filters. Flatten each filter to a row.": torch.einsum(
            "oikl,pjkl->op", weight.double(), weight.double()
        ),
        "Only the first place of each filter is counted.": torch.einsum(
            "oi,pi->op", weight.double()[:, :, 0, 0], weight.double()[:, :, 0, 0]
        ),
        "The diagonal is left out already: that is step 4.": gram - torch.diag(gram.diagonal()),
        "The identity is taken off already: that is step 2.": gram - torch.eye(3),
        "The products are squared already.": gram.square(),
    }
    return Case("this kernel", gram, usual, (weight,))


def strict_case() -> Case:
    weight = three_filters()
    gram = pairs_of(weight)
    off = sum(gram[i][j] ** 2 for i in range(3) for j in range(3) if i != j)
    want = off + sum((gram[i][i] - 1) ** 2 for i in range(3))
    columns = weight.double().flatten(1)
    wide = (columns.T @ columns - torch.eye(8)).square().sum()
    usual = {
        "The root is taken: the norm itself. Its square is asked.": want**0.5,
        "That is the mean over all pairs. Take the sum.": want / 9,
        "The diagonal is left out: that is step 4.": off,
        "The identity is not taken off.": off + sum(gram[i][i] ** 2 for i in range(3)),
        "That is the product of columns: filters are rows, so W Wᵀ.": float(wide),
        "The differences are added up without being squared.": sum(map(sum, gram)) - 3,
        "Their sizes are added up without being squared.": sum(
            abs(gram[i][j] - (i == j)) for i in range(3) for j in range(3)
        ),
        "Each pair is counted once. In the matrix it stands twice.": want - off / 2,
        "1 is taken off everywhere. The identity has ones on the diagonal alone.": sum(
            (gram[i][j] - 1) ** 2 for i in range(3) for j in range(3)
        ),
    }  # fmt: skip
    return Case("this kernel", want, usual, (weight,))


def lengths_case() -> Case:
    (r,) = chosen(1.5, between=(1.2, 2.5))
    usual = {
        "That is the penalty, (r² − 1)². Its derivative is asked.": (r**2 - 1) ** 2,
        "The inner derivative, 2r, is missing.": 2 * (r**2 - 1),
        "The 4 is a 2: (r² − 1)² has two factors, and r² two as well.": 2 * r * (r**2 - 1),
        "That is the derivative of r⁴: the 1 is missing.": 4 * r**3,
        "The sign is the other way around.": -4 * r * (r**2 - 1),
        "That is the derivative of (r − 1)²: the diagonal holds r², not r.": 2 * (r - 1),
    }
    return Case(f"a filter of the length {r:g}", 4 * r * (r**2 - 1), usual, (r,))


def off_case() -> Case:
    weight = three_filters()
    gram = pairs_of(weight)
    want = sum(gram[i][j] ** 2 for i in range(3) for j in range(3) if i != j)
    on = sum(gram[i][i] ** 2 for i in range(3))
    rows = weight.double().flatten(1)
    cosines = (rows @ rows.T) / (rows.norm(dim=1, keepdim=True) * rows.norm(dim=1))
    usual = {
        "The diagonal is still in it.": want + on,
        "The diagonal is still in it, less 1: that is step 2.": want + sum((gram[i][i] - 1) ** 2 for i in range(3)),
        "Only the diagonal is left.": on,
        "The root is taken: the norm itself. Its square is asked.": want**0.5,
        "Each pair is counted once. In the matrix it stands twice.": want / 2,
        "That is a mean. Take the sum.": want / 9,
        "That is the mean over what is not on the diagonal. Take the sum.": want / 6,
        "The products are added up without being squared.": sum(
            gram[i][j] for i in range(3) for j in range(3) if i != j
        ),
        "Filters are divided by their lengths first. They are taken as they are.": float(
            cosines.square().sum() - 3
        ),
    }  # fmt: skip
    return Case("this kernel", want, usual, (weight,))


def slope_case() -> Case:
    weight = three_filters()
    gram = pairs_of(weight)
    rows = weight.double().flatten(1)
    made = torch.zeros_like(rows)
    for i in range(3):
        for j in range(3):
            if i != j:
                made[i] += 4 * gram[i][j] * rows[j]
    whole = torch.tensor(gram, dtype=torch.float64) @ rows
    shape = weight.shape
    usual = {
        "The factor is 4: each pair stands in the matrix twice, and a square has the derivative 2.": (made / 2).reshape(
            shape
        ),
        "The factor 4 is missing.": (made / 4).reshape(shape),
        "The diagonal is still in it.": (4 * whole).reshape(shape),
        "That is the gradient of step 2.": (4 * (whole - rows)).reshape(shape),
        "The sign is the other way around: that is the way down.": (-made).reshape(shape),
        "A filter is pulled along itself. Each is pushed along the others.": torch.stack(
            [4 * sum(gram[i][j] for j in range(3) if j != i) * rows[i] for i in range(3)]
        ).reshape(shape),
        "The products stand in it by their sizes, without their signs.": torch.stack(
            [4 * torch.stack([abs(gram[i][j]) * rows[j] for j in range(3) if j != i]).sum(0) for i in range(3)]
        ).reshape(shape),
    }
    return Case("this kernel", made.reshape(shape), usual, (weight,))


def longer_case() -> Case:
    (factor,) = chosen(3.0, between=(1.5, 4.0))
    usual = {
        "Inner products grow with the square of a length; and the penalty is their square.": factor**2,
        "That is how lengths grow.": factor,
        "The penalty is made of inner products, not of lengths; it is not free of them.": 1.0,
        "That is the third power. Two lengths in each product, and then its square.": factor**3,
        "Lengths and penalty grow together.": 1 / factor**4,
        "It is added up, not multiplied.": 4 * factor,
    }
    return Case(f"filters {factor:g} times as long", factor**4, usual, (factor,))


def compare_orthogonal(answer: Callable, step: int, make: Callable[[], Case]) -> None:
    """Ask for one step of the derivation."""
    case = drawn(make)
    name = {3: "length", 6: "factor"}.get(step, "weight")
    got = answer(step, **{name: case.inputs[0]})
    if name == "weight":
        marked = case.inputs[0].requires_grad or case.inputs[0].grad is not None
        expect(not marked, "The kernel takes gradients now, or has some in it. It is to stay as it is.")
    if step in (1, 5):
        shape = (3, 3) if step == 1 else (3, 2, 2, 2)
        case.compare(numbers(got, shape, advice="One for each pair." if step == 1 else "In the kernel's shape."))
        return
    case.compare(number(got))


@check.that("orthogonal_steps", "step 1: the inner products of all pairs of filters")
def _(answer: Callable) -> None:
    compare_orthogonal(answer, 1, products_case)


@check.that("orthogonal_steps", "step 2: the strict penalty")
def _(answer: Callable) -> None:
    compare_orthogonal(answer, 2, strict_case)


@check.that("orthogonal_steps", "step 3: what its diagonal does to one filter's length")
def _(answer: Callable) -> None:
    compare_orthogonal(answer, 3, lengths_case)
    at_one = number(answer(3, length=1.0))
    expect_close(at_one, 0.0, "a filter of the length 1", what="the derivative is")


@check.that("orthogonal_steps", "step 4: the penalty without the diagonal", point=True)
def _(answer: Callable) -> None:
    compare_orthogonal(answer, 4, off_case)


@check.that("orthogonal_steps", "step 4: gradients pass, to what step 5 says")
def _(answer: Callable) -> None:
    case = drawn(slope_case)
    weight = case.inputs[0].clone().requires_grad_()
    out = answer(4, weight=weight)
    differentiable(out, "The penalty is cut off from the kernel: it could not teach it anything.")
    out.backward()
    case.compare(numbers(weight.grad, weight.shape), what="step 4's gradient is")


@check.that("orthogonal_steps", "step 5: its gradient", point=True)
def _(answer: Callable) -> None:
    compare_orthogonal(answer, 5, slope_case)


@check.that("orthogonal_steps", "step 6: what longer filters cost")
def _(answer: Callable) -> None:
    compare_orthogonal(answer, 6, longer_case)


@check.that("orthogonal_steps", "steps 4 and 5: nothing where filters stand upright on each other", alone=False)
def _(answer: Callable) -> None:
    weight = torch.zeros(3, 1, 2, 2)
    for k, length in enumerate(chosen(0.5, 2.0, 3.0, between=(0.3, 4.0))):
        weight[k, 0].view(-1)[k] = length
    for step in (4, 5):
        got = numbers(answer(step, weight=weight))
        expect(
            bool((got.abs() < 1e-3).all()),
            f"For filters at right angles step {step} should be 0, whatever their lengths; it is not.",
        )
