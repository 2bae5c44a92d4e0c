"""A discriminator that has played: the D of the run that made the course's DCGAN on faces.

It has seen faces and no label of any kind. Lesson 04 asks what its layers know about them (Radford et al.,
2015, section 5.1). The file is `data/dcgan_faces_64_judge.safetensors`: `python tools/train_dcgan.py` trains,
`python tools/keep_judge.py` writes it from what that run keeps.
"""

from __future__ import annotations

from pathlib import Path

from gancourse.errors import CourseError
from gancourse.models.dcgan import Discriminator
from gancourse.paths import repository

FILE = "dcgan_faces_64_judge.safetensors"


def save_judge(D: Discriminator, path: Path, steps: int) -> None:
    """Write a discriminator in half precision, with what is needed to build it again."""
    from safetensors.torch import save_file

    about = {"size": str(D.size), "width": str(D.width), "channels": str(D.channels), "steps": str(steps)}
    state = {k: (v.half() if v.is_floating_point() else v).contiguous() for k, v in D.state_dict().items()}
    save_file(state, path, metadata=about)


def load_judge(path: Path | None = None) -> Discriminator:
    """The trained discriminator, ready to look at pictures.

    Raises:
        CourseError: if its file is missing or is none of ours.
    """
    from safetensors import SafetensorError, safe_open

    path = path or repository() / "data" / FILE
    try:
        with safe_open(path, "pt") as file:
            about = file.metadata() or {}
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        D = Discriminator(int(about["size"]), int(about["width"]), int(about["channels"]))
        D.load_state_dict({k: v.float() if v.is_floating_point() else v for k, v in state.items()})
    except (OSError, SafetensorError, RuntimeError, KeyError, ValueError) as error:
        what = (str(error).splitlines() or [""])[0]
        raise CourseError(f"{path} cannot be used ({what}). `python tools/keep_judge.py` makes it.") from error
    return D.eval().requires_grad_(False)
