"""Directions in the latent space along which the pictures change most: GANSpace.

Härkönen, Hertzmann, Lehtinen and Paris, "GANSpace: Discovering Interpretable GAN Controls", 2020,
arXiv:2004.02546. Section 2.2: many z are sent through the generator, a principal component analysis
of an early layer's activations gives coordinates x, and the direction for component k is the u_k of
the linear map U that best takes the coordinates back, Σ ‖U x_j − z_j‖² (equation 2). For style-based
generators the components of w themselves are the directions (section 2.1): give the mapping network
as `network`, and `of_outputs=True`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from gancourse.latent.drawing import drawing_mode


@dataclass(frozen=True, eq=False)
class Principal:
    """What `principal_directions` finds.

    Attributes:
        directions: (count, d): what is added for one unit of a slider. In z of length 1, z's own
            standard deviation; in w one standard deviation of the component.
        shares: (count,): of the variance of what was analyzed, in falling order.
        center: (d,): where they start from, the mean of z (or w).
    """

    directions: Tensor
    shares: Tensor
    center: Tensor

    def named(self) -> dict[str, Tensor]:
        """The directions by number, as the explorer takes them."""
        return {f"direction {i + 1}": direction for i, direction in enumerate(self.directions)}


def principal_directions(
    network: Callable[..., Tensor],
    latent_dim: int,
    count: int = 6,
    *,
    layer: nn.Module | None = None,
    of_outputs: bool = False,
    n: int = 512,
    seed: int = 0,
    sample: Callable[[int], Tensor] | None = None,
    **condition: Any,
) -> Principal:
    """The latent directions of greatest change.

    Args:
        network: z (n, latent_dim) to anything of shape (n, …), pictures for one.
        latent_dim: length of z.
        count: how many.
        layer: a module inside `network`; its activations are analyzed instead of the output.
        of_outputs: the directions lie in the space of the outputs, not of z: for a mapping network.
        n: how many z are drawn; more than `count`.
        seed: of these draws.
        sample: draws z, (m, latent_dim) for a number m; by default from N(0, I).
        condition: passed on to `network`.

    Deviations from the paper: the directions in z have length 1; the sign, arbitrary there, makes the
    largest entry positive, so that two runs agree.

    Raises:
        ValueError: if `count` is not between 1 and what n draws can show, or `layer` is not used.
    """
    generator = torch.Generator().manual_seed(seed)
    z = sample(n) if sample else torch.randn(n, latent_dim, generator=generator)
    seen = observe(network, z, layer, condition)
    limit = min(n - 1, seen.shape[1], seen.shape[1] if of_outputs else latent_dim)
    if not 1 <= count <= limit:
        raise ValueError(f"Between 1 and {limit} directions can be told from {n} draws; count is {count}.")

    center, middle = z.mean(0).cpu().float(), seen.mean(0)
    u, sizes = components(seen - middle)
    scores = u[:, :count] * (n - 1) ** 0.5  # x, each component with variance 1
    if of_outputs:
        directions, center = scores.T @ (seen - middle) / (n - 1), middle
    else:
        # Both sides are centered, so the least-squares map needs no constant.
        directions = torch.linalg.lstsq(scores, z.cpu().float() - center).solution
        directions = directions / directions.norm(dim=1, keepdim=True).clamp(min=1e-12)
    largest = directions.gather(1, directions.abs().argmax(1, keepdim=True))
    return Principal(directions * largest.sign(), sizes[:count].square() / sizes.square().sum(), center)


def components(centered: Tensor) -> tuple[Tensor, Tensor]:
    """Left singular vectors and singular values of rows (n, features), in falling order.

    By the n × n matrix of inner products: there are far more pixels than pictures.
    """
    values, vectors = torch.linalg.eigh((centered @ centered.T).double())
    return vectors.flip(1).float(), values.flip(0).clamp(min=0).sqrt().float()


class Seen(Exception):
    """Ends a forward pass at the layer that is looked at."""

    def __init__(self, answer: Tensor) -> None:
        super().__init__()
        self.answer = answer


def observe(network: Callable[..., Tensor], z: Tensor, layer: nn.Module | None, condition: dict[str, Any]) -> Tensor:
    """What the network, or a layer of it, answers to z: float32, (n, features), on the CPU."""

    def stop(module: nn.Module, given: Any, answer: Tensor) -> None:
        raise Seen(answer)

    hook = layer.register_forward_hook(stop) if layer is not None else None
    rows = []
    try:
        with torch.inference_mode(), drawing_mode(network) as device:
            for some in z.to(device).split(64):
                try:
                    answer = network(some, **condition)
                    if layer is not None:
                        raise ValueError("The layer is not used by the network.")
                except Seen as seen:
                    answer = seen.answer
                rows.append(answer.float().flatten(1).cpu())
    finally:
        if hook is not None:
            hook.remove()
    return torch.cat(rows)
