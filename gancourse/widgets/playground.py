"""A GAN in the plane that one can watch, play, take apart and draw data for.

Python trains and sends raw numbers (D's heat map, samples, arrows, the bent plane of noise); the
page draws them on a canvas. Without a page, `gancourse.widgets.plane.draw_playground` makes the
same picture with matplotlib.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
import traitlets
from torch import Tensor

from gancourse.data.toys import Mixture
from gancourse.plots import figure, picture
from gancourse.widgets.base import Wait, view_files
from gancourse.widgets.knobs import Choice, Knob
from gancourse.widgets.panel import Panel
from gancourse.widgets.plane import Lens, PlaneScene, draw_playground, look, undisturbed

DRAW = "draw your own"


class Drawn:
    """The distribution a user has drawn: a narrow bell around every point of the pen.

    Attributes:
        points: (n, 2), replaced as a whole when the drawing changes; a run that is going sees it at once.
        std: of the bells.
    """

    def __init__(self, points: Tensor, std: float = 0.06) -> None:
        self.points, self.std = points, std

    def sample(self, n: int) -> Tensor:
        """n draws, (n, 2).

        Raises:
            Wait: if nothing is drawn.
        """
        points = self.points
        if not len(points):
            raise Wait("Nothing is drawn yet. Draw the data on the picture, then press Play.")
        return points[torch.randint(len(points), (n,))] + self.std * torch.randn(n, 2)

    @property
    def mixture(self) -> Mixture:
        """The same with an exact density."""
        return Mixture(self.points, self.std)


class Playground(Panel[Any]):
    """A panel for GANs in the plane.

    A game is any object with

    - `G(z)`, points (n, 2), and `D(x)`, logits (n, 1) or (n,);
    - `noise(n)`, the z that G takes, and `sample(n)`, real points (n, 2);
    - `d_step()` and `g_step()`, which train one player for one step;
    - `lr_D`, `lr_G` and `k`, which the sliders set; `history`, a list of (D's loss, G's loss).

    And, where it differs from the usual:

    - `step()`, one full step; else k times `d_step()` and once `g_step()`;
    - `judge(x)`, D's logits on single points, where `D` takes packs or looks at whole batches;
    - `g_loss(logits)`, the mean loss that G minimizes, for the arrows; else −mean log D;
    - `critic = True`, if D's outputs are scores and no logits.

    G, D and judge should leave the game as it is. With noise of two dimensions the bent plane of z is drawn.

    Args:
        make: builds a game, `make(target, loss, remedy, seed)`, and from the values of further knobs
            that restart, by name. If None, plain GANs and packing (`gancourse.widgets.plane_game`).
        targets: by name, what is to be learned: anything with `sample(n)`; `make` gets it as it is.
            "draw your own" is added, a target whose points the user draws.
        losses: by name, whatever `make` understands; or the names alone.
        remedies: the same.
        knobs: further `Knob`s and `Choice`s by name. One that does not restart sets the game's attribute.
        note: a sentence on the game for the line under the picture, such as how many modes it covers.
        start: what is chosen at first, such as `{"target": "ring of 8", "seed": 3}`.

    Errors of the game stop it and are shown under the picture; an exercise that is not written says so.
    """

    _esm = view_files("panel.js", "playground.js")
    _css = view_files("panel.css", "playground.css")

    # Pen points x, y in the plane as float32; NaN, NaN ends a stroke.
    drawing = traitlets.CBytes(b"").tag(sync=True)
    drawable = traitlets.Unicode(DRAW).tag(sync=True)
    extent_drawn = traitlets.Float(2.5).tag(sync=True)
    layers = traitlets.Dict({"heat": True, "arrows": True, "mesh": True}).tag(sync=True)

    least_pause = 0.04

    def __init__(
        self,
        make: Callable[..., Any] | None = None,
        targets: Mapping[str, Any] | None = None,
        losses: Mapping[str, Any] | Iterable[str] | None = None,
        remedies: Mapping[str, Any] | Iterable[str] | None = None,
        *,
        knobs: Mapping[str, Knob | Choice] | None = None,
        note: Callable[[Any], str] | None = None,
        start: Mapping[str, Any] | None = None,
    ) -> None:
        if make is None or targets is None:
            # Late: the module holds answers to exercises, and a lesson's own game does without it.
            from gancourse.widgets import plane_game

            targets = plane_game.TARGETS if targets is None else targets
            if make is None:
                make, losses, remedies = plane_game.make, losses or plane_game.LOSSES, remedies or plane_game.REMEDIES
        start = dict(start or {})
        self._maker, self._note, self._figure = make, note, figure(9.5, 4.6)
        self._lens: Lens | None = None
        self._drawn = Drawn(smile())
        chosen = {
            "target": Choice("data", {**targets, DRAW: self._drawn}, start.pop("target", "")),
            "loss": Choice("loss", named(losses or ["non-saturating"]), start.pop("loss", "")),
            "remedy": Choice("remedy", named(remedies or ["none"]), start.pop("remedy", "")),
            "seed": Knob("seed", 0, 20, start.pop("seed", 0), whole=True, restarts=True),
            **(knobs or {}),
        }
        rates = self._rates({name: knob.meaning(knob.start) for name, knob in chosen.items() if knob.restarts}, start)
        super().__init__({**chosen, **rates})
        self.drawing = stroke_bytes(self._drawn.points)
        self.observe(self._redrawn, "drawing")
        self.observe(self._changed, ["drawing"])

    @property
    def game(self) -> Any:
        """The game that is being played; None after Stop or if it could not be made."""
        return self.state

    def draw_target(self, points: Any) -> None:
        """Draw the data from Python: points (n, 2), within ±2.5. It is used where "draw your own" is chosen."""
        self.drawing = stroke_bytes(torch.as_tensor(points, dtype=torch.float32))

    def _rates(self, settings: dict[str, Any], start: dict[str, Any]) -> dict[str, Knob]:
        """Sliders that start where the first game stands."""
        try:
            game = self._maker(**settings)
        except Exception:
            game = None  # the panel makes it again and says what is wrong
        at = {name: start.pop(name, getattr(game, name, usual)) for name, usual in RATES.items()}
        if start:
            raise ValueError(f"A playground does not start with {sorted(start)}; it knows data, sliders and knobs.")
        return {
            "lr_D": Knob("D's learning rate", min(1e-5, at["lr_D"]), max(1e-1, at["lr_D"]), at["lr_D"], log=True),
            "lr_G": Knob("G's learning rate", min(1e-5, at["lr_G"]), max(1e-1, at["lr_G"]), at["lr_G"], log=True),
            "k": Knob("D's steps k", 1, max(20, at["k"]), at["k"], whole=True),
        }

    def _redrawn(self, change: Any) -> None:
        """Take over the user's pen. May run in any thread: it sets attributes and nothing else."""
        self._drawn.points = stroke_points(change["new"])
        if self.settings()["target"] == DRAW:
            self._lens = None

    def _make(self, settings: dict[str, Any]) -> Any:
        self._lens = None
        game = self._maker(**{name: value for name, value in settings.items() if self._knobs[name].restarts})
        for name, value in settings.items():
            if not self._knobs[name].restarts:
                setattr(game, name, value)
        return game

    def _act(self, name: str) -> Callable[[Any], object] | None:
        own = getattr(self.state, name, None)
        if callable(own):
            return lambda game: own()
        return full_step if name == "step" else None

    def _eyes(self) -> Lens:
        """The lens of this game; a new one after the drawing has changed."""
        lens = self._lens
        if lens is None:
            extent = self.extent_drawn if self._applied.get("target") == DRAW else None
            self._lens = lens = Lens(self.state, extent=extent)
        return lens

    def _frame(self) -> dict[str, Any]:
        scene = look(self.state, self._eyes(), self._title())
        with undisturbed():
            note = self._note(self.state) if self._note else ""
        return {**packed(scene), "alt": f"{scene.words} {note}".strip(), "note": note}

    def _picture(self) -> dict[str, str]:
        if self.state is None:
            return {"text/html": "", "text/plain": self.status}
        return picture(self._figure, draw_playground(self._figure, self.state, self._eyes(), self._title()))

    def _title(self) -> str:
        at = self.settings()
        return f"{at['target']}, {at['loss']} loss, remedy: {at['remedy']}"


RATES = {"lr_D": 1e-3, "lr_G": 1e-3, "k": 1}


def full_step(game: Any) -> None:
    """k steps of D, then one of G."""
    for _ in range(int(game.k)):
        game.d_step()
    game.g_step()


def named(options: Mapping[str, Any] | Iterable[str]) -> dict[str, Any]:
    """Options by name; names alone stand for themselves."""
    return dict(options) if isinstance(options, Mapping) else {name: name for name in options}


def packed(scene: PlaneScene) -> dict[str, Any]:
    """A scene as bytes: D's heat map as uint8, everything else as float32."""
    return {
        "heat": (255 * scene.heat).round().to(torch.uint8).numpy().tobytes(),
        **{name: as_floats(getattr(scene, name)) for name in ("real", "fake", "arrows", "mesh", "losses")},
        "side": len(scene.heat),
        "steps": scene.steps,
        "extent": scene.extent,
    }


def as_floats(values: Tensor) -> bytes:
    """float32, row by row."""
    return values.detach().to("cpu", torch.float32).contiguous().numpy().tobytes()


def stroke_bytes(points: Tensor) -> bytes:
    """Points (n, 2) as one stroke of the pen."""
    ended = torch.cat([points.reshape(-1, 2).float(), torch.full((1, 2), math.nan)])
    return as_floats(ended)


def stroke_points(drawing: bytes) -> Tensor:
    """The points of all strokes, (n, 2); what is no number is left out."""
    whole = drawing[: len(drawing) // 8 * 8]
    points = torch.frombuffer(bytearray(whole), dtype=torch.float32).reshape(-1, 2) if whole else torch.empty(0, 2)
    return points[points.isfinite().all(1)][:4000]


def smile() -> Tensor:
    """Something to start from: two dots over an arc, (60, 2)."""
    turn = torch.linspace(math.pi * 1.1, math.pi * 1.9, 44)
    arc = 1.5 * torch.stack([turn.cos(), turn.sin()], dim=1)
    dots = 0.08 * torch.stack([(8 * turn[:8]).cos(), (8 * turn[:8]).sin()], dim=1)
    return torch.cat([arc, dots + torch.tensor([-0.6, 0.8]), dots + torch.tensor([0.6, 0.8])])
