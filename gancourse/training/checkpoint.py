"""A run in one file, from which it goes on as if it had never stopped.

The file is safetensors: tensors by name, and in its header one JSON text with all plain numbers.
Nothing in it can execute anything. It holds both networks, their optimizers, the average of G's
weights, the replay buffer, the place in the data and every random state in use: the run's own and
torch's. It is written beside the old one and put in its place when complete.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.optim import Optimizer

from gancourse.errors import CourseError
from gancourse.training.state import State

if TYPE_CHECKING:
    from gancourse.training.trainer import Trainer

VERSION = 1  # to be raised when the meaning of a file changes
MEASURED = ("d_loss", "g_loss", "d_real", "d_fake", "d_norm", "g_norm", "penalty")


def save(trainer: Trainer, path: Path, **notes: Any) -> None:
    """Write a checkpoint; of several processes only the first writes.

    Args:
        notes: more for the header, as JSON takes it: what the recipe was, how long it took.

    Raises:
        CourseError: if the file cannot be written.
    """
    if not trainer.machine.main:
        return
    nets: dict[str, nn.Module] = {"G": trainer.G, "D": trainer.D}
    if trainer.ema is not None:
        nets["ema"] = trainer.ema.model
    tensors = {f"{name}.{key}": value for name, net in nets.items() for key, value in net.state_dict().items()}
    groups = {}
    for name, optimizer in optimizers(trainer):
        groups[name], moments = taken_apart(optimizer)
        tensors |= {f"{name}.{key}": value for key, value in moments.items()}
    if trainer.replay is not None and trainer.replay.held is not None:
        tensors["replay"] = trainer.replay.held
    tensors |= {f"random.{name}": state for name, state in random_states(trainer).items()}
    tensors |= {f"state.{name}": getattr(trainer.state, name) for name in MEASURED}
    about = {
        "version": VERSION,
        "step": trainer.state.step,
        "turns": [trainer.d_steps, trainer.g_steps],
        "ema_updates": trainer.ema.updates if trainer.ema is not None else None,
        "k": trainer.k,
        "batch_size": trainer.batch_size,
        "place": trainer.feed.place,
        "memory": trainer.schedule.memory,
        "optimizers": groups,
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


def read(path: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
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
        raise CourseError(
            f"The checkpoint {path} is damaged or cut short ({error}). Delete it to start anew, or take an older one."
        ) from error
    if header is None:
        raise CourseError(f"{path} is a safetensors file, but not a checkpoint of a run: it has no header of ours.")
    about = json.loads(header)
    if about.get("version") != VERSION:
        raise CourseError(
            f"The checkpoint {path} has version {about.get('version')}; this gancourse reads version {VERSION}. "
            "Use the gancourse that wrote it, or start anew."
        )
    return about, tensors


def load(trainer: Trainer, path: Path) -> dict[str, Any]:
    """Put a trainer where another one was saved, and return the header's notes.

    Everything is compared before anything is changed: a checkpoint that does not fit leaves the trainer as it was.

    Raises:
        CourseError: as `read` does, or if the checkpoint is of other networks or settings; it says which.
    """
    about, tensors = read(path)
    nets = {"G": trainer.G, "D": trainer.D, **({"ema": trainer.ema.model} if trainer.ema is not None else {})}
    found = {name: part(tensors, name) for name in nets}
    for name, net in nets.items():
        must_fit(path, {"G": "generator", "D": "discriminator", "ema": "average"}[name], net.state_dict(), found[name])
    pairs: list[tuple[str, object, object]] = [("batch size", trainer.batch_size, about["batch_size"])]
    for name, optimizer in optimizers(trainer):
        pairs.append((name, type(optimizer).__name__, about["optimizers"][name]["kind"]))
    for what, ours, theirs in pairs:
        if ours != theirs:
            raise CourseError(f"The checkpoint {path} was made with another {what}: {theirs}, and this run has {ours}.")
    for name, net in nets.items():
        net.load_state_dict(found[name])
    for name, optimizer in optimizers(trainer):
        put_together(optimizer, about["optimizers"][name], part(tensors, name))
    if trainer.ema is not None:
        trainer.ema.updates = about["ema_updates"]
    if trainer.replay is not None:
        held = tensors.get("replay")
        trainer.replay.restore(None if held is None else held.to(trainer.machine.device))
    measured: Any = {name: tensors[f"state.{name}"].to(trainer.machine.device) for name in MEASURED}
    trainer.state = State(about["step"], **measured)
    trainer.d_steps, trainer.g_steps = about["turns"]
    trainer.k = about["k"]
    trainer.feed.place.update(about["place"])
    trainer.schedule.memory.update(about["memory"])
    restore_random(trainer, part(tensors, "random"))
    return about["notes"]


def optimizers(trainer: Trainer) -> Iterable[tuple[str, Optimizer]]:
    """Both, by name."""
    return (("opt_D", trainer.opt_D), ("opt_G", trainer.opt_G))


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


def random_states(trainer: Trainer) -> dict[str, Tensor]:
    """Every random state a step may use: the run's own, and torch's on the CPU and on the device."""
    device = trainer.machine.device
    states = {f"run.{device.type}": trainer.random.get_state(), "cpu": torch.get_rng_state()}
    if device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state(device)
    return states


def restore_random(trainer: Trainer, states: dict[str, Tensor]) -> None:
    """Set them. A run that goes on on another kind of device draws other numbers from there on."""
    device = trainer.machine.device
    torch.set_rng_state(states["cpu"])
    own = states.get(f"run.{device.type}")
    if own is not None:
        trainer.random.set_state(own)
    if device.type == "cuda" and "cuda" in states:
        torch.cuda.set_rng_state(states["cuda"], device)
