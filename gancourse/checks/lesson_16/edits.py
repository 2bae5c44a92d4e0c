"""What a user wants, as a loss, and the edit taken back to the original.

Zhu et al. (2016), arXiv:1609.03552, section 4.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from gancourse.checks.asked import intact
from gancourse.checks.core import expect
from gancourse.checks.inputs import Case, chosen, chosen_int, drawn, fresh, rand, randn
from gancourse.checks.lesson_16.suite import check
from gancourse.checks.values import differentiable, expect_close, numbers

# --- edges ---------------------------------------------------------------------------------------

FRIENDLY_EDGES = ((0.0, 0.3, 0.7), (0.4, 0.9, 0.1), (-0.5, 0.2, 0.6))


def one_picture() -> Tensor:
    """A picture (1, 2, 3, 3): the second channel is not the first."""
    first = torch.tensor(FRIENDLY_EDGES).double()
    if fresh():
        first = ((100 * randn(3, 3)).round() / 100).double()
    return torch.stack([first, first.T.flip(0) * 0.5 + 0.1])[None]


def strengths(bright: list[list[float]], slip: str = "") -> Tensor:
    """The strength at each place, by going through all of them."""
    rows = []
    for i in range(len(bright) - 1):
        row = []
        for j in range(len(bright[0]) - 1):
            p, q = bright[i][j + 1] - bright[i][j], bright[i + 1][j] - bright[i][j]
            square = p * p + q * q + 1e-4
            row.append({
                "sizes": abs(p) + abs(q), "square": square, "no q": (p * p + 1e-4) ** 0.5,
                "no p": (q * q + 1e-4) ** 0.5, "mean": (square / 2) ** 0.5,
                "diagonal": ((bright[i + 1][j + 1] - bright[i][j]) ** 2 + 1e-4) ** 0.5,
            }.get(slip, square**0.5))  # fmt: skip
        rows.append(row)
    return torch.tensor(rows).double()[None, None]


def edges_case() -> Case:
    x = one_picture()
    bright = x[0].mean(0).tolist()
    usual = {
        "The sizes of both slopes are added up. Take the root of the sum of squares.": strengths(bright, "sizes"),
        "The root is missing.": strengths(bright, "square"),
        "The slope downward is missing.": strengths(bright, "no q"),
        "The slope to the right is missing.": strengths(bright, "no p"),
        "That is the slope along the diagonal.": strengths(bright, "diagonal"),
        "The squares' mean is taken. Take their sum.": strengths(bright, "mean"),
        "Only the first channel is looked at. Brightness is the mean of all.": strengths(x[0, 0].tolist()),
        "Brightness is the sum of the channels here. Take their mean.": strengths(x[0].sum(0).tolist()),
        "The slopes are those at the next pixel, to the left and upward.": strengths(
            x[0].mean(0).flip(0, 1).tolist()
        ).flip(2, 3),
    }
    return Case("this picture of 3 × 3 pixels", strengths(bright), usual, (x,))


@check.that("edit_loss", "edges: the strength of slopes in the brightness")
def _(answer: Callable) -> None:
    case = drawn(edges_case)
    got = numbers(answer("edges", *case.inputs), (1, 1, 2, 2), advice="One number where both slopes are there.")
    flat = torch.full((1, 3, 4, 5), 0.3).requires_grad_()
    said = answer("edges", flat)
    differentiable(said, "Edges are cut off from the picture.")
    (gradient,) = torch.autograd.grad(said.sum(), flat)
    numbers(gradient, what="The gradient at a picture of one color")
    case.compare(got)
    expect_close(numbers(said), torch.full((1, 1, 3, 4), 0.01), "a picture of one color, 4 × 5 pixels")


# --- within --------------------------------------------------------------------------------------


def within_case() -> Case:
    """Two channels, three places, and a mask that is 0 at the last one."""
    values = torch.tensor([1.0, 2.0, 0.7, 0.5, -1.0, -0.3]).double()
    wanted = torch.tensor([0.5, 0.0, -0.2, 1.0, 0.25, 0.4]).double()
    mask = torch.tensor((*chosen(1.0, 0.4, between=(0.1, 0.9)), 0.0)).double()
    if fresh():
        values, wanted = (((100 * randn(6)).round() / 100).double() for _ in range(2))
    values, wanted, mask = values.reshape(1, 2, 1, 3), wanted.reshape(1, 2, 1, 3), mask.reshape(1, 1, 1, 3)
    square = (values - wanted).square()
    total, weight = (mask * square).sum(), mask.sum()

    def of(x: Tensor) -> list[float]:
        return [float(x)]

    usual = {
        "The weighted sum is asked as a mean: divide by the weights' sum.": of(total),
        "It is divided by the mask's sum alone. Each place counts once for each channel.": of(total / weight),
        "It is divided by all places. Divide by the weights' sum.": of(total / 6),
        "The mask is left out.": of(square.mean()),
        "The mask is squared along with the differences.": of((mask * (values - wanted)).square().sum() / (2 * weight)),
        "These are sizes of differences. Take squares.": of((mask * (values - wanted).abs()).sum() / (2 * weight)),
        "The mask is the wrong way around.": of(((1 - mask) * square).sum() / (2 * (1 - mask).sum()).clamp(min=1e-9)),
        "Each place counts in full wherever the mask is above 0. Weigh it.": of(((mask > 0) * square).sum() / 4),
        "`wanted` is cut by the mask as well: values are compared with 0 where it is weak.": of(
            (mask * (values - mask * wanted).square()).sum() / (2 * weight)
        ),
        "The root is taken. Leave it out.": of((total / (2 * weight)).sqrt()),
    }
    return Case("one picture of two channels and three places", of(total / (2 * weight)), usual, (values, wanted, mask))


@check.that("edit_loss", "within: squares, weighted by the mask, as a mean", point=True)
def _(answer: Callable) -> None:
    case = drawn(within_case)
    case.compare(numbers(answer("within", *case.inputs), (1,), advice="One number for each picture."))


@check.that("edit_loss", "within: each picture for itself, and 0 where nothing is asked", point=True)
def _(answer: Callable) -> None:
    values, wanted = randn(3, 2, 3, 4).double(), randn(3, 2, 3, 4).double()
    mask = rand(3, 1, 3, 4).double()
    mask[1] = 0
    mask[2] *= 0.01  # its weights do not add up to 1
    leaf = values.clone().requires_grad_()
    said = answer("within", leaf, wanted, mask)
    got = numbers(said, (3,), advice="One number for each picture.")
    square = (values - wanted).square()
    want = torch.stack([(mask[i] * square[i]).sum() / (2 * mask[i].sum()) if i != 1 else torch.zeros(()).double()
                        for i in range(3)])  # fmt: skip
    usual = {
        "All pictures are taken together.": ((mask * square).sum() / (2 * mask.sum())).expand(3),
        "The weights of the whole batch are divided by.": torch.stack(
            [(mask[i] * square[i]).sum() / (2 * mask.sum()) for i in range(3)]
        ),
        "Where the weights add up to less than 1 their sum is taken for 1. Divide by what it is.": torch.stack(
            [(mask[i] * square[i]).sum() / (2 * mask[i].sum()).clamp(min=1) for i in range(3)]
        ),
        "Where the mask is 0 everywhere the plain mean is returned. Nothing is asked there: return 0.": torch.stack(
            [want[0], square[1].mean(), want[2]]
        ),
    }
    expect_close(got, want, "three pictures, the second with an empty mask", usual, show=False)
    differentiable(said, "`within` is cut off from the values.")
    (gradient,) = torch.autograd.grad(said.sum(), leaf)
    found = numbers(gradient, what="The gradient, with an empty mask among them,")
    expect(bool((found[1] == 0).all()), "Where the mask is empty the gradient should be 0.")


# --- wishes --------------------------------------------------------------------------------------


class Wishes:
    """Pictures, z, and what is wanted of them."""

    def __init__(self) -> None:
        self.n = chosen_int(2, between=(2, 4))
        self.made, self.color = torch.tanh(randn(self.n, 3, 4, 5)).double(), torch.tanh(randn(self.n, 3, 4, 5)).double()
        self.z, self.z0 = randn(self.n, 3).double(), randn(self.n, 3).double()
        self.brushed, self.drawn = rand(self.n, 1, 4, 5).double(), rand(self.n, 1, 3, 4).double()
        self.strength = rand(self.n, 1, 3, 4).double()
        self.weights = chosen(0.5, 0.1, between=(0.1, 0.9))

    @property
    def given(self) -> tuple:
        return (self.made, self.z, self.z0, self.color, self.brushed, self.strength, self.drawn, self.weights)

    @property
    def terms(self) -> tuple[Tensor, Tensor, Tensor]:
        def within_mask(values: Tensor, wanted: Tensor, mask: Tensor) -> Tensor:
            square = mask * (values - wanted).square()
            return torch.stack([square[i].sum() / (len(values[i]) * mask[i].sum()) for i in range(self.n)])

        lines = torch.cat([strengths(one.mean(0).tolist()) for one in self.made])
        near = torch.stack([((self.z[i] - self.z0[i]) ** 2).sum() for i in range(self.n)])
        return (
            within_mask(self.made, self.color, self.brushed),
            within_mask(lines, self.strength, self.drawn),
            near,
        )

    @property
    def want(self) -> Tensor:
        colors, lines, near = self.terms
        return colors + self.weights[0] * lines + self.weights[1] * near

    @property
    def wrong(self) -> dict[str, Tensor]:
        (colors, lines, near), (p, q) = self.terms, self.weights
        return {
            "The colors' term is missing.": p * lines + q * near,
            "The edges' term is missing.": colors + q * near,
            "The term of smoothness is missing.": colors + p * lines,
            "The two weights are swapped.": colors + q * lines + p * near,
            "The weights are missing.": colors + lines + near,
            "Smoothness adds up squares; here it is their mean.": colors + p * lines + q * near / 3,
            "Smoothness is ‖z − z0‖, the root. Take its square.": colors + p * lines + q * near.sqrt(),
            "z is kept near 0. Keep it near z0.": colors + p * lines + q * self.z.square().sum(1),
            "Smoothness is added up over the batch.": colors + p * lines + q * near.sum(),
            "The sign of smoothness is wrong: it drives z away.": colors + p * lines - q * near,
        }

    @property
    def clear(self) -> bool:
        found = [self.want, *self.wrong.values()]
        return all(float((x - y).abs().max()) > 0.01 for i, x in enumerate(found) for y in found[:i])


@check.that("edit_loss", "wishes: colors, edges, and nearness to z0, for each picture", point=True)
def _(answer: Callable) -> None:
    s = drawn(Wishes, always=True)
    got = numbers(answer("wishes", *s.given), (s.n,), advice="One number for each picture.")
    usual: dict[str, Tensor] = s.wrong
    expect_close(got, s.want, f"{s.n} pictures", usual, show=False)
    for given in (s.made, s.z, s.z0, s.color, s.brushed, s.strength, s.drawn):
        expect(intact(given), "A tensor that you are given has changed. Leave it as it was.")


@check.that("edit_loss", "wishes: gradients reach the pictures and z")
def _(answer: Callable) -> None:
    s = drawn(Wishes, always=True)
    made, z = s.made.clone().requires_grad_(), s.z.clone().requires_grad_()
    said = answer("wishes", made, z, *s.given[2:])
    differentiable(said, "The loss is cut off from the pictures and z.")
    by_picture, by_z = torch.autograd.grad(said.sum(), [made, z], allow_unused=True)
    expect(by_picture is not None and by_z is not None, "No gradient reaches the pictures, or z.")
    want = 2 * s.weights[1] * (s.z - s.z0)
    expect_close(numbers(by_z), want, f"{s.n} pictures", what="z's gradient is", show=False)
    again = s.made.clone().requires_grad_()
    bright = again.mean(1, keepdim=True)
    here = bright[:, :, :-1, :-1]
    lines = ((bright[:, :, :-1, 1:] - here) ** 2 + (bright[:, :, 1:, :-1] - here) ** 2 + 1e-4) ** 0.5
    total = 0.0
    for i in range(s.n):
        colors = (s.brushed[i] * (again[i] - s.color[i]) ** 2).sum() / (3 * s.brushed[i].sum())
        total = total + colors + s.weights[0] * (s.drawn[i] * (lines[i] - s.strength[i]) ** 2).sum() / s.drawn[i].sum()
    assert isinstance(total, Tensor)
    (reference,) = torch.autograd.grad(total, again)
    expect_close(numbers(by_picture), reference, f"{s.n} pictures", what="the pictures' gradient is", show=False)


# --- warped, and taken back ------------------------------------------------------------------------


def from_where(picture: Tensor, flow: Tensor, slip: str = "") -> Tensor:
    """A picture (C, H, W) by a flow (2, H, W), pixel by pixel."""
    height, width = picture.shape[1:]
    out = torch.zeros_like(picture)
    for i in range(height):
        for j in range(width):
            right, down = float(flow[0, i, j]), float(flow[1, i, j])
            if slip == "swapped":
                right, down = down, right
            if slip == "backward":
                right, down = -right, -down
            if slip == "corners":  # grid_sample's align_corners=True, with coordinates made for False
                at_x = ((2 * (j + right) + 1) / width - 1 + 1) / 2 * (width - 1)
                at_y = ((2 * (i + down) + 1) / height - 1 + 1) / 2 * (height - 1)
            else:
                at_x, at_y = j + right, i + down
            if slip == "nearest":
                at_x, at_y = round(at_x), round(at_y)
            outside = not (0 <= at_x <= width - 1 and 0 <= at_y <= height - 1)
            at_x, at_y = min(max(at_x, 0.0), width - 1.0), min(max(at_y, 0.0), height - 1.0)
            if slip == "zeros" and outside:
                continue
            x0, y0 = min(int(at_x), width - 2), min(int(at_y), height - 2)
            s, t = at_x - x0, at_y - y0
            out[:, i, j] = (
                (1 - t) * ((1 - s) * picture[:, y0, x0] + s * picture[:, y0, x0 + 1])
                + t * ((1 - s) * picture[:, y0 + 1, x0] + s * picture[:, y0 + 1, x0 + 1])
            )  # fmt: skip
    return out


class Moved:
    """Two pictures of 4 × 5 pixels, and a flow that differs from place to place."""

    def __init__(self) -> None:
        self.pictures = torch.tanh(randn(2, 2, 4, 5)).double()
        self.flow = (2.2 * rand(2, 2, 4, 5) - 1.1).double()

    def warped(self, slip: str = "") -> Tensor:
        return torch.stack([from_where(p, f, slip) for p, f in zip(self.pictures, self.flow, strict=True)])

    @property
    def clear(self) -> bool:
        found = [self.warped(slip) for slip in ("", *WARP_SLIPS)]
        return all(float((x - y).abs().max()) > 0.05 for i, x in enumerate(found) for y in found[:i])


WARP_SLIPS = {
    "swapped": "Right and down are swapped: channel 0 of flow goes to the right.",
    "backward": "It goes the other way: the result's pixel is the picture's *at* pixel plus flow.",
    "corners": "The coordinates do not fit: with align_corners=False pixel j has its middle at (2j + 1)/W − 1.",
    "nearest": "The nearest pixel is taken. Between pixels it is bilinear.",
}


@check.that("edit_transfer", "warp: takes each pixel from where the flow points", point=True)
def _(answer: Callable) -> None:
    s = drawn(Moved, always=True)
    got = numbers(answer("warp", s.pictures, s.flow), (2, 2, 4, 5))
    usual: dict[str, Any] = {said: (lambda slip=slip: s.warped(slip)) for slip, said in WARP_SLIPS.items()}
    usual["The flow does nothing."] = lambda: s.pictures
    usual["Outside of the picture there is black. The pixel at the edge goes on."] = lambda: (
        torch.nn.functional.grid_sample(s.pictures, grid_of(s.flow), align_corners=False)
    )
    expect_close(got, s.warped(), "two pictures of 4 × 5 pixels", usual, show=False, rtol=1e-4, atol=1e-5)
    expect(intact(s.pictures) and intact(s.flow), "A tensor that you are given has changed. Leave it as it was.")


def grid_of(flow: Tensor) -> Tensor:
    height, width = flow.shape[2:]
    x = (2 * (torch.arange(width) + flow[:, 0]) + 1) / width - 1
    y = (2 * (torch.arange(height)[:, None] + flow[:, 1]) + 1) / height - 1
    return torch.stack([x, y], 3)


@check.that("edit_transfer", "warp: whole pixels exactly, beyond the edge, and a flow of 0", alone=False)
def _(answer: Callable) -> None:
    picture = torch.tanh(randn(1, 3, 5, 6))
    still = numbers(answer("warp", picture, torch.zeros(1, 2, 5, 6)))
    expect_close(still, picture.double(), "a flow of 0", what="the picture becomes", show=False)
    flow = torch.zeros(1, 2, 5, 6)
    flow[:, 0] = 2
    flow[:, 1] = -1
    rows, columns = [max(i - 1, 0) for i in range(5)], [min(j + 2, 5) for j in range(6)]
    want = picture[:, :, rows][:, :, :, columns].double()
    expect_close(numbers(answer("warp", picture, flow)), want, "a flow of 2 to the right and 1 up", show=False,
                 what="the picture becomes")  # fmt: skip


class TakenBack:
    """An original, an edit of its projection, a flow and a mask."""

    def __init__(self) -> None:
        self.original, self.before, self.after = (0.8 * torch.tanh(randn(2, 3, 4, 4)).double() for _ in range(3))
        self.flow, self.mask = (1.6 * rand(2, 2, 4, 4) - 0.8).double(), rand(2, 1, 4, 4).double()
        self.mask[:, :, 0] = 0
        self.mask[:, :, 3] = 1

    @property
    def given(self) -> tuple[Tensor, ...]:
        return self.original, self.before, self.after, self.flow, self.mask

    @cached_property
    def weights(self) -> Tensor:
        """How much each pixel takes of each: warping is linear, so single pixels tell all of it. (2, 16, 16)"""
        single = torch.eye(16).double().reshape(16, 4, 4)
        return torch.stack([from_where(single, f).reshape(16, 16) for f in self.flow])

    def moved(self, x: Tensor) -> Tensor:
        return (x.flatten(2) @ self.weights).reshape(x.shape)

    def taken_back(self, slip: str = "") -> Tensor:
        x, b, a, m = self.original, self.before, self.after, self.mask
        if slip == "unclamped":
            edited = self.moved(x) + a - self.moved(b)
        else:
            edited = {
                "no motion": x + a - b, "color of unwarped": self.moved(x) + a - b,
                "original unmoved": x + a - self.moved(b), "sign": self.moved(x) - a + self.moved(b),
                "after alone": a, "motion alone": self.moved(x), "all moved": self.moved(x + a - b),
            }.get(slip, self.moved(x) + a - self.moved(b)).clamp(-1, 1)  # fmt: skip
        if slip == "no mask":
            return edited
        if slip == "mask around":
            m = 1 - m
        if slip == "mask in color":
            return (self.moved(x) + m * (a - self.moved(b))).clamp(-1, 1)
        if slip == "hard mask":
            m = (m > 0).double()
        return (1 - m) * x + m * edited

    @property
    def clear(self) -> bool:
        found = [self.taken_back(slip) for slip in ("", *BACK_SLIPS)]
        return all(float((x - y).abs().max()) > 0.05 for i, x in enumerate(found) for y in found[:i])


BACK_SLIPS = {
    "no motion": "The flow is not used: by color alone.",
    "motion alone": "By motion alone: the change of color is not added.",
    "color of unwarped": "`before` is to be warped, too, before it is taken off: else motion is counted as color.",
    "original unmoved": "The original is not warped.",
    "all moved": "The color is added first and then all of it is warped. Warp first.",
    "after alone": "That is G's edit itself within the mask. Add its change to the original.",
    "sign": "The change of color has the wrong sign.",
    "no mask": "The mask is not used.",
    "mask around": "The mask is the wrong way around: where it is 0 the original stays.",
    "mask in color": "The mask is for all of the result, the motion, too.",
    "hard mask": "In between 0 and 1 the mask mixes.",
    "unclamped": "The sum is not clamped to [−1, 1].",
}


@check.that(
    "edit_transfer", "transfer: the original, moved and colored as the projection was, within the mask", point=True
)
def _(answer: Callable) -> None:
    s = drawn(TakenBack, always=True)
    got = numbers(answer("transfer", *s.given), (2, 3, 4, 4))
    usual = {said: (lambda slip=slip: s.taken_back(slip)) for slip, said in BACK_SLIPS.items()}
    expect_close(got, s.taken_back(), "two pictures", usual, show=False, rtol=1e-4, atol=1e-5)
    expect(all(intact(t) for t in s.given), "A tensor that you are given has changed. Leave it as it was.")


@check.that("edit_transfer", "transfer: the original where the mask is 0, to the bit", alone=False)
def _(answer: Callable) -> None:
    s = TakenBack()
    got = numbers(answer("transfer", *s.given[:4], torch.zeros_like(s.mask)), (2, 3, 4, 4))
    expect(bool(torch.equal(got, s.original)), "Where the mask is 0 everywhere the original is not as it was.")
