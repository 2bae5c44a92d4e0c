"""Training: an engine that plays games, as an iterator that whoever holds it drives.

    engine = Engine(Gan(G, D), data.load("faces", size=32), batch_size=128, ema={"G": 0.999})
    for state in itertools.islice(engine, 1000):
        ...
    engine.save("run.safetensors")

Read `engine` first, beside a game of `gancourse.games`: they are the whole algorithm. Around them stand,
each in a module of its own, what it is fed with (`feed`), what it reports (`state`), who rests (`turns`),
averages (`ema`), where it runs (`machine`), how it is stored (`checkpoint`), and how the command line
runs it (`recipes`, `session`). What only makes it faster is apart, in `speed`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gancourse.training.ema import EMA as EMA
    from gancourse.training.engine import Diverged as Diverged
    from gancourse.training.engine import Engine as Engine
    from gancourse.training.machine import Machine as Machine
    from gancourse.training.replay import ReplayBuffer as ReplayBuffer
    from gancourse.training.state import State as State
    from gancourse.training.turns import ByThreshold as ByThreshold

# Loaded when used: a lesson in which students write one of these must be able to use the others.
_HOMES = {
    "ByThreshold": "gancourse.training.turns",
    "Diverged": "gancourse.training.engine",
    "EMA": "gancourse.training.ema",
    "Engine": "gancourse.training.engine",
    "Machine": "gancourse.training.machine",
    "ReplayBuffer": "gancourse.training.replay",
    "State": "gancourse.training.state",
}
__all__ = ["EMA", "ByThreshold", "Diverged", "Engine", "Machine", "ReplayBuffer", "State"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'gancourse.training' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
