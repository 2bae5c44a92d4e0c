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

from .canvas import Box, Layer
from .features import mouth_frame
from .head import outline
from .scene import Scene
from .shapes import bump, capsule, cover, ellipse, oval, ramp, rounded_box, smooth_union

TOP = -0.34  # where a hat's rim sits; hair above it is under the hat


@dataclass
class Hair:
    """Hair as both layers need it: `shape` its outline's distance, `color` (n, 3, h, w), `bottom` where it ends."""

    shape: Tensor
    color: Tensor
    bottom: Tensor


def hair_shape(s: Scene) -> Hair:
    """The outline and the color of the hair on the head."""
    x, y = s.x + 0.10 * s.side, s.y + (0.09 - 0.25 * s.nod)
    free = 1 - s.hat
    tight = s.tied + s.braided
    volume = (0.045 + 0.05 * s.hair_volume) * (1 - 0.75 * tight) * (0.4 + 0.6 * free)
    round_ = s.coiled * (0.02 + 0.21 * s.hair_length) + 0.05 * s.curly + 0.015 * s.wavy
    grow = volume + round_ * (0.35 + 0.65 * free)
    length = s.hair_length * (1 - tight) * (1 - s.coiled)
    cap = oval(x, y, s.W + 0.035 + grow, s.H - 0.02 + grow)
    # What hangs falls straight down, whatever the head's tilt, and sways behind when it turns.
    fall = (s.y + 0.1).clamp_(min=0)
    hx = torch.addcmul(x, fall, 0.05 * s.side - 0.7 * s.sin / s.cos)
    bottom = -0.02 + 0.92 * length
    wave = (s.y * 13).add_(hx, alpha=2).add_(4 * s.parting).sin_().mul_(0.028 * s.wavy)
    across = wave.add_(hx).abs_().add_((s.y - 0.45).clamp_(min=0), alpha=0.10)  # narrower further down
    middle = (bottom - 0.40) / 2
    hang = rounded_box(across, s.y - middle, s.W + 0.02 + grow + 0.05 * length, (bottom + 0.40) / 2, 0.16)
    shape = smooth_union(cap, hang, 0.10)
    strands = hx.mul_(31).add_(5 * s.parting).sin_()
    shape -= strands.mul_(fall.clamp_(max=0.4)).mul_(0.03)
    # Strands fan out from a point above the crown, at `slope`; curls bend them along their way.
    sx, sy = s.x + (0.3 * s.side - 0.2 * s.parting), (s.y + 1.05).clamp_(min=0.12)
    slope = sx / sy
    radius = sx.square_().addcmul_(sy, sy).sqrt_()
    bend = (radius * 15).add_(3 * s.parting).sin_().mul_(1.1 * s.wavy + 2.2 * s.curly)
    texture = torch.zeros_like(slope)
    for frequency, strength in ((17, 0.07), (41, 0.06), (73, 0.05)):
        if s.shows(frequency * 1.3):
            seen = s.fade(frequency * 1.3) * strength * (1 - s.coiled) * (1 - s.braided)
            texture.addcmul_((slope * frequency).add_(bend).sin_(), seen)
    for style, ornament in ((s.curly, curls), (s.coiled, coils), (s.braided, plaits)):
        index = style.flatten().nonzero().flatten()
        if len(index):
            bumps, pattern = ornament(s.rows(index), x[index], y[index], slope[index], radius[index])
            shape[index] -= bumps
            texture[index] += pattern
    tone = (texture + (1 - 0.016)).addcmul_(x, 0.20 * s.light * s.power).sub_(s.y, alpha=0.16)
    shine = bump(x.sub_(0.12 * s.light), radius.sub_(0.60), 0.50, 0.20).mul_(0.20 * s.power * (1 - 0.7 * s.coiled))
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
    ragged = 0.013 * torch.sin(around * 27 + 2 * torch.sin(around * 9))
    if not s.shows(56):
        return ragged, torch.zeros_like(ragged)
    wander = 2.4 * torch.sin(s.x * 19 + 3 * torch.sin(s.y * 13)) + 1.7 * torch.sin(s.y * 23 + 2 * torch.sin(s.x * 17))
    rings = torch.sin(s.x * 52 + wander * 1.6) + torch.sin(s.y * 55 - wander * 1.9)
    return ragged, 0.085 * rings * s.fade(56)


def plaits(s: Scene, x: Tensor, y: Tensor, slope: Tensor, radius: Tensor) -> tuple[Tensor, Tensor]:
    """What braiding adds: rows that run back from the forehead, with skin's shadow between them."""
    rows = torch.sin(slope * 24).abs_().sqrt_() - 0.75 + 0.10 * torch.sin(radius * 60) * s.fade(60)
    return torch.zeros_like(rows), 0.42 * rows * s.fade(30)


def under_hat(s: Scene, shape: Tensor) -> Tensor:
    """The part of a shape that a hat leaves to be seen."""
    rim = (TOP + 0.35 * s.nod) * s.hat - 9 * (1 - s.hat)
    return torch.maximum(shape, torch.addcmul(rim, s.y, -s.hat))


def back(s: Scene, hair: Hair) -> Iterator[Layer]:
    """The hair behind head and neck, in their shadow."""
    shape = under_hat(s, torch.maximum(hair.shape, s.y - (hair.bottom.clamp(min=0.25) + 0.4 * s.coiled)))
    dark = ramp((s.x + 0.1 * s.side).abs_(), 0.2, 0.55).mul_(0.25).add_(0.52)
    yield Layer(cover(shape, s.pixel), hair.color * dark[:, None], "hair", shape)


def front(s: Scene, hair: Hair) -> Iterator[Layer]:
    """The hair around the face: everything but an opening, softly ending at its length."""
    fringe = s.fringe * (1 - s.tied - s.braided)
    top = 0.30 + 0.385 - 0.17 * fringe - 0.3 * s.nod
    strands = (s.x * 23).add_(8 * s.parting).sin_().mul_(0.016 * (0.4 + s.fringe + s.curly + s.coiled))
    rise = strands.addcmul_(s.x, 0.11 * s.parting * (1 - s.fringe)).add_(top - 0.02 * s.tied)
    low = s.y - 0.30
    width = low.clamp(min=0).mul_(-0.12).add_(s.W * (0.955 - 0.16 * (s.hair_length - 0.2).clamp(0, 0.5)))
    # A fringe ends straight above the brows: a round opening would cover the eyes' outer corners.
    low.clamp_(max=0)
    low.addcmul_((low + top).mul_(fringe / -top), low)
    opening = oval(s.x - 0.07 * s.side, low, width, rise)
    shape = under_hat(s, torch.maximum(hair.shape, opening.neg_()))
    end = (s.x * 41).sin_().mul_(0.02).add_(hair.bottom + s.coiled * (0.22 + 0.5 * s.hair_length))
    left = end.sub_(s.y)  # how far above the hair's end
    alpha = cover(shape, s.pixel)
    soft = ramp(left, -0.02, 0.10)
    yield Layer(cover(shape - 0.02, 0.09).mul_(s.inside).mul_(soft).mul_(0.4), s.skin_shadow)
    # The drawing's line fades with the hair, so it is drawn only where the hair still covers.
    yield Layer(alpha.mul_(soft), hair.color, "hair", lambda: shape + 9 * (left < 0.02))
    if s.inked:
        yield Layer(strokes(s).mul_(cover(shape + 0.02, 0.04)).mul_(soft), ink=0.8)


def strokes(s: Scene) -> Tensor:
    """A few lines along the strands, for drawings in ink; where pixels are too coarse for them, none."""
    sx, sy = s.x + (0.3 * s.side - 0.2 * s.parting), (s.y + 1.05).clamp_(min=0.12)
    radius = torch.hypot(sx, sy)
    wind = (radius * 13 + 3 * s.parting).sin() * (0.18 * s.wavy + 0.32 * s.curly)
    dense = 3.2 + 1.3 * s.braided
    number = sx / sy * dense + wind + 7.5  # strand k is drawn where this is near k
    k = number.round()
    strand = (number - k).abs() * sy.square() / (radius * dense) - 0.010
    # Each is drawn along some of its way only, which differs from strand to strand; rows of braids go all the way.
    gap = (radius * 6 + 2.4 * k).sin() < -0.3 - s.braided
    seen = ((0.05 - s.pixel) / 0.015).clamp(0, 1)
    return cover(torch.lerp(strand + gap, hooks(s), s.coiled), s.pixel) * seen


def hooks(s: Scene) -> Tensor:
    """Distance to a few small hooks, which stand for coils: one in every other cell of a bent lattice."""
    x = s.x * 5.2 + 0.7 * (s.y * 5).sin()
    y = s.y * 5.2 + 0.7 * (s.x * 4 + 1).sin()
    column, row = x.round(), y.round()
    side = 1 - 2 * ((column + 2 * row) % 3)  # which way it opens; 1 / −1 / −3
    x, y = x - column - 0.2 * (3.1 * row + column).sin(), y - row - 0.2 * (2.3 * column + 5 * row).sin()
    ring = (torch.hypot(x, y) - 0.22).abs() / 5.2 - 0.010
    return torch.maximum(ring, (x * side - 0.06) / 5.2) + (side < -2)


def bun(s: Scene) -> Iterator[Layer]:
    """Tied hair: a knot on top of the head, larger with the hair's length."""
    x, y = s.x + (0.16 * s.side - 0.16 * s.parting), s.y + (0.70 + 0.04 * s.hair_length)
    size = 0.09 + 0.13 * s.hair_length
    d = ellipse(x, y, size * 1.15, size)
    swirl = (torch.atan2(y, x) * 2).add_(d, alpha=55).sin_().mul_(0.16 * s.fade(55)).add_(1)
    light = s.shade((x / size).clamp(-1, 1) * 0.8, (y / size).clamp(-1, 1) * 0.8)
    yield Layer(cover(d, s.pixel), (s.hair_tint * swirl[:, None] * light).clamp(0, 1), "hair", d)


def braids(s: Scene) -> Iterator[Layer]:
    """Two braids falling over the shoulders, as long as the hair."""
    for side in (-1.0, 1.0):
        ax = side * (s.W - 0.02) - 0.10 * s.side
        ay = 0.12
        bottom = 0.26 + 0.71 * s.hair_length
        bx = ax + side * 0.06 + s.sin / s.cos * (bottom - ay) * 0.8
        d = capsule(s.x, s.y, ax, ay, bx, bottom, 0.074)
        t = s.y * 34
        lean = (bx - ax) / (bottom - ay)
        across = torch.addcmul(s.x - (ax - lean * ay), s.y, -lean).mul_(1 / 0.074)
        d.sub_(t.sin().abs_(), alpha=0.010)
        plait = t.mul_(0.5).add_(across.abs(), alpha=2.2).sin_().mul_(0.30 * s.fade(30)).add_(1)
        plait.sub_(across.square_().clamp_(max=1), alpha=0.25)
        yield Layer(cover(d, s.pixel), (s.hair_tint * plait[:, None]).clamp(0, 1), "hair", d)


def beard(s: Scene) -> Iterator[Layer]:
    """Stubble to full beard: soft edged, thicker with the factor, made of short strands."""
    face = outline(s)
    grow = 0.05 * ramp(s.beard, 0.5, 1.0)
    u, middle, half, cx = mouth_frame(s)
    # From the ears down along the jaw; the upper edge dips on the cheeks.
    cheek = ramp((s.x - 0.6 * cx).abs_().div_(s.W), 0.35, 1.0).mul_(-0.30).add_(0.28 + 0.5 * s.nod)
    lips = ellipse(u * half, (s.y - middle).sub_(0.08 * s.mouth_open), 0.195, 0.068 + 0.10 * s.mouth_open)
    # The cheeks' edge is soft, the jaw's less so: it stands against the wall.
    inside = torch.maximum(torch.maximum(face.sub_(grow).mul_(2.2), cheek.sub_(s.y)), lips.neg_())
    # Short strands that fan out from the mouth, each bent a little: no lattice shows.
    tone = 0.80 + s.x * (0.05 * s.light)
    if s.shows(95):
        fan = (s.x - cx).div_(s.y - (s.mouth_y - 0.75))
        bent = (s.y * 37).add_(s.x, alpha=9).sin_().mul_(3.5)
        strands = bent.add_(fan, alpha=95).sin_().add_(fan.mul_(57).sub_(s.y, alpha=9).sin_(), alpha=0.7)
        tone.addcmul_(strands, 0.045 * s.fade(95))
    alpha = cover(inside, s.pixel + 0.055).mul_(0.25 + 0.75 * ramp(s.beard, 0.25, 0.75))
    yield Layer(alpha, s.hair_tint * tone[:, None], "beard", ink=0.35)


def mustache(s: Scene) -> Iterator[Layer]:
    """A mustache above the upper lip, following the smile."""
    u, middle, half, _ = mouth_frame(s)
    raised = 0.4 * s.mouth_y - 0.072 - 0.012 * s.mouth_open - 0.012 * s.lips
    y = (s.y - raised).sub_(middle, alpha=0.6).sub_(u.square(), alpha=0.03)
    thick = torch.maximum(s.mustache, 0.6 * s.beard)
    d = (y.abs() - (0.018 + 0.024 * thick) * (1.15 - u.square()).clamp(min=0)) + (u.abs() - 1.0).clamp(min=0) * half
    strands = 1 + 0.12 * torch.sin(u * 26) * s.fade(120)
    alpha = cover(d, s.pixel + 0.015) * s.inside * ramp(thick, 0.0, 0.45)
    yield Layer(alpha, s.hair_tint * (0.72 * strands)[:, None], "beard", ink=0.6)


def bun_box(s: Scene) -> Box:
    """The box of `bun`."""
    return -0.16 * s.side + 0.16 * s.parting, -0.72 + 0 * s.nod, 0.27, 0.24


def beard_box(s: Scene) -> Box:
    """The box of `beard`."""
    return 0 * s.side, 0.36 + 0.25 * s.nod, 0.56, 0.42
