"""What is given to a score: arrays or tensors, numbers and not NaN, pictures in a range that is known.

A wrong range changes a score and raises nothing by itself: photographs in [0, 1] that are read as [−1, 1] are pale,
and their FID is several times too large. So a range that cannot be told is refused.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from gancourse.data.images import to_bytes
from gancourse.errors import CourseError

BEYOND = 1 / 127.5  # by how much floats may leave [−1, 1]: a step of a byte, which rounding takes back
HALVES = (torch.float16, torch.bfloat16)


def tensor_of(x: object) -> Tensor:
    """A tensor as it is, without its history; an array or nested lists as a tensor of their own."""
    if isinstance(x, Tensor):
        return x.detach()
    return torch.from_numpy(np.array(x))  # a copy: an array may be read-only, or run backward


def finite(x: object, name: str) -> Tensor:
    """A tensor of real numbers.

    Raises:
        ValueError: if there are complex numbers, NaN or infinity in it.
    """
    values = tensor_of(x)
    if values.is_complex():
        raise ValueError(f"{name} holds complex numbers.")
    if values.is_floating_point() and not bool(values.isfinite().all()):
        raise ValueError(f"{name} holds NaN or infinity.")
    return values


def wide(p: object) -> Tensor:
    """Numbers that sums do not lose: halves as float32, all others as they are."""
    values = tensor_of(p)
    return values.float() if values.dtype in HALVES else values


def picture_bytes(pictures: object) -> Tensor:
    """Pictures as uint8 (n, 1 or 3, H, W), on the device where they are.

    Args:
        pictures: bytes, whole numbers from 0 to 255, or floats in [−1, 1], as a tensor or an array.

    Raises:
        CourseError: if the shape or the range is another one, cannot be told, or a value is NaN or infinite.
    """
    values = tensor_of(pictures)
    if values.ndim == 4 and len(values) and values.shape[1] not in (1, 3) and values.shape[3] in (1, 3):
        raise CourseError(
            f"Give pictures (n, 3, H, W); these are {tuple(values.shape)}, with the channels last: "
            "x.permute(0, 3, 1, 2) of a tensor, x.transpose(0, 3, 1, 2) of an array brings them to the front."
        )
    if values.ndim != 4 or values.shape[1] not in (1, 3) or not values.numel():
        raise CourseError(f"Give pictures (n, 3, H, W), at least one; these are {tuple(values.shape)}.")
    if values.dtype == torch.bool or values.is_complex():
        raise CourseError(f"Pictures are bytes, or floats in [−1, 1]; these are {values.dtype}.")
    if not values.is_floating_point():
        return whole_numbers(values)
    broken = ~values.flatten(1).isfinite().all(1)
    if bool(broken.any()):
        raise CourseError(
            f"{int(broken.sum())} of {len(values)} pictures hold NaN or infinity, number "
            f"{int(broken.nonzero()[0])} first: a score of the others would not be one of this generator."
        )
    low, high = (float(end) for end in values.aminmax())
    if low < -1 - BEYOND or high > 1 + BEYOND:
        how = (
            "x / 127.5 - 1 brings floats from 0 to 255 there"
            if low >= 0 and 2 < high <= 255
            else "x.clamp(-1, 1) cuts them"
        )
        raise CourseError(f"Floats should be in [−1, 1]; these go from {low:.4g} to {high:.4g}. {how}.")
    if low >= 0 and high > 0:
        raise CourseError(
            f"Floats should be in [−1, 1]; these go from {low:.4g} to {high:.4g}, as if they were in [0, 1], which "
            "would change every score: 2 * x - 1 brings them there. If nothing in them is darker than a middle gray, "
            "give bytes: gancourse.data.images.to_bytes(x)."
        )
    return to_bytes(values)


def whole_numbers(values: Tensor) -> Tensor:
    """Whole numbers as bytes, if that is what they are."""
    low, high = (int(end) for end in values.aminmax())
    if low < 0 or high > 255:
        raise CourseError(f"Whole numbers should be bytes, 0 to 255; these go from {low} to {high}.")
    if high == 1:
        raise CourseError(
            "These bytes are 0 and 1 alone, as when floats in [0, 1] are cast: all of these pictures are black. "
            "(255 * x).round() of the floats, and then the cast, makes bytes."
        )
    return values.to(torch.uint8)
