"""CelebA as users have it: layouts that load, and damage that is named."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
import torch
from PIL import Image

from gancourse import data
from gancourse.errors import CourseError

REAL = Path(os.environ.get("GANCOURSE_TEST_CELEBA", Path(__file__).resolve().parents[3] / "shared" / "data" / "celeba"))
NAMES = [f"{i:06d}.jpg" for i in range(1, 6)]


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    folder = tmp_path / "celeba"
    folder.mkdir()
    monkeypatch.setenv("GANCOURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("GANCOURSE_CELEBA", str(folder))
    return folder


def jpeg(shade: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (178, 218), (shade, shade, shade)).save(buffer, "jpeg")
    return buffer.getvalue()


def pictures(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for i, name in enumerate(NAMES):
        (folder / name).write_bytes(jpeg(40 * i))


def labels(end: str = "\n") -> str:
    rows = [f"{name}  {1 if i % 2 else -1} -1" for i, name in enumerate(NAMES)]
    return end.join([str(len(NAMES)), "Smiling Eyeglasses ", *rows, ""])


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_official_layout_loads_with_either_line_ending(here: Path, end: str) -> None:
    pictures(here / "img_align_celeba")
    (here / "list_attr_celeba.txt").write_bytes(labels(end).encode())
    loaded = data.load("celeba", size=16, split="all", attributes=["Smiling"])
    assert loaded.attributes["Smiling"].tolist() == [False, True, False, True, False]
    shades = loaded.pixels.float().mean((1, 2, 3))
    assert torch.allclose(shades, torch.tensor([0.0, 40, 80, 120, 160]), atol=3)


def test_kaggles_copy_loads(here: Path) -> None:
    pictures(here / "img_align_celeba" / "img_align_celeba")
    rows = [f"{name},{1 if i % 2 else -1},-1" for i, name in enumerate(NAMES)]
    (here / "list_attr_celeba.csv").write_text("\n".join(["image_id,Smiling,Eyeglasses", *rows]))
    assert data.load("celeba", size=16, split="all").pixels.shape == (5, 3, 16, 16)


def test_a_page_under_a_files_name_is_named(here: Path) -> None:
    pictures(here / "img_align_celeba")
    (here / "list_attr_celeba.txt").write_text("<!DOCTYPE html><html><title>Quota exceeded</title></html>")
    with pytest.raises(CourseError, match=r"list_attr_celeba\.txt"):
        data.load("celeba", size=16, split="all")


def test_a_truncated_picture_is_named_and_nothing_is_left_behind(here: Path, tmp_path: Path) -> None:
    pictures(here / "img_align_celeba")
    (here / "list_attr_celeba.txt").write_text(labels())
    (here / "img_align_celeba" / NAMES[2]).write_bytes(jpeg(99)[:300])
    with pytest.raises(CourseError, match=NAMES[2]):
        data.load("celeba", size=16, split="all")
    assert not list((tmp_path / "cache").rglob("images.npy"))


def test_without_a_copy_it_says_what_to_do(here: Path) -> None:
    here.rmdir()
    with pytest.raises(CourseError, match="gancourse data get celeba"):
        data.load("celeba")


@pytest.mark.slow
@pytest.mark.skipif(not REAL.is_dir(), reason="no real CelebA images here")
def test_the_real_images_load_with_their_attributes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANCOURSE_CELEBA", str(REAL))
    loaded = data.load("celeba", size=64, split="all", attributes=["Smiling", "Eyeglasses"])
    assert loaded.pixels.shape == (3000, 3, 64, 64)
    assert 0.4 < float(loaded.attributes["Smiling"].float().mean()) < 0.6
