"""Few labels: the discriminator with K + 1 classes, feature matching, and a probe on features that stay as they are.

Salimans, Goodfellow, Zaremba, Cheung, Radford and Chen, "Improved Techniques for Training GANs", NeurIPS 2016,
arXiv:1606.03498, sections 3.1 and 5; the probe as in Radford et al. (2015), section 5.1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.checks import values
from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, chosen, chosen_int, drawn, randn
from gancourse.checks.lesson_07.suite import check
from gancourse.checks.steps import linear
from gancourse.checks.values import differentiable, expect_close, numbers, pair, scalar

# --- K + 1 classes ---------------------------------------------------------------------------------

THE_TWO = "the loss on labeled pictures", "the loss on unlabeled and made ones"
WHOLE_PAIR = "Return two numbers: the loss on labeled pictures, then the one on unlabeled and made ones."


def pair_of_losses(answer: Callable, *given: Any) -> Tensor:
    return pair(answer(*given), *THE_TWO, otherwise=WHOLE_PAIR)


def log_sum_exp(row: list[float]) -> float:
    """log Σ exp, the largest taken out."""
    top = max(row)
    return top + math.log(sum(math.exp(x - top) for x in row))


def plus(x: float) -> float:
    """log(1 + eˣ)."""
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def labeled_and_not() -> Case:
    """Two labeled pictures, two unlabeled, one made, of two classes; and what the usual slips make of them."""
    a = chosen(2.0, -1.0, 0.5, 1.5, between=(-3.0, 3.0))
    u = chosen(1.0, 2.0, -0.5, 1.25, between=(-3.0, 3.0))
    f = chosen(-0.5, 0.25, between=(-3.0, 3.0))
    labeled, real, fake = [list(a[:2]), list(a[2:])], [list(u[:2]), list(u[2:])], [list(f)]
    labels = (1, 0)
    picked = [row[k] for row, k in zip(labeled, labels, strict=True)]
    supervised = values.mean([log_sum_exp(row) - x for row, x in zip(labeled, picked, strict=True)])
    z_real, z_fake = [log_sum_exp(row) for row in real], [log_sum_exp(row) for row in fake]
    parts = values.mean([plus(-x) for x in z_real]), values.mean([plus(x) for x in z_fake])
    both = sum(parts)
    with_fake = values.mean([log_sum_exp([*row, 0.0]) - x for row, x in zip(labeled, picked, strict=True)])
    swapped = values.mean([plus(x) for x in z_real]) + values.mean([plus(-x) for x in z_fake])
    largest = values.mean([plus(-max(row)) for row in real]) + values.mean([plus(max(row)) for row in fake])
    summed = values.mean([plus(-sum(row)) for row in real]) + values.mean([plus(sum(row)) for row in fake])
    entropies = values.mean([plus(-x) for row in real for x in row]) + values.mean(
        [plus(x) for row in fake for x in row]
    )
    other = values.mean([log_sum_exp(row) - row[1 - k] for row, k in zip(labeled, labels, strict=True)])
    want = [supervised, both]
    usual = {
        "The two are swapped: that on labeled pictures comes first.": [both, supervised],
        "Real and made are swapped: D should be near 1 on unlabeled pictures.": [supervised, swapped],
        "The made pictures are missing in the second.": [supervised, parts[0]],
        "The unlabeled pictures are missing in the second.": [supervised, parts[1]],
        "The second is averaged over both kinds. Add the two means.": [supervised, both / 2],
        "The first counts the class `made`, too. Among the K classes alone: a labeled picture is known to be real.": [
            with_fake,
            both,
        ],
        "The largest logit stands for all. Take log Σ exp over the classes.": [supervised, largest],
        "The logits are summed. Take log Σ exp over the classes.": [supervised, summed],
        "Each class's logit is judged by itself. Take log Σ exp over the classes first.": [supervised, entropies],
        "The first has its logits picked by another label.": [other, both],
        "The first is the sum over the batch. Take the mean.": [2 * supervised, both],
        "The first has the wrong sign: it is −log p(label).": [-supervised, both],
        "The second has the wrong sign.": [supervised, -both],
    }
    inputs = (torch.tensor(labeled), torch.tensor(labels), torch.tensor(real), torch.tensor(fake))
    return Case("two labeled pictures, two unlabeled ones and a made one, of two classes", want, usual, inputs)


@check.that(
    "few_label_losses", "−log p(label) among the K classes; −log D on unlabeled, −log(1 − D) on made", point=True
)
def _(answer: Callable) -> None:
    case = drawn(labeled_and_not)
    case.compare(pair_of_losses(answer, *case.inputs))


@check.that("few_label_losses", "holds for batches of three sizes, and any number of classes")
def _(answer: Callable) -> None:
    k, n = chosen_int(5, between=(4, 7)), chosen_int(4, between=(3, 6))
    labeled, real, fake = 2 * randn(n, k), 2 * randn(7, k), 2 * randn(5, k)
    labels = torch.arange(n) % k
    rows = labeled.tolist()
    want = [
        values.mean([log_sum_exp(row) - row[int(y)] for row, y in zip(rows, labels, strict=True)]),
        values.mean([plus(-log_sum_exp(row)) for row in real.tolist()])
        + values.mean([plus(log_sum_exp(row)) for row in fake.tolist()]),
    ]
    expect_close(
        pair_of_losses(answer, labeled, labels, real, fake), want, f"{n}, 7 and 5 pictures of {k} classes", show=False
    )


@check.that("few_label_losses", "is right at logits of ±200, and so is its gradient", alone=False)
def _(answer: Callable) -> None:
    advice = "Something saturates or overflows: use torch.logsumexp and F.softplus on the logits."
    for sign in (-1.0, 1.0):
        labeled = torch.tensor([[200.0, -200.0]])
        real = torch.full((2, 2), 200 * sign).requires_grad_()
        fake = torch.full((2, 2), -200 * sign).requires_grad_()
        value = answer(labeled, torch.tensor([0 if sign > 0 else 1]), real, fake)
        got = pair(value, *THE_TWO, otherwise=WHOLE_PAIR)
        want = [0.0, 0.0] if sign > 0 else [400.0, 400.0]  # log Σ exp of two logits l is l + log 2: it cancels
        expect_close(got, want, f"logits of ±200, {'right' if sign > 0 else 'wrong'} ones", {advice: got}, rtol=1e-3)
        if sign < 0:
            differentiable(value[1], "The second loss is cut off from the logits.")
            value[1].backward()
            for logits, slope in ((real, -0.25), (fake, 0.25)):
                expect(logits.grad is not None, "No gradient reaches some of the logits.")
                grad = numbers(logits.grad, what="The gradient")
                expect_close(
                    grad, torch.full((2, 2), slope), "wrong logits of ±200", {advice: grad}, what="the slope is"
                )


@check.that("few_label_losses", "both can be differentiated, and leave what they are given as it was", alone=False)
def _(answer: Callable) -> None:
    labeled, real, fake = (randn(3, 4).requires_grad_() for _ in range(3))
    first, second = answer(labeled, torch.tensor([0, 3, 1]), real, fake)
    differentiable(first, "The first loss is cut off from the logits.")
    differentiable(second, "The second loss is cut off from the logits.")
    (first + second).backward()
    for name, logits in (("labeled", labeled), ("unlabeled", real), ("made", fake)):
        expect(logits.grad is not None and bool(logits.grad.any()), f"No gradient reaches the {name} pictures' logits.")


# --- feature matching ------------------------------------------------------------------------------


def matched_features() -> Case:
    """Two real and three made pictures of two features."""
    r = chosen(1.0, 4.0, 3.0, 1.0, between=(-4.0, 4.0))
    f = chosen(0.5, -1.0, 2.0, 0.0, -1.5, 2.5, between=(-4.0, 4.0))
    real, fake = torch.tensor(r, dtype=torch.float64).reshape(2, 2), torch.tensor(f, dtype=torch.float64).reshape(3, 2)
    apart = real.mean(0) - fake.mean(0)
    want = apart.square().sum()
    usual = {
        "That is the length of the difference. Its square is asked.": want.sqrt(),
        "That is the mean over the features. Add their squares up.": want / 2,
        "Absolute differences are added. The squares are asked.": apart.abs().sum(),
        "The batches are summed, not averaged.": (real.sum(0) - fake.sum(0)).square().sum(),
        "That is the mean of all features together. Take each feature's mean over the batch.": (
            (real.mean() - fake.mean()).square()
        ),
        "Each pair of pictures is compared. The means over the batches are.": (
            (real[:, None] - fake[None]).square().sum(2).mean()
        ),
    }
    return Case("two real and three made pictures of two features", want, usual, (real, fake))


@check.that("feature_matching", "the squared distance between the means of the features", point=True)
def _(answer: Callable) -> None:
    case = drawn(matched_features)
    case.compare(scalar(answer(*case.inputs), "One number is asked for both batches."))


@check.that("feature_matching", "takes features of any shape, as many numbers for each picture")
def _(answer: Callable) -> None:
    real, fake = randn(4, 3, 2, 2), randn(5, 3, 2, 2)
    want = (real.double().mean(0) - fake.double().mean(0)).square().sum()
    got = scalar(answer(real, fake), "One number is asked for both batches.")
    expect_close(got, want, "features of shape (4, 3, 2, 2) and (5, 3, 2, 2)", rtol=1e-3)


@check.that("feature_matching", "teaches G alone: a gradient for the made features, none for the real ones", point=True)
def _(answer: Callable) -> None:
    real, fake = randn(4, 3).requires_grad_(), randn(2, 3).requires_grad_()
    loss = answer(real, fake)
    differentiable(loss, "The loss is cut off from the made features: G cannot learn.")
    loss.backward()
    expect(fake.grad is not None, "No gradient reaches the made features.")
    apart = fake.detach().double().mean(0) - real.detach().double().mean(0)
    expect_close(numbers(fake.grad), apart.expand(2, 3), "random features", what="the slope is", rtol=1e-3, atol=1e-4)
    still = real.grad is None or not bool(real.grad.any())
    expect(still, "The real features get a gradient, too. They are a target: detach() them.")


# --- the probe -------------------------------------------------------------------------------------

PROBED_PIXELS = (2, 3, 3)


def watching() -> nn.Module:
    """A body of features with batch normalization whose statistics are not those of any batch; in training mode."""
    norm = nn.BatchNorm1d(6, dtype=torch.float64)
    norm.register_buffer("running_mean", 0.3 * randn(6).double())
    norm.register_buffer("running_var", 1 + 0.5 * randn(6).double().abs())
    body = nn.Sequential(nn.Flatten(), linear(18, 6), norm, nn.Tanh())
    return body.train()


def through(x: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
    """A rule that nobody would choose for fitting: it makes every slip in what it is given show."""
    return x.T @ t / len(x) + 0.1 * x.abs().mean(0)[:, None], t.mean(0) + 0.2 * x.square().mean()


class ProbeWorld:
    """A body, labeled and new pictures, and what the probe should say, or what a slip leads to."""

    def __init__(self) -> None:
        self.body, self.classes = watching(), 3
        self.labeled, self.new = (randn(n, *PROBED_PIXELS).double() for n in (7, chosen_int(4, between=(4, 6))))
        self.labels = torch.tensor([0, 1, 2, 0, 1, 1, 0])
        self.asked: list[tuple[Tensor, Tensor]] = []

    def fit(self, x: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
        """What the answer is given to fit with."""
        self.asked.append((numbers(x, what="What you give to `fit`"), numbers(t, what="What you give to `fit`")))
        return through(x, t)

    def told(self, slip: str = "") -> Tensor:
        """The scores (m, classes)."""
        body = self.body if slip == "training mode" else self.body.eval()
        if slip == "training mode":
            was = {k: v.clone() for k, v in body.state_dict().items()}
            seen, asked = (body.train()(x).detach() for x in (self.labeled, self.new))
            body.load_state_dict(was)
        else:
            seen, asked = body(self.labeled).detach(), body(self.new).detach()
        self.body.train()
        mean, std = seen.mean(0), seen.std(0)
        new_mean, new_std = asked.mean(0), asked.std(0)
        if slip == "together":
            both = torch.cat([seen, asked])
            mean, std = both.mean(0), both.std(0)
            new_mean, new_std = mean, std
        if slip == "not scaled":
            mean, std = torch.zeros_like(mean), torch.ones_like(std)
        a = (seen - mean) / std
        b = (asked - new_mean) / new_std if slip in ("each by itself", "together") else (asked - mean) / std
        if slip == "new not scaled":
            b = asked
        targets = F.one_hot(self.labels, self.classes).double()
        if slip == "centered":
            targets = targets - targets.mean(0)
        weights, bias = through(a, targets)
        return b @ weights + (0 if slip == "no bias" else bias)


def probe_scores(answer: Callable, world: ProbeWorld, body: nn.Module | None = None) -> Tensor:
    got = answer(world.body if body is None else body, world.labeled, world.labels, world.new, world.classes, world.fit)
    return numbers(got, (len(world.new), 3), "The scores", "A row for each new picture, a column for each class.")


@check.that("frozen_probe", "scores new pictures by what `fit` makes of the labeled ones", point=True)
def _(answer: Callable) -> None:
    world = ProbeWorld()
    got = probe_scores(answer, world)
    expect(bool(world.asked), "`fit` is never called. Use it, with scaled features and one-hot rows.")
    slips = {
        "training mode": "D looked in training mode: its normalization took the batch's statistics. Call eval() first.",
        "together": "New pictures were scaled with, too: mean and deviation are those of the labeled ones alone.",
        "each by itself": "New pictures were scaled by their own mean and deviation. Use the labeled ones'.",
        "new not scaled": "New pictures are not scaled. They need the same scale as the labeled ones.",
        "not scaled": "Features are not scaled: subtract the labeled pictures' mean, divide by their deviation.",
        "no bias": "The bias that `fit` returns is missing in the scores.",
        "centered": "The targets are not one-hot rows of 0 and 1.",
    }
    usual = {told: world.told(slip) for slip, told in slips.items()}
    expect_close(
        got, world.told(), "7 labeled pictures", usual, show=False, what="the scores are", rtol=1e-3, atol=1e-4
    )


@check.that("frozen_probe", "does not move D: neither weights nor statistics, and no gradients", point=True)
def _(answer: Callable) -> None:
    world = ProbeWorld()
    before = {k: v.clone() for k, v in world.body.state_dict().items()}
    scores = answer(world.body, world.labeled, world.labels, world.new, world.classes, world.fit)
    numbers(scores, (len(world.new), 3), "The scores", "A row for each new picture, a column for each class.")
    hanging = isinstance(scores, Tensor) and scores.requires_grad
    expect(not hanging, "The scores hang on D's gradients. Let it look under torch.no_grad().")
    for name, value in world.body.state_dict().items():
        statistics = "running" in name or "batches" in name
        why = "its running statistics have moved: call eval() before it looks" if statistics else f"{name} has changed"
        expect(torch.equal(value, before[name]), f"D is to stay as it is, and {why}.")
    expect(
        all(p.grad is None for p in world.body.parameters()),
        "There are gradients in D: nothing is to be learned there.",
    )
    expect(
        all(p.requires_grad for p in world.body.parameters()), "D's parameters can learn no more. Use torch.no_grad()."
    )


@check.that("frozen_probe", "gives D back in the mode it came in", alone=False)
def _(answer: Callable) -> None:
    for training in (True, False):
        world = ProbeWorld()
        world.body.train(training)
        probe_scores(answer, world)
        mode = "training" if training else "evaluation"
        expect(world.body.training is training, f"D came in {mode} mode and is in the other one now. Put it back.")


@check.that("frozen_probe", "scores each new picture as if it were alone", alone=False)
def _(answer: Callable) -> None:
    world = ProbeWorld()
    together = probe_scores(answer, world)
    world.new = world.new[:1]
    expect_close(
        probe_scores(answer, world), together[:1], "the first new picture alone", rtol=1e-3, atol=1e-4, show=False
    )


@check.that("frozen_probe", "has a column for each class, also for one that no labeled picture is of", alone=False)
def _(answer: Callable) -> None:
    world = ProbeWorld()
    world.labels = world.labels % 2
    got = probe_scores(answer, world)
    expect_close(got, world.told(), "labels of two of three classes", show=False, rtol=1e-3, atol=1e-4)


@check.that("frozen_probe", "survives a feature that never changes", alone=False)
def _(answer: Callable) -> None:
    world = ProbeWorld()
    with torch.no_grad():
        next(world.body.parameters())[0].zero_()
    got = probe_scores(answer, world)
    large = float(got.abs().max())
    expect(
        large < 1e4, f"Where a feature is the same in all labeled pictures a score is {large:.2g}: bound the deviation."
    )
