"""A canvas to draw on: label maps, ink sketches, masks over a picture. Python gets the array.

The strokes are drawn in the page, so that the pen never waits for the kernel; what is drawn comes
here while the stroke goes on, as often as the kernel can follow, and the end of a stroke always.
Functions given to `on_change` run in the canvas's own thread with the newest drawing. If they give
back a picture, it is shown beside the drawing: draw, and see the model answer.
"""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import traitlets
from PIL import Image, ImageColor
from torch import Tensor

from gancourse.data.images import to_bytes
from gancourse.widgets.base import view_files
from gancourse.widgets.bitmap import PAPER, colored, gray, nearest_labels, stroke
from gancourse.widgets.owned import Undoable

Color = str | Sequence[int]
SKETCH: dict[str, Color] = {"paper": "#ffffff", "ink": "#000000"}
MASK: dict[str, Color] = {"keep": "#000000", "hole": "#e6007e"}
REMEMBERED_BYTES = 2**25  # bytes of drawings that can be come back to


class Canvas(Undoable[np.ndarray]):
    """A canvas with brush, eraser, colors, undo, redo, clear and load.

    What is drawn depends on what is given. A `palette`: a label map. A `picture`: a mask over it.
    Both: strokes in these colors over the picture. Neither: an ink sketch in gray.

    Args:
        size: of the drawing in pixels, one number or (height, width).
        palette: colors by name, "#rrggbb" or (r, g, b). The first is the background, label 0, which
            the eraser paints; the others are labels 1, 2, …
        picture: what is drawn over: an array (H, W, 3), a tensor (C, H, W) in [−1, 1], or a file.
        brush: its diameter at first, in pixels of the drawing.
        label: what the canvas is for, in a few words; screen readers say it.
        offer: a further button's words, and what it calls: a function that gives something to `load`, or None, after
            which listeners are called once more with the drawing as it is.

    Raises:
        ValueError: if the palette has fewer than two colors or more than 256.
    """

    _esm = view_files("canvas.js")
    _css = view_files("canvas.css")
    actions = ("take_loaded", "commit", "undo", "redo", "clear", "load_offered")

    setup = traitlets.Dict().tag(sync=True)
    # From the page bytes come as a memoryview, which `Bytes` would refuse without a word.
    bits = traitlets.CBytes(b"").tag(sync=True, echo_update=False)
    loaded = traitlets.CBytes(b"").tag(sync=True, echo_update=False)
    brush = traitlets.Float(3.0).tag(sync=True, echo_update=False)
    chosen = traitlets.Int(1).tag(sync=True, echo_update=False)
    mirrored = traitlets.Bool(False).tag(sync=True, echo_update=False)  # whether the pen draws on both sides
    under = traitlets.Bytes(b"").tag(sync=True)
    answer = traitlets.Bytes(b"").tag(sync=True)
    answer_size = traitlets.List([0, 0]).tag(sync=True)

    def __init__(
        self,
        size: int | tuple[int, int] = 64,
        palette: Mapping[str, Color] | None = None,
        picture: Any = None,
        *,
        brush: float = 3.0,
        label: str = "",
        offer: tuple[str, Callable[[], Any]] | None = None,
    ) -> None:
        self._offered = offer and offer[1]
        self.size = (size, size) if isinstance(size, int) else (int(size[0]), int(size[1]))
        self.soft = palette is None and picture is None
        colors = SKETCH if self.soft else dict(palette or MASK)
        if not 2 <= len(colors) <= 256:
            raise ValueError(f"A palette has 2 to 256 colors; this one has {len(colors)}.")
        self.names = list(colors)
        self.colors = np.array([rgb_of(color) for color in colors.values()], np.uint8)
        self.picture = None if picture is None else read_picture(picture, self.size)
        self._listeners: list[Callable[[np.ndarray], Any]] = []
        self._array, self._taken = self._blank(), b""
        if not label:
            label = "ink sketch" if self.soft else "label map" if picture is None else "drawing over a picture"
        super().__init__(
            max(2, REMEMBERED_BYTES // max(1, self._array.size)),
            setup={
                "height": self.size[0],
                "width": self.size[1],
                "soft": self.soft,
                "names": self.names,
                "colors": self.colors.tolist(),
                "over": self.picture is not None,
                "label": label,
                "offer": offer[0] if offer else "",
            },
            bits=self._array.tobytes(),
            under=b"" if self.picture is None else self.picture.tobytes(),
            brush=brush,
        )
        self.observe(self._drawn, "bits")

    # What is drawn.

    @property
    def array(self) -> np.ndarray:
        """The drawing, uint8, (H, W): labels, or the gray of a sketch (255 is paper). This is what listeners get."""
        return self._array.copy()

    @property
    def labels(self) -> np.ndarray:
        """The label of each pixel, uint8, (H, W). Of a sketch: 1 where ink covers half of it or more."""
        return (self._array < 128).astype(np.uint8) if self.soft else self.array

    @property
    def mask(self) -> np.ndarray:
        """Where anything but the background is drawn: bool, (H, W)."""
        return self.labels > 0

    @property
    def rgb(self) -> np.ndarray:
        """The drawing as one sees it, over its picture if there is one: uint8, (H, W, 3)."""
        if self.soft:
            return np.repeat(self._array[..., None], 3, -1)
        return colored(self._array, self.colors, self.picture)

    # What the user, or a cell, can do.

    def on_change(self, listener: Callable[[np.ndarray], Any]) -> None:
        """Call a function with `array` now and whenever the drawing has changed.

        It runs in the canvas's thread, one call at a time, always with the newest drawing: as often
        as it can follow. If it gives back a picture, a tensor (C, H, W) in [−1, 1] or an array
        (H, W, 3) of bytes, that is shown beside the drawing. Its errors are shown as words.
        """
        self._listeners.append(listener)
        self._worker.wish(self._array)

    def draw(
        self, points: Sequence[tuple[float, float]], color: str | int | None = None, size: float | None = None
    ) -> None:
        """Draw a stroke from Python: through points (x, y), in pixels of the drawing; on both sides if `mirrored`.

        Args:
            color: a name of the palette or its number; by default the one that is chosen. The first erases.
            size: the brush's diameter; by default that of the panel.
        """
        number = self.chosen if color is None else self.names.index(color) if isinstance(color, str) else color
        if not 0 <= number < len(self.names):
            raise ValueError(f"The palette's colors are 0 to {len(self.names) - 1}; asked for {number}.")
        value = (0 if number else PAPER) if self.soft else number
        drawn = stroke(self._array, points, size or self.brush, value, self.soft)
        if self.mirrored:
            other = [(self.size[1] - x, y) for x, y in points]
            drawn = stroke(drawn, other, size or self.brush, value, self.soft)
        self._become(drawn)

    def load(self, what: Any) -> None:
        """Take over a drawing, or the picture to draw over.

        Args:
            what: for a canvas over a picture, the new picture; the drawing is cleared. Else labels or
                gray (H, W), whole numbers from 0 (ink) to 255 (paper), or something in colors: an array
                (H, W, 3), a tensor (C, H, W) in [−1, 1], or a file. Each color becomes the nearest one
                of the palette.

        Raises:
            ValueError: if an array's shape is not the canvas's, a label is not in the palette, or gray is no byte.
        """
        if self.picture is not None:
            self.picture = read_picture(what, self.size)
            self.under = self.picture.tobytes()
            self._become(self._blank())
            return
        if isinstance(what, np.ndarray | Tensor) and what.ndim == 2:
            drawn = np.asarray(what)
            if drawn.shape != self.size:
                raise ValueError(f"The canvas is {self.size[0]} × {self.size[1]}; what is loaded is {drawn.shape}.")
            if not self.soft and not (drawn.min() >= 0 and drawn.max() < len(self.names)):
                raise ValueError(
                    f"Labels go from 0 to {len(self.names) - 1}; here from {drawn.min()} to {drawn.max()}."
                )
            if self.soft and not (drawn.dtype.kind in "ui" and drawn.min() >= 0 and drawn.max() <= 255):
                raise ValueError(
                    "The gray of a sketch is in whole numbers from 0, ink, to 255, paper; here it is in "
                    f"{drawn.dtype} from {drawn.min()} to {drawn.max()}. Give floats in [−1, 1] as a tensor (1, H, W)."
                )
            self._become(drawn.astype(np.uint8))
            return
        self._become(self._from_colors(read_picture(what, self.size, smooth=self.soft)))

    def clear(self) -> None:
        """An empty canvas. Undo brings the drawing back."""
        self._become(self._blank())

    def commit(self) -> None:
        """Remember this drawing, so that undo comes back to it."""
        self._drawn()  # a stroke and its end may come in one message, and the end be told first
        super().commit()

    def load_offered(self) -> None:
        """Take over what the further button gives. Undo brings the drawing back."""
        if not self._offered:
            return
        given = self._offered()
        if given is None:
            self._worker.wish(self._array)
        else:
            self.load(given)

    def take_loaded(self) -> None:
        """Take over the picture file that the page has opened: its pixels are in `loaded`."""
        height, width = self.size
        if len(self.loaded) == height * width * 3:
            self.load(np.frombuffer(self.loaded, np.uint8).reshape(height, width, 3))

    # Between the page and the thread.

    def _drawn(self, change: Any = None) -> None:
        """The page, or a method here, has a new drawing."""
        if len(self.bits) == self._array.size and self.bits is not self._taken:
            self._taken = self.bits
            drawn = np.frombuffer(self.bits, np.uint8).reshape(self.size)
            self._array = drawn if self.soft else np.where(drawn < len(self.names), drawn, 0).astype(np.uint8)
            self._worker.wish(self._array)

    def _become(self, drawn: np.ndarray) -> None:
        self.commit()
        self.bits = np.ascontiguousarray(drawn).tobytes()
        self.commit()

    def _current(self) -> np.ndarray:
        return self._array

    def _same(self, one: np.ndarray, other: np.ndarray) -> bool:
        return np.array_equal(one, other)

    def _restore(self, state: np.ndarray) -> None:
        self.bits = state.tobytes()

    def _come(self) -> None:
        self._do(self._keep_still)

    def _blank(self) -> np.ndarray:
        return np.full(self.size, PAPER if self.soft else 0, np.uint8)

    def _from_colors(self, picture: np.ndarray) -> np.ndarray:
        return gray(picture) if self.soft else nearest_labels(picture, self.colors)

    # What follows runs in the thread.

    def _serve(self, wish: np.ndarray) -> None:
        for listener in list(self._listeners):
            answered = listener(wish.copy())
            if answered is not None:
                pixels = pixels_of(answered)
                self._tell(answer_size=list(pixels.shape[:2]), answer=pixels.tobytes())
        if self.status.startswith("Stopped"):
            self._tell(status="")

    def _picture(self) -> dict[str, str]:
        height, width = self.size
        factor = max(1, round(360 / height))
        buffer = io.BytesIO()
        large = Image.fromarray(self.rgb).resize((width * factor, height * factor), Image.Resampling.NEAREST)
        large.save(buffer, format="PNG", optimize=True)
        shares = np.bincount(self.labels.ravel(), minlength=len(self.names)) / self._array.size
        present = sorted(((share, name) for share, name in zip(shares, self.names, strict=True) if share), reverse=True)
        alt = f"{self.setup['label']}, {height} × {width} pixels: "
        alt += ", ".join(f"{name} {share:.0%}" for share, name in present)
        data = base64.b64encode(buffer.getvalue()).decode()
        tag = f'<img src="data:image/png;base64,{data}" alt="{html.escape(alt)}" width="{width * factor}">'
        return {"text/html": tag, "text/plain": alt}


def rgb_of(color: Color) -> tuple[int, int, int]:
    """A color as three bytes, from "#rrggbb", a name that CSS knows, or three numbers."""
    red, green, blue = ImageColor.getrgb(color)[:3] if isinstance(color, str) else [int(c) for c in color]
    return red, green, blue


def pixels_of(picture: Any) -> np.ndarray:
    """A picture as bytes (H, W, 3): from an array (H, W, 3) of bytes, or a tensor (C, H, W) in [−1, 1].

    Raises:
        ValueError: for anything else.
    """
    if isinstance(picture, np.ndarray) and picture.dtype == np.uint8 and picture.ndim == 3 and picture.shape[2] == 3:
        return np.ascontiguousarray(picture)
    tensor = torch.as_tensor(picture)
    tensor = tensor[0] if tensor.ndim == 4 and len(tensor) == 1 else tensor
    if tensor.ndim != 3 or tensor.shape[0] not in (1, 3):
        raise ValueError(
            "A picture is an array (H, W, 3) of bytes or a tensor (C, H, W) in [−1, 1], C 1 or 3; "
            f"this has the shape {tuple(tensor.shape)}."
        )
    as_bytes = tensor if tensor.dtype == torch.uint8 else to_bytes(tensor)
    return as_bytes.cpu().expand(3, -1, -1).permute(1, 2, 0).contiguous().numpy()


def read_picture(what: Any, size: tuple[int, int], smooth: bool = True) -> np.ndarray:
    """A picture of the canvas's size, from a file, an image, an array or a tensor: uint8, (H, W, 3).

    Another size is cut to the same proportions around its middle and scaled; labels not `smooth`.
    """
    image = Image.open(what) if isinstance(what, str | Path) else what
    if not isinstance(image, Image.Image):
        image = Image.fromarray(pixels_of(image))
    height, width = size
    share = min(image.width / width, image.height / height)
    wide, tall = share * width, share * height
    left, top = (image.width - wide) / 2, (image.height - tall) / 2
    how = Image.Resampling.LANCZOS if smooth else Image.Resampling.NEAREST
    box = (left, top, left + wide, top + tall)
    return np.array(image.convert("RGB").resize((width, height), how, box=box))
