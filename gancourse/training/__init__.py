"""Training: a loop that whoever holds it drives, one step per `next()`.

    trainer = Trainer(G, D, data.load("faces", size=32), batch_size=128, ema=EMA(G))
    for state in itertools.islice(trainer, 1000):
        ...
    trainer.save("run.safetensors")

Read `trainer` first: it is the whole algorithm. Around it stand, each in a module of its own, what it
is fed with (`feed`), what it reports (`state`), what it may be given (`ema`, `replay`, `labels`,
`regularizers`, `schedules`), where it runs (`machine`), how it is stored (`checkpoint`), how its
fastest form is found (`fastest`), and how the command line runs it (`recipes`, `session`).
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gancourse.training.ema import EMA as EMA
    from gancourse.training.replay import ReplayBuffer as ReplayBuffer
    from gancourse.training.schedules import ByThreshold as ByThreshold
    from gancourse.training.state import State as State
    from gancourse.training.trainer import Trainer as Trainer

# Loaded when used: a lesson in which students write one of these must be able to use the others.
_HOMES = {
    "ByThreshold": "gancourse.training.schedules",
    "EMA": "gancourse.training.ema",
    "ReplayBuffer": "gancourse.training.replay",
    "State": "gancourse.training.state",
    "Trainer": "gancourse.training.trainer",
}
__all__ = ["EMA", "ByThreshold", "ReplayBuffer", "State", "Trainer"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'gancourse.training' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
