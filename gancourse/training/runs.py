"""Histories of small GANs, good and bad, that come with the course.

    for run in load_runs():
        print(run.kind, diagnose(run.history).verdict)

`python tools/make_runs.py` makes the file, `data/gan_runs.safetensors`: half precision, one row per run.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch

from gancourse.errors import CourseError
from gancourse.paths import repository

FILE = "gan_runs.safetensors"
KEYS = ("d_loss", "g_loss", "d_real", "d_fake", "spread")


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


def save_runs(runs: Sequence[PastRun], path: Path) -> None:
    """Write runs, all with equally many records, in half precision."""
    from safetensors.torch import save_file

    table = torch.tensor([[run.history[key] for key in KEYS] for run in runs])
    told = [{k: v for k, v in asdict(run).items() if k != "history"} for run in runs]
    save_file({"histories": table.half()}, path, metadata={"runs": json.dumps(told), "keys": json.dumps(KEYS)})


def load_runs(path: Path | None = None) -> list[PastRun]:
    """The runs that come with the course.

    Raises:
        CourseError: if their file is missing or damaged.
    """
    from safetensors import SafetensorError, safe_open

    path = path or repository() / "data" / FILE
    try:
        with safe_open(path, "pt") as opened:
            metadata = opened.metadata()
            table = opened.get_tensor("histories").float().tolist()
    except (OSError, SafetensorError) as error:
        raise CourseError(f"{path} cannot be read ({error}). `python tools/make_runs.py` makes it.") from error
    keys = json.loads(metadata["keys"])
    return [
        PastRun(**told, history=dict(zip(keys, rows, strict=True)))
        for told, rows in zip(json.loads(metadata["runs"]), table, strict=True)
    ]
