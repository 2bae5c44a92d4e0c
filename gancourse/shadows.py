"""Files beside a notebook that hide a module: with a `torch.py` there, `import torch` is that file."""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder
from pathlib import Path

# Of Python's own, what nobody imports; and what pytest finds by its place.
HARMLESS = ("test", "this", "antigravity", "idlelib", "turtledemo", "conftest")


def shadows(folder: Path) -> dict[str, str]:
    """By the name of a file or package in the folder, the module that it hides from a notebook there.

    Names that nobody else has, such as those of a student's own helpers, are no trouble.
    """
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return {}
    here = str(folder.resolve())
    elsewhere = [place for place in sys.path if place and str(Path(place).resolve()) != here]
    found = {}
    for entry in entries:
        name = entry.stem if entry.suffix == ".py" else entry.name if (entry / "__init__.py").is_file() else ""
        if (
            name.isidentifier()
            and name not in HARMLESS
            and (name in sys.stdlib_module_names or known_elsewhere(name, elsewhere))
        ):
            found[entry.name] = name
    return found


def known_elsewhere(name: str, places: list[str]) -> bool:
    """Whether a module of this name would be found, were the folder not there. A bare folder of data is none."""
    try:
        spec = PathFinder.find_spec(name, places)
    except (ImportError, ValueError, OSError):
        return False
    return spec is not None and spec.origin is not None


def shadowed(folder: Path) -> str:
    """A sentence about all that is hidden; empty if nothing is."""
    found = shadows(folder)
    if not found:
        return ""
    named = ", ".join(f"{file} hides the module {module}" for file, module in found.items())
    return f"In {folder}, {named}: `import` there finds your file instead. Rename or remove it."
