"""Library calls that an exercise asks to do without, because each is the exercise.

The refusal acts where the answer runs. It sees what torch computes and not how the call is written, so
`F.conv_transpose2d`, `nn.ConvTranspose2d` and `torch.ops.aten.convolution` are one thing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from torch.utils._python_dispatch import TorchDispatchMode


def transposes(name: str, args: tuple[Any, ...]) -> bool:
    """Whether an operation is a transposed convolution: forward, or by way of a convolution's backward pass."""
    plain = "convolution" in name and "backward" not in name and len(args) > 6 and args[6] is True
    return plain or "conv_transpose" in name or name == "aten::convolution_backward"


def shuffles(name: str, args: tuple[Any, ...]) -> bool:
    """Whether an operation lays out channels as pixels, or pixels as channels."""
    return name.removeprefix("aten::").startswith(("pixel_shuffle", "pixel_unshuffle"))


REFUSED: dict[str, tuple[Callable[[str, tuple[Any, ...]], bool], str]] = {
    "transposed convolution": (
        transposes,
        "this is PyTorch's own transposed convolution, and the exercise says to do without it: write it yourself",
    ),
    "pixel shuffle": (
        shuffles,
        "this is PyTorch's own shuffle of channels and pixels, and the exercise says to do without it: write it "
        "yourself",
    ),
}


class Withheld(RuntimeError):
    """A call that is the exercise itself."""


class Refusing(TorchDispatchMode):
    """Refuses some operations of torch's."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self.fits, self.why = REFUSED[what]

    def __torch_dispatch__(self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None) -> Any:
        if self.fits(func.name(), args):
            raise Withheld(self.why)
        return func(*args, **(kwargs or {}))


def refusing(what: str) -> contextlib.AbstractContextManager[Any]:
    """Within the block torch refuses what `REFUSED` has under this name; "" refuses nothing."""
    return Refusing(what) if what else contextlib.nullcontext()
