"""Where the parts of a face are put together: layers, painted back to front.

A part (eyes, hair, hat …) is a function that looks at the scene through a `Scene` and yields
`Layer`s. The canvas paints each onto the pictures asked for: colors, ink lines, a map of parts. So
one description of a face gives them all, and they agree with each other.

Most parts are small. Each is evaluated in its own box only, for those faces only that have it; the
box moves with the face, so its pixels are gathered, painted and put back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from .scene import MAX_ROLL, MAX_SCALE, Scene
from .shapes import cover

PARTS = (
    "background", "clothes", "skin", "hair", "brows", "eyes", "nose", "mouth", "beard", "glasses", "hat", "scarf",
)  # fmt: skip
LINE = 0.013  # half the width of an ink line, in units of the head


@dataclass
class Layer:
    """One coat of paint on m faces.

    Attributes:
        alpha: how much it covers, (m, h, w) in [0, 1].
        color: what it paints, (m, 3, h, w) or (m, 3, 1, 1) or for all (3, 1, 1), in [0, 1]; None: nothing
            (it only names a part).
        part: the name of the part that these pixels now belong to; None for light and shade.
        edge: signed distance whose zero line an ink drawing draws, or what makes it when there is one.
        ink: how dark an ink drawing draws the layer itself; 0 leaves bare paper; negative
            numbers leave the drawing alone.
    """

    alpha: Tensor
    color: Tensor | None = None
    part: str | None = None
    edge: Tensor | Callable[[], Tensor] | None = None
    ink: float = -1.0

    def rows(self, some: slice) -> Layer:
        """The layer on some of its faces."""
        color = self.color[some] if self.color is not None and self.color.dim() == 4 else self.color
        edge = self.edge[some] if isinstance(self.edge, Tensor) else self.edge
        return Layer(self.alpha[some], color, self.part, edge, self.ink)


Part = Callable[[Scene], Iterator[Layer]]
Box = tuple[Tensor, Tensor, float, float]
Find = Callable[[Scene], Box]


class Painting:
    """n square pictures being painted, as asked for, on a ground (n, 3, S, S) that it takes over.

    `pictures` holds "rgb" (n, 3, S, S) and on demand "lines" (n, 1, S, S), where 1 is paper, and "parts"
    (n, len(PARTS), S, S), how much of each pixel shows each part: these add up to 1.
    """

    def __init__(self, scene: Scene, ground: Tensor, lines: bool = False, parts: bool = False) -> None:
        self.scene = scene
        shape, device = (scene.size, scene.size), scene.device
        self.pictures = {"rgb": ground}
        if lines:
            self.pictures["lines"] = torch.ones(scene.n, 1, *shape, device=device)
        if parts:
            self.pictures["parts"] = torch.zeros(scene.n, len(PARTS), *shape, device=device)
            self.pictures["parts"][:, 0] = 1

    def draw(
        self,
        part: Part,
        who: Tensor | None = None,
        box: Find | None = None,
        pairs: bool = False,
        below: float | None = None,
        seen: Scene | None = None,
    ) -> None:
        """Paint one part.

        Args:
            part: yields the layers.
            who: bool (n,), the faces that have it; None for all.
            box: tells from a scene where the part is: its center (x, y), each (n, 1, 1), and half-width and
                half-height, in the head's units. Nothing outside it is painted. None for the whole picture.
            pairs: the part comes twice, left and right, each in its own box; see `Scene`.
            below: for a part of everybody in the picture's lower end: the Y where that begins.
            seen: the scene of `who` alone, where it is at hand: what it has worked out is not worked out again.
        """
        scene, size = self.scene, self.scene.size
        index = None if who is None else who.nonzero().flatten()
        if index is not None and len(index) == 0:
            return
        if below is not None:
            top = int((below + 1) / 2 * size)
            scene = scene.window(scene._rows[:, top:], scene._columns)
            self._paint(part(scene), {name: picture[:, :, top:] for name, picture in self.pictures.items()})
        elif box is not None:
            numbers = torch.arange(scene.n, device=scene.device) if index is None else index
            if index is not None or pairs:
                scene = scene.rows(numbers, pairs)
            self._draw_in_window(part, scene, numbers, box)
        elif index is None or len(index) == scene.n:
            self._paint(part(scene), self.pictures)
        else:
            pieces = {name: picture[index] for name, picture in self.pictures.items()}
            self._paint(part(seen or scene.rows(index)), pieces)
            for name, piece in pieces.items():
                self.pictures[name][index] = piece

    def _draw_in_window(self, part: Part, scene: Scene, numbers: Tensor, box: Find) -> None:
        """Paint one part of the faces `numbers` in a window that has another corner for each."""
        size = scene.size
        # Room for the head's tilt, for the largest head, and for the pixel that an edge takes.
        x, y, half_width, half_height = box(scene)
        width = min(size, int((half_width + MAX_ROLL * half_height) * MAX_SCALE * size) + 3)
        height = min(size, int((half_height + MAX_ROLL * half_width) * MAX_SCALE * size) + 3)
        top, left = scene.corner(x, y, height, width)
        rows = top + torch.arange(height, device=scene.device)[:, None]
        columns = left + torch.arange(width, device=scene.device)
        layers = part(scene.window(rows, columns))
        starts = rows[:, :, 0] * size + left[:, :, 0]  # each row's first pixel
        if scene.n == len(numbers):
            self._paint_runs(layers, numbers, starts, width)
            return
        # Pairs: all left ones first. Their windows may overlap, so the right ones are put on top of them.
        layers, m = list(layers), len(numbers)
        self._paint_runs((layer.rows(slice(0, m)) for layer in layers), numbers, starts[:m], width)
        self._paint_runs((layer.rows(slice(m, 2 * m)) for layer in layers), numbers, starts[m:], width)

    def _paint_runs(self, layers: Iterator[Layer], numbers: Tensor, starts: Tensor, width: int) -> None:
        """Lay layers over windows whose rows begin at the pixels `starts` (m, h) of the faces `numbers` (m,)."""
        size, pieces, places = self.scene.size, {}, {}
        # Every run of `width` neighboring numbers is a row of `runs`, a view: a window is h runs a channel.
        for name, picture in self.pictures.items():
            channels = picture.shape[1]
            planes = numbers[:, None] * channels + torch.arange(channels, device=numbers.device)
            place = (planes[:, :, None] * size**2 + starts[:, None]).flatten()
            runs = picture.as_strided((picture.numel() - width + 1, width), (1, 1))
            places[name] = runs, place
            pieces[name] = runs.index_select(0, place).view(len(numbers), channels, -1, width)
        self._paint(layers, pieces)
        for name, (runs, place) in places.items():
            runs.index_copy_(0, place, pieces[name].view(-1, width))

    def _paint(self, layers: Iterator[Layer], pieces: dict[str, Tensor]) -> None:
        """Lay the layers over pieces of the pictures, in place."""
        pixel = 2 / self.scene.size
        rgb, lines, parts = pieces["rgb"], pieces.get("lines"), pieces.get("parts")
        for layer in layers:
            alpha = layer.alpha[:, None]
            if layer.color is not None:
                rgb.lerp_(layer.color.expand_as(rgb), alpha)
            if lines is not None:
                if layer.ink == 0 or (layer.part is not None and layer.color is not None and layer.ink < 0):
                    lines.add_((1 - lines).mul_(alpha))
                if layer.edge is not None:
                    edge = layer.edge if isinstance(layer.edge, Tensor) else layer.edge()
                    lines.mul_(1 - cover(edge.abs() - max(LINE, 0.35 * pixel), pixel)[:, None])
                if layer.ink > 0:
                    lines.mul_(1 - layer.ink * alpha)
            if parts is not None and layer.part is not None:
                parts.mul_(1 - alpha)
                parts[:, PARTS.index(layer.part)] += layer.alpha
