"""A network in words, and back: its class in `gancourse.models`, and what its constructor was given.

A network keeps each argument of its constructor in an attribute of the same name, `self.width = width`;
that is all that the store of weights asks of it. Whoever writes a file can make no other class than those
of `gancourse.models` be built, and modules are imported only when a file names them.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import re
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from gancourse.errors import CourseError

HOME = "gancourse.models"
CLASS = re.compile(r"(?:[a-z_]\w*\.)+[A-Za-z_]\w*")


def class_of(net: nn.Module) -> str:
    """A network's class below `gancourse.models`, such as "dcgan.Generator".

    Raises:
        CourseError: if it is no class of a module there.
    """
    kind = type(net)
    if not kind.__module__.startswith(f"{HOME}.") or "." in kind.__qualname__:
        raise CourseError(
            f"{kind.__module__}.{kind.__qualname__} cannot be stored: only networks of {HOME} can be built again from "
            "a file's words. (Of a compiled or wrapped network, store what is inside.)"
        )
    return f"{kind.__module__.removeprefix(f'{HOME}.')}.{kind.__name__}"


def settings_of(net: nn.Module) -> dict[str, Any]:
    """What a network's constructor was given: for each of its arguments the attribute of the same name.

    Raises:
        CourseError: if one is missing.
    """
    names = list(inspect.signature(type(net)).parameters)
    if missing := [name for name in names if not hasattr(net, name)]:
        raise CourseError(
            f"{type(net).__name__} cannot be stored: its constructor takes {missing[0]}, and it has no attribute of "
            f"that name. Write `self.{missing[0]} = {missing[0]}` there."
        )
    return {name: getattr(net, name) for name in names}


def rebuilt(named: str, settings: Mapping[str, Any], weights: Mapping[str, Tensor]) -> nn.Module:
    """The network of these words with these weights, on the CPU, in the precision that it is built in.

    Raises:
        ValueError: in a sentence, if there is no such class, or settings or weights do not fit it.
        ImportError: with a sentence of its own, where the sandbox of the graders withholds the module.
    """
    module, _, name = named.rpartition(".")
    known = CLASS.fullmatch(named) is not None and is_module(f"{HOME}.{module}")
    kind = getattr(importlib.import_module(f"{HOME}.{module}"), name, None) if known else None
    if not (isinstance(kind, type) and issubclass(kind, nn.Module) and kind.__module__ == f"{HOME}.{module}"):
        raise ValueError(f"it holds a {named}, and {HOME} has no such network (a later gancourse may have it)")
    try:
        with torch.random.fork_rng(devices=[]):  # a constructor draws weights, and these are not wanted
            net = kind(**settings)
    except (TypeError, ValueError, RuntimeError) as error:
        why = (str(error).splitlines() or [type(error).__name__])[0]
        raise ValueError(f"{named} cannot be built from {dict(settings)} ({why})") from error
    ours = {key: tuple(value.shape) for key, value in net.state_dict().items()}
    theirs = {key: tuple(value.shape) for key, value in weights.items()}
    for key in sorted(ours.keys() | theirs.keys()):
        if ours.get(key) != theirs.get(key):
            found, wanted = (shapes.get(key, "missing") for shapes in (theirs, ours))
            raise ValueError(f"its weights are another network's: {key} is {found}, and in {named} {wanted}")
    net.load_state_dict(weights)
    return net


def is_module(name: str) -> bool:
    """Whether a module could be imported, without doing so."""
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # what it would lie in is no package
        return False
