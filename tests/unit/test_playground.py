"""The playground without a browser: what it shows is true, what it does is what was asked."""

from __future__ import annotations

import ast
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from gancourse.data.toys import ring
from gancourse.plots import figure, png
from gancourse.widgets import Choice, Knob, Playground, plane
from gancourse.widgets import playground as module
from gancourse.widgets.plane import Lens, draw_playground, look, pull
from gancourse.widgets.plane_game import LOSSES, PlaneGame

torch.set_num_threads(1)


def until(what: Callable[[], Any], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def known_game(slope: float = 2.0, **more: Any) -> Any:
    """A game whose every part is known: D(x) = slope · x₀, G(z) = z + (1, 0), real points on the y axis."""
    return SimpleNamespace(
        G=lambda z: z + torch.tensor([1.0, 0.0]),
        D=lambda x: slope * x[:, :1],
        noise=lambda n: 0.3 * torch.randn(n, 2),
        sample=lambda n: torch.stack([torch.zeros(n), torch.linspace(-1, 1, n)], dim=1),
        history=[(1.0, 2.0), (3.0, 4.0)],
        **more,
    )


@pytest.fixture
def playground() -> Iterator[Playground]:
    made = Playground(start={"target": "ring of 8"})
    yield made
    made.close()


def test_the_heat_map_is_Ds_probability_with_y_upwards() -> None:
    game = known_game()
    game.D = lambda x: x[:, 0] + 3 * x[:, 1]
    scene = look(game)
    e, side = scene.extent, len(scene.heat)
    x = torch.linspace(-e, e, side)
    assert torch.allclose(scene.heat[0], torch.sigmoid(x + 3 * e), atol=1e-5)  # the first row is the top
    assert torch.allclose(scene.heat[-1], torch.sigmoid(x - 3 * e), atol=1e-5)
    assert e == pytest.approx(1.3)


def test_a_critics_scores_are_shown_between_those_of_fake_and_of_real() -> None:
    scene = look(known_game(slope=-5.0, critic=True))
    side = len(scene.heat)
    at = (scene.real[:, 0].mean(), scene.fake[:, 0].mean())
    columns = [round((float(x) + scene.extent) / (2 * scene.extent) * (side - 1)) for x in at]
    assert scene.heat[0, columns[0]] > 0.95 and scene.heat[0, columns[1]] < 0.05
    assert "critic" in scene.words


@pytest.mark.parametrize(
    ("g_loss", "slope_of_loss"),
    [
        (lambda logits: F.softplus(-logits).mean(), lambda logit: -torch.sigmoid(-logit)),
        (lambda logits: -F.softplus(logits).mean(), lambda logit: -torch.sigmoid(logit)),
        (lambda logits: 0.5 * (logits - 1).square().mean(), lambda logit: logit - 1),
    ],
    ids=["non-saturating", "minimax", "least squares"],
)
def test_arrows_go_down_each_samples_own_loss(g_loss: Any, slope_of_loss: Any) -> None:
    fake, extent = torch.tensor([[-1.0, 0.3], [0.0, -2.0], [0.4, 0.0], [2.0, 1.0]]), 3.0
    arrows = pull(known_game(g_loss=g_loss), fake, extent)
    gradient = 2.0 * slope_of_loss(2.0 * fake[:, 0])
    assert torch.allclose(arrows[:, 0], -0.4 * extent * gradient / (gradient.abs() + 2 / extent), atol=1e-6)
    assert torch.equal(arrows[:, 1], torch.zeros(4))


def test_arrows_follow_minus_log_D_where_the_game_names_no_loss() -> None:
    fake = torch.randn(5, 2)
    assert torch.equal(
        pull(known_game(), fake, 1.0), pull(known_game(g_loss=lambda logits: F.softplus(-logits).mean()), fake, 1.0)
    )


def test_the_mesh_is_where_G_sends_the_plane_of_noise() -> None:
    game = known_game()
    lens = Lens(game)
    scene = look(game, lens)
    assert torch.allclose(scene.mesh, lens.mesh + torch.tensor([1.0, 0.0]))
    assert (lens.mesh[1:, :, 0] > lens.mesh[:-1, :, 0]).all() and (lens.mesh[:, 1:, 1] > lens.mesh[:, :-1, 1]).all()
    game.noise, game.G = lambda n: torch.randn(n, 3), lambda z: z[:, :2]
    assert look(game).mesh.numel() == 0


def test_a_judge_is_asked_instead_of_a_D_that_takes_packs() -> None:
    game = known_game(judge=lambda x: 5 * x[:, 1])
    game.D = None
    scene = look(game)
    assert scene.heat[0].min() > 0.9 and scene.heat[-1].max() < 0.1


def test_looking_changes_nothing() -> None:
    game = PlaneGame(ring(), pack=2)
    game.d_step()
    game.g_step()
    before = [p.clone() for net in (game.G, game.D) for p in net.parameters()]
    gradients = [p.grad.clone() for net in (game.G, game.D) for p in net.parameters()]
    state = torch.get_rng_state()
    lens = Lens(game)
    first, second = look(game, lens), look(game, lens)
    assert torch.equal(torch.get_rng_state(), state)
    after = [p for net in (game.G, game.D) for p in net.parameters()]
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))
    assert all(torch.equal(a, b.grad) for a, b in zip(gradients, after, strict=True))
    assert torch.equal(first.fake, second.fake) and torch.equal(first.heat, second.heat)


def test_the_static_picture_has_words_and_shows_both_players() -> None:
    game = PlaneGame(ring(8, std=0.06))
    fig = figure(6, 3)
    words = draw_playground(fig, game, title="a ring")
    assert words.startswith("a ring. After 0 steps. D gives real points ")
    for _ in range(3):
        game.d_step()
        game.g_step()
    assert "After 3 steps" in draw_playground(fig, game)
    assert png(fig).startswith(b"\x89PNG")
    plane, curves = fig.axes
    assert len(curves.lines) == 2 and list(curves.lines[0].get_ydata()) == pytest.approx([a for a, _ in game.history])
    assert len(plane.collections) == 3  # arrows, real, fake


def test_long_histories_are_thinned_to_their_means() -> None:
    game = known_game()
    game.history = [(float(i), 0.0) for i in range(1000)]
    scene = look(game)
    assert scene.steps == 1000 and scene.losses.shape == (200, 2)
    assert scene.losses[0, 0] == 2.0 and scene.losses[-1, 0] == 997.0


@pytest.mark.parametrize("name", list(LOSSES))
def test_the_games_steps_move_one_player_each(name: str) -> None:
    game = PlaneGame(ring(), LOSSES[name], pack=2, latent_dim=3)
    for step, moves, rests in ((game.d_step, game.D, game.G), (game.g_step, game.G, game.D)):
        still = [p.clone() for p in rests.parameters()]
        old = [p.clone() for p in moves.parameters()]
        step()
        assert all(torch.equal(a, b) for a, b in zip(still, rests.parameters(), strict=True))
        assert not all(torch.equal(a, b) for a, b in zip(old, moves.parameters(), strict=True))
    assert len(game.history) == 1 and all(math.isfinite(value) for value in game.history[0])
    game.lr_D, game.lr_G = 0.5, 0.25
    assert (game.lr_D, game.lr_G) == (0.5, 0.25)


@pytest.mark.slow
def test_the_default_game_learns_three_gaussians() -> None:
    torch.manual_seed(0)
    game = PlaneGame(ring(3, radius=1.5, std=0.2), seed=1)
    for _ in range(200):
        game.d_step()
        game.g_step()
    with torch.no_grad():
        distance = torch.cdist(game.G(game.noise(500)), ring(3, radius=1.5).modes).min(1).values
    assert distance.median() < 0.6  # it began at about 1.5


def test_it_opens_with_a_frame_of_raw_numbers(playground: Playground) -> None:
    frame = playground.frame
    assert len(frame["heat"]) == frame["side"] ** 2
    assert np.frombuffer(frame["fake"], "f4").reshape(-1, 2).shape == (256, 2)
    assert np.frombuffer(frame["mesh"], "f4").reshape(15, 15, 2).shape == (15, 15, 2)
    assert playground.buttons == ["step", "d_step", "g_step"]
    assert "ring of 8" in playground.alt and playground.status == ""


def test_run_trains_k_steps_of_D_for_one_of_G() -> None:
    told: list[Any] = []

    def make(target: Any, loss: str, remedy: str, seed: int) -> Any:
        told[:] = [loss, remedy, seed]
        game = known_game(lr_D=0.3, lr_G=0.2, k=3)
        game.d_step, game.g_step = lambda: told.append("D"), lambda: told.append("G")
        return game

    panel = Playground(make, {"a": ring()}, ["x", "y"], {"none": None}, start={"loss": "y", "seed": 4})
    assert told == ["y", None, 4]
    assert panel.settings() == {
        "target": "a", "loss": "y", "remedy": "none", "seed": 4, "lr_D": 0.3, "lr_G": 0.2, "k": 3
    }  # fmt: skip
    told.clear()
    panel.run(2)
    assert told == ["D", "D", "D", "G"] * 2
    panel.close()


def test_sliders_set_the_game_and_choices_make_a_new_one(playground: Playground) -> None:
    game = playground.game
    playground.values = {**playground.values, "lr_D": 0.01, "lr_G": 2e-4, "k": 4}
    until(lambda: game.k == 4)
    assert (game.lr_D, game.lr_G) == (0.01, 2e-4) and playground.game is game
    playground.values = {**playground.values, "remedy": "packing of 4", "loss": "hinge"}
    until(lambda: playground.game not in (None, game) and playground.alt and "packing of 4" in playground.alt)
    assert (playground.game.pack, playground.game.objective.name, playground.game.k) == (4, "hinge", 4)


def test_further_knobs_reach_the_game() -> None:
    made: list[dict[str, Any]] = []

    def make(target: Any, loss: Any, remedy: Any, seed: int, latent_dim: int, wide: Any) -> Any:
        made.append({"latent_dim": latent_dim, "wide": wide})
        return PlaneGame(target, seed=seed, latent_dim=latent_dim, width=wide)

    knobs = {
        "latent_dim": Knob("noise dimensions", 1, 8, 1, whole=True, restarts=True),
        "wide": Choice("width", {"narrow": 8, "wide": 32}),
        "batch": Knob("batch", 8, 64, 16, whole=True),
    }
    panel = Playground(make, {"ring": ring()}, knobs=knobs, note=lambda game: f"{game.latent_dim} dimensions.")
    assert made[-1] == {"latent_dim": 1, "wide": 8} and panel.game.batch == 16
    assert panel.frame["mesh"] == b"" and panel.frame["note"] == "1 dimensions."
    assert panel.alt.endswith("1 dimensions.")
    panel.close()


def test_a_drawing_is_what_the_running_game_learns(playground: Playground) -> None:
    playground.values = {**playground.values, "target": "draw your own"}
    until(lambda: "draw your own" in playground.alt)
    game = playground.game
    # As the page sends it: strokes of float32, each ended by NaN.
    strokes = np.array([[1, 1], [1.5, 1], [np.nan, np.nan], [2, 1], [np.nan, np.nan]], "f4")
    playground.drawing = memoryview(strokes.tobytes())
    until(lambda: playground._drawn.points.tolist() == [[1, 1], [1.5, 1], [2, 1]])
    assert playground.game is game
    sample = game.sample(2000)
    assert (sample - torch.tensor([1.5, 1.0])).abs().max() < 0.5 + 6 * 0.06
    until(lambda: np.frombuffer(playground.frame["real"], "f4").min() > 0.5)
    assert playground._drawn.mixture.modes.shape == (3, 2)
    playground.draw_target([[0.0, 0.0]])
    until(lambda: abs(np.frombuffer(playground.frame["real"], "f4")).max() < 0.5)


def test_with_nothing_drawn_it_asks_for_a_drawing(playground: Playground) -> None:
    playground.drawing = b""
    playground.values = {**playground.values, "target": "draw your own"}
    until(lambda: "Nothing is drawn" in playground.status)
    playground.draw_target(torch.randn(50, 2))
    until(lambda: playground.game is not None and playground.status == "")


@pytest.mark.parametrize("sent", [b"", b"abc", np.array([np.inf, 1, 2, np.nan], "f4").tobytes()])
def test_a_damaged_drawing_is_no_points(sent: bytes) -> None:
    assert module.stroke_points(sent).shape == (0, 2)


def test_a_drawing_survives_the_way_there_and_back() -> None:
    points = torch.randn(7, 2)
    assert torch.equal(module.stroke_points(module.stroke_bytes(points)), points)


def test_an_exercise_that_is_not_written_is_told() -> None:
    def make(target: Any, loss: Any, remedy: Any, seed: int) -> Any:
        raise NotImplementedError

    panel = Playground(make, {"ring": ring()})
    assert "not written yet" in panel.status and panel.game is None and panel.frame == {}
    panel.close()


def test_stop_frees_the_game_and_play_makes_a_new_one(playground: Playground) -> None:
    playground.run(3)
    playground.press("stop")
    until(lambda: playground.game is None and playground._thread is None)
    assert "Stopped after 3 steps" in playground.status and playground.frame["count"] == 3
    playground.playing = True
    until(lambda: playground.count > 2)
    playground.playing = False


@pytest.mark.parametrize("start", [{"target": "nowhere"}, {"speed": 3}])
def test_a_start_that_makes_no_sense_is_refused(start: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"nowhere|speed"):
        Playground(start=start)


def test_importing_the_widgets_loads_no_answers() -> None:
    """Lessons import the package where a packed discriminator is an exercise."""
    for file in module.__file__, plane.__file__:
        for node in ast.parse(Path(file).read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ImportFrom | ast.Import):
                assert "plane_game" not in ast.unparse(node) and "objectives" not in ast.unparse(node)
