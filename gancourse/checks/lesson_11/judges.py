"""Two heads on one trunk, and the losses of both players. Demir and Unal (2018), arXiv:1803.07422."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, chosen, chosen_int, drawn, rand, randn
from gancourse.checks.lesson_11.holes import a_hole
from gancourse.checks.lesson_11.suite import check
from gancourse.checks.networks import as_pytorch_sets_them, built, parameters, put
from gancourse.checks.values import described, differentiable, expect_close, number, numbers, slope_at_large, two

HEADS_HAVE = (
    "With width={w} and size={size} these parameters are asked, in this order: {asked}. There are: {there}. The trunk "
    "stands there once."
)
TWO_ASKED = "Return two tensors, the logit of the whole and those of the patches; you return {came}."


def head_shapes(width: int, size: int) -> list[tuple[int, ...]]:
    two = 2 * width
    trunk = [(width, 3, 4, 4), (width,), (two, width, 4, 4), (two,), (two,)]
    whole = [(two, two, 4, 4), (two,), (two,), (1, two * (size // 8) ** 2), (1,)]
    return [*trunk, *whole, (1, two, 3, 3), (1,)]


def heads_parts(net: nn.Module, width: int, size: int) -> list[nn.Parameter]:
    """The parameters in their order, or a miss."""
    there, asked = list(parameters(net).values()), head_shapes(width, size)
    told = ", ".join(str(tuple(p.shape)) for p in there)
    said = HEADS_HAVE.format(w=width, size=size, asked=", ".join(map(str, asked)), there=told)
    expect([tuple(p.shape) for p in there] == asked, said)
    return there


def a_judge(answer: Callable, size: int = 16) -> tuple[nn.Module, list[Tensor], int]:
    """A judge of the student's with random weights, what they are, and its width."""
    width = chosen_int(2, between=(2, 4))
    net = built(answer, size=size, width=width)
    there = heads_parts(net, width, size)
    for p in there:
        put(p, (0.5 * randn(*p.shape) if p.ndim > 1 else 0.3 + 0.4 * randn(*p.shape)) / (2 if p.ndim == 4 else 1))
    return net, [numbers(p) for p in there], width


def normal_maps(x: Tensor, scale: Tensor, shift: Tensor, kept: tuple[Tensor, Tensor] | None) -> Tensor:
    """Batch-normalized, by its own batch or by what was kept."""
    mean, var = kept or (x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0))
    made = (x - mean[:, None, None]) / (var[:, None, None] + 1e-5).sqrt()
    return made * scale[:, None, None] + shift[:, None, None]


KeptByTwo = tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]


def said_by_both(
    x: Tensor, weights: list[Tensor], kept: KeptByTwo | None = None, slip: str = ""
) -> tuple[Tensor, Tensor]:
    """What both heads say, in double precision, or by this slip."""
    x = x.double()
    k1, b1, k2, s2, h2, k3, s3, h3, linear, lb, patch, pb = weights

    def bent(h: Tensor) -> Tensor:
        return F.relu(h) if slip == "relu" else F.leaky_relu(h, 0.01 if slip == "slope" else 0.2)

    seen = bent(F.conv2d(x, k1, b1, stride=2, padding=1))
    seen = F.conv2d(seen, k2, stride=2, padding=1)
    if slip == "bent first":
        seen = normal_maps(bent(seen), s2, h2, kept and kept[0])
    else:
        seen = bent(normal_maps(seen, s2, h2, kept and kept[0]))
    h = bent(normal_maps(F.conv2d(seen, k3, stride=2, padding=1), s3, h3, kept and kept[1]))
    whole = h.flatten(1) @ linear.T + lb
    return whole, F.conv2d(seen, patch, pb, padding=1)


def maps_before_norms(x: Tensor, weights: list[Tensor]) -> list[Tensor]:
    """What the two normalizations are given in training."""
    x = x.double()
    k1, b1, k2, s2, h2, k3 = weights[:6]
    first = F.conv2d(F.leaky_relu(F.conv2d(x, k1, b1, stride=2, padding=1), 0.2), k2, stride=2, padding=1)
    seen = F.leaky_relu(normal_maps(first, s2, h2, None), 0.2)
    return [first, F.conv2d(seen, k3, stride=2, padding=1)]


def both_logits(value: Any, n: int, side: int) -> tuple[Tensor, Tensor]:
    """What the student's judge says, as numbers."""
    whole, patch = two(value, TWO_ASKED.format(came=described(value)))
    first = numbers(whole, (n, 1), "The logit of the whole", "One for each picture, (n, 1), comes first.")
    return first, numbers(patch, (n, 1, side, side), "The patches' logits", "(n, 1, size / 4, size / 4) is asked.")


HEAD_SLIPS = {
    "relu": "Negative numbers are cut off. LeakyReLU(0.2) lets a fifth of them through.",
    "slope": "The slope below zero is 0.01. It is 0.2.",
    "bent first": "The LeakyReLU stands in front of the normalization. It comes behind it.",
}


@check.that("TwoHeads", "the whole's logit, and one for each patch, from one trunk", point=True)
def _(answer: Callable) -> None:
    for size in (16, 56):  # 56 / 8 and 56 // 7 differ
        net, weights, _ = a_judge(answer, size)
        net.train()
        x = randn(3, 3, size, size)
        got = both_logits(net(x), 3, size // 4)
        want, names = said_by_both(x, weights), ("the whole's logits are", "the patches' logits are")
        wrong = {said: said_by_both(x, weights, slip=slip) for slip, said in HEAD_SLIPS.items()}
        for k in (0, 1):
            usual = {said: both[k] for said, both in wrong.items()}
            where = f"random weights and size={size}"
            expect_close(got[k], want[k], where, usual, show=False, what=names[k], rtol=1e-3, atol=1e-3)


@check.that("TwoHeads", "looks once: the trunk's normalization has kept a tenth of one batch, not of two", point=True)
def _(answer: Callable) -> None:
    net, weights, _ = a_judge(answer)
    net.train()
    x, other = 2 * randn(4, 3, 16, 16) + 0.5, randn(2, 3, 16, 16)
    net(x)
    net.eval()
    got = both_logits(net(other), 2, 4)
    maps = maps_before_norms(x, weights)

    def after(looks: tuple[int, int]) -> tuple[Tensor, Tensor]:
        kept = []
        for h, times in zip(maps, looks, strict=True):
            left = 0.9**times
            mean, var = h.mean((0, 2, 3)), h.var((0, 2, 3))
            kept.append(((1 - left) * mean, left + (1 - left) * var))
        return said_by_both(other, weights, (kept[0], kept[1]))

    advice = {
        "The trunk looks at the same pictures twice, once for each head. Call it once, and keep its maps.": (
            (2, 1)
        ),
        "In training everything looks at the same pictures twice.": (2, 2),
        "A batch in training leaves nothing in the normalizations.": (0, 0),
    }  # fmt: skip
    for k, name in enumerate(("the whole's logits are", "the patches' logits are")):
        usual = {said: after(looks)[k] for said, looks in advice.items()}
        where = "one batch in training, and another in evaluation mode"
        expect_close(got[k], after((1, 1))[k], where, usual, show=False, what=name, rtol=1e-3, atol=1e-3)


@check.that("TwoHeads", "shares: either head alone sends gradients to the trunk, and both send their sum", point=True)
def _(answer: Callable) -> None:
    net, weights, width = a_judge(answer)
    net.eval()
    x = randn(3, 3, 16, 16)
    zero_one = [(torch.zeros(2 * width).double(), torch.ones(2 * width).double())] * 2
    kept = (zero_one[0], zero_one[1])
    for share in ((1.0, 0.0), (0.0, 1.0), (1.0, 1.0)):
        for p in heads_parts(net, width, 16):
            put(p, 0.9 * numbers(p))  # the same batch, and other weights: maps of before are of no use
            p.grad = None
        weights = [numbers(p) for p in heads_parts(net, width, 16)]
        whole, patch = two(net(x), TWO_ASKED.format(came="something else"))
        differentiable(whole, "The whole's logits are cut off from the weights.")
        differentiable(patch, "The patches' logits are cut off from the weights.")
        (share[0] * whole.sum() + share[1] * patch.sum()).backward()
        leaves = [w.clone().requires_grad_() for w in weights]
        said = said_by_both(x, leaves, kept)
        want = torch.autograd.grad(share[0] * said[0].sum() + share[1] * said[1].sum(), leaves[:5])
        names = {(1.0, 0.0): "the whole's logits", (0.0, 1.0): "the patches' logits"}.get(share, "both")
        for p, slope in zip(heads_parts(net, width, 16), want, strict=False):
            expect(p.grad is not None, f"From {names} no gradient reaches the trunk.")
            expect_close(numbers(p.grad), slope, names, show=False, what="a gradient of the trunk is", rtol=1e-2,
                         atol=1e-2)  # fmt: skip


@check.that("TwoHeads", "has the trunk's parameters once, and starts as PyTorch sets them", alone=False)
def _(answer: Callable) -> None:
    net = built(answer, size=32, width=8)
    heads_parts(net, 8, 32)
    as_pytorch_sets_them(net)


# --- losses -----------------------------------------------------------------------------------------------


def said_by_heads(n: int = 2, patches: int = 3) -> tuple[Tensor, Tensor]:
    """Logits of a whole and of patches, well apart from zero."""
    return 2 * randn(n, 1), 2 * randn(n, 1, patches, patches) + 1


class Judgments:
    """What D says of true and of filled pictures, and what the usual slips make of it."""

    def __init__(self) -> None:
        first = chosen(2.0, -0.5, 1.0, 0.5, between=(-2.5, 2.5))
        self.real = torch.tensor(first[:2])[:, None], said_by_heads()[1]
        self.fake = torch.tensor(first[2:])[:, None], said_by_heads()[1]

        def parts(real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
            return F.softplus(-real.double()).mean(), F.softplus(fake.double()).mean()

        (a, b), (c, d) = (parts(r, f) for r, f in zip(self.real, self.fake, strict=True))
        swapped = [parts(f, r) for r, f in zip(self.real, self.fake, strict=True)]
        together = [torch.cat([part.double().flatten() for part in both]) for both in (self.real, self.fake)]
        self.want = a + b + c + d
        self.usual = {
            "True and filled are swapped.": torch.stack([x + y for x, y in swapped]).sum(),
            "It is halved. The four means are added.": self.want / 2,
            "It is divided by four. The four means are added.": self.want / 4,
            "The patches are missing.": a + b,
            "The whole is missing.": c + d,
            "Only true pictures are judged.": a + c,
            "Only filled pictures are judged.": b + d,
            "All logits are put in one heap, where the patches outvote the whole. Each head has its own mean.": (
                F.softplus(-together[0]).mean() + F.softplus(together[1]).mean()
            ),
            "Patches are added up. Take their mean.": a + b + 18 * c + 18 * d,
            "Patches are added up within each picture. Take their mean over all.": a + b + 9 * c + 9 * d,
            "Patches are averaged before −log σ. Take −log σ of each.": (
                a + b
                + F.softplus(-self.real[1].double().mean((1, 2, 3))).mean()
                + F.softplus(self.fake[1].double().mean((1, 2, 3))).mean()
            ),
        }  # fmt: skip

    @property
    def case(self) -> Case:
        return Case("these logits of two pictures", self.want, self.usual, (self.real, self.fake))

    @property
    def clear(self) -> bool:
        return self.case.clear


@check.that("judges_loss", "adds four means: true and filled, by both heads", point=True)
def _(judges_loss: Callable) -> None:
    made = drawn(Judgments, always=True)
    got = number(judges_loss(made.real, made.fake), "The loss", "One number for the whole batch.")
    made.case.compare(got, show=False)


@check.that("judges_loss", "takes any number of pictures and patches, and stays right where D is sure")
def _(judges_loss: Callable) -> None:
    (size,) = chosen(300.0, between=(200.0, 900.0))
    real = torch.tensor([[-size], [size], [0.0]]), torch.full((3, 1, 1, 5), -size)
    fake = torch.tensor([[size], [-size], [0.0]]), torch.full((3, 1, 1, 5), size)
    want = 2 * (size + 0.6931472) / 3 + 2 * size
    got = number(judges_loss(real, fake), "The loss")
    usual = {"Large logits break it: compute from them, as F.softplus does.": 0.0}
    expect_close(got, want, f"logits of ∓{size:g}", usual)


def sure_heads() -> tuple[tuple[Tensor, Tensor], str]:
    """What two heads say of two pictures of which D is sure, each once rightly and once wrongly, and how it is told."""
    low, high = chosen(400.0, 600.0, between=(400.0, 900.0))
    whole, patches = torch.tensor([[-low], [high]]), torch.tensor([[[[low, -high]]], [[[-low, high]]]])
    where = f"logits of −{low:g} and {high:g} of the whole, and of ∓{low:g} and ∓{high:g} of the patches,"
    return (whole.requires_grad_(), patches.requires_grad_()), where


@check.that("judges_loss", "has the right gradients where D is sure")
def _(judges_loss: Callable) -> None:
    (real, where), (fake, _) = sure_heads(), sure_heads()
    loss = judges_loss(real, fake)
    number(loss, "The loss")
    differentiable(loss, "The loss is cut off from the logits.")
    loss.backward()
    for sign, some, whose in ((-1, real, "true"), (1, fake, "filled")):
        for t, head in zip(some, ("the whole's", "the patches'"), strict=True):
            want = sign * torch.sigmoid(sign * t.detach()) / t.numel()
            slope_at_large(t, want, where, f"{head} logits on {whose} pictures")


@check.that("judges_loss", "teaches both heads: gradients reach all four")
def _(judges_loss: Callable) -> None:
    real, fake = (tuple(t.requires_grad_() for t in said_by_heads(3, 2)) for _ in range(2))
    loss = judges_loss(real, fake)
    differentiable(loss, "The loss is cut off from the logits.")
    loss.backward()
    for sign, some in ((-1, real), (1, fake)):
        for t in some:
            expect(t.grad is not None, "No gradient reaches some of the logits.")
            want = sign * torch.sigmoid(sign * t.detach().double()) / t.numel()
            expect_close(numbers(t.grad), want, "random logits", what="their gradient is", show=False)


class Joint:
    """A filling, a picture, a hole, what D says, two weights, and what the usual slips make of it."""

    def __init__(self) -> None:
        self.picture, self.filling = randn(2, 3, 4, 5), randn(2, 3, 4, 5) + 0.3
        self.mask = a_hole(2, 4, 5)
        self.fake = torch.tensor(chosen(-1.0, 0.75, between=(-2, 2)))[:, None], said_by_heads()[1]
        self.w = chosen(0.5, 2.0, between=(0.3, 3.0))
        off = (self.filling.double() - self.picture.double()).abs()
        inside, count = self.mask.double(), float(self.mask.sum())
        near = (off * inside).sum() / (3 * count)
        whole, patch = (F.softplus(-part.double()).mean() for part in self.fake)
        caught = [F.softplus(part.double()).mean() for part in self.fake]
        a, b = self.w
        own = (off * inside).sum((1, 2, 3)) / (3 * inside.sum((1, 2, 3)))
        both_parts = a * whole + b * patch
        self.want = near + both_parts
        self.usual = {
            "L1 is taken over the whole picture. Take it in the hole.": off.mean() + both_parts,
            "L1 is divided by all pixels. Divide by those of the hole, times three channels.": (
                (off * inside).mean() + both_parts
            ),
            "L1 is taken of the known pixels. The mask is 1 in the hole.": (
                (off * (1 - inside)).sum() / (3 * float((1 - inside).sum())) + both_parts
            ),
            "L1 is divided by the hole's pixels, but not by the channels.": 3 * near + both_parts,
            "L1 is added up. Take its mean over the hole.": (off * inside).sum() + both_parts,
            "Each picture's own mean is averaged. Take one mean over all pixels in the batch's holes.": (
                own.mean() + both_parts
            ),
            "Squares are taken. It is the absolute difference.": (
                (off.square() * inside).sum() / (3 * count) + both_parts
            ),
            "The two weights are swapped.": near + b * whole + a * patch,
            "The weights are not used.": near + whole + patch,
            "The whole's judgment is missing.": near + b * patch,
            "The patches' judgment is missing.": near + a * whole,
            "L1 is missing.": both_parts,
            "The judgments are missing.": near,
            "That teaches G to be caught: −log σ(logit) is softplus of the negative logit.": (
                near + a * caught[0] + b * caught[1]
            ),
            "That is the minimax loss. Asked for is −log σ(logit).": near - a * caught[0] - b * caught[1],
            "Patches are added up. Take their mean.": near + a * whole + 18 * b * patch,
            "The sign of the judgments is the other way around.": near - both_parts,
        }  # fmt: skip

    @property
    def inputs(self) -> tuple[Any, ...]:
        return self.filling, self.picture, self.mask, self.fake, *self.w

    @property
    def case(self) -> Case:
        return Case(f"weights {self.w[0]:g} and {self.w[1]:g}", self.want, self.usual, self.inputs)

    @property
    def clear(self) -> bool:
        return self.case.clear


@check.that("joint_loss", "is L1 in the hole, and both judgments by their weights", point=True)
def _(joint_loss: Callable) -> None:
    made = drawn(Joint, always=True)
    made.case.compare(number(joint_loss(*made.inputs), "The loss", "One number for the whole batch."), show=False)


@check.that("joint_loss", "does not depend on what the filling has under known pixels, nor on the hole's size")
def _(joint_loss: Callable) -> None:
    made, off = Joint(), 0.3 + 0.4 * float(rand(1)[0])
    for mask in (made.mask, F.pad(torch.ones(2, 1, 1, 1), (2, 2, 1, 2))):
        filling = torch.where(mask > 0, made.picture + off, 1000.0)
        got = number(joint_loss(filling, made.picture, mask, made.fake, 0.0, 0.0), "The loss")
        expect_close(got, off, f"a filling that is {off:.3f} off in the hole, far off elsewhere, and weights 0")


@check.that("joint_loss", "teaches by all three, and stays right where D is sure")
def _(joint_loss: Callable) -> None:
    made = Joint()
    filling = made.filling.clone().requires_grad_()
    fake = tuple(part.clone().requires_grad_() for part in made.fake)
    loss = joint_loss(filling, made.picture, made.mask, fake, *made.w)
    differentiable(loss, "The loss is cut off from what it was computed from.")
    loss.backward()
    for name, t in (("the filling", filling), ("the whole's logits", fake[0]), ("the patches' logits", fake[1])):
        expect(t.grad is not None, f"No gradient reaches {name}.")
    off = (made.filling - made.picture).double().sign() * made.mask / (3 * made.mask.sum())
    expect_close(numbers(filling.grad), off, "a random filling", what="its gradient is", show=False)
    for part, weight in zip(fake, made.w, strict=True):
        want = -weight * torch.sigmoid(-part.detach().double()) / part.numel()
        expect_close(numbers(part.grad), want, "random logits", what="their gradient is", show=False)
    sure = torch.full((2, 1), -400.0), torch.full((2, 1, 2, 2), -500.0 - 10 * float(rand(1)[0]))
    got = number(joint_loss(made.picture, made.picture, made.mask, sure, 0.1, 0.01), "The loss")
    expect_close(got, 40 - 0.01 * float(sure[1][0, 0, 0, 0]), "logits of −400 and less")


@check.that("joint_loss", "has the right gradients where D is sure")
def _(joint_loss: Callable) -> None:
    made = Joint()
    fake, where = sure_heads()
    loss = joint_loss(made.filling, made.picture, made.mask, fake, *made.w)
    number(loss, "The loss")
    differentiable(loss, "The loss is cut off from the logits.")
    loss.backward()
    where = f"{where} with the weights {made.w[0]:g} and {made.w[1]:g},"
    for t, weight, head in zip(fake, made.w, ("the whole's", "the patches'"), strict=True):
        want = -weight * torch.sigmoid(-t.detach()) / t.numel()
        slope_at_large(t, want, where, f"{head} logits")
