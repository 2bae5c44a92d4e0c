"""What runs have in common that end in one file of data/ and are no single recipe: rates, steps, and the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR
from tqdm import tqdm

from gancourse.models import store
from gancourse.training.engine import Engine
from gancourse.training.keeping import renew_table
from gancourse.training.machine import Machine
from gancourse.training.speed.form import PLAIN, Form
from gancourse.training.speed.trial import fastest, forms


def falling(steps: int, last: float = 0.25, first: float = 0.0) -> Callable[[Optimizer], LambdaLR]:
    """A learning rate that falls to zero over the last part of so many steps: the noise of the game falls with it.

    Args:
        last: which part that is, above 0 and up to 1; beyond the steps the rate stays at 0.
        first: the part of the steps in which it rises from zero: 0 begins in full.
    """

    def share(step: int) -> float:
        risen = 1.0 if step >= first * steps else step / (first * steps)
        return max(0.0, min(risen, (1 - step / steps) / last))

    return lambda optimizer: LambdaLR(optimizer, share)


def on_cpu() -> Machine:
    """One form for all, so that figures do not hang on what a machine finds fastest."""
    return Machine("cpu", Form(channels_last=True))


def plain_cpu() -> Machine:
    """The plain form, for studies whose files were made in it, and whose networks then meet tensors on the CPU."""
    return Machine("cpu", PLAIN)


def fastest_cpu(make: Callable[[Machine], Engine], key: str) -> Machine:
    """The CPU in the form that is fastest here, for a study's longest part, which `make` begins on a machine."""
    cpu = torch.device("cpu")
    return Machine(cpu, fastest(lambda form: make(Machine(cpu, form)), forms(cpu), key=[key]))


def engine_after(name: str, engine: Engine, steps: int, **shown: Any) -> Engine:
    """The engine after so many steps, with a line of progress; `shown` is for `tqdm`."""
    for _ in tqdm(range(steps), name, leave=False, **shown):
        next(engine)
    engine.check()
    return engine


def save_study(stem: str, nets: Mapping[str, nn.Module], told: Mapping[str, Any], out: Path | None) -> Path:
    """Write networks and what is told of them; where `out` is None to data/ of the checkout, whose table is renewed."""
    path = store.save(stem if out is None else out / f"{stem}.safetensors", nets, told)
    if out is None:
        renew_table()
    return path
