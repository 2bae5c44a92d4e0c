"""From factors to geometry: where everything is, before anything is drawn.

Three frames are in use. The *picture* spans [−1, 1] both ways, x to the right, y down. The *head's
frame* (`x`, `y`) moves, tilts and grows with the head: the face is about 0.93 wide and 1.24 high in
it, centered at 0. A point *on the face* is given by its angle around the head, as on a globe; turning
the head adds to that angle, so features crowd towards the far side as they should and never leave it.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from .factors import HAIR_STYLES, Factors

MAX_ROLL = 0.24  # radians, at roll = ±1
MAX_YAW = 0.52
LINES_FROM = 0.04  # the age at which the face begins to show lines
MAX_SCALE = 1.27
WINDOW = ("X", "Y", "a", "b", "x", "y", "inside")  # what depends on the pixels looked at

SKIN = ((0.29, 0.18, 0.13), (0.39, 0.245, 0.17), (0.51, 0.335, 0.235), (0.65, 0.44, 0.315), (0.78, 0.56, 0.42),
        (0.88, 0.68, 0.54), (0.95, 0.78, 0.66), (0.98, 0.86, 0.78))  # fmt: skip
HAIR = ((0.07, 0.06, 0.065), (0.10, 0.08, 0.075), (0.20, 0.125, 0.085), (0.31, 0.19, 0.12), (0.43, 0.27, 0.16),
        (0.60, 0.27, 0.12), (0.78, 0.57, 0.32), (0.88, 0.72, 0.44))  # fmt: skip
IRIS = ((0.19, 0.11, 0.06), (0.36, 0.22, 0.10), (0.30, 0.43, 0.22), (0.24, 0.46, 0.70))


def palette(colors: tuple[tuple[float, ...], ...], t: Tensor) -> Tensor:
    """The color at t in [0, 1] along a row of colors: (n, 1, 1) to (n, 3, 1, 1)."""
    table = torch.tensor(colors, device=t.device)
    t = t.flatten().clamp(0, 1) * (len(table) - 1)
    i = t.floor().long().clamp(max=len(table) - 2)
    return torch.lerp(table[i], table[i + 1], (t - i)[:, None])[:, :, None, None]


def hsv(hue: Tensor, saturation: Tensor | float, value: Tensor | float) -> Tensor:
    """Colors (n, 3, 1, 1) from hue, saturation and value in [0, 1], each (n, 1, 1) or a number."""
    k = (torch.tensor([5.0, 3.0, 1.0], device=hue.device)[:, None, None] + hue[:, None] * 6) % 6
    s = saturation[:, None] if isinstance(saturation, Tensor) else saturation
    v = value[:, None] if isinstance(value, Tensor) else value
    return v * (1 - s * torch.minimum(k, 4 - k).clamp(0, 1))


def paint(hue: Tensor, saturation: Tensor | float, value: Tensor | float) -> Tensor:
    """As `hsv`, with hues equally bright to the eye, so that clothes and hats stay natural."""
    color = hsv(hue, saturation, value)
    weights = torch.tensor([0.3, 0.59, 0.11], device=hue.device)[:, None, None]
    gray = (color * weights).sum(1, keepdim=True)
    v = value[:, None] if isinstance(value, Tensor) else value
    return (color * (0.55 + 0.45 * v * 0.8 / gray.clamp(min=0.05))).clamp(0, 1)


class Scene:
    """n faces seen through one window of pixels.

    Every factor is an attribute of shape (n, 1, 1), and so is the geometry that follows from them;
    colors are (n, 3, 1, 1). `x`, `y` are the window's pixels in the head's frame, `a`, `b` in that of the
    shoulders (not tilted), `X`, `Y` in the picture's; `pixel` is a pixel's width in the head's frame. In a
    scene of pairs every face comes twice, and `which` says for which of the two ears, eyes, cheeks …: −1 is
    the one on the left of the picture, 1 the one on its right. An `inked` scene is to be drawn in lines: there
    strands are lines too, and textures are left out, which would be noise between them.
    """

    def __init__(self, factors: Factors, size: int, inked: bool = False) -> None:
        self.n, self.size, self.device, self.inked = factors.n, size, factors["age"].device, inked
        self._index: Tensor | None = None
        self._whole: Scene | None = None
        values = torch.stack([value.float() for value in factors.values()])
        self._v: dict[str, Tensor] = dict(zip(factors, values[:, :, None, None].unbind(), strict=True))
        self._derive()
        lattice = torch.arange(size, device=self.device)
        self._rows, self._columns = lattice[None, :, None], lattice[None, None]

    def __getattr__(self, name: str) -> Tensor:
        """Look a number up; one that depends on the window, or belongs to the whole scene, is made when asked for."""
        known = self.__dict__["_v"]
        if name not in known:
            if name == "inside":
                known[name] = self._cut()
            elif name in ("X", "Y"):
                known[name] = ((self._columns if name == "X" else self._rows) + 0.5) * (2 / self.size) - 1
            elif name in WINDOW:
                self._look()
            elif self.__dict__.get("_whole") is not None:
                known[name] = getattr(self._whole, name)[self._index]
            else:
                raise AttributeError(name)
        return known[name]

    def _derive(self) -> None:
        v = self._v
        v["grow"] = 1.17 + 0.09 * v["scale"]
        v["move_x"] = 0.07 * v["shift_x"] - 0.05 * v["yaw"]
        v["move_y"] = 0.06 + 0.05 * v["shift_y"]
        v["pixel"] = (2 / self.size) / v["grow"]
        angle = MAX_ROLL * v["roll"]
        v["cos"], v["sin"] = angle.cos(), angle.sin()
        # A window's corner follows from these: pixels per unit, and the pixel of the frame's origin.
        v["along"], v["across"] = v["cos"] / v["pixel"], v["sin"] / v["pixel"]
        v["column_0"], v["row_0"] = (v["move_x"] + 1) * (self.size / 2), (v["move_y"] + 1) * (self.size / 2)
        v["turn"] = MAX_YAW * v["yaw"]
        v["side"] = v["turn"].sin()  # how far the middle of the face has moved, of the head's radius
        v["nod"] = 0.10 * v["pitch"]
        v["W"] = 0.465 + 0.038 * v["face_width"]
        v["H"] = 0.62 + 0.03 * v["face_height"]
        v["eye_y"] = -0.05 + 0.9 * v["nod"]
        v["mouth_y"] = 0.335 + 0.03 * v["face_height"] + 0.8 * v["nod"]
        v["nose_y"] = 0.125 + 1.25 * v["nod"]
        # Lines deepen fast at first and slowly later, so that each decade can be told from the next.
        v["lines"] = ((v["age"] - LINES_FROM) / 0.76).clamp(0, 1).pow(0.8)
        v["power"] = 0.55 + 0.45 * v["light_strength"]
        for k, style in enumerate(HAIR_STYLES):
            v[style] = (v["hair_style"] == k).float()
        gray = ((v["age"] - 0.31) / 0.59).clamp(0, 1)[:, None]
        white = torch.tensor([0.80, 0.80, 0.81], device=self.device)[:, None, None]
        # Shadows on skin are warm: gray ones look like dirt.
        warm = torch.tensor([0.035, 0.0, -0.035], device=self.device)[:, None, None]
        skin = palette(SKIN, v["skin"])
        v["skin_color"] = (skin * (1 + warm * v["undertone"][:, None])).clamp(0, 1)
        v["skin_shadow"] = v["skin_color"] * torch.tensor([0.62, 0.48, 0.43], device=self.device)[:, None, None]
        # On dark skin a line shows by the light on its ridge, not by its shadow.
        ridge = (v["skin_color"] * 1.4 + 0.05).clamp(0, 1)
        v["line_color"] = torch.lerp(ridge, v["skin_shadow"], ((v["skin"] - 0.2) / 0.25).clamp(0, 1)[:, None])
        v["hair_tint"] = torch.lerp(palette(HAIR, v["hair_color"]), white, gray)
        v["iris_tint"] = palette(IRIS, v["iris"] ** 1.4)

    def around(self, angle: Tensor | float, radius: float) -> tuple[Tensor, Tensor]:
        """A point on the face, `angle` around the head: its x in the head's frame, and by how much it is narrowed."""
        seen = self.turn + angle
        front = angle.cos() if isinstance(angle, Tensor) else math.cos(angle)
        return seen.sin().mul_(radius), seen.cos_().div_(front).clamp_(0.3, 1.1)

    def corner(self, x: Tensor, y: Tensor, height: int, width: int) -> tuple[Tensor, Tensor]:
        """Top and left pixel, each (n, 1, 1), of a window about (x, y) of the head's frame, kept in the picture."""
        left = torch.addcmul(self.column_0, x, self.along).addcmul_(y, self.across, value=-1).sub_(width / 2)
        top = torch.addcmul(self.row_0, x, self.across).addcmul_(y, self.along).sub_(height / 2)
        left, top = left.round_().clamp_(0, self.size - width), top.round_().clamp_(0, self.size - height)
        return top.long(), left.long()

    def rows(self, index: Tensor, pairs: bool = False) -> Scene:
        """The faces that index picks, in the same window; with `pairs` once for each of the two sides."""
        new = object.__new__(Scene)
        new._whole, new._index, new._v = self, index.repeat(2) if pairs else index, {}
        new.n, new.size, new.device, new.inked = len(new._index), self.size, self.device, self.inked
        new._rows, new._columns = self._rows, self._columns
        if pairs:
            new._v["which"] = torch.ones(new.n, 1, 1, device=self.device)
            new._v["which"][: len(index)] = -1
        return new

    def window(self, rows: Tensor, columns: Tensor) -> Scene:
        """The same faces seen through another window: pixel rows (n, h, 1) and columns (n, 1, w)."""
        new = object.__new__(Scene)
        new.n, new.size, new.device, new.inked = self.n, self.size, self.device, self.inked
        new._v = {name: value for name, value in self._v.items() if name not in WINDOW}
        new._whole, new._index = self._whole, self._index
        new._rows, new._columns = rows, columns
        return new

    def _look(self) -> None:
        """Find the window's pixels in the frames of shoulders and head."""
        a = (self._columns - (self.column_0 - 0.5)).mul_(self.pixel)
        b = (self._rows - (self.row_0 - 0.5)).mul_(self.pixel)
        # Multiplied before they are spread over the window: `addcmul` is five times slower at spreading.
        self._v["x"] = self.cos * a + self.sin * b
        self._v["y"] = self.cos * b - self.sin * a
        self._v["a"], self._v["b"] = a, b

    def keep_face(self, face: Tensor) -> None:
        """Remember how much of each pixel the face covers (n, S, S); parts find their piece of it in `inside`."""
        self._v["face"] = self._v["inside"] = face

    def _cut(self) -> Tensor:
        """This window's piece of `face`, the picture of how much each pixel is covered by the face (n, S, S)."""
        if self._rows.shape[-2] == self._columns.shape[-1] == self.size:
            return self.face
        number = torch.arange(self.n, device=self.device) if self._index is None else self._index
        whole = self if self._whole is None else self._whole
        width, left = self._columns.shape[-1], self._columns[..., :1]
        place = (number[:, None, None] * self.size**2 + self._rows * self.size + left).flatten()
        runs = whole.face.as_strided((whole.face.numel() - width + 1, width), (1, 1))
        return runs.index_select(0, place).view(self.n, -1, width)

    def shade(self, nx: Tensor, ny: Tensor, ambient: float = 0.62) -> Tensor:
        """How brightly a surface is lit, about [ambient, 1.1]; its normal is (nx, ny) and towards us."""
        nz = torch.addcmul(nx.square(), ny, ny).neg_().add_(1).clamp_(min=0).sqrt_()
        lit = nz.mul_(0.66).addcmul_(nx, 0.75 * self.light).sub_(ny, alpha=0.42).clamp_(-0.25, 1)
        return lit.mul_((1 - ambient) * 1.35 * self.power).add_(ambient)[:, None]

    def fade(self, frequency: float) -> Tensor:
        """1 while a texture of `frequency` radians per unit can be seen at this resolution, else 0, (n, 1, 1)."""
        if self.inked:
            return torch.zeros_like(self.pixel)
        return (2 - (frequency / 1.2) * self.pixel).clamp_(0, 1)

    def shows(self, frequency: float) -> bool:
        """Whether that texture can be seen on any of the faces: if not, it need not be computed."""
        return bool(self.fade(frequency).max() > 0)
