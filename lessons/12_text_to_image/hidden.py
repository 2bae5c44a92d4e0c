"""Hidden checks of lesson 12: the same questions on other inputs, by other formulas.

They live in the repository and not in the package, so a student's code cannot look them up. What is expected comes from
NumPy, plain Python, torch's own losses, distributions and optimizers, or counting, and not from the public checks'
references.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.distributions import Normal, kl_divergence

from gancourse.checks.challenge import Reached
from gancourse.checks.core import Suite, expect
from gancourse.checks.doubles import Counted, Told
from gancourse.checks.foreign_words import MEDALS_FOR_WORDS, words_found
from gancourse.checks.inputs import chosen_int, generator, large_logits, rand, randn
from gancourse.checks.steps import copied_net, curved, flat, linear, two_losses
from gancourse.checks.values import differentiable, expect_close, number, numbers, slope_at_large

check = Suite("12_text_to_image")


ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def array(x: Tensor) -> np.ndarray:
    return x.detach().double().numpy()


def randint(low: int, high: int) -> int:
    return chosen_int(low, between=(low, high))


def letters(n: int) -> str:
    """A word of random letters."""
    return "".join(ALPHABET[k] for k in torch.randint(26, (n,), generator=generator()).tolist())


def strings(count: int) -> list[str]:
    """Different words."""
    found: dict[str, None] = {}
    while len(found) < count:
        found[letters(randint(1, 6))] = None
    return list(found)


@check.that("sentence_words", "agrees with a walk from letter to letter, on random lines")
def _(answer: Callable) -> None:
    signs = "abcdexyzABCXYZ--- ,.'_\n09éß!"
    for _ in range(12):
        picks = torch.randint(len(signs), (randint(10, 40),), generator=generator()).tolist()
        line = "".join(signs[k] for k in picks)
        got = answer(line)
        expect(type(got) is list and all(type(word) is str for word in got), "A list of words is asked.")
        expect(got == walked(line), "On a line of random letters and signs other words are asked.")


def walked(line: str) -> list[str]:
    """The words, letter by letter."""
    found, now = [], ""
    low = line.lower()
    for k, sign in enumerate(low):
        after = low[k + 1 : k + 2]
        if sign in ALPHABET or (sign == "-" and now and now[-1] != "-" and after != "" and
                                              after in ALPHABET):  # fmt: skip
            now += sign
        elif now:
            found.append(now)
            now = ""
    return [*found, now] if now else found


@check.that("vocabulary_of", "agrees with a count of random words")
def _(answer: Callable) -> None:
    pool = strings(8)
    lists = [[pool[k] for k in torch.randint(8, (randint(0, 7),), generator=generator()).tolist()] for _ in range(7)]
    for least in (1, 2, randint(3, 5)):
        found = []
        for word in {word for words in lists for word in words}:
            if sum(words.count(word) for words in lists) >= least:
                found.append(word)
        got = answer(lists, least)
        expect(type(got) is list and all(type(word) is str for word in got), "A list of words is asked.")
        expect(got == ["<pad>", "<unk>", *sorted(found)], "On random words other ones are asked, or in another order.")


@check.that("as_numbers", "can be read back, for other vocabularies and lengths")
def _(answer: Callable) -> None:
    every = strings(10)
    vocabulary, length = ["<pad>", "<unk>", *sorted(every[:6])], randint(2, 8)
    n = randint(3, 6)
    lists = [[every[k] for k in torch.randint(10, (randint(0, 9),), generator=generator()).tolist()] for _ in range(n)]
    got = answer(lists, vocabulary, length)
    expect(isinstance(got, tuple | list) and len(got) == 2, "Two tensors are asked.")
    table, there = (numbers(part, (n, length), advice="(n, length) is asked.") for part in got)
    for words, row, here in zip(lists, table.long().tolist(), there.bool().tolist(), strict=True):
        short = words[:length]
        expect(here == [True] * len(short) + [False] * (length - len(short)), "Words do not stand where they should.")
        read = [vocabulary[k] if 0 <= k < len(vocabulary) else "?" for k in row]
        want = [w if w in vocabulary else "<unk>" for w in short] + ["<pad>"] * (length - len(short))
        expect(read == want, "Read back by the vocabulary, other words come.")


@check.that("last_word", "agrees with a loop over sentences, for other sizes")
def _(answer: Callable) -> None:
    n, length, d = randint(3, 6), randint(3, 7), randint(2, 5)
    longs = [0, length, *torch.randint(0, length + 1, (n - 2,), generator=generator()).tolist()]
    states = randn(n, length, d).double()
    there = torch.zeros(n, length, dtype=torch.bool)
    want = torch.zeros(n, d, dtype=torch.float64)
    for row, k in enumerate(longs):
        there[row, :k] = True
        if k:
            want[row] = states[row, k - 1]
    got = numbers(answer(states, there), (n, d), advice="One state for each sentence.")
    expect_close(got, want, "random states", show=False)


@check.that("mismatched", "draws only what does not fit, evenly, for random tables")
def _(answer: Callable) -> None:
    n, claims = randint(5, 8), randint(4, 7)
    said = (rand(n, claims) < 0.3).float()
    false = (rand(n, claims) < 0.3).float() * (1 - said)
    said[0], false[1] = 0, 0
    wrong = np.zeros((n, n), bool)
    for i in range(n):
        for j in range(n):
            wrong[i, j] = bool(set(np.flatnonzero(array(false[i]))) & set(np.flatnonzero(array(said[j]))))
    times, seen = 300, [Counter[int]() for _ in range(n)]
    for _ in range(times):
        got = numbers(answer(said, false), (n,), advice="(n,) is asked.").long().tolist()
        for i, j in enumerate(got):
            seen[i][j] += 1
    for i in range(n):
        allowed = set(np.flatnonzero(wrong[i]).tolist()) or {-1}
        expect(set(seen[i]) <= allowed, "A caption is drawn that says nothing false, or −1 where one does.")
        share = 1 / len(allowed)
        for j in allowed:
            off = abs(seen[i][j] / times - share)
            expect(
                off < 7 * (share * (1 - share) / times) ** 0.5 + 1e-9, "Captions that do not fit are not drawn evenly."
            )


def some_tables() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    x, t = randint(2, 5), randint(2, 4)
    raw = [rand(x, t, dtype=torch.float64) + 0.05 for _ in range(3)]
    raw[0][0, 0] = 0
    right, wrong, made = (table / table.sum() for table in raw)
    return right, wrong, made, 0.05 + 0.9 * rand(x, t, dtype=torch.float64)


@check.that("what_d_finds", "steps 1 to 3: agrees with counting, autograd and a search")
def _(answer: Callable) -> None:
    right, wrong, made, d = some_tables()
    total = 0.0
    for k, value in np.ndenumerate(array(d)):
        total -= float(right[k]) * np.log(value)
        total -= (float(wrong[k]) + float(made[k])) / 2 * np.log1p(-value)
    expect_close(number(answer(1, right, wrong, made, d)), total, "step 1", show=False)
    leaf = d.clone().requires_grad_()
    loss = F.binary_cross_entropy(leaf, torch.ones_like(d), weight=right, reduction="sum")
    for table in (wrong, made):
        loss = loss + F.binary_cross_entropy(leaf, torch.zeros_like(d), weight=table / 2, reduction="sum")
    (slope,) = torch.autograd.grad(loss, leaf)
    got = numbers(answer(2, right, wrong, made, d), tuple(d.shape))
    expect_close(got, slope, "step 2", show=False)
    grid = np.linspace(0, 1, 4001)[1:-1]
    best = numbers(answer(3, right, wrong, made, d), tuple(d.shape))
    for k in np.ndindex(*d.shape):
        if right[k] > 0:
            fakes = (float(wrong[k]) + float(made[k])) / 2
            found = grid[np.argmin(-float(right[k]) * np.log(grid) - fakes * np.log1p(-grid))]
            expect(abs(found - float(best[k])) < 1e-3, "Step 3: another table has a smaller loss.")
        else:
            expect(float(best[k]) == 0, "Step 3: a pair that is never right has d = 0.")


@check.that("what_d_finds", "step 4: agrees with a table of independent pairs")
def _(answer: Callable) -> None:
    right, wrong, made, d = some_tables()
    deaf = np.outer(array(right).sum(1), array(right).sum(0))
    want = array(right) / (array(right) + array(wrong) / 2 + deaf / 2)
    got = numbers(answer(4, right, wrong, made, d), want.shape)
    expect_close(got, torch.from_numpy(want), "step 4", show=False)


@check.that("judge_loss", "agrees with PyTorch's binary cross-entropy, for batches of any size")
def _(answer: Callable) -> None:
    a, b, c = randint(1, 5), randint(2, 6), randint(1, 4)
    r, w, m = 3 * randn(a, 1), 3 * randn(b, 1), 3 * randn(c, 1)
    bce = nn.BCEWithLogitsLoss()
    one = bce(r, torch.ones_like(r))
    want = one + 0.5 * bce(w, torch.zeros_like(w)) + 0.5 * bce(m, torch.zeros_like(m))
    expect_close(number(answer(r, w, m)), want.double(), "random logits", show=False)
    want = one + 0.5 * bce(m, torch.zeros_like(m))
    expect_close(number(answer(r, w[:0], m)), want.double(), "no wrong pairs", show=False)


@check.that("judge_loss", "holds at large logits, gradients included")
def _(answer: Callable) -> None:
    leaves = [large_logits(randint(2, 5), 1, between=(300.0, 3000.0)) for _ in range(3)]
    loss = answer(*leaves)
    ours, bce = [x.detach().double().requires_grad_() for x in leaves], nn.BCEWithLogitsLoss()
    one, two, three = (bce(x, torch.full_like(x, target)) for x, target in zip(ours, (1.0, 0.0, 0.0), strict=True))
    want = one + (two + three) / 2
    expect_close(number(loss), want.detach(), "large logits", show=False)
    differentiable(loss, "The loss is cut off.")
    loss.backward()
    for x, slope, name in zip(leaves, torch.autograd.grad(want, ours), ("right", "wrong", "made"), strict=True):
        slope_at_large(x, slope, "large logits", f"the {name} pairs' logits", show=False)


@check.that("interpolation_loss", "agrees with torch.lerp and binary cross-entropy")
def _(answer: Callable) -> None:
    n, k, d = randint(3, 6), randint(2, 4), randint(2, 4)
    G, D = Told(curved(k + d, 5, 3)), Told(curved(3 + d, 5, 1))
    z, t = 2 * randn(n, k).double(), 2 * randn(n, d).double()
    order, beta = torch.randperm(n, generator=generator()), float(rand(1)[0])
    for share in (beta, 0.5):
        mixed = torch.lerp(t[order], t, share)
        logit = D(G(z, mixed), mixed)
        want = F.binary_cross_entropy_with_logits(logit, torch.ones_like(logit)).item()
        loss = answer(G, D, z, t, order, share) if share != 0.5 else answer(G, D, z, t, order)
        expect_close(number(loss), want, f"{n} captions", show=False)
    differentiable(loss, "The loss is cut off.")


@check.that("cls_step", "agrees with torch's own losses and optimizers")
def _(step: Callable) -> None:
    n, k, d = randint(4, 6), randint(2, 4), randint(2, 3)
    G, D = Told(curved(k + d, 5, 4)), Told(curved(4 + d, 6, 1))
    ours_G, ours_D = copied_net(G), copied_net(D)
    real, t, z = randn(n, 4).double(), 2 * randn(n, d).double(), randn(n, k).double()
    other = torch.tensor([(i + randint(1, n - 1)) % n for i in range(n)])
    other[randint(0, n - 1)] = -1
    rates = 0.1 + 0.4 * float(rand(1)[0]), 0.1 + 0.4 * float(rand(1)[0])
    sgd_G, sgd_D = torch.optim.SGD(ours_G.parameters(), rates[0]), torch.optim.SGD(ours_D.parameters(), rates[1])
    bce = F.binary_cross_entropy_with_logits
    fit = [i for i in range(n) if other[i] >= 0]
    fake = ours_G(z, t)
    logits = ours_D(real, t), ours_D(real[fit], t[[int(other[i]) for i in fit]]), ours_D(fake.detach(), t)
    d_loss = bce(logits[0], torch.ones_like(logits[0]))
    d_loss = d_loss + sum(0.5 * bce(x, torch.zeros_like(x)) for x in logits[1:])
    d_loss.backward()
    sgd_D.step()
    judged = ours_D(fake, t)
    g_loss = bce(judged, torch.ones_like(judged))
    g_loss.backward()
    sgd_G.step()
    opts = Counted(G.parameters(), rates[0]), Counted(D.parameters(), rates[1])
    got = two_losses(step(G, D, *opts, real, t, other, z))
    expect_close(got, [d_loss.item(), g_loss.item()], "random pairs", show=False)
    for name, net, want in (("D", D, flat(ours_D)), ("G", G, flat(ours_G))):
        expect_close(flat(net), want, "random pairs", what=f"{name}'s parameters become", show=False, rtol=1e-6)


@check.that("conditioning", "agrees with torch.distributions, and its spread with what is asked")
def _(answer: Callable) -> None:
    n, d = randint(2, 5), randint(2, 6)
    mu, log_var, eps = randn(n, d).double(), randn(n, d).double(), randn(n, d).double()
    c, kl = answer(mu, log_var, eps)
    bell = Normal(mu, log_var.exp().sqrt())
    want = kl_divergence(bell, Normal(torch.zeros_like(mu), torch.ones_like(mu))).sum(1).mean()
    expect_close(number(kl), want, f"{n} rows of {d} numbers", show=False, what="the KL is")
    expect_close(numbers(c, (n, d)), bell.mean + bell.stddev * eps, f"{n} rows", show=False, what="c is")
    many, _ = answer(mu[:1].repeat(4000, 1), log_var[:1].repeat(4000, 1))
    spread = numbers(many, (4000, d)).std(0) / bell.stddev[0]
    expect(bool(((spread - 1).abs() < 0.1).all()), "The spread of many draws of c is not σ.")


@check.that("style_loss", "agrees with NumPy on linear networks, and G rests")
def _(answer: Callable) -> None:
    n, k, d, p = randint(3, 6), randint(2, 4), randint(2, 3), randint(3, 5)
    G, S = Told(linear(k + d, p)), linear(p, k)
    z, t = 2 * randn(n, k).double(), randn(n, d).double()
    A, a = (array(x) for x in G.parameters())
    B, b = (array(x) for x in S.parameters())
    made = np.concatenate([array(z), array(t)], 1) @ A.T + a
    off = array(z) - (made @ B.T + b)
    loss = answer(S, G, z, t)
    expect_close(number(loss), float((off**2).sum() / n), "linear networks", show=False)
    loss.backward()
    expect(all(x.grad is None or not x.grad.any() for x in G.parameters()), "Gradients are left in G.")
    slope = next(iter(S.parameters())).grad
    expect(slope is not None, "No gradient reaches S.")
    expect_close(numbers(slope), torch.from_numpy(-2 * off.T @ made / n), "linear networks", show=False)


@check.that("tell_everywhere", "agrees with a walk over all places")
def _(answer: Callable) -> None:
    n, channels, k, h, w = randint(1, 3), randint(1, 4), randint(1, 4), randint(1, 4), randint(2, 5)
    maps, c = randn(n, channels, h, w), randn(n, k)
    got = numbers(answer(maps, c), (n, channels + k, h, w), advice="(n, C + k, h, w) is asked.")
    for i, j, a in ((i, j, a) for i in range(h) for j in range(w) for a in range(n)):
        want = np.concatenate([array(maps[a, :, i, j]), array(c[a])])
        expect_close(got[a, :, i, j], torch.from_numpy(want), "one place of random maps", show=False)


@check.that("second_stage", "agrees with NumPy on a normalized and a linear stage, and stage I rests")
def _(answer: Callable) -> None:
    n, k, d, p, q = randint(3, 6), randint(2, 4), randint(2, 3), randint(2, 4), randint(3, 6)
    norm = nn.BatchNorm1d(p, dtype=torch.float64)
    for held in (norm.running_mean, norm.running_var):
        assert isinstance(held, Tensor)
        held.copy_(0.5 + rand(p))
    layer = linear(k + d, p)
    G1, G2 = Told(nn.Sequential(layer, norm)).train(), Told(linear(p + d, q))
    z, t = 2 * randn(n, k).double(), 2 * randn(n, d).double()
    A, a = (array(x) for x in layer.parameters())
    B, b = (array(x) for x in G2.parameters())
    mean, var = (array(x) for x in (norm.running_mean, norm.running_var) if x is not None)
    small = (np.concatenate([array(z), array(t)], 1) @ A.T + a - mean) / np.sqrt(var + norm.eps)
    large = np.concatenate([small, array(t)], 1) @ B.T + b
    got = answer(G1, G2, z, t)
    expect(isinstance(got, tuple | list) and len(got) == 2, "Two batches are asked.")
    expect_close(numbers(got[0], (n, p)), torch.from_numpy(small), "random stages", show=False, what="small ones are")
    expect_close(numbers(got[1], (n, q)), torch.from_numpy(large), "random stages", show=False, what="large ones are")
    got[1].sum().backward()
    expect(all(x.grad is None or not x.grad.any() for x in G1.parameters()), "Gradients are left in stage I.")
    expect(all(x.grad is not None for x in G2.parameters()), "No gradient reaches stage II.")
    expect(all(part.training for part in G1.modules()), "Stage I is not in the mode in which it was.")


@check.challenge("find_words", "finds what each word of three other painters does", MEDALS_FOR_WORDS)
def _(find_words: Callable) -> Reached:
    return words_found(find_words)
