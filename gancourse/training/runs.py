"""Histories of small GANs, good and bad, that come with the course.

    for run in load_runs():
        print(run.kind, diagnose(run.history).verdict)

Their file is "gan_runs" in the store of weights, one row of histories per run; `gancourse.training.planted` makes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch

from gancourse.errors import CourseError
from gancourse.models import store

RUNS_FILE = "gan_runs"
COLUMNS = ("d_loss", "g_loss", "d_real", "d_fake", "spread")


@dataclass(frozen=True)
class PastRun:
    """One run that somebody has made.

    Attributes:
        kind: what is true of it, one of `gancourse.training.diagnose.VERDICTS`.
        name: what was done to make it so.
        family: the problem: "ring", "line" or "faces".
        seed: which run of that name.
        held_out: whether no threshold was chosen by looking at it.
        history: lists of floats by name, as `diagnose` takes them.
    """

    kind: str
    name: str
    family: str
    seed: int
    held_out: bool
    history: dict[str, list[float]] = field(repr=False)


def save_runs(runs: Sequence[PastRun], name_or_path: str | Path = RUNS_FILE, **made: Any) -> Path:
    """Write runs, all with equally many records, in half precision, into the store of weights.

    Args:
        made: how they were made; see `gancourse.models.store.save`.
    """
    table = torch.tensor([[run.history[key] for key in COLUMNS] for run in runs])
    told = [{k: v for k, v in asdict(run).items() if k != "history"} for run in runs]
    return store.save(name_or_path, {}, {**made, "keys": COLUMNS, "runs": told}, {"histories": table.half()})


def load_runs(name_or_path: str | Path = RUNS_FILE) -> list[PastRun]:
    """The runs that come with the course.

    Raises:
        CourseError: if their file cannot be used, or holds no runs.
    """
    said, held = store.about(name_or_path), store.tensors_of(name_or_path)
    if not {"keys", "runs"} <= set(said) or "histories" not in held:
        raise CourseError(f"{name_or_path} holds no histories of runs. `gancourse train gan-runs --keep` makes them.")
    return [
        PastRun(**told, history=dict(zip(said["keys"], rows, strict=True)))
        for told, rows in zip(said["runs"], held["histories"].float().tolist(), strict=True)
    ]
