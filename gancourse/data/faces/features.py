"""Eyes and brows, nose, mouth: what makes a face somebody's, and what moves when it feels.

They are drawn bolder than life: a smile has to survive 32 pixels.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from .canvas import Layer
from .scene import Scene
from .shapes import arc, bump, cover, disk, ellipse

WHITE = (0.97, 0.965, 0.95)


def solid(color: tuple[float, float, float], s: Scene) -> Tensor:
    """One color for all, (3, 1, 1)."""
    return torch.tensor(color, device=s.device)[:, None, None]


def eye_center(s: Scene, side: float) -> tuple[Tensor, Tensor]:
    """The x of an eye and by how much it is narrowed; side is −1 (left of the picture) or 1."""
    return s.around(side * (0.455 + 0.045 * s.eye_spacing), 0.49)


def brow(s: Scene, side: float) -> Iterator[Layer]:
    """The socket's shadow and the brow: an arc whose inner end rises when worried and sinks when stern."""
    cx, narrow = eye_center(s, side)
    x, y = s.x - cx, s.y - s.eye_y
    yield Layer(bump(x, y + 0.03, 0.21 * narrow, 0.16) * s.inside * (0.34 + 0.2 * s.age), s.skin_shadow)
    x = x - 0.01 * side
    y = y + 0.185 + 0.02 * s.eye_open + (0.04 * side / (0.15 * narrow)) * s.brow_tilt * x
    d = arc(x, y, 0.042, 0.165 * narrow, 0.013 + 0.017 * s.brows)
    yield Layer(cover(d, s.pixel * 1.15) * s.inside * 0.92, s.hair_tint * 0.62 + s.skin_color * 0.06, "brows", d)


def eye(s: Scene, side: float) -> Iterator[Layer]:
    """One eye with its lid and lashes."""
    cx, narrow = eye_center(s, side)
    x, y = s.x - cx, s.y - s.eye_y
    size = 1 + 0.13 * s.eye_size
    width = 0.132 * size * narrow
    u = x / width
    dome = 1 - u.square()
    # An almond: two parabolas that meet in the corners, the outer corner a little higher.
    y = y + 0.018 * side * u
    lid = y + (0.022 + 0.095 * s.eye_open) * size * dome  # below 0 above the eye
    almond = torch.maximum(-lid, y - (0.014 + 0.050 * s.eye_open) * size * dome).mul_(0.85)
    white = cover(almond, s.pixel) * s.inside
    yield Layer(white, solid(WHITE, s), "eyes", almond)
    gaze = x - (0.035 * s.gaze + 0.012 * s.yaw) * narrow
    ball = disk(gaze / narrow, y + 0.012, 0.070 * size)
    yield Layer(white * cover(ball, s.pixel), s.iris_tint, ink=0.85)
    yield Layer(white * cover(ball + 0.036 * size, s.pixel), solid((0.03, 0.03, 0.04), s))
    spark = disk(gaze - 0.022 - 0.01 * s.light, y + 0.038, 0.019 * size)
    yield Layer(white * cover(spark, s.pixel), solid((1.0, 1.0, 1.0), s))
    lash = torch.maximum(lid.abs() - (0.0085 + 0.0085 * dome), u.abs().sub_(1.08) * width)
    yield Layer(cover(lash, s.pixel * 1.1) * s.inside * 0.95, s.hair_tint * 0.12 + s.skin_color * 0.08)
    crease = torch.maximum((lid + 0.036).abs_() - 0.008, u.abs().sub_(0.95) * width)
    yield Layer(cover(crease, s.pixel * 1.4) * s.inside * 0.6, s.skin_shadow)


def bag(s: Scene, side: float) -> Iterator[Layer]:
    """The line under an eye, which comes with age."""
    cx, narrow = eye_center(s, side)
    strength = ((s.age - 0.34) / 0.45).clamp(0, 1) * 0.6
    d = arc(s.x - cx, s.y - s.eye_y - 0.135, -0.04, 0.11 * narrow, 0.012)
    yield Layer(cover(d, s.pixel * 1.6) * s.inside * strength, s.skin_shadow)


def nose(s: Scene) -> Iterator[Layer]:
    """A lit bridge, a shadow to one side, wings and nostrils."""
    inside = s.inside
    cx, narrow = s.around(0.0, 0.56)
    x, y = s.x - cx, s.y - s.nose_y
    wing = (0.085 + 0.022 * s.nose) * (0.6 + 0.4 * narrow)
    shape = ellipse(x, y, wing, 0.062)
    yield Layer(cover(shape, s.pixel) * inside, None, "nose")
    bridge = x + 0.55 * s.turn * (y + 0.02).clamp(-0.3, 0)
    yield Layer(bump(bridge + 0.065 * s.light, y + 0.06, 0.10, 0.24) * inside * 0.42 * s.power, s.skin_shadow * 1.2)
    yield Layer(bump(x + 0.05 * s.light, y - 0.045, wing * 1.7, 0.085) * inside * 0.7, s.skin_shadow * 1.1)
    yield Layer(
        bump(bridge - 0.012 * s.light, y + 0.09, 0.05, 0.20) * inside * 0.42 * s.power, s.skin_color * 0.45 + 0.55
    )
    yield Layer(bump(x - 0.02 * s.light, y + 0.005, 0.055, 0.05) * inside * 0.45, s.skin_color * 0.5 + 0.5)
    rim = torch.maximum(shape.abs() - 0.013, 0.012 - y)
    yield Layer(cover(rim, s.pixel * 1.3) * inside * 0.8, s.skin_shadow * 0.85, ink=1.0)
    for side in (-1.0, 1.0):
        hole = ellipse(x - side * wing * 0.5, y - 0.033, 0.027, 0.016)
        yield Layer(cover(hole, s.pixel) * inside * 0.75, s.skin_shadow * 0.4)


def mouth_frame(s: Scene) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Where the mouth is: u in [−1, 1] along it, its middle line's y, half its width, its center x.

    Each half is narrowed by itself, the far one more, and the whole keeps clear of the face's edge.
    """
    cx, _ = s.around(0.0, 0.43)
    half = 0.178 + 0.05 * s.smile.clamp(min=0) + 0.012 * s.smile.clamp(max=0) + 0.008 * s.jaw
    x = s.x - cx
    far = (1 - 0.75 * (x.sign() * s.side).clamp(min=0)) * (1 - 0.10 * s.side.abs())
    u = x / (half * far)
    middle = s.mouth_y - 0.165 * s.smile * (u.square().clamp(max=1.3) - 0.42)
    return u, middle, half, cx


def mouth(s: Scene) -> Iterator[Layer]:
    """Lips, teeth, tongue; closed or open, sad to laughing."""
    inside = s.inside
    u, middle, half, _ = mouth_frame(s)
    y = s.y
    laugh = s.smile.clamp(min=0)
    dome = (1 - u.square()).clamp(min=0)
    ends = (u.abs() - 1) * half
    full = 0.018 + 0.026 * s.lips
    upper = middle - (0.012 + 0.02 * s.mouth_open) * dome
    lower = middle + (0.012 + (0.13 + 0.09 * laugh) * s.mouth_open) * dome
    red = torch.lerp(s.skin_color * solid((0.80, 0.47, 0.46), s), solid((0.70, 0.10, 0.17), s), s.lip_color[:, None])
    # The folds of a smile, and the shadow under the lower lip.
    yield Layer(bump(u, (y - lower - 0.06) / 0.075, 0.8, 1.0) * inside * 0.4, s.skin_shadow * 1.2)
    cheeks = bump((u.abs() - 1.12) * half, y - middle, 0.055, 0.075)
    yield Layer(cheeks * inside * (0.15 + 0.5 * s.smile.abs()), s.skin_shadow)
    bow = full * dome.sqrt() * (1 - 0.35 * bump(u, u * 0, 0.32, 1.0)) + 0.003
    lips = torch.maximum(torch.maximum(upper - bow - y, y - lower - full * 1.25 * dome.sqrt() - 0.003), ends)
    yield Layer(cover(lips, s.pixel) * inside, red, "mouth", lips)
    shine = bump(u - 0.1 * s.light, (y - lower - full * 0.6) / (full + 0.005), 0.5, 0.7)
    yield Layer(shine * inside * (0.18 + 0.2 * s.lip_color), red * 0.4 + 0.6)
    is_open = (s.mouth_open > 0).float()
    hollow = torch.maximum(torch.maximum(upper - y, y - lower), ends + 0.01)
    inner = cover(hollow, s.pixel) * inside * is_open
    yield Layer(inner, solid((0.25, 0.05, 0.07), s), ink=0.85)
    yield Layer(inner * bump(u, (y - lower) / (0.12 * s.mouth_open + 0.02), 0.75, 1.0), solid((0.82, 0.36, 0.36), s))
    teeth = torch.maximum(y - upper - (0.030 + 0.055 * s.mouth_open) * dome, u.abs().sub(0.92) * half)
    yield Layer(inner * cover(teeth, s.pixel), solid((0.97, 0.96, 0.93), s), ink=0.0)
    line = torch.maximum((y - middle).abs() - 0.015 * (0.45 + 0.55 * dome), ends - 0.012)
    yield Layer(cover(line, s.pixel * 1.1) * inside * (1 - is_open) * 0.95, red * 0.28, ink=1.0)
    corner = disk((u.abs() - 1) * half, y - middle, 0.016)
    yield Layer(cover(corner, s.pixel * 1.3) * inside * 0.7, s.skin_color * 0.3, ink=0.8)


def eyes_box(s: Scene, side: float) -> tuple[Tensor, Tensor, float, float]:
    """The box of `eye`."""
    return eye_center(s, side)[0], s.eye_y - 0.02, 0.165, 0.15


def brow_box(s: Scene, side: float) -> tuple[Tensor, Tensor, float, float]:
    """The box of `brow`."""
    return eye_center(s, side)[0], s.eye_y - 0.06, 0.215, 0.21


def bag_box(s: Scene, side: float) -> tuple[Tensor, Tensor, float, float]:
    """The box of `bag`."""
    return eye_center(s, side)[0], s.eye_y + 0.12, 0.13, 0.06


def nose_box(s: Scene) -> tuple[Tensor, Tensor, float, float]:
    """The box of `nose`."""
    return s.around(0.0, 0.56)[0], s.nose_y - 0.07, 0.22, 0.24


def mustache_box(s: Scene) -> tuple[Tensor, Tensor, float, float]:
    """The box of `mustache`."""
    return s.around(0.0, 0.43)[0], s.mouth_y - 0.03, 0.27, 0.13


def mouth_box(s: Scene) -> tuple[Tensor, Tensor, float, float]:
    """The box of `mouth`."""
    return s.around(0.0, 0.43)[0], s.mouth_y + 0.05, 0.32, 0.26
