"""One store for all weights: those that come with the course, and those that you keep.

    G = load("dcgan_faces_64")["G"]
    pictures = G(sample_z(32, G.latent_dim))
    about("dcgan_faces_64")["reached"]      # the figures that it was measured to reach

A file is in the safetensors format, which holds numbers and text and nothing that could be run: weights in half
precision, "G.net.0.weight", and one text of JSON that says for each network its class in `gancourse.models` and what
its constructor was given, how it was made (recipe, seed, steps), and what it reached. Half precision halves the
file; what that changes in a picture is below one step of its 256. The same weights make the same file, byte for byte.

A name stands for data/NAME.safetensors in a checkout of the course and for gancourse/weights/NAME.safetensors in an
installed package; a path stands for itself.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from gancourse.errors import CourseError
from gancourse.models.rebuilding import class_of, rebuilt, settings_of
from gancourse.paths import checkout, weights_folder

FORMAT = 1
NAME = re.compile(r"[A-Za-z0-9][\w-]*")  # of a file; anything else is a path
PART = re.compile(r"[A-Za-z_]\w*")  # of a network or a tensor: without a dot, which divides NET.parameter
ANEW = "`gancourse train RECIPE --keep` makes it anew; `gancourse train --list` says which recipe makes which file."
PICKLE = "it is a pickle of `torch.save`, which can run code when it is read, and names no network"
FOREIGN = (
    "Build the network yourself and fill it with `net.load_state_dict(…)`, from `torch.load(path, weights_only=True)` "
    "or `safetensors.torch.load_file(path)`; names that begin with `module.` come from nn.DataParallel, which put that "
    "in front: take it off. `gancourse.models.store.save(path, {'G': net}, {})` then writes what can be loaded here."
)


def save(
    name_or_path: str | Path,
    nets: Mapping[str, nn.Module],
    made: Mapping[str, Any],
    tensors: Mapping[str, Tensor] | None = None,
) -> Path:
    """Write networks, how they were made, and tensors that are no weights. A file that is there is replaced at once.

    Args:
        name_or_path: a name, for the checkout's data/, or a path.
        nets: by name, each of a class of `gancourse.models` that keeps what its constructor was given in attributes
            of the same names.
        made: what JSON can hold. By custom "what" (a few words), "recipe", "seed", "steps", "reached" (figures by
            name); no dates, so that the same run makes the same file.
        tensors: by name, written as they are.

    Returns:
        the file.

    Raises:
        CourseError: if a network cannot be named or built again, a weight is too large for half precision or not
            finite, `made` is more than JSON holds, or a name is given where there is no checkout.
    """
    from safetensors.torch import save as packed

    path = written_to(name_or_path)
    held: dict[str, Tensor] = {}
    for name, tensor in (tensors or {}).items():
        held[safe_name(name)] = tensor.detach().cpu().contiguous()
    told: dict[str, Any] = {}
    for name, net in nets.items():
        told[safe_name(name)] = {"class": class_of(net), "settings": settings_of(net)}
        for key, value in net.state_dict().items():
            half = value.detach().to("cpu", torch.float16) if value.is_floating_point() else value.detach().cpu()
            if half.is_floating_point() and not half.isfinite().all():
                raise CourseError(f"{name}.{key} is not finite in half precision: such a network is not worth keeping.")
            held[f"{name}.{key}"] = half.clone(memory_format=torch.contiguous_format)
    if taken := {"format", "nets"} & set(made):
        raise CourseError(f"{', '.join(sorted(taken))} are the store's own words; name what was made differently.")
    try:
        text = json.dumps({"format": FORMAT, "nets": told, **made}, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise CourseError(f"{path.name} can say in JSON alone how it was made, without NaN: {error}.") from error
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        # Not save_file, whose files only their owner can read: the sandbox of the graders is somebody else.
        fresh.write_bytes(packed(held, {"gancourse": text}))
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return path


def load(name_or_path: str | Path, device: torch.device | str = "cpu", trainable: bool = False) -> dict[str, Any]:
    """The networks of a file, by name, in float32, ready to be used; torch's random numbers stay where they were.

    Args:
        trainable: False gives them in evaluation mode and without gradients: `backward` through such a network
            reaches its input, and stops with "does not require grad" if nothing else learns. True gives them in
            training mode with gradients, to be trained on.

    Raises:
        CourseError: if the file is missing, damaged, of a later format, or none of the store's.
        ImportError: in a graded submission, if the network is what an exercise asks for.
    """
    path, said, held = unpacked(name_or_path)
    nets = {}
    for name, one in said["nets"].items():
        state = {key.removeprefix(f"{name}."): value for key, value in held.items() if key.startswith(f"{name}.")}
        try:
            net = rebuilt(one["class"], one["settings"], state)
        except ValueError as error:
            remedy = f"`gancourse train {said['recipe']} --keep` makes it anew." if "recipe" in said else ANEW
            raise unusable(path, str(error), remedy) from error
        nets[name] = net.to(device).train(trainable).requires_grad_(trainable)
    return nets


def about(name_or_path: str | Path) -> dict[str, Any]:
    """What a file says of itself: "format", "nets" (each with "class" and "settings"), and how it was made.

    Raises:
        CourseError: as `load`.
    """
    return unpacked(name_or_path)[1]


def tensors_of(name_or_path: str | Path) -> dict[str, Tensor]:
    """The tensors of a file that are no weights, by name.

    Raises:
        CourseError: as `load`.
    """
    return {key: value for key, value in unpacked(name_or_path)[2].items() if "." not in key}


def shipped() -> list[str]:
    """The names of all files that come with the course."""
    return sorted(path.stem for path in weights_folder().glob("*.safetensors"))


def is_name(name_or_path: str | Path) -> bool:
    return isinstance(name_or_path, str) and NAME.fullmatch(name_or_path) is not None


def written_to(name_or_path: str | Path) -> Path:
    """Where `save` writes."""
    if not is_name(name_or_path):
        return Path(name_or_path).expanduser()
    root = checkout()
    if root is None:
        raise CourseError(
            f"{name_or_path} is a name for a file in the data/ of a checkout, and this gancourse was installed without "
            f"one. Say where to write: a path such as ./{name_or_path}.safetensors, or --keep-in for `gancourse train`."
        )
    return root / "data" / f"{name_or_path}.safetensors"


def unpacked(name_or_path: str | Path) -> tuple[Path, dict[str, Any], dict[str, Tensor]]:
    """A file, what it says of itself, and all that it holds.

    Raises:
        CourseError: if it cannot be used, with what was found and what to do.
    """
    from safetensors import SafetensorError, safe_open

    named = is_name(name_or_path)
    path = weights_folder() / f"{name_or_path}.safetensors" if named else Path(name_or_path).expanduser()
    if not path.is_file():
        others = f"Those that come with the course are {', '.join(shipped()) or 'missing too'}." if named else ""
        raise unusable(path, "it is a folder" if path.is_dir() else "it is not there", others)
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata() or {}
            held = {key: file.get_tensor(key).clone() for key in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        if os.access(path, os.R_OK) and is_pickle(path):
            raise unusable(path, PICKLE, FOREIGN) from error
        size = f"{path.stat().st_size:,} bytes"
        raise unusable(path, f"its {size} are damaged, or something else ({first_line(error)})", ANEW) from error
    if "gancourse" not in metadata:
        first = f", the first of them {min(held)}" if held else ""
        raise unusable(path, f"it does not say to which network its {len(held)} tensors belong{first}", FOREIGN)
    return path, checked_header(path, metadata["gancourse"]), held


def is_pickle(path: Path) -> bool:
    """Whether a file that is no safetensors is one of `torch.save`: a zip archive, or in old days a pickle."""
    with path.open("rb") as raw:
        start = raw.read(8)
    # A damaged file of ours begins with the length of its words, far below the 16 MB that a fourth byte would mean.
    return start[:4] == b"PK\x03\x04" or (start[:1] == b"\x80" and any(start[3:]))


def checked_header(path: Path, text: str) -> dict[str, Any]:
    """What a file says of itself, if this version can read it."""
    try:
        said = json.loads(text)
        version, nets = said["format"], said["nets"]
        sound = all(isinstance(one["class"], str) and isinstance(one["settings"], dict) for one in nets.values())
        if not (sound and type(version) is int and version >= 1):
            raise ValueError("no format, or a network without class and settings")
        if version > FORMAT:
            raise unusable(path, f"it has format {version}", "A later gancourse wrote it: update yours.")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise unusable(path, f"what it says of itself cannot be read ({first_line(error)})", ANEW) from error
    return said


def unusable(path: Path, happened: str, remedy: str) -> CourseError:
    """The one text of everything that can be wrong with a file."""
    expected = (
        f"Expected is a file of the course's weights, format {FORMAT}, as `gancourse train RECIPE --keep` writes."
    )
    return CourseError(f"{path} cannot be used: {happened}. {expected} {remedy}".rstrip())


def first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def safe_name(name: str) -> str:
    if PART.fullmatch(name) is None:
        raise CourseError(f"{name!r} is no name for a network or a tensor: letters, digits and _ alone.")
    return name
