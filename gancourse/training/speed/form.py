"""In which form a step is computed: precision, memory format, products for convolutions, compiled or not."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gancourse.errors import CourseError

PRECISIONS = {"float32": torch.float32, "bf16": torch.bfloat16}


@dataclass(frozen=True)
class Form:
    """In which form a step is computed. In float32 all forms agree up to rounding; bf16 rounds more.

    `gancourse.training.speed.trial` finds out which one is fastest on a machine.

    Attributes:
        precision: "float32", or "bf16" for the networks' forward passes under autocast; what networks return,
            losses, penalties, weights and the optimizers stay float32. (What a game takes from a network by another
            way than calling it, such as D's features, it brings to float32 itself.)
        channels_last: whether pictures and filters are stored with channels innermost.
        products: whether convolutions of small maps are matrix products (`gancourse.training.speed.convolutions`).
        compile: whether the networks are compiled by `torch.compile`.

    Raises:
        CourseError: for a precision that is not known.
    """

    precision: str = "float32"
    channels_last: bool = False
    products: bool = False
    compile: bool = False

    def __post_init__(self) -> None:
        if self.precision not in PRECISIONS:
            raise CourseError(f"precision={self.precision!r} is not known; there are {' and '.join(PRECISIONS)}.")

    def __str__(self) -> str:
        parts = [self.precision, "channels-last" if self.channels_last else "contiguous"]
        return ", ".join(parts + ["products"] * self.products + ["compiled"] * self.compile)

    @property
    def layout(self) -> torch.memory_format:
        """How pictures lie in memory."""
        return torch.channels_last if self.channels_last else torch.contiguous_format

    def prepare(self, net: nn.Module) -> None:
        """Make a network ready for this form, in place; names and weights stay."""
        net.to(memory_format=self.layout)
        if self.precision != "float32":
            net.register_forward_hook(in_float32)
        if self.compile:
            net.compile()

    def running(self, device: torch.device) -> ExitStack:
        """The context of a game's turns."""
        stack = ExitStack()
        if self.precision != "float32":
            stack.enter_context(torch.autocast(device.type, PRECISIONS[self.precision]))
        if self.products:
            from gancourse.training.speed.convolutions import small_maps_as_products

            stack.enter_context(small_maps_as_products())
        return stack

    def descending(self, weights: Iterable[Tensor]) -> AbstractContextManager[None]:
        """The context of a backward pass that is for these weights alone."""
        if not self.products:
            return nullcontext()
        from gancourse.training.speed.convolutions import only_for

        return only_for(weights)


def in_float32(net: nn.Module, inputs: object, outputs: object) -> object:
    """What a network returns under autocast, as float32: losses are to be computed in it."""
    if isinstance(outputs, tuple | list):
        parts = [in_float32(net, inputs, one) for one in outputs]
        return parts if isinstance(outputs, list) else tuple(parts)
    return outputs.float() if isinstance(outputs, Tensor) and outputs.is_floating_point() else outputs


PLAIN = Form()
