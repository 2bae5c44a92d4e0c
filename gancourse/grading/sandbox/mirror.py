"""Networks and optimizers on both sides of the gap.

A check hands its own small networks to a student's step and looks at them afterwards. They are
described by class, plain attributes and arrays, built again in the sandbox, and after every call
their state (parameters, gradients, flags, the optimizer's memory) is copied back. Descriptions go
into the sandbox only; out of it come arrays.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from gancourse.grading.sandbox.wire import ARRAYS, Raw, underneath

PLAIN_TYPES = (bool, int, float, str, type(None))
INTERNAL = frozenset(nn.Module().__dict__) - {"training"}


def is_plain(value: Any) -> bool:
    """Whether an attribute can be sent."""
    value = underneath(value)
    if isinstance(value, np.generic):
        return value.dtype.name in ARRAYS
    if type(value) in (list, tuple):
        return all(map(is_plain, value))
    return type(value) in PLAIN_TYPES


def class_name(thing: Any) -> str:
    kind = type(thing)
    return f"{kind.__module__}:{kind.__qualname__}"


def class_named(name: str) -> type:
    home, _, path = name.partition(":")
    found: Any = importlib.import_module(home)
    for part in path.split("."):
        found = getattr(found, part)
    return found


# --- networks ----------------------------------------------------------------------------------


def describe_module(module: nn.Module, seen: dict[int, int] | None = None) -> dict[str, Any]:
    """A network's structure: class, attributes, names and shapes of its own tensors, children.

    A part that stands in it twice is described once, and named by its number the second time: so it is one part there,
    too.

    Args:
        module: the network.
        seen: the numbers of the parts that were described before, by id().

    Raises:
        TypeError: if it has an attribute that cannot be sent.
    """
    seen = {} if seen is None else seen
    if id(module) in seen:
        return {"again": seen[id(module)]}
    seen[id(module)] = len(seen)
    others = {k: v for k, v in module.__dict__.items() if k not in INTERNAL}
    odd = [k for k, v in others.items() if not is_plain(v)]
    if odd:
        raise TypeError(f"{class_name(module)} has attributes that cannot cross: {odd}")
    return {
        "class": class_name(module),
        "plain": others,
        "parameters": {k: None if p is None else Raw(p) for k, p in module._parameters.items()},
        "buffers": {k: None if b is None else Raw(b) for k, b in module._buffers.items()},
        "children": {k: None if m is None else describe_module(m, seen) for k, m in module._modules.items()},
    }


def build_module(told: dict[str, Any], built: list[nn.Module] | None = None) -> nn.Module:
    """The network of a description; `built` are the parts that there are already, in their order."""
    built = [] if built is None else built
    if "again" in told:
        return built[told["again"]]
    kind: Any = class_named(told["class"])
    module: nn.Module = kind.__new__(kind)
    built.append(module)
    nn.Module.__init__(module)
    module.__dict__.update(told["plain"])
    for name, data in told["parameters"].items():
        module.register_parameter(name, None if data is None else nn.Parameter(data))
    for name, data in told["buffers"].items():
        module.register_buffer(name, data)
    for name, child in told["children"].items():
        module.add_module(name, None if child is None else build_module(child, built))
    return module


def own_tensors(module: nn.Module) -> dict[str, Tensor]:
    """A network's parameters and buffers, by name."""
    return {**dict(module.named_parameters()), **dict(module.named_buffers())}


def module_state(module: nn.Module, known: dict[str, Tensor] | None = None) -> dict[str, Any]:
    """What of a network may change in a call.

    Args:
        known: its tensors when this was asked last. `new` tells which names are another tensor's since then.
    """
    now = own_tensors(module)
    new = [name for name, t in now.items() if known and name in known and known[name] is not t]
    if known is not None:
        known.clear()
        known.update(now)
    return {
        "parameters": {
            name: [Raw(p), Raw(p.grad) if p.is_leaf and p.grad is not None else None, p.requires_grad, p.is_leaf]
            for name, p in module.named_parameters()
        },
        "buffers": {name: Raw(b) for name, b in module.named_buffers()},
        "training": [m.training for m in module.modules()],
        "new": new,
        "gone": [
            f"{home}.{name}".removeprefix(".")
            for home, part in module.named_modules()
            for name, t in (*part._parameters.items(), *part._buffers.items())
            if t is None
        ],
    }


def set_module_state(module: nn.Module, state: dict[str, Any]) -> None:
    """Take a state over: what was replaced over there is replaced here, what is gone is gone."""
    modules, new, gone = dict(module.named_modules()), set(state["new"]), set(state["gone"])
    parameters, buffers = dict(module.named_parameters()), dict(module.named_buffers())
    for name, (data, grad, requires_grad, leaf) in state["parameters"].items():
        home, _, own = name.rpartition(".")
        p = parameters.get(name)
        # What is here already has a name that torch took; nn.ParameterList's new ones are numbers.
        if home not in modules or (p is None and not own.isidentifier() and not own.isdecimal()):
            continue
        if p is None or name in new:
            p = modules[home]._parameters[own] = nn.Parameter(data, requires_grad=bool(requires_grad))
        with torch.no_grad():
            renewed(p, data)
        if not leaf and p.is_leaf:  # it drags a graph along
            modules[home]._parameters[own] = p.detach().requires_grad_() * 1  # pyrefly: ignore
        elif p.is_leaf:
            p.requires_grad_(bool(requires_grad))
            p.grad = None if grad is None else grad.to(p.dtype).reshape(p.shape)
    for name, data in state["buffers"].items():
        home, _, own = name.rpartition(".")
        b = buffers.get(name)
        if b is not None and name in new:
            modules[home]._buffers[own] = data
        elif b is not None:
            with torch.no_grad():
                renewed(b, data)
    for name in gone & {*parameters, *buffers}:
        home, _, own = name.rpartition(".")
        (modules[home]._parameters if name in parameters else modules[home]._buffers)[own] = None
    for part, training in zip(module.modules(), state["training"], strict=False):
        part.training = bool(training)


def renewed(tensor: Tensor, data: Tensor) -> None:
    """Give a tensor these numbers; one that has them already keeps its version."""
    if tensor.shape != data.shape or tensor.dtype != data.dtype:
        tensor.data = data
    elif not torch.equal(tensor, data):
        tensor.copy_(data)


Places = list[list[Any]]  # of tensors: each a network's number and the tensor's name in it


def shared(modules: dict[int, nn.Module]) -> list[Places]:
    """Which tensors of some networks are one and the same memory."""
    found: dict[tuple[Any, ...], Places] = {}
    for number, module in modules.items():
        for name, tensor in own_tensors(module).items():
            memory = tensor.data_ptr(), tensor.shape, tensor.stride(), tensor.dtype
            if tensor.numel():
                found.setdefault(memory, []).append([number, name])
    return [places for places in found.values() if len(places) > 1]


def tie(groups: Any, modules: dict[int, Any], tied: set[tuple[int, str]]) -> None:
    """Let tensors of some networks share their memory as it was told; `tied` are those that did by an earlier call."""
    ours = {(n, k): t for n, m in modules.items() if isinstance(m, nn.Module) for k, t in own_tensors(m).items()}
    now: set[tuple[int, str]] = set()
    for places in groups:
        group = [place for place in map(tuple, places) if place in ours]
        for place in group[1:]:
            first, tensor = ours[group[0]], ours[place]
            if first.shape == tensor.shape and first.dtype == tensor.dtype:
                now.add(place)
                if first.data_ptr() != tensor.data_ptr():
                    tensor.data = first.data
    for place in tied - now:
        if place in ours:
            ours[place].data = ours[place].data.clone()
    tied.clear()
    tied.update(now)


# --- optimizers --------------------------------------------------------------------------------


def describe_optimizer(optimizer: torch.optim.Optimizer, owners: dict[int, tuple[int, str]]) -> dict[str, Any]:
    """An optimizer's class, settings and the parameters it moves: each by its network's number and its name.

    Raises:
        TypeError: if it moves a parameter of no network that has crossed.
    """
    groups = []
    for group in optimizer.param_groups:
        missing = [p for p in group["params"] if id(p) not in owners]
        if missing:
            raise TypeError("An optimizer crosses after the networks it moves; hand those over as arguments, too.")
        settings = {k: v for k, v in group.items() if k != "params" and is_plain(v)}
        groups.append({"settings": settings, "params": [list(owners[id(p)]) for p in group["params"]]})
    return {"class": class_name(optimizer), "groups": groups}


def build_optimizer(told: dict[str, Any], modules: dict[int, Any]) -> torch.optim.Optimizer:
    """The optimizer of a description, on networks that were built before."""
    groups = []
    for group in told["groups"]:
        params = [dict(modules[number].named_parameters())[name] for number, name in group["params"]]
        groups.append({**group["settings"], "params": params})
    kind: Any = class_named(told["class"])
    return kind(groups)


@cache
def optimizers_own() -> frozenset[str]:
    """The attributes of every optimizer. Asked for late: making the first one imports half of torch."""
    return frozenset(torch.optim.SGD([torch.zeros(1)]).__dict__)


def optimizer_state(optimizer: torch.optim.Optimizer) -> dict[str, Any]:
    """What of an optimizer may change in a call."""
    params = [p for group in optimizer.param_groups for p in group["params"]]
    memory = [optimizer.state.get(p, {}).items() for p in params]
    return {
        "memory": [
            {k: Raw(v) if isinstance(v, Tensor) else v for k, v in m if isinstance(v, Tensor) or is_plain(v)}
            for m in memory
        ],
        "settings": [{k: v for k, v in g.items() if k != "params" and is_plain(v)} for g in optimizer.param_groups],
        "plain": {k: v for k, v in optimizer.__dict__.items() if k not in optimizers_own() and is_plain(v)},
    }


def set_optimizer_state(optimizer: torch.optim.Optimizer, state: dict[str, Any]) -> None:
    """Take a state over."""
    params = [p for group in optimizer.param_groups for p in group["params"]]
    for p, memory in zip(params, state["memory"], strict=False):
        if memory:
            optimizer.state[p].update(memory)
    for group, settings in zip(optimizer.param_groups, state["settings"], strict=False):
        group.update({k: v for k, v in settings.items() if k in group and k != "params"})
    for name, value in state["plain"].items():
        if name.isidentifier() and is_plain(getattr(optimizer, name, None)):
            setattr(optimizer, name, value)
