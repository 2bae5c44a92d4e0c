"""Stand-ins that checks hand to a student's code and that are built again in the sandbox.

They hold no answer. Whatever crosses as an object with a state must be of torch or in this module:
the rest of the checks cannot be imported where student code runs.
"""

from __future__ import annotations

from typing import Any

import torch


class Projection(torch.nn.Module):
    """D(x) = w · x, from (n, …) to (n, 1): its gradient is w everywhere, of length ‖w‖, whatever x is.

    Args:
        weights: w, as many as a sample has numbers; a parameter, which can be trained.
    """

    def __init__(self, *weights: float) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.tensor(weights))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.flatten(1) @ self.weight.to(x.dtype)[:, None]


class HalfSquare(torch.nn.Module):
    """D(x) = ½ ‖x‖², from (n, …) to (n, 1): its gradient is x, so it tells at which points a gradient was taken."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.flatten(1).square().sum(1, keepdim=True) / 2


class Zeros(torch.nn.Module):
    """Zeros in the shape of the input, still part of the graph: what is left of a loss is its other terms.

    (Its opposite, which hands on what it is given, is torch's own `nn.Identity`.)
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return 0 * x


class Counted(torch.optim.SGD):
    """Plain gradient descent that counts its steps.

    In grading a copy of it works in the sandbox, made by the constructor that SGD has; then `steps`
    is copied back.
    """

    steps = 0

    def step(self, closure: Any = None) -> Any:
        self.steps += 1
        return super().step(closure)


class Quadratic(torch.nn.Module):
    """A loss so plain that its gradients are formulas: Σ over the batches of mean(wᵢ l + ½ c l²).

    It is a module so that it is built again in the sandbox: what is only called across the gap can be
    differentiated once, and unrolled steps differentiate a gradient.

    Args:
        weights: one for each batch of logits the loss takes.
        curve: c.
    """

    def __init__(self, *weights: float, curve: float = 0.0) -> None:
        super().__init__()
        self.weights, self.curve = list(weights), curve

    def forward(self, *batches: torch.Tensor) -> torch.Tensor:
        if len(batches) != len(self.weights):
            raise TypeError(f"This loss takes {len(self.weights)} batch(es) of logits; it was given {len(batches)}.")
        parts = [w * b.mean() + self.curve / 2 * b.square().mean() for w, b in zip(self.weights, batches, strict=True)]
        return torch.stack(parts).sum()


class Blend(torch.nn.Module):
    """A rule for an average that nobody would choose: each parameter of `ema` becomes old · itself + new · net's.

    It is a module so that it is built again in the sandbox, where the networks are that it is called with.

    Args:
        old, new: the two weights, which need not add up to 1.
    """

    def __init__(self, old: float, new: float) -> None:
        super().__init__()
        self.old, self.new = old, new

    @torch.no_grad()
    def forward(self, ema: torch.nn.Module, net: torch.nn.Module) -> None:
        for mine, theirs in zip(ema.parameters(), net.parameters(), strict=True):
            mine.mul_(self.old).add_(theirs, alpha=self.new)


class Told(torch.nn.Module):
    """A network that is told a condition: what it wraps gets samples (n, …) and conditions (n, c) side by side.

    Args:
        net: from (n, numbers of a sample + c) to whatever it makes.
    """

    def __init__(self, net: torch.nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return self.net(torch.cat([x.flatten(1), y.to(x.dtype)], 1))


class TwoWays(torch.nn.Module):
    """A network that is told α: what the first makes of samples (n, …), by 1 − α, and what the second makes, by α.

    Args:
        old, new: from (n, numbers of a sample) to outputs of one shape.
        shape: of one output, where they come as flat rows.
    """

    def __init__(self, old: torch.nn.Module, new: torch.nn.Module, *shape: int) -> None:
        super().__init__()
        self.old, self.new, self.shape = old, new, list(shape)

    def forward(self, x: torch.Tensor, alpha: float) -> torch.Tensor:
        rows = x.flatten(1)
        out = (1 - alpha) * self.old(rows) + alpha * self.new(rows)
        return out.unflatten(1, self.shape) if self.shape else out


class PairShown(torch.nn.Module):
    """A network that is shown a pair of pictures: what it wraps gets their channels side by side.

    Args:
        net: from (n, channels of both, H, W) to whatever it makes.
    """

    def __init__(self, net: torch.nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return self.net(torch.cat([x, y], 1))


class InStyle(torch.nn.Module):
    """A generator in two parts, from z to w and from w to pictures, with a running mean of w.

    Args:
        mapping: from z to w (n, length).
        synthesis: from w to flat rows.
        length: of w.
        shape: of one picture.
    """

    def __init__(self, mapping: torch.nn.Module, synthesis: torch.nn.Module, length: int, *shape: int) -> None:
        super().__init__()
        self.mapping = mapping
        self.synthesis = torch.nn.Sequential(synthesis, torch.nn.Unflatten(1, tuple(shape)))
        self.register_buffer("mean_w", torch.full((length,), 0.25, dtype=torch.float64))

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        return self.synthesis(self.mapping(z))


class ByClass(torch.nn.Module):
    """A network that is told a class: what it wraps gets samples (n, …) and their rows of a table side by side.

    It keeps in `most` how many samples it has seen at a time.

    Args:
        net: from (n, numbers of a sample + length of a row) to flat rows.
        table: a row for each class.
        shape: of one output; flat rows by default.
    """

    def __init__(self, net: torch.nn.Module, table: torch.Tensor, *shape: int) -> None:
        super().__init__()
        self.net, self.table, self.shape = net, torch.nn.Parameter(table), list(shape)
        self.register_buffer("most", torch.zeros((), dtype=torch.float64))

    def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        self.most.clamp_(min=len(x))
        rows = self.net(torch.cat([x.flatten(1), self.table[y]], 1))
        return rows.unflatten(1, self.shape) if self.shape else rows


class PullToZero(torch.nn.Module):
    """A penalty on a network's parameters so plain that its gradient is the parameters: half their squares.

    It is a module so that it is built again in the sandbox, where the networks are that it is called with.
    """

    def forward(self, net: torch.nn.Module) -> torch.Tensor:
        return torch.stack([p.square().sum() / 2 for p in net.parameters()]).sum()


class TwoAnswers(torch.nn.Module):
    """A judge with two heads: what each makes of what one trunk makes of samples, in a tuple.

    Args:
        trunk: from samples to what both heads are shown.
        whole, patch: from that to logits.
    """

    def __init__(self, trunk: torch.nn.Module, whole: torch.nn.Module, patch: torch.nn.Module) -> None:
        super().__init__()
        self.trunk, self.whole, self.patch = trunk, whole, patch

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        seen = self.trunk(x)
        return self.whole(seen), self.patch(seen)
