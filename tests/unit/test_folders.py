"""Folders of one's own pictures: what is read, what is skipped, and what is said."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gancourse.data.folders import picture_folder, two_folders
from gancourse.errors import CourseError


def paint(path: Path, color: int | tuple[int, ...] | str, size: tuple[int, int] = (40, 40), mode: str = "RGB") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, color).save(path)


def test_any_two_folders_are_two_domains(tmp_path: Path) -> None:
    for k in range(3):
        paint(tmp_path / "red" / f"{k}.png", "red")
        paint(tmp_path / "blue" / "deeper" / f"{k}.JPG", "blue")
    (tmp_path / "red" / "notes.txt").write_text("no picture")
    paint(tmp_path / "red" / ".thumbnails" / "0.png", "white")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nothing is to be said
        red, blue = two_folders(tmp_path / "red", tmp_path / "blue", size=16)
    assert red.pixels.shape == blue.pixels.shape == (3, 3, 16, 16) and red.name == "red"
    assert (red.pixels[:, 0] == 255).all() and (red.pixels[:, 1:] == 0).all()
    assert (blue.pixels[:, 2] > 200).all()
    assert len(picture_folder(tmp_path / "red", 16, n=2)) == 2


def test_a_damaged_file_is_named_skipped_and_counted(tmp_path: Path) -> None:
    paint(tmp_path / "good.png", "green")
    (tmp_path / "cut.jpg").write_bytes(jpeg(tmp_path)[:300])
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "page.jpg").write_text("<!DOCTYPE html><html>404</html>")
    (tmp_path / "words.png").write_text("not a picture at all")
    with pytest.warns(UserWarning) as said:
        images = picture_folder(tmp_path)
    assert len(images) == 1
    told = str(said[0].message)
    assert "4 of 5 pictures" in told and "empty.png (empty)" in told and "page.jpg (a web page" in told
    assert "words.png (no picture" in told and "cut.jpg" in told


def jpeg(folder: Path) -> bytes:
    """A whole JPEG of noise."""
    noise = np.random.default_rng(0).integers(0, 255, (40, 40, 3), dtype=np.uint8)
    path = folder / "whole.jpeg"
    Image.fromarray(noise).save(path)
    data = path.read_bytes()
    path.unlink()
    return data


def test_mixed_sizes_are_told_and_all_become_squares(tmp_path: Path) -> None:
    paint(tmp_path / "a.png", "green")
    paint(tmp_path / "b.png", "green", (80, 50))
    paint(tmp_path / "gray.png", 7, (40, 40), "L")
    paint(tmp_path / "clear.png", (0, 0, 0, 0), (40, 40), "RGBA")
    with pytest.warns(UserWarning, match="2 sizes \\(3 of 40 × 40, 1 of 80 × 50\\)"):
        images = picture_folder(tmp_path, size=20)
    assert images.pixels.shape == (4, 3, 20, 20)
    assert torch.equal(images.pixels[2], torch.full((3, 20, 20), 255, dtype=torch.uint8))  # clear shows white
    assert (images.pixels[3] == 7).all()


def test_what_cannot_be_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="no folder"):
        picture_folder(tmp_path / "none")
    with pytest.raises(CourseError, match="is empty"):
        picture_folder(tmp_path)
    (tmp_path / "a.txt").write_text("words")
    with pytest.raises(CourseError, match="1 file, but none is a picture"):
        picture_folder(tmp_path)
    with pytest.raises(CourseError, match="is a file"):
        picture_folder(tmp_path / "a.txt")
    (tmp_path / "a.png").write_bytes(b"broken")
    with pytest.raises(CourseError, match="None of the 1 picture"):
        picture_folder(tmp_path)
    paint(tmp_path / "in" / "b.png", "red")
    with pytest.raises(CourseError, match="share pictures"):
        two_folders(tmp_path, tmp_path / "in")
