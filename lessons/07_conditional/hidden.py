"""Hidden checks of lesson 07: the same questions on other inputs, by other formulas.

They live in the repository and not in the package, so a student's code cannot look them up. What is expected comes from
NumPy, SciPy, torch.func or scikit-learn, and not from the public checks' references.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from scipy.special import log_softmax, logsumexp
from scipy.stats import norm
from sklearn.linear_model import Ridge
from torch import Tensor, nn

from gancourse.checks.challenge import Medals, Reached
from gancourse.checks.core import Miss, StudentError, Suite, expect
from gancourse.checks.doubles import Told
from gancourse.checks.heaps import Heaps, labels_to
from gancourse.checks.inputs import chosen_int, rand, randn
from gancourse.checks.steps import curved, flat, linear
from gancourse.checks.values import expect_close, number, numbers, two

check = Suite("07_conditional")


def numpy_of(x: Tensor) -> np.ndarray:
    return x.detach().double().numpy()


@check.that("telling", "one_hot_labels agrees with rows of the identity, on labels drawn at random")
def _(telling: Callable) -> None:
    classes = chosen_int(5, between=(3, 9))
    labels = (rand(12) * classes).long()
    got = numbers(telling("labels", labels, classes), (12, classes))
    expect_close(got, torch.from_numpy(np.eye(classes)[labels.numpy()]), f"{classes} classes", show=False)
    got = numbers(telling("labels", labels.to(torch.int32), classes), (12, classes))
    expect_close(got, torch.from_numpy(np.eye(classes)[labels.numpy()]), "labels of int32", show=False)


@check.that("telling", "both joins agree with NumPy's")
def _(telling: Callable) -> None:
    n, c = chosen_int(3, between=(2, 6)), chosen_int(2, between=(1, 4))
    z, y, pictures = randn(n, 5), randn(n, c), randn(n, 3, 2, 5)
    got = numbers(telling("noise", z, y), (n, 5 + c))
    expect_close(got, torch.from_numpy(np.hstack([numpy_of(z), numpy_of(y)])), "random noise", show=False)
    maps = np.broadcast_to(numpy_of(y)[:, :, None, None], (n, c, 2, 5))
    want = np.concatenate([numpy_of(pictures), maps], 1)
    expect_close(
        numbers(telling("pictures", pictures, y), want.shape), torch.from_numpy(want), "random pictures", show=False
    )


@check.that("telling", "a good label is not refused, a bad one among good ones is", alone=False)
def _(telling: Callable) -> None:
    numbers(telling("labels", torch.tensor([0, 1, 2, 3]), 4), (4, 4))
    for bad in (torch.tensor([0, 1, 2, 4]), torch.tensor([3, -1]), torch.tensor([0.0, 1.0], dtype=torch.float64)):
        try:
            telling("labels", bad, 4)
        except NotImplementedError:
            raise
        except (StudentError, ValueError):
            continue
        raise Miss(f"Labels {bad.tolist()} of 4 classes are taken without a word.")


def a_table(n: int, k: int) -> Tensor:
    table = 0.05 + rand(n, k, dtype=torch.float64)
    return table / table.sum()


@check.that("projection_steps", "holds for larger tables, by SciPy")
def _(answer: Callable) -> None:
    n, k, d = chosen_int(4, between=(3, 6)), chosen_int(5, between=(3, 6)), 3
    p, q, phi, v_p, v_q = a_table(n, k), a_table(n, k), *(randn(m, d, dtype=torch.float64) for m in (n, k, k))
    P, Q = p.numpy(), q.numpy()
    a, b = phi.numpy() @ v_p.numpy().T, phi.numpy() @ v_q.numpy().T
    wanted = {
        1: (np.log(P / Q), {"p": p, "q": q}),
        2: (np.log(P.sum(1) / Q.sum(1)), {"p": p, "q": q}),
        3: (np.log(P / P.sum(1, keepdims=True)) - np.log(Q / Q.sum(1, keepdims=True)), {"p": p, "q": q}),
        4: (log_softmax(a, axis=1), {"phi": phi, "v_p": v_p}),
        5: (a - b, {"phi": phi, "v_p": v_p, "v_q": v_q}),
        6: (
            np.log(P.sum(1) / Q.sum(1)) - logsumexp(a, axis=1) + logsumexp(b, axis=1),
            {"p": p, "q": q, "phi": phi, "v_p": v_p, "v_q": v_q},
        ),
    }
    for step, (want, given) in wanted.items():
        got = numbers(answer(step, **given), want.shape)
        expect_close(got, torch.from_numpy(want), f"step {step} on random tables", show=False)


@check.that("projection_steps", "steps 5 and 6 add up to step 1, where both labels' probabilities are softmaxes")
def _(answer: Callable) -> None:
    n, k = 4, 3
    phi, v_p, v_q = (randn(m, 2, dtype=torch.float64) for m in (n, k, k))
    tables = []
    for v in (v_p, v_q):
        of_x = 0.1 + rand(n, 1, dtype=torch.float64)
        tables.append(of_x / of_x.sum() * torch.softmax(phi @ v.T, 1))
    p, q = tables
    named = {"p": p, "q": q, "phi": phi, "v_p": v_p, "v_q": v_q}
    got = numbers(answer(5, **named), (n, k)) + numbers(answer(6, **named), (n,))[:, None]
    expect_close(got, p.log() - q.log(), "step 5 plus step 6", show=False)


@check.that("projection_logits", "agrees with a sum over everything, in single precision too")
def _(answer: Callable) -> None:
    n, d, c = chosen_int(3, between=(2, 5)), chosen_int(4, between=(2, 6)), chosen_int(2, between=(1, 4))
    maps, y, v, w = randn(n, d, 3, 2), randn(n, c), randn(c, d), randn(d)
    b = float(rand()) + 0.2
    told = np.einsum("nc,cd,ndhw->n", numpy_of(y), numpy_of(v), numpy_of(maps))
    plain = np.einsum("d,ndhw->n", numpy_of(w), numpy_of(maps))
    got = numbers(answer(maps, y, v, w, b), (n, 1))
    expect_close(got[:, 0], torch.from_numpy(told + plain + b), "random inputs", show=False, rtol=1e-3, atol=1e-4)


def stepped(net: nn.Module, loss: Callable, rate: float) -> tuple[dict[str, Tensor], Tensor]:
    """The parameters after a step down a loss of theirs, and that loss."""
    held = {k: p.detach() for k, p in net.named_parameters()}
    slope, value = torch.func.grad_and_value(loss)(held)
    return {k: p - rate * slope[k] for k, p in held.items()}, value


@check.that("conditional_step", "agrees with torch.func, three steps in a row, on batches of unlike sizes")
def _(step: Callable) -> None:
    call = torch.func.functional_call
    G, D = Told(curved(5, 6, 3)), Told(curved(5, 6, 1))
    opt_G, opt_D = torch.optim.SGD(G.parameters(), 0.3), torch.optim.SGD(D.parameters(), 0.2)
    for n in (4, 7, 3):
        real, y, z = randn(n, 3).double(), randn(n, 2).double(), randn(n, 3).double()
        fake = G(z, y).detach()

        def of_D(held: dict, real: Tensor = real, fake: Tensor = fake, y: Tensor = y) -> Tensor:
            on_real, on_fake = call(D, held, (real, y)), call(D, held, (fake, y))
            return -F.logsigmoid(on_real).mean() - F.logsigmoid(-on_fake).mean()

        omega, d_loss = stepped(D, of_D, 0.2)

        def of_G(held: dict, z: Tensor = z, y: Tensor = y, omega: dict = omega) -> Tensor:
            return -F.logsigmoid(call(D, omega, (call(G, held, (z, y)), y))).mean()

        theta, g_loss = stepped(G, of_G, 0.3)
        got = two(step(G, D, opt_G, opt_D, real, y, z), "Two losses are asked.", tensor=True)
        for name, net, want in (("D", D, omega), ("G", G, theta)):
            moved = torch.cat([p.flatten() for p in want.values()])
            expect_close(flat(net), moved, f"the parameters of {name} after a step", show=False)
        expect_close(torch.stack([number(x) for x in got]), torch.stack([d_loss, g_loss]), "the losses", show=False)


@check.that("conditional_step", "takes the optimizers that it is given, Adam too", alone=False)
def _(step: Callable) -> None:
    G, D = Told(curved(5, 6, 3)), Told(curved(5, 6, 1))
    opts = [torch.optim.Adam(net.parameters(), 0.01) for net in (G, D)]
    before = [flat(net) for net in (G, D)]
    step(G, D, *opts, randn(4, 3).double(), randn(4, 2).double(), randn(4, 3).double())
    for net, old, name in ((G, before[0], "G"), (D, before[1], "D")):
        far = float((flat(net) - old).abs().max())
        expect(0.005 < far < 0.0101, f"Adam's first step goes 0.01 for each parameter; {name} has moved by {far:.2g}.")


@check.that("few_label_losses", "agrees with a softmax over K + 1 classes, written out")
def _(answer: Callable) -> None:
    k = chosen_int(3, between=(2, 6))
    labeled, real, fake = (2 * randn(n, k) for n in (5, 4, 6))
    labels = (rand(5) * k).long()

    def with_made(logits: Tensor) -> np.ndarray:
        return log_softmax(np.hstack([numpy_of(logits), np.zeros((len(logits), 1))]), axis=1)

    first = -log_softmax(numpy_of(labeled), axis=1)[np.arange(5), labels.numpy()].mean()
    second = -logsumexp(with_made(real)[:, :k], axis=1).mean() - with_made(fake)[:, k].mean()
    got = two(answer(labeled, labels, real, fake), "Two losses are asked.", tensor=True)
    expect_close(torch.stack([number(x) for x in got]), torch.tensor([first, second]), "random logits", show=False)


@check.that("few_label_losses", "adding a constant to a picture's logits changes the second alone")
def _(answer: Callable) -> None:
    labeled, real, fake, labels = randn(4, 3), randn(3, 3), randn(2, 3), torch.tensor([0, 2, 1, 1])
    one, other = (
        torch.stack(
            [number(x) for x in two(answer(labeled + c, labels, real + c, fake + c), "Two losses.", tensor=True)]
        )
        for c in (0.0, 1.5)
    )
    expect_close(other[0], one[0], "1.5 added to all logits", what="the first loss becomes")
    expect(abs(float(other[1] - one[1])) > 1e-3, "The second loss does not notice 1.5 added to all logits.")


@check.that("feature_matching", "agrees with NumPy on features of any shape")
def _(answer: Callable) -> None:
    n, m = chosen_int(4, between=(2, 6)), chosen_int(3, between=(2, 6))
    real, fake = randn(n, 4, 2, 3), randn(m, 4, 2, 3)
    want = float(((numpy_of(real).mean(0) - numpy_of(fake).mean(0)) ** 2).sum())
    expect_close(number(answer(real, fake)), want, "random features", show=False, rtol=1e-3)
    expect_close(number(answer(real, real.clone())), 0.0, "twice the same features", show=False)


@check.that("frozen_probe", "agrees with scikit-learn's ridge regression on scaled features")
def _(answer: Callable) -> None:
    body = nn.Sequential(nn.Flatten(), linear(12, 5), nn.BatchNorm1d(5, dtype=torch.float64), nn.Tanh()).train()
    labeled, new = randn(12, 3, 2, 2).double(), randn(5, 3, 2, 2).double()
    labels = torch.arange(12) % 4
    strength = 0.5 + 3 * float(rand())

    def fit(x: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
        found = Ridge(alpha=strength).fit(numpy_of(x), numpy_of(t))
        return torch.from_numpy(found.coef_).T.to(x), torch.from_numpy(np.atleast_1d(found.intercept_)).to(x)

    held = [p.detach().clone() for p in body.state_dict().values()]
    got = numbers(answer(body, labeled, labels, new, 4, fit), (5, 4))
    for old, now in zip(held, body.state_dict().values(), strict=True):
        expect(torch.equal(old, now), "D is not as it was.")
    body.eval()
    seen, asked = numpy_of(body(labeled)), numpy_of(body(new))
    mean, std = seen.mean(0), seen.std(0, ddof=1)
    found = Ridge(alpha=strength).fit((seen - mean) / std, np.eye(4)[labels.numpy()])
    want = found.predict((asked - mean) / std)
    expect_close(got, torch.from_numpy(want), "random pictures", show=False, rtol=1e-3, atol=1e-4)


@check.that("information_bound", "agrees with SciPy's densities")
def _(answer: Callable) -> None:
    n, k, m = 7, chosen_int(4, between=(2, 8)), chosen_int(2, between=(1, 4))
    logits, mean, log_std, codes = randn(n, k), randn(n, m), 0.7 * randn(n, m), 2 * rand(n, m) - 1
    category = (rand(n) * k).long()
    first = math.log(k) + log_softmax(numpy_of(logits), axis=1)[np.arange(n), category.numpy()].mean()
    density = norm.logpdf(numpy_of(codes), numpy_of(mean), np.exp(numpy_of(log_std)))
    second = m * math.log(2) + density.sum(1).mean()
    got = two(answer(logits, category, mean, log_std, codes), "Two bounds are asked.", tensor=True)
    expect_close(
        torch.stack([number(x) for x in got]), torch.tensor([first, second]), "random outputs of Q", show=False
    )


@check.that("information_bound", "stays below the entropy of the codes, where Q is as good as it can be", alone=False)
def _(answer: Callable) -> None:
    codes = 2 * rand(4000, 1) - 1
    half = torch.full((4000, 1), math.log(1 / math.sqrt(3)))  # the best normal guess without a look
    logits, category = torch.zeros(4000, 3), torch.zeros(4000, dtype=torch.long)
    got = two(answer(logits, category, torch.zeros(4000, 1), half, codes), "Two bounds are asked.", tensor=True)
    blind = float(number(got[1]))
    expect(
        -0.25 < blind < -0.1, f"A Q that has not looked is given {blind:.2f} nats for a number; about −0.18 is right."
    )


@check.challenge(
    "fewest_labels", "does so in four other worlds", Medals(bronze=100, silver=30, gold=10, unit="labels", runs=1)
)
def _(fewest_labels: Callable) -> Reached:
    return max(labels_to(fewest_labels, Heaps(3 + place % 2)) for place in range(4))
