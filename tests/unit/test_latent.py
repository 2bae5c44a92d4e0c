"""Ways, directions and films in the latent space, against what one can work out by hand."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torch import Tensor, nn

from gancourse import latent
from gancourse.latent import along, between, draw, film, film_bundle, lerp, principal_directions, slerp, tiles
from gancourse.models.dcgan import Generator

SMALL = st.floats(-5, 5, width=32)


def plane(degrees: float, long: float = 1.0) -> Tensor:
    """A point of the plane by angle and distance, float64."""
    return long * torch.tensor([math.cos(math.radians(degrees)), math.sin(math.radians(degrees))]).double()


@settings(deadline=None, max_examples=50)
@given(SMALL, SMALL, st.floats(0, 1))
def test_lerp_is_the_line(a: float, b: float, t: float) -> None:
    found = lerp(torch.tensor([a, 0.0]), torch.tensor([b, 2.0]), t)
    torch.testing.assert_close(
        found, torch.tensor([(1 - t) * a + t * b, 2 * t], dtype=torch.float32), atol=1e-5, rtol=1e-5
    )


@settings(deadline=None, max_examples=50)
@given(st.floats(-170, 170), st.floats(1, 160), st.floats(0, 1), st.floats(0.5, 4), st.floats(0.5, 4))
def test_slerp_turns_evenly_and_changes_its_length_evenly(
    start: float, turn: float, t: float, long: float, other: float
) -> None:
    found = slerp(plane(start, long), plane(start + turn, other), t)
    torch.testing.assert_close(found, plane(start + t * turn, long + t * (other - long)), atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize(
    ("a", "b"),
    [([0.0, 0.0], [1.0, 2.0]), ([1.0, 2.0], [1.0, 2.0]), ([1.0, 0.0], [-1.0, 0.0]), ([1.0, 0.0], [1.0, 1e-7])],
)
def test_slerp_is_finite_where_there_is_no_arc(a: list[float], b: list[float]) -> None:
    found = slerp(torch.tensor(a), torch.tensor(b), 0.25)
    torch.testing.assert_close(found, lerp(torch.tensor(a), torch.tensor(b), 0.25))


def test_slerp_takes_many_t_and_keeps_the_norm_that_lerp_loses() -> None:
    a, b = torch.randn(2, 512)
    t = torch.linspace(0, 1, 11).unsqueeze(1)
    arc, line = slerp(a, b, t), lerp(a, b, t)
    assert arc.shape == (11, 512)
    assert arc[5].norm() > 0.95 * min(a.norm(), b.norm())
    assert line[5].norm() < 0.8 * max(a.norm(), b.norm())


def test_along_goes_through_its_stops() -> None:
    stops = torch.randn(3, 8)
    way = along(stops, 5)
    assert way.shape == (11, 8)
    torch.testing.assert_close(way[[0, 5, 10]], stops)
    ring = along(stops, 5, spherical=False, closed=True)
    assert ring.shape == (15, 8)
    torch.testing.assert_close(ring[10:], lerp(stops[2], stops[0], torch.arange(5).unsqueeze(1) / 5))
    steps = (way[1:] - way[:-1]).norm(dim=1)
    assert steps.max() < 3 * steps.min(), "a jump"
    assert along(torch.randn(2, 4, 8), 3).shape == (4, 4, 8)


@pytest.mark.parametrize(("n", "steps"), [(1, 5), (3, 0)])
def test_along_wants_a_way(n: int, steps: int) -> None:
    with pytest.raises(ValueError, match="two stops and one step"):
        along(torch.randn(n, 4), steps)


@pytest.mark.parametrize("spherical", [True, False])
def test_between_has_its_corners_in_the_corners(spherical: bool) -> None:
    corners = torch.randn(4, 16)
    x, y = torch.tensor([0.0, 1.0, 0.0, 1.0]), torch.tensor([0.0, 0.0, 1.0, 1.0])
    torch.testing.assert_close(between(corners, x, y, spherical), corners)
    middle = between(corners, 0.5, 0.5, spherical=False)
    torch.testing.assert_close(middle, corners.mean(0))
    with pytest.raises(ValueError, match="Four corners"):
        between(corners[:3], 0, 0)


class Shades(nn.Module):
    """Pictures whose brightness is z[1], and whose red is z[0] a little. In training mode it is black."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor([0.1, 0.5, 0.0]))
        self.seen: list[int] = []

    def forward(self, z: Tensor, flip: bool = False) -> Tensor:
        self.seen.append(len(z))
        if self.training:
            return -torch.ones(len(z), 3, 4, 6)
        z = z * self.scale
        pictures = z[:, 1].reshape(-1, 1, 1, 1).repeat(1, 3, 4, 6)
        pictures[:, 0] += z[:, 0].reshape(-1, 1, 1)
        return -pictures if flip else pictures


def test_draw_gives_bytes_in_evaluation_mode_and_leaves_the_mode_alone() -> None:
    network = Shades().train()
    pixels = draw(network, torch.tensor([[0.0, 2.0, 0.0], [0.0, -1.0, 0.0], [2.0, 0.0, 0.0]]), batch=2)
    assert pixels.dtype == torch.uint8 and pixels.shape == (3, 4, 6, 3)
    assert pixels[:, 0, 0].tolist() == [[255] * 3, [64] * 3, [153, 128, 128]]
    assert network.training and network.seen == [2, 1]
    assert draw(network, torch.tensor([[0.0, 2.0, 0.0]]), flip=True).max() == 0


def test_draw_takes_gray_pictures_and_says_what_it_cannot_take() -> None:
    gray = draw(lambda z: torch.zeros(len(z), 1, 2, 2), torch.zeros(2, 3))
    assert gray.shape == (2, 2, 2, 3) and gray.unique().tolist() == [128]
    with pytest.raises(ValueError, match=r"3 or 1, H, W.*\(1, 3\)"):
        draw(lambda z: torch.zeros(1, 3), torch.zeros(1, 3))
    with pytest.raises(ValueError, match="should make 2"):
        draw(lambda z: torch.zeros(1, 3, 4, 4), torch.zeros(2, 3))


def test_tiles_stand_in_rows() -> None:
    pictures = torch.arange(5, dtype=torch.uint8).reshape(5, 1, 1, 1).expand(5, 4, 6, 3)
    sheet = tiles(pictures, 3)
    assert sheet.shape == (2 * 6 - 2, 3 * 8 - 2, 3)
    assert sheet[0, [0, 8, 16], 0].tolist() == [0, 1, 2]
    assert sheet[6, [0, 8, 16], 0].tolist() == [3, 4, 255]
    assert tiles(pictures[:1]).shape == (4, 6, 3)


def test_principal_directions_find_what_changes_the_pictures_most() -> None:
    found = principal_directions(Shades(), 3, 2, n=400)
    assert found.directions.shape == (2, 3)
    torch.testing.assert_close(found.directions.norm(dim=1), torch.ones(2))
    assert found.directions[0, 1] > 0.99 and found.directions[1, 0] > 0.97
    assert found.shares[0] > 0.95 and 0.99 < found.shares.sum() <= 1.0001
    assert list(found.named()) == ["direction 1", "direction 2"]


def test_principal_directions_of_a_layer_stop_there() -> None:
    later = nn.Linear(5, 7)
    first = nn.Linear(4, 5, bias=False)
    with torch.no_grad():
        first.weight.zero_()
        first.weight[0, 2], first.weight[3, 0] = 3.0, 1.0
    calls: list[int] = []
    later.register_forward_pre_hook(lambda module, given: calls.append(1))
    network = nn.Sequential(first, later)
    found = principal_directions(network, 4, 2, layer=first, n=300)
    assert found.directions[0, 2] > 0.95 and found.directions[1, 0] > 0.95
    torch.testing.assert_close(found.shares, torch.tensor([0.9, 0.1]), atol=0.04, rtol=0)
    assert not calls and not first._forward_hooks
    with pytest.raises(ValueError, match="not used"):
        principal_directions(network, 4, 2, layer=nn.Linear(1, 1), n=10)


def test_principal_directions_of_outputs_are_a_principal_component_analysis() -> None:
    mapping = nn.Sequential(nn.Linear(6, 9), nn.ReLU(), nn.Linear(9, 5))
    found = principal_directions(mapping, 6, 3, of_outputs=True, n=200, seed=4)
    with torch.no_grad():
        points = mapping(torch.randn(200, 6, generator=torch.Generator().manual_seed(4))).numpy()
    values, vectors = np.linalg.eigh(np.cov(points.T))
    values, vectors = values[::-1], vectors[:, ::-1].T
    np.testing.assert_allclose(found.shares, values[:3] / values.sum(), rtol=1e-3)
    np.testing.assert_allclose(found.center, points.mean(0), atol=1e-5)
    np.testing.assert_allclose(np.abs((vectors[:3] * found.directions.numpy()).sum(1)), np.sqrt(values[:3]), rtol=1e-2)


@pytest.mark.parametrize("count", [0, 4, 99])
def test_more_directions_than_there_are_is_an_error(count: int) -> None:
    with pytest.raises(ValueError, match="Between 1 and 3"):
        principal_directions(Shades(), 3, count, n=20)


def test_it_works_on_the_dcgan() -> None:
    G = Generator(16, latent_dim=8, width=4)
    found = principal_directions(G, 8, 3, layer=G.net[3], n=64)
    assert found.directions.shape == (3, 8) and G.training
    assert bool((found.shares[:-1] >= found.shares[1:]).all())


@pytest.mark.parametrize("suffix", [".gif", ".mp4"])
def test_a_film_has_its_frames_in_order(tmp_path: Path, suffix: str) -> None:
    zs = torch.zeros(10, 3)
    zs[:, 1] = torch.linspace(-1.6, 1.6, 10)
    told: list[tuple[int, int]] = []
    path = film(
        Shades(), zs, tmp_path / "new" / f"film{suffix}", height=64, batch=4, progress=lambda *n: told.append(n)
    )
    assert told == [(4, 10), (8, 10), (10, 10)]
    assert [p.name for p in path.parent.iterdir()] == [f"film{suffix}"]
    if suffix == ".gif":
        with Image.open(path) as gif:
            assert gif.info["loop"] == 0 and gif.size == (96, 64)
            frames = []
            for i in range(gif.n_frames):
                gif.seek(i)
                frames.append(np.asarray(gif.convert("RGB")))
    else:
        import imageio.v3 as iio

        frames = list(iio.imread(path, plugin="FFMPEG"))
        assert frames[0].shape == (64, 96, 3)
    means = [float(frame.mean()) for frame in frames]
    assert len(frames) == 10
    np.testing.assert_allclose(means, np.linspace(25, 230, 10), atol=12)


def test_a_film_of_several_pictures_puts_them_side_by_side(tmp_path: Path) -> None:
    zs = torch.zeros(2, 3, 3)
    zs[:, 2, 1] = 2.0
    path = film(Shades(), zs, tmp_path / "row.gif", height=8)
    with Image.open(path) as gif:
        frame = np.asarray(gif.convert("RGB"))
    assert frame.shape[1] > 5 * frame.shape[0] / 1.2 and frame[4, -4].min() > 250 and 100 < frame[4, 4].mean() < 156


def test_a_film_that_fails_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "film.gif"
    film(Shades(), torch.zeros(2, 3), path)
    before = path.read_bytes()

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        film(Shades(), torch.ones(3, 3), path, progress=stop, batch=1)
    assert path.read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["film.gif"]


def test_what_cannot_become_a_film_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.gif or \.mp4"):
        film(Shades(), torch.zeros(2, 3), tmp_path / "film.avi")
    with pytest.raises(ValueError, match="frames"):
        film(Shades(), torch.zeros(0, 3), tmp_path / "film.gif")


def test_an_embedded_film_has_words(tmp_path: Path) -> None:
    path = film(Shades(), torch.zeros(2, 3), tmp_path / "film.gif")
    shown = film_bundle(path, 'a "gray" card')
    assert 'alt="a &quot;gray&quot; card"' in shown["text/html"] and shown["text/plain"] == 'a "gray" card'
    with pytest.raises(ValueError, match="alt text"):
        film_bundle(path, " ")


@pytest.mark.slow  # a fresh interpreter imports all of it
def test_the_withheld_module_is_loaded_only_when_it_is_used() -> None:
    code = (
        "import sys; import gancourse.widgets, gancourse.latent.films, gancourse.latent.directions; "
        "assert 'gancourse.latent.interpolate' not in sys.modules; "
        "from gancourse.latent import slerp; assert 'gancourse.latent.interpolate' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_name_has_a_home() -> None:
    assert all(callable(getattr(latent, name)) for name in latent.__all__)
    with pytest.raises(AttributeError):
        latent.nothing  # noqa: B018
