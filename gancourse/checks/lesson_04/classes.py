"""Scores on class probabilities: entropy, divergence, the Inception Score (Salimans et al., 2016, section 4)."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from gancourse.checks.core import Miss, expect
from gancourse.checks.inputs import Case, chosen, chosen_int, drawn
from gancourse.checks.lesson_04.parts import part_called
from gancourse.checks.lesson_04.suite import check
from gancourse.checks.values import NOTHING, close, expect_close, leaves_alone, number, numbers, plain, pretty


def distribution(*friendly: float) -> Tensor:
    """A distribution: these weights, or fresh ones, divided by their sum; (K,) in double precision."""
    weights = torch.tensor(chosen(*friendly, between=(1.0, 9.0)), dtype=torch.float64)
    return weights / weights.sum()


def told_probabilities(p: Tensor) -> str:
    """A distribution, or a table of them, as a sentence has it."""
    if p.ndim == 2:
        return " and ".join(told_probabilities(row) for row in p)
    return f"({', '.join(f'{x:.3g}' for x in p.tolist())})"


def nats(p: Tensor) -> Tensor:
    """Entropies over the last dimension, of probabilities above 0."""
    return -(p * p.log()).sum(-1)


def relative(p: Tensor, q: Tensor) -> Tensor:
    """Divergences over the last dimension, of probabilities above 0."""
    return (p * (p / q).log()).sum(-1)


# --- information: entropy and divergence ---------------------------------------------------------


WARM_UPS = {
    "entropy": (torch.tensor([0.5, 0.25, 0.25]),),
    "kl_divergence": (torch.tensor([0.5, 0.5]), torch.tensor([0.25, 0.75])),
}
"""What the exercise asks for, in order, and what each can be asked."""


def one_entropy() -> Case:
    p = distribution(2.0, 1.0, 1.0)
    want = nats(p)
    usual = {
        "The sign is wrong: logarithms of probabilities are negative, an entropy is not.": -want,
        "That is in bits. Use the natural logarithm.": want / math.log(2),
        "That is with the logarithm to base 10. Use the natural one.": want / math.log(10),
        "That is the mean of the terms. The entropy is their sum.": want / 3,
        "The weights are missing: each logarithm is weighed by its probability.": -p.log().sum(),
        "That is the mean of −log p. Each logarithm is weighed by its probability.": -p.log().mean(),
        "That is exp(H), the number of classes it amounts to. Here H itself is asked.": want.exp(),
        "A softmax was applied. `p` holds probabilities already, not logits.": nats(p.softmax(-1)),
        "That is 1 − Σ p², another measure of spread.": 1 - p.square().sum(),
    }
    return Case(f"p = {told_probabilities(p)}", want, usual, (p.float(),))


@check.that("information", "entropy is −Σ p log p, in nats", point=True)
def _(information: Callable) -> None:
    entropy = part_called(information, "entropy", WARM_UPS)
    case = drawn(one_entropy)
    case.compare(number(entropy(*case.inputs)))


@check.that("information", "entropy gives one value for each row of a table", point=True)
def _(information: Callable) -> None:
    entropy = part_called(information, "entropy", WARM_UPS)
    p = torch.stack(
        [distribution(1.0, 3.0, 2.0, 2.0), distribution(1.0, 1.0, 1.0, 5.0), distribution(4.0, 4.0, 1.0, 1.0)]
    )
    advice = "Sum over the last dimension alone."
    got = numbers(entropy(p.float()), (3,), "For a table of shape (3, 4) the result", advice)
    expect_close(got, nats(p), "a table of three distributions")
    got = numbers(entropy(p.float().reshape(3, 1, 4)), (3, 1), "For shape (3, 1, 4) the result", advice)
    expect_close(got, nats(p)[:, None], "the same of shape (3, 1, 4)")


@check.that(
    "information", "entropy is 0 where one class is certain, and log K where all are equally likely", alone=False
)
def _(information: Callable) -> None:
    entropy = part_called(information, "entropy", WARM_UPS)
    k = chosen_int(4, between=(3, 9))
    p = torch.stack([torch.eye(k)[1], torch.full((k,), 1 / k)])
    got = numbers(entropy(p), (2,))
    advice = "Where p is 0 nothing is added: 0 · log 0 counts as 0, and an added constant spoils other values."
    off = "Something added to p, or a bound on it, is too coarse." if abs(got[0]) < 0.2 else advice
    expect_close(got, [0.0, math.log(k)], f"certainty, and {k} equal shares", usual={off: got})
    two = distribution(3.0, 1.0)
    told = f"p = ({', '.join(f'{x:.3g}' for x in two.tolist())}, 0)"
    got = number(entropy(torch.cat([two.float(), torch.zeros(1)])))
    whole = "It is the term that counts 0, not all of the row: what comes of the other classes is lost."
    expect_close(got, nats(two), told, usual={whole: 0.0})


@check.that("information", "entropy leaves p as it was", alone=False)
def _(information: Callable) -> None:
    entropy = part_called(information, "entropy", WARM_UPS)
    leaves_alone(entropy, distribution(2.0, 1.0, 1.0).float())
    leaves_alone(entropy, torch.eye(3))  # zeros are what one would fill in place


# --- kl_divergence --------------------------------------------------------------------------


def one_divergence() -> Case:
    p, q = distribution(2.0, 1.0, 1.0), distribution(6.0, 1.0, 1.0)
    want, middle = relative(p, q), (p + q) / 2
    usual = {
        "p and q are swapped: the first argument is the one that weighs.": relative(q, p),
        "The sign is wrong: a divergence is never negative.": -want,
        "That is the cross-entropy −Σ p log q. Subtract the entropy of p.": -(p * q.log()).sum(),
        "That is Σ p log q. Σ p log p is missing, and the sign.": (p * q.log()).sum(),
        "That is in bits. Use the natural logarithm.": want / math.log(2),
        "That is the mean of the terms. The divergence is their sum.": want / 3,
        "The weights p are missing.": (p / q).log().sum(),
        "That is the symmetric sum KL(p‖q) + KL(q‖p).": want + relative(q, p),
        "That is the Jensen–Shannon divergence.": (relative(p, middle) + relative(q, middle)) / 2,
        "That is H(p) − H(q). The second logarithm is weighed by p as well.": nats(p) - nats(q),
        "That is H(q) − H(p). The second logarithm is weighed by p as well.": nats(q) - nats(p),
    }
    return Case(f"p = {told_probabilities(p)} and q = {told_probabilities(q)}", want, usual, (p.float(), q.float()))


@check.that("information", "kl_divergence is Σ p log(p/q), in nats", point=True)
def _(information: Callable) -> None:
    divergence = part_called(information, "kl_divergence", WARM_UPS)
    case = drawn(one_divergence)
    case.compare(number(divergence(*case.inputs)))


@check.that("information", "kl_divergence compares a table with one distribution, row by row", point=True)
def _(information: Callable) -> None:
    divergence = part_called(information, "kl_divergence", WARM_UPS)
    p = torch.stack(
        [distribution(1.0, 3.0, 2.0, 2.0), distribution(1.0, 1.0, 1.0, 5.0), distribution(4.0, 4.0, 1.0, 1.0)]
    )
    q = distribution(2.0, 1.0, 3.0, 1.0)
    advice = "Sum over the last dimension alone."
    got = numbers(divergence(p.float(), q.float()), (3,), "For shapes (3, 4) and (4,) the result", advice)
    expect_close(got, relative(p, q), "a table p and one q")
    got = numbers(divergence(q.float(), p.float()), (3,), "For shapes (4,) and (3, 4) the result", advice)
    expect_close(got, relative(q, p), "one p and a table q")


@check.that("information", "kl_divergence adds nothing where p is 0, even if q is 0 too")
def _(information: Callable) -> None:
    divergence = part_called(information, "kl_divergence", WARM_UPS)
    p, q = distribution(3.0, 1.0), distribution(1.0, 1.0, 2.0)
    some, zero = torch.tensor([0.0]), torch.zeros(1)
    got = number(divergence(torch.cat([p.float(), some]), q.float()), "KL where a p is 0")
    advice = "Where p is 0 the term is 0. Something added to p or q, or a bound on them, spoils the rest."
    want = relative(p, q[:2])
    expect_close(
        got, want, f"p = ({told_probabilities(p)[1:-1]}, 0) and q = {told_probabilities(q)}", usual={advice: got}
    )
    r = distribution(1.0, 2.0)
    got = number(divergence(torch.cat([p.float(), zero]), torch.cat([r.float(), zero])), "KL where p and q are 0")
    expect_close(got, relative(p, r), "a class that has no probability in p or q", usual={advice: got})


@check.that("information", "kl_divergence is infinite where q rules out what p has", alone=False)
def _(information: Callable) -> None:
    divergence = part_called(information, "kl_divergence", WARM_UPS)
    p = distribution(2.0, 1.0, 1.0).float()
    q = torch.cat([distribution(1.0, 1.0).float(), torch.zeros(1)])
    got = divergence(p, q)
    expect(got is not None, NOTHING)
    try:
        value = plain(got).double()
    except (TypeError, ValueError, RuntimeError):
        raise Miss("The result should be a number.") from None
    expect(value.numel() == 1, "The result should be one number.")
    where = f"For p = {told_probabilities(p)} and q = {told_probabilities(q)}"
    expect(not bool(value.isnan().any()), f"{where} it is NaN; expected infinity. There is a 0 · ∞ or an ∞ − ∞ in it.")
    advice = "Something was added to q, or it was bounded: then the impossible costs a finite price."
    expect(bool((value == math.inf).all()), f"{where} you return {pretty(value)}; expected infinity.\n{advice}")


@check.that("information", "kl_divergence is 0 for equal distributions, and leaves them as they were", alone=False)
def _(information: Callable) -> None:
    divergence = part_called(information, "kl_divergence", WARM_UPS)
    p = distribution(2.0, 1.0, 1.0).float()
    expect_close(number(divergence(p, p.clone())), 0.0, "p = q")
    leaves_alone(divergence, p, distribution(1.0, 1.0, 3.0).float())
    leaves_alone(divergence, torch.eye(3)[0], torch.tensor([0.5, 0.5, 0.0]))


# --- inception_score ------------------------------------------------------------------------


def three_pictures() -> Case:
    p = torch.stack([distribution(3.0, 1.0, 1.0), distribution(1.0, 3.0, 2.0), distribution(2.0, 4.0, 1.0)]).square()
    p = p / p.sum(1, keepdim=True)  # squared: the network is surer, and mistakes are farther from each other
    mean, k = p.mean(0), p.shape[1]
    each = relative(p, mean)
    want = each.mean().exp()
    usual = {
        "That is the mean divergence. Its exponential is the score.": each.mean(),
        "The exponential comes last: it is of the mean, not the mean of exponentials.": each.exp().mean(),
        "That is the exponential of the sum. Take the mean over the pictures.": each.sum().exp(),
        "p(y|x) and p(y) are swapped in the divergence.": relative(mean, p).mean().exp(),
        "The sign is wrong: that is 1 divided by the score.": (-each.mean()).exp(),
        "That is exp of the entropy of p(y). The entropy of each picture is to be subtracted.": nats(mean).exp(),
        "That is exp of the pictures' mean entropy.": nats(p).mean().exp(),
        "The pictures are compared with equal shares. p(y) is the mean over the pictures, dimension 0.": (
            relative(p, torch.full((k,), 1 / k, dtype=torch.float64)).mean().exp()
        ),
        "That is 2 to the power of the nats: exp belongs to the natural logarithm.": 2 ** each.mean(),
        "That is exp of bits: exp belongs to the natural logarithm.": (each.mean() / math.log(2)).exp(),
        "The divergence is averaged over the classes. It is a sum over them.": (each.mean() / k).exp(),
        "A softmax was applied. The rows are probabilities already, not logits.": (
            relative(p.softmax(1), p.softmax(1).mean(0)).mean().exp()
        ),
        "Only each picture's likeliest class counts there. All its probabilities should.": nats(
            F.one_hot(p.argmax(1), k).double().mean(0) + 1e-300
        ).exp(),
    }
    return Case(f"the pictures {told_probabilities(p)}", want, usual, (p.float(),))


@check.that("inception_score", "has the value of the paper's formula", point=True)
def _(score: Callable) -> None:
    case = drawn(three_pictures)
    case.compare(number(score(*case.inputs)))


@check.that("inception_score", "counts the classes where every picture is sure and all come up equally")
def _(score: Callable) -> None:
    k, times = chosen_int(4, between=(3, 9)), chosen_int(2, between=(2, 5))
    got = number(score(torch.eye(k).repeat(times, 1)))
    where = f"pictures that are sure, {times} of each of {k} classes"
    expect_close(got, k, where, usual={"That is off by a little: something was added to the probabilities.": got})


@check.that("inception_score", "is less where classes come up unequally")
def _(score: Callable) -> None:
    counts = [chosen_int(n, between=(1, 6)) for n in (5, 2, 1)]
    p = torch.eye(3).repeat_interleave(torch.tensor(counts), 0)
    q = torch.tensor(counts, dtype=torch.float64) / sum(counts)
    where = f"pictures that are sure, {counts[0]}, {counts[1]} and {counts[2]} of three classes"
    want = nats(q).exp()
    usual = {} if abs(float(want) - 3) < 0.01 else {"That counts the classes, however often each comes up.": 3.0}
    expect_close(number(score(p)), want, where, usual=usual)


@check.that("inception_score", "is 1 where all pictures look the same", alone=False)
def _(score: Callable) -> None:
    p = distribution(3.0, 1.0, 2.0, 2.0).float().repeat(5, 1)
    expect_close(number(score(p)), 1.0, "five times the same probabilities")


@check.that("inception_score", "does not care about the pictures' order or number, and leaves them alone", alone=False)
def _(score: Callable) -> None:
    p = torch.stack([distribution(8.0, 1.0, 1.0), distribution(1.0, 6.0, 3.0), distribution(2.0, 7.0, 1.0)]).float()
    once, again = number(score(p)), number(score(p.flip(0).repeat(4, 1)))
    expect(
        close(once, again),
        f"Three pictures get {pretty(once)}, the same three four times each get {pretty(again)}; it should be equal.",
    )
    leaves_alone(score, p)
    leaves_alone(score, torch.eye(3))
