"""Lesson 03's own training code, with the worked answers: a few steps on drawn faces, and on CelebA where it is."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from gancourse import data
from gancourse.authoring.source import find
from gancourse.checks.lesson_03.curves import held_out, share_told
from gancourse.data.images import Images
from gancourse.training.runs import load_runs

REAL = Path(os.environ.get("GANCOURSE_TEST_CELEBA", Path(__file__).resolve().parents[3] / "shared" / "data" / "celeba"))
TINY: dict[str, Any] = {"size": 16, "width": 4, "d_width": 4}


@pytest.fixture(scope="module")
def lesson() -> Iterator[dict[str, Any]]:
    """The names that the lesson's code defines; networks this small are faster on one thread."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield find("03_dcgan").worked("settings", "last-layer", "mixed-step", "players", "run", "train")
    torch.set_num_threads(before)


def drawn(n: int = 80) -> Images:
    """Drawn faces, without the cache."""
    return Images(data.source("faces").sample_images(n, size=16))


def play(lesson: dict[str, Any], images: Images, steps: int = 3, **changes: Any) -> Any:
    run = lesson["Run"](lesson["Settings"](**TINY | changes))
    for _ in lesson["train"](run, images, steps, batch_size=16):
        pass
    return run


def trains(run: Any, steps: int = 3) -> None:
    assert {len(values) for values in run.history.values()} == {steps}
    assert all(math.isfinite(v) for values in run.history.values() for v in values)
    pictures = run.sample()
    assert pictures.shape == (32, 3, 16, 16) and pictures.abs().max() <= 1


def test_a_few_steps_on_drawn_faces(lesson):
    trains(play(lesson, drawn()))


@pytest.mark.slow
@pytest.mark.skipif(not REAL.is_dir(), reason="CelebA's pictures are not here")
def test_the_same_on_celeba(lesson, monkeypatch, tmp_path):
    monkeypatch.setenv("GANCOURSE_CACHE", str(tmp_path))
    monkeypatch.setenv("GANCOURSE_CELEBA", str(REAL))
    trains(play(lesson, data.load("celeba", size=16, split="all", attributes=[], n=64)))


@pytest.mark.parametrize(
    "changes",
    [
        {"mixed": True},
        {"noisy": True},
        {"replay": 20},
        {"real_label": 1.0},
        {"beta_1": 0.9},
        {"last": "sigmoid"},
        {"last": "none"},
    ],
    ids=str,
)
def test_every_switch_can_be_turned(lesson, changes):
    run = play(lesson, drawn(), **changes)
    assert all(math.isfinite(v) for values in run.history.values() for v in values)


def test_a_sigmoid_cannot_paint_dark(lesson):
    assert play(lesson, drawn(), last="sigmoid").sample().min() >= 0


def test_a_threshold_makes_D_wait(lesson):
    torch.manual_seed(0)
    free, held = play(lesson, drawn(), steps=1), play(lesson, drawn(), steps=1, threshold=-1.0)

    def same(run: Any) -> bool:
        fresh = lesson["Run"](lesson["Settings"](**TINY))
        return all(torch.equal(p, q) for p, q in zip(run.D.parameters(), fresh.D.parameters(), strict=True))

    assert same(held) and not same(free)


def test_unknown_settings_are_refused(lesson):
    with pytest.raises(TypeError, match="no setting"):
        lesson["Settings"](beta1=0.5)


def test_the_spread_is_0_for_one_picture_and_1_for_data(lesson):
    x = torch.randn(16, 3, 4, 4)
    assert lesson["spread"](x[:1].expand(16, -1, -1, -1), x) == 0
    assert lesson["spread"](x, x) == 1


@pytest.mark.slow
def test_what_the_text_says_of_the_first_rules():
    """55 % right with each kind counted alike, and all but one of D's victories called collapsed."""
    first_rules = find("03_dcgan").worked("first-rules")["first_rules"]
    runs = [run for run in load_runs() if run.kind == "discriminator won"]
    assert [first_rules(run.history) for run in runs].count("collapsed") == len(runs) - 1
    assert round(share_told(first_rules, held_out()).number) == 55


def test_what_the_text_says_of_the_line():
    """2.8 standard deviations deep for 64 dimensions, twice that for 256, 8 for 512; radii of 8 and 5.7."""
    names = find("03_dcgan").worked("settings")
    assert [round(float(names["depth"](d, 0.5)), 1) for d in (64, 256, 512)] == [2.8, 5.7, 8.0]
    assert round(float(names["mean_on_the_line"](64, 0.5)) ** 0.5, 1) == 5.7


def test_no_sheet_of_the_switches_says_which_of_them_fail() -> None:
    """The reader is to look first; an alt text that tells it asks nobody to."""
    found = re.search(r'compare\(others, alt="([^"]*)"', find("03_dcgan").cell("others").text)
    assert found
    assert not re.search("momentum|mixed|checker|pattern|fail", found[1], re.IGNORECASE)
