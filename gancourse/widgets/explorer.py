"""A latent space to move through: sliders, a pad between four corners, and films of the way.

It works for any generator: give it what makes pictures from z. A thread of the panel's own owns the
generator and always draws the newest place; what the user does only says which place that is, so
nothing queues up and the last value is always the one that is shown. Pixels go to the page as they
are, without PNG or JPEG. Without a front end the panel shows as a picture.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import traitlets
from matplotlib.figure import Figure
from torch import Tensor

from gancourse.data.sheet import GAP
from gancourse.latent.drawing import Generate, draw, tiles
from gancourse.plots import axes, figure, picture
from gancourse.running import quick
from gancourse.widgets.base import number_within, view_files
from gancourse.widgets.knobs import Choice, Knob, described_knobs, knob_meanings, knob_settings
from gancourse.widgets.owned import Undoable

RING = (0, 1, 3, 2)  # the corners in the order of a walk around the pad
REMEMBERED_PLACES = 200  # places that can be come back to


@dataclass(frozen=True, eq=False)
class Place:
    """Where in the latent space: all that a picture depends on.

    Attributes:
        corners: (4, latent_dim).
        at: x and y on the pad, in [0, 1], to the right and down.
        values: each slider's.
        truncation: how much of the distance from the center is kept.
        spherical: whether the pad goes along arcs.
        condition: what the controls of the condition say.
    """

    corners: Tensor
    at: tuple[float, float]
    values: Mapping[str, float]
    truncation: float
    spherical: bool
    condition: Mapping[str, Any] = field(default_factory=dict)

    def like(self, other: Place) -> bool:
        """Whether both are the same place."""
        mine, others = ({k: v for k, v in vars(p).items() if k != "corners"} for p in (self, other))
        return self.corners is other.corners and mine == others

    def has_ends_of(self, other: Place) -> bool:
        """Whether both have the same four pictures in the corners of the pad."""
        mine, others = ((p.truncation, p.condition) for p in (self, other))
        return self.corners is other.corners and mine == others


@dataclass(frozen=True, eq=False)
class Saved:
    """A picture that was kept: its z (latent_dim,), what it was asked for, uint8 pixels (H, W, 3), its file."""

    z: Tensor
    condition: Mapping[str, Any]
    pixels: np.ndarray
    path: Path

    def __repr__(self) -> str:
        return f"<Saved {self.path.name}>"


def z_of(place: Place, directions: Mapping[str, Tensor], center: Tensor) -> Tensor:
    """The z (latent_dim,) of a place: between the corners, pulled to the center, plus what the sliders add."""
    from gancourse.latent.interpolate import between

    base = between(place.corners - center, *place.at, spherical=place.spherical)
    return center + place.truncation * base + added(place, directions)


def added(place: Place, directions: Mapping[str, Tensor]) -> Tensor:
    """What the sliders add: their values times their directions, (latent_dim,)."""
    total = torch.zeros_like(place.corners[0])
    for name, direction in directions.items():
        total = total + place.values[name] * direction
    return total


class LatentExplorer(Undoable[Place]):
    """A panel to walk through a generator's latent space.

    Args:
        generate: z (n, latent_dim), and keywords if there is a condition, to pictures in [−1, 1],
            (n, C, H, W). Only the panel's own thread calls it. A network draws in evaluation mode.
        latent_dim: length of z.
        directions: what the sliders add. A number n: the first n coordinates of z; several numbers:
            these coordinates; vectors (latent_dim,) by name, such as `principal_directions(…).named()`.
        reach: how far a slider goes either way.
        condition: further controls by keyword of `generate`: `Knob` for a number, `Choice` for one of several.
        pad: whether there is a pad between four corners; without it there is one base picture.
        spherical: whether the pad goes along arcs at first.
        truncation: where its slider starts; None leaves it out. Below 1 pictures come closer to the center.
        center: where truncation pulls to, (latent_dim,); zero by default, the mean of w for a style-based one.
        sample: draws n base points (n, latent_dim); N(0, I) by default, mapped noise for a style-based one.
        seed: of the first corners, and of those that follow.
        subject: what the pictures show, in a word or two; for alt text.
        folder: where Save and Film put their files.

    Attributes:
        saved: the pictures kept with Save, in order.
        films: the files written by Film.
    """

    _esm = view_files("explorer.js")
    _css = view_files("explorer.css")
    actions = ("commit", "random", "undo", "redo", "reset", "save", "film")

    # What the page says.
    at = traitlets.List([0.5, 0.5]).tag(sync=True, echo_update=False)
    values = traitlets.Dict().tag(sync=True, echo_update=False)
    condition = traitlets.Dict().tag(sync=True, echo_update=False)
    truncation = traitlets.Float(1.0).tag(sync=True, echo_update=False)
    spherical = traitlets.Bool(True).tag(sync=True, echo_update=False)
    # What the page is told.
    controls = traitlets.Dict().tag(sync=True)
    frame = traitlets.Bytes(b"").tag(sync=True)
    frame_size = traitlets.List([0, 0]).tag(sync=True)
    corner_frames = traitlets.Bytes(b"").tag(sync=True)
    progress = traitlets.Float(-1.0).tag(sync=True)
    clip = traitlets.Bytes(b"").tag(sync=True)

    def __init__(
        self,
        generate: Generate,
        latent_dim: int,
        *,
        directions: int | Sequence[int] | Mapping[str, Tensor] = 4,
        reach: float = 3.0,
        condition: Mapping[str, Knob | Choice] | None = None,
        pad: bool = True,
        spherical: bool = True,
        truncation: float | None = 1.0,
        center: Tensor | None = None,
        sample: Callable[[int], Tensor] | None = None,
        seed: int = 0,
        subject: str = "picture",
        folder: str | Path = "pictures",
    ) -> None:
        self._generate, self._folder = generate, Path(folder)
        self._subject = subject = subject.removeprefix("a ").removeprefix("an ")  # it is said in the plural too
        self._directions = named_directions(directions, latent_dim)
        self._asked_for = dict(condition or {})
        self._center = torch.zeros(latent_dim) if center is None else center.detach().cpu().float()
        noise = torch.Generator().manual_seed(seed)
        self._sample = sample or (lambda n: torch.randn(n, latent_dim, generator=noise))
        self._pad, self._reach = pad, reach
        self._corners = self._new_corners()
        self._corners_drawn: Place | None = None
        self.saved: list[Saved] = []
        self.films: list[Path] = []
        self.shown: Place | None = None
        super().__init__(
            REMEMBERED_PLACES,
            at=[0.5, 0.5] if pad else [0.0, 0.0],
            values=dict.fromkeys(self._directions, 0.0),
            condition=knob_settings(self._asked_for, {}),
            truncation=1.0 if truncation is None else truncation,
            spherical=spherical,
            controls={
                "sliders": list(self._directions),
                "reach": reach,
                "pad": pad,
                "truncation": truncation is not None,
                "subject": subject,
                "condition": described_knobs(self._asked_for),
            },
        )
        self.observe(self._moved, ["at", "values", "condition", "truncation", "spherical"])
        self._worker.wish(self.place())

    # What the user, or a cell, can ask for.

    def place(self) -> Place:
        """Where the controls stand."""
        x, y = (number_within(v, 0, 1, 0.5) for v in [*self.at, 0.5, 0.5][:2])
        values = {name: number_within(self.values.get(name), -self._reach, self._reach) for name in self._directions}
        condition = knob_settings(self._asked_for, self.condition)
        at = (x, y) if self._pad else (0.0, 0.0)
        return Place(self._corners, at, values, number_within(self.truncation, 0, 2, 1.0), self.spherical, condition)

    @property
    def z(self) -> Tensor:
        """The z that the controls stand for, (latent_dim,)."""
        return z_of(self.place(), self._directions, self._center)

    def random(self) -> None:
        """New corners. Sliders and pad stay where they are."""
        self.commit()
        self._corners = self._new_corners()
        self._worker.wish(self.place())
        self.commit()

    def reset(self) -> None:
        """All sliders to zero."""
        self.commit()
        self.values = dict.fromkeys(self._directions, 0.0)
        self.commit()

    def save(self) -> None:
        """Keep the picture: in `saved`, and as a PNG in the folder."""
        place = self.place()
        self._do(lambda: self._save(place))

    def film(self, frames: int = 36) -> None:
        """Film the way through the saved pictures, or around the corners where fewer than two are saved.

        Args:
            frames: from one to the next. The condition is that of the controls.
        """
        place = self.place()
        self._do(lambda: self._film(place, [kept.z for kept in self.saved], frames))

    def overview(self) -> tuple[Figure, str]:
        """What the panel can reach, as a figure and its alt text."""
        rows, steps = list(self._directions)[:5], quick(5, 2)
        return draw_overview(
            self._generate_at, self.place(), rows, self._reach, steps=steps, pad=self._pad, subject=self._subject
        )

    def _moved(self, change: Any) -> None:
        self._worker.wish(self.place())

    def _current(self) -> Place:
        return self.place()

    def _same(self, one: Place, other: Place) -> bool:
        return one.like(other)

    def _restore(self, state: Place) -> None:
        self._corners = state.corners
        with self.hold_sync():
            self.at, self.values, self.condition = list(state.at), dict(state.values), dict(state.condition)
            self.truncation, self.spherical = state.truncation, state.spherical
        self._worker.wish(self.place())

    def _new_corners(self) -> Tensor:
        return self._sample(4).detach().cpu().float()

    # What follows runs in the thread that owns the generator.

    def _generate_at(self, places: Sequence[Place]) -> Tensor:
        """The pictures of places that share a condition: uint8, (n, H, W, 3)."""
        zs = torch.stack([z_of(place, self._directions, self._center) for place in places])
        return draw(self._generate, zs, **self._meaning(places[0]))

    def _meaning(self, place: Place) -> dict[str, Any]:
        """The keywords that the generator gets."""
        return knob_meanings(self._asked_for, place.condition)

    def _serve(self, wish: Place) -> None:
        (pixels,) = self._generate_at([wish])
        status = "" if self.status.startswith("Stopped") else self.status
        self._tell(frame_size=list(pixels.shape[:2]), frame=pixels.numpy().tobytes(), status=status)
        self.shown = wish
        drawn = self._corners_drawn is not None and wish.has_ends_of(self._corners_drawn)
        if self._pad and not drawn and self.place().like(wish):
            bare = dict.fromkeys(wish.values, 0.0)
            ends = [replace(wish, at=at, values=bare) for at in ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0))]
            self._tell(corner_frames=self._generate_at(ends).numpy().tobytes())
            self._corners_drawn = wish

    def _save(self, place: Place) -> None:
        from PIL import Image

        pixels = self._generate_at([place])[0].numpy()
        path = free(self._folder, "picture", ".png")
        Image.fromarray(pixels).save(path)
        self.saved.append(Saved(z_of(place, self._directions, self._center), self._meaning(place), pixels, path))
        self._tell(status=f"Saved as {path}; {len(self.saved)} kept.")

    def _film(self, place: Place, saved: list[Tensor], frames: int) -> None:
        from gancourse.latent.films import film
        from gancourse.latent.interpolate import along

        if len(saved) >= 2:
            stops, what = torch.stack(saved) - self._center, f"through {len(saved)} saved pictures"
        else:
            ends = place.truncation * (place.corners[list(RING)] - self._center)
            stops, what = ends + added(place, self._directions), "around the four corners"
        zs = self._center + along(stops, frames, spherical=place.spherical, closed=True)
        mp4 = free(self._folder, "film", ".mp4", ".gif")
        gif = mp4.with_suffix(".gif")
        told = time.monotonic()

        def tell(share: float) -> None:
            nonlocal told
            if time.monotonic() - told > 0.1:
                told = time.monotonic()
                self._tell(progress=share)
            self._worker.turn()

        try:
            self._tell(progress=0.0)
            film(self._generate, zs, mp4, progress=lambda n, of: tell(n / of / 2), **self._meaning(place))
            film(self._generate, zs, gif, progress=lambda n, of: tell(0.5 + n / of / 2), **self._meaning(place))
        finally:
            self._tell(progress=-1.0)
        self.films += [mp4, gif]
        self._tell(clip=mp4.read_bytes(), status=f"A film {what}: {mp4}, and as {gif.name}.")

    def _picture(self) -> dict[str, str]:
        return picture(*self.overview())


def named_directions(directions: int | Sequence[int] | Mapping[str, Tensor], latent_dim: int) -> dict[str, Tensor]:
    """Directions by name; coordinates as unit vectors named after them.

    Raises:
        ValueError: for a coordinate that z does not have, or a vector of another length.
    """
    if isinstance(directions, Mapping):
        for name, direction in directions.items():
            if direction.shape != (latent_dim,):
                raise ValueError(f"{name!r} should have shape ({latent_dim},); it has {tuple(direction.shape)}.")
        return {name: direction.detach().cpu().float() for name, direction in directions.items()}
    which = range(min(directions, latent_dim)) if isinstance(directions, int) else directions
    if any(not 0 <= i < latent_dim for i in which):
        raise ValueError(f"z has coordinates 0 to {latent_dim - 1}; asked for {list(which)}.")
    unit = torch.eye(latent_dim)
    return {f"z[{i}]": unit[i] for i in which}


def draw_overview(
    generate_at: Callable[[Sequence[Place]], Tensor],
    place: Place,
    rows: Sequence[str],
    reach: float,
    *,
    steps: int = 5,
    pad: bool = True,
    subject: str = "picture",
) -> tuple[Figure, str]:
    """A figure of what can be reached from a place, and its alt text.

    On the left steps × steps pictures between the corners; on the right one row per slider, from
    −reach to reach, the other sliders where they stand.

    Args:
        generate_at: places to pictures, uint8, (n, H, W, 3).
        rows: names of sliders.
    """
    stops = [i / (steps - 1) for i in range(steps)]
    values = torch.linspace(-reach, reach, max(3, steps)).tolist()
    parts: list[tuple[str, int, list[Place]]] = []
    if pad:
        parts += [("between the four corners", steps, [replace(place, at=(x, y)) for y in stops for x in stops])]
    if rows:
        along = [replace(place, values={**place.values, name: value}) for name in rows for value in values]
        parts += [("along the sliders", len(values), along)]
    fig = figure(max(4.2, 4.4 * len(parts)), 4.4)
    parts = parts or [(f"one {subject}", 1, [place])]
    for ax, (title, columns, places) in zip(axes(fig, 1, len(parts)), parts, strict=True):
        pixels = generate_at(places)
        ax.imshow(tiles(pixels, columns).numpy(), interpolation="antialiased")
        ax.set_title(title, fontsize=11)
        ax.grid(False)
        ax.spines[:].set_visible(False)
        ax.tick_params(length=0)
        ax.set(xticks=[], yticks=[])
        if title == "along the sliders":
            tall, wide = (side + GAP for side in pixels.shape[1:3])
            ax.set_yticks([(i + 0.5) * tall for i in range(len(rows))], list(rows))
            ax.set_xticks([(i + 0.5) * wide for i in range(columns)], [f"{v:+.1f}".replace("-", "−") for v in values])
    words = [f"{steps} × {steps} {subject}s between four corners"] if pad else []
    words += [f"one row each along {', '.join(rows)}, from −{reach:g} to {reach:g}"] if rows else []
    return fig, f"What the generator makes of z: {'; '.join(words) or f'one {subject}'}."


def free(folder: Path, stem: str, *suffixes: str) -> Path:
    """The first name with a number that no file has yet, in a folder that is then there."""
    folder.mkdir(parents=True, exist_ok=True)
    number = 1
    while any((folder / f"{stem}-{number}{suffix}").exists() for suffix in suffixes):
        number += 1
    return folder / f"{stem}-{number}{suffixes[0]}"
