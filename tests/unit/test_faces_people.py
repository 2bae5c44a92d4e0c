"""The same person otherwise: one factor changes, nothing else does, and it can be seen."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from gancourse import cli
from gancourse.data.faces import (
    HAIR_STYLES,
    HAT_STYLES,
    TABLE,
    Factors,
    older,
    render,
    revealed,
    sample_factors,
    strip,
    strips,
)
from gancourse.data.faces.people import NEEDS_LOOSE, NEEDS_UNCOVERED, REVEAL, plain_person, sweep

few = settings(deadline=None, max_examples=4)
seeds = st.integers(0, 2**40)


@few
@given(seeds, st.floats(-1, 1))
def test_older_changes_the_age_alone(seed: int, by: float) -> None:
    young = sample_factors(8, seed)
    old = older(young, by)
    torch.testing.assert_close(old["age"], (young["age"] + by).clamp(0, 1))
    assert all(torch.equal(old[name], young[name]) for name in young if name != "age")


@pytest.mark.parametrize("factor", TABLE, ids=lambda factor: factor.name)
def test_a_sweep_goes_through_the_range(factor) -> None:
    values = sweep(factor.name, 5)
    assert (values[0], values[-1]) == (factor.low, factor.high)
    assert (values.diff() > 0).all()
    assert len(values) == {"choice": len(factor.choices), "flag": 2}.get(factor.prior, 5)
    if factor.prior == "some":
        assert values[1] == pytest.approx(factor.floor), "nothing that no face has"


@few
@given(seeds, st.sampled_from(TABLE))
def test_revealing_changes_only_what_hides(seed: int, factor) -> None:
    faces = sample_factors(6, seed)
    shown = revealed(faces, factor.name)
    may = set(REVEAL.get(factor.name, {})) | ({"hair_style"} if factor.name in NEEDS_LOOSE + NEEDS_UNCOVERED else set())
    changed = {name for name in faces if not torch.equal(shown[name], faces[name])}
    assert changed <= may - {factor.name}
    again = revealed(shown, factor.name)
    assert all(torch.equal(again[name], shown[name]) for name in faces)


@pytest.mark.parametrize("factor", TABLE, ids=lambda factor: factor.name)
def test_every_factor_can_be_seen_in_its_strip(factor) -> None:
    # A hue is a circle, whose ends look alike: the middle has to differ.
    row = strip(plain_person(), factor.name, steps=3, size=64).int()
    assert row.shape[1:] == (3, 64, 64)
    assert any(not torch.equal(row[len(row) // 2], end) for end in (row[0], row[-1]))
    assert (row.amax(0) - row.amin(0)).max() > 8


@pytest.mark.parametrize(
    "name", ["shades", "glasses_shape", "hat_style", "hair_length", "hair_color", "bald", "mustache"]
)
def test_what_hides_a_factor_is_taken_away(name: str) -> None:
    hidden = dict(plain_person().items())
    hidden |= {"bald": torch.tensor([float(name != "bald")]), "beard": torch.ones(1), "age": torch.ones(1)}
    for style in ("tied", "covered"):
        hidden["hair_style"] = torch.tensor([float(HAIR_STYLES.index(style))])
        row = strip(Factors(hidden), name, steps=3, size=48).int()
        assert all(((a - b).abs() > 12).any() for a, b in itertools.pairwise(row)), style


def test_a_strip_has_each_choice() -> None:
    assert len(strip(plain_person(), "hat_style", steps=5, size=16)) == len(HAT_STYLES)
    assert strip(plain_person(), "smile", steps=4, size=16, style="labels").shape == (4, 16, 16)
    ends = strip(plain_person(), "smile", steps=2, size=32)
    own = dict(plain_person().items()) | {"smile": torch.tensor([-1.0])}
    assert (ends[:1].int() - render(Factors(own), 32).int()).abs().max() <= 1


def test_the_sheet_has_a_row_for_every_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gancourse.data.faces.people.TABLE", TABLE[8:17])  # some of each kind
    sheet = strips(size=16, steps=2)
    assert sheet.dtype == torch.uint8 and sheet.shape[:2] == (3, 9 * 18)
    for k, factor in enumerate(TABLE[8:17]):
        label = sheet[:, 18 * k : 18 * k + 16, :30]
        assert label.min() < 128 < label.max(), f"{factor.name} has no label"


def test_mistakes_are_named() -> None:
    with pytest.raises(ValueError, match=r"one face; these are 2"):
        strip(sample_factors(2), "smile")
    with pytest.raises(ValueError, match="no factor 'smiles'"):
        strip(plain_person(), "smiles")
    with pytest.raises(ValueError, match="at least 2 steps"):
        sweep("smile", 1)
    with pytest.raises(ValueError, match="not 'labels'"):
        strips(style="labels")


@pytest.mark.slow
def test_the_command_writes_the_strips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr("sys.argv", ["gancourse", "data", "strips", "--size", "16", "--out", str(tmp_path / "s.png")])
    with pytest.raises(SystemExit) as exit:
        cli.main()
    assert exit.value.code in (0, None)
    assert Image.open(tmp_path / "s.png").height > 16 * len(TABLE)
    assert f"{len(TABLE)} factors" in capsys.readouterr().out
