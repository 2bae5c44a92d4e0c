"""Penalties on D's gradient with respect to its input, to be added to D's loss.

A penalty is called with D and a real and a fake batch and returns a tensor of shape (). Its
attribute `every` makes it lazy: it is applied in every so many-th step of D, times that number, which
keeps its strength and saves most of its cost (Karras et al., "Analyzing and Improving the Image
Quality of StyleGAN", CVPR 2020, arXiv:1912.04958, section 3.1). An `every` that is no whole number above 0 is a
CourseError.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor

from gancourse.data import is_whole
from gancourse.errors import CourseError


class Penalty(Protocol):
    """A penalty on D, and in which of D's steps it is applied."""

    every: int

    def __call__(self, D: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor) -> Tensor:
        """The penalty, shape ()."""
        ...


class R1:
    """γ/2 · mean over real x of ‖∇D(x)‖².

    Mescheder, Geiger and Nowozin, "Which Training Methods for GANs do actually Converge?", ICML 2018,
    arXiv:1801.04406, eq. 9.
    """

    def __init__(self, gamma: float = 10.0, every: int = 1) -> None:
        self.gamma, self.every = gamma, whole_every(every)

    def __call__(self, D: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor) -> Tensor:
        """The penalty of the real batch; the fake one is not used."""
        return self.gamma / 2 * slopes(D, real).square().mean()


class R2:
    """γ/2 · mean over made x of ‖∇D(x)‖².

    Roth, Lucchi, Nowozin and Hofmann, "Stabilizing Training of Generative Adversarial Networks through
    Regularization", NeurIPS 2017, arXiv:1705.09367; as in Mescheder et al. (2018), eq. 10.
    """

    def __init__(self, gamma: float = 10.0, every: int = 1) -> None:
        self.gamma, self.every = gamma, whole_every(every)

    def __call__(self, D: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor) -> Tensor:
        """The penalty of the made batch; the real one is not used."""
        return self.gamma / 2 * slopes(D, fake).square().mean()


class R1R2:
    """R1 and R2 with one γ, as in Huang, Gokaslan, Kuleshov and Tompkin, "The GAN is dead; long live the GAN!",
    NeurIPS 2024, arXiv:2501.05441, section 2.
    """

    def __init__(self, gamma: float = 1.0, every: int = 1) -> None:
        self.every, self.parts = whole_every(every), (R1(gamma), R2(gamma))

    def __call__(self, D: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor) -> Tensor:
        """The sum of both."""
        first, second = (part(D, real, fake) for part in self.parts)
        return first + second


class GradientPenalty:
    """λ · mean over random mixes x̂ of real and fake of (‖∇D(x̂)‖ − 1)².

    Gulrajani, Ahmed, Arjovsky, Dumoulin and Courville, "Improved Training of Wasserstein GANs",
    NeurIPS 2017, arXiv:1704.00028, eq. 3. D must not mix samples, so it should have no batch normalization.
    """

    def __init__(self, weight: float = 10.0, every: int = 1) -> None:
        self.weight, self.every = weight, whole_every(every)

    def __call__(self, D: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor) -> Tensor:
        """The penalty at one random point between each pair."""
        mix = torch.rand(len(real), *[1] * (real.ndim - 1), device=real.device)
        return self.weight * (slopes(D, torch.lerp(real, fake.to(real), mix)) - 1).square().mean()


def whole_every(every: int) -> int:
    """`every`, if it makes sense."""
    if not is_whole(every) or every < 1:
        raise CourseError(
            f"every={every!r} should be a whole number above 0: the penalty acts in so many-th steps of D."
        )
    return every


def slopes(D: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """‖∇D‖ at each of the points x (n, …), shape (n,), in float32, in a graph that can be differentiated again."""
    x = x.detach().float().requires_grad_(True)
    # A compiled network cannot be differentiated twice, and half precision is too coarse for a slope's slope. D may
    # be a function that calls one: what tells is that torch has loaded its compiler.
    compiled = "torch._dynamo" in sys.modules
    eagerly = torch.compiler.set_stance("force_eager") if compiled else contextlib.nullcontext()
    with torch.enable_grad(), torch.autocast(x.device.type, enabled=False), eagerly:
        (slope,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)
    return slope.flatten(1).norm(dim=1)
