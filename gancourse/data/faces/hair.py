"""Hair: straight, wavy, curly, coiled, braided, tied; and what grows on cheeks and lip.

One outline serves all styles, with its own numbers for each: a cap on the skull, joined to what hangs
down. Behind the head it is drawn whole; in front of it with an opening for the face. What hangs
follows gravity when the head tilts. Texture is sines along the strands, left out where pixels are too
coarse to show it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from .canvas import Layer
from .features import mouth_frame
from .head import outline
from .scene import Scene
from .shapes import bump, capsule, cover, ellipse, oval, ramp, rounded_box, smooth_union

TOP = -0.30  # where a hat's rim sits; hair above it is under the hat


@dataclass
class Hair:
    """Hair as both layers need it: `shape` its outline's distance, `color` (n, 3, h, w), `bottom` where it ends."""

    shape: Tensor
    color: Tensor
    bottom: Tensor


def hair_shape(s: Scene) -> Hair:
    """The outline and the color of the hair on the head."""
    x, y = s.x + 0.10 * s.side, s.y + 0.09 - 0.25 * s.nod
    free = 1 - s.hat
    tight = s.tied + s.braided
    volume = (0.045 + 0.05 * s.hair_volume) * (1 - 0.75 * tight) * (0.4 + 0.6 * free)
    round_ = s.coiled * (0.03 + 0.17 * s.hair_length) + 0.05 * s.curly + 0.015 * s.wavy
    grow = volume + round_ * (0.35 + 0.65 * free)
    length = s.hair_length * (1 - tight) * (1 - s.coiled)
    cap = oval(x, y, s.W + 0.035 + grow, s.H - 0.02 + grow)
    # What hangs falls straight down, whatever the head's tilt, and sways behind when it turns.
    fall = (s.y + 0.1).clamp(min=0)
    hx = x - s.sin / s.cos * fall * 0.7 + 0.05 * s.side * fall
    bottom = -0.02 + 0.92 * length
    wave = s.wavy * 0.028 * torch.sin(s.y * 13 + 4 * s.parting + 2 * hx)
    width = s.W + 0.02 + grow + 0.05 * length - 0.10 * (s.y - 0.45).clamp(min=0)
    middle = (bottom - 0.40) / 2
    hang = rounded_box(hx + wave, s.y - middle, width, (bottom + 0.40) / 2, 0.16)
    shape = smooth_union(cap, hang, 0.10)
    shape -= torch.sin(hx * 31 + 5 * s.parting) * fall.clamp(max=0.4).mul_(0.03)
    # Strands fan out from a point above the crown, at `slope`; curls bend them along their way.
    sx, sy = s.x - 0.2 * s.parting + 0.3 * s.side, (s.y + 1.05).clamp_(min=0.12)
    slope = sx / sy
    radius = (sx.square() + sy.square()).sqrt_()
    bend = (1.1 * s.wavy + 2.2 * s.curly) * torch.sin(radius * 15 + 3 * s.parting)
    texture = torch.zeros_like(slope)
    for frequency, strength in ((17, 0.07), (41, 0.06), (73, 0.05)):
        seen = s.fade(frequency * 1.3) * strength * (1 - s.coiled) * (1 - s.braided)
        if bool(seen.max() > 0):
            texture += torch.sin(slope * frequency + bend) * seen
    for style, ornament in ((s.curly, curls), (s.coiled, coils), (s.braided, plaits)):
        index = style.flatten().nonzero().flatten()
        if len(index):
            bumps, pattern = ornament(s.rows(index), x[index], y[index], slope[index], radius[index])
            shape[index] -= bumps
            texture[index] += pattern
    tone = texture.add(1).add_(x * (0.20 * s.light * s.power)).sub_((s.y + 0.1).mul_(0.16))
    shine = bump(x - 0.12 * s.light, radius - 0.60, 0.50, 0.20) * (0.20 * s.power * (1 - 0.7 * s.coiled))
    shine = shine.mul_(texture.mul_(5).add_(1))
    color = shine[:, None] * (s.hair_tint * 0.7 + 0.3)
    return Hair(shape, color.addcmul_(s.hair_tint, tone[:, None]).clamp_(0, 1), bottom)


def curls(s: Scene, x: Tensor, y: Tensor, slope: Tensor, radius: Tensor) -> tuple[Tensor, Tensor]:
    """What curls add: by how much the outline swells, and their texture."""
    around = torch.atan2(x, y + 0.05)
    return 0.028 * torch.sin(around * 15 + 7 * s.parting), 0.06 * torch.sin(around * 30 + radius * 40) * s.fade(60)


def coils(s: Scene, x: Tensor, y: Tensor, slope: Tensor, radius: Tensor) -> tuple[Tensor, Tensor]:
    """What coils add: a ragged outline, and small rings in no order that the eye could follow."""
    around = torch.atan2(x, y + 0.05)
    wander = 2.4 * torch.sin(s.x * 19 + 3 * torch.sin(s.y * 13)) + 1.7 * torch.sin(s.y * 23 + 2 * torch.sin(s.x * 17))
    rings = torch.sin(s.x * 52 + wander * 1.6) + torch.sin(s.y * 55 - wander * 1.9)
    return 0.013 * torch.sin(around * 27 + 2 * torch.sin(around * 9)), 0.085 * rings * s.fade(56)


def plaits(s: Scene, x: Tensor, y: Tensor, slope: Tensor, radius: Tensor) -> tuple[Tensor, Tensor]:
    """What braiding adds: rows that run back from the forehead, with skin's shadow between them."""
    rows = torch.sin(slope * 24).abs_().sqrt_() - 0.75 + 0.10 * torch.sin(radius * 60) * s.fade(60)
    return torch.zeros_like(rows), 0.42 * rows * s.fade(30)


def under_hat(s: Scene, shape: Tensor) -> Tensor:
    """The part of a shape that a hat leaves to be seen."""
    return torch.maximum(shape, (TOP + 0.35 * s.nod - s.y) * s.hat - 9 * (1 - s.hat))


def back(s: Scene, hair: Hair) -> Iterator[Layer]:
    """The hair behind head and neck, in their shadow."""
    shape = under_hat(s, torch.maximum(hair.shape, s.y - hair.bottom.clamp(min=0.25) - 0.4 * s.coiled))
    dark = 0.52 + 0.25 * ramp((s.x + 0.1 * s.side).abs(), 0.2, 0.55)
    yield Layer(cover(shape, s.pixel), hair.color * dark[:, None], "hair", shape)


def front(s: Scene, hair: Hair) -> Iterator[Layer]:
    """The hair around the face: everything but an opening, softly ending at its length."""
    rise = 0.30 + 0.385 - 0.24 * s.fringe * (1 - s.tied - s.braided) - 0.3 * s.nod
    rise = rise + 0.11 * s.parting * s.x * (1 - s.fringe) - s.tied * 0.02
    strands = 0.016 * torch.sin(s.x * 23 + 8 * s.parting) * (0.4 + s.fringe + s.curly + s.coiled)
    below = (s.y - 0.30).clamp(min=0)
    width = s.W * (0.955 - 0.16 * (s.hair_length - 0.2).clamp(0, 0.5)) - 0.12 * below
    opening = oval(s.x - 0.07 * s.side, (s.y - 0.30).clamp(max=0), width, rise + strands)
    shape = under_hat(s, torch.maximum(hair.shape, -opening))
    end = hair.bottom + s.coiled * (0.22 + 0.5 * s.hair_length) + 0.02 * torch.sin(s.x * 41)
    alpha = cover(shape, s.pixel)
    soft = ramp(end - s.y, -0.02, 0.10)
    yield Layer(cover(shape - 0.02, 0.09).mul_(s.inside).mul_(soft).mul_(0.4), s.skin_shadow)
    # The drawing's line fades with the hair, so it is drawn only where the hair still covers.
    edge = shape + 9 * (end - 0.02 < s.y)
    yield Layer(alpha.mul_(soft), hair.color, "hair", edge)


def bun(s: Scene) -> Iterator[Layer]:
    """Tied hair: a knot on top of the head, larger with the hair's length."""
    x, y = s.x + 0.16 * s.side - 0.16 * s.parting, s.y + 0.70 + 0.04 * s.hair_length
    size = 0.12 + 0.09 * s.hair_length
    d = ellipse(x, y, size * 1.15, size)
    swirl = 1 + 0.16 * torch.sin(torch.atan2(y, x) * 2 + d * 55) * s.fade(55)
    light = s.shade((x / size).clamp(-1, 1) * 0.8, (y / size).clamp(-1, 1) * 0.8)
    yield Layer(cover(d, s.pixel), (s.hair_tint * swirl[:, None] * light).clamp(0, 1), "hair", d)


def braids(s: Scene) -> Iterator[Layer]:
    """Two braids falling over the shoulders, as long as the hair."""
    for side in (-1.0, 1.0):
        ax = side * (s.W - 0.02) - 0.10 * s.side
        ay = 0.12
        bottom = 0.2 + 0.85 * s.hair_length
        bx = ax + side * 0.06 + s.sin / s.cos * (bottom - ay) * 0.8
        d = capsule(s.x, s.y, ax, ay, bx, bottom, 0.068)
        t = s.y * 34
        across = (s.x - ax - (bx - ax) * (s.y - ay) / (bottom - ay)) / 0.068
        d = d - 0.010 * torch.sin(t).abs()
        plait = 1 + 0.30 * torch.sin(t * 0.5 + 2.2 * across.abs()) * s.fade(30) - 0.25 * across.square().clamp(max=1)
        yield Layer(cover(d, s.pixel), (s.hair_tint * plait[:, None]).clamp(0, 1), "hair", d)


def beard(s: Scene) -> Iterator[Layer]:
    """Stubble to full beard: soft edged, thicker with the factor, made of short strands."""
    face = outline(s)
    grow = 0.05 * ramp(s.beard, 0.5, 1.0)
    u, middle, half, cx = mouth_frame(s)
    # From the ears down along the jaw; the upper edge dips on the cheeks.
    cheek = 0.16 - 0.13 * ramp((s.x - 0.6 * cx).abs() / s.W, 0.45, 1.0) + 0.5 * s.nod
    lips = ellipse(u * half, s.y - middle - 0.08 * s.mouth_open, 0.20, 0.085 + 0.10 * s.mouth_open)
    inside = torch.maximum(torch.maximum(face - grow, cheek - s.y), -lips)
    # Short strands that fan out from the mouth, each bent a little: no lattice shows.
    fan = (s.x - cx) / (s.y - s.mouth_y + 0.75)
    strands = torch.sin(fan * 95 + 3.5 * torch.sin(s.y * 37 + 9 * s.x)) + 0.7 * torch.sin(fan * 57 - s.y * 9)
    tone = 0.80 + (0.045 * strands * s.fade(95) + 0.05 * s.light * s.x)
    alpha = cover(inside, s.pixel + 0.055) * (0.25 + 0.75 * ramp(s.beard, 0.25, 0.75))
    yield Layer(alpha * (s.beard > 0), s.hair_tint * tone[:, None], "beard", ink=0.35)


def mustache(s: Scene) -> Iterator[Layer]:
    """A mustache above the upper lip, following the smile."""
    u, middle, half, _ = mouth_frame(s)
    y = s.y - (middle * 0.6 + 0.4 * s.mouth_y) + 0.072 + 0.012 * s.mouth_open + 0.012 * s.lips - 0.03 * u.square()
    thick = torch.maximum(s.mustache, 0.6 * s.beard)
    d = (y.abs() - (0.018 + 0.024 * thick) * (1.15 - u.square()).clamp(min=0)) + (u.abs() - 1.0).clamp(min=0) * half
    strands = 1 + 0.12 * torch.sin(u * 26) * s.fade(120)
    alpha = cover(d, s.pixel + 0.015) * s.inside * ramp(thick, 0.0, 0.45)
    yield Layer(alpha, s.hair_tint * (0.72 * strands)[:, None], "beard", ink=0.6)
