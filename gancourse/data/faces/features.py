"""Eyes and brows, nose, mouth: what makes a face somebody's, and what moves when it feels.

They are drawn bolder than life: a smile has to survive 32 pixels.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

import torch
from torch import Tensor

from .canvas import Box, Layer
from .scene import Scene
from .shapes import arc, bump, cover, disk, ellipse

WHITE = (0.93, 0.925, 0.91)
BEND = 0.185  # how far a full smile lifts the corners of the mouth
SULK = 0.75  # what a full sadness lowers them by, of that: a frown is a smaller movement than a laugh


@functools.cache
def _solid(color: tuple[float, float, float], device: torch.device) -> Tensor:
    return torch.tensor(color, device=device)[:, None, None]


def solid(color: tuple[float, float, float], s: Scene) -> Tensor:
    """One color for all, (3, 1, 1)."""
    return _solid(color, s.device)


def eye_center(s: Scene, which: Tensor | float) -> tuple[Tensor, Tensor]:
    """The x of an eye and by how much it is narrowed; `which` is −1 (left of the picture) or 1."""
    return s.around(which * (0.455 + 0.045 * s.eye_spacing), 0.49)


def brow(s: Scene) -> Iterator[Layer]:
    """The socket's shadow and the brow: an arc whose inner end rises when worried and sinks when stern."""
    cx, narrow = eye_center(s, s.which)
    x, y = s.x - cx, s.y - s.eye_y
    yield Layer(bump(x, y + 0.03, 0.21 * narrow, 0.16).mul_(s.inside).mul_(0.20 + 0.14 * s.age), s.skin_shadow)
    x -= 0.01 * s.which
    y += (0.18 + 0.035 * s.eye_open) + (0.04 * s.which * s.brow_tilt / (0.15 * narrow)) * x
    d = arc(x, y, 0.042, 0.165 * narrow, 0.013 + 0.017 * s.brows)
    yield Layer(
        cover(d, s.pixel * 1.15).mul_(s.inside).mul_(0.92), s.hair_tint * 0.62 + s.skin_color * 0.06, "brows", d
    )


def eye(s: Scene) -> Iterator[Layer]:
    """One eye with its lid and lashes."""
    cx, narrow = eye_center(s, s.which)
    x, y = s.x - cx, s.y - s.eye_y
    size = 1 + 0.13 * s.eye_size
    width = 0.132 * size * narrow
    u = x / width
    dome = u.square().neg_().add_(1)
    # An almond: two parabolas that meet in the corners, the outer corner a little higher.
    y = torch.addcmul(y, u, 0.007 * s.which)
    lid = torch.addcmul(y, dome, (0.012 + 0.110 * s.eye_open) * size)  # below 0 above the eye
    almond = torch.maximum(-lid, torch.addcmul(y, dome, (-0.008 - 0.058 * s.eye_open) * size)).mul_(0.85)
    white = cover(almond, s.pixel).mul_(s.inside)
    yield Layer(white, solid(WHITE, s), "eyes", almond)
    gaze = x - (0.035 * s.gaze + 0.012 * s.yaw) * narrow
    ball = disk(gaze / narrow, y + 0.012, 0.070 * size)
    yield Layer(cover(ball, s.pixel).mul_(white), s.iris_tint, ink=0.85)
    yield Layer(cover(ball.add_(0.036 * size), s.pixel).mul_(white), solid((0.03, 0.03, 0.04), s))
    spark = disk(gaze - (0.022 + 0.01 * s.light), y + 0.038, 0.019 * size)
    yield Layer(cover(spark, s.pixel).mul_(white), solid((1.0, 1.0, 1.0), s))
    lash = torch.maximum(lid.abs().sub_(0.0085).sub_(dome, alpha=0.0085), u.abs().sub_(1.08).mul_(width))
    yield Layer(cover(lash, s.pixel * 1.1).mul_(s.inside).mul_(0.95), s.hair_tint * 0.12 + s.skin_color * 0.08)
    crease = torch.maximum((lid + 0.036).abs_().sub_(0.008), u.abs_().sub_(0.95).mul_(width))
    yield Layer(cover(crease, s.pixel * 1.4).mul_(s.inside).mul_(0.6), s.skin_shadow)


def bag(s: Scene) -> Iterator[Layer]:
    """The line under an eye, which comes with age."""
    cx, narrow = eye_center(s, s.which)
    strength = s.lines * 0.6
    d = arc(s.x - cx, s.y - (s.eye_y + 0.135), -0.04, 0.11 * narrow, 0.012)
    yield Layer(cover(d, s.pixel * 1.6).mul_(s.inside).mul_(strength), s.line_color)


def crinkles(s: Scene) -> Iterator[Layer]:
    """Three short lines that fan out from an eye's outer corner: laughter's trace, which comes with age."""
    cx, narrow = eye_center(s, s.which)
    x = (s.x - cx).mul_(s.which / narrow).sub_(0.125)  # outward from the point where the three would meet
    y = s.y - s.eye_y
    slope = (y / x.clamp(min=0.01)).mul_(1.7).round_().clamp_(-1, 1).mul_(1 / 1.7)
    d = torch.maximum(slope.mul_(x).sub_(y).abs_().sub_(0.0065), (x - 0.068).abs_().sub_(0.036))
    yield Layer(cover(d, s.pixel * 1.4).mul_(s.inside).mul_(0.75 * s.lines), s.line_color)


def nose(s: Scene) -> Iterator[Layer]:
    """A lit bridge, a shadow to one side, wings and nostrils."""
    inside = s.inside
    cx, narrow = s.around(0.0, 0.56)
    x, y = s.x - cx, s.y - s.nose_y
    wing = (0.087 + 0.042 * s.nose) * (0.6 + 0.4 * narrow)
    shape = ellipse(x, y, wing, 0.062)
    yield Layer(cover(shape, s.pixel).mul_(inside), None, "nose")
    bridge = torch.addcmul(x, (y + 0.02).clamp_(-0.3, 0), 0.55 * s.turn)
    shadow = bump(bridge + 0.065 * s.light, y + 0.06, 0.10, 0.24).mul_(inside).mul_(0.42 * s.power)
    yield Layer(shadow, s.skin_shadow * 1.2)
    under = bump(x + 0.05 * s.light, y - 0.045, wing * 1.5, 0.085).mul_(inside).mul_(0.55)
    yield Layer(under, s.skin_shadow * 1.1)
    light = bump(bridge - 0.012 * s.light, y + 0.09, 0.05, 0.20).mul_(inside).mul_(0.42 * s.power)
    yield Layer(light, s.skin_color * 0.45 + 0.55)
    tip = bump(x - 0.02 * s.light, y + 0.005, 0.055, 0.05).mul_(inside).mul_(0.45)
    yield Layer(tip, s.skin_color * 0.5 + 0.5)
    rim = torch.maximum(shape.abs_().sub_(0.013), 0.012 - y)
    yield Layer(cover(rim, s.pixel * 1.3).mul_(inside).mul_(0.8), s.skin_shadow * 0.85, ink=1.0)
    for side in (-1.0, 1.0):
        hole = ellipse(x - wing * (side * 0.5), y - 0.033, 0.027, 0.016)
        yield Layer(cover(hole, s.pixel).mul_(inside).mul_(0.75), s.skin_shadow * 0.4)


def mouth_frame(s: Scene) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Where the mouth is: u in [−1, 1] along it, its middle line's y, half its width, its center x.

    Each half is narrowed by itself, the far one more, and the whole keeps clear of the face's edge.
    """
    cx, _ = s.around(0.0, 0.43)
    half = 0.178 + 0.06 * s.smile.clamp(min=0) + 0.012 * s.smile.clamp(max=0) + 0.008 * s.jaw
    x = s.x - cx
    far = x.sign().mul_(s.side).clamp_(min=0).mul_(-0.75).add_(1).mul_(half * (1 - 0.10 * s.side.abs()))
    u = x.div_(far)
    bend = BEND * (s.smile.clamp(min=0) + SULK * s.smile.clamp(max=0))
    middle = u.square().clamp_(max=1.3).mul_(-bend).add_(s.mouth_y + 0.42 * bend)
    return u, middle, half, cx


def mouth(s: Scene) -> Iterator[Layer]:
    """Lips, teeth, tongue; closed or open, sad to laughing."""
    inside = s.inside
    u, middle, half, _ = mouth_frame(s)
    y = s.y
    laugh = s.smile.clamp(min=0)
    dome = u.square().neg_().add_(1).clamp_(min=0)
    along = u.abs()
    ends = (along - 1).mul_(half)
    full = 0.009 + 0.048 * s.lips
    upper = torch.addcmul(middle, dome, -0.012 - 0.02 * s.mouth_open)
    # Rounder than a parabola: the two would meet in a point at the chin.
    lower = torch.addcmul(middle, dome.mul(-0.85).add_(1.85).mul_(dome), 0.012 + (0.125 + 0.03 * laugh) * s.mouth_open)
    natural = s.skin_color * solid((0.80, 0.56, 0.58), s) + solid((0.07, 0.02, 0.03), s)  # seen on deep brown skin too
    red = torch.lerp(natural, solid((0.66, 0.19, 0.24), s), s.lip_color[:, None])
    # The folds of a smile, and the shadow under the lower lip.
    over, under, off = upper - y, y - lower, y - middle
    yield Layer(bump(u, under - 0.06, 0.8, 0.075).mul_(inside).mul_(0.3), s.skin_shadow * 1.2)
    cheeks = bump((along - 1.12).mul_(half), off, 0.055, 0.075)
    yield Layer(cheeks.mul_(inside).mul_(0.12 + 0.38 * s.smile.abs()), s.skin_shadow)
    thick = dome.sqrt().mul_(full)
    notch = (u * (1 / 0.32)).square_().neg_().add_(1).clamp_(min=0).square_()  # the bow of the upper lip
    bow = notch.mul_(-0.35).add_(1).mul_(thick).add_(0.003)
    lips = torch.maximum(torch.maximum(over - bow, (under - 0.003).sub_(thick, alpha=1.25)), ends)
    yield Layer(cover(lips, s.pixel).mul_(inside), red, "mouth", lips)
    shine = bump(u - 0.1 * s.light, under - full * 0.6, 0.5, 0.7 * (full + 0.005))
    yield Layer(shine.mul_(inside).mul_(0.18 + 0.2 * s.lip_color), red * 0.4 + 0.6)
    is_open = (s.mouth_open > 0).float()
    hollow = torch.maximum(torch.maximum(over, under), ends + 0.01)
    inner = cover(hollow, s.pixel).mul_(inside).mul_(is_open)
    yield Layer(inner, solid((0.27, 0.09, 0.09), s), ink=0.85)
    yield Layer(bump(u, under, 0.72, 0.11 * s.mouth_open + 0.02).mul_(inner).mul_(0.8), solid((0.68, 0.31, 0.31), s))
    # A smile bares the upper teeth, a sad mouth hardly any; their lower edge is soft, and they are no whiter than eyes.
    teeth = torch.addcmul(over, dome, (0.022 + 0.05 * s.mouth_open) * (0.55 + 0.45 * s.smile).clamp(0.2, 0.9)).neg_()
    yield Layer(
        cover(torch.maximum(teeth, (along - 0.90).mul_(half)), s.pixel + 0.012).mul_(inner),
        solid((0.92, 0.90, 0.86), s),
        ink=0.0,
    )
    line = torch.maximum(off.abs().sub_(0.009).sub_(dome, alpha=0.010), ends - 0.012)
    yield Layer(cover(line, s.pixel * 1.1).mul_(inside).mul_(0.95 * (1 - is_open)), red * 0.28, ink=1.0)
    corner = disk(ends, off, 0.016)
    yield Layer(cover(corner, s.pixel * 1.3).mul_(inside).mul_(0.55), s.skin_color * 0.35, ink=0.8)


def eyes_box(s: Scene) -> Box:
    """The box of `eye`."""
    return eye_center(s, s.which)[0], s.eye_y - 0.03, 0.165, 0.16


def brow_box(s: Scene) -> Box:
    """The box of `brow`."""
    return eye_center(s, s.which)[0], s.eye_y - 0.06, 0.215, 0.21


def bag_box(s: Scene) -> Box:
    """The box of `bag`."""
    return eye_center(s, s.which)[0], s.eye_y + 0.12, 0.13, 0.06


def crinkles_box(s: Scene) -> Box:
    """The box of `crinkles`."""
    cx, narrow = eye_center(s, s.which)
    return cx + s.which * narrow * 0.193, s.eye_y, 0.045, 0.07


def nose_box(s: Scene) -> Box:
    """The box of `nose`."""
    return s.around(0.0, 0.56)[0], s.nose_y - 0.07, 0.22, 0.24


def mustache_box(s: Scene) -> Box:
    """The box of `mustache`."""
    return s.around(0.0, 0.43)[0], s.mouth_y - 0.03, 0.27, 0.13


def mouth_box(s: Scene) -> Box:
    """The box of `mouth`."""
    return s.around(0.0, 0.43)[0], s.mouth_y + 0.05, 0.32, 0.27
