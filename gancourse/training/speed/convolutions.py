"""Convolutions on small maps as one matrix product, for CPUs.

A convolution of a few wide maps (4 × 4 pixels, hundreds of channels) is a product of two large
matrices: one row for each patch of the input, one column for each filter. The CPU library behind
torch's convolutions reaches about a third of the processor's speed there in the backward pass, its
matrix product nearly all of it, and that is where a DCGAN spends half of its time. Within
`small_maps_as_products()` such convolutions are computed that way; all others are left alone. With
channels-last tensors nothing has to be copied but the patches. Results differ by rounding only, and can
be differentiated twice, as a gradient penalty does.

The two functions below also say what a *transposed* convolution is: its forward pass is the backward
pass of a convolution and the other way round, the same two matrices transposed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.overrides import TorchFunctionMode

SMALL = 16  # pixels of the smaller map, up to which a product was measured to be faster
LEARNING = threading.local()  # .weights: ids of those that a backward pass in this thread is for


@contextmanager
def only_for(weights: Iterable[Tensor]) -> Iterator[None]:
    """Within this context, backward passes make no gradients for other weights.

    `backward(inputs=…)` says the same to torch's own functions, but not to those that are written in Python.
    """
    LEARNING.weights = {id(weight) for weight in weights}
    try:
        yield
    finally:
        LEARNING.weights = None


def wanted(weight: Tensor) -> bool:
    """Whether the backward pass that runs is for this weight."""
    weights = getattr(LEARNING, "weights", None)
    return weights is None or not weight.is_leaf or id(weight) in weights


class small_maps_as_products(TorchFunctionMode):  # used like a function
    """Within this context, convolutions with small maps in float32 on a CPU are matrix products."""

    def __torch_function__(self, func: Callable, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Called by torch instead of each of its functions."""
        kwargs = kwargs or {}
        if func is F.conv2d:
            return convolution(*args, **kwargs)
        if func is F.conv_transpose2d:
            return transposed_convolution(*args, **kwargs)
        return func(*args, **kwargs)


def convolution(
    x: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Any = 1, padding: Any = 0, *rest: Any, **named: Any
) -> Tensor:
    """`F.conv2d`, as a product if it suits."""
    step, rim = single(stride), single(padding)
    if step is None or rim is None or set(rest) - {1, (1, 1)} or named or not suits(x, weight):
        return F.conv2d(x, weight, bias, stride, padding, *rest, **named)
    size = (x.shape[-1] + 2 * rim - weight.shape[-1]) // step + 1
    if size * size > SMALL:
        return F.conv2d(x, weight, bias, stride, padding)
    y = Convolution.apply(x, weight, step, rim)
    return y if bias is None else y + bias[:, None, None]


def transposed_convolution(
    x: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Any = 1, padding: Any = 0, *rest: Any, **named: Any
) -> Tensor:
    """`F.conv_transpose2d`, as a product if it suits."""
    step, rim = single(stride), single(padding)
    usual = not rest or tuple(map(single, rest)) == (0, 1, 1)[: len(rest)]  # output padding, groups, dilation
    if step is None or rim is None or not usual or named or not suits(x, weight) or x.shape[-1] ** 2 > SMALL:
        return F.conv_transpose2d(x, weight, bias, stride, padding, *rest, **named)
    y = TransposedConvolution.apply(x, weight, step, rim)
    return y if bias is None else y + bias[:, None, None]


def suits(x: Tensor, weight: Tensor) -> bool:
    """Whether the maps and filters are square, float32, on the CPU, and no autocast is on."""
    square = x.ndim == 4 and x.shape[-1] == x.shape[-2] and weight.shape[-1] == weight.shape[-2]
    plain = x.device.type == "cpu" and x.dtype == weight.dtype == torch.float32
    return square and plain and not torch.is_autocast_enabled("cpu")


def single(value: Any) -> int | None:
    """The one number of (2, 2) or 2; None for (1, 2) or "same"."""
    if isinstance(value, int):
        return value
    return value[0] if isinstance(value, tuple | list) and len(set(value)) == 1 else None


def rows(maps: Tensor) -> Tensor:
    """(n, c, h, w) to one row of channels for each pixel: (n h w, c)."""
    return maps.permute(0, 2, 3, 1).reshape(-1, maps.shape[1])


def matrix(weight: Tensor) -> Tensor:
    """(a, b, k, k) to (a, k k b), the order of a patch."""
    return weight.permute(0, 2, 3, 1).reshape(len(weight), -1)


def patches(maps: Tensor, kernel: int, stride: int, padding: int) -> Tensor:
    """Every patch that a filter sees, from maps (n, c, h, h): one row each, (n o o, k k c)."""
    inner = F.pad(maps.permute(0, 2, 3, 1), (0, 0, padding, padding, padding, padding))
    seen = inner.unfold(1, kernel, stride).unfold(2, kernel, stride)  # (n, o, o, c, k, k), a view
    return seen.permute(0, 1, 2, 4, 5, 3).reshape(-1, kernel * kernel * maps.shape[1])


def add_patches(parts: Tensor, n: int, size: int, kernel: int, stride: int, padding: int) -> Tensor:
    """The transpose of `patches`: add each patch where it was seen. (n o o, k k c) to maps (n, c, size, size)."""
    out = (size + 2 * padding - kernel) // stride + 1
    parts = parts.view(n, out, out, kernel, kernel, -1)
    full = parts.new_zeros(n, size + 2 * padding, size + 2 * padding, parts.shape[-1])
    reach = stride * (out - 1) + 1
    for i in range(kernel):
        for j in range(kernel):
            full[:, i : i + reach : stride, j : j + reach : stride] += parts[:, :, :, i, j]
    inside = slice(padding, padding + size)
    return full[:, inside, inside].permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)


class Convolution(torch.autograd.Function):
    """y = patches(x) Wᵀ."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, stride: int, padding: int) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.shape = weight.shape[-1], stride, padding
        y = patches(x, *ctx.shape) @ matrix(weight).T
        size = (x.shape[-1] + 2 * padding - weight.shape[-1]) // stride + 1
        return y.view(len(x), size, size, -1).permute(0, 3, 1, 2)

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> Any:  # pyrefly: ignore[bad-override]
        x, weight = ctx.saved_tensors
        slope = rows(slope)
        on_x = on_weight = None
        if ctx.needs_input_grad[0]:
            on_x = add_patches(slope @ matrix(weight), len(x), x.shape[-1], *ctx.shape)
        if ctx.needs_input_grad[1] and wanted(weight):
            on_weight = filters(slope.T @ patches(x, *ctx.shape), weight)
        return on_x, on_weight, None, None


class TransposedConvolution(torch.autograd.Function):
    """y = patchesᵀ(x W)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, stride: int, padding: int) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.shape = weight.shape[-1], stride, padding
        size = (x.shape[-1] - 1) * stride - 2 * padding + weight.shape[-1]
        return add_patches(rows(x) @ matrix(weight), len(x), size, *ctx.shape)

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> Any:  # pyrefly: ignore[bad-override]
        x, weight = ctx.saved_tensors
        seen = patches(slope, *ctx.shape)
        on_x = on_weight = None
        if ctx.needs_input_grad[0]:
            size = x.shape[-1]
            on_x = (seen @ matrix(weight).T).view(len(x), size, size, -1).permute(0, 3, 1, 2)
        if ctx.needs_input_grad[1] and wanted(weight):
            on_weight = filters(rows(x).T @ seen, weight)
        return on_x, on_weight, None, None


def filters(flat: Tensor, like: Tensor) -> Tensor:
    """The inverse of `matrix`: (a, k k b) to the shape (a, b, k, k) of these weights."""
    a, b, k, _ = like.shape
    return flat.view(a, k, k, b).permute(0, 3, 1, 2)
