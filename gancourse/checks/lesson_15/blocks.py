"""Residual blocks that change the size, and self-attention.

Brock, Donahue and Simonyan (2019), arXiv:1809.11096, appendix B; Zhang, Goodfellow, Metaxas and Odena, "Self-Attention
Generative Adversarial Networks", ICML 2019, arXiv:1805.08318, section 3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.checks.asked import CHANGES, intact
from gancourse.checks.core import expect
from gancourse.checks.inputs import chosen_int, randn
from gancourse.checks.lesson_15.suite import check
from gancourse.checks.steps import double_filters
from gancourse.checks.values import differentiable, expect_close, numbers

Norm = Callable[[Tensor, Tensor], Tensor]

# --- blocks -------------------------------------------------------------------------------------------


def told_norm(features: int, told: int) -> Norm:
    """A norm of the checks' own, by which one sees what it was given: scaled and shifted by c, never normalized."""
    gain, shift = randn(features, told).double(), randn(features, told).double()

    def norm(x: Tensor, c: Tensor) -> Tensor:
        expect(
            c.shape == (len(x), told),
            f"A norm should be told c, of shape {(len(x), told)}; you tell it {tuple(c.shape)}.",
        )
        expect(
            x.shape[1] == features,
            f"A norm for {features} features is given {x.shape[1]}: are norm_1 and norm_2 swapped?",
        )
        return x * (1 + 0.5 * (c @ gain.T)[:, :, None, None]) + (c @ shift.T)[:, :, None, None]

    return norm


class GivenLayers:
    """What a block of G is given: norms and convolutions in double precision, and maps for it."""

    def __init__(self) -> None:
        i, o = chosen_int(3, between=(3, 4)), chosen_int(5, between=(5, 6))
        self.x, self.c = randn(3, i, 3, 2).double(), randn(3, 2).double()
        self.norms = told_norm(i, 2), told_norm(o, 2)
        self.convs = double_filters(i, o, 3), double_filters(o, o, 3)
        self.shortcut, self.outputs = double_filters(i, o, 1), o

    def given(self) -> tuple[object, ...]:
        """The arguments of the student's function, in their order."""
        return (self.x, self.c, self.norms[0], self.convs[0], self.norms[1], self.convs[1], self.shortcut)

    def up(self, x: Tensor, slip: str = "") -> Tensor:
        """What an up-block makes of x, or by this slip."""
        (norm_1, norm_2), (conv_1, conv_2), c = self.norms, self.convs, self.c
        act = {"leaky": lambda h: F.leaky_relu(h, 0.2), "no relu": lambda h: h}.get(slip, F.relu)
        mode = {"smooth": "bilinear"}.get(slip, "nearest")

        def larger(h: Tensor) -> Tensor:
            return F.interpolate(h, scale_factor=2, mode=mode)

        h = act(x) if slip == "relu before norm" else act(norm_1(x, c))
        if slip == "relu before norm":
            h = norm_1(h, c)
        h = larger(conv_1(h)) if slip == "conv before larger" else conv_1(larger(h))
        if slip == "larger late":
            h = conv_1(act(norm_1(x, c)))
        h = norm_2(h, c) if slip == "no second relu" else act(norm_2(h, c))
        if slip == "norm 2 left out":
            h = act(conv_1(larger(act(norm_1(x, c)))))
        h = conv_2(h)
        if slip == "larger late":
            h = larger(h)
        beside = larger(x)
        beside = {
            "no shortcut conv": None, "activated shortcut": self.shortcut(larger(act(norm_1(x, c)))),
            "relu on shortcut": act(self.shortcut(beside)),
        }.get(slip, self.shortcut(beside))  # fmt: skip
        if slip == "no shortcut" or beside is None:
            return h
        return act(h + beside) if slip == "relu behind" else h + beside


UP_SLIPS = {
    "no shortcut": "The direct way is missing: add shortcut of the enlarged x.",
    "activated shortcut": "The direct way begins behind the norm and the ReLU. It begins with x as it came.",
    "relu on shortcut": "There is a ReLU on the direct way. Only the long way has some.",
    "relu behind": "There is a ReLU behind the sum. Nothing stands there.",
    "relu before norm": "The ReLU stands in front of norm_1. First normalize, then ReLU.",
    "leaky": "The ReLUs are leaky. Plain ones are asked.",
    "no relu": "The ReLUs are missing.",
    "no second relu": "The ReLU behind norm_2 is missing.",
    "norm 2 left out": "norm_2 is not used.",
    "smooth": "It is enlarged smoothly. Each pixel becomes 2 × 2 of the same value.",
    "conv before larger": "conv_1 comes before enlarging. Enlarge first.",
    "larger late": "It is enlarged at the end of the long way. Enlarge before conv_1.",
}


@check.that(
    "residual_blocks", "up: norm, ReLU, enlarge, convolve; norm, ReLU, convolve; plus the direct way", point=True
)
def _(answer: Callable) -> None:
    layers = GivenLayers()
    shape = (3, layers.outputs, 6, 4)
    got = numbers(answer("up", *layers.given()), shape, advice="Height and width are doubled.")
    usual = {said: layers.up(layers.x, slip).detach() for slip, said in UP_SLIPS.items()}
    want = layers.up(layers.x).detach()
    expect_close(got, want, "random layers", usual, show=False, rtol=1e-6, atol=1e-7)
    expect(intact(layers.x), CHANGES.format(which="number 2"))


def shrunk(
    x: Tensor, conv_1: nn.Module, conv_2: nn.Module, shortcut: nn.Module, first: bool = False, slip: str = ""
) -> Tensor:
    """What a down-block makes of x, or by this slip."""
    act = (lambda h: F.leaky_relu(h, 0.2)) if slip == "leaky" else F.relu
    smaller = (lambda h: F.max_pool2d(h, 2)) if slip == "largest" else (lambda h: F.avg_pool2d(h, 2))
    if slip == "every second":
        smaller = lambda h: h[..., ::2, ::2]  # noqa: E731
    h = x if first else act(x)
    start = h
    h = conv_1(smaller(h)) if slip == "smaller early" else conv_1(h)
    h = conv_2(h if slip == "no second relu" else act(h))
    h = h if slip == "smaller early" else smaller(h)
    beside = shortcut(start if slip == "activated shortcut" else x)
    if slip == "relu on shortcut":
        beside = act(beside)
    if slip == "no shortcut":
        return h
    return act(h + smaller(beside)) if slip == "relu behind" else h + smaller(beside)


DOWN_SLIPS = {
    "no shortcut": "The direct way is missing: add the shrunk shortcut of x.",
    "activated shortcut": "The direct way begins behind the first ReLU. It begins with x as it came.",
    "relu on shortcut": "There is a ReLU on the direct way. Only the long way has some.",
    "relu behind": "There is a ReLU behind the sum. Nothing stands there.",
    "leaky": "The ReLUs are leaky. Plain ones are asked.",
    "no second relu": "The ReLU between the convolutions is missing.",
    "largest": "Of 2 × 2 pixels the largest is taken. Take their mean.",
    "every second": "Every second pixel is taken. Take the mean of 2 × 2.",
    "smaller early": "The long way is shrunk in front of conv_1. Shrink it in the end.",
}


def compare_down(answer: Callable, first: bool) -> None:
    i, o = chosen_int(3, between=(2, 4)), chosen_int(4, between=(2, 5))
    x = randn(2, i, 4, 6).double()
    convs = double_filters(i, o, 3), double_filters(o, o, 3), double_filters(i, o, 1)
    got = answer("down", x, *convs, True) if first else answer("down", x, *convs)
    got = numbers(got, (2, o, 2, 3), advice="Height and width are halved.")
    usual = {said: shrunk(x, *convs, first, slip).detach() for slip, said in DOWN_SLIPS.items()}
    other = "`first` is ignored: there is no ReLU in front of conv_1 then."
    usual[other if first else "The ReLU in front of conv_1 is missing; only with `first` it is left out."] = shrunk(
        x, *convs, not first
    ).detach()
    where = "random layers, first=True" if first else "random layers"
    expect_close(got, shrunk(x, *convs, first).detach(), where, usual, show=False, rtol=1e-6, atol=1e-7)
    expect(intact(x), CHANGES.format(which="number 2"))


@check.that("residual_blocks", "down: ReLU, convolve, ReLU, convolve, shrink; plus the direct way", point=True)
def _(answer: Callable) -> None:
    compare_down(answer, first=False)


@check.that("residual_blocks", "down: leaves out the first ReLU in the first block")
def _(answer: Callable) -> None:
    compare_down(answer, first=True)


@check.that("residual_blocks", "both let gradients through to x by both ways", alone=False)
def _(answer: Callable) -> None:
    layers = GivenLayers()
    layers.x.requires_grad_()
    weights = randn(3, layers.outputs, 6, 4).double()
    out = answer("up", *layers.given())
    differentiable(out, "What comes out is cut off from x: layers below could not learn.")
    (out * weights).sum().backward()
    expect(layers.x.grad is not None, "No gradient reaches x.")
    (want,) = torch.autograd.grad((layers.up(layers.x) * weights).sum(), layers.x)
    told = {"Only the direct way lets gradients through.": ways_gradient(layers, weights)}
    expect_close(numbers(layers.x.grad), want, "up: random layers x's gradient", told, what="is", show=False, rtol=1e-5)


def ways_gradient(layers: GivenLayers, weights: Tensor) -> Tensor:
    """x's gradient by the direct way alone."""
    beside = layers.shortcut(F.interpolate(layers.x, scale_factor=2))
    return torch.autograd.grad((beside * weights).sum(), layers.x)[0]


# --- self-attention -----------------------------------------------------------------------------------


def matrices() -> tuple[Tensor, ...]:
    """Maps, theta, phi, g, o and gamma, in double precision."""
    k, m, c = chosen_int(2, between=(2, 3)), chosen_int(3, between=(2, 4)), chosen_int(4, between=(3, 5))
    x = randn(2, c, 4, 6).double()
    theta, phi, g, o = (randn(*shape).double() for shape in ((k, c), (k, c), (m, c), (c, m)))
    return x, theta, phi, g, o, torch.tensor(1.0 + float(randn(1).abs()), dtype=torch.float64)


def largest_of_four(maps: Tensor) -> Tensor:
    """Of each 2 × 2 places the largest number, feature by feature."""
    corners = [maps[..., a::2, b::2] for a in (0, 1) for b in (0, 1)]
    return torch.stack(corners).amax(0)


def attended(given: Sequence[Tensor], slip: str = "") -> Tensor:
    """Self-attention question by question, in double precision, or by this slip. Given are x, four matrices and γ."""
    x, theta, phi, g, o, gamma = given
    if slip == "θ and φ swapped":
        theta, phi = phi, theta
    if slip == "g for keys":
        phi = g[: len(phi)]
    keys = torch.einsum("kc,nchw->nkhw", phi, x)
    values = torch.einsum("kc,nchw->nkhw", g, x)
    if slip == "pooled first":
        small = largest_of_four(x)
        keys, values = torch.einsum("kc,nchw->nkhw", phi, small), torch.einsum("kc,nchw->nkhw", g, small)
    elif slip == "mean":
        keys, values = F.avg_pool2d(keys, 2), F.avg_pool2d(values, 2)
    elif slip != "not pooled":
        keys, values = largest_of_four(keys), largest_of_four(values)
    keys, values = keys.flatten(2), values.flatten(2)
    questions = torch.einsum("kc,nchw->nkhw", theta, x).flatten(2)
    fits = torch.einsum("nkp,nkj->npj", questions, keys)
    if slip == "scaled":
        fits = fits / len(theta) ** 0.5
    over = {"over questions": 1}.get(slip, 2)
    beta = fits if slip == "no softmax" else fits.softmax(over)
    if slip == "sigmoid":
        beta = fits.sigmoid()
    heard = torch.einsum("npj,nmj->nmp", beta, values)
    made = torch.einsum("cm,nmp->ncp", o, heard).unflatten(2, x.shape[2:])
    if slip == "scrambled":
        made = torch.einsum("cm,npm->ncp", o, heard.reshape(len(x), -1, len(g))).unflatten(2, x.shape[2:])
    if slip == "no x":
        return gamma * made
    if slip == "no γ":
        return x + made
    if slip == "γ on both":
        return gamma * (x + made)
    if slip == "between":
        return (1 - gamma) * x + gamma * made
    return x + gamma * made


ATTENTION_SLIPS = {
    "over questions": "The softmax runs over the questions. For each question it runs over the keys.",
    "no softmax": "The softmax is missing.",
    "sigmoid": "That is a sigmoid. The weights of one question add up to 1: a softmax.",
    "scaled": "The products are divided by a root. Nothing is divided by here.",
    "not pooled": "Keys and values are not pooled.",
    "mean": "Keys and values are pooled by their mean. Take the largest of 2 × 2.",
    "pooled first": "x is pooled, and then come the matrices. Pool φx and gx.",
    "θ and φ swapped": "θ and φ are swapped: questions are θx.",
    "scrambled": "The answers are scrambled: a reshape where a transpose is needed.",
    "no x": "x is missing in the sum.",
    "no γ": "γ is missing.",
    "γ on both": "γ multiplies x, too.",
    "between": "That goes from x to the answer. γ times the answer is added to all of x.",
}


@check.that("self_attention", "adds to each place γ times what it hears from all others", point=True)
def _(self_attention: Callable) -> None:
    given = matrices()
    got = numbers(self_attention(*given), tuple(given[0].shape), advice="The maps keep their shape.")
    usual = {said: attended(given, slip) for slip, said in ATTENTION_SLIPS.items()}
    expect_close(got, attended(given), "random maps and matrices", usual, show=False, rtol=1e-5, atol=1e-6)


@check.that("self_attention", "asks within a picture, and stays finite where keys fit very well")
def _(self_attention: Callable) -> None:
    x, theta, phi, g, o, gamma = matrices()
    both = numbers(self_attention(x, theta, phi, g, o, gamma))
    alone = numbers(self_attention(x[:1], theta, phi, g, o, gamma))
    expect_close(alone, both[:1], "a picture by itself", show=False, what="it comes out otherwise than beside another:")
    loud = 100 * theta, 100 * phi
    got = numbers(self_attention(x, *loud, g, o, gamma), tuple(x.shape))
    expect_close(
        got, attended((x, *loud, g, o, gamma)), "matrices a hundred times as large", show=False, rtol=1e-4, atol=1e-4
    )


@check.that("self_attention", "is x where γ is 0, and γ can learn all the same", alone=False)
def _(self_attention: Callable) -> None:
    x, theta, phi, g, o, _ = matrices()
    gamma = torch.zeros((), dtype=torch.float64, requires_grad=True)
    out = self_attention(x, theta, phi, g, o, gamma)
    expect_close(numbers(out, tuple(x.shape)), x, "γ = 0", show=False, what="there should be x; you return")
    differentiable(out, "The result is cut off from γ: it could never leave 0.")
    weights = randn(*x.shape).double()
    (out * weights).sum().backward()
    expect(gamma.grad is not None, "No gradient reaches γ: it could never leave 0.")
    one = torch.ones((), dtype=torch.float64)
    want = ((attended((x, theta, phi, g, o, one)) - x) * weights).sum()
    expect_close(numbers(gamma.grad), want, "γ = 0", what="its gradient is", show=False, rtol=1e-4)


@check.that("self_attention", "lets gradients through to the maps and all four matrices")
def _(self_attention: Callable) -> None:
    given = [t.requires_grad_() for t in matrices()]
    out = self_attention(*given)
    differentiable(out, "The result is cut off from its inputs: nothing could learn.")
    weights = randn(*out.shape).double()
    (out * weights).sum().backward()
    leaves = [t.detach().clone().requires_grad_() for t in given]
    want = torch.autograd.grad((attended(leaves) * weights).sum(), leaves)
    named = list(zip(("x", "theta", "phi", "g", "o", "gamma"), given, want, strict=True))
    for name, t, gradient in (*named[1:], named[0]):  # x's gradient is made of all others' ways
        expect(t.grad is not None, f"No gradient reaches {name}.")
        expect_close(
            numbers(t.grad), gradient, f"random maps {name}'s gradient", what="is", show=False, rtol=1e-4, atol=1e-5
        )
