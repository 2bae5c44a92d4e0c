"""Hidden checks of lesson 03: the same questions on other inputs, and slower ones.

They live in the repository and not in the package, so a student's code cannot look them up. No reference of the
public checks is used: what is expected is counted, or comes from SciPy, or from another form of the formula.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from scipy.signal import convolve2d
from scipy.spatial import geometric_slerp
from scipy.stats import chi2
from torch import nn

from gancourse.checks import networks
from gancourse.checks.challenge import Medals, Reached
from gancourse.checks.core import Suite, a, expect
from gancourse.checks.doubles import Blend, Quadratic
from gancourse.checks.inputs import chosen_int, rand, randn
from gancourse.checks.steps import curved, flat
from gancourse.checks.values import close, expect_close, number, numbers, one_of_one, whole
from gancourse.training.runs import PastRun, load_runs

check = Suite("03_dcgan")
check.without["transposed_convolution"] = "transposed convolution"


def settings(n: int, smallest: int) -> list[tuple[int, int, int, int]]:
    """Sizes, kernels, strides and paddings drawn at random, all of them possible."""
    found = []
    for _ in range(n):
        kernel = chosen_int(5, between=(2, 7))
        padding = min(chosen_int(1, between=(0, 3)), (kernel - 1) // 2)
        found.append((chosen_int(20, between=(smallest, 60)), kernel, chosen_int(3, between=(1, 4)), padding))
    return found


def places(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    """A convolution's size, by counting the places where the kernel fits."""
    return len(range(0, size + 2 * padding - kernel + 1, stride))


def reach(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    """A transposed convolution's size, by counting the pixels that some stamp covers and no padding cuts off."""
    covered = {stride * i + a for i in range(size) for a in range(kernel)}
    return max(covered) + 1 - 2 * padding


def sized(got: object, want: int, setting: object) -> None:
    expect(not isinstance(got, torch.Tensor), "A size is a tensor; a whole number of Python's (an int) is asked.")
    expect(whole(got) == want, f"For {setting} you return {whole(got)}; expected {want}.")


@check.that("map_sizes", "conv_size holds for twenty settings drawn at random")
def _(map_sizes: Callable) -> None:
    for setting in settings(20, 8):
        sized(map_sizes("convolution", *setting), places(*setting), setting)


@check.that("map_sizes", "transposed_size holds for twenty settings drawn at random")
def _(map_sizes: Callable) -> None:
    for setting in settings(20, 2):
        # Holes between stamps that do not meet belong to the map, too: its end is the last stamp's end.
        sized(map_sizes("transposed", *setting), reach(*setting), setting)


@check.that("map_sizes", "both have stride 1 and padding 0 as defaults, and take them by name")
def _(map_sizes: Callable) -> None:
    size = chosen_int(19, between=(9, 40))
    for which, sign in (("convolution", -1), ("transposed", 1)):
        sized(map_sizes(which, size, 5), size + 4 * sign, (size, 5))
        sized(map_sizes(which, size, 5, padding=2), size, f"{(size, 5)} with padding 2")


@check.that("transposed_convolution", "is the transpose of the convolution, as inner products tell")
def _(answer: Callable) -> None:
    stride, padding = chosen_int(2, between=(1, 3)), chosen_int(1, between=(0, 2))
    kernel = randn(5, 4, dtype=torch.float64)
    large = randn(4 * stride - 2 * padding + 5, 3 * stride - 2 * padding + 4, dtype=torch.float64)
    small = F.conv2d(large[None, None], kernel[None, None], None, stride, padding)[0, 0]
    y = randn(*small.shape, dtype=torch.float64)
    spread = numbers(answer(y, kernel, stride, padding), tuple(large.shape))
    expect_close((spread * large).sum(), (small * y).sum(), "⟨y, C x⟩ = ⟨Cᵀ y, x⟩", show=False)


@check.that("transposed_convolution", "has stride 1 and padding 0 as defaults")
def _(answer: Callable) -> None:
    picture, kernel = randn(3, 5), randn(3, 2)
    got = numbers(answer(picture, kernel), (5, 6))
    want = convolve2d(picture.double().numpy(), kernel.double().numpy())  # with every place where they overlap
    expect_close(got, torch.from_numpy(want), "a call without stride and padding", show=False)


@check.that("Generator", "can be taught: a few steps bring it closer to a picture")
def _(Generator: Callable) -> None:
    net = networks.built(Generator, size=16, latent_dim=6, width=8)
    z, target = networks.latent_noise(4, 6), 0.8 * torch.tanh(randn(4, 3, 16, 16))
    before, after = networks.taught(net, z, lambda out: (out - target).square().mean())
    expect(
        after < 0.9 * before, f"Twelve steps of gradient descent take the error from {before:.3f} to {after:.3f} only."
    )


@check.that("Generator", "has 32 pixels, 64 dimensions and a width of 32 by default")
def _(Generator: Callable) -> None:
    net = Generator()
    networks.output(net, networks.latent_noise(2, 64), (2, 3, 32, 32))
    told = networks.built(Generator, size=32, latent_dim=64, width=32)
    expect(networks.count(net) == networks.count(told), "The defaults are not size=32, latent_dim=64, width=32.")


@check.that("Generator", "takes one z alone after eval()", alone=False)
def _(Generator: Callable) -> None:
    net = networks.built(Generator, size=16, latent_dim=5, width=8)
    net.eval()
    networks.output(net, networks.latent_noise(1, 5), (1, 3, 16, 16))


@check.that("Discriminator", "can be taught: a few steps make it tell bright from dark")
def _(Discriminator: Callable) -> None:
    net = networks.built(Discriminator, size=16, width=8)
    pictures = networks.pictures(12, 16) * 0.3
    pictures[:6] += 0.6
    pictures[6:] -= 0.6
    labels = torch.tensor([[1.0]] * 6 + [[0.0]] * 6)
    before, after = networks.taught(net, pictures, lambda out: F.binary_cross_entropy_with_logits(out, labels))
    expect(
        after < 0.9 * before, f"Twelve steps of gradient descent take the loss from {before:.3f} to {after:.3f} only."
    )


@check.that("Discriminator", "has 32 pixels and a width of 32 by default")
def _(Discriminator: Callable) -> None:
    net = Discriminator()
    networks.output(net, networks.pictures(2, 32), (2, 1))
    told = networks.built(Discriminator, size=32, width=32)
    expect(networks.count(net) == networks.count(told), "The defaults are not size=32, width=32.")


@check.that("Discriminator", "takes one picture alone after eval()", alone=False)
def _(Discriminator: Callable) -> None:
    net = networks.built(Discriminator, size=16, width=8)
    net.eval()
    networks.output(net, networks.pictures(1, 16), (1, 1))


@check.that("init_weights", "holds for convolutions of other sizes, and draws anew each time")
def _(init_weights: Callable) -> None:
    for kind in (nn.Conv2d, nn.ConvTranspose2d):
        layer = networks.filled(nn.utils.skip_init(kind, chosen_int(30, between=(20, 40)), 40, 3, bias=False))
        init_weights(layer)
        networks.drawn_normal(layer.weight, 0.0, 0.02, f"an nn.{kind.__name__}")
        first = numbers(layer.weight)
        init_weights(layer)
        expect(not torch.equal(first, numbers(layer.weight)), "Two calls give the same weights.")


loss_of = partial(number, what="The loss", advice="Average over each batch, and add.")


@check.that("smoothed_loss", "holds on random logits in batches of different sizes")
def _(loss: Callable) -> None:
    real, fake = 3 * randn(chosen_int(7, between=(2, 9)), 1), 3 * randn(chosen_int(4, between=(2, 9)), 1)
    label = 0.6 + 0.39 * float(rand())
    r, f = real.double(), fake.double()
    want = -(label * F.logsigmoid(r) + (1 - label) * F.logsigmoid(-r)).mean() - F.logsigmoid(-f).mean()
    expect_close(loss_of(loss(real, fake, label)), want, "random logits", show=False)
    expect_close(loss_of(loss(real, fake, real_label=label)), want, "real_label by name", show=False)


@check.that("smoothed_loss", "gives the fakes' logits the gradient D / m")
def _(loss: Callable) -> None:
    real, fake = randn(3, 1), randn(5, 1).requires_grad_()
    loss_of(value := loss(real, fake, 0.9))
    value.backward()
    expect(fake.grad is not None, "No gradient reaches the fakes' logits.")
    expect_close(numbers(fake.grad), torch.sigmoid(fake.detach()) / 5, "random logits", show=False)


def through(buffer: Callable, first: int, n: int) -> list[int]:
    """Pictures (n, 1, 2, 2), each of one gray, its number, go through a buffer; the numbers of those that come out."""
    pictures = torch.arange(first, first + n, dtype=torch.float32).reshape(n, 1, 1, 1).repeat(1, 1, 2, 2)
    out = numbers(buffer(pictures), (n, 1, 2, 2), "What the buffer returns")
    return [int(gray) for gray in out.mean((1, 2, 3)).tolist()]


def buffer_of(kind: Callable, capacity: int) -> Callable:
    buffer = kind(capacity)
    expect(callable(buffer), f"ReplayBuffer({capacity}) gives {a(buffer)} that cannot be called; give it a __call__.")
    return buffer


@check.that("ReplayBuffer", "holds for single pictures and a small memory")
def _(kind: Callable) -> None:
    capacity = chosen_int(3, between=(2, 4))
    buffer = buffer_of(kind, capacity)
    got = [through(buffer, i, 1)[0] for i in range(200)]
    expect(got[:capacity] == list(range(capacity)), "While there is room, every picture is passed on as it is.")
    later = got[capacity:]
    kept = sum(value == i for i, value in enumerate(later, capacity)) / len(later)
    expect(abs(kept - 0.5) < 6 * 0.5 / len(later) ** 0.5, f"A share of {kept:.2f} is passed on; about half should be.")
    old = [value for i, value in enumerate(later, capacity) if value != i]
    expect(len(set(old)) == len(old), "The same stored picture comes out more than once.")


@check.that("ReplayBuffer", "fills up within a batch, too")
def _(kind: Callable) -> None:
    got = through(buffer_of(kind, 5), 0, 100)
    expect(got[:5] == [0, 1, 2, 3, 4], "The first five of a batch of 100 should be stored and passed on.")
    changed = sum(value != i for i, value in enumerate(got))
    expect(changed > 10, "Once it is full in the middle of a batch, the rest of the batch follows the coin.")


@check.that("ema_update", "holds for decays from 0 to 1")
def _(ema_update: Callable) -> None:
    for decay in (0.0, 0.37, 0.999, 1.0):
        ema, net = curved(3, 4, 2), curved(3, 4, 2)
        want = torch.lerp(flat(net), flat(ema), decay)
        ema_update(ema, net, decay)
        expect_close(flat(ema), want, f"decay = {decay:g}", show=False)


def after(G: nn.Module, D: nn.Module, real: torch.Tensor, z: torch.Tensor, loss: Callable, rates: tuple) -> tuple:
    """Both networks' parameters after a step, and the losses before: by torch.func, which moves nothing."""
    call, detached = torch.func.functional_call, lambda net: {k: p.detach() for k, p in net.named_parameters()}
    theta, omega = detached(G), detached(D)
    fake = call(G, theta, (z,))

    def of_D(parameters: dict) -> torch.Tensor:
        return loss(call(D, parameters, (real,)), call(D, parameters, (fake,)))

    slope, d_loss = torch.func.grad_and_value(of_D)(omega)
    omega = {k: p - rates[1] * slope[k] for k, p in omega.items()}

    def of_G(parameters: dict) -> torch.Tensor:
        return -F.logsigmoid(call(D, omega, (call(G, parameters, (z,)),))).mean()

    slope, g_loss = torch.func.grad_and_value(of_G)(theta)
    return {k: p - rates[0] * slope[k] for k, p in theta.items()}, omega, torch.stack([d_loss, g_loss])


@check.that("dcgan_step", "agrees with torch.func, three steps in a row, on other networks and batches of two sizes")
def _(dcgan_step: Callable) -> None:
    G, D, ema = curved(3, 5, 4), curved(4, 6, 1), curved(3, 5, 4)
    rates, loss, follow = (0.3, 0.2), Quadratic(-1.3, 0.9, curve=0.4), Blend(0.6, 0.5)
    opt_G, opt_D = torch.optim.SGD(G.parameters(), rates[0]), torch.optim.SGD(D.parameters(), rates[1])
    for n in (4, 7, 3):
        real, z = randn(n, 4).double(), randn(n + 1, 3).double()
        theta, omega, losses = after(G, D, real, z, loss, rates)
        average = 0.6 * flat(ema) + 0.5 * torch.cat([p.flatten() for p in theta.values()])
        got = dcgan_step(G, D, ema, opt_G, opt_D, real, z, loss, lambda fake: fake, follow)
        expect(isinstance(got, tuple | list) and len(got) == 2, "Two losses are asked.")
        for name, net, want in (("D", D, omega), ("G", G, theta)):
            moved = torch.cat([p.flatten() for p in want.values()])
            expect_close(flat(net), moved, f"the parameters of {name} after a step", show=False)
        expect_close(flat(ema), average, "the average after a step", show=False)
        found = torch.stack([number(part, "A loss") for part in got])
        expect_close(found, losses, "the losses of a step", show=False)


@check.that("dcgan_step", "takes the optimizers that it is given, Adam too", alone=False)
def _(dcgan_step: Callable) -> None:
    G, D, ema = curved(3, 5, 4), curved(4, 6, 1), curved(3, 5, 4)
    opt_G, opt_D = (torch.optim.Adam(net.parameters(), 0.01) for net in (G, D))
    before = [flat(net) for net in (G, D)]
    args = (G, D, ema, opt_G, opt_D, randn(4, 4).double(), randn(4, 3).double())
    dcgan_step(*args, Quadratic(-1.0, 1.0), lambda fake: fake, Blend(0.5, 0.5))
    for net, old, name in ((G, before[0], "G"), (D, before[1], "D")):
        far = float((flat(net) - old).abs().max())
        expect(0.005 < far < 0.0101, f"Adam's first step goes 0.01 for each parameter; {name} has moved by {far:.2g}.")


@cache
def unseen() -> list[PastRun]:
    """Runs that nobody has seen: unseen.py in this folder makes them."""
    return load_runs(Path(__file__).with_name("unseen_runs.safetensors"))


@check.challenge(
    "tell_runs_apart",
    "does so on other problems, with other rates and lengths",
    Medals(bronze=65, silver=77, gold=85, unit="% of runs", higher_is_better=True, margin=0.03, runs=1, seconds=20),
)
def _(tell: Callable) -> Reached:
    right: dict[str, list[bool]] = {}
    for run in unseen():
        got = tell({name: list(values) for name, values in run.history.items()})
        expect(isinstance(got, str), f"The result should be one of the six words; it is {a(got)}.")
        right.setdefault(run.kind, []).append(got == run.kind)
    return Reached(100 * float(np.mean([np.mean(found) for found in right.values()])))


def turned(t: torch.Tensor, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """The arc from a to b: SciPy turns in the plane of both, and its weights of two unit vectors weigh a and b."""
    cosine = float(F.cosine_similarity(a.double(), b.double(), dim=0))
    ends = np.array([[1.0, 0.0], [cosine, math.sqrt(1 - cosine**2)]])
    points = geometric_slerp(ends[0], ends[1], t.double().numpy())
    weights = torch.from_numpy(np.linalg.solve(ends.T, points.T).T)
    return weights @ torch.stack([a, b]).double()


@check.that("latent_moves", "lerp stays on the line, in many dimensions")
def _(latent_moves: Callable) -> None:
    a, b, t = randn(128), randn(128), rand(6)
    want = torch.lerp(a.double().expand(6, 128), b.double().expand(6, 128), t.double()[:, None])
    expect_close(numbers(latent_moves("line", a, b, t), (6, 128)), want, "128 dimensions", show=False)


@check.that("latent_moves", "lerp takes a single t, and a single dimension")
def _(latent_moves: Callable) -> None:
    for d, k in ((5, 1), (1, 3), (1, 1)):
        a, b, t = randn(d), randn(d), rand(k)
        got = numbers(latent_moves("line", a, b, t), (k, d))
        want = torch.from_numpy(a.numpy() + np.outer(t, b - a))
        expect_close(got, want.double(), f"{k} of t and {d} dimensions", show=False)


@check.that("latent_moves", "attribute_arithmetic holds for one code and for many")
def _(latent_moves: Callable) -> None:
    for n in (1, chosen_int(9, between=(5, 20))):
        z, minus, plus = randn(n, 10), randn(n + 2, 10), randn(2 * n + 1, 10)
        want = z.numpy() + np.average(plus.double(), axis=0) - np.average(minus.double(), axis=0)
        got = numbers(latent_moves("arithmetic", z, minus, plus), (n, 10))
        expect_close(got, torch.from_numpy(want), "random codes", show=False)


def step_of(answer: Callable, step: int, *given: float) -> float:
    return float(number(one_of_one(answer(step, *given)), f"The result of step {step}", "One number is asked."))


def chi_squared(d: int) -> tuple[float, float]:
    """Mean and standard deviation of a sum of d squares of normal numbers, as SciPy has them."""
    mean, variance = chi2.stats(d, moments="mv")
    return float(np.asarray(mean)), float(np.asarray(variance)) ** 0.5


def nearly(got: float, want: float, where: str) -> None:
    expect(math.isclose(got, want, rel_tol=1e-6, abs_tol=1e-9), f"For {where} it is {got:.6g}, which is not right.")


@check.that("off_the_shell", "steps 1 and 2 are the moments of SciPy's chi-squared distribution")
def _(answer: Callable) -> None:
    d = chosen_int(37, between=(3, 900))
    nearly(step_of(answer, 1, d), chi_squared(d)[0], f"step 1 with d = {d}")
    nearly(step_of(answer, 2, d), chi_squared(d)[1], f"step 2 with d = {d}")


@check.that("off_the_shell", "step 3 is the length of points on lines between random points")
def _(answer: Callable) -> None:
    for _ in range(3):
        a, b, t = randn(6, dtype=torch.float64), randn(6, dtype=torch.float64), float(rand())
        length = torch.lerp(a, b, t).norm().item()
        nearly(step_of(answer, 3, float(a @ a), float(b @ b), float(a @ b), t), length**2, "step 3 with random points")


@check.that("off_the_shell", "step 4 is the mean over many lines, exactly: by a quadrature of normal numbers")
def _(answer: Callable) -> None:
    nodes, weights = np.polynomial.hermite_e.hermegauss(4)  # exact for the squares of normal numbers
    d, t = chosen_int(23, between=(2, 300)), 0.05 + 0.9 * float(rand())
    one = ((1 - t) * nodes[:, None] + t * nodes[None]) ** 2
    mean = float(weights @ one @ weights) / float(weights.sum()) ** 2
    nearly(step_of(answer, 4, d, t), d * mean, f"step 4 with d = {d} and t = {t:.3f}")


@check.that("off_the_shell", "step 5 is deepest in the middle, the same from both ends, and grows with the root of d")
def _(answer: Callable) -> None:
    d, t = chosen_int(50, between=(10, 200)), 0.05 + 0.4 * float(rand())
    at = step_of(answer, 5, d, t)
    mean, width = chi_squared(d)
    nearly(at, (mean - ((1 - t) ** 2 + t**2) * d) / width, f"step 5 with d = {d}")
    nearly(step_of(answer, 5, d, 1 - t), at, "step 5 with 1 − t for t")
    nearly(step_of(answer, 5, 4 * d, t), 2 * at, "step 5 with 4 d for d")


@check.that("slerp", "holds in many dimensions, for unequal lengths")
def _(slerp: Callable) -> None:
    a, b, t = 3 * randn(128), randn(128), rand(6)
    expect_close(numbers(slerp(a, b, t), (6, 128)), turned(t, a, b), "128 dimensions", show=False, atol=1e-4)


@check.that("slerp", "turns evenly: equal steps of t are equal angles")
def _(slerp: Callable) -> None:
    a, b = randn(16), randn(16)
    b = b * a.norm() / b.norm()
    points = F.normalize(numbers(slerp(a, b, torch.linspace(0, 1, 6)), (6, 16)), dim=1)
    angles = torch.acos((points[1:] * points[:-1]).sum(1).clamp(-1, 1))
    expect(close(angles, angles.mean().expand(5), rtol=1e-2), "The angles between neighbors on the way are not equal.")
