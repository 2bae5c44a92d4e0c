"""Where training runs: the device, how many processes, and the form of a step.

A script that trains on one CPU also runs under `accelerate launch` on several GPUs or machines: Hugging
Face Accelerate joins the processes. What they do together is one thing: they average their gradients.
That is done here, after each backward pass, with a single reduction of one flat tensor.
(`DistributedDataParallel` would overlap the reduction with the backward pass, but a GAN's step breaks
its assumptions: D runs several times before one backward pass, G's step sends gradients through D and
wants none for D, and a gradient penalty differentiates twice.)
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack

import torch
from torch import Tensor, nn

from gancourse.running import device as fastest_device
from gancourse.training.speed.form import PLAIN, Form


class Machine:
    """The device and the processes of a run, and the form of its steps.

    Args:
        device: None takes the fastest: CUDA, else MPS, else the CPU. Of several processes each has its own.
        form: of the steps; None is the plain one, in bf16 if `accelerate launch` was called with
            --mixed_precision bf16.

    Attributes:
        rank, processes: which process this is, 0 for the first, and how many there are.
    """

    def __init__(self, device: torch.device | str | None = None, form: Form | None = None) -> None:
        self.rank, self.processes = 0, 1
        on_cpu = os.environ.get("ACCELERATE_USE_CPU", "").lower() in ("1", "true", "yes", "on")
        found: torch.device | str = device or ("cpu" if on_cpu else fastest_device())
        if int(os.environ.get("WORLD_SIZE", "1")) > 1:
            from accelerate import PartialState

            state = PartialState(cpu=on_cpu or fastest_device().type == "cpu")
            self.rank, self.processes = state.process_index, state.num_processes
            found = state.device or "cpu"
        self.device = torch.device(found)
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
        return self.form.layout

    def running(self) -> ExitStack:
        """The context of a game's turns."""
        return self.form.running(self.device)

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
