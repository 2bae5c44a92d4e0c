"""Hidden checks of lesson 03: the same questions on other inputs, and slower ones.

They live in the repository and not in the package, so a student's code cannot look them up.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import nn

from gancourse.checks import Suite, networks
from gancourse.checks.core import expect
from gancourse.checks.inputs import chosen_int, rand, randn
from gancourse.checks.lesson_03 import curves, hacks, latent, sizes, weights
from gancourse.checks.values import close, double, expect_close, numbers

check = Suite("03_dcgan")


@check.that("conv_size", "holds for twenty settings drawn at random")
def _(conv_size: Callable) -> None:
    for _ in range(20):
        setting = sizes.shuffled((chosen_int(20, between=(8, 60)), 5, 3, 1))
        sizes.sized(conv_size(*setting), setting, sizes.convolved(setting), sizes.conv_mistakes(setting))


@check.that("conv_size", "has stride 1 and padding 0 as defaults, and takes them by name")
def _(conv_size: Callable) -> None:
    size = chosen_int(19, between=(9, 40))
    sizes.sized(conv_size(size, 5), (size, 5, 1, 0), size - 4, {})
    sizes.sized(conv_size(size, 5, padding=2), (size, 5, 1, 2), size, {})


@check.that("transposed_size", "holds for twenty settings drawn at random")
def _(transposed_size: Callable) -> None:
    for _ in range(20):
        setting = sizes.shuffled((chosen_int(20, between=(2, 60)), 5, 3, 1))
        right = sizes.transposed(setting)
        sizes.sized(transposed_size(*setting), setting, right, sizes.transposed_mistakes(setting))


@check.that("transposed_size", "has stride 1 and padding 0 as defaults, and takes them by name")
def _(transposed_size: Callable) -> None:
    size = chosen_int(19, between=(9, 40))
    sizes.sized(transposed_size(size, 5), (size, 5, 1, 0), size + 4, {})
    sizes.sized(transposed_size(size, 5, padding=2), (size, 5, 1, 2), size, {})


@check.that("transposed_convolution", "is the transpose of the convolution, as inner products tell")
def _(answer: Callable) -> None:
    stride, padding = chosen_int(2, between=(1, 3)), chosen_int(1, between=(0, 2))
    kernel = randn(5, 4, dtype=torch.float64)
    large = randn(4 * stride - 2 * padding + 5, 3 * stride - 2 * padding + 4, dtype=torch.float64)
    small = F.conv2d(large[None, None], kernel[None, None], None, stride, padding)[0, 0]
    y = randn(*small.shape, dtype=torch.float64)
    spread = sizes.result(answer, y, kernel, stride, padding)
    expect_close((spread * large).sum(), (small * y).sum(), "⟨y, C x⟩ = ⟨Cᵀ y, x⟩", show=False)


@check.that("transposed_convolution", "has stride 1 and padding 0 as defaults")
def _(answer: Callable) -> None:
    picture, kernel = randn(3, 5), randn(3, 2)
    got = numbers(answer(picture, kernel), (5, 6))
    expect_close(got, sizes.reference(picture, kernel, 1, 0), "a call without stride and padding", show=False)


@check.that("Generator", "can be taught: a few steps bring it closer to a picture")
def _(Generator: Callable) -> None:
    net = networks.built(Generator, size=16, latent_dim=6, width=8)
    z, target = networks.noise(4, 6), 0.8 * torch.tanh(randn(4, 3, 16, 16))
    before, after = networks.taught(net, z, lambda out: (out - target).square().mean())
    expect(
        after < 0.9 * before, f"Twelve steps of gradient descent take the error from {before:.3f} to {after:.3f} only."
    )


@check.that("Generator", "has 32 pixels, 64 dimensions and a width of 32 by default")
def _(Generator: Callable) -> None:
    net = Generator()
    networks.output(net, networks.noise(2, 64), (2, 3, 32, 32))
    told = networks.built(Generator, size=32, latent_dim=64, width=32)
    expect(networks.count(net) == networks.count(told), "The defaults are not size=32, latent_dim=64, width=32.")


@check.that("Generator", "takes one z alone after eval()", alone=False)
def _(Generator: Callable) -> None:
    net = networks.built(Generator, size=16, latent_dim=5, width=8)
    net.eval()
    networks.output(net, networks.noise(1, 5), (1, 3, 16, 16))


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


@check.that("smoothed_loss", "holds on random logits in batches of different sizes")
def _(loss: Callable) -> None:
    real, fake = 3 * randn(chosen_int(7, between=(2, 9)), 1), 3 * randn(chosen_int(4, between=(2, 9)), 1)
    label = 0.6 + 0.39 * float(rand())
    r, f = real.double(), fake.double()
    want = -(label * F.logsigmoid(r) + (1 - label) * F.logsigmoid(-r)).mean() - F.logsigmoid(-f).mean()
    expect_close(hacks.scalar(loss(real, fake, label)), want, "random logits", show=False)
    expect_close(hacks.scalar(loss(real, fake, real_label=label)), want, "real_label by name", show=False)


@check.that("smoothed_loss", "gives the fakes' logits the gradient D / m")
def _(loss: Callable) -> None:
    real, fake = randn(3, 1), randn(5, 1).requires_grad_()
    hacks.scalar(value := loss(real, fake, 0.9))
    value.backward()
    expect(fake.grad is not None, "No gradient reaches the fakes' logits.")
    expect_close(numbers(fake.grad), torch.sigmoid(fake.detach()) / 5, "random logits", show=False)


@check.that("noisy_labels", "flips nothing or everything if asked to")
def _(answer: Callable) -> None:
    n = chosen_int(50, between=(20, 90))
    expect(bool((hacks.labels(answer, n, 0.6, 0.9, 1.0) == 0).all()), "With flip = 1 every label should be 0.")
    expect(bool((hacks.labels(answer, n, 0.6, 0.9, 0.0) >= 0.6 - 1e-6).all()), "With flip = 0 no label should be 0.")


@check.that("noisy_labels", "gives every picture a draw of its own")
def _(answer: Callable) -> None:
    found = hacks.labels(answer, 500, 0.5, 1.0, 0.0)
    expect(len(found.unique()) > 490, "Many labels are alike: draw one for each picture.")


@check.that("ReplayBuffer", "holds for single pictures and a small memory")
def _(kind: Callable) -> None:
    capacity = chosen_int(3, between=(2, 4))
    buffer = hacks.new_buffer(kind, capacity)
    got = [hacks.passed(buffer, hacks.numbered(i, 1))[0] for i in range(200)]
    expect(got[:capacity] == list(range(capacity)), "While there is room, every picture is passed on as it is.")
    later = got[capacity:]
    kept = sum(value == i for i, value in enumerate(later, capacity)) / len(later)
    expect(abs(kept - 0.5) < 6 * 0.5 / len(later) ** 0.5, f"A share of {kept:.2f} is passed on; about half should be.")
    old = [value for i, value in enumerate(later, capacity) if value != i]
    expect(len(set(old)) == len(old), "The same stored picture comes out more than once.")


@check.that("ReplayBuffer", "fills up within a batch, too")
def _(kind: Callable) -> None:
    buffer = hacks.new_buffer(kind, 5)
    got = hacks.passed(buffer, hacks.numbered(0, 100))
    expect(got[:5] == [0, 1, 2, 3, 4], "The first five of a batch of 100 should be stored and passed on.")
    changed = sum(value != i for i, value in enumerate(got))
    expect(changed > 10, "Once it is full in the middle of a batch, the rest of the batch follows the coin.")


@check.that("ema_update", "holds for decays from 0 to 1")
def _(ema_update: Callable) -> None:
    for decay in (0.0, 0.37, 0.999, 1.0):
        old, new = randn(4).tolist(), randn(4).tolist()
        ema, net = weights.small(tuple(old), (1.0, 1.0)), weights.small(tuple(new), (2.0, 2.0))
        ema_update(ema, net, decay)
        want = decay * double(old) + (1 - decay) * double(new)
        expect_close(double(weights.held(ema)), want, f"decay = {decay:g}", show=False)


@check.that("diagnose", "reads runs of other lengths, each of the five kinds")
def _(diagnose: Callable) -> None:
    for end, want in (
        (curves.HEALTHY, "healthy"),
        (curves.COLLAPSED, "collapsed"),
        (curves.D_WON, "discriminator won"),
        (curves.G_WON, "generator won"),
        (curves.BLOWN_UP, "diverged"),
    ):
        records = chosen_int(60, between=(40, 900))
        start = curves.HEALTHY if want != "healthy" else curves.COLLAPSED
        curves.says(diagnose, curves.story(end, start, records), want, f"another run of {records} records")


@check.that("diagnose", "finds what is not finite in the first record and in the last")
def _(diagnose: Callable) -> None:
    for place in (0, -1):
        history = curves.story(curves.D_WON)
        history["g_loss"][place] = math.inf
        curves.says(diagnose, history, "diverged", "a run with an infinite loss in its first or last record")


@check.that("lerp", "stays on the line, in many dimensions")
def _(lerp: Callable) -> None:
    a, b, t = randn(128), randn(128), rand(6)
    expect_close(latent.way(lerp, a, b, t), latent.line(a, b, t), "128 dimensions", show=False)


@check.that("slerp", "holds in many dimensions, for unequal lengths")
def _(slerp: Callable) -> None:
    a, b, t = 3 * randn(128), randn(128), rand(6)
    expect_close(latent.way(slerp, a, b, t), latent.sphere(a, b, t), "128 dimensions", show=False, atol=1e-4)


@check.that("slerp", "turns evenly: equal steps of t are equal angles")
def _(slerp: Callable) -> None:
    a, b = randn(16), randn(16)
    b = b * a.norm() / b.norm()
    points = F.normalize(latent.way(slerp, a, b, torch.linspace(0, 1, 6)), dim=1)
    angles = torch.acos((points[1:] * points[:-1]).sum(1).clamp(-1, 1))
    expect(close(angles, angles.mean().expand(5), rtol=1e-2), "The angles between neighbors on the way are not equal.")


@check.that("attribute_arithmetic", "holds for one code and for many")
def _(answer: Callable) -> None:
    for n in (1, chosen_int(9, between=(5, 20))):
        z, minus, plus = randn(n, 10), randn(n + 2, 10), randn(2 * n + 1, 10)
        want = z.double() + plus.double().mean(0) - minus.double().mean(0)
        expect_close(latent.edited(answer, z, minus, plus), want, "random codes", show=False)
