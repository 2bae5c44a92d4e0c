"""Hidden checks of lesson 14: the same questions on other inputs, by other formulas.

They live in the repository and not in the package, so a student's code cannot look them up. What is expected comes from
NumPy, SciPy, torch's own layers and optimizers, or counting, and not from the public checks' references.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from scipy.signal import correlate
from torch import Tensor, nn

from gancourse.checks.challenge import Medals, Reached
from gancourse.checks.core import Suite, expect
from gancourse.checks.doubles import Counted, InStyle
from gancourse.checks.inputs import chosen_int, rand, randn
from gancourse.checks.networks import built, parameters
from gancourse.checks.steps import curved, flat, several_losses
from gancourse.checks.values import described, double, expect_close, number, numbers
from gancourse.checks.who_rules import found_by, mean_swaps, rulers_drawn

check = Suite("14_stylegan")


def array(x: Tensor) -> np.ndarray:
    return x.detach().double().numpy()


def layers_of(net: nn.Module) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
    named = list(parameters(net).values())
    return [p for p in named if p.ndim == 2], [p for p in named if p.ndim == 1]


@check.that("Mapping", "agrees with nn.Linear and F.normalize, whatever its depth")
def _(answer: Callable) -> None:
    dim, depth, rate = chosen_int(6, between=(3, 9)), chosen_int(4, between=(1, 5)), 0.05 + 0.5 * float(rand())
    net = built(answer, latent_dim=dim, depth=depth, rate=rate)  # type: ignore[arg-type]
    kernels, biases = layers_of(net)
    expect(len(kernels) == len(biases) == depth, f"With depth={depth} so many kernels and biases are asked.")
    with torch.no_grad():
        for bias in biases:
            bias.copy_(randn(dim) / rate)
    z = 2 * randn(5, dim)
    w = F.normalize(z.double(), dim=1) * math.sqrt(dim)
    for kernel, bias in zip(kernels, biases, strict=True):
        layer = nn.utils.skip_init(nn.Linear, dim, dim, dtype=torch.float64)
        layer.weight = nn.Parameter(numbers(kernel) * rate * nn.init.calculate_gain("relu") / math.sqrt(dim))
        layer.bias = nn.Parameter(numbers(bias) * rate)
        w = nn.LeakyReLU(0.2)(layer(w))
    expect_close(numbers(net(z), (5, dim)), w, "random z", show=False, rtol=1e-3, atol=1e-4)


@check.that("Mapping", "one step of Adam moves what is used by the rate's share")
def _(answer: Callable) -> None:
    shares = []
    for rate in (0.02, 0.4):
        net = built(answer, latent_dim=24, depth=1, rate=rate)  # type: ignore[arg-type]
        z = randn(8, 24)
        before = numbers(net(z)).clone()
        out = net(z)
        expect(isinstance(out, Tensor) and out.requires_grad, "w is cut off from the kernels.")
        (out * randn(8, 24)).sum().backward()
        (kernel,), _ = layers_of(net)
        expect(kernel.grad is not None, "No gradient reaches the kernel.")
        step = numbers(kernel.grad).sign()
        with torch.no_grad():
            kernel.sub_(0.5 * step)
        shares.append(float((numbers(net(z)) - before).abs().mean() / before.abs().mean()))
    told = f"One step of Adam moves w by {shares[0]:.3g} of its size at rate 0.02 and by {shares[1]:.3g} at rate 0.4; "
    expect(10 < shares[1] / shares[0] < 40, told + "it should be 20 times as far.")


@check.that("adain", "agrees with NumPy for maps drawn at random, and with F.instance_norm")
def _(adain: Callable) -> None:
    n, c, h, w = chosen_int(3, between=(1, 5)), chosen_int(2, between=(2, 5)), 3, chosen_int(5, between=(2, 7))
    x, scale, shift = 4 * randn(n, c, h, w) + 2, randn(n, c), randn(n, c)
    values = array(x).reshape(n, c, -1)
    made = (values - values.mean(2, keepdims=True)) / np.sqrt(values.var(2, keepdims=True) + 1e-8)
    made = made * array(scale)[..., None] + array(shift)[..., None]
    got = numbers(adain(x, scale, shift), (n, c, h, w))
    expect_close(got, torch.from_numpy(made.reshape(n, c, h, w)), "random maps", show=False, rtol=1e-3, atol=1e-3)
    plain = numbers(adain(x, torch.ones(n, c), torch.zeros(n, c)))
    expect_close(plain, F.instance_norm(x.double(), eps=1e-8), "scale 1", show=False, rtol=1e-3, atol=1e-3)


@check.that("AddNoise", "agrees with NumPy, for other numbers of channels and sizes")
def _(answer: Callable) -> None:
    c = chosen_int(4, between=(2, 6))
    net = built(answer, channels=c)
    (scale,) = parameters(net).values()
    values = randn(c)
    with torch.no_grad():
        scale.copy_(values.reshape(scale.shape))
    x, noise = randn(3, c, 2, 5), randn(3, 1, 2, 5)
    want = array(x) + np.einsum("c,nhw->nchw", array(values), array(noise)[:, 0])
    expect_close(numbers(net(x, noise), (3, c, 2, 5)), torch.from_numpy(want), "random maps", show=False)
    apart = numbers(net(x)) - x.double()
    ratio = apart / double(values)[:, None, None]
    expect_close(ratio, ratio[:, :1].expand_as(ratio), "noise that is drawn", show=False, rtol=2e-2, atol=2e-2)


@check.that("demodulation_steps", "agrees with what a hundred thousand random inputs come to")
def _(answer: Callable) -> None:
    weight, style = randn(2, 3, 3, 3), 1 + rand(3)
    kernel = numbers(answer(4, weight=weight, style=style), (2, 3, 3, 3))
    modulated = numbers(answer(1, weight=weight, style=style), (2, 3, 3, 3))
    given = randn(20_000, 27).double()
    seen = (given @ modulated.flatten(1).T).var(0)
    said = numbers(answer(2, weight=weight, style=style), (2,))
    expect_close(
        said / seen, torch.ones(2), "random inputs", show=False, rtol=0.1, what="step 2 beside what is seen is"
    )
    expect_close((given @ kernel.flatten(1).T).var(0), torch.ones(2), "random inputs", show=False, rtol=0.1,
                 what="the outputs' variance is")  # fmt: skip
    expect_close(said * numbers(answer(3, weight=weight, style=style), (2,)) ** 2, torch.ones(2), "any kernel",
                 show=False, what="step 2 times step 3 squared is", rtol=1e-3)  # fmt: skip


@check.that("demodulation_steps", "agrees with NumPy about a spike")
def _(answer: Callable) -> None:
    n, peak = chosen_int(40, between=(5, 300)), 1 + 100 * float(rand())
    values = np.zeros(n)
    values[n // 2] = peak
    highest = float(((values - values.mean()) / values.std()).max())
    expect_close(number(answer(5, pixels=n, peak=peak)), highest, "a spike", show=False, rtol=1e-3)
    expect_close(number(answer(6, pixels=n, peak=peak)), float(1 / values.std()), "a spike", show=False, rtol=1e-3)


@check.that("modulated_conv", "agrees with SciPy's correlation, picture by picture")
def _(modulated_conv: Callable) -> None:
    i, o, size = chosen_int(2, between=(1, 4)), chosen_int(3, between=(1, 4)), 2 * chosen_int(1, (0, 2)) + 1
    x, weight, style = randn(2, i, 5, 6), randn(o, i, size, size), randn(2, i)
    for demodulate in (True, False):
        want = np.zeros((2, o, 5, 6))
        for n in range(2):
            kernel = array(weight) * array(style)[n][None, :, None, None]
            if demodulate:
                kernel = kernel / np.sqrt((kernel**2).sum((1, 2, 3), keepdims=True) + 1e-8)
            for k in range(o):
                want[n, k] = sum(correlate(array(x)[n, c], kernel[k, c], mode="same") for c in range(i))
        got = numbers(modulated_conv(x, weight, style, demodulate), (2, o, 5, 6))
        told = "demodulated" if demodulate else "not demodulated"
        expect_close(got, torch.from_numpy(want), told, show=False, rtol=1e-3, atol=1e-4)


@check.that("style_mixing", "mixes as NumPy does, for random crossovers")
def _(answer: Callable) -> None:
    layers, n, d = chosen_int(7, between=(3, 12)), chosen_int(6, between=(2, 9)), chosen_int(2, between=(1, 5))
    first, second = randn(n, d), randn(n, d)
    crossover = 1 + (layers * rand(n)).long().clamp(max=layers - 1)
    early = np.arange(layers)[None, :, None] < crossover.numpy()[:, None, None]
    want = np.where(early, array(first)[:, None], array(second)[:, None])
    got = numbers(answer("mix", first, second, crossover, layers), (n, layers, d))
    expect_close(got, torch.from_numpy(want), "random crossovers", show=False)


@check.that("style_mixing", "draws anew each time, over all places alike")
def _(answer: Callable) -> None:
    layers = chosen_int(6, between=(3, 9))
    one, other = (numbers(answer("draw", 300, layers, 0.8), (300,)) for _ in range(2))
    expect(not torch.equal(one, other), "Two calls give the same crossovers.")
    drawn_once = numbers(answer("draw", 3000, layers, 0.6), (3000,))
    mixed = drawn_once[drawn_once < layers]
    expect(abs(len(mixed) / 3000 - 0.6) < 0.07, "Another share of the pictures is mixed than asked.")
    expect(abs(float(mixed.mean()) - layers / 2) < 0.09 * layers, "The crossovers are not even from 1 to layers − 1.")


@check.that("truncation", "agrees with NumPy")
def _(answer: Callable) -> None:
    layers, d = chosen_int(6, between=(3, 8)), chosen_int(4, between=(2, 6))
    cutoff, psi = chosen_int(3, between=(1, 8)), 1.4 * float(rand())
    styles, mean_w = randn(3, layers, d), randn(d)
    want = array(styles)
    want[:, :cutoff] = array(mean_w) * (1 - psi) + psi * want[:, :cutoff]
    got = numbers(answer("pull", styles, mean_w, psi, cutoff), (3, layers, d))
    expect_close(got, torch.from_numpy(want), "random styles", show=False)
    decay, w = float(rand()), randn(5, d)
    want = np.average([array(mean_w), array(w).mean(0)], axis=0, weights=[decay, 1 - decay])
    expect_close(numbers(answer("mean", mean_w, w, decay), (d,)), torch.from_numpy(want), "a random w", show=False)


@check.that("path_length", "agrees with SciPy's slerp, and with a straight line, for one layer each")
def _(path_length: Callable) -> None:
    from scipy.spatial import geometric_slerp

    mapping, synthesis = (nn.utils.skip_init(nn.Linear, 3, 3, dtype=torch.float64) for _ in range(2))
    for net in (mapping, synthesis):
        for p in net.parameters():
            p.data = randn(*p.shape).double()
    z1, z2, t, eps = randn(3, 3).double(), randn(3, 3).double(), 0.8 * rand(3).double(), 0.05 + 0.05 * float(rand())

    def through(net: nn.Module, x: np.ndarray) -> np.ndarray:
        weight, bias = (array(p) for p in net.parameters())
        return x @ weight.T + bias

    def apart(x: Tensor, y: Tensor) -> Tensor:
        return (x - y).square().sum(1) * (1 + 0.5 * x.sum(1).tanh())

    for space in ("w", "z"):
        want = []
        for k in range(3):
            ends = [array(z)[k] for z in (z1, z2)]
            both = []
            for s in (float(t[k]), float(t[k]) + eps):
                if space == "z":
                    point = geometric_slerp(ends[0] / np.linalg.norm(ends[0]), ends[1] / np.linalg.norm(ends[1]), [s])[
                        0
                    ]
                    both.append(through(synthesis, through(mapping, point)))
                else:
                    one, other = (through(mapping, end) for end in ends)
                    both.append(through(synthesis, one + s * (other - one)))
            x, y = both
            want.append(((x - y) ** 2).sum() * (1 + 0.5 * np.tanh(x.sum())) / eps**2)
        got = numbers(path_length(z1, z2, t, eps, mapping, synthesis, apart, space), (3,))
        expect_close(got, double(want), f"three paths in {space}", show=False, rtol=1e-3)


@check.that("stylegan_step", "agrees with torch's own optimizers and cross-entropy, with R1 taken sample by sample")
def _(step: Callable) -> None:
    every, k = chosen_int(3, between=(2, 5)), chosen_int(6, between=(0, 12))
    gamma, decay = 0.2 + float(rand()), 0.5 + 0.4 * float(rand())
    (G, D, average), (ours_G, ours_D, ours_average) = ((
        InStyle(curved(4, 3, 2), curved(2, 4, 4), 2, 1, 2, 2), nn.Sequential(nn.Flatten(), curved(4, 5, 1)),
        InStyle(curved(4, 3, 2), curved(2, 4, 4), 2, 1, 2, 2),
    ) for _ in range(2))  # fmt: skip
    for ours, theirs in ((ours_G, G), (ours_D, D), (ours_average, average)):
        ours.load_state_dict(theirs.state_dict())
    average.requires_grad_(False)
    real, z = randn(3, 1, 2, 2).double(), randn(3, 4).double()
    w = ours_G.mapping(z).detach()
    fake = ours_G(z)
    says = nn.BCEWithLogitsLoss()
    ones = torch.ones(3, 1, dtype=torch.float64)
    logistic = says(ours_D(real), ones) + says(ours_D(fake.detach()), 0 * ones)
    slopes = []
    for picture in real:
        x = picture[None].clone().requires_grad_()
        (slope,) = torch.autograd.grad(ours_D(x).sum(), x, create_graph=True)
        slopes.append(slope.pow(2).sum())
    r1 = gamma / 2 * torch.stack(slopes).mean() if k % every == 0 else torch.zeros((), dtype=torch.float64)
    (logistic + every * r1).backward()
    torch.optim.SGD(ours_D.parameters(), 0.05).step()
    ours_G.zero_grad()
    g_loss = says(ours_D(ours_G(z)), ones)
    g_loss.backward(inputs=list(ours_G.parameters()))
    torch.optim.SGD(ours_G.parameters(), 0.1).step()
    opts = Counted(G.parameters(), 0.1), Counted(D.parameters(), 0.05)
    got = step(G, D, *opts, average, real, z, k, gamma, every, decay)
    told = f"Return three numbers. You return {described(got)}."
    want = torch.stack([logistic.detach(), r1.detach(), g_loss.detach()])
    expect_close(several_losses(got, 3, told), want, f"step {k}", show=False)
    mixed = decay * flat(ours_average) + (1 - decay) * flat(ours_G)
    for name, net, wanted in (("D", D, flat(ours_D)), ("G", G, flat(ours_G)), ("the average", average, mixed)):
        expect_close(
            flat(net), wanted, f"step {k}", what=f"{name}'s parameters become", show=False, rtol=1e-6, atol=1e-7
        )
    mean = decay * ours_average.mean_w + (1 - decay) * w.mean(0)
    expect_close(average.mean_w, mean, f"step {k}", what="average.mean_w becomes", show=False, rtol=1e-6)


@check.challenge("fewest_swaps", "knows eight other generators", Medals(bronze=40, silver=18, gold=12, unit="swaps"))
def _(fewest_swaps: Callable) -> Reached:
    return mean_swaps([found_by(fewest_swaps, rulers_drawn()) for _ in range(8)])
