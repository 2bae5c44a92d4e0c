"""Hidden checks of lesson 13: the same questions on other inputs, by other formulas.

They live in the repository and not in the package, so a student's code cannot look them up. What is expected comes from
NumPy, SciPy, torch.optim, or torch.func, and not from the public checks' references.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from scipy.signal import correlate
from torch import Tensor, nn

from gancourse.checks.challenge import Reached
from gancourse.checks.core import Miss, StudentError, Suite, expect
from gancourse.checks.doubles import Counted, TwoWays
from gancourse.checks.hidden_picture import MEDALS_FOR_LOOKS, drawn_picture, looks_for
from gancourse.checks.inputs import chosen_int, rand, randn
from gancourse.checks.networks import built, parameters
from gancourse.checks.steps import curved, flat
from gancourse.checks.values import expect_close, number, numbers, two

check = Suite("13_progressive")


def array(x: Tensor) -> np.ndarray:
    return x.detach().double().numpy()


def shrunk(x: np.ndarray) -> np.ndarray:
    """Means of 2 × 2, by adding rows, then columns."""
    rows = np.add.reduceat(x, range(0, x.shape[-2], 2), axis=-2)
    return np.add.reduceat(rows, range(0, x.shape[-1], 2), axis=-1) / 4


def blown_up(x: np.ndarray) -> np.ndarray:
    return x.repeat(2, axis=-1).repeat(2, axis=-2)


@check.that("pyramid", "agrees with NumPy on pictures drawn at random, and inverts")
def _(pyramid: Callable) -> None:
    levels = chosen_int(3, between=(1, 3))
    n, h, w = chosen_int(2, between=(1, 3)), 2 ** (levels + 1), 3 * 2**levels
    x = randn(n, 2, h, w)
    got = pyramid("apart", x, levels)
    expect(
        isinstance(got, list | tuple) and len(got) == levels + 1, f"{levels} levels should give {levels + 1} tensors."
    )
    picture = array(x)
    for k in range(levels):
        small = shrunk(picture)
        band = numbers(got[levels - k], picture.shape, "A band")
        expect_close(band, torch.from_numpy(picture - blown_up(small)), f"band {k} of {levels}", show=False)
        picture = small
    expect_close(numbers(got[0], picture.shape), torch.from_numpy(picture), "the coarsest copy", show=False)
    back = numbers(pyramid("together", [part.detach().clone() for part in got]), tuple(x.shape))
    expect_close(back, x, "there and back", show=False)


@check.that("pyramid", "a band has mean 0 over each 2 × 2 pixels")
def _(pyramid: Callable) -> None:
    _, band = pyramid("apart", randn(2, 1, 6, 4), 1)
    means = shrunk(array(numbers(band, (2, 1, 6, 4), "The band")))
    expect(bool(np.abs(means).max() < 1e-6), "The four pixels of a band should have the mean 0: it was taken off.")
    expect(bool(numbers(band).abs().max() > 1e-2), "The band of a random picture is 0 everywhere.")


@check.that("pyramid", "refuses what cannot be halved that often, and nothing else", alone=False)
def _(pyramid: Callable) -> None:
    pyramid("apart", torch.zeros(1, 1, 24, 8), 3)
    for shape in ((1, 1, 12, 8), (1, 1, 8, 20)):
        try:
            pyramid("apart", torch.zeros(shape), 3)
        except NotImplementedError:
            raise
        except (StudentError, ValueError):
            continue
        raise Miss(f"{shape[2]} × {shape[3]} pixels and 3 levels are taken without a word.")


def random_net(inputs: int, outputs: int) -> nn.Module:
    layer = nn.utils.skip_init(nn.Conv2d, inputs, outputs, 1)
    for p in layer.parameters():
        p.data = randn(*p.shape)
    return layer


def by_pixel(net: nn.Module, x: np.ndarray) -> np.ndarray:
    """A 1 × 1 convolution, by NumPy."""
    named = parameters(net)
    weight, bias = array(named["weight"])[:, :, 0, 0], array(named["bias"])
    return np.einsum("oc,nchw->nohw", weight, x) + bias[:, None, None]


@check.that("one_band", "paints, judges and goes on as NumPy does, for 1 × 1 nets")
def _(one_band: Callable) -> None:
    n, c = chosen_int(2, between=(1, 4)), chosen_int(3, between=(1, 3))
    nets, D = [random_net(c + 1, c) for _ in range(2)], random_net(2 * c, 1)
    coarse, noises = randn(n, c, 2, 3), [randn(n, 1, 4, 6), randn(n, 1, 8, 12)]
    pictures = [array(coarse)]
    bands = []
    for net, z in zip(nets, noises, strict=True):
        large = blown_up(pictures[-1])
        bands.append(by_pixel(net, np.concatenate([large, array(z)], 1)))
        pictures.append(large + bands[-1])
    band, picture = two(one_band("paint", nets[0], coarse, noises[0]), "A band and a picture are asked.")
    for got, want in ((band, bands[0]), (picture, pictures[1])):
        expect_close(numbers(got, want.shape), torch.from_numpy(want), "a random net", show=False, rtol=1e-3, atol=1e-4)
    every = one_band("all", nets, coarse, noises)
    expect(isinstance(every, list | tuple) and len(every) == 3, "Two nets give three pictures, the coarse one first.")
    for got, want in zip(every, pictures, strict=True):
        expect_close(numbers(got, want.shape), torch.from_numpy(want), "two nets", show=False, rtol=1e-3, atol=1e-3)
    shown = np.concatenate([pictures[1], blown_up(pictures[0])], 1)
    said = numbers(one_band("judge", D, torch.from_numpy(bands[0]).float(), coarse))
    expect_close(said, torch.from_numpy(by_pixel(D, shown)), "a random D", show=False, rtol=1e-3, atol=1e-3)


@check.that("fading", "agrees with NumPy at every α")
def _(fading: Callable) -> None:
    old, new, picture = randn(2, 3, 2, 4), randn(2, 3, 4, 8), randn(2, 3, 4, 4)
    block, from_rgb = (
        nn.Sequential(nn.AvgPool2d(2), random_net(3, 2)),
        nn.Sequential(random_net(3, 2), nn.LeakyReLU(0.1)),
    )
    of_block, of_rgb = (by_pixel(net, shrunk(array(picture))) for net in (block[1], from_rgb[0]))
    of_rgb = np.maximum(of_rgb, 0.1 * of_rgb)
    for alpha in (0.0, float(rand()), 0.5, 1.0):
        want = (1 - alpha) * blown_up(array(old)) + alpha * array(new)
        expect_close(
            numbers(fading("picture", old, new, alpha)), torch.from_numpy(want), f"α = {alpha:.3f}", show=False
        )
        details = array(picture) - blown_up(shrunk(array(picture)))
        want = array(picture) - (1 - alpha) * details
        expect_close(numbers(fading("real", picture, alpha)), torch.from_numpy(want), f"α = {alpha:.3f}", show=False)
        want = (1 - alpha) * of_rgb + alpha * of_block
        got = numbers(fading("features", picture, block, from_rgb, alpha))
        expect_close(got, torch.from_numpy(want), f"α = {alpha:.3f}", show=False, rtol=1e-3, atol=1e-4)


@check.that("fading", "refuses no α that is one", alone=False)
def _(fading: Callable) -> None:
    for alpha in (0, 1, 0.0, 1.0, 1e-9, 0.999):
        numbers(fading("picture", torch.zeros(1, 1, 1, 1), torch.ones(1, 1, 2, 2), alpha), (1, 1, 2, 2))


def adams_step(stored: Tensor, gradient: Tensor, lr: float) -> Tensor:
    """What torch's Adam does to a tensor in its first step."""
    p = nn.Parameter(stored.clone())
    p.grad = gradient.clone()
    torch.optim.Adam([p], lr=lr, eps=1e-30).step()
    return p.detach() - stored


@check.that("equalized_steps", "agrees with torch: its Adam, its autograd, its kaiming_normal_")
def _(answer: Callable) -> None:
    shape = (chosen_int(6, between=(4, 9)), chosen_int(5, between=(3, 9)), 3, 5)
    k, lr = chosen_int(4, between=(3, 7)), 0.01 + 0.2 * float(rand())
    fan = nn.init._calculate_correct_fan(torch.empty(shape), "fan_in")
    c = nn.init.calculate_gain("relu") / math.sqrt(fan)
    g, stored = randn(k, dtype=torch.float64), randn(k, dtype=torch.float64)
    leaf = stored.clone().requires_grad_()
    (on_stored,) = torch.autograd.grad((c * leaf * g).sum(), leaf)
    wanted = {
        1: (c, {"shape": shape}), 3: (adams_step(stored, g, lr), {"g": g, "lr": lr}),
        4: (abs(float(adams_step(stored, g, lr)[0])) / c, {"shape": shape, "lr": lr}),
        5: (on_stored, {"shape": shape, "g": g}),
        6: (c * adams_step(stored, on_stored, lr), {"shape": shape, "g": g, "lr": lr}),
    }  # fmt: skip
    for step, (want, given) in wanted.items():
        got = answer(step, **given)
        got = number(got) if isinstance(want, float) else numbers(got, (k,))
        expect_close(got, want, f"step {step}, random numbers", show=False, rtol=1e-3)


@check.that("equalized_steps", "step 2 is what many draws come to")
def _(answer: Callable) -> None:
    shape, m2 = (1, chosen_int(3, between=(2, 5)), 3, 3), 0.5 + float(rand())
    fan = shape[1] * 9
    outputs = (randn(4000, fan) * m2**0.5 * randn(4000, fan)).sum(1)
    said = float(number(answer(2, shape=shape, m2=m2)))
    seen = float(outputs.square().mean())
    expect(abs(said / seen - 1) < 0.25, "4,000 outputs of random weights and inputs have another mean square.")


@check.that("EqualizedConv", "agrees with SciPy's correlation, for the kernel that is stored")
def _(answer: Callable) -> None:
    inputs, outputs, size = chosen_int(2, between=(1, 4)), chosen_int(3, between=(2, 5)), 2 * chosen_int(1, (0, 2)) + 1
    layer = built(answer, inputs=inputs, outputs=outputs, kernel_size=size)
    named = list(parameters(layer).values())
    kernels = [p for p in named if p.ndim == 4]
    biases = [p for p in named if p.ndim == 1]
    expect(len(kernels) == len(biases) == 1, "A kernel of four dimensions and a bias of one are asked.")
    with torch.no_grad():
        biases[0].copy_(randn(outputs))
    x = randn(1, inputs, 5, 6)
    kernel = array(kernels[0]) * math.sqrt(2 / (inputs * size**2))
    want = np.stack(
        [
            sum(correlate(array(x)[0, i], kernel[o, i], mode="same") for i in range(inputs)) + float(biases[0][o])
            for o in range(outputs)
        ]
    )
    got = numbers(layer(x), (1, outputs, 5, 6), "The output")
    expect_close(got[0], torch.from_numpy(want), "a random picture", show=False, rtol=1e-3, atol=1e-4)


@check.that("EqualizedConv", "moves by the same share of itself in one step, whatever its fan-in")
def _(answer: Callable) -> None:
    shares = []
    for inputs, size in ((2, 1), (chosen_int(30, between=(20, 60)), 3)):
        layer = built(answer, inputs=inputs, outputs=8, kernel_size=size)
        (kernel,) = (p for p in parameters(layer).values() if p.ndim == 4)
        before = numbers(kernel).clone()
        out = layer(randn(4, inputs, 4, 4))
        expect(isinstance(out, Tensor) and out.requires_grad, "The output is cut off from the kernel.")
        (out * randn(*out.shape)).sum().backward()
        (kernel,) = (p for p in parameters(layer).values() if p.ndim == 4)
        expect(kernel.grad is not None, "No gradient reaches the kernel.")
        moved = adams_step(before, numbers(kernel.grad), 0.1)
        shares.append(float(moved.abs().mean() / before.std()))
    expect(
        all(0.06 < share < 0.2 for share in shares),
        f"One step of Adam with rate 0.1 moves kernels by {shares[0]:.2f} and {shares[1]:.2f} of their size; about 0.1 "
        "each is right.",
    )


@check.that("pixel_norm", "agrees with F.normalize, times the root of the number of features")
def _(pixel_norm: Callable) -> None:
    for shape in ((2, chosen_int(5, between=(3, 9)), 3, 2), (4, 7)):
        x = 5 * randn(*shape, dtype=torch.float64)
        want = F.normalize(x, dim=1) * shape[1] ** 0.5
        expect_close(numbers(pixel_norm(x), shape), want, "random features", show=False)


@check.that("group_std", "agrees with NumPy, for groups of several sizes")
def _(group_std: Callable) -> None:
    for group, groups in ((2, 3), (chosen_int(4, between=(3, 5)), 2)):
        n = group * groups
        maps = 2 * randn(n, 3, 2, 3) + 1
        want = [array(maps)[k * group : (k + 1) * group].std(0).mean() for k in range(groups) for _ in range(group)]
        got = numbers(group_std(maps, group), (n, 4, 2, 3))
        expect_close(got[:, :3], maps, "the features", show=False)
        even = torch.tensor(want)[:, None, None].expand(n, 2, 3)
        expect_close(got[:, 3], even, f"{groups} groups of {group}", show=False, rtol=1e-3, atol=1e-4)


@check.that("group_std", "has groups of four where nothing else is said", alone=False)
def _(group_std: Callable) -> None:
    maps = randn(8, 2, 1, 1)
    expect_close(numbers(group_std(maps)), numbers(group_std(maps, 4)), "eight pictures", show=False)


@check.that("growing_step", "agrees with torch's own optimizers and a penalty that is taken sample by sample")
def _(step: Callable) -> None:
    (G, D), (ours_G, ours_D) = ((
        TwoWays(curved(3, 4, 16), curved(3, 5, 16), 1, 4, 4), TwoWays(curved(16, 4, 1), curved(16, 6, 1))
    ) for _ in range(2))  # fmt: skip
    ours_G.load_state_dict(G.state_dict()), ours_D.load_state_dict(D.state_dict())
    real, z, mix, alpha = randn(3, 1, 4, 4).double(), randn(3, 3).double(), rand(3).double(), float(rand())
    shown = torch.from_numpy(array(real) - (1 - alpha) * (array(real) - blown_up(shrunk(array(real)))))
    fake = ours_G(z, alpha)

    def critic(points: Tensor) -> Tensor:
        rows = points.flatten(1)
        return ((1 - alpha) * ours_D.old(rows) + alpha * ours_D.new(rows))[:, 0]

    slopes = []
    for k in range(3):
        x = torch.lerp(shown[k], fake[k].detach(), float(mix[k])).requires_grad_()
        (slope,) = torch.autograd.grad(critic(x[None]).sum(), x, create_graph=True)
        slopes.append((slope.pow(2).sum().sqrt() - 1) ** 2)
    d_loss = critic(fake.detach()).mean() - critic(shown).mean() + 10 * torch.stack(slopes).mean()
    d_loss = d_loss + 0.001 * critic(shown).pow(2).mean()
    sgd = torch.optim.SGD(ours_D.parameters(), 0.05)
    d_loss.backward()
    sgd.step()
    ours_G.zero_grad()
    fake = ours_G(z, alpha)
    g_loss = -critic(fake).mean()
    g_loss.backward(inputs=list(ours_G.parameters()))
    torch.optim.SGD(ours_G.parameters(), 0.1).step()
    got = two(
        step(G, D, Counted(G.parameters(), 0.1), Counted(D.parameters(), 0.05), real, z, mix, alpha),
        "Two losses are asked.", tensor=True,
    )  # fmt: skip
    want = torch.stack([d_loss.detach(), g_loss.detach()])
    expect_close(torch.stack([number(x) for x in got]), want, "one step", show=False)
    for name, net, ours in (("D", D, ours_D), ("G", G, ours_G)):
        expect_close(
            flat(net), flat(ours), "one step", what=f"{name}'s parameters become", show=False, rtol=1e-6, atol=1e-7
        )


@check.challenge("fewest_looks", "knows six other pictures", MEDALS_FOR_LOOKS)
def _(fewest_looks: Callable) -> Reached:
    found = [looks_for(fewest_looks, drawn_picture()) for _ in range(6)]
    return Reached(sum(reached.number for reached in found) / len(found))
