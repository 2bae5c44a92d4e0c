"""A run in one file, from which it goes on as if it had never stopped.

The file is safetensors: tensors by name, and in its header one JSON text with all plain numbers.
Nothing in it can execute anything. It holds all networks by their names, their optimizers, averages and
schedules, what the game remembers, the place in the data and every random state in use: the run's own,
torch's, NumPy's and Python's. It is written beside the old one and put in its place when complete.
"""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.optim import Optimizer

from gancourse.errors import CourseError
from gancourse.models import store
from gancourse.training.state import State

if TYPE_CHECKING:
    from gancourse.training.engine import Engine

CHECKPOINT_VERSION = 2  # to be raised when the meaning of a file changes
SEEN = ("losses", "norms", "reported")


def save_checkpoint(engine: Engine, path: Path, **notes: Any) -> None:
    """Write a checkpoint; of several processes only the first writes.

    Args:
        notes: more for the header, as JSON takes it: what the recipe was, how long it took.

    Raises:
        Diverged: if a loss or a weight is no number any more: the checkpoint before it stays.
        CourseError: if the file cannot be written.
    """
    engine.check()
    must_be_numbers(engine)
    if not engine.machine.main:
        return
    tensors = {f"{kind}.{key}": value for kind, net in networks(engine) for key, value in net.state_dict().items()}
    groups = {}
    for name, optimizer in engine.optimizers.items():
        groups[name], moments = taken_apart(optimizer)
        tensors |= {f"optimizer.{name}.{key}": value for key, value in moments.items()}
    tensors |= {f"game.{name}": value for name, value in engine.game.memory().items()}
    tensors |= {f"random.{name}": state for name, state in random_states(engine).items()}
    tensors |= {f"{kind}.{name}": value for kind in SEEN for name, value in getattr(engine.state, kind).items()}
    about = {
        "version": CHECKPOINT_VERSION,
        "step": engine.state.step,
        "seen": {kind: list(getattr(engine.state, kind)) for kind in SEEN},
        "learned": engine.learned,
        "averaged": {name: ema.updates for name, ema in engine.ema.items()},
        "batch_size": engine.batch_size,
        "place": engine.feed.place,
        "turns": engine.turns.memory if engine.turns is not None else {},
        "optimizers": groups,
        "schedules": {name: json_part(schedule.state_dict()) for name, schedule in engine.schedules.items()},
        "random": plain_random_states(),
        "notes": notes,
    }
    # A tensor may share memory with another one, or be stored channels-last: the file wants its own, in order.
    ready = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file(ready, unfinished, metadata={"gancourse": json.dumps(about)})
        with open(unfinished, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except (OSError, SafetensorError) as error:
        unfinished.unlink(missing_ok=True)
        raise CourseError(
            f"The checkpoint {path} cannot be written: {error}. The one before it is untouched."
        ) from error


def read_checkpoint(path: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """A checkpoint's header and tensors, checked.

    Raises:
        CourseError: if there is no such file, it is damaged, not ours, or of a later version.
    """
    if not path.is_file():
        raise CourseError(f"There is no checkpoint {path}.")
    try:
        with safe_open(path, framework="pt") as file:
            header = (file.metadata() or {}).get("gancourse")
            tensors = {name: file.get_tensor(name) for name in list(file.keys())}  # it is no dict
    except (SafetensorError, OSError, ValueError) as error:
        if os.access(path, os.R_OK) and store.is_pickle(path):
            raise foreign(path, f"{store.PICKLE}. It is as it was; nothing of it was run") from error
        raise CourseError(
            f"The checkpoint {path} is damaged, cut short or something else ({error}). Put it elsewhere to start anew, "
            "or take an older one."
        ) from error
    if header is None:
        first = f", the first of them {min(tensors)}" if tensors else ""
        raise foreign(path, f"it has no header of ours, only {len(tensors)} tensors{first}")
    try:
        about = json.loads(header)
    except ValueError as error:
        raise CourseError(f"The checkpoint {path} is damaged: its header cannot be read ({error}).") from error
    if not isinstance(about, dict) or ("nets" in about and "version" not in about):
        raise CourseError(
            f"{path} holds networks to be used, as --keep writes them, and not a run to go on with: no optimizers, no "
            f"place in the data. `gancourse.models.store.load({str(path)!r})` gives them. Choose another --out, or put "
            "it elsewhere to start anew."
        )
    if about.get("version") != CHECKPOINT_VERSION:
        raise CourseError(
            f"The checkpoint {path} has version {about.get('version')}; "
            f"this gancourse reads version {CHECKPOINT_VERSION}. Use the gancourse that wrote it, or start anew."
        )
    return about, tensors


def foreign(path: Path, happened: str) -> CourseError:
    """What to say of another program's checkpoint: it is not damaged, and a run cannot go on from it."""
    return CourseError(
        f"{path} is not a checkpoint of a run of `gancourse train`: {happened}. A run goes on from its own alone, "
        "which also hold optimizers, averages and the place in the data: choose another --out. For its weights: "
        f"{store.FOREIGN}"
    )


def must_be_numbers(engine: Engine) -> None:
    """Raise Diverged if a weight is none: its loss may come only with the next step."""
    from gancourse.training.engine import Diverged

    for kind, net in networks(engine):
        for key, value in net.state_dict().items():
            if value.is_floating_point() and not bool(value.isfinite().all()):
                raise Diverged(
                    f"{kind.split('.')[-1]}.{key} holds values that are no numbers after step {engine.state.step:,}: "
                    "this is not saved. What people try first: lower learning rates; float32 instead of bf16."
                )


def load_checkpoint(engine: Engine, path: Path) -> dict[str, Any]:
    """Put an engine where another one was saved, and return the header's notes.

    Everything is compared before anything is changed: a checkpoint that does not fit leaves the engine as it was.

    Raises:
        CourseError: as `read_checkpoint` does, or if the checkpoint is of other networks or settings; it says which.
    """
    about, tensors = read_checkpoint(path)
    found = {kind: part(tensors, kind) for kind, _ in networks(engine)}
    for kind, net in networks(engine):
        what = kind.replace("net.", "network ").replace("ema.", "average of ")
        must_fit(path, what, net.state_dict(), found[kind])
    pairs: list[tuple[str, object, object]] = [("batch size", engine.batch_size, about["batch_size"])]
    for name, optimizer in engine.optimizers.items():
        kept = about["optimizers"].get(name, {"kind": "none"})
        pairs.append((f"optimizer of {name}", type(optimizer).__name__, kept["kind"]))
    for what, ours, theirs in pairs:
        if ours != theirs:
            raise CourseError(f"The checkpoint {path} was made with another {what}: {theirs}, and this run has {ours}.")
    device = engine.machine.device
    for kind, net in networks(engine):
        net.load_state_dict(found[kind])
    for name, optimizer in engine.optimizers.items():
        put_together(optimizer, about["optimizers"][name], part(tensors, f"optimizer.{name}"))
    for name, schedule in engine.schedules.items():
        schedule.load_state_dict({**schedule.state_dict(), **about["schedules"].get(name, {})})
    for name, ema in engine.ema.items():
        ema.updates = about["averaged"][name]
    engine.game.recall({name: value.to(device) for name, value in part(tensors, "game").items()})
    seen: Any = {kind: {name: tensors[f"{kind}.{name}"].to(device) for name in about["seen"][kind]} for kind in SEEN}
    engine.state = State(about["step"], **seen)
    engine.unseen.clear()  # of steps that are no part of this run
    engine.learned.update(about["learned"])
    engine.feed.place = about["place"]
    if engine.turns is not None:
        engine.turns.memory.update(about["turns"])
    restore_random(engine, part(tensors, "random"), about["random"])
    return about["notes"]


def networks(engine: Engine) -> list[tuple[str, nn.Module]]:
    """Networks and averages, by the first part of their tensors' names."""
    averages = [(f"ema.{name}", ema.model) for name, ema in engine.ema.items()]
    return [*((f"net.{name}", net) for name, net in engine.game.nets.items()), *averages]


def json_part(state: dict[str, Any]) -> dict[str, Any]:
    """Of a schedule's state what JSON takes; the rest (functions) comes from its recipe."""
    kept = {}
    for name, value in state.items():
        try:
            kept[name] = json.loads(json.dumps(value))
        except TypeError:
            continue
    return kept


def part(tensors: dict[str, Tensor], name: str) -> dict[str, Tensor]:
    """The tensors whose names start with this one, without it."""
    return {key[len(name) + 1 :]: value for key, value in tensors.items() if key.startswith(f"{name}.")}


def must_fit(path: Path, what: str, ours: dict[str, Tensor], theirs: dict[str, Tensor]) -> None:
    """Raise a CourseError that names the first difference between a network and what was saved."""
    for key, value in ours.items():
        if key not in theirs:
            raise CourseError(f"The checkpoint {path} is of another {what}: it has no {key}.")
        if theirs[key].shape != value.shape:
            shapes = f"{tuple(theirs[key].shape)}, here it is {tuple(value.shape)}"
            raise CourseError(f"The checkpoint {path} is of another {what}: there {key} has shape {shapes}.")
    if extra := sorted(theirs.keys() - ours.keys()):
        raise CourseError(f"The checkpoint {path} is of another {what}: this one has no {extra[0]}.")


def taken_apart(optimizer: Optimizer) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """An optimizer's settings (learning rates, …) and, by parameter and name, its moments."""
    state = optimizer.state_dict()
    moments = {
        f"{index}.{name}": torch.as_tensor(value)
        for index, values in state["state"].items()
        for name, value in values.items()
        if value is not None
    }
    return {"kind": type(optimizer).__name__, "groups": state["param_groups"]}, moments


def put_together(optimizer: Optimizer, settings: dict[str, Any], moments: dict[str, Tensor]) -> None:
    """The inverse. Moments are laid out in memory like their weights, as fused kernels require."""
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    state: dict[int, dict[str, Any]] = {}
    for key, value in moments.items():
        index, name = key.split(".", 1)
        like = parameters[int(index)]
        fits = value.shape == like.shape
        state.setdefault(int(index), {})[name] = torch.empty_like(like).copy_(value) if fits else value
    optimizer.load_state_dict({"state": state, "param_groups": settings["groups"]})


def random_states(engine: Engine) -> dict[str, Tensor]:
    """Torch's random states that a step may use: the run's own, and the global ones on the CPU and on the device."""
    device, own = engine.machine.device, engine.game.random
    states = {"cpu": torch.get_rng_state()}
    if own is not None:
        states[f"run.{device.type}"] = own.get_state()
    if device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state(device)
    elif device.type == "mps":
        states["mps"] = torch.mps.get_rng_state()
    return states


def plain_random_states() -> dict[str, Any]:
    """Python's and NumPy's."""
    kind, keys, *rest = np.random.get_state(legacy=True)
    return {"python": random.getstate(), "numpy": [kind, np.asarray(keys).tolist(), *rest]}


def restore_random(engine: Engine, states: dict[str, Tensor], others: dict[str, Any]) -> None:
    """Set them. A run that goes on on another kind of device draws other numbers from there on."""
    device, own = engine.machine.device, engine.game.random
    torch.set_rng_state(states["cpu"])
    if own is not None and f"run.{device.type}" in states:
        own.set_state(states[f"run.{device.type}"])
    if device.type == "cuda" and "cuda" in states:
        torch.cuda.set_rng_state(states["cuda"], device)
    elif device.type == "mps" and "mps" in states:  # older checkpoints have none
        torch.mps.set_rng_state(states["mps"])
    version, numbers, gauss = others["python"]
    random.setstate((version, tuple(numbers), gauss))
    kind, keys, *rest = others["numpy"]
    np.random.set_state((kind, np.array(keys, dtype=np.uint32), *rest))
