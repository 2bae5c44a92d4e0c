"""What a face wears: glasses, hats, a scarf."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from .canvas import Box, Layer
from .features import eye_center, solid
from .scene import Scene, hsv, paint
from .shapes import arc, bump, cover, ellipse, oval, ramp, smooth_union, superellipse


def glasses(s: Scene) -> Iterator[Layer]:
    """Two lenses, a bridge and temples; round to rectangular, clear or dark."""
    colored = (s.glasses_tone > 0.55).float()
    frame = hsv(s.glasses_tone * 1.7 % 1, 0.55 * colored, 0.10 + 0.36 * colored)
    y = s.y - (s.eye_y + 0.008)
    for side in (-1.0, 1.0):
        cx, narrow = eye_center(s, side)
        cx = cx * 1.06
        x, rx, ry = s.x - cx, 0.178 * narrow, 0.148 - 0.022 * s.glasses_shape
        lens = torch.lerp(oval(x, y, rx, ry), superellipse(x, y, rx, ry), s.glasses_shape)
        glass = cover(lens, s.pixel)
        yield Layer(glass * (0.10 + 0.80 * s.shades), solid((0.07, 0.08, 0.11), s), ink=-1.0)
        gleam = cover((x * 0.7).add_(y).add_(0.045).abs_().sub_(0.026), s.pixel * 2)
        yield Layer(gleam.mul_(glass).mul_(0.13), solid((1.0, 1.0, 1.0), s))
        # From the lens's outer edge towards the ear.
        ends = torch.maximum(rx - side * x, side * s.x + (side * 0.10 * s.side - s.W + 0.03))
        temple = torch.maximum((y + 0.03).abs_().sub_(0.015), ends)
        yield Layer(cover(temple, s.pixel), frame, "glasses", ink=0.9)
        rim = lens.abs_().sub_(0.021)
        yield Layer(cover(rim, s.pixel), frame, "glasses", ink=1.0)
    left, right = eye_center(s, -1.0)[0] * 1.06, eye_center(s, 1.0)[0] * 1.06
    middle = (left + right) / 2
    bridge = arc(s.x - middle, y + 0.045, 0.02, (right - left) / 2 - 0.11, 0.017)
    yield Layer(cover(bridge, s.pixel), frame, "glasses", ink=1.0)


def hat_color(s: Scene) -> Tensor:
    """The hue of hat and scarf, (n, 3, 1, 1)."""
    return paint(s.hat_hue, 0.45, 0.35 + 0.35 * ((s.hat_hue * 7.3) % 1))


def hat(s: Scene) -> Iterator[Layer]:
    """A knitted beanie, a cap with a visor, or a hat with a wide brim."""
    beanie, cap, brimmed = ((s.hat_style == k).float() for k in range(3))
    color = hat_color(s)
    x, y = s.x + 0.09 * s.side, s.y - 0.35 * s.nod
    full = 0.05 + 0.07 * s.hair_volume * (1 - s.bald) + 0.05 * s.coiled * (1 - s.bald)
    rx, ry = s.W + full, 0.50 - 0.03 * cap + 0.03 * beanie
    crown = torch.lerp(oval(x, y + 0.27, rx, ry), superellipse(x, y + 0.22, rx * 0.93, ry + 0.02), brimmed)
    line = -0.32 + 0.05 * (x / rx).square()
    crown = torch.maximum(crown, y - line)
    light = s.shade((x * (0.85 / rx)).clamp_(-0.85, 0.85), (y + 0.30).clamp_(-0.6, 0.6))
    knit = (y.clamp(-0.8, 0).add_(1.25).reciprocal_().mul_(x)).mul_(60).sin_().mul_(0.10 * beanie * s.fade(62)).add_(1)
    yield Layer(cover(crown, s.pixel), (knit[:, None].mul_(light) * color).clamp_(0, 1), "hat", crown)
    # The rim: a folded edge, a visor to the side one looks, or a brim all around.
    fold = torch.maximum((y - line).add_(0.015).abs_().sub_(0.075), x.abs().sub_(rx + 0.02))
    visor = torch.maximum(ellipse(x - 0.25 * s.side, y - line - 0.02, rx * 0.98, 0.105), line - 0.04 - y)
    brim = ellipse(x - 0.04 * s.side, y - line - 0.01, rx + 0.24, 0.085)
    rim = fold.mul_(beanie).addcmul_(visor, cap).addcmul_(brim, brimmed)
    shadow = cover(rim - 0.02, 0.10).mul_(y > line).mul_(0.28)
    yield Layer(shadow.mul_(ramp(s.W * 1.02 - s.x.abs(), -0.02, 0.04)), s.skin_color * 0.35)
    band = torch.maximum((y - line).add_(0.09).abs_().sub_(0.05), crown)
    yield Layer(cover(band, s.pixel).mul_(brimmed), color * 0.45)
    ribs = (x * 62).sin_().mul_(0.14 * beanie * s.fade(62)).add_(1).mul_(0.80 - 0.18 * cap)
    yield Layer(cover(rim, s.pixel), (ribs[:, None].mul_(light) * color).clamp_(0, 1), "hat", rim)


def lining(s: Scene) -> Iterator[Layer]:
    """The inside of the scarf, in its own shadow: seen behind a chin that has turned away from it."""
    d = oval(s.x + 0.08 * s.side, s.y + 0.06, s.W + 0.08, s.H + 0.07)
    yield Layer(cover(d, s.pixel), hat_color(s) * 0.55, "scarf", ink=0.0)


def scarf(s: Scene) -> Iterator[Layer]:
    """A scarf that covers hair, ears and neck and leaves the face free."""
    color = hat_color(s)
    x = s.x + 0.08 * s.side
    head = oval(x, s.y + 0.06, s.W + 0.10, s.H + 0.09)
    drape = oval(s.a + 0.1 * s.side, s.b - 1.02, 0.62, 0.46)
    shape = smooth_union(head, drape, 0.25)
    opening = oval(s.x - 0.05 * s.side, s.y - (0.055 + 0.2 * s.nod), s.W * 0.94, s.H * 0.90)
    shape = torch.maximum(shape, -opening)
    folds = (opening * 30).add_(x, alpha=2.5).add_(s.y, alpha=3).sin_().mul_(ramp(opening, 0.03, 0.2))
    ripples = (opening * 13).add_(x, alpha=6).sin_()
    tone = folds.mul_(0.10 * s.fade(34)).add_(ripples, alpha=0.05).add_(1)
    light = s.shade((x * (0.85 / 0.72)).clamp_(-0.85, 0.85), (s.y * (0.6 / 0.9)).clamp_(-0.6, 0.6))
    shade = cover(shape - 0.015, 0.10).mul_(0.35)
    yield Layer(shade.mul_(cover(opening, s.pixel)), s.skin_color * 0.45)
    alpha = cover(shape, s.pixel)
    yield Layer(alpha, (tone[:, None].mul_(light) * color).clamp_(0, 1), "scarf", shape)
    shine = bump(x - 0.2 * s.light, s.y + 0.58, 0.32, 0.12).mul_(alpha).mul_(0.16)
    yield Layer(shine, solid((1.0, 1.0, 1.0), s))


def glasses_box(s: Scene) -> Box:
    """The box of `glasses`."""
    return s.side * 0.3, s.eye_y, 0.62, 0.20
