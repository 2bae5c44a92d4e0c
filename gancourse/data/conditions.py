"""What a network is asked for: attributes of pictures as numbers, and what is said where they cannot be.

    faces = data.load("faces", size=32)
    y = conditions(faces, ["glasses", "hat", "age"])      # (20000, 3), each in [−1, 1]

A flag becomes −1 or 1, a quantity of drawn faces goes from −1 to 1 through its range. A class belongs into one-hot
rows instead (`checked_labels` sees to it that it can). Networks that are told y call `checked_condition`, so that a
wrong one is refused where it comes in, in a sentence, and not three layers further on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from gancourse.data import known
from gancourse.errors import CourseError

if TYPE_CHECKING:
    from gancourse.data.images import Images


def conditions(images: Images, names: Sequence[str]) -> Tensor:
    """Attributes of pictures as a condition, float32 (N, len(names)), each from −1 to 1.

    Args:
        names: flags and quantities that the pictures have.

    Raises:
        CourseError: if an attribute is not there, is a class, or has values that are no numbers.
    """
    from gancourse.data.faces.factors import BY_NAME

    columns = []
    for name in names:
        known(name, images.attributes, f"attribute of {images.name or 'these pictures'}", "attributes")
        values, factor = images.attributes[name], BY_NAME.get(name) if images.name == "faces" else None
        low, high = (factor.low, factor.high) if factor else (0.0, 1.0)
        if factor and factor.prior == "choice":
            raise CourseError(
                f"{name!r} is one of {len(factor.choices)} classes, not a number: give it as one-hot rows."
            )
        scaled = (values.float() - low) / (high - low) * 2 - 1
        if not bool(((scaled >= -1) & (scaled <= 1)).all()):
            raise CourseError(f"{name!r} should lie from {low:g} to {high:g}; its values go {told_range(values)}.")
        columns.append(scaled)
    if not columns:
        raise CourseError("A condition needs the name of at least one attribute; none is given.")
    return torch.stack(columns, 1)


def checked_labels(labels: Tensor, classes: int, n: int | None = None) -> Tensor:
    """Labels, int64 (n,), as they are.

    Raises:
        CourseError: if they are no whole numbers from 0 to classes − 1, one for each of n pictures.
    """
    if labels.is_floating_point() or labels.is_complex() or labels.dtype == torch.bool:
        kind = str(labels.dtype).removeprefix("torch.")
        raise CourseError(f"Labels should be whole numbers from 0 to {classes - 1}; these are {kind}: labels.long().")
    if labels.ndim != 1 or (n is not None and len(labels) != n):
        wanted = "(n,)" if n is None else f"({n},), one for each picture"
        raise CourseError(f"Labels should have shape {wanted}; it is {tuple(labels.shape)}.")
    if len(labels) and not labels.is_cuda and not 0 <= int(labels.min()) <= int(labels.max()) < classes:
        raise CourseError(f"Labels should lie from 0 to {classes - 1}; these go {told_range(labels)}.")
    return labels.long()


def checked_condition(y: Tensor, n: int, length: int) -> Tensor:
    """A condition (n, length) as it is.

    Raises:
        CourseError: if it has another shape or, where that can be seen without waiting for a device, NaN or infinity.
    """
    if y.ndim != 2 or y.shape[1] != length:
        raise CourseError(f"The condition y should have shape ({n}, {length}); it is {tuple(y.shape)}.")
    if len(y) != n:
        raise CourseError(f"There are {len(y)} conditions for a batch of {n}: give each sample one row of y.")
    if y.device.type == "cpu" and not torch.compiler.is_compiling() and not bool(torch.isfinite(y).all()):
        raise CourseError("The condition y holds NaN or infinity: nobody can draw what is not a number.")
    return y


def told_range(values: Tensor) -> str:
    """From where to where they go, in words."""
    return f"from {values.min().item():g} to {values.max().item():g}" if len(values) else "nowhere"
