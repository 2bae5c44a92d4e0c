"""Hidden checks of lesson 09: fresh inputs, and expectations from another formula, by counting or by the library."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import numpy as np
import torch
from torch import nn

from gancourse.checks.challenge import Reached
from gancourse.checks.core import Suite, expect
from gancourse.checks.doubles import Counted
from gancourse.checks.inputs import chosen_int, generator, rand, randn
from gancourse.checks.networks import built
from gancourse.checks.planes import MEDALS_FOR_POINTS, TwoPlanes, off_by
from gancourse.checks.values import expect_close, numbers, pair, whole

check = Suite("09_cyclegan")


def times(factor: float) -> nn.Module:
    """A network that multiplies everything by a number."""
    layer = nn.utils.skip_init(nn.Conv2d, 1, 1, 1, bias=False, dtype=torch.float64)
    nn.init.constant_(next(layer.parameters()), factor)
    return layer


def factors_drawn(k: int) -> list[float]:
    return (1.2 + rand(k, dtype=torch.float64)).tolist()


# --- cycle_and_identity, hidden_message ---


@check.that("cycle_and_identity", "is what one works out where both networks multiply")
def _(cycle_and_identity: Callable) -> None:
    s, t = factors_drawn(2)
    a, b = rand(2, 1, 3, 3, dtype=torch.float64) + 0.5, rand(4, 1, 2, 5, dtype=torch.float64) + 0.5
    got = pair(cycle_and_identity(times(s), times(t), a, b), "the cycle's loss", "the identity loss")
    mean_a, mean_b = float(a.mean()), float(b.mean())
    want = [(s * t - 1) * (mean_a + mean_b), (s - 1) * mean_b + (t - 1) * mean_a]
    expect_close(got, want, "networks that multiply", show=False)


@check.that("hidden_message", "is what NumPy finds where both networks multiply")
def _(hidden_message: Callable) -> None:
    s, t = factors_drawn(2)
    levels = chosen_int(40, (30, 60))
    a, noise = 0.8 * rand(3, 1, 4, 4, dtype=torch.float64) - 0.4, randn(3, 1, 4, 4, dtype=torch.float64)
    got = pair(hidden_message(times(s), times(t), a, noise, levels), "the first", "the second")
    pixels = a.numpy()
    disturbed = np.minimum(1, np.maximum(-1, s * pixels + noise.numpy() * levels / 127.5))
    want = [np.abs(t * s * pixels - pixels).mean(), np.abs(t * disturbed - pixels).mean()]
    expect_close(got, [float(value) for value in want], f"noise of {levels} gray levels", show=False)


# --- perfect_maps ---


@check.that("perfect_maps", "agrees with going through all maps, one by one", point=True)
def _(perfect_maps: Callable) -> None:
    k = chosen_int(4, (4, 5))
    p = [1 + int(c) for c in torch.randint(0, 3, (k,), generator=generator())]
    q = [p[i] for i in torch.randperm(k, generator=generator()).tolist()]
    perfect = [f for f in permutations(range(k)) if all(p[i] == q[j] for i, j in enumerate(f))]
    still = list(range(k))
    got = whole(perfect_maps(5, list(p), list(q), list(still), list(still)), "The answer")
    expect(got == len(perfect), f"Step 5 is wrong for p = {p}, q = {q}.")
    f = list(perfect[chosen_int(0, (0, len(perfect) - 1))])
    g = [f.index(j) for j in range(k)]
    s = torch.randperm(k, generator=generator()).tolist()
    there, back = perfect_maps(4, list(p), list(q), list(f), list(g), list(s))
    for i in range(k):
        expect(int(there[i]) == s[f[i]], f"Step 4: picture {i} goes astray for f = {f}, s = {s}.")
        expect(int(back[int(there[i])]) == i, f"Step 4: picture {i} does not come back for f = {f}, g = {g}, s = {s}.")


@check.that("perfect_maps", "agrees with drawing all of a pile, picture by picture")
def _(perfect_maps: Callable) -> None:
    k = chosen_int(5, (4, 7))
    p, q, f, g = (torch.randint(0, k, (k,), generator=generator()).tolist() for _ in range(4))
    p, q = [c + 1 for c in p], [c + 1 for c in q]
    q[0] += max(0, sum(p) - sum(q))
    p[0] += max(0, sum(q) - sum(p))
    pile = [i for i, c in enumerate(p) for _ in range(c)]
    out = np.bincount([f[i] for i in pile], minlength=k)
    told = f"p = {p}, q = {q}, f = {f}, g = {g}"
    given = list(p), list(q), list(f), list(g)
    expect_close(numbers(perfect_maps(1, *given), (k,)), torch.from_numpy(out).double(), f"{told}, step 1", show=False)
    surplus = float(np.maximum(0, out - np.array(q)).sum()) / len(pile)
    expect_close(numbers(perfect_maps(2, *given), ()), surplus, f"{told}, step 2", show=False)
    home = sum(g[f[i]] == i for i in pile) / len(pile)
    expect_close(numbers(perfect_maps(3, *given), ()), home, f"{told}, step 3", show=False)


# --- ResidualBlock, from_buffer ---


@check.that("ResidualBlock", "agrees with the library's mirrored pictures and convolutions", point=True)
def _(ResidualBlock: Callable) -> None:
    from scipy.ndimage import correlate

    net = built(ResidualBlock, channels=2)
    with torch.no_grad():
        for p in net.parameters():
            if p.ndim == 4:
                p.copy_(randn(*p.shape))
    x = randn(2, 2, 6, 5)
    kernels = [p.detach().double().numpy() for p in net.parameters() if p.ndim == 4]
    expect(len(kernels) == 2, f"Two convolutions are asked for; yours are {len(kernels)}.")

    def through(picture: np.ndarray, kernel: np.ndarray) -> np.ndarray:
        made = np.stack(
            [sum(correlate(c, w, mode="mirror") for c, w in zip(picture, out, strict=True)) for out in kernel]
        )
        return (made - made.mean((1, 2), keepdims=True)) / np.sqrt(made.var((1, 2), keepdims=True) + 1e-5)

    got = numbers(net(x), tuple(x.shape))
    found = []
    for first, second in (kernels, kernels[::-1]):
        made = [p + through(np.maximum(through(p, first), 0), second) for p in x.double().numpy()]
        found.append(torch.from_numpy(np.stack(made)))
    fits = any(bool(torch.allclose(got, want, rtol=1e-3, atol=1e-3)) for want in found)
    expect(fits, "For weights drawn at random the result is not that of the seven layers that are asked for.")


@check.that("from_buffer", "agrees with numbered pictures that are followed one by one", point=True)
def _(from_buffer: Callable) -> None:
    capacity = chosen_int(4, (3, 6))
    held, kept, number = torch.empty(0, 1), [], 0
    for _ in range(6):
        n = 1 + int(3 * rand())
        fakes = torch.arange(number, number + n).float()[:, None]
        number += n
        coins, places = rand(n) < 0.6, (capacity * rand(n)).long()
        want = []
        for k in range(n):
            new = float(fakes[k])
            out = new
            if len(kept) == capacity and bool(coins[k]):
                out = kept.pop(int(places[k]))
                kept.insert(int(places[k]), new)
            elif len(kept) < capacity:
                kept += [new]
            want += [out]
        shown, held = from_buffer(held, fakes, coins, places, capacity)
        expect_close(numbers(shown, (n, 1)).flatten(), want, "numbered pictures", show=False, what="D is shown")
        expect_close(numbers(held, (len(kept), 1)).flatten(), kept, "numbered pictures", show=False, what="you hold")
        held = torch.tensor(kept)[:, None]


# --- cyclegan_step ---


@check.that("cyclegan_step", "moves networks that multiply as their gradients say, worked out by hand", point=True)
def _(step: Callable) -> None:
    """With G_AB = s x, G_BA = t x, D_A = u x and D_B = v x each gradient is a mean that one can write down."""
    s, t, u, v = factors_drawn(4)
    nets = [times(factor) for factor in (s, t, u, v)]
    rate_G, rate_D, weight, identity = 0.02, 0.03, 1 + float(rand()), 2 + float(rand())
    opt_G = Counted([p for net in nets[:2] for p in net.parameters()], rate_G)
    opt_D = Counted([p for net in nets[2:] for p in net.parameters()], rate_D)
    a, b = rand(2, 1, 2, 3, dtype=torch.float64) + 0.5, rand(3, 1, 3, 2, dtype=torch.float64) + 0.5
    old_a, old_b = rand(3, 1, 3, 2, dtype=torch.float64) + 1, rand(2, 1, 2, 3, dtype=torch.float64) + 1
    got = step(*nets, opt_G, opt_D, a, b, weight, identity, lambda _: old_a.clone(), lambda _: old_b.clone())
    A, B, AA, BB = (float(x) for x in (a.mean(), b.mean(), a.square().mean(), b.square().mean()))
    # (v s a − 1)², (u t b − 1)², |s t − 1| (a + b), |s − 1| b, |t − 1| a, with all factors above 1
    slope_s = 2 * v * (v * s * AA - A) + weight * t * (A + B) + identity * B
    slope_t = 2 * u * (u * t * BB - B) + weight * s * (A + B) + identity * A
    PA, PB, PPA, PPB = (float(x) for x in (old_a.mean(), old_b.mean(), old_a.square().mean(), old_b.square().mean()))
    slope_u = (u * AA - A) + u * PPA
    slope_v = (v * BB - B) + v * PPB
    want = [s - rate_G * slope_s, t - rate_G * slope_t, u - rate_D * slope_u, v - rate_D * slope_v]
    found = torch.cat([numbers(next(net.parameters())).flatten() for net in nets])
    expect_close(found, want, "networks that multiply", show=False, what="the four factors become")
    fooled = v * v * s * s * AA - 2 * v * s * A + 1 + u * u * t * t * BB - 2 * u * t * B + 1
    judged = (u * u * AA - 2 * u * A + 1 + u * u * PPA + v * v * BB - 2 * v * B + 1 + v * v * PPB) / 2
    losses = [fooled, (s * t - 1) * (A + B), (s - 1) * B + (t - 1) * A, judged]
    expect(PA > 0 and PB > 0 and len(got) == 4, "Return four numbers.")
    expect_close(torch.stack([numbers(part, ()) for part in got]), losses, "networks that multiply", show=False)


# --- the challenge ---


@check.challenge(
    "translated_points",
    "does so in four other worlds",
    MEDALS_FOR_POINTS,
)
def _(translated_points: Callable) -> Reached:
    return max(off_by(translated_points, TwoPlanes(250 + 50 * place)) for place in range(4))
