"""Where training runs and in which form: device, precision, memory format, number of processes.

Hugging Face Accelerate finds the device and joins the processes, so that a script that trains on one
CPU also runs under `accelerate launch` on several GPUs or machines. What several processes do together
is one thing: they average their gradients. That is done here, after each backward pass, with a single
reduction of one flat tensor. (`DistributedDataParallel` would overlap the reduction with the backward
pass, but a GAN's step breaks its assumptions: D runs several times before one backward pass, G's step
sends gradients through D and wants none for D, and a gradient penalty differentiates twice.)
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gancourse.errors import CourseError
from gancourse.running import device as fastest_device

PRECISIONS = {"float32": torch.float32, "bf16": torch.bfloat16}


@dataclass(frozen=True)
class Form:
    """In which form a step is computed. In float32 all forms agree up to rounding; bf16 rounds more.

    `gancourse.training.fastest` finds out which one is fastest on a machine.

    Attributes:
        precision: "float32", or "bf16" for the networks' forward passes under autocast; losses, penalties,
            weights and the optimizers stay float32.
        channels_last: whether pictures and filters are stored with channels innermost.
        products: whether convolutions of small maps are matrix products (`gancourse.training.convolutions`).
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


PLAIN = Form()


class Machine:
    """The device and the processes of a run, and the form of its steps.

    Args:
        device: None takes what Accelerate finds: this process's GPU, else MPS, else the CPU.
        form: of the steps; None is the plain one, in bf16 if `accelerate launch` was called with
            --mixed_precision bf16.

    Attributes:
        rank, processes: which process this is, 0 for the first, and how many there are.
    """

    def __init__(self, device: torch.device | str | None = None, form: Form | None = None) -> None:
        self.rank, self.processes = 0, 1
        found = device
        if device is None or int(os.environ.get("WORLD_SIZE", "1")) > 1:
            from accelerate import PartialState
            from accelerate.utils import parse_flag_from_env

            state = PartialState(cpu=parse_flag_from_env("ACCELERATE_USE_CPU") or fastest_device().type == "cpu")
            self.rank, self.processes = state.process_index, state.num_processes
            found = state.device
        self.device = torch.device(found or "cpu")
        if form is None:
            form = Form("bf16") if os.environ.get("ACCELERATE_MIXED_PRECISION") == "bf16" else PLAIN
        self.form = form

    @property
    def main(self) -> bool:
        """Whether this is the process that writes files and talks."""
        return self.rank == 0

    @property
    def layout(self) -> torch.memory_format:
        """How pictures lie in memory."""
        return torch.channels_last if self.form.channels_last else torch.contiguous_format

    def running(self) -> ExitStack:
        """The context of the networks' forward passes."""
        stack = ExitStack()
        if self.form.precision != "float32":
            stack.enter_context(torch.autocast(self.device.type, PRECISIONS[self.form.precision]))
        if self.form.products:
            from gancourse.training.convolutions import small_maps_as_products

            stack.enter_context(small_maps_as_products())
        return stack

    def average(self, tensors: Sequence[Tensor]) -> None:
        """Replace each tensor by its mean over all processes, in place. They must agree in number and shapes."""
        if self.processes == 1 or not tensors:
            return
        from accelerate.utils import reduce

        flat = torch.cat([tensor.reshape(-1).float() for tensor in tensors])
        mean: Tensor = reduce(flat, "mean")
        for tensor, part in zip(tensors, mean.split([tensor.numel() for tensor in tensors]), strict=True):
            tensor.copy_(part.view(tensor.shape))

    def agree(self, *modules: nn.Module) -> None:
        """Give every process the first one's weights and buffers."""
        if self.processes == 1:
            return
        from accelerate.utils import broadcast

        with torch.no_grad():
            for module in modules:
                for tensor in [*module.parameters(), *module.buffers()]:
                    tensor.copy_(broadcast(tensor.detach().clone().contiguous(), from_process=0))
