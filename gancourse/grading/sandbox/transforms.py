"""A call across the gap inside of `torch.func`: grad, value_and_grad, vjp, functional_call.

There tensors are wrapped, once for each transform, and have no numbers that could be sent. A custom function
gets them unwrapped: it calls across the gap with them, and goes there again for the way back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils._pytree import tree_flatten, tree_unflatten

from gancourse.checks.values import IN_VMAP

ONCE = "Inside torch.func this can be differentiated once, not twice."


class Crossing:
    """One such call: what is called, with what, and what came of it."""

    def __init__(self, call: Callable[..., Any], args: Any, kwargs: Any) -> None:
        self.call = call
        self.given, self.shape = tree_flatten((list(args), kwargs))
        self.places = [i for i, part in enumerate(self.given) if isinstance(part, Tensor)]
        self.result: Any = None
        self.inputs: list[Tensor] = []
        self.outputs: list[Tensor] = []

    @property
    def tensors(self) -> list[Tensor]:
        return [self.given[i] for i in self.places]

    def cross(self, tensors: tuple[Tensor, ...]) -> None:
        """Call with these in the place of the wrapped ones."""
        self.inputs = [t.detach().requires_grad_(t.is_floating_point()) for t in tensors]
        given = list(self.given)
        for i, tensor in zip(self.places, self.inputs, strict=True):
            given[i] = tensor
        args, kwargs = tree_unflatten(given, self.shape)
        self.result = self.call(*args, **kwargs)
        self.outputs = [part for part in tree_flatten(self.result)[0] if isinstance(part, Tensor)]

    def back(self, gradients: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """The gradients of the inputs for those of the outputs."""
        tracked = [(o, g) for o, g in zip(self.outputs, gradients, strict=True) if o.requires_grad]
        sources = [t for t in self.inputs if t.requires_grad]
        found: dict[int, Tensor | None] = {}
        if tracked and sources:
            outputs, slopes = zip(*tracked, strict=True)
            grads = torch.autograd.grad(outputs, sources, slopes, retain_graph=True, allow_unused=True)
            found = dict(zip(map(id, sources), grads, strict=True))
        rows = [found.get(id(t)) for t in self.inputs]
        return tuple(torch.zeros_like(t) if row is None else row for t, row in zip(self.inputs, rows, strict=True))


class Forth(torch.autograd.Function):
    """The call itself."""

    @staticmethod
    def forward(crossing: Crossing, *tensors: Tensor) -> Any:
        with torch.enable_grad():
            crossing.cross(tensors)
        return tuple(output.detach().clone() for output in crossing.outputs) or (torch.zeros(()),)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.crossing, *tensors = inputs
        ctx.save_for_backward(*tensors)
        ctx.mark_non_differentiable(*(o for o in output if not o.is_floating_point()))

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        return (None, *Back.apply(ctx.crossing, len(gradients), *gradients, *ctx.saved_tensors))

    @staticmethod
    def vmap(info: Any, in_dims: Any, *inputs: Any) -> Any:
        raise RuntimeError(IN_VMAP)


class Back(torch.autograd.Function):
    """The way back. The inputs are among its arguments so that nobody differentiates it unnoticed."""

    @staticmethod
    def forward(crossing: Crossing, count: int, *tensors: Tensor) -> Any:
        return crossing.back(tensors[: len(crossing.outputs)])

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        pass

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        raise RuntimeError(ONCE)

    @staticmethod
    def vmap(info: Any, in_dims: Any, *inputs: Any) -> Any:
        raise RuntimeError(IN_VMAP)


def inside(args: Any, kwargs: Any) -> bool:
    """Whether one of these is wrapped by a transform."""
    parts = tree_flatten((list(args), kwargs))[0]
    return any(torch._C._functorch.is_functorch_wrapped_tensor(part) for part in parts if isinstance(part, Tensor))


def called(call: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """Call across the gap, inside of a transform or not."""
    if not inside(args, kwargs):
        return call(*args, **kwargs)
    crossing = Crossing(call, args, kwargs)
    outputs = iter(Forth.apply(crossing, *crossing.tensors))
    parts, shape = tree_flatten(crossing.result)
    return tree_unflatten([next(outputs) if isinstance(part, Tensor) else part for part in parts], shape)
