"""The discriminator that comes with the course: it loads, and it is known what made it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from gancourse.errors import CourseError
from gancourse.models.dcgan import Discriminator
from gancourse.models.judge import load_judge, save_judge


def test_it_comes_back_as_it_was(tmp_path: Path) -> None:
    D = Discriminator(16, 8).eval()
    save_judge(D, tmp_path / "judge.safetensors", steps=7)
    again = load_judge(tmp_path / "judge.safetensors")
    x = torch.randn(4, 3, 16, 16)
    assert (again.size, again.width) == (16, 8) and not again.training
    assert torch.allclose(again(x), D(x), atol=1e-2)
    assert not any(p.requires_grad for p in again.parameters())


def test_the_one_that_comes_along_looks_at_faces() -> None:
    D = load_judge()
    assert D(torch.zeros(2, 3, D.size, D.size)).shape == (2, 1)


@pytest.mark.parametrize("content", [None, b"", b"no tensors"])
def test_a_file_that_is_none_is_told(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "judge.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CourseError, match="keep_judge"):
        load_judge(path)
