"""Shapes as signed distances: below 0 inside, 0 on the outline, above 0 outside.

A face is drawn from a handful of them, evaluated on a grid of pixel centers. Coordinates are those
of the scene, not of the pixels: the picture spans [−1, 1] at every resolution, and `cover` alone
knows how wide a pixel is. That makes edges smooth (a pixel half inside is half covered) and gives
the same scene at any resolution. All arguments broadcast: (n, 1, 1) against (n, height, width).

Most time goes into writing fresh memory, so numbers of one face are joined first, in parentheses, and
what is a picture of its own is changed in place (`mul_` and its like).
"""

from __future__ import annotations

import torch
from torch import Tensor

Number = Tensor | float


def cover(distance: Tensor, pixel: Number) -> Tensor:
    """How much of each pixel lies inside, in [0, 1]: a ramp one `pixel` wide across the outline.

    A larger `pixel` than the real one makes a soft edge.
    """
    return (distance * (-1 / pixel)).add_(0.5).clamp_(0, 1)


def ellipse(x: Tensor, y: Tensor, rx: Number, ry: Number) -> Tensor:
    """Distance to the ellipse with half-axes rx and ry about the origin.

    Exact on the outline's normal to first order: the implicit function over the length of its gradient.
    """
    a, b = (x / rx).square_(), (y / ry).square_()
    k = (a + b).sqrt_()
    slope = a.div_(rx * rx).add(b.div_(ry * ry)).add_(1e-9).sqrt_()
    return slope.reciprocal_().mul_(k).mul_(k.sub_(1))


def oval(x: Tensor, y: Tensor, rx: Number, ry: Number) -> Tensor:
    """As `ellipse`, at half the cost: exact on the outline, a few percent off beside it if rx and ry are alike."""
    v = y / ry
    return torch.addcmul((x / rx).square_(), v, v).sqrt_().sub_(1).mul_((rx + ry) / 2)


def disk(x: Tensor, y: Tensor, radius: Number) -> Tensor:
    """Distance to a disk about the origin."""
    return torch.addcmul(x.square(), y, y).sqrt_().sub_(radius)


def rounded_box(x: Tensor, y: Tensor, rx: Number, ry: Number, corner: Number) -> Tensor:
    """Distance to a box of half-sizes rx and ry whose corners are rounded by `corner`."""
    a, b = x.abs().sub_(rx - corner), y.abs().sub_(ry - corner)
    inside = torch.maximum(a, b).clamp_(max=0).sub_(corner)
    a, b = a.clamp_(min=0).square_(), b.clamp_(min=0).square_()
    return a.add_(b).sqrt_().add_(inside)


def superellipse(x: Tensor, y: Tensor, rx: Number, ry: Number) -> Tensor:
    """Approximate distance to |x/rx|⁴ + |y/ry|⁴ = 1, between an ellipse and a rectangle; for small shapes."""
    v = (y / ry).square_()
    return torch.addcmul((x / rx).square_().square_(), v, v).sqrt_().sqrt_().sub_(1).mul_(ry)


def capsule(x: Tensor, y: Tensor, ax: Number, ay: Number, bx: Number, by: Number, radius: Number) -> Tensor:
    """Distance to the segment from (ax, ay) to (bx, by), thickened by `radius`."""
    dx, dy = bx - ax, by - ay
    x, y, length = x - ax, y - ay, dx * dx + dy * dy + 1e-9
    t = (x * (dx / length)).add_(y * (dy / length)).clamp_(0, 1)
    return disk(x.sub_(t * dx), y.sub_(t.mul_(dy)), radius)


def arc(x: Tensor, y: Tensor, bend: Number, width: Number, thickness: Number) -> Tensor:
    """Distance to a stroke along the parabola y = bend · (x/width)², |x| ≤ width, thinner to its ends."""
    u2 = (x / width).square_()
    stroke = (y - bend * u2).abs_()
    return torch.maximum(stroke.sub_(u2.neg_().add_(1.15).clamp_(min=0).mul_(thickness)), x.abs().sub_(width))


def smooth_union(a: Tensor, b: Tensor, radius: float) -> Tensor:
    """The nearer of two shapes, their meeting rounded by about `radius`."""
    h = (a - b).abs_().neg_().add_(radius).clamp_(min=0)
    return torch.minimum(a, b).sub_(h.square_().mul_(0.25 / radius))


def bump(x: Tensor, y: Tensor, rx: Number, ry: Number) -> Tensor:
    """A soft spot, 1 at the origin: (1 − r²)² inside the ellipse and exactly 0 outside."""
    v = y / ry
    return torch.addcmul((x / rx).square_(), v, v).neg_().add_(1).clamp_(min=0).square_()


def ramp(t: Tensor, start: Number, end: Number) -> Tensor:
    """0 before `start`, 1 after `end`, smooth in between."""
    u = (t - start).mul_(1 / (end - start)).clamp_(0, 1)
    return u.square().mul_(u.mul_(-2).add_(3))
