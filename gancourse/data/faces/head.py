"""Background, shoulders, neck, ears and the head itself: what the features are put on."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from .canvas import Box, Layer
from .scene import Scene, hsv, paint
from .shapes import arc, bump, capsule, cover, disk, ellipse, ramp


def outline(s: Scene) -> Tensor:
    """Distance to the face's outline: an ellipse whose lower half narrows to a pointed or square jaw."""
    y = s.y / s.H
    low = y.clamp(0, 1.15).square_()
    narrowed = (low * ((0.19 * s.jaw - 0.20) * s.W)).add_(s.W)
    u2, y2 = narrowed.reciprocal_().mul_(s.x).square_(), y.square_()
    square = low.mul_(u2).mul_(-0.26 * (s.jaw + 0.4).clamp(min=0)).add_(1)
    return square.mul_(y2).add_(u2).sqrt_().sub_(1).mul_(s.W * 0.95)


def background(s: Scene) -> Tensor:
    """A calm wall: two related colors of low saturation and one soft light, (n, 3, S, S)."""
    value = 0.38 + 0.5 * s.background_value
    top = hsv(s.background_hue, 0.10 + 0.10 * s.background_value, value)
    bottom = hsv((s.background_hue + 0.06) % 1, 0.17, value * 0.74)
    t = (s.Y + 1) / 2
    spot = bump(s.X - 1.6 * (s.background_spot - 0.5), s.Y + 0.45, 1.5, 1.3) * 0.16
    color = top + (bottom - top) * t[:, None]
    return ((1 - color) * spot[:, None]).add_(color)


def body(s: Scene) -> Iterator[Layer]:
    """Neck and shoulders. They follow the head's place but not its tilt."""
    middle = -0.12 * s.side
    x = s.a - middle
    # The neck leans towards the head, which has moved sideways by its tilt.
    lean = -s.sin * (1 - s.b) * 0.45
    half = 0.20 + 0.03 * s.jaw + 0.10 * (s.b - 0.62).clamp(min=0)
    neck = torch.maximum((x - lean).abs_().sub_(half), 0.1 - s.b)
    under = 1 - 0.34 * ramp(0.86 - s.b, 0.0, 0.30)
    light = s.shade((x / 0.34).clamp(-1, 1), s.b * 0)
    yield Layer(cover(neck, s.pixel), s.skin_color * (light * under[:, None]), "skin", neck)
    shoulders = ellipse(x, s.b - 1.19, 0.86, 0.50)
    collar = ellipse(x - lean * 0.5, s.b - 0.70, 0.25, 0.155)
    cloth = torch.maximum(shoulders, -collar)
    color = paint(s.cloth_hue, 0.42, 0.32 + 0.45 * s.cloth_value)
    light = s.shade((x / 1.0).clamp(-1, 1), ((s.b - 1.2) / 0.7).clamp(-1, 1))
    yield Layer(cover(cloth, s.pixel), color * light, "clothes", cloth)
    hem = torch.maximum((collar - 0.03).abs() - 0.018, shoulders)
    yield Layer(cover(hem, s.pixel), color * 0.72)


def ear_x(s: Scene) -> Tensor:
    """Where an ear sits: at the head's side, moving over the face as the head turns."""
    return s.which * (s.W + 0.005) - 0.13 * s.side


def ear(s: Scene) -> Iterator[Layer]:
    """One ear, behind the head; the far one hides as the head turns."""
    shown = 1 - 0.8 * (s.which * s.yaw).clamp(0, 1)
    x, y = s.x - ear_x(s), s.y - (0.03 + 0.5 * s.nod)
    d = ellipse(x - s.which * 0.01, y, 0.085 * shown, 0.145)
    light = s.shade((x / 0.2).clamp(-1, 1), y)
    yield Layer(cover(d, s.pixel), light.mul(0.93) * s.skin_color, "skin", d)
    yield Layer(bump(x - s.which * 0.015, y, 0.055 * shown, 0.10).mul_(0.55), s.skin_shadow)


def head(s: Scene) -> Iterator[Layer]:
    """The face without its features: shaded like a globe, warmer in its shadows."""
    d = outline(s)
    s.keep_face(cover(d, s.pixel))
    nx = (s.x * (0.86 / s.W)).clamp_(-0.86, 0.86).add_(0.10 * s.yaw)
    light = s.shade(nx, (s.y * (0.72 / s.H)).clamp_(-0.72, 0.72))
    shadow = (0.95 - light).clamp_(min=0)
    warm = s.skin_color * torch.tensor([0.06, -0.06, -0.12], device=s.device)[:, None, None]
    yield Layer(s.inside, (s.skin_color * light).addcmul_(warm, shadow), "skin", d)


def cheek(s: Scene) -> Iterator[Layer]:
    """One cheek: rosy, with light on its bone."""
    rosy = s.skin_color * torch.tensor([1.0, 0.62, 0.58], device=s.device)[:, None, None]
    cx, narrow = cheek_center(s)
    x, y = s.x - cx, s.y - (0.17 + 0.8 * s.nod)
    yield Layer(bump(x, y, 0.20 * narrow, 0.17).mul_(s.inside).mul_(0.10 + 0.45 * s.blush), rosy)
    bone = bump(x + (0.04 * s.which - 0.05 * s.light), y + 0.06, 0.13 * narrow, 0.08)
    yield Layer(bone.mul_(s.inside).mul_(0.20 * s.power), 1 - (1 - s.skin_color) * 0.5)


def cheek_center(s: Scene) -> tuple[Tensor, Tensor]:
    """Where a cheek is, and by how much it is narrowed."""
    return s.around(s.which * 0.56, 0.46)


def freckles(s: Scene) -> Iterator[Layer]:
    """Dots on nose and cheeks, laid on a slanted lattice."""
    cx, _ = s.around(0.0, 0.5)
    x, y = s.x - cx, s.y - (0.10 + 0.9 * s.nod)
    dots = (torch.sin(x * 83 + 19 * torch.sin(y * 31)) * torch.sin(y * 97 + 17 * torch.sin(x * 23)) - 0.45).clamp_(0, 1)
    where = bump(x, y, 0.36, 0.19) * s.inside
    yield Layer((dots * 1.8 * where * s.freckles).clamp_(0, 0.6), s.skin_color * 0.55)


def forehead(s: Scene) -> Iterator[Layer]:
    """Three lines across the forehead, each a little narrower than the one above; they come with age."""
    cx, narrow = s.around(0.0, 0.46)
    y = s.y + (0.40 - 0.7 * s.nod)
    k = ((y - 0.018) / 0.075).round_().clamp_(0, 2)  # the nearest line
    d = arc(s.x - cx, y.sub_(k, alpha=0.075), 0.03, k.mul_(-0.02).add_(0.24) * narrow, 0.007 + 0.006 * s.lines)
    yield Layer(cover(d, s.pixel * 1.6).mul_(s.inside).mul_(0.55 * s.lines), s.line_color, ink=0.8)


def folds(s: Scene) -> Iterator[Layer]:
    """The folds that go around the mouth, wider around a smile; they come with age."""
    strength, width = s.lines * 0.65, 0.005 + 0.008 * s.lines
    cx, narrow = s.around(0.0, 0.46)
    nose, _ = s.around(0.0, 0.56)
    top, bottom = s.nose_y + 0.02, s.mouth_y - 0.03
    # Straight ones look grim: they bulge outward halfway.
    bulge = (s.y - (top + bottom) / 2).mul_(2 / (bottom - top)).square_().neg_().add_(1).clamp_(min=0).mul_(0.03)
    for side in (-1.0, 1.0):
        ax, bx = nose + side * 0.10, cx * 0.95 + side * (0.225 + 0.05 * s.smile.clamp(min=0)) * narrow
        d = capsule(s.x - side * bulge, s.y, ax, top, bx, bottom, width)
        yield Layer(cover(d, s.pixel * 1.8).mul_(s.inside).mul_(strength), s.line_color, ink=0.7)


def shaved(s: Scene) -> Iterator[Layer]:
    """A bald head: light on the crown, and a breath of hair at the sides."""
    inside = s.inside
    side = ramp(s.x.abs() / s.W, 0.78, 1.05) * ramp(-s.y, -0.02, 0.12) * ramp(s.y, -0.42, -0.2)
    yield Layer(side * inside * 0.55, s.hair_tint * 0.8)
    shine = bump(s.x - 0.16 * s.light - 0.1 * s.side, s.y + 0.43, 0.24, 0.12) * inside * 0.4
    yield Layer(shine, s.skin_color * 0.4 + 0.6)


def earring(s: Scene) -> Iterator[Layer]:
    """A gold ring on an ear, if that can be seen."""
    gold = torch.tensor([0.93, 0.74, 0.30], device=s.device)[:, None, None]
    seen = ramp(-s.which * s.yaw, -0.6, -0.3)
    d = disk(s.x - ear_x(s) - s.which * 0.02, s.y - 0.22 - 0.5 * s.nod, 0.042).abs() - 0.016
    yield Layer(cover(d, s.pixel) * seen, gold, ink=0.9)


def ear_box(s: Scene) -> Box:
    """The box of `ear`."""
    return ear_x(s) + 0.01 * s.which, 0.03 + 0.5 * s.nod, 0.10, 0.16


def earring_box(s: Scene) -> Box:
    """The box of `earring`."""
    return ear_x(s) + 0.02 * s.which, 0.22 + 0.5 * s.nod, 0.07, 0.07


def cheek_box(s: Scene) -> Box:
    """The box of `cheek`."""
    return cheek_center(s)[0], 0.16 + 0.8 * s.nod, 0.23, 0.17


def freckles_box(s: Scene) -> Box:
    """The box of `freckles`."""
    return 0.5 * s.side, 0.1 + 0.9 * s.nod, 0.37, 0.19


def forehead_box(s: Scene) -> Box:
    """The box of `forehead`."""
    return 0.46 * s.side, -0.30 + 0.7 * s.nod, 0.27, 0.13


def folds_box(s: Scene) -> Box:
    """The box of `folds`."""
    return 0.48 * s.side, (s.nose_y + s.mouth_y) / 2, 0.28, 0.13
