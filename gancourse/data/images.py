"""The one type that every data set loads to: pictures as bytes, attributes by name.

Pictures stay uint8, a quarter of float32's memory, until a batch of them is on the device where
it is used; only there does a batch become float32 in [−1, 1], the range of a generator's tanh.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.utils.data import Dataset

from gancourse.data import known
from gancourse.errors import CourseError

if TYPE_CHECKING:
    from gancourse.data.batches import Batches


def to_unit(pixels: Tensor) -> Tensor:
    """Bytes 0 … 255 as float32 in [−1, 1], on the device where they are."""
    return pixels.to(torch.float32).div_(127.5).sub_(1)


def to_bytes(pictures: Tensor) -> Tensor:
    """The inverse of `to_unit`, rounded; what lies outside [−1, 1] is clipped."""
    return pictures.detach().to(torch.float32).add(1).mul(127.5).round().clamp(0, 255).to(torch.uint8)


@dataclass(frozen=True, eq=False)
class Images(Dataset):
    """A data set in memory, or mapped from its cache.

    Attributes:
        pixels: uint8, (N, C, H, W).
        attributes: name to tensor of N values: bool for yes or no, float for a quantity, int for a class.
        name: the data set's.
        split: which part of it this is.
        description: what is to be seen, in a sentence or two.
        license: under which terms it may be used.

    It is a map-style `torch.utils.data.Dataset`: `images[i]` is one picture in [−1, 1] and a dict
    of its attributes, so a `DataLoader` takes it. `batches` is faster.
    """

    pixels: Tensor
    attributes: dict[str, Tensor] = field(default_factory=dict)
    name: str = ""
    split: str = "all"
    description: str = ""
    license: str = ""

    def __post_init__(self) -> None:
        if self.pixels.dtype != torch.uint8 or self.pixels.ndim != 4:
            found = f"{self.pixels.dtype} of shape {tuple(self.pixels.shape)}"
            raise CourseError(f"pixels should be a uint8 tensor of shape (N, C, H, W); it is {found}.")
        for name, values in self.attributes.items():
            if values.shape[:1] != self.pixels.shape[:1]:
                raise CourseError(f"Attribute {name!r} has shape {tuple(values.shape)} for {len(self)} pictures.")

    def __len__(self) -> int:
        return self.pixels.shape[0]

    def __getitem__(self, index: int) -> tuple[Tensor, dict[str, Tensor]]:
        if not -len(self) <= index < len(self):
            raise IndexError(f"Picture {index} of {len(self)}.")  # this ends a `for` over the data set
        return to_unit(self.pixels[index]), {name: values[index] for name, values in self.attributes.items()}

    def __repr__(self) -> str:
        shape = "×".join(map(str, self.pixels.shape[1:]))
        named = ", ".join(list(self.attributes)[:6]) + (", …" if len(self.attributes) > 6 else "")
        where = self.pixels.device
        return f"<Images {self.name}/{self.split}: {len(self):,} of {shape} on {where}; attributes: {named or 'none'}>"

    @property
    def device(self) -> torch.device:
        """Where the pictures are."""
        return self.pixels.device

    def to(self, device: torch.device | str) -> Images:
        """The same on another device, still as bytes."""
        moved = {name: values.to(device) for name, values in self.attributes.items()}
        return replace(self, pixels=self.pixels.to(device), attributes=moved)

    def subset(self, which: Tensor | Sequence[int] | slice) -> Images:
        """Some of the pictures: by a mask, by indices, or by a slice (which copies nothing)."""
        chosen = which if isinstance(which, slice | Tensor) else torch.as_tensor(list(which), dtype=torch.long)
        if isinstance(chosen, Tensor):
            chosen = chosen.to(self.device)
        parts = {name: values[chosen] for name, values in self.attributes.items()}
        return replace(self, pixels=self.pixels[chosen], attributes=parts)

    def select(self, names: Sequence[str]) -> Images:
        """The same pictures with only these attributes."""
        for name in names:
            known(name, self.attributes, f"attribute of {self.name}", "attributes")
        return replace(self, attributes={name: self.attributes[name] for name in names})

    def batches(self, batch_size: int, device: torch.device | str | None = None, seed: int = 0) -> Batches:
        """Shuffled batches without end, on the device: pictures in [−1, 1] and their attributes (`data.batches`)."""
        from gancourse.data.batches import Batches

        return Batches(self, batch_size, device, seed)

    def _fits(self, device: torch.device) -> bool:
        """Whether the bytes may all go to the device: on CUDA, if they leave half of its free memory."""
        if device.type != "cuda" or self.device.type == "cuda":
            return True
        held = sum(values.numel() * values.element_size() for values in (self.pixels, *self.attributes.values()))
        return held < torch.cuda.mem_get_info(device)[0] / 2
