"""Trained networks that come with the course, so that a demonstration need not train first.

    G = load_dcgan()
    pictures = G(sample_z(32, G.latent_dim))

A checkpoint is a safetensors file in `data/` with what it needs to be built again, and how it was made,
in its metadata. Weights are stored in half precision, which halves the file; what that changes in a
picture is below one step of its 256.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from gancourse.errors import CourseError
from gancourse.paths import repository

if TYPE_CHECKING:  # the network is an exercise: it is loaded only where it is asked for
    from gancourse.models.dcgan import Generator

DCGAN = "dcgan_faces_64.safetensors"


def save_dcgan(G: Generator, path: Path, **made: Any) -> None:
    """Write a generator in half precision, with its sizes and how it was made."""
    from safetensors.torch import save_file

    about = {"size": G.size, "latent_dim": G.latent_dim, "width": G.width, "channels": G.channels}
    halved = {k: (v.half() if v.is_floating_point() else v).cpu().contiguous() for k, v in G.state_dict().items()}
    save_file(halved, path, metadata={"dcgan": json.dumps(about | made)})


def load_dcgan(path: Path | None = None, device: torch.device | str = "cpu") -> Generator:
    """A trained generator: weights averaged over training, in evaluation mode, not to be trained.

    Args:
        path: None is the one that comes with the course: drawn faces, 64 × 64, from z of length 64.

    Raises:
        CourseError: if the file is missing or is no such checkpoint.
    """
    from gancourse.models.dcgan import Generator

    path = path or repository() / "data" / DCGAN
    about, weights = opened(path)
    try:
        G = Generator(about["size"], about["latent_dim"], about["width"], about["channels"])
        G.load_state_dict({k: v.float() if v.is_floating_point() else v for k, v in weights.items()})
    except (KeyError, ValueError, RuntimeError) as error:
        raise CourseError(f"{path} holds another network: {str(error).splitlines()[0]}") from error
    return G.eval().requires_grad_(False).to(device)


def about_dcgan(path: Path | None = None) -> dict[str, Any]:
    """How a checkpoint was made: sizes, steps, batch, learning rate, seed, data, minutes of processor time.

    Raises:
        CourseError: as `load_dcgan`.
    """
    return opened(path or repository() / "data" / DCGAN)[0]


def opened(path: Path) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    """A checkpoint's metadata and weights.

    Raises:
        CourseError: if the file is missing, damaged or something else.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "pt") as file:
            about = json.loads(file.metadata()["dcgan"])
            return about, {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError, KeyError, TypeError) as error:
        what = str(error).splitlines()[0]
        raise CourseError(f"{path} cannot be used ({what}). `python tools/train_dcgan.py` makes it.") from error
