"""A small network that reads the factors of a drawn face from its pixels.

It is the course's judge: it says whether a conditional generator drew the smile it was asked for and
whether an edit changed the age and nothing else. Its last hidden layer serves as the features of
FID-like scores where Inception's weights are not at hand. **Such a score is not comparable with an
FID from Inception**, nor with one from another version of this network: compare only what the same
file has scored. It has seen drawn faces and nothing else; on photographs its answers mean nothing.

    reader = load_face_reader()
    reader.read(faces.sample_images(8, size=32))["smile"]

Its file is "face_reader" in the store of weights; `python benchmarks/face_reader.py` prints how well it reads faces
that it has not seen.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gancourse.data.faces import HAIR_STYLES, TABLE
from gancourse.models import store

READABLE = tuple(factor for factor in TABLE if factor.readable)
QUANTITIES = tuple(f.name for f in READABLE if f.prior not in ("flag", "choice"))
FLAGS = tuple(f.name for f in READABLE if f.prior == "flag")
RANGE = {f.name: (f.low, f.high) for f in READABLE}
SIZE = 64  # pictures of another size are scaled to it
FEATURES = 128


class Residual(nn.Module):
    """Two 3 × 3 convolutions beside the identity (He et al., 2016)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv_1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm_1 = nn.BatchNorm2d(channels)
        self.conv_2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm_2 = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        hidden = F.relu(self.norm_1(self.conv_1(x)))
        return F.relu(x + self.norm_2(self.conv_2(hidden)))


def halved(inputs: int, outputs: int) -> nn.Sequential:
    """A convolution that halves height and width."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()
    )


class FaceReader(nn.Module):
    """Reads pictures (n, 3, 64, 64) in [−1, 1]: from 64 × 64 pixels down to 4 × 4, then two linear layers.

    The 4 × 4 places are kept apart until the end: a turned head is a matter of where things are.
    """

    def __init__(self, width: int = 24) -> None:
        super().__init__()
        self.width = width
        self.trunk = nn.Sequential(
            halved(3, width),
            halved(width, 2 * width),
            Residual(2 * width),
            halved(2 * width, 4 * width),
            Residual(4 * width),
            halved(4 * width, 5 * width),
            nn.Conv2d(5 * width, 32, 1, bias=False),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.Flatten(),
        )
        self.hidden = nn.Linear(32 * 4 * 4, FEATURES)
        self.head = nn.Linear(FEATURES, len(QUANTITIES) + len(FLAGS) + len(HAIR_STYLES))

    def features(self, images: Tensor) -> Tensor:
        """The last hidden layer, (n, 128), of pictures as `prepared` takes them."""
        return F.relu(self.hidden(self.trunk(prepared(images))))

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Quantities scaled to [−1, 1] (n, 10), logits of the flags (n, 4) and of the hair's style (n, 7)."""
        return self.head(self.features(images)).split([len(QUANTITIES), len(FLAGS), len(HAIR_STYLES)], dim=1)

    @torch.no_grad()
    def read(self, images: Tensor, batch_size: int = 256) -> dict[str, Tensor]:
        """The factors of pictures, by name, each (n,), on the CPU. The network is in evaluation mode from then on.

        Args:
            images: uint8, or floats in [−1, 1], of shape (n, 3, H, W).

        Returns:
            quantities in the ranges of `faces.TABLE`, flags as probabilities, "hair_style" as the most
            probable index into `faces.HAIR_STYLES`. What cannot be seen (the hair's length under a
            scarf) is a guess; `gancourse.data.faces.visible` tells where that is so.
        """
        device = self.head.weight.device
        self.eval()
        parts = [self(piece.to(device)) for piece in images.split(batch_size)]
        if not parts:
            return {name: torch.empty(0) for name in (*QUANTITIES, *FLAGS, "hair_style")}
        scaled, flags, styles = (torch.cat(some).float().cpu() for some in zip(*parts, strict=True))
        found = {name: unscaled(name, scaled[:, k]) for k, name in enumerate(QUANTITIES)}
        found |= {name: torch.sigmoid(flags[:, k]) for k, name in enumerate(FLAGS)}
        return {**found, "hair_style": styles.argmax(1)}


def prepared(images: Tensor) -> Tensor:
    """Pictures as the network takes them: floats in [−1, 1], 64 × 64.

    Raises:
        ValueError: if they have no shape (n, 3, H, W).
    """
    if images.ndim != 4 or images.shape[1] != 3:
        raise ValueError(f"images should have shape (n, 3, H, W); it is {tuple(images.shape)}.")
    pictures = images.float() / 127.5 - 1 if images.dtype == torch.uint8 else images
    if pictures.shape[-2:] == (SIZE, SIZE):
        return pictures
    shrinks = min(pictures.shape[-2:]) > SIZE  # antialiasing is for shrinking, and slow
    return F.interpolate(pictures, size=(SIZE, SIZE), mode="bilinear", align_corners=False, antialias=shrinks)


def scaled(name: str, values: Tensor) -> Tensor:
    """A factor from its own range to [−1, 1]."""
    low, high = RANGE[name]
    return (values - low) / (high - low) * 2 - 1


def unscaled(name: str, values: Tensor) -> Tensor:
    """The inverse of `scaled`, kept in the range."""
    low, high = RANGE[name]
    return ((values + 1) / 2 * (high - low) + low).clamp(low, high)


def load_face_reader(device: torch.device | str = "cpu") -> FaceReader:
    """The reader that comes with the course, ready to read.

    Raises:
        CourseError: if its file is missing or cannot be used.
    """
    return store.load("face_reader", device)["reader"]
