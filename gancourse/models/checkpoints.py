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
from typing import TYPE_CHECKING, Any, TypeVar

import torch
from torch import nn

from gancourse.errors import CourseError
from gancourse.paths import repository

if TYPE_CHECKING:  # one of the networks is an exercise: it is loaded only where it is asked for
    from gancourse.models.dcgan import Discriminator, Generator

Net = TypeVar("Net", bound=nn.Module)
DCGAN = "dcgan_faces_64.safetensors"


def save_dcgan(G: Generator, D: Discriminator, path: Path, **made: Any) -> None:
    """Write both networks in half precision, with their sizes and how they were made."""
    from safetensors.torch import save_file

    about = {"size": G.size, "latent_dim": G.latent_dim, "width": G.width, "channels": G.channels, "judge": D.width}
    weights = {f"{name}.{k}": v for name, net in (("G", G), ("D", D)) for k, v in net.state_dict().items()}
    halved = {k: (v.half() if v.is_floating_point() else v).cpu().contiguous() for k, v in weights.items()}
    save_file(halved, path, metadata={"dcgan": json.dumps(about | made)})


def load_dcgan(path: Path | None = None, device: torch.device | str = "cpu") -> Generator:
    """The generator of a checkpoint: weights averaged over training, in evaluation mode, not to be trained.

    Args:
        path: None is the one that comes with the course: drawn faces, 64 × 64, from z of length 64.

    Raises:
        CourseError: if the file is missing or is no such checkpoint.
    """
    from gancourse.models.dcgan import Generator

    path, about, weights = opened(path)
    G = Generator(about["size"], about["latent_dim"], about["width"], about["channels"])
    return filled(G, "G", weights, path).to(device)


def load_dcgan_judge(path: Path | None = None, device: torch.device | str = "cpu") -> Discriminator:
    """The discriminator of the same checkpoint, as training left it. See `load_dcgan`."""
    from gancourse.models.dcgan import Discriminator

    path, about, weights = opened(path)
    return filled(Discriminator(about["size"], about["judge"], about["channels"]), "D", weights, path).to(device)


def about_dcgan(path: Path | None = None) -> dict[str, Any]:
    """How a checkpoint was made: sizes, steps, batch, seed, data, minutes of processor time."""
    return opened(path)[1]


def opened(path: Path | None) -> tuple[Path, dict[str, Any], dict[str, torch.Tensor]]:
    """A checkpoint's path, metadata and weights.

    Raises:
        CourseError: see `load_dcgan`.
    """
    from safetensors import SafetensorError, safe_open

    path = path or repository() / "data" / DCGAN
    try:
        with safe_open(path, "pt") as file:
            about = json.loads(file.metadata()["dcgan"])
            return path, about, {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError, KeyError, TypeError) as error:
        raise CourseError(f"{path} cannot be used ({error}). `python tools/train_dcgan.py` makes it.") from error


def filled(net: Net, name: str, weights: dict[str, torch.Tensor], path: Path) -> Net:
    """The network with its part of the weights."""
    mine = {k.removeprefix(f"{name}."): v for k, v in weights.items() if k.startswith(f"{name}.")}
    try:
        net.load_state_dict({k: v.float() if v.is_floating_point() else v for k, v in mine.items()})
    except RuntimeError as error:
        raise CourseError(f"{path} holds another network: {str(error).splitlines()[0]}") from error
    return net.eval().requires_grad_(False)
