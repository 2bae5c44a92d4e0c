"""Hidden checks of lesson 05: the same questions on other inputs, by other formulas.

They live in the repository and not in the package, so a student's code cannot look them up. What is expected comes from
NumPy, SciPy, torch.func, scikit-learn or counting, and not from the public checks' references.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
import torch
from scipy.stats import multivariate_normal, norm
from sklearn.decomposition import PCA
from torch import Tensor, nn

from gancourse.checks.challenge import Reached
from gancourse.checks.core import Suite, expect
from gancourse.checks.hidden_rules import MEDALS_FOR_BITS, HiddenRule, bits_by
from gancourse.checks.inputs import chosen_int, large_logits, rand, randn
from gancourse.checks.networks import built, put
from gancourse.checks.steps import flat, linear, several_losses
from gancourse.checks.values import differentiable, expect_close, number, numbers, slope_at_large

check = Suite("05_autoencoders")


def numpy_of(x: Tensor) -> np.ndarray:
    return x.detach().double().numpy()


@check.that("rebuilding", "agrees with NumPy on pictures of any shape")
def _(answer: Callable) -> None:
    n = chosen_int(5, between=(2, 6))
    made, x = randn(n, 3, 4, 2), randn(n, 3, 4, 2)
    off = numpy_of(made) - numpy_of(x)
    for which, want in (("l2", (off**2).sum((1, 2, 3)).mean()), ("l1", np.abs(off).sum((1, 2, 3)).mean())):
        expect_close(number(answer(which, made, x)), float(want), "random pictures", show=False, rtol=1e-3)


@check.that("blur_steps", "steps 1 to 5 agree with trying all guesses")
def _(answer: Callable) -> None:
    p = 0.05 + 0.9 * rand(4, dtype=torch.float64)
    p = torch.where((p - 0.5).abs() < 0.03, p + 0.1, p)
    guesses = torch.linspace(0, 1, 2001, dtype=torch.float64)
    tosses = torch.tensor([[0.0], [1.0]], dtype=torch.float64)
    weights = torch.stack([1 - p, p], 1)  # (4, 2)
    squares = weights @ (guesses - tosses).square()
    sizes = weights @ (guesses - tosses).abs()
    g = rand(4, dtype=torch.float64)
    at = (g * 2000).round().long()
    g = guesses[at]
    rows = torch.arange(4)
    expect_close(numbers(answer(1, p=p, g=g), (4,)), squares[rows, at], "step 1 on random pixels", show=False)
    expect_close(
        numbers(answer(2, p=p), (4,)), guesses[squares.argmin(1)], "step 2 on random pixels", show=False, atol=1e-3
    )
    expect_close(numbers(answer(3, p=p), (4,)), squares.min(1).values, "step 3 on random pixels", show=False, atol=1e-5)
    expect_close(numbers(answer(4, p=p, g=g), (4,)), sizes[rows, at], "step 4 on random pixels", show=False)
    expect_close(numbers(answer(5, p=p), (4,)), guesses[sizes.argmin(1)], "step 5 on random pixels", show=False)


@check.that("blur_steps", "steps 6 and 7 agree with the mean and the median of many rows")
def _(answer: Callable) -> None:
    width = chosen_int(7, between=(5, 9))
    counts = (1 + 9 * rand(width)).round()
    if float((counts.cumsum(0) / counts.sum() - 0.5).abs().min()) < 0.01:
        counts[0] += 3
    edges = np.repeat(np.arange(width), counts.int().numpy())
    pictures = (np.arange(width)[None] >= edges[:, None]).astype(float)
    where = (counts / counts.sum()).double()[None]
    got = numbers(answer(6, where=where), (1, width))
    expect_close(got[0], torch.from_numpy(pictures.mean(0)), "step 6 on random edges", show=False)
    got = numbers(answer(7, where=where), (1, width))
    expect_close(got[0], torch.from_numpy(np.median(pictures, 0)), "step 7 on random edges", show=False)


@check.that("principal_components", "agrees with scikit-learn on tall and on wide data")
def _(answer: Callable) -> None:
    for n, d in ((30, 8), (6, 9)):
        k = chosen_int(3, between=(2, 4))
        x = randn(n, d).double() @ torch.diag(torch.linspace(2.0, 0.4, d, dtype=torch.float64)) + 5
        found = PCA(k, svd_solver="full").fit(x.numpy())
        mean, components, error = answer(x, k)
        expect_close(numbers(mean, (d,)), torch.from_numpy(found.mean_), "random rows", show=False)
        agree = (numbers(components, (k, d)) * torch.from_numpy(found.components_)).sum(1).abs()
        expect(bool((agree > 1 - 1e-4).all()), "For random rows the components are not those of scikit-learn.")
        made = found.inverse_transform(found.transform(x.numpy()))
        want = float(((x.numpy() - made) ** 2).sum(1).mean())
        expect_close(number(error), want, "random rows", show=False)


@check.that("reparameterize", "one number at a time: its spread follows its own log-variance")
def _(answer: Callable) -> None:
    n = 6000
    mu, log_var = randn(1, 4), 1.5 * randn(1, 4)
    got = numbers(answer(mu.expand(n, 4), log_var.expand(n, 4)), (n, 4))
    z = (got - mu.double()) / (log_var.double() / 2).exp()
    expect(float(z.mean(0).abs().max()) < 0.08, "The draws of a number do not lie around its own mean.")
    expect(
        float((z.std(0) - 1).abs().max()) < 0.06, "The draws of a number are not spread as its own log-variance says."
    )
    share = float((z > float(norm.ppf(0.9))).double().mean())
    expect(abs(share - 0.1) < 0.012, "The noise is not normal.")


@check.that("kl_to_prior", "agrees with an integral, number by number")
def _(answer: Callable) -> None:
    n, k = 3, chosen_int(2, between=(2, 4))
    mu, log_var = randn(n, k).double(), randn(n, k).double()
    t = np.linspace(-30, 30, 60_001)
    want = np.zeros(n)
    for i, j in itertools.product(range(n), range(k)):
        m, s = float(mu[i, j]), math.exp(float(log_var[i, j]) / 2)
        q = norm.pdf(t, m, s)
        want[i] += float(np.sum(q * (norm.logpdf(t, m, s) - norm.logpdf(t))) * (t[1] - t[0]))
    expect_close(numbers(answer(mu, log_var), (n,)), torch.from_numpy(want), "random codes", show=False, rtol=1e-3)


@check.that("bound_steps", "agrees with SciPy, and with draws of z")
def _(answer: Callable) -> None:
    n, d, k = 4, chosen_int(5, between=(3, 6)), chosen_int(2, between=(1, 3))
    W, b, s = randn(d, k).double(), randn(d).double(), 0.4 + float(rand())
    x = randn(n, d).double()
    spread = numpy_of(W) @ numpy_of(W).T + s**2 * np.eye(d)
    expect_close(numbers(answer(1, W=W, s=s), (d, d)), torch.from_numpy(spread), "step 1", show=False)
    want = multivariate_normal(numpy_of(b), spread).logpdf(numpy_of(x))
    expect_close(numbers(answer(2, x=x, W=W, b=b, s=s), (n,)), torch.from_numpy(want), "step 2", show=False)
    # Bayes' rule for the joint normal density of (z, x), by blocks.
    gain = numpy_of(W).T @ np.linalg.inv(spread)
    mean, covariance = (numpy_of(x) - numpy_of(b)) @ gain.T, np.eye(k) - gain @ numpy_of(W)
    expect_close(numbers(answer(3, x=x, W=W, b=b, s=s), (n, k)), torch.from_numpy(mean), "step 3", show=False)
    expect_close(numbers(answer(4, W=W, s=s), (k, k)), torch.from_numpy(covariance), "step 4", show=False)
    m, v = randn(n, k).double(), 0.2 + rand(n, k, dtype=torch.float64)
    signs = torch.tensor(list(itertools.product((-1.0, 1.0), repeat=k)), dtype=torch.float64)
    z = m[:, None] + signs * v.sqrt()[:, None]  # a square is exact on these 2^k points
    logs = torch.from_numpy(norm.logpdf(numpy_of(x)[:, None], numpy_of(z @ W.T + b), s).sum(2)).mean(1)
    expect_close(numbers(answer(5, x=x, W=W, b=b, s=s, m=m, v=v), (n,)), logs, "step 5", show=False)
    kl = torch.distributions.kl_divergence(
        torch.distributions.MultivariateNormal(m, torch.diag_embed(v)),
        torch.distributions.MultivariateNormal(torch.zeros(k).double(), torch.eye(k).double()),
    )
    expect_close(numbers(answer(6, x=x, W=W, b=b, s=s, m=m, v=v), (n,)), logs - kl, "step 6", show=False)


@check.that("vae_step", "agrees with torch.func, three steps in a row, on batches of unlike sizes")
def _(step: Callable) -> None:
    call = torch.func.functional_call
    k = chosen_int(2, between=(1, 3))
    encoder = nn.Sequential(linear(4, 6), nn.Tanh(), linear(6, 2 * k))
    decoder = nn.Sequential(linear(k, 6), nn.Tanh(), linear(6, 4))
    opt, s, beta = torch.optim.SGD([*encoder.parameters(), *decoder.parameters()], 0.05), 0.8, 0.5 + float(rand())
    for n in (4, 7, 3):
        x, noise = randn(n, 4).double(), randn(n, k).double()
        held = [{name: p.detach().clone() for name, p in net.named_parameters()} for net in (encoder, decoder)]

        def loss(both: list, x: Tensor = x, noise: Tensor = noise) -> tuple[Tensor, Tensor]:
            told = call(encoder, both[0], (x,))
            mu, log_var = told[:, :k], told[:, k:]
            made = call(decoder, both[1], (mu + torch.exp(0.5 * log_var) * noise,))
            off = ((made - x) ** 2).sum() / (2 * s**2 * len(x))
            kl = torch.distributions.kl_divergence(
                torch.distributions.Normal(mu, torch.exp(0.5 * log_var)), torch.distributions.Normal(0.0, 1.0)
            ).sum() / len(x)  # fmt: skip
            return off + beta * kl, torch.stack([off, kl])

        slope, (_, told) = torch.func.grad_and_value(loss, has_aux=True)(held)
        got = several_losses(step(encoder, decoder, opt, x, noise, s, beta), 2, "Two numbers are asked.")
        for net, old, by in zip((encoder, decoder), held, slope, strict=True):
            want = torch.cat([(p - 0.05 * by[name]).flatten() for name, p in old.items()])
            expect_close(flat(net), want, "the parameters after a step", show=False, rtol=1e-6, atol=1e-8)
        expect_close(got, told, "the two terms", show=False)


@check.that("MaskedConv", "agrees with a sum over what comes before, place by place")
def _(kind: Callable) -> None:
    size, own = (3, 5)[chosen_int(0, between=(0, 1))], bool(chosen_int(1, between=(0, 1)))
    net = built(kind, inputs=2, outputs=2, size=size, own=own)
    kernel, bias = (randn(*p.shape) for p in net.parameters())
    for p, value in zip(net.parameters(), (kernel, bias), strict=True):
        put(p, value)
    x, middle = randn(1, 2, 4, 5), size // 2
    want = np.zeros((2, 4, 5))
    for o, r, c in itertools.product(range(2), range(4), range(5)):
        want[o, r, c] = float(bias[o])
        for i, dr, dc in itertools.product(range(2), range(-middle, middle + 1), range(-middle, middle + 1)):
            before = dr * 100 + dc < 0 or (own and dr == dc == 0)
            if before and 0 <= r + dr < 4 and 0 <= c + dc < 5:
                want[o, r, c] += float(kernel[o, i, dr + middle, dc + middle] * x[0, i, r + dr, c + dc])
    got = numbers(net(x), (1, 2, 4, 5))
    expect_close(got[0], torch.from_numpy(want), "a kernel of random numbers", show=False, rtol=1e-3, atol=1e-3)


def lone_ways(places: list[tuple[int, int]], size: int) -> nn.Module:
    """A convolution that sees these places of its kernel, and no other."""
    conv = nn.utils.skip_init(nn.Conv2d, 1, 1, size, padding=size // 2)
    kernel = torch.zeros(1, 1, size, size)
    for r, c in places:
        kernel[0, 0, r, c] = 1.0 + float(rand())
    weight, bias = conv.parameters()
    put(weight, kernel)
    put(bias, 0.1)
    return conv


@check.that("seen_pixels", "agrees with changing one pixel after the other")
def _(answer: Callable) -> None:
    net = nn.Sequential(lone_ways([(0, 2), (1, 0), (2, 1)], 3), nn.Tanh(), lone_ways([(0, 0), (1, 1)], 3))
    height, width = 5, chosen_int(6, between=(6, 7))
    row, column = chosen_int(2, between=(1, 3)), chosen_int(3, between=(2, 4))
    x = 0.3 * randn(1, 1, height, width)
    want = torch.zeros(height, width, dtype=torch.float64)
    with torch.no_grad():
        for r, c in itertools.product(range(height), range(width)):
            other = x.clone()
            other[0, 0, r, c] += 0.5
            want[r, c] = float((net(other) - net(x))[0, 0, row, column].abs() > 1e-6)
    got = numbers(answer(net, height, width, row, column), (height, width))
    expect(torch.equal(got, want), "Changing one pixel after the other shows another map.")


def chain(first: float, stay: float) -> Callable[[Tensor], Tensor]:
    """Logits of a chain: the first pixel by `first`, each later one as the one before it or not, by ±`stay`."""

    def net(x: Tensor) -> Tensor:
        rows = x.detach().flatten(1)
        before = torch.cat([torch.zeros_like(rows[:, :1]), rows[:, :-1]], 1)
        logits = stay * (2 * before - 1)
        logits[:, 0] = first
        return logits.view_as(x)

    return net


def chain_chance(rows: np.ndarray, first: float, stay: float) -> np.ndarray:
    """The probability of each row by that chain, multiplied out."""

    def squashed(a: float) -> float:
        return 1 / (1 + math.exp(-a))

    found = []
    for row in rows.astype(int).tolist():
        chance = squashed(first) if row[0] else 1 - squashed(first)
        for one, other in itertools.pairwise(row):
            black = squashed(stay if one else -stay)
            chance *= black if other else 1 - black
        found.append(chance)
    return np.array(found)


@check.that("exact_likelihood", "agrees with a chain, multiplied out; 64 pictures of 2 × 3 pixels add up to 1")
def _(answer: Callable) -> None:
    first, stay = float(randn(1)), 0.5 + float(rand())
    rows = np.array(list(itertools.product((0, 1), repeat=6)))
    x = torch.from_numpy(rows).float().view(64, 1, 2, 3)
    want = chain_chance(rows, first, stay)
    got = numbers(answer("nats", chain(first, stay), x), (64,))
    expect_close(got, torch.from_numpy(np.log(want)), "a chain", show=False, rtol=1e-3, atol=1e-4)
    expect(abs(float(got.exp().sum()) - 1) < 1e-3, "The probabilities of all pictures do not add up to 1.")
    some = x[:20]
    bits = -np.log2(want[:20]).mean() / 6
    expect_close(
        number(answer("bits", chain(first, stay), some)), float(bits), "a chain, in bits", show=False, rtol=1e-3
    )


@check.that("exact_likelihood", "holds at large logits, gradients included")
def _(answer: Callable) -> None:
    x, logits = (randn(3, 1, 2, 3) > 0).float(), large_logits(6, between=(300.0, 1000.0)).detach()
    ours = logits.double().requires_grad_()
    each = torch.distributions.Bernoulli(logits=ours).log_prob(x.double().flatten(1))
    for which, want in (("nats", each.sum(1)), ("bits", -each.mean() / math.log(2))):
        last = nn.utils.skip_init(nn.Linear, 6, 6)
        weight, bias = last.parameters()
        put(weight, 0.0)  # whatever it is shown, its bias is what it says
        put(bias, logits)
        net = nn.Sequential(nn.Flatten(), last, nn.Unflatten(1, (1, 2, 3)))
        got = answer(which, net, x)
        what = f"in {which} it is"
        expect_close(numbers(got, tuple(want.shape)), want.detach(), "large logits", show=False, what=what)
        differentiable(got, f"In {which} it is cut off from the network.")
        got.sum().backward()
        (slope,) = torch.autograd.grad(want.sum(), ours, retain_graph=True)
        slope_at_large(bias, slope, "large logits", "the logits", show=False)


@check.that("paint_pixels", "paints a chain as often as it should")
def _(answer: Callable) -> None:
    first, stay, n = 0.8, 1.0 + float(rand()), 3000
    rows = np.array(list(itertools.product((0, 1), repeat=4)))
    want = torch.from_numpy(chain_chance(rows, first, stay))
    x = numbers(answer(chain(first, stay), n, 2, 2), (n, 1, 2, 2)).flatten(1)
    often = torch.bincount((x @ torch.tensor([8.0, 4.0, 2.0, 1.0]).double()).long(), minlength=16) / n
    off = float((often - want).abs().sum() / 2)
    expect(off < 0.07, f"Pictures of a chain do not come as often as they should: {off:.2f} of them are misplaced.")


@check.challenge("fewest_bits", "says what comes next in pictures that nobody has seen", MEDALS_FOR_BITS)
def _(fewest_bits: Callable) -> Reached:
    found = [bits_by(fewest_bits, HiddenRule()) for _ in range(3)]
    return Reached(sum(found) / len(found), "In bits: " + ", ".join(f"{bits:.2f}" for bits in found) + ".")
