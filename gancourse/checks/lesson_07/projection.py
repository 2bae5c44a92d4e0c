"""Why the label may come in as an inner product, step by step, and that product itself.

Miyato and Koyama, "cGANs with Projection Discriminator", ICLR 2018, arXiv:1802.05637, section 3, eq. 1 to 3. Steps are
compared on tables of a few pictures and labels, each on its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, chosen, chosen_int, drawn, probabilities, randn
from gancourse.checks.inputs import fresh as inputs_are_fresh
from gancourse.checks.lesson_07.suite import check
from gancourse.checks.values import differentiable, expect_close, leaves_alone, numbers

PROJECTION_STEPS = (
    "the best logit",
    "the picture's part",
    "the label's part",
    "the label's probability",
    "the projection",
    "the rest",
)


def joint(*friendly: float) -> Tensor:
    """A table of probabilities of 2 pictures (rows) and 3 labels, sum 1, float64."""
    values = probabilities(6) if inputs_are_fresh() else friendly
    return torch.tensor(values, dtype=torch.float64).reshape(2, 3)


def tables() -> tuple[Tensor, Tensor]:
    """p of the data, q of the generator."""
    return joint(0.1, 0.2, 0.1, 0.3, 0.1, 0.2), joint(0.2, 0.05, 0.05, 0.1, 0.35, 0.25)


def vectors() -> tuple[Tensor, Tensor, Tensor]:
    """Features of 2 pictures, and a vector for each of 3 labels, of the data and of the generator."""
    phi = chosen(1.0, 2.0, -1.0, 0.5, between=(-2.0, 2.0))
    of_p = chosen(0.5, 1.0, -0.5, 0.25, 1.5, -1.0, between=(-2.0, 2.0))
    of_q = chosen(1.0, 0.5, 0.75, -0.75, 0.3, 1.2, between=(-2.0, 2.0))
    shaped = [torch.tensor(v, dtype=torch.float64).reshape(-1, 2) for v in (phi, of_p, of_q)]
    return shaped[0], shaped[1], shaped[2]


def scores(phi: Tensor, v: Tensor) -> Tensor:
    """Inner products of each picture's features with each label's vector, one by one."""
    return torch.stack([torch.stack([(f * row).sum() for row in v]) for f in phi])


def log_sum(s: Tensor) -> Tensor:
    """log Σ exp of each row."""
    return torch.tensor([math.log(sum(math.exp(x) for x in row)) for row in s.tolist()], dtype=torch.float64)


def compare_projection(answer: Callable, step: int, case: Case, shape: Sequence[int]) -> None:
    """Compare what one step gives with its case."""
    name = PROJECTION_STEPS[step - 1]
    advice = "There is one for each picture." if len(shape) == 1 else "Pictures are rows, labels columns."
    got = numbers(answer(step, **dict(case.inputs)), shape, f"What step {step}, {name}, returns", advice)
    case.compare(got, what=f"step {step}, {name}, gives")


def given_as(**given: Any) -> tuple[Any, ...]:
    return tuple(given.items())


def first_projection() -> Case:
    p, q = tables()
    want = p.log() - q.log()
    usual = {
        "The sign is wrong: D is for the data, so p stands on top.": -want,
        "That is the ratio. The logit is its logarithm.": p / q,
        "That is D, a probability, p/(p + q). Asked is its logit.": p / (p + q),
        "That is log D. Asked is the logit.": (p / (p + q)).log(),
        "Those are logarithms to base 2.": want / math.log(2),
    }
    return Case("two tables", want, usual, given_as(p=p, q=q))


def second_projection() -> Case:
    p, q = tables()
    want = p.sum(1).log() - q.sum(1).log()
    usual = {
        "The sign is wrong: p stands on top.": -want,
        "That is the sum of the logits. Sum the probabilities over the labels first.": (p.log() - q.log()).sum(1),
        "That is the mean of the logits. Sum the probabilities over the labels first.": (p.log() - q.log()).mean(1),
        "That is the ratio. Asked is its logarithm.": p.sum(1) / q.sum(1),
        "That is log p(x) alone.": p.sum(1).log(),
    }
    return Case("two tables", want, usual, given_as(p=p, q=q))


def third_projection() -> Case:
    p, q = tables()
    of = [t / t.sum(1, keepdim=True) for t in (p, q)]
    want = of[0].log() - of[1].log()
    by_label = [t / t.sum(0, keepdim=True) for t in (p, q)]
    usual = {
        "That is step 1: p(y | x) is the table divided by its rows' sums.": p.log() - q.log(),
        "That is x given y. Divide by the sums over the labels, the rows' sums.": by_label[0].log() - by_label[1].log(),
        "The sign is wrong: p stands on top.": -want,
        "That is the ratio. Asked is its logarithm.": of[0] / of[1],
        "Step 2 is added instead of taken away.": 2 * (p.log() - q.log()) - want,
    }
    return Case("two tables", want, usual, given_as(p=p, q=q))


def fourth_projection() -> Case:
    phi, v, _ = vectors()
    s = scores(phi, v)
    want = s - log_sum(s)[:, None]
    usual = {
        "Those are the inner products alone. log Z(x) is missing: probabilities have sum 1.": s,
        "log Z(x) is added. Take it away.": s + log_sum(s)[:, None],
        "Those are probabilities. Asked are their logarithms.": want.exp(),
        "Z sums over the pictures. It sums over the labels, for each picture.": s - log_sum(s.T.contiguous())[None, :],
        "Z is taken away, not its logarithm.": s - log_sum(s).exp()[:, None],
    }
    return Case("features and vectors", want, usual, given_as(phi=phi, v_p=v))


def fifth_projection() -> Case:
    phi, v_p, v_q = vectors()
    want = scores(phi, v_p) - scores(phi, v_q)
    usual = {
        "That is the data's part alone. The generator's vectors are taken away: V = V_p − V_q.": scores(phi, v_p),
        "The sign is wrong: V = V_p − V_q.": -want,
        "The two are added. V = V_p − V_q.": scores(phi, v_p) + scores(phi, v_q),
        "Something that does not depend on y is left in it: Z belongs to the rest.": want
        - log_sum(scores(phi, v_p))[:, None]
        + log_sum(scores(phi, v_q))[:, None],
    }
    return Case("features and two sets of vectors", want, usual, given_as(phi=phi, v_p=v_p, v_q=v_q))


def sixth_projection() -> Case:
    (p, q), (phi, v_p, v_q) = tables(), vectors()
    r, z_p, z_q = p.sum(1).log() - q.sum(1).log(), log_sum(scores(phi, v_p)), log_sum(scores(phi, v_q))
    want = r - z_p + z_q
    usual = {
        "The picture's part, step 2, is missing.": -z_p + z_q,
        "That is step 2 alone: what the logarithms of both Z leave is missing.": r,
        "The logarithms of Z have the wrong signs: that of the data is taken away.": r + z_p - z_q,
        "Only the data's Z is there. The generator's is added.": r - z_p,
        "Both Z are taken away. That of the generator is added, for it stands under the ratio.": r - z_p - z_q,
        "The Z themselves are there, not their logarithms.": r - z_p.exp() + z_q.exp(),
    }
    return Case("tables, features, vectors", want, usual, given_as(p=p, q=q, phi=phi, v_p=v_p, v_q=v_q))


@check.that("projection_steps", "step 1: the logit of the best D that is told y")
def _(answer: Callable) -> None:
    compare_projection(answer, 1, drawn(first_projection), (2, 3))


@check.that("projection_steps", "step 2: what of it depends on the picture alone")
def _(answer: Callable) -> None:
    compare_projection(answer, 2, drawn(second_projection), (2,))


@check.that("projection_steps", "step 3: what is left, the label's part")
def _(answer: Callable) -> None:
    compare_projection(answer, 3, drawn(third_projection), (2, 3))


@check.that("projection_steps", "step 4: log p(y | x), if it is a softmax")
def _(answer: Callable) -> None:
    compare_projection(answer, 4, drawn(fourth_projection), (2, 3))


@check.that("projection_steps", "step 5: the projection, where the label meets the features", point=True)
def _(answer: Callable) -> None:
    compare_projection(answer, 5, drawn(fifth_projection), (2, 3))


@check.that("projection_steps", "step 6: the rest, which knows nothing of y")
def _(answer: Callable) -> None:
    compare_projection(answer, 6, drawn(sixth_projection), (2,))


@check.that("projection_steps", "steps 4 and 6 hold for inner products of ±1,000", alone=False)
def _(answer: Callable) -> None:
    phi = torch.tensor([[1.0, 0.0], [-1.0, 0.0]], dtype=torch.float64)
    v = torch.tensor([[1000.0, 0.0], [0.0, 0.0]], dtype=torch.float64)
    advice = "Something overflows: e¹⁰⁰⁰ is infinite. torch.logsumexp and F.log_softmax take the largest out first."
    got = answer(4, phi=phi, v_p=v)
    try:
        finite = bool(torch.as_tensor(got).isfinite().all())
    except (TypeError, RuntimeError, ValueError):
        finite = True
    expect(finite, advice)
    expect_close(numbers(got, (2, 2)), torch.tensor([[0.0, -1000.0], [-1000.0, 0.0]]), "inner products of ±1,000")
    even = torch.full((2, 2), 0.25, dtype=torch.float64)
    got = answer(6, p=even, q=even, phi=phi, v_p=v, v_q=torch.zeros(2, 2, dtype=torch.float64))
    expect(bool(torch.as_tensor(got).isfinite().all()), advice)
    expect_close(numbers(got, (2,)), torch.tensor([math.log(2) - 1000, math.log(2)]), "inner products of ±1,000")


# --- the projection as a layer ---------------------------------------------------------------------


def headed() -> Case:
    """Two pictures of two features on 1 × 2 places, and what the usual slips make of them."""
    features = chosen(1.0, 2.0, 0.5, -1.0, 3.0, 1.0, 2.0, -0.5, between=(-3.0, 3.0))
    maps = torch.tensor(features, dtype=torch.float64).reshape(2, 2, 1, 2)
    y = torch.tensor(chosen(1.0, 0.0, -1.0, 0.5, 0.25, 1.0, between=(-2.0, 2.0)), dtype=torch.float64).reshape(2, 3)
    v = torch.tensor(chosen(0.5, 1.0, -1.0, 2.0, 1.5, 0.25, between=(-2.0, 2.0)), dtype=torch.float64).reshape(3, 2)
    w = torch.tensor(chosen(0.3, -0.7, between=(-1.5, 1.5)), dtype=torch.float64)
    (b,) = chosen(0.4, between=(0.2, 1.0))
    phi, mean = maps[..., 0, 0] + maps[..., 0, 1], maps.mean((2, 3))

    def logits(phi: Tensor, of_y: float = 1.0, of_w: float = 1.0, bias: float = b, rows: Tensor = y) -> Tensor:
        told = torch.stack([(rows[i] @ v * phi[i]).sum() for i in range(2)])
        return (of_y * told + of_w * phi @ w + bias)[:, None]

    usual = {
        "The features are averaged over their places. They are summed.": logits(mean),
        "The projection is missing: this D is told nothing.": logits(phi, of_y=0.0),
        "w · φ is missing: this D judges the label alone.": logits(phi, of_w=0.0),
        "The bias b is missing.": logits(phi, bias=0.0),
        "b is taken away.": logits(phi, bias=-b),
        "The projection is taken away. It is added.": logits(phi, of_y=-1.0),
        "Each picture is judged by another one's y.": logits(phi, rows=y.flip(0)),
        "The largest of each place is taken. Features are summed over their places.": logits(maps.amax((2, 3))),
    }
    where = "two pictures of two features at two places each, and conditions of three numbers"
    return Case(where, logits(phi), usual, (maps, y, v, w, b))


@check.that("projection_logits", "is yᵀVφ + w · φ + b, with φ summed over the places", point=True)
def _(answer: Callable) -> None:
    case = drawn(headed)
    got = numbers(answer(*case.inputs), (2, 1), advice="There is one logit for each picture: shape (n, 1).")
    case.compare(got)


@check.that("projection_logits", "picks the label's row of V where y is one-hot")
def _(answer: Callable) -> None:
    maps, v, w = randn(4, 5, 2, 3), randn(3, 5), randn(5)
    labels = [chosen_int(k, between=(0, 2)) for k in (2, 0, 1, 2)]
    y = torch.eye(3)[labels]
    got = numbers(answer(maps, y, v, w, 0.5), (4, 1))
    phi = maps.double().flatten(2).sum(2)
    want = torch.stack([phi[i] @ (v[k] + w).double() + 0.5 for i, k in enumerate(labels)])[:, None]
    expect_close(
        got, want, f"one-hot rows of the labels {', '.join(map(str, labels))}", rtol=1e-3, atol=1e-4, show=False
    )


@check.that("projection_logits", "judges each picture by itself, however large the batch", alone=False)
def _(answer: Callable) -> None:
    maps, y, v, w = randn(3, 4, 2, 2), randn(3, 2), randn(2, 4), randn(4)
    together = numbers(answer(maps, y, v, w, 0.1), (3, 1))
    alone = torch.cat([numbers(answer(maps[i : i + 1], y[i : i + 1], v, w, 0.1), (1, 1)) for i in range(3)])
    expect_close(together, alone, "three pictures at once and one by one", rtol=1e-3, atol=1e-4)


@check.that("projection_logits", "hands gradients on to the features, to V and to w")
def _(answer: Callable) -> None:
    maps, y, v, w = randn(3, 4, 2, 2).requires_grad_(), randn(3, 2), randn(2, 4).requires_grad_(), randn(4)
    w.requires_grad_()
    out = answer(maps, y, v, w, 0.1)
    differentiable(out, "The logits are cut off from what they are computed of: nothing can learn.")
    out.sum().backward()
    phi = maps.detach().double().sum((2, 3))
    for name, given, want in (("V", v, y.double().T @ phi), ("w", w, phi.sum(0))):
        expect(given.grad is not None, f"No gradient reaches {name}.")
        expect_close(numbers(given.grad), want, "random inputs", what=f"{name}'s gradient is", rtol=1e-3, atol=1e-4)
    expect(maps.grad is not None, "No gradient reaches the features.")


@check.that("projection_logits", "leaves what it is given as it was", alone=False)
def _(answer: Callable) -> None:
    leaves_alone(answer, randn(2, 3, 2, 2), randn(2, 2), randn(2, 3), randn(3), 0.1)
