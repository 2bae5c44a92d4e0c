"""The maker of the histories: the shipped ones come from it, however many processes share the work."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from gancourse.models import store
from gancourse.training import planted
from gancourse.training.runs import COLUMNS, load_runs


@pytest.mark.slow
def test_it_makes_the_runs_that_are_shipped() -> None:
    """Those cut short: longer ones go their own way after a rounding error."""
    past = [run for run in load_runs() if (run.family, run.name) == ("ring", "cut short")]
    again = planted.runs_of("ring", "cut short")
    assert [(r.seed, r.kind, r.held_out) for r in again] == [(r.seed, r.kind, r.held_out) for r in past]
    for new, old in zip(again, past, strict=True):
        for key in COLUMNS:
            torch.testing.assert_close(
                torch.tensor(new.history[key]), torch.tensor(old.history[key]), atol=0.01, rtol=0.01
            )


def test_a_plan_that_did_not_work_is_not_kept() -> None:
    """On one bell curve sixty steps are enough: what was to be cut short is done."""
    where = planted.problem_named("line", 1)
    good = where.sample(2048)[0]
    assert planted.verified("healthy", good, where) and not planted.verified("still training", good, where)
    one = good[:1].expand(2048, -1) + 1e-3 * torch.randn(2048, 1)
    assert planted.verified("collapsed", one, where) and not planted.verified("healthy", one, where)
    assert planted.verified("diverged", one * torch.nan, where) and not planted.verified("collapsed", one / 0, where)


@pytest.mark.slow
def test_the_file_does_not_depend_on_the_number_of_processes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(planted, "PROBLEMS", ("ring",))
    monkeypatch.setattr(planted, "PLANTS", {name: planted.PLANTS[name] for name in ("G runs ahead", "cut short")})
    one, two = (planted.keep_runs(tmp_path / str(jobs), jobs, less=10) for jobs in (1, 2))
    assert one.read_bytes() == two.read_bytes()
    said = store.about(one)
    assert said["reached"]["runs played"] == 12 and said["reached"]["runs kept"] == len(load_runs(one)) > 0
