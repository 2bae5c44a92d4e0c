"""Where things are on disk."""

import importlib.util
import os
import sys
import tempfile
from pathlib import Path
from types import ModuleType

from gancourse.errors import CourseError

PACKAGE = Path(__file__).resolve().parent


def repository() -> Path:
    """The course's checkout, which holds the lessons' sources and the hidden checks.

    Raises:
        CourseError: if gancourse was installed without its repository.
    """
    root = checkout()
    if root is None:
        raise CourseError(
            f"The lessons' sources are not beside the package in {PACKAGE.parent}. Building and grading "
            "need the course's repository: clone it and run `make lab` or `make test` there."
        )
    return root


def checkout() -> Path | None:
    """The course's checkout, or None if gancourse was installed without it."""
    return PACKAGE.parent if (PACKAGE.parent / "lessons").is_dir() else None


def data_folders() -> list[Path]:
    """Where people put data sets: data/ of the folder that they work in, and of the checkout.

    A notebook works in its own folder, whoever opened it from the checkout's.
    """
    root = checkout()
    return [Path("data"), *([root / "data"] if root and root != Path.cwd() else [])]


def module_at(path: Path, name: str) -> ModuleType:
    """The module of this name, from a file that is in no package, such as one in a lesson's folder."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def home() -> Path:
    """The user's home or, for a user who has none (no HOME, no entry: some containers), a temporary folder."""
    try:
        return Path.home()
    except RuntimeError:
        return Path(tempfile.gettempdir()) / f"gancourse-{os.getuid()}"


def provide_home() -> None:
    """Give the libraries a home and a name where this user has neither; some stop with a traceback without."""
    try:
        Path.home()
    except RuntimeError:
        folder = home()
        folder.mkdir(mode=0o700, exist_ok=True)
        os.environ["HOME"] = str(folder)
        os.environ.setdefault("USER", f"user{os.getuid()}")


def weights_folder() -> Path:
    """Where the weights that come with the course lie: in an installed package inside of it, else data/ beside it.

    In the sandbox of the graders there are no lessons, but this folder.
    """
    inside = PACKAGE / "weights"
    return inside if inside.is_dir() else PACKAGE.parent / "data"
