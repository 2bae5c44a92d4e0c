"""From one z to another: straight, on the sphere, through several, and between four corners.

Draws from N(0, I) in d dimensions nearly all have a norm close to √d. The straight line between two
of them passes through points of norm √(d/2), where a generator was hardly ever trained; the arc on
the sphere keeps its distance from zero (White, "Sampling Generative Networks", 2016,
arXiv:1609.04468, section 2.1; the formula is Shoemake's, 1985).
"""

from __future__ import annotations

import torch
from torch import Tensor


def lerp(a: Tensor, b: Tensor, t: Tensor | float) -> Tensor:
    """The straight line from a (t = 0) to b (t = 1).

    Args:
        a, b: points of equal shape (…, d).
        t: a number, or a tensor that broadcasts against a: (m, 1) gives m points.
    """
    return a + torch.as_tensor(t, dtype=a.dtype, device=a.device) * (b - a)


def slerp(a: Tensor, b: Tensor, t: Tensor | float) -> Tensor:
    """The arc from a (t = 0) to b (t = 1): constant angular speed, norm going evenly from |a| to |b|.

    Where there is no arc (a or b is zero) or not only one (they point in opposite directions), and
    where it is too short to tell from a line, the straight line.

    Args:
        a, b: points of equal shape (…, d).
        t: a number, or a tensor that broadcasts against a: (m, 1) gives m points.
    """
    t = torch.as_tensor(t, dtype=a.dtype, device=a.device)
    long, other = a.norm(dim=-1, keepdim=True), b.norm(dim=-1, keepdim=True)
    least = torch.finfo(a.dtype).tiny
    u, v = a / long.clamp(min=least), b / other.clamp(min=least)
    # As an angle, atan2 is exact where arccos of a cosine near ±1 is not.
    angle = 2 * torch.atan2((u - v).norm(dim=-1, keepdim=True), (u + v).norm(dim=-1, keepdim=True))
    sine = torch.sin(angle)
    arc = (torch.sin((1 - t) * angle) * u + torch.sin(t * angle) * v) / sine.clamp(min=least)
    on_sphere = (sine > 1e-4) & (long > 0) & (other > 0)
    return torch.where(on_sphere, arc * (long + t * (other - long)), a + t * (b - a))


def along(stops: Tensor, steps: int, spherical: bool = True, closed: bool = False) -> Tensor:
    """A way through several points, for a film or a strip.

    Args:
        stops: (m, …, d), at least two.
        steps: points from each stop up to the next, which is not counted.
        spherical: on arcs instead of straight lines.
        closed: go back to the first stop, so that the film can loop.

    Returns:
        (legs · steps + 1, …, d), the last stop included; closed: (m · steps, …, d), the first not repeated.

    Raises:
        ValueError: for fewer than two stops or no step.
    """
    if len(stops) < 2 or steps < 1:
        raise ValueError(f"A way needs two stops and one step at least; got {len(stops)} and {steps}.")
    way = slerp if spherical else lerp
    ends = torch.roll(stops, -1, 0) if closed else stops[1:]
    t = torch.arange(steps, dtype=stops.dtype, device=stops.device) / steps
    t = t.reshape(-1, *[1] * (stops.ndim - 1))
    legs = [way(a.expand(steps, *a.shape), b.expand(steps, *b.shape), t) for a, b in zip(stops, ends, strict=False)]
    return torch.cat(legs if closed else [*legs, stops[-1:]])


def between(corners: Tensor, x: Tensor | float, y: Tensor | float, spherical: bool = True) -> Tensor:
    """A point of the square that four points span: along the top and the bottom edge, then from one to the other.

    Args:
        corners: (4, d): top left, top right, bottom left, bottom right.
        x, y: in [0, 1], to the right and down; numbers, or tensors (m,).
        spherical: on arcs instead of straight lines.

    Returns:
        (d,), or (m, d).

    Raises:
        ValueError: if there are not four corners.
    """
    if corners.shape[:1] != (4,):
        raise ValueError(f"Four corners are needed, shape (4, d); got {tuple(corners.shape)}.")
    way = slerp if spherical else lerp
    x, y = (torch.as_tensor(v, dtype=corners.dtype, device=corners.device)[..., None] for v in (x, y))
    a, b, c, d = (corner.expand(*x.shape[:-1], -1) for corner in corners)
    return way(way(a, b, x), way(c, d, x), y)
