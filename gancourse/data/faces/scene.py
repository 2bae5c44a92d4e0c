"""From factors to geometry: where everything is, before anything is drawn.

Three frames are in use. The *picture* spans [−1, 1] both ways, x to the right, y down. The *head's
frame* (`x`, `y`) moves, tilts and grows with the head: the face is about 0.93 wide and 1.24 high in
it, centered at 0. A point *on the face* is given by its angle around the head, as on a globe; turning
the head adds to that angle, so features crowd towards the far side as they should and never leave it.
"""

from __future__ import annotations

import torch
from torch import Tensor

from .factors import HAIR_STYLES, Factors

MAX_ROLL = 0.24  # radians, at roll = ±1
MAX_YAW = 0.52
MAX_SCALE = 1.27
WINDOW = ("X", "Y", "a", "b", "x", "y", "inside")  # what depends on the pixels looked at

SKIN = ((0.23, 0.14, 0.10), (0.36, 0.22, 0.155), (0.50, 0.325, 0.23), (0.65, 0.44, 0.315), (0.78, 0.56, 0.42),
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
    colors are (n, 3, 1, 1). `x`, `y` are the window's pixels in the head's frame, `X`, `Y` in the
    picture's, `pixel` is a pixel's width in the head's frame.
    """

    def __init__(self, factors: Factors, size: int) -> None:
        self.n, self.size, self.device = factors.n, size, factors["age"].device
        self._index: Tensor | None = None
        self._whole: Scene | None = None
        self._v: dict[str, Tensor] = {name: value.float()[:, None, None] for name, value in factors.items()}
        self._derive()
        lattice = torch.arange(size, device=self.device)
        self._look(lattice[:, None], lattice)

    def __getattr__(self, name: str) -> Tensor:
        known = self.__dict__["_v"]
        if name == "inside" and "inside" not in known:
            known[name] = self._cut()
        if name not in known and "_whole" in self.__dict__ and name not in WINDOW:
            known[name] = getattr(self._whole, name)[self._index]  # picked only when asked for
        if name not in known:
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
        v["x0"] = v["y0"] = torch.zeros_like(v["age"])
        v["turn"] = MAX_YAW * v["yaw"]
        v["side"] = v["turn"].sin()  # how far the middle of the face has moved, of the head's radius
        v["nod"] = 0.10 * v["pitch"]
        v["W"] = 0.465 + 0.03 * v["face_width"]
        v["H"] = 0.62 + 0.03 * v["face_height"]
        v["eye_y"] = -0.05 + 0.9 * v["nod"]
        v["mouth_y"] = 0.335 + 0.03 * v["face_height"] + 0.8 * v["nod"]
        v["nose_y"] = 0.125 + 1.25 * v["nod"]
        v["power"] = 0.55 + 0.45 * v["light_strength"]
        for k, style in enumerate(HAIR_STYLES):
            v[style] = (v["hair_style"] == k).float()
        gray = ((v["age"] - 0.50) / 0.44).clamp(0, 1)[:, None]
        white = torch.tensor([0.80, 0.80, 0.81], device=self.device)[:, None, None]
        # Shadows on skin are warm: gray ones look like dirt.
        warm = torch.tensor([0.035, 0.0, -0.035], device=self.device)[:, None, None]
        skin = palette(SKIN, v["skin"])
        v["skin_color"] = (skin * (1 + warm * v["undertone"][:, None])).clamp(0, 1)
        v["skin_shadow"] = v["skin_color"] * torch.tensor([0.62, 0.48, 0.43], device=self.device)[:, None, None]
        v["hair_tint"] = torch.lerp(palette(HAIR, v["hair_color"]), white, gray)
        v["iris_tint"] = palette(IRIS, v["iris"] ** 1.4)

    def around(self, angle: Tensor | float, radius: Tensor | float) -> tuple[Tensor, Tensor]:
        """A point on the face, `angle` around the head: its x in the head's frame, and by how much it is narrowed."""
        seen = self.turn + angle
        front = torch.as_tensor(angle, device=self.device).cos()
        return seen.sin() * radius, (seen.cos() / front).clamp(0.3, 1.1)

    def corner(self, x: Tensor, y: Tensor, height: int, width: int) -> tuple[Tensor, Tensor]:
        """Top and left pixel, each (n, 1, 1), of a window about (x, y) of the head's frame, kept in the picture."""
        X = (self.cos * x - self.sin * y) * self.grow + self.move_x
        Y = (self.sin * x + self.cos * y) * self.grow + self.move_y
        left = ((X + 1) * (self.size / 2) - width / 2).round().long().clamp(0, self.size - width)
        top = ((Y + 1) * (self.size / 2) - height / 2).round().long().clamp(0, self.size - height)
        return top, left

    def rows(self, index: Tensor, window: tuple[Tensor, Tensor] | None = None) -> Scene:
        """The faces that index picks, seen through a window: pixel rows (n, h, 1) and columns (n, 1, w)."""
        new = object.__new__(Scene)
        new.n, new.size, new.device, new._v = len(index), self.size, self.device, {}
        new._whole, new._index = self, index
        new._look(*window) if window else new._look(self._rows, self._columns)
        return new

    def window(self, rows: Tensor, columns: Tensor) -> Scene:
        """All faces seen through another window."""
        new = object.__new__(Scene)
        new.n, new.size, new.device = self.n, self.size, self.device
        new._v = {name: value for name, value in self._v.items() if name not in WINDOW}
        new._whole, new._index = self._whole, self._index
        new._look(rows, columns)
        return new

    def _look(self, rows: Tensor, columns: Tensor) -> None:
        v = self._v
        self._rows, self._columns = rows, columns
        X, Y = (columns + 0.5) * (2 / self.size) - 1, (rows + 0.5) * (2 / self.size) - 1
        X, Y = X.expand(self.n, 1, X.shape[-1]), Y.expand(self.n, Y.shape[-2], 1)
        v["X"], v["Y"] = X, Y
        a, b = (X - self.move_x) / self.grow, (Y - self.move_y) / self.grow
        v["x"] = self.cos * a + self.sin * b
        v["y"] = self.cos * b - self.sin * a
        v["a"], v["b"] = a, b  # the shoulders: moved and grown, not tilted

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
        nz = nx.square().add(ny.square()).neg_().add_(1).clamp_(0, 1).sqrt_()
        lit = nz.mul_(0.66).add_(nx * (0.75 * self.light)).sub_(ny, alpha=0.42).clamp_(-0.25, 1)
        return lit.mul_((1 - ambient) * 1.35 * self.power).add_(ambient)[:, None]

    def fade(self, frequency: float) -> Tensor:
        """1 while a texture of `frequency` radians per unit can be seen at this resolution, else 0, (n, 1, 1)."""
        return ((2.4 - frequency * self.pixel) / 1.2).clamp(0, 1)
