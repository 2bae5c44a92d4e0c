"""The latent explorer without a browser: what is drawn where, what is undone, saved and filmed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from PIL import Image
from torch import Tensor

from gancourse.latent import between, principal_directions
from gancourse.models.dcgan import Generator
from gancourse.widgets import Choice, Knob, LatentExplorer
from gancourse.widgets.newest import Newest


def pictures(z: Tensor, bright: float = 0.0, color: int | None = None) -> Tensor:
    """The first coordinates of z as gray values, a pixel each; what a condition says shows in a channel."""
    shown = z[:, None, None, :4].tanh().repeat(1, 3, 2, 1) + bright
    if color is not None:
        shown[:, color] = 1.0
    return shown


def pixels(z: Tensor) -> np.ndarray:
    """What the explorer should show for one z."""
    return ((pictures(z[None])[0].permute(1, 2, 0) + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).numpy()


@pytest.fixture
def explorer(tmp_path: Path) -> Iterator[LatentExplorer]:
    made = LatentExplorer(pictures, 6, folder=tmp_path / "kept", subject="card")
    yield made
    made.close()


def frame(explorer: LatentExplorer) -> np.ndarray:
    assert explorer.rest(30)
    return np.frombuffer(explorer.frame, np.uint8).reshape(*explorer.frame_size, 3)


def from_page(explorer: LatentExplorer, **state: Any) -> None:
    """As a message of the page does it."""
    explorer.set_state(state)


def press(explorer: LatentExplorer, *names: str) -> None:
    for name in names:
        from_page(explorer, wanted={**explorer.wanted, name: explorer.wanted[name] + 1})


def test_it_shows_the_middle_of_its_corners_first(explorer: LatentExplorer) -> None:
    np.testing.assert_array_equal(frame(explorer), pixels(explorer.z))
    torch.testing.assert_close(explorer.z, between(explorer.place().corners, 0.5, 0.5))
    thumbs = np.frombuffer(explorer.corner_frames, np.uint8).reshape(4, 2, 4, 3)
    np.testing.assert_array_equal(thumbs, np.stack([pixels(z) for z in explorer.place().corners]))


def test_pad_sliders_and_truncation_say_where(explorer: LatentExplorer) -> None:
    corners = explorer.place().corners
    from_page(explorer, at=[1.0, 0.0])
    np.testing.assert_array_equal(frame(explorer), pixels(corners[1]))
    from_page(explorer, values={**explorer.values, "z[2]": 1.5})
    np.testing.assert_array_equal(frame(explorer), pixels(corners[1] + 1.5 * torch.eye(6)[2]))
    from_page(explorer, truncation=0.5)
    np.testing.assert_array_equal(frame(explorer), pixels(0.5 * corners[1] + 1.5 * torch.eye(6)[2]))
    from_page(explorer, at=[0.5, 0.5], spherical=False, values={}, truncation=1.0)
    np.testing.assert_array_equal(frame(explorer), pixels(corners.mean(0)))


@pytest.mark.parametrize(
    "state",
    [
        {"at": [7, -2], "truncation": 99.0},
        {"at": [], "values": {"z[0]": "x", "other": 3, "z[1]": float("nan")}},
        {"at": [None, "0.25"], "condition": {"unknown": 1}},
    ],
)
def test_nonsense_from_the_page_stays_within_bounds(explorer: LatentExplorer, state: dict[str, Any]) -> None:
    from_page(explorer, **state)
    place = explorer.place()
    assert all(0 <= v <= 1 for v in place.at) and 0 <= place.truncation <= 2
    assert set(place.values) == {f"z[{i}]" for i in range(4)} and all(abs(v) <= 3 for v in place.values.values())
    np.testing.assert_array_equal(frame(explorer), pixels(explorer.z))


def test_the_last_value_of_a_fast_drag_is_shown_and_few_of_the_others_are_made() -> None:
    made: list[float] = []

    def slow(z: Tensor) -> Tensor:
        time.sleep(0.02)
        made.append(float(z[0, 0]))
        return pictures(z)

    explorer = LatentExplorer(slow, 6, pad=False, sample=lambda n: torch.zeros(n, 6))
    explorer.rest(30)
    made.clear()
    for i in range(200):
        from_page(explorer, values={"z[0]": i / 100})
    np.testing.assert_array_equal(frame(explorer), pixels(1.99 * torch.eye(6)[0]))
    assert explorer.shown is not None and explorer.shown.values["z[0]"] == 1.99
    assert made[-1] == pytest.approx(1.99) and len(made) < 100
    explorer.close()


def test_one_thread_owns_the_generator(tmp_path: Path) -> None:
    threads: set[int] = set()

    def generate(z: Tensor) -> Tensor:
        threads.add(threading.get_ident())
        return pictures(z)

    explorer = LatentExplorer(generate, 6, folder=tmp_path)
    for action in ("random", "save", "undo"):
        press(explorer, action)
    explorer.rest(30)
    assert len(threads) == 1 and threading.get_ident() not in threads
    explorer.close()


def test_random_undo_redo(explorer: LatentExplorer) -> None:
    first = explorer.z
    assert explorer.can == {"undo": False, "redo": False}
    press(explorer, "random")
    second = explorer.z
    assert not torch.equal(first, second) and explorer.can == {"undo": True, "redo": False}
    from_page(explorer, at=[0.1, 0.9], values={**explorer.values, "z[1]": -2.0})
    third = explorer.z
    press(explorer, "undo")  # what was not committed yet is a place of its own
    torch.testing.assert_close(explorer.z, second)
    assert explorer.at == [0.5, 0.5] and explorer.values["z[1]"] == 0
    press(explorer, "undo")
    torch.testing.assert_close(explorer.z, first)
    np.testing.assert_array_equal(frame(explorer), pixels(first))
    press(explorer, "undo", "redo", "redo")
    torch.testing.assert_close(explorer.z, third)
    assert explorer.can == {"undo": True, "redo": False}
    press(explorer, "undo", "random")
    assert explorer.can == {"undo": True, "redo": False}, "a new way forward ends the old one"


def test_new_corners_are_drawn_though_they_lie_where_others_did(
    explorer: LatentExplorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gancourse.widgets.explorer.id", lambda _: 7, raising=False)  # as of a tensor that was freed
    for _ in range(2):
        press(explorer, "random")
        assert explorer.rest(30)
        corners = np.stack([pixels(z) for z in explorer.place().corners])
        assert explorer.corner_frames == corners.tobytes()


def test_one_message_may_move_and_act(explorer: LatentExplorer) -> None:
    wanted = {**explorer.wanted, "save": 1}
    from_page(explorer, wanted=wanted, asked=1, values={**explorer.values, "z[0]": 2.0})
    explorer.rest(30)
    np.testing.assert_array_equal(explorer.saved[0].pixels, pixels(explorer.z))
    assert explorer.answered == 1


def test_reset_zeroes_the_sliders(explorer: LatentExplorer) -> None:
    from_page(explorer, values={**explorer.values, "z[3]": 1.0})
    press(explorer, "reset")
    assert set(explorer.values.values()) == {0.0}
    press(explorer, "undo")
    assert explorer.values["z[3]"] == 1.0


def test_saving_keeps_z_pixels_and_a_file(explorer: LatentExplorer, tmp_path: Path) -> None:
    press(explorer, "save")
    press(explorer, "random", "save")
    explorer.rest(30)
    assert [kept.path.name for kept in explorer.saved] == ["picture-1.png", "picture-2.png"]
    for kept in explorer.saved:
        with Image.open(kept.path) as image:
            np.testing.assert_array_equal(np.asarray(image), pixels(kept.z))
    assert "picture-2.png" in explorer.status and "2 kept" in explorer.status


@pytest.mark.slow
def test_films_go_around_the_corners_or_through_what_was_saved(explorer: LatentExplorer) -> None:
    explorer.film(frames=3)
    explorer.rest(60)
    assert "around the four corners" in explorer.status and explorer.progress < 0
    assert bytes(explorer.clip)[4:8] == b"ftyp"
    press(explorer, "save", "random", "save")
    explorer.film(frames=3)
    explorer.rest(60)
    assert "through 2 saved pictures" in explorer.status
    names = [path.name for path in explorer.films]
    assert names == ["film-1.mp4", "film-1.gif", "film-2.mp4", "film-2.gif"]
    with Image.open(explorer.films[1]) as around, Image.open(explorer.films[3]) as through:
        assert (around.n_frames, through.n_frames) == (12, 6)


def test_a_condition_becomes_keywords() -> None:
    controls = {
        "bright": Knob("brightness", -1, 1, 0.25),
        "color": Choice("color", {"none": None, "red": 0, "blue": 2}),
    }
    explorer = LatentExplorer(pictures, 6, condition=controls)
    explorer.rest(30)
    assert explorer.place().condition == {"bright": 0.25, "color": "none"}
    from_page(explorer, condition={"bright": 0.0, "color": "blue"})
    assert frame(explorer)[..., 2].min() == 255 and frame(explorer)[..., 0].min() < 255
    explorer.commit()
    from_page(explorer, condition={"bright": 9, "color": "green"})
    assert explorer.place().condition == {"bright": 1.0, "color": "none"}
    press(explorer, "undo")
    assert explorer.condition == {"bright": 0.0, "color": "blue"}
    explorer.close()


def test_a_style_based_generator_brings_its_own_space() -> None:
    center = torch.tensor([1.0, 0, 0, 0, 0, 0])
    explorer = LatentExplorer(
        pictures, 6, center=center, sample=lambda n: center + torch.eye(6)[:n], spherical=False, truncation=0.0
    )
    np.testing.assert_array_equal(frame(explorer), pixels(center))
    from_page(explorer, truncation=1.0, at=[0.0, 1.0])
    np.testing.assert_array_equal(frame(explorer), pixels(center + torch.eye(6)[2]))
    explorer.close()


def test_named_directions_and_principal_ones() -> None:
    G = Generator(16, latent_dim=8, width=4).train()
    found = principal_directions(G, 8, 2, n=32)
    explorer = LatentExplorer(G, 8, directions=found.named() | {"smile": torch.ones(8)}, seed=3)
    assert list(explorer.values) == ["direction 1", "direction 2", "smile"]
    before = explorer.z
    from_page(explorer, values={"smile": -2.0, "direction 2": 1.0})
    torch.testing.assert_close(explorer.z, before - 2 + found.directions[1])
    assert frame(explorer).shape == (16, 16, 3) and G.training
    explorer.close()


def test_wrong_directions_are_refused() -> None:
    with pytest.raises(ValueError, match="coordinates 0 to 5"):
        LatentExplorer(pictures, 6, directions=[6])
    with pytest.raises(ValueError, match=r"'smile' should have shape \(6,\)"):
        LatentExplorer(pictures, 6, directions={"smile": torch.ones(5)})


@pytest.mark.parametrize(
    ("error", "words"), [(NotImplementedError(), "not written yet"), (ValueError("no z"), "ValueError: no z")]
)
def test_an_error_is_told_and_does_not_end_it(error: Exception, words: str) -> None:
    broken = [True]

    def generate(z: Tensor) -> Tensor:
        if broken:
            raise error
        return pictures(z)

    explorer = LatentExplorer(generate, 6)
    explorer.rest(30)
    assert words in explorer.status
    broken.clear()
    press(explorer, "random")
    np.testing.assert_array_equal(frame(explorer), pixels(explorer.z))
    assert explorer.status == ""
    explorer.close()


def shown_by(widget: Any) -> list[Any]:
    shell = InteractiveShell.instance()
    try:
        shell.push({"widget": widget})
        with capture_output() as captured:
            shell.run_cell("widget")
    finally:
        InteractiveShell.clear_instance()
    return captured.outputs


def test_in_a_notebook_it_leaves_a_picture_too(explorer: LatentExplorer) -> None:
    panel, still = shown_by(explorer)
    assert "application/vnd.jupyter.widget-view+json" in panel.data
    assert f'<div class="{explorer.still}">' in still.data["text/html"]
    assert 'alt="What the generator makes of z: ' in still.data["text/html"]
    assert "cards between four corners; one row each along z[0], z[1], z[2], z[3]" in still.data["text/plain"]
    assert repr(explorer) == "LatentExplorer()"


def test_a_broken_one_says_so_in_a_notebook() -> None:
    def generate(z: Tensor) -> Tensor:
        raise NotImplementedError

    explorer = LatentExplorer(generate, 6)
    assert "not written yet" in shown_by(explorer)[-1].data["text/plain"]
    explorer.close()


def test_an_overview_without_pad_or_sliders(tmp_path: Path) -> None:
    explorer = LatentExplorer(pictures, 6, directions=0, pad=False)
    figure, alt = explorer.overview()
    assert len(figure.axes) == 1 and "one picture" in alt
    explorer.close()


def until(what: Callable[[], Any]) -> None:
    end = time.monotonic() + 20
    while not what():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)


def test_the_newest_wish_is_served_and_jobs_all_are() -> None:
    served: list[int] = []
    gate = threading.Event()

    def serve(wish: int) -> None:
        gate.wait(20)
        served.append(wish)

    worker = Newest(serve, "test")
    worker.wish(0)
    until(lambda: worker._busy)
    for i in range(1, 50):
        worker.wish(i)
    worker.do(lambda: served.append(-1))
    worker.do(lambda: served.append(-2))
    assert not worker.rest(0.05)
    gate.set()
    assert worker.rest(20) and served == [0, -1, -2, 49]
    worker.close()
    until(lambda: not worker.running)
    worker.wish(7)
    assert served[-1] == 49 and not worker.running, "closed is closed"


def test_an_idle_thread_ends_and_the_next_wish_starts_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gancourse.widgets.newest.IDLE", 0.05)
    served: list[int] = []
    worker = Newest(served.append, "test")
    worker.wish(1)
    until(lambda: served == [1] and not worker.running)
    worker.wish(2)
    until(lambda: served == [1, 2])
    worker.close()


def test_a_long_job_lets_wishes_through() -> None:
    served: list[int] = []
    worker = Newest(served.append, "test")

    def job() -> None:
        for i in range(3):
            worker.wish(i)
            worker.turn()

    worker.do(job)
    assert worker.rest(20) and served == [0, 1, 2]
    worker.close()
