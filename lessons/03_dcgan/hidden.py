"""Hidden checks of lesson 03: the same questions on other inputs, and slower ones.

They live in the repository and not in the package, so a student's code cannot look them up. No reference of the
public checks is used: what is expected is counted, or comes from SciPy, or from another form of the formula.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from scipy.signal import convolve2d
from scipy.spatial import geometric_slerp
from torch import nn

from gancourse.checks import networks
from gancourse.checks.core import Suite, a, expect
from gancourse.checks.inputs import chosen_int, rand, randn
from gancourse.checks.steps import curved, flat
from gancourse.checks.values import close, expect_close, number, numbers, whole

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
    expect(whole(got) == want, f"For {setting} you return {whole(got)}; expected {want}.")


@check.that("conv_size", "holds for twenty settings drawn at random")
def _(conv_size: Callable) -> None:
    for setting in settings(20, 8):
        sized(conv_size(*setting), places(*setting), setting)


@check.that("conv_size", "has stride 1 and padding 0 as defaults, and takes them by name")
def _(conv_size: Callable) -> None:
    size = chosen_int(19, between=(9, 40))
    sized(conv_size(size, 5), size - 4, (size, 5))
    sized(conv_size(size, 5, padding=2), size, f"{(size, 5)} with padding 2")


@check.that("transposed_size", "holds for twenty settings drawn at random")
def _(transposed_size: Callable) -> None:
    for setting in settings(20, 2):
        # Holes between stamps that do not meet belong to the map, too: its end is the last stamp's end.
        sized(transposed_size(*setting), reach(*setting), setting)


@check.that("transposed_size", "has stride 1 and padding 0 as defaults, and takes them by name")
def _(transposed_size: Callable) -> None:
    size = chosen_int(19, between=(9, 40))
    sized(transposed_size(size, 5), size + 4, (size, 5))
    sized(transposed_size(size, 5, padding=2), size, f"{(size, 5)} with padding 2")


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


@check.that("noisy_labels", "flips nothing or everything if asked to")
def _(answer: Callable) -> None:
    n = chosen_int(50, between=(20, 90))
    flipped, kept = (numbers(answer(n, 0.6, 0.9, flip), (n, 1), "The labels") for flip in (1.0, 0.0))
    expect(bool((flipped == 0).all()), "With flip = 1 every label should be 0.")
    expect(bool((kept >= 0.6 - 1e-6).all()), "With flip = 0 no label should be 0.")


@check.that("noisy_labels", "gives every picture a draw of its own")
def _(answer: Callable) -> None:
    found = numbers(answer(500, 0.5, 1.0, 0.0), (500, 1), "The labels")
    expect(len(found.unique()) > 490, "Many labels are alike: draw one for each picture.")


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


# How a run ends, and what it is called: numbers on either side of the text's limits.
ENDS = {
    "healthy": {"d_loss": 4.8, "g_loss": 2.0, "d_real": 0.94, "d_fake": 0.74, "spread": 0.27},
    "diverged": {"d_loss": 5.2, "g_loss": 2.0, "d_real": 0.6, "d_fake": 0.4, "spread": 0.9},
    "collapsed": {"d_loss": 1.2, "g_loss": 1.0, "d_real": 0.6, "d_fake": 0.4, "spread": 0.23},
    "discriminator won": {"d_loss": 0.1, "g_loss": 5.0, "d_real": 0.96, "d_fake": 0.04, "spread": 0.9},
    "generator won": {"d_loss": 2.0, "g_loss": 0.2, "d_real": 0.6, "d_fake": 0.77, "spread": 0.9},
}
ONE_LOW = ("d_real",)  # whose odd record is below the others, not above


def ending(kind: str, records: int, start: str) -> dict[str, list[float]]:
    """A run whose last tenth has these means, by one odd record at its beginning; before, it is another kind of run.

    The odd one makes the mean another thing than the middle value, or the mean of fewer records.
    """
    tenth, history = records // 10, {}
    for name, mean in ENDS[kind].items():
        share = 0.008 if name in ("d_real", "d_fake") and kind == "discriminator won" else 0.03 * max(mean, 1)
        off = -share if name in ONE_LOW else share
        last = [mean + (tenth - 1) * off, *[mean - off] * (tenth - 1)]
        history[name] = [ENDS[start][name]] * (records - tenth) + last
    return history


def said(diagnose: Callable, history: dict[str, list[float]], want: str, where: str) -> None:
    got = diagnose({name: list(values) for name, values in history.items()})
    expect(isinstance(got, str), f"The diagnosis should be a word; it is {a(got)}.")
    expect(got == want, f"For {where} you return {got[:40]!r}; expected {want!r}.")


@check.that("diagnose", "reads runs of other lengths, each of the five kinds")
def _(diagnose: Callable) -> None:
    for kind in ENDS:
        records = chosen_int(60, between=(40, 90))
        start = "collapsed" if kind == "healthy" else "healthy"
        said(diagnose, ending(kind, records, start), kind, f"another run of {records} records")


@check.that("diagnose", "finds what is not finite in the first record and in the last", alone=False)
def _(diagnose: Callable) -> None:
    for place in (0, -1):
        history = ending("discriminator won", 50, "healthy")
        history["g_loss"][place] = math.inf
        said(diagnose, history, "diverged", "a run with an infinite loss in its first or last record")


def turned(t: torch.Tensor, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """The arc from a to b: SciPy turns in the plane of both, and its weights of two unit vectors weigh a and b."""
    cosine = float(F.cosine_similarity(a.double(), b.double(), dim=0))
    ends = np.array([[1.0, 0.0], [cosine, math.sqrt(1 - cosine**2)]])
    points = geometric_slerp(ends[0], ends[1], t.double().numpy())
    weights = torch.from_numpy(np.linalg.solve(ends.T, points.T).T)
    return weights @ torch.stack([a, b]).double()


@check.that("lerp", "stays on the line, in many dimensions")
def _(lerp: Callable) -> None:
    a, b, t = randn(128), randn(128), rand(6)
    want = torch.lerp(a.double().expand(6, 128), b.double().expand(6, 128), t.double()[:, None])
    expect_close(numbers(lerp(a, b, t), (6, 128)), want, "128 dimensions", show=False)


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


@check.that("attribute_arithmetic", "holds for one code and for many")
def _(answer: Callable) -> None:
    for n in (1, chosen_int(9, between=(5, 20))):
        z, minus, plus = randn(n, 10), randn(n + 2, 10), randn(2 * n + 1, 10)
        want = z.numpy() + np.average(plus.double(), axis=0) - np.average(minus.double(), axis=0)
        expect_close(numbers(answer(z, minus, plus), (n, 10)), torch.from_numpy(want), "random codes", show=False)
