"""From pictures to what scores are computed on: features, and probabilities of classes.

    real, fake = embed(real_images), embed(fake_images)      # the face reader, which comes with the course
    real = embed(photographs, network=inception_network())   # Inception, where its weights are at hand

A network is anything that takes uint8 pictures (n, 3, H, W) and returns features (n, d) and class
probabilities (n, K). **Scores of different networks are not comparable**, whatever they are called: only
Inception's FID may stand beside a paper's, and only with Inception's own resizing, which torch_fidelity
reproduces. The face reader has seen drawn faces and nothing else; its classes are hair styles.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor

from gancourse.data.images import Images, to_bytes
from gancourse.errors import CourseError
from gancourse.metrics.given import picture_bytes
from gancourse.waiting import each

if TYPE_CHECKING:
    from gancourse.models.dcgan import Discriminator

Network = Callable[[Tensor], tuple[Tensor, Tensor]]
INCEPTION_FILE = "weights-inception-2015-12-05-6726825d.pth"


class Embedded(NamedTuple):
    """What a network makes of n pictures, on the CPU: features (n, d) and class probabilities (n, K)."""

    features: Tensor
    probabilities: Tensor


@torch.no_grad()
def embed(images: Images | Tensor | np.ndarray, network: Network | None = None, batch_size: int = 256) -> Embedded:
    """Features and class probabilities of pictures, with a line that says how far it is where it takes long.

    Args:
        images: `Images`, or uint8 (n, 3, H, W), or floats in [−1, 1], which are rounded to bytes as a saved
            picture would be; tensors or arrays. Gray ones, (n, 1, H, W), are fine.
        network: uint8 pictures to (features, probabilities); None is `face_network()`.

    Raises:
        CourseError: if there are no pictures, they have neither one channel nor three, hold NaN, or have another
            range than asked, such as [0, 1] or floats from 0 to 255.
    """
    pixels = picture_bytes(images.pixels if isinstance(images, Images) else images)
    network = network or face_network(device=pixels.device)
    found = []
    for some in each(pixels.split(batch_size), f"looking at {len(pixels):,} pictures"):
        found.append([part.cpu() for part in network(some.expand(-1, 3, -1, -1))])
    embedded = Embedded(*(torch.cat(parts) for parts in zip(*found, strict=True)))
    if not all(bool(part.isfinite().all()) for part in embedded):
        raise CourseError("The network makes NaN or infinity of these pictures: it is no use for a score.")
    return embedded


def features(images: Images | Tensor | np.ndarray, network: Network | None = None, batch_size: int = 256) -> Tensor:
    """The features alone, (n, d); see `embed`."""
    return embed(images, network, batch_size).features


def face_network(device: torch.device | str = "cpu") -> Network:
    """The course's face reader: 128 features, and the probabilities of seven hair styles."""
    from gancourse.models.face_reader import HAIR_STYLES, load_face_reader

    reader = load_face_reader(device=device)

    def network(pictures: Tensor) -> tuple[Tensor, Tensor]:
        hidden = reader.features(pictures.to(device))
        return hidden, reader.head(hidden)[:, -len(HAIR_STYLES) :].softmax(1)

    return network


def inception_network(path: Path | str | None = None, device: torch.device | str = "cpu") -> Network:
    """Inception v3 as the FID means it: 2,048 features, and 1,008 class probabilities, by torch_fidelity.

    Nothing is downloaded. The weights are looked for where torch_fidelity keeps them.

    Args:
        path: the weights' file, if it lies elsewhere.

    Raises:
        CourseError: if the file is not there or cannot be read.
    """
    from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3

    file = Path(path) if path else Path(torch.hub.get_dir()) / "checkpoints" / INCEPTION_FILE
    if not file.is_file():
        raise CourseError(
            f"Inception's weights are not at {file}. Download {INCEPTION_FILE} from torch-fidelity's releases on "
            "GitHub (v0.2.0) and put it there, or use the face reader: leave `network` out."
        )
    try:
        torch.load(file, weights_only=True)  # torch_fidelity would run whatever code the file holds
        outputs = ["2048", "logits_unbiased"]
        net = FeatureExtractorInceptionV3("inception", outputs, feature_extractor_weights_path=str(file)).to(device)
    except Exception as error:  # a damaged file shows in many ways
        raise CourseError(f"{file} holds no Inception weights ({type(error).__name__}). Download it again.") from error

    def network(pictures: Tensor) -> tuple[Tensor, Tensor]:
        hidden, logits = net(pictures.to(device))
        return hidden, logits.softmax(1)

    return network


def second_look(pictures: Tensor) -> Tensor:
    """Pictures in [−1, 1] by the first two layers of lesson 03's discriminator, pooled: (n, 288).

    They are rounded to bytes; what lies outside of the range is clipped, as when a picture is saved.
    For runs that learn from the face reader, whose own features are then no judge from outside.
    """
    from gancourse.models.dcgan import pooled_layers

    return pooled_layers(second_judge(), to_bytes(pictures))[:, :288]


@functools.cache
def second_judge() -> Discriminator:
    """The discriminator that comes with the course beside `dcgan_faces_64`."""
    from gancourse.models import store
    from gancourse.models.dcgan import Discriminator

    D = store.load("dcgan_faces_64_judge")["D"]
    assert isinstance(D, Discriminator)
    return D
