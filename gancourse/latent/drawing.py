"""Pictures from z, ready to be shown: bytes, and several of them on one sheet."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn

from gancourse.data.images import to_bytes
from gancourse.data.sheet import GAP

Generate = Callable[..., Tensor]


def draw(generate: Generate, z: Tensor, batch: int = 64, **condition: Any) -> Tensor:
    """What a generator makes of z.

    A network draws in evaluation mode, so that batch normalization does not make a picture depend on
    its neighbors, on the device of its parameters, and is then as it was.

    Args:
        generate: z (n, latent_dim) and keywords to pictures in [−1, 1], (n, C, H, W).
        z: (n, latent_dim).
        batch: pictures made at once.
        condition: passed on to `generate`.

    Returns:
        uint8, (n, H, W, 3), on the CPU; gray pictures (C = 1) get three equal channels.

    Raises:
        ValueError: if what comes back are not n pictures of one or three channels.
    """
    parts = []
    with torch.inference_mode(), drawing_mode(generate) as device:
        for some in z.to(device).split(batch):
            pictures = generate(some, **condition)
            if pictures.ndim != 4 or len(pictures) != len(some) or pictures.shape[1] not in (1, 3):
                raise ValueError(
                    f"The generator should make {len(some)} pictures of shape ({len(some)}, 3 or 1, H, W); "
                    f"it made {tuple(pictures.shape)}."
                )
            parts.append(to_bytes(pictures).cpu().expand(-1, 3, -1, -1).permute(0, 2, 3, 1))
    return torch.cat(parts).contiguous()


@contextlib.contextmanager
def drawing_mode(generate: Generate) -> Iterator[torch.device | None]:
    """A network in evaluation mode for a moment. Gives the device it is on; None for a plain function."""
    if not isinstance(generate, nn.Module):
        yield None
        return
    parameter = next(generate.parameters(), None)
    training = [module for module in generate.modules() if module.training]
    generate.eval()
    try:
        yield parameter.device if parameter is not None else None
    finally:
        for module in training:
            module.training = True


def tiles(pictures: Tensor, columns: int | None = None) -> Tensor:
    """Several pictures on one white sheet, row by row.

    Args:
        pictures: uint8, (n, H, W, 3).
        columns: how many side by side; by default as many as rows.

    Returns:
        uint8, (rows · (H + 2) − 2, columns · (W + 2) − 2, 3). One picture stays as it is.
    """
    n, height, width, channels = pictures.shape
    columns = columns or math.ceil(math.sqrt(n))
    rows = math.ceil(n / columns)
    sheet = pictures.new_full((rows * (height + GAP), columns * (width + GAP), channels), 255)
    for i, picture in enumerate(pictures):
        top, left = i // columns * (height + GAP), i % columns * (width + GAP)
        sheet[top : top + height, left : left + width] = picture
    return sheet[:-GAP, :-GAP]
