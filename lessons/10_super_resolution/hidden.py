"""Hidden checks of lesson 10: the same questions on other inputs, by other formulas.

They live in the repository and not in the package, so a student's code cannot look them up. What is expected comes from
NumPy, SciPy, torch's own layers and optimizers, or counting, and not from the public checks' references.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from scipy.ndimage import gaussian_filter
from scipy.signal import correlate
from torch import Tensor, nn

from gancourse.checks.challenge import Reached
from gancourse.checks.core import Suite, expect
from gancourse.checks.doubles import Counted
from gancourse.checks.inputs import chosen_int, large_logits, rand, randn
from gancourse.checks.networks import built, parameters, put
from gancourse.checks.steps import copied_net, double_filters, flat, linear, several_losses
from gancourse.checks.unseen_faces import MEDALS_FOR_A_FACE, faces_found, seen_again
from gancourse.checks.values import described, differentiable, expect_close, number, numbers, slope_at_large

check = Suite("10_super_resolution")
check.without["pixel_shuffle"] = "pixel shuffle"
check.without["pixel_unshuffle"] = "pixel shuffle"


def array(x: Tensor) -> np.ndarray:
    return x.detach().double().numpy()


@check.that("pixel_shuffle", "agrees with PyTorch's own on random maps")
def _(pixel_shuffle: Callable) -> None:
    r, c, n = chosen_int(2, between=(2, 4)), chosen_int(2, between=(2, 4)), chosen_int(2, between=(1, 4))
    x = randn(n, c * r * r, chosen_int(3, between=(1, 5)), chosen_int(2, between=(6, 8)))
    want = nn.PixelShuffle(r)(x)
    got = numbers(pixel_shuffle(x, r), tuple(want.shape), advice="(n, c, r · h, r · w) is asked.")
    expect_close(got, want.double(), f"random maps and r = {r}", show=False, rtol=1e-6)


@check.that("pixel_shuffle", "moves single numbers to the place that the text gives")
def _(pixel_shuffle: Callable) -> None:
    r, h, w = chosen_int(2, between=(2, 3)), chosen_int(2, between=(2, 4)), chosen_int(3, between=(2, 4))
    for _ in range(3):
        k, a, b, i, j = (chosen_int(1, between=(0, top - 1)) for top in (3, r, r, h, w))
        x = torch.zeros(1, 3 * r * r, h, w)
        x[0, k * r * r + a * r + b, i, j] = 1
        got = numbers(pixel_shuffle(x, r), (1, 3, r * h, r * w), advice="(n, c, r · h, r · w) is asked.")
        place = tuple(int(v) for v in np.argwhere(got.numpy())[0]) if got.any() else ()
        right = place == (0, k, r * i + a, r * j + b) and int(got.sum()) == 1
        expect(right, "A single number does not arrive where the text says.")


@check.that("pixel_unshuffle", "agrees with strided slices on random maps")
def _(pixel_unshuffle: Callable) -> None:
    r, c = chosen_int(2, between=(2, 4)), chosen_int(2, between=(2, 3))
    y = randn(2, c, r * chosen_int(2, between=(1, 4)), r * chosen_int(3, between=(5, 6)))
    want = np.stack([array(y)[:, k, a::r, b::r] for k in range(c) for a in range(r) for b in range(r)], axis=1)
    got = numbers(pixel_unshuffle(y, r), want.shape, advice="(n, c · r², H / r, W / r) is asked.")
    expect_close(got, torch.from_numpy(want), f"random maps and r = {r}", show=False, rtol=1e-6)


@check.that("psnr", "agrees with NumPy, for one picture and for several")
def _(psnr: Callable) -> None:
    for n in (1, chosen_int(4, between=(2, 6))):
        peak = 0.5 + 9 * float(rand(1)[0])
        true = peak * rand(n, chosen_int(3, between=(1, 4)), 5, 4)
        made = true + peak * (0.02 + 0.3 * rand(n, 1, 1, 1)) * randn(*true.shape)
        off = ((array(made) - array(true)) ** 2).reshape(n, -1).mean(1)
        want = 20 * np.log10(peak) - 10 * np.log10(off)
        got = numbers(psnr(made, true, peak), (n,), advice="One number for each picture.")
        expect_close(got, torch.from_numpy(want), f"{n} random pictures", show=False, rtol=1e-3)


@check.that("ssim", "agrees with SciPy's bell curve, for other sizes and peaks")
def _(ssim: Callable) -> None:
    n, c, h, w = (chosen_int(2, between=(low, high)) for low, high in ((1, 3), (2, 3), (11, 18), (12, 20)))
    h, w = max(h, 12), max(w, 13)
    peak = 0.5 + 20 * float(rand(1)[0])
    smooth = gaussian_filter(array(rand(n, c, h, w)), (0, 0, 1, 1))
    x = peak * smooth
    y = peak * (0.7 * smooth + 0.3 * array(rand(n, c, h, w)))

    def mean(p: np.ndarray) -> np.ndarray:
        return gaussian_filter(p, (0, 0, 1.5, 1.5), truncate=3.5)[..., 5:-5, 5:-5]  # 11 weights along each side

    mx, my = mean(x), mean(y)
    vx, vy, cov = mean(x**2) - mx**2, mean(y**2) - my**2, mean(x * y) - mx * my
    c1, c2 = (0.01 * peak) ** 2, (0.03 * peak) ** 2
    want = ((2 * mx * my + c1) / (mx**2 + my**2 + c1) * (2 * cov + c2) / (vx + vy + c2)).reshape(n, -1).mean(1)
    got = numbers(ssim(torch.from_numpy(x), torch.from_numpy(y), peak), (n,), advice="One number for each picture.")
    expect_close(got, torch.from_numpy(want), f"random pictures of {h} × {w}", show=False, rtol=1e-4)


def some_fits() -> tuple[Tensor, Tensor]:
    """Any number of pictures of any number of pixels, and probabilities."""
    k, d = chosen_int(4, between=(2, 7)), chosen_int(5, between=(3, 9))
    p = (0.1 + rand(k)).double()
    return randn(k, d).double(), p / p.sum()


@check.that("best_guess", "steps 1 to 3: agrees with going through all pictures, and with autograd")
def _(answer: Callable) -> None:
    fits, p = some_fits()
    guess = randn(fits.shape[1]).double()
    pairs = list(zip(array(fits), array(p), strict=True))
    want = sum(w * np.mean((y - array(guess)) ** 2) for y, w in pairs)
    expect_close(number(answer(1, fits, p, guess=guess)), float(want), "step 1", show=False)
    leaf = guess.clone().requires_grad_()
    off = torch.stack([w * F.mse_loss(leaf, y) for y, w in zip(fits, p, strict=True)]).sum()
    (slope,) = torch.autograd.grad(off, leaf)
    expect_close(numbers(answer(2, fits, p, guess=guess), tuple(guess.shape)), slope, "step 2", show=False)
    best = np.average(array(fits), axis=0, weights=array(p))
    expect_close(numbers(answer(3, fits, p), best.shape), torch.from_numpy(best), "step 3", show=False)


@check.that("best_guess", "steps 4 to 6: agrees with going through all pairs of truth and draw")
def _(answer: Callable) -> None:
    fits, p = some_fits()
    rows, weights = array(fits), array(p)
    mean, t = weights @ rows, 0.1 + 0.8 * float(rand(1)[0])
    least = weights @ ((rows - mean) ** 2).mean(1)
    expect_close(number(answer(4, fits, p)), float(least), "step 4", show=False)
    for step, share in ((5, 1.0), (6, t)):
        want = 0.0
        for true, often in zip(rows, weights, strict=True):
            for made, drawn in zip(rows, weights, strict=True):
                want += often * drawn * np.mean((true - mean - share * (made - mean)) ** 2)
        got = answer(step, fits, p, share=share) if step == 6 else answer(step, fits, p)
        expect_close(number(got), float(want), f"step {step}", show=False)


def convolved(x: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """A 3 × 3 convolution that keeps the size, by SciPy."""
    return np.array([[sum(correlate(one[i], k[i], mode="same") for i in range(len(one))) for k in kernel] for one in x])


@check.that("ResidualBlock", "agrees with SciPy's correlation and NumPy's statistics")
def _(answer: Callable) -> None:
    c = chosen_int(2, between=(1, 3))
    net = built(answer, channels=c)
    there = list(parameters(net).values())
    expect(len(there) == 7, "Seven parameters are asked.")
    for p in there:
        put(p, 0.5 * randn(*p.shape))
    for scale in (there[1], there[5]):
        put(scale, 0.6 + 0.6 * rand(c))
    put(there[3], 0.6 * rand(1))
    first, scale_1, shift_1, slope, second, scale_2, shift_2 = (array(p) for p in there)
    x = randn(3, c, 5, 4)

    def normal(h: np.ndarray, scale: np.ndarray, shift: np.ndarray) -> np.ndarray:
        mean, var = h.mean((0, 2, 3)), h.var((0, 2, 3))
        made = (h - mean[:, None, None]) / np.sqrt(var + 1e-5)[:, None, None]
        return made * scale[:, None, None] + shift[:, None, None]

    h = normal(convolved(array(x), first), scale_1, shift_1)
    h = np.maximum(h, 0) + slope * np.minimum(h, 0)
    want = array(x) + normal(convolved(h, second), scale_2, shift_2)
    net.train()
    got = numbers(net(x), tuple(x.shape), advice="Maps keep their shape.")
    expect_close(got, torch.from_numpy(want), "random weights", show=False, rtol=1e-3, atol=1e-3)


@check.that("content_loss", "agrees with NumPy on a network of linear layers, and changes nothing in it")
def _(content_loss: Callable) -> None:
    sizes = [chosen_int(4, between=(3, 6)) for _ in range(3)]
    norm = nn.BatchNorm1d(sizes[1], dtype=torch.float64)
    for t in (norm.running_mean, norm.running_var):
        assert isinstance(t, Tensor)
        t.copy_(0.5 + rand(sizes[1]))
    ruler = nn.Sequential(
        nn.Flatten(), linear(12, sizes[0]), nn.Tanh(), linear(sizes[0], sizes[1]), norm, nn.LeakyReLU(0.3),
        linear(sizes[1], sizes[2]),
    )  # fmt: skip
    layer = chosen_int(5, between=(5, 6))
    made, true = randn(4, 3, 2, 2).double().requires_grad_(), randn(4, 3, 2, 2).double()

    def seen(x: Tensor) -> np.ndarray:
        rows = array(x).reshape(len(x), -1)
        weights = [array(p) for p in ruler.parameters()]
        rows = np.tanh(rows @ weights[0].T + weights[1]) @ weights[2].T + weights[3]
        mean, var = (array(t) for t in (norm.running_mean, norm.running_var) if t is not None)
        rows = (rows - mean) / np.sqrt(var + 1e-5) * weights[4] + weights[5]
        return np.where(rows > 0, rows, 0.3 * rows) if layer == 6 else rows

    want = float(((seen(made) - seen(true)) ** 2).mean())
    ruler.train()
    before = flat(ruler).clone(), norm.running_mean.clone() if norm.running_mean is not None else None
    loss = content_loss(ruler, layer, made, true)
    expect_close(number(loss), want, f"linear layers and layer = {layer}", show=False, rtol=1e-5)
    differentiable(loss, "The loss is cut off from the made picture: nothing could learn from it.")
    loss.backward()
    reached = made.grad is not None and bool(made.grad.any())
    expect(reached, "No gradient reaches the made picture.")
    still = all(p.grad is None or not p.grad.any() for p in ruler.parameters())
    expect(still, "backward() has left gradients in the network's parameters: a ruler must not learn.")
    assert norm.running_mean is not None and before[1] is not None
    same = torch.equal(flat(ruler), before[0]) and torch.equal(norm.running_mean, before[1]) and norm.training
    expect(same, "The network is not as it was before the call.")


@check.that("generator_loss", "agrees with PyTorch's binary cross-entropy")
def _(generator_loss: Callable) -> None:
    n = chosen_int(4, between=(2, 8))
    content, weight, logits = rand(1)[0] * 3, float(rand(1)[0]), 4 * randn(n, 1)
    want = content + weight * F.binary_cross_entropy_with_logits(logits, torch.ones(n, 1))
    expect_close(number(generator_loss(content, logits, weight)), want.double(), f"{n} logits", show=False)


@check.that("generator_loss", "holds at large logits, gradient included")
def _(generator_loss: Callable) -> None:
    logits, weight = large_logits(chosen_int(4, between=(2, 8)), 1, between=(200.0, 2000.0)), 0.2 + float(rand(1)[0])
    loss = generator_loss(torch.tensor(0.5), logits, weight)
    x = logits.detach().double().requires_grad_()
    want = 0.5 + weight * F.binary_cross_entropy_with_logits(x, torch.ones_like(x))
    expect_close(number(loss), want.detach(), "large logits", show=False)
    differentiable(loss, "The loss is cut off from the logits.")
    loss.backward()
    slope_at_large(logits, torch.autograd.grad(want, x)[0], "large logits", "the logits", show=False)


def skewed(made: Tensor, true: Tensor) -> Tensor:
    """Another content that is not the same both ways."""
    return (made - true).abs().pow(1.5).mean() + 0.3 * (made * true.tanh()).mean()


@check.that("srgan_step", "agrees with torch's own losses and optimizers")
def _(step: Callable) -> None:
    n, weight = chosen_int(3, between=(2, 4)), 0.5 + 4 * float(rand(1)[0])
    G = nn.Sequential(double_filters(1, 4, 3), nn.Sigmoid(), double_filters(4, 4, 1), nn.PixelShuffle(2))
    D = nn.Sequential(nn.Flatten(), linear(16, 5), nn.Tanh(), linear(5, 1))
    ours_G, ours_D = copied_net(G), copied_net(D)
    x, y = randn(n, 1, 2, 2).double(), randn(n, 1, 4, 4).double()
    sgd_G, sgd_D = torch.optim.SGD(ours_G.parameters(), 0.1), torch.optim.SGD(ours_D.parameters(), 0.3)
    one, zero = torch.ones(n, 1).double(), torch.zeros(n, 1).double()
    bce = nn.BCEWithLogitsLoss()
    d_loss = bce(ours_D(y), one) + bce(ours_D(ours_G(x).detach()), zero)
    d_loss.backward()
    sgd_D.step()
    made = ours_G(x)
    near, fools = skewed(made, y), bce(ours_D(made), one)
    (near + weight * fools).backward()
    sgd_G.step()
    opts = Counted(G.parameters(), 0.1), Counted(D.parameters(), 0.3)
    got = step(G, D, *opts, x, y, skewed, weight)
    told = f"Return three numbers: D's loss, the content, the adversarial loss. You return {described(got)}."
    said = several_losses(got, 3, told)
    expect_close(said, [d_loss.item(), near.item(), fools.item()], "random pictures", show=False)
    for name, net, want in (("D", D, flat(ours_D)), ("G", G, flat(ours_G))):
        expect_close(flat(net), want, "random pictures", what=f"{name}'s parameters become", show=False, rtol=1e-6)


@check.challenge("look_again", "finds ten other faces in few looks", MEDALS_FOR_A_FACE)
def _(look_again: Callable) -> Reached:
    return seen_again(faces_found(look_again))
